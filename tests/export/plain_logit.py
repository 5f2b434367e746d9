"""The logit equations of a tree that was read, by their definition (McKelvey & Palfrey 1998).

In each information set an action has a probability in proportion to exp(λ Q), where Q is what its
player expects of it: over the nodes of the set, as probable as they are by chance and by what all
do. Written from the definition; shares nothing with what solves trees elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from export.plain_efg import Choice, Leaf, choices

Reals = NDArray[np.float64]
Policies = Mapping[str, Mapping[str, float]]
"""The probability of each action in each information set, by its label."""


def reply(root: Leaf | Choice, policies: Policies, precision: float) -> dict[str, dict[str, float]]:
    """The logit response to what all do, in each information set that is reached."""
    worth: dict[str, Reals] = {}
    reached: dict[str, float] = {}
    actions: dict[str, tuple[str, ...]] = {}

    def expected(node: Leaf | Choice, reach: float) -> Reals:
        """What each player expects at a node that is come to with a probability."""
        if isinstance(node, Leaf):
            return np.array(node.payoffs)
        if not node.player:
            shares = np.array([float(chance) for chance in node.chances])
        else:
            shares = np.array([policies[node.label][action] for action in node.actions])
        below = [expected(x, reach * p) for x, p in zip(node.below, shares, strict=True)]
        if node.player:
            own = np.array([each[node.player - 1] for each in below])
            worth[node.label] = worth.get(node.label, 0.0) + reach * own
            reached[node.label] = reached.get(node.label, 0.0) + reach
            actions[node.label] = node.actions
        return np.asarray(shares @ np.array(below))

    expected(root, 1.0)
    found = {}
    for label, sums in worth.items():
        exponent = precision * sums / reached[label]
        odds = np.exp(exponent - exponent.max())
        found[label] = dict(zip(actions[label], (odds / odds.sum()).tolist(), strict=True))
    return found


def gap(one: Policies, other: Policies) -> float:
    """The most by which two policies differ."""
    assert one.keys() == other.keys()
    return max(abs(one[label][a] - other[label][a]) for label in one for a in one[label])


def fixed_point(root: Leaf | Choice, precision: float) -> dict[str, dict[str, float]]:
    """Where answering leads that starts from equal chances; for λ at which that calms down."""
    here = {
        each.label: dict.fromkeys(each.actions, 1 / len(each.actions))
        for each in choices(root)
        if each.player
    }
    for _ in range(5_000):
        answer = reply(root, here, precision)
        if gap(here, answer) < 1e-14:
            return here
        here = {
            label: {a: 0.7 * p + 0.3 * answer[label][a] for a, p in shares.items()}
            for label, shares in here.items()
        }
    raise AssertionError("answering does not come to rest")
