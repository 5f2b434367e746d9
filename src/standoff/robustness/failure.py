"""How far the nearest failure is: the smallest change of assumptions seen to make a doctrine fail.

Among the futures of a sample, that in which a doctrine fails and which is nearest to a nominal
point (Herman, Reed, Zeff & Characklis 2015, the second kind of satisficing; Rhodium calls it
"satisficing type II"). It is no bound: a nearer failure may lie between the futures sampled. It
depends on the nominal point, on the scale of each factor and on the norm, so several norms are
given, and all of this is said with the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.robustness.performance import Better, check_better, numbers

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NearestFailure:
    """The nearest sampled future in which each doctrine fails, in several norms."""

    doctrines: tuple[str, ...]
    factors: tuple[str, ...]
    norms: tuple[float, ...]
    """1 adds up the changes, 2 is Euclid's, infinity is the largest change of any one factor."""
    distance: Array
    """[norm, doctrine], changes counted in units of `scale`; infinite where it never fails, NaN
    where it could never be judged."""
    future: NDArray[np.int64]
    """[norm, doctrine]: which row of the sample that is; -1 where it never fails."""
    change: Array
    """[norm, doctrine, factor]: that future less the nominal point, in units of the factor; NaN
    where it never fails."""
    nominal: Array
    """[factor]"""
    scale: Array
    """[factor]: the change of each that counts as 1; without another word, its sampled range."""
    failures: NDArray[np.int64]
    """[doctrine]: sampled futures in which it fails."""
    futures: NDArray[np.int64]
    """[doctrine]: sampled futures in which it could be judged."""
    caution: str
    """What the distances depend on."""

    def to_xarray(self) -> xr.Dataset:
        """The same with named axes: norm, doctrine, factor."""
        import xarray as xr

        axes = ("norm", "doctrine")
        return xr.Dataset(
            {
                "distance": (axes, self.distance),
                "future": (axes, self.future),
                "change": ((*axes, "factor"), self.change),
                "nominal": ("factor", self.nominal),
                "scale": ("factor", self.scale),
                "failures": ("doctrine", self.failures),
                "futures": ("doctrine", self.futures),
            },
            {
                "norm": list(self.norms),
                "doctrine": list(self.doctrines),
                "factor": list(self.factors),
            },
            {"caution": self.caution},
        )


def nearest_failure(
    factors: Any,
    performance: Any,
    better: Better,
    threshold: float,
    nominal: Sequence[float] | Array,
    *,
    scale: Sequence[float] | Array | None = None,
    norms: Sequence[float] = (1, 2, np.inf),
    factor_names: Sequence[str] | None = None,
    doctrines: Sequence[str] | None = None,
) -> NearestFailure:
    """The nearest sampled future in which each doctrine misses a threshold.

    `factors` is [future, factor], `performance` [future, doctrine], arrays or DataArrays, `nominal`
    [factor]. A doctrine fails where it is on the bad side of the threshold; just reaching it is no
    failure, and where its performance is NaN it is not judged. `scale` [factor] is the change that
    counts as 1; without it, the range of the factor in the sample.

    Raises:
        ValueError: the tables do not fit, a factor does not vary and has no scale, or a norm is
        below 1.
    """
    check_better(better)
    if not np.isfinite(threshold):
        raise ValueError(f"the threshold is {threshold}; expected a number")
    results, found = numbers(performance)
    points, labels = _points(factors)
    if results.ndim != 2 or 0 in results.shape:
        raise ValueError(f"the performance has shape {results.shape}; expected [future, doctrine]")
    if len(points) != len(results):
        raise ValueError(
            f"the factors have {len(points):,} futures, the performance {len(results):,}"
        )
    names = _names(factor_names, labels, points.shape[1], "factor")
    whose = _names(doctrines, found, results.shape[1], "doctrine")
    start = np.asarray(nominal, np.float64)
    if start.shape != (points.shape[1],) or not np.isfinite(start).all():
        raise ValueError(f"the nominal point needs a number for each of {len(names)} factors")
    units = _scale(points, scale, names)
    lengths = tuple(float(norm) for norm in norms)
    if not lengths or not all(norm >= 1 for norm in lengths):
        raise ValueError(f"the norms are {tuple(norms)}; expected numbers of at least 1")
    futures = (~np.isnan(results)).sum(axis=0)
    steps = np.abs(points - start) / units
    away = np.stack([np.linalg.norm(steps, ord=norm, axis=1) for norm in lengths])
    fails: NDArray[np.bool_] = np.asarray(
        results < threshold if better == "higher" else results > threshold
    )
    masked = np.where(fails[None], away[:, :, None], np.inf)
    distance, future = masked.min(axis=1), masked.argmin(axis=1)
    distance = np.where(futures > 0, distance, np.nan)
    never: NDArray[np.bool_] = np.logical_not(fails.any(axis=0))
    future = np.where(never, -1, future)
    change = np.where(never[None, :, None], np.nan, points[future] - start)
    return NearestFailure(
        whose, names, lengths, distance, future, change, start, units, fails.sum(axis=0),
        futures, _caution(len(points), scale is None),
    )  # fmt: skip


def _points(factors: Any) -> tuple[Array, tuple[str, ...] | None]:
    names = None
    if hasattr(factors, "dims"):
        if "future" in factors.dims:
            factors = factors.transpose("future", ...)
        if factors.ndim == 2 and factors.dims[1] in factors.coords:
            names = tuple(map(str, factors.coords[factors.dims[1]].values))
    points = np.asarray(factors, np.float64)
    if points.ndim != 2 or 0 in points.shape:
        raise ValueError(f"the factors have shape {points.shape}; expected [future, factor]")
    if not np.isfinite(points).all():
        raise ValueError("a factor is infinite or NaN in some future; expected numbers")
    return points, names


def _names(
    given: Sequence[str] | None, found: tuple[str, ...] | None, count: int, kind: str
) -> tuple[str, ...]:
    names = tuple(map(str, given)) if given is not None else found
    names = names or tuple(f"{kind} {k + 1}" for k in range(count))
    if len(names) != count:
        raise ValueError(f"there are {count} {kind}s but {len(names)} names for them")
    return names


def _scale(points: Array, scale: Any | None, names: tuple[str, ...]) -> Array:
    units = np.ptp(points, axis=0) if scale is None else np.asarray(scale, np.float64)
    if units.shape != (len(names),):
        raise ValueError(f"the scale needs a number for each of {len(names)} factors")
    wrong: NDArray[np.bool_] = ~np.logical_and(np.isfinite(units), units > 0)
    if wrong.any():
        name = names[int(np.argmax(wrong))]
        what = "does not vary in the sample" if scale is None else "has no scale above 0"
        raise ValueError(f"{name} {what}; leave it out or give its scale")
    return units


def _caution(futures: int, by_range: bool) -> str:
    units = "fractions of the sampled ranges" if by_range else "the given scale"
    return (
        f"Nearest among {futures:,} sampled futures, in {units}: a nearer failure may lie between "
        "them, and another nominal point, scale or norm gives another distance."
    )
