"""The branch of a stage game of any number of members, in sixteen rows at once.

From one t to the next by Newton's method, each lane with its own step, which is halved where the
branch bends. Where κ < 1 the equilibrium is the only one, and the first step goes all the way.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from standoff.game import GROUP
from standoff.solver.lanes import (
    any_above_zero,
    at_least,
    choose,
    exponential,
    larger,
    load,
    magnitude,
    splat,
    store,
)

NEWTON = 8
"""Steps of Newton's method before a step in t is found too long."""
STEPS = 200
"""Steps in t before a lane is given up."""
LEAST_STEP = 1e-3
"""The shortest step in t, as a share of the way come so far."""
LEAST_PIVOT = 1e-3
"""A smaller pivot announces a fold."""
JUMP = 0.1
"""By so many logits may the second of Newton's steps change the first one's answer."""


@njit(error_model="numpy", nogil=True)
def respond(x: Any, begin: Any, policy: Any, dtype: Any) -> None:
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


LOOSE = 0.01
"""Logits by which a last step may move an action, however rare."""


@njit(inline="always")
def counted(share: Any, dtype: Any) -> Any:
    """How much the logit of an action of this probability counts: wholly, unless it is rare."""
    weight = share * splat(dtype.type(100))
    one = splat(dtype.type(1))
    return choose(at_least(weight, one), one, weight)


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
def follow_several(
    g: Any, joint: int, bend: Any, largest: Any, near: float, floor: float, begin: Any, at: Any,
    x: Any, y: Any, policy: Any, worth: Any, m: Any, jacobian: Any, step: Any, dtype: Any,
) -> Any:  # fmt: skip
    """Follows the branch of a game of any number of members; x, `policy` and how far it came, t."""
    zero, one = splat(dtype.type(0)), splat(dtype.type(1))
    members = len(begin) - 1
    size = begin[members]
    certain = at_least(one, bend * splat(dtype.type(1.0001)))
    for a in range(size):
        store(x, a * GROUP, zero)
    t = zero
    h = choose(certain, one, splat(dtype.type(0.9)) / larger(bend, one))
    least_step = h * splat(dtype.type(LEAST_STEP))
    going = one
    count = 0
    while any_above_zero(going) and count < STEPS:
        count += 1
        target = t + h
        target = choose(at_least(target, one), one, target)
        for a in range(size):
            store(y, a * GROUP, load(x, a * GROUP))
        waiting = going
        good = zero
        for trial in range(NEWTON):
            respond(y, begin, policy, dtype)
            _interact(g, joint, begin, at, policy, m, dtype)
            least = _newton(y, target, begin, policy, m, worth, jacobian, step, dtype)
            moved = zero
            shifted = zero
            widest = zero
            for i in range(members):
                mean = zero
                for a in range(begin[i], begin[i + 1]):
                    mean = mean + load(policy, a * GROUP) * load(step, a * GROUP)
                for a in range(begin[i], begin[i + 1]):
                    d = load(step, a * GROUP)
                    away = magnitude(d - mean)
                    widest = larger(widest, away)
                    share = load(policy, a * GROUP)
                    shifted = larger(shifted, share * away)
                    moved = larger(moved, away * counted(share, dtype))
                    v = load(y, a * GROUP) + d
                    store(y, a * GROUP, choose(waiting, v, load(y, a * GROUP)))
            # What counts is how far the policies move, and the others' logits by that.
            short = splat(dtype.type(near)) / (one + target * largest)
            short = larger(short, splat(dtype.type(floor)))
            # Where a policy is nearly pure it hardly moves at first, however long the step.
            loose = splat(dtype.type(LOOSE)) + target * largest * splat(dtype.type(64 * floor))
            sound = at_least(least, splat(dtype.type(LEAST_PIVOT)))
            if trial == 1:
                sound = sound * larger(certain, at_least(splat(dtype.type(JUMP)), moved))
            there = waiting * at_least(short, shifted) * at_least(loose, widest) * sound
            good = good + there
            waiting = waiting * sound * (one - there)
            if not any_above_zero(waiting):
                break
        for a in range(size):
            store(x, a * GROUP, choose(good, load(y, a * GROUP), load(x, a * GROUP)))
        t = choose(good, target, t)
        h = choose(good, h + h, h * splat(dtype.type(0.5)))
        going = going * (one - at_least(t, one))
        going = going * at_least(h, larger(least_step, t * splat(dtype.type(LEAST_STEP))))
    respond(x, begin, policy, dtype)
    return t
