"""What a map of those who flee needs: places with people by day, and roads with who takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.destination import choices, follow
from standoff.displacement.instance import AS_GIVEN, Instance


def map_of(
    instance: Instance,
    people: NDArray[np.float64],
    uprooted: NDArray[np.float64],
    doctrine: str = AS_GIVEN,
    *,
    every: int = 7,
) -> dict[str, Any]:
    """A map as data for JSON.

    `people` [day, location] is who is where, say a median; `uprooted` [day, place] how many are
    newly uprooted. `dates` are every so many days, and the last; `places` have their coordinates in
    degrees, kind, country and people on these dates; `roads` the names of their ends, kilometres,
    whether they are open on the last day, and `flow`, how many take them, as `road_flows` has it.
    """
    days = sorted({*range(0, instance.days, every), instance.days - 1})
    flow = road_flows(instance, uprooted, doctrine)
    opened = choices(instance, doctrine, given=True).roads.open[-1]
    return {
        "instance": instance.name,
        "doctrine": doctrine,
        "dates": [str(instance.dates[day])[:10] for day in days],
        "places": [
            {
                "name": location.name,
                "country": location.country,
                "kind": location.kind,
                "foreign": location.foreign,
                "longitude": location.longitude,
                "latitude": location.latitude,
                "people": [round(float(people[day, i])) for day in days],
            }
            for i, location in enumerate(instance.locations)
        ],
        "roads": [
            {
                "from": instance.names[route.start],
                "to": instance.names[route.end],
                "km": route.km,
                "open": bool(opened[2 * k] or opened[2 * k + 1]),
                "flow": [round(float(flow[2 * k])), round(float(flow[2 * k + 1]))],
            }
            for k, route in enumerate(instance.routes)
        ],
    }


def road_flows(
    instance: Instance, uprooted: NDArray[np.float64], doctrine: str = AS_GIVEN
) -> NDArray[np.float64]:
    """How many take each road in all, `[link]`: link 2k leads along road k, link 2k + 1 back.

    The uprooted of each place are followed by themselves to where they end up, and set on the
    shortest road open on the last day. Where places fill up this is near, not exact.
    """
    origins = np.flatnonzero(uprooted.sum(axis=0) > 0)
    ready = choices(instance, doctrine, given=True)
    flow = np.zeros(len(ready.roads.links.start))
    if not len(origins):
        return flow
    alone = np.zeros((len(origins), *uprooted.shape))
    alone[np.arange(len(origins)), :, origins] = uprooted[:, origins].T
    start = follow(ready, displaced=0.0 * alone[:1], keep=ready.places.tolist()).people[:, -1]
    reached = follow(ready, displaced=alone, keep=ready.places.tolist()).people[:, -1] - start
    following = ready.roads.next[ready.roads.regime[-1]]
    for origin, by_destination in zip(origins, np.maximum(reached, 0.0), strict=True):
        for destination, number in enumerate(by_destination):
            at = int(origin)
            while number > 0 and at != ready.places[destination]:
                link = int(following[at, destination])
                if link < 0:
                    break
                flow[link] += number
                at = int(ready.roads.links.end[link])
    return flow
