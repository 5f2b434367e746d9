"""What others come to believe of a mover: Bayes' rule and the policy it follows from, together.

A mover of hidden type θ chooses action a with probability

    σ(a | θ) = exp(λ Q_θ(a; m_a)) / Σ_b exp(λ Q_θ(b; m_b))

where m_a is what the others believe once they have seen a, which follows from σ by Bayes' rule:
a fixed point (McKelvey & Palfrey 1998; there may be several, as Crisman-Cox & Gibilisco 2018 show
of crisis games). Q_θ(a; ·) is linear between the points of the belief grid.

With two types it comes down to one unknown. Let m be the probability of type 1, L the log-odds of
the prior, and k = L + log Z_0 - log Z_1 with Z_θ = Σ_a exp(λ Q_θ(a; m_a)). Then the log-odds x_a
of m_a solve

    φ_a(x_a) = x_a - λ (Q_1(a; m_a) - Q_0(a; m_a)) = k        for each action by itself, and
    R(k) = k - log Z_0 + log Z_1 = L                          for all of them.

The functions φ_a and R do not depend on the prior, so one scan serves all of them. Between two
neighbouring values that φ_a takes at a grid point or turns round at, every branch of its inverse
is smooth: there R is evaluated on all combinations of branches, and each crossing of a prior's L
is refined. Where the Q depend on beliefs so little that φ_a and R can only rise, there is one root,
and Newton's method finds it. Where so many branches are folded at once that there are more than 27
combinations of them, it looks for roots from several starts instead.

Three and more types are solved in `simplex.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.solver.roots import (
    BOTH,
    NEITHER,
    ONLY_ONE,
    ONLY_ZERO,
    at,
    newton,
    scan,
    sigmoid,
)

_STARTS = (0.0, 1.0, -1.0, 2.0, -2.0, 4.0, -4.0, 8.0, -8.0)  # beside the prior's log-odds
_STEPS = 32  # from rationality 0 to its full size


@njit(cache=True, error_model="numpy", nogil=True)
def _on_branch(
    q: Any, lam: Any, status: Any, actions: int, n: int, prior: float, x: Any, work: Any
) -> Any:
    """Follows the one root at rationality 0 up; whether it got to the end, and k."""
    k = prior
    for a in range(actions):
        x[a] = prior
    for step in range(1, _STEPS + 1):
        good, k = newton(q, lam, status, actions, n, prior, x, k, step / _STEPS, work)
        if not good:
            return False, k
    return True, k


@njit(cache=True, error_model="numpy", nogil=True)
def _search(
    q: Any, lam: Any, status: Any, actions: int, n: int, prior: float, x: Any, roots: Any, work: Any
) -> int:
    """Roots found from several starts, one of them `x`; how many, written to `roots`."""
    found = 0
    for start in range(len(_STARTS) + 1):
        k = prior
        if start > 0:
            k += _STARTS[start - 1]
            for a in range(actions):
                x[a] = k
        good, k = newton(q, lam, status, actions, n, prior, x, k, 1.0, work, False)
        known = not good
        for other in range(found):
            known = known or abs(roots[other, actions] - k) < 1e-5
        if known:
            continue
        for a in range(actions):
            roots[found, a] = x[a]
        roots[found, actions] = k
        found += 1
    return found


@njit(cache=True, error_model="numpy", nogil=True)
def _after(status: int, m: float) -> float:
    """What is believed after an action: `m`, unless only one of the types may take it."""
    if status == ONLY_ONE:
        return 1.0
    return 0.0 if status == ONLY_ZERO else m


@njit(cache=True, error_model="numpy", nogil=True)
def _damped(
    q: Any, lam: Any, status: Any, may: Any, actions: int, n: int, prior: float, x: Any
) -> None:
    """Moves log-odds `x` [action] ever less towards those that Bayes' rule gives."""
    m = np.empty(actions)
    chosen = np.empty((2, actions))
    for a in range(actions):
        x[a] = prior
    for sweep in range(400):
        moved = 0.0
        for a in range(actions):
            m[a] = _after(status[a], sigmoid(x[a]))
        for kind in range(2):
            _choose(q, lam, kind, may, actions, n, m, chosen[kind])
        for a in range(actions):
            if status[a] == BOTH and chosen[0, a] > 0.0 and chosen[1, a] > 0.0:
                new = prior + np.log(chosen[1, a]) - np.log(chosen[0, a])
                step = (new - x[a]) / (2.0 + sweep / 20.0)
                x[a] += step
                moved = max(moved, abs(step))
        if moved < 1e-9:
            break


@njit(cache=True, error_model="numpy", nogil=True)
def _choose(q: Any, lam: Any, kind: int, may: Any, actions: int, n: int, m: Any, out: Any) -> None:
    """The policy of a type, [action], where what is believed after each action is known."""
    top = -np.inf
    for a in range(actions):
        if may[kind, a]:
            top = max(top, lam[kind] * at(q, kind, a, m[a], n))
    total = 0.0
    for a in range(actions):
        out[a] = np.exp(lam[kind] * at(q, kind, a, m[a], n) - top) if may[kind, a] else 0.0
        total += out[a]
    for a in range(actions):
        out[a] /= total


