"""What others come to believe of a mover of many types, or whom they take at its word.

The fixed point of `posterior.py`, where it does not come down to one unknown: with three and more
types, or where reports are taken at face value. Beliefs and policies are iterated, ever more
cautiously, following the rationality up from 0, and once more from beliefs that are sure of one
type after each action; whatever else is found is counted, but there may be more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_SWEEPS = 400
_DIFFER = 1e-6


@njit(cache=True, error_model="numpy", nogil=True)
def vertices(belief: Any, weighed: int, side: int, index: Any, at: Any, weight: Any) -> None:
    """The grid points around a belief [kind], and their weights: linear interpolation.

    The grid has `side` points a side. In the coordinates N Σ_{j ≥ k} m_j it is cut into simplices
    of equal shape (Freudenthal 1942, Kuhn 1960). `index` maps coordinates, in the mixed radix of
    `side`, to points.
    """
    places = weighed - 1
    whole = np.empty(places, np.int64)
    part = np.empty(places)
    order = np.empty(places, np.int64)
    tail = 0.0
    for k in range(weighed - 1, 0, -1):
        tail += belief[k]
        y = min(max(tail, 0.0), 1.0) * (side - 1)
        if abs(y - np.round(y)) < 1e-12:
            y = np.round(y)
        whole[k - 1] = min(int(y), side - 1)
        part[k - 1] = y - whole[k - 1]
    for k in range(places):
        order[k] = k
    for k in range(1, places):  # by falling remainder, the earlier first where they are equal
        moved = order[k]
        j = k - 1
        while j >= 0 and part[order[j]] < part[moved]:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = moved
    code = 0
    for k in range(places):
        code = code * side + whole[k]
    at[0] = index[code]
    weight[0] = 1.0 - part[order[0]] if places else 1.0
    for v in range(places):
        moved = order[v]
        whole[moved] += 1
        share = part[moved] - (part[order[v + 1]] if v + 1 < places else 0.0)
        weight[v + 1] = share
        if share <= 0.0:
            weight[v + 1] = 0.0
            at[v + 1] = at[0]
            continue
        code = 0
        for k in range(places):
            code = code * side + whole[k]
        at[v + 1] = index[code]


@njit(cache=True, error_model="numpy", nogil=True)
def _settle(
    q: Any, may: Any, lam: Any, kinds: int, actions: int, weighed: int, side: int, index: Any,
    prior: Any, face: Any, cursed: float, scale: float, belief: Any, policy: Any, at: Any,
    weight: Any,
) -> bool:  # fmt: skip
    """Iterates beliefs [action, kind] and policies [kind, action] in place until they agree."""
    worth = np.empty((kinds, actions))
    damping = 1.0
    last = np.inf
    for sweep in range(_SWEEPS):
        for a in range(actions):
            vertices(belief[a], weighed, side, index, at, weight)
            for kind in range(kinds):
                worth[kind, a] = 0.0
                for v in range(weighed):
                    worth[kind, a] += weight[v] * q[kind, a, at[v]]
        for kind in range(kinds):
            top = -np.inf
            for a in range(actions):
                if may[kind, a]:
                    top = max(top, scale * lam[kind] * worth[kind, a])
            total = 0.0
            for a in range(actions):
                policy[kind, a] = (
                    np.exp(scale * lam[kind] * worth[kind, a] - top) if may[kind, a] else 0.0
                )
                total += policy[kind, a]
            for a in range(actions):
                policy[kind, a] /= total
        change = 0.0
        for a in range(actions):
            total = 0.0
            for kind in range(weighed):
                seen = (
                    (1.0 - cursed) * policy[kind, a] + cursed * face[kind, a]
                    if face[kind, 0] >= 0.0
                    else policy[kind, a]
                )
                worth[kind, a] = prior[kind] * seen
                total += worth[kind, a]
            if total <= 0.0:  # nobody who is thought possible does it
                continue
            for kind in range(weighed):
                new = worth[kind, a] / total
                change = max(change, abs(new - belief[a, kind]))
                belief[a, kind] += damping * (new - belief[a, kind])
        if change < 1e-13:
            return True
        if sweep > 8 and change > 0.9 * last and damping > 0.02:
            damping *= 0.7
        last = change
    return last < 1e-8


@njit(cache=True, error_model="numpy", nogil=True)
def many_types(
    q: Any, may: Any, lam: Any, kinds: int, actions: int, weighed: int, side: int, index: Any,
    points: Any, face: Any, cursed: float, elsewhere: bool, policy: Any, belief: Any, tally: Any,
) -> None:  # fmt: skip
    """As `two_types`, for any number of types, by iteration from several starts.

    `q` [kind, action, point]; `points` [point, kind] are the beliefs of the grid; `face` [kind,
    action] is what each type would do if it said what it is, with -1 in its first place where it
    has nothing to say; `cursed` is how far others take that at face value. Writes `policy` [kind,
    action, point] and `belief` [action, point, kind], what others believe afterwards.
    """
    now = np.empty((actions, weighed))
    kept = np.empty((actions, weighed))
    chosen = np.empty((kinds, actions))
    at = np.empty(weighed, np.int64)
    weight = np.empty(weighed)
    for point in range(len(points)):
        prior = points[point]
        for a in range(actions):
            for kind in range(weighed):
                kept[a, kind] = prior[kind]
        good = True
        for step in range(1, 5):
            good = _settle(
                q, may, lam, kinds, actions, weighed, side, index, prior, face, cursed, step / 4,
                kept, chosen, at, weight,
            )  # fmt: skip
        if not good:
            tally[0] += 1
        several = False
        farthest = _DIFFER
        other = kept.copy()
        # Other starts: after each action, others are sure of one type.
        for start in range(weighed * (actions > 1)):
            for a in range(actions):
                for kind in range(weighed):
                    now[a, kind] = 0.0
                now[a, (start + a) % weighed] = 1.0
            if not _settle(
                q, may, lam, kinds, actions, weighed, side, index, prior, face, cursed, 1.0,
                now, chosen, at, weight,
            ):  # fmt: skip
                continue
            if not good:  # what was not settled is no equilibrium; this is
                kept[:] = now
                other[:] = now
                good = True
                continue
            away = 0.0
            for a in range(actions):
                total = 0.0
                for kind in range(weighed):
                    seen = chosen[kind, a]
                    if face[kind, 0] >= 0.0:
                        seen += cursed * (face[kind, a] - seen)
                    total += prior[kind] * seen
                if total <= 0.0:  # what nobody expects may be followed by any belief
                    continue
                for kind in range(weighed):
                    away = max(away, abs(now[a, kind] - kept[a, kind]))
            if away > _DIFFER:
                several = True
            if away > farthest:
                farthest = away
                other[:] = now
        if several:
            tally[1] += 1
        if elsewhere and several:
            kept[:] = other
        _settle(
            q, may, lam, kinds, actions, weighed, side, index, prior, face, cursed, 1.0,
            kept, chosen, at, weight,
        )  # fmt: skip
        for a in range(actions):
            for kind in range(weighed):
                belief[a, point, kind] = kept[a, kind]
            for kind in range(kinds):
                policy[kind, a, point] = chosen[kind, a]


@njit(cache=True, error_model="numpy", nogil=True)
def answer(
    q: Any, lam: Any, may: Any, beliefs: Any, t: int, kinds: int, actions: int, weighed: int,
    side: int, index: Any, around: Any, shares: Any, chosen: Any,
) -> None:  # fmt: skip
    """Policies at point `t` where it is known what is believed after each action.

    `beliefs` [action, point, kind]; writes `chosen` [kind, action, point]; `around` and `shares`
    are room for `vertices`.
    """
    for kind in range(kinds):
        for a in range(actions):
            chosen[kind, a, t] = 0.0
    for a in range(actions):
        vertices(beliefs[a, t], weighed, side, index, around, shares)
        for kind in range(kinds):
            for v in range(weighed):
                chosen[kind, a, t] += shares[v] * q[kind, a, around[v]]
    for kind in range(kinds):
        top = -np.inf
        for a in range(actions):
            if may[kind, a]:
                top = max(top, lam[kind] * chosen[kind, a, t])
        total = 0.0
        for a in range(actions):
            x = 0.0
            if may[kind, a]:
                x = np.exp(lam[kind] * chosen[kind, a, t] - top)
            chosen[kind, a, t] = x
            total += x
        for a in range(actions):
            chosen[kind, a, t] /= total
