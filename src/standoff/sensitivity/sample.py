"""First-order indices of a sample that is already there: no design is needed.

Each factor's values are sorted into classes of equal size, and the variance of the outputs' means
between classes is compared with the whole variance (the correlation ratio of Pearson 1905; as an
estimate of Sobol' indices from given data: Plischke, Borgonovo & Smith 2013). Means of classes
differ by chance alone, which makes the plain ratio too large; here it is corrected by degrees of
freedom (Kelley 1935), so that a factor without influence has an index of 0 on average. What varies
inside a class is not seen: for a straight line that hides 1 / classes² of it.

Beside each index stands what chance alone gives: the same after the rows of the outputs were
permuted, which breaks every connection with the factors and keeps those among factors and among
outputs. Intervals are from half samples without replacement, whose spread about the whole equals
that of the whole about the truth (Shao & Wu 1989).
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
    from scipy.sparse import csr_array

Array = NDArray[np.float64]

FEWEST_ROWS = 16
"""Of fewer rows no index is given."""
MOST_CLASSES = 64
CORRELATED = 0.2
"""A rank correlation between two factors is told from here on."""
ALIASED = 0.1
"""So is what one factor tells of another, as a share of variance."""


@dataclass(frozen=True)
class SampleIndices:
    """First-order indices, Var(E[Y | X_i]) / Var(Y), as far as a given sample shows them."""

    factors: tuple[str, ...]
    outputs: tuple[str, ...]
    first: Array
    """[factor, output]; may be a little below 0. NaN where output or factor is constant."""
    interval: Array
    """[bound, factor, output]: low and high."""
    chance: Array
    """[output]: what the largest index of all factors stays below by chance alone, with
    probability `confidence`."""
    p_value: Array
    """[factor, output]: share of permutations in which this factor's index is as large."""
    rows: NDArray[np.int64]
    """[output]: rows that were used; those with a failed (NaN) output or factor are left out."""
    classes: NDArray[np.int64]
    """[factor]"""
    correlation: Array
    """[factor, factor]: rank correlation (Spearman 1904)."""
    association: Array
    """[factor, other]: the share of the other's variance that a factor tells in these rows, by the
    same estimator. Small samples of Sobol' points in many dimensions have pairs that are not
    correlated, and yet tell much of each other."""
    confidence: float
    notes: tuple[str, ...]
    """What a reader must know, in sentences."""

    @property
    def above_chance(self) -> NDArray[np.bool_]:
        """[factor, output]: the index is larger than chance explains, whichever factor it is."""
        return np.asarray(self.first > self.chance)

    def to_xarray(self) -> xr.Dataset:
        """The same with named axes: factor, output, bound."""
        import xarray as xr

        sides = ("bound", "factor", "output")
        return xr.Dataset(
            {
                "first": (sides[1:], self.first),
                "interval": (sides, self.interval),
                "chance": ("output", self.chance),
                "p_value": (sides[1:], self.p_value),
                "above_chance": (sides[1:], self.above_chance),
                "rows": ("output", self.rows),
                "classes": ("factor", self.classes),
                "correlation": (("factor", "other"), self.correlation),
                "association": (("factor", "other"), self.association),
            },
            {
                "factor": list(self.factors),
                "other": list(self.factors),
                "output": list(self.outputs),
                "bound": ["low", "high"],
            },
            {"confidence": self.confidence, "notes": list(self.notes)},
        )


