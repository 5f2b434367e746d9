"""Which box of a trade-off curve to use: rules, each a function from a curve to a box's number.

There is no right one (Bryant & Lempert 2010 leave it to the analyst): a rule is stated so that two
people, or two runs, choose the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from standoff.discovery.prim import Curve

Rule: TypeAlias = Callable[[Curve], int]
"""The number of the box to use."""


def nearest_ideal(curve: Curve) -> int:
    """The box nearest to coverage 1 and density 1, by straight distance; the earliest of several.

    It asks for no threshold, and gives one point of coverage up for one of density gained where
    both are equally far from 1.
    """
    return int(np.argmin((1 - curve.coverage) ** 2 + (1 - curve.density) ** 2))


def at_coverage(share: float) -> Rule:
    """The densest box that covers at least this share of the cases; the earliest of several.

    Raises:
        ValueError: the share is not between 0 and 1.
    """
    _check_share("coverage", share)

    def rule(curve: Curve) -> int:
        return int(np.argmax(np.where(curve.coverage >= share, curve.density, -1.0)))

    return rule


def at_density(share: float) -> Rule:
    """The box with the largest coverage among those at least so dense; the densest if none is.

    Raises:
        ValueError: the share is not between 0 and 1.
    """
    _check_share("density", share)

    def rule(curve: Curve) -> int:
        if curve.density.max() < share:
            return int(np.argmax(curve.density))
        return int(np.argmax(np.where(curve.density >= share, curve.coverage, -1.0)))

    return rule


def _check_share(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"a {name} is a share between 0 and 1: {share}")
