"""`standoff new` and `standoff schema`: what it takes to write a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import standoff
from standoff.cli.app import RefusalError, app, mistakes, print_json


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("scenario.yaml"),
) -> None:
    """Write a commented starter scenario."""
    with mistakes(as_json=False):
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
    print_json(standoff.schema())
