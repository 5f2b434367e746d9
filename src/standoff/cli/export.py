"""`standoff export`: a scenario for model checkers and game solvers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import standoff
from standoff.cli.app import (
    Json,
    MaxStates,
    RefusalError,
    ScenarioArgument,
    app,
    identity,
    mistakes,
    one_of,
    print_json,
    refuse_unknown_doctrines,
)
from standoff.cli.setting import Settings, in_words, settings_of
from standoff.cli.variant import Variant, written_as

if TYPE_CHECKING:
    from standoff.export import Question
    from standoff.game import Game

FORMATS = ("umb", "efg")


@app.command()
def export(
    scenario: ScenarioArgument,
    to: Annotated[
        str,
        typer.Option(
            metavar="FORMAT",
            help="umb, for Storm and PRISM; or efg, for Gambit. OpenSpiel and PettingZoo take "
            "games from Python: see docs/exports.md.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The file to write; by default the scenario's name.")
    ] = None,
    doctrine: Annotated[str, typer.Option(help="The doctrine to solve under.")] = "free-choice",
    free: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ACTOR",
            help="Leave this actor's choices open, and the others to their policies: a decision "
            "process; only for umb. May be given several times: they choose together.",
        ),
    ] = None,
    scaled: Annotated[
        bool,
        typer.Option(
            "--scaled", help="Multiply payoffs by each actor's rationality; only for efg."
        ),
    ] = False,
    settings: Settings = None,
    variant: Variant = None,
    most: Annotated[
        int | None, typer.Option(min=1, help="Refuse more positions or nodes than this.")
    ] = None,
    max_states: MaxStates = 2_000_000,
    as_json: Json = False,
) -> None:
    """Write a scenario, at nominal values, for Storm, PRISM or Gambit to check."""
    with mistakes(as_json):
        from standoff.export import TooLargeError

        one_of("--to", to, FORMATS)
        if free and to != "umb":
            raise RefusalError("--free is for umb; in a tree everybody chooses")
        if scaled and to != "efg":
            raise RefusalError("--scaled is for efg; a chain has its policies already")
        loaded = written_as(standoff.load(scenario), variant)
        parameters = settings_of(loaded, settings)
        game = standoff.compile(loaded, max_states=max_states)
        refuse_unknown_doctrines(game, (doctrine,))
        path = out or Path(f"{loaded.name}.{to}")
        try:
            if to == "umb":
                _umb(game, parameters, doctrine, path, tuple(free or ()), most, as_json)
            else:
                _efg(game, parameters, doctrine, path, scaled, most, as_json)
        except (TooLargeError, ValueError) as error:
            raise RefusalError(str(error)) from None


def _umb(
    game: Game,
    parameters: dict[str, float],
    doctrine: str,
    path: Path,
    free: tuple[str, ...],
    most: int | None,
    as_json: bool,
) -> None:
    from standoff.export import MAX_POSITIONS, write_umb
    from standoff.scenario import suggestion

    for name in free:
        if name not in game.actors:
            raise RefusalError(f"'{name}' is not an actor; {suggestion(name, game.actors)}")
    solution = standoff.solve(game, parameters, doctrine, keep_policies=True)
    questions = write_umb(solution, path, free=free, max_positions=most or MAX_POSITIONS)
    if as_json:
        asked = [vars(question) for question in questions]
        print_json(_identity(game, parameters, doctrine, path) | {"questions": asked})
        return
    what = f"the decision process of {' and '.join(free)}" if free else "the chain"
    _say(f"{what} of '{game.scenario.name}'", game, parameters, doctrine, path)
    typer.echo("\nAsk a model checker, subtract, and compare:")
    for question in questions:
        typer.echo("\n" + _asked(question))


def _asked(question: Question) -> str:
    subtract = f"subtract {question.subtract!r}, " if question.subtract else ""
    ours = "" if question.expected is None else f"expect {question.expected:.12g}"
    last = f"\n  {(subtract + ours).removesuffix(', ')}" if subtract or ours else ""
    return f"{question.quantity}\n  {question.ask}{last}"


def _efg(
    game: Game,
    parameters: dict[str, float],
    doctrine: str,
    path: Path,
    scaled: bool,
    most: int | None,
    as_json: bool,
) -> None:
    from standoff.export import MAX_NODES, write_efg
    from standoff.game import fill

    numbers = fill(game, parameters)
    nodes = write_efg(
        game, numbers, path, doctrine=doctrine, scaled=scaled, max_nodes=most or MAX_NODES
    )
    if as_json:
        print_json(_identity(game, parameters, doctrine, path) | {"nodes": nodes})
        return
    _say(f"'{game.scenario.name}' as a tree of {nodes:,} nodes", game, parameters, doctrine, path)


def _say(what: str, game: Game, parameters: dict[str, float], doctrine: str, path: Path) -> None:
    from standoff.scenario import choices_text, thrown

    switches = thrown(game.scenario)
    told = f"with {choices_text(switches)}, " if switches else ""
    typer.echo(f"{path}\n{what},\n{told}under {doctrine}, {in_words(parameters)}")


def _identity(
    game: Game, parameters: dict[str, float], doctrine: str, path: Path
) -> dict[str, object]:
    variant = {"variant": dict(game.scenario.choices)}
    described = {"parameters": parameters, "doctrine": doctrine, "file": str(path)}
    return identity(game.scenario) | variant | described
