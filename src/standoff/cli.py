"""The command line: `standoff run`, `check`, `concepts`, `list`, `show`, `new`, `schema`.

Exit status: 0 done, 1 something else is wrong, 2 the scenario or the command has a mistake,
130 interrupted.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import standoff

if TYPE_CHECKING:
    from standoff.claims import Comparison, Trap, Verdict
    from standoff.explore import Plan, Study
    from standoff.scenario import Scenario

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    help="A crisis laboratory: write a crisis down once; solve it in a thousand futures; see which "
    "claims hold.",
)

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A packaged scenario, or a scenario file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
MaxStates = Annotated[int, typer.Option(min=1, help="Refuse more reachable states than this.")]

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
    with _mistakes(as_json):
        from standoff.claims import compare, judge, traps, write_verdicts
        from standoff.explore import Settings, plan, prepare, solve_blocks
        from standoff.report import text

        _one_of("--sampling", sampling, ("sobol", "latin-hypercube"))
        _one_of("--precision", precision, ("single", "double"))
        game = standoff.compile(standoff.load(scenario), max_states=max_states)
        settings = Settings(
            futures,
            seed,
            sampling,  # type: ignore[arg-type]
            precision,  # type: ignore[arg-type]
            tuple(doctrine) if doctrine else None,
            max_states,
        )
        try:
            study = prepare(game, settings, out)
        except KeyError as error:  # no such doctrine
            raise RefusalError(str(error.args[0])) from None
        block, itemsize = int(study.manifest["block"]), 8 if precision == "double" else 4
        needs = plan(game, int(study.manifest["futures"]), len(study.doctrines), block, itemsize)
        workers = min(workers or _workers_that_pay(needs), max(1, len(study.missing())))
        console = text.console(error=as_json)
        text.put(console, text.study_heading(study, needs, workers))
        with _interruptible(study), _progress(console, study) as report:
            solve_blocks(study, game, workers=workers, progress=report)
        verdicts, rows, trapped = judge(study), compare(study), traps(study)
        write_verdicts(study, verdicts)
        if as_json:
            _print_json(_run_json(study, verdicts, rows, trapped))
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
    with _mistakes(as_json):
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
            _print_json(_identity(loaded) | {"states": game.states, "remarks": found})
            return
        for remark in remarks:
            typer.echo(text.clean(remark.render(loaded.text)))
        number = len(remarks)
        doubts = f"{number} remark{'' if number == 1 else 's'}" if number else "no remarks"
        typer.echo(f"{loaded.name}: no mistakes, {doubts}; {game.states:,} reachable states")


@app.command(name="list")
def list_(as_json: Json = False) -> None:
    """List the packaged scenarios."""
    with _mistakes(as_json):
        from standoff.report import text

        found: list[dict[str, Any]] = []
        for name in standoff.packaged():
            try:
                loaded = standoff.load(name)
            except standoff.ScenarioError as error:
                found.append({"scenario": name, "mistake": error.mistakes[0].sentence})
            else:
                found.append(
                    _identity(loaded) | {"title": loaded.title, "summary": loaded.summary.strip()}
                )
        if as_json:
            _print_json(found)
            return
        for entry in found:
            title = entry.get("title") or f"cannot be used: {entry['mistake']}"
            text.put(text.console(), text.listed(entry["scenario"], title))


@app.command()
def show(
    scenario: ScenarioArgument, max_states: MaxStates = 2_000_000, as_json: Json = False
) -> None:
    """Show what a scenario holds: actors, ladders, size, and an XLRM table."""
    with _mistakes(as_json):
        from standoff.explore import BLOCK, plan
        from standoff.report import text

        loaded = standoff.load(scenario)
        game = standoff.compile(loaded, max_states=max_states)
        needs = plan(game, BLOCK, 1 + len(loaded.doctrines), BLOCK, 8)
        if not as_json:
            text.put(text.console(), text.scenario_text(loaded, game, needs, BLOCK))
            return
        sizes = {
            "states": game.states,
            "positions": game.positions,
            "memory": needs.worker_memory,
        }
        _print_json(_identity(loaded) | sizes | _contents(loaded))


@app.command()
def concepts(
    scenario: ScenarioArgument,
    doctrine: Annotated[
        list[str] | None,
        typer.Option(help="Only this doctrine; may be given several times."),
    ] = None,
    max_states: MaxStates = 2_000_000,
    as_json: Json = False,
) -> None:
    """Compare solution concepts at nominal values: equilibrium, limit, best response, guarantee."""
    with _mistakes(as_json):
        from standoff.game import find_doctrine
        from standoff.report import text
        from standoff.scenario import FREE_CHOICE
        from standoff.solver import guarantee, side_by_side

        loaded = standoff.load(scenario)
        game = standoff.compile(loaded, max_states=max_states)
        every = (FREE_CHOICE, *(d.name for d in loaded.doctrines))
        wanted = tuple(doctrine or every)
        try:
            for name in wanted:
                find_doctrine(game, name)
        except KeyError as error:  # no such doctrine
            raise RefusalError(str(error.args[0])) from None
        rows = tuple(row for name in wanted for row in side_by_side(game, None, name))
        secured = tuple(
            guarantee(
                game, coalition=(actor,), quantity=outcome.name, high=outcome.better == "higher"
            )
            for outcome in loaded.outcomes
            if outcome.kind == "ever" and outcome.better
            for actor in game.actors
        )
        if not as_json:
            text.put(text.console(), text.concepts_text(rows, secured))
            return
        by_doctrine = [
            {
                "doctrine": row.doctrine,
                "actor": row.actor,
                "equilibrium": float(row.equilibrium[0]),
                "limit": float(row.limit[0]),
                "best_response": float(row.best_response[0]),
                "gain": float(row.exploitability[0]),
                "guarantee": float(row.guarantee[0]),
            }
            for row in rows
        ]
        kept = [
            {
                "coalition": list(one.coalition),
                "quantity": one.quantity,
                "wants": "higher" if one.high else "lower",
                "guarantee": float(one.value[0]),
            }
            for one in secured
        ]
        _print_json(_identity(loaded) | {"payoffs": by_doctrine, "outcomes": kept})


def _identity(scenario: Scenario) -> dict[str, Any]:
    """What every answer about a scenario carries with it."""
    return {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "standoff": standoff.__version__,
    }


def _contents(scenario: Scenario) -> dict[str, Any]:
    start = scenario.time.start
    return {
        "title": scenario.title,
        "summary": scenario.summary.strip(),
        "time": {
            "period": scenario.time.period,
            "periods": scenario.time.periods,
            "start": start.isoformat() if start else None,
        },
        "order": list(scenario.order),
        "actors": {
            actor.name: [action.name for action in actor.actions] for actor in scenario.actors
        },
        "variables": {
            variable.name: {
                "kind": variable.kind,
                "values": list(variable.labels),
                "start": variable.labels[variable.start],
            }
            for variable in scenario.variables
        },
        "parameters": {
            parameter.name: {
                "value": parameter.value,
                "distribution": {"kind": parameter.distribution.kind}
                | dict(parameter.distribution.arguments)
                if parameter.distribution
                else None,
                "unit": parameter.unit,
                "why": parameter.why,
                "sources": list(parameter.sources),
                "basis": parameter.basis,
            }
            for parameter in scenario.parameters
        },
        "doctrines": {
            doctrine.name: {
                "actor": doctrine.actor,
                "announced": doctrine.announced,
                "says": doctrine.says,
            }
            for doctrine in scenario.doctrines
        },
        "outcomes": {
            outcome.name: {
                "kind": outcome.kind,
                "unit": outcome.unit,
                "better": outcome.better,
                "says": outcome.says,
            }
            for outcome in scenario.outcomes
        },
        "claims": {
            claim.name: {"says": claim.says, "holds": claim.holds.text} for claim in scenario.claims
        },
    }


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("scenario.yaml"),
) -> None:
    """Write a commented starter scenario."""
    with _mistakes(as_json=False):
        from standoff.scenario import starter

        try:
            with file.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(starter())
        except FileExistsError:
            raise RefusalError(f"{file} is already there; choose another name") from None
        except FileNotFoundError:
            raise RefusalError(
                f"there is no folder {file.parent} to write {file.name} into"
            ) from None
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


class RefusalError(Exception):
    """Raised when a command cannot be done as it was given; the message says why."""


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise RefusalError(f"{option} is '{value}'; expected {' or '.join(known)}")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    """The same, with null where there is no number: JSON has no nan and no infinity."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@contextmanager
def _mistakes(as_json: bool) -> Iterator[None]:
    """Tells of mistakes in a scenario or command, and of interruptions, without a traceback."""

    def fail(message: str, status: int) -> typer.Exit:
        if as_json:
            _print_json({"error": message})
        typer.echo(f"standoff: {message}", err=True)
        return typer.Exit(status)

    from standoff.explore import StudyError

    try:
        yield
    except standoff.ScenarioError as error:
        if as_json:
            _print_json({"mistakes": [_mistake_json(mistake) for mistake in error.mistakes]})
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except (RefusalError, StudyError) as error:
        raise fail(str(error), 2) from None
    except MemoryError:
        raise fail("there is not enough memory for this", 1) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise fail(f"{where}{(error.strerror or str(error)).lower()}", 1) from None
    except KeyboardInterrupt:
        raise fail("interrupted", 130) from None


