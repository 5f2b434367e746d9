"""Going through a solved game with hidden types once more finds what the solution had."""

from __future__ import annotations

import numpy as np
import pytest

import standoff
from standoff.game import GROUP
from standoff.scenario import variant
from standoff.solver import retrace, solve


@pytest.fixture(scope="module")
def game() -> standoff.Game:
    return standoff.compile(variant(standoff.load("chain-store"), {"markets": "three"}))


@pytest.mark.parametrize("doctrine", ["free-choice", "always-fight", "quiet-resolve"])
def test_values_and_policies_are_those_of_the_solution(game: standoff.Game, doctrine: str) -> None:
    """Before the first move of a period stand the values that were kept; policies are those by
    type, sum to one over what a kind may do, and weights of the points around a belief do too."""
    solution = solve(game, {"doubt": [0.1, 0.3]}, doctrine, keep_policies=True)
    learned = solution.learned
    assert learned is not None
    for period in range(game.periods):
        steps = 0
        for step in retrace(learned, period):
            steps += 1
            policy, heard = step.policy(1), step.heard(1)
            assert policy is not None
            move = game.moves[step.move]
            sums = np.add.reduceat(policy, move.first[:-1][move.first[:-1] < step.options], axis=2)
            np.testing.assert_allclose(sums, 1)
            if heard is not None:
                place, weight = heard
                np.testing.assert_allclose(weight.sum(axis=2), 1)
                assert place[weight > 0].max() < learned.ground.beliefs.points
                full = solution.policy_by_type("incumbent", period)[..., 1]
                states, actions = move.state_of_option[: step.options], move.action[:, 0]
                found = full[:, :, states, actions[: step.options]]
                np.testing.assert_array_equal(found, policy)
            if step.move == 0:
                kept = learned.snapshots[period].reshape(
                    learned.ground.beliefs.points, -1, learned.ground.agents, GROUP
                )[..., 1]
                np.testing.assert_allclose(
                    step.values(1)[:, : kept.shape[1]], kept, rtol=1e-9, atol=1e-9
                )
        assert steps == len(game.moves)
