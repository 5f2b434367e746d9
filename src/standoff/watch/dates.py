"""Days as event data write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from standoff.watch.format import UnreadableError

EPOCH = date(1970, 1, 1)
FIRST, LAST = date(1800, 1, 1), date(2200, 1, 1)
"""Days outside are mistakes."""


def days(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day so many days after 1970-01-01."""
    return date.fromordinal(EPOCH.toordinal() + number)


def iso(text: str) -> int:
    """`2022-02-24`, also with a time of day behind it."""
    return _checked(text, text[:10], "%Y-%m-%d")


def compact(text: str) -> int:
    """`20220224`, also with a time of day behind it (`20220224134500`)."""
    return _checked(text, text[:8] if len(text) in (8, 14) else text, "%Y%m%d")


def written(text: str) -> int:
    """A day in one of the ways in which exports write it: ISO, `24 February 2022`, `24.02.2022`."""
    for way in ("%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d"):
        try:
            return _checked(text, text[:10] if way == "%Y-%m-%d" else text, way)
        except UnreadableError as error:
            if "out of range" in str(error):
                raise
    raise _no_date(text)


def in_the_way(way: str) -> Callable[[str], int]:
    """A reading of days written in one way, as `datetime.strptime` describes ways."""

    def read(text: str) -> int:
        return _checked(text, text, way)

    return read


def says_the_year(way: str) -> bool:
    """Whether a day that is written in one way tells at least its year."""
    try:
        return all(
            datetime.strptime(day.strftime(way), way).year == day.year
            for day in (date(1987, 12, 31), date(2022, 2, 3))
        )
    except ValueError:
        return False


def _no_date(text: str) -> UnreadableError:
    return UnreadableError("no date" if not text.strip() else "a date that is none")


def _checked(text: str, cut: str, way: str) -> int:
    try:
        day = datetime.strptime(cut.strip(), way).date()
    except ValueError:
        raise _no_date(text) from None
    if not FIRST <= day < LAST:
        raise UnreadableError(f"a date out of range ({FIRST.year} to {LAST.year})")
    return days(day)
