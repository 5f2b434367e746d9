"""One stage game: logit equilibria of actors who choose at once, and the branch they lie on.

In a stage game member i has payoffs g_i over joint actions, here in logits: times its rationality.
A logit equilibrium at t is a solution x of

    x_i(a) = t Σ_b g_i(a, b) Π_{j≠i} π_j(b_j),    π_i = exp(x_i) / Σ exp(x_i)

(McKelvey & Palfrey 1995). At t = 0 there is one, all actions equally likely; the branch that
starts there, followed without a jump, is the principal branch, and where it first comes to t = 1 is
the equilibrium that is meant throughout (Turocy 2005). `follow` traces it through its folds by
pseudo-arclength continuation (Allgower & Georg 1990).

Vectors over actions are flat, those of member i from `begin[i]` on; `g` is [member, joint action],
the last member's action changing fastest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_STEPS = 4000
_LEAST_STEP = 1e-9
_THROUGH = 1e-3  # a step so short that passes another branch does not leap, but crosses it
_SHORT = 0.05  # logits by which the end may differ from the point between
_REACH = 2.0  # no logit on a branch is larger than the largest payoff; Newton's may run away
_SWING = 0.1  # probability by which a policy may change in one step
_STRAIGHT = 0.95  # cosine of the angle by which the branch may turn in one step
_PURE_STARTS, _MIXED_STARTS = 36, 6
_REPLIES, _POLISH = 3, 15
_SAME_BASIN, _SAME_ROOT = 1e-3, 1e-6  # distances in probability


@njit(cache=True, error_model="numpy", nogil=True)
def begins(counts: Any) -> Any:
    """Where each member's actions begin, [member + 1]."""
    begin = np.zeros(len(counts) + 1, np.int64)
    for i in range(len(counts)):
        begin[i + 1] = begin[i] + counts[i]
    return begin


@njit(cache=True, error_model="numpy", nogil=True)
def respond(x: Any, begin: Any, policy: Any) -> None:
    """The policy with these logits, member by member."""
    for i in range(len(begin) - 1):
        best = x[begin[i]]
        for a in range(begin[i], begin[i + 1]):
            best = max(best, x[a])
        total = 0.0
        for a in range(begin[i], begin[i + 1]):
            policy[a] = np.exp(x[a] - best)
            total += policy[a]
        for a in range(begin[i], begin[i + 1]):
            policy[a] /= total


@njit(cache=True, error_model="numpy", nogil=True)
def interactions(g: Any, counts: Any, begin: Any, policy: Any, m: Any) -> None:
    """m[a, b]: what a is worth to its member where the member of b plays b, the rest by policy."""
    members = len(counts)
    m[:] = 0.0
    at = begin[:-1].copy()
    for o in range(g.shape[1]):
        for i in range(members):
            for j in range(members):
                if i != j:
                    w = 1.0
                    for k in range(members):
                        if k not in (i, j):
                            w *= policy[at[k]]
                    m[at[i], at[j]] += g[i, o] * w
        for i in range(members - 1, -1, -1):
            at[i] += 1
            if at[i] < begin[i + 1]:
                break
            at[i] = begin[i]


@njit(cache=True, error_model="numpy", nogil=True)
def expect(m: Any, begin: Any, policy: Any, worth: Any) -> None:
    """What each action is worth to its member, `worth` [action], from `interactions`."""
    members = len(begin) - 1
    for i in range(members):
        j = (i + 1) % members
        for a in range(begin[i], begin[i + 1]):
            worth[a] = 0.0
            for b in range(begin[j], begin[j + 1]):
                worth[a] += m[a, b] * policy[b]


@njit(cache=True, error_model="numpy", nogil=True)
def linearise(
    g: Any,
    counts: Any,
    begin: Any,
    x: Any,
    t: float,
    policy: Any,
    m: Any,
    worth: Any,
    jacobian: Any,
) -> None:
    """Expected payoffs `worth` [action] at x, and the derivative of x - t·worth by x."""
    respond(x, begin, policy)
    interactions(g, counts, begin, policy, m)
    expect(m, begin, policy, worth)
    n = len(x)
    for i in range(len(counts)):
        for a in range(begin[i], begin[i + 1]):
            for b in range(n):
                if begin[i] <= b < begin[i + 1]:
                    jacobian[a, b] = 1.0 if a == b else 0.0
                else:
                    jacobian[a, b] = -t * policy[b] * (m[a, b] - worth[a])


