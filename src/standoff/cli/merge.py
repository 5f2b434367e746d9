"""`standoff merge`: shards of a study put together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from standoff.cli.app import Json, app, mistakes
from standoff.cli.run import tell


@app.command()
def merge(
    out: Annotated[Path, typer.Argument(help="Folder of the whole study.")],
    shards: Annotated[list[Path], typer.Argument(metavar="SHARD...", help="Folders to merge.")],
    as_json: Json = False,
) -> None:
    """Put together a study that was run in shards, and judge its claims.

    Shards that are missing may be merged later, into the same folder.
    """
    with mistakes(as_json):
        from standoff.explore import merge as merge_shards

        tell(merge_shards(out, shards), as_json)
