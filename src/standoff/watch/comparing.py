"""What changed since an earlier picture: periods, rungs, tempo, clauses that are near, streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from standoff.reading import listing, refusal
from standoff.watch.picture import Pair, Picture, nearest_clauses
from standoff.watch.tempo import Range

Pairs = Mapping[frozenset[str], Pair]


@dataclass(frozen=True)
class Moved:
    """A pair whose middle rung of a period is another than before; `first` days of periods.

    `now` compares the last period of the later picture with the last of the earlier one.
    """

    actors: tuple[str, str]
    now: tuple[str, str] | None
    periods: tuple[tuple[date, str, str], ...]


@dataclass(frozen=True)
class Revised:
    """A stream of which periods that both pictures have now count otherwise."""

    stream: str
    actors: tuple[str, str]
    periods: int
    added: int
    removed: int


@dataclass(frozen=True)
class Paced:
    """A stream whose reports in 30 days on a pair now come in another tempo.

    Of the last periods of both pictures; the 80 % intervals do not touch.
    """

    stream: str
    actors: tuple[str, str]
    was: Range
    now: Range


@dataclass(frozen=True)
class Turned:
    """A clause near a pair with another answer than before, or one that is newly near or no more.

    `was` and `now`: the rung of which it is asked and the answer; None where it is not asked.
    """

    actors: tuple[str, str]
    treaty: str
    clause: str
    was: tuple[str, str] | None
    now: tuple[str, str] | None


@dataclass(frozen=True)
class Since:
    """What changed from an earlier picture to a later one."""

    periods: tuple[date, ...]
    new_pairs: tuple[tuple[str, str], ...]
    lost_pairs: tuple[tuple[str, str], ...]
    new_streams: tuple[str, ...]
    lost_streams: tuple[str, ...]
    moved: tuple[Moved, ...]
    revised: tuple[Revised, ...]
    unmapped: tuple[tuple[str, str, int], ...]
    mapping_changed: bool
    paced: tuple[Paced, ...] = ()
    turned: tuple[Turned, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing changed."""
        return not any(asdict(self).values())


def since(earlier: Picture, later: Picture) -> Since:
    """Compares two pictures of one ladder and one length of period.

    Raises ScenarioError where they are of different ladders, or of different periods.
    """
    for name, one, other in (
        ("ladder", earlier.ladder.rungs, later.ladder.rungs),
        ("period", (earlier.calendar.period,), (later.calendar.period,)),
    ):
        if one != other:
            message = f"the earlier picture has another {name}: {listing(one)}"
            raise refusal("--since", message, f"this one has {listing(other)}")
    old = {start: place for place, start in enumerate(earlier.calendar.starts)}
    common = [(old[start], place) for place, start in enumerate(later.calendar.starts)
              if start in old]  # fmt: skip
    before = {frozenset(pair.actors): pair for pair in earlier.pairs}
    after = {frozenset(pair.actors): pair for pair in later.pairs}
    streams = [one.name for one in earlier.streams], [one.name for one in later.streams]
    known = {(one.name, word) for one in earlier.streams for word, _ in one.unmapped}
    moved = (
        _moved(later, before[key], pair, common) for key, pair in after.items() if key in before
    )
    return Since(
        tuple(start for start in later.calendar.starts if start not in old),
        tuple(pair.actors for key, pair in after.items() if key not in before),
        tuple(pair.actors for key, pair in before.items() if key not in after),
        tuple(name for name in streams[1] if name not in streams[0]),
        tuple(name for name in streams[0] if name not in streams[1]),
        tuple(one for one in moved if one.now or one.periods),
        tuple(_revised(earlier, later, common)),
        tuple(
            (one.name, word, count)
            for one in later.streams
            for word, count in one.unmapped
            if (one.name, word) not in known and word != "…"
        ),
        earlier.mapping.sha256 != later.mapping.sha256,
        tuple(_paced(earlier, later, before, after)),
        tuple(_turned(later, before, after)),
    )


