"""What is believed of all parameters together: each one's distribution, rank correlations between
them, and constraints on them.

Rank correlations are a Gaussian copula: uniform numbers become normal scores, scores are
correlated, and come back as uniform numbers, so that each parameter keeps its own distribution.
A rank correlation ρ (Spearman's) between two continuous parameters is the correlation 2 sin(πρ/6)
between their scores (Pearson 1907); between discrete ones ranks tie, and it comes out weaker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from standoff.scenario.distribution import ascending, quantile
from standoff.scenario.expression import evaluate
from standoff.scenario.scenario import Constraint, Correlation, Distribution, Parameter, Scenario

Array = NDArray[np.float64]

_LEAST_SHARE, _GREATEST_SHARE = 1e-300, 1 - 2.0**-53
"""Between them normal scores are finite."""


def uncertain(scenario: Scenario) -> tuple[Parameter, ...]:
    """The parameters that have a distribution, in the order of the file."""
    return tuple(p for p in scenario.parameters if p.distribution is not None)


def at_quantiles(scenario: Scenario, u: Array) -> dict[str, Array]:
    """Futures at points `u` of the unit cube, [future, uncertain parameter], by parameter.

    With correlations, a point says where each parameter stands given those before it in the file
    (Rosenblatt 1952): evenly spread points stay evenly spread. Constraints are not looked at: see
    `feasible`.
    """
    return at_shares(scenario, dependent(scenario, u))


def dependent(scenario: Scenario, u: Array) -> Array:
    """Points of the unit cube, [future, uncertain parameter], with the scenario's correlations.

    Columns of parameters that no correlation names are left as they are.
    """
    names = correlated(scenario)
    if not names:
        return u
    columns = [k for k, parameter in enumerate(uncertain(scenario)) if parameter.name in names]
    shares = u.copy()
    shares[:, columns] = correlate(u[:, columns], score_correlation(names, scenario.correlations))
    return shares


def at_shares(scenario: Scenario, shares: Array) -> dict[str, Array]:
    """Futures in which each parameter is the quantile of its own share, [future, parameter].

    A discrete parameter has its values in the order of the file, or where it is correlated, in
    rising order.
    """
    names = correlated(scenario)
    found = {}
    for column, parameter in enumerate(uncertain(scenario)):
        believed = cast(Distribution, parameter.distribution)
        if parameter.name in names:
            believed = ascending(believed)
        found[parameter.name] = quantile(believed, shares[:, column])
    return found


def correlated(scenario: Scenario) -> tuple[str, ...]:
    """The parameters that some correlation names, in the order of the file."""
    named = {name for one in scenario.correlations for name in one.between}
    return tuple(p.name for p in uncertain(scenario) if p.name in named)


def score_correlation(names: Sequence[str], correlations: Iterable[Correlation]) -> Array:
    """The correlation matrix of the normal scores of the parameters `names`.

    Pairs that no correlation names have 0: they are independent, given nothing else.
    """
    matrix = np.eye(len(names))
    for one in correlations:
        if set(one.between) <= set(names):
            i, j = (names.index(name) for name in one.between)
            matrix[i, j] = matrix[j, i] = score_of_rank(one.rank)
    return matrix


def score_of_rank(rank: float) -> float:
    """The correlation of normal scores whose ranks have the correlation `rank` (Pearson 1907)."""
    return float(2 * np.sin(np.pi * rank / 6))


def rank_of_score(score: float) -> float:
    """The rank correlation of normal scores that have the correlation `score` (Pearson 1907)."""
    return float(6 / np.pi * np.arcsin(score / 2))


def correlate(u: Array, matrix: Array) -> Array:
    """Independent uniform numbers, [point, item], as uniform numbers with correlated scores."""
    from scipy import special

    scores, factor = normal_scores(u), np.linalg.cholesky(matrix)
    mixed = np.empty_like(scores)
    # Column by column, not as a product of matrices: so a point has the same bits whatever points
    # stand beside it.
    for i in range(len(matrix)):
        mixed[:, i] = sum(factor[i, k] * scores[:, k] for k in range(i + 1))
    return np.asarray(special.ndtr(mixed))


def normal_scores(u: Array) -> Array:
    """The standard normal quantiles of shares `u`, finite also for 0 and 1."""
    from scipy import special

    return np.asarray(special.ndtri(np.clip(u, _LEAST_SHARE, _GREATEST_SHARE)))


def feasible(scenario: Scenario, futures: Mapping[str, Array]) -> NDArray[np.bool_]:
    """Whether each future keeps every constraint of the scenario, [future].

    `futures` gives uncertain parameters by name, numbers or [future]; those that it leaves out are
    at their nominal values.
    """
    every = np.ones(_size(futures), np.bool_)
    for constraint in scenario.constraints:
        every &= keeps(scenario, constraint, futures)
    return every


def keeps(
    scenario: Scenario, constraint: Constraint, futures: Mapping[str, Array]
) -> NDArray[np.bool_]:
    """Whether each future keeps one constraint, [future]; `futures` as in `feasible`."""
    values = {parameter.name: parameter.value for parameter in scenario.parameters}
    answer = evaluate(constraint.holds, {**values, **futures}) != 0
    return np.broadcast_to(answer, _size(futures))


def _size(futures: Mapping[str, Array]) -> tuple[int, ...]:
    return np.broadcast_shapes((1,), *(np.shape(values) for values in futures.values()))
