"""Settings that nobody knows, drawn from stated ranges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Instance
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

PULL = 1.5
"""How far the pull of a country may lie from that of the instance: a factor of 4.5 in odds."""


def ranges(instance: Instance, rule: str) -> dict[str, tuple[float, float]]:
    """From where to where each setting of a rule may lie, and the pulls of countries."""
    found = dict(RANGES[rule])
    if rule == DESTINATION_CHOICE:
        known = dict(instance.rules.pull)
        home = instance.locations[0].country
        for country in dict.fromkeys(instance.locations[camp].country for camp in instance.camps):
            if country != home:
                pull = known.get(country, 0.0)
                found[f"pull {country}"] = (pull - PULL, pull + PULL)
    return found


def spread(
    instance: Instance, rule: str, futures: int, seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """So many rows of settings, evenly over the ranges of a rule: Sobol's points, scrambled.

    A single row has nothing: the settings are those of the instance.
    """
    if futures == 1:
        return {}
    from scipy.stats import qmc

    found = ranges(instance, rule)
    engine = qmc.Sobol(len(found), scramble=True, rng=np.random.default_rng(seed))
    unit = engine.random_base2((futures - 1).bit_length())[:futures]
    return {
        name: low + (high - low) * unit[:, k] for k, (name, (low, high)) in enumerate(found.items())
    }
