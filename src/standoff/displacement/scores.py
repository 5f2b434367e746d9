"""How well flows agree with what was recorded, and how well trivial rules do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Instance


def ard(
    people: NDArray[np.float64], recorded: NDArray[np.float64], rescaled: bool = True
) -> NDArray[np.float64]:
    """The averaged relative difference, between 0 and 2, `[row]` (Suleimenova et al. 2017).

    `people` is `[row, day, camp]`, `recorded` [day, camp]. On each day the absolute differences of
    all camps are summed and divided by all recorded; then days are averaged. `rescaled` first
    scales the day's people to as many as were recorded, so that only shares count.
    """
    total = recorded.sum(axis=1)
    if rescaled:
        held = people.sum(axis=2)
        scale = np.divide(total, held, out=np.zeros_like(held), where=held > 0)
        people = people * scale[:, :, None]
    apart = np.abs(people - recorded).sum(axis=2)
    return np.asarray((apart / np.maximum(total, 1.0)).mean(axis=1))


def baselines(
    instance: Instance, links_km: NDArray[np.float64] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Trivial splits of each day's recorded total over the camps, `[day, camp]` by name.

    `uniform`: evenly. `capacity`: in proportion to capacity. `freeze 7`, `freeze 30`: in the shares
    of that day, which they know. `gravity 1`, `gravity 2`: in proportion to the sum over places of
    conflict of their people, divided by road distance to this power.
    """
    recorded = instance.recorded()
    total = recorded.sum(axis=1, keepdims=True)
    camps = list(instance.camps)
    capacity = np.array([instance.locations[camp].capacity for camp in camps], float)
    result = {
        "uniform": total * np.full(len(camps), 1 / len(camps)),
        "capacity": total * _shares(capacity),
    }
    for day in (7, 30):
        if day < instance.days:
            result[f"freeze {day}"] = total * _shares(recorded[day])
    km = road_distances(instance)[:, camps]
    people = np.array([place.population for place in instance.locations], float)
    people *= [place.kind == "conflict_zone" for place in instance.locations]
    for power in (1, 2):
        with np.errstate(divide="ignore"):
            pull = np.where(np.isfinite(km), np.maximum(km, 1.0) ** -power, 0.0)
        result[f"gravity {power}"] = total * _shares(people @ pull)
    return result


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


def _shares(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    total = amounts.sum()
    if total <= 0:
        return np.full(len(amounts), 1 / len(amounts))
    return np.asarray(amounts / total)
