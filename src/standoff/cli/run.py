"""`standoff run`: every doctrine in many futures, and what becomes of the claims."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import standoff
from standoff.cli.app import (
    Json,
    MaxStates,
    RefusalError,
    ScenarioArgument,
    app,
    mistakes,
    one_of,
    print_json,
    refuse_unknown_doctrines,
)
from standoff.cli.progress import interruptible, progress
from standoff.cli.setting import BeliefPoints
from standoff.cli.variant import Variant, written_as

if TYPE_CHECKING:
    from standoff.claims import BeliefPath, Comparison, Trap, Verdict
    from standoff.explore import Beginning, Cluster, Plan, Study
    from standoff.scenario import Scenario

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
    variant: Variant = None,
    begin: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PICTURE",
            help="Start where a picture of 'standoff watch' says that the crisis now is.",
        ),
    ] = None,
    pair: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="The pair of the picture, where it has several."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes; by default as many as pay, at most one a core."),
    ] = None,
    sampling: Annotated[str, typer.Option(help="sobol or latin-hypercube.")] = "sobol",
    precision: Annotated[str, typer.Option(help="single or double.")] = "single",
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Solve on a Dask cluster; its workers must see the folder."
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Solve only the I-th of N shares of the work."),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="Give up on futures that hold up a block of 16 longer."
        ),
    ] = None,
    beliefs: BeliefPoints = 21,
    equilibrium_only: Annotated[
        bool,
        typer.Option(
            "--equilibrium-only",
            help="Leave out the limit of perfect rationality and equilibria elsewhere, which take "
            "most of the time where types are hidden.",
        ),
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Solve futures again that failed before.")
    ] = False,
    max_states: MaxStates = 2_000_000,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Also write report.html into the study.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Solve a scenario under every doctrine in many futures, and judge its claims.

    A run that was stopped goes on where it stopped when the same command is given again. Futures
    that cannot be solved are told and left out.
    """
    with mistakes(as_json):
        from standoff.explore import Settings, begun, keep_picture, plan, prepare, solve_blocks
        from standoff.report import text

        one_of("--sampling", sampling, ("sobol", "latin-hypercube"))
        one_of("--precision", precision, ("single", "double"))
        share = None if shard is None else _shard(shard)
        if time_limit is not None and not 0 < time_limit < math.inf:
            raise RefusalError(f"--time-limit is {time_limit:g}; expected seconds above 0")
        if dask is not None and workers is not None:
            raise RefusalError("--workers is for processes here; with --dask the cluster has them")
        crisis = standoff.load(scenario)
        crisis = written_as(crisis, variant)
        beginning = _beginning(crisis, begin, pair, seed, beliefs)
        game = standoff.compile(begun(crisis, beginning), max_states=max_states)
        refuse_unknown_doctrines(game, doctrine or ())
        settings = Settings(
            futures,
            seed,
            sampling,  # type: ignore[arg-type]
            precision,  # type: ignore[arg-type]
            tuple(doctrine) if doctrine else None,
            max_states,
            beliefs,
            equilibrium_only,
        )
        study = prepare(game, settings, out, beginning=beginning)
        if begin is not None:
            keep_picture(study, begin)
        block, itemsize = int(study.manifest["block"]), 8 if precision == "double" else 4
        needs = plan(
            game, int(study.manifest["futures"]), study.doctrines, block, itemsize, study.points
        )
        console = text.console(error=as_json)
        with _cluster(dask) as cluster:
            count = min(workers or _workers_that_pay(needs), max(1, len(study.missing())))
            count = cluster.workers if cluster else count
            text.put(console, text.study_heading(study, needs, count))
            if beginning is not None:
                text.put(console, text.Prose(beginning.says()), "")
            with interruptible(study), progress(console, study, needs, count) as told:
                solve_blocks(
                    study,
                    game,
                    workers=count,
                    executor=cluster.executor if cluster else None,
                    alive=cluster.alive if cluster else None,
                    shard=share,
                    limit=time_limit,
                    retry=retry,
                    progress=told.progress,
                    measured=told.measured,
                )
        tell(study, as_json, report)