def sensitivity_of_sample(
    factors: Any,
    outputs: Any,
    *,
    factor_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    classes: int | None = None,
    permutations: int = 200,
    halves: int = 100,
    confidence: float = 0.95,
    seed: int = 0,
) -> SampleIndices:
    """First-order indices of every factor for every output, from rows of any random sample.

    `factors` [row, factor] and `outputs` [row, output] are arrays, DataArrays or named columns.
    Words as factors are taken as categories; so is any factor with no more values than `classes`.
    Without `classes` there are rows^0.4 of them.

    With factors that are not independent the index is still the share of variance that would
    vanish if the factor became known, but it includes what the factor tells about its companions:
    indices then overlap, and may add up to more than 1.

    Raises:
        ValueError: fewer than 16 rows, tables of different lengths, or `classes` below 2 or above
        a quarter of the rows.
    """
    x = read(factors, "factor", factor_names, coded=True)
    y = read(outputs, "output", output_names)
    check_names(x.names, "factor")
    check_names(y.names, "output")
    rows = len(x.values)
    if len(y.values) != rows:
        raise ValueError(f"the factors have {rows:,} rows, the outputs {len(y.values):,}")
    if rows < FEWEST_ROWS:
        raise ValueError(f"there are {rows} rows; expected at least {FEWEST_ROWS}")
    if classes is not None and not 2 <= classes <= rows // 4:
        raise ValueError(
            f"there are {classes} classes; expected 2 to {rows // 4}, a quarter of the rows"
        )
    if min(permutations, halves) < 2:
        raise ValueError("expected at least 2 permutations and 2 half samples")
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence is {confidence}; expected a number between 0 and 1")
    from scipy.special import ndtri

    shape = (len(x.names), len(y.names))
    first, p_value = np.full(shape, np.nan), np.full(shape, np.nan)
    interval, chance = np.full((2, *shape), np.nan), np.full(shape[1], np.nan)
    known: NDArray[np.bool_] = np.logical_not(np.isnan(x.values).any(axis=1))
    failed: NDArray[np.bool_] = np.isnan(y.values)
    used = (known[:, None] & ~failed).sum(axis=0)
    count = classes or int(np.clip(round(rows**0.4), 3, MOST_CLASSES))
    number = np.zeros(shape[0], np.int64)
    # Outputs that failed in the same rows are worked on together.
    patterns, which = np.unique(failed & known[:, None], axis=1, return_inverse=True)
    for pattern in range(patterns.shape[1]):
        here = np.flatnonzero(which == pattern)
        kept = known & ~patterns[:, pattern]
        if kept.sum() < FEWEST_ROWS:
            continue
        members, owner = _members(x.values[kept], count)
        number = np.maximum(number, np.bincount(owner, minlength=shape[0]))
        part = y.values[kept][:, here]
        rng = np.random.default_rng(seed)
        first[:, here] = alone = _ratio(members, owner, part)
        permuted = [_ratio(members, owner, rng.permutation(part)) for _ in range(permutations)]
        reached = np.sum([by_chance >= alone for by_chance in permuted], axis=0)
        p_value[:, here] = np.where(np.isnan(alone), np.nan, (1 + reached) / (1 + permutations))
        largest = [np.fmax.reduce(by_chance, axis=0) for by_chance in permuted]
        chance[here] = np.quantile(largest, confidence, axis=0)
        half = [
            _ratio(members[:, taken], owner, part[taken])
            for taken in (rng.permutation(len(part))[::2] for _ in range(halves))
        ]
        spread = ndtri((1 + confidence) / 2) * np.sqrt(np.mean((half - alone) ** 2, axis=0))
        interval[:, :, here] = alone - spread, alone + spread
    correlation = _rank_correlation(x.values[known])
    association = associations(x.values[known], count)
    notes = _notes(x.names, y.names, used, rows, first, correlation, association)
    return SampleIndices(
        x.names, y.names, first, interval, chance, p_value, used, number, correlation, association,
        confidence, tuple(notes),
    )  # fmt: skip


