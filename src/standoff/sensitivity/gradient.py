"""How steeply outputs change with each factor near given points, by finite differences.

The rows of a gradient are data like any others: the point itself, and for each factor two rows
beside it. In the middle of a factor's range they are one step down and one up, and the slope is
the central difference; within a step of an edge both lie inwards, one and two steps away. Either
way the slope is that of the parabola through the three values, exact to second order in the step
(Fornberg 1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.sensitivity.table import check_names, read

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GradientDesign:
    """Rows to run for gradients at some points."""

    factors: tuple[str, ...]
    low: Array
    """[factor]"""
    high: Array
    """[factor]"""
    points: Array
    """[point, factor]"""
    offsets: Array
    """[point, factor, 2]: where the two rows beside a point lie, in units of the factor."""

    @property
    def rows(self) -> Array:
        """[row, factor]: point by point, the point, then two rows for each factor."""
        width = len(self.factors)
        rows = np.repeat(self.points[:, None], 1 + 2 * width, axis=1)
        for k in range(width):
            rows[:, 1 + 2 * k : 3 + 2 * k, k] += self.offsets[:, k]
        return np.clip(rows.reshape(-1, width), self.low, self.high)

    @property
    def inward(self) -> NDArray[np.bool_]:
        """[point, factor]: near an edge, so that both rows lie on one side."""
        return np.asarray(self.offsets.prod(axis=2) > 0)


@dataclass(frozen=True)
class Gradient:
    """Slopes of every output in every factor at every point."""

    factors: tuple[str, ...]
    outputs: tuple[str, ...]
    value: Array
    """[point, output], at the points themselves."""
    slope: Array
    """[point, factor, output], in units of the output per unit of the factor; NaN where one of the
    three rows failed."""
    per_range: Array
    """[point, factor, output]: the slope times the factor's range, comparable between factors."""
    elasticity: Array
    """[point, factor, output]: per cent by which the output changes for one per cent more of the
    factor; NaN where the output is 0."""
    inward: NDArray[np.bool_]
    """[point, factor]: taken at an edge, from one side."""
    failed: NDArray[np.int64]
    """[output]: slopes that are missing because a row failed."""

    def to_xarray(self) -> xr.Dataset:
        """The same with named axes: point, factor, output."""
        import xarray as xr

        axes = ("point", "factor", "output")
        return xr.Dataset(
            {
                "value": (("point", "output"), self.value),
                "slope": (axes, self.slope),
                "per_range": (axes, self.per_range),
                "elasticity": (axes, self.elasticity),
                "inward": (axes[:2], self.inward),
                "failed": ("output", self.failed),
            },
            {"factor": list(self.factors), "output": list(self.outputs)},
        )


def gradient_design(
    points: Any,
    low: Sequence[float] | Array,
    high: Sequence[float] | Array,
    *,
    step: float = 0.01,
    factors: Sequence[str] | None = None,
) -> GradientDesign:
    """Rows for gradients at `points` [point, factor], each factor within `low` to `high` [factor].

    `step` is a share of each factor's range; one step too small shows rounding, one too large the
    curvature.

    Raises:
        ValueError: a range is empty or infinite, a point outside it or NaN, or the step not
        above 0 to 0.25.
    """
    at = np.asarray(points, np.float64) if not hasattr(points, "keys") else points
    if isinstance(at, np.ndarray) and at.ndim == 1:
        at = at[None]
    table = read(at, "factor", factors)
    check_names(table.names, "factor")
    least, most = np.asarray(low, np.float64), np.asarray(high, np.float64)
    width = len(table.names)
    if least.shape != (width,) or most.shape != (width,):
        raise ValueError(f"there are {width} factors; expected as many low and high values")
    if not 0 < step <= 0.25:
        raise ValueError(f"the step is {step}; expected a share of the range, above 0 to 0.25")
    for k, name in enumerate(table.names):
        if not (np.isfinite(least[k]) and np.isfinite(most[k]) and least[k] < most[k]):
            raise ValueError(f"the range of {name} is {least[k]} to {most[k]}; low must be below")
        outside = ~((table.values[:, k] >= least[k]) & (table.values[:, k] <= most[k]))
        if outside.any():
            found = table.values[np.argmax(outside), k]
            raise ValueError(f"{name} is {found} at a point; expected {least[k]} to {most[k]}")
    length = np.broadcast_to(step * (most - least), table.values.shape)
    near_low = table.values - length < least
    near_high = ~near_low & (table.values + length > most)
    first = np.where(near_low, 1.0, -1.0)
    second = np.where(near_low, 2.0, np.where(near_high, -2.0, 1.0))
    offsets = np.stack([first, second], axis=2) * length[:, :, None]
    return GradientDesign(table.names, least, most, table.values, offsets)


def gradient(values: Any, design: GradientDesign, outputs: Sequence[str] | None = None) -> Gradient:
    """Slopes from what was run on the rows of a design, for all outputs at once.

    `values` [row, output] are the outputs of `design.rows`, in their order.

    Raises:
        ValueError: the number of rows does not fit, or `values` is not a table of numbers.
    """
    table = read(values, "output", outputs)
    count, width = design.points.shape
    if len(table.values) != count * (1 + 2 * width):
        raise ValueError(
            f"there are {len(table.values):,} rows of values; the design has "
            f"{count * (1 + 2 * width):,}"
        )
    by_point = table.values.reshape(count, 1 + 2 * width, -1)
    here = by_point[:, 0]
    beside = by_point[:, 1:].reshape(count, width, 2, -1) - here[:, None, None]
    one, two = design.offsets[:, :, 0, None], design.offsets[:, :, 1, None]
    bent = beside[:, :, 0] * two**2 - beside[:, :, 1] * one**2
    slope = bent / (one * two * (two - one))
    ranges = (design.high - design.low)[None, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = design.points[:, :, None] / here[:, None]
        elasticity = np.where(here[:, None] != 0, slope * share, np.nan)
    return Gradient(
        design.factors, table.names, here, slope, slope * ranges, elasticity, design.inward,
        np.isnan(slope).sum(axis=(0, 1)),
    )  # fmt: skip
