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
from standoff.solve.lanes import (
    any_above_zero,
    at_least,
    exponential,
    larger,
    load,
    splat,
    store,
)

LOGIT, LIMIT, GIVEN = 0, 1, 2
"""How a mover's policy comes about: quantal response, its limit as λ grows, or laid down."""

_CHUNK = 128  # states that one thread takes at a time


@njit(inline="always")
def _look_up(code: Any, table: Any, base: Any, fixed: Any) -> Any:
    if code >= 0:
        return load(table, (base + code) * GROUP)
    return splat(fixed[-code - 1])


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def backward_move(
    values: Any, result: Any, sizes: Any, n: int,
    first: Any, branch: Any, to: Any, chance: Any, payoff: Any, ended: Any, final: Any, hit: Any,
    open_options: Any, chances: Any, fixed_chances: Any, payoffs: Any, fixed_payoffs: Any,
    rationality: Any, actor: int, aim: int, sign: float, mode: int, tie: float, hit_values: Any,
    policy: Any, keep: bool,
) -> None:  # fmt: skip
    """Values before a move from `values` after it, for the first `n` of its states.

    `sizes`: groups, states held by `values` and by `result`, channels, actors, entries of `chances`
    and of `payoffs`, options held by `policy`, longest lists of options and of branches of one
    state. In mode `GIVEN` the policy is read, in the others it is written where `keep`. An event
    has actor -1. A mover chooses by `sign` times channel `aim`, its own unless told otherwise.
    `tie`: how far below the best an action still counts as best, in mode `LIMIT`.
    """
    groups, held, holds, channels, actors, nc, np_, no, most_o, most_b = sizes
    hits = hit.shape[1]
    zero = values.dtype.type(0)
    one = values.dtype.type(1)
    chunks = (n + _CHUNK - 1) // _CHUNK
    for job in prange(groups * chunks):
        g = job // chunks
        q = np.empty(most_o * GROUP, values.dtype)
        weight = np.empty(most_b * GROUP, values.dtype)
        at = np.empty(most_b, np.int64)
        lam = splat(one)
        if actor >= 0:
            lam = load(rationality, (g * actors + actor) * GROUP)
        low = (job - g * chunks) * _CHUNK
        for s in range(low, min(n, low + _CHUNK)):
            out = (g * holds + s) * channels * GROUP
            if ended[s]:
                for c in range(channels):
                    code = final[s, c]
                    store(result, out + c * GROUP, _look_up(code, payoffs, g * np_, fixed_payoffs))
            else:
                # The policy, into q.
                options = 0
                if actor < 0:
                    store(q, 0, splat(one))
                    options = 1
                elif mode == GIVEN:
                    for o in range(first[s], first[s + 1]):
                        store(q, options * GROUP, load(policy, (g * no + o) * GROUP))
                        options += 1
                else:
                    best = splat(zero)
                    for o in range(first[s], first[s + 1]):
                        if open_options[o]:
                            x = splat(zero)
                            if aim < actors:
                                x = _look_up(payoff[o, aim], payoffs, g * np_, fixed_payoffs)
                            for b in range(branch[o], branch[o + 1]):
                                v = load(values, ((g * held + to[b]) * channels + aim) * GROUP)
                                if chance[b] == ONE:
                                    x = x + v
                                else:
                                    p = _look_up(chance[b], chances, g * nc, fixed_chances)
                                    x = x + p * v
                            x = x * splat(values.dtype.type(sign))
                            store(q, options * GROUP, x)
                            best = x if options == 0 else larger(best, x)
                            options += 1
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
                        for o in range(first[s], first[s + 1]):
                            if open_options[o]:
                                store(policy, (g * no + o) * GROUP, load(q, k * GROUP))
                                k += 1
                            else:
                                store(policy, (g * no + o) * GROUP, splat(zero))
                # The weight of every branch, and where it leads.
                branches = 0
                k = 0
                for o in range(first[s], first[s + 1]):
                    if mode == GIVEN or actor < 0 or open_options[o]:
                        share = load(q, k * GROUP)
                        for b in range(branch[o], branch[o + 1]):
                            if chance[b] == ONE:
                                store(weight, branches * GROUP, share)
                            else:
                                p = _look_up(chance[b], chances, g * nc, fixed_chances)
                                store(weight, branches * GROUP, share * p)
                            at[branches] = (g * held + to[b]) * channels * GROUP
                            branches += 1
                        k += 1
                # Expected values: four channels at a time keep four sums in registers.
                c = 0
                while c + 4 <= channels:
                    v0 = splat(zero)
                    v1 = splat(zero)
                    v2 = splat(zero)
                    v3 = splat(zero)
                    for b in range(branches):
                        w = load(weight, b * GROUP)
                        v0 = v0 + w * load(values, at[b] + c * GROUP)
                        v1 = v1 + w * load(values, at[b] + (c + 1) * GROUP)
                        v2 = v2 + w * load(values, at[b] + (c + 2) * GROUP)
                        v3 = v3 + w * load(values, at[b] + (c + 3) * GROUP)
                    store(result, out + c * GROUP, v0)
                    store(result, out + (c + 1) * GROUP, v1)
                    store(result, out + (c + 2) * GROUP, v2)
                    store(result, out + (c + 3) * GROUP, v3)
                    c += 4
                while c < channels:
                    v0 = splat(zero)
                    for b in range(branches):
                        v0 = v0 + load(weight, b * GROUP) * load(values, at[b] + c * GROUP)
                    store(result, out + c * GROUP, v0)
                    c += 1
                k = 0
                for o in range(first[s], first[s + 1]):
                    if mode == GIVEN or actor < 0 or open_options[o]:
                        for j in range(actors):
                            if payoff[o, j] != ZERO:
                                u = _look_up(payoff[o, j], payoffs, g * np_, fixed_payoffs)
                                v0 = load(result, out + j * GROUP) + load(q, k * GROUP) * u
                                store(result, out + j * GROUP, v0)
                        k += 1
            for h in range(hits):
                if hit[s, h]:
                    c = channels - hits + h
                    store(result, out + c * GROUP, splat(hit_values[h]))


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def end_period(
    values: Any, sizes: Any, n: int, accrual: Any, ended: Any, hit: Any,
    payoffs: Any, fixed_payoffs: Any, discount: Any, hit_values: Any,
) -> None:  # fmt: skip
    """In place: discounts actors' values and adds what a period pays, where the crisis goes on."""
    groups, held, _holds, channels, actors, _nc, np_, _no, _most_o, _most_b = sizes
    hits = hit.shape[1]
    chunks = (n + _CHUNK - 1) // _CHUNK
    for job in prange(groups * chunks):
        g = job // chunks
        low = (job - g * chunks) * _CHUNK
        for s in range(low, min(n, low + _CHUNK)):
            out = (g * held + s) * channels * GROUP
            if not ended[s]:
                for c in range(channels):
                    v = load(values, out + c * GROUP)
                    if c < actors:
                        v = v * load(discount, (g * actors + c) * GROUP)
                    if accrual[s, c] != ZERO:
                        v = v + _look_up(accrual[s, c], payoffs, g * np_, fixed_payoffs)
                    store(values, out + c * GROUP, v)
            for h in range(hits):
                if hit[s, h]:
                    store(values, out + (channels - hits + h) * GROUP, splat(hit_values[h]))


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def at_horizon(
    values: Any, sizes: Any, n: int, final: Any, payoffs: Any, fixed_payoffs: Any
) -> None:
    """Writes the final payoffs and outcomes of the first `n` states before the first move."""
    groups, held, _holds, channels, _actors, _nc, np_, _no, _most_o, _most_b = sizes
    for job in prange(groups * n):
        g = job // n
        s = job - g * n
        for c in range(channels):
            v = _look_up(final[s, c], payoffs, g * np_, fixed_payoffs)
            store(values, ((g * held + s) * channels + c) * GROUP, v)


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def forward_move(
    density: Any, result: Any, sizes: Any, n: int,
    first: Any, action: Any, branch: Any, to: Any, chance: Any, ended: Any, stay: Any,
    open_options: Any, chances: Any, fixed_chances: Any, actor: int, policy: Any, choices: Any,
    offset: int, held_choices: int,
) -> None:  # fmt: skip
    """Adds to `result` the distribution after a move, from `density` before it.

    `choices` receives, from `offset` on, the probability with which each action of the mover is
    taken.
    """
    groups, held, holds, _channels, _actors, nc, _np, no, _most_o, _most_b = sizes
    for g in prange(groups):
        for s in range(n):
            d = load(density, (g * held + s) * GROUP)
            if any_above_zero(d):
                if ended[s]:
                    k = (g * holds + stay[s]) * GROUP
                    store(result, k, load(result, k) + d)
                else:
                    for o in range(first[s], first[s + 1]):
                        if actor < 0 or open_options[o]:
                            share = d
                            if actor >= 0:
                                share = d * load(policy, (g * no + o) * GROUP)
                                k = (g * held_choices + offset + action[o]) * GROUP
                                store(choices, k, load(choices, k) + share)
                            for b in range(branch[o], branch[o + 1]):
                                x = share
                                if chance[b] != ONE:
                                    x = share * _look_up(chance[b], chances, g * nc, fixed_chances)
                                k = (g * holds + to[b]) * GROUP
                                store(result, k, load(result, k) + x)


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def expect(
    density: Any, held: int, n: int, codes: Any, where: Any, table: Any, entries: int, fixed: Any,
    total: Any,
) -> None:  # fmt: skip
    """Adds to `total`, [group, channel, lane], the expectation of `codes` `where` true."""
    channels = codes.shape[1]
    for g in prange(total.size // (channels * GROUP)):
        for s in range(n):
            d = load(density, (g * held + s) * GROUP)
            if where[s] and any_above_zero(d):
                for c in range(channels):
                    if codes[s, c] != ZERO:
                        k = (g * channels + c) * GROUP
                        v = _look_up(codes[s, c], table, g * entries, fixed)
                        store(total, k, load(total, k) + d * v)


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def marginals(
    density: Any, held: int, n: int, states: Any, offsets: Any, total: Any, width: int
) -> None:
    """Adds to `total`, [group, label, lane], the probability of each value of each variable."""
    for g in prange(total.size // (width * GROUP)):
        for s in range(n):
            d = load(density, (g * held + s) * GROUP)
            if any_above_zero(d):
                for v in range(states.shape[1]):
                    k = (g * width + offsets[v] + states[s, v]) * GROUP
                    store(total, k, load(total, k) + d)
