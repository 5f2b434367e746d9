"""A ruling as plain data: dictionaries, lists and text, with keys that stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from standoff.treaty.reference import Reference, Source
from standoff.treaty.ruling import Change, Finding, Ruling

NOTE = (
    "A reasoned opinion from the rules in the treaty file and the facts in the incident file: no "
    "legal advice and no forecast. Whether a clause is invoked is decided by those it names."
)


def document(ruling: Ruling, changes: tuple[Change, ...] = ()) -> dict[str, Any]:
    """Everything in a ruling, for JSON; truths are "yes", "no" and "unclear", dates as 2022-03-15.

    `changes` is its `history`, where it was asked for.
    """
    incident, treaty = ruling.incident, ruling.treaty
    works = {reference.key: reference for reference in (*treaty.references, *incident.references)}
    return {
        "treaty": {"name": treaty.name, "title": treaty.title},
        "as of": ruling.as_of.isoformat(),
        "parties": list(treaty.parties_on(ruling.as_of)),
        "incident": _incident(ruling),
        "clauses": [_finding(finding) for finding in ruling.findings],
        "readings": [
            {
                "reading": reading.name,
                "asks": reading.asks,
                "held": ruling.readings[reading.name],
                "options": {option.name: option.says for option in reading.options},
            }
            for reading in treaty.readings
        ],
        "changed": list(ruling.changed),
        "history": [
            {
                "from": change.day.isoformat(),
                "truths": {name: truth.value for name, truth in change.truths.items()},
                "because": list(change.because),
            }
            for change in changes
        ],
        "references": {key: _work(work) for key, work in works.items()},
        "note": NOTE,
    }


def _incident(ruling: Ruling) -> dict[str, Any]:
    incident = ruling.incident
    facts: dict[str, Any] = {}
    for name in incident.__dataclass_fields__:
        if name in ("name", "title", "summary", "happened", "uncertain", "sources", "references"):
            continue
        value = getattr(incident, name)
        facts[name.replace("_", " ")] = (
            list(value)
            if isinstance(value, tuple)
            else value.isoformat()
            if hasattr(value, "isoformat")
            else value
        )
    return {
        "name": incident.name,
        "title": incident.title,
        "summary": incident.summary,
        "facts": facts,
        "uncertain": list(incident.uncertain),
        "happened": incident.happened,
        "sources": _sources(incident.sources),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "clause": finding.clause,
        "title": finding.title,
        "truth": finding.truth.value,
        "in force": finding.in_force,
        "tests": [
            {
                "question": test.question,
                "within": test.within,
                "asks": test.asks,
                "truth": test.truth.value,
                "rule": test.rule,
                "because": list(test.because),
                "sources": _sources(test.sources),
                "settles": [name.replace("_", " ") for name in test.settles],
            }
            for test in finding.tests
        ],
        "settles": [
            {
                "when": {name.replace("_", " "): list(values) for name, values in one.when},
                "truth": one.truth.value,
            }
            for one in finding.settles
        ],
        "differs": [
            {
                "reading": one.reading,
                "option": one.option,
                "says": one.says,
                "truth": one.truth.value,
                "sources": _sources(one.sources),
            }
            for one in finding.differs
        ],
        "decides": {
            "who": finding.decides.who,
            "by": finding.decides.by,
            "says": finding.decides.says,
            "members": finding.members,
            "needed": finding.needed,
        },
        "follows": finding.follows,
        "owed": [
            {
                "reading": reading.name,
                "asks": reading.asks,
                "options": [
                    {"option": one.name, "says": one.says, "sources": _sources(one.sources)}
                    for one in reading.options
                ],
            }
            for reading in finding.owed
        ],
        "sources": _sources(finding.sources),
    }


def _sources(sources: Iterable[Source]) -> list[dict[str, str]]:
    return [{"reference": source.key, "at": source.at} for source in sources]


def _work(work: Reference) -> dict[str, str]:
    return {
        "title": work.title,
        "author": work.author,
        "year": work.year,
        "in": work.container,
        "url": work.url,
        "checked": work.checked,
    }
