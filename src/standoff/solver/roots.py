"""All roots of the equations of `posterior.py`, for all priors of a grid at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

BOTH, ONLY_ZERO, ONLY_ONE, NEITHER = 0, 1, 2, 3
"""Which of two types may take an action."""

MOST_ROOTS = 9
"""So many equilibria of one move are told apart."""

_MOST_COMBINATIONS = 27
_APART = 0.1
_CLOSE = 1e-6


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
def newton(
    q: Any, lam: Any, status: Any, actions: int, n: int, prior: float, x: Any, k: float,
    scale: float, work: Any, strict: bool = True,
) -> Any:  # fmt: skip
    """Improves log-odds `x` [action] and k in place; whether it succeeded, and k.

    One step for all: each φ_a = k determines its x_a up to k, and R = L then determines k. `work`
    [7, action] is left with what the next prior starts from: `work[3]` is how each x answers to k,
    and `work[6, 0]` how k answers to the prior. A `strict` search stays where both can only rise.
    """
    lam0 = scale * lam[0]
    lam1 = scale * lam[1]
    for _ in range(60):
        top0 = -np.inf
        top1 = -np.inf
        for a in range(actions):
            if status[a] == BOTH:
                m = sigmoid(x[a])
                c, f = cell(m, n)
                d0 = lam0 * (q[0, a, c + 1] - q[0, a, c])
                d1 = lam1 * (q[1, a, c + 1] - q[1, a, c])
                v0 = lam0 * q[0, a, c] + f * d0
                v1 = lam1 * q[1, a, c] + f * d1
                steep = m * (1.0 - m) * (n - 1)
                rise = 1.0 - (d1 - d0) * steep
                if abs(rise) <= 1e-9 or (strict and rise < 0.0):
                    return False, k
                work[0, a] = v0
                work[1, a] = v1
                work[2, a] = (x[a] - v1 + v0 - k) / rise
                work[3, a] = 1.0 / rise
                work[4, a] = d0 * steep
                work[5, a] = d1 * steep
                top0 = max(top0, v0)
                top1 = max(top1, v1)
            elif status[a] == ONLY_ZERO:
                work[0, a] = lam0 * q[0, a, 0]
                top0 = max(top0, work[0, a])
            elif status[a] == ONLY_ONE:
                work[1, a] = lam1 * q[1, a, n - 1]
                top1 = max(top1, work[1, a])
        z0 = 0.0
        z1 = 0.0
        c0 = 0.0
        c1 = 0.0
        f0 = 0.0
        f1 = 0.0
        for a in range(actions):
            if status[a] == BOTH or status[a] == ONLY_ZERO:
                w = np.exp(work[0, a] - top0)
                z0 += w
                if status[a] == BOTH:
                    c0 += w * work[4, a] * work[3, a]
                    f0 += w * work[4, a] * work[2, a]
            if status[a] == BOTH or status[a] == ONLY_ONE:
                w = np.exp(work[1, a] - top1)
                z1 += w
                if status[a] == BOTH:
                    c1 += w * work[5, a] * work[3, a]
                    f1 += w * work[5, a] * work[2, a]
        slope = 1.0 - c0 / z0 + c1 / z1
        if not abs(slope) > 1e-9 or (strict and slope < 0.0):
            return False, k
        miss = k - np.log(z0 / z1) - top0 + top1 - prior
        # To first order Σ c (dk - off) is what R changes by through the x.
        dk = (-miss - f0 / z0 + f1 / z1) / slope
        dk = min(max(dk, -4.0), 4.0)
        largest = abs(dk)
        for a in range(actions):
            if status[a] == BOTH:
                dx = dk * work[3, a] - work[2, a]
                dx = min(max(dx, -4.0), 4.0)
                x[a] += dx
                largest = max(largest, abs(dx))
        k += dk
        if largest < _CLOSE:  # the error is about its square
            work[6, 0] = 1.0 / slope
            return True, k
    return False, k


@njit(cache=True, error_model="numpy", nogil=True)
def _phi(q: Any, lam: Any, a: int, n: int, x: float) -> Any:
    m = sigmoid(x)
    return x - lam[1] * at(q, 1, a, m, n) + lam[0] * at(q, 0, a, m, n)


@njit(cache=True, error_model="numpy", nogil=True)
def _breaks(q: Any, lam: Any, a: int, n: int, far: float, xs: Any, phis: Any) -> int:
    """Log-odds between which φ_a only rises or only falls, and its values there."""
    xs[0] = -far
    phis[0] = _phi(q, lam, a, n, -far)
    count = 1
    for c in range(n - 1):
        low = c / (n - 1)
        high = (c + 1) / (n - 1)
        d = (lam[1] * (q[1, a, c + 1] - q[1, a, c]) - lam[0] * (q[0, a, c + 1] - q[0, a, c])) * (
            n - 1
        )
        if d > 4.0:  # else 1 / (m (1 - m)) stays above it
            root = np.sqrt(0.25 - 1.0 / d)
            for m in (0.5 - root, 0.5 + root):
                if low < m < high:
                    xs[count] = np.log(m / (1.0 - m))
                    phis[count] = _phi(q, lam, a, n, xs[count])
                    count += 1
        if c < n - 2:
            xs[count] = np.log(high / (1.0 - high))
            phis[count] = _phi(q, lam, a, n, xs[count])
            count += 1
    xs[count] = far
    phis[count] = _phi(q, lam, a, n, far)
    return count + 1


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
    q: Any, lam: Any, status: Any, actions: int, n: int, xs: Any, phis: Any, held: Any,
    folds: bool, piece: Any, k: float, x: Any,
) -> Any:  # fmt: skip
    """R(k) on one combination of branches; leaves the log-odds in `x`.

    `piece` [action] is where on its branch each stands; without `folds` only where to look first.
    """
    top0 = -np.inf
    top1 = -np.inf
    for a in range(actions):
        if status[a] == NEITHER:
            continue
        m = 1.0 if status[a] == ONLY_ONE else 0.0
        if status[a] == BOTH:
            j = piece[a]
            if not folds:
                while k > phis[a, j + 1] and j + 2 < held[a]:
                    j += 1
                while k < phis[a, j] and j > 0:
                    j -= 1
            rises = phis[a, j + 1] > phis[a, j]
            width = phis[a, j + 1] - phis[a, j]
            start = min(max((k - phis[a, j]) / width, 0.0), 1.0) if width != 0.0 else 0.5
            x[a] = _solve_piece(q, lam, a, n, xs[a, j], xs[a, j + 1], rises, k, start)
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
    return k - (np.log(z0) + top0) + (np.log(z1) + top1)


@njit(cache=True, error_model="numpy", nogil=True)
def scan(
    q: Any,
    lam: Any,
    status: Any,
    actions: int,
    n: int,
    found: Any,
    roots: Any,
    work: Any,
    force: bool,
) -> Any:
    """All roots for all priors of the grid's inner points; False where that would take too long.

    With `force` it goes on all the same, and leaves out combinations of branches above 27.

    `found` [point] counts them; `roots` [point, root, action + 1] holds the log-odds x_a and, last,
    k.
    """
    low0 = np.inf
    high0 = -np.inf
    low1 = np.inf
    high1 = -np.inf
    least = np.inf
    most = -np.inf
    all_both = True
    for a in range(actions):
        all_both = all_both and (status[a] == BOTH or status[a] == NEITHER)
        for c in range(n):
            if status[a] == BOTH:
                d = lam[1] * q[1, a, c] - lam[0] * q[0, a, c]
                least = min(least, d)
                most = max(most, d)
            if status[a] == BOTH or status[a] == ONLY_ZERO:
                low0 = min(low0, lam[0] * q[0, a, c])
                high0 = max(high0, lam[0] * q[0, a, c])
            if status[a] == BOTH or status[a] == ONLY_ONE:
                low1 = min(low1, lam[1] * q[1, a, c])
                high1 = max(high1, lam[1] * q[1, a, c])
    # By so much at most do log Z_0 and log Z_1 differ; then k, and the x_a with it.
    spread = max(abs(high0 - low1), abs(high1 - low0)) + np.log(actions)
    edge = np.log(n - 2.0) + spread + 1e-6
    low_k = -edge
    high_k = edge
    if all_both:  # then Z_0 / Z_1 lies between the least and the largest of their terms' ratios
        low_k = max(low_k, -np.log(n - 2.0) - most - 1e-6)
        high_k = min(high_k, np.log(n - 2.0) - least + 1e-6)
    near = 1e-10 * (1.0 + spread)
    far = edge + max(abs(high0 - low1), abs(high1 - low0)) + 5.0
    xs = np.empty((actions, 3 * n + 2))
    phis = np.empty((actions, 3 * n + 2))
    held = np.zeros(actions, np.int64)
    ks = np.empty(actions * (3 * n + 2) + 2)
    total = 0
    folds = False
    for a in range(actions):
        if status[a] == BOTH:
            held[a] = _breaks(q, lam, a, n, far, xs[a], phis[a])
            for j in range(held[a]):
                folds = folds or (j > 0 and phis[a, j] <= phis[a, j - 1])
                if low_k < phis[a, j] < high_k:
                    ks[total] = phis[a, j]
                    total += 1
    ks[total] = low_k
    ks[total + 1] = high_k
    total += 2
    cuts = np.sort(ks[:total])
    if not folds:
        # Every inverse is one smooth curve from end to end, and R changes no faster than they do.
        kept = 1
        for j in range(1, total):
            if cuts[j] - cuts[kept - 1] > _APART or j == total - 1:
                cuts[kept] = cuts[j]
                kept += 1
        total = kept
    pieces = np.zeros((actions, 3 * n + 2), np.int64)
    branches = np.ones(actions, np.int64)
    piece = np.zeros(actions, np.int64)
    x = np.zeros(actions)
    for gap in range(total - 1 if folds and not force else 0):
        middle = 0.5 * (cuts[gap] + cuts[gap + 1])
        combinations = 1
        for a in range(actions):
            crossed = 0
            for j in range(held[a] - 1):
                crossed += (phis[a, j] < middle) != (phis[a, j + 1] < middle)
            combinations *= max(1, crossed)
        if combinations > _MOST_COMBINATIONS:
            return False
    single = False
    r_last = 0.0
    for gap in range(total - 1):
        k0 = cuts[gap]
        k1 = cuts[gap + 1]
        if k1 - k0 < 1e-13:
            continue
        middle = 0.5 * (k0 + k1)
        combinations = 1
        for a in range(actions):
            if status[a] != BOTH:
                continue
            branches[a] = 0
            for j in range(held[a] - 1):
                if (phis[a, j] < middle) != (phis[a, j + 1] < middle):
                    pieces[a, branches[a]] = j
                    branches[a] += 1
            combinations *= max(1, branches[a])
        for combination in range(min(combinations, _MOST_COMBINATIONS)):
            rest = combination
            for a in range(actions):
                if status[a] == BOTH:
                    piece[a] = pieces[a, rest % branches[a]]
                    rest //= branches[a]
            left = k0
            if combinations == 1 and single:
                r_left = r_last  # the one branch goes on
            else:
                r_left = _rest(q, lam, status, actions, n, xs, phis, held, folds, piece, k0, x)
            for half in range(2 if k1 - k0 > 0.25 else 1):
                right = middle if half == 0 and k1 - k0 > 0.25 else k1
                r_right = _rest(q, lam, status, actions, n, xs, phis, held, folds, piece, right, x)
                for t in range(1, n - 1):
                    prior = np.log(t / (n - 1.0 - t))
                    if found[t] >= MOST_ROOTS:
                        continue
                    low = left
                    high = right
                    r_low = r_left - prior
                    r_high = r_right - prior
                    if abs(r_low) <= near or abs(r_high) <= near:
                        # On the border of a gap, where rounding decides on which side it is.
                        k = low if abs(r_low) <= near else high
                        _rest(q, lam, status, actions, n, xs, phis, held, folds, piece, k, x)
                        low = high
                    elif (r_low < 0) == (r_high < 0):
                        continue
                    elif not folds:
                        good, k = newton(q, lam, status, actions, n, prior, x, right, 1.0, work)
                        if good and left <= k <= right:
                            low = high
                    side = 0
                    for _ in range(200):  # regula falsi, with Illinois' halving
                        if high - low < 1e-14 * (1.0 + abs(high)):
                            break
                        k = (low * r_high - high * r_low) / (r_high - r_low)
                        if not low < k < high:
                            k = 0.5 * (low + high)
                        r = (
                            _rest(q, lam, status, actions, n, xs, phis, held, folds, piece, k, x)
                            - prior
                        )
                        if r == 0.0 or abs(r) < near * 1e-3:
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
                    at = found[t]
                    known = False
                    for other in range(at):
                        same = True
                        for a in range(actions):
                            if status[a] == BOTH and abs(roots[t, other, a] - x[a]) > 1e-7:
                                same = False
                        known = known or same
                    if known:
                        continue
                    for a in range(actions):
                        roots[t, at, a] = x[a]
                    roots[t, at, actions] = k
                    found[t] += 1
                left = right
                r_left = r_right
            r_last = r_left
        single = combinations == 1
    return True
