"""Fronts for several outcomes."""

from __future__ import annotations

from importlib import import_module
from typing import get_args

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from standoff.robustness import Better, nondominated, pareto

Array = NDArray[np.float64]

sets = arrays(
    np.float64, st.tuples(st.integers(1, 9), st.integers(1, 3)),
    elements=st.integers(0, 4).map(float),
)  # fmt: skip


def slowly(values: Array, better: list[Better]) -> list[bool]:
    """By the definition (Pareto 1906), pair by pair."""
    good = values * [1 if way == "higher" else -1 for way in better]
    return [not any((other >= own).all() and (other > own).any() for other in good) for own in good]


@settings(max_examples=100)
@given(sets, st.data())
def test_the_definition(values: Array, data: st.DataObject) -> None:
    """The front is what the definition gives, whichever way each outcome is better; somebody is
    always on it, and equals are on it together."""
    way = st.sampled_from(get_args(Better))
    better = [data.draw(way) for _ in range(values.shape[1])]
    found = nondominated(values, better)
    assert found.tolist() == slowly(values, better)
    assert found.any()


@settings(max_examples=100)
@given(sets, st.floats(0.1, 3))
def test_boxes(values: Array, size: float) -> None:
    """With epsilon the front is a part of that without, no two are in one box, and everybody is
    within epsilon of somebody on it, in every outcome (Laumanns et al. 2002)."""
    width = values.shape[1]
    better: list[Better] = ["higher"] * width
    found = nondominated(values, better, epsilon=[size] * width)
    boxes = np.floor(values[found] / size)
    assert len(np.unique(boxes, axis=0)) == len(boxes)
    for own in values:
        assert any((other + size >= own).all() for other in values[found])


def test_future_by_future() -> None:
    """Each future has a front of its own, and each summary another; shares use the weights."""
    outcomes = np.array([
        [[1, 1], [2, 2], [0, 3]],
        [[4, 1], [2, 2], [3, 1]],
        [[np.nan, 1], [2, 2], [0, 3]],
    ])  # fmt: skip
    found = pareto(outcomes, ["higher", "higher"], weights=[3, 1, 1], doctrines=["a", "b", "c"])
    assert found.on_front.tolist() == [[False, True, True], [True, True, False], [False] * 3]
    assert found.share.tolist() == [0.25, 1, 0.75]
    assert (found.futures, found.left_out) == (2, 1)
    # Means (1.75, 1), (2, 2), (0.75, 2.5); medians (1, 1), (2, 2), (0, 3); worst (1, 1), (2, 2),
    # (0, 1).
    assert found.on_summary_front.tolist() == [
        [False, True, True], [False, True, True], [False, True, False],
    ]  # fmt: skip
    axes = found.to_xarray()
    assert bool(axes["on_summary_front"].sel(summary="worst", doctrine="b"))
    costs = pareto(-outcomes, ["lower", "lower"], weights=[3, 1, 1])
    assert np.array_equal(costs.on_front, found.on_front)
    assert np.array_equal(costs.on_summary_front, found.on_summary_front)


def test_many_alternatives_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons made in small parts give the same front."""
    values = np.random.default_rng(0).random((7, 40, 2))
    whole = nondominated(values, ["higher", "lower"])
    monkeypatch.setattr(import_module("standoff.robustness.pareto"), "CHUNK", 300)
    assert np.array_equal(nondominated(values, ["higher", "lower"]), whole)


def test_a_data_array() -> None:
    """Axes may come in any order, with their names."""
    outcomes = np.random.default_rng(1).random((5, 3, 2))
    brought = xr.DataArray(
        outcomes, dims=("future", "doctrine", "outcome"),
        coords={"doctrine": ["a", "b", "c"], "outcome": ["x", "y"]},
    )  # fmt: skip
    found = pareto(brought.transpose("outcome", "future", "doctrine"), ["higher", "lower"])
    assert found.doctrines == ("a", "b", "c")
    assert found.outcomes == ("x", "y")
    assert np.array_equal(found.on_front, pareto(outcomes, ["higher", "lower"]).on_front)


def test_mistakes_are_said() -> None:
    """Input that makes no sense is refused with what was found and what was expected."""
    outcomes = np.ones((4, 3, 2))
    with pytest.raises(ValueError, match="there are 2 outcomes; say of each"):
        pareto(outcomes, ["higher"])
    with pytest.raises(ValueError, match="there are 2 outcomes; say of each"):
        nondominated(outcomes, "higher")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="better is 'up'"):
        nondominated(outcomes, ["higher", "up"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="epsilon needs a number above 0"):
        nondominated(outcomes, ["higher", "lower"], epsilon=[0.1, 0])
    with pytest.raises(ValueError, match=r"expected \[future, doctrine, outcome\]"):
        pareto(outcomes[0], ["higher", "lower"])
    with pytest.raises(ValueError, match="no future in which every doctrine"):
        pareto(outcomes * np.nan, ["higher", "lower"])
    with pytest.raises(ValueError, match="an outcome is infinite"):
        pareto(outcomes * np.inf, ["higher", "lower"])
    with pytest.raises(ValueError, match="3 doctrines but 1 names"):
        pareto(outcomes, ["higher", "lower"], doctrines=["a"])
    with pytest.raises(ValueError, match="the axes are a, b, c"):
        pareto(xr.DataArray(outcomes, dims=("a", "b", "c")), ["higher", "lower"])
