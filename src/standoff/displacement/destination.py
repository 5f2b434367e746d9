"""People choose where to go in the end, and take the shortest open road there.

A logit over destinations (McFadden 1974) with the terms of the gravity models of migration: the
logarithms of the size of a destination, of its distance, and of how many are there already (Ben-
Akiva and Lerman 1985; Beine, Docquier and Özden 2011), and a pull of country or place. Numbers are
expected numbers; what depends on how full a place is sees those of daybreak, as a mean field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.displacement.displaced import displaced_by_rules
from standoff.displacement.instance import AS_GIVEN, Instance
from standoff.displacement.roads import Roads, Trips, roads_of
from standoff.displacement.timeline import CONFLICT, Timeline, links_of, timeline
from standoff.displacement.walk import Flow, in_blocks, initial_people, row_displaced, row_settings

ROWS = 64
"""Rows that are computed side by side."""
FEWEST = 8
"""Fewer rows are filled up, so that sums are made in the same order however many there are."""
NOBODY = 1e-9
"""Fewer people than this do not choose."""
NEVER = -1e4
"""The logarithm of a weight that is 0."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """An instance under one doctrine, made ready for choosing: what all rows share, found once.

    `places` are the destinations: all camps, then towns at home; `size` [destination] is how many
    live there or are let in, beside the mean camp. `accepts` [day, destination] says where people
    may go, and stay. `gates` have the links that share one
    daily throughput, `[link]`, and the throughput, `[day]`.
    """

    instance: Instance
    days: Timeline = field(repr=False)
    roads: Roads = field(repr=False)
    displaced: Array | None = field(repr=False)
    places: NDArray[np.int64]
    camps: int
    size: Array
    accepts: NDArray[np.bool_] = field(repr=False)
    gates: tuple[tuple[NDArray[np.bool_], Array], ...] = field(repr=False)


def choose(
    instance: Instance, rows: Mapping[str, ArrayLike] | None = None, doctrine: str = AS_GIVEN, *,
    displaced: Array | None = None, keep: Sequence[int] | None = None, shift: Array | None = None,
    known: int | None = None, workers: int = 1,
) -> Flow:  # fmt: skip
    """The expected flows for each row where people choose a destination.

    In the morning everybody newly displaced, and everybody stopped on the way or in a place that
    cannot be stayed in, chooses among the destinations that can be reached; see `Rules` for the
    weights. They arrive in the evening of the last day of their journey, the first included, by the
    shortest road open when they choose. Who comes to a road that has been closed meanwhile, or that
    lets only so many through a day, stops there and chooses again next morning. People in a
    destination stay until conflict comes or it is closed. Where nothing within reach has room, they
    do not mind.

    `rows` has an array for each setting that differs between rows, by its name in `FREE` or as
    `pull NAME` for a country or location. `displaced` is [day, place] or [row, day, place], by
    default as the rules say; `keep` has the locations to return, by default all. `shift` [row, day,
    camp] is added to the pull of each camp. In the evening of the day `known` the camps hold what
    was recorded. Raises KeyError for an unknown doctrine, setting or name, ValueError where arrays
    differ in length or shape.
    """
    internal = max(
        instance.rules.internal_pull, float(np.max((rows or {}).get("internal_pull", 0.0)))
    )
    ready = choices(instance, doctrine, internal=internal > 0, given=displaced is not None)
    return follow(
        ready, rows, displaced=displaced, keep=keep, shift=shift, known=known, workers=workers
    )


def choices(
    instance: Instance, doctrine: str = AS_GIVEN, *, internal: bool = False, given: bool = False
) -> Choices:
    """Makes an instance ready; `internal` with towns at home as destinations.

    `given` says that the displaced will be given. Raises KeyError for an unknown doctrine.
    """
    links = links_of(instance, False)
    measures = instance.doctrine(doctrine)
    days = timeline(instance, links, measures, False)
    home = instance.locations[0].country
    towns = [
        i
        for i, location in enumerate(instance.locations)
        if internal and location.population > 0 and not location.is_camp
        if location.country == home and location.kind in ("town", "conflict_zone")
    ]
    camps = np.array(instance.camps, np.int64)
    places = np.concatenate([camps, np.array(towns, np.int64)])
    capacity = days.capacity[camps]
    usual = capacity[capacity >= 1].mean() if (capacity >= 1).any() else 1.0
    population = np.array([instance.locations[i].population for i in towns], float)
    size = np.concatenate([np.where(capacity >= 1, capacity, usual), population]) / usual
    accepts = np.concatenate([days.camp[:, camps], days.town[:, towns]], axis=1)
    accepts &= days.moving[:, places] != CONFLICT
    gates = [
        (np.arange(len(links.start)) == link, days.limit[:, link])
        for link in np.flatnonzero(np.isfinite(days.limit).any(axis=0))
    ]
    for i, location in enumerate(instance.locations):
        if location.capacity_per_day is not None:
            gates.append((links.end == i, np.full(instance.days, location.capacity_per_day)))
    held = np.zeros(days.open.shape, bool)
    for through, limit in gates:
        held |= through & np.isfinite(limit)[:, None]
    return Choices(
        instance, days, roads_of(instance, links, days, places, held),
        None if given else displaced_by_rules(instance, days), places, len(camps), size, accepts,
        tuple(gates),
    )  # fmt: skip


def follow(
    ready: Choices, rows: Mapping[str, ArrayLike] | None = None, *, displaced: Array | None = None,
    keep: Sequence[int] | None = None, shift: Array | None = None, known: int | None = None,
    workers: int = 1,
) -> Flow:  # fmt: skip
    """`choose` for an instance that was made ready."""
    instance = ready.instance
    settings, pull = choice_settings(instance, rows, ready.places)
    given = ready.displaced if displaced is None else displaced
    settings, new = row_displaced(instance, settings, ready.days, given)
    count = len(settings["people"])
    if shift is not None:
        if shift.ndim != 3 or shift.shape[1:] != (instance.days, ready.camps):
            raise ValueError(
                f"shift has the shape {shift.shape}; expected rows of {instance.days} days and "
                f"{ready.camps} camps"
            )
        if len(shift) not in (1, count) and count > 1:
            raise ValueError(f"shift has {len(shift)} rows of {count}")
        count = max(count, len(shift))
        settings = {name: np.broadcast_to(values, count) for name, values in settings.items()}
    pull = np.broadcast_to(pull, (len(ready.places), count))
    every = np.arange(len(instance.locations)) if keep is None else np.asarray(keep, np.int64)
    initial = initial_people(instance)
    flow = Flow(
        np.empty((count, instance.days, len(every))),
        np.empty((count, instance.days)),
        (initial.sum() + new.sum(axis=2).cumsum(axis=1)) * settings["people"][:, None],
    )

    def block(start: int) -> None:
        some = np.arange(start, min(start + ROWS, count))
        at = np.resize(some, max(len(some), FEWEST))
        part = {name: values[at] for name, values in settings.items()}
        fresh = new[at] if len(new) > 1 else new
        extra = None if shift is None else shift[at] if len(shift) > 1 else shift
        people, road = _days(ready, part, pull[:, at], fresh, initial, extra, known, every)
        flow.people[some] = people[:, :, : len(some)].transpose(2, 0, 1)
        flow.travelling[some] = road[:, : len(some)].T

    in_blocks(block, count, ROWS, workers)
    return flow


def choice_settings(
    instance: Instance, rows: Mapping[str, ArrayLike] | None, places: NDArray[np.int64]
) -> tuple[dict[str, Array], Array]:
    """The settings `[row]`, and the pull of every place, `[place, row]`, of country and own."""
    rows = rows or {}
    other = {name: values for name, values in rows.items() if not name.startswith("pull ")}
    pulls = dict(instance.rules.pull) | {
        name.removeprefix("pull "): values
        for name, values in rows.items()
        if name.startswith("pull ")
    }
    countries = {location.country for location in instance.locations}
    for name in pulls:
        if name not in countries and name not in instance.names:
            listed = ", ".join(sorted(countries))
            raise KeyError(
                f"pull: there is no country or location '{name}'; countries are {listed}"
            )
    given = {name: np.atleast_1d(np.asarray(values, float)) for name, values in pulls.items()}
    longest = max((len(values) for values in given.values()), default=1)
    settings = row_settings(instance, other)
    if longest > 1 and len(settings["people"]) == 1:
        settings = {name: np.broadcast_to(values, longest) for name, values in settings.items()}
    count = len(settings["people"])
    pull = np.zeros((len(places), count))
    for name, values in given.items():
        if len(values) not in (1, count):
            raise ValueError(f"'pull {name}' has {len(values)} rows of {count}")
        for row, place in enumerate(places):
            location = instance.locations[place]
            if name in (location.country, location.name):
                pull[row] += values
    return settings, pull


def _days(
    ready: Choices, part: Mapping[str, Array], pull: Array, displaced: Array, initial: Array,
    shift: Array | None, known: int | None, every: NDArray[np.int64],
) -> tuple[Array, Array]:  # fmt: skip
    """A block of rows: people `[day, place, row]` and on the road `[day, row]`."""
    instance, roads, places = ready.instance, ready.roads, ready.places
    size, lanes, nights = len(instance.locations), pull.shape[1], roads.longest + 1
    wish = pull + part["capacity_pull"] * np.log(ready.size)[:, None]
    staying = part["internal_pull"]
    wish[ready.camps :] += np.where(staying > 0, np.log(np.where(staying > 0, staying, 1.0)), NEVER)
    stays = np.ones(wish.shape, bool)
    stays[ready.camps :] = staying > 0
    most = ready.days.capacity[places][:, None] * part["capacity_scaling"]
    most[ready.camps :] = 0.0
    people = initial[:, None] * part["people"]
    coming = np.zeros((nights, size, lanes))
    bound = np.zeros((size, lanes))
    out, road = np.empty((instance.days, len(every), lanes)), np.empty((instance.days, lanes))
    near, regime = np.empty(0), -1
    for day in range(instance.days):
        trips = roads.trips(day)
        if roads.regime[day] != regime:
            regime = roads.regime[day]
            near = np.exp(
                -part["distance_decay"] * np.log(part["softening"] + _km(trips)[:, :, None])
            )
            near[~np.isfinite(trips.km)] = 0.0
        new = displaced[:, day].T * part["people"]
        people += new
        settled = ready.accepts[day][:, None] & stays
        choosing = np.maximum(people, 0.0)
        choosing[places] = np.where(settled, new[places], choosing[places])
        who = np.flatnonzero(choosing.max(axis=1) > NOBODY)
        if len(who) and len(places):
            here = people[places]
            wants = wish + part["network_pull"] * np.log1p(here / 1000.0)
            if shift is not None:
                wants[: ready.camps] += shift[:, day].T
            room = _room(here + bound[places], most, part["capacity_buffer"])
            share = _shares(ready, day, trips, near, who, wants, room)
            share *= choosing[who][:, None]
            _pass_gates(ready, day, trips.first[who], share)
            people[who] -= share.sum(axis=1)
            _send(trips, who, day, share, coming, bound)
        arriving = coming[day % nights]
        people += arriving
        bound -= arriving
        arriving[:] = 0.0
        if day == known:
            camps = places[: ready.camps]
            people[camps] = instance.recorded()[day][:, None] * part["people"]
        out[day] = people[every]
        road[day] = np.maximum(bound.sum(axis=0), 0.0)
    return out, road


def _km(trips: Trips) -> Array:
    return np.where(np.isfinite(trips.km), trips.km, 0.0)


def _room(people: Array, most: Array, buffer: Array) -> Array:
    """How open a place is: 1 while there is room, falling to 0 when it is full."""
    with np.errstate(divide="ignore", invalid="ignore"):
        left = (most - people) / (most * (1.0 - buffer))
    return np.where(most < 1, 1.0, np.clip(left, 0.0, 1.0))


def _shares(
    ready: Choices, day: int, trips: Trips, near: Array, who: NDArray[np.int64], wants: Array,
    room: Array,
) -> Array:  # fmt: skip
    """Who goes where, `[who, destination, row]`; 0 where there is no way anywhere."""
    accepts = ready.accepts[day][:, None]
    appeal = np.where(accepts, np.exp(wants - wants.max(axis=0)), 0.0)
    weight = near[who] * (appeal * room * _passed_on(ready, day, trips, room))
    total = weight.sum(axis=1)
    lost = total <= 0.0
    if lost.any():
        weight = np.where(lost[:, None], near[who] * appeal, weight)
        total = weight.sum(axis=1)
    weight /= np.where(total > 0.0, total, 1.0)[:, None]
    return weight


def _passed_on(ready: Choices, day: int, trips: Trips, room: Array) -> Array:
    """Which share may end its journey in a destination that a forced road leads on from.

    Everybody is passed on while there is room where the road leads.
    """
    may = np.ones(room.shape)
    links = ready.roads.links
    forced = links.start[ready.days.open[day] & ready.days.forced[day]]
    for i in np.flatnonzero(np.isin(ready.places, forced)):
        further = np.isfinite(trips.km[ready.places[i]]) & ready.accepts[day]
        further[i] = False
        if further.any():
            may[i] = 1.0 - room[further].max(axis=0)
    return may


def _pass_gates(ready: Choices, day: int, first: NDArray[np.int64], going: Array) -> None:
    """Lets no more through than a corridor or border does; the others stay where they are."""
    for through, limit in ready.gates:
        if not np.isfinite(limit[day]):
            continue
        queue = (first >= 0) & through[first]
        if queue.any():
            waiting = going[queue]
            total = waiting.sum(axis=0)
            going[queue] = waiting * np.minimum(1.0, limit[day] / np.maximum(total, 1e-300))


def _send(
    trips: Trips, who: NDArray[np.int64], day: int, going: Array, coming: Array, bound: Array
) -> None:
    """Puts those who set out where they will arrive, on the evening of their arrival."""
    nights, size, lanes = coming.shape
    slot = ((day + trips.nights[who]) % nights * size + trips.end[who]).ravel()
    order = np.argsort(slot, kind="stable")
    slots, begins = np.unique(slot[order], return_index=True)
    sums = np.add.reduceat(going.reshape(-1, lanes)[order], begins, axis=0)
    coming.reshape(-1, lanes)[slots] += sums
    np.add.at(bound, slots % size, sums)
