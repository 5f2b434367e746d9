"""What outcomes and values are counted in where the file does not say."""

from __future__ import annotations

from standoff.scenario import Count, Outcome, Scenario

SHARE = "share of courses"
"""Unit of outcomes that are shares of 1 and shown in percent."""

POINTS = "points of payoff"
"""Unit of actors' values."""


def unit_of(scenario: Scenario, outcome: Outcome | Count) -> str:
    """The unit of an outcome, by default that of its kind; empty where nothing is known of it."""
    by_kind = {"ever": SHARE, "first time": f"{scenario.time.period}s"}
    return outcome.unit or by_kind.get(outcome.kind, "")
