"""Who flees where: flows of every row under every doctrine, as one labelled data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.displacement.destination import choose
from standoff.displacement.instance import AS_GIVEN, Instance
from standoff.displacement.rules import DESTINATION_CHOICE, LOCAL_WALK, MOVEMENT
from standoff.displacement.walk import Flow, prepare, walk

if TYPE_CHECKING:
    import xarray as xr


def displace(
    instance: Instance, rows: Mapping[str, ArrayLike] | None = None,
    doctrines: Sequence[str] = (AS_GIVEN,), *, rule: str | None = None, as_flee: bool = False,
    displaced: NDArray[np.float64] | None = None, keep: Sequence[int] | None = None,
    workers: int = 1,
) -> xr.Dataset:  # fmt: skip
    """Expected flows of all rows under all doctrines.

    `rule` is one of `MOVEMENT`: `destination choice`, the default, or `local walk`, Flee's rule;
    `as_flee`, with Flee's defects, implies the latter. `displaced` [day, place] or [row, day,
    place] says who is displaced, by default as the rules of the instance do; `keep` has the
    locations to return, by default all.

    A data set with `people` [row, day, location], `travelling` and `displaced` [row, day], where
    there are records `recorded` [day, location], missing where nobody counts, and the settings that
    differ, `[row]`. Rows of one doctrine stand together; `doctrine` [row] names it and `future`
    [row] is the place of the row in `rows`. Raises KeyError for an unknown doctrine or setting,
    ValueError for an unknown rule, or `as_flee` with another rule than the walk.
    """
    import xarray as xr

    rule = rule or (LOCAL_WALK if as_flee else DESTINATION_CHOICE)
    if rule not in MOVEMENT:
        raise ValueError(f"there is no rule '{rule}'; there are {' and '.join(MOVEMENT)}")
    if as_flee and rule != LOCAL_WALK:
        raise ValueError("as Flee does it, people follow the local walk")
    every = list(range(len(instance.locations)) if keep is None else keep)
    if rule == LOCAL_WALK:
        prepared = prepare(instance, as_flee)

    def flow(doctrine: str) -> Flow:
        if rule == LOCAL_WALK:
            return walk(
                prepared, rows, doctrine, displaced=displaced, keep=every, workers=workers
            )  # fmt: skip
        return choose(instance, rows, doctrine, displaced=displaced, keep=every, workers=workers)

    count = _count(rows, displaced)
    total = count * len(doctrines)
    people = np.empty((total, instance.days, len(every)))
    travelling, fled = np.empty((2, total, instance.days))
    for i, doctrine in enumerate(doctrines):
        found, some = flow(doctrine), slice(i * count, (i + 1) * count)
        people[some], travelling[some], fled[some] = found.people, found.travelling, found.displaced
    places = [instance.locations[i] for i in every]
    coords = {
        "day": np.arange(instance.days),
        "date": ("day", instance.dates),
        "location": [place.name for place in places],
        "country": ("location", [place.country for place in places]),
        "kind": ("location", [place.kind for place in places]),
        "latitude": ("location", [place.latitude for place in places]),
        "longitude": ("location", [place.longitude for place in places]),
        "doctrine": ("row", np.repeat(list(doctrines), count)),
        "future": ("row", np.tile(np.arange(count), len(doctrines))),
    }
    for name, values in (rows or {}).items():
        column = np.broadcast_to(np.atleast_1d(np.asarray(values, float)), count)
        coords[name] = ("row", np.tile(column, len(doctrines)))
    data = {
        "people": (("row", "day", "location"), people),
        "travelling": (("row", "day"), travelling),
        "displaced": (("row", "day"), fled),
    }
    if instance.records is not None:
        recorded = np.full((instance.days, len(instance.locations)), np.nan)
        recorded[:, list(instance.camps)] = instance.recorded()
        data["recorded"] = (("day", "location"), recorded[:, every])
    return xr.Dataset(
        data, coords, {"instance": instance.name, "rule": rule, "as_flee": int(as_flee)}
    )


def _count(rows: Mapping[str, ArrayLike] | None, displaced: NDArray[np.float64] | None) -> int:
    """How many rows there are of one doctrine."""
    given = len(displaced) if displaced is not None and displaced.ndim == 3 else 1
    return max(given, *(np.size(values) for values in (rows or {}).values()), 1)
