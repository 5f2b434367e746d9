"""What a run says while it solves, and when it is interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from standoff.cli.app import INTERRUPTED

if TYPE_CHECKING:
    from rich.console import Console

    from standoff.explore import Plan, Study

_WORTH_TELLING = 30.0
"""Seconds left from which on it is said how many."""


@contextmanager
def interruptible(study: Study) -> Iterator[None]:
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
        raise typer.Exit(INTERRUPTED) from None


@dataclass(frozen=True)
class Told:
    """Who is told how far a run has come, and what a block took."""

    progress: Callable[[int, int], None] | None = None
    measured: Callable[[float], None] | None = None


@contextmanager
def progress(console: Console, study: Study, needs: Plan, workers: int) -> Iterator[Told]:
    """A progress bar on a terminal, a line now and then elsewhere; and how long it will take."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from standoff.explore import is_compiled

    if not study.missing():
        yield Told()
        return
    if not is_compiled():
        console.print(
            "The first run on a machine compiles the solver: about half a minute.", style="dim"
        )
    measured = _estimate(console, study, needs, workers)
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
            yield Told(lambda done, total: bar.update(task, completed=done, total=total), measured)
        return
    begun = time.monotonic()

    def report(done: int, total: int) -> None:
        if done and (done == total or done % max(1, total // 8) == 0):
            console.print(f"{done} of {total} blocks, {time.monotonic() - begun:.0f} s")

    yield Told(report, measured)


def _estimate(console: Console, study: Study, needs: Plan, workers: int) -> Callable[[float], None]:
    """Says after the first block that can be timed how long all that are left will take."""
    said = False

    def measured(seconds: float) -> None:
        nonlocal said
        if said:
            return
        said = True
        from standoff.explore import duration
        from standoff.report import running

        left = duration(seconds, len(study.missing()), workers)
        if left >= _WORTH_TELLING:
            console.print(running.estimate_text(left, workers, needs))

    return measured


@contextmanager
def steps(console: Console, what: str) -> Iterator[Callable[[int, int], None]]:
    """How many steps are done of a search: a bar on a terminal, a line now and then elsewhere."""
    if console.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(what, total=None, visible=False)
            yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)
        return
    begun, last, told = time.monotonic(), time.monotonic(), 0

    def report(done: int, total: int) -> None:
        nonlocal last, told
        if done > told and (done == total or time.monotonic() - last > _WORTH_TELLING):
            last, told = time.monotonic(), done
            console.print(f"{what}: {done} of {total}, {last - begun:.0f} s")

    yield report
