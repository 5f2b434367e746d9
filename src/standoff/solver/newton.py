"""Newton's method for the equations of `posterior.py`, for sixteen rows or priors at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.game import GROUP
from standoff.solver.lanes import (
    any_above_zero,
    choose,
    exponential,
    gather,
    larger,
    load,
    logarithm,
    magnitude,
    splat,
    store,
    whole,
)

BOTH, ONLY_ZERO, ONLY_ONE, NEITHER = 0, 1, 2, 3
"""Which of two types may take an action."""

_MOST_STEPS = 40


@njit(cache=True, error_model="numpy", nogil=True)
def cell(m: Any, n: Any) -> Any:
    """The grid cell that a probability falls into, and how far along it."""
    place = m * (n - 1)
    c = min(int(place), n - 2)
    return c, place - c


@njit(cache=True, error_model="numpy", nogil=True)
def sigmoid(x: Any) -> Any:
    """The probability of which x is the log-odds."""
    if x >= 0:
        return 1.0 / (1.0 + np.exp(-x))
    e = np.exp(x)
    return e / (1.0 + e)


@njit(cache=True, error_model="numpy", nogil=True)
def at(q: Any, kind: Any, a: Any, m: Any, n: Any) -> Any:
    """What an action is worth to a type if the others believe in type 1 with probability m."""
    c, f = cell(m, n)
    return q[kind, a, c] + f * (q[kind, a, c + 1] - q[kind, a, c])


@njit(cache=True, error_model="numpy", nogil=True)
def cells(m: Any, sides: Any) -> Any:
    """The grid cells that probabilities fall into, and how far along them, lane by lane."""
    place = m * sides
    one = sides / sides
    c = whole(larger(place, sides - sides))  # what is no number falls into the first
    c = choose(c - (sides - one / (one + one)), c - one, c)
    return c, place - c


@njit(cache=True, error_model="numpy", nogil=True)
def sigmoid_lanes(x: Any, one: Any) -> Any:
    """The probabilities of which x are the log-odds, lane by lane."""
    e = exponential((one - one) - magnitude(x))
    above = one / (one + e)
    return choose(x, above, one - above)


@njit(cache=True, error_model="numpy", nogil=True)
def newton_lanes(
    room: Any, status: Any, actions: int, size: int, work: Any, k: Any, level: Any, going: Any
) -> Any:
    """Improves log-odds in the lanes that are `going`: k, how it answers to the prior, who goes on.

    `work` [quantity, action] of vectors: first the log-odds, which are improved in place, then how
    they answer to k; `room`: see `certain.scale`; `level`: the log-odds of the prior.

    One step for all: each φ_a = k determines its x_a up to k, and R = L then determines k.
    """
    number = room.dtype.type
    zero = splat(number(0))
    one = splat(number(1))
    most = splat(number(4))
    close = splat(number(1e-6 if room.itemsize == 8 else 2e-4))
    sides = splat(number(size - 1))
    response = zero
    for _ in range(_MOST_STEPS):
        top0 = splat(number(-np.inf))
        top1 = splat(number(-np.inf))
        for a in range(actions):
            if status[a] == BOTH:
                x = load(work, a * GROUP)
                m = sigmoid_lanes(x, one)
                c, along = cells(m, sides)
                v0 = gather(room, a * size * GROUP, c)
                v1 = gather(room, (actions + a) * size * GROUP, c)
                d0 = gather(room, (a * size + 1) * GROUP, c) - v0
                d1 = gather(room, ((actions + a) * size + 1) * GROUP, c) - v1
                v0 = v0 + along * d0
                v1 = v1 + along * d1
                steep = m * (one - m) * sides
                answer = one / (one - (d1 - d0) * steep)
                known = load(work, (actions + a) * GROUP)
                store(work, (actions + a) * GROUP, choose(going, answer, known))
                store(work, (2 * actions + a) * GROUP, v0)
                store(work, (3 * actions + a) * GROUP, v1)
                store(work, (4 * actions + a) * GROUP, d0 * steep)
                store(work, (5 * actions + a) * GROUP, d1 * steep)
                store(work, (6 * actions + a) * GROUP, (x - v1 + v0 - k) * answer)
            elif status[a] == ONLY_ZERO:
                v0 = load(room, a * size * GROUP)
                store(work, (2 * actions + a) * GROUP, v0)
            else:
                v1 = load(room, ((actions + a) * size + size - 1) * GROUP)
                store(work, (3 * actions + a) * GROUP, v1)
            if status[a] == BOTH or status[a] == ONLY_ZERO:
                top0 = larger(v0, top0)
            if status[a] == BOTH or status[a] == ONLY_ONE:
                top1 = larger(v1, top1)
        z0 = zero
        z1 = zero
        c0 = zero
        c1 = zero
        f0 = zero
        f1 = zero
        for a in range(actions):
            if status[a] == BOTH or status[a] == ONLY_ZERO:
                w = exponential(load(work, (2 * actions + a) * GROUP) - top0)
                z0 = z0 + w
                if status[a] == BOTH:
                    w = w * load(work, (4 * actions + a) * GROUP)
                    c0 = c0 + w * load(work, (actions + a) * GROUP)
                    f0 = f0 + w * load(work, (6 * actions + a) * GROUP)
            if status[a] == BOTH or status[a] == ONLY_ONE:
                w = exponential(load(work, (3 * actions + a) * GROUP) - top1)
                z1 = z1 + w
                if status[a] == BOTH:
                    w = w * load(work, (5 * actions + a) * GROUP)
                    c1 = c1 + w * load(work, (actions + a) * GROUP)
                    f1 = f1 + w * load(work, (6 * actions + a) * GROUP)
        found = one / (one - c0 / z0 + c1 / z1)
        response = choose(going, found, response)
        miss = k - logarithm(z0) + logarithm(z1) - top0 + top1 - level
        dk = (f1 / z1 - f0 / z0 - miss) * found
        dk = larger(zero - most, zero - larger(zero - most, zero - dk))
        dk = choose(going, dk, zero)
        largest = magnitude(dk)
        for a in range(actions):
            if status[a] == BOTH:
                dx = dk * load(work, (actions + a) * GROUP)
                dx = dx - load(work, (6 * actions + a) * GROUP)
                dx = larger(zero - most, zero - larger(zero - most, zero - dx))
                dx = choose(going, dx, zero)
                store(work, a * GROUP, load(work, a * GROUP) + dx)
                largest = larger(magnitude(dx), largest)
        k = k + dk
        going = choose(largest - close, going, zero)  # the error is about the step's square
        if not any_above_zero(going):
            break
    return k, response, going