def _beginning(
    crisis: Scenario, picture: Path | None, pair: str | None, seed: int, points: int
) -> Beginning | None:
    """Where a picture says that the crisis starts; None where none is given."""
    from standoff.explore import BeginningError, from_picture

    if picture is None:
        if pair is not None:
            raise RefusalError("--pair is of a picture; give one with --from")
        return None
    actors = None
    if pair is not None:
        one, comma, other = (part.strip() for part in pair.partition(","))
        if not (one and comma and other):
            raise RefusalError(f"--pair is '{pair}'; expected A,B")
        actors = (one, other)
    try:
        return from_picture(crisis, picture, actors, seed=seed, points=points)
    except BeginningError as error:
        raise RefusalError(f"--from: {error}") from error


def tell(study: Study, as_json: bool, report: bool = True) -> None:
    """Judges a study and says what came of it, or what is missing of it; writes its report."""
    from standoff.claims import belief_paths, compare, judge, traps, write_verdicts
    from standoff.report import running, text
    from standoff.report.beliefs import beliefs_text
    from standoff.report.verdicts import verdicts_text

    console = text.console(error=as_json)
    if missing := study.missing():
        if as_json:
            print_json({"study": str(study.path), "manifest": study.manifest, "missing": missing})
        else:
            text.put(console, running.missing_text(study))
        return
    if study.failures:
        text.put(console, running.failures_text(study))
    verdicts, rows, trapped = judge(study), compare(study), traps(study)
    paths = belief_paths(study)
    write_verdicts(study, verdicts)
    if as_json:
        written = {"report": str(_reported(study))} if report else {}
        print_json(_run_json(study, verdicts, rows, trapped, paths) | written)
        return
    text.put(
        console,
        verdicts_text(verdicts),
        text.comparison_text(rows),
        beliefs_text(study, paths),
        text.traps_text(trapped),
        text.study_footing(study),
    )
    if report:
        text.put(console, text.Prose(f"The report is in {_reported(study)}"))


def _reported(study: Study) -> Path:
    """Writes the report, with what can be found without solving anything; gives its path."""
    from standoff.findings import findings_of
    from standoff.report.document import UNSOLVED
    from standoff.report.html import write_report

    return write_report(study, findings=findings_of(study, UNSOLVED))


def _shard(given: str) -> tuple[int, int]:
    first, slash, of = given.partition("/")
    if not (slash and first.isdecimal() and of.isdecimal() and 1 <= int(first) <= int(of)):
        raise RefusalError(f"--shard is '{given}'; expected I/N with 1 <= I <= N, say 3/64")
    return int(first), int(of)


@contextmanager
def _cluster(address: str | None) -> Iterator[Cluster | None]:
    if address is None:
        yield None
        return
    from standoff.explore import dask_cluster

    with dask_cluster(address) as cluster:
        yield cluster


def _workers_that_pay(needs: Plan) -> int:
    return min(os.cpu_count() or 1, 1 + needs.work // _WORTH_A_WORKER)


def _run_json(
    study: Study,
    verdicts: tuple[Verdict, ...],
    rows: tuple[Comparison, ...],
    trapped: tuple[Trap, ...],
    paths: tuple[BeliefPath, ...],
) -> dict[str, Any]:
    from dataclasses import asdict

    from standoff.claims import as_json

    return {
        "study": str(study.path),
        "manifest": study.manifest,
        "failures": [asdict(failure) for failure in study.failures],
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
        "beliefs": [
            {
                "actor": path.actor,
                "type": path.type,
                "doctrine": path.doctrine,
                "mean": path.mean.tolist(),
                "low": path.low.tolist(),
                "high": path.high.tolist(),
                "martingale": path.martingale,
                "drift": path.drift,
            }
            for path in paths
        ],
    }
