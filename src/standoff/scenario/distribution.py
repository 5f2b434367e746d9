"""What is believed of one parameter, as functions: quantiles, shares below, densities.

Arguments of a `Distribution` are in the file's names. A discrete distribution has its density in
respect of counting, all others in respect of length.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from standoff.scenario.scenario import Distribution

Array = NDArray[np.float64]


def quantile(distribution: Distribution, u: Array) -> Array:
    """The values below which the distribution has the shares `u` of its weight."""
    low, high = ends(distribution)
    values = _quantile(distribution, u)
    # Rounding must not carry a value out of its range: a probability of 1 + 1e-16 is an error.
    return np.clip(values, low, high)


def _quantile(distribution: Distribution, u: Array) -> Array:
    from scipy import special

    low, high = ends(distribution)
    match distribution.kind:
        case "uniform":
            return low + u * (high - low)
        case "log-uniform":
            return np.asarray(np.exp(np.log(low) + u * (np.log(high) - np.log(low))))
        case "triangular":
            mode = _number(distribution, "mode")
            share = (mode - low) / (high - low)
            rising = low + np.sqrt(u * (high - low) * (mode - low))
            falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
            return np.where(u < share, rising, falling)
        case "beta":
            a, b = _number(distribution, "a"), _number(distribution, "b")
            return np.asarray(low + (high - low) * special.betaincinv(a, b, u))
        case "normal":
            mean, sd, first, last = _normal(distribution)
            if (
                first > 0
            ):  # the upper tail is the lower one seen in a mirror, where shares are exact
                return mean - sd * _normal_between(-last, -first, 1 - u)
            return mean + sd * _normal_between(first, last, u)
        case "discrete":
            values, weights = masses(distribution)
            edges = np.cumsum(weights) / weights.sum()
            return values[np.minimum(np.searchsorted(edges, u, side="right"), len(values) - 1)]


def cumulative(distribution: Distribution, values: Array) -> Array:
    """The share of the distribution's weight at or below each value; the inverse of `quantile`."""
    from scipy import special

    low, high = ends(distribution)
    x = np.clip(np.asarray(values, np.float64), low, high)
    match distribution.kind:
        case "uniform":
            return (x - low) / (high - low)
        case "log-uniform":
            return np.asarray(np.log(x / low) / np.log(high / low))
        case "triangular":
            mode = _number(distribution, "mode")
            with np.errstate(divide="ignore", invalid="ignore"):  # of the side that is not taken
                rising = (x - low) ** 2 / ((high - low) * (mode - low))
                falling = 1 - (high - x) ** 2 / ((high - low) * (high - mode))
            return np.where((x < mode) | (mode == high), rising, falling)
        case "beta":
            a, b = _number(distribution, "a"), _number(distribution, "b")
            return np.asarray(special.betainc(a, b, (x - low) / (high - low)))
        case "normal":
            mean, sd, first, last = _normal(distribution)
            z = (x - mean) / sd
            if first > 0:
                return np.asarray((special.ndtr(-first) - special.ndtr(-z)) / _mass(first, last))
            return np.asarray((special.ndtr(z) - special.ndtr(first)) / _mass(first, last))
        case "discrete":
            known, weights = masses(ascending(distribution))
            edges = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
            return np.asarray(edges[np.searchsorted(known, values, side="right")])


def density(distribution: Distribution, values: Array) -> Array:
    """The distribution's density at each value; of a discrete one, the share of the value.

    0 outside its range. Where a beta distribution has a pole at an end of its range, the density
    there is that of the nearest number inside, so that ratios of densities stay finite.
    """
    from scipy import special

    x = np.asarray(values, np.float64)
    low, high = ends(distribution)
    inside = (x >= low) & (x <= high)
    here = np.clip(x, low, high)
    found: Array
    match distribution.kind:
        case "uniform":
            found = np.full(x.shape, 1 / (high - low))
        case "log-uniform":
            found = 1 / (here * np.log(high / low))
        case "triangular":
            mode = _number(distribution, "mode")
            with np.errstate(divide="ignore", invalid="ignore"):  # of the side that is not taken
                rising = 2 * (here - low) / ((high - low) * (mode - low))
                falling = 2 * (high - here) / ((high - low) * (high - mode))
            found = np.where((here < mode) | (mode == high), rising, falling)
        case "beta":
            a, b = _number(distribution, "a"), _number(distribution, "b")
            share = np.clip((here - low) / (high - low), 1e-300, 1 - 2.0**-53)
            log = special.xlogy(a - 1, share) + special.xlog1py(b - 1, -share)
            found = np.exp(log - special.betaln(a, b)) / (high - low)
        case "normal":
            mean, sd, first, last = _normal(distribution)
            z = (here - mean) / sd
            found = np.exp(-z * z / 2) / (np.sqrt(2 * np.pi) * sd * _mass(first, last))
        case "discrete":
            known, weights = masses(distribution)
            found = (x[..., None] == known) @ (weights / weights.sum())
            inside = np.ones(x.shape, np.bool_)
    return np.where(inside, found, 0.0)


def ends(distribution: Distribution) -> tuple[float, float]:
    """The lowest and the highest value; infinite where a normal distribution is not cut."""
    if distribution.kind == "discrete":
        values, _ = masses(distribution)
        return float(values.min()), float(values.max())
    bounds = (-np.inf, np.inf) if distribution.kind == "normal" else (0.0, 1.0)
    return _number(distribution, "low", bounds[0]), _number(distribution, "high", bounds[1])


def masses(distribution: Distribution) -> tuple[Array, Array]:
    """Values of a discrete distribution in the order of the file, and their weights."""
    given = dict(distribution.arguments)
    values = np.asarray(given["values"], np.float64)
    return values, np.asarray(given.get("weights") or np.ones(len(values)), np.float64)


def ascending(distribution: Distribution) -> Distribution:
    """The same distribution with the values of a discrete one in rising order."""
    if distribution.kind != "discrete":
        return distribution
    values, weights = masses(distribution)
    order = np.argsort(values)
    given = {"values": values[order], "weights": weights[order]}
    return replace(distribution, arguments=tuple((k, tuple(v.tolist())) for k, v in given.items()))


def _number(distribution: Distribution, name: str, default: float = np.nan) -> float:
    return float(cast(float, dict(distribution.arguments).get(name, default)))


def _normal(distribution: Distribution) -> tuple[float, float, float, float]:
    """Mean, standard deviation, and where it is cut, in standard deviations from the mean."""
    mean, sd = _number(distribution, "mean"), _number(distribution, "sd")
    low, high = ends(distribution)
    return mean, sd, (low - mean) / sd, (high - mean) / sd


def _mass(first: float, last: float) -> float:
    """Weight of the standard normal distribution between two points, exact in both tails."""
    from scipy import special

    if first > 0:
        first, last = -last, -first
    return float(special.ndtr(last) - special.ndtr(first))


def _normal_between(first: float, last: float, u: Array) -> Array:
    """Quantiles of the standard normal distribution, cut at `first` and `last`."""
    from scipy import special

    bottom, top = special.ndtr(first), special.ndtr(last)
    inside = np.clip(bottom + u * (top - bottom), 1e-300, 1 - 1e-16)
    return np.asarray(special.ndtri(inside))
