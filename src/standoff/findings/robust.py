"""Which doctrine is robust: every metric for every outcome and value, and where they disagree.

Metrics of robustness rank doctrines differently because they answer different questions (McPhail et
al. 2018; Giuliani & Castelletti 2016); which of them is asked is a choice of values that no study
makes. So all are shown, with who is first by which, and how far any two of them agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from standoff.explore import Study
from standoff.findings.objective import Objective, every_objective
from standoff.robustness import (
    Fronts,
    NearestFailure,
    Robustness,
    nearest_failure,
    pareto,
    regret,
    robustness,
)
from standoff.scenario import FREE_CHOICE, Scenario, suggestion

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """How the doctrines stand by one objective; arrays are [doctrine] unless stated."""

    objective: Objective
    doctrines: tuple[str, ...]
    threshold: float
    """What is good enough, in units of the objective; just reaching it is enough."""
    threshold_given: bool
    """False: it is the median of free choice over the futures of the study."""
    metrics: Robustness
    """The eleven metrics of McPhail et al. 2018."""
    first: tuple[tuple[str, ...], ...]
    """[metric]: the doctrines that rank first by it; several are equally good."""
    agreement: Array
    """[metric, metric]: Kendall's (1945) rank correlation τ-b over doctrines, 1 where two metrics
    put all in the same order, -1 where in the opposite; NaN where one makes no difference."""
    median_regret: Array
    """Median over futures of how far the best doctrine in the same future is ahead."""
    most_regret: Array
    satisficing: Array
    """Share of futures in which the threshold is met."""
    best: Array
    """Share of futures in which no doctrine does better."""
    failure: NearestFailure | None
    """The nearest sampled future in which each misses the threshold; None where no parameter
    varies."""

    @property
    def firsts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each doctrine that is first by some metric, with these metrics; most firsts first."""
        found = {
            name: tuple(
                metric.name
                for metric, leaders in zip(self.metrics.metrics, self.first, strict=True)
                if name in leaders
            )
            for name in self.doctrines
        }
        ranked = sorted(found.items(), key=lambda item: -len(item[1]))
        return tuple((name, metrics) for name, metrics in ranked if metrics)

    @property
    def at_odds(self) -> tuple[str, str, float] | None:
        """The two metrics that agree least, and how far; None where none can be compared."""
        pairs = np.where(np.triu(np.ones(self.agreement.shape, bool), 1), self.agreement, np.nan)
        if np.isnan(pairs).all():
            return None
        one, other = np.unravel_index(int(np.nanargmin(pairs)), pairs.shape)
        names = [metric.name for metric in self.metrics.metrics]
        return names[one], names[other], float(pairs[one, other])

    @property
    def unanimous(self) -> bool:
        """Whether some doctrine is first by every metric that ranks them."""
        leaders = [set(names) for names in self.first if names]
        return bool(leaders and set.intersection(*leaders))


