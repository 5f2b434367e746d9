"""What would settle an unclear condition: computed from it and from all that is open.

The ways to make a condition true, and those to make it false, are put together from the ways of its
parts (the implicants of Quine 1952, over facts with more than two values).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TypeAlias

from standoff.treaty.condition import (
    AllOf,
    AnyOf,
    Asks,
    Condition,
    Is,
    Known,
    Not,
    Pending,
    Reads,
    agreed,
    atoms,
    holds,
    settled,
)
from standoff.treaty.facts import FACTS, NOWHERE
from standoff.treaty.ruling import Settled
from standoff.treaty.truth import Truth

_KEPT = 60
"""Ways that are kept at each step: those that need the fewest facts."""

Way: TypeAlias = Mapping[str, frozenset[str]]
"""Facts and readings, each with values of which any does; all of them are needed."""


def settling(condition: Condition, known: Known) -> tuple[Settled, ...]:
    """The smallest sets of facts and readings that would make an unclear condition YES or NO.

    Those that need fewest come first. Facts that are known stand in them only where something is
    pending on them. Nothing for a condition that is not unclear.
    """
    if agreed(condition, known).known:
        return ()
    order = _order(condition, known)
    areas = frozenset(
        area
        for atom in atoms(condition, known.questions)
        if isinstance(atom, Is) and atom.fact == "area"
        for area in atom.values
    )
    found = [
        (way, truth)
        for truth in (Truth.YES, Truth.NO)
        for way in _ways(condition, truth, known, areas | {NOWHERE})
        if _settles(condition, known, way, truth)
    ]
    found.sort(key=lambda one: len(one[0]))
    return tuple(Settled(_listed(way, order, known), truth) for way, truth in found)


def pivotal(condition: Condition, known: Known) -> tuple[str, ...]:
    """Names of the facts and readings in `settling`, in the order in which they are asked."""
    names = {name for one in settling(condition, known) for name, _ in one.when}
    return tuple(name for name in _order(condition, known) if name in names)


def _settles(condition: Condition, known: Known, way: Way, truth: Truth) -> bool:
    """Whether a way does what it says, once readings that were taken together are looked at."""
    for name, values in way.items():
        known = settled(known, name, min(values))
    return agreed(condition, known) is truth


def _ways(
    condition: Condition, truth: Truth, known: Known, areas: frozenset[str], shown: bool = False
) -> list[Way]:
    """The ways to make a condition YES, or NO; with `shown`, known facts may come out otherwise."""
    already = holds(condition, known)
    if already.known and (already is truth or not (shown or _is_pending(condition, known))):
        return [{}] if already is truth else []
    match condition:
        case Not(part):
            other = Truth.NO if truth is Truth.YES else Truth.YES
            return _ways(part, other, known, areas, shown)
        case Pending(part):
            return _ways(part, truth, known, areas, True) if truth is Truth.YES else []
        case Asks(question):
            return _ways(known.questions[question], truth, known, areas, shown)
        case AllOf(parts) | AnyOf(parts):
            below = [_ways(part, truth, known, areas, shown) for part in parts]
            every = (truth is Truth.YES) == isinstance(condition, AllOf)
            return reduce(_together, below) if every else _fewest(w for ways in below for w in ways)
        case Reads(reading, option):
            return _choices(reading, {option}, known.options[reading], truth)
        case Is("area", values) if known.lies is not None:
            return _lying(values, truth, known)
        case Is("area", values):
            possible = areas if known.may_lie is None else areas & known.may_lie
            return _choices("area", values & possible, possible, truth)
        case Is(fact, values):
            return _choices(fact, values, FACTS[fact].values, truth)


def _is_pending(condition: Condition, known: Known) -> bool:
    """Whether something in a condition is pending, so that known facts may come out otherwise."""
    match condition:
        case Pending():
            return True
        case Not(part):
            return _is_pending(part, known)
        case AllOf(parts) | AnyOf(parts):
            return any(_is_pending(part, known) for part in parts)
        case Asks(question):
            return _is_pending(known.questions[question], known)
        case _:
            return False


def _choices(name: str, values: Iterable[str], domain: Iterable[str], truth: Truth) -> list[Way]:
    chosen = frozenset(values)
    wanted = chosen if truth is Truth.YES else frozenset(domain) - chosen
    return [{name: wanted}] if wanted else []


def _lying(areas: frozenset[str], truth: Truth, known: Known) -> list[Way]:
    """Ways by which a known place lies in one of these areas, or in none: by readings only."""
    places = known.lies or ()
    inside = frozenset(one.area for one in places) & areas
    if NOWHERE in areas:
        outside = frozenset(one.area for one in places)
        away = _lying(outside, Truth.NO if truth is Truth.YES else Truth.YES, known)
        there = _lying(inside, truth, known)
        return _fewest([*there, *away]) if truth is Truth.YES else _together(there, away)
    sure = any(not one.reading and one.area in areas for one in places)
    if sure:
        return [{}] if truth is Truth.YES else []
    below = [
        _choices(one.reading, {one.option}, known.options[one.reading], truth)
        for one in places
        if one.reading and one.area in areas
    ]
    return _fewest(w for ways in below for w in ways) if truth is Truth.YES else _all(below)


def _all(below: list[list[Way]]) -> list[Way]:
    return reduce(_together, below, [{}])


def _together(ours: list[Way], theirs: list[Way]) -> list[Way]:
    """Ways that do both: every pair, where no fact would need two values."""
    pairs = (
        dict(one) | {name: one.get(name, values) & values for name, values in other.items()}
        for one in ours
        for other in theirs
    )
    return _fewest(way for way in pairs if all(way.values()))


def _fewest(ways: Iterable[Way]) -> list[Way]:
    """The ways that need least, without those that another makes needless."""
    kept: list[Way] = []
    for way in sorted(ways, key=lambda way: (len(way), sum(-len(v) for v in way.values()))):
        if not any(_covers(one, way) for one in kept):
            kept.append(way)
        if len(kept) == _KEPT:
            break
    return kept


def _covers(wide: Way, narrow: Way) -> bool:
    """Whether a way asks no more than another."""
    return all(name in narrow and narrow[name] <= values for name, values in wide.items())


def _order(condition: Condition, known: Known) -> tuple[str, ...]:
    """Facts and readings in the order in which a condition asks for them."""
    names: dict[str, None] = {}
    for atom in atoms(condition, known.questions):
        names[atom.fact if isinstance(atom, Is) else atom.reading] = None
        if isinstance(atom, Is) and atom.fact == "area":
            names.update((one.reading, None) for one in known.lies or () if one.reading)
    return tuple(names)


def _listed(
    way: Way, order: tuple[str, ...], known: Known
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A way in the order of asking, its values in the order of their fact."""
    found = []
    for name in order:
        if name in way:
            domain = FACTS[name].values if name in FACTS else known.options[name]
            found.append((name, tuple(v for v in domain or sorted(way[name]) if v in way[name])))
    return tuple(found)
