"""Whether a picture that was read from a file can be one: its shapes, ranges and places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from standoff.reading import listing
from standoff.watch.calendar import PERIODS
from standoff.watch.picture import Pair, Picture, Stream

_CLOSE = 1e-3
"""How near to 1 probabilities sum, which are written with six digits."""


def unsound(picture: Picture) -> Iterator[str]:
    """What cannot be so, each in words: where it stands, and what was expected."""
    yield from _ladder(picture)
    yield from _periods(picture)
    for number, stream in enumerate(picture.streams):
        for what in _stream(stream, len(picture.ladder.rungs)):
            yield f"streams[{number}]: {what}"
    if not _within(picture.covered, 0, 1):
        yield "streams: 'covered' goes beyond shares from 0 to 1"
    if (picture.counts < 0).any():
        yield "pairs: 'counts' has a number below 0"
    for number, pair in enumerate(picture.pairs):
        for what in _pair(pair, picture):
            yield f"pairs[{number}]: {what}"


def _ladder(picture: Picture) -> Iterator[str]:
    rungs, moves = picture.ladder.rungs, picture.moves
    if len(rungs) < 2 or len(set(rungs)) < len(rungs):
        yield "ladder: 'rungs' needs two or more, each once"
    shares = [row for row in moves.next if len(row) == len(rungs) and _shares(np.array(row))]
    if not len(shares) == len(moves.next) == len(rungs):
        yield f"moves: 'next' needs a row of {len(rungs)} shares for each of {len(rungs)} rungs"
    if not _within(np.array(moves.every, float), 0, np.inf) or not moves.every:
        yield "moves: 'every_days' must be above 0"


def _periods(picture: Picture) -> Iterator[str]:
    calendar = picture.calendar
    if calendar.period not in PERIODS:
        yield f"periods: 'length' is '{calendar.period}'; there are {listing(PERIODS)}"
    if not calendar.starts or min(calendar.lengths) < 1:
        yield "periods: 'starts' and 'end' must be days one after another"


def _stream(stream: Stream, size: int) -> Iterator[str]:
    reporting, census = stream.reporting, stream.census
    for name in ("seen", "mistaken"):
        bounds = getattr(reporting, name)
        if len(bounds) != 2 or not 0 < bounds[0] <= bounds[1] < np.inf:
            yield f"'{name}' must be two numbers above 0, the lower first"
    if not 0 < reporting.usual < np.inf:
        yield "'usual' must be above 0"
    if reporting.lag < 0:
        yield "'lag_days' must not be below 0"
    often = np.array(reporting.often, float)
    if len(often) not in (0, size) or not _within(often, 0, np.inf) or (often == 0).any():
        yield f"'often' must be {size} factors above 0, or none"
    parts = (census.mapped, census.unmapped, census.ignored, census.elsewhere, census.outside)
    if min(*parts, census.aside) < 0 or sum(parts) + census.aside != census.read:
        yield f"'rows' do not sum up to the {census.read} that were read"


def _pair(pair: Pair, picture: Picture) -> Iterator[str]:
    size, periods, streams = len(picture.ladder.rungs), len(picture.calendar), len(picture.streams)
    expected = f"expected {periods} x {size} probabilities that sum to 1"
    if pair.probability.shape != (periods, size) or not _shares(pair.probability):
        yield f"'probability': {expected}"
    if pair.within.shape != (size,) or not _within(pair.within, 0, 1):
        yield f"'within_a_period': expected {size} probabilities"
    for name in ("low", "median", "high", "low_known", "high_known"):
        found = getattr(pair, name)
        if found.shape != (periods,) or not _within(found, 0, size - 1):
            yield f"'{name}': expected {periods} rungs from 0 to {size - 1}"
    places = [(one.stream, streams, "a stream") for one in pair.events]
    places += [(one.stream, streams, "a stream") for one in pair.tempo]
    places += [(one.rung, size, "a rung") for one in pair.events]
    places += [(one.rung, size, "a rung") for one in pair.clauses]
    places += [(one.by, 2, "an actor") for one in pair.events]
    places += [(one.period, periods, "a period") for one in pair.tempo]
    places += [(one.change.period, periods, "a period") for one in pair.tempo if one.change]
    for place, many, what in places:
        if not 0 <= place < many:
            yield f"{place} is no place of {what}, of which there are {many}"
            return


def _within(found: NDArray[np.generic], low: float, high: float) -> bool:
    numbers = np.asarray(found, float)
    return bool(np.isfinite(numbers).all() and (numbers >= low).all() and (numbers <= high).all())


def _shares(found: NDArray[np.generic]) -> bool:
    """Whether these are probabilities, of which those along the last axis sum to 1."""
    sums = np.asarray(found, float).sum(axis=-1)
    return _within(found, 0, 1) and bool((abs(sums - 1) < _CLOSE).all())
