"""What actors receive in the mean over all courses, where something is hidden.

A solution has what actors *expect*. Where somebody is mistaken about another, that is not what
comes; and it is computed at points of the belief grid, while what is true between two points is
not what is believed at either, so that even without mistakes it is only as good as the grid. What
is received follows from the tables that courses are played from, without any draw.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from standoff.play.cast import Cast
from standoff.play.draws import ONE_DRAW
from standoff.play.tables import Board, Odds
from standoff.solver import Beliefs, around

Reals = NDArray[np.float64]


def received(board: Board, odds: Odds, cast: Cast, beliefs: Beliefs, row: int) -> Reals:
    """What each actor receives on average, discounted to the start: [actor]."""
    at, weight = np.zeros(1, np.int64), np.ones(1)
    for side in beliefs.sides:
        if side.side > 1:
            corner, share = around(side, side.prior[:, row : row + 1])
            at = (at[:, None] + corner[:, 0] * side.stride).ravel()
            weight = (weight[:, None] * share[:, 0]).ravel()
    start = np.bincount(at, weight, cast.points)
    total = np.zeros(board.actors)
    for kinds, truth in zip(beliefs.profiles, beliefs.truth()[:, row], strict=True):
        if truth > 0:
            profile = int(sum(cast.deal.step[j, kind] for j, kind in enumerate(kinds)))
            total += truth * _receive(board, odds, cast, kinds, profile, start)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _share(words: Any, at: Any, j: Any, last: Any) -> Any:
    """The probability of the j-th of some parts whose thresholds begin at `at`."""
    below = np.float64(words[at + j - 1]) if j > 0 else 0.0
    above = np.float64(words[at + j]) if j < last else np.float64(ONE_DRAW)
    return (above - below) / ONE_DRAW


@njit(cache=True, nogil=True, error_model="numpy")
def _receive(board: Any, odds: Any, cast: Any, kinds: Any, profile: int, start: Any) -> Any:
    """What actors of these kinds, [actor], receive; beliefs start as `start` [point] says."""
    actors, moves = board.actors, len(board.width)
    total = np.zeros(actors)
    held = max(cast.reached.max(), cast.horizon.shape[1])  # the horizon may have more states
    before = np.zeros((cast.points, held))
    after = np.zeros((cast.points, held))
    if board.start < 0:
        for c in range(actors):
            total[c] += odds.weight[0, c] * cast.ended[profile, -1 - board.start, c]
        return total
    before[:, board.start] = start
    for t in range(board.periods):
        for k in range(moves):
            after[:] = 0.0
            width, fan, corners = board.width[k], board.fan[k], cast.corners[k]
            stride = 2 * fan - 1 + np.int64(board.pays[k])
            own = kinds[cast.mover[k]] if cast.kinds[k] > 1 else 0
            reached = cast.reached[t, k]
            for b in range(cast.points):
                for s in range(reached):
                    if before[b, s] <= 0.0:
                        continue
                    at = cast.choice_at[t, k]
                    at += ((b * cast.kinds[k] + own) * reached + s) * width
                    first = np.int64(cast.words[at + width - 1]) if width > 1 else s
                    for j in range(width):
                        p = _share(cast.words, at, j, width - 1) if width > 1 else 1.0
                        if p <= 0.0:
                            continue
                        p *= before[b, s]
                        o = first + j
                        chance = board.chance_at[k] + o * stride
                        if board.pays[k]:
                            price = np.int64(odds.chance[chance + stride - 1])
                            for c in range(actors):
                                total[c] += p * odds.weight[t, c] * cast.price[profile, price, c]
                        heard = cast.hearing_at[t, k]
                        heard += (b * cast.options[t, k] + o) * (2 * corners - 1)
                        for v in range(max(1, corners)):
                            q, place = p, np.int64(b)
                            if corners > 0:
                                q *= _share(cast.words, heard, v, corners - 1)
                                place = np.int64(cast.words[heard + corners - 1 + v])
                            if q <= 0.0:
                                continue
                            for e in range(fan):
                                r = q * _share(odds.chance, chance, e, fan - 1)
                                if r <= 0.0:
                                    continue
                                to = np.int64(np.int32(odds.chance[chance + fan - 1 + e]))
                                if to >= 0:
                                    after[place, to] += r
                                    continue
                                for c in range(actors):
                                    paid = cast.ended[profile, -1 - to, c]
                                    total[c] += r * odds.weight[t, c] * paid
            before, after = after, before
        _add(total, before, odds.weight[t], cast.accrual[profile])
    _add(total, before, odds.weight[board.periods], cast.horizon[profile])
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _add(total: Any, density: Any, weight: Any, paid: Any) -> None:
    """Adds what is paid in states, [state, channel], to what actors receive."""
    for b in range(density.shape[0]):
        for s in range(min(density.shape[1], paid.shape[0])):
            if density[b, s] > 0.0:
                for c in range(len(total)):
                    total[c] += density[b, s] * weight[c] * paid[s, c]
