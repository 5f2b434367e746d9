"""What options are worth where a trajectory stands, from values that a solution kept.

A solution keeps its values before the first move of each period only; in between they follow by
going through the rest of the period, from the one state that is asked about.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Row
from standoff.solver import Solution

Reals = NDArray[np.float64]


def worth(
    solution: Solution, decoded: Row, row: int, period: int
) -> Callable[[int, int], tuple[Reals, Reals]]:
    """How to find, in one period, what the options of a (move, state) are worth.

    The answer has two parts: the probability of each option, [option], and what it is worth to each
    actor from there on, [option, actor]; an option that is not open has 0 and nan. Actors expect
    what the solution's policies make of the future: Q_j(s, a) = u_j(s, a) + Σ_o p_o V_j(f_o(s)).
    `decoded` holds the numbers of `row`.
    """
    game, passed = solution.game, solution.passed
    group, lane = divmod(row, GROUP)
    actors = len(game.actors)
    following = passed.values[period + 1][group, :, :, lane]
    known: dict[tuple[int, int], Reals] = {}

    def after(k: int, state: int) -> Reals:
        """Values where move `k` leads to `state`."""
        if state < 0:
            return decoded.ended_final[-1 - state, :actors]
        if k + 1 == len(game.moves):
            return np.asarray(decoded.discount * following[state] + decoded.accrual[state, :actors])
        return before(k + 1, state)

    def before(k: int, state: int) -> Reals:
        """Values before move `k`."""
        if (k, state) not in known:
            probability, value = options(k, state)
            open_ = probability > 0
            known[k, state] = probability[open_] @ value[open_]
        return known[k, state]

    def options(k: int, state: int) -> tuple[Reals, Reals]:
        move, policy = game.moves[k], passed.policies[k]
        low, high = int(move.first[state]), int(move.first[state + 1])
        open_ = solution.open_options[k][period][low:high]
        probability = np.ones(high - low)
        if policy is not None:
            probability = np.where(open_, policy[period][group, low:high, lane], 0.0)
        value = np.full((high - low, actors), np.nan)
        for o in low + np.flatnonzero(open_):
            value[o - low] = decoded.payoff[k][o]
            for b in range(move.branch[o], move.branch[o + 1]):
                value[o - low] += decoded.chance[k][b] * after(k, int(move.to[b]))
        return probability, value

    return options