@njit(cache=True, error_model="numpy", nogil=True)
def _rises(q: Any, lam: Any, status: Any, actions: int, n: int) -> Any:
    """Whether all φ_a and R can only rise, so that there is one equilibrium whatever the prior.

    Let S bound how fast λ (Q_1 - Q_0) changes with m. If S < 4 all φ_a rise, and dm_a/dk is at
    most 1 / (4 - S). The slope of R then differs from 1 by at most S / (4 - S), and what the two
    policies' distance, below tanh(Δ / 4) where Δ is the range of λ (Q_1 - Q_0), makes of the slopes
    of one type's λ Q.
    """
    apart = 0.0
    low = np.inf
    high = -np.inf
    fall0 = 0.0
    rise0 = 0.0
    fall1 = 0.0
    rise1 = 0.0
    for a in range(actions):
        if status[a] != BOTH:
            if status[a] != NEITHER:
                low = -np.inf
            continue
        for c in range(n):
            d = lam[1] * q[1, a, c] - lam[0] * q[0, a, c]
            low = min(low, d)
            high = max(high, d)
            if c == n - 1:
                continue
            d0 = lam[0] * (q[0, a, c + 1] - q[0, a, c]) * (n - 1)
            d1 = lam[1] * (q[1, a, c + 1] - q[1, a, c]) * (n - 1)
            apart = max(apart, abs(d1 - d0))
            fall0 = min(fall0, d0)
            rise0 = max(rise0, d0)
            fall1 = min(fall1, d1)
            rise1 = max(rise1, d1)
    if apart >= 4.0:
        return False
    distance = np.tanh(0.25 * (high - low))
    steep = min(rise0 - fall0, rise1 - fall1)
    return (apart + distance * steep) / (4.0 - apart) < 0.98


@njit(cache=True, error_model="numpy", nogil=True)
def two_types(
    q: Any, may: Any, lam: Any, kinds: int, actions: int, n: int, elsewhere: bool,
    policy: Any, belief: Any, tally: Any,
) -> None:  # fmt: skip
    """The equilibria of one move of an actor with two types, at every point of the grid.

    `q` [kind, action, point] is worth an action to a type if the others then believe what the
    point says: point t of n stands for the probability t / (n - 1) of kind 1. `may` [kind, action];
    `lam` [kind]. Kinds from 2 on are of no account to what others believe, and only choose.
    Writes `policy` [kind, action, point] and `belief` [action, point], the posterior of kind 1;
    adds to `tally` [2] the points whose branch was lost, and those with several equilibria. With
    `elsewhere` the equilibrium farthest from the branch is taken.
    """
    status = np.empty(actions, np.int64)
    for a in range(actions):
        status[a] = (
            (BOTH if may[1, a] else ONLY_ZERO)
            if may[0, a]
            else (ONLY_ONE if may[1, a] else NEITHER)
        )
    certain = _rises(q, lam, status, actions, n)
    x = np.zeros(actions)
    m = np.zeros(actions)
    chosen = np.empty(actions)
    found = np.zeros(n, np.int64)
    roots = np.empty((1, 1, 1))
    scanned = False
    whole = True
    forced = False
    follows = False
    work = np.zeros((7, actions))
    k = 0.0
    before = 0.0
    for t in range(n):
        if t == 0 or t == n - 1 or actions == 1:
            for a in range(actions):
                m[a] = _after(status[a], t / (n - 1.0))  # nothing is learnt
        else:
            prior = np.log(t / (n - 1.0 - t))
            good = False
            if certain:
                if follows:
                    shift = (prior - before) * work[6, 0]
                    for a in range(actions):
                        x[a] += shift * work[3, a]
                    k += shift
                else:
                    for a in range(actions):
                        x[a] = prior
                    k = prior
                good, k = newton(q, lam, status, actions, n, prior, x, k, 1.0, work)
                follows = good
            if not good:
                if not scanned:
                    roots = np.empty((n, len(_STARTS) + 1, actions + 1))
                    whole = scan(q, lam, status, actions, n, found, roots, work, False)
                    scanned = True
                if not whole:
                    found[t] = _search(q, lam, status, actions, n, prior, x, roots[t], work)
                if found[t] == 0 and not forced:
                    forced = True
                    found[t:] = 0
                    whole = True
                    scan(q, lam, status, actions, n, found, roots, work, True)
                pick = 0
                if found[t] != 1:
                    good, k = _on_branch(q, lam, status, actions, n, prior, x, work)
                    if not good:
                        tally[0] += 1
                    if not good and found[t] == 0:
                        _damped(q, lam, status, may, actions, n, prior, x)
                    if found[t] > 1:
                        tally[1] += 1
                    nearest = np.inf
                    farthest = -1.0
                    for r in range(found[t]):
                        away = abs(roots[t, r, actions] - k)
                        if not elsewhere and away < nearest:
                            nearest = away
                            pick = r
                        if elsewhere and away > farthest:
                            farthest = away
                            pick = r
                if found[t] > 0:
                    for a in range(actions):
                        x[a] = roots[t, pick, a]
                    k = roots[t, pick, actions]
            before = prior
            for a in range(actions):
                m[a] = _after(status[a], sigmoid(x[a]))
        for a in range(actions):
            belief[a, t] = m[a]
        for kind in range(kinds):
            _choose(q, lam, kind, may, actions, n, m, chosen)
            for a in range(actions):
                policy[kind, a, t] = chosen[a]
