"""A margin that is only ever asked at points, each of them once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from standoff.findings.metric import Space

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Margin = Callable[[Array], Array]
"""From points in the factors' own units, [point, factor], to margins, [point, claim]."""
Partly = Callable[[Array, Sequence[int]], Array]
"""The same, where only these claims are asked for; the columns of others may be NaN."""

BATCH = 16
"""Points that are evaluated together; one costs as much as 16 where futures are solved in lanes."""

_SCAN = (1 / 3, 1.0)
"""Shares of the way to either end of a factor's range at which it is tried by itself."""


@dataclass
class Oracle:
    """Evaluates points, each once, and remembers them."""

    margin: Margin
    partly: Partly | None
    space: Space
    allowed: Callable[[Array], Bools] | None
    claims: int
    known: dict[bytes, int] = field(default_factory=dict)
    points: list[Array] = field(default_factory=list)
    margins: list[Array] = field(default_factory=list)
    spent: int = 0
    asked: set[tuple[int, int]] = field(default_factory=set)
    """Rows and claims for which there is no more to be known."""

    def ask(self, coordinates: Array, claims: Sequence[int]) -> Array:
        """Margins at these coordinates, [point, claim of `claims`]; NaN where not allowed."""
        coordinates = coordinates + 0.0  # so that -0 and 0 are one point
        rows = []
        new: list[int] = []
        for point in coordinates:
            row = self.known.setdefault(point.tobytes(), len(self.points))
            if row == len(self.points):
                self.points.append(point)
                self.margins.append(np.full(self.claims, np.nan))
            if row not in new and any(
                np.isnan(self.margins[row][claim]) and (row, claim) not in self.asked
                for claim in claims
            ):
                new.append(row)
            rows.append(row)
        if new:
            self._evaluate(new, claims)
            self.asked |= {(row, claim) for row in new for claim in claims}
        return np.array([self.margins[row] for row in rows])[:, list(claims)]

    def _evaluate(self, rows: list[int], claims: Sequence[int]) -> None:
        values = self.space.values(np.array([self.points[row] for row in rows]))
        kept = np.ones(len(rows), bool) if self.allowed is None else self.allowed(values)
        if not kept.any():
            return
        whole = len(claims) == self.claims or self.partly is None
        found = self.margin(values[kept]) if whole else self.partly(values[kept], claims)  # type: ignore[misc]
        found = np.asarray(found, np.float64)
        if found.shape != (int(kept.sum()), self.claims):
            raise ValueError(
                f"the margins have shape {found.shape}; expected {(int(kept.sum()), self.claims)}: "
                "a row a point, a column a claim"
            )
        self.spent += -(-int(kept.sum()) // BATCH) * BATCH
        for row, margins in zip(np.flatnonzero(kept), found, strict=True):
            here = self.margins[rows[row]]
            here[~np.isnan(margins)] = margins[~np.isnan(margins)]


def scan_places(space: Space) -> list[Array]:
    """For each factor the coordinates it is tried at by itself, ascending and with 0."""
    low, high = space.bounds
    tried: list[Array] = []
    for k, factor in enumerate(space.factors):
        if factor.fixed:
            tried.append(np.zeros(1))
        elif factor.values:
            tried.append(space.levels(k))
        else:
            ends = (low[k], high[k])
            tried.append(np.unique([0.0, *(share * end for end in ends for share in _SCAN)]))
    return tried


def scanned(
    margin: Margin,
    partly: Partly | None,
    space: Space,
    allowed: Callable[[Array], Bools] | None,
    scan: list[Array],
    claims: Sequence[int] | None,
) -> Oracle:
    """The nominal point and every factor alone, evaluated all together."""
    points = [np.zeros(len(scan))]
    for k, places in enumerate(scan):
        for place in places[places != 0]:
            points.append(np.zeros(len(scan)))
            points[-1][k] = place
    values = space.values(np.array(points))
    kept = np.ones(len(points), bool) if allowed is None else allowed(values)
    if not kept[0]:
        raise ValueError("the nominal point is not allowed; distances are measured from it")
    ask = margin if claims is None or partly is None else lambda some: partly(some, claims)
    found = np.asarray(ask(values[kept]), np.float64)
    if found.ndim != 2 or len(found) != kept.sum():
        raise ValueError(
            f"{kept.sum()} points have margins of shape {found.shape}; expected "
            f"({kept.sum()}, claims)"
        )
    for claim in claims or ():
        if not 0 <= claim < found.shape[1]:
            raise ValueError(f"there is no claim {claim}; there are {found.shape[1]}")
    every = np.full((len(points), found.shape[1]), np.nan)
    every[kept] = found
    known = {point.tobytes(): row for row, point in enumerate(points)}
    return Oracle(
        margin, partly, space, allowed, found.shape[1], known, points, list(every), int(kept.sum())
    )
