"""The policy of a group, state by state: a logit equilibrium of each stage game, in lanes.

`branch.py` says what a stage game is, and which of its equilibria is meant. Here the stage games of
sixteen rows are put together and followed at once; a lane that comes to a fold is left to
`branch.follow`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

from standoff.game import GROUP, ONE
from standoff.solver.branch import farthest, find_roots, follow
from standoff.solver.duel import follow_two, span_of_two
from standoff.solver.kernels import AHEAD, LIMIT, held_at, look_up
from standoff.solver.lanes import (
    any_above_zero,
    at_least,
    choose,
    exponential,
    item,
    larger,
    load,
    magnitude,
    prefetch,
    scratch,
    splat,
    store,
)
from standoff.solver.several import follow_several, respond

CHUNK = 32  # states that one thread takes at a time
MOST_ROOTS = 8
"""So many equilibria of one stage game are told apart."""


@njit(error_model="numpy", nogil=True)
def _span(g: Any, joint: int, counts: Any, strides: Any, own: Any, dtype: Any) -> Any:
    """κ: see `branch.interaction_span`. `own` [member, joint action] is the member's action."""
    members = len(counts)
    zero = splat(dtype.type(0))
    most = zero
    for i in range(members):
        total = zero
        for j in range(members):
            if j != i:
                span = zero
                for o in range(joint):
                    if own[i, o] == 0 and own[j, o] == 0:
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


