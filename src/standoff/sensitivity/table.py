"""Tables as people bring them: one row for each run, one named column for each quantity.

An array [row, column], an xarray DataArray with two axes, or anything with named columns: a
dictionary of arrays, an xarray Dataset, a data frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Numbers by row and column."""

    values: Array
    """[row, column]"""
    names: tuple[str, ...]
    """Of the columns."""


def read(data: Any, kind: str, names: Sequence[str] | None = None, *, coded: bool = False) -> Table:
    """The table that was brought.

    `kind` is what a column is ("output", "factor") and names the columns that have no name. With
    `coded`, a column of words becomes one of codes, in the words' order.

    Raises:
        ValueError: it is empty, not a table, not numbers, infinite somewhere, or the names do not
        fit.
    """
    columns, found = _columns(data, kind)
    if not columns or not len(columns[0]):
        raise ValueError(f"there are no {kind}s: expected at least one row and one column")
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(
            f"{name} {len(column):,}" for name, column in zip(found, columns, strict=True)
        )
        raise ValueError(f"the {kind}s have different numbers of rows: {lengths}")
    if names is not None:
        found = tuple(map(str, names))
        if len(found) != len(columns):
            raise ValueError(f"there are {len(columns)} {kind}s but {len(found)} names for them")
    check_names(found, kind)
    numbers = [
        _numbers(column, f"{kind} '{name}'", coded)
        for name, column in zip(found, columns, strict=True)
    ]
    whole = data if isinstance(data, np.ndarray) and data.ndim == 2 else None
    if whole is not None and whole.dtype == np.float64:
        return Table(whole, found)
    return Table(np.column_stack(numbers), found)


def check_names(names: Sequence[str], kind: str) -> None:
    """Raises ValueError where two columns have one name, or there is none."""
    if not names:
        raise ValueError(f"there are no {kind}s; expected at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two {kind}s are called '{twice[0]}'; each needs a name of its own")


def _columns(data: Any, kind: str) -> tuple[list[NDArray[Any]], tuple[str, ...]]:
    if hasattr(data, "keys") and not hasattr(data, "dims"):
        return _named(data, kind)
    if hasattr(data, "data_vars"):
        return _named(data.data_vars, kind)
    names: tuple[str, ...] | None = None
    if hasattr(data, "dims") and data.ndim == 2:
        rows = next((dim for dim in ("row", "future") if dim in data.dims), data.dims[0])
        (other,) = (dim for dim in data.dims if dim != rows)
        if other in data.coords:
            names = tuple(map(str, data.coords[other].values))
        data = data.transpose(rows, other)
    array = np.asarray(data)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ValueError(f"the {kind}s have {array.ndim} axes; expected two, [row, {kind}]")
    columns = [array[:, k] for k in range(array.shape[1])]
    return columns, names or tuple(f"{kind} {k + 1}" for k in range(len(columns)))


def _named(data: Any, kind: str) -> tuple[list[NDArray[Any]], tuple[str, ...]]:
    columns = [np.asarray(data[name]) for name in data]
    names = tuple(map(str, data))
    for name, column in zip(names, columns, strict=True):
        if column.ndim != 1:
            raise ValueError(f"{kind} '{name}' has {column.ndim} axes; expected one value a row")
    return columns, names


def _numbers(column: NDArray[Any], label: str, coded: bool) -> Array:
    if column.dtype.kind in "USO" and coded:
        words = column.astype(str)
        return np.unique(words, return_inverse=True)[1].astype(np.float64)
    try:
        numbers = column.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        raise ValueError(f"{label} is not a column of numbers") from None
    infinite = np.isinf(numbers)
    if infinite.any():
        row = int(np.argmax(infinite))
        raise ValueError(f"{label} is infinite in row {row}; expected a number, or NaN if failed")
    return numbers
