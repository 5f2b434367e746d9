"""A sheet of Excel's as texts: what a cell shows, row by row, as far as it can be read."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from standoff.reading import refusal


@dataclass(frozen=True)
class Table:
    """Columns of a sheet.

    `columns` [column, row] as bytes; `numbers` [row] of the rows in the sheet, counted from 1 with
    the header; `wide`: rows that are wider than the header, each with its number and width;
    `broken`: why the rest cannot be read, or nothing.
    """

    columns: list[list[bytes]]
    numbers: list[int]
    wide: list[tuple[int, int]]
    broken: str


def is_sheet(path: Path) -> bool:
    """Whether a file is one of Excel's, by its name."""
    return path.suffix.lower() in (".xlsx", ".xlsm")


def first_row(path: Path) -> list[str]:
    """The first row of the first sheet, each name on one line.

    Raises ScenarioError where there is no sheet, or it cannot be read.
    """
    with _rows(path) as rows:
        try:
            return [re.sub(r"[\t\r\n]+", " ", name) for name in next(rows, [])]
        except Exception as error:  # openpyxl leaves open what it raises
            raise refusal(str(path), f"this sheet cannot be read: {error}") from None


def table(path: Path, places: Sequence[int], width: int, way: str) -> Table:
    """The columns at `places` of the first sheet, which has so many; days written in a `way`.

    Empty cells at the end of a row need not be there. Raises ScenarioError as `first_row` does.
    """
    columns: list[list[bytes]] = [[] for _ in places]
    numbers: list[int] = []
    wide: list[tuple[int, int]] = []
    broken = ""
    with _rows(path, way) as rows:
        try:
            for number, row in enumerate(rows, 1):
                if number == 1 or not any(row):
                    continue
                if any(row[width:]):
                    wide.append((number, len(row)))
                    continue
                numbers.append(number)
                for column, place in zip(columns, places, strict=True):
                    column.append(row[place].encode() if place < len(row) else b"")
        except Exception as error:
            broken = str(error) or "it breaks off"
    return Table(columns, numbers, wide, broken)


@contextmanager
def _rows(path: Path, way: str = "%Y-%m-%d") -> Iterator[Iterator[list[str]]]:
    """The rows of the first sheet as texts."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of styles that it cannot show
        try:
            book = load_workbook(path, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # which some programs write wrongly
        except Exception as error:
            raise refusal(str(path), f"this is no sheet of Excel's: {error}") from None
        try:
            yield (
                [_text(value, way) for value in row] for row in sheet.iter_rows(values_only=True)
            )
        finally:
            book.close()


def _text(value: object, way: str) -> str:
    if isinstance(value, datetime):
        return value.strftime(way)
    return "" if value is None else str(value)
