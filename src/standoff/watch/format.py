"""What a published event stream looks like: which columns say when, who, whom and what.

A format is data, and three small readings of a row's words. A reading gets the texts of its columns
and returns what they say, or raises `UnreadableError` with the reason; it is called once for each
combination of texts that occurs, not once a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Parties = tuple[tuple[str, ...], tuple[str, ...]]
"""Who acts, and on whom: as named by the stream; an empty tuple where it names nobody."""


class UnreadableError(Exception):
    """Raised by a reading for texts that say nothing; its message is the reason, for people."""


@dataclass(frozen=True)
class Day:
    """When: `read` gives days since 1970-01-01; `way`: how it has days written, ISO by default."""

    columns: tuple[str, ...]
    read: Callable[..., int]
    way: str = "%Y-%m-%d"


@dataclass(frozen=True)
class Who:
    """Who acts on whom. `required`: a row without is broken, not merely about somebody else."""

    columns: tuple[str, ...]
    read: Callable[..., Parties]
    required: bool = True


@dataclass(frozen=True)
class What:
    """The leaf of the codebook; `root` gives the branch above a leaf, or the leaf itself."""

    columns: tuple[str, ...]
    read: Callable[..., str]
    root: Callable[[str], str]


@dataclass(frozen=True)
class Format:
    """A stream as it is published.

    `header`: whether the first row names the columns; without, `columns` are all of them, in order.
    `signature`: names that together tell this format from the others. `published`: the column that
    says when a row came out, where there is one. `fuzz`: the column that says how well the day is
    known, and how many days each of its words stands for. `aggregate`: the terms let nobody pass on
    single rows. `unlike`: a column of a table that has all of these and is another, and what to
    take instead.
    """

    name: str
    title: str
    codebook: str
    version: str
    separator: str
    header: bool
    signature: tuple[str, ...]
    day: Day
    who: Who
    what: What
    identity: str | None
    terms: str
    columns: tuple[str, ...] = ()
    quoted: bool = True
    published: str | None = None
    fuzz: tuple[str, tuple[tuple[str, int], ...]] | None = None
    aggregate: bool = False
    unlike: tuple[str, str] | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        optional = (self.identity, self.published, self.fuzz[0] if self.fuzz else None)
        every = (*self.day.columns, *self.who.columns, *self.what.columns, *optional)
        return tuple(dict.fromkeys(name for name in every if name is not None))
