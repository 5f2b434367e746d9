"""Replications of one future shared out among workers, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from standoff.play import cast_kernels, kernels
from standoff.play.cast import Cast
from standoff.play.tables import Board, Odds, Words

Reals = NDArray[np.float64]
Counts = NDArray[np.int64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Levels of the quantiles."""

JOB = 1 << 14
"""Replications that one worker plays at a time; quantiles are those of the first job."""


@dataclass(frozen=True)
class Hand:
    """Where beliefs stood and how kinds were drawn in some replications under one doctrine."""

    stood: Counts
    """How often beliefs stood at each point, [period, point]; period 0 is the start."""
    drawn: Counts
    """How often each actor was of each kind, [actor, kind]."""

    def __add__(self, other: Hand) -> Hand:
        return Hand(self.stood + other.stood, self.drawn + other.drawn)


@dataclass(frozen=True)
class Played:
    """What the replications of one future came to."""

    mean: Reals  # [doctrine, channel]
    variance: Reals  # [doctrine, doctrine, channel], as in `Simulation`
    quantile: Reals  # [doctrine, level, channel]
    hands: tuple[Hand, ...]
    """[doctrine]; none where nothing is hidden under any of them."""


@dataclass(frozen=True)
class Kept:
    """Room for every replication, of all futures or, without the first axis, of one."""

    totals: Reals  # [future, doctrine, replication, channel]
    kind: NDArray[np.int8]
    """[future, doctrine, replication, actor]; without replications where nothing is hidden."""
    point: NDArray[np.int64]
    """Where beliefs ended, [future, doctrine, replication]; without where nothing is hidden."""

    def future(self, number: int) -> Kept:
        """The room of one future."""
        return Kept(self.totals[number], self.kind[number], self.point[number])


@dataclass(frozen=True)
class _Part:
    """One job's sums of deviations from what was expected, and of their squares."""

    sums: Reals
    squares: Reals
    hands: tuple[Hand, ...] = ()


def play(
    pool: ThreadPoolExecutor,
    board: Board,
    odds: Odds,
    choices: Words,
    casts: list[Cast | None],
    key: Words,
    future: int,
    replications: int,
    expected: Reals,
    kept: Kept | None,
) -> Played:
    """Plays one future under every doctrine, with the same draws.

    `choices` [doctrine, word] and `casts` [doctrine] are the tables of doctrines under which
    nothing is hidden, and of the others. `expected` is [doctrine, channel]; `kept` receives every
    replication.
    """
    job: Callable[[int, Reals], _Part]
    if any(cast is not None for cast in casts):
        job = partial(
            _hidden_job, board, odds, choices, casts, key, future, replications, expected, kept
        )
    else:
        job = partial(_open_job, board, odds, choices, key, future, replications, expected)
    return _played(pool, job, replications, expected, kept)


def _played(
    pool: ThreadPoolExecutor,
    job: Callable[[int, Reals], _Part],
    replications: int,
    expected: Reals,
    kept: Kept | None,
) -> Played:
    """Means, variances and quantiles; jobs are summed in their order."""
    doctrines, channels = expected.shape
    sample = np.empty((doctrines, min(JOB, replications), channels))
    if kept is not None:
        sample = kept.totals[:, : sample.shape[1]]

    def rooms() -> Iterator[Reals]:
        yield sample
        for begin in range(JOB, replications, JOB):
            if kept is None:
                yield np.empty((doctrines, 0, channels))
            else:
                yield kept.totals[:, begin : begin + JOB]

    sums, squares = np.zeros((doctrines, channels)), np.zeros((doctrines, doctrines, channels))
    hands: tuple[Hand, ...] = ()
    for part in pool.map(job, range(0, replications, JOB), rooms()):
        sums += part.sums
        squares += part.squares
        hands = tuple(map(Hand.__add__, hands, part.hands)) if hands else part.hands
    shift = sums / replications
    with np.errstate(invalid="ignore", divide="ignore"):
        common = shift[:, None] - shift[None, :]
        common[np.diag_indices(doctrines)] = shift
        variance = np.maximum(squares - replications * common**2, 0) / np.float64(replications - 1)
    quantile = np.quantile(sample, LEVELS, axis=1, method="inverted_cdf").swapaxes(0, 1)
    return Played(expected + shift, variance, quantile, hands)


def _open_job(
    board: Board,
    odds: Odds,
    choices: Words,
    key: Words,
    future: int,
    replications: int,
    expected: Reals,
    begin: int,
    totals: Reals,
) -> _Part:
    doctrines, channels = expected.shape
    sums, squares = np.empty((doctrines, channels)), np.empty((doctrines, doctrines, channels))
    unrecorded = np.empty((doctrines, 0, 0, 0), np.int32)
    kernels.play(
        board, odds, choices, key, future, begin, min(JOB, replications - begin), expected,
        sums, squares, totals, unrecorded, unrecorded,
    )  # fmt: skip
    return _Part(sums, squares)


def _hidden_job(
    board: Board,
    odds: Odds,
    choices: Words,
    casts: list[Cast | None],
    key: Words,
    future: int,
    replications: int,
    expected: Reals,
    kept: Kept | None,
    begin: int,
    totals: Reals,
) -> _Part:
    doctrines, channels = expected.shape
    n = min(JOB, replications - begin)
    gained = totals if totals.shape[1] else np.empty((doctrines, n, channels))
    hands = []
    unrecorded = np.empty((0, 0, 0), np.int32)
    for d, cast in enumerate(casts):
        if cast is None:
            _open_job(
                board, odds, choices[d : d + 1], key, future, replications, expected[d : d + 1],
                begin, gained[d : d + 1],
            )  # fmt: skip
            stood = np.full((board.periods + 1, 1), n, np.int64)
            hands.append(Hand(stood, np.full((board.actors, 1), n, np.int64)))
            continue
        kind, point = np.empty((n, board.actors), np.int8), np.empty(n, np.int64)
        stood = np.zeros((board.periods + 1, cast.points), np.int64)
        cast_kernels.play_cast(
            board, odds, cast, key, future, begin, n, gained[d], kind, point, stood, unrecorded,
            unrecorded, unrecorded,
        )  # fmt: skip
        most = cast.deal.kind.shape[1]
        hands.append(Hand(stood, np.array([np.bincount(one, minlength=most) for one in kind.T])))
        if kept is not None:
            kept.kind[d, begin : begin + n] = kind
            kept.point[d, begin : begin + n] = point
    off = gained - expected[:, None]
    squares = np.empty((doctrines, doctrines, channels))
    for d in range(doctrines):
        squares[d, d] = (off[d] ** 2).sum(axis=0)
        for e in range(d):
            squares[d, e] = squares[e, d] = ((off[d] - off[e]) ** 2).sum(axis=0)
    return _Part(off.sum(axis=1), squares, tuple(hands))
