"""Studies whose margins are straight lines in the parameters, so that all can be worked out."""

from __future__ import annotations

import json
from math import log
from typing import Any

import pytest

from standoff.explore import Study, run
from standoff.scenario import loads

FUTURES = 256

TURNS = log(1.5)
"""At rationality 1 an act with this prize is taken with probability 0.6."""


def lines(**changes: Any) -> str:
    """One act worth `prize`, and outcomes that are sums of parameters whatever is done."""
    document: dict[str, Any] = {
        "standoff": 1,
        "name": "lines",
        "title": "Sums",
        "time": {"period": "move", "periods": 1},
        "parameters": {
            "a": {"value": 0.25, "range": [0, 1], "unit": "points"},
            "b": {"value": 0, "range": [0, 1], "unit": "chance per move"},
            "c": {"value": 0.5, "range": [0, 1]},
            "prize": {"value": 1, "range": [-1, 1]},
            "mode": {
                "value": 0,
                "unit": "0 no, 1 yes",
                "distribution": {"kind": "discrete", "values": [0, 1]},
            },
        },
        "variables": {"done": {"flag": False}, "struck": {"flag": False}},
        "order": ["red", "luck"],
        "events": {"luck": [{"p": 0.5, "set": {"struck": True}}]},
        "actors": {
            "red": {
                "rationality": 1,
                "final": "prize * done",
                "actions": {"wait": {}, "act": {"set": {"done": True}}},
            }
        },
        "doctrines": {"red": {"bound": {"must": "act"}}},
        "outcomes": {
            "sum": {"final": "a + 2 * b", "better": "lower"},
            "acts": {"ever": "done", "better": "higher"},
        },
        "claims": {
            "sum is high": {"says": "The sum is high.", "holds": "sum > 1.5"},
            "not both": {"says": "They are not both high.", "holds": "sum - b < 1 or mode < 0.5"},
            "acts": {"says": "It acts more often than not.", "holds": "acts > 0.6"},
            "bound acts": {"says": "Bound, it acts more.", "holds": "acts[bound] > acts"},
        },
    }
    return json.dumps(document | changes)


RASH = {"luck": [{"p": "a * 1.25", "set": {"struck": True}}]}
"""Events that are impossible in the fifth of futures in which a is above 0.8."""

RAIN = """
standoff: 1
name: rain
title: It may begin to rain, and a walker may carry an umbrella
time: {period: day, periods: 2}
parameters:
  wet: {value: 0.4, range: [0.2, 0.8]}
  dry: {value: 0}
variables:
  rain: {flag: false}
  umbrella: {flag: false}
order: [weather, walker]
events:
  weather:
    - {p: wet, when: not rain, set: {rain: true}}
actors:
  walker:
    rationality: 0
    payoff: 2 * (umbrella and rain) - (umbrella and not rain)
    actions:
      carry: {set: {umbrella: true}}
      leave: {set: {umbrella: false}}
doctrines:
  walker:
    always: {must: carry}
    never: {must: leave}
outcomes:
  soaked: {each period: rain and not umbrella, better: lower}
  burden: {each period: umbrella, better: lower}
  days: {final: 2}
"""
"""A walker for whom all that can happen in two days can be counted."""


@pytest.fixture(scope="session")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("straight") / "s"
    return run(loads(lines()), out, futures=FUTURES, precision="double")


@pytest.fixture(scope="session")
def rash(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The same, but for futures that fail."""
    out = tmp_path_factory.mktemp("rash") / "s"
    return run(loads(lines(events=RASH)), out, futures=FUTURES, precision="double")
