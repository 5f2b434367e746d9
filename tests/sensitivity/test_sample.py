"""First-order indices of a given sample."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from standoff.sensitivity import associations, sensitivity_of_sample, sobol_design

Array = NDArray[np.float64]


def ishigami(unit: Array) -> Array:
    """Ishigami & Homma (1990) with a = 7, b = 0.1: first-order indices 0.3139, 0.4424, 0."""
    x = np.pi * (2 * unit - 1)
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def test_ishigami_without_a_design() -> None:
    """4,096 random rows give the first-order indices within their intervals and to 0.03."""
    unit = np.random.default_rng(5).random((4096, 3))
    found = sensitivity_of_sample(unit, ishigami(unit))
    truth = np.array([0.3139, 0.4424, 0])
    np.testing.assert_allclose(found.first[:, 0], truth, atol=0.03)
    assert ((found.interval[0, :, 0] <= truth) & (truth <= found.interval[1, :, 0])).all()
    assert found.above_chance[:, 0].tolist() == [True, True, False]
    assert found.p_value[0, 0] == pytest.approx(1 / 201)
    assert found.notes == ()


def test_the_rows_of_a_sobol_sample_will_do() -> None:
    """The first block of a Sobol' design is such a sample."""
    unit = sobol_design(3, 1024)[:1024]
    found = sensitivity_of_sample(unit, unit @ [1, 2, 0.0])
    np.testing.assert_allclose(found.first[:, 0], [0.2, 0.8, 0], atol=0.03)


def test_noise_has_an_index_of_nothing() -> None:
    """Without influence the index is 0 on average, where the plain correlation ratio is
    (classes - 1) / (rows - 1); and the largest of ten passes for more than chance in about one
    output of twenty."""
    rng = np.random.default_rng(0)
    found = sensitivity_of_sample(
        rng.random((200, 10)), rng.random((200, 200)), classes=20, permutations=100, halves=2
    )
    assert abs(found.first.mean()) < 0.002
    assert 19 / 199 > 0.09
    assert 0.01 < found.above_chance.any(axis=0).mean() < 0.11
    assert np.mean(found.p_value <= 0.05) == pytest.approx(0.05, abs=0.015)


def test_intervals_cover_the_truth() -> None:
    """About 95 % of the intervals hold the index of a straight line with noise."""
    hits = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x = rng.random((400, 1))
        y = x[:, 0] + rng.normal(0, np.sqrt(1 / 12), 400)
        found = sensitivity_of_sample(x, y, permutations=2, halves=40, classes=12, seed=seed)
        hits.append(found.interval[0, 0, 0] <= 0.5 <= found.interval[1, 0, 0])
    assert 0.87 < np.mean(hits) <= 1


def test_factors_that_move_together() -> None:
    """A factor without influence of its own gets the index of its companion, and it is said."""
    rng = np.random.default_rng(1)
    x = rng.random(2000)
    found = sensitivity_of_sample({"cause": x, "shadow": x + 0.01 * rng.random(2000)}, x)
    assert found.first[1, 0] > 0.95
    assert found.correlation[0, 1] > 0.99
    assert "cause and shadow move together" in found.notes[0]


def test_what_does_not_correlate_may_still_move_together() -> None:
    """A factor that is the fold of another has no rank correlation with it, is told wholly by it,
    and it is said; the other way round it tells all but on which side."""
    x = (np.random.default_rng(1).permutation(512) + 0.5) / 512
    factors = np.column_stack([x, np.abs(2 * x - 1), np.random.default_rng(2).random(512)])
    told = associations(factors, 16)
    assert told[0, 1] == pytest.approx(1, abs=0.02)
    assert told[1, 0] == pytest.approx(0, abs=0.05)
    assert np.diagonal(told).tolist() == [0, 0, 0]
    assert np.abs(told[2]).max() < 0.05
    found = sensitivity_of_sample(factors, x, permutations=2, halves=2)
    assert abs(found.correlation[0, 1]) < 0.01
    (note,) = found.notes
    assert note.startswith("In this sample factor 1 and factor 2 move together (one tells 9")


def test_small_sobol_samples_in_many_dimensions_have_twins() -> None:
    """256 points in 54 dimensions leave pairs of coordinates that tell much of each other without
    correlating by rank (poor two-dimensional projections: Morokoff & Caflisch 1994); at random, and
    with 4,096 points, there are none."""
    from scipy.stats import qmc, spearmanr

    engine = qmc.Sobol(54, scramble=True, rng=np.random.default_rng(0))
    points = engine.random_base2(12)
    small = associations(points[:256], 8)
    i, j = np.unravel_index(np.argmax(small), small.shape)
    assert small[i, j] > 0.25
    assert abs(float(spearmanr(points[:256, i], points[:256, j]).statistic)) < 0.2
    assert associations(points, 8).max() < 0.25
    assert associations(np.random.default_rng(0).random((256, 54)), 8).max() < 0.25
    found = sensitivity_of_sample(points[:256], points[:256, :1], permutations=2, halves=2)
    assert "move together" in found.notes[-1]
    assert "other pair" in found.notes[-1]


