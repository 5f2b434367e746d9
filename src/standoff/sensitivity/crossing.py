"""What hangs on the model itself: every variant of a model in every future, and what a switch does.

Variants differ by switches between rival structures, and all combinations have been run in the same
futures. So nothing is estimated but for the sample of futures: the share of futures in which a
verdict turns when one switch is thrown and nothing else, and an analysis of variance of the full
crossing of switches and futures (Fisher 1925; as shares of variance Sobol' 1993, Homma & Saltelli
1996). The first-order share of a switch is Var(E[Y | switch]) / Var(Y), the total share what would
be left if all but it were known, E[Var(Y | all else)] / Var(Y). Options of a switch count equally,
futures as their weights say; `future` is one factor beside the switches.

Intervals are percentiles of a bootstrap over futures (Efron 1979), for futures as they might have
been drawn; the variants are what they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.sensitivity.table import check_names

Array = NDArray[np.float64]

FUTURE = "future"
"""The factor that stands beside the switches: whatever differs between futures."""
_CHUNK = 2**24
"""Weights of resampled futures that are held at once."""


@dataclass(frozen=True)
class Crossing:
    """What the switches of a model do to verdicts, and to what verdicts are made of."""

    switches: tuple[str, ...]
    outputs: tuple[str, ...]
    changes: Array
    """[switch, output]: share of futures in which throwing this switch alone turns a verdict round,
    from holding to failing or back, averaged over pairs of its options and over the settings of the
    others."""
    changes_interval: Array
    """[bound, switch, output]: low and high."""
    undetermined: Array
    """[switch, output]: share in which it cannot be said, one of the two being undetermined."""
    hangs: Array
    """[output]: share of futures in which some variant holds and another fails."""
    hangs_interval: Array
    """[bound, output]"""
    factors: tuple[str, ...]
    """The switches, and `future`."""
    first: Array | None
    """[factor, output]: first-order share of the margin's variance; NaN where it does not vary, or
    is finite in no future. None without margins."""
    first_interval: Array | None
    """[bound, factor, output]"""
    total: Array | None
    """[factor, output]: total share."""
    total_interval: Array | None
    """[bound, factor, output]"""
    variance: Array | None
    """[output]: of the margin, over variants and futures."""
    futures: int
    left_out: NDArray[np.int64]
    """[output]: futures without a verdict (NaN) in some variant; left out of `changes`."""
    margins_left_out: NDArray[np.int64]
    """[output]: futures without a finite margin in some variant; left out of the shares."""
    confidence: float
    resamples: int


def by_structure(
    switches: Mapping[str, Sequence[str]],
    verdicts: ArrayLike,
    margins: ArrayLike | None = None,
    *,
    outputs: Sequence[str] | None = None,
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
) -> Crossing:
    """What each switch does to each output.

    Args:
        switches: for each switch its option in each variant, [variant]; every combination of
            options is there exactly once. The solution concept is a switch like another: see
            `crossed`.
        verdicts: [variant, future] or [output, variant, future]: above 0 where it holds, below 0
            where it fails, 0 where it is undetermined, NaN where the future failed.
        margins: likewise, by how much it holds or fails.
        outputs: their names.
        weights: [future], for other priors than those the futures were drawn from; equal by
            default.
        confidence: of the intervals.
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        ValueError: the variants are not a full crossing, shapes do not fit, a weight is negative,
            or a setting is out of range; in words.
    """
    grid, sizes = _grid(switches)
    names = tuple(switches)
    truth = _cube(verdicts, len(grid), "verdicts")
    if np.isinf(truth).any():
        raise ValueError("a verdict is infinite; expected above 0, 0, below 0, or NaN")
    given = None if margins is None else _cube(margins, len(grid), "margins")
    if given is not None and given.shape != truth.shape:
        raise ValueError(f"verdicts have the shape {truth.shape}, margins {given.shape}")
    many, _, futures = truth.shape
    called = tuple(outputs or (f"output {k}" for k in range(1, many + 1)))
    if len(called) != many:
        raise ValueError(f"there are {many} outputs but {len(called)} names for them")
    check_names(called, "output")
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence is {confidence}; expected a number between 0 and 1")
    if resamples < 1:
        raise ValueError(f"resamples: {resamples}; expected 1 or more")
    if seed < 0:
        raise ValueError(f"the seed is {seed}; expected 0 or more")
    mass = _weights(weights, futures)

    cells = (*sizes, futures)
    forms = [_turns(verdict[grid].reshape(cells)) for verdict in truth]
    if given is not None:
        forms += [_spread(margin[grid].reshape(cells), mass) for margin in given]
    points = [form.at(mass[None])[0] for form in forms]
    drawn: list[list[Array]] = [[] for _ in forms]
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // futures)
    for begin in range(0, resamples, step):
        size = min(step, resamples - begin)
        counts = rng.multinomial(futures, np.full(futures, 1 / futures), size)
        for kept, form in zip(drawn, forms, strict=True):
            kept.append(form.at(counts * mass))
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    intervals = [
        np.nanquantile(np.concatenate(kept), tails, axis=0)
        if np.isfinite(point).all()
        else np.full((2, point.size), np.nan)
        for kept, point in zip(drawn, points, strict=True)
    ]
    count = len(names)
    found, bounds = np.stack(points[:many], axis=1), np.stack(intervals[:many], axis=2)
    left_out = np.array([np.sum(~form.known) for form in forms], np.int64)
    shares = limits = None
    if given is not None:
        shares, limits = np.stack(points[many:], axis=1), np.stack(intervals[many:], axis=2)
    return Crossing(
        switches=names,
        outputs=called,
        changes=found[:count],
        changes_interval=bounds[:, :count],
        undetermined=found[count : 2 * count],
        hangs=found[2 * count],
        hangs_interval=bounds[:, 2 * count],
        factors=(*names, FUTURE),
        first=None if shares is None else shares[: count + 1],
        first_interval=None if limits is None else limits[:, : count + 1],
        total=None if shares is None else shares[count + 1 : -1],
        total_interval=None if limits is None else limits[:, count + 1 : -1],
        variance=None if shares is None else shares[-1],
        futures=futures,
        left_out=left_out[:many],
        margins_left_out=left_out[many:] if given is not None else np.zeros(many, np.int64),
        confidence=confidence,
        resamples=resamples,
    )


def crossed(
    switches: Mapping[str, Sequence[str]], switch: str, options: Sequence[str]
) -> dict[str, list[str]]:
    """The switches with one more, for arrays that are put one after another along `variant`.

    Where `stated` and `limit` are [variant, future], of the equilibrium and of its limit, then
    `np.concatenate([stated, limit])` has the switches
    `crossed(switches, "solution", ["equilibrium", "limit"])`.

    Raises:
        ValueError: there is a switch of that name.
    """
    if switch in switches:
        raise ValueError(f"there is a switch '{switch}' already")
    variants = max((len(labels) for labels in switches.values()), default=1)
    made = {name: [*labels] * len(options) for name, labels in switches.items()}
    return made | {switch: [option for option in options for _ in range(variants)]}


@dataclass(frozen=True)
class _Form:
    """Shares that follow from weighted means over futures: so a resample is a matrix product."""

    columns: Array
    """[future that is known, column]"""
    known: NDArray[np.bool_]
    """[future]"""
    shares: Callable[[Array], Array]
    """From means [resample, column] to [resample, share]."""

    def at(self, weights: Array) -> Array:
        """[resample, share], for weights [resample, future]."""
        used = weights[:, self.known]
        return self.shares(_divided(used @ self.columns, used.sum(1)))


def _turns(truth: Array) -> _Form:
    """How often verdicts turn: by switch, then by switch undetermined, then anywhere at all.

    `truth` is [switch, …, future].
    """
    cells = tuple(range(truth.ndim - 1))
    known = np.asarray(~np.isnan(truth).any(axis=cells))
    turned, unsure = [], []
    for switch in cells:
        pairs = truth.shape[switch] * (truth.shape[switch] - 1) / 2
        holds, fails = (truth > 0).sum(switch), (truth < 0).sum(switch)
        settled = holds + fails
        turned.append((holds * fails).mean(cells[:-1]) / pairs)
        unsure.append(1 - (settled * (settled - 1) / 2).mean(cells[:-1]) / pairs)
    anywhere = (truth > 0).any(cells) & (truth < 0).any(cells)
    columns = np.column_stack([*turned, *unsure, anywhere.astype(float)])[known]
    return _Form(columns, known, lambda means: means)


def _spread(margin: Array, mass: Array) -> _Form:
    """Shares of a margin's variance: of first order by factor, then total; then the variance.

    `margin` is [switch, …, future].
    """
    cells = tuple(range(margin.ndim - 1))
    known = np.asarray(np.isfinite(margin).all(axis=cells))
    kept, used = margin[..., known], mass[known]
    # Sizes that are far from 1 would overflow when squared, or vanish.
    scale = float(np.abs(kept).max(initial=0.0)) or 1.0
    y = kept / scale
    y = y - (y.mean(cells) * used).sum() / (used.sum() or 1.0)
    by_option = [y.mean(tuple(axis for axis in cells if axis != switch)).T for switch in cells]
    within = [y.var(axis=switch).mean(cells[:-1]) for switch in cells]
    variants = y.reshape(math.prod(margin.shape[:-1]), -1).T if y.size else np.empty((0, 1))
    sizes = np.cumsum(margin.shape[:-1])

    def shares(means: Array) -> Array:
        square, future, inside, rest = np.split(means, [1, 2, 2 + len(cells)], axis=1)
        *options, each = np.split(rest, sizes, axis=1)
        mean = each.mean(1)
        variance = square[:, 0] - mean**2
        # What rounding leaves of a constant is no variance.
        variance = np.where(variance <= (8 * np.finfo(float).eps) ** 2, 0.0, variance)
        first = [*(part.var(1) for part in options), future[:, 0] - mean**2]
        total = [*inside.T, square[:, 0] - (each**2).mean(1)]
        parts = _divided(np.column_stack([*first, *total]), variance)
        return np.column_stack([parts, variance * scale**2])

    columns = [(y**2).mean(cells), y.mean(cells) ** 2, *within, *by_option, variants]
    return _Form(np.column_stack(columns), known, shares)


def _divided(parts: Any, whole: Any) -> Array:
    """Parts of a whole [row] or [row, part]; NaN where the whole is nothing."""
    below = np.asarray(whole, float)
    below = below[:, None] if np.ndim(parts) == 2 else below
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: Array = np.where(below > 0, np.asarray(parts) / below, np.nan)
    return shares


def _grid(switches: Mapping[str, Sequence[str]]) -> tuple[NDArray[np.intp], tuple[int, ...]]:
    """The variants in the order of a grid, the last switch fastest; and how many options each has.

    Options are in the order in which they first come.
    """
    if not switches:
        raise ValueError("there are no switches: expected at least one")
    check_names(tuple(switches), "switch")
    if FUTURE in switches:
        raise ValueError(f"no switch can be called '{FUTURE}': that is the factor beside them")
    lengths = {name: len(labels) for name, labels in switches.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"the switches have different numbers of variants: {listed}")
    options = {name: list(dict.fromkeys(labels)) for name, labels in switches.items()}
    for name, known in options.items():
        if len(known) < 2:
            raise ValueError(f"switch '{name}' has {len(known)} option; expected two or more")
    rows = list(zip(*switches.values(), strict=True))
    place: dict[tuple[str, ...], int] = {}
    for k, row in enumerate(rows):
        if place.setdefault(row, k) != k:
            raise ValueError(f"variant {' × '.join(row)} is there twice")
    grid: list[tuple[str, ...]] = [()]
    for known in options.values():
        grid = [(*row, option) for row in grid for option in known]
    for row in grid:
        if row not in place:
            raise ValueError(
                f"variant {' × '.join(row)} is missing; every combination of options is needed"
            )
    return np.array([place[row] for row in grid]), tuple(map(len, options.values()))


def _cube(values: ArrayLike, variants: int, what: str) -> Array:
    """[output, variant, future]"""
    cube = np.asarray(values, float)
    cube = cube[None] if cube.ndim == 2 else cube
    if cube.ndim != 3 or 0 in cube.shape:
        raise ValueError(
            f"{what} have the shape {cube.shape}; expected [variant, future] or "
            "[output, variant, future], none of them empty"
        )
    if cube.shape[1] != variants:
        raise ValueError(f"{what} have {cube.shape[1]} variants, the switches {variants}")
    return cube


def _weights(weights: ArrayLike | None, futures: int) -> Array:
    """[future], with a sum of 1."""
    if weights is None:
        return np.full(futures, 1 / futures)
    mass = np.asarray(weights, float)
    if mass.shape != (futures,):
        raise ValueError(f"weights have the shape {mass.shape}; expected one for each of {futures}")
    if not np.isfinite(mass).all() or (mass < 0).any() or not mass.sum() > 0:
        raise ValueError("weights must be finite, not negative, and not all 0")
    return np.asarray(mass / mass.sum())
