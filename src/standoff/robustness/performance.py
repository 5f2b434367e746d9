"""A table of performance as people bring it: one number for each future and doctrine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Performance:
    """How each doctrine does in each future in which all of them could be judged."""

    values: Array
    """[future, doctrine]"""
    doctrines: tuple[str, ...]
    weights: Array
    """[future], adding up to 1."""
    kept: NDArray[np.bool_]
    """[future as brought]: False where a doctrine failed (NaN), or the weight is 0."""
    left_out: int
    """Futures in which some doctrine failed."""


def read(
    data: Any, doctrines: Sequence[str] | None = None, weights: Any | None = None
) -> Performance:
    """The performance that was brought: [future, doctrine], an array or a DataArray.

    Futures in which any doctrine failed (NaN) are left out for all of them, so that all are judged
    on the same futures.

    Raises:
        ValueError: it is empty, not a table, infinite somewhere, or the names or weights do not
        fit.
    """
    values, found = numbers(data)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(
            f"the performance has shape {values.shape}; expected [future, doctrine], with at least "
            "one of each"
        )
    names = tuple(map(str, doctrines)) if doctrines is not None else found
    names = names or tuple(f"doctrine {k + 1}" for k in range(values.shape[1]))
    if len(names) != values.shape[1]:
        raise ValueError(f"there are {values.shape[1]} doctrines but {len(names)} names for them")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"two doctrines are called '{twice}'; each needs a name of its own")
    if np.isinf(values).any():
        future, doctrine = (int(k[0]) for k in np.nonzero(np.isinf(values)))
        raise ValueError(
            f"the performance of {names[doctrine]} is infinite in future {future}; expected a "
            "number, or NaN if it failed"
        )
    given = np.ones(len(values)) if weights is None else np.asarray(weights, np.float64)
    check_weights(given, len(values))
    failed = np.isnan(values).any(axis=1)
    kept = ~failed & (given > 0)
    if not kept.any():
        raise ValueError("there is no future in which every doctrine could be judged")
    return Performance(
        values[kept], names, given[kept] / given[kept].sum(), kept, int(failed.sum())
    )


def numbers(data: Any) -> tuple[Array, tuple[str, ...] | None]:
    """The numbers, futures first, and the names of the doctrines where they are known."""
    names = None
    if hasattr(data, "dims"):
        if set(data.dims) >= {"future", "doctrine"}:
            data = data.transpose("future", "doctrine", ...)
        if data.ndim > 1 and data.dims[1] in data.coords:
            names = tuple(map(str, data.coords[data.dims[1]].values))
    try:
        return np.asarray(data, np.float64), names
    except (TypeError, ValueError):
        raise ValueError("the performance is not a table of numbers") from None


def check_weights(weights: Array, futures: int) -> None:
    """Raises ValueError where weights are none: one for each future, not below 0, not all 0."""
    if weights.shape != (futures,):
        raise ValueError(f"there are {weights.size} weights for {futures} futures")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise ValueError("a weight is negative or no number, or all are 0")


def check_better(better: str) -> None:
    """Raises ValueError where it is not said which way is better."""
    if better not in get_args(Better):
        raise ValueError(f"better is '{better}'; expected {' or '.join(get_args(Better))}")
