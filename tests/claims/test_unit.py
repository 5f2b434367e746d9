"""Units that the file does not say."""

from __future__ import annotations

import pytest

from claims.conftest import coin
from standoff.claims import SHARE, unit_of
from standoff.scenario import loads


@pytest.mark.parametrize(
    ("reading", "unit"),
    [("ever", SHARE), ("first time", "moves"), ("final", ""), ("each period", "")],
)
def test_an_outcome_has_the_unit_of_its_kind_unless_told(reading: str, unit: str) -> None:
    outcomes = {"plain": {reading: "done"}, "told": {reading: "done", "unit": "marks"}}
    scenario = loads(coin(outcomes=outcomes, claims={}))
    assert [unit_of(scenario, outcome) for outcome in scenario.outcomes] == [unit, "marks"]
