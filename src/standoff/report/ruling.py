"""A ruling as text to read, or to hear read: clause by clause, test by test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from standoff.report.text import Prose, clean
from standoff.treaty import (
    FACTS,
    NOTE,
    Change,
    Finding,
    Incident,
    Reference,
    Ruling,
    Settled,
    Source,
    Test,
    Treaty,
    Truth,
)

_INDENT = (0, 0, 0, 2)
_DEEPER = (0, 0, 0, 4)
_SHOWN = 6
"""Ways to settle a clause either way that are written out."""


def ruling_text(ruling: Ruling, changes: tuple[Change, ...] = ()) -> RenderableType:
    """The whole opinion: the incident, each clause with its tests, and what it rests on.

    `changes` is the ruling's `history`, where it is to be told.
    """
    incident, treaty = ruling.incident, ruling.treaty
    members = len(treaty.parties_on(ruling.as_of))
    parts: list[RenderableType] = [
        Text(f"{incident.name}: {clean(incident.title or incident.name)}", style="bold"),
        "",
    ]
    if incident.summary:
        parts += [Prose(clean(incident.summary)), ""]
    parts.append(
        Prose(
            f"Put to {clean(treaty.title)}, as it stood on {_day(ruling.as_of)}, "
            f"with {members} parties."
        )
    )
    parts += [Prose(f"Changed for this ruling: {clean(said)}.") for said in ruling.changed]
    told: set[str] = set()
    for finding in ruling.findings:
        parts += ["", *_finding(finding, told)]
        told |= {test.question for test in finding.tests}
    if changes:
        parts += ["", *_history(changes)]
    if incident.uncertain:
        parts += ["", Prose("Of the facts: " + clean("; ".join(incident.uncertain)) + ".")]
    if incident.happened:
        parts += ["", Prose("What happened, which the ruling does not read: " + incident.happened)]
    return Group(*parts, "", *_works(ruling), "", Prose(NOTE))


def treaties_text(treaties: Iterable[Treaty], incidents: Iterable[Incident]) -> RenderableType:
    """What is packaged: treaties with their clauses, and incidents with their titles."""
    parts: list[RenderableType] = [Text("Treaties", style="bold")]
    for treaty in treaties:
        clauses = ", ".join(clause.name for clause in treaty.clauses)
        parts.append(Padding(Prose(f"{treaty.name}: {clean(treaty.title)} ({clauses})"), _INDENT))
    parts += ["", Text("Incidents", style="bold")]
    for incident in incidents:
        parts.append(Padding(Prose(f"{incident.name}: {clean(incident.title)}"), _INDENT))
    return Group(*parts)


def _finding(finding: Finding, told: set[str]) -> Iterator[RenderableType]:
    """One clause; tests in `told` stand above already, and are only recalled."""
    title = f"{finding.clause}, {clean(finding.title)}: {finding.truth.answer}"
    yield Text(title, style="bold")
    if not finding.in_force:
        yield Padding(Prose("It was not in force on that day."), _INDENT)
        return
    for test in finding.tests:
        said = _recalled(test) if test.question in told else _test(test)
        yield Padding(Prose(said), _DEEPER if test.within else _INDENT)
    if finding.settles:
        yield Padding(Prose("What would settle it:"), _INDENT)
        for truth in (Truth.YES, Truth.NO):
            ways = [one for one in finding.settles if one.truth is truth]
            for one in ways[:_SHOWN]:
                yield Padding(Prose(f"- {_settled(one)}"), _DEEPER)
            if len(ways) > _SHOWN:
                more = f"- {truth.answer}, in {len(ways) - _SHOWN} more ways, which --json tells"
                yield Padding(Prose(more), _DEEPER)
    if finding.differs:
        yield Padding(Prose("It would come out otherwise on these readings:"), _INDENT)
        for other in finding.differs:
            said = f"- {other.reading} = {other.option}: {other.truth.answer}. {clean(other.says)}"
            yield Padding(Prose(f"{said}{_cited(other.sources)}"), _DEEPER)
    yield Padding(Prose(_decides(finding)), _INDENT)
    yield Padding(Prose(f"What follows: {clean(finding.follows.strip())}"), _INDENT)
    for reading in finding.owed:
        yield Padding(Prose(f"States and scholars differ: {clean(reading.asks)}"), _INDENT)
        for option in reading.options:
            said = f"- {option.name}: {clean(option.says)}{_cited(option.sources)}"
            yield Padding(Prose(said), _DEEPER)
    yield Padding(Prose(f"Source: {_places(finding.sources)}."), _INDENT)


def _test(test: Test) -> str:
    because = "; ".join(test.because)
    said = f"{clean(test.asks)} {_ANSWER[test.truth]}: {clean(because)}."
    said += f" The rule: {clean(test.rule.strip())}{_cited(test.sources)}"
    if test.settles:
        said += f" Open: {', '.join(_name(name) for name in test.settles)}."
    return said


def _recalled(test: Test) -> str:
    return f"{clean(test.asks)} {_ANSWER[test.truth]}, as above."


_ANSWER = {Truth.YES: "Yes", Truth.NO: "No", Truth.UNCLEAR: "Unclear"}


def _settled(one: Settled) -> str:
    facts = "; ".join(f"{_asks(name)}: {' or '.join(values)}" for name, values in one.when)
    return f"{one.truth.answer}, given {facts}"


def _asks(name: str) -> str:
    return FACTS[name].asks if name in FACTS else f"the reading of {name}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _name(name: str) -> str:
    return FACTS[name].words if name in FACTS else f"the reading of {name}"


def _decides(finding: Finding) -> str:
    decides = finding.decides
    votes = {
        "consensus": f"by consensus of all {finding.members}",
        "each": "each for itself",
    }.get(decides.by, f"by {decides.by}: {finding.needed} of {finding.members}")
    said = f"Who decides: {clean(decides.who)}, {votes}."
    return f"{said} {clean(decides.says.strip())}".rstrip()


def _history(changes: tuple[Change, ...]) -> Iterator[RenderableType]:
    yield Text("The same facts by the treaty as it stood", style="bold")
    for change in changes:
        truths = ", ".join(f"{clause} {truth.answer}" for clause, truth in change.truths.items())
        yield Padding(Prose(f"From {_day(change.day)}: {truths}."), _INDENT)
        for reason in change.because:
            yield Padding(Prose(f"- {clean(reason)}"), _DEEPER)
    if len(changes) == 1:
        yield Padding(Prose("It never changed."), _INDENT)


def _works(ruling: Ruling) -> Iterator[RenderableType]:
    """The bibliography of what was cited, and how far each work was followed."""
    cited = {source.key for finding in ruling.findings for source in finding.sources}
    for finding in ruling.findings:
        for test in finding.tests:
            cited |= {source.key for source in test.sources}
        for option in (option for reading in finding.owed for option in reading.options):
            cited |= {source.key for source in option.sources}
        for other in finding.differs:
            cited |= {source.key for source in other.sources}
    cited |= {source.key for source in ruling.incident.sources}
    works = {work.key: work for work in (*ruling.incident.references, *ruling.treaty.references)}
    yield Text("Sources", style="bold")
    for key, work in works.items():
        if key in cited:
            yield Padding(Prose(_work(work)), _INDENT)


def _work(work: Reference) -> str:
    parts = [work.author, work.title, work.container, work.url]
    return clean(f"{work.key}: {', '.join(part for part in parts if part)} ({work.checked})")


def _cited(sources: tuple[Source, ...]) -> str:
    return f" ({_places(sources)})" if sources else ""


def _places(sources: tuple[Source, ...]) -> str:
    return clean("; ".join(str(source) for source in sources))
