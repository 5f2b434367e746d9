"""The inner loops: one move backward, the end of a period, one move forward.

All arrays of numbers are flat views of [group, state, channel, lane] (or option, entry, actor in
place of state and channel), so that one offset finds a vector; see `lanes.py`. Nothing here knows
of any scenario.

Codes are those of `standoff.game`: at or above 0 a row of a group's table, below 0 a fixed number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

from standoff.game import GROUP, ONE, ZERO
from standoff.solver.lanes import (
    any_above_zero,
    at_least,
    exponential,
    item,
    larger,
    load,
    prefetch,
    scratch,
    splat,
    store,
)

LOGIT, LIMIT, GIVEN = 0, 1, 2
"""How a mover's policy comes about: quantal response, its limit as λ grows, or laid down."""

_CHUNK = 128  # states that one thread takes at a time
AHEAD = 2  # by so many states are the values asked for before they are used


@njit(inline="always")
def look_up(code: Any, table: Any, base: Any, fixed: Any) -> Any:
    """The number that a code refers to."""
    if code >= 0:
        return load(table, (base + code) * GROUP)
    return splat(fixed[-code - 1])


@njit(inline="always")
def held_at(to: Any, after: Any, over: Any) -> Any:
    """Where a state that follows is held: after the move, or where the crisis is over."""
    return after + to if to >= 0 else over - 1 - to


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def backward_move(
    values: Any, sizes: Any, after: int, before: int, n: int,
    first: Any, branch: Any, to: Any, chance: Any, payoff: Any, hit: Any,
    open_options: Any, chances: Any, fixed_chances: Any, payoffs: Any, fixed_payoffs: Any,
    rationality: Any, actor: int, aim: int, sign: float, mode: int, tie: float, hit_values: Any,
    policy: Any, options_held: int, longest: Any, keep: bool, copies: int = 1,
) -> None:  # fmt: skip
    """Values before a move from those after it, for the first `n` of its states.

    `values` holds, for each group, the states after the move from `after` on, those before it from
    `before` on, and those in which the crisis is over. `sizes`: groups, states held, where the last
    of these begin, channels, actors, entries of `chances` and of `payoffs`. `longest`: the longest
    lists of options and of branches of one state. In mode `GIVEN` the policy is read, in the others
    it is written where `keep`. An event has actor -1. A mover chooses by `sign` times channel
    `aim`, its own unless told otherwise. `tie`: how far below the best an action still counts as
    best, in mode `LIMIT`. So many `copies` of a group follow each other and share its tables.
    """
    groups, held, over, channels, actors, nc, np_ = sizes
    most_options, most_branches = longest
    hits = hit.shape[1]
    zero = values.dtype.type(0)
    one = values.dtype.type(1)
    chunks = (n + _CHUNK - 1) // _CHUNK
    for job in prange(groups * chunks):
        g = job // chunks
        t = g // copies
        q = scratch(most_options, values.dtype)
        weight = scratch(most_branches, values.dtype)
        at = np.empty(most_branches, np.int64)
        lam = splat(one)
        if actor >= 0:
            lam = load(rationality, (t * actors + actor) * GROUP)
        low = (job - g * chunks) * _CHUNK
        for s in range(low, min(n, low + _CHUNK)):
            if s + AHEAD < n:
                for b in range(
                    item(branch, item(first, s + AHEAD)), item(branch, item(first, s + AHEAD + 1))
                ):
                    place = g * held + held_at(item(to, b), after, over)
                    for c in range(channels):
                        prefetch(values, (place * channels + c) * GROUP)
            # The options that count, and how much each is chosen, into q.
            options = 0
            for o in range(item(first, s), item(first, s + 1)):
                if item(open_options, o):
                    options += 1
            if mode == GIVEN and actor >= 0:
                k = 0
                for o in range(item(first, s), item(first, s + 1)):
                    if item(open_options, o):
                        store(q, k * GROUP, load(policy, (g * options_held + o) * GROUP))
                        k += 1
            elif options == 1:
                store(q, 0, splat(one))
            else:
                best = splat(zero)
                k = 0
                for o in range(item(first, s), item(first, s + 1)):
                    if item(open_options, o):
                        x = splat(zero)
                        if aim < actors:
                            x = look_up(payoff[o, aim], payoffs, t * np_, fixed_payoffs)
                        for b in range(item(branch, o), item(branch, o + 1)):
                            place = g * held + held_at(item(to, b), after, over)
                            v = load(values, (place * channels + aim) * GROUP)
                            if item(chance, b) == ONE:
                                x = x + v
                            else:
                                p = look_up(item(chance, b), chances, t * nc, fixed_chances)
                                x = x + p * v
                        x = x * splat(values.dtype.type(sign))
                        store(q, k * GROUP, x)
                        best = x if k == 0 else larger(best, x)
                        k += 1
                total = splat(zero)
                for k in range(options):
                    x = load(q, k * GROUP)
                    if mode == LIMIT:
                        x = at_least(x, best - splat(values.dtype.type(tie)))
                    else:
                        x = exponential((x - best) * lam)
                    store(q, k * GROUP, x)
                    total = total + x
                scale = splat(one) / total
                for k in range(options):
                    store(q, k * GROUP, load(q, k * GROUP) * scale)
            if keep:
                k = 0
                for o in range(item(first, s), item(first, s + 1)):
                    if item(open_options, o):
                        store(policy, (g * options_held + o) * GROUP, load(q, k * GROUP))
                        k += 1
                    else:
                        store(policy, (g * options_held + o) * GROUP, splat(zero))
            # The weight of every branch, and where it leads; but for options that no lane takes.
            branches = 0
            k = 0
            for o in range(item(first, s), item(first, s + 1)):
                if item(open_options, o):
                    share = load(q, k * GROUP)
                    k += 1
                    if any_above_zero(share):
                        for b in range(item(branch, o), item(branch, o + 1)):
                            if item(chance, b) == ONE:
                                store(weight, branches * GROUP, share)
                            else:
                                p = look_up(item(chance, b), chances, t * nc, fixed_chances)
                                store(weight, branches * GROUP, share * p)
                            place = g * held + held_at(item(to, b), after, over)
                            at[branches] = place * channels * GROUP
                            branches += 1
            # Expected values: four channels at a time keep four sums in registers.
            out = (g * held + before + s) * channels * GROUP
            c = 0
            while c + 4 <= channels:
                v0 = splat(zero)
                v1 = splat(zero)
                v2 = splat(zero)
                v3 = splat(zero)
                for b in range(branches):
                    w = load(weight, b * GROUP)
                    v0 = v0 + w * load(values, item(at, b) + c * GROUP)
                    v1 = v1 + w * load(values, item(at, b) + (c + 1) * GROUP)
                    v2 = v2 + w * load(values, item(at, b) + (c + 2) * GROUP)
                    v3 = v3 + w * load(values, item(at, b) + (c + 3) * GROUP)
                store(values, out + c * GROUP, v0)
                store(values, out + (c + 1) * GROUP, v1)
                store(values, out + (c + 2) * GROUP, v2)
                store(values, out + (c + 3) * GROUP, v3)
                c += 4
            while c < channels:
                v0 = splat(zero)
                for b in range(branches):
                    v0 = v0 + load(weight, b * GROUP) * load(values, item(at, b) + c * GROUP)
                store(values, out + c * GROUP, v0)
                c += 1
            k = 0
            for o in range(item(first, s), item(first, s + 1)):
                if item(open_options, o):
                    for j in range(actors):
                        if payoff[o, j] != ZERO:
                            u = look_up(payoff[o, j], payoffs, t * np_, fixed_payoffs)
                            v0 = load(values, out + j * GROUP) + load(q, k * GROUP) * u
                            store(values, out + j * GROUP, v0)
                    k += 1
            for h in range(hits):
                if hit[s, h]:
                    store(values, out + (channels - hits + h) * GROUP, splat(hit_values[h]))


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def end_period(
    values: Any, sizes: Any, after: int, n: int, accrual: Any, hit: Any,
    payoffs: Any, fixed_payoffs: Any, discount: Any, hit_values: Any,
) -> None:  # fmt: skip
    """In place, for the first `n` states held from `after` on: discounts, and adds what is paid."""
    groups, held, _over, channels, actors, _nc, np_ = sizes
    hits = hit.shape[1]
    chunks = (n + _CHUNK - 1) // _CHUNK
    for job in prange(groups * chunks):
        g = job // chunks
        low = (job - g * chunks) * _CHUNK
        for s in range(low, min(n, low + _CHUNK)):
            out = (g * held + after + s) * channels * GROUP
            for c in range(channels):
                v = load(values, out + c * GROUP)
                if c < actors:
                    v = v * load(discount, (g * actors + c) * GROUP)
                if accrual[s, c] != ZERO:
                    v = v + look_up(accrual[s, c], payoffs, g * np_, fixed_payoffs)
                store(values, out + c * GROUP, v)
            for h in range(hits):
                if hit[s, h]:
                    store(values, out + (channels - hits + h) * GROUP, splat(hit_values[h]))


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def write_final(
    values: Any, sizes: Any, start: int, n: int, codes: Any, payoffs: Any, fixed_payoffs: Any
) -> None:
    """Writes final payoffs and outcomes into the `n` states held from `start` on."""
    groups, held, _over, channels, _actors, _nc, np_ = sizes
    for job in prange(groups * n):
        g = job // n
        s = job - g * n
        for c in range(channels):
            v = look_up(codes[s, c], payoffs, g * np_, fixed_payoffs)
            store(values, ((g * held + start + s) * channels + c) * GROUP, v)


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def write_hits(values: Any, sizes: Any, start: int, n: int, hit: Any, hit_values: Any) -> None:
    """Writes the worth of hit channels into those of the `n` states held from `start` on."""
    groups, held, _over, channels, _actors, _nc, _np = sizes
    hits = hit.shape[1]
    for job in prange(groups * n):
        g = job // n
        s = job - g * n
        for h in range(hits):
            if hit[s, h]:
                c = channels - hits + h
                store(values, ((g * held + start + s) * channels + c) * GROUP, splat(hit_values[h]))


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def forward_move(
    density: Any, groups: int, held: int, before: int, after: int, over: int, n: int,
    first: Any, action: Any, branch: Any, to: Any, chance: Any,
    open_options: Any, chances: Any, nc: int, fixed_chances: Any, members: int, policy: Any,
    options_held: int, choices: Any, offsets: Any, choices_held: int, copies: int = 1,
    beliefs: int = 1,
) -> None:  # fmt: skip
    """Adds the distribution after a move, held from `after` on, from that before it.

    What ends goes to where it is held from `over` on. `choices` receives, from `offsets` [member]
    on, the probability with which each action of each of the `members` is taken. Each group comes
    in so many `copies`, the policies of which repeat themselves after `beliefs` of them.
    """
    for t in prange(groups):
        for job in range(copies * n):
            g = t * copies + job // n
            s = job % n
            follows = t * beliefs + g % beliefs
            d = load(density, (g * held + before + s) * GROUP)
            if any_above_zero(d):
                for o in range(first[s], first[s + 1]):
                    if open_options[o]:
                        share = d
                        if members > 0:
                            share = d * load(policy, (follows * options_held + o) * GROUP)
                        for m in range(members):
                            k = (t * choices_held + offsets[m] + action[o, m]) * GROUP
                            store(choices, k, load(choices, k) + share)
                        for b in range(branch[o], branch[o + 1]):
                            x = share
                            if chance[b] != ONE:
                                x = share * look_up(chance[b], chances, t * nc, fixed_chances)
                            k = (g * held + held_at(to[b], after, over)) * GROUP
                            store(density, k, load(density, k) + x)


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def expect(
    density: Any, groups: int, held: int, start: int, n: int, codes: Any, table: Any, entries: int,
    fixed: Any, total: Any,
) -> None:  # fmt: skip
    """Adds to `total`, [group, channel, lane], the expectation of `codes` [state, channel]."""
    channels = codes.shape[1]
    for g in prange(groups):
        for s in range(n):
            d = load(density, (g * held + start + s) * GROUP)
            if any_above_zero(d):
                for c in range(channels):
                    if codes[s, c] != ZERO:
                        k = (g * channels + c) * GROUP
                        v = look_up(codes[s, c], table, g * entries, fixed)
                        store(total, k, load(total, k) + d * v)


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def marginals(
    density: Any, groups: int, held: int, start: int, n: int, states: Any, offsets: Any, total: Any,
    width: int,
) -> None:  # fmt: skip
    """Adds to `total`, [group, label, lane], the probability of each value of each variable."""
    for g in prange(groups):
        for s in range(n):
            d = load(density, (g * held + start + s) * GROUP)
            if any_above_zero(d):
                for v in range(states.shape[1]):
                    k = (g * width + offsets[v] + states[s, v]) * GROUP
                    store(total, k, load(total, k) + d)
