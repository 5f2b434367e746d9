"""The slow judge of one stage game: its logit equilibrium in small steps of λ, to 30 digits.

Actors choose at once. With payoffs u_i in logits, a logit equilibrium at t is a solution x of
x_i = t · u_i(π_-i), π_i = exp(x_i) / Σ exp(x_i) (McKelvey & Palfrey 1995); the one meant is where
the branch that starts at t = 0 comes to t = 1. Here it is followed along t itself, by steps so
short that Newton's method hardly has to correct them, and the end is refined with residuals of 50
digits. That stops at a fold: there the judge declines.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oracles.exact import DIGITS, decimal

Payoffs = Sequence[NDArray[Any]]
"""For each member its payoffs in logits, [action of the first, action of the second, …]."""
Parts = list[NDArray[Any]]
"""For each member, [action]."""

_CORRECTION = 0.1  # logits by which a step may be corrected
_LEAST_STEP = 1e-7
_FOLD = 1e-3  # a smaller determinant announces a fold


class DeclinedError(Exception):
    """The judge cannot vouch for an answer."""


def equilibrium(payoffs: Payoffs) -> list[list[Fraction]]:
    """The policies of the members on the branch from t = 0; `payoffs` are fractions.

    Raises:
        DeclinedError: the branch bends back before t = 1.
    """
    floats = [u.astype(np.float64) for u in payoffs]
    x = _followed(floats)
    with localcontext(DIGITS):
        exact = [np.vectorize(decimal, otypes=[object])(u) for u in payoffs]
        fine = np.array([Decimal(float(value)) for value in x], dtype=object)
        inverse = np.linalg.inv(_derivative(floats, x, 1.0))
        for _ in range(60):
            missing = np.concatenate(expected(exact, policies(exact, fine))) - fine
            scale = max(abs(value) for value in missing)
            if scale < Decimal("1e-40"):
                break
            # In units of what is missing, which a double can hold.
            change = inverse @ (missing / scale).astype(np.float64)
            fine = fine + [Decimal(value) * scale for value in change.tolist()]
        assert max(abs(float(v) - w) for v, w in zip(fine, x, strict=True)) < 1e-6 * (
            1 + np.abs(x).max()
        )
        assert scale < Decimal("1e-30")
        return [[Fraction(p) for p in part] for part in policies(exact, fine)]


def span(payoffs: Payoffs) -> float:
    """κ = ¼ max_i Σ_j D_ij, D_ij the most by which j's change of action changes what i gains by a
    change of its own, whatever the others do: by going through all of them.
    """
    members = range(len(payoffs))
    found = []
    for i in members:
        total = 0.0
        for j in members:
            if j != i:
                table = np.moveaxis(payoffs[i], (i, j), (0, 1))
                rows, columns = range(table.shape[0]), range(table.shape[1])
                total += max(
                    float(np.max(table[a, b] - table[c, b] - table[a, d] + table[c, d]))
                    for a, c in product(rows, rows)
                    for b, d in product(columns, columns)
                )
        found.append(total)
    return max(found) / 4


def policies(payoffs: Payoffs, x: NDArray[Any]) -> Parts:
    """Policies from flat logits."""
    found = []
    for part in _parts(payoffs, x):
        shifted = part - max(part)
        if shifted.dtype == object:
            weights = np.array([value.exp() for value in shifted], dtype=object)
        else:
            weights = np.exp(shifted)
        found.append(weights / weights.sum())
    return found


def expected(payoffs: Payoffs, policy: Parts) -> Parts:
    """What each action is worth to its member against the policies of the others."""
    return [_contracted(u, policy, {i}) for i, u in enumerate(payoffs)]


def _contracted(u: NDArray[Any], policy: Parts, kept: set[int]) -> NDArray[Any]:
    """`u` averaged over the policies of all members but those kept."""
    for j in reversed(range(len(policy))):
        if j not in kept:
            u = np.tensordot(u, policy[j], axes=(j, 0))
    return u


def _parts(payoffs: Payoffs, x: NDArray[Any]) -> Parts:
    return np.split(x, np.cumsum(payoffs[0].shape)[:-1])


def _derivative(payoffs: Payoffs, x: NDArray[np.float64], t: float) -> NDArray[np.float64]:
    """The derivative of x - t·u(π(x)) by x."""
    policy = policies(payoffs, x)
    members = range(len(payoffs))
    blocks: list[list[Any]] = []
    for i in members:
        row: list[Any] = []
        for j in members:
            if i == j:
                row.append(np.eye(len(policy[i])))
                continue
            by_policy = _contracted(payoffs[i], policy, {i, j})
            by_policy = by_policy if i < j else by_policy.T
            spread = np.diag(policy[j]) - np.outer(policy[j], policy[j])
            row.append(-t * by_policy @ spread)
        blocks.append(row)
    return np.block(blocks)


def _followed(payoffs: Payoffs) -> NDArray[np.float64]:
    """The branch at t = 1, in doubles."""
    x, t = np.zeros(sum(payoffs[0].shape)), 0.0
    largest = max(1.0, *(float(np.abs(u).max()) for u in payoffs))
    step = 0.1 / largest
    while t < 1:
        ahead = min(1.0, t + step)
        worth = np.concatenate(expected(payoffs, policies(payoffs, x)))
        tangent = np.linalg.solve(_derivative(payoffs, x, t), worth)
        guess = x + (ahead - t) * tangent
        landed = guess.copy()
        for _ in range(8):
            derivative = _derivative(payoffs, landed, ahead)
            sound = np.linalg.det(derivative) > _FOLD
            if not sound:
                break
            worth = np.concatenate(expected(payoffs, policies(payoffs, landed)))
            change = np.linalg.solve(derivative, ahead * worth - landed)
            landed = landed + change
            sound = np.abs(landed - guess).max() < _CORRECTION
            if not sound or np.abs(change).max() < 1e-12 * (1 + np.abs(landed).max()):
                break
        else:
            sound = False
        if sound:
            corrected = np.abs(landed - guess).max()
            x, t = landed, ahead
            step *= 2 if corrected < _CORRECTION / 4 else 1
        else:
            step /= 2
            if step < _LEAST_STEP * min(1.0, 1 / largest + t):
                raise DeclinedError("the branch bends back")
    return x
