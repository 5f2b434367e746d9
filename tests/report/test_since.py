"""What changed between two pictures, in words for a terminal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from standoff.report.picture import since_lines
from standoff.watch.comparing import Moved, Since


@pytest.mark.parametrize(("moved", "left_out"), [(6, None), (7, "1 period"), (9, "3 periods")])
def test_periods_that_are_not_shown_are_counted(moved: int, left_out: str | None) -> None:
    """The last six periods that are read otherwise are told, and how many there are before."""
    first = date(2024, 1, 1)
    periods = tuple((first + timedelta(7 * k), "talk", "drill") for k in range(moved))
    changes = Since((), (), (), (), (), (Moved(("RUS", "UKR"), None, periods),), (), (), False)
    lines = since_lines(changes)
    assert sum("is now read as" in line for line in lines) == 6
    counted = [line for line in lines if "before these" in line]
    assert counted == ([f"  RUS and UKR: and {left_out} before these"] if left_out else [])
