"""Percentiles of futures that have weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def percentile(values: Array, weights: Array, share: float) -> Array:
    """The value below which `share` of the weight lies, over the first axis.

    Where the weights add up to the share exactly, the mean of both neighbours (Hyndman & Fan 1996,
    type 2); so the median is the usual one, and a weight of 2 is the same as a future listed
    twice. `weights` [future] add up to 1.
    """
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    below = np.cumsum(weights[order], axis=0)
    # Sums of weights that miss the share by rounding only are meant to reach it.
    slack, last = 1e-15 * len(values), len(values) - 1
    places = (
        np.minimum((below < share - slack).sum(axis=0), last),
        np.minimum((below <= share + slack).sum(axis=0), last),
    )
    low, high = (np.take_along_axis(ordered, place[None], axis=0)[0] for place in places)
    return np.asarray((low + high) / 2)
