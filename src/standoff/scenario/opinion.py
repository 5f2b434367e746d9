"""What a treaty says of the incidents that a scenario describes: as it stands, and as amended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from standoff.reading import Path, ScenarioError, listing
from standoff.scenario.context import Context, spellings
from standoff.scenario.names import canonical
from standoff.scenario.treaty_part import TreatyPart

if TYPE_CHECKING:
    from standoff.treaty import Finding, Incident, Treaty


@dataclass(frozen=True)
class Opinion:
    """A ruling on every incident described, under one version of the treaty.

    `incidents` are the answers with their reasons; `needed` of `members` must agree; `change` is
    what is amended, in words, and `owes` what follows.
    """

    title: str
    clause: str
    change: str
    incidents: tuple[tuple[Literal["yes", "no", "unclear"], str], ...]
    needed: int
    members: int
    owes: str


@dataclass(frozen=True)
class Change:
    """What a doctrine changes of a treaty, and where it says so; nothing: as it stands."""

    changed: Mapping[str, Any]
    path: Path


@dataclass(frozen=True)
class _Asked:
    """A treaty and how it is told from others: its name, or all that it says."""

    key: str
    treaty: Treaty = field(compare=False)


def opinions(
    context: Context, path: Path, part: TreatyPart, day: date, changes: Sequence[Change]
) -> tuple[Opinion, ...] | None:
    """The rulings as the treaty stood on a day, under each change; None where one is mistaken."""
    known = len(context.mistakes)
    asked = _treaty(context, (*path, "treaty"), part.treaty)
    described = [
        _incident(context, (*path, "incidents", name, "facts"), name, given.facts)
        for name, given in part.incidents.items()
    ]
    if asked is None:
        return None
    clauses = spellings(clause.name for clause in asked.treaty.clauses)
    clause = context.lookup((*path, "clause"), part.clause, clauses, "clause")
    for change in changes:
        _possible(context, asked.treaty, day, change)
    if clause is None or len(context.mistakes) > known:
        return None
    return tuple(
        _opinion(asked, clause, day, json.dumps(change.changed), tuple(described))
        for change in changes
    )


@lru_cache(maxsize=256)  # the variants of a scenario mostly ask the same
def _opinion(
    asked: _Asked, clause: str, day: date, changed: str, incidents: tuple[Incident, ...]
) -> Opinion:
    from standoff.treaty import rule

    rulings = [rule(asked.treaty, incident, day, json.loads(changed)) for incident in incidents]
    found = [ruling.clause(clause) for ruling in rulings]
    first = found[0]
    return Opinion(
        title=asked.treaty.title,
        clause=first.title,
        change="; ".join(rulings[0].changed),
        incidents=tuple((_answer(one), _why(one)) for one in found),
        needed=first.needed,
        members=first.members,
        owes=first.follows.strip(),
    )


def _answer(finding: Finding) -> Literal["yes", "no", "unclear"]:
    answers: dict[str, Literal["yes", "no", "unclear"]]
    answers = {"yes": "yes", "no": "no", "unclear": "unclear"}
    return answers[finding.truth.value]


def _why(finding: Finding) -> str:
    """The reasons that decide it, and what would settle it."""
    if not finding.in_force:
        return "it was not in force"
    if finding.truth.value == "yes":
        asked = [test.question for test in finding.tests if not test.within]
        return f"every test is met: {listing(asked)}"
    around = {test.within for test in finding.tests}
    deciding = [
        test
        for test in finding.tests
        if test.question not in around and test.truth is finding.truth
    ]
    return "; ".join(dict.fromkeys(reason for test in deciding for reason in test.because))


def _treaty(context: Context, path: Path, given: str | dict[str, Any]) -> _Asked | None:
    from standoff.treaty import from_document, packaged

    if isinstance(given, str):
        name = context.lookup(path, given, spellings(packaged()), "treaty")
        return None if name is None else _packaged(name)
    document = context.document
    deep = len(path)
    inside = replace(
        document,
        content=given,
        keys={at[deep:]: mark for at, mark in document.keys.items() if at[:deep] == path},
        values={at[deep:]: mark for at, mark in document.values.items() if at[:deep] == path},
    )
    try:
        return _Asked(json.dumps(given), from_document(inside))
    except ScenarioError as error:
        context.mistakes += error.mistakes
        return None


@lru_cache(maxsize=16)
def _packaged(name: str) -> _Asked:
    from standoff.treaty import load

    return _Asked(name, load(name))


def _incident(context: Context, path: Path, name: str, facts: Mapping[str, Any]) -> Incident:
    from standoff.treaty import FACTS, Incident

    # Where and between whom it happens are words of the treaty's own, that no list can hold.
    known = spellings(
        [fact.words for fact in FACTS.values() if fact.kind != "derived"]
        + ["place", "territory", "target", "attacker", "dead", "threat seen by"]
    )
    given: dict[str, Any] = {}
    for key, value in facts.items():
        at: Path = (*path, key)
        word = context.lookup(at, key, known, "fact", key=True)
        if word is None:
            continue
        fact = canonical(word)
        if fact in given:
            context.wrong(at, f"'{word}' stands here twice", "delete one of them", key=True)
        if fact == "dead" and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            context.wrong(at, f"expected a number of people, found '{value}'")
            continue
        if fact in ("place", "territory", "target", "attacker") and not isinstance(value, str):
            context.wrong(at, f"expected a name, found '{value}'")
            continue
        try:
            Incident.of(name, **{fact: value})
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            context.wrong(at, message, hint)
            continue
        given[fact] = value
    return Incident.of(name, **given)


def _possible(context: Context, treaty: Treaty, day: date, change: Change) -> None:
    """Notes what cannot be changed, each thing where it stands."""
    from standoff.treaty import Incident, truths

    nothing = Incident("nothing")
    for key, part in change.changed.items():
        several = isinstance(part, dict) and key in ("readings", "questions")
        for one in part if several else (None,):
            at: Path = change.path
            for step in (key, one):
                at = (*at, step) if step and (*at, step) in context.document.values else at
            try:
                truths(treaty, nothing, day, {key: {one: part[one]} if several else part})
            except ValueError as error:
                message, _, hint = str(error).partition("; ")
                context.wrong(at, message, hint)
            except ScenarioError as error:
                first = error.mistakes[0]
                context.wrong(at, first.message, first.hint, first.nearest)
