"""Sobol' indices against closed forms, against scipy, and against their own symmetries."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from standoff.sensitivity import SobolIndices, sobol, sobol_design

Array = NDArray[np.float64]


def ishigami(unit: Array, a: float = 7.0, b: float = 0.1) -> Array:
    """Ishigami & Homma (1990)."""
    x = np.pi * (2 * unit - 1)
    return np.asarray(
        np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def ishigami_indices(a: float = 7.0, b: float = 0.1) -> tuple[Array, Array, float]:
    """First, total, and the interaction of factors 1 and 3 (Saltelli et al. 2008, ch. 4)."""
    alone = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0])
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = alone.sum() + both
    return alone / whole, (alone + np.array([both, 0, both])) / whole, both / whole


def g_function(unit: Array, a: Array) -> Array:
    """Sobol's (1998) G function."""
    return np.asarray(np.prod((np.abs(4 * unit - 2) + a) / (1 + a), axis=1))


def g_indices(a: Array) -> tuple[Array, Array]:
    alone = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + alone) - 1
    return alone / whole, alone * np.prod(1 + alone) / (1 + alone) / whole


def test_ishigami() -> None:
    """First, total and second-order indices of Ishigami & Homma (1990) are met to a hundredth,
    within their intervals, and the indices that are 0 are shown also where negative."""
    found = sobol(ishigami(sobol_design(3, 2**13, second_order=True)), 3, second_order=True, seed=1)
    first, total, both = ishigami_indices()
    np.testing.assert_allclose(found.first[:, 0], first, atol=0.01)
    np.testing.assert_allclose(found.total[:, 0], total, atol=0.01)
    for interval, truth in ((found.first_interval, first), (found.total_interval, total)):
        assert ((interval[0, :, 0] <= truth) & (truth <= interval[1, :, 0])).all()
    assert found.closed is not None
    assert found.closed_interval is not None
    assert found.interaction is not None
    assert found.closed[0, 2, 0] == pytest.approx(first[0] + both, abs=0.02)
    assert found.interaction[0, 2, 0] == pytest.approx(both, abs=0.02)
    assert found.interaction[0, 1, 0] == pytest.approx(0, abs=0.02)
    assert np.array_equal(found.closed, found.closed.transpose(1, 0, 2))
    assert (found.closed_interval[0] <= found.closed_interval[1]).all()


def test_g_function() -> None:
    """Indices of the G function with Saltelli & Sobol's (1995) coefficients are met."""
    a = np.array([0, 0.5, 3, 9, 99, 99.0])
    found = sobol(g_function(sobol_design(6, 2**13), a), 6)
    first, total = g_indices(a)
    np.testing.assert_allclose(found.first[:, 0], first, atol=0.01)
    np.testing.assert_allclose(found.total[:, 0], total, atol=0.01)


def test_a_sum_has_no_interactions() -> None:
    """In a sum of factors, first and total index are both the share of the squared slope."""
    slopes = np.array([1, 2, 3.0, 0])
    found = sobol(sobol_design(4, 2**12) @ slopes, 4)
    np.testing.assert_allclose(found.first[:, 0], slopes**2 / 14, atol=2e-3)
    np.testing.assert_allclose(found.total[:, 0], slopes**2 / 14, atol=2e-3)
    assert found.total[3, 0] == 0


def test_as_accurate_as_scipy() -> None:
    """scipy.stats.sobol_indices, the same estimators on its own sample, is no nearer the truth."""
    from scipy.stats import sobol_indices, uniform

    def columns(x: Array) -> Array:
        return ishigami(x.T)

    dists: Any = [uniform(), uniform(), uniform()]
    theirs = sobol_indices(func=columns, n=2**12, dists=dists, rng=np.random.default_rng(3))
    ours = sobol(ishigami(sobol_design(3, 2**12, seed=3)), 3)
    first, total, _ = ishigami_indices()
    np.testing.assert_allclose(ours.first[:, 0], theirs.first_order, atol=0.02)
    np.testing.assert_allclose(ours.total[:, 0], theirs.total_order, atol=0.02)
    assert np.abs(ours.first[:, 0] - first).max() < np.abs(theirs.first_order - first).max() + 0.01
    assert np.abs(ours.total[:, 0] - total).max() < np.abs(theirs.total_order - total).max() + 0.01


def test_the_same_numbers_as_scipy() -> None:
    """Given the same outputs, scipy's estimators give the same indices to rounding."""
    from scipy.stats import sobol_indices

    values = ishigami(sobol_design(3, 64)).reshape(5, 64)
    outputs: Any = {"f_A": values[:1], "f_B": values[1:2], "f_AB": values[2:, None]}
    theirs = sobol_indices(func=outputs, n=64)
    ours = sobol(values.ravel(), 3)
    np.testing.assert_allclose(ours.first[:, 0], theirs.first_order.ravel(), rtol=1e-10)
    np.testing.assert_allclose(ours.total[:, 0], theirs.total_order.ravel(), rtol=1e-10)


