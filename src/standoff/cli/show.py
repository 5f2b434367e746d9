"""`standoff list` and `standoff show`: which scenarios there are, and what one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import standoff
from standoff.cli.app import (
    Json,
    MaxStates,
    ScenarioArgument,
    app,
    identity,
    mistakes,
    print_json,
)

if TYPE_CHECKING:
    from standoff.scenario import Pact, Scenario


@app.command(name="list")
def list_(as_json: Json = False) -> None:
    """List the packaged scenarios."""
    with mistakes(as_json):
        from standoff.report import text

        found: list[dict[str, Any]] = []
        for name in standoff.packaged():
            try:
                loaded = standoff.load(name)
            except standoff.ScenarioError as error:
                found.append({"scenario": name, "mistake": error.mistakes[0].sentence})
            else:
                found.append(
                    identity(loaded) | {"title": loaded.title, "summary": loaded.summary.strip()}
                )
        if as_json:
            print_json(found)
            return
        for entry in found:
            title = entry.get("title") or f"cannot be used: {entry['mistake']}"
            text.put(text.console(), text.listed(entry["scenario"], title))


@app.command()
def show(
    scenario: ScenarioArgument, max_states: MaxStates = 2_000_000, as_json: Json = False
) -> None:
    """Show what a scenario holds: actors, ladders, size, and an XLRM table."""
    with mistakes(as_json):
        from standoff.explore import BLOCK, doctrine_list, plan
        from standoff.report import text
        from standoff.report.promises import promises_text
        from standoff.report.structure import structures_text

        loaded = standoff.load(scenario)
        game = standoff.compile(loaded, max_states=max_states)
        needs = plan(game, BLOCK, doctrine_list(loaded), BLOCK, 8)
        if not as_json:
            shown = [text.scenario_text(loaded, game, needs, BLOCK)]
            shown += [promises_text(loaded)] if loaded.treaties else []
            shown += [structures_text(loaded)] if loaded.structures else []
            text.put(text.console(), *shown)
            return
        sizes = {
            "states": game.states,
            "positions": game.positions,
            "memory": needs.worker_memory,
        }
        print_json(identity(loaded) | sizes | _contents(loaded))


def _contents(scenario: Scenario) -> dict[str, Any]:
    start = scenario.time.start
    return {
        "title": scenario.title,
        "summary": scenario.summary.strip(),
        "time": {
            "period": scenario.time.period,
            "periods": scenario.time.periods,
            "start": start.isoformat() if start else None,
        },
        "order": [move[0] if len(move) == 1 else list(move) for move in scenario.order],
        "actors": {
            actor.name: [action.name for action in actor.actions] for actor in scenario.actors
        },
        "types": {
            actor.name: {type_.name: type_.prior.text for type_ in actor.types}
            for actor in scenario.actors
            if actor.types
        },
        "variables": {
            variable.name: {
                "kind": variable.kind,
                "values": list(variable.labels),
                "start": variable.labels[variable.start],
            }
            for variable in scenario.variables
        },
        "parameters": {
            parameter.name: {
                "value": parameter.value,
                "distribution": {"kind": parameter.distribution.kind}
                | dict(parameter.distribution.arguments)
                if parameter.distribution
                else None,
                "unit": parameter.unit,
                "why": parameter.why,
                "sources": list(parameter.sources),
                "basis": parameter.basis,
            }
            for parameter in scenario.parameters
        },
        "doctrines": {
            doctrine.name: {
                "actor": doctrine.actor,
                "announced": doctrine.announced,
                "believed": doctrine.believed.text if doctrine.believed else None,
                "says": doctrine.says,
            }
            for doctrine in scenario.doctrines
        },
        "treaties": {pact.name: _treaty(pact) for pact in scenario.treaties},
        "outcomes": {
            outcome.name: {
                "kind": outcome.kind,
                "unit": outcome.unit,
                "better": outcome.better,
                "says": outcome.says,
            }
            for outcome in scenario.reported
        },
        "claims": {
            claim.name: {"says": claim.says, "holds": claim.holds.text} for claim in scenario.claims
        },
        "structures": {
            structure.name: {
                "says": structure.says,
                "options": list(structure.options),
                "sources": list(structure.sources),
            }
            for structure in scenario.structures
        },
        "variant": dict(scenario.choices),
    }


def _treaty(pact: Pact) -> dict[str, Any]:
    return {
        "title": pact.title,
        "clause": pact.clause,
        "as of": pact.as_of.isoformat(),
        "actor": pact.actor,
        "trigger": pact.trigger,
        "owes": pact.owes,
        "versions": [
            {
                "doctrines": list(version.doctrines),
                "change": version.change,
                "action": version.action,
                "needed": version.needed,
                "members": version.members,
                "rulings": {
                    ruled.incident: {
                        "when": ruled.when.text,
                        "truth": ruled.truth,
                        "why": ruled.why,
                    }
                    for ruled in version.ruled
                },
            }
            for version in pact.versions
        ],
    }
