"""`standoff story`: one course of a crisis, told from beginning to end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

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
from standoff.cli.setting import BeliefPoints, Settings, in_words, settings_of
from standoff.cli.variant import Variant, written_as

if TYPE_CHECKING:
    from standoff.play import Chronicle


@app.command()
def story(
    scenario: ScenarioArgument,
    doctrine: Annotated[str, typer.Option(help="The doctrine to play under.")] = "free-choice",
    seed: Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Seed of all draws.")] = 0,
    replication: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="Which course, of those the seed gives.")
    ] = 0,
    settings: Settings = None,
    variant: Variant = None,
    beliefs: BeliefPoints = 21,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Tell at once what actors hide, not at the end.")
    ] = False,
    max_states: MaxStates = 2_000_000,
    as_json: Json = False,
) -> None:
    """Tell one course of a crisis: who did what and why, what chance did, and what came of it."""
    with mistakes(as_json):
        from standoff.play import chronicle
        from standoff.report import text
        from standoff.report.story import story_text

        loaded = written_as(standoff.load(scenario), variant)
        game = standoff.compile(loaded, max_states=max_states)
        refuse_unknown_doctrines(game, (doctrine,))
        parameters = settings_of(loaded, settings)
        told = chronicle(
            game, parameters, doctrine, seed=seed, replication=replication, points=beliefs
        )
        if as_json:
            print_json(identity(loaded) | {"parameters": parameters} | _json(told))
            return
        text.put(text.console(), story_text(told, in_words(parameters), reveal=reveal))


def _json(told: Chronicle) -> dict[str, Any]:
    """The chronicle as it is, with quantities and variables by name; beliefs are by credence."""
    names = [variable.name for variable in told.scenario.variables]

    def state(labels: tuple[str, ...]) -> dict[str, str]:
        return dict(zip(names, labels, strict=True))

    def by(quantities: tuple[str, ...], numbers: tuple[float, ...]) -> list[dict[str, Any]]:
        actors = len(told.scenario.actors)
        return [
            {"actor" if k < actors else "outcome": name, "value": number}
            for k, (name, number) in enumerate(zip(quantities, numbers, strict=True))
        ]

    actors = told.quantities[: len(told.scenario.actors)]
    periods = [
        {
            "period": period.number,
            "begins": period.begins.isoformat() if period.begins else None,
            "turns": [
                {
                    "move": turn.move,
                    "state": state(turn.state),
                    "values": by(actors, turn.values),
                    "choices": [asdict(choice) for choice in turn.choices],
                    "paid": by(actors, turn.paid),
                    "chances": [asdict(chance) for chance in turn.chances],
                    "happened": turn.happened,
                    "learnt": None if turn.learnt is None else asdict(turn.learnt),
                }
                for turn in period.turns
            ],
            "state": state(period.state),
            "paid": by(told.quantities, period.paid),
            "so_far": by(told.quantities, period.so_far),
            "believed": list(period.believed),
        }
        for period in told.periods
    ]
    return {
        "doctrine": told.doctrine,
        "seed": told.seed,
        "replication": told.replication,
        "secrets": [asdict(secret) for secret in told.secrets],
        "credences": [asdict(credence) for credence in told.credences],
        "start": state(told.start),
        "believed": list(told.believed),
        "periods": periods,
        "over": told.over,
        "final": by(told.quantities, told.final),
        "total": by(told.quantities, told.total),
        "expected": by(told.quantities, told.expected),
    }
