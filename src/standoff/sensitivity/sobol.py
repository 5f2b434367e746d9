"""Sobol' indices: which share of an output's variance each uncertain factor explains.

First-order index of a factor: the share of the variance of the output that would vanish on average
if the factor became known, Var(E[Y | X_i]) / Var(Y). Total index: the share that would be left if
all others became known, interactions included (Sobol' 1993; Homma & Saltelli 1996). Both suppose
factors that are independent.

The design is that of Saltelli et al. (2010): two samples A and B, the halves of one scrambled
Sobol' sequence, and for each factor i the sample A with column i from B. Estimators: first order,
their table 2 (b), of outputs less their mean; total, Jansen (1999), their (f); closed second order,
Saltelli (2002). A negative estimate is sampling error, and is shown as it is.

Intervals are percentiles of a bootstrap over points (Archer, Saltelli & Sobol' 1997), all resamples
of an output in one matrix product. Points of a Sobol' sequence are more even than random ones, so
the intervals are rather too wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from standoff.sensitivity.table import check_names, read

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

Layout = Literal["blocks", "points"]

FEWEST_POINTS = 8
"""Of fewer points no index is given."""
CHUNK = 2**27
"""Bytes of outputs that are worked on at once."""


@dataclass(frozen=True)
class SobolIndices:
    """Variance-based indices of every factor for every output."""

    factors: tuple[str, ...]
    outputs: tuple[str, ...]
    first: Array
    """[factor, output]; NaN where the output is constant or has too few points."""
    first_interval: Array
    """[bound, factor, output]: low and high."""
    total: Array
    """[factor, output]"""
    total_interval: Array
    """[bound, factor, output]"""
    closed: Array | None
    """[factor, factor, output]: the closed second-order index, that of two factors together, both
    first-order indices and their interaction; on the diagonal the first-order index. None without
    the blocks for it."""
    closed_interval: Array | None
    """[bound, factor, factor, output]"""
    mean: Array
    """[output], over A and B."""
    variance: Array
    """[output], over A and B."""
    points: int
    """Points of the design; it has (factors + 2) rows for each, twice the factors with second
    order."""
    left_out: NDArray[np.int64]
    """[output]: points with a failed (NaN) value in any of their rows; they are left out whole."""
    confidence: float
    resamples: int
    resolution: float
    """An index with a wider interval is not resolved."""
    notes: tuple[str, ...]
    """What a reader must know, in sentences."""

    @property
    def interaction(self) -> Array | None:
        """[factor, factor, output]: what two factors explain only together."""
        if self.closed is None:
            return None
        found = self.closed - self.first[:, None] - self.first[None, :]
        found[np.arange(len(self.factors)), np.arange(len(self.factors))] = np.nan
        return found

    @property
    def unresolved(self) -> NDArray[np.bool_]:
        """[factor, output]: the interval of the first or the total index is wider than
        `resolution`, or there is none (Sarrazin, Pianosi & Wagener 2016 take 0.05)."""
        widths = [high - low for low, high in (self.first_interval, self.total_interval)]
        return np.asarray(~(np.maximum(*widths) <= self.resolution))

    def to_xarray(self) -> xr.Dataset:
        """The same with named axes: factor, output, bound (and `other` for pairs)."""
        import xarray as xr

        sides = ("bound", "factor", "output")
        data: dict[str, Any] = {
            "first": (sides[1:], self.first),
            "first_interval": (sides, self.first_interval),
            "total": (sides[1:], self.total),
            "total_interval": (sides, self.total_interval),
            "unresolved": (sides[1:], self.unresolved),
            "mean": ("output", self.mean),
            "variance": ("output", self.variance),
            "left_out": ("output", self.left_out),
        }
        coords: dict[str, Any] = {
            "factor": list(self.factors),
            "output": list(self.outputs),
            "bound": ["low", "high"],
        }
        if self.closed is not None:
            data["closed"] = (("factor", "other", "output"), self.closed)
            data["closed_interval"] = (("bound", "factor", "other", "output"), self.closed_interval)
            coords["other"] = list(self.factors)
        return xr.Dataset(
            data,
            coords,
            {
                "points": self.points,
                "confidence": self.confidence,
                "resamples": self.resamples,
                "notes": list(self.notes),
            },
        )


def sobol_design(factors: int, points: int, *, second_order: bool = False, seed: int = 0) -> Array:
    """Rows to run for Sobol' indices, in the unit cube, [row, factor].

    In blocks of `points` rows: A, B, then for each factor i A with column i of B; with
    `second_order` then for each factor B with column i of A. The caller turns each column into
    values by the quantile function of its factor; no number is 0 or 1.

    Raises:
        ValueError: `points` is no power of two of at least 8, or there is no factor.
    """
    if factors < 1:
        raise ValueError(f"there are {factors} factors; expected at least 1")
    if points < FEWEST_POINTS or points & (points - 1):
        above = max(FEWEST_POINTS, 1 << max(points - 1, 0).bit_length())
        near = f"{above:,}" if above == FEWEST_POINTS else f"{above // 2:,} or {above:,}"
        raise ValueError(
            f"the number of points is {points:,}, but a Sobol' sequence is even only at powers of "
            f"two of at least {FEWEST_POINTS}; the nearest: {near}"
        )
    if seed < 0:
        raise ValueError(f"the seed is {seed}; expected 0 or more")
    from scipy.stats import qmc

    engine = qmc.Sobol(2 * factors, scramble=True, rng=np.random.default_rng(seed))
    both = np.asarray(engine.random_base2(points.bit_length() - 1))
    both += 0.5 / 2**engine.bits
    one, two = both[:, :factors], both[:, factors:]
    blocks = [one, two]
    for start, other in ((one, two), (two, one)) if second_order else ((one, two),):
        for k in range(factors):
            block = start.copy()
            block[:, k] = other[:, k]
            blocks.append(block)
    return np.concatenate(blocks)


def sobol(
    values: Any,
    factors: Sequence[str] | int,
    outputs: Sequence[str] | None = None,
    *,
    second_order: bool = False,
    layout: Layout = "blocks",
    resamples: int = 200,
    confidence: float = 0.95,
    resolution: float = 0.05,
    seed: int = 0,
) -> SobolIndices:
    """First and total indices, for all outputs at once, of what was run on a Sobol' design.

    `values` [row, output] are the outputs of the rows of `sobol_design`, in their order; also an
    xarray DataArray, or named columns. `factors` are the names of the design's columns, or their
    number. `second_order` says that the rows for it are there. `layout` "points" is for designs
    that have all rows of a point together: A, the rows with one column of B, (those of B with one
    column of A,) B; SALib and the EMA Workbench write them so.

    A point with a failed output (NaN) in any of its rows is left out whole, for that output.

    Raises:
        ValueError: the number of rows does not fit the factors, or `values` is not a table of
        numbers.
    """
    table = read(values, "output", outputs)
    names = (
        tuple(f"factor {k + 1}" for k in range(factors))
        if isinstance(factors, int)
        else tuple(map(str, factors))
    )
    check_names(names, "factor")
    if layout not in get_args(Layout):
        raise ValueError(f"the layout is '{layout}'; expected {' or '.join(get_args(Layout))}")
    if resamples < 2:
        raise ValueError(f"there are {resamples} resamples; expected at least 2")
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence is {confidence}; expected a number between 0 and 1")
    blocks = 2 + len(names) * (2 if second_order else 1)
    rows, width = table.values.shape
    points, rest = divmod(rows, blocks)
    if rest or points < FEWEST_POINTS:
        raise ValueError(
            f"there are {rows:,} rows; a design for {len(names)} factors "
            f"{'with' if second_order else 'without'} second order has {blocks} rows for each "
            f"point, and at least {FEWEST_POINTS} points"
        )
    weights = _weights(points, resamples, seed)
    pairs = len(names) * (len(names) - 1) // 2 if second_order else 0
    shares = np.full((2 * len(names) + pairs, 1 + resamples, width), np.nan)
    moments = np.empty((2, width))
    left_out = np.zeros(width, np.int64)
    step = max(1, CHUNK // (8 * rows))
    for start in range(0, width, step):
        part = _by_block(table.values[:, start : start + step], blocks, points, layout)
        for k, output in enumerate(part, start):
            failed = np.isnan(output).any(axis=0)
            left_out[k] = failed.sum()
            if failed.any():
                output, here = output[:, ~failed], weights[~failed]
            else:
                here = weights
            moments[:, k], shares[:, :, k] = _shares(output, here, len(names), pairs)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    interval = np.quantile(shares[:, 1:], tails, axis=1)
    n = len(names)
    closed = closed_interval = None
    if second_order:
        closed = _square(shares[2 * n :, 0], shares[:n, 0])
        closed_interval = np.stack(
            [
                _square(pair, alone)
                for pair, alone in zip(interval[:, 2 * n :], interval[:, :n], strict=True)
            ]
        )
    found = SobolIndices(
        names, table.names, shares[:n, 0], interval[:, :n], shares[n : 2 * n, 0],
        interval[:, n : 2 * n], closed, closed_interval, moments[0], moments[1], points, left_out,
        confidence, resamples, resolution, (),
    )  # fmt: skip
    return replace(found, notes=tuple(_notes(found)))


def _weights(points: int, resamples: int, seed: int) -> Array:
    """[point, 1 + resample]: how often a point counts; in the first column once, each."""
    rng = np.random.default_rng(seed)
    weights = np.ones((points, 1 + resamples))
    for k in range(resamples):
        drawn = rng.integers(0, points, points)
        weights[:, 1 + k] = np.bincount(drawn, minlength=points)
    return weights


def _by_block(values: Array, blocks: int, points: int, layout: Layout) -> Array:
    """[output, block, point], with A first and B second."""
    if layout == "blocks":
        return np.ascontiguousarray(values.T).reshape(-1, blocks, points)
    turned = values.reshape(points, blocks, -1).transpose(2, 1, 0)
    order = [0, blocks - 1, *range(1, blocks - 1)]
    return np.ascontiguousarray(turned[:, order])


def _shares(output: Array, weights: Array, factors: int, pairs: int) -> tuple[Array, Array]:
    """Mean and variance, and the indices [first, total, then closed of pairs; 1 + resample].

    `output` is [block, point]. Every index is a weighted mean over points divided by the variance
    over A and B, so one product with the weights gives them in all resamples.
    """
    if output.shape[1] < FEWEST_POINTS:
        return np.full(2, np.nan), np.full((2 * factors + pairs, weights.shape[1]), np.nan)
    centre = output[:2].mean()
    if np.ptp(output) <= 1e-12 * np.abs(output).max():
        return np.array([centre, 0.0]), np.full((2 * factors + pairs, weights.shape[1]), np.nan)
    output = output - centre
    one, two, mixed = output[0], output[1], output[2 : 2 + factors]
    terms = np.empty((2 * factors + pairs + 2, output.shape[1]))
    change = mixed - one
    np.multiply(change, two, out=terms[:factors])
    np.multiply(change, change, out=terms[factors : 2 * factors])
    terms[factors : 2 * factors] *= 0.5
    if pairs:
        back = output[2 + factors :]
        for row, (i, j) in enumerate(_pairs(factors), 2 * factors):
            terms[row] = 0.5 * (back[i] * mixed[j] + back[j] * mixed[i]) - one * two
    terms[-2] = 0.5 * (one + two)
    terms[-1] = 0.5 * (one * one + two * two)
    means = (terms @ weights) / weights.sum(axis=0)
    variance = means[-1] - means[-2] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(variance > 0, means[:-2] / variance, np.nan)
    return np.array([centre, variance[0]]), shares


def _pairs(factors: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(factors) for j in range(i + 1, factors)]


def _square(pairs: Array, alone: Array) -> Array:
    """[factor, factor, output] from [pair, output] and the diagonal [factor, output]."""
    square = np.empty((len(alone), *alone.shape))
    for row, (i, j) in enumerate(_pairs(len(alone))):
        square[i, j] = square[j, i] = pairs[row]
    square[np.arange(len(alone)), np.arange(len(alone))] = alone
    return square


def _notes(found: SobolIndices) -> list[str]:
    """What hides in the numbers, output by output."""
    notes = []
    for k, name in enumerate(found.outputs):
        if found.left_out[k]:
            notes.append(
                f"{name}: {found.left_out[k]:,} of {found.points:,} points are left out, since a "
                "row of theirs failed; if failures are not random, the indices are of the rest"
            )
        if found.left_out[k] > found.points - FEWEST_POINTS:
            notes.append(f"{name}: fewer than {FEWEST_POINTS} points are left; no index is given")
            continue
        if found.variance[k] == 0:
            notes.append(f"{name}: it is the same in every row, so nothing explains it")
            continue
        wide = int(found.unresolved[:, k].sum())
        if wide:
            widths = [high - low for low, high in (found.first_interval, found.total_interval)]
            most = np.maximum(*widths)[:, k]
            worst = int(np.argmax(most))
            notes.append(
                f"{name}: {wide} of {len(found.factors)} factors are not resolved to "
                f"{found.resolution:g} (widest interval: {found.factors[worst]}, "
                f"{most[worst]:.2g}); more points narrow it"
            )
        low = int(np.argmin(found.first[:, k]))
        if found.first[low, k] < 0:
            notes.append(
                f"{name}: the first-order index of {found.factors[low]} is "
                f"{found.first[low, k]:.2g} ({found.first_interval[0, low, k]:.2g} to "
                f"{found.first_interval[1, low, k]:.2g}); below 0 is sampling error"
            )
        crossed = found.first_interval[0, :, k] > found.total_interval[1, :, k]
        if crossed.any():
            notes.append(
                f"{name}: the first-order index of {found.factors[int(np.argmax(crossed))]} is "
                "above its total index, which cannot be: are these rows the design's, in order?"
            )
    return notes
