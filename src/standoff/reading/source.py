"""The bytes of a file that a person named, or a sentence that says why there are none."""

from __future__ import annotations

from pathlib import Path

from standoff.reading.mistake import Mistake, ScenarioError, nearest
from standoff.reading.place import Place

LARGEST = 1_000_000
"""Bytes that a file may have."""


def source(path: Path) -> bytes:
    """What stands in a file, up to one byte more than one may have: enough to refuse it.

    Raises `ScenarioError` where there is no such file, with the nearest name in its folder.
    """
    try:
        if path.is_dir():
            raise refusal(str(path), "this is a folder, not a file")
        if path.exists() and not path.is_file():
            raise refusal(str(path), "this is not a regular file")
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except FileNotFoundError:
        folder = path.parent
        near = None
        if folder.is_dir():
            near = nearest(path.name, (entry.name for entry in folder.glob("*.y*ml")))
        raise refusal(str(path), "there is no such file", "", near) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise refusal(str(path), f"the file cannot be read: {reason.lower()}") from None


def refusal(file: str, message: str, hint: str = "", near: str | None = None) -> ScenarioError:
    """One mistake about a file as a whole."""
    return ScenarioError([Mistake(Place(file, 0, 0), 1, message, hint, near)])
