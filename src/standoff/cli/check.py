"""`standoff check`: mistakes and doubts, before anything is solved."""

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
)


@app.command()
def check(
    scenario: ScenarioArgument,
    max_states: MaxStates = 2_000_000,
    futures: Annotated[
        int, typer.Option(min=1, max=2**24, help="Futures in which to try the numbers.")
    ] = 64,
    as_json: Json = False,
) -> None:
    """Look for mistakes in a scenario, and for what may be doubtful."""
    with mistakes(as_json):
        from standoff.explore import sample
        from standoff.game import allowed_options, fill, inspect
        from standoff.report import text

        loaded = standoff.load(scenario)
        game = standoff.compile(loaded, max_states=max_states)
        numbers = fill(game, sample(loaded, futures))
        for doctrine in loaded.doctrines:
            allowed_options(game, doctrine)
        remarks = (*standoff.lint(loaded), *inspect(game, numbers))
        if as_json:
            found = [
                {
                    "check": r.check,
                    "line": r.place.line,
                    "column": r.place.column,
                    "remark": r.message,
                    "reason": r.reason,
                }
                for r in remarks
            ]
            print_json(identity(loaded) | {"states": game.states, "remarks": found})
            return
        for remark in remarks:
            typer.echo(text.clean(remark.render(loaded.text)))
        number = len(remarks)
        doubts = f"{number} remark{'' if number == 1 else 's'}" if number else "no remarks"
        typer.echo(f"{loaded.name}: no mistakes, {doubts}; {game.states:,} reachable states")
