"""The branch of a stage game of any number of members, in sixteen rows at once.

From one t to the next by Newton's method, each lane with its own step, which is halved where the
branch bends. Where κ < 1 the equilibrium is the only one, and the first step goes all the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
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
LEAST_PIVOT = 0.1
"""A smaller pivot announces a fold."""
JUMP = 0.01
"""By so many logits may the second of Newton's steps change the first one's answer."""
LOOSE = 0.01
"""Logits by which a last step may move an action, however rare."""


@njit(error_model="numpy", nogil=True)
def soften(x: Any, low: int, high: int, policy: Any, dtype: Any) -> None:
    """One member's policy from its logits, which are those from `low` to `high`."""
    best = load(x, low * GROUP)
    for a in range(low + 1, high):
        best = larger(best, load(x, a * GROUP))
    total = best - best
    for a in range(low, high):
        weight = exponential(load(x, a * GROUP) - best)
        store(policy, a * GROUP, weight)
        total = total + weight
    scale = splat(dtype.type(1)) / total
    for a in range(low, high):
        store(policy, a * GROUP, load(policy, a * GROUP) * scale)


@njit(error_model="numpy", nogil=True)
def respond(x: Any, begin: Any, policy: Any, dtype: Any) -> None:
    """Policies from logits, member by member."""
    for i in range(len(begin) - 1):
        soften(x, begin[i], begin[i + 1], policy, dtype)


@njit(error_model="numpy", nogil=True)
def first_step(bend: Any, dtype: Any) -> Any:
    """For κ of `bend`: is there one equilibrium, the first step in t, and the shortest."""
    one = splat(dtype.type(1))
    certain = at_least(one, bend * splat(dtype.type(1.0001)))
    h = choose(certain, one, splat(dtype.type(0.9)) / larger(bend, one))
    return certain, h, h * splat(dtype.type(LEAST_STEP))


@njit(error_model="numpy", nogil=True)
def proceed(good: Any, target: Any, t: Any, h: Any, least: Any, going: Any, dtype: Any) -> Any:
    """t, the next step in it, and which lanes go on, after a step that was `good` or was not."""
    t = choose(good, target, t)
    h = choose(good, h + h, h * splat(dtype.type(0.5)))
    going = going * (splat(dtype.type(1)) - at_least(t, splat(dtype.type(1))))
    return t, h, going * at_least(h, larger(least, t * splat(dtype.type(LEAST_STEP))))


@njit(error_model="numpy", nogil=True)
def eliminate(jacobian: Any, step: Any, n: int, block: int, dtype: Any) -> Any:
    """Solves jacobian·y = step, y into `step`, without exchange of pivots; the smallest of them.

    The jacobian's first `block` rows and columns are the identity.
    """
    zero, one = splat(dtype.type(0)), splat(dtype.type(1))
    least = one
    for p in range(n):
        low = block if p < block else p + 1
        pivot = load(jacobian, (p * n + p) * GROUP)
        least = zero - larger(zero - least, zero - pivot)
        inverse = one / pivot
        store(jacobian, (p * n + p) * GROUP, inverse)
        for r in range(low, n):
            factor = load(jacobian, (r * n + p) * GROUP) * inverse
            for c in range(low, n):
                k = (r * n + c) * GROUP
                store(jacobian, k, load(jacobian, k) - factor * load(jacobian, (p * n + c) * GROUP))
            store(step, r * GROUP, load(step, r * GROUP) - factor * load(step, p * GROUP))
    for p in range(n - 1, -1, -1):
        low = block if p < block else p + 1
        value = load(step, p * GROUP)
        for c in range(low, n):
            value = value - load(jacobian, (p * n + c) * GROUP) * load(step, c * GROUP)
        store(step, p * GROUP, value * load(jacobian, (p * n + p) * GROUP))
    return least


@njit(error_model="numpy", nogil=True)
def take(step: Any, policy: Any, y: Any, low: int, high: int, waiting: Any, dtype: Any) -> Any:
    """Takes a step in one member's logits y, where `waiting`, and says how far it goes.

    In logits that count, in probability, and in any logit; a shift of all logits is no way at all.
    """
    one, hundred = splat(dtype.type(1)), splat(dtype.type(100))
    mean = one - one
    moved, shifted, widest = mean, mean, mean
    for a in range(low, high):
        mean = mean + load(policy, a * GROUP) * load(step, a * GROUP)
    for a in range(low, high):
        d = load(step, a * GROUP)
        away = magnitude(d - mean)
        # What is no number compares with nothing and would pass for no way at all.
        away = choose(at_least(away, one - one), away, splat(dtype.type(np.inf)))
        share = load(policy, a * GROUP)
        widest = larger(widest, away)
        shifted = larger(shifted, share * away)
        # Of an action that is rare the logit counts the less, the rarer it is.
        often = share * hundred
        moved = larger(moved, away * choose(at_least(often, one), one, often))
        store(y, a * GROUP, choose(waiting, load(y, a * GROUP) + d, load(y, a * GROUP)))
    return moved, shifted, widest


@njit(error_model="numpy", nogil=True)
def weigh(
    trial: int, least: Any, moved: Any, shifted: Any, widest: Any, target: Any, largest: Any,
    near: float, floor: float, certain: Any, waiting: Any, dtype: Any,
) -> Any:  # fmt: skip
    """Which lanes are there after a step that went so far, and which wait for another."""
    one = splat(dtype.type(1))
    # What counts is how far policies move, and by that the others' logits.
    short = splat(dtype.type(near)) / (one + target * largest)
    short = larger(short, splat(dtype.type(floor)))
    # Where a policy is nearly pure it hardly moves at first, however long the step.
    loose = splat(dtype.type(LOOSE)) + target * largest * splat(dtype.type(64 * floor))
    sound = at_least(least, splat(dtype.type(LEAST_PIVOT)))
    if trial == 1:
        sound = sound * larger(certain, at_least(splat(dtype.type(JUMP)), moved))
    there = waiting * at_least(short, shifted) * at_least(loose, widest) * sound
    return there, waiting * sound * (one - there)


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
    return eliminate(jacobian, step, n, begin[1], dtype)


@njit(error_model="numpy", nogil=True)
def follow_several(
    g: Any, joint: int, bend: Any, largest: Any, near: float, floor: float, begin: Any, at: Any,
    x: Any, y: Any, policy: Any, worth: Any, m: Any, jacobian: Any, step: Any, dtype: Any,
) -> Any:  # fmt: skip
    """Follows the branch of a game of any number of members; x, `policy` and how far it came, t."""
    zero, one = splat(dtype.type(0)), splat(dtype.type(1))
    members = len(begin) - 1
    size = begin[members]
    certain, h, least_step = first_step(bend, dtype)
    for a in range(size):
        store(x, a * GROUP, zero)
    t = zero
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
            moved, shifted, widest = zero, zero, zero
            for i in range(members):
                ways = take(step, policy, y, begin[i], begin[i + 1], waiting, dtype)
                moved, shifted = larger(moved, ways[0]), larger(shifted, ways[1])
                widest = larger(widest, ways[2])
            there, waiting = weigh(
                trial, least, moved, shifted, widest, target, largest, near, floor, certain,
                waiting, dtype,
            )  # fmt: skip
            good = good + there
            if not any_above_zero(waiting):
                break
        for a in range(size):
            store(x, a * GROUP, choose(good, load(y, a * GROUP), load(x, a * GROUP)))
        t, h, going = proceed(good, target, t, h, least_step, going, dtype)
    respond(x, begin, policy, dtype)
    return t
