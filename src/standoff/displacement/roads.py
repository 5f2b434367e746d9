"""Ways by road: how far it is to where people want to go, how many days it takes, what stops them.

Everything here is the same for all rows: what is closed when is known beforehand, so that a whole
journey can be looked up on the day on which it begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Instance
from standoff.displacement.timeline import Links, Timeline

NEARLY = 1e-9
"""Days of travel that are rounding, not travel."""


@dataclass(frozen=True)
class Trips:
    """The journeys that begin on one day, from each place to each destination.

    All are `[place, destination]`: `km` by the shortest open road, infinite where there is none;
    `nights` between the day of departure and that of arrival; `end`, the place of arrival, which is
    a place on the way where a road is closed on the day they come to it, or lets only so many
    through a day; `first`, the first link of the way, -1 where there is none.
    """

    km: NDArray[np.float64]
    nights: NDArray[np.int64]
    end: NDArray[np.int64]
    first: NDArray[np.int64]


@dataclass(frozen=True)
class Roads:
    """The roads of an instance under one doctrine, day by day.

    `open` and `held` [day, link] say where people can go, and where only so many are let through a
    day. `regime` [day] numbers days on which the same is open; `km` and `next` [regime, place,
    destination] are the shortest distance and the link with which the way begins, -1 where there is
    none; `longest` is the most nights that a journey can take. `found` keeps what was looked up.
    """

    links: Links = field(repr=False)
    open: NDArray[np.bool_] = field(repr=False)
    held: NDArray[np.bool_] = field(repr=False)
    destinations: NDArray[np.int64]
    regime: NDArray[np.int64] = field(repr=False)
    km: NDArray[np.float64] = field(repr=False)
    next: NDArray[np.int64] = field(repr=False)
    longest: int
    found: dict[tuple[int, ...], Trips] = field(default_factory=dict, repr=False)

    def trips(self, day: int) -> Trips:
        """The journeys that begin on a day; found once for all days with the same days ahead."""
        ahead = self.regime[day : day + self.longest + 1]
        same = np.all(ahead == ahead[0])
        key = (int(ahead[0]),) if same else tuple(ahead.tolist())
        if key not in self.found:
            self.found[key] = self._trips(day)
        return self.found[key]

    def _trips(self, day: int) -> Trips:
        """Follows everybody along the way at once, link by link.

        Whoever has travelled `spent` days comes to the next link on day `floor(spent)` after the
        first, and arrives somewhere in the evening of day `ceil(spent) - 1`.
        """
        km, following = self.km[self.regime[day]], self.next[self.regime[day]]
        places, destinations = km.shape
        at = np.repeat(np.arange(places)[:, None], destinations, axis=1)
        towards = np.repeat(np.arange(destinations)[None], places, axis=0)
        spent = np.zeros(km.shape)
        going = np.isfinite(km) & (at != self.destinations)
        first = np.where(going, following, -1)
        begun = False
        while going.any():
            link = following[at, towards]
            today = np.minimum(day + np.floor(spent + NEARLY).astype(int), len(self.open) - 1)
            going &= self.open[today, link] & ~(self.held[today, link] & begun)
            spent = np.where(going, spent + self.links.km[link] / self.links.speed[link], spent)
            at = np.where(going, self.links.end[link], at)
            going &= at != self.destinations
            begun = True
        nights = np.maximum(np.ceil(spent - NEARLY).astype(np.int64) - 1, 0)
        return Trips(km, nights, at, first)


def roads_of(
    instance: Instance, links: Links, days: Timeline, destinations: NDArray[np.int64],
    held: NDArray[np.bool_],
) -> Roads:  # fmt: skip
    """Finds the shortest open ways to all destinations, for each set of roads that is ever open.

    Where a road is forced, nobody leaves its start by another.
    """
    pattern = np.concatenate([days.open, days.forced], axis=1)
    _, begins, regime = np.unique(pattern, axis=0, return_index=True, return_inverse=True)
    size = len(instance.locations)
    ways = [
        _shortest(links, size, days.open[day], days.forced[day], destinations) for day in begins
    ]
    km = np.array([way[0] for way in ways])
    farthest = km[np.isfinite(km)].max(initial=0.0)
    longest = int(np.ceil(farthest / links.speed.min(initial=np.inf)))
    following = np.array([way[1] for way in ways])
    return Roads(links, days.open, held, destinations, regime.ravel(), km, following, longest)


def _shortest(
    links: Links, size: int, opened: NDArray[np.bool_], forced: NDArray[np.bool_],
    destinations: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:  # fmt: skip
    """The shortest distance and the link with which the way begins, `[place, destination]`."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    must = np.zeros(size, bool)
    must[links.start[opened & forced]] = True
    link_at = np.full((size, size), -1)
    shortest = np.full((size, size), np.inf)
    for link in np.flatnonzero(opened & (forced | ~must[links.start])):
        pair = links.start[link], links.end[link]
        if links.km[link] < shortest[pair]:
            shortest[pair], link_at[pair] = links.km[link], link
    if not len(destinations):
        return np.empty((size, 0)), np.empty((size, 0), np.int64)
    start, end = np.nonzero(link_at >= 0)
    back = coo_array((shortest[start, end], (end, start)), shape=(size, size)).tocsr()
    km, towards = dijkstra(back, indices=destinations, return_predecessors=True)
    place = np.arange(size)
    following = np.where(towards >= 0, link_at[place, np.maximum(towards, 0)], -1)
    return km.T, following.T


def road_distances(instance: Instance) -> NDArray[np.float64]:
    """The kilometres of the shortest way by road between any two locations, infinite if none."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    size = len(instance.locations)
    shortest: dict[tuple[int, int], float] = {}
    for route in instance.routes:
        pair = (min(route.start, route.end), max(route.start, route.end))
        shortest[pair] = min(route.km, shortest.get(pair, np.inf))
    pairs = np.array(list(shortest), np.int64).reshape(-1, 2)
    graph = coo_array((list(shortest.values()), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return np.asarray(dijkstra(graph.tocsr(), directed=False))
