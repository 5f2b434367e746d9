"""Flee's rule of movement, as expected numbers of people on the graph of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.displacement.arrays import Days, Graph, Lanes, Ways, work_for
from standoff.displacement.displaced import displaced_by_rules
from standoff.displacement.instance import AS_GIVEN, Instance
from standoff.displacement.network import Network, network_of
from standoff.displacement.rules import FREE
from standoff.displacement.timeline import Links, Timeline, links_of, timeline

LANES = 16
"""Rows that are computed side by side, where there are as many."""


@dataclass(frozen=True)
class Prepared:
    """An instance made ready for walking: what all rows share, found once."""

    instance: Instance
    as_flee: bool
    links: Links
    network: Network


@dataclass(frozen=True)
class Flow:
    """Who is where: `people` [row, day, location], and on the road `travelling` [row, day].

    `displaced` [row, day] is everybody so far, with those registered at the start.
    """

    people: NDArray[np.float64]
    travelling: NDArray[np.float64]
    displaced: NDArray[np.float64]


def prepare(instance: Instance, as_flee: bool = False) -> Prepared:
    """Finds the graph of a day; `as_flee` with its defects, for comparison."""
    links = links_of(instance, as_flee)
    return Prepared(instance, as_flee, links, network_of(instance, links, as_flee))


def walk(
    prepared: Prepared, rows: Mapping[str, ArrayLike] | None = None, doctrine: str = AS_GIVEN, *,
    displaced: NDArray[np.float64] | None = None, keep: Sequence[int] | None = None,
    workers: int = 1,
) -> Flow:  # fmt: skip
    """The expected flows for each row.

    `rows` has an array for each setting that differs between rows; its names are those of `FREE`.
    `displaced` [day, place] or [row, day, place] says how many are displaced when and where, by
    default as the rules say; the setting `people` multiplies it. `keep` has the locations to
    return, by default all. Raises KeyError for an unknown doctrine or setting, ValueError where
    arrays differ in length or shape.
    """
    instance = prepared.instance
    days = timeline(instance, prepared.links, instance.doctrine(doctrine), prepared.as_flee)
    settings, displaced = row_displaced(instance, row_settings(instance, rows), days, displaced)
    count = len(settings["people"])
    initial = initial_people(instance)
    every = np.arange(len(instance.locations)) if keep is None else np.asarray(keep, np.int64)
    flow = Flow(
        np.empty((count, instance.days, len(every))),
        np.empty((count, instance.days)),
        (initial.sum() + displaced.sum(axis=2).cumsum(axis=1)) * settings["people"][:, None],
    )

    def block(start: int) -> None:
        some = np.arange(start, min(start + LANES, count))
        # A last block that is not full repeats a row: kernels are compiled for 1 and LANES lanes.
        filled = np.resize(some, 1 if count == 1 else LANES)
        part = {name: values[filled] for name, values in settings.items()}
        new = displaced[filled] if len(displaced) > 1 else displaced
        people, road = walk_block(prepared, days, part, new, initial)
        flow.people[some] = people[:, every, : len(some)].transpose(2, 0, 1)
        flow.travelling[some] = road[:, : len(some)].T

    in_blocks(block, count, LANES, workers)
    return flow


def in_blocks(block: Callable[[int], None], count: int, size: int, workers: int) -> None:
    """Computes rows in blocks that begin `size` apart, on so many threads where that helps."""
    starts = range(0, count, size)
    if workers > 1 and count > size:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(block, starts))
    else:
        for start in starts:
            block(start)


def row_settings(
    instance: Instance, rows: Mapping[str, ArrayLike] | None
) -> dict[str, NDArray[np.float64]]:
    """Every free setting, `[row]`: as `rows` say, or else as the instance does."""
    rows = rows or {}
    for name in rows:
        if name not in FREE:
            raise KeyError(
                f"'{name}' is no setting that may differ between rows: {', '.join(FREE)}"
            )
    given = {name: np.atleast_1d(np.asarray(values, float)) for name, values in rows.items()}
    lengths = {len(values) for values in given.values()} - {1}
    if len(lengths) > 1:
        raise ValueError(f"the settings have different numbers of rows: {sorted(lengths)}")
    count = lengths.pop() if lengths else 1
    return {
        name: np.broadcast_to(given.get(name, np.array([getattr(instance.rules, name)])), count)
        for name in FREE
    }


def row_displaced(
    instance: Instance, settings: dict[str, NDArray[np.float64]], days: Timeline,
    displaced: NDArray[np.float64] | None,
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:  # fmt: skip
    """The settings and the displaced, `[row, day, place]`, brought to as many rows as there are.

    Where all rows have the same displaced, it is one row. Raises ValueError for another shape.
    """
    if displaced is None:
        displaced = displaced_by_rules(instance, days)
    displaced = np.asarray(displaced, float)
    if displaced.ndim == 2:
        displaced = displaced[None]
    count, given = len(settings["people"]), len(displaced)
    shape = (instance.days, len(instance.locations))
    fits = count == 1 or given in (1, count)
    if displaced.ndim != 3 or displaced.shape[1:] != shape or not fits:
        raise ValueError(
            f"the displaced have the shape {displaced.shape}; expected [day, place] {shape}, or "
            f"the same for each of {count} rows"
        )
    if given > count:
        settings = {name: np.broadcast_to(values, given) for name, values in settings.items()}
    return settings, displaced


def initial_people(instance: Instance) -> NDArray[np.float64]:
    """Who is registered in each place before the first day, `[place]`."""
    people = np.zeros(len(instance.locations))
    if instance.records is not None and instance.rules.insert_day0:
        people[list(instance.camps)] = instance.recorded()[0]
    return people


def walk_block(
    prepared: Prepared, days: Timeline, part: Mapping[str, NDArray[np.float64]],
    displaced: NDArray[np.float64], initial: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """A block of rows: people `[day, place, lane]` and on the road `[day, lane]`.

    `displaced` is [row, day, place], of one row or all of them.
    """
    return run_kernel(kernel_arrays(prepared, days, part, displaced, initial), None)


def run_kernel(
    arrays: tuple[Graph, Days, Lanes, Ways], draws: np.random.Generator | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Runs the kernel: people `[day, place, lane]` and on the road `[day, lane]`."""
    from standoff.displacement.kernels import RECENT, walk_days

    graph, days, row, ways = arrays
    (length, places), lanes = days.fear.shape, len(row.buffer)
    bins = RECENT if ways.short else 1
    out, road = np.empty((length, places, lanes)), np.empty((length, lanes))
    work, choice = work_for(graph, days, bins, lanes)
    run: Any = walk_days
    run(((0,) * bins, (0,) * lanes), *arrays, work, choice, draws, out, road)
    return out, road


