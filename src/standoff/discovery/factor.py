"""What a discovery looks at: a table of factors, one value of each in every future.

A factor is a number (real or whole) or a category (names, truth values, whatever is not a number).
How it may be restricted hangs on that kind, so it is settled here and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

Reals: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]

LARGEST_WHOLE = 2**53
"""Whole numbers up to this size are exact in double precision."""


class Kind(Enum):
    """How a factor's values are ordered, and so how it can be restricted."""

    REAL = "real"
    WHOLE = "whole"
    CATEGORY = "category"


@dataclass(frozen=True, eq=False)
class Factor:
    """One uncertain thing, and its value in each future."""

    name: str
    kind: Kind
    values: Reals
    """[future]: the numbers, or of a category the position in `categories`."""
    categories: tuple[Any, ...] = ()
    """Those that occur, in order; none of a number."""

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Factors:
    """A table of factors over the same futures."""

    columns: tuple[Factor, ...]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, name: str) -> Factor:
        """The factor of that name.

        Raises:
            ValueError: there is none; the message has the nearest name.
        """
        return self.columns[self.position(name)]

    @property
    def names(self) -> tuple[str, ...]:
        """The factors' names, in order."""
        return tuple(factor.name for factor in self.columns)

    def position(self, name: str) -> int:
        """Where the factor of that name stands.

        Raises:
            ValueError: there is none; the message has the nearest name.
        """
        if name in self.names:
            return self.names.index(name)
        raise ValueError(f"unknown factor '{name}'{did_you_mean(name, self.names)}")

    def take(self, rows: NDArray[Any]) -> Factors:
        """The same factors in some of the futures: positions, or True for each that is kept."""
        return Factors(
            tuple(
                Factor(factor.name, factor.kind, factor.values[rows], factor.categories)
                for factor in self.columns
            )
        )


Table: TypeAlias = "Factors | Mapping[str, Any] | xr.Dataset"


def as_factors(data: Table, dimension: str | None = None) -> Factors:
    """A table of factors from an xarray Dataset, a mapping from names to arrays, or a data frame.

    Of a Dataset the data variables count, not the coordinates; `dimension` is the one along which
    futures lie, and can be left out where there is only one. Floating-point numbers become real
    factors, integers whole ones, and all else (strings, truth values, objects) categories.

    Raises:
        ValueError: no factors, no futures, factors of different length or with more dimensions
            than one, numbers that are missing or infinite, or whole numbers beyond 2**53.
    """
    if isinstance(data, Factors):
        return data
    columns = _variables(data, dimension) if hasattr(data, "data_vars") else _items(data)
    factors = tuple(_factor(str(name), values) for name, values in columns)
    if not factors:
        raise ValueError("there are no factors: the table is empty")
    first = factors[0]
    for factor in factors[1:]:
        if len(factor) != len(first):
            raise ValueError(
                f"factor '{factor.name}' has {len(factor):,} values, but '{first.name}' has "
                f"{len(first):,}: each future needs one of each"
            )
    if not len(first):
        raise ValueError("there are no futures: the factors have no values")
    return Factors(factors)


