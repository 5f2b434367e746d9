"""What is paid along an unrolled game: one number at each station, none below zero.

A station is a choice of a position, or the position itself where all is over.

The payments along a path add up to what it is worth at the start. With discount δ an actor's
payment in period t, counted from 0, weighs δ^t: what a move costs it, its accrual at the end of the
period, and its final payoff where the crisis is over. What it is paid at the horizon weighs δ^T.
Outcomes are not discounted. (These are the sums that `standoff.solver.backward` takes apart.)

Some model checkers mishandle rewards below zero. So a constant is added at every depth, and where
all is over the constants of the depths that are left, at once: every path is worth the same more,
the `shift`. Expected totals, and their maximum and minimum over policies, are shifted alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.export.unroll import Reals, Unrolled
from standoff.game import HIT_KINDS


@dataclass(frozen=True)
class Payments:
    """What is paid in one channel; along any path it adds up to what that is worth plus `shift`."""

    paid: Reals  # [station]
    shift: float


def stations(unrolled: Unrolled) -> NDArray[np.int64]:
    """[station], the position it belongs to; in order of positions and, within one, of choices."""
    count = np.maximum(np.diff(unrolled.first), 1)
    return np.repeat(np.arange(unrolled.positions), count)


def payments(unrolled: Unrolled, channel: int) -> Payments:
    """What is paid in the channel of an actor, or of an outcome that is no hit."""
    game, row = unrolled.game, unrolled.row
    actors = len(game.actors)
    discount = row.discount[channel] if channel < actors else 1.0
    depth, state, ends = unrolled.depth, unrolled.state, unrolled.ends
    arrived = np.zeros(unrolled.positions)
    over = state < 0
    arrived[over] = discount ** ends[over] * row.ended_final[-1 - state[over], channel]
    closing = ~over & (depth % len(game.moves) == 0) & (depth > 0)
    arrived[closing] = discount ** ends[closing] * row.accrual[state[closing], channel]
    horizon = ~over & unrolled.over
    last = discount**game.periods
    arrived[horizon] += last * row.horizon[state[horizon], channel]

    at = stations(unrolled)
    paid = arrived[at]
    if channel < actors:
        chooses = ~unrolled.over[at]
        weight = discount ** unrolled.period[at[chooses]]
        paid[chooses] += weight * unrolled.paid[:, channel]
    ended = unrolled.over[at]
    constant = _lack(depth[at][~ended], paid[~ended], int(depth[-1]) + 1)
    later = np.cumsum(constant[::-1])[::-1]
    constant[-1] = max(0.0, float((_lack(depth[at][ended], paid[ended], len(later)) - later).max()))
    later = np.cumsum(constant[::-1])[::-1]
    paid += np.where(ended, later[depth[at]], constant[depth[at]])
    return Payments(paid, float(later[0]))


def _lack(depth: NDArray[np.int64], paid: Reals, depths: int) -> Reals:
    """[depth], by how much the least payment there is below zero."""
    least = np.zeros(depths)
    np.minimum.at(least, depth, paid)
    return np.abs(least)


def periods_passed(unrolled: Unrolled) -> Reals:
    """1 for each period that ends, [station]; where the crisis is over, all that are left.

    Until something is first hit these add up to the period, from 0, in which that happens.
    """
    game = unrolled.game
    passed = ((unrolled.depth % len(game.moves) == 0) & (unrolled.depth > 0)).astype(np.float64)
    over = unrolled.state < 0
    passed[over] = game.periods - unrolled.ends[over]
    return np.asarray(passed[stations(unrolled)])


def hit(unrolled: Unrolled, outcome: int) -> NDArray[np.bool_]:
    """[position], whether the condition of an `ever` or `first time` outcome holds."""
    game, state = unrolled.game, unrolled.state
    column = outcome - (len(game.outcomes) - game.hits)
    assert game.outcomes[outcome].kind in HIT_KINDS
    found = np.zeros(unrolled.positions, bool)
    over = state < 0
    found[over] = game.ended_hit[-1 - state[over], column]
    for k, move in enumerate(game.moves):
        here = ~over & (unrolled.depth % len(game.moves) == k)
        found[here] = move.hit[state[here], column]
    return found