def _paced(earlier: Picture, later: Picture, before: Pairs, after: Pairs) -> Iterator[Paced]:
    for key, pair in after.items():
        was = (
            {earlier.streams[one.stream].name: one.rate for one in before[key].tempo}
            if (key in before)
            else {}
        )
        for one in pair.tempo:
            name = later.streams[one.stream].name
            old = was.get(name)
            if old is not None and (one.rate.low > old.high or one.rate.high < old.low):
                yield Paced(name, pair.actors, old, one.rate)


def _turned(later: Picture, before: Pairs, after: Pairs) -> Iterator[Turned]:
    rungs = later.ladder.rungs
    for key, pair in after.items():
        if key not in before:
            continue
        was, now = (
            {(one.treaty, one.clause): (rungs[one.rung], one.answer) for one in nearest_clauses(it)}
            for it in (before[key], pair)
        )
        for clause in dict.fromkeys((*was, *now)):
            if was.get(clause) != now.get(clause):
                yield Turned(pair.actors, *clause, was.get(clause), now.get(clause))


def _moved(later: Picture, was: Pair, is_: Pair, common: list[tuple[int, int]]) -> Moved:
    rungs = later.ladder.rungs
    last = rungs[was.median[-1]], rungs[is_.median[-1]]
    periods = tuple(
        (later.calendar.starts[place], rungs[was.median[old]], rungs[is_.median[place]])
        for old, place in common
        if was.median[old] != is_.median[place]
    )
    return Moved(is_.actors, last if last[0] != last[1] else None, periods)


def _revised(earlier: Picture, later: Picture, common: list[tuple[int, int]]) -> list[Revised]:
    places = {frozenset(pair.actors): place for place, pair in enumerate(earlier.pairs)}
    names = {one.name: place for place, one in enumerate(earlier.streams)}
    found = []
    old, new = (
        (np.array(column, int) for column in zip(*common, strict=True)) if common else ((), ())
    )
    for here, pair in enumerate(later.pairs):
        for stream, one in enumerate(later.streams):
            there = places.get(frozenset(pair.actors))
            if there is None or one.name not in names or not len(old):
                continue
            was = earlier.counts[there, names[one.name]][old]
            change = later.counts[here, stream][new] - was
            if change.any():
                found.append(
                    Revised(
                        one.name,
                        pair.actors,
                        int(change.any(axis=1).sum()),
                        int(change[change > 0].sum()),
                        int(-change[change < 0].sum()),
                    )
                )
    return found


def since_document(changes: Since) -> dict[str, Any]:
    """What changed as what JSON knows."""
    return {
        "new_periods": [day.isoformat() for day in changes.periods],
        "new_pairs": [list(actors) for actors in changes.new_pairs],
        "lost_pairs": [list(actors) for actors in changes.lost_pairs],
        "new_streams": list(changes.new_streams),
        "lost_streams": list(changes.lost_streams),
        "moved": [
            {
                "actors": list(one.actors),
                "now": None if one.now is None else {"from": one.now[0], "to": one.now[1]},
                "periods": [
                    {"start": day.isoformat(), "from": was, "to": is_}
                    for day, was, is_ in one.periods
                ],
            }
            for one in changes.moved
        ],
        "revised": [
            {
                "stream": one.stream,
                "actors": list(one.actors),
                "periods": one.periods,
                "added": one.added,
                "removed": one.removed,
            }
            for one in changes.revised
        ],
        "new_unmapped": [
            {"stream": stream, "code": code, "rows": count}
            for stream, code, count in changes.unmapped
        ],
        "mapping_changed": changes.mapping_changed,
        "paced": [
            {"stream": one.stream, "actors": list(one.actors), "from": _ends(one.was),
             "to": _ends(one.now)}
            for one in changes.paced
        ],
        "turned": [
            {"actors": list(one.actors), "treaty": one.treaty, "clause": one.clause,
             "from": _asked(one.was), "to": _asked(one.now)}
            for one in changes.turned
        ],
    }  # fmt: skip


def _ends(one: Range) -> list[float]:
    return [one.low, one.middle, one.high]


def _asked(one: tuple[str, str] | None) -> dict[str, str] | None:
    return None if one is None else {"rung": one[0], "answer": one[1]}
