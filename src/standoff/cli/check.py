"""`standoff check`: mistakes and doubts, and on demand a solution checked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

import standoff
from standoff.cli.app import (
    FAILED,
    Json,
    MaxStates,
    RefusalError,
    ScenarioArgument,
    app,
    mistakes,
    print_json,
    refuse_unknown_doctrines,
)

if TYPE_CHECKING:
    from standoff.certificate import Certificate
    from standoff.game import Game


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
        from standoff.app import trial_json
        from standoff.explore import try_out
        from standoff.report import text
        from standoff.scenario import choices_text

        if doctrine and not solve:
            raise RefusalError("--doctrine says what to solve; it is of use only with --solve")
        loaded = standoff.load(scenario)
        trial = try_out(loaded, futures, max_states=max_states)
        game = trial.game
        refuse_unknown_doctrines(game, doctrine or ())
        certificates = _certificates(game, doctrine) if solve else ()
        if as_json:
            answer = trial_json(trial)
            if solve:
                answer["certificates"] = [one.to_json() for one in certificates]
            print_json(answer)
        else:
            for remark in trial.remarks:
                typer.echo(text.clean(remark.render(loaded.text)))
            number = len(trial.remarks)
            count = f"{number} remark{'' if number == 1 else 's'}" if number else "no remarks"
            typer.echo(f"{loaded.name}: no mistakes, {count}; {game.states:,} reachable states")
            for choices, states in trial.variants:
                typer.echo(f"variant {choices_text(choices)}: {states:,} reachable states")
            if solve:
                from standoff.report.certificate import certificates_text

                text.put(text.console(), certificates_text(certificates))
        if not all(one.passed for one in certificates):
            raise typer.Exit(FAILED)


def _certificates(game: Game, doctrines: list[str] | None) -> tuple[Certificate, ...]:
    """One for each doctrine, at nominal values, in double precision."""
    from standoff.game import fill
    from standoff.scenario import FREE_CHOICE
    from standoff.solver import solve_doctrines

    every = (FREE_CHOICE, *(one.name for one in game.scenario.doctrines))
    wanted = tuple(dict.fromkeys(doctrines or every))
    solutions = solve_doctrines(game, fill(game), wanted, keep=True, reuse=True)
    return tuple(standoff.certify(solution) for solution in solutions)
