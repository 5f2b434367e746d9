"""`standoff table`: the results of a study as one file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from standoff.cli.app import Json, RefusalError, app, mistakes, one_of, print_json


@app.command()
def table(
    study: Annotated[Path, typer.Argument(help="Folder of the study.")],
    out: Annotated[Path, typer.Argument(help="File to write: .csv, .parquet or .nc.")],
    to: Annotated[
        str | None,
        typer.Option(help="csv, parquet or netcdf, where the file's name does not say."),
    ] = None,
    course: Annotated[
        bool, typer.Option("--course", help="Period by period, instead of outcomes.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the results of a study as CSV, Parquet or netCDF.

    CSV and Parquet have one row a future and doctrine, parameters included.
    """
    with mistakes(as_json):
        from standoff.explore import format_of, open_study, write_out

        if to is not None:
            one_of("--to", to, ("csv", "parquet", "netcdf"))
        try:
            kind = to or format_of(out)
        except ValueError as error:
            raise RefusalError(str(error)) from None
        if not out.parent.is_dir():
            raise RefusalError(f"there is no folder {out.parent}")
        whole = open_study(study)
        write_out(whole, out, "course" if course else "outcomes", kind)  # type: ignore[arg-type]
        if as_json:
            print_json({"written": str(out), "format": kind} | whole.origin)
        else:
            typer.echo(f"{out} written")
