"""What doctrines are compared by: an outcome that has a better direction, or an actor's value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from standoff.claims import POINTS, unit_of
from standoff.robustness import robustness
from standoff.scenario import Scenario, suggestion

VALUE = "value"
"""Names an actor's own expected payoff; no outcome can be called so."""


@dataclass(frozen=True)
class Objective:
    """An outcome, or the expected payoff of an actor from the start on."""

    outcome: str | None
    """None for a value."""
    actor: str | None
    """Whose value; None for an outcome."""
    better: Literal["lower", "higher"]
    unit: str

    @property
    def name(self) -> str:
        """`civilian harm`, `value to alliance`."""
        return self.outcome if self.outcome is not None else f"value to {self.actor}"


def every_objective(scenario: Scenario) -> tuple[Objective, ...]:
    """What is reported with a better direction, in the order of the file, then actors' values."""
    outcomes = [
        Objective(outcome.name, None, outcome.better, unit_of(scenario, outcome))
        for outcome in scenario.reported
        if outcome.better
    ]
    values = [objectives_of(scenario, actor.name, [VALUE])[0] for actor in scenario.actors]
    return (*outcomes, *values)


def objectives_of(scenario: Scenario, actor: str, names: Iterable[str]) -> tuple[Objective, ...]:
    """The named outcomes; "value" is the actor's own expected payoff.

    Raises:
        KeyError: there is no such outcome.
        ValueError: the file does not say which way an outcome is better, or one stands twice.
    """
    by_name = {outcome.name: outcome for outcome in scenario.outcomes}
    found = []
    for name in names:
        if name == VALUE:
            found.append(Objective(None, actor, "higher", POINTS))
            continue
        if name not in by_name:
            if name in {one.name for one in scenario.reported}:
                raise ValueError(f"'{name}' counts who fled, which a search does not follow")
            known = [VALUE, *by_name]
            raise KeyError(f"there is no outcome '{name}'; {suggestion(name, known)}")
        outcome = by_name[name]
        if outcome.better is None:
            raise ValueError(
                f"the file does not say which way '{name}' is better; "
                "give the outcome 'better: lower' or 'better: higher'"
            )
        found.append(Objective(name, None, outcome.better, unit_of(scenario, outcome)))
    if len(set(found)) < len(found):
        raise ValueError("an objective stands twice; name each once")
    return tuple(found)


@dataclass(frozen=True)
class Yardstick:
    """What makes [future, doctrine, objective] one figure for each doctrine and objective."""

    objectives: tuple[Objective, ...]
    metric: str
    """One of `standoff.robustness.METRICS`, by name."""
    thresholds: Mapping[str, float]
    """By name of the objective; for Starr's domain criterion."""

    def figures(
        self, performance: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """[doctrine, objective], NaN where the metric is not defined; and signs [objective].

        A sign is 1 where more of the figure is better, else -1.
        """
        found = [
            robustness(
                performance[:, :, k],
                objective.better,
                metrics=[self.metric],
                threshold=self.thresholds.get(objective.name),
            )
            for k, objective in enumerate(self.objectives)
        ]
        signs = [1.0 if each.better[0] == "higher" else -1.0 for each in found]
        return np.stack([each.value[0] for each in found], axis=1), np.array(signs)

    def scores(self, performance: NDArray[np.float64]) -> NDArray[np.float64]:
        """[doctrine, objective], more is better.

        Raises:
            ValueError: the metric is unknown, lacks a threshold, or cannot compare these doctrines.
        """
        figures, signs = self.figures(performance)
        for k, objective in enumerate(self.objectives):
            if np.isnan(figures[:, k]).any():
                raise ValueError(
                    f"the metric {self.metric} is not defined for '{objective.name}', which under "
                    "some doctrine is the same in every future; choose another metric"
                )
            sign = 1.0 if objective.better == "higher" else -1.0
            if self.metric == "mean-variance" and (sign * performance[:, :, k].mean(0) <= -1).any():
                raise ValueError(
                    f"the metric mean-variance counts more spread as good where, with its better "
                    f"side up, a mean is -1 or less, as that of '{objective.name}' under some "
                    "doctrine; choose another metric"
                )
        return figures * signs
