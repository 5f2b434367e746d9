"""Those who fled, as outcomes: what each solved course of a crisis means for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from standoff.displacement import AS_GIVEN, Course, Driven, counted, flee
from standoff.solver import Solution, label_names, rows_of

_BATCH = 4
"""Courses of sixteen rows that are followed together: more need more memory and are no faster."""

Solved = tuple[str, str]
"""The prefix of a concept's columns, and a doctrine."""


def course_of(driven: Driven, solution: Solution) -> Course:
    """What a solution says of those who flee; its policies must have been kept."""
    game, found = solution.game, solution.course
    names = [outcome.name for outcome in game.outcomes]
    channel = len(game.actors) + names.index(driven.section.people)
    uprooted = np.stack([rows_of(grouped, solution.rows)[channel] for grouped in found.accrued], 1)
    places: dict[str, list[int]] = {variable: [] for variable in driven.variables}
    for k, (variable, _) in enumerate(label_names(game)):
        if variable in places:
            places[variable].append(k)
    ends = [rows_of(grouped, solution.rows) for grouped in found.labels[1:]] if places else []
    odds = {
        variable: np.stack([end[which].T for end in ends], axis=1)
        for variable, which in places.items()
    }
    return Course(uprooted, odds)


def count_columns(
    driven: Driven, courses: Mapping[Solved, Course], parameters: Mapping[str, NDArray[np.float64]]
) -> dict[Solved, dict[str, NDArray[np.float64]]]:
    """The columns of counts, [row], for each course; `parameters` are those of every course, [row].

    Courses under the same measures are followed together. Where a course is not finite, neither
    are its counts.

    Raises:
        ScenarioError: a setting or intensity is impossible in some row.
    """
    found: dict[Solved, dict[str, NDArray[np.float64]]] = {}
    together: dict[str, list[Solved]] = {}
    for solved in courses:
        measures = driven.measures.get(solved[1], AS_GIVEN)
        together.setdefault(measures, []).append(solved)
    batches = [
        group[low : low + _BATCH]
        for group in together.values()
        for low in range(0, len(group), _BATCH)
    ]
    for group in batches:
        uprooted = np.concatenate([courses[solved].uprooted for solved in group])
        odds = {
            name: np.concatenate([courses[solved].odds[name] for solved in group])
            for name in driven.variables
        }
        finite = np.isfinite(uprooted).all(axis=1)
        for values in odds.values():
            finite &= np.isfinite(values).all(axis=(1, 2))
        uprooted[~finite] = 0.0
        odds = {name: np.nan_to_num(values) for name, values in odds.items()}
        tiled = {name: np.tile(values, len(group)) for name, values in parameters.items()}
        counts = counted(driven, flee(driven, group[0][1], Course(uprooted, odds), tiled))
        for name, values in counts.items():
            by_course = np.where(finite, values, np.nan).reshape(len(group), -1)
            for (prefix, doctrine), own in zip(group, by_course, strict=True):
                columns = found.setdefault((prefix, doctrine), {})
                columns[f"{prefix}outcome.{name}"] = own
    return found
