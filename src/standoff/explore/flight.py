"""Who fled where in a study: day by day, in every future, and as a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.displacement import (
    AS_GIVEN,
    Bands,
    Course,
    Driven,
    Stocks,
    at_spots,
    banded,
    drive,
    flee,
    map_of,
    setting_out,
)
from standoff.explore.study import Study
from standoff.scenario import suggestion

_ROWS = 256
"""Futures that are followed together."""


def study_stocks(
    study: Study, doctrines: Iterable[str] | None = None
) -> tuple[Driven, dict[str, Stocks]]:
    """Who is where day by day in every future of a study that was solved, under each doctrine.

    Futures that failed are left out. This holds futures x days x places for each doctrine; of a
    large study ask for `study_bands`.

    Raises:
        StudyError: blocks of the study are missing.
        ValueError: the scenario has no section `displacement`.
        KeyError: no such doctrine in the study; the message has the nearest name.
    """
    driven, courses, parameters = _courses(study, doctrines)
    return driven, {name: flee(driven, name, one, parameters) for name, one in courses.items()}


def study_bands(study: Study, doctrines: Iterable[str] | None = None) -> tuple[Driven, Bands]:
    """Bands over the futures of a study of who is where day by day, beside what was recorded.

    Raises: as `study_stocks`.
    """
    driven, courses, parameters = _courses(study, doctrines)
    count = len(next(iter(courses.values())).uprooted)
    people = {
        name: np.concatenate(
            [
                at_spots(flee(driven, name, *_some(one, parameters, low)))
                for low in range(0, count, _ROWS)
            ]
        )
        for name, one in courses.items()
    }
    return driven, banded(driven.instance, people, driven.recorded)


def study_map(study: Study, doctrine: str, *, every: int = 7) -> dict[str, Any]:
    """The map of a doctrine of a study: medians over futures of who is where; see `map_of`.

    Raises: as `study_stocks`.
    """
    driven, courses, parameters = _courses(study, (doctrine,))
    found = flee(driven, doctrine, courses[doctrine], parameters)
    leaving = np.median(setting_out(driven, courses[doctrine], parameters), axis=0)
    people = np.median(found.places, axis=0)
    measures = driven.measures.get(doctrine, AS_GIVEN)
    return map_of(driven.instance, people, leaving, measures, every=every)


def study_flight(
    study: Study, *, every: int = 7, most: int | None = None
) -> tuple[Driven, Bands, list[dict[str, Any]]]:
    """`study_bands`, and the `study_map` of each doctrine, for which futures are followed once.

    Of the futures that were solved the first `most` are followed; those of a Sobol sample are
    spread as evenly as all of them.

    Raises: as `study_stocks`.
    """
    driven, courses, parameters = _courses(study, None)
    count = len(next(iter(courses.values())).uprooted)
    followed = count if most is None else min(most, count)
    people, maps = {}, []
    for name, course in courses.items():
        spots, places, leaving = [], [], []
        for low in range(0, followed, _ROWS):
            part, own = _some(course, parameters, low, followed)
            leaving.append(setting_out(driven, part, own))
            found = flee(driven, name, part, own, set_out=leaving[-1])
            spots.append(at_spots(found))
            places.append(found.places)
        people[name] = np.concatenate(spots)
        where = np.median(np.concatenate(places), axis=0)
        left = np.median(np.concatenate(leaving), axis=0)
        measures = driven.measures.get(name, AS_GIVEN)
        maps.append(map_of(driven.instance, where, left, measures, every=every))
    return driven, banded(driven.instance, people, driven.recorded), maps


def _some(
    course: Course, parameters: Mapping[str, NDArray[np.float64]], low: int, end: int | None = None
) -> tuple[Course, dict[str, NDArray[np.float64]]]:
    """Some futures of a course, with their parameters; none from `end` on."""
    rows = slice(low, low + _ROWS if end is None else min(low + _ROWS, end))
    odds = {name: values[rows] for name, values in course.odds.items()}
    part = {name: values[rows] for name, values in parameters.items()}
    return Course(course.uprooted[rows], odds), part


def _courses(
    study: Study, doctrines: Iterable[str] | None
) -> tuple[Driven, dict[str, Course], dict[str, NDArray[np.float64]]]:
    """What the study kept of each doctrine, and parameters, of futures that did not fail."""
    driven = drive(study.scenario)
    if driven is None:
        raise ValueError(f"'{study.scenario.name}' has no section 'displacement'")
    wanted = tuple(doctrines or study.doctrines)
    for name in wanted:
        if name not in study.doctrines:
            known = suggestion(name, study.doctrines)
            raise KeyError(f"the study has no doctrine '{name}'; {known}")
    labels = {
        variable.name: [f"state.{variable.name}.{label}" for label in variable.labels]
        for variable in study.scenario.variables
        if variable.name in driven.variables
    }
    accrued = f"accrued.{driven.section.people}"
    kept = study.course([accrued, *(name for names in labels.values() for name in names)])
    kept = kept.isel(future=~study.failed)
    found = {}
    for doctrine in wanted:
        one = kept.sel(doctrine=doctrine)
        odds = {
            variable: np.stack([one[name].to_numpy()[:, 1:] for name in names], axis=2)
            for variable, names in labels.items()
        }
        found[doctrine] = Course(one[accrued].to_numpy()[:, :-1], odds)
    count = int((~study.failed).sum())
    parameters = {
        parameter.name: study.futures[parameter.name][~study.failed]
        if parameter.name in study.futures
        else np.full(count, parameter.value)
        for parameter in study.scenario.parameters
    }
    return driven, found, parameters
