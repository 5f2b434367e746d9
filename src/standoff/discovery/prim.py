"""The patient rule induction method: a box around the cases, by peeling and pasting.

Friedman & Fisher (1999), with the objective that Kwakkel & Jaxa-Rozen (2016) made for factors of
different kinds: what the density gains for each future that is given up. Starting from everything,
the method peels a share α off one side of one factor (or one category), wherever that gains most,
until the box would be too small or nothing gains; then it pastes back what raises the density.
All boxes on the way are kept: they are the trade-off between coverage and density, and which of
them to use is a choice of the analyst (`choose`).

How far a peel goes follows sdtoolkit and the EMA Workbench, whose boxes it reproduces. The limit is
halfway between the two values around the α-quantile, and further in where these are equal. A whole
number's limit is that number cut to a whole one, and if that is the limit already, the values at it
go. One difference: pasting here also happens in boxes that restrict no real number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from math import ceil, floor, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.discovery.box import Box, Interval, Kept, Restriction
from standoff.discovery.factor import (
    Factor,
    Factors,
    Kind,
    Reals,
    Table,
    Truths,
    as_cases,
    as_factors,
)
from standoff.discovery.kernels import (
    HITS,
    INSIDE,
    LENIENT1,
    LENIENT2,
    ORIGINAL,
    UPPER,
    search,
)

Wholes = NDArray[np.int64]


class Objective(Enum):
    """What a peel or paste is worth, of which the largest is taken."""

    LENIENT1 = LENIENT1
    """Change of density for each future that leaves or comes (Kwakkel & Jaxa-Rozen 2016)."""
    LENIENT2 = LENIENT2
    """The same, times the futures then inside (Friedman & Fisher 1999, eq. 14.6)."""
    ORIGINAL = ORIGINAL
    """The density then (Friedman & Fisher 1999, eq. 14.5)."""


@dataclass(frozen=True)
class Patience:
    """How a search goes about it."""

    alpha: float = 0.05
    """Share of the futures inside that a peel of a number takes."""
    paste_alpha: float = 0.05
    """Share of what lies beyond a limit that a paste takes back."""
    least_mass: float = 0.05
    """Smallest share of all futures that a box may hold."""
    objective: Objective = Objective.LENIENT1

    def __post_init__(self) -> None:
        for name in ("alpha", "paste_alpha"):
            if not 0 < getattr(self, name) < 0.5:
                raise ValueError(f"{name} must be above 0 and below 0.5: {getattr(self, name)}")
        if not 0 <= self.least_mass < 1:
            raise ValueError(f"least_mass must be at least 0 and below 1: {self.least_mass}")


@dataclass(frozen=True, eq=False)
class Curve:
    """The boxes of one search, from everything to the smallest: a trade-off.

    Box 0 is everything; peels follow, then pastes. All arrays are [box].
    """

    factors: Factors
    cuts: Wholes
    """[cut, 4]: factor, side, futures then inside, cases then inside; see `kernels`."""
    at: Reals
    """[cut]: the new limit."""
    peels: int
    """How many of the cuts are peels; the rest are pastes."""
    inside: Wholes
    """Futures in each box."""
    hits: Wholes
    """Cases in each box."""
    futures: int
    """In all."""
    cases: int
    """In all."""
    ranges: Reals
    """[number, 2]: smallest and largest value of each number, in the order of the search."""

    def __len__(self) -> int:
        return len(self.inside)

    @property
    def coverage(self) -> Reals:
        """Share of all cases inside."""
        share: Reals = self.hits / self.cases
        return share

    @property
    def density(self) -> Reals:
        """Share of cases among what is inside."""
        share: Reals = self.hits / self.inside
        return share

    @property
    def mass(self) -> Reals:
        """Share of all futures inside."""
        share: Reals = self.inside / self.futures
        return share

    @property
    def restricted(self) -> Wholes:
        """How many factors are restricted."""
        return np.array([len(box.restrictions) for box in self.boxes()])

    def box(self, index: int) -> Box:
        """One of the boxes; a negative index counts from the last.

        Raises:
            ValueError: there is no such box.
        """
        count = len(self)
        if not -count <= index < count:
            raise ValueError(f"there are boxes 0 to {count - 1}, but no box {index}")
        for number, box in enumerate(self.boxes()):
            if number == index % count:
                return box
        raise AssertionError

    def boxes(self) -> Iterator[Box]:
        """All boxes, in order."""
        numbers, categories = in_order(self.factors)
        limit = np.array([[-inf, inf]] * len(numbers)).reshape(-1, 2)
        left_out: list[set[int]] = [set() for _ in categories]
        yield Box()
        for (which, side, _, _), at in zip(self.cuts.tolist(), self.at.tolist(), strict=True):
            if which < len(numbers):
                is_free = at == self.ranges[which, side]
                limit[which, side] = (inf if side == UPPER else -inf) if is_free else at
            elif at:
                left_out[which - len(numbers)].remove(side)
            else:
                left_out[which - len(numbers)].add(side)
            yield self._box(numbers, categories, limit, left_out)

    def _box(
        self,
        numbers: list[Factor],
        categories: list[Factor],
        limit: Reals,
        left_out: list[set[int]],
    ) -> Box:
        """A box in words, its factors in the order of the table."""
        found: dict[str, Restriction] = {}
        for factor, (lower, upper) in zip(numbers, limit.tolist(), strict=True):
            if (lower, upper) == (-inf, inf):
                continue
            if factor.kind is Kind.WHOLE:
                lower = lower if lower == -inf else ceil(lower)
                upper = upper if upper == inf else floor(upper)
            found[factor.name] = Interval(factor.name, lower, upper)
        for factor, without in zip(categories, left_out, strict=True):
            if without:
                found[factor.name] = Kept(
                    factor.name,
                    tuple(each for k, each in enumerate(factor.categories) if k not in without),
                    tuple(each for k, each in enumerate(factor.categories) if k in without),
                )
        return Box(tuple(found[name] for name in self.factors.names if name in found))


def prim(
    factors: Table, cases: Any, patience: Patience | None = None, *, among: Any = None
) -> Curve:
    """Searches for boxes that hold many cases and little else.

    Args:
        factors: what may be restricted, one value a future; see `as_factors`.
        cases: [future]: which futures are cases of interest.
        patience: how the search goes about it.
        among: [future]: which futures to look at, all if left out. Coverage and mass remain shares
            of everything. `among=~box.contains(factors)` looks for a second box beside a first.

    Raises:
        ValueError: no future is a case, or all are; or as `as_factors` and `as_cases` do.
    """
    table = as_factors(factors)
    found = as_cases(cases, len(table))
    if found.all() or not found.any():
        many = "all" if found.any() else "none"
        raise ValueError(f"{many} of the {len(table):,} futures are cases: nothing to tell apart")
    if among is None:
        return searched(in_rows(table), found, patience or Patience())
    considered = as_cases(among, len(table))
    if not considered.any():
        raise ValueError("there is no future to look among")
    return searched(in_rows(table), found, patience or Patience(), among=considered)


@dataclass(frozen=True, eq=False)
class Rows:
    """Factors as the search wants them; made once and searched often."""

    factors: Factors
    values: Reals
    """[number, future]: real numbers, then whole ones."""
    order: NDArray[np.int32]
    """[number, future]: futures in the order of their values."""
    ordered: Reals
    """[number, future]: the values in that order."""
    reals: int
    """How many of the numbers are real."""
    codes: NDArray[np.int32]
    """[category, future]."""
    sizes: Wholes
    """[category]: how many there are."""


def in_order(factors: Factors) -> tuple[list[Factor], list[Factor]]:
    """Numbers, reals first, and categories, in the order in which a search considers them."""
    numbers = [each for each in factors.columns if each.kind is Kind.REAL]
    numbers += [each for each in factors.columns if each.kind is Kind.WHOLE]
    return numbers, [each for each in factors.columns if each.kind is Kind.CATEGORY]


def in_rows(factors: Factors) -> Rows:
    """Factors made ready for many searches."""
    numbers, categories = in_order(factors)
    futures = len(factors)
    values = np.array([each.values for each in numbers]).reshape(len(numbers), futures)
    codes = np.array([each.values for each in categories], np.int32)
    order = np.argsort(values, axis=1)  # in which order equal values come changes nothing
    return Rows(
        factors,
        values,
        order.astype(np.int32),
        np.take_along_axis(values, order, axis=1),
        sum(each.kind is Kind.REAL for each in numbers),
        codes.reshape(len(categories), futures),
        np.array([len(each.categories) for each in categories], np.int64),
    )


def searched(
    rows: Rows,
    cases: Truths,
    patience: Patience,
    *,
    among: Truths | None = None,
    only: Truths | None = None,
) -> Curve:
    """One search, as `prim`; `only` leaves futures out as if they had never been."""
    futures = rows.codes.shape[1]
    state = cases.astype(np.int8) + np.int8(1)
    order, ordered = rows.order, rows.ordered
    if only is not None:
        order, ordered = _among(only, order, ordered)
        state[~only] = 0
        cases, futures = cases & only, int(only.sum())
    ranges = np.stack([ordered[:, 0], ordered[:, -1]], axis=1)
    if among is not None:
        order, ordered = _among(among, order, ordered)
        state[~among] = 0
    lower, upper = np.ascontiguousarray(ranges.T)
    cuts, at, peels = search(
        rows.values, order.copy(), ordered.copy(), rows.reals,
        rows.codes, rows.sizes, lower, upper, state, futures, patience.alpha,
        patience.paste_alpha, patience.least_mass, patience.objective.value,
    )  # fmt: skip
    return Curve(
        rows.factors,
        cuts,
        at,
        peels,
        np.concatenate([[np.count_nonzero(state)], cuts[:, INSIDE]]),
        np.concatenate([[np.count_nonzero(state == 2)], cuts[:, HITS]]),
        futures,
        int(cases.sum()),
        ranges,
    )


def _among(
    kept: Truths, order: NDArray[np.int32], ordered: Reals
) -> tuple[NDArray[np.int32], Reals]:
    """Sorted rows with some of the futures only."""
    held, shape = kept[order], (len(order), int(kept.sum()))
    return order[held].reshape(shape), ordered[held].reshape(shape)