@dataclass(frozen=True)
class RobustDoctrines:
    """How robust the doctrines of a study are."""

    scenario: str
    hash: str
    actor: str | None
    """Whose doctrines are compared, beside free choice; None for all of the study."""
    doctrines: tuple[str, ...]
    standings: tuple[Standing, ...]
    """Every outcome with a better direction, then every actor's value."""
    fronts: Fronts | None
    """Pareto fronts over these outcomes (not the values); None where there are fewer than two."""

    def to_xarray(self) -> xarray.Dataset:
        """Numbers with dimensions `objective`, `metric`, `doctrine`."""
        import xarray as xr

        here = self.standings
        axes = ("objective", "doctrine")
        arrays = {
            "metric_value": (
                ("objective", "metric", "doctrine"),
                np.stack([standing.metrics.value for standing in here]),
            ),
            "rank": (
                ("objective", "metric", "doctrine"),
                np.stack([standing.metrics.rank for standing in here]),
            ),
            "agreement": (
                ("objective", "metric", "other_metric"),
                np.stack([standing.agreement for standing in here]),
            ),
            "threshold": (("objective",), np.array([standing.threshold for standing in here])),
            **{
                name: (axes, np.stack([getattr(standing, name) for standing in here]))
                for name in ("median_regret", "most_regret", "satisficing", "best")
            },
        }
        if all(standing.failure is not None for standing in here):
            failures = [standing.failure for standing in here if standing.failure is not None]
            arrays["nearest_failure"] = (
                ("objective", "norm", "doctrine"),
                np.stack([failure.distance for failure in failures]),
            )
        if self.fronts is not None:
            arrays["pareto_share"] = (("doctrine",), self.fronts.share)
        names = [metric.name for metric in here[0].metrics.metrics]
        coords: dict[str, list[str] | list[float]] = {
            "objective": [standing.objective.name for standing in here],
            "metric": names,
            "other_metric": names,
            "doctrine": list(self.doctrines),
        }
        if "nearest_failure" in arrays and here[0].failure is not None:
            coords["norm"] = list(here[0].failure.norms)
        attrs = {"scenario": self.scenario, "hash": self.hash, "actor": self.actor or ""}
        return xr.Dataset(arrays, coords, attrs)


def robustness_of(
    study: Study,
    *,
    actor: str | None = None,
    objectives: Iterable[str] | None = None,
    thresholds: Mapping[str, float] | None = None,
    optimism: float = 0.5,
) -> RobustDoctrines:
    """How robust the doctrines of a study are, by every outcome with `better` and every value.

    With `actor` only free choice and that actor's doctrines are compared: it is one actor that
    chooses among its own. `objectives` are names of outcomes and of values ("value to alliance"),
    all by default. `thresholds` say by name of objective what is good enough; where one is not
    given it is the median of free choice over the futures. `optimism` is for Hurwicz's rule. A
    future in which some doctrine failed is left out for all.

    Raises:
        KeyError: there is no such actor, objective, or threshold's objective.
        ValueError: no doctrine but free choice is left, or a threshold is not a number.
        StudyError: blocks of the study are missing.
    """
    scenario = study.scenario
    columns = _columns(study, actor)
    doctrines = tuple(study.doctrines[k] for k in columns)
    chosen = _objectives(scenario, objectives)
    limits = thresholds or {}
    for name in limits:
        if name not in (known := [objective.name for objective in chosen]):
            raise KeyError(f"there is a threshold for '{name}'; {suggestion(name, known)}")
    tables = [_performance(study, objective)[:, columns] for objective in chosen]
    standings = tuple(
        _standing(study, objective, table, doctrines, limits.get(objective.name), optimism)
        for objective, table in zip(chosen, tables, strict=True)
    )
    outcomes = [k for k, objective in enumerate(chosen) if objective.outcome is not None]
    fronts = None
    if len(outcomes) > 1:
        fronts = pareto(
            np.stack([tables[k] for k in outcomes], axis=2),
            [chosen[k].better for k in outcomes],
            doctrines=doctrines,
            names=[chosen[k].name for k in outcomes],
        )
    return RobustDoctrines(scenario.name, scenario.hash, actor, doctrines, standings, fronts)


def agreement(values: Array, better: Iterable[str]) -> Array:
    """Kendall's τ-b between metrics, [metric, metric], from their values [metric, doctrine].

    τ-b = Σ s_a s_b / √(Σ s_a² Σ s_b²) over pairs of doctrines, with s the sign of the difference
    (Kendall 1945); NaN values tie with all, and NaN where a metric tells no two doctrines apart.
    """
    signs = np.array([1.0 if direction == "higher" else -1.0 for direction in better])
    good = values * signs[:, None]
    with np.errstate(invalid="ignore"):  # infinite alike: no telling which is better
        difference = np.sign(good[:, :, None] - good[:, None, :])
    flat = np.nan_to_num(difference, nan=0.0).reshape(len(values), -1)
    counts = flat @ flat.T
    own = np.diag(counts)
    with np.errstate(invalid="ignore"):
        return np.asarray(counts / np.sqrt(np.outer(own, own)))