@njit(cache=True, error_model="numpy", nogil=True)
def eliminate(a: Any, b: Any) -> int:
    """Solves a·y = b in place, y into b, with partial pivoting; the sign of a's determinant."""
    n, sign = len(b), 1
    for p in range(n):
        best = p
        for r in range(p + 1, n):
            if abs(a[r, p]) > abs(a[best, p]):
                best = r
        if not abs(a[best, p]) > 0.0:
            return 0
        if a[best, p] < 0.0:
            sign = -sign
        if best != p:
            sign = -sign
            for c in range(n):
                a[p, c], a[best, c] = a[best, c], a[p, c]
            b[p], b[best] = b[best], b[p]
        for r in range(p + 1, n):
            factor = a[r, p] / a[p, p]
            if factor != 0.0:
                for c in range(p, n):
                    a[r, c] -= factor * a[p, c]
                b[r] -= factor * b[p]
    for p in range(n - 1, -1, -1):
        for c in range(p + 1, n):
            b[p] -= a[p, c] * b[c]
        b[p] /= a[p, p]
    return sign


@njit(cache=True, error_model="numpy", nogil=True)
def polish(g: Any, counts: Any, x: Any, steps: int) -> tuple[bool, float]:
    """Newton's method at t = 1, in place; whether it converged, and how far it went."""
    begin, n = begins(counts), len(x)
    policy, worth, m = np.empty(n), np.empty(n), np.empty((n, n))
    jacobian, step = np.empty((n, n)), np.empty(n)
    came_from = x.copy()
    for _ in range(steps):
        linearise(g, counts, begin, x, 1.0, policy, m, worth, jacobian)
        step[:] = worth - x
        if not eliminate(jacobian, step):
            return False, np.inf
        x += step
        if not np.isfinite(x).all():
            return False, np.inf
        if np.abs(step).max() <= 1e-10 * (1.0 + np.abs(x).max()):
            near = np.abs(x).max() <= _REACH * (1.0 + np.abs(g).max())
            return near, np.abs(x - came_from).max()
    return False, np.inf


@njit(cache=True, error_model="numpy", nogil=True)
def follow(g: Any, counts: Any, x: Any, t: float) -> bool:
    """Follows the branch from (x, t), which lies on it, to t = 1; x in place.

    False: lost, and x is the last point that was found on it.
    """
    begin, n = begins(counts), len(x)
    policy, worth, m = np.empty(n), np.empty(n), np.empty((n, n))
    jacobian, bordered, rhs = np.empty((n, n)), np.empty((n + 1, n + 1)), np.empty(n + 1)
    scale = 1.0 + np.abs(g).max()  # one unit of arc is a logit, also along t
    here, tangent, ahead = np.empty(n + 1), np.zeros(n + 1), np.empty(n + 1)
    here[:n], here[n] = x, t * scale
    tangent[n] = 1.0
    new_tangent = np.empty(n + 1)

    linearise(g, counts, begin, x, t, policy, m, worth, jacobian)
    side = _turn(jacobian, worth, scale, tangent, bordered, rhs)
    if not side:
        return False
    tangent[:] = rhs
    step, new_side, played = 0.1, 0, policy.copy()
    for _ in range(_STEPS):
        ahead[:] = here + step * tangent
        converged = False
        for _ in range(6):
            linearise(g, counts, begin, ahead[:n], ahead[n] / scale, policy, m, worth, jacobian)
            _border(jacobian, worth, scale, tangent, bordered)
            rhs[:n] = worth * (ahead[n] / scale) - ahead[:n]
            rhs[n] = step - (tangent * (ahead - here)).sum()
            if not eliminate(bordered, rhs):
                break
            ahead += rhs
            if not np.isfinite(ahead).all():
                break
            if np.abs(rhs).max() <= 1e-10 * (1.0 + np.abs(ahead).max()):
                converged = np.abs(ahead).max() <= _REACH * scale
                break
        if converged:
            linearise(g, counts, begin, ahead[:n], ahead[n] / scale, policy, m, worth, jacobian)
            new_side = _turn(jacobian, worth, scale, tangent, bordered, rhs)
            # The sign changes where another branch is crossed, which in a game without symmetries
            # none is: there the step has leapt from one to the other.
            converged = new_side != 0 and (new_side == side or step <= _THROUGH)
            # At t = 0 there is but the start: whoever comes there again has leapt.
            converged = converged and ahead[n] > 0.0 and np.abs(policy - played).max() <= _SWING
        if converged:
            new_tangent[:] = rhs
            converged = (new_tangent * tangent).sum() >= _STRAIGHT
        if converged and ahead[n] >= scale:
            # The branch has come to t = 1 in this step: take the point between.
            share = (scale - here[n]) / (ahead[n] - here[n])
            x[:] = here[:n] + share * (ahead[:n] - here[:n])
            found, way = polish(g, counts, x, 20)
            if found and way <= min(step, _SHORT):
                return True
            converged = False
        if converged:
            here[:], tangent[:], side, played[:] = ahead, new_tangent, new_side, policy
            step *= 1.5
        else:
            step *= 0.5
            if step < _LEAST_STEP:
                break
    x[:] = here[:n]
    return False


