"""The inner loops of playing out: packing tables, and many trajectories in step with one another.

A block of trajectories takes each move together, first all their choices and then what chance makes
of them. What each will need next is asked for as soon as it is known, and comes while the processor
is busy with the others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.play.ahead import ask_for
from standoff.play.draws import ONE_DRAW, SLOT_GROUP, draw_period

BLOCK = 512
"""Trajectories that are played in step: their draws of a period fit into the first-level cache."""

CERTAIN = np.uint32(ONE_DRAW)
"""The threshold that no draw reaches."""


@njit(inline="always")
def threshold(part: Any, whole: Any) -> Any:
    """The draw at which what has probability `part` of `whole`, and all before it, is passed."""
    return np.uint32(np.rint(part / whole * ONE_DRAW))


@njit(cache=True, nogil=True)
def pack_choices(
    words: Any, at: Any, width: Any, states: Any, first: Any, action: Any, policy: Any
) -> None:
    """Writes the choice records of a move's first `states` states from `at` on.

    `policy` is [option]. See `tables` for the records.
    """
    members = action.shape[1]
    for s in range(states):
        record = at + s * width * members
        low, high = first[s], first[s + 1]
        for j in range(width * members):
            words[record + j] = CERTAIN
        for m in range(members):
            a = low
            while a < high:
                # From a to b: the options that agree in what those before this member chose.
                whole = 0.0
                b = a
                while b < high and _agree(action, a, b, m):
                    whole += policy[b]
                    b += 1
                part = 0.0
                c = a
                while c < b:
                    d = c
                    while d < b and action[d, m] == action[c, m]:
                        part += policy[d]
                        d += 1
                    if whole > 0:
                        for o in range(c, d):
                            words[record + m * width + o - low] = threshold(part, whole)
                    c = d
                a = b
        words[record + width - 1] = low


@njit(inline="always")
def _agree(action: Any, a: Any, b: Any, members: Any) -> Any:
    same = True
    for m in range(members):
        same = same and action[a, m] == action[b, m]
    return same


@njit(cache=True, nogil=True)
def pack_chance(
    words: Any, at: Any, fan: Any, pays: Any, branch: Any, chance: Any, to: Any, price: Any
) -> None:
    """Writes the chance records of a move's options from `at` on.

    `chance` and `to` are [branch], `price` is [option].
    """
    stride = 2 * fan - 1 + np.int64(pays)
    for o in range(len(branch) - 1):
        record = at + o * stride
        low, high = branch[o], branch[o + 1]
        for j in range(fan - 1):
            words[record + j] = CERTAIN
        whole = 0.0
        for b in range(low, high):
            whole += chance[b]
        part = 0.0
        for b in range(low, high):
            part += chance[b]
            if b - low < fan - 1:
                words[record + b - low] = threshold(part, whole)
        for j in range(fan):
            words[record + fan - 1 + j] = np.uint32(to[min(low + j, high - 1)])
        if pays:
            words[record + stride - 1] = np.uint32(price[o])


@njit(inline="always")
def item(array: Any, index: Any) -> Any:
    """An entry; unlike `array[index]` it does not ask whether the index counts from the end."""
    return array[np.uint64(index)]


@njit(inline="always")
def passed_by(words: Any, at: Any, count: Any, draw: Any) -> Any:
    """How many of the `count` thresholds from `at` on are at or below the draw."""
    passed = np.int64(0)
    for j in range(count):
        passed += np.int64(item(words, at + j) <= draw)
    return passed


@njit(cache=True, nogil=True, error_model="numpy")
def _play_block(
    board: Any, odds: Any, choices: Any, key: Any, future: int, begin: int, n: int,
    draws: Any, state: Any, ended: Any, met: Any, totals: Any, options: Any, branches: Any,
) -> None:  # fmt: skip
    """Plays replications `begin` … `begin + n` to the end, into `totals` [replication, channel].

    `draws`, `state`, `ended` and `met` [replication, hit channel] are room to work in. `options`
    and `branches` [replication, period, move] receive what was chosen and what then happened, as
    positions in the state's and in the option's list; they are left alone where they are empty,
    and where there was nothing to choose or the crisis was over.
    """
    moves, channels, actors = len(board.width), totals.shape[1], board.actors
    hits = len(board.counts_time)
    recorded = len(options) > 0
    for i in range(n):
        state[i] = board.start
        ended[i] = 0 if board.start < 0 else -1
        for h in range(hits):
            met[i, h] = board.periods
        for c in range(channels):
            totals[i, c] = 0.0
    for t in range(board.periods):
        draw_period(draws, key, future, begin, n, t)
        for k in range(moves):
            width, fan, members = board.width[k], board.fan[k], board.members[k]
            if board.hit_at[k] >= 0 and (k > 0 or t == 0):
                meet(board.hit, board.hit_at[k], hits, state, met, n, t)
            choice, chance = draws[board.slot[k]], draws[board.slot[k + 1] - 1]
            records, choice_at = width * members, board.choice_at[t, k]
            stride, chance_at = 2 * fan - 1 + np.int64(board.pays[k]), board.chance_at[k]
            if width > 1:
                for i in range(n):
                    s = np.int64(item(state, i))
                    if s >= 0:
                        at = choice_at + s * records
                        o = passed_by(choices, at, width - 1, item(choice, i))
                        for m in range(1, members):
                            draw = draws[board.slot[k] + m, i]
                            while choices[at + m * width + o] <= draw:
                                o += 1
                        if recorded:
                            options[i, t, k] = o
                        o += np.int64(item(choices, at + width - 1))
                        ask_for(odds.chance, chance_at + o * stride)
                        state[i] = np.int32(o)
            next_move = (k + 1) % moves
            if board.width[next_move] > 1:
                next_at = board.choice_at[min(t + (k + 1) // moves, board.periods - 1), next_move]
                next_stride = board.width[next_move] * board.members[next_move]
            else:
                next_at = board.chance_at[next_move]
                next_stride = 2 * board.fan[next_move] - 1 + np.int64(board.pays[next_move])
            # Now `state` holds options, until chance has made states of them.
            for i in range(n):
                o = np.int64(item(state, i))
                if o >= 0:
                    at = chance_at + o * stride
                    if board.pays[k]:
                        price = np.int64(item(odds.chance, at + stride - 1))
                        for c in range(actors):
                            totals[i, c] += odds.weight[t, c] * odds.price[price, c]
                    b = np.int64(0)
                    if fan > 1:
                        b = passed_by(odds.chance, at, fan - 1, item(chance, i))
                    if recorded:
                        branches[i, t, k] = b
                    s = np.int64(np.int32(item(odds.chance, at + fan - 1 + b)))
                    if board.width[next_move] > 1:
                        ask_for(choices, next_at + s * next_stride)
                    else:
                        ask_for(odds.chance, next_at + s * next_stride)
                    state[i] = np.int32(s)
        if board.hit_at[0] >= 0:
            meet(board.hit, board.hit_at[0], hits, state, met, n, t)
        for i in range(n):
            s = np.int64(state[i])
            if s >= 0:
                for c in range(channels):
                    totals[i, c] += odds.weight[t, c] * odds.accrual[s, c]
            elif ended[i] < 0:
                ended[i] = t
    for i in range(n):
        s = np.int64(state[i])
        if s >= 0:
            for c in range(channels):
                totals[i, c] += odds.weight[board.periods, c] * odds.horizon[s, c]
        else:
            t = ended[i]
            for c in range(channels):
                totals[i, c] += odds.weight[t, c] * odds.ended[-1 - s, c]
            for h in range(hits):
                if board.ended_hit[-1 - s, h]:
                    met[i, h] = min(met[i, h], t)
        for h in range(hits):
            if board.counts_time[h]:
                totals[i, channels - hits + h] = met[i, h]
            else:
                totals[i, channels - hits + h] = np.float64(met[i, h] < board.periods)


@njit(inline="always")
def meet(hit: Any, at: Any, hits: Any, state: Any, met: Any, n: Any, t: Any) -> None:
    """Notes the period in which a condition is first met."""
    for i in range(n):
        if state[i] >= 0:
            for h in range(hits):
                if hit[at + state[i] * hits + h] and met[i, h] > t:
                    met[i, h] = t


@njit(cache=True, nogil=True, error_model="numpy")
def play(
    board: Any, odds: Any, choices: Any, key: Any, future: int, begin: int, n: int,
    expected: Any, sums: Any, squares: Any, totals: Any, options: Any, branches: Any,
) -> None:  # fmt: skip
    """Plays `n` replications from `begin` on under each doctrine, with the same draws.

    `choices` is [doctrine, word]. With x the deviation from `expected` [doctrine, channel], `sums`
    receives the sum of x, and `squares` [doctrine, doctrine, channel] the sum of x² on the
    diagonal, and off it that of the square of the difference of two doctrines' x. `totals`
    [doctrine, replication, channel], `options` and `branches` (doctrine before the axes of
    `_play_block`) receive every trajectory, or are empty.
    """
    doctrines, channels = expected.shape
    slots = -(-board.slot[-1] // SLOT_GROUP) * SLOT_GROUP
    draws = np.empty((slots, BLOCK), np.uint32)
    state = np.empty(BLOCK, np.int32)
    ended = np.empty(BLOCK, np.int32)
    met = np.empty((BLOCK, len(board.counts_time)), np.int32)
    gained = np.empty((doctrines, BLOCK, channels))
    sums[:] = 0
    squares[:] = 0
    for low in range(0, n, BLOCK):
        count = min(BLOCK, n - low)
        for d in range(doctrines):
            _play_block(
                board, odds, choices[d], key, future, begin + low, count,
                draws, state, ended, met, gained[d], options[d, low:], branches[d, low:],
            )  # fmt: skip
        if totals.shape[1] > 0:
            totals[:, low : low + count] = gained[:, :count]
        for d in range(doctrines):
            for i in range(count):
                for c in range(channels):
                    gained[d, i, c] -= expected[d, c]
                    sums[d, c] += gained[d, i, c]
                    squares[d, d, c] += gained[d, i, c] ** 2
            for e in range(d):
                for i in range(count):
                    for c in range(channels):
                        squares[d, e, c] += (gained[d, i, c] - gained[e, i, c]) ** 2
    for d in range(doctrines):
        for e in range(d):
            squares[e, d] = squares[d, e]
