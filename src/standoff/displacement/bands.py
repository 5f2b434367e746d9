"""Who is where over time, in bands: what most rows agree on, beside what was recorded."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.calibrate import Forecast
from standoff.displacement.instance import Instance
from standoff.displacement.stocks import PARTS, Stocks

LEVELS = (0.05, 0.5, 0.95)
"""The quantiles of a band."""


@dataclass(frozen=True)
class Spot:
    """A place where people are counted; `place` is empty for a whole country, and `country` for a
    part of all who were uprooted, say `abroad`."""

    country: str
    place: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.place or self.country


@dataclass(frozen=True)
class Bands:
    """Quantiles over rows, [level, doctrine, day, spot]; `recorded` [day, spot], nan where unknown.

    Levels are those of `LEVELS`.
    """

    doctrines: tuple[str, ...]
    dates: tuple[str, ...]
    spots: tuple[Spot, ...]
    people: NDArray[np.float64] = field(repr=False)
    recorded: NDArray[np.float64] = field(repr=False)

    def of(self, doctrine: str, spot: str, day: int = -1) -> tuple[float, float, float]:
        """The band of a place, country or part under a doctrine on a day, by default the last.

        Raises KeyError where it is not among the spots.
        """
        names = [one.name for one in self.spots]
        if spot not in names:
            raise KeyError(f"'{spot}' is not counted; counted are {', '.join(names)}")
        low, median, high = self.people[:, self.doctrines.index(doctrine), day, names.index(spot)]
        return float(low), float(median), float(high)


def bands(found: Mapping[str, Stocks], recorded: NDArray[np.float64] | None = None) -> Bands:
    """The bands of who is where under each doctrine.

    `recorded` [day, location] is nan where nobody counted. Counted are the four `PARTS`, countries
    abroad, and camps.
    """
    instance = next(iter(found.values())).instance
    return banded(instance, {name: at_spots(one) for name, one in found.items()}, recorded)


def at_spots(found: Stocks) -> NDArray[np.float64]:
    """The people at each of `spots_of`, [row, day, spot]."""
    return np.stack([found.of(spot.name) for spot in spots_of(found.instance)], axis=2)


def banded(
    instance: Instance,
    people: Mapping[str, NDArray[np.float64]],
    recorded: NDArray[np.float64] | None = None,
) -> Bands:
    """`bands` of people [row, day, spot] under each doctrine, as `at_spots` gives them."""
    levels = np.stack([np.quantile(one, LEVELS, axis=0) for one in people.values()], axis=1)
    dates = tuple(str(moment)[:10] for moment in instance.dates)
    spots = spots_of(instance)
    return Bands(tuple(people), dates, spots, levels, _recorded(instance, spots, recorded))


def forecast_bands(instance: Instance, found: Mapping[str, Forecast]) -> Bands:
    """The bands of forecasts under each doctrine, of camps, from their first day on."""
    first = next(iter(found.values())).first
    camps = [instance.locations[i] for i in instance.camps]
    people = np.stack([np.quantile(one.people, LEVELS, axis=0) for one in found.values()], axis=1)
    dates = tuple(str(moment)[:10] for moment in instance.dates[first:])
    spots = tuple(Spot(camp.country, camp.name) for camp in camps)
    return Bands(tuple(found), dates, spots, people, instance.recorded()[first:])


def spots_of(instance: Instance) -> tuple[Spot, ...]:
    """Where people of an instance are counted: parts, then countries, each with its camps."""
    camps = [instance.locations[i] for i in instance.camps]
    spots = [Spot("", part) for part in PARTS]
    for country in dict.fromkeys(camp.country for camp in camps):
        if country != instance.locations[0].country:
            spots.append(Spot(country, ""))
        spots += [Spot(country, camp.name) for camp in camps if camp.country == country]
    return tuple(spots)


def write_bands(found: Bands, out: Path) -> None:
    """Writes the bands as CSV, a line for each date, spot and doctrine; raises OSError."""
    with out.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["date", "country", "place", "doctrine", "p05", "median", "p95", "recorded"])
        for day, date in enumerate(found.dates):
            for k, spot in enumerate(found.spots):
                known = found.recorded[day, k]
                shown = "" if np.isnan(known) else f"{known:.0f}"
                for d, doctrine in enumerate(found.doctrines):
                    levels = (f"{value:.0f}" for value in found.people[:, d, day, k])
                    table.writerow([date, spot.country, spot.place, doctrine, *levels, shown])


def bands_json(found: Bands, days: Sequence[int]) -> list[dict[str, Any]]:
    """The bands on some days, as data for JSON."""
    return [
        {
            "date": found.dates[day],
            "country": spot.country,
            "place": spot.place,
            "doctrine": doctrine,
            "p05": round(float(found.people[0, d, day, k])),
            "median": round(float(found.people[1, d, day, k])),
            "p95": round(float(found.people[2, d, day, k])),
            "recorded": None
            if np.isnan(found.recorded[day, k])
            else round(float(found.recorded[day, k])),
        }
        for day in days
        for k, spot in enumerate(found.spots)
        for d, doctrine in enumerate(found.doctrines)
    ]


def _recorded(
    instance: Instance, spots: Sequence[Spot], recorded: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """What was recorded at each spot; of a country where all its camps were."""
    known = np.full((instance.days, len(spots)), np.nan)
    if recorded is None:
        return known
    camps = list(instance.camps)
    for k, spot in enumerate(spots):
        if spot.place in PARTS and spot.place != "abroad":
            continue
        there = [
            i
            for i in camps
            if spot.place in ("", instance.names[i])
            and spot.country == instance.locations[i].country
        ]
        if spot.place == "abroad":
            there = [i for i in camps if instance.locations[i].foreign]
        if there:
            known[:, k] = recorded[:, there].sum(axis=1)
    return known
