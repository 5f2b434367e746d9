"""Rows that could not be used: counted by reason, and written to a file with what was found."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from standoff.reading import printable

COLUMNS = ("stream", "file", "row", "id", "reason", "found")
"""Columns of the file of rows kept aside: no text, no link, no coordinates."""

_SHOWN = 60


@dataclass(frozen=True)
class Kept:
    """One row kept aside: where it stands, and the words to blame."""

    file: str
    row: int
    identity: str
    reason: str
    found: str


def keep(file: str, row: int, reason: str, identity: str = "", found: str = "") -> Kept:
    """A row to be kept aside; what is long is cut, and what cannot be printed is left out."""
    shown = "".join(sign if sign.isprintable() else " " for sign in found)
    short = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return Kept(printable(file), row, identity[:_SHOWN], reason, short)


def reasons(rows: Iterable[Kept]) -> dict[str, int]:
    """How many are kept aside for each reason, the most frequent first."""
    counted = Counter(row.reason for row in rows)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def write_aside(streams: Iterable[tuple[str, Sequence[Kept]]], path: Path) -> None:
    """Writes the rows kept aside of all streams to a CSV file, sorted by place."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(COLUMNS)
        for name, rows in streams:
            for row in sorted(rows, key=lambda row: (row.file, row.row, row.reason)):
                out.writerow((name, row.file, row.row, row.identity, row.reason, row.found))
