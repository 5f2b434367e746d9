"""Futures in which some assumptions are settled: the others as they are believed, given these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from standoff.explore import sample
from standoff.scenario import (
    Distribution,
    Scenario,
    ascending,
    correlated,
    cumulative,
    density,
    feasible,
    normal_scores,
    quantile,
    score_correlation,
    suggestion,
    uncertain,
)

Array = NDArray[np.float64]


def draw(
    scenario: Scenario, first: int, count: int, pinned: Mapping[str, float], seed: int = 0
) -> dict[str, Array]:
    """Futures `first` to `first + count` of the Sobol sequence, [future], by parameter.

    Nothing pinned, they are those of `sample`. Parameters that are correlated with pinned ones move
    with them: normal scores z become z + C_op C_pp⁻¹ (z_p' - z_p), which makes draws from a normal
    distribution draws from it given z_p' (Matheron; Journel & Huijbregts 1978 on conditioning). A
    value of a discrete parameter counts as the middle of its step. Futures that then break a
    constraint are left out, so there may be fewer than `count`.

    Raises:
        KeyError: no such parameter; the message has the nearest name.
        ScenarioError: the constraints leave next to nothing.
    """
    known = {parameter.name for parameter in scenario.parameters}
    for name in pinned:
        if name not in known:
            raise KeyError(f"'{name}' is not a parameter; {suggestion(name, known)}")
    last = first + count
    if not pinned:
        drawn = sample(scenario, last, seed)
        return {name: values[first:] for name, values in drawn.items()}
    free = sample(replace(scenario, constraints=()), last, seed)
    futures = {name: values[first:] for name, values in free.items()}
    futures = _given(scenario, futures, pinned)
    futures |= {name: np.full(count, value) for name, value in pinned.items()}
    kept = feasible(scenario, futures)
    return {name: values[kept] for name, values in futures.items()}


def _given(
    scenario: Scenario, futures: dict[str, Array], pinned: Mapping[str, float]
) -> dict[str, Array]:
    """The futures, moved along correlations to where the pinned parameters are as they are."""
    from scipy import special

    names = correlated(scenario)
    fixed = [k for k, name in enumerate(names) if name in pinned]
    moved = [k for k, name in enumerate(names) if name not in pinned]
    if not fixed or not moved:
        return futures
    priors = {p.name: cast(Distribution, p.distribution) for p in uncertain(scenario)}
    matrix = score_correlation(names, scenario.correlations)
    pull = matrix[np.ix_(moved, fixed)] @ np.linalg.inv(matrix[np.ix_(fixed, fixed)])
    away = np.stack(
        [
            _score(priors[names[k]], np.array([pinned[names[k]]]))
            - _score(priors[names[k]], futures[names[k]])
            for k in fixed
        ]
    )
    shift = pull @ away
    found = dict(futures)
    for row, k in enumerate(moved):
        prior = priors[names[k]]
        share = special.ndtr(_score(prior, futures[names[k]]) + shift[row])
        found[names[k]] = quantile(ascending(prior), np.asarray(share))
    return found


def _score(prior: Distribution, values: Array) -> Array:
    """Normal scores; of a discrete parameter, that of the middle of its step."""
    share = cumulative(prior, values)
    if prior.kind == "discrete":
        share = share - density(prior, values) / 2
    return normal_scores(share)
