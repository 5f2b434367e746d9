"""Futures: assignments of the uncertain parameters, drawn from what is believed of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import Distribution, Parameter, Scenario

Futures: TypeAlias = Mapping[str, NDArray[np.float64]]
"""Values of the uncertain parameters, by name, [future]."""

Sampling = Literal["sobol", "latin-hypercube"]

MOST_FUTURES = 2**24
"""More futures than this are refused: by then a share is known to a hundredth of a percent."""


def uncertain(scenario: Scenario) -> tuple[Parameter, ...]:
    """The parameters that have a distribution."""
    return tuple(p for p in scenario.parameters if p.distribution is not None)


def sample(
    scenario: Scenario, futures: int, seed: int = 0, sampling: Sampling = "sobol"
) -> dict[str, NDArray[np.float64]]:
    """Futures drawn independently from the parameters' distributions.

    "sobol" is a Sobol sequence, scrambled (Matoušek 1998), of which more futures are a
    continuation; "latin-hypercube" has one future in each of `futures` slices of every parameter
    (McKay, Beckman & Conover 1979).

    Raises:
        ValueError: `futures` is below 1 or above `MOST_FUTURES`, `seed` is below 0, or `sampling`
        is unknown.
    """
    if not 1 <= futures <= MOST_FUTURES:
        raise ValueError(f"the number of futures is {futures:,}; expected 1 to {MOST_FUTURES:,}")
    if seed < 0:
        raise ValueError(f"the seed is {seed}; expected 0 or more")
    if sampling not in get_args(Sampling):
        raise ValueError(f"sampling is '{sampling}'; expected {' or '.join(get_args(Sampling))}")
    parameters = uncertain(scenario)
    if not parameters:
        return {}
    quantiles = _unit_cube(len(parameters), futures, seed, sampling)
    return {
        parameter.name: quantile(cast(Distribution, parameter.distribution), quantiles[:, column])
        for column, parameter in enumerate(parameters)
    }


def _unit_cube(dimensions: int, points: int, seed: int, sampling: Sampling) -> NDArray[np.float64]:
    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    if sampling == "latin-hypercube":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=rng).random(points))
    engine = qmc.Sobol(dimensions, scramble=True, rng=rng)
    return np.asarray(engine.random_base2((points - 1).bit_length())[:points])


def quantile(distribution: Distribution, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values below which the distribution has the shares `u` of its weight."""
    given = dict(distribution.arguments)
    values = _quantile(distribution, u)
    # Rounding must not carry a value out of its range: a probability of 1 + 1e-16 is an error.
    low, high = given.get("low", -np.inf), given.get("high", np.inf)
    return np.clip(values, cast(float, low), cast(float, high))


def _quantile(distribution: Distribution, u: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy import special

    given = dict(distribution.arguments)

    def number(name: str, default: float = np.nan) -> float:
        return float(cast(float, given.get(name, default)))

    low, high = number("low", 0.0), number("high", 1.0)
    match distribution.kind:
        case "uniform":
            return low + u * (high - low)
        case "log-uniform":
            return np.asarray(np.exp(np.log(low) + u * (np.log(high) - np.log(low))))
        case "triangular":
            mode = number("mode")
            share = (mode - low) / (high - low)
            rising = low + np.sqrt(u * (high - low) * (mode - low))
            falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
            return np.where(u < share, rising, falling)
        case "beta":
            shares = special.betaincinv(number("a"), number("b"), u)
            return np.asarray(low + (high - low) * shares)
        case "normal":
            mean, sd = number("mean"), number("sd")
            first = (number("low", -np.inf) - mean) / sd
            last = (number("high", np.inf) - mean) / sd
            if (
                first > 0
            ):  # the upper tail is the lower one seen in a mirror, where shares are exact
                return mean - sd * _normal_between(-last, -first, 1 - u)
            return mean + sd * _normal_between(first, last, u)
        case "discrete":
            values = np.asarray(given["values"], np.float64)
            weights = np.asarray(given.get("weights") or np.ones(len(values)), np.float64)
            edges = np.cumsum(weights) / weights.sum()
            return values[np.minimum(np.searchsorted(edges, u, side="right"), len(values) - 1)]


def _normal_between(first: float, last: float, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of the standard normal distribution, cut at `first` and `last`."""
    from scipy import special

    bottom, top = special.ndtr(first), special.ndtr(last)
    inside = np.clip(bottom + u * (top - bottom), 1e-300, 1 - 1e-16)
    return np.asarray(special.ndtri(inside))


def share_below(
    distribution: Distribution, values: NDArray[np.float64], quantiles: int = 4096
) -> NDArray[np.float64]:
    """For each value the share of the distribution's weight below it; ties count half.

    The inverse of `quantile`, found by looking `values` up among its results, and so to 1 in
    `quantiles`; never quite 0 or 1.
    """
    u = (np.arange(quantiles) + 0.5) / quantiles
    known = quantile(distribution, u)
    below = np.searchsorted(known, values, side="left")
    upto = np.searchsorted(known, values, side="right")
    return np.clip((below + upto) / 2, 0.5, quantiles - 0.5) / quantiles
