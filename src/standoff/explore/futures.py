"""Futures: assignments of the uncertain parameters, drawn from what is believed of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import (
    Distribution,
    Scenario,
    ScenarioError,
    ascending,
    at_quantiles,
    at_shares,
    dependent,
    feasible,
    keeps,
)
from standoff.scenario import quantile as quantile
from standoff.scenario import uncertain as uncertain

Futures: TypeAlias = Mapping[str, NDArray[np.float64]]
"""Values of the uncertain parameters, by name, [future]."""

Sampling = Literal["sobol", "latin-hypercube"]

MOST_FUTURES = 2**24
"""More futures than this are refused: by then a share is known to a hundredth of a percent."""


LEAST_ACCEPTED = 1 / 1000
"""Where constraints leave a smaller share of the futures that are tried, sampling gives up."""

_PIECE = 2**12
_ENOUGH = 2**16
"""Futures after which it is plain how large a share the constraints leave."""
_LONGEST = 2**30
"""Points in scipy's Sobol sequence."""


def sample(
    scenario: Scenario, futures: int, seed: int = 0, sampling: Sampling = "sobol"
) -> dict[str, NDArray[np.float64]]:
    """Futures drawn from what is believed of the parameters.

    "sobol" is a Sobol sequence, scrambled (Matoušek 1998), of which more futures are a
    continuation; "latin-hypercube" has one future in each of `futures` slices of every parameter
    (McKay, Beckman & Conover 1979).

    Correlated parameters are drawn by a Gaussian copula; in a Latin hypercube the slices are kept
    and only their order changes (Iman & Conover 1982). Futures that break a constraint are passed
    over, and the Sobol sequence goes on until there are enough.

    Raises:
        ScenarioError: the constraints leave next to nothing, or are asked of a Latin hypercube.
        ValueError: `futures` is below 1 or above `MOST_FUTURES`, `seed` is below 0, or `sampling`
        is unknown.
    """
    if not 1 <= futures <= MOST_FUTURES:
        raise ValueError(f"the number of futures is {futures:,}; expected 1 to {MOST_FUTURES:,}")
    if seed < 0:
        raise ValueError(f"the seed is {seed}; expected 0 or more")
    if sampling not in get_args(Sampling):
        raise ValueError(f"sampling is '{sampling}'; expected {' or '.join(get_args(Sampling))}")
    dimensions = len(uncertain(scenario))
    if not dimensions:
        return {}
    if scenario.constraints:
        if sampling == "latin-hypercube":
            first = scenario.constraints[0].holds
            what = (
                "a Latin hypercube has a future in every slice of every parameter, and constraints "
                "take some away"
            )
            raise ScenarioError.about(scenario.text, first, what, hint="sample by sobol")
        return _constrained(scenario, futures, seed)
    u = _unit_cube(dimensions, futures, seed, sampling)
    if sampling == "sobol" or not scenario.correlations:
        return at_quantiles(scenario, u)
    order = np.argsort(np.argsort(dependent(scenario, u), axis=0, kind="stable"), axis=0)
    return at_shares(scenario, np.take_along_axis(np.sort(u, axis=0), order, axis=0))


def _unit_cube(dimensions: int, points: int, seed: int, sampling: Sampling) -> NDArray[np.float64]:
    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    if sampling == "latin-hypercube":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=rng).random(points))
    engine = qmc.Sobol(dimensions, scramble=True, rng=rng)
    return np.asarray(engine.random_base2((points - 1).bit_length())[:points])


def _constrained(scenario: Scenario, futures: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """The first futures of the Sobol sequence that keep all constraints."""
    from scipy.stats import qmc

    parameters = uncertain(scenario)
    engine = qmc.Sobol(len(parameters), scramble=True, rng=np.random.default_rng(seed))
    pieces: list[dict[str, NDArray[np.float64]]] = []
    tried = found = 0
    broken = np.zeros(len(scenario.constraints), np.int64)
    while found < futures:
        # Always so many at once: a future has the same bits however many are asked for.
        drawn = at_quantiles(scenario, np.asarray(engine.random(_PIECE)))
        kept = feasible(scenario, drawn)
        broken += [int((~keeps(scenario, one, drawn)).sum()) for one in scenario.constraints]
        pieces.append({name: values[kept] for name, values in drawn.items()})
        tried, found = tried + _PIECE, found + int(kept.sum())
        needed = futures * tried / max(found, 1)
        if tried >= _ENOUGH and (found < LEAST_ACCEPTED * tried or needed > _LONGEST):
            raise _too_narrow(scenario, futures, tried, found, broken)
    return {
        parameter.name: np.concatenate([piece[parameter.name] for piece in pieces])[:futures]
        for parameter in parameters
    }


def _too_narrow(
    scenario: Scenario, futures: int, tried: int, found: int, broken: NDArray[np.int64]
) -> ScenarioError:
    worst = int(np.argmax(broken))
    share = f"{100 * found / tried:.2g} %"
    what = f"{found:,} of {tried:,} futures tried ({share}) keep the constraints"
    if found >= LEAST_ACCEPTED * tried:
        what += f", too few to find {futures:,}"
    if len(broken) > 1:
        what += f"; most often broken is this one, in {100 * broken[worst] / tried:.3g} %"
    hint = "widen it, or choose ranges that fit it"
    return ScenarioError.about(scenario.text, scenario.constraints[worst].holds, what, hint=hint)


def share_below(
    distribution: Distribution, values: NDArray[np.float64], quantiles: int = 4096
) -> NDArray[np.float64]:
    """For each value the share of the distribution's weight below it; ties count half.

    The inverse of `quantile`, found by looking `values` up among its results, and so to 1 in
    `quantiles`; never quite 0 or 1.
    """
    u = (np.arange(quantiles) + 0.5) / quantiles
    known = quantile(ascending(distribution), u)
    below = np.searchsorted(known, values, side="left")
    upto = np.searchsorted(known, values, side="right")
    return np.clip((below + upto) / 2, 0.5, quantiles - 0.5) / quantiles
