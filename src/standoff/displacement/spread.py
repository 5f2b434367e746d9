"""Settings that nobody knows, drawn from stated ranges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.rules import DESTINATION_CHOICE, LOCAL_WALK

RANGES = {
    DESTINATION_CHOICE: {
        "distance_decay": (0.0, 1.0),
        "capacity_pull": (0.2, 1.0),
        "network_pull": (0.0, 0.5),
        "softening": (5.0, 50.0),
    },
    LOCAL_WALK: {
        "distance_power": (0.5, 1.5),
        "softening": (5.0, 50.0),
        "conflict_weight": (0.1, 0.5),
        "camp_weight": (1.0, 3.0),
        "default_movechance": (0.2, 1.0),
        "capacity_scaling": (0.8, 1.5),
    },
}
"""For each rule, from where to where its settings may lie: assumed, and wide."""


def spread(rule: str, futures: int, seed: int = 0) -> dict[str, NDArray[np.float64]]:
    """So many rows of settings, evenly over the ranges of a rule: Sobol's points, scrambled.

    A single row has nothing: the settings are those of the instance.
    """
    if futures == 1:
        return {}
    from scipy.stats import qmc

    ranges = RANGES[rule]
    engine = qmc.Sobol(len(ranges), scramble=True, rng=np.random.default_rng(seed))
    unit = engine.random_base2((futures - 1).bit_length())[:futures]
    return {
        name: low + (high - low) * unit[:, k]
        for k, (name, (low, high)) in enumerate(ranges.items())
    }
