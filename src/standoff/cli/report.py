"""`standoff report`: a study as one web page that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from standoff.cli.app import Json, RefusalError, app, mistakes, print_json


@app.command()
def report(
    study: Annotated[Path, typer.Argument(help="Folder of the study.")],
    out: Annotated[
        Path | None, typer.Option(help="File to write; by default report.html in the study.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all that is random.")] = 0,
    as_json: Json = False,
) -> None:
    """Write a study's report: one HTML file with all that it says, to read offline or to pass on.

    It asks where claims fail and which assumptions matter, and solves nothing. What standoff
    explore found would reverse the claims is taken from the study.
    """
    with mistakes(as_json):
        from standoff.explore import open_study
        from standoff.findings import findings_of
        from standoff.report.document import UNSOLVED
        from standoff.report.html import write_report

        if out is not None and not out.parent.is_dir():
            raise RefusalError(f"there is no folder {out.parent}")
        whole = open_study(study)
        _ = whole.results  # an incomplete study is refused before anything is looked for
        try:
            written = write_report(whole, out, findings_of(whole, UNSOLVED, seed=seed))
        except ValueError as error:
            raise RefusalError(str(error)) from None
        if as_json:
            print_json({"written": str(written)} | whole.origin)
        else:
            typer.echo(f"{written} written")
