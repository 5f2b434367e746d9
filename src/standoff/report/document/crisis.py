"""What a scenario says, for the page: actors, doctrines, variables, parameters, references."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.report.bibtex import bibtex
from standoff.report.document.packed import short
from standoff.report.text import range_text
from standoff.scenario import (
    FREE_CHOICE,
    Distribution,
    Doctrine,
    Parameter,
    Rule,
    Scenario,
    ends,
    masses,
    quantile,
)

STOPS = 41
"""Places of a slider."""
_TAIL = 0.01
"""A parameter whose range has no end is shown up to this share of its prior from there."""


def crisis(scenario: Scenario, doctrines: tuple[str, ...]) -> dict[str, Any]:
    """The scenario's own words; `doctrines` are those that were solved."""
    events = {event.name for event in scenario.events}
    return {
        "name": scenario.name,
        "title": scenario.title,
        "summary": " ".join(scenario.summary.split()),
        "hash": scenario.hash,
        "time": {
            "period": scenario.time.period,
            "periods": scenario.time.periods,
            "start": None if scenario.time.start is None else scenario.time.start.isoformat(),
        },
        "order": [
            {"names": list(move), "chance": move[0] in events, "at_once": len(move) > 1}
            for move in scenario.order
        ],
        "actors": [
            {
                "name": actor.name,
                "about": actor.about,
                "types": [type_.name for type_ in actor.types],
                "actions": [
                    {"name": action.name, "about": action.about, "waits": action.waits}
                    for action in actor.actions
                ],
            }
            for actor in scenario.actors
        ],
        "variables": [
            {
                "name": variable.name,
                "kind": variable.kind,
                "labels": list(variable.labels),
                "start": variable.start,
                "about": variable.about,
            }
            for variable in scenario.variables
        ],
        "doctrines": [_doctrine(scenario, name) for name in doctrines],
        "switches": [
            {"name": one.name, "says": one.says, "options": list(one.options), "chosen": chosen}
            for one in scenario.structures
            if (chosen := dict(scenario.choices)[one.name])
        ],
    }


def _doctrine(scenario: Scenario, name: str) -> dict[str, Any]:
    if name == FREE_CHOICE:
        says = "nobody has committed to anything: every actor decides afresh each time"
        return {"name": name, "actor": None, "announced": True, "says": says, "rules": []}
    doctrine = next(one for one in scenario.doctrines if one.name == name)
    return {
        "name": name,
        "actor": doctrine.actor,
        "announced": doctrine.announced,
        "says": doctrine.says,
        "rules": [_rule(scenario, rule) for rule in doctrine.rules] + _qualified(doctrine),
    }


def _rule(scenario: Scenario, rule: Rule) -> str:
    """A rule in words: `must corridor or interdict, where war >= siege, from period 2`."""
    parts = []
    if rule.must:
        parts.append(f"must {' or '.join(rule.must)}")
    if rule.opens:
        parts.append(f"may {' or '.join(rule.opens)}")
    if rule.never:
        parts.append(f"never {' or '.join(rule.never)}")
    if rule.when is not None:
        parts.append(f"where {rule.when.text}")
    if rule.first > 1:
        parts.append(f"from period {rule.first}")
    if rule.last < scenario.time.periods:
        parts.append(f"up to period {rule.last}")
    return ", ".join(parts)


def _qualified(doctrine: Doctrine) -> list[str]:
    found = [] if doctrine.announced else ["nobody else is told"]
    if doctrine.believed is not None:
        found.append(f"believed with the prior {doctrine.believed.text}")
    if doctrine.binds:
        found.append(f"binds {' and '.join(doctrine.binds)} only")
    return found


def parameters(scenario: Scenario, futures: dict[str, NDArray[np.float64]]) -> list[dict[str, Any]]:
    """Every parameter; of an uncertain one the range, the prior and, if sampled, its place.

    `sample` is the row of the document's `futures.parameters` that holds its values.
    """
    rows = {name: k for k, name in enumerate(futures)}
    return [
        {
            "name": one.name,
            "value": one.value,
            "unit": one.unit,
            "why": one.why,
            "sources": list(one.sources),
            "basis": one.basis,
            "prior": _prior(one),
            "sample": rows.get(one.name),
        }
        for one in scenario.parameters
    ]


def _prior(parameter: Parameter) -> dict[str, Any] | None:
    """`low` and `high` are what a chart spans, `stops` the places of a slider, rising.

    Stops of a continuous parameter are at even shares of its prior.
    """
    distribution = parameter.distribution
    if distribution is None:
        return None
    low, high = ends(distribution)
    tails = quantile(distribution, np.array([_TAIL, 1 - _TAIL]))
    shown = [tails[0] if np.isinf(low) else low, tails[1] if np.isinf(high) else high]
    return {
        "kind": distribution.kind,
        "low": float(min(shown[0], parameter.value)),
        "high": float(max(shown[1], parameter.value)),
        "arguments": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in distribution.arguments
        },
        "stops": short(_stops(distribution)),
        "text": range_text(parameter),
    }


def _stops(distribution: Distribution) -> NDArray[np.float64]:
    if distribution.kind == "discrete":
        return np.unique(masses(distribution)[0])
    low, high = ends(distribution)
    first, last = (_TAIL if np.isinf(low) else 0.0), (1 - _TAIL if np.isinf(high) else 1.0)
    return quantile(distribution, np.linspace(first, last, STOPS))


def references(scenario: Scenario) -> list[dict[str, Any]]:
    """The bibliography of the file, each entry also as BibTeX."""
    return [
        {
            "key": one.key,
            "author": one.author,
            "year": one.year,
            "title": one.title,
            "container": one.container,
            "url": one.url,
            "note": one.note,
            "bibtex": bibtex(one),
        }
        for one in scenario.references
    ]