def _mistake_json(mistake: Any) -> dict[str, Any]:
    return {
        "file": mistake.place.file,
        "line": mistake.place.line,
        "column": mistake.place.column,
        "length": mistake.length,
        "message": mistake.sentence,
        "nearest": mistake.nearest,
    }


@contextmanager
def _interruptible(study: Study) -> Iterator[None]:
    """Says, where a run is interrupted, what is kept of it."""
    try:
        yield
    except KeyboardInterrupt:
        done = study.blocks - len(study.missing())
        typer.echo(
            f"\nstandoff: interrupted; {done} of {study.blocks} blocks are solved and kept in "
            f"{study.path}: give the same command to go on",
            err=True,
        )
        raise typer.Exit(130) from None


@contextmanager
def _progress(console: Any, study: Study) -> Iterator[Any]:
    """A progress bar on a terminal, a line now and then elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from standoff.explore import is_compiled

    if not study.missing():
        yield None
        return
    if not is_compiled():
        console.print(
            "The first run on a machine compiles the solver: about half a minute.", style="dim"
        )
    if console.is_terminal:
        columns = (
            TextColumn("solving"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("blocks"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("blocks", total=study.blocks)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    begun = time.monotonic()

    def report(done: int, total: int) -> None:
        if done and (done == total or done % max(1, total // 8) == 0):
            console.print(f"{done} of {total} blocks, {time.monotonic() - begun:.0f} s")

    yield report