def test_notes_of_many_outputs_are_one() -> None:
    """Outputs with the same gap share a note, and many of them are counted."""
    rng = np.random.default_rng(4)
    x, y = rng.random((64, 1)), rng.random((64, 6))
    y[:5, :5] = np.nan
    (note,) = sensitivity_of_sample(x, y, permutations=2, halves=2).notes
    assert note.startswith("output 1, output 2, output 3 and 2 more: 5 of 64 rows are left out")
    (note,) = sensitivity_of_sample(x, y[:, :5], permutations=2, halves=2).notes
    assert note.startswith("all 5 outputs: 5 of 64 rows")


def test_words_switches_and_constants() -> None:
    """A factor of words or of two values has a class for each; a constant one has no index."""
    rng = np.random.default_rng(2)
    word = rng.choice(["calm", "storm"], 500)
    output = (word == "storm") + 0.1 * rng.random(500)
    factors = {"word": word, "switch": word == "storm", "fixed": np.ones(500)}
    found = sensitivity_of_sample(factors, output)
    assert found.classes.tolist() == [2, 2, 1]
    assert found.first[0, 0] == found.first[1, 0] > 0.99
    assert np.isnan(found.first[2, 0])
    assert np.isnan(found.p_value[2, 0])
    assert not found.above_chance[2, 0]


def test_failed_rows() -> None:
    """Failed outputs are left out each for itself, failed factors for all, and counted; what is
    left gives what it would give alone."""
    rng = np.random.default_rng(3)
    x = rng.random((100, 2))
    y = np.column_stack([x[:, 0], x[:, 1], np.full(100, np.nan), np.full(100, 2.0)])
    y[:10, 0] = np.nan
    x[99, 1] = np.nan
    found = sensitivity_of_sample(x, y, output_names=["a", "b", "gone", "flat"])
    assert found.rows.tolist() == [89, 99, 0, 99]
    alone = sensitivity_of_sample(x[10:99], y[10:99, 0])
    assert alone.first[:, 0].tobytes() == found.first[:, 0].tobytes()
    assert alone.interval[:, :, 0].tobytes() == found.interval[:, :, 0].tobytes()
    assert np.isnan(found.first[:, 2:]).all()
    assert "a: 11 of 100 rows are left out" in found.notes[0]
    assert "gone: fewer than 16 rows are left; no index is given" in found.notes
    assert "flat: it is the same in every row, so nothing explains it" in found.notes


@settings(max_examples=20)
@given(st.permutations(range(3)), st.floats(0.01, 100), st.floats(-10, 10))
def test_symmetries(order: list[int], scale: float, shift: float) -> None:
    """Factors in another order, in other units or on another scale that keeps their order, and
    outputs in other units, give the same indices; equal outputs the same bytes."""
    unit = np.random.default_rng(4).random((64, 3))
    output = ishigami(unit)
    here = sensitivity_of_sample(unit, output, permutations=2, halves=2)
    there = sensitivity_of_sample(
        np.exp(unit[:, order]), np.column_stack([shift + scale * output] * 2),
        permutations=2, halves=2,
    )  # fmt: skip
    np.testing.assert_allclose(there.first[:, 0], here.first[order, 0], atol=1e-8)
    assert there.first[:, 0].tobytes() == there.first[:, 1].tobytes()


def test_to_xarray() -> None:
    """The result has named axes, also from a Dataset; seed 0 is a seed."""
    unit = np.random.default_rng(6).random((64, 2))
    brought = xr.Dataset({"a": ("future", unit[:, 0]), "b": ("future", unit[:, 1])})
    found = sensitivity_of_sample(brought, {"y": unit[:, 0]}, seed=0)
    again = sensitivity_of_sample(brought, {"y": unit[:, 0]}, seed=0).to_xarray()
    xr.testing.assert_identical(found.to_xarray(), again)
    assert float(again["first"].sel(factor="a", output="y")) > 0.9


@pytest.mark.parametrize(
    ("rows", "named", "said"),
    [
        (15, {}, "there are 15 rows; expected at least 16"),
        (32, {"classes": 9}, "9 classes; expected 2 to 8"),
        (32, {"permutations": 1}, "at least 2 permutations"),
        (32, {"confidence": 1}, "the confidence is 1"),
    ],
)
def test_mistakes_are_said(rows: int, named: dict[str, int], said: str) -> None:
    """Input that makes no sense is refused with what was found and what was expected."""
    x = np.random.default_rng(0).random((rows, 2))
    with pytest.raises(ValueError, match=said):
        sensitivity_of_sample(x, x, **named)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the outputs 3"):
        sensitivity_of_sample(x, np.ones(3))
