"""What the others come to believe of those who hide their types, doctrine by doctrine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.explore import Study
from standoff.scenario import FREE_CHOICE, Actor, Doctrine

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BeliefPath:
    """The expected shared belief that an actor is of a type, period by period, over futures.

    In each future it is the mean over all courses that types, choices and chance may take.
    """

    actor: str
    type: str
    doctrine: str
    mean: Array
    """Over futures, [period], from the start to the horizon."""
    low: Array
    """5th percentile, [period]."""
    high: Array
    """95th percentile, [period]."""
    martingale: bool
    """Whether theory has it constant: the others weigh types as they are drawn and take actions for
    what they are worth, so that they expect to believe tomorrow what they believe today."""
    drift: float
    """The largest distance from its start in any future and period: learning from what is not so,
    or, where it should be constant, the error of the belief grid."""


def belief_paths(study: Study) -> tuple[BeliefPath, ...]:
    """One path for each type and doctrine of a study; without futures that failed.

    Raises:
        StudyError: blocks of the study are missing.
    """
    scenario = study.scenario
    types = [(actor, type_.name) for actor in scenario.actors for type_ in actor.types]
    columns = [f"belief.{actor.name}.{name}" for actor, name in types]
    if not columns:
        return ()
    course = study.course(columns).isel(future=~study.failed)
    known = {doctrine.name: doctrine for doctrine in scenario.doctrines}
    found = []
    for (actor, name), column in zip(types, columns, strict=True):
        for doctrine in study.doctrines:
            path = course[column].sel(doctrine=doctrine).to_numpy()
            low, high = np.quantile(path, [0.05, 0.95], axis=0)
            found.append(
                BeliefPath(
                    actor.name, name, doctrine, path.mean(axis=0), low, high,
                    _constant(actor, known.get(doctrine)),
                    float(np.abs(path - path[:, :1]).max()),
                )
            )  # fmt: skip
    return tuple(found)


def _constant(actor: Actor, doctrine: Doctrine | None) -> bool:
    """Whether nothing deceives the others about an actor."""
    if actor.cursedness is not None:
        return False
    if doctrine is None or doctrine.name == FREE_CHOICE or doctrine.actor != actor.name:
        return True
    return doctrine.announced and doctrine.believed is None
