"""Counting: what becomes of each row of a stream, and what each pair has of each rung."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.watch.calendar import Calendar
from standoff.watch.countries import country
from standoff.watch.dates import day_of, days
from standoff.watch.format import Parties
from standoff.watch.mapping import Codebook, Leaf
from standoff.watch.picture import Census, Event
from standoff.watch.rows import Rows

_MOST_WORDS = 40
"""Different words that a picture keeps of each kind."""

Sides = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Tally:
    """What a stream says of the watched pairs: `counts` [pair, period, rung], and the census."""

    census: Census
    counts: NDArray[np.int64]
    events: tuple[tuple[Event, ...], ...]
    unmapped: tuple[tuple[str, int], ...]
    ignored: tuple[tuple[str, int], ...]
    elsewhere: tuple[tuple[str, int], ...]
    strangers: tuple[tuple[str, int], ...]


def roles(sides: Iterable[Parties], holders: dict[str, str], others: dict[str, str]) -> list[Sides]:
    """The actors on either side.

    `holders` gives the actor of each country, none: itself; `others` the actor of whoever is no
    country, by its name in small letters.
    """

    def actor(name: str) -> str | None:
        code = country(name)
        if code is None:
            return others.get(name.strip().casefold())
        return holders.get(code) if holders else code

    def actors(names: Sequence[str]) -> tuple[str, ...]:
        found = (actor(name) for name in names)
        return tuple(dict.fromkeys(one for one in found if one is not None))

    return [(actors(by), actors(on)) for by, on in sides]


def meaning(rows: Rows, codebook: Codebook) -> list[Leaf | None]:
    """What each code of a stream means, None where the mapping does not say."""
    root = rows.form.what.root
    return [codebook.leaf(code, root(code)) for code in rows.codes]


def busiest(
    rows: Rows, sides: Sequence[Sides], leaves: Sequence[Leaf | None]
) -> Counter[tuple[str, str]]:
    """How many reports above the lowest rung each pair of actors has."""
    loud = np.array([leaf is not None and (leaf.rung or 0) > 0 for leaf in leaves] or [False])
    counted = np.bincount(rows.parties[loud[rows.code]], minlength=len(sides))
    found: Counter[tuple[str, str]] = Counter()
    for number in np.flatnonzero(counted).tolist():
        for pair in _pairs(sides[number]):
            found[pair] += int(counted[number])
    return found


def _pairs(sides: Sides) -> set[tuple[str, str]]:
    return {(min(a, b), max(a, b)) for a in sides[0] for b in sides[1] if a != b}


def tally(
    rows: Rows,
    sides: Sequence[Sides],
    leaves: Sequence[Leaf | None],
    pairs: Sequence[tuple[str, str]],
    calendar: Calendar,
    window: tuple[int, int],
    size: int,
    stream: int,
) -> Tally:
    """Counts the rows of one stream.

    `window`: first and last day that count; `size`: rungs of the ladder; `stream`: its place.
    """
    inside = (rows.day >= window[0]) & (rows.day <= window[1])
    period = calendar.periods_of(rows.day)
    watched = {frozenset(pair): place for place, pair in enumerate(pairs)}
    hits = [_hits(one, watched, pairs) for one in sides] or [()]
    touched = np.array([bool(hit) for hit in hits])[rows.parties]
    rung = np.array([-2 if leaf is None else -1 if leaf.rung is None else leaf.rung
                     for leaf in leaves] or [-2])[rows.code]  # fmt: skip
    here = inside & touched
    census = Census(
        rows.read,
        int((here & (rung >= 0)).sum()),
        int((here & (rung == -2)).sum()),
        int((here & (rung == -1)).sum()),
        int((inside & ~touched).sum()),
        int((~inside).sum()),
        len(rows.aside),
    )
    counts = np.zeros((len(pairs), len(calendar), size), np.int64)
    events: list[tuple[Event, ...]] = []
    use = here & (rung >= 0)
    for place in range(len(pairs)):
        acting = np.array([next((1 + by for at, by in hit if at == place), 0)
                           for hit in hits])[rows.parties]  # fmt: skip
        mine = use & (acting > 0)
        np.add.at(counts[place], (period[mine], rung[mine]), 1)
        loud = mine & (rung > 0)
        events.append(_events(rows, leaves, calendar, loud, acting - 1, period, stream))
    unmapped = np.bincount(rows.code[here & (rung == -2)], minlength=len(leaves))
    ignored = np.bincount(rows.code[here & (rung == -1)], minlength=len(leaves))
    away = np.bincount(rows.parties[inside & ~touched], minlength=len(sides))
    return Tally(
        census,
        counts,
        tuple(events),
        _words((rows.codes[k], int(n)) for k, n in enumerate(unmapped) if n),
        _words((_reason(leaves[k]), int(n)) for k, n in enumerate(ignored) if n),
        _words((_why(rows.sides[k], sides[k]), int(n)) for k, n in enumerate(away) if n),
        _words(
            (name, int(n))
            for k, n in enumerate(away)
            if n
            for name in {*rows.sides[k][0], *rows.sides[k][1]}
            if country(name) is None
        ),
    )


def _hits(
    sides: Sides, watched: dict[frozenset[str], int], pairs: Sequence[tuple[str, str]]
) -> tuple[tuple[int, int], ...]:
    """The watched pairs that a row is about, each with the place of who acts in it."""
    found: dict[int, int] = {}
    for one in sides[0]:
        for other in sides[1]:
            place = watched.get(frozenset((one, other)))
            if place is not None:
                found.setdefault(place, pairs[place].index(one))
    return tuple(found.items())


def _events(
    rows: Rows,
    leaves: Sequence[Leaf | None],
    calendar: Calendar,
    mine: NDArray[np.bool_],
    acting: NDArray[np.int64],
    period: NDArray[np.int64],
    stream: int,
) -> tuple[Event, ...]:
    if not mine.any():
        return ()
    day = rows.day
    if rows.form.aggregate:
        starts = np.array([days(start) for start in calendar.starts], np.int32)
        day = starts[period]
    keys = np.column_stack([day[mine], rows.code[mine], acting[mine]])
    kinds, counts = np.unique(keys, axis=0, return_counts=True)
    found = []
    for (when, code, by), count in zip(kinds.tolist(), counts.tolist(), strict=True):
        leaf = leaves[code]
        if leaf is not None and leaf.rung is not None:
            text = rows.codes[code]
            found.append(Event(day_of(when), stream, leaf.rung, text, leaf.label, by, count))
    return tuple(sorted(found, key=lambda one: (one.day, one.rung, one.code, one.by)))


def _reason(leaf: Leaf | None) -> str:
    return "" if leaf is None else leaf.ignored


def _why(named: Parties, sides: Sides) -> str:
    if not named[0] or not named[1]:
        return "an actor is missing"
    if not sides[0] or not sides[1]:
        return "an actor that is not watched"
    return "other pairs" if _pairs(sides) else "an actor with itself"


def _words(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for word, count in pairs:
        counted[word] += count
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ordered[_MOST_WORDS:])
    return (*ordered[:_MOST_WORDS], *([("…", rest)] if rest else []))
