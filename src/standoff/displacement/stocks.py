"""Where those who fled are in the end: abroad by country, at home, waiting, gone back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.displacement.instance import AS_GIVEN, Instance
from standoff.displacement.walk import Flow


@dataclass(frozen=True)
class Stocks:
    """Who is where, all at the end of a day; `abroad`, `at_home` and `returned` add up to all.

    `places` is [row, day, location], the others [row, day]; `returned` are those who were abroad
    and went back; `at_home` all who were uprooted and are in their country otherwise: who stayed,
    who is on the way, and who is `waiting` where a corridor lets only so many through.
    """

    instance: Instance
    places: NDArray[np.float64]
    abroad: NDArray[np.float64]
    at_home: NDArray[np.float64]
    waiting: NDArray[np.float64]
    returned: NDArray[np.float64]

    def of(self, where: str) -> NDArray[np.float64]:
        """The people in one of `PARTS`, a country or a place, `[row, day]`.

        Raises KeyError where there is no such place.
        """
        if where in PARTS:
            return np.asarray(getattr(self, where.replace(" ", "_")))
        countries = [location.country for location in self.instance.locations]
        if where == countries[0]:
            return self.at_home
        if where in countries:
            there = np.array([country == where for country in countries])
            return np.asarray(self.places[:, :, there].sum(axis=2))
        if where in self.instance.names:
            return np.asarray(self.places[:, :, self.instance.names.index(where)])
        raise KeyError(f"{self.instance.name} has no country or place '{where}'")


PARTS = ("abroad", "at home", "waiting", "returned")
"""What everybody who was uprooted is in, besides countries and places."""


def stocks(
    instance: Instance,
    flow: Flow,
    doctrine: str = AS_GIVEN,
    *,
    staying: ArrayLike = 0.0,
    return_rate: ArrayLike = 0.0,
) -> Stocks:
    """Counts a flow of all locations, with those who did not set out and those who went back.

    `staying` [row] is the share of all uprooted who stay in their country: the flow has the others.
    `return_rate` [row] is the share of those abroad who go back each day; they leave each place in
    proportion, and nobody else's way depends on it, so that this is exact as the flow is.
    """
    people = np.maximum(flow.people, 0.0)  # less than nobody is rounding
    places = _after_returns(instance, people, np.asarray(return_rate, float))
    foreign = np.array([location.foreign for location in instance.locations])
    came = people[:, :, foreign].sum(axis=2)
    abroad = places[:, :, foreign].sum(axis=2)
    left = 1.0 - np.broadcast_to(np.asarray(staying, float), len(places))
    everybody = np.divide(
        flow.displaced, left[:, None], out=np.zeros_like(flow.displaced), where=left[:, None] > 0
    )
    return Stocks(
        instance=instance,
        places=places,
        abroad=abroad,
        at_home=everybody - came,
        waiting=_waiting(instance, people, doctrine),
        returned=came - abroad,
    )


def _after_returns(
    instance: Instance, people: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """People by place where each day a share of those abroad goes back."""
    if not rate.any():
        return people
    kept = people.copy()
    keeps = (1.0 - np.broadcast_to(rate, len(people)))[:, None]
    foreign = np.array([location.foreign for location in instance.locations])
    for day in range(1, people.shape[1]):
        change = people[:, day, foreign] - people[:, day - 1, foreign]
        kept[:, day, foreign] = np.maximum(kept[:, day - 1, foreign] * keeps + change, 0.0)
    return kept


def _waiting(instance: Instance, people: NDArray[np.float64], doctrine: str) -> NDArray[np.float64]:
    """Who is in a place from which a corridor or border lets only so many through that day."""
    days = people.shape[1]
    day = np.arange(days)
    holds = np.zeros((days, len(instance.locations)), bool)
    for corridor in instance.doctrine(doctrine).corridors:
        until = corridor.end if corridor.end >= corridor.start else days
        during = (day >= corridor.start) & (day < until)
        holds[during, instance.names.index(corridor.first)] = True
    for route in instance.routes:
        for before, after in ((route.start, route.end), (route.end, route.start)):
            narrow = instance.locations[after].capacity_per_day is not None
            if narrow and not instance.locations[before].is_camp:
                holds[:, before] = True
    return np.asarray((people * holds).sum(axis=2))
