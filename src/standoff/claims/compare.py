"""Doctrines side by side: outcomes, values, regret, the trap, and how much is noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.explore import Study
from standoff.scenario import FREE_CHOICE, Scenario

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """One quantity under one doctrine, over futures."""

    quantity: str
    doctrine: str
    unit: str
    median: float
    low: float
    """5th percentile."""
    high: float
    """95th percentile."""
    regret: float | None
    """Median regret: by how much another doctrine of the study does better in the same future; None where
    the file does not say which way is better."""
    most_regret: float | None
    limit: float
    """Median in the limit of perfect rationality."""
    noise: float | None
    """For `ever`: the share of the expected probability that vanishes in the limit; None elsewhere, and where
    the probability is 0."""


@dataclass(frozen=True)
class Trap:
    """How far an actor is trapped: what committing itself at the start would be worth to it.

    Depth = max over its announced doctrines d of V(start | committed to d), minus V(start) in free choice, and
    0 where no doctrine is worth more (Schelling 1960 on the power to bind oneself).
    """

    actor: str
    depth: Array
    """[future]"""
    best: tuple[str, ...]
    """[future]: the doctrine worth most to it, `free-choice` where none is worth more."""
    falling: NDArray[np.bool_]
    """[future]: value per remaining period falls from start to last period, while the crisis goes on."""
    waiting: NDArray[np.bool_]
    """[future]: in more than half of the periods, doing nothing is the actor's likeliest choice."""

    @property
    def escalation(self) -> NDArray[np.bool_]:
        """[future]: an escalation trap: depth above 0, and value falls while waiting stays likeliest."""
        return (self.depth > 1e-6) & self.falling & self.waiting


def compare(study: Study) -> tuple[Comparison, ...]:
    """Every outcome, then every actor's value, under every doctrine."""
    results, scenario = study.results, study.scenario
    found: list[Comparison] = []
    for outcome in scenario.outcomes:
        here = results["expected"].sel(outcome=outcome.name).to_numpy()
        limit = results["expected_limit"].sel(outcome=outcome.name).to_numpy()
        unit = outcome.unit or {"ever": "share of courses", "first time": _periods(scenario)}.get(
            outcome.kind, ""
        )
        found += _compare(
            study, outcome.name, unit, here, limit, outcome.better, outcome.kind == "ever"
        )
    for actor in scenario.actors:
        here = results["value"].sel(actor=actor.name).to_numpy()
        limit = results["value_limit"].sel(actor=actor.name).to_numpy()
        found += _compare(study, f"value to {actor.name}", "payoff", here, limit, "higher", False)
    return tuple(found)


def _periods(scenario: Scenario) -> str:
    return f"{scenario.time.period}s"


def _compare(
    study: Study, name: str, unit: str, here: Array, limit: Array, better: str | None, rare: bool
) -> list[Comparison]:
    """`here` and `limit` are [future, doctrine]."""
    regret = regrets(here, better) if better else None
    rows = []
    for k, doctrine in enumerate(study.doctrines):
        low, median, high = np.quantile(here[:, k], [0.05, 0.5, 0.95])
        expected = float(here[:, k].sum())
        vanishes = float(np.maximum(here[:, k] - limit[:, k], 0).sum())
        rows.append(
            Comparison(
                name, doctrine, unit, float(median), float(low), float(high),
                None if regret is None else float(np.median(regret[:, k])),
                None if regret is None else float(regret[:, k].max()),
                float(np.median(limit[:, k])),
                vanishes / expected if rare and expected > 0 else None,
            )
        )  # fmt: skip
    return rows


def regrets(quantity: Array, better: str) -> Array:
    """Savage's (1951) regret, [future, doctrine]: the distance to the best doctrine in the same future."""
    if better == "lower":
        return quantity - quantity.min(axis=1, keepdims=True)
    return quantity.max(axis=1, keepdims=True) - quantity


def trap_depth(study: Study, actor: str, suffix: str = "") -> Array:
    """Trap depth of an actor, [future]; `suffix` "_limit" for perfect rationality."""
    own = _own_doctrines(study, actor)
    value = study.results[f"value{suffix}"].sel(actor=actor)
    free = value.sel(doctrine=FREE_CHOICE).to_numpy()
    if not own:
        return np.zeros_like(free)
    return np.maximum(value.sel(doctrine=own).to_numpy().max(axis=1) - free, 0)


def traps(study: Study) -> tuple[Trap, ...]:
    """The trap of every actor that has a doctrine to commit itself to."""
    course = study.course().sel(doctrine=FREE_CHOICE)
    left = study.scenario.time.periods - np.arange(study.scenario.time.periods)
    found = []
    for actor in study.scenario.actors:
        own = _own_doctrines(study, actor.name)
        if not own:
            continue
        depth = trap_depth(study, actor.name)
        value = study.results["value"].sel(actor=actor.name, doctrine=own).to_numpy()
        best = [
            own[k] if d > 0 else FREE_CHOICE
            for k, d in zip(value.argmax(axis=1), depth, strict=True)
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
                actor.name, depth, tuple(best),
                falling=path[:, -1] < path[:, 0] - 1e-9,
                waiting=likeliest.mean(axis=1) > 0.5,
            )
        )  # fmt: skip
    return tuple(found)


def _own_doctrines(study: Study, actor: str) -> list[str]:
    return [
        doctrine.name
        for doctrine in study.scenario.doctrines
        if doctrine.actor == actor and doctrine.announced and doctrine.name in study.doctrines
    ]
