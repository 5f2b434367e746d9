"""The branch of a stage game of two, in sixteen rows at once: `several` in half the dimensions."""

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
from standoff.solver.several import JUMP, LEAST_PIVOT, LEAST_STEP, LOOSE, NEWTON, STEPS, counted

_MILD = 0.3  # κ up to which replies to replies are tried
_SWEEPS = 8


@njit(error_model="numpy", nogil=True)
def span_of_two(g: Any, counts: Any, other: Any, dtype: Any) -> Any:
    """κ of a game of two, as `branch.interaction_span`.

    Into `other` go the second's payoffs, [own action, the other's].
    """
    rows, columns = counts[0], counts[1]
    joint = rows * columns
    for a in range(rows):
        for b in range(columns):
            k = joint + a * columns + b
            store(other, (b * rows + a) * GROUP, load(g, k * GROUP))
    most = larger(_span(g, rows, columns, dtype), _span(other, columns, rows, dtype))
    return most * splat(dtype.type(0.25))


@njit(error_model="numpy", nogil=True)
def _span(g: Any, rows: int, columns: int, dtype: Any) -> Any:
    """The most by which what one row gains over another depends on the column."""
    span = splat(dtype.type(0))
    for a in range(1, rows):
        for c in range(a):
            high = load(g, a * columns * GROUP) - load(g, c * columns * GROUP)
            low = high
            for b in range(1, columns):
                gain = load(g, (a * columns + b) * GROUP) - load(g, (c * columns + b) * GROUP)
                high = larger(high, gain)
                low = choose(low - gain, gain, low)
            span = larger(span, high - low)
    return span


@njit(error_model="numpy", nogil=True)
def _reply(
    g: Any, rows: int, columns: int, t: Any, policy: Any, worth: Any, reply: Any, dtype: Any
) -> None:
    """`worth` = t·g·policy, g [row, column], and into `reply` the policy with these logits."""
    best = splat(dtype.type(0))
    for a in range(rows):
        total = load(g, a * columns * GROUP) * load(policy, 0)
        for b in range(1, columns):
            total = total + load(g, (a * columns + b) * GROUP) * load(policy, b * GROUP)
        total = total * t
        store(worth, a * GROUP, total)
        best = total if a == 0 else larger(best, total)
    sum_ = best - best
    for a in range(rows):
        weight = exponential(load(worth, a * GROUP) - best)
        store(reply, a * GROUP, weight)
        sum_ = sum_ + weight
    scale = splat(dtype.type(1)) / sum_
    for a in range(rows):
        store(reply, a * GROUP, load(reply, a * GROUP) * scale)


