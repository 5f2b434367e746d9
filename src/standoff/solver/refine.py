"""From a stretch on which there is a root of the equations of `posterior.py` to the root itself.

Stretches wait until there are sixteen of them; then Newton's method refines all at once. Where it
leaves its stretch, that root is found alone, by regula falsi.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.game import GROUP
from standoff.solver.lanes import load, scratch, splat, store
from standoff.solver.newton import (
    BOTH,
    NEITHER,
    ONLY_ONE,
    ONLY_ZERO,
    at,
    cell,
    newton_lanes,
    sigmoid,
)

MOST_ROOTS = 9
"""So many equilibria of one move are told apart."""


@njit(cache=True, error_model="numpy", nogil=True)
def tables(q: Any, lam: Any, actions: int, n: int) -> Any:
    """λ Q with the same numbers in all lanes, as `certain.scale` gives it for many rows."""
    room = scratch(2 * actions * n, q.dtype)
    for kind in range(2):
        base = q[kind, 0, n // 2]
        for a in range(actions):
            for t in range(n):
                v = splat(lam[kind] * (q[kind, a, t] - base))
                store(room, ((kind * actions + a) * n + t) * GROUP, v)
    return room


@njit(cache=True, error_model="numpy", nogil=True)
def shifted(q: Any, lam: Any, n: int) -> float:
    """How much larger k is in terms of `tables`, which took something off λ Q of each type."""
    return float(lam[1] * q[1, 0, n // 2] - lam[0] * q[0, 0, n // 2])


@njit(cache=True, error_model="numpy", nogil=True)
def queue(
    waiting: Any, held: Any, actions: int, n: int, t: int, ends: Any, low: float, high: float,
    r_low: float, r_high: float,
) -> None:  # fmt: skip
    """Lets a stretch wait: prior `t`, k from `low` to `high`, R there, and the log-odds in `ends`.

    `ends` [3, action]: the log-odds at the lower k, those at the higher, and 1 where φ_a rises.
    `waiting` [quantity, lane]; `held` [1] counts what waits.
    """
    w = held[0]
    held[0] += 1
    prior = np.log(t / (n - 1.0 - t))
    waiting[0, w] = t
    waiting[1, w] = prior
    waiting[2, w] = low
    waiting[3, w] = high
    waiting[4, w] = r_low - prior
    waiting[5, w] = r_high - prior
    for a in range(actions):
        for end in range(3):
            waiting[6 + 3 * a + end, w] = ends[end, a]


@njit(cache=True, error_model="numpy", nogil=True)
def flush(
    q: Any, lam: Any, status: Any, actions: int, n: int, room: Any, work: Any, waiting: Any,
    held: Any, found: Any, roots: Any,
) -> None:  # fmt: skip
    """Writes down the roots of all stretches that wait, but for those that are known."""
    start = scratch(1, room.dtype)
    level = scratch(1, room.dtype)
    going = scratch(1, room.dtype)
    least = splat(0.0)
    for w in range(GROUP):
        level[w] = 0.0
        start[w] = 0.0
        going[w] = 0.0
        for a in range(actions):
            work[a * GROUP + w] = 0.0
    store(work, actions * GROUP, least)
    for w in range(held[0]):
        r_low = waiting[4, w]
        r_high = waiting[5, w]
        along = r_low / (r_low - r_high) if r_low != r_high else 0.5
        along = min(max(along, 0.0), 1.0)
        level[w] = waiting[1, w]
        going[w] = 1.0
        start[w] = waiting[2, w] + along * (waiting[3, w] - waiting[2, w])
        for a in range(actions):
            if status[a] == BOTH:
                first = waiting[6 + 3 * a, w]
                work[a * GROUP + w] = first + along * (waiting[7 + 3 * a, w] - first)
    shift = shifted(q, lam, n)
    k, _, going_on = newton_lanes(
        room, status, actions, n, work, load(start, 0) + splat(shift), load(level, 0),
        load(going, 0),
    )  # fmt: skip
    store(start, 0, k - splat(shift))
    store(going, 0, going_on)
    x = np.empty(actions)
    ends = np.empty((3, actions))
    for w in range(held[0]):
        k_found = start[w]
        good = going[w] <= 0.0 and waiting[2, w] - 1e-9 <= k_found <= waiting[3, w] + 1e-9
        for a in range(actions):
            x[a] = work[a * GROUP + w]
            for end in range(3):
                ends[end, a] = waiting[6 + 3 * a + end, w]
            if status[a] == BOTH and good:
                low = min(ends[0, a], ends[1, a]) - 1e-9
                good = low <= x[a] <= max(ends[0, a], ends[1, a]) + 1e-9
        if not good:
            good, k_found = _alone(q, lam, status, actions, n, ends, waiting[:, w], x)
        if good:
            write(status, actions, int(waiting[0, w]), k_found, x, found, roots)
    held[0] = 0


@njit(cache=True, error_model="numpy", nogil=True)
def _solve_piece(
    q: Any, lam: Any, a: int, n: int, x0: float, x1: float, rises: bool, k: float, start: float
) -> float:
    """The x between x0 and x1, where φ_a only rises or falls, at which it is k.

    `start`: how far from x0 to x1 it is looked for first.
    """
    low, high = x0, x1
    x = x0 + (x1 - x0) * start
    for _ in range(200):
        m = sigmoid(x)
        c, f = cell(m, n)
        d0 = lam[0] * (q[0, a, c + 1] - q[0, a, c])
        d1 = lam[1] * (q[1, a, c + 1] - q[1, a, c])
        off = x - (lam[1] * q[1, a, c] + f * d1) + (lam[0] * q[0, a, c] + f * d0) - k
        if off == 0.0:
            return x
        if (off < 0.0) == rises:
            low = x
        else:
            high = x
        slope = 1.0 - (d1 - d0) * m * (1.0 - m) * (n - 1)
        step = x - off / slope if slope != 0.0 else low
        if not low < step < high:
            step = 0.5 * (low + high)
        if abs(step - x) < 1e-14 * (1.0 + abs(x)):
            return step
        x = step
    return x


@njit(cache=True, error_model="numpy", nogil=True)
def _rest(
    q: Any, lam: Any, status: Any, actions: int, n: int, ends: Any, k: float, part: float, x: Any
) -> float:
    """R(k) on one combination of pieces, cut down to `ends` [3, action]; the log-odds in `x`.

    `ends`: the log-odds at the lower k, those at the higher, and 1 where φ_a rises between them.
    `part`: how far along k is.
    """
    top0 = -np.inf
    top1 = -np.inf
    for a in range(actions):
        if status[a] == NEITHER:
            continue
        m = 1.0 if status[a] == ONLY_ONE else 0.0
        if status[a] == BOTH:
            rises = ends[2, a] > 0.0
            low = ends[0, a] if rises else ends[1, a]
            high = ends[1, a] if rises else ends[0, a]
            x[a] = _solve_piece(q, lam, a, n, low, high, rises, k, part if rises else 1.0 - part)
            m = sigmoid(x[a])
        if status[a] != ONLY_ONE:
            top0 = max(top0, lam[0] * at(q, 0, a, m, n))
        if status[a] != ONLY_ZERO:
            top1 = max(top1, lam[1] * at(q, 1, a, m, n))
    z0 = 0.0
    z1 = 0.0
    for a in range(actions):
        if status[a] == NEITHER:
            continue
        m = 1.0 if status[a] == ONLY_ONE else 0.0
        if status[a] == BOTH:
            m = sigmoid(x[a])
        if status[a] != ONLY_ONE:
            z0 += np.exp(lam[0] * at(q, 0, a, m, n) - top0)
        if status[a] != ONLY_ZERO:
            z1 += np.exp(lam[1] * at(q, 1, a, m, n) - top1)
    return float(k - (np.log(z0) + top0) + (np.log(z1) + top1))


@njit(cache=True, error_model="numpy", nogil=True)
def _alone(
    q: Any, lam: Any, status: Any, actions: int, n: int, ends: Any, stretch: Any, x: Any
) -> Any:
    """Whether there is a root on one stretch, and its k: regula falsi with Illinois' halving."""
    prior = stretch[1]
    low = stretch[2]
    high = stretch[3]
    r_low = stretch[4]
    r_high = stretch[5]
    k = low
    if (r_low < 0.0) == (r_high < 0.0):
        return False, k
    side = 0
    for _ in range(200):
        if high - low < 1e-14 * (1.0 + abs(high)):
            break
        k = (low * r_high - high * r_low) / (r_high - r_low)
        if not low < k < high:
            k = 0.5 * (low + high)
        part = (k - stretch[2]) / (stretch[3] - stretch[2])
        r = _rest(q, lam, status, actions, n, ends, k, part, x) - prior
        if abs(r) < 1e-13:
            break
        if (r < 0) == (r_low < 0):
            low = k
            r_low = r
            if side == -1:
                r_high *= 0.5
            side = -1
        else:
            high = k
            r_high = r
            if side == 1:
                r_low *= 0.5
            side = 1
    return True, k


@njit(cache=True, error_model="numpy", nogil=True)
def write(status: Any, actions: int, t: int, k: float, x: Any, found: Any, roots: Any) -> None:
    """Writes down a root of prior `t`, unless it is known or there are too many."""
    place = found[t]
    if place >= MOST_ROOTS:
        return
    for other in range(place):
        same = True
        for a in range(actions):
            if status[a] == BOTH and abs(roots[t, other, a] - x[a]) > 1e-7:
                same = False
        if same:
            return
    for a in range(actions):
        roots[t, place, a] = x[a]
    roots[t, place, actions] = k
    found[t] += 1
