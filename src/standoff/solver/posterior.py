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
is refined (`roots.py`). Where the Q depend on beliefs so little that φ_a and R can only rise, there
is one root, and Newton's method finds it (`certain.py`). Where so many branches are folded at once
that there are more than 27 combinations of them, roots are looked for from several starts instead.

Three and more types are solved in `simplex.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.game import GROUP
from standoff.solver.lanes import any_above_zero, choose, load, scratch, splat, store
from standoff.solver.newton import (
    BOTH,
    NEITHER,
    ONLY_ONE,
    ONLY_ZERO,
    at,
    newton_lanes,
    sigmoid,
)
from standoff.solver.refine import MOST_ROOTS, shifted, tables, write
from standoff.solver.roots import scan

_STARTS = (0.0, 1.0, -1.0, 2.0, -2.0, 4.0, -4.0, 8.0, -8.0)  # beside the prior's log-odds
_STEPS = 32  # from rationality 0 to its full size

_NOTHING = 40.0  # nobody who can have so much more, times rationality, ever does it

NEAREST, FARTHEST, BRANCH = 0, 1, 2
"""Which equilibrium is taken: of all, that nearest to the branch from rationality 0, or farthest;
or that at the end of the branch, others being looked for only where it is lost."""


@njit(cache=True, error_model="numpy", nogil=True)
def _levels(ts: Any, count: int, n: int, level: Any, going: Any) -> None:
    """The log-odds of priors `ts`, [lane]; 1 to `going` where there is one."""
    for lane in range(GROUP):
        t = ts[min(lane, count - 1)]
        level[lane] = np.log(t / (n - 1.0 - t))
        going[lane] = 1.0 if lane < count else 0.0


@njit(cache=True, error_model="numpy", nogil=True)
def _follow(
    room: Any, status: Any, actions: int, n: int, ts: Any, count: int, work: Any,
    power: float, lost: Any, k_end: Any, x_end: Any,
) -> None:  # fmt: skip
    """Follows the one root at rationality 0 up, for up to sixteen priors `ts` at once.

    Steps are equal in the root of rationality of degree `power`.
    Writes for each prior whether the branch was `lost`, and k and the log-odds [point, action] at
    its end, or where it was lost; k as `tables` has it.
    """
    level = scratch(1, room.dtype)
    going = scratch(1, room.dtype)
    ks = scratch(1, room.dtype)
    part = scratch(2 * actions * n, room.dtype)
    _levels(ts, count, n, level, going)
    for a in range(actions):
        store(work, a * GROUP, load(level, 0))
        store(work, (actions + a) * GROUP, splat(0.0))
    k = load(level, 0)
    for step in range(1, _STEPS + 1):
        share = splat((step / _STEPS) ** power)
        for job in range(2 * actions * n):
            store(part, job * GROUP, share * load(room, job * GROUP))
        on = load(going, 0)
        k, rises, astray = newton_lanes(part, status, actions, n, work, k, load(level, 0), on)
        on = on - astray
        on = choose(rises, on, splat(0.0))
        for a in range(actions):
            if status[a] == BOTH:
                on = choose(load(work, (actions + a) * GROUP), on, splat(0.0))
        store(going, 0, on)
        if not any_above_zero(on):
            break
    store(ks, 0, k)
    for lane in range(count):
        t = ts[lane]
        lost[t] = not going[lane] > 0.0
        k_end[t] = ks[lane]
        for a in range(actions):
            x_end[t, a] = work[a * GROUP + lane]


@njit(cache=True, error_model="numpy", nogil=True)
def _search(
    room: Any, shift: float, status: Any, actions: int, n: int, work: Any, found: Any, roots: Any
) -> None:
    """Roots found from several starts, for all inner points; see `scan`."""
    level = scratch(1, room.dtype)
    going = scratch(1, room.dtype)
    ks = scratch(1, room.dtype)
    ts = np.empty(GROUP, np.int64)
    x = np.empty(actions)
    for first in range(1, n - 1, GROUP):
        count = min(GROUP, n - 1 - first)
        for lane in range(count):
            ts[lane] = first + lane
        for start in _STARTS:
            _levels(ts, count, n, level, going)
            k = load(level, 0) + splat(start)
            for a in range(actions):
                store(work, a * GROUP, k)
                store(work, (actions + a) * GROUP, splat(0.0))
            k, _, astray = newton_lanes(
                room, status, actions, n, work, k, load(level, 0), load(going, 0)
            )
            store(ks, 0, k)
            store(going, 0, astray)
            for lane in range(count):
                good = not going[lane] > 0.0 and np.isfinite(ks[lane])
                for a in range(actions):
                    x[a] = work[a * GROUP + lane]
                    good = good and np.isfinite(x[a])
                if good:
                    write(status, actions, ts[lane], ks[lane] - shift, x, found, roots)


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
def which(may: Any, actions: int) -> Any:
    """Which of the two types may take each action, [action]."""
    status = np.empty(actions, np.int64)
    for a in range(actions):
        status[a] = (
            (BOTH if may[1, a] else ONLY_ZERO)
            if may[0, a]
            else (ONLY_ONE if may[1, a] else NEITHER)
        )
    return status


@njit(cache=True, error_model="numpy", nogil=True)
def _done(q: Any, lam: Any, status: Any, actions: int) -> Any:
    """`status` less what a type never does, whatever is believed: its odds are below e^-40."""
    least = np.full(2, -np.inf)
    most = np.full((2, actions), -np.inf)
    for a in range(actions):
        for kind in range(2):
            if status[a] == BOTH or status[a] == (ONLY_ONE if kind else ONLY_ZERO):
                most[kind, a] = lam[kind] * q[kind, a].max()
                least[kind] = max(least[kind], lam[kind] * q[kind, a].min())
    return which(most > least[:, None] - _NOTHING, actions)


@njit(cache=True, error_model="numpy", nogil=True)
def two_types(
    q: Any, may: Any, lam: Any, actions: int, n: int, taken: int, remembered: bool, belief: Any,
    tally: Any,
) -> None:  # fmt: skip
    """What is believed after the actions of an actor with two types, at every point of the grid.

    `q` [kind, action, point] is worth an action to a type if the others then believe what the
    point says: point t of n stands for the probability t / (n - 1) of kind 1. `may` [kind, action];
    `lam` [kind]. Writes `belief` [action, point], the posterior of kind 1; adds to `tally` [2] the
    points whose branch was lost, and those where several equilibria were found. `taken`: `NEAREST`,
    `FARTHEST` or `BRANCH`. `remembered`: whether beliefs after what is never done matter as well.
    """
    status = which(may, actions)
    done = status
    if taken == BRANCH and not remembered:
        done = _done(q, lam, status, actions)
    found = np.zeros(n, np.int64)
    roots = np.empty((n, MOST_ROOTS, actions + 1))
    lost = np.zeros(n, np.bool_)
    k_end = np.zeros(n)
    x_end = np.zeros((n, actions))
    telling = 0
    for a in range(actions):
        telling += done[a] != NEITHER
    if telling > 1:
        room = tables(q, lam, actions, n)
        work = scratch(7 * actions, room.dtype)
        shift = shifted(q, lam, n)
        if not scan(q, lam, done, actions, n, room, found, roots, False):
            found[:] = 0
            if taken != BRANCH:
                _search(room, shift, status, actions, n, work, found, roots)
                if (found[1 : n - 1] == 0).any():
                    scan(q, lam, status, actions, n, room, found, roots, True)
        power = 4.0 if taken == BRANCH else 1.0
        ts = np.empty(GROUP, np.int64)
        count = 0
        for t in range(1, n - 1):
            if found[t] != 1:
                ts[count] = t
                count += 1
            if count > 0 and (count == GROUP or t == n - 2):
                _follow(room, status, actions, n, ts, count, work, power, lost, k_end, x_end)
                for lane in range(count):
                    k_end[ts[lane]] -= shift
                count = 0
        if taken == BRANCH and (lost & (found == 0)).any():
            scanned = found.copy()
            _search(room, shift, status, actions, n, work, found, roots)
            for t in range(n):
                if scanned[t] > 0:
                    found[t] = scanned[t]
    else:  # whatever is believed, all do the same: nothing is told
        found[:] = 1
        done = np.full(actions, NEITHER)
    for t in range(n):
        inside = 0 < t < n - 1
        by_root = inside and found[t] > 0 and (taken != BRANCH or lost[t] or found[t] == 1)
        if inside:
            tally[0] += lost[t]
            tally[1] += found[t] > 1
            if lost[t] and found[t] == 0:
                _damped(q, lam, status, may, actions, n, np.log(t / (n - 1.0 - t)), x_end[t])
        nearest = np.inf
        for r in range(found[t] if by_root and telling > 1 else 0):
            away = abs(roots[t, r, actions] - k_end[t])
            if found[t] > 1 and taken == FARTHEST:
                away = -away
            if away < nearest:
                nearest = away
                x_end[t] = roots[t, r, :actions]
        for a in range(actions):
            m = t / (n - 1.0)
            told = done[a] if by_root else status[a]
            if inside and told != NEITHER:
                m = sigmoid(x_end[t, a])
            belief[a, t] = _after(status[a] if told == NEITHER else told, m)
