"""Which doctrines nobody can call worse: fronts for several outcomes at once.

A doctrine is dominated where another does at least as well in every outcome and better in one
(Pareto 1906). Who is not dominated is on the front; in one future the front may be other than in
the next, and other than for the means of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.robustness.percentile import percentile
from standoff.robustness.performance import Better, check_better, check_weights

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

CHUNK = 2**24
"""Comparisons that are made at once."""


@dataclass(frozen=True)
class Fronts:
    """Who is on the front, future by future and over all."""

    doctrines: tuple[str, ...]
    outcomes: tuple[str, ...]
    on_front: NDArray[np.bool_]
    """[future, doctrine]: not dominated in that future; False where anything failed (NaN)."""
    share: Array
    """[doctrine]: weighted share of the judged futures in which it is on the front."""
    summaries: tuple[str, ...]
    """The names "mean", "median" and "worst"."""
    on_summary_front: NDArray[np.bool_]
    """[summary, doctrine]: not dominated when each outcome is summarised over futures."""
    futures: int
    """Futures that were judged."""
    left_out: int
    """Futures left out because something failed in them."""

    def to_xarray(self) -> xr.Dataset:
        """The same with named axes: future, doctrine, summary."""
        import xarray as xr

        return xr.Dataset(
            {
                "on_front": (("future", "doctrine"), self.on_front),
                "share": ("doctrine", self.share),
                "on_summary_front": (("summary", "doctrine"), self.on_summary_front),
            },
            {"doctrine": list(self.doctrines), "summary": list(self.summaries)},
            {
                "outcomes": list(self.outcomes),
                "futures": self.futures,
                "left_out": self.left_out,
            },
        )


def nondominated(
    outcomes: Any, better: Sequence[Better], *, epsilon: Sequence[float] | None = None
) -> NDArray[np.bool_]:
    """Which alternatives no other dominates, [..., alternative], from [..., alternative, outcome].

    Leading axes, such as futures, are sets of alternatives of their own. Equal alternatives do not
    dominate each other. An alternative with a NaN is not on the front and dominates nothing.

    With `epsilon` [outcome], differences smaller than that are none: outcomes are put in boxes of
    that size, a box is dominated as above, and of several alternatives in a box the one nearest to
    its good corner stays, the first of equals (Laumanns, Thiele, Deb & Zitzler 2002). Among
    alternatives that are all needed without it, some may then be missing.

    Raises:
        ValueError: `better` or `epsilon` do not fit the outcomes.
    """
    values = np.asarray(outcomes, np.float64)
    if values.ndim < 2 or 0 in values.shape[-2:]:
        raise ValueError(
            f"the outcomes have shape {values.shape}; expected [..., alternative, outcome]"
        )
    if isinstance(better, str) or len(better) != values.shape[-1]:
        raise ValueError(f"there are {values.shape[-1]} outcomes; say of each which way is better")
    for direction in better:
        check_better(direction)
    good = values * np.where([direction == "higher" for direction in better], 1.0, -1.0)
    sets = good.reshape(-1, *good.shape[-2:])
    if epsilon is not None:
        sizes = np.asarray(epsilon, np.float64)
        if sizes.shape != (values.shape[-1],) or not (np.isfinite(sizes) & (sizes > 0)).all():
            raise ValueError("epsilon needs a number above 0 for each outcome")
        found = _boxed(sets, sizes)
    else:
        found = _front(sets)
    return found.reshape(good.shape[:-1])


def pareto(
    outcomes: Any,
    better: Sequence[Better],
    *,
    weights: Any | None = None,
    doctrines: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    epsilon: Sequence[float] | None = None,
) -> Fronts:
    """Fronts of doctrines for several outcomes, [future, doctrine, outcome].

    `outcomes` is an array or a DataArray with these three axes in any order; `names` are those of
    the outcomes. A future in which anything failed (NaN) is left out. "worst" takes each outcome
    at its own worst, in whatever futures these are.

    Raises:
        ValueError: the shape is another, or something does not fit.
    """
    values, doctrine_names, outcome_names = _read(outcomes, doctrines, names)
    if len(better) != values.shape[2] or isinstance(better, str):
        raise ValueError(f"there are {values.shape[2]} outcomes; say of each which way is better")
    given = np.ones(len(values)) if weights is None else np.asarray(weights, np.float64)
    check_weights(given, len(values))
    failed = np.isnan(values).any(axis=(1, 2))
    kept = ~failed & (given > 0)
    if not kept.any():
        raise ValueError("there is no future in which every doctrine could be judged")
    on_front = np.zeros(values.shape[:2], bool)
    on_front[~failed] = nondominated(values[~failed], better, epsilon=epsilon)
    each = given[kept] / given[kept].sum()
    here = values[kept]
    sign = np.where([direction == "higher" for direction in better], 1.0, -1.0)
    summaries = {
        "mean": np.tensordot(each, here, 1),
        "median": percentile(here, each, 0.5),
        "worst": sign * (sign * here).min(axis=0),
    }
    fronts = [nondominated(summary, better, epsilon=epsilon) for summary in summaries.values()]
    return Fronts(
        doctrine_names, outcome_names, on_front, each @ on_front[kept], tuple(summaries),
        np.array(fronts), int(kept.sum()), int(failed.sum()),
    )  # fmt: skip


def _read(
    outcomes: Any, doctrines: Sequence[str] | None, names: Sequence[str] | None
) -> tuple[Array, tuple[str, ...], tuple[str, ...]]:
    labels: dict[str, tuple[str, ...]] = {}
    axes = ("future", "doctrine", "outcome")
    if hasattr(outcomes, "dims"):
        if set(outcomes.dims) != set(axes):
            raise ValueError(f"the axes are {', '.join(outcomes.dims)}; expected {', '.join(axes)}")
        outcomes = outcomes.transpose(*axes)
        labels = {
            axis: tuple(map(str, outcomes.coords[axis].values))
            for axis in axes[1:]
            if axis in outcomes.coords
        }
    values = np.asarray(outcomes, np.float64)
    if values.ndim != 3 or 0 in values.shape:
        raise ValueError(
            f"the outcomes have shape {values.shape}; expected [future, doctrine, outcome]"
        )
    if np.isinf(values).any():
        raise ValueError("an outcome is infinite; expected a number, or NaN if it failed")
    for axis, given, count in zip(axes[1:], (doctrines, names), values.shape[1:], strict=True):
        if given is not None:
            labels[axis] = tuple(map(str, given))
        labels.setdefault(axis, tuple(f"{axis} {k + 1}" for k in range(count)))
        if len(labels[axis]) != count:
            raise ValueError(f"there are {count} {axis}s but {len(labels[axis])} names for them")
    return values, labels["doctrine"], labels["outcome"]


def _front(sets: Array) -> NDArray[np.bool_]:
    """[set, alternative], from values of which more is better, [set, alternative, outcome]."""
    count, alternatives, width = sets.shape
    found = np.empty((count, alternatives), bool)
    step = max(1, CHUNK // (alternatives * width))
    together = max(1, step // alternatives)
    for start in range(0, count, together):
        part = sets[start : start + together]
        for first in range(0, alternatives, step):
            own = part[:, first : first + step, None]
            other = part[:, None]
            dominates: NDArray[np.bool_] = np.logical_and(
                (other >= own).all(axis=3), (other > own).any(axis=3)
            )
            found[start : start + together, first : first + step] = ~dominates.any(axis=2)
    return found & ~np.isnan(sets).any(axis=2)


def _boxed(sets: Array, sizes: Array) -> NDArray[np.bool_]:
    box = np.floor(sets / sizes)
    found = _front(box)
    corner = ((box + 1 - sets / sizes) ** 2).sum(axis=2)
    for k in range(len(sets)):
        on = np.flatnonzero(found[k])
        nearest = on[np.argsort(corner[k, on], kind="stable")]
        _, stays = np.unique(box[k, nearest], axis=0, return_index=True)
        found[k] = False
        found[k, nearest[stays]] = True
    return found
