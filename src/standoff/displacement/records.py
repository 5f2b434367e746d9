"""Who was registered where: tables of counts by date, joined, corrected and filled in by day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Records
from standoff.displacement.table import (
    about_file,
    blame,
    cell_at,
    day_of,
    one_of,
    read_table,
    whole,
)
from standoff.scenario import Mistake

Counts = NDArray[np.float64]
"""Counts as they were published, `[entry, 2]`: the day since the start, and how many."""


def read_records(
    source: Path, corrections: Path, camps: dict[str, int], start: date, days: int,
    faults: list[Mistake], remarks: list[Mistake], start_empty: bool,
) -> Records | None:  # fmt: skip
    """Reads `data_layout.csv`, the files that it names, and corrections; None without a layout.

    A camp may have several files, which are added. A correction says that counts before a date were
    too high or low: they are scaled so that the last of them equals the first after it. Between
    dates counts are filled in linearly and cut to whole people; before the first and after the last
    they stay. `start_empty` counts only those who came after the first day.
    """
    layout = source / "data_layout.csv"
    if not layout.exists():
        return None
    tables: dict[str, Counts] = {}
    for row in read_table(layout, titled=False).rows:
        name = row[0].text
        if name in tables:
            faults.append(blame(row[0], f"'{name}' is listed twice"))
        joined: Counts | None = None
        for cell in row[1:]:
            path = source / cell.text
            if not cell.text:
                continue
            if not path.exists():
                faults.append(blame(cell, f"there is no file '{cell.text}' in {source}"))
                continue
            counts = _read_counts(path, start, faults, remarks)
            joined = counts if joined is None else _joined(joined, counts)
        if joined is not None and len(joined):
            tables[name] = joined
        elif not any(fault.place.file == str(layout) for fault in faults):
            faults.append(blame(row[0], f"'{name}' has no counts"))
    if tables and "total" not in tables and next(iter(tables)) != "total":
        faults.append(about_file(layout, "the first row must be that of the total"))
    for camp in camps:
        if camp not in tables and not faults:
            faults.append(about_file(layout, f"the camp '{camp}' is missing"))
    _correct(corrections, tables, start, faults)
    if faults:
        return None
    every = {name: _daily(counts, days) for name, counts in tables.items()}
    if start_empty:
        every = {name: daily - daily[0] for name, daily in every.items()}
    first, *rest = every
    counted = np.column_stack([every[name] for name in rest]) if rest else np.empty((days, 0))
    return Records(tuple(rest), counted, every[first])


def displaced_by_records(records: Records, sum_from_camps: bool, insert_day0: bool) -> Counts:
    """How many are newly displaced each day, `[day]`, so that as many are registered as were.

    A fall in the registered is a debt, set against the next who come.
    """
    level = records.counts.sum(axis=1) if sum_from_camps else records.total
    change = np.diff(level, prepend=0.0)
    displaced, debt = np.zeros(len(change)), 0.0
    for day, more in enumerate(change):
        new = 0.0 if day == 0 and insert_day0 else more - debt
        debt = max(0.0, -new)
        displaced[day] = max(0.0, new)
    return displaced


def _read_counts(path: Path, start: date, faults: list[Mistake], remarks: list[Mistake]) -> Counts:
    entries: list[tuple[float, float]] = []
    for row in read_table(path, titled=False).rows:
        if row[0].text in ("Date", "DateTime") or not cell_at(row, 1).text:
            continue
        day = (day_of(row[0], faults) - start).days
        if entries and day < entries[-1][0]:
            hint = "read as Flee does: in the order of the file"
            remarks.append(blame(row[0], f"{row[0].text} stands after a later date", hint))
        entries.append((day, whole(row[1], "a count", faults, low=0)))
    return np.array(entries, float).reshape(-1, 2)


def _joined(one: Counts, other: Counts) -> Counts:
    """The sum of two tables by date as Flee makes it: each date of one with the last of the other.

    Whatever stands in the first behind the last date of the second is left out.
    """
    entries: list[tuple[float, float]] = []
    at, last = 0, 0.0
    for day, count in other:
        while day > one[at, 0]:
            entries.append((one[at, 0], last + one[at, 1]))
            if at == len(one) - 1:
                break
            at += 1
        if day <= one[at, 0]:
            entries.append((day, count + one[at, 1]))
            if day == one[at, 0] and at < len(one) - 1:
                at += 1
            last = count
    return np.array(entries, float).reshape(-1, 2)


def _correct(path: Path, tables: dict[str, Counts], start: date, faults: list[Mistake]) -> None:
    if not path.exists():
        return
    known = {name: i for i, name in enumerate(tables)}
    for row in read_table(path, titled=False).rows:
        if len(row) < 2:
            faults.append(blame(row[0], "expected a camp and a date"))
            continue
        one_of(row[0], "camp with records", known, faults)
        day = (day_of(row[1], faults) - start).days
        if row[0].text not in tables:
            continue
        counts = tables[row[0].text]
        for entry in np.flatnonzero(counts[:, 0] == day):
            if entry > 0 and counts[entry - 1, 1] > 0:
                counts[:entry, 1] *= counts[entry, 1] / counts[entry - 1, 1]


def _daily(counts: Counts, days: int) -> NDArray[np.float64]:
    """The count of each day: between the first entry that lies ahead and the one before it."""
    at, count = counts[:, 0], counts[:, 1]
    day = np.arange(days)
    if len(at) == 1:
        return np.full(days, np.trunc(count[0]))
    ahead = np.searchsorted(np.maximum.accumulate(at[1:]), day, side="right") + 1
    after = np.minimum(ahead, len(at) - 1)
    span = at[after] - at[after - 1]
    share = np.clip((day - at[after - 1]) / np.where(span > 0, span, 1), 0, 1)
    filled = count[after - 1] + share * (count[after] - count[after - 1])
    filled = np.where(ahead > len(at) - 1, count[-1], filled)
    return np.asarray(np.trunc(np.where(day <= at[0], count[0], filled)))
