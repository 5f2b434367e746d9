"""The commented file that `standoff new` writes."""

from __future__ import annotations

from importlib.resources import files


def starter() -> str:
    """A small scenario with a comment for each part of the language, to be changed into another."""
    return (files(__package__) / "starter.yaml").read_text(encoding="utf-8")