def kernel_arrays(
    prepared: Prepared, days: Timeline, part: Mapping[str, NDArray[np.float64]],
    displaced: NDArray[np.float64], initial: NDArray[np.float64],
) -> tuple[Graph, Days, Lanes, Ways]:  # fmt: skip
    """What the kernel takes. `displaced` is [row, day, place]."""
    instance, network = prepared.instance, prepared.network
    rules, lanes = instance.rules, len(part["people"])
    limited = np.asarray(np.isfinite(days.limit).any(axis=0))
    return (
        Graph(*(getattr(network, name) for name in Graph._fields)),
        Days(
            days.open, days.forced, days.limit, limited,
            days.intensity * days.decay, days.moving, days.town, days.camp,
            np.array([location.foreign for location in instance.locations], bool),
        ),
        Lanes(
            np.ascontiguousarray(displaced.transpose(1, 2, 0) * part["people"]),
            initial[:, None] * part["people"],
            (part["softening"] + network.km[:, None]) ** -part["distance_power"],
            np.array([part["conflict_movechance"], part["default_movechance"],
                      part["camp_movechance"], part["idpcamp_movechance"], np.ones(lanes)]),
            _often(instance, lanes), days.capacity[:, None] * part["capacity_scaling"],
            *(np.array(part[name]) for name in (
                "capacity_buffer", "camp_weight", "foreign_weight", "conflict_weight",
                "weight_softening", "weight_power",
            )),
        ),
        Ways(
            rules.awareness_level == 0, rules.avoid_short_stints, rules.max_move_speed,
            bool(limited.any()),
        ),
    )  # fmt: skip


def _often(instance: Instance, lanes: int) -> NDArray[np.float64]:
    """By how much the size of a place changes the chance to leave it, `[place, lane]`."""
    rules = instance.rules
    size = np.array([max(place.population, place.capacity) for place in instance.locations], float)
    if rules.movechance_pop_scale_factor == 0:
        return np.ones((len(size), lanes))
    factor = (size / rules.movechance_pop_base) ** rules.movechance_pop_scale_factor
    return np.repeat(factor[:, None], lanes, axis=1)


def with_rules(instance: Instance, **changes: Any) -> Instance:
    """The same instance under other settings."""
    return replace(instance, rules=replace(instance.rules, **changes))
