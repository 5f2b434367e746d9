"""Tables of comma-separated values whose cells know where they stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from standoff.scenario import Mistake, Place, nearest


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, without blanks around it, and where."""

    text: str
    place: Place
    length: int


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A file: its header without the leading `#`, its rows without comments and blank ones."""

    path: Path
    header: Row
    rows: tuple[Row, ...]


class InstanceError(Exception):
    """Raised when an instance cannot be used as it stands; carries every mistake in its files."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = tuple(
            sorted(mistakes, key=lambda m: (m.place.file, m.place.line, m.place.column))
        )
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        shown = []
        for mistake in self.mistakes:
            try:
                lines = tuple(_lines(Path(mistake.place.file)))
            except OSError:
                lines = ()
            shown.append(mistake.render(lines))
        return "\n".join(shown)


def read_table(path: Path, titled: bool = True) -> Table:
    """Reads a file; `titled` says that a first row that is no comment is a header all the same.

    Raises OSError.
    """
    header: Row = ()
    rows: list[Row] = []
    for number, line in enumerate(_lines(path), start=1):
        row = _cells(path, number, line)
        if not any(cell.text for cell in row):
            continue
        if row[0].text.startswith("#"):
            header = header or tuple(
                Cell(cell.text.lstrip("#").strip(), cell.place, cell.length) for cell in row
            )
        elif titled and not header and not rows:
            header = row
        else:
            rows.append(row)
    return Table(path, header, tuple(rows))


def _lines(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _cells(path: Path, number: int, line: str) -> Row:
    cells, at = [], 0
    while True:
        start = at
        if line[at : at + 1] == '"':
            end = line.find('"', at + 1)
            while end >= 0 and line[end + 1 : end + 2] == '"':
                end = line.find('"', end + 2)
            end = len(line) if end < 0 else end
            text = line[at + 1 : end].replace('""', '"')
            comma = line.find(",", end)
        else:
            comma = line.find(",", at)
            text = line[at:] if comma < 0 else line[at:comma]
        stop = len(line) if comma < 0 else comma
        lead = len(line[start:stop]) - len(line[start:stop].lstrip())
        place = Place(str(path), number, start + lead + 1)
        cells.append(Cell(text.strip(), place, max(1, len(line[start:stop].strip()))))
        if comma < 0:
            return tuple(cells)
        at = comma + 1


def cell_at(row: Row, column: int) -> Cell:
    """The cell in a column, or an empty one behind the last."""
    if column < len(row):
        return row[column]
    last = row[-1]
    return Cell("", Place(last.place.file, last.place.line, last.place.column + last.length), 1)


def blame(cell: Cell, message: str, hint: str = "", near: str | None = None) -> Mistake:
    """A mistake for which a cell is to blame."""
    return Mistake(cell.place, cell.length, message, hint, near)


def about_file(path: Path, message: str, hint: str = "") -> Mistake:
    """A mistake for which a file as a whole is to blame."""
    return Mistake(Place(str(path), 0, 0), 0, message, hint)


def number(
    cell: Cell,
    what: str,
    faults: list[Mistake],
    *,
    empty: float | None = None,
    low: float = -float("inf"),
    high: float = float("inf"),
) -> float:
    """The number in a cell; a mistake, and 0, if it is none or out of bounds."""
    if not cell.text and empty is not None:
        return empty
    try:
        value = float(cell.text)
    except ValueError:
        found = f"'{cell.text}'" if cell.text else "nothing"
        hint = "write it without separators" if cell.text.replace(",", "").isdigit() else ""
        faults.append(blame(cell, f"{what} must be a number, found {found}", hint))
        return 0.0
    if not math.isfinite(value):
        faults.append(blame(cell, f"{what} must be a number, found '{cell.text}'"))
        return 0.0
    if not low <= value <= high:
        limits = f"at least {low:g}" if high == float("inf") else f"between {low:g} and {high:g}"
        faults.append(blame(cell, f"{what} is {cell.text}, but must be {limits}"))
    return value


def whole(
    cell: Cell,
    what: str,
    faults: list[Mistake],
    *,
    empty: int | None = None,
    low: float = -float("inf"),
) -> int:
    """The whole number in a cell; a mistake, and 0, if it is none or too small."""
    value = number(cell, what, faults, empty=empty, low=low)
    if value != int(value):
        faults.append(blame(cell, f"{what} must be a whole number, found '{cell.text}'"))
    return int(value)


def day_of(cell: Cell, faults: list[Mistake]) -> date:
    """The date in a cell, written as 2022-02-24; a mistake if it is none."""
    try:
        return date.fromisoformat(cell.text)
    except ValueError:
        faults.append(
            blame(cell, f"'{cell.text}' is no date", "write it as year-month-day, 2022-02-24")
        )
        return date(1970, 1, 1)


def one_of(cell: Cell, what: str, known: dict[str, int], faults: list[Mistake]) -> int:
    """The index of the name in a cell; a mistake, and 0, if it is not known."""
    if cell.text in known:
        return known[cell.text]
    near = nearest(cell.text, known)
    faults.append(blame(cell, f"there is no {what} '{cell.text}'", near=near))
    return 0
