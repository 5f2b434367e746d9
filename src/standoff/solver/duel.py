"""The branch of a stage game of two, in sixteen rows at once: `several` in half the dimensions."""

from __future__ import annotations

from typing import Any

from numba import njit

from standoff.game import GROUP
from standoff.solver.lanes import (
    any_above_zero,
    at_least,
    choose,
    larger,
    load,
    magnitude,
    splat,
    store,
)
from standoff.solver.several import (
    NEWTON,
    STEPS,
    eliminate,
    first_step,
    proceed,
    soften,
    take,
    weigh,
)

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
    for a in range(rows):
        total = load(g, a * columns * GROUP) * load(policy, 0)
        for b in range(1, columns):
            total = total + load(g, (a * columns + b) * GROUP) * load(policy, b * GROUP)
        store(worth, a * GROUP, total * t)
    soften(worth, 0, rows, reply, dtype)


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
    certain, h, least_step = first_step(bend, dtype)
    deviation = joint * GROUP  # where, in `other`, p(a)·(B[b, a] - v(b)) is held
    own = rows * GROUP  # where the second's part of `policy` and `worth` begins
    p, q = policy[:own], policy[own:]
    u, v = worth[:own], worth[own:]
    even = splat(dtype.type(1 / columns))
    for b in range(columns):
        start = load(warm, (warm_at + b) * GROUP)
        store(q, b * GROUP, choose(certain, start, even))
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
    t = certain * mild * (one - choose(waiting, one, zero))
    going = one - t
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
            soften(y, 0, columns, q, dtype)
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
            least = eliminate(jacobian, step, columns, 0, dtype)
            moved, shifted, widest = take(step, q, y, 0, columns, waiting, dtype)
            there, waiting = weigh(
                trial, least, moved, shifted, widest, target, largest, near, floor, certain,
                waiting, dtype,
            )  # fmt: skip
            good = good + there
            if not any_above_zero(waiting):
                break
        for b in range(columns):
            k = (rows + b) * GROUP
            # Not even a first step: the middle is the one point that is known to lie on the branch.
            back = choose(t, load(x, k), zero)
            store(x, k, choose(good, load(y, b * GROUP), back))
        t, h, going = proceed(good, target, t, h, least_step, going, dtype)
    soften(x, rows, rows + columns, policy, dtype)
    for b in range(columns):
        store(warm, (warm_at + b) * GROUP, load(q, b * GROUP))
    _reply(g, rows, columns, t, q, x, p, dtype)
    return t
