"""The nearest failure among sampled futures."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.robustness import nearest_failure

POINTS = np.array([[0, 0], [1, 100], [0.5, 80], [0.9, 50.0]])
NOMINAL = [0.5, 50.0]


def test_by_hand() -> None:
    """Distances in three norms, in fractions of the ranges 1 and 100, the futures where they are
    reached, and the changes in units of the factors."""
    performance = np.array([[9, 1, 9.0], [9, 9, 9], [1, 1, 9], [1, 1, 9]])
    found = nearest_failure(
        POINTS,
        performance,
        "higher",
        5,
        NOMINAL,
        factor_names=["p", "q"],
        doctrines=["a", "b", "c"],
    )
    # From (0.5, 0.5): (0.5, 0.8) is 0.3 away in every norm, (0.9, 0.5) 0.4.
    np.testing.assert_allclose(found.distance, [[0.3, 0.3, np.inf]] * 3)
    assert found.future.tolist() == [[2, 2, -1]] * 3
    np.testing.assert_allclose(found.change[0, 0], [0, 30])
    assert np.isnan(found.change[:, 2]).all()
    assert found.failures.tolist() == [2, 3, 0]
    assert found.futures.tolist() == [4, 4, 4]
    assert found.scale.tolist() == [1, 100]
    assert "4 sampled futures, in fractions of the sampled ranges" in found.caution
    assert "a nearer failure may lie between them" in found.caution
    axes = found.to_xarray()
    assert float(axes["distance"].sel(norm=2, doctrine="a")) == pytest.approx(0.3)
    assert axes.attrs["caution"] == found.caution


def test_norms_can_disagree() -> None:
    """One large change is near in the sum, two middling ones in the largest change; and another
    scale turns it round."""
    points = np.array([[0.5, 0], [0.3, 0.3], [1, 1.0], [0, 0]])
    failing = np.array([[1], [1], [0], [0.0]])
    found = nearest_failure(points, failing, "lower", 0.5, [0, 0])
    assert found.future[:, 0].tolist() == [0, 1, 1]
    np.testing.assert_allclose(found.distance[:, 0], [0.5, np.hypot(0.3, 0.3), 0.3])
    scaled = nearest_failure(points, failing, "lower", 0.5, [0, 0], scale=[10, 0.1])
    assert scaled.future[:, 0].tolist() == [0, 0, 0]
    assert "in the given scale" in scaled.caution


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(2, 30))
def test_nothing_nearer_fails(seed: int, factors: int, futures: int) -> None:
    """No sampled future nearer than the distance fails, the one named does and is that far away,
    norms of a higher order are no larger, and more futures never lie farther."""
    rng = np.random.default_rng(seed)
    points, performance = rng.random((futures, factors)), rng.random((futures, 2))
    nominal, scale = rng.random(factors), np.ones(factors)
    found = nearest_failure(points, performance, "higher", 0.4, nominal, scale=scale)
    assert (np.diff(found.distance[:, found.failures > 0], axis=0) <= 1e-12).all()
    for k, norm in enumerate(found.norms):
        away = np.linalg.norm(points - nominal, ord=norm, axis=1)
        for doctrine in range(2):
            failed = performance[:, doctrine] < 0.4
            assert not (failed & (away < found.distance[k, doctrine] - 1e-12)).any()
            at = found.future[k, doctrine]
            if failed.any():
                assert failed[at]
                assert away[at] == pytest.approx(found.distance[k, doctrine])
    fewer = nearest_failure(points[:1], performance[:1], "higher", 0.4, nominal, scale=scale)
    assert (found.distance <= fewer.distance).all()


def test_what_could_not_be_judged() -> None:
    """A failed future is no failing doctrine; a doctrine never judged has no distance."""
    performance = np.array([[np.nan, np.nan], [0, np.nan], [9, np.nan], [9, np.nan]])
    found = nearest_failure(POINTS, performance, "higher", 5, NOMINAL)
    assert found.failures.tolist() == [1, 0]
    assert found.futures.tolist() == [3, 0]
    assert found.future[0].tolist() == [1, -1]
    assert np.isnan(found.distance[:, 1]).all()


def test_data_arrays() -> None:
    """Names come with DataArrays, in whatever order the axes are."""
    factors = xr.DataArray(POINTS, dims=("future", "factor"), coords={"factor": ["p", "q"]})
    performance = xr.DataArray(
        [[1, 9.0, 1, 1]], dims=("doctrine", "future"), coords={"doctrine": ["a"]}
    )
    found = nearest_failure(factors.T, performance, "higher", 5, NOMINAL)
    assert (found.factors, found.doctrines) == (("p", "q"), ("a",))
    assert found.future[:, 0].tolist() == [2, 2, 2]


def test_mistakes_are_said() -> None:
    """Input that makes no sense is refused with what was found and what was expected."""
    good = np.ones((4, 2))
    with pytest.raises(ValueError, match="the factors have 4 futures, the performance 3"):
        nearest_failure(POINTS, good[:3], "higher", 5, NOMINAL)
    with pytest.raises(ValueError, match="a number for each of 2 factors"):
        nearest_failure(POINTS, good, "higher", 5, [0.5])
    with pytest.raises(ValueError, match="factor 1 does not vary in the sample"):
        nearest_failure(POINTS * [0, 1], good, "higher", 5, NOMINAL)
    with pytest.raises(ValueError, match="factor 2 has no scale above 0"):
        nearest_failure(POINTS, good, "higher", 5, NOMINAL, scale=[1, 0])
    with pytest.raises(ValueError, match="expected numbers of at least 1"):
        nearest_failure(POINTS, good, "higher", 5, NOMINAL, norms=[0.5])
    with pytest.raises(ValueError, match="the threshold is nan"):
        nearest_failure(POINTS, good, "higher", np.nan, NOMINAL)
    with pytest.raises(ValueError, match="better is 'more'"):
        nearest_failure(POINTS, good, "more", 5, NOMINAL)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="infinite or NaN"):
        nearest_failure(POINTS * np.nan, good, "higher", 5, NOMINAL)
