"""What changes from day to day whoever moves: where conflict is, what is closed, who takes whom."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Closure, Instance, Measures

CONFLICT, TOWN, CAMP, IDP_CAMP, PASSING = range(5)
"""What decides the chance to leave a place; who passes through a marker or hub always goes on."""


@dataclass(frozen=True)
class Links:
    """The roads one way: link 2k leads along road k, link 2k + 1 back. All are `[link]`."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    km: NDArray[np.float64]
    speed: NDArray[np.float64]
    forced: NDArray[np.bool_]


@dataclass(frozen=True)
class Timeline:
    """The days of an instance under one doctrine.

    `intensity` is the conflict in a place, 0 where there is none, and `decay` the factor for how
    long ago it began; `weight` says in what proportion people are displaced from places; `moving`
    is what decides the chance to leave; `town` and `camp` what a place counts as. All these are
    `[day, place]`; `open` and `forced` are `[day, link]`; `limit` [day, link] is how many people a
    corridor lets through in a day, infinite elsewhere; `capacity` is `[place]`.
    """

    intensity: NDArray[np.float64] = field(repr=False)
    decay: NDArray[np.float64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    moving: NDArray[np.int64] = field(repr=False)
    town: NDArray[np.bool_] = field(repr=False)
    camp: NDArray[np.bool_] = field(repr=False)
    open: NDArray[np.bool_] = field(repr=False)
    forced: NDArray[np.bool_] = field(repr=False)
    limit: NDArray[np.float64] = field(repr=False)
    capacity: NDArray[np.float64] = field(repr=False)


def links_of(instance: Instance, as_flee: bool) -> Links:
    """The links of an instance; as Flee makes them, a road forced backwards counts twice."""
    start, end, km, speed, forced = [], [], [], [], []
    for route in instance.routes:
        times = 2 if as_flee and route.forced == 2 else 1
        for _ in range(times):
            for way, (a, b) in enumerate(((route.start, route.end), (route.end, route.start))):
                start.append(a)
                end.append(b)
                km.append(route.km)
                speed.append(route.speed or instance.rules.max_move_speed)
                forced.append(route.forced == way + 1)
    return Links(
        np.array(start, np.int64), np.array(end, np.int64), np.array(km, float),
        np.array(speed, float), np.array(forced, bool),
    )  # fmt: skip


def timeline(instance: Instance, links: Links, measures: Measures, as_flee: bool) -> Timeline:
    """Lays out the days of an instance under the measures of a doctrine.

    By default conflict is as intense each day as the table says, and ends when the table says so.
    As Flee has it, an intensity counts from the day on which it rises above 0, conflict ends only
    where it was 1 the day before, and a camp's capacity is less by those it holds at the start.
    """
    days, places = instance.days, len(instance.locations)
    shape = (days, places)
    intensity, decay, weight = np.zeros(shape), np.ones(shape), np.zeros(shape)
    moving, town, camp = np.zeros(shape, np.int64), np.zeros(shape, bool), np.zeros(shape, bool)
    now = _State.of(instance, as_flee)
    closures = [c for i, c in enumerate(instance.closures) if i not in measures.reopens]
    closures += measures.closures
    population = np.array([location.population for location in instance.locations], float)
    for day in range(days):
        changed = now.conflicts(instance, day, as_flee)
        now.camps(instance, closures, day)
        intensity[day], moving[day], town[day], camp[day] = (
            now.intensity, now.moving, now.town, now.camp
        )  # fmt: skip
        decay[day] = _decay(instance, day - now.since)
        late = as_flee and not changed and day > 0
        weight[day] = population * now.intensity * (decay[day - 1] if late else decay[day])
    capacity = np.array([location.capacity for location in instance.locations], float)
    index = {name: i for i, name in enumerate(instance.names)}
    for name, people in measures.capacity:
        capacity[index[name]] = people
    if as_flee and instance.records is not None and instance.rules.insert_day0:
        camps = list(instance.camps)
        capacity[camps] -= instance.recorded()[0]
    opened, forced = _opened(instance, links, closures, as_flee)
    return Timeline(
        intensity, decay, weight, moving, town, camp, opened, forced,
        _limits(instance, links, measures), capacity,
    )  # fmt: skip


@dataclass
class _State:
    """Where the days have come to: `[place]` each."""

    intensity: NDArray[np.float64]
    since: NDArray[np.int64]
    moving: NDArray[np.int64]
    town: NDArray[np.bool_]
    camp: NDArray[np.bool_]

    @classmethod
    def of(cls, instance: Instance, as_flee: bool) -> _State:
        places = len(instance.locations)
        now = cls(
            np.zeros(places), np.full(places, -1), np.full(places, PASSING),
            np.zeros(places, bool), np.zeros(places, bool),
        )  # fmt: skip
        for i, location in enumerate(instance.locations):
            tabled = instance.intensity is not None and not as_flee
            if location.is_camp:
                now.moving[i] = IDP_CAMP if location.kind == "idpcamp" else CAMP
                now.camp[i] = True
            elif location.kind == "conflict_zone" and location.conflict_date <= 0 and not tabled:
                now.moving[i], now.intensity[i] = CONFLICT, location.intensity
            elif location.kind in ("town", "conflict_zone"):
                now.moving[i], now.town[i] = TOWN, True
        return now

    def begin(self, place: int, day: int, intensity: float) -> None:
        self.moving[place], self.intensity[place] = CONFLICT, intensity
        self.town[place], self.since[place] = False, day

    def end(self, place: int) -> None:
        self.intensity[place], self.moving[place], self.town[place] = 0.0, TOWN, True

    def conflicts(self, instance: Instance, day: int, as_flee: bool) -> bool:
        """Begins and ends conflicts; says whether any did."""
        changed = False
        table = instance.intensity
        for place, location in enumerate(instance.locations):
            if table is None:
                if location.kind == "conflict_zone" and location.conflict_date == day > 0:
                    self.begin(place, day, location.intensity)
                    changed = True
                continue
            today = table[day, place]
            before = table[day - 1, place] if day else 0.0
            if today > 1e-6 and before < 1e-6:
                self.begin(place, day, today)
                changed = True
            elif today > 1e-6 and not as_flee:
                self.intensity[place] = today
            elif today < 1e-6 and (before == 1 if as_flee else before > 1e-6):
                self.end(place)
                changed = True
        return changed

    def camps(self, instance: Instance, closures: list[Closure], day: int) -> None:
        """Closes and opens camps; a camp that is closed is a town."""
        index = {name: i for i, name in enumerate(instance.names)}
        for closure in closures:
            if closure.kind not in ("camp", "idpcamp"):
                continue
            place = index[closure.first]
            if day == closure.start:
                self.end(place)
                self.camp[place] = False
            if day == closure.end:
                self.moving[place] = IDP_CAMP if closure.kind == "idpcamp" else CAMP
                self.intensity[place], self.town[place], self.camp[place] = 0.0, False, True


def _decay(instance: Instance, since: NDArray[np.int64]) -> NDArray[np.float64]:
    steps = instance.rules.conflict_spawn_decay
    if not steps:
        return np.ones(len(since))
    at = (since / instance.rules.conflict_spawn_decay_interval).astype(int)
    factors: NDArray[np.float64] = np.array(steps)[np.clip(at, 0, len(steps) - 1)]
    return factors


def _opened(
    instance: Instance, links: Links, closures: list[Closure], as_flee: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    shape = (instance.days, len(links.start))
    opened = np.ones(shape, bool)
    forced = np.zeros(shape, bool)
    if not as_flee:
        forced |= links.forced
    shut = [closure for closure in closures if closure.kind in ("country", "location", "link")]
    which = [_affected(instance, links, closure, as_flee) for closure in shut]
    if as_flee:
        state = np.ones(len(links.start), bool)
        for day in range(instance.days):
            for closure, hit in zip(shut, which, strict=True):
                if day == closure.start:
                    state[hit] = False
                if day == closure.end:
                    state[hit] = True
            opened[day] = state
        return opened, forced
    for closure, hit in zip(shut, which, strict=True):
        opened[_days(closure, instance.days)[:, None] & hit] = False
    for closure in closures:
        if closure.kind == "remove_forced_redirection":
            hit = _affected(instance, links, closure, as_flee)
            forced[_days(closure, instance.days)[:, None] & hit] = False
    return opened, forced


def _days(what: Closure, days: int) -> NDArray[np.bool_]:
    """Whether it holds, `[day]`; one that ends before it begins holds for ever."""
    day = np.arange(days)
    until = what.end if what.end >= what.start else days
    return (day >= what.start) & (day < until)


def _affected(
    instance: Instance, links: Links, closure: Closure, as_flee: bool
) -> NDArray[np.bool_]:
    country = np.array([location.country for location in instance.locations])
    name = np.array(instance.names)
    first, second = closure.first, closure.second
    if closure.kind == "country":
        a, b = country[links.start], country[links.end]
        return np.asarray(((a == first) & (b == second)) | ((a == second) & (b == first)))
    a, b = name[links.start], name[links.end]
    if closure.kind == "remove_forced_redirection":
        return np.asarray((a == first) & (b == second))
    between = ((a == first) & (b == second)) | ((a == second) & (b == first))
    if closure.kind == "link":
        return np.zeros(len(a), bool) if as_flee else np.asarray(between)
    # A location with another beside it is meant to close the way between the two.
    if not as_flee and second in instance.names:
        return np.asarray(between)
    return np.asarray((a == first) | (b == first))


def _limits(instance: Instance, links: Links, measures: Measures) -> NDArray[np.float64]:
    limit = np.full((instance.days, len(links.start)), np.inf)
    name = np.array(instance.names)
    day = np.arange(instance.days)
    for corridor in measures.corridors:
        until = corridor.end if corridor.end >= corridor.start else instance.days
        holds = (day >= corridor.start) & (day < until)
        along = (name[links.start] == corridor.first) & (name[links.end] == corridor.second)
        limit[holds[:, None] & along] = corridor.throughput
    return limit
