"""Who flees where: flows of every row under every doctrine, as one labelled data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from standoff.displacement.instance import AS_GIVEN, Instance
from standoff.displacement.walk import prepare, row_settings, walk

if TYPE_CHECKING:
    import xarray as xr


def displace(
    instance: Instance, rows: Mapping[str, ArrayLike] | None = None,
    doctrines: Sequence[str] = (AS_GIVEN,), *, as_flee: bool = False, workers: int = 1,
) -> xr.Dataset:  # fmt: skip
    """Expected flows by Flee's rule of movement, all rows under all doctrines.

    A data set with `people` [row, day, location], `travelling` and `displaced` [row, day], where
    there are records `recorded` [day, location], missing where nobody counts, and the settings that
    differ, `[row]`. Rows of one doctrine stand together; `doctrine` [row] names it and `future`
    [row] is the place of the row in `rows`. Raises KeyError for an unknown doctrine or setting.
    """
    import xarray as xr

    prepared = prepare(instance, as_flee)
    settings = row_settings(instance, rows)
    count = len(settings["people"])
    flows = [walk(prepared, rows, doctrine, workers=workers) for doctrine in doctrines]
    coords = {
        "day": np.arange(instance.days),
        "date": ("day", instance.dates),
        "location": list(instance.names),
        "country": ("location", [place.country for place in instance.locations]),
        "kind": ("location", [place.kind for place in instance.locations]),
        "latitude": ("location", [place.latitude for place in instance.locations]),
        "longitude": ("location", [place.longitude for place in instance.locations]),
        "doctrine": ("row", np.repeat(list(doctrines), count)),
        "future": ("row", np.tile(np.arange(count), len(doctrines))),
    }
    for name in rows or {}:
        coords[name] = ("row", np.tile(settings[name], len(doctrines)))
    data = {
        "people": (("row", "day", "location"), np.concatenate([flow.people for flow in flows])),
        "travelling": (("row", "day"), np.concatenate([flow.travelling for flow in flows])),
        "displaced": (("row", "day"), np.concatenate([flow.displaced for flow in flows])),
    }
    if instance.records is not None:
        recorded = np.full((instance.days, len(instance.locations)), np.nan)
        recorded[:, list(instance.camps)] = instance.recorded()
        data["recorded"] = (("day", "location"), recorded)
    return xr.Dataset(
        data, coords, {"instance": instance.name, "rule": "local walk", "as_flee": int(as_flee)}
    )
