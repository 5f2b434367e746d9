"""What a file says, and where each piece of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from standoff.reading.place import Place

Path: TypeAlias = tuple[str | int, ...]
"""The keys and positions that lead to a value."""


@dataclass(frozen=True)
class Mark:
    """Where a key or value stands: its first character, and its length on that line.

    `raw` is a scalar as it stands in the file, without quotes. `exact` says that the n-th character
    of the scalar stands n places after `place`; it does not where a scalar is folded or has
    escapes.
    """

    place: Place
    length: int
    raw: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Document:
    """What a file says, and where: `keys` and `values` give the mark of each path."""

    file: str
    text: str
    content: dict[str, Any]
    keys: dict[Path, Mark] = field(repr=False)
    values: dict[Path, Mark] = field(repr=False)

    def key(self, path: Path) -> Mark:
        """The mark of a key, or of the item where the path ends in a list."""
        return self.keys.get(path) or self.value(path)

    def value(self, path: Path) -> Mark:
        """The mark of a value, or of the nearest thing around it that is in the file."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path) or Mark(Place(self.file, 1, 1), 1)
