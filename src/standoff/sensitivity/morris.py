"""Screening by elementary effects: which factors matter at all, from few rows.

A trajectory is a path of rows on a grid of the unit cube in which each factor changes once, by a
fixed step; an elementary effect is the change of an output by that step, divided by it (Morris
1991). Over trajectories, `mu` is their mean, `mu_star` the mean of their absolute values, which
cannot cancel (Campolongo, Cariboni & Saltelli 2007), and `sigma` their standard deviation: large
beside `mu_star` where the effect bends, or hangs on the other factors. Effects are per full range
of a factor, as the design's unit interval has it. Intervals are percentiles of a bootstrap over
trajectories.
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
class Screening:
    """Elementary effects of every factor on every output, summarised over trajectories."""

    factors: tuple[str, ...]
    outputs: tuple[str, ...]
    mu: Array
    """[factor, output], in units of the output per full range of the factor."""
    mu_star: Array
    """[factor, output]"""
    mu_star_interval: Array
    """[bound, factor, output]: low and high."""
    sigma: Array
    """[factor, output]"""
    trajectories: NDArray[np.int64]
    """[output]: trajectories that were used."""
    left_out: NDArray[np.int64]
    """[output]: trajectories with a failed (NaN) output; they are left out whole."""
    confidence: float
    notes: tuple[str, ...]
    """What a reader must know, in sentences."""

    def to_xarray(self) -> xr.Dataset:
        """The same with named axes: factor, output, bound."""
        import xarray as xr

        sides = ("bound", "factor", "output")
        return xr.Dataset(
            {
                "mu": (sides[1:], self.mu),
                "mu_star": (sides[1:], self.mu_star),
                "mu_star_interval": (sides, self.mu_star_interval),
                "sigma": (sides[1:], self.sigma),
                "trajectories": ("output", self.trajectories),
                "left_out": ("output", self.left_out),
            },
            {
                "factor": list(self.factors),
                "output": list(self.outputs),
                "bound": ["low", "high"],
            },
            {"confidence": self.confidence, "notes": list(self.notes)},
        )


def morris_design(
    factors: int,
    trajectories: int,
    *,
    levels: int = 4,
    within: tuple[float, float] = (0.0, 1.0),
    seed: int = 0,
) -> Array:
    """Rows to run for elementary effects, in the unit cube, [row, factor].

    Trajectory by trajectory, each of factors + 1 rows. The grid has `levels` values, an even
    number p, and the step is p / (2 (p - 1)), so that every level is as likely as any other
    (Morris 1991). The grid lies within `within`: where a quantile function is infinite at 0 or 1,
    keep away from both.

    Raises:
        ValueError: fewer than two trajectories, no factor, or `levels` odd or below 2.
    """
    if factors < 1:
        raise ValueError(f"there are {factors} factors; expected at least 1")
    if trajectories < 2:
        raise ValueError(f"there are {trajectories} trajectories; expected at least 2")
    if levels < 2 or levels % 2:
        raise ValueError(f"there are {levels} levels; expected an even number of at least 2")
    low, high = within
    if not 0 <= low < high <= 1:
        raise ValueError(f"the grid is within {low} to {high}; expected a part of 0 to 1")
    if seed < 0:
        raise ValueError(f"the seed is {seed}; expected 0 or more")
    rng = np.random.default_rng(seed)
    shape = (trajectories, factors)
    step = levels // 2
    base = rng.integers(0, levels - step, shape)
    down = rng.random(shape) < 0.5
    turn = rng.permuted(np.broadcast_to(np.arange(factors), shape), axis=1)
    moved = turn[:, None, :] < np.arange(factors + 1)[None, :, None]
    grid = base[:, None, :] + step * (moved != down[:, None, :])
    unit = grid.reshape(-1, factors) / (levels - 1)
    return np.asarray(low + (high - low) * unit)


def morris(
    values: Any,
    design: Array,
    factors: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    *,
    resamples: int = 200,
    confidence: float = 0.95,
    seed: int = 0,
) -> Screening:
    """Elementary effects, for all outputs at once, of what was run on a Morris design.

    `values` [row, output] are the outputs of the rows of `design` [row, factor], which is
    `morris_design`'s, or any in which, within each trajectory, each factor changes once and alone.
    A trajectory with a failed output (NaN) is left out whole, for that output.

    Raises:
        ValueError: the rows are no such trajectories, or do not fit the values.
    """
    table, points = read(values, "output", outputs), read(design, "factor", factors)
    check_names(points.names, "factor")
    count = len(points.names)
    if len(table.values) != len(points.values):
        raise ValueError(
            f"the design has {len(points.values):,} rows, the values {len(table.values):,}"
        )
    number, rest = divmod(len(points.values), count + 1)
    if rest or number < 2:
        raise ValueError(
            f"there are {len(points.values):,} rows; expected whole trajectories of {count + 1} "
            f"rows for {count} factors, and at least two of them"
        )
    if resamples < 2:
        raise ValueError(f"there are {resamples} resamples; expected at least 2")
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence is {confidence}; expected a number between 0 and 1")
    moves = np.diff(points.values.reshape(number, count + 1, count), axis=1)
    moved = moves != 0
    if not ((moved.sum(axis=2) == 1).all() and (moved.sum(axis=1) == 1).all()):
        at = int(np.argmax((moved.sum(axis=2) != 1).any(axis=1) | (moved.sum(axis=1) != 1).any(1)))
        raise ValueError(
            f"trajectory {at + 1} of the design does not change each factor once and alone"
        )
    which = moved.argmax(axis=2)
    steps = np.take_along_axis(moves, which[:, :, None], axis=2)
    changes = np.diff(table.values.reshape(number, count + 1, -1), axis=1) / steps
    effects = np.empty_like(changes)
    np.put_along_axis(effects, which[:, :, None], changes, axis=1)
    return _summary(effects, points.names, table.names, resamples, confidence, seed)


def _summary(
    effects: Array,
    factors: tuple[str, ...],
    outputs: tuple[str, ...],
    resamples: int,
    confidence: float,
    seed: int,
) -> Screening:
    """`effects` is [trajectory, factor, output]."""
    number, count, width = effects.shape
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, number, (resamples, number))
    weights = np.array([np.bincount(row, minlength=number) for row in drawn], np.float64)
    mu, mu_star, sigma = (np.full((count, width), np.nan) for _ in range(3))
    interval = np.full((2, count, width), np.nan)
    used = np.zeros(width, np.int64)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    notes = []
    for k in range(width):
        kept = ~np.isnan(effects[:, :, k]).any(axis=1)
        used[k] = kept.sum()
        if used[k] < number:
            notes.append(
                f"{outputs[k]}: {number - used[k]:,} of {number:,} trajectories are left out, "
                "since a row of theirs failed"
            )
        if used[k] < 2:
            notes.append(f"{outputs[k]}: fewer than two trajectories are left; nothing is given")
            continue
        here = effects[kept, :, k]
        mu[:, k], sigma[:, k] = here.mean(axis=0), here.std(axis=0, ddof=1)
        mu_star[:, k] = np.abs(here).mean(axis=0)
        drawn_here = weights[:, kept]
        drawn_here = drawn_here[drawn_here.sum(axis=1) > 0]
        again = drawn_here @ np.abs(here) / drawn_here.sum(axis=1, keepdims=True)
        interval[:, :, k] = np.quantile(again, tails, axis=0)
    return Screening(
        factors, outputs, mu, mu_star, interval, sigma, used, number - used, confidence,
        tuple(notes),
    )  # fmt: skip
