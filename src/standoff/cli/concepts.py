"""`standoff concepts`: what several solution concepts say of one scenario."""

from __future__ import annotations

from typing import Annotated

import typer

import standoff
from standoff.cli.app import (
    Json,
    MaxStates,
    ScenarioArgument,
    app,
    identity,
    mistakes,
    print_json,
    refuse_unknown_doctrines,
)


@app.command()
def concepts(
    scenario: ScenarioArgument,
    doctrine: Annotated[
        list[str] | None,
        typer.Option(help="Only this doctrine; may be given several times."),
    ] = None,
    max_states: MaxStates = 2_000_000,
    as_json: Json = False,
) -> None:
    """Compare solution concepts at nominal values: equilibrium, limit, best response, guarantee."""
    with mistakes(as_json):
        from standoff.play import refuse_hidden
        from standoff.report import text
        from standoff.report.concepts import concepts_text
        from standoff.scenario import FREE_CHOICE
        from standoff.solver import guarantee, side_by_side

        loaded = standoff.load(scenario)
        game = standoff.compile(loaded, max_states=max_states)
        every = (FREE_CHOICE, *(d.name for d in loaded.doctrines))
        wanted = tuple(doctrine or every)
        refuse_unknown_doctrines(game, wanted)
        for name in wanted:
            refuse_hidden(
                game, name, "concepts cannot be set side by side",
                "standoff run compares the equilibrium with its limit",
            )  # fmt: skip
        rows = tuple(row for name in wanted for row in side_by_side(game, None, name))
        secured = tuple(
            guarantee(
                game, coalition=(actor,), quantity=outcome.name, high=outcome.better == "higher"
            )
            for outcome in loaded.outcomes
            if outcome.kind == "ever" and outcome.better
            for actor in game.actors
        )
        if not as_json:
            text.put(text.console(), concepts_text(rows, secured))
            return
        by_doctrine = [
            {
                "doctrine": row.doctrine,
                "actor": row.actor,
                "equilibrium": float(row.equilibrium[0]),
                "limit": float(row.limit[0]),
                "best_response": float(row.best_response[0]),
                "gain": float(row.exploitability[0]),
                "guarantee": float(row.guarantee[0]),
            }
            for row in rows
        ]
        kept = [
            {
                "coalition": list(one.coalition),
                "quantity": one.quantity,
                "wants": "higher" if one.high else "lower",
                "guarantee": float(one.value[0]),
            }
            for one in secured
        ]
        print_json(identity(loaded) | {"payoffs": by_doctrine, "outcomes": kept})
