"""Which assumptions matter: how the margins of claims hang on each parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Truth, judge_claims, missing_doctrines
from standoff.explore import Study, quantile, solve_futures
from standoff.findings.possible import where_possible
from standoff.game import GROUP, Game, compile_game
from standoff.scenario import Parameter, Scenario, ScenarioError, at_quantiles, ends, uncertain
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
from standoff.solver import POINTS, Precision

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with how many futures are solved, and of how many."""


def margins_of_sample(study: Study, truths: Mapping[str, Truth], *, seed: int = 0) -> SampleIndices:
    """First-order indices of every parameter on every claim's margin, from a study as it stands.

    Nothing is solved. `truths` are those of `judge_claims`. Futures that failed are left out, and
    for each claim those in which its margin is not a finite number: it is a plain yes or no there.

    Raises:
        ValueError: the study has too few futures, nothing is uncertain, or there are no claims.
    """
    if not study.futures:
        raise ValueError("nothing is uncertain in this study: there is nothing to be sensitive to")
    names = list(truths)
    if not names:
        raise ValueError("there are no claims, and so no margins to explain")
    failed = study.failed
    outputs = np.stack(
        [np.where(failed, np.nan, _finite(truths[name].margin)) for name in names], axis=1
    )
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
    grid: int = POINTS,
    progress: Progress | None = None,
) -> SobolIndices:
    """First and total indices of every parameter on every claim's margin, on a design of its own.

    `points` times the number of uncertain parameters plus two futures are solved, under every
    doctrine that a claim is measured against; where types are hidden, on a belief grid of so many
    points a side as `grid` says. A point of the design in which the scenario is
    impossible in some future is left out, and counted.

    Raises:
        ValueError: nothing is uncertain, or there are no claims; parameters are correlated or
        constrained, for which shares of variance have no single meaning; or `points` is no power
        of two.
        ScenarioError: the scenario is impossible in every future of the design.
    """
    game = scenario if isinstance(scenario, Game) else compile_game(scenario)
    names = _independent(game.scenario)
    futures = at_quantiles(game.scenario, sobol_design(len(names), points, seed=seed))
    claims, margins = _margins(game, futures, precision, grid, progress)
    return sobol(margins, names, claims, seed=seed)


def margins_nearby(
    scenario: Scenario | Game,
    *,
    step: float = 0.02,
    precision: Precision = "double",
    grid: int = POINTS,
    progress: Progress | None = None,
) -> Gradient:
    """Slopes of every claim's margin in every parameter at the nominal values.

    By differences over a share `step` of each parameter's range; where it has no ends, of what
    holds its middle 98 % and the nominal value. Discrete parameters have no slopes and are left
    out: they keep their nominal values. Constraints are not looked at so near to the nominal point.
    `grid` is as in `margins_by_design`.

    Raises:
        ValueError: no number is uncertain, there are no claims, or the step makes no sense.
        ScenarioError: the scenario is impossible at the nominal values.
    """
    game = scenario if isinstance(scenario, Game) else compile_game(scenario)
    sliding = [p for p in uncertain(game.scenario) if _kind(p) != "discrete"]
    if not sliding:
        what = "only discrete parameters are" if uncertain(game.scenario) else "nothing is"
        raise ValueError(f"{what} uncertain in this scenario: there are no slopes")
    low, high = np.array([_reach(parameter) for parameter in sliding]).T
    design = gradient_design(
        np.array([[p.value for p in sliding]]), low, high, step=step,
        factors=[p.name for p in sliding],
    )  # fmt: skip
    # By itself, so that a nominal point that is impossible is told, and not taken for a gap.
    nominal = {p.name: np.array([p.value]) for p in sliding}
    solve_futures(game, nominal, (), precision=precision, points=grid)
    futures = {p.name: design.rows[:, k] for k, p in enumerate(sliding)}
    claims, margins = _margins(game, futures, precision, grid, progress)
    return gradient(margins, design, claims)


def _kind(parameter: Parameter) -> str:
    assert parameter.distribution is not None
    return parameter.distribution.kind


def _reach(parameter: Parameter) -> tuple[float, float]:
    """The ends of a parameter's range, or of what stands for it where it has none."""
    assert parameter.distribution is not None
    most = quantile(parameter.distribution, np.array([0.01, 0.99]))
    low, high = ends(parameter.distribution)
    return (
        low if np.isfinite(low) else min(parameter.value, float(most[0])),
        high if np.isfinite(high) else max(parameter.value, float(most[1])),
    )


def _margins(
    game: Game,
    futures: Mapping[str, Array],
    precision: Precision,
    grid: int,
    progress: Progress | None,
) -> tuple[list[str], Array]:
    """The claims, and their margins in these futures, [future, claim]; NaN in impossible ones."""
    scenario = game.scenario
    if not scenario.claims:
        raise ValueError("the scenario makes no claims, and so there are no margins to explain")
    doctrines = {
        name for claim in scenario.claims for name in missing_doctrines(scenario, claim, ())
    }
    claims = [claim.name for claim in scenario.claims]

    def solved(block: Mapping[str, Array]) -> Array:
        results = solve_futures(game, block, doctrines, precision=precision, points=grid)
        truths = judge_claims(scenario, results, block, precision)
        return np.stack([_finite(truths[name].margin) for name in claims], axis=1)

    rows = len(next(iter(futures.values())))
    parts, reasons = [], list[ScenarioError]()
    for low in range(0, rows, GROUP):
        block = {name: values[low : low + GROUP] for name, values in futures.items()}
        part, why = where_possible(solved, block, min(GROUP, rows - low), len(claims))
        parts.append(part)
        reasons += why
        if progress:
            progress(min(rows, low + GROUP), rows)
    if len(reasons) == rows:
        raise reasons[0]
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
