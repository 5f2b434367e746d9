"""Periods: the days between two dates, cut into stretches of a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from standoff.watch.dates import days

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PERIODS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365}
"""Lengths of periods, in days; months, quarters and years are those of the calendar."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True)
class Calendar:
    """Periods one after another: the first day of each, and the first day after the last."""

    period: str
    starts: tuple[date, ...]
    end: date

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Days of each period."""
        ends = (*self.starts[1:], self.end)
        return tuple((end - start).days for start, end in zip(self.starts, ends, strict=True))

    def periods_of(self, numbers: NDArray[np.int32]) -> NDArray[np.int64]:
        """The period of each day (as days since 1970-01-01), -1 for days outside."""
        import numpy as np

        bounds = np.array([days(day) for day in (*self.starts, self.end)])
        found = np.searchsorted(bounds, numbers, side="right") - 1
        return np.where((found < 0) | (found >= len(self)), -1, found)


def calendar(period: str, first: date, last: date, origin: date | None = None) -> Calendar:
    """The periods from that of `first` to that of `last`.

    Days, weeks and fortnights are counted from `origin` (otherwise from a Monday), so that they
    agree with a scenario's clock; months, quarters and years are those of the calendar.
    """
    starts = [_start(period, first, origin or _MONDAY)]
    while (following := _next(period, starts[-1])) <= last:
        starts.append(following)
    return Calendar(period, tuple(starts), following)


def _start(period: str, day: date, origin: date) -> date:
    if period in _MONTHS:
        months = _MONTHS[period]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    length = PERIODS[period]
    return day - timedelta((day - origin).days % length)


def _next(period: str, start: date) -> date:
    if period in _MONTHS:
        month = start.month - 1 + _MONTHS[period]
        return date(start.year + month // 12, month % 12 + 1, 1)
    return start + timedelta(PERIODS[period])
