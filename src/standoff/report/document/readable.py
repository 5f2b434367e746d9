"""A document that is fit to be shown: somebody else's words without signs that nobody can read."""

from __future__ import annotations

from typing import Any

from standoff.report.text import clean


def readable(made: dict[str, Any]) -> dict[str, Any]:
    """The same, with every text in it cleaned; keys stay."""
    return {key: _cleaned(part) for key, part in made.items()}


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return clean(value) if isinstance(value, str) else value
