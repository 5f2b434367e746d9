"""Conditions: what must hold of an incident, and what makes it hold, fail or stay unclear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from standoff.treaty.facts import FACTS, NOWHERE
from standoff.treaty.truth import Truth, conjunction, disjunction, negation


@dataclass(frozen=True)
class AllOf:
    """Holds where every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """Holds where a part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """Holds where its part fails."""

    part: Condition


@dataclass(frozen=True)
class Pending:
    """Holds where its part holds, and never fails: what is not shown today may be tomorrow."""

    part: Condition


@dataclass(frozen=True)
class Is:
    """Holds where a fact has one of these values; `words` is how the file says so."""

    fact: str
    values: frozenset[str]
    words: str


@dataclass(frozen=True)
class Asks:
    """Holds where the answer to a question of the treaty is yes."""

    question: str


@dataclass(frozen=True)
class Reads:
    """Holds where a reading of the treaty is this one."""

    reading: str
    option: str


Condition: TypeAlias = AllOf | AnyOf | Not | Pending | Is | Asks | Reads


@dataclass(frozen=True)
class Lying:
    """One area that a place lies in; with `reading` and `option`, only on that reading."""

    area: str
    reading: str = ""
    option: str = ""


@dataclass(frozen=True)
class Known:
    """All that is known when a condition is asked.

    `facts` are values of facts, those that are not known left out; `lies` the areas of the place,
    or None where it is not known; then `may_lie` are those that are possible, None: any.
    `readings` are those that are settled, `options` what every reading may be, `questions` the
    conditions in force.
    """

    facts: Mapping[str, str]
    lies: tuple[Lying, ...] | None
    readings: Mapping[str, str]
    questions: Mapping[str, Condition]
    options: Mapping[str, tuple[str, ...]]
    may_lie: frozenset[str] | None = None


def holds(condition: Condition, known: Known) -> Truth:
    """Whether a condition holds, by Kleene's strong tables; what is not known is unclear."""
    match condition:
        case AllOf(parts):
            return conjunction(holds(part, known) for part in parts)
        case AnyOf(parts):
            return disjunction(holds(part, known) for part in parts)
        case Not(part):
            return negation(holds(part, known))
        case Pending(part):
            return Truth.YES if holds(part, known) is Truth.YES else Truth.UNCLEAR
        case Asks(question):
            return holds(known.questions[question], known)
        case Reads(reading, option):
            return _is(known.readings.get(reading), frozenset({option}))
        case Is("area", values) if "area" not in known.facts:
            return _lies(values, known)
        case Is(fact, values):
            if fact != "area" and values.issuperset(FACTS[fact].values):
                return Truth.YES  # whatever it is
            return _is(known.facts.get(fact), values)


def agreed(condition: Condition, known: Known) -> Truth:
    """Whether a condition holds on every open reading: UNCLEAR where they do not agree.

    Readings are tried only where Kleene's tables leave it unclear, so that two readings with one
    answer give it (a supervaluation, van Fraassen 1966). Facts are not: an unknown fact stays
    unknown.
    """
    truth = holds(condition, known)
    if truth.known:
        return truth
    for reading in open_readings(condition, known):
        first = agreed(condition, settled(known, reading, known.options[reading][0]))
        others = known.options[reading][1:]
        same = first.known and all(
            agreed(condition, settled(known, reading, option)) is first for option in others
        )
        return first if same else Truth.UNCLEAR
    return truth


def settled(known: Known, name: str, value: str) -> Known:
    """The same with one fact or reading more."""
    if name in FACTS:
        facts = {**known.facts, name: value}
        return replace(known, facts=facts)
    return replace(known, readings={**known.readings, name: value})


def atoms(condition: Condition, questions: Mapping[str, Condition]) -> Iterator[Is | Reads]:
    """The facts and readings that a condition asks for, through its questions."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from atoms(part, questions)
        case Not(part) | Pending(part):
            yield from atoms(part, questions)
        case Asks(question):
            yield from atoms(questions[question], questions)
        case _:
            yield condition


def asked(condition: Condition) -> Iterator[str]:
    """The questions that a condition asks itself, in order."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from asked(part)
        case Not(part) | Pending(part):
            yield from asked(part)
        case Asks(question):
            yield question


def deciding(condition: Condition, known: Known) -> tuple[Condition, ...]:
    """The facts, readings and questions that make a condition what it is, and no others.

    Of several alternatives that all fail, those that failed by the fewest. What stands under a
    negation is given negated.
    """
    truth = holds(condition, known)
    match condition:
        case Not(part):
            below_it = deciding(part, known)
            return tuple(one.part if isinstance(one, Not) else Not(one) for one in below_it)
        case Pending(part):
            return deciding(part, known)
        case AllOf(parts) | AnyOf(parts):
            below = [deciding(part, known) for part in parts if holds(part, known) is truth]
            if isinstance(condition, AnyOf) and truth is Truth.NO and below:
                fewest = min(len(reasons) for reasons in below)
                below = [reasons for reasons in below if len(reasons) == fewest]
            return tuple(dict.fromkeys(reason for reasons in below for reason in reasons))
        case _:
            return (condition,)


def _is(value: str | None, values: frozenset[str]) -> Truth:
    if value is None:
        return Truth.UNCLEAR
    return Truth.YES if value in values else Truth.NO


def _lies(areas: frozenset[str], known: Known) -> Truth:
    """Whether the place lies in one of these areas, or in none where `elsewhere` is one of them."""
    if known.lies is None:
        possible = known.may_lie is None or not areas.isdisjoint(known.may_lie)
        return Truth.UNCLEAR if possible else Truth.NO
    there = [
        (
            one.area,
            _is(known.readings.get(one.reading), frozenset({one.option}))
            if one.reading
            else Truth.YES,
        )
        for one in known.lies
    ]
    inside = disjunction(truth for area, truth in there if area in areas)
    if NOWHERE not in areas:
        return inside
    return disjunction((inside, negation(disjunction(truth for _, truth in there))))


def open_readings(condition: Condition, known: Known) -> tuple[str, ...]:
    """Readings that are not settled and that a condition turns on, in the order of asking."""
    found: dict[str, None] = {}
    for atom in atoms(condition, known.questions):
        if isinstance(atom, Reads):
            found[atom.reading] = None
        elif atom.fact == "area" and "area" not in known.facts:
            every = NOWHERE in atom.values
            areas = (
                one
                for one in known.lies or ()
                if one.reading and (every or one.area in atom.values)
            )
            found.update((one.reading, None) for one in areas)
    return tuple(reading for reading in found if reading not in known.readings)
