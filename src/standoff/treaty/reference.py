"""Where a rule or a fact is taken from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A work of the bibliography. `checked` says how far it was followed: read, recalled…"""

    key: str
    title: str
    author: str = ""
    year: str = ""
    container: str = ""
    url: str = ""
    checked: str = ""


@dataclass(frozen=True)
class Source:
    """A work, and where in it: `nat-1949`, `article 6`."""

    key: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.key}, {self.at}" if self.at else self.key
