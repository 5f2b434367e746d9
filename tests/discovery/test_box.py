"""Boxes: what they hold, what they are worth, and what each limit adds."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy.stats import binomtest

from standoff.discovery import Box, Interval, Kept, limits, measure

TABLE = {
    "x": np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
    "c": np.array(["a", "b", "a", "b", "a", "b", "a", "c"]),
}
CASES = np.array([0, 0, 1, 1, 1, 0, 1, 0])
BOX = Box((Interval("x", 0.25, 0.75), Kept("c", ("a",), ("b", "c"))))


def test_figures_by_hand() -> None:
    """Three of eight futures inside, all of them cases, of four cases."""
    found = measure(BOX, TABLE, CASES)
    assert BOX.contains(TABLE).nonzero()[0].tolist() == [2, 4, 6]
    assert (found.coverage, found.density, found.mass) == (0.75, 1, 0.375)
    assert (found.inside, found.hits) == (3, 3)
    everything = measure(Box(), TABLE, CASES)
    assert (everything.coverage, everything.density, everything.mass) == (1, 0.5, 1)


def test_weights_are_other_priors() -> None:
    """A future that counts twice is as good as two futures."""
    weights = np.array([1, 1, 2, 0, 1, 1, 1, 3])
    again = {name: np.repeat(values, weights) for name, values in TABLE.items()}
    weighted = measure(BOX, TABLE, CASES, weights)
    repeated = measure(BOX, again, np.repeat(CASES, weights))
    assert weighted.coverage == pytest.approx(repeated.coverage)
    assert weighted.density == pytest.approx(repeated.density)
    assert weighted.mass == pytest.approx(repeated.mass)
    for wrong in (weights[1:], -weights, weights * np.nan):
        with pytest.raises(ValueError, match="at or above 0 for 8 futures"):
            measure(BOX, TABLE, CASES, wrong)
    with pytest.raises(ValueError, match="all weights are 0"):
        measure(BOX, TABLE, CASES, weights * 0)


def test_quasi_p_is_the_binomial_test_without_the_limit() -> None:
    """Bryant & Lempert (2010): P(at least the hits inside | density without the limit)."""
    rng = np.random.default_rng(1)
    table = {"x": rng.random(300), "y": rng.random(300), "c": rng.choice(["a", "b"], 300)}
    cases = rng.random(300) < np.where((table["x"] > 0.4) & (table["c"] == "a"), 0.7, 0.2)
    box = Box((Interval("x", 0.4, 0.9), Interval("y", 0.1), Kept("c", ("a",), ("b",))))
    found = {(each.factor, each.side): each for each in limits(box, table, cases)}
    assert set(found) == {("x", "lower"), ("x", "upper"), ("y", "lower"), ("c", None)}
    inside = measure(box, table, cases)
    for (factor, side), limit in found.items():
        wider = measure(box.drop(factor, side), table, cases)
        test = binomtest(inside.hits, inside.inside, wider.density, alternative="greater")
        assert limit.quasi_p == pytest.approx(test.pvalue, rel=1e-9)
        assert limit.density_without == wider.density
        assert limit.coverage_without == wider.coverage
    assert found["c", None].quasi_p < 1e-3 < found["y", "lower"].quasi_p


def test_restrictions_are_dropped() -> None:
    """A factor's restriction, or one bound of it; what is not there cannot be."""
    assert BOX.drop("c") == Box((Interval("x", 0.25, 0.75),))
    assert BOX.drop("c").drop("x", "lower") == Box((Interval("x", upper=0.75),))
    assert BOX.drop("c").drop("x", "lower").drop("x", "upper") == Box()
    assert BOX.drop("x", "upper")["x"] == Interval("x", 0.25, inf)
    with pytest.raises(ValueError, match="'y' is not restricted; there are x, c"):
        BOX.drop("y")
    with pytest.raises(ValueError, match="'x' is not restricted; nothing is"):
        Box().drop("x")
    with pytest.raises(ValueError, match="'c' has no lower bound: c is a"):
        BOX.drop("c", "lower")
    with pytest.raises(ValueError, match="a side is 'lower' or 'upper', not 'left'"):
        BOX.drop("x", "left")


def test_boxes_read_aloud() -> None:
    """Each kind of restriction in words."""
    assert str(BOX) == "x between 0.25 and 0.75; c is a"
    assert str(Interval("x", 0.5)) == "x at least 0.5"
    assert str(Interval("x", upper=1234.5678)) == "x at most 1235"
    assert str(Interval("x", 3, 3)) == "x is 3"
    assert str(Kept("c", ("a", "b", "d"), ("e",))) == "c is a, b or d"
    assert str(Box()) == "no restriction"


def test_boxes_that_do_not_fit() -> None:
    """A missing factor, one of another kind, nothing inside, no cases: each is said."""
    with pytest.raises(ValueError, match="unknown factor 'y'; there are x, c"):
        Box((Interval("y", 1),)).contains(TABLE)
    with pytest.raises(ValueError, match="'c' is a category, but the box wants a number"):
        Box((Interval("c", 1),)).contains(TABLE)
    with pytest.raises(ValueError, match="'x' is a number, but the box wants a category"):
        Box((Kept("x", ("a",), ()),)).contains(TABLE)
    nowhere = Box((Interval("x", 2, 3),))
    assert np.isnan(measure(nowhere, TABLE, CASES).density)
    with pytest.raises(ValueError, match="nothing is inside the box"):
        limits(nowhere, TABLE, CASES)
    with pytest.raises(ValueError, match="there are no cases"):
        measure(BOX, TABLE, CASES * 0)
    with pytest.raises(ValueError, match="there are no cases"):
        limits(BOX, TABLE, CASES * 0)


def test_a_category_never_seen_is_not_refused() -> None:
    """In other futures, a category that the search did not know is inside, as it left none out."""
    box = Box((Kept("c", ("a",), ("b",)),))
    assert box.contains({"c": ["a", "b", "new"]}).tolist() == [True, False, True]
