"""`standoff simulate`: a scenario played out many times."""

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
    from standoff.play import Simulation


@app.command()
def simulate(
    scenario: ScenarioArgument,
    doctrine: Annotated[
        list[str] | None,
        typer.Option(
            help="Play this doctrine, by default free-choice; may be given several times: all meet "
            "the same chance, and are compared with the first."
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option(min=1, max=2**32, help="How often to play.")
    ] = 100_000,
    seed: Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Seed of all draws.")] = 0,
    settings: Settings = None,
    variant: Variant = None,
    beliefs: BeliefPoints = 21,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Threads; by default one a processor.")
    ] = None,
    max_states: MaxStates = 2_000_000,
    as_json: Json = False,
) -> None:
    """Play a scenario out many times, and compare what comes with what is expected exactly."""
    with mistakes(as_json):
        from standoff.play import simulate as play
        from standoff.report import text
        from standoff.report.simulation import simulation_text
        from standoff.scenario import FREE_CHOICE

        loaded = written_as(standoff.load(scenario), variant)
        game = standoff.compile(loaded, max_states=max_states)
        wanted = tuple(doctrine or (FREE_CHOICE,))
        refuse_unknown_doctrines(game, wanted)
        parameters = settings_of(loaded, settings)
        played = play(
            game, parameters, wanted,
            replications=replications, seed=seed, workers=workers, points=beliefs,
        )  # fmt: skip
        if as_json:
            print_json(identity(loaded) | {"parameters": parameters} | _json(played))
            return
        text.put(text.console(), simulation_text(played, in_words(parameters)))


def _json(played: Simulation) -> dict[str, Any]:
    from standoff.play import LEVELS

    actors, found = len(played.game.actors), played.believing
    quantities: list[dict[str, Any]] = []
    for c, quantity in enumerate(played.quantities):
        for d, doctrine in enumerate(played.doctrines):
            less = played.difference(doctrine, played.doctrines[0])
            levels = zip(LEVELS, played.quantile[0, d, :, c], strict=True)
            quantities.append(
                {
                    "doctrine": doctrine,
                    "actor" if c < actors else "outcome": quantity,
                    "exact": float(played.expected[0, d, c]),
                    "foreseen": float(found.foreseen[0, d, c]) if found and c < actors else None,
                    "mean": float(played.mean[0, d, c]),
                    "error": float(played.error[0, d, c]),
                    "quantiles": {f"{level:g}": float(value) for level, value in levels},
                    "less": None
                    if d == 0
                    else {
                        "doctrine": played.doctrines[0],
                        "exact": float(less.expected[0, c]),
                        "mean": float(less.mean[0, c]),
                        "error": float(less.error[0, c]),
                    },
                }
            )
    return {
        "replications": played.replications,
        "seed": played.seed,
        "doctrines": list(played.doctrines),
        "results": quantities,
        "beliefs": _beliefs(played),
    }


def _beliefs(played: Simulation) -> list[dict[str, Any]]:
    """What was believed by period, from the start on; nothing where nothing is hidden."""
    from standoff.play import LEVELS

    found = played.believing
    if found is None:
        return []
    return [
        asdict(credence)
        | {
            "under": doctrine,
            "share": float(found.share[0, d, c]),
            "mean": found.mean[0, d, :, c].tolist(),
            "error": found.error[0, d, :, c].tolist(),
            "quantiles": {
                f"{level:g}": found.quantile[0, d, k, :, c].tolist()
                for k, level in enumerate(LEVELS)
            },
        }
        for c, credence in enumerate(found.credences)
        for d, doctrine in enumerate(played.doctrines)
    ]