@njit(error_model="numpy", nogil=True)
def follow_two(
    g: Any, counts: Any, bend: Any, largest: Any, near: float, floor: float, nearer: float,
    warm: Any, warm_at: int, x: Any, y: Any, policy: Any, worth: Any, other: Any, jacobian: Any,
    step: Any, dtype: Any,
) -> Any:  # fmt: skip
    """Follows the branch of a game of two; x and how far it came, t.

    The first's logits are a function of the second's policy, so Newton's method looks for the
    second's logits y alone: y = t·B·p(t·A·q(y)), where p and q are the policies of the two. Where
    κ < 1 it begins at `warm`, the second's policy in the period after; the new one is left there.
    `other` is as `span_of_two` leaves it; `largest` is the largest payoff in `g`.
    """
    zero, one = splat(dtype.type(0)), splat(dtype.type(1))
    rows, columns = counts[0], counts[1]
    joint = rows * columns
    certain = at_least(one, bend * splat(dtype.type(1.0001)))
    deviation = joint * GROUP  # where, in `other`, p(a)·(B[b, a] - v(b)) is held
    own = rows * GROUP  # where the second's part of `policy` and `worth` begins
    p, q = policy[:own], policy[own:]
    u, v = worth[:own], worth[own:]
    even = splat(dtype.type(1 / columns))
    for b in range(columns):
        start = load(warm, (warm_at + b) * GROUP)
        store(q, b * GROUP, choose(certain, start, even))
    t = zero
    h = choose(certain, one, splat(dtype.type(0.9)) / larger(bend, one))
    least_step = h * splat(dtype.type(LEAST_STEP))
    # Replies to replies close in by a factor of κ²: where that is small they do without Newton.
    mild = at_least(splat(dtype.type(_MILD)), bend)
    waiting = certain
    for b in range(columns):
        store(y, b * GROUP, zero)
    for _ in range(_SWEEPS):
        _reply(g, rows, columns, one, q, u, p, dtype)
        _reply(other, columns, rows, one, p, v, step, dtype)
        moved = zero
        far = one
        for b in range(columns):
            now = load(v, b * GROUP)
            moved = larger(moved, magnitude(now - load(y, b * GROUP)))
            far = larger(far, magnitude(now))
            store(y, b * GROUP, choose(waiting, now, load(y, b * GROUP)))
            store(q, b * GROUP, choose(waiting, load(step, b * GROUP), load(q, b * GROUP)))
        waiting = waiting * mild * (one - at_least(splat(dtype.type(nearer)) * far, moved))
        if not any_above_zero(waiting):
            break
    for b in range(columns):
        store(x, (rows + b) * GROUP, choose(certain, load(y, b * GROUP), zero))
    settled = certain * mild * (one - choose(waiting, one, zero))
    t = settled
    going = one - settled
    count = 0
    while any_above_zero(going) and count < STEPS:
        count += 1
        target = t + h
        target = choose(at_least(target, one), one, target)
        for b in range(columns):
            store(y, b * GROUP, load(x, (rows + b) * GROUP))
        waiting = going
        good = zero
        for trial in range(NEWTON):
            best = load(y, 0)
            for b in range(1, columns):
                best = larger(best, load(y, b * GROUP))
            total = zero
            for b in range(columns):
                weight = exponential(load(y, b * GROUP) - best)
                store(q, b * GROUP, weight)
                total = total + weight
            scale = one / total
            for b in range(columns):
                store(q, b * GROUP, load(q, b * GROUP) * scale)
            _reply(g, rows, columns, target, q, u, p, dtype)
            for b in range(columns):
                total = zero
                for a in range(rows):
                    total = total + load(other, (b * rows + a) * GROUP) * load(p, a * GROUP)
                store(v, b * GROUP, total * target)
                store(step, b * GROUP, total * target - load(y, b * GROUP))
                for a in range(rows):
                    k = (b * rows + a) * GROUP
                    away = (load(other, k) - total) * load(p, a * GROUP)
                    store(other, deviation + k, away * target)
            for c in range(columns):
                for b in range(columns):
                    store(jacobian, (b * columns + c) * GROUP, one if b == c else zero)
                share = load(q, c * GROUP)
                for a in range(rows):
                    d = target * load(g, (a * columns + c) * GROUP) - load(u, a * GROUP)
                    store(x, a * GROUP, d * share)
                for b in range(columns):
                    total = load(other, deviation + b * rows * GROUP) * load(x, 0)
                    for a in range(1, rows):
                        k = deviation + (b * rows + a) * GROUP
                        total = total + load(other, k) * load(x, a * GROUP)
                    k = (b * columns + c) * GROUP
                    store(jacobian, k, load(jacobian, k) - total)
            least = _eliminate(jacobian, step, columns, dtype)
            mean = zero
            for b in range(columns):
                mean = mean + load(q, b * GROUP) * load(step, b * GROUP)
            # What counts is how far the second's policy moves, and the first's logits by that.
            moved = zero
            shifted = zero
            widest = zero
            for b in range(columns):
                d = load(step, b * GROUP)
                away = magnitude(d - mean)
                widest = larger(widest, away)
                share = load(q, b * GROUP)
                shifted = larger(shifted, share * away)
                moved = larger(moved, away * counted(share, dtype))
                now = load(y, b * GROUP) + d
                store(y, b * GROUP, choose(waiting, now, load(y, b * GROUP)))
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
        for b in range(columns):
            k = (rows + b) * GROUP
            # Not even a first step: the middle is the one point that is known to lie on the branch.
            back = choose(t, load(x, k), zero)
            store(x, k, choose(good, load(y, b * GROUP), back))
        t = choose(good, target, t)
        h = choose(good, h + h, h * splat(dtype.type(0.5)))
        going = going * (one - at_least(t, one))
        going = going * at_least(h, larger(least_step, t * splat(dtype.type(LEAST_STEP))))
    for b in range(columns):
        store(y, b * GROUP, load(x, (rows + b) * GROUP))
    best = load(y, 0)
    for b in range(1, columns):
        best = larger(best, load(y, b * GROUP))
    total = zero
    for b in range(columns):
        weight = exponential(load(y, b * GROUP) - best)
        store(q, b * GROUP, weight)
        total = total + weight
    for b in range(columns):
        share = load(q, b * GROUP) / total
        store(q, b * GROUP, share)
        store(warm, (warm_at + b) * GROUP, share)
    _reply(g, rows, columns, t, q, x, p, dtype)
    return t


@njit(error_model="numpy", nogil=True)
def _eliminate(jacobian: Any, step: Any, n: int, dtype: Any) -> Any:
    """Solves jacobian·y = step, y into `step`, without exchange of pivots; the smallest of them."""
    zero, one = splat(dtype.type(0)), splat(dtype.type(1))
    least = one
    for p in range(n):
        pivot = load(jacobian, (p * n + p) * GROUP)
        least = zero - larger(zero - least, zero - pivot)
        inverse = one / pivot
        store(jacobian, (p * n + p) * GROUP, inverse)
        for r in range(p + 1, n):
            factor = load(jacobian, (r * n + p) * GROUP) * inverse
            for c in range(p + 1, n):
                k = (r * n + c) * GROUP
                store(jacobian, k, load(jacobian, k) - factor * load(jacobian, (p * n + c) * GROUP))
            store(step, r * GROUP, load(step, r * GROUP) - factor * load(step, p * GROUP))
    for p in range(n - 1, -1, -1):
        value = load(step, p * GROUP)
        for c in range(p + 1, n):
            value = value - load(jacobian, (p * n + c) * GROUP) * load(step, c * GROUP)
        store(step, p * GROUP, value * load(jacobian, (p * n + p) * GROUP))
    return least