def _standing(
    study: Study,
    objective: Objective,
    table: Array,
    doctrines: tuple[str, ...],
    threshold: float | None,
    optimism: float,
) -> Standing:
    free = table[:, doctrines.index(FREE_CHOICE)]
    judged = ~np.isnan(table).any(axis=1)
    if not judged.any():
        raise ValueError(f"no future has '{objective.name}' under every doctrine")
    limit = float(np.median(free[judged])) if threshold is None else float(threshold)
    metrics = robustness(
        table, objective.better, doctrines=doctrines, threshold=limit, optimism=optimism
    )
    lost = np.asarray(regret(table[judged], objective.better))
    met = table[judged] >= limit if objective.better == "higher" else table[judged] <= limit
    first = tuple(
        tuple(name for name, rank in zip(doctrines, ranks, strict=True) if rank == 1)
        for ranks in metrics.rank
    )
    return Standing(
        objective=objective,
        doctrines=doctrines,
        threshold=limit,
        threshold_given=threshold is not None,
        metrics=metrics,
        first=first,
        agreement=agreement(metrics.value, metrics.better),
        median_regret=np.median(lost, axis=0),
        most_regret=lost.max(axis=0),
        satisficing=met.mean(axis=0),
        best=(lost == 0).mean(axis=0),
        failure=_failure(study, table, objective, limit, doctrines),
    )


def _failure(
    study: Study,
    table: Array,
    objective: Objective,
    threshold: float,
    doctrines: tuple[str, ...],
) -> NearestFailure | None:
    """The nearest sampled future that misses the threshold, among parameters that vary."""
    nominal = {parameter.name: parameter.value for parameter in study.scenario.parameters}
    varied = {name: values for name, values in study.futures.items() if np.ptp(values) > 0}
    if not varied:
        return None
    return nearest_failure(
        np.stack(list(varied.values()), axis=1),
        table,
        objective.better,
        threshold,
        [nominal[name] for name in varied],
        factor_names=list(varied),
        doctrines=doctrines,
    )


def _performance(study: Study, objective: Objective) -> Array:
    """[future, doctrine]"""
    results = study.results
    if objective.outcome is not None:
        found = results["expected"].sel(outcome=objective.outcome)
    else:
        found = results["value"].sel(actor=objective.actor)
    return np.asarray(found.transpose("future", "doctrine").to_numpy(), np.float64)


def _columns(study: Study, actor: str | None) -> list[int]:
    """Where the doctrines to compare stand among those of the study; free choice is the first."""
    names = [one.name for one in study.scenario.actors]
    if actor is not None and actor not in names:
        raise KeyError(f"'{actor}' is not an actor; {suggestion(actor, names)}")
    whose = {doctrine.name: doctrine.actor for doctrine in study.scenario.doctrines}
    found = [
        k
        for k, name in enumerate(study.doctrines)
        if name == FREE_CHOICE or actor in (None, whose[name])
    ]
    if len(found) < 2:
        raise ValueError(
            f"the study has no doctrine{f' of {actor!r}' if actor else ''} beside free choice: "
            "there is nothing to compare"
        )
    return found


def _objectives(scenario: Scenario, names: Iterable[str] | None) -> tuple[Objective, ...]:
    every = {objective.name: objective for objective in every_objective(scenario)}
    if names is None:
        return tuple(every.values())
    found = []
    for name in names:
        if name not in every:
            raise KeyError(
                f"there is no objective '{name}' (an outcome with 'better', or 'value to' an "
                f"actor); {suggestion(name, every)}"
            )
        found.append(every[name])
    if not found:
        raise ValueError("no objective is named")
    return tuple(found)
