"""What a scenario holds, for a page that is to show it before anything is solved."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.claims import unit_of
from standoff.explore import doctrine_list
from standoff.game import Game
from standoff.scenario import Claim, Distribution, Parameter, Scenario, masses, quantile

_STOPS = 51
"""Places at which a slider can stand: evenly many shares of what is believed."""
_TAIL = 0.005
"""Share of a prior's weight beyond either end of its slider, where it has no end."""


def outline(game: Game, doctrines: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Parameters, doctrines, outcomes, ladders and claims of a scenario, with words and units.

    `doctrines` are those of a study; by default all. An uncertain parameter has `stops`, the
    places of its slider: values in rising order, of a continuous one at even shares of its prior.
    """
    scenario = game.scenario
    names = doctrine_list(scenario, doctrines)
    known = {one.name: one for one in scenario.doctrines}
    return {
        "name": scenario.name,
        "title": scenario.title,
        "summary": scenario.summary.strip(),
        "hash": scenario.hash,
        "states": game.states,
        "time": {"period": scenario.time.period, "periods": scenario.time.periods},
        "actors": [actor.name for actor in scenario.actors],
        "parameters": [_parameter(one) for one in scenario.parameters],
        "doctrines": [
            {
                "name": name,
                "actor": known[name].actor if name in known else "",
                "announced": name not in known or known[name].announced,
                "says": known[name].says if name in known else "Nobody is bound to anything.",
            }
            for name in names
        ],
        "outcomes": [
            {
                "name": one.name,
                "unit": unit_of(scenario, one),
                "kind": one.kind,
                "better": one.better,
                "says": one.says,
            }
            for one in scenario.outcomes
        ],
        "ladders": [
            {"name": one.name, "labels": list(one.labels), "about": one.about}
            for one in scenario.variables
            if one.kind == "ladder"
        ],
        "claims": [
            {
                "name": one.name,
                "says": one.says,
                "holds": one.holds.text,
                "why": one.why,
                "sources": list(one.sources),
                "judged": is_judged(scenario, one),
            }
            for one in scenario.claims
        ],
        "structures": [
            {"name": one.name, "says": one.says, "options": list(one.options)}
            for one in scenario.structures
        ],
        "choices": dict(scenario.choices),
        "references": {
            one.key: ", ".join(part for part in (one.author, one.year, one.title) if part)
            for one in scenario.references
        },
    }


def is_judged(scenario: Scenario, claim: Claim) -> bool:
    """Whether the page judges a claim: not those that count who fled where, which takes long."""
    counted = {one.name for one in scenario.reported} - {one.name for one in scenario.outcomes}
    return not any(quantity.name in counted for quantity in claim.holds.quantities)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    prior = parameter.distribution
    return {
        "name": parameter.name,
        "value": parameter.value,
        "unit": parameter.unit,
        "why": parameter.why,
        "sources": list(parameter.sources),
        "basis": parameter.basis,
        "kind": prior.kind if prior else None,
        "stops": _stops(prior) if prior else None,
    }


def _stops(prior: Distribution) -> list[float]:
    if prior.kind == "discrete":
        return sorted(set(masses(prior)[0].tolist()))
    shares = np.linspace(0, 1, _STOPS)
    values = quantile(prior, shares)
    if not np.isfinite(values).all():
        values = quantile(prior, np.clip(shares, _TAIL, 1 - _TAIL))
    return [float(f"{value:.5g}") for value in values]
