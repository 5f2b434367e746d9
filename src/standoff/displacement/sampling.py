"""Whole people: the same rule of movement, played by chance as often as asked.

Flows are expectations; `sample` draws courses around them. At each decision as many of a group
take each option as a multinomial draw says, one binomial after another: so a course has the law of
people who decide one by one, at the cost of groups. Where no camp fills up, that law is exact;
where one does, people see how full the camps of their own course are, at daybreak and with each
part of a day's arrivals, as in the walk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.displacement.instance import AS_GIVEN
from standoff.displacement.timeline import timeline
from standoff.displacement.walk import (
    Prepared,
    initial_people,
    kernel_arrays,
    row_displaced,
    row_settings,
    run_kernel,
)


@dataclass(frozen=True)
class Courses:
    """Who is where in each course: whole `people` [row, course, day, location].

    On the road are `travelling` [row, course, day]; `displaced` [row, course, day] is everybody so
    far, with those registered at the start.
    """

    people: NDArray[np.int64]
    travelling: NDArray[np.int64]
    displaced: NDArray[np.int64]


def sample(
    prepared: Prepared, rows: Mapping[str, ArrayLike] | None = None, doctrine: str = AS_GIVEN, *,
    courses: int, seed: int, displaced: NDArray[np.float64] | None = None,
    keep: Sequence[int] | None = None,
) -> Courses:  # fmt: skip
    """Draws `courses` courses for each row.

    `rows`, `displaced` and `keep` are those of `walk`. Where the displaced are no whole number,
    they are rounded by chance so that the sum over days since the start is the given one, rounded
    up or down, and right on average (systematic rounding: Madow & Madow 1944). Each course of each
    row has a stream of random numbers of its own: PCG64, seeded with `seed`, the row and the
    course. So the same arguments give the same people, and more courses do not change those before.
    Raises KeyError and ValueError as `walk` does, and ValueError for no courses or a seed below 0.
    """
    if courses < 1 or seed < 0:
        raise ValueError(f"courses is {courses} and seed {seed}; expected at least 1 and 0")
    instance = prepared.instance
    days = timeline(instance, prepared.links, instance.doctrine(doctrine), prepared.as_flee)
    settings, displaced = row_displaced(instance, row_settings(instance, rows), days, displaced)
    count, initial = len(settings["people"]), initial_people(instance)
    every = np.arange(len(instance.locations)) if keep is None else np.asarray(keep, np.int64)
    shape = (count, courses, instance.days)
    result = Courses(
        np.empty((*shape, len(every)), np.int64), np.empty(shape, np.int64),
        np.empty(shape, np.int64),
    )  # fmt: skip
    for row in range(count):
        part = {name: values[row : row + 1] for name, values in settings.items()}
        new = displaced[row : row + 1] if len(displaced) > 1 else displaced
        graph, by_day, lanes, ways = kernel_arrays(prepared, days, part, new, initial)
        for course in range(courses):
            stream = np.random.SeedSequence(seed, spawn_key=(row, course))
            draws = np.random.Generator(np.random.PCG64(stream))
            whole = _whole(lanes.initial, lanes.displaced, draws)
            drawn: Any = lanes._replace(initial=whole[0], displaced=whole[1:])
            people, road = run_kernel((graph, by_day, drawn, ways), draws)
            result.people[row, course] = people[:, every, 0]
            result.travelling[row, course] = road[:, 0]
            result.displaced[row, course] = whole.sum(axis=1).cumsum(axis=0)[1:, 0]
    return result


def _whole(
    initial: NDArray[np.float64], displaced: NDArray[np.float64], draws: np.random.Generator
) -> NDArray[np.float64]:
    """Whole people at the start and on each day, `[1 + day, place, lane]`."""
    until = np.concatenate([initial[None], displaced]).cumsum(axis=0)
    # Sums of shares of whole people miss them by rounding errors far below a millionth.
    until = np.floor(np.round(until, 6) + draws.random(until.shape[1:]))
    return np.diff(until, axis=0, prepend=0.0)
