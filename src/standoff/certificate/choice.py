"""One member's choice: what its actions are worth to it, and what it would choose.

Lists are by *deed*: one action of the member in one state; see `chain.Own`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.certificate.chain import Own, Reals, Turn


def marginal(own: Own, policy: Reals, states: int) -> Reals:
    """The probability of each deed, [deed], from that of each option."""
    return _gather(own, policy, states)


def against(turn: Turn, policy: Reals, member: int, states: int) -> Reals:
    """The product of the other members' marginals, [option]; 1 where nobody else moves."""
    product = np.ones(len(policy))
    for k, other in enumerate(turn.own):
        if k != member:
            product *= marginal(other, policy, states)[other.of[: len(policy)]]
    return product


def expected(own: Own, others: Reals, worth: Reals, states: int) -> Reals:
    """What each deed is worth, [deed], where each option is worth so much, [option]."""
    return _gather(own, others * worth, states)


def free_deeds(own: Own, free: NDArray[np.bool_], states: int) -> NDArray[np.bool_]:
    """Which deeds are open, [deed], from the options that are."""
    return _gather(own, free.astype(np.float64), states) > 0


def best_of(own: Own, worth: Reals, free: NDArray[np.bool_], states: int) -> Reals:
    """The worth of the best open deed in each state, [state]."""
    if not states:
        return np.zeros(0)
    return np.maximum.reduceat(
        np.where(free_deeds(own, free, states), worth, -np.inf), own.first[:states]
    )


def quantal(
    own: Own, worth: Reals, free: NDArray[np.bool_], rationality: float, states: int
) -> Reals:
    """exp(λ Q) / Σ exp(λ Q) over the open deeds of each state, [deed] (McKelvey & Palfrey 1998)."""
    best = each(own, best_of(own, worth, free, states), states)
    with np.errstate(under="ignore"):
        weight = np.exp(rationality * np.minimum(worth - best, 0.0))
    return _shares(own, np.where(free_deeds(own, free, states), weight, 0.0), states)


def limit(own: Own, worth: Reals, free: NDArray[np.bool_], tie: float, states: int) -> Reals:
    """Equal shares to the open deeds that are best to within `tie`, [deed]."""
    best = each(own, best_of(own, worth, free, states), states)
    among = free_deeds(own, free, states) & (worth >= best - tie)
    return _shares(own, among.astype(np.float64), states)


def total(own: Own, values: Reals, states: int) -> Reals:
    """The sum of `values` [deed] in each state, [state]."""
    return np.add.reduceat(values, own.first[:states]) if states else np.zeros(0)


def _shares(own: Own, weight: Reals, states: int) -> Reals:
    return weight / each(own, total(own, weight, states), states)


def each(own: Own, values: Reals, states: int) -> Reals:
    """A number for each state, [state], repeated for each of its deeds, [deed]."""
    return np.repeat(values, np.diff(own.first[: states + 1]))


def _gather(own: Own, values: Reals, states: int) -> Reals:
    """The sum of `values` [option] over the options that hold each deed, [deed]."""
    deeds = int(own.first[states])
    if deeds == len(values):  # one option each
        return values
    return np.bincount(own.of[: len(values)], values, deeds).astype(np.float64)
