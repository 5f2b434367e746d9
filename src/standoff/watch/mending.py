"""The rows of a text file line by line, where a fast reader would lose more than is broken.

A quote that is never closed swallows all that follows, and a row longer than a block ends the
reading. Here each is one broken row, and what follows it is read.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST_LINES = 200
"""Lines that one row may have; a quote that is open for longer was never meant to be."""

WIDTH = "the wrong number of columns"
UNCLOSED = "a quote that is not closed"
BROKEN = "a row that cannot be read"


@dataclass(frozen=True)
class Row:
    """Its cells; or, where it is broken, `reason` and the words to blame."""

    cells: tuple[str, ...]
    reason: str = ""
    found: str = ""


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._back: deque[str] = deque()

    def take(self) -> str | None:
        return self._back.popleft() if self._back else next(self._source, None)

    def give_back(self, lines: Iterable[str]) -> None:
        self._back.extendleft(reversed(list(lines)))


def mended(lines: Iterable[str], separator: str, quoted: bool, width: int) -> Iterator[Row]:
    """The rows of a file of so many columns, blank lines left out.

    A row that is broken though it took several lines is broken in its first alone; the next is
    looked at as the beginning of another.
    """
    source = _Lines(lines)
    while (line := source.take()) is not None:
        if not line.strip("\r\n"):
            continue
        row, taken = _row(line, source, separator, quoted)
        if not row.reason and len(row.cells) != width:
            row = Row((), WIDTH, f"{len(row.cells)} instead of {width}")
        if row.reason:
            source.give_back(taken)
        yield row


def _row(line: str, source: _Lines, separator: str, quoted: bool) -> tuple[Row, list[str]]:
    """One row that begins with a line, and the lines after it that it took."""
    taken: list[str] = []
    if not quoted:
        return Row(tuple(line.rstrip("\r\n").split(separator))), taken
    while True:
        try:
            text = "".join((line, *taken))
            return Row(tuple(next(csv.reader([text], delimiter=separator, strict=True)))), taken
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                return Row((), BROKEN, str(error)), taken
        following = source.take() if len(taken) < _MOST_LINES else None
        if following is None:
            return Row((), UNCLOSED, line.strip()), taken
        taken.append(following)
