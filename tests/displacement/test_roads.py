"""Ways by road: how far, how many days, and where a journey stops."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from standoff.displacement import Closure, Instance, Location, Route, road_distances
from standoff.displacement.instance import Measures
from standoff.displacement.roads import Roads, roads_of
from standoff.displacement.timeline import links_of, timeline


def line(*km: float, closures: tuple[Closure, ...] = (), days: int = 12) -> Instance:
    """Places A, B, C … in a row, so many km apart; the last is a camp."""
    names = "ABCDEF"[: len(km) + 1]
    locations = [Location(name, "r", "Home", 0, 0, "town", 0, 100) for name in names]
    locations[0] = Location("A", "r", "Home", 0, 0, "conflict_zone", 0, 100)
    locations[-1] = Location(names[-1], "r", "Away", 0, 0, "camp", foreign=True)
    routes = tuple(Route(i, i + 1, far) for i, far in enumerate(km))
    return Instance("line", date(2020, 1, 1), days, tuple(locations), routes, closures)


def roads(instance: Instance, held: tuple[int, ...] = ()) -> Roads:
    links = links_of(instance, False)
    days = timeline(instance, links, Measures("plain"), False)
    stops = np.zeros(days.open.shape, bool)
    stops[:, list(held)] = True
    return roads_of(instance, links, days, np.array(instance.camps), stops)


@pytest.mark.parametrize(("km", "nights"), [(1, 0), (360, 0), (361, 1), (720, 1), (1000, 2)])
def test_days_of_travel_are_distance_by_speed(km: float, nights: int) -> None:
    """At 360 km a day a journey of d km takes ceil(d / 360) days, the day of departure included."""
    trips = roads(line(km / 2, km / 2)).trips(0)
    assert trips.km[0, 0] == km
    assert trips.nights[0, 0] == nights
    assert trips.end[0, 0] == 2


def test_distances_are_the_shortest() -> None:
    """A detour counts where it is shorter, the shorter of two roads, and infinity where is none."""
    instance = line(100, 100, 500)
    short = (*instance.routes, Route(0, 2, 150), Route(0, 2, 900))
    island = Location("Z", "r", "Home", 0, 0, "town")
    instance = Instance(
        "loop", instance.start, 12, (*instance.locations, island), short
    )  # fmt: skip
    km = road_distances(instance)
    assert km[0, 3] == 650
    assert km[3, 0] == 650
    assert np.isinf(km[0, 4])
    trips = roads(instance).trips(0)
    assert trips.km[:4, 0].tolist() == [650, 600, 500, 0]
    assert np.isinf(trips.km[4, 0])
    assert trips.first[4, 0] == -1


def test_a_journey_ends_before_a_road_that_has_been_closed() -> None:
    """Who comes to a closed road stops at its start, on the day of arriving there."""
    shut = line(360, 360, 100, closures=(Closure("link", "C", "D", 2, -1),))
    trips = [roads(shut).trips(day) for day in range(3)]
    # Two days to C: who sets out on day 0 comes to the road on day 2, when it is closed.
    assert (trips[0].end[0, 0], trips[0].nights[0, 0]) == (2, 1)
    assert (trips[1].end[0, 0], trips[1].nights[0, 0]) == (2, 1)
    assert np.isinf(trips[2].km[0, 0])
    assert (trips[0].end[1, 0], trips[0].nights[1, 0]) == (3, 1)


def test_a_journey_ends_before_a_road_that_lets_only_so_many_through() -> None:
    """It begins with such a road or stops before it."""
    trips = roads(line(100, 100, 100), held=(2,)).trips(0)
    assert (trips.end[0, 0], trips.nights[0, 0]) == (1, 0)
    assert (trips.end[1, 0], trips.first[1, 0]) == (3, 2)


def test_nobody_leaves_the_start_of_a_forced_road_by_another() -> None:
    """The way leads along a forced road though another is shorter."""
    instance = line(100, 100, 100)
    routes = (*instance.routes[:1], Route(1, 2, 100, forced=0), instance.routes[2])
    detour = Instance(
        "detour", instance.start, 12, instance.locations,
        (*routes, Route(1, 3, 900, forced=1), Route(0, 2, 300)),
    )  # fmt: skip
    km = roads(detour).trips(0).km[:, 0]
    assert km.tolist() == [400, 900, 100, 0]


def test_the_longest_journey_bounds_all() -> None:
    """No journey takes more nights than the roads say, also on slow roads."""
    instance = line(360, 400, 100)
    slow = Instance(
        "slow", instance.start, 12, instance.locations,
        (instance.routes[0], Route(1, 2, 400, speed=50.0), instance.routes[2]),
    )  # fmt: skip
    found = roads(slow)
    assert found.trips(0).nights[0, 0] == 9
    assert found.longest >= 9
