"""A crisis of displacement as data: places, roads, what closes when, who was recorded where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.rules import Rules

if TYPE_CHECKING:
    from standoff.scenario import Mistake

KINDS = ("conflict_zone", "town", "camp", "idpcamp", "marker", "forwarding_hub")
"""What a location can be; a camp is where people are counted."""

CLOSURES = ("country", "location", "link", "camp", "idpcamp", "remove_forced_redirection")
"""What a closure can close. A camp that is closed is a town; the last lets people choose again."""

AS_GIVEN = "as-given"
"""The doctrine under which the files hold as they are."""


@dataclass(frozen=True)
class Location:
    """A place: `population` people live there; a camp takes `capacity`, or any number if that is 0.

    `foreign` says that it lies in another country than the first location. `conflict_date` is the
    day on which conflict comes to a conflict zone where no table of conflicts says more;
    `intensity` is how strong it then is. `capacity_per_day` is how many may come in a day, any
    number if it is None; it holds where people choose a destination.
    """

    name: str
    region: str
    country: str
    latitude: float
    longitude: float
    kind: str
    conflict_date: int = 0
    population: int = 0
    capacity: int = 0
    foreign: bool = False
    intensity: float = 1.0
    capacity_per_day: float | None = None

    @property
    def is_camp(self) -> bool:
        """Whether people are counted here."""
        return self.kind in ("camp", "idpcamp")


@dataclass(frozen=True)
class Route:
    """A road between two locations, by their indices, both ways.

    `forced` is 1 where everybody at `start` takes it, 2 where everybody at `end` does, else 0;
    `speed` is in km a day where it is another than the rules'.
    """

    start: int
    end: int
    km: float
    forced: int = 0
    speed: float | None = None


@dataclass(frozen=True)
class Closure:
    """What is closed from day `start` on and opens on day `end`, or never if `end` is -1.

    `first` and `second` are names of countries or locations; `second` may be empty.
    """

    kind: str
    first: str
    second: str
    start: int
    end: int


@dataclass(frozen=True)
class Corridor:
    """The road from `first` to `second` lets at most `throughput` people a day through.

    It holds from day `start` on until day `end`, or always if `end` is -1.
    """

    first: str
    second: str
    throughput: float
    start: int = 0
    end: int = -1


@dataclass(frozen=True)
class Measures:
    """A doctrine about those who flee: closures and corridors beside the instance's own.

    `capacity` has the new capacity of a camp, by name; `reopens` lists closures of the instance
    that are lifted, by their place in it.
    """

    name: str
    closures: tuple[Closure, ...] = ()
    corridors: tuple[Corridor, ...] = ()
    capacity: tuple[tuple[str, int], ...] = ()
    reopens: tuple[int, ...] = ()


@dataclass(frozen=True)
class Records:
    """How many were registered: `counts` [day, camp], `total` [day], camps by their names."""

    camps: tuple[str, ...]
    counts: NDArray[np.float64] = field(repr=False)
    total: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True)
class Instance:
    """One crisis of displacement.

    `intensity` [day, location] is the conflict in each place, between 0 and 1, or None where only
    `conflict_date` is known. `records` is None where nobody counted. `doctrines` starts with
    `as-given`. `remarks` tell what is doubtful in the files, though it can be used.
    """

    name: str
    start: date
    days: int
    locations: tuple[Location, ...]
    routes: tuple[Route, ...]
    closures: tuple[Closure, ...] = ()
    intensity: NDArray[np.float64] | None = None
    rules: Rules = field(default_factory=Rules)
    records: Records | None = None
    doctrines: tuple[Measures, ...] = (Measures(AS_GIVEN),)
    remarks: tuple[Mistake, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all locations, in order."""
        return tuple(location.name for location in self.locations)

    @property
    def camps(self) -> tuple[int, ...]:
        """The indices of the camps."""
        return tuple(i for i, location in enumerate(self.locations) if location.is_camp)

    @property
    def dates(self) -> NDArray[Any]:
        """The date of each day."""
        return np.array(
            [self.start + timedelta(days=day) for day in range(self.days)], "datetime64[ns]"
        )

    def recorded(self) -> NDArray[np.float64]:
        """How many were registered in each camp, `[day, camp]`, camps as in `camps`.

        Raises ValueError where nobody counted.
        """
        if self.records is None:
            raise ValueError(f"{self.name} has no records of who was where")
        column = {name: i for i, name in enumerate(self.records.camps)}
        return self.records.counts[:, [column[self.locations[i].name] for i in self.camps]]

    def doctrine(self, name: str) -> Measures:
        """The doctrine of this name; raises KeyError with a sentence that lists those there are."""
        for measures in self.doctrines:
            if measures.name == name:
                return measures
        known = ", ".join(measures.name for measures in self.doctrines)
        raise KeyError(f"there is no doctrine '{name}' in {self.name}; there are {known}")
