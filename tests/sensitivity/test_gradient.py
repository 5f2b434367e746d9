"""Gradients by finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.sensitivity import gradient, gradient_design

LOW, HIGH = [0.0, -1.0, 10.0], [1.0, 1.0, 30.0]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=4),
    st.sampled_from([1e-3, 0.01, 0.1, 0.25]),
)
def test_a_parabola_has_its_exact_slope_everywhere(
    unit: list[tuple[float, ...]], step: float
) -> None:
    """Also at an edge, where both rows lie inwards; and no row leaves the range."""
    low, high = np.array(LOW), np.array(HIGH)
    points = low + np.array(unit) * (high - low)
    design = gradient_design(points, LOW, HIGH, step=step)
    rows = design.rows
    assert ((rows >= low) & (rows <= high)).all()
    found = gradient(rows**2 @ [1, -2, 0.1] + rows @ [3, 0, 1.0], design)
    exact = 2 * points * [1, -2, 0.1] + [3, 0, 1]
    np.testing.assert_allclose(found.slope[:, :, 0], exact, atol=1e-6)
    np.testing.assert_allclose(found.per_range[:, :, 0], exact * (high - low), atol=1e-5)


def test_edges_are_told() -> None:
    """Which slopes are from one side is told."""
    design = gradient_design([0.0, 0.0, 30.0], LOW, HIGH, factors=["a", "b", "c"])
    assert design.inward.tolist() == [[True, False, True]]
    assert design.rows.shape == (7, 3)
    np.testing.assert_allclose(design.rows[1:3, 0], [0.01, 0.02])
    np.testing.assert_allclose(design.rows[5:, 2], [29.8, 29.6])


def test_elasticity() -> None:
    """A power has its exponent as elasticity, wherever; at an output of 0 there is none."""
    design = gradient_design([[0.5, 0.5, 20.0], [0.5, 0.0, 20.0]], LOW, HIGH, step=1e-3)
    rows = design.rows
    values = {"power": rows[:, 2] ** 1.5, "zero": rows[:, 1]}
    found = gradient(values, design)
    np.testing.assert_allclose(found.elasticity[:, 2, 0], 1.5, rtol=1e-5)
    assert found.elasticity[0, 1, 1] == pytest.approx(1)
    assert np.isnan(found.elasticity[1, :, 1]).all()
    assert found.to_xarray()["slope"].dims == ("point", "factor", "output")


def test_failed_rows() -> None:
    """A failed row takes its slope with it and no other, a failed point all of its own."""
    design = gradient_design([[0.5, 0.5, 20.0], [0.2, 0.5, 20.0]], LOW, HIGH)
    values = design.rows.sum(axis=1)
    values[3], values[7] = np.nan, np.nan
    found = gradient(values, design)
    assert np.isnan(found.slope[:, :, 0]).tolist() == [[False, True, False], [True] * 3]
    assert found.failed.tolist() == [4]


def test_mistakes_are_said() -> None:
    """Input that makes no sense is refused with what was found and what was expected."""
    with pytest.raises(ValueError, match=r"b is 2.0 at a point; expected -1.0 to 1.0"):
        gradient_design([0, 2, 20], LOW, HIGH, factors=["a", "b", "c"])
    with pytest.raises(ValueError, match="factor 1 is nan"):
        gradient_design([np.nan, 0, 20], LOW, HIGH)
    with pytest.raises(ValueError, match="low must be below"):
        gradient_design([0, 0, 20], [0, 0, 20], [1, 0, 30])
    with pytest.raises(ValueError, match="as many low and high values"):
        gradient_design([0, 0], LOW, HIGH)
    with pytest.raises(ValueError, match=r"the step is 0\.6"):
        gradient_design([0, 0, 20], LOW, HIGH, step=0.6)
    with pytest.raises(ValueError, match="3 rows of values; the design has 7"):
        gradient(np.ones(3), gradient_design([0, 0, 20], LOW, HIGH))