@njit(error_model="numpy", nogil=True)
def _alone(
    g: Any, joint: int, counts: Any, begin: Any, t: Any, changed: Any, elsewhere: bool, x: Any,
    spare: Any, tally: Any,
) -> None:  # fmt: skip
    """Lane by lane, where `changed`: the rest of the branch, and the root farthest from it."""
    members = len(counts)
    size = begin[members]
    store(spare, 0, t)
    store(spare, GROUP, changed)
    table, alone = np.empty((members, joint)), np.empty(size)
    for lane in range(GROUP):
        if spare[GROUP + lane] > 0:
            for k in range(members * joint):
                table[k // joint, k % joint] = g[k * GROUP + lane]
            for a in range(size):
                alone[a] = x[a * GROUP + lane]
            if spare[lane] < 1 and not follow(table, counts, alone, float(spare[lane])):
                alone[:] = 0.0
                if not follow(table, counts, alone, 0.0):
                    tally[lane, 0] += 1
            if elsewhere:
                roots = np.empty((MOST_ROOTS, size))
                found = find_roots(table, counts, alone, roots)
                if found > 1:
                    tally[lane, 1] += 1
                    alone[:] = roots[farthest(roots, found, counts)]
            for a in range(size):
                x[a * GROUP + lane] = alone[a]


@njit(parallel=True, cache=True, error_model="numpy", nogil=True)
def group_move(
    values: Any, sizes: Any, after: int, n: int, first: Any, branch: Any, to: Any, chance: Any,
    payoff: Any, action: Any, open_options: Any, chances: Any, fixed_chances: Any, payoffs: Any,
    fixed_payoffs: Any, rationality: Any, members: Any, aims: Any, signs: Any, free: Any, mode: int,
    tie: float, limits: Any, prior: Any, policy: Any, options_held: int, longest: int,
    most_actions: int, kappa: Any, kappa_held: int, warm: Any,
    warm_held: int, elsewhere: bool, tally: Any,
) -> None:  # fmt: skip
    """The joint policy of a group in the first `n` states before its move, into `policy`.

    Those of its `members` that are not `free` follow the joint policy `prior`. The others choose by
    `signs` [member] times channel `aims` [member]. `limits` are those of `group`. Into `kappa`,
    [group, state, lane], goes κ. Into `tally`, [group, lane, chunk, 2], go the numbers of stage
    games whose branch could not be followed to its end, where the policy is the last that lay on
    it; and, if `elsewhere`, of those with several equilibria, where the policy is that of the one
    farthest from the branch. `warm`, [group, state, action, lane], hands the second member's policy
    from one period to the one before. For `values` and the rest see
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
        cap = splat(dtype.type(limits[1]))
        local = np.empty((everyone, most_actions), np.int64)
        seen = np.full((longest, everyone), -1, np.int64)
        seen_options = 0
        own = np.empty((choosing, longest), np.int64)
        joint = 1
        counts_all = np.empty(everyone, np.int64)
        opened = np.empty(longest, np.int64)
        reduced = np.empty(longest, np.int64)
        weight = scratch(longest, dtype)
        marginal = scratch(everyone * most_actions, dtype)
        counts = np.empty(choosing, np.int64)
        strides = np.empty(choosing, np.int64)
        begin = np.zeros(choosing + 1, np.int64)
        at = np.empty(choosing, np.int64)
        game = scratch(choosing * longest, dtype)
        most = choosing * most_actions
        x, y = scratch(most, dtype), scratch(most, dtype)
        answer, step = scratch(most, dtype), scratch(most, dtype)
        worth = scratch(most, dtype)
        m, jacobian = scratch(most * most, dtype), scratch(most * most, dtype)
        spare = scratch(2, dtype)
        low = (job - g * chunks) * CHUNK
        for s in range(low, min(n, low + CHUNK)):
            if s + AHEAD < n:
                for b in range(
                    item(branch, item(first, s + AHEAD)), item(branch, item(first, s + AHEAD + 1))
                ):
                    j = g * held + held_at(item(to, b), after, over)
                    for i in range(everyone):
                        prefetch(values, (j * channels + aims[i]) * GROUP)
            # The open options, and the members' own lists of actions in them.
            options = 0
            known = True
            for o in range(first[s], first[s + 1]):
                if open_options[o]:
                    opened[options] = o
                    for i in range(everyone):
                        known = known and seen[options, i] == action[o, i]
                        seen[options, i] = action[o, i]
                    options += 1
            if not known or options != seen_options:
                seen_options = options
                local[:] = -1
                counts_all[:] = 0
                for k in range(options):
                    for i in range(everyone):
                        if local[i, seen[k, i]] < 0:
                            local[i, seen[k, i]] = counts_all[i]
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
                    for r in range(joint):
                        own[f, r] = (r // stride) % counts[f]
                for k in range(options):
                    r = 0
                    f = 0
                    for i in range(everyone):
                        if free[i]:
                            r += strides[f] * local[i, seen[k, i]]
                            f += 1
                    reduced[k] = r
            # How those who are not free weigh each option, and the joint action of the free in it.
            if choosing < everyone:
                for k in range(everyone * most_actions):
                    store(marginal, k * GROUP, zero)
                # Over all options: what is closed to the free now was open when `prior` was made.
                for o in range(first[s], first[s + 1]):
                    share = load(prior, (g * options_held + o) * GROUP)
                    for i in range(everyone):
                        if not free[i] and local[i, action[o, i]] >= 0:
                            j = (i * most_actions + local[i, action[o, i]]) * GROUP
                            store(marginal, j, load(marginal, j) + share)
                for k in range(options):
                    w = one
                    for i in range(everyone):
                        if not free[i]:
                            j = (i * most_actions + local[i, seen[k, i]]) * GROUP
                            w = w * load(marginal, j)
                    store(weight, k * GROUP, w)
            # What each joint action of the free is worth to each of them.
            if choosing < everyone:
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
                        if signs[i] < 0:
                            v = zero - v
                        if choosing < everyone:
                            v = load(game, j) + v * load(weight, k * GROUP)
                        store(game, j, v)
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
                    widest = zero
                    for r in range(joint - 1, -1, -1):
                        base = load(game, (f * joint + r - own[f, r] * strides[f]) * GROUP)
                        v = load(game, (f * joint + r) * GROUP) - base
                        store(game, (f * joint + r) * GROUP, v)
                        widest = larger(widest, magnitude(v))
                    if choosing > 1 or mode != LIMIT:
                        most_lam = cap / choose(widest, widest, one)
                        lam = choose(at_least(lam, most_lam), most_lam, lam)
                        for r in range(joint):
                            k = (f * joint + r) * GROUP
                            store(game, k, load(game, k) * lam)
                        largest = larger(largest, widest * lam)
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
                    # What is next to nothing would be raised beyond what a number can hold.
                    least = splat(dtype.type(limits[2])) / cap
                    rise = splat(dtype.type(limits[2])) / larger(largest, least)
                    rise = larger(rise, one)
                    for k in range(choosing * joint):
                        store(game, k * GROUP, load(game, k * GROUP) * rise)
                    largest = largest * rise
                if choosing == 2:
                    bend = span_of_two(game, counts, m, dtype)
                else:
                    bend = _span(game, joint, counts, strides, own, dtype)
                if kappa_held:
                    store(kappa, (g * kappa_held + s) * GROUP, bend)
                if choosing == 2:
                    t = follow_two(
                        game, counts, bend, largest, limits[0], limits[4], limits[3], warm,
                        (g * warm_held + s) * most_actions, x, y, answer, worth, m, jacobian, step,
                        dtype,
                    )  # fmt: skip
                else:
                    t = follow_several(
                        game, joint, bend, largest, limits[0], limits[4], begin, at, x, y, answer,
                        worth, m, jacobian, step, dtype,
                    )  # fmt: skip
                changed = one - at_least(t, one)
                if elsewhere:
                    changed = choose(at_least(bend, one), one, changed)
                if any_above_zero(changed):
                    _alone(
                        game, joint, counts, begin, t, changed, elsewhere, x, spare,
                        tally[g, :, job - g * chunks],
                    )  # fmt: skip
                    respond(x, begin, y, dtype)
                    for a in range(begin[choosing]):
                        share = choose(changed, load(y, a * GROUP), load(answer, a * GROUP))
                        store(answer, a * GROUP, share)
            # The joint policy.
            for o in range(first[s], first[s + 1]):
                if not open_options[o]:
                    store(policy, (g * options_held + o) * GROUP, zero)
            for k in range(options):
                w = load(weight, k * GROUP) if choosing < everyone else one
                for f in range(choosing):
                    w = w * load(answer, (begin[f] + own[f, reduced[k]]) * GROUP)
                store(policy, (g * options_held + opened[k]) * GROUP, w)
