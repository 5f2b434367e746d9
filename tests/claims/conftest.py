"""Studies whose verdicts can be worked out by hand, or against a second precision."""

from __future__ import annotations

import json
from math import exp
from typing import Any

import pytest

from standoff.explore import Study, run
from standoff.scenario import load, loads


@pytest.fixture(scope="session")
def deterrence(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The two-move game: committing to fight pays where the challenger fears war."""
    out = tmp_path_factory.mktemp("deterrence") / "s"
    return run(load("two-move-deterrence"), out, futures=50, precision="double")


def coin(**changes: Any) -> str:
    """One actor, one decision between 0 and `prize`; what it does can be written down."""
    document: dict[str, Any] = {
        "standoff": 1,
        "name": "coin",
        "title": "One choice",
        "time": {"period": "move", "periods": 1},
        "parameters": {
            "prize": {"value": 1, "distribution": {"kind": "discrete", "values": [-1, 1, 2]}},
            "tilt": {"value": 0.5, "range": [0, 1]},
        },
        "variables": {"done": {"flag": False}},
        "order": ["red"],
        "actors": {
            "red": {
                "rationality": 1,
                "final": "prize * done",
                "actions": {"wait": {}, "act": {"set": {"done": True}}},
            }
        },
        "doctrines": {
            "red": {
                "bound": {"must": "act"},
                "held": {"never": ["act"]},
                "secret": {"must": "act", "announced": False},
            }
        },
        "outcomes": {
            "acts": {"ever": "done", "better": "higher"},
            "costs": {"final": "done", "unit": "points", "better": "lower"},
            "counts": {"each period": "2 * done", "unit": "points"},
        },
        "claims": {
            "acts more often than not": {"says": "It acts.", "holds": "acts > 0.5"},
            "prize is good": {"says": "The prize is good.", "holds": "prize > 0"},
            "bound is better": {"says": "It is.", "holds": "value[red, bound] > value[red]"},
            "trapped": {"says": "It is trapped.", "holds": "trap[red] > 0"},
            "same": {"says": "A thing is itself.", "holds": "acts[bound] <= acts[secret]"},
            "differs": {"says": "A thing is not itself.", "holds": "acts[bound] < acts[secret]"},
        },
    }
    return json.dumps(document | changes)


def acts(prize: float) -> float:
    """The logit probability of acting, at rationality 1."""
    return 1 / (1 + exp(-prize))


@pytest.fixture(scope="session")
def tossed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """`coin` in 24 futures."""
    return run(loads(coin()), tmp_path_factory.mktemp("coin") / "s", futures=24, precision="double")


@pytest.fixture(scope="session")
def tossed_bare(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """`tossed` without the limit of perfect rationality."""
    return run(
        loads(coin()),
        tmp_path_factory.mktemp("bare") / "s",
        futures=24,
        precision="double",
        equilibrium_only=True,
    )
