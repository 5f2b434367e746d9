"""The command line: `standoff run`, `check`, `list`, `show`, `new`, `schema`.

Exit status: 0 done, 1 something else is wrong, 2 the scenario or the command has a mistake, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

import standoff

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A crisis laboratory: write a crisis down once; solve it in a thousand futures; see which claims hold.",
)

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A packaged scenario, or a scenario file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
MaxStates = Annotated[int, typer.Option(min=1, help="Refuse more reachable states than this.")]


@app.command()
def run(
    scenario: ScenarioArgument,
    futures: Annotated[int, typer.Option(min=1, help="How many futures to sample.")] = 256,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Directory of the study; by default below ./studies.")
    ] = None,
    doctrine: Annotated[
        list[str] | None,
        typer.Option(
            help="Solve only this doctrine, beside free-choice; may be given several times."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one a core by default.")
    ] = None,
    sampling: Annotated[str, typer.Option(help="sobol or latin-hypercube.")] = "sobol",
    precision: Annotated[str, typer.Option(help="double or single.")] = "double",
    max_states: MaxStates = 2_000_000,
    as_json: Json = False,
) -> None:
    """Solve a scenario under every doctrine in many futures, and judge its claims."""
    from standoff.claims import compare, judge, traps, write_verdicts
    from standoff.explore import Settings, plan, prepare, solve_blocks
    from standoff.report import text

    _one_of("--sampling", sampling, ("sobol", "latin-hypercube"))
    _one_of("--precision", precision, ("double", "single"))
    with _mistakes(as_json):
        game = standoff.compile(standoff.load(scenario), max_states=max_states)
        settings = Settings(
            futures, seed, sampling, precision, tuple(doctrine) if doctrine else None, max_states
        )  # type: ignore[arg-type]
        study = prepare(game, settings, out)
        workers = min(workers or os.cpu_count() or 1, max(1, len(study.missing())))
        block, itemsize = int(study.manifest["block"]), 8 if precision == "double" else 4
        needs = plan(game, int(study.manifest["futures"]), len(study.doctrines), block, itemsize)
        console = text.console(error=as_json)
        console.print(text.study_heading(study, needs, workers))
        with _progress(console, study.blocks) as report:
            solve_blocks(study, game, workers=workers, progress=report)
        verdicts, rows, trapped = judge(study), compare(study), traps(study)
        write_verdicts(study, verdicts)
    if as_json:
        _print_json(_run_json(study, verdicts, rows, trapped))
        return
    for part in (
        text.verdicts_text(verdicts),
        text.comparison_text(rows),
        text.traps_text(trapped),
    ):
        console.print(part)
    console.print(
        f"\nThe study is in {study.path}. Shares are of sampled futures, not probabilities."
    )


def _run_json(study: Any, verdicts: Any, rows: Any, trapped: Any) -> dict[str, Any]:
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
                "best": list(trap.best),
                "escalation": trap.escalation.tolist(),
            }
            for trap in trapped
        ],
    }


@app.command()
def check(
    scenario: ScenarioArgument,
    max_states: MaxStates = 2_000_000,
    futures: Annotated[int, typer.Option(min=1, help="Futures in which to try the numbers.")] = 64,
    as_json: Json = False,
) -> None:
    """Look for mistakes in a scenario, and for what may be doubtful."""
    from standoff.explore import sample
    from standoff.game import allowed_options, fill, inspect
    from standoff.report import text

    with _mistakes(as_json):
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
        _print_json({"scenario": loaded.name, "states": game.states, "remarks": found})
        return
    console = text.console()
    for remark in remarks:
        console.print(remark.render(loaded.text), markup=False, soft_wrap=True)
    doubts = f"{len(remarks)} remark{'s' if len(remarks) != 1 else ''}" if remarks else "no remarks"
    console.print(f"{loaded.name}: no mistakes, {doubts}; {game.states:,} reachable states")


@app.command(name="list")
def list_(as_json: Json = False) -> None:
    """List the packaged scenarios."""
    from standoff.report import text

    loaded = [standoff.load(name) for name in standoff.packaged()]
    if as_json:
        _print_json([{"name": s.name, "title": s.title} for s in loaded])
        return
    console = text.console()
    for scenario in loaded:
        console.print(scenario.name, style="bold", markup=False)
        console.print(f"  {scenario.title}", markup=False)


@app.command()
def show(
    scenario: ScenarioArgument, max_states: MaxStates = 2_000_000, as_json: Json = False
) -> None:
    """Show what a scenario holds: actors, ladders, size, and an XLRM table."""
    from standoff.explore import BLOCK, plan, uncertain
    from standoff.report import text

    with _mistakes(as_json):
        loaded = standoff.load(scenario)
        game = standoff.compile(loaded, max_states=max_states)
    doctrines = 1 + len(loaded.doctrines)
    needs = plan(game, BLOCK, doctrines, BLOCK, 8)
    if not as_json:
        text.console().print(text.scenario_text(loaded, game, needs, BLOCK))
        return
    _print_json(
        {
            "name": loaded.name,
            "title": loaded.title,
            "hash": loaded.hash,
            "states": game.states,
            "positions": game.positions,
            "memory": needs.worker_memory,
            "periods": loaded.time.periods,
            "order": list(loaded.order),
            "actors": {a.name: [action.name for action in a.actions] for a in loaded.actors},
            "variables": {v.name: list(v.labels) for v in loaded.variables},
            "uncertain": [p.name for p in uncertain(loaded)],
            "doctrines": {d.name: d.actor for d in loaded.doctrines},
            "outcomes": [o.name for o in loaded.outcomes],
            "claims": [c.name for c in loaded.claims],
        }
    )


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("scenario.yaml"),
) -> None:
    """Write a commented starter scenario."""
    from standoff.scenario import starter

    if file.exists():
        _fail(f"{file} is already there; choose another name")
    file.write_text(starter(), encoding="utf-8")
    typer.echo(f"{file} written; try: standoff check {file}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    _print_json(standoff.schema())


def main() -> None:
    """Runs the command line."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read our output has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        _fail(f"{option} is '{value}'; expected {' or '.join(known)}")


def _fail(message: str, status: int = 2) -> None:
    typer.echo(f"standoff: {message}", err=True)
    raise typer.Exit(status)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


@contextmanager
def _mistakes(as_json: bool) -> Iterator[None]:
    """Tells of mistakes in a scenario or command, and of interruptions, without a traceback."""
    from standoff.explore import StudyError

    try:
        yield
    except standoff.ScenarioError as error:
        if as_json:
            _print_json(
                {
                    "mistakes": [
                        {
                            "file": mistake.place.file,
                            "line": mistake.place.line,
                            "column": mistake.place.column,
                            "message": mistake.sentence,
                        }
                        for mistake in error.mistakes
                    ]
                }
            )
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except StudyError as error:
        _fail(str(error))
    except KeyError as error:
        _fail(str(error.args[0]))
    except KeyboardInterrupt:
        typer.echo("\ninterrupted; what is solved is kept: run the same command to go on", err=True)
        raise typer.Exit(130) from None


@contextmanager
def _progress(console: Any, blocks: int) -> Iterator[Any]:
    """A progress bar on a terminal, a line now and then elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console.print(
        "The first run on a machine compiles the solver: about half a minute.", style="dim"
    )
    if console.is_terminal:
        columns = (TextColumn("solving"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("blocks", total=blocks)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    begun = time.monotonic()

    def report(done: int, total: int) -> None:
        if done and (done == total or done % max(1, total // 8) == 0):
            console.print(f"{done} of {total} blocks, {time.monotonic() - begun:.0f} s")

    yield report
