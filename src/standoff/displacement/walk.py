"""Flee's rule of movement, as expected numbers of people on the graph of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.displacement.displaced import displaced_by_rules
from standoff.displacement.instance import AS_GIVEN, Instance
from standoff.displacement.network import Network, network_of
from standoff.displacement.rules import FREE
from standoff.displacement.timeline import Links, Timeline, links_of, timeline

LANES = 8
"""Rows that are computed side by side."""


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
    `displaced` [day, place] says who is displaced when and where, by default as the rules say;
    `keep` the locations to return, by default all. Raises KeyError for an unknown doctrine or
    setting, ValueError where arrays differ in length.
    """
    instance = prepared.instance
    settings = row_settings(instance, rows)
    count = len(settings["people"])
    days = timeline(instance, prepared.links, instance.doctrine(doctrine), prepared.as_flee)
    if displaced is None:
        displaced = displaced_by_rules(instance, days)
    initial = initial_people(instance)
    every = np.arange(len(instance.locations)) if keep is None else np.asarray(keep, np.int64)
    flow = Flow(
        np.empty((count, instance.days, len(every))),
        np.empty((count, instance.days)),
        (initial.sum() + displaced.sum(axis=1).cumsum()) * settings["people"][:, None],
    )

    def block(start: int) -> None:
        some = slice(start, start + LANES)
        part = {name: values[some] for name, values in settings.items()}
        people, road = walk_block(prepared, days, part, displaced, initial)
        flow.people[some] = people[:, every].transpose(2, 0, 1)
        flow.travelling[some] = road.T

    starts = range(0, count, LANES)
    if workers > 1 and count > LANES:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(block, starts))
    else:
        for start in starts:
            block(start)
    return flow


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
    """A block of rows: people `[day, place, lane]` and on the road `[day, lane]`."""
    from standoff.displacement.kernels import walk_days

    instance, network = prepared.instance, prepared.network
    rules, lanes = instance.rules, len(part["people"])
    out = np.empty((instance.days, len(instance.locations), lanes))
    road = np.empty((instance.days, lanes))
    run: Any = walk_days
    run(
        *_graph(network), days.open, days.forced, days.limit, np.isfinite(days.limit).any(axis=0),
        days.intensity * days.decay, days.moving, days.town, days.camp,
        np.array([location.foreign for location in instance.locations], bool),
        np.ascontiguousarray(displaced), initial,
        (part["softening"] + network.km[:, None]) ** -part["distance_power"],
        np.array([part["conflict_movechance"], part["default_movechance"],
                  part["camp_movechance"], part["idpcamp_movechance"], np.ones(lanes)]),
        _often(instance, lanes), days.capacity[:, None] * part["capacity_scaling"],
        *(np.array(part[name]) for name in (
            "capacity_buffer", "camp_weight", "foreign_weight", "conflict_weight",
            "weight_softening", "weight_power", "people",
        )),
        rules.awareness_level == 0, rules.avoid_short_stints, rules.max_move_speed, out, road,
    )  # fmt: skip
    return out, road


def _graph(network: Network) -> tuple[Any, ...]:
    return (
        network.place, network.root, network.held, network.held_to, network.origin, network.first,
        network.destination, network.path_first, network.path, network.alone, network.node,
        network.used, network.decides, network.target_first, network.target, network.going,
        network.spent, network.leg_link, network.leg_after, network.leg_used, network.leg_back,
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
