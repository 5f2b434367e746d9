"""What a run says while it solves, and when it is interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from standoff.cli.app import INTERRUPTED

if TYPE_CHECKING:
    from rich.console import Console

    from standoff.explore import Study


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


@contextmanager
def progress(console: Console, study: Study) -> Iterator[Callable[[int, int], None] | None]:
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