def test_intervals_cover_the_truth() -> None:
    """With random points (not a Sobol' sequence) about 90 % of 90 % intervals hold the truth."""
    slopes, hits = np.array([2, 1.0, 1]), []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        one, two = rng.random((2, 256, 3))
        blocks = [one, two]
        for k in range(3):
            mixed = one.copy()
            mixed[:, k] = two[:, k]
            blocks.append(mixed)
        values = np.concatenate(blocks) @ slopes
        found = sobol(values, 3, confidence=0.9, seed=seed)
        truth = slopes**2 / 6
        hits.append(
            (found.first_interval[0, :, 0] <= truth) & (truth <= found.first_interval[1, :, 0])
        )
    assert 0.82 < np.mean(hits) < 0.97


@settings(max_examples=20)
@given(st.permutations(range(4)), st.integers(0, 2**32 - 1))
def test_factors_in_another_order(order: list[int], seed: int) -> None:
    """The blocks of factors in another order give the indices in that order."""
    values = g_function(sobol_design(4, 64, seed=seed), np.array([0, 1, 4, 9.0]))
    blocks = values.reshape(6, 64)
    turned = np.concatenate([blocks[:2], blocks[2:][order]]).ravel()
    here, there = sobol(values, 4), sobol(turned, [f"factor {k + 1}" for k in order])
    np.testing.assert_allclose(there.first, here.first[order], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(there.total_interval, here.total_interval[:, order], rtol=1e-9)


@settings(max_examples=20)
@given(st.floats(0.01, 100), st.floats(-100, 100), st.booleans())
def test_scale_and_shift_leave_the_indices(scale: float, shift: float, turn: bool) -> None:
    """An output in other units, or counted from another zero, has the same indices."""
    values = ishigami(sobol_design(3, 64))
    other = shift + (-scale if turn else scale) * values
    here, there = sobol(values, 3), sobol(other, 3)
    np.testing.assert_allclose(there.first, here.first, atol=1e-8)
    np.testing.assert_allclose(there.total_interval, here.total_interval, atol=1e-8)


def test_chunks_and_neighbours_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last byte, an output's indices depend neither on others nor on chunks; and a seed
    of 0 is a seed."""
    unit = sobol_design(3, 128)
    values = np.column_stack([unit[:, 0], ishigami(unit), unit.prod(axis=1), ishigami(unit)])
    whole = sobol(values, 3, seed=0)
    module = import_module("standoff.sensitivity.sobol")
    monkeypatch.setattr(module, "CHUNK", 1)
    for other in (sobol(values, 3, seed=0), sobol(values[:, [0, 3, 2, 1]], 3, seed=0)):
        assert same(whole, other, [1, 3])
    assert same(whole, sobol(values[:, 1], 3, seed=0), [0])
    assert not np.array_equal(whole.first_interval, sobol(values, 3, seed=1).first_interval)


def same(one: SobolIndices, other: SobolIndices, columns: list[int]) -> bool:
    return all(
        a[..., 1].tobytes() == b[..., k].tobytes()
        for k in columns
        for a, b in zip(
            (one.first, one.total, one.first_interval, one.total_interval),
            (other.first, other.total, other.first_interval, other.total_interval),
            strict=True,
        )
    )


@pytest.mark.parametrize("second_order", [False, True])
def test_rows_by_points(second_order: bool) -> None:
    """Rows in the order SALib and the EMA Workbench write them give the same bytes."""
    unit = sobol_design(3, 32, second_order=second_order)
    values = np.column_stack([ishigami(unit), unit[:, 1]])
    blocks = values.reshape(-1, 32, 2)
    order = [0, *range(2, len(blocks)), 1]
    by_point = blocks[order].transpose(1, 0, 2).reshape(-1, 2)
    here = sobol(values, 3, second_order=second_order)
    there = sobol(by_point, 3, second_order=second_order, layout="points")
    assert np.array_equal(here.first_interval, there.first_interval)
    assert np.array_equal(here.total, there.total)


def test_failed_points_are_left_out_whole() -> None:
    """A NaN in any row of a point leaves that point out, of that output only, and it is said."""
    values = np.column_stack([ishigami(sobol_design(3, 64))] * 2)
    values[64 * 3 + 5, 0] = np.nan
    found = sobol(values, ["p", "q", "r"], ["broken", "whole"])
    assert found.left_out.tolist() == [1, 0]
    assert any("broken: 1 of 64 points are left out" in note for note in found.notes)
    without = np.delete(values[:, 1].reshape(5, 64), 5, axis=1)
    centred = without - without[:2].mean()
    variance = centred[:2].var()
    first = (centred[1] * (centred[2:] - centred[0])).mean(axis=1) / variance
    np.testing.assert_allclose(found.first[:, 0], first, rtol=1e-12)


def test_what_must_be_said() -> None:
    """Constant outputs, too few points left, negative and unresolved indices, and rows in a wrong
    order are said in notes, and numbers that do not exist are NaN."""
    unit = sobol_design(2, 64)
    flat, gone = np.full(len(unit), 0.1), unit[:, 0].copy()
    gone[:60] = np.nan
    found = sobol(np.column_stack([flat, gone, unit[:, 0]]), 2, ["flat", "gone", "line"])
    assert np.isnan(found.first[:, :2]).all()
    assert np.isnan(found.total_interval[:, :, :2]).all()
    assert "flat: it is the same in every row, so nothing explains it" in found.notes
    assert any("gone: fewer than 8 points are left" in note for note in found.notes)
    assert any("line: 1 of 2 factors are not resolved" in note for note in found.notes)
    assert found.unresolved[:, 0].all()
    # Only the seed decides whether an index of 0 comes out negative; among ten, some do.
    many = sobol(np.column_stack([ishigami(sobol_design(3, 16, seed=s)) for s in range(10)]), 3)
    negative = many.first < 0
    assert negative.any()
    assert sum("below 0 is sampling error" in n for n in many.notes) == negative.any(0).sum()
    blocks = unit[:, 0].reshape(4, 64).copy()
    assert not any("rows the design's" in note for note in found.notes)
    blocks[2] = blocks[0] + 0.1 * blocks[1]
    assert "are these rows the design's, in order?" in sobol(blocks.ravel(), 2).notes[-1]


def test_xarray_in_and_out() -> None:
    """Named columns of any kind give the same, and the result has named axes."""
    unit = sobol_design(2, 16)
    columns = {"sum": unit.sum(axis=1), "first": unit[:, 0]}
    table = np.column_stack(list(columns.values()))
    wide = xr.DataArray(table, dims=("row", "output"), coords={"output": list(columns)})
    frame = xr.Dataset({name: ("row", values) for name, values in columns.items()})
    plain = sobol(table, ["a", "b"], list(columns)).to_xarray()
    for brought in (columns, wide, wide.T, frame, frame.to_dataframe()):
        xr.testing.assert_identical(sobol(brought, ["a", "b"]).to_xarray(), plain)
    assert float(plain["first"].sel(factor="a", output="first")) == pytest.approx(1, abs=0.1)
    pairs = sobol(sobol_design(2, 16, second_order=True).sum(axis=1), 2, second_order=True)
    assert pairs.to_xarray()["closed"].dims == ("factor", "other", "output")


def test_the_design() -> None:
    """Each block is A with one column of B, nothing is 0 or 1, and the same seed gives the same."""
    unit = sobol_design(3, 16, second_order=True, seed=0)
    one, two, *mixed = unit.reshape(8, 16, 3)
    for k in range(3):
        for block, start, other in ((mixed[k], one, two), (mixed[3 + k], two, one)):
            assert np.array_equal(block[:, k], other[:, k])
            rest = [j for j in range(3) if j != k]
            assert np.array_equal(block[:, rest], start[:, rest])
    assert unit.min() > 0
    assert unit.max() < 1
    assert np.array_equal(unit, sobol_design(3, 16, second_order=True))
    # One point of each block of A lies in each sixteenth of every factor.
    assert (np.sort((one * 16).astype(int), axis=0) == np.arange(16)[:, None]).all()


@pytest.mark.parametrize(
    ("points", "said"),
    [(100, "64 or 128"), (7, "nearest: 8"), (0, "nearest: 8"), (-4, "nearest: 8")],
)
def test_points_are_a_power_of_two(points: int, said: str) -> None:
    """Another number is refused, and the nearest are named."""
    with pytest.raises(ValueError, match=said):
        sobol_design(3, points)


@pytest.mark.parametrize(
    ("values", "named", "said"),
    [
        (np.ones(41), {}, "there are 41 rows; a design for 3 factors without second order has 5"),
        (np.ones(20), {}, "at least 8 points"),
        (np.ones((0, 2)), {}, "there are no outputs"),
        (np.ones((4, 4, 4)), {}, "3 axes"),
        (np.full(40, np.inf), {}, "infinite in row 0"),
        (np.array(["a"] * 40), {}, "not a column of numbers"),
        (np.ones(40), {"outputs": ["a", "b"]}, "1 outputs but 2 names"),
        (np.ones((40, 2)), {"outputs": ["a", "a"]}, "two outputs are called 'a'"),
        (np.ones(40), {"layout": "salib"}, "the layout is 'salib'; expected blocks or points"),
        (np.ones(40), {"resamples": 1}, "resamples"),
        (np.ones(40), {"confidence": 95}, "confidence is 95"),
        ({"a": np.ones(40), "b": np.ones(39)}, {}, "different numbers of rows: a 40, b 39"),
    ],
)
def test_mistakes_are_said(values: object, named: dict[str, object], said: str) -> None:
    """Input that makes no sense is refused with what was found and what was expected."""
    with pytest.raises(ValueError, match=said):
        sobol(values, 3, **named)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two factors are called 'a'"):
        sobol(np.ones(40), ["a", "a", "b"])
