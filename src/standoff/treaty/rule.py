"""`rule`: what a treaty says of an incident, as it stood on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from standoff.treaty.condition import Condition, Known, agreed, asked, settled
from standoff.treaty.explain import because
from standoff.treaty.incident import Incident
from standoff.treaty.ruling import Change, Differs, Finding, Ruling, Test
from standoff.treaty.settle import pivotal, settling
from standoff.treaty.standing import Standing, known, standing
from standoff.treaty.treaty import Clause, Treaty
from standoff.treaty.truth import Truth


def rule(
    treaty: Treaty,
    incident: Incident,
    as_of: date | None = None,
    changed: Mapping[str, Any] | None = None,
) -> Ruling:
    """An opinion on an incident by a treaty as it stood on a day, `incident.day` if none is given.

    `changed` alters the treaty first: `readings` (a reading and the option that shall hold),
    `questions` (a question and the condition that shall answer it, as a treaty file writes it),
    `decides` (consensus, majority, two-thirds, each), `amendments` (names of those in the file).

    Raises:
        ValueError: there is no day, or a change of something that the treaty has not.
        ScenarioError: a changed question that is no condition.
    """
    day = as_of or incident.day
    if day is None:
        raise ValueError(f"incident '{incident.name}' has no date: say as of which day to rule")
    stands = standing(treaty, day, changed)
    facts = known(stands, incident)
    findings = tuple(_finding(stands, clause, incident, facts) for clause in stands.clauses)
    readings = {one.name: stands.readings.get(one.name) for one in treaty.readings}
    return Ruling(treaty, incident, day, findings, readings, stands.says)


def truths(
    treaty: Treaty,
    incident: Incident,
    as_of: date | None = None,
    changed: Mapping[str, Any] | None = None,
) -> dict[str, Truth]:
    """What each clause comes to, as in `rule`, without the reasons: for many incidents.

    Raises as `rule` does.
    """
    day = as_of or incident.day
    if day is None:
        raise ValueError(f"incident '{incident.name}' has no date: say as of which day to rule")
    stands = standing(treaty, day, changed)
    facts = known(stands, incident)
    return {
        clause.name: agreed(clause.needs, facts) if day in clause.when else Truth.NO
        for clause in stands.clauses
    }


def history(
    treaty: Treaty, incident: Incident, changed: Mapping[str, Any] | None = None
) -> tuple[Change, ...]:
    """What each clause would have come to on every day on which that changed.

    The facts stay as they are: it is the treaty that changes. The first is the day on which the
    treaty entered into force, as it was then. Every day is tried on which anything in the treaty
    begins or ends.
    """
    changes: list[Change] = []
    before: date | None = None
    for day in treaty.days:
        found = truths(treaty, incident, day, changed)
        if before is None:
            changes.append(Change(day, found, ()))
        elif found != changes[-1].truths:
            was, now = (rule(treaty, incident, one, changed) for one in (before, day))
            changes.append(Change(day, found, tuple(_difference(was, now))))
        before = day
    return tuple(changes)


def _difference(before: Ruling, now: Ruling) -> Iterator[str]:
    """The rules and reasons of the tests that changed, of clauses that changed."""
    said = set()
    for old, new in zip(before.findings, now.findings, strict=True):
        if old.truth is new.truth:
            continue
        if old.in_force != new.in_force:
            yield f"{new.clause} {'enters into force' if new.in_force else 'is no longer in force'}"
        earlier = {test.question: test for test in old.tests}
        for test in new.tests:
            was = earlier.get(test.question)
            if was is None or was.truth is test.truth or test.question in said:
                continue
            said.add(test.question)
            reason = test.rule if test.rule != was.rule else "; ".join(test.because)
            yield f"{test.question}: {reason}"


def _finding(stands: Standing, clause: Clause, incident: Incident, facts: Known) -> Finding:
    members = len(stands.treaty.parties_on(stands.day))
    in_force = stands.day in clause.when
    tests = tuple(_tests(stands, clause.needs, incident, facts)) if in_force else ()
    truth = agreed(clause.needs, facts) if in_force else Truth.NO
    return Finding(
        clause.name,
        clause.title,
        truth,
        in_force,
        tests,
        settling(clause.needs, facts) if in_force else (),
        tuple(_differing(stands, clause, facts, truth)) if in_force else (),
        clause.decides,
        members,
        clause.decides.needed(members),
        clause.follows,
        tuple(reading for reading in stands.treaty.readings if reading.name in clause.owed),
        clause.sources,
    )


def _tests(stands: Standing, needs: Condition, incident: Incident, facts: Known) -> Iterator[Test]:
    """The questions of a condition, each followed by those that are part of it; each once."""
    asks = {question.name: question.asks for question in stands.treaty.questions}
    said: set[str] = set()

    def walk(condition: Condition, within: str) -> Iterator[Test]:
        for name in asked(condition):
            if name in said:
                continue
            said.add(name)
            version = stands.versions[name]
            yield Test(
                name,
                asks[name],
                agreed(version.holds, facts),
                version.says,
                because(version.holds, facts, stands, incident),
                version.sources,
                pivotal(version.holds, facts),
                within,
            )
            yield from walk(version.holds, name)

    yield from walk(needs, "")


def _differing(stands: Standing, clause: Clause, facts: Known, truth: Truth) -> Iterator[Differs]:
    """Every option of a reading, one at a time, that makes the clause come out otherwise."""
    for reading in stands.treaty.readings:
        for option in reading.options:
            if option.name == facts.readings.get(reading.name):
                continue
            other = agreed(clause.needs, settled(facts, reading.name, option.name))
            if other is not truth:
                yield Differs(reading.name, option.name, option.says, other, option.sources)
