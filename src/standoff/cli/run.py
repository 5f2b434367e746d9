"""`standoff run`: every doctrine in many futures, and what becomes of the claims."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import standoff
from standoff.cli.app import (
    Json,
    MaxStates,
    ScenarioArgument,
    app,
    mistakes,
    one_of,
    print_json,
    refuse_unknown_doctrines,
)
from standoff.cli.progress import interruptible, progress

if TYPE_CHECKING:
    from standoff.claims import Comparison, Trap, Verdict
    from standoff.explore import Plan, Study

_WORTH_A_WORKER = 10**8
"""State-period-rows: some five seconds of solving, about what it takes to start a process."""


@app.command()
def run(
    scenario: ScenarioArgument,
    futures: Annotated[
        int, typer.Option(min=1, max=2**24, help="How many futures to sample.")
    ] = 256,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the study; by default one below ./studies.")
    ] = None,
    doctrine: Annotated[
        list[str] | None,
        typer.Option(
            help="Solve only this doctrine, beside free-choice; may be given several times."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes; by default as many as pay, at most one a core."),
    ] = None,
    sampling: Annotated[str, typer.Option(help="sobol or latin-hypercube.")] = "sobol",
    precision: Annotated[str, typer.Option(help="single or double.")] = "single",
    max_states: MaxStates = 2_000_000,
    as_json: Json = False,
) -> None:
    """Solve a scenario under every doctrine in many futures, and judge its claims.

    A run that was stopped goes on where it stopped when the same command is given again.
    """
    with mistakes(as_json):
        from standoff.claims import compare, judge, traps, write_verdicts
        from standoff.explore import Settings, plan, prepare, solve_blocks
        from standoff.report import text

        one_of("--sampling", sampling, ("sobol", "latin-hypercube"))
        one_of("--precision", precision, ("single", "double"))
        game = standoff.compile(standoff.load(scenario), max_states=max_states)
        refuse_unknown_doctrines(game, doctrine or ())
        settings = Settings(
            futures,
            seed,
            sampling,  # type: ignore[arg-type]
            precision,  # type: ignore[arg-type]
            tuple(doctrine) if doctrine else None,
            max_states,
        )
        study = prepare(game, settings, out)
        block, itemsize = int(study.manifest["block"]), 8 if precision == "double" else 4
        needs = plan(game, int(study.manifest["futures"]), len(study.doctrines), block, itemsize)
        workers = min(workers or _workers_that_pay(needs), max(1, len(study.missing())))
        console = text.console(error=as_json)
        text.put(console, text.study_heading(study, needs, workers))
        with interruptible(study), progress(console, study) as report:
            solve_blocks(study, game, workers=workers, progress=report)
        verdicts, rows, trapped = judge(study), compare(study), traps(study)
        write_verdicts(study, verdicts)
        if as_json:
            print_json(_run_json(study, verdicts, rows, trapped))
            return
        text.put(
            console,
            text.verdicts_text(verdicts),
            text.comparison_text(rows),
            text.traps_text(trapped),
            text.study_footing(study),
        )


def _workers_that_pay(needs: Plan) -> int:
    return min(os.cpu_count() or 1, 1 + needs.work // _WORTH_A_WORKER)


def _run_json(
    study: Study,
    verdicts: tuple[Verdict, ...],
    rows: tuple[Comparison, ...],
    trapped: tuple[Trap, ...],
) -> dict[str, Any]:
    from dataclasses import asdict

    from standoff.claims import as_json

    return {
        "study": str(study.path),
        "manifest": study.manifest,
        "verdicts": [as_json(verdict) for verdict in verdicts],
        "doctrines": [asdict(row) for row in rows],
        "traps": [
            {
                "actor": trap.actor,
                "depth": trap.depth.tolist(),
                "trapped": trap.trapped.tolist(),
                "best": list(trap.best),
                "escalation": trap.escalation.tolist(),
            }
            for trap in trapped
        ],
    }
