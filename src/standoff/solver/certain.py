"""The equations of `posterior.py` where they have one solution, sixteen rows at a time.

Where the worth of actions depends little enough on what others believe, slopes alone prove that
there is one equilibrium whatever the prior; then Newton's method finds it in all lanes at once.
Rows of which that cannot be proved are left to `posterior.py`, one by one.
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
    gather,
    larger,
    load,
    magnitude,
    splat,
    store,
)
from standoff.solver.newton import (
    BOTH,
    NEITHER,
    ONLY_ONE,
    ONLY_ZERO,
    cells,
    newton_lanes,
    sigmoid_lanes,
)

_MARGIN = 0.98  # R rises where this bounds the distance of its slope from 1


@njit(cache=True, error_model="numpy", nogil=True)
def scale(
    worth: Any, channels: int, agent: int, rationality: Any, offset: int, kinds: int, actions: int,
    size: int, room: Any,
) -> None:  # fmt: skip
    """λ Q of each kind to `room` [kind, action, point], less one that all its actions share.

    `worth` [action, point, channel, lane]; the kinds' channels follow each other from `agent` on,
    and so do their vectors of `rationality` from `offset` on.
    """
    for kind in range(kinds):
        lam = load(rationality, offset + kind * GROUP)
        base = load(worth, ((size // 2) * channels + agent + kind) * GROUP)
        for job in range(actions * size):
            q = load(worth, (job * channels + agent + kind) * GROUP)
            store(room, (kind * actions * size + job) * GROUP, lam * (q - base))


@njit(cache=True, error_model="numpy", nogil=True)
def _bounds(room: Any, status: Any, actions: int, size: int, sure: Any) -> None:
    """1 to `sure` [lane] where all φ_a and R can only rise, 0 elsewhere.

    Let S bound how fast λ (Q_1 - Q_0) changes with m. If S < 4 all φ_a rise, and dm_a/dk is at
    most 1 / (4 - S). The slope of R then differs from 1 by at most S / (4 - S), and what the two
    policies' distance, below tanh(Δ / 4) where Δ is the range of λ (Q_1 - Q_0), makes of the slopes
    of one type's λ Q.
    """
    number = room.dtype.type
    zero = splat(number(0))
    one = splat(number(1))
    sides = splat(number(size - 1))
    apart = zero
    low = splat(number(np.inf))
    high = splat(number(-np.inf))
    fall0 = zero
    rise0 = zero
    fall1 = zero
    rise1 = zero
    shared = True
    for a in range(actions):
        if status[a] != BOTH:
            shared = shared and status[a] == NEITHER
            continue
        for c in range(size):
            v0 = load(room, (a * size + c) * GROUP)
            v1 = load(room, ((actions + a) * size + c) * GROUP)
            high = larger(v1 - v0, high)
            low = zero - larger(v0 - v1, zero - low)
            if c < size - 1:
                d0 = (load(room, (a * size + c + 1) * GROUP) - v0) * sides
                d1 = (load(room, ((actions + a) * size + c + 1) * GROUP) - v1) * sides
                apart = larger(magnitude(d1 - d0), apart)
                rise0 = larger(d0, rise0)
                rise1 = larger(d1, rise1)
                fall0 = larger(zero - d0, fall0)
                fall1 = larger(zero - d1, fall1)
    distance = one
    if shared:
        e = exponential(splat(number(0.5)) * (low - high))
        distance = (one - e) / (one + e)
    steep0 = rise0 + fall0
    steep1 = rise1 + fall1
    steep = choose(steep0 - steep1, steep1, steep0)
    room_left = splat(number(4)) - apart
    bound = apart + distance * steep
    holds = at_least(splat(number(_MARGIN)) * room_left, bound)
    store(sure, 0, choose(room_left, holds, zero))


@njit(cache=True, error_model="numpy", nogil=True)
def certain(
    room: Any, status: Any, actions: int, size: int, sure: Any, work: Any, believed: Any
) -> None:
    """What is believed after each action, at every inner point, in the rows that are certain.

    `room`: see `scale`. Writes `sure` [lane], 1 where the answer is known, and `believed` [action,
    point, lane], the posterior of kind 1, at all points; `work` holds 7 vectors for each action.
    """
    number = room.dtype.type
    zero = splat(number(0))
    one = splat(number(1))
    for a in range(actions):
        for t in range(size):
            m = number(t / (size - 1.0))
            if status[a] == ONLY_ONE:
                m = number(1)
            if status[a] == ONLY_ZERO:
                m = number(0)
            store(believed, (a * size + t) * GROUP, splat(m))
    if actions == 1:
        store(sure, 0, one)
        return
    _bounds(room, status, actions, size, sure)
    if not any_above_zero(load(sure, 0)):
        return
    k = zero
    response = zero
    before = 0.0
    for t in range(1, size - 1):
        prior = np.log(t / (size - 1.0 - t))
        level = splat(number(prior))
        if t == 1:
            k = level
            for a in range(actions):
                store(work, a * GROUP, level)
        else:
            ahead = splat(number(prior - before)) * response
            k = k + ahead
            for a in range(actions):
                if status[a] == BOTH:
                    x = load(work, a * GROUP)
                    store(work, a * GROUP, x + ahead * load(work, (actions + a) * GROUP))
        k, found, going = newton_lanes(room, status, actions, size, work, k, level, load(sure, 0))
        response = choose(load(sure, 0), found, response)
        store(sure, 0, load(sure, 0) - going)
        before = prior
        for a in range(actions):
            if status[a] == BOTH:
                m = sigmoid_lanes(load(work, a * GROUP), one)
                store(believed, (a * size + t) * GROUP, m)


@njit(cache=True, error_model="numpy", nogil=True)
def respond(
    room: Any, may: Any, kinds: int, actions: int, size: int, believed: Any, chosen: Any
) -> None:
    """Policies, `chosen` [kind, action, point], where it is known what is believed after actions.

    `may` [kind, action]; `believed` [action, point, lane]; `room`: see `scale`.
    """
    number = room.dtype.type
    zero = splat(number(0))
    sides = splat(number(size - 1))
    for t in range(size):
        for kind in range(kinds):
            top = splat(number(-np.inf))
            for a in range(actions):
                if may[kind, a]:
                    c, along = cells(load(believed, (a * size + t) * GROUP), sides)
                    begin = (kind * actions + a) * size
                    v = gather(room, begin * GROUP, c)
                    v = v + along * (gather(room, (begin + 1) * GROUP, c) - v)
                    store(chosen, (begin + t) * GROUP, v)
                    top = larger(v, top)
            total = zero
            for a in range(actions):
                at = ((kind * actions + a) * size + t) * GROUP
                e = zero
                if may[kind, a]:
                    e = exponential(load(chosen, at) - top)
                total = total + e
                store(chosen, at, e)
            for a in range(actions):
                at = ((kind * actions + a) * size + t) * GROUP
                store(chosen, at, load(chosen, at) / total)
