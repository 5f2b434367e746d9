"""What other programs answered once, kept in `golden/`: we still say the same.

These run everywhere; the peers themselves are asked in the tests beside this one, where they are
installed. If the difference is meant (a packaged scenario was changed), ask the peers again:
`python tests/peers/regenerate.py`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from peers.cases import GAMBIT, GOLDEN, OPENSPIEL, STORM, Case, farthest
from standoff.solver import best_response


def golden(peer: str) -> dict[str, Any]:
    """What a peer answered, by case."""
    answers: dict[str, Any] = json.loads((GOLDEN / f"{peer}.json").read_text("utf-8"))["answers"]
    return answers


@pytest.mark.parametrize("case", STORM, ids=lambda case: case.name)
def test_storm_said_so(case: Case) -> None:
    """Every payoff and outcome of a chain, and best responses, to 1e-8 (stormpy 2.0)."""
    assert farthest(case.quantities, golden("storm")[case.name]) < 1e-8


@pytest.mark.parametrize("case", GAMBIT, ids=lambda case: case.name)
def test_gambit_said_so(case: Case) -> None:
    """Agent quantal response equilibria, wherever anybody has a choice (pygambit 16.7)."""
    assert farthest(case.behaviour, golden("gambit")[case.name]) < 1e-6


@pytest.mark.parametrize("case", OPENSPIEL, ids=lambda case: case.name)
def test_openspiel_said_so(case: Case) -> None:
    """Payoffs under our policies, and best responses to them (OpenSpiel 2.0)."""
    said = golden("openspiel")[case.name]
    solution, actors = case.solution, case.game.actors
    ours = {name: value for name, value in case.quantities.items() if name in said}
    ours |= {
        name: float(best_response(solution, actor)[0])
        for actor in actors
        if (name := f"best response of {actor}") in said
    }
    assert {f"payoff of {actor}" for actor in actors} <= ours.keys()
    assert farthest(ours, said) < 1e-9


def test_golden_files_say_where_they_come_from() -> None:
    """Each names the peer and its version, the command, and the code that asked; and has no more
    and no fewer games than are asked for.
    """
    for peer, cases in (("storm", STORM), ("gambit", GAMBIT), ("openspiel", OPENSPIEL)):
        held = json.loads((GOLDEN / f"{peer}.json").read_text("utf-8"))
        assert held.keys() == {"peer", "command", "code", "answers"}
        assert held["command"] == "python tests/peers/regenerate.py"
        assert held["code"][0].startswith(f"def {peer}(")
        assert sorted(held["answers"]) == sorted(case.name for case in cases)


def test_the_comparison_can_fail() -> None:
    """A number that is off is found at any depth; a missing one is an error."""
    assert farthest({"a": {"b": 1.0}, "c": 2.0}, {"a": {"b": 1.5}, "c": 2.0}) == 0.5
    with pytest.raises(AssertionError):
        farthest({"a": 1.0}, {"b": 1.0})
