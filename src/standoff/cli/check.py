"""`standoff check`: mistakes and doubts, and on demand a solution checked again."""

from __future__ import annotations

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
    """Look for mistakes in a scenario, and for what may be doubtful.

    Exit status 1 if a solution does not stand the checks of --solve.
    """
    with mistakes(as_json):
        from standoff.explore import sample
        from standoff.game import allowed_options, fill, inspect
        from standoff.report import text

        if doctrine and not solve:
            raise RefusalError("--doctrine says what to solve; it is of use only with --solve")
        loaded = standoff.load(scenario)
        game = standoff.compile(loaded, max_states=max_states)
        refuse_unknown_doctrines(game, doctrine or ())
        numbers = fill(game, sample(loaded, futures))
        for one in loaded.doctrines:
            allowed_options(game, one)
        remarks = (*standoff.lint(loaded), *inspect(game, numbers))
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
            if solve:
                answer["certificates"] = [one.to_json() for one in certificates]
            print_json(identity(loaded) | answer)
        else:
            for remark in remarks:
                typer.echo(text.clean(remark.render(loaded.text)))
            number = len(remarks)
            doubts = f"{number} remark{'' if number == 1 else 's'}" if number else "no remarks"
            typer.echo(f"{loaded.name}: no mistakes, {doubts}; {game.states:,} reachable states")
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
