"""`standoff check`: mistakes and doubts, and on demand a solution checked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

import standoff
from standoff.cli.app import (
    FAILED,
    Json,
    MaxStates,
    RefusalError,
    ScenarioArgument,
    app,
    identity,
    mistakes,
    print_json,
    refuse_unknown_doctrines,
)

if TYPE_CHECKING:
    from standoff.certificate import Certificate
    from standoff.game import Game
    from standoff.scenario import Remark, Scenario


@app.command()
def check(
    scenario: ScenarioArgument,
    max_states: MaxStates = 2_000_000,
    futures: Annotated[
        int, typer.Option(min=1, max=2**24, help="Futures in which to try the numbers.")
    ] = 64,
    solve: Annotated[
        bool,
        typer.Option(
            "--solve",
            help="Also solve it at nominal values, and check the solutions by a program of their "
            "own; see docs/certificates.md.",
        ),
    ] = False,
    doctrine: Annotated[
        list[str] | None,
        typer.Option(help="With --solve: only under this doctrine; may be given several times."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look for mistakes in a scenario and all its variants, and for what may be doubtful.

    Exit status 1 if a solution does not stand the checks of --solve.
    """
    with mistakes(as_json):
        from standoff.report import text
        from standoff.scenario import choices_text

        if doctrine and not solve:
            raise RefusalError("--doctrine says what to solve; it is of use only with --solve")
        loaded = standoff.load(scenario)
        game, remarks = _tried(loaded, futures, max_states)
        refuse_unknown_doctrines(game, doctrine or ())
        sizes: list[tuple[dict[str, str], int]] = []
        for choices, states, doubts in _variants(loaded, remarks, futures, max_states):
            sizes.append((choices, states))
            remarks += doubts
        certificates = _certificates(game, doctrine) if solve else ()
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
            answer: dict[str, Any] = {"states": game.states, "remarks": found}
            if sizes:
                answer["variants"] = [
                    {"choices": choices, "states": states} for choices, states in sizes
                ]
            if solve:
                answer["certificates"] = [one.to_json() for one in certificates]
            print_json(identity(loaded) | answer)
        else:
            for remark in remarks:
                typer.echo(text.clean(remark.render(loaded.text)))
            number = len(remarks)
            count = f"{number} remark{'' if number == 1 else 's'}" if number else "no remarks"
            typer.echo(f"{loaded.name}: no mistakes, {count}; {game.states:,} reachable states")
            for choices, states in sizes:
                typer.echo(f"variant {choices_text(choices)}: {states:,} reachable states")
            if solve:
                from standoff.report.certificate import certificates_text

                text.put(text.console(), certificates_text(certificates))
        if not all(one.passed for one in certificates):
            raise typer.Exit(FAILED)


def _tried(scenario: Scenario, futures: int, max_states: int) -> tuple[Game, tuple[Remark, ...]]:
    """The game of a scenario, tried in so many futures; and what is doubtful about it."""
    from standoff.explore import sample
    from standoff.game import allowed_options, fill, inspect
    from standoff.solver import beliefs_of, needs_beliefs

    game = standoff.compile(scenario, max_states=max_states)
    numbers = fill(game, sample(scenario, futures))
    for one in scenario.doctrines:
        allowed_options(game, one)
    for each in (None, *scenario.doctrines):
        if needs_beliefs(game, each):
            beliefs_of(game, numbers, each)
    return game, (*standoff.lint(scenario), *inspect(game, numbers))


def _variants(
    scenario: Scenario, known: tuple[Remark, ...], futures: int, max_states: int
) -> Iterator[tuple[dict[str, str], int, tuple[Remark, ...]]]:
    """Every other variant: its choices, its number of states, and remarks that are not `known`."""
    from standoff.scenario import blame, choices_text, variant, variants

    told = {(remark.check, remark.message) for remark in known}
    for choices in variants(scenario):
        if tuple(choices.items()) == scenario.choices:
            continue
        try:
            game, remarks = _tried(variant(scenario, choices), futures, max_states)
        except standoff.ScenarioError as error:
            raise blame(error, choices) from None
        new = [remark for remark in remarks if (remark.check, remark.message) not in told]
        told |= {(remark.check, remark.message) for remark in new}
        head = f"variant {choices_text(choices)}: "
        named = (replace(remark, message=head + remark.message) for remark in new)
        yield choices, game.states, tuple(named)


def _certificates(game: Game, doctrines: list[str] | None) -> tuple[Certificate, ...]:
    """One for each doctrine, at nominal values, in double precision."""
    from standoff.game import fill
    from standoff.scenario import FREE_CHOICE
    from standoff.solver import solve_doctrines

    every = (FREE_CHOICE, *(one.name for one in game.scenario.doctrines))
    wanted = tuple(dict.fromkeys(doctrines or every))
    solutions = solve_doctrines(game, fill(game), wanted, keep=True, reuse=True)
    return tuple(standoff.certify(solution) for solution in solutions)