def _members(factors: Array, count: int) -> tuple[csr_array, NDArray[np.int64]]:
    """[class, row], 1 where a row is of a class; and the factor each class is of.

    Equal values are of one class.
    """
    from scipy.sparse import csr_array

    rows = len(factors)
    owner: list[int] = []
    members = []
    for k in range(factors.shape[1]):
        distinct, place, sizes = np.unique(factors[:, k], return_inverse=True, return_counts=True)
        if len(distinct) > count:
            before = np.cumsum(sizes) - sizes
            place = np.unique((before * count // rows)[place], return_inverse=True)[1]
        members.append(place + len(owner))
        owner += [k] * (int(place.max()) + 1)
    column = np.tile(np.arange(rows), len(members))
    ones = np.ones(len(column))
    matrix = csr_array((ones, (np.concatenate(members), column)), shape=(len(owner), rows))
    return matrix, np.array(owner)


def _ratio(members: csr_array, owner: NDArray[np.int64], outputs: Array) -> Array:
    """The corrected correlation ratio, [factor, output]: 1 less the variance within classes by the
    whole variance, each by its degrees of freedom."""
    rows = len(outputs)
    outputs = outputs - outputs.mean(axis=0)
    size = np.asarray(members.sum(axis=1))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.where(size > 0, (members @ outputs) ** 2 / size, 0)
        starts = np.searchsorted(owner, np.arange(owner[-1] + 1))
        whole = (outputs**2).sum(axis=0)
        within = whole - np.add.reduceat(between, starts, axis=0)
        count = np.add.reduceat((size > 0).astype(float), starts, axis=0)
        ratio = 1 - within / (rows - count) / (whole / (rows - 1))
    return np.where((count > 1) & (whole > 0), ratio, np.nan)


def associations(factors: Array, count: int) -> Array:
    """What each factor tells of each other, [factor, other]; 0 of itself and of what is constant.

    `factors` [row, factor]; `count` classes for each.
    """
    found = np.nan_to_num(_ratio(*_members(factors, count), factors), nan=0.0)
    np.fill_diagonal(found, 0)
    return found


def _rank_correlation(factors: Array) -> Array:
    from scipy.stats import rankdata

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.atleast_2d(np.corrcoef(rankdata(factors, axis=0), rowvar=False))


def _notes(
    factors: Sequence[str],
    outputs: Sequence[str],
    used: NDArray[np.int64],
    rows: int,
    first: Array,
    correlation: Array,
    association: Array,
) -> list[str]:
    """What hides in the numbers."""
    notes = []
    lost = rows - used
    for count in dict.fromkeys(int(number) for number in lost if number):
        which = [name for name, number in zip(outputs, lost, strict=True) if number == count]
        notes.append(
            f"{_several(which, len(outputs))}: {count:,} of {rows:,} rows are left out, since they "
            "failed or have no number; if that is not by chance, the indices are of the rest"
        )
    few = [name for name, number in zip(outputs, used, strict=True) if number < FEWEST_ROWS]
    if few:
        notes.append(
            f"{_several(few, len(outputs))}: fewer than {FEWEST_ROWS} rows are left; no index is "
            "given"
        )
    flat = [
        name
        for name, indices in zip(outputs, first.T, strict=True)
        if np.isnan(indices).all() and name not in few
    ]
    if flat:
        notes.append(
            f"{_several(flat, len(outputs))}: it is the same in every row, so nothing explains it"
        )
    told: Array = np.fmax(association, association.T)
    with np.errstate(invalid="ignore"):
        close = (told >= ALIASED) | (np.abs(correlation) >= CORRELATED)
    together = np.argwhere(np.tril(np.asarray(close), -1))
    if len(together):
        i, j = max(together, key=lambda pair: told[tuple(pair)])
        more = len(together) - 1
        also = f"; so {'does' if more == 1 else 'do'} {more:,} other pair{'s' * (more > 1)}"
        notes.append(
            f"In this sample {factors[j]} and {factors[i]} move together (one tells "
            f"{100 * told[i, j]:.0f} % of the other's variance){also if more else ''}: each index "
            "includes what it tells about the other; a larger sample, or another, would tell them "
            "apart"
        )
    return notes


def _several(names: Sequence[str], whole: int) -> str:
    """Names for the beginning of a note: a few of them, or that they are all."""
    if len(names) == whole > 1:
        return f"all {whole} outputs"
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
