"""Screening by elementary effects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.sensitivity import morris, morris_design


def test_a_line_has_its_slopes() -> None:
    """Effects of a straight line are its slopes, all alike: mu is signed, mu* is not, sigma is 0
    (Morris 1991; Campolongo, Cariboni & Saltelli 2007)."""
    design = morris_design(3, 20)
    found = morris(design @ [1, -2, 0.0], design, ["a", "b", "c"], ["y"])
    np.testing.assert_allclose(found.mu[:, 0], [1, -2, 0], atol=1e-12)
    np.testing.assert_allclose(found.mu_star[:, 0], [1, 2, 0], atol=1e-12)
    np.testing.assert_allclose(found.sigma[:, 0], 0, atol=1e-12)
    np.testing.assert_allclose(found.mu_star_interval[:, :, 0], [[1, 2, 0]] * 2, atol=1e-12)


def test_what_cancels_in_mu_stays_in_mu_star() -> None:
    """x1 (x2 - 1/2) has effects of x1 of both signs: their mean is about 0, of absolute values not.
    On the grid 0, 1/3, 2/3, 1 the latter is (1/2 + 1/6) / 2 = 1/3."""
    design = morris_design(2, 2000)
    found = morris(design[:, 0] * (design[:, 1] - 0.5), design)
    assert abs(found.mu[0, 0]) < 0.03
    assert found.mu_star[0, 0] == pytest.approx(1 / 3, abs=0.01)
    assert found.mu_star_interval[0, 0, 0] < 1 / 3 < found.mu_star_interval[1, 0, 0]
    assert found.sigma[0, 0] > found.mu_star[0, 0]


def test_curvature_on_the_grid() -> None:
    """x² with four levels: steps of 2/3 from 0 and from 1/3 have effects 2/3 and 4/3, so that mu*
    is 1 and sigma 1/3."""
    design = morris_design(1, 4000)
    found = morris(design[:, 0] ** 2, design)
    assert found.mu_star[0, 0] == pytest.approx(1, abs=0.02)
    assert found.sigma[0, 0] == pytest.approx(1 / 3, abs=0.01)


@settings(max_examples=30)
@given(
    st.integers(1, 6), st.integers(2, 6), st.sampled_from([2, 4, 6, 8]), st.integers(0, 2**32 - 1)
)
def test_the_design(factors: int, trajectories: int, levels: int, seed: int) -> None:
    """In each trajectory each factor changes once, alone, by p / (2 (p - 1)), on the grid; and
    within bounds if asked."""
    design = morris_design(factors, trajectories, levels=levels, seed=seed)
    steps = np.diff(design.reshape(trajectories, factors + 1, factors), axis=1)
    size = levels / (2 * (levels - 1))
    assert ((np.abs(steps) > 1e-9).sum(axis=1) == 1).all()
    assert ((np.abs(steps) > 1e-9).sum(axis=2) == 1).all()
    np.testing.assert_allclose(np.abs(steps).max(axis=2), size)
    np.testing.assert_allclose(design * (levels - 1), np.round(design * (levels - 1)), atol=1e-9)
    inner = morris_design(factors, trajectories, levels=levels, seed=seed, within=(0.01, 0.99))
    np.testing.assert_allclose(inner, 0.01 + 0.98 * design)


def test_failed_trajectories() -> None:
    """A trajectory with a failed row is left out whole, of that output, and it is said."""
    design = morris_design(2, 3)
    values = np.column_stack([design[:, 0], design[:, 1], np.full(len(design), np.nan)])
    values[4, 0] = np.nan
    found = morris(values, design, outputs=["a", "b", "gone"])
    assert found.trajectories.tolist() == [2, 3, 0]
    assert found.left_out.tolist() == [1, 0, 3]
    assert found.notes[0].startswith("a: 1 of 3 trajectories are left out")
    assert found.mu[0, 0] == pytest.approx(1)
    assert np.isnan(found.mu_star[:, 2]).all()
    axes = found.to_xarray()
    assert axes["mu_star"].dims == ("factor", "output")
    assert int(axes["left_out"].sel(output="gone")) == 3


def test_every_output_for_itself() -> None:
    """Equal outputs have the same bytes, beside whatever others."""
    design = morris_design(3, 10)
    one = np.sin(design @ [1, 2, 3.0])
    found = morris(np.column_stack([one, design[:, 0], one]), design)
    alone = morris(one, design)
    for k in (0, 2):
        assert (
            found.mu_star_interval[:, :, k].tobytes() == alone.mu_star_interval[:, :, 0].tobytes()
        )


def test_mistakes_are_said() -> None:
    """Input that makes no sense is refused with what was found and what was expected."""
    design = morris_design(2, 3)
    with pytest.raises(ValueError, match="an even number of at least 2"):
        morris_design(2, 3, levels=5)
    with pytest.raises(ValueError, match="1 trajectories"):
        morris_design(2, 1)
    with pytest.raises(ValueError, match=r"a part of 0 to 1"):
        morris_design(2, 3, within=(0.5, 0.5))
    with pytest.raises(ValueError, match="the design has 9 rows, the values 8"):
        morris(np.ones(8), design)
    with pytest.raises(ValueError, match="whole trajectories of 3 rows"):
        morris(np.ones(8), design[:8])
    design[4] = design[3]
    with pytest.raises(ValueError, match="trajectory 2 of the design"):
        morris(np.ones(9), design)
