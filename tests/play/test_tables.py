"""Tables of thresholds, against the probabilities they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.drafts import Document, documents, game_of
from standoff.game import row_of
from standoff.play import kernels
from standoff.play.draws import ONE_DRAW
from standoff.play.tables import board_of, choices_of, odds_of
from standoff.solver import Solution, rows_of, solve

WITHIN = 2.0**-32


def shares(thresholds: list[int]) -> list[float]:
    """How many of all draws come to stand below each threshold and not below the one before."""
    return [float(share) / ONE_DRAW for share in np.diff([0, *thresholds])]


def check_choices(solution: Solution) -> None:
    game, board = solution.game, board_of(solution.game)
    words = choices_of(board, solution, 0)
    for k, move in enumerate(game.moves):
        width, members = int(board.width[k]), len(move.members)
        if width == 1:
            continue
        for period in range(game.periods):
            policy = rows_of(solution.passed.policies[k][period], 1)[:, 0]  # type: ignore[index]
            for s in range(move.reached[period]):
                at = int(board.choice_at[period, k]) + s * width * members
                low, high = int(move.first[s]), int(move.first[s + 1])
                record = words[at : at + width * members].reshape(members, width).tolist()
                assert record[0][width - 1] == low
                record[0][width - 1] = ONE_DRAW
                # The chance of a joint action: the product of what each threshold row gives it.
                for o in range(low, high):
                    joint = 1.0
                    for m in range(members):
                        alike = (move.action[low:high, :m] == move.action[o, :m]).all(axis=1)
                        block = np.flatnonzero(alike)
                        ends = [record[m][j] for j in block]
                        own = move.action[low + block, m]
                        edges = [0, *dict(zip(own.tolist(), ends, strict=True)).values()]
                        part = list(dict.fromkeys(own.tolist())).index(int(move.action[o, m]))
                        joint *= (edges[part + 1] - edges[part]) / ONE_DRAW
                    assert abs(joint - policy[o]) <= 2 * members * WITHIN
                    assert policy[o] > 0 or joint == 0


@settings(max_examples=25, derandomize=True)
@given(document=documents(), doctrine=st.sampled_from(["free-choice", "open", "secret"]))
def test_choices_have_the_probabilities_of_the_policy(document: Document, doctrine: str) -> None:
    """To within 2⁻³² at each end; and exactly 0 where the policy has 0."""
    check_choices(solve(game_of(document), None, doctrine, keep_policies=True))


@pytest.mark.parametrize("doctrine", ["free-choice", "steady", "silent"])
def test_a_groups_choices_have_the_probabilities_of_the_policy(chicken: str, doctrine: str) -> None:
    """The thresholds of the members, one after another, give joint actions their probability."""
    check_choices(solve(game_of(chicken), None, doctrine, keep_policies=True))


@settings(max_examples=25, derandomize=True)
@given(document=documents())
def test_chances_have_their_probabilities(document: Document) -> None:
    """To within 2⁻³² at each end; impossible ones never come. With them stand what follows and what
    is paid."""
    game = game_of(document)
    solution = solve(game)
    board, decoded = board_of(game), row_of(game, solution.numbers, 0)
    odds = odds_of(game, board, solution.numbers, 0)
    for k, move in enumerate(game.moves):
        fan, pays = int(board.fan[k]), int(board.pays[k])
        stride = 2 * fan - 1 + pays
        for o in range(len(move.action)):
            at = int(board.chance_at[k]) + o * stride
            low, high = int(move.branch[o]), int(move.branch[o + 1])
            record = odds.chance[at : at + stride]
            found = shares([*record[: fan - 1].tolist(), ONE_DRAW])
            expected = decoded.chance[k][low:high]
            np.testing.assert_allclose(found[: high - low], expected, rtol=0, atol=2 * WITHIN)
            assert all(share == 0 for share, p in zip(found, expected, strict=False) if p == 0)
            assert sum(found[high - low :]) == 0
            following = record[fan - 1 : fan - 1 + high - low].view(np.int32)
            assert following.tolist() == move.to[low:high].tolist()
            paid = odds.price[record[-1]] if pays else np.zeros(len(game.actors))
            assert paid.tolist() == decoded.payoff[k][o].tolist()


def test_what_is_impossible_is_never_drawn() -> None:
    """Neither the lowest draw nor the highest picks an option of probability 0, wherever it is."""
    policy = np.array([0.0, 0.3, 0.0, 0.7, 0.0])
    first, action = np.array([0, 5], np.int32), np.arange(5, dtype=np.int32)[:, None]
    words = np.empty(5, np.uint32)
    kernels.pack_choices(words, 0, 5, 1, first, action, policy)
    border = round(0.3 * ONE_DRAW)
    for draw, taken in ((0, 1), (border - 1, 1), (border, 3), (ONE_DRAW - 1, 3)):
        assert int((words[:4] <= draw).sum()) == taken
