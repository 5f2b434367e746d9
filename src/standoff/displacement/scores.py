"""How well flows agree with what was recorded, and how well trivial rules do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Instance
from standoff.displacement.roads import road_distances


def ard(
    people: NDArray[np.float64], recorded: NDArray[np.float64], rescaled: bool = True
) -> NDArray[np.float64]:
    """The averaged relative difference, between 0 and 2, `[row]` (Suleimenova et al. 2017).

    `people` is `[row, day, camp]`, `recorded` [day, camp]. On each day the absolute differences of
    all camps are summed and divided by all recorded; then days are averaged. `rescaled` first
    scales the day's people to as many as were recorded, so that only shares count.
    """
    people = _scaled(people, recorded) if rescaled else people
    apart = np.abs(people - recorded).sum(axis=2)
    return np.asarray((apart / np.maximum(recorded.sum(axis=1), 1.0)).mean(axis=1))


def crps(
    people: NDArray[np.float64], recorded: NDArray[np.float64], rescaled: bool = True
) -> float:
    """The continuous ranked probability score of an ensemble, on the scale of `ard`.

    `people` is `[member, day, camp]`. For one member it is `ard`; it rewards intervals that are as
    narrow as they can be and still hold (Gneiting and Raftery 2007, eq. 21).
    """
    people = np.sort(_scaled(people, recorded) if rescaled else people, axis=0)
    members = len(people)
    away = np.abs(people - recorded).mean(axis=0)
    rank = 2.0 * np.arange(1, members + 1) - members - 1
    spread = np.tensordot(rank, people, axes=1) / members**2
    each = (away - spread).sum(axis=1) / np.maximum(recorded.sum(axis=1), 1.0)
    return float(each.mean())


def coverage(
    people: NDArray[np.float64], recorded: NDArray[np.float64], level: float,
    rescaled: bool = True,
) -> float:  # fmt: skip
    """Of all camps and days, the share whose record lies in the central interval of this level.

    `people` is `[member, day, camp]`. A camp that no member reaches and where nobody was recorded
    is left out on that day: nothing was at stake. NaN where nothing is left.
    """
    people = _scaled(people, recorded) if rescaled else people
    low, high = np.quantile(people, ((1 - level) / 2, (1 + level) / 2), axis=0)
    inside = (recorded >= low - 0.5) & (recorded <= high + 0.5)
    stake = (people.max(axis=0) > 0) | (recorded > 0)
    return float(inside[stake].mean()) if stake.any() else float("nan")


def baselines(
    instance: Instance, freeze: Sequence[int] = (7, 30)
) -> dict[str, NDArray[np.float64]]:
    """Trivial splits of each day's recorded total over the camps, `[day, camp]` by name.

    `uniform`: evenly. `capacity`: in proportion to capacity. `freeze 7`, `freeze 30`: in the shares
    of that day, which they know; `freeze` has these days. `gravity 1`, `gravity 2`: in proportion
    to the sum over places of conflict of their people, divided by road distance to this power.
    """
    recorded = instance.recorded()
    total = recorded.sum(axis=1, keepdims=True)
    camps = list(instance.camps)
    capacity = np.array([instance.locations[camp].capacity for camp in camps], float)
    result = {
        "uniform": total * np.full(len(camps), 1 / len(camps)),
        "capacity": total * _shares(capacity),
    }
    for day in freeze:
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


def _scaled(people: NDArray[np.float64], recorded: NDArray[np.float64]) -> NDArray[np.float64]:
    """As many people on each day as were recorded."""
    held = people.sum(axis=2)
    scale = np.divide(recorded.sum(axis=1), held, out=np.zeros_like(held), where=held > 0)
    return np.asarray(people * scale[:, :, None])


def _shares(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    total = amounts.sum()
    if total <= 0:
        return np.full(len(amounts), 1 / len(amounts))
    return np.asarray(amounts / total)
