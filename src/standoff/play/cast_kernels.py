"""The inner loops of playing out where something is hidden; see `cast` for the records."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.play.ahead import ask_for
from standoff.play.draws import BEFORE, SLOT_GROUP, draw_period
from standoff.play.kernels import BLOCK, CERTAIN, item, meet, passed_by, threshold


@njit(cache=True, nogil=True)
def pack_replies(words: Any, at: Any, width: Any, states: Any, first: Any, policy: Any) -> None:
    """Writes the choice records of a move's first `states` states from `at` on.

    `policy` is [point, kind, option].
    """
    points, kinds = policy.shape[:2]
    for b in range(points):
        for kind in range(kinds):
            for s in range(states):
                record = at + ((b * kinds + kind) * states + s) * width
                low, high = first[s], first[s + 1]
                whole = 0.0
                for o in range(low, high):
                    whole += policy[b, kind, o]
                for j in range(width - 1):
                    words[record + j] = CERTAIN
                part = 0.0
                for o in range(low, min(high, low + width - 1)):
                    part += policy[b, kind, o]
                    if whole > 0:
                        words[record + o - low] = threshold(part, whole)
                words[record + width - 1] = low


@njit(cache=True, nogil=True)
def pack_hearing(words: Any, at: Any, place: Any, weight: Any) -> None:
    """Writes the hearing records of a move from `at` on: `place`, `weight` [point, option, corner].

    A point of weight 0 is never drawn.
    """
    points, options, corners = place.shape
    for b in range(points):
        for o in range(options):
            record = at + (b * options + o) * (2 * corners - 1)
            whole = 0.0
            for v in range(corners):
                whole += weight[b, o, v]
            part = 0.0
            for v in range(corners - 1):
                part += weight[b, o, v]
                words[record + v] = threshold(part, whole)
            for v in range(corners):
                words[record + corners - 1 + v] = np.uint32(place[b, o, v])


@njit(inline="always")
def _draw_kinds(deal: Any, draws: Any, n: Any, kind: Any, profile: Any, point: Any) -> None:
    """Draws who is what, and at which point of the grid beliefs start."""
    actors, most = deal.kind.shape
    for i in range(n):
        profile[i] = 0
        point[i] = 0
        for j in range(actors):
            place = np.int64(0)
            corner = np.int64(0)
            for v in range(most):
                place += np.int64(deal.kind[j, v] <= draws[j, i])
                corner += np.int64(deal.corner[j, v] <= draws[actors + j, i])
            kind[i, j] = deal.order[j, place]
            profile[i] += deal.step[j, kind[i, j]]
            point[i] += deal.start[j, corner]


@njit(cache=True, nogil=True, error_model="numpy")
def _play_block(
    board: Any, odds: Any, cast: Any, key: Any, future: int, begin: int, n: int, dealt: Any,
    draws: Any, state: Any, ended: Any, met: Any, profile: Any, totals: Any, kind: Any, point: Any,
    counts: Any, options: Any, branches: Any, stood: Any,
) -> None:  # fmt: skip
    """Plays replications `begin` … `begin + n` to the end, as `kernels._play_block` does.

    `dealt`, `draws`, `state`, `ended`, `met` and `profile` are room to work in. `kind`
    [replication, actor] receives who was what, `point` [replication] where beliefs ended. To
    `counts` [period, point] is added where they stood at the start and after each period. `stood`
    [replication, period, move] receives where they stood before each move, or is empty.
    """
    moves, channels, actors = len(board.width), totals.shape[1], board.actors
    hits = len(board.counts_time)
    recorded = len(options) > 0
    draw_period(dealt, key, future, begin, n, BEFORE)
    _draw_kinds(cast.deal, dealt, n, kind, profile, point)
    for i in range(n):
        state[i] = board.start
        ended[i] = 0 if board.start < 0 else -1
        for h in range(hits):
            met[i, h] = board.periods
        for c in range(channels):
            totals[i, c] = 0.0
        counts[0, point[i]] += 1
    for t in range(board.periods):
        draw_period(draws, key, future, begin, n, t)
        for k in range(moves):
            width, fan = board.width[k], board.fan[k]
            if board.hit_at[k] >= 0 and (k > 0 or t == 0):
                meet(board.hit, board.hit_at[k], hits, state, met, n, t)
            choice, chance = draws[board.slot[k]], draws[board.slot[k + 1] - 1]
            hearing = draws[board.slot[moves] + k]
            stride, chance_at = 2 * fan - 1 + np.int64(board.pays[k]), board.chance_at[k]
            corners, kinds, mover = cast.corners[k], cast.kinds[k], cast.mover[k]
            reached, choice_at = cast.reached[t, k], cast.choice_at[t, k]
            hearing_at, heard = cast.hearing_at[t, k], cast.options[t, k]
            if recorded:
                for i in range(n):
                    stood[i, t, k] = point[i]
            if width > 1:
                for i in range(n):
                    s = np.int64(item(state, i))
                    if s >= 0:
                        own = np.int64(kind[i, mover]) if kinds > 1 else 0
                        at = choice_at + ((point[i] * kinds + own) * reached + s) * width
                        o = passed_by(cast.words, at, width - 1, item(choice, i))
                        if recorded:
                            options[i, t, k] = o
                        o += np.int64(item(cast.words, at + width - 1))
                        ask_for(odds.chance, chance_at + o * stride)
                        if corners > 0:
                            ask_for(
                                cast.words,
                                hearing_at + (point[i] * heard + o) * (2 * corners - 1),
                            )
                        state[i] = np.int32(o)
            # Now `state` holds options, until chance has made states of them.
            for i in range(n):
                o = np.int64(item(state, i))
                if o >= 0:
                    if corners > 0:
                        at = hearing_at + (point[i] * heard + o) * (2 * corners - 1)
                        v = passed_by(cast.words, at, corners - 1, item(hearing, i))
                        point[i] = np.int64(item(cast.words, at + corners - 1 + v))
                    at = chance_at + o * stride
                    if board.pays[k]:
                        price = np.int64(item(odds.chance, at + stride - 1))
                        for c in range(actors):
                            paid = cast.price[profile[i], price, c]
                            totals[i, c] += odds.weight[t, c] * paid
                    b = np.int64(0)
                    if fan > 1:
                        b = passed_by(odds.chance, at, fan - 1, item(chance, i))
                    if recorded:
                        branches[i, t, k] = b
                    state[i] = np.int32(item(odds.chance, at + fan - 1 + b))
        if board.hit_at[0] >= 0:
            meet(board.hit, board.hit_at[0], hits, state, met, n, t)
        for i in range(n):
            counts[t + 1, point[i]] += 1
            s = np.int64(state[i])
            if s >= 0:
                for c in range(channels):
                    totals[i, c] += odds.weight[t, c] * cast.accrual[profile[i], s, c]
                for j in range(len(cast.tellings.channel)):
                    if not cast.tellings.at_end[j]:
                        telling = cast.tellings.table[j, cast.tellings.of[j, s], point[i]]
                        totals[i, cast.tellings.channel[j]] += telling
            elif ended[i] < 0:
                ended[i] = t
    for i in range(n):
        s = np.int64(state[i])
        t = board.periods if s >= 0 else ended[i]
        for c in range(channels):
            paid = cast.horizon[profile[i], s, c] if s >= 0 else cast.ended[profile[i], -1 - s, c]
            totals[i, c] += odds.weight[t, c] * paid
        for j in range(len(cast.tellings.channel)):
            if cast.tellings.at_end[j]:
                of = cast.tellings.of[j, s] if s >= 0 else cast.tellings.of_ended[j, -1 - s]
                totals[i, cast.tellings.channel[j]] += cast.tellings.table[j, of, point[i]]
        for h in range(hits):
            if s < 0 and board.ended_hit[-1 - s, h]:
                met[i, h] = min(met[i, h], t)
            if board.counts_time[h]:
                totals[i, channels - hits + h] = met[i, h]
            else:
                totals[i, channels - hits + h] = np.float64(met[i, h] < board.periods)


@njit(cache=True, nogil=True, error_model="numpy")
def play_cast(
    board: Any, odds: Any, cast: Any, key: Any, future: int, begin: int, n: int, totals: Any,
    kind: Any, point: Any, counts: Any, options: Any, branches: Any, stood: Any,
) -> None:  # fmt: skip
    """Plays `n` replications from `begin` on; see `_play_block` for what is received."""
    slots = -(-(board.slot[-1] + len(board.width)) // SLOT_GROUP) * SLOT_GROUP
    draws = np.empty((slots, BLOCK), np.uint32)
    dealt = np.empty((-(-2 * board.actors // SLOT_GROUP) * SLOT_GROUP, BLOCK), np.uint32)
    state = np.empty(BLOCK, np.int32)
    ended = np.empty(BLOCK, np.int32)
    met = np.empty((BLOCK, len(board.counts_time)), np.int32)
    profile = np.empty(BLOCK, np.int64)
    for low in range(0, n, BLOCK):
        count = min(BLOCK, n - low)
        _play_block(
            board, odds, cast, key, future, begin + low, count, dealt, draws, state, ended, met,
            profile, totals[low:], kind[low:], point[low:], counts, options[low:], branches[low:],
            stood[low:],
        )  # fmt: skip