def as_cases(cases: Any, futures: int) -> Truths:
    """Which futures are cases of interest, [future], from truth values or from zeros and ones.

    Raises:
        ValueError: not one value for each future, or one that is neither 0 nor 1.
    """
    values = np.asarray(cases)
    if values.ndim != 1 or len(values) != futures:
        found = " × ".join(f"{size:,}" for size in values.shape) or "a single value"
        raise ValueError(f"cases must be one truth value for each of {futures:,} futures: {found}")
    if values.dtype == np.bool_:
        return values
    if values.dtype == object and all(isinstance(value, (bool, np.bool_)) for value in values):
        return values.astype(np.bool_)
    if values.dtype.kind not in "iuf":
        raise ValueError(f"cases must be truth values or zeros and ones, not {values.dtype}")
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise ValueError(
            f"{np.isnan(values).sum():,} of {futures:,} cases are missing (NaN): leave those "
            "futures out, or decide what they count as"
        )
    other = np.setdiff1d(values, [0, 1])
    if other.size:
        raise ValueError(f"cases must be 0 or 1 in each future: there is {other[0]}")
    truths: Truths = values == 1
    return truths


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known."""
    known = list(known)
    near = get_close_matches(name, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(known)}"


def _variables(data: Any, dimension: str | None) -> list[tuple[Any, Any]]:
    """The data variables of a Dataset, all along one dimension."""
    dimensions = [str(name) for name in data.sizes]
    if dimension is None:
        used = {str(name) for variable in data.data_vars.values() for name in variable.dims}
        if len(used) > 1:
            raise ValueError(
                f"along which dimension do the futures lie? There are {', '.join(sorted(used))}"
            )
        dimension = next(iter(used), None)
    elif dimension not in dimensions:
        raise ValueError(f"no dimension '{dimension}'{did_you_mean(dimension, dimensions)}")
    for name, variable in data.data_vars.items():
        if variable.dims != (dimension,):
            others = ", ".join(str(each) for each in variable.dims) or "none"
            raise ValueError(
                f"factor '{name}' must have the dimension '{dimension}' and no other: it has "
                f"{others}"
            )
    return [(name, variable.values) for name, variable in data.data_vars.items()]


def _items(data: Any) -> list[tuple[Any, Any]]:
    """The columns of a mapping or a data frame."""
    if not hasattr(data, "items"):
        raise ValueError(
            "factors must be an xarray Dataset, a mapping from names to arrays or a data frame, "
            f"not {type(data).__name__}"
        )
    return list(data.items())


def _factor(name: str, given: Any) -> Factor:
    """A factor of the kind that its values are of."""
    values = np.asarray(given)
    if values.ndim != 1:
        raise ValueError(
            f"factor '{name}' must have one value for each future: it has {values.ndim} dimensions"
        )
    kind = values.dtype.kind
    if kind in "iu":
        if len(values) and max(abs(int(values.min())), abs(int(values.max()))) > LARGEST_WHOLE:
            raise ValueError(f"factor '{name}' has whole numbers beyond 2**53: rescale it")
        return Factor(name, Kind.WHOLE, values.astype(np.float64))
    if kind == "f":
        numbers = values.astype(np.float64)
        for what, bad in (("missing (NaN)", np.isnan(numbers)), ("infinite", np.isinf(numbers))):
            if bad.any():
                raise ValueError(
                    f"factor '{name}' is {what} in {bad.sum():,} of {len(values):,} futures, "
                    f"first in number {int(bad.argmax())}"
                )
        return Factor(name, Kind.REAL, numbers)
    if kind not in "bUSTO":
        raise ValueError(
            f"factor '{name}' is of type {values.dtype}: give numbers, names or truth values"
        )
    return _category(name, values.tolist())


def _category(name: str, values: list[Any]) -> Factor:
    """A factor whose values are names."""
    missing = [place for place, value in enumerate(values) if _is_missing(value)]
    if missing:
        raise ValueError(
            f"factor '{name}' is missing in {len(missing):,} of {len(values):,} futures, first in "
            f"number {missing[0]}"
        )
    try:
        occurring = set(values)
    except TypeError:
        raise ValueError(
            f"factor '{name}' has values that cannot be told apart as categories: "
            f"{type(values[0]).__name__}"
        ) from None
    try:
        categories = tuple(sorted(occurring))
    except TypeError:
        categories = tuple(sorted(occurring, key=lambda value: (type(value).__name__, str(value))))
    codes = {category: code for code, category in enumerate(categories)}
    return Factor(
        name, Kind.CATEGORY, np.array([codes[value] for value in values], np.float64), categories
    )


def _is_missing(value: Any) -> bool:
    """Whether a category is none at all."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # such as NA, which will not say whether it differs from itself
        return True
