"""Tables of factors: what is read, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
import xarray as xr

from standoff.discovery import Kind, as_factors, prim


def test_kinds_follow_from_the_values() -> None:
    """Floats are real, integers whole; truth values, names and objects are categories."""
    found = as_factors(
        {
            "single": np.array([0.5, 1.5], np.float32),
            "small": np.array([1, 2], np.uint8),
            "flag": np.array([True, False]),
            "name": ["b", "a"],
            "mixed": np.array(["a", 1], object),
        }
    )
    kinds = [factor.kind for factor in found.columns]
    assert kinds == [Kind.REAL, Kind.WHOLE, Kind.CATEGORY, Kind.CATEGORY, Kind.CATEGORY]
    assert found["name"].categories == ("a", "b")
    assert found["name"].values.tolist() == [1, 0]
    assert found["flag"].categories == (False, True)
    assert set(found["mixed"].categories) == {"a", 1}
    assert len(found) == 2


def test_a_dataset_a_mapping_and_a_data_frame_are_the_same() -> None:
    """Whoever brings xarray, plain arrays or a data frame of experiments gets the same boxes."""
    rng = np.random.default_rng(0)
    table = {"x": rng.random(200), "n": rng.integers(0, 9, 200), "c": rng.choice(["a", "b"], 200)}
    cases = (table["x"] > 0.6) & (table["c"] == "a")
    expected = list(prim(table, cases).boxes())
    dataset = xr.Dataset(
        {name: ("future", values) for name, values in table.items()},
        coords={"future": np.arange(200), "odd": ("future", np.arange(200) % 2)},
    )
    frame = pd.DataFrame(table)
    for given in (dataset, frame, frame.assign(c=frame["c"].astype("category"))):
        assert list(prim(given, cases).boxes()) == expected
    truth = xr.DataArray(cases, dims="future")
    assert list(prim(as_factors(dataset, "future"), truth).boxes()) == expected


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "there are no factors"),
        ({"x": []}, "there are no futures"),
        ({"x": [1.0, 2.0], "y": [1.0]}, "factor 'y' has 1 values, but 'x' has 2"),
        ({"x": [1.0, np.nan]}, r"'x' is missing \(NaN\) in 1 of 2 futures, first in number 1"),
        ({"x": [np.inf, 1.0]}, "'x' is infinite in 1 of 2 futures, first in number 0"),
        ({"x": ["a", None]}, "'x' is missing in 1 of 2 futures, first in number 1"),
        ({"x": np.array(["a", np.nan], object)}, "'x' is missing in 1 of 2 futures"),
        ({"x": np.array(["a", pd.NA], object)}, "'x' is missing in 1 of 2 futures"),
        ({"x": [[1.0], [2.0]]}, "'x' must have one value for each future: it has 2 dimensions"),
        ({"x": 3.0}, "'x' must have one value for each future: it has 0 dimensions"),
        ({"x": [2**60, 1]}, r"'x' has whole numbers beyond 2\*\*53"),
        ({"x": np.array(["2022-03-15"], "M8[D]")}, r"'x' is of type datetime64\[D\]: give numbers"),
        ({"x": [1j]}, "'x' is of type complex128"),
        ({"x": np.array([{}, {}], object)}, "cannot be told apart as categories: dict"),
        ([1.0, 2.0], "an xarray Dataset, a mapping from names to arrays or a data frame, not list"),
    ],
)
def test_what_is_no_table_is_refused(table: Any, message: str) -> None:
    """Each mistake is said in words, with the factor's name and the place."""
    with pytest.raises(ValueError, match=message):
        as_factors(table)


def test_a_dataset_needs_one_dimension() -> None:
    """Along which dimension the futures lie must be clear."""
    two = xr.Dataset({"x": ("future", [1.0]), "y": ("doctrine", [1.0, 2.0])})
    with pytest.raises(ValueError, match="futures lie\\? There are doctrine, future"):
        as_factors(two)
    with pytest.raises(
        ValueError, match="factor 'y' must have the dimension 'future' and no other"
    ):
        as_factors(two, "future")
    with pytest.raises(ValueError, match="no dimension 'futre'; did you mean 'future'"):
        as_factors(two, "futre")
    with pytest.raises(ValueError, match="there are no factors"):
        as_factors(xr.Dataset())


def test_a_name_that_is_not_there() -> None:
    """The nearest name is offered."""
    table = as_factors({"clash": [1.0], "resolve": [2.0]})
    with pytest.raises(ValueError, match="unknown factor 'clahs'; did you mean 'clash'"):
        table["clahs"]
    with pytest.raises(ValueError, match="unknown factor 'zzz'; there are clash, resolve"):
        table["zzz"]
