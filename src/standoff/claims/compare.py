"""Doctrines side by side: outcomes, values, regret, the trap, and how much is noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from standoff.claims.quantities import own_doctrines, trap_depth, value_size
from standoff.claims.truth import RELATIVE_ERROR
from standoff.claims.unit import POINTS, unit_of
from standoff.explore import Study
from standoff.scenario import FREE_CHOICE

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """One quantity under one doctrine, over futures."""

    quantity: str
    doctrine: str
    unit: str
    better: str | None
    """"lower" or "higher", where the file says which; more payoff is better for its actor."""
    median: float
    low: float
    """5th percentile."""
    high: float
    """95th percentile."""
    regret: float | None
    """Median regret: by how much another doctrine of the study does better in the same future; None
    where the file does not say which way is better."""
    most_regret: float | None
    limit: float | None
    """Median in the limit of perfect rationality; None where that was not solved."""
    noise: float | None
    """For `ever`: the share of the expected probability that vanishes in the limit; None elsewhere,
    where the probability is 0, and where the limit was not solved."""


@dataclass(frozen=True)
class Trap:
    """How far an actor is trapped: what committing itself at the start would be worth to it.

    Depth = max over its announced doctrines d of V(start | committed to d), minus V(start) in free
    choice, and 0 where no doctrine is worth more (Schelling 1960 on the power to bind oneself).
    """

    actor: str
    depth: Array
    """[future]; NaN where the future failed, and then nothing below holds."""
    trapped: NDArray[np.bool_]
    """[future]: the depth is above 0 by more than the numerical error."""
    best: tuple[str, ...]
    """[future]: the doctrine worth most to it, `free-choice` where none is worth more."""
    falling: NDArray[np.bool_]
    """[future]: while the crisis goes on, value per remaining period falls to the last period."""
    waiting: NDArray[np.bool_]
    """[future]: in more than half of the periods, doing nothing is the actor's likeliest choice."""

    @property
    def escalation(self) -> NDArray[np.bool_]:
        """[future]: an escalation trap: trapped, and value falls while waiting stays likeliest."""
        return self.trapped & self.falling & self.waiting


def compare(study: Study) -> tuple[Comparison, ...]:
    """Every outcome, then every actor's value, under every doctrine; without futures that failed.

    Raises:
        StudyError: blocks of the study are missing.
    """
    scenario = study.scenario
    results = study.results.isel(future=~study.failed)
    found: list[Comparison] = []
    for outcome in scenario.reported:
        here = results["expected"].sel(outcome=outcome.name).to_numpy()
        limit = _limit(results, "expected", outcome=outcome.name)
        unit, rare = unit_of(scenario, outcome), outcome.kind == "ever"
        found += _compare(study, outcome.name, unit, here, limit, outcome.better, rare)
    for actor in scenario.actors:
        here = results["value"].sel(actor=actor.name).to_numpy()
        limit = _limit(results, "value", actor=actor.name)
        found += _compare(study, f"value to {actor.name}", POINTS, here, limit, "higher", False)
    return tuple(found)


def _limit(results: xarray.Dataset, name: str, **item: str) -> Array | None:
    """An array in the limit of perfect rationality, [future, doctrine]; None if not solved."""
    limit = f"{name}_limit"
    return results[limit].sel(item).to_numpy() if limit in results else None


def _compare(
    study: Study,
    name: str,
    unit: str,
    here: Array,
    limit: Array | None,
    better: str | None,
    rare: bool,
) -> list[Comparison]:
    """`here` and `limit` are [future, doctrine]."""
    regret = regrets(here, better) if better else None
    rows = []
    for k, doctrine in enumerate(study.doctrines):
        low, median, high = np.quantile(here[:, k], [0.05, 0.5, 0.95])
        expected = float(here[:, k].sum())
        noise = None
        if rare and expected > 0 and limit is not None:
            noise = float(np.maximum(here[:, k] - limit[:, k], 0).sum()) / expected
        rows.append(
            Comparison(
                name, doctrine, unit, better, float(median), float(low), float(high),
                None if regret is None else float(np.median(regret[:, k])),
                None if regret is None else float(regret[:, k].max()),
                None if limit is None else float(np.median(limit[:, k])),
                noise,
            )
        )  # fmt: skip
    return rows


def regrets(quantity: Array, better: str) -> Array:
    """Savage's (1951) regret, [future, doctrine]: how far the best in the same future is ahead."""
    if better == "lower":
        return np.asarray(quantity - quantity.min(axis=1, keepdims=True))
    return np.asarray(quantity.max(axis=1, keepdims=True) - quantity)


def traps(study: Study) -> tuple[Trap, ...]:
    """The trap of every actor that has a doctrine to commit itself to."""
    scenario = study.scenario
    actors = [a for a in scenario.actors if own_doctrines(scenario, study.doctrines, a.name)]
    paths = [f"path.{actor.name}" for actor in actors]
    choices = [f"choice.{actor.name}.{a.name}" for actor in actors for a in actor.actions]
    course = study.course([*paths, *choices]).sel(doctrine=FREE_CHOICE)
    left = scenario.time.periods - np.arange(scenario.time.periods)
    failed = study.failed
    found = []
    for actor in actors:
        own = own_doctrines(scenario, study.doctrines, actor.name)
        depth = trap_depth(scenario, study.results, actor.name)
        error = RELATIVE_ERROR[study.manifest["precision"]]
        trapped = depth > 2 * error * value_size(study.results, actor.name)
        value = study.results["value"].sel(actor=actor.name, doctrine=own).to_numpy()
        best = [
            own[k] if deep else FREE_CHOICE
            for k, deep in zip(value.argmax(axis=1), trapped, strict=True)
        ]
        path = course[f"path.{actor.name}"].to_numpy()[:, :-1] / left
        chances = np.stack(
            [course[f"choice.{actor.name}.{a.name}"].to_numpy()[:, :-1] for a in actor.actions],
            axis=-1,
        )
        waits = np.array([action.waits for action in actor.actions])
        likeliest = waits[chances.argmax(axis=-1)]
        found.append(
            Trap(
                actor.name, depth, trapped, tuple(best),
                falling=path[:, -1] < path[:, 0] - 1e-9,
                waiting=(likeliest.mean(axis=1) > 0.5) & ~failed,
            )
        )  # fmt: skip
    return tuple(found)
