"""The picture from which a study starts, kept in its folder so that its report can show it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from standoff.explore.beginning import beginning_of
from standoff.explore.study import Study, write

if TYPE_CHECKING:
    from standoff.watch import Picture

PICTURE_FILE = "picture.json"
"""Its name in the study's folder."""


def keep_picture(study: Study, path: Path) -> None:
    """Copies the picture, given by its file or by the folder that holds it, into the study.

    Raises:
        OSError: it cannot be read, or the study cannot be written to.
    """
    write(study.path / PICTURE_FILE, (path / PICTURE_FILE if path.is_dir() else path).read_bytes())


def kept_picture(study: Study) -> Picture | None:
    """The picture of the pair from which a study starts; None where it keeps none.

    Nor is it given where it is not, by its hash, the one from which the study was begun.
    """
    begun, file = beginning_of(study.manifest), study.path / PICTURE_FILE
    if begun is None or not file.is_file():
        return None
    if hashlib.sha256(file.read_bytes()).hexdigest() != begun.picture:
        return None
    from standoff.watch import load_picture

    picture = load_picture(file)
    for place, pair in enumerate(picture.pairs):
        if " and ".join(pair.actors) == begun.pair:
            return replace(picture, pairs=(pair,), counts=picture.counts[place : place + 1])
    return None
