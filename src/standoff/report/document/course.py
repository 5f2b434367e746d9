"""The course of the crisis for the page: ladders, choices, values and beliefs over periods."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import BeliefPath
from standoff.explore import Study
from standoff.report.beliefs import grid_lines, martingale_lines
from standoff.report.document.packed import packed, short
from standoff.scenario import Scenario

Array = NDArray[np.float64]

BAND = (0.05, 0.5, 0.95)
"""Quantiles over futures that are shown of a path."""


def course(study: Study, kept: NDArray[np.bool_]) -> dict[str, Any]:
    """What happens when, in a study."""

    def cube(columns: list[str]) -> Array:
        found = study.course(columns).isel(future=kept)
        stacked = np.stack([found[name].to_numpy() for name in columns], axis=-1)
        return np.asarray(stacked.transpose(1, 0, 2, 3), np.float64)

    return course_of(study.scenario, cube)


def course_of(scenario: Scenario, cube: Callable[[list[str]], Array]) -> dict[str, Any]:
    """What happens when; `cube` gives columns of a course as [doctrine, future, period, column].

    `going_on` is [doctrine][period]; `ladders` have `mean` [doctrine][period][rung] and the first
    of them `futures`, packed [doctrine, future, period, rung]; `choices` have `mean`
    [doctrine][period][action]; `paths` have `low`, `median` and `high`, [doctrine][period].
    """
    first = next((v.name for v in scenario.variables if v.kind == "ladder"), None)
    ladders = []
    for variable in scenario.variables:
        shares = cube([f"state.{variable.name}.{label}" for label in variable.labels])
        made = {"variable": variable.name, "mean": short(shares.mean(axis=1))}
        if variable.name == first:
            made["futures"] = packed(shares, "share16")
        ladders.append(made)
    chosen = {a.name: [f"choice.{a.name}.{x.name}" for x in a.actions] for a in scenario.actors}
    return {
        "going_on": short(cube(["going on"])[..., 0].mean(axis=1)),
        "ladders": ladders,
        "choices": [
            {"actor": name, "mean": short(cube(columns)[:, :, :-1].mean(axis=1))}
            for name, columns in chosen.items()
            if columns
        ],
        "paths": [
            {"actor": actor.name} | _band(cube([f"path.{actor.name}"])[..., 0])
            for actor in scenario.actors
        ],
    }


def _band(paths: Array) -> dict[str, Any]:
    """Quantiles over futures of paths [doctrine, future, period]; nothing where none is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of periods that no future reaches
        low, median, high = np.nanquantile(paths, BAND, axis=1)
    return {"low": short(low), "median": short(median), "high": short(high)}


def beliefs(study: Study, paths: tuple[BeliefPath, ...]) -> dict[str, Any] | None:
    """What the others believe, and how far to trust it; None where nothing is hidden."""
    if not study.hidden:
        return None
    return {
        "paths": [
            {
                "actor": path.actor,
                "type": path.type,
                "doctrine": path.doctrine,
                **short({"mean": path.mean, "low": path.low, "high": path.high}),
                "martingale": path.martingale,
            }
            for path in paths
        ],
        "notes": [*martingale_lines(paths), *grid_lines(study)],
    }