@njit(cache=True, error_model="numpy", nogil=True)
def find_roots(g: Any, counts: Any, principal: Any, roots: Any) -> int:
    """Logit equilibria at t = 1, into `roots` [root, action] as logits; how many were found.

    The first is the one that is known. Others are looked for from where all play pure, from the
    middle and from points between, by a few replies and then Newton's method: what is found is an
    equilibrium, but some may be missed.
    """
    begin, n, members = begins(counts), len(principal), len(counts)
    joint = g.shape[1]
    policy, x, here, m = np.empty(n), np.empty(n), np.empty(n), np.empty((n, n))
    known = np.empty((len(roots), n))
    roots[0] = principal
    respond(principal, begin, known[0])
    found = 1
    pure = min(joint, _PURE_STARTS)
    for start in range(pure + 1 + _MIXED_STARTS):
        if start < pure:
            policy[:] = 0.0
            o = start * joint // pure
            for i in range(members - 1, -1, -1):
                policy[begin[i] + o % counts[i]] = 1.0
                o //= counts[i]
        else:
            # The middle, then points between: a sequence that fills space, the same every time.
            for i in range(members):
                total = 0.0
                for a in range(begin[i], begin[i + 1]):
                    share = ((start - pure) * (0.6180339887498949 + 0.4142135623730951 * a)) % 1.0
                    policy[a] = 1.0 if start == pure else 0.02 + share * share
                    total += policy[a]
                for a in range(begin[i], begin[i + 1]):
                    policy[a] /= total
        for _ in range(_REPLIES if start < pure else 1):
            interactions(g, counts, begin, policy, m)
            expect(m, begin, policy, x)
            respond(x, begin, policy)
        near = False
        for k in range(found):
            near = near or np.abs(policy - known[k]).max() < _SAME_BASIN
        if near or not polish(g, counts, x, _POLISH)[0]:
            continue
        respond(x, begin, here)
        near = False
        for k in range(found):
            near = near or np.abs(here - known[k]).max() < _SAME_ROOT
        if not near and found < len(roots):
            roots[found], known[found] = x, here
            found += 1
    return found


@njit(cache=True, error_model="numpy", nogil=True)
def farthest(roots: Any, found: int, counts: Any) -> int:
    """Which of the roots differs most, in some action's probability, from the first."""
    begin, n = begins(counts), roots.shape[1]
    first, here = np.empty(n), np.empty(n)
    respond(roots[0], begin, first)
    best, way = 0, 0.0
    for k in range(1, found):
        respond(roots[k], begin, here)
        far = np.abs(here - first).max()
        if far > way:
            best, way = k, far
    return best


@njit(cache=True, error_model="numpy", nogil=True)
def _border(jacobian: Any, worth: Any, scale: float, tangent: Any, bordered: Any) -> None:
    """The derivative by x and by t·scale, with the tangent as its last row."""
    n = len(worth)
    for a in range(n):
        for b in range(n):
            bordered[a, b] = jacobian[a, b]
        bordered[a, n] = -worth[a] / scale
    bordered[n, :] = tangent


@njit(cache=True, error_model="numpy", nogil=True)
def _turn(
    jacobian: Any, worth: Any, scale: float, tangent: Any, bordered: Any, direction: Any
) -> int:
    """The branch's direction, of length 1, on the side of `tangent`; the sign of the determinant.

    The sign is 0 where there is no one direction.
    """
    _border(jacobian, worth, scale, tangent, bordered)
    direction[:] = 0.0
    direction[-1] = 1.0
    side = eliminate(bordered, direction)
    if side:
        direction /= np.sqrt((direction * direction).sum())
    return side


@njit(cache=True, error_model="numpy", nogil=True)
def interaction_span(g: Any, counts: Any) -> float:
    """κ, from payoffs in logits: below 1 there is one logit equilibrium.

    κ = ¼ max_i Σ_{j≠i} D_ij, where D_ij is the most by which what i gains by one action over
    another depends on what j does.
    """
    members = len(counts)
    strides = np.ones(members, np.int64)
    for i in range(members - 2, -1, -1):
        strides[i] = strides[i + 1] * counts[i + 1]
    most = 0.0
    for i in range(members):
        total = 0.0
        for j in range(members):
            if j == i:
                continue
            span = 0.0
            for o in range(g.shape[1]):
                if (o // strides[i]) % counts[i] or (o // strides[j]) % counts[j]:
                    continue
                for a in range(counts[i]):
                    for c in range(a):
                        low, high = np.inf, -np.inf
                        for b in range(counts[j]):
                            at = o + b * strides[j]
                            gain = g[i, at + a * strides[i]] - g[i, at + c * strides[i]]
                            low, high = min(low, gain), max(high, gain)
                        span = max(span, high - low)
            total += span
        most = max(most, total)
    return most / 4.0
