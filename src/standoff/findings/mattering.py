"""Which assumptions matter: how the margins of claims hang on each parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Truth, judge_claims, missing_doctrines
from standoff.explore import Study, solve_futures
from standoff.game import GROUP, Game, compile_game
from standoff.scenario import Scenario, at_quantiles, uncertain
from standoff.sensitivity import (
    Gradient,
    SampleIndices,
    SobolIndices,
    gradient,
    gradient_design,
    sensitivity_of_sample,
    sobol,
    sobol_design,
)
from standoff.solver import Precision

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with how many futures are solved, and of how many."""


def margins_of_sample(study: Study, truths: Mapping[str, Truth], *, seed: int = 0) -> SampleIndices:
    """First-order indices of every parameter on every claim's margin, from a study as it stands.

    Nothing is solved. `truths` are those of `judge_claims`. Futures in which a margin is not a
    finite number (they failed, or the claim is a plain yes or no there) are left out for it.

    Raises:
        ValueError: the study has too few futures, or nothing is uncertain.
    """
    if not study.futures:
        raise ValueError("nothing is uncertain in this study: there is nothing to be sensitive to")
    names = list(truths)
    outputs = np.stack([_finite(truths[name].margin) for name in names], axis=1)
    return sensitivity_of_sample(
        np.stack(list(study.futures.values()), axis=1),
        outputs,
        factor_names=list(study.futures),
        output_names=names,
        seed=seed,
    )


def margins_by_design(
    scenario: Scenario | Game,
    points: int,
    *,
    seed: int = 0,
    precision: Precision = "single",
    progress: Progress | None = None,
) -> SobolIndices:
    """First and total indices of every parameter on every claim's margin, on a design of its own.

    `points` times the number of uncertain parameters plus two futures are solved, under every
    doctrine that a claim is measured against.

    Raises:
        ValueError: nothing is uncertain; parameters are correlated or constrained, for which shares
        of variance have no single meaning; or `points` is no power of two.
        ScenarioError: the scenario is impossible in some future of the design.
    """
    game = scenario if isinstance(scenario, Game) else compile_game(scenario)
    names = _independent(game.scenario)
    futures = at_quantiles(game.scenario, sobol_design(len(names), points, seed=seed))
    claims, margins = _margins(game, futures, precision, progress)
    return sobol(margins, names, claims, seed=seed)


def margins_nearby(
    scenario: Scenario | Game,
    *,
    step: float = 0.02,
    precision: Precision = "double",
    progress: Progress | None = None,
) -> Gradient:
    """Slopes of every claim's margin in every parameter at the nominal values.

    By differences over a share `step` of each parameter's range; of a parameter without ends, of
    its middle 98 %.

    Raises:
        ValueError: nothing is uncertain, or the step makes no sense.
        ScenarioError: the scenario is impossible at one of these points.
    """
    game = scenario if isinstance(scenario, Game) else compile_game(scenario)
    unsure = uncertain(game.scenario)
    if not unsure:
        raise ValueError("nothing is uncertain in this scenario: there is nothing to vary")
    ends = at_quantiles(game.scenario, np.array([[0.01] * len(unsure), [0.99] * len(unsure)]))
    low, high = (np.array([ends[p.name][k] for p in unsure]) for k in (0, 1))
    nominal = np.clip([p.value for p in unsure], low, high)
    design = gradient_design(
        nominal[None, :], low, high, step=step, factors=[p.name for p in unsure]
    )
    futures = {p.name: design.rows[:, k] for k, p in enumerate(unsure)}
    claims, margins = _margins(game, futures, precision, progress)
    return gradient(margins, design, claims)


def _margins(
    game: Game, futures: Mapping[str, Array], precision: Precision, progress: Progress | None
) -> tuple[list[str], Array]:
    """The claims, and their margins in these futures, [future, claim]."""
    scenario = game.scenario
    doctrines = {
        name for claim in scenario.claims for name in missing_doctrines(scenario, claim, ())
    }
    rows = len(next(iter(futures.values())))
    parts = []
    claims = [claim.name for claim in scenario.claims]
    for low in range(0, rows, GROUP):
        block = {name: values[low : low + GROUP] for name, values in futures.items()}
        results = solve_futures(game, block, doctrines, precision=precision)
        truths = judge_claims(scenario, results, block, precision)
        parts.append(np.stack([_finite(truths[name].margin) for name in claims], axis=1))
        if progress:
            progress(min(rows, low + GROUP), rows)
    return claims, np.concatenate(parts)


def _independent(scenario: Scenario) -> list[str]:
    unsure = [parameter.name for parameter in uncertain(scenario)]
    if not unsure:
        raise ValueError("nothing is uncertain in this scenario: there is nothing to vary")
    if scenario.correlations or scenario.constraints:
        what = "correlations" if scenario.correlations else "constraints"
        raise ValueError(
            f"the scenario has {what}: shares of variance by parameter have no single meaning "
            "where parameters are not independent; ask the study's own futures instead"
        )
    return unsure


def _finite(margin: Array) -> Array:
    return np.where(np.isfinite(margin), margin, np.nan)
