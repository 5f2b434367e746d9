"""Futures: assignments of the uncertain parameters, drawn from what is believed of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import Distribution, Parameter, Scenario

Futures: TypeAlias = Mapping[str, NDArray[np.float64]]
"""Values of the uncertain parameters, by name, [future]."""

Sampling = Literal["sobol", "latin-hypercube"]


def uncertain(scenario: Scenario) -> tuple[Parameter, ...]:
    """The parameters that have a distribution."""
    return tuple(p for p in scenario.parameters if p.distribution is not None)


def sample(
    scenario: Scenario, futures: int, seed: int = 0, sampling: Sampling = "sobol"
) -> dict[str, NDArray[np.float64]]:
    """Futures drawn independently from the parameters' distributions.

    "sobol" is a scrambled Sobol sequence (Owen 1998), of which more futures are a continuation;
    "latin-hypercube" has one future in each of `futures` slices of every parameter (McKay, Beckman & Conover
    1979).

    Raises:
        ValueError: `futures` is below 1.
    """
    if futures < 1:
        raise ValueError(f"the number of futures is {futures}; expected 1 or more")
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
    from scipy import special

    given = dict(distribution.arguments)

    def number(name: str, default: float = np.nan) -> float:
        return float(cast(float, given.get(name, default)))

    low, high = number("low", 0.0), number("high", 1.0)
    match distribution.kind:
        case "uniform":
            return low + u * (high - low)
        case "log-uniform":
            return low * (high / low) ** u
        case "triangular":
            mode = number("mode")
            share = (mode - low) / (high - low)
            rising = low + np.sqrt(u * (high - low) * (mode - low))
            falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
            return np.where(u < share, rising, falling)
        case "beta":
            return low + (high - low) * special.betaincinv(number("a"), number("b"), u)
        case "normal":
            mean, sd = number("mean"), number("sd")
            bottom, top = (
                special.ndtr((number(name, default) - mean) / sd)
                for name, default in (("low", -np.inf), ("high", np.inf))
            )
            inside = np.clip(bottom + u * (top - bottom), 1e-300, 1 - 1e-16)
            cut = mean + sd * special.ndtri(inside)
            return np.clip(cut, number("low", -np.inf), number("high", np.inf))
        case "discrete":
            values = np.asarray(given["values"], np.float64)
            weights = np.asarray(given.get("weights") or np.ones(len(values)), np.float64)
            edges = np.cumsum(weights) / weights.sum()
            return values[np.minimum(np.searchsorted(edges, u, side="right"), len(values) - 1)]


def share_below(
    distribution: Distribution, values: NDArray[np.float64], quantiles: int = 4096
) -> NDArray[np.float64]:
    """For each value the share of the distribution's weight below it; ties count half.

    The inverse of `quantile`, found by looking `values` up among its results.
    """
    u = (np.arange(quantiles) + 0.5) / quantiles
    known = quantile(distribution, u)
    below = np.searchsorted(known, values, side="left")
    upto = np.searchsorted(known, values, side="right")
    return (below + upto) / 2 / quantiles
