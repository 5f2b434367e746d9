"""The joint density of correlated parameters at sampled futures."""

from __future__ import annotations

from itertools import product
from typing import cast

import numpy as np
from numpy.typing import NDArray

from standoff.explore.futures import Futures
from standoff.scenario import (
    Distribution,
    Scenario,
    correlated,
    cumulative,
    density,
    normal_scores,
    score_correlation,
    uncertain,
)

Array = NDArray[np.float64]

_NODES = {0: 1, 1: 64, 2: 32, 3: 16}
"""Nodes of the quadrature in each dimension, by the number of dimensions."""
_FARTHEST = 8.5
"""Normal scores beyond which nothing is left, in double precision."""
_CHUNK = 2**21
"""Numbers in an array of the quadrature."""


def log_density(scenario: Scenario, group: tuple[str, ...], futures: Futures) -> Array:
    """Logarithm of the joint density of a group of parameters, [future], constraints aside.

    Each parameter's own density, times that of the copula; discrete parameters are a box of normal
    scores, given the scores of the others.
    """
    priors = {p.name: cast(Distribution, p.distribution) for p in uncertain(scenario)}
    values = {name: np.asarray(futures[name], np.float64) for name in group}
    with np.errstate(divide="ignore"):  # log 0: a future that the prior rules out
        own = {name: np.log(density(priors[name], values[name])) for name in group}
    tied = [name for name in group if name in correlated(scenario)]
    smooth = [name for name in tied if priors[name].kind != "discrete"]
    steps = [name for name in tied if priors[name].kind == "discrete"]
    log = np.asarray(sum(own[name] for name in group if name not in steps), np.float64)
    log = np.broadcast_to(log, values[group[0]].shape).copy()
    if not tied:
        return log
    possible = np.isfinite(sum(own[name] for name in tied))
    matrix = score_correlation([*smooth, *steps], scenario.correlations)
    n = len(smooth)
    scores = np.empty((int(possible.sum()), n))
    for k, name in enumerate(smooth):
        scores[:, k] = normal_scores(cumulative(priors[name], values[name][possible]))
    inverse = np.linalg.inv(matrix[:n, :n])
    copula = -0.5 * np.einsum("pi,ij,pj->p", scores, inverse - np.eye(n), scores)
    copula -= 0.5 * np.linalg.slogdet(matrix[:n, :n])[1]
    if steps:
        pull = matrix[n:, :n] @ inverse
        spread = matrix[n:, n:] - pull @ matrix[:n, n:]
        centre = scores @ pull.T
        low, high = np.empty_like(centre), np.empty_like(centre)
        for k, name in enumerate(steps):
            upto = cumulative(priors[name], values[name][possible])
            below = upto - density(priors[name], values[name][possible])
            low[:, k], high[:, k] = normal_scores(below), normal_scores(upto)
        copula += np.log(_boxes(low - centre, high - centre, spread))
    log[possible] += copula
    log[~possible] = -np.inf
    return log


def _boxes(low: Array, high: Array, spread: Array) -> Array:
    """Weight of boxes, [box, dimension], under a normal distribution with mean 0.

    One dimension after another, each given those before it (as in Genz 1992), by Gauss-Legendre
    quadrature over normal scores; the last dimension is exact.

    Raises:
        ValueError: there are more than four dimensions.
    """
    from scipy import special

    last = len(spread) - 1
    if last not in _NODES:
        raise ValueError(
            f"{last + 1} discrete parameters are correlated with each other, of which the prior "
            f"is changed; weights can be had for {len(_NODES)} at most: run a study"
        )
    factor = np.linalg.cholesky(spread)
    points, shares = np.polynomial.legendre.leggauss(_NODES[last])
    grid = np.array(list(product((points + 1) / 2, repeat=last)))  # [node, dimension]
    grid_shares = np.prod(np.array(list(product(shares / 2, repeat=last))), axis=1)
    found = np.empty(len(low))
    step = max(1, _CHUNK // len(grid))
    for start in range(0, len(low), step):
        part = slice(start, start + step)
        mass = np.ones((len(low[part]), len(grid)))
        scores: list[Array] = []
        for k in range(last + 1):
            shift = sum((factor[k, i] * scores[i] for i in range(k)), np.zeros(1))
            first, upto = (
                np.clip((end[part, k, None] - shift) / factor[k, k], -_FARTHEST, _FARTHEST)
                for end in (low, high)
            )
            if k == last:
                mass = mass * (special.ndtr(upto) - special.ndtr(first))
            else:
                scores.append(first + (upto - first) * grid[:, k])
                mass = mass * (upto - first) * np.exp(-(scores[k] ** 2) / 2) / np.sqrt(2 * np.pi)
        found[part] = mass @ grid_shares
    return np.maximum(found, 1e-300)  # so that a ratio of two of them is a number
