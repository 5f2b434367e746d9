"""The policy of a group, state by state: a logit equilibrium of each stage game, in lanes.

`branch.py` says what a stage game is, and which of its equilibria is meant. Here it is followed in
sixteen rows at once: from one t to the next by Newton's method, each lane with its own step, which
is halved where the branch bends. A lane that comes to a fold is left to `branch.follow`. Where
κ < 1 the equilibrium is the only one, and the first step goes all the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

from standoff.game import GROUP, ONE
from standoff.solver.branch import follow
from standoff.solver.kernels import LIMIT, held_at, look_up
from standoff.solver.lanes import (
    any_above_zero,
    at_least,
    choose,
    exponential,
    item,
    larger,
    load,
    splat,
    store,
)

CHUNK = 32  # states that one thread takes at a time
_NEWTON = 8
_STEPS = 200
_LEAST_STEP = 1e-3  # of the way come so far
_LEAST_PIVOT = 1e-3
_JUMP = 1.0  # by so many logits may the second of Newton's steps change the first one's answer


@njit(error_model="numpy", nogil=True)
def _magnitude(x: Any, zero: Any) -> Any:
    return larger(x, zero - x)


@njit(error_model="numpy", nogil=True)
def _respond(x: Any, begin: Any, policy: Any, dtype: Any) -> None:
    """Policies from logits, member by member."""
    one = splat(dtype.type(1))
    for i in range(len(begin) - 1):
        best = load(x, begin[i] * GROUP)
        for a in range(begin[i] + 1, begin[i + 1]):
            best = larger(best, load(x, a * GROUP))
        total = best - best
        for a in range(begin[i], begin[i + 1]):
            weight = exponential(load(x, a * GROUP) - best)
            store(policy, a * GROUP, weight)
            total = total + weight
        scale = one / total
        for a in range(begin[i], begin[i + 1]):
            store(policy, a * GROUP, load(policy, a * GROUP) * scale)


@njit(error_model="numpy", nogil=True)
def _interact(g: Any, joint: int, begin: Any, at: Any, policy: Any, m: Any, dtype: Any) -> None:
    """m[a, b]: what a is worth to its member where the member of b plays b, the rest by policy."""
    members = len(begin) - 1
    n = begin[members]
    for k in range(n * n):
        store(m, k * GROUP, splat(dtype.type(0)))
    for i in range(members):
        at[i] = begin[i]
    for o in range(joint):
        for i in range(members):
            for j in range(members):
                if i != j:
                    w = load(g, (i * joint + o) * GROUP)
                    for k in range(members):
                        if k not in (i, j):
                            w = w * load(policy, at[k] * GROUP)
                    k = (at[i] * n + at[j]) * GROUP
                    store(m, k, load(m, k) + w)
        for i in range(members - 1, -1, -1):
            at[i] += 1
            if at[i] < begin[i + 1]:
                break
            at[i] = begin[i]


@njit(error_model="numpy", nogil=True)
def _newton(
    x: Any,
    t: Any,
    begin: Any,
    policy: Any,
    m: Any,
    worth: Any,
    jacobian: Any,
    step: Any,
    dtype: Any,
) -> Any:
    """One step of Newton's method towards x = t·worth(x), into `step`; the smallest pivot.

    Pivots are not exchanged: lanes have no choice of row. Where κ < 1, or on the branch before its
    first fold, they can do without; a small one says that they cannot.
    """
    members = len(begin) - 1
    n = begin[members]
    zero, one = splat(dtype.type(0)), splat(dtype.type(1))
    for i in range(members):
        j = (i + 1) % members
        for a in range(begin[i], begin[i + 1]):
            total = zero
            for b in range(begin[j], begin[j + 1]):
                total = total + load(m, (a * n + b) * GROUP) * load(policy, b * GROUP)
            store(worth, a * GROUP, total)
            store(step, a * GROUP, t * total - load(x, a * GROUP))
            for b in range(n):
                k = (a * n + b) * GROUP
                if begin[i] <= b < begin[i + 1]:
                    store(jacobian, k, one if a == b else zero)
                else:
                    store(jacobian, k, t * load(policy, b * GROUP) * (total - load(m, k)))
    least = one
    for p in range(n):
        # The first member's own block is the identity.
        low = begin[1] if p < begin[1] else p + 1
        pivot = load(jacobian, (p * n + p) * GROUP)
        least = zero - larger(zero - least, zero - pivot)
        inverse = one / pivot
        for r in range(low, n):
            factor = load(jacobian, (r * n + p) * GROUP) * inverse
            for c in range(low, n):
                k = (r * n + c) * GROUP
                store(jacobian, k, load(jacobian, k) - factor * load(jacobian, (p * n + c) * GROUP))
            store(step, r * GROUP, load(step, r * GROUP) - factor * load(step, p * GROUP))
    for p in range(n - 1, -1, -1):
        low = begin[1] if p < begin[1] else p + 1
        value = load(step, p * GROUP)
        for c in range(low, n):
            value = value - load(jacobian, (p * n + c) * GROUP) * load(step, c * GROUP)
        store(step, p * GROUP, value / load(jacobian, (p * n + p) * GROUP))
    return least


@njit(error_model="numpy", nogil=True)
def _span(g: Any, joint: int, counts: Any, strides: Any, dtype: Any) -> Any:
    """κ: see `branch.interaction_span`."""
    members = len(counts)
    zero = splat(dtype.type(0))
    most = zero
    for i in range(members):
        total = zero
        for j in range(members):
            if j != i:
                span = zero
                for o in range(joint):
                    if (o // strides[i]) % counts[i] == 0 and (o // strides[j]) % counts[j] == 0:
                        for a in range(counts[i]):
                            for c in range(a):
                                high = zero
                                low = zero
                                for b in range(counts[j]):
                                    k = i * joint + o + b * strides[j]
                                    gain = load(g, (k + a * strides[i]) * GROUP) - load(
                                        g, (k + c * strides[i]) * GROUP
                                    )
                                    high = gain if b == 0 else larger(high, gain)
                                    low = zero - gain if b == 0 else larger(low, zero - gain)
                                span = larger(span, high + low)
                total = total + span
        most = larger(most, total)
    return most * splat(dtype.type(0.25))


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def group_move(
    values: Any, sizes: Any, after: int, n: int, first: Any, branch: Any, to: Any, chance: Any,
    payoff: Any, action: Any, open_options: Any, chances: Any, fixed_chances: Any, payoffs: Any,
    fixed_payoffs: Any, rationality: Any, members: Any, aims: Any, signs: Any, free: Any, mode: int,
    tie: float, limits: Any, prior: Any, policy: Any, options_held: int, longest: int,
    most_actions: int, kappa: Any, kappa_held: int, lost: Any,
) -> None:  # fmt: skip
    """The joint policy of a group in the first `n` states before its move, into `policy`.

    Those of its `members` that are not `free` follow the joint policy `prior`. The others choose by
    `signs` [member] times channel `aims` [member]. `limits`: a last step of Newton's method that is
    short enough, the largest payoffs in logits, and those that stand for perfect rationality in
    mode `LIMIT`. Into `kappa`, [group, state, lane], goes κ; in `lost`, [group, lane, chunk], stage
    games are counted whose branch could not be followed to its end: there the policy is the last
    that lay on it. For `values` and the rest see
    `kernels.backward_move`.
    """
    groups, held, over, channels, actors, nc, np_ = sizes
    dtype = values.dtype
    chunks = (n + CHUNK - 1) // CHUNK
    everyone = len(members)
    choosing = 0
    for i in range(everyone):
        choosing += free[i]
    for job in prange(groups * chunks):
        g = job // chunks
        zero, one = splat(dtype.type(0)), splat(dtype.type(1))
        half = splat(dtype.type(0.5))
        near = splat(dtype.type(limits[0]))
        cap = splat(dtype.type(limits[1]))
        local = np.empty((everyone, most_actions), np.int64)
        counts_all = np.empty(everyone, np.int64)
        opened = np.empty(longest, np.int64)
        reduced = np.empty(longest, np.int64)
        weight = np.empty(longest * GROUP, dtype)
        marginal = np.empty(everyone * most_actions * GROUP, dtype)
        counts = np.empty(choosing, np.int64)
        strides = np.empty(choosing, np.int64)
        begin = np.zeros(choosing + 1, np.int64)
        at = np.empty(choosing, np.int64)
        game = np.empty(choosing * longest * GROUP, dtype)
        most = choosing * most_actions
        x, y = np.empty(most * GROUP, dtype), np.empty(most * GROUP, dtype)
        answer, step = np.empty(most * GROUP, dtype), np.empty(most * GROUP, dtype)
        worth = np.empty(most * GROUP, dtype)
        m, jacobian = np.empty(most * most * GROUP, dtype), np.empty(most * most * GROUP, dtype)
        spare = np.empty(GROUP, dtype)
        low = (job - g * chunks) * CHUNK
        for s in range(low, min(n, low + CHUNK)):
            # The open options, and the members' own lists of actions in them.
            local[:] = -1
            counts_all[:] = 0
            options = 0
            for o in range(first[s], first[s + 1]):
                if open_options[o]:
                    opened[options] = o
                    options += 1
                    for i in range(everyone):
                        if local[i, action[o, i]] < 0:
                            local[i, action[o, i]] = counts_all[i]
                            counts_all[i] += 1
            joint = 1
            f = 0
            for i in range(everyone):
                if free[i]:
                    counts[f] = counts_all[i]
                    begin[f + 1] = begin[f] + counts[f]
                    joint *= counts[f]
                    f += 1
            stride = joint
            for f in range(choosing):
                stride //= counts[f]
                strides[f] = stride
            # How those who are not free weigh each option, and the joint action of the free in it.
            for k in range(everyone * most_actions):
                store(marginal, k * GROUP, zero)
            for k in range(options):
                o = opened[k]
                for i in range(everyone):
                    if not free[i]:
                        j = (i * most_actions + local[i, action[o, i]]) * GROUP
                        share = load(prior, (g * options_held + o) * GROUP)
                        store(marginal, j, load(marginal, j) + share)
            for k in range(options):
                o = opened[k]
                w = one
                r = 0
                f = 0
                for i in range(everyone):
                    if free[i]:
                        r += strides[f] * local[i, action[o, i]]
                        f += 1
                    else:
                        w = w * load(marginal, (i * most_actions + local[i, action[o, i]]) * GROUP)
                reduced[k] = r
                store(weight, k * GROUP, w)
            # What each joint action of the free is worth to each of them.
            for k in range(choosing * joint):
                store(game, k * GROUP, zero)
            for k in range(options):
                o = opened[k]
                f = 0
                for i in range(everyone):
                    if free[i]:
                        aim = aims[i]
                        v = zero
                        if aim < actors:
                            v = look_up(payoff[o, aim], payoffs, g * np_, fixed_payoffs)
                        for b in range(item(branch, o), item(branch, o + 1)):
                            j = g * held + held_at(item(to, b), after, over)
                            u = load(values, (j * channels + aim) * GROUP)
                            if item(chance, b) == ONE:
                                v = v + u
                            else:
                                v = v + u * look_up(item(chance, b), chances, g * nc, fixed_chances)
                        j = (f * joint + reduced[k]) * GROUP
                        v = v * load(weight, k * GROUP) * splat(dtype.type(signs[i]))
                        store(game, j, load(game, j) + v)
                        f += 1
            # Only differences between a member's own actions count: the first is set to nothing,
            # from the last to the first, since it is what the others are compared with.
            f = 0
            largest = zero
            for i in range(everyone):
                if free[i]:
                    lam = load(rationality, (g * actors + members[i]) * GROUP)
                    if mode == LIMIT:
                        lam = choose(lam, lam, one)
                    for r in range(joint - 1, -1, -1):
                        own = (r // strides[f]) % counts[f]
                        base = load(game, (f * joint + r - own * strides[f]) * GROUP)
                        v = load(game, (f * joint + r) * GROUP) - base
                        if choosing > 1 or mode != LIMIT:
                            v = v * lam
                            v = choose(at_least(v, cap), cap, v)
                            v = choose(at_least(zero - cap, v), zero - cap, v)
                        store(game, (f * joint + r) * GROUP, v)
                        largest = larger(largest, _magnitude(v, zero))
                    f += 1
            if choosing == 1:
                top = load(game, 0)
                for a in range(1, joint):
                    top = larger(top, load(game, a * GROUP))
                total = zero
                for a in range(joint):
                    v = load(game, a * GROUP)
                    if mode == LIMIT:
                        v = at_least(v, top - splat(dtype.type(tie)))
                    else:
                        v = exponential(v - top)
                    store(answer, a * GROUP, v)
                    total = total + v
                for a in range(joint):
                    store(answer, a * GROUP, load(answer, a * GROUP) / total)
                if kappa_held:
                    store(kappa, (g * kappa_held + s) * GROUP, zero)
            else:
                if mode == LIMIT:
                    rise = splat(dtype.type(limits[2])) / choose(largest, largest, one)
                    rise = larger(rise, one)
                    for k in range(choosing * joint):
                        store(game, k * GROUP, load(game, k * GROUP) * rise)
                bend = _span(game, joint, counts, strides, dtype)
                if kappa_held:
                    store(kappa, (g * kappa_held + s) * GROUP, bend)
                certain = at_least(one, bend * splat(dtype.type(1.0001)))
                size = begin[choosing]
                for a in range(size):
                    store(x, a * GROUP, zero)
                t = zero
                h = choose(certain, one, splat(dtype.type(0.9)) / larger(bend, one))
                least_step = h * splat(dtype.type(_LEAST_STEP))
                going = one
                count = 0
                while any_above_zero(going) and count < _STEPS:
                    count += 1
                    target = t + h
                    target = choose(at_least(target, one), one, target)
                    for a in range(size):
                        store(y, a * GROUP, load(x, a * GROUP))
                    waiting = going
                    good = zero
                    for trial in range(_NEWTON):
                        _respond(y, begin, answer, dtype)
                        if choosing > 2 or (trial == 0 and count == 1):
                            _interact(game, joint, begin, at, answer, m, dtype)
                        least = _newton(y, target, begin, answer, m, worth, jacobian, step, dtype)
                        moved = zero
                        far = one
                        for a in range(size):
                            d = load(step, a * GROUP)
                            v = load(y, a * GROUP) + d
                            moved = larger(moved, _magnitude(d, zero))
                            far = larger(far, _magnitude(v, zero))
                            store(y, a * GROUP, choose(waiting, v, load(y, a * GROUP)))
                        sound = at_least(least, splat(dtype.type(_LEAST_PIVOT)))
                        if trial == 1:
                            sound = sound * larger(
                                certain, at_least(splat(dtype.type(_JUMP)), moved)
                            )
                        there = waiting * at_least(near * far, moved) * sound
                        good = good + there
                        waiting = waiting * sound * (one - there)
                        if not any_above_zero(waiting):
                            break
                    for a in range(size):
                        store(x, a * GROUP, choose(good, load(y, a * GROUP), load(x, a * GROUP)))
                    t = choose(good, target, t)
                    h = choose(good, h + h, h * half)
                    going = going * (one - at_least(t, one))
                    going = going * at_least(
                        h, larger(least_step, t * splat(dtype.type(_LEAST_STEP)))
                    )
                store(spare, 0, t)
                for lane in range(GROUP):
                    if spare[lane] < 1:
                        alone = np.empty(size)
                        for a in range(size):
                            alone[a] = x[a * GROUP + lane]
                        table = np.empty((choosing, joint))
                        for f in range(choosing):
                            for r in range(joint):
                                table[f, r] = game[(f * joint + r) * GROUP + lane]
                        if not follow(table, counts, alone, float(spare[lane])):
                            lost[g, lane, job - g * chunks] += 1
                        for a in range(size):
                            x[a * GROUP + lane] = alone[a]
                _respond(x, begin, answer, dtype)
            # The joint policy.
            for o in range(first[s], first[s + 1]):
                if not open_options[o]:
                    store(policy, (g * options_held + o) * GROUP, zero)
            for k in range(options):
                w = load(weight, k * GROUP)
                for f in range(choosing):
                    own = (reduced[k] // strides[f]) % counts[f]
                    w = w * load(answer, (begin[f] + own) * GROUP)
                store(policy, (g * options_held + opened[k]) * GROUP, w)
