"""The tree beside the box: its leaves are boxes that share everything out."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.discovery import Interval, Kept, grow


def test_leaves_share_everything_out() -> None:
    """Each future is in exactly one leaf, whatever the kind of its factors, also on a threshold."""
    rng = np.random.default_rng(1)
    table = {
        "x": np.round(rng.random(700), 2),
        "n": rng.integers(-3, 6, 700),
        "c": rng.choice(["a", "b", "c", "d"], 700),
        "flag": rng.random(700) < 0.5,
    }
    score = (table["x"] > 0.4) & (table["n"] > 0) & (table["c"] != "b") | table["flag"]
    tree = grow(table, rng.random(700) < np.where(score, 0.8, 0.2))
    holds = np.array([leaf.box.contains(table) for leaf in tree.leaves])
    assert len(holds) > 5
    assert (holds.sum(axis=0) == 1).all()
    assert sum(leaf.figures.coverage for leaf in tree.leaves) == pytest.approx(1)
    assert min(leaf.figures.mass for leaf in tree.leaves) >= 0.05
    densities = [leaf.figures.density for leaf in tree.leaves]
    assert densities == sorted(densities, reverse=True)
    kinds = {type(each) for leaf in tree.leaves for each in leaf.box.restrictions}
    assert kinds == {Interval, Kept}


def test_two_regions_are_two_leaves() -> None:
    """A barbell, which no box holds, is told by the tree, also in futures that it has not seen."""
    rng = np.random.default_rng(2)
    table = {f"x{k}": rng.random(1500) for k in range(4)}
    left = (table["x0"] < 0.4) & (table["x1"] < 0.4)
    right = (table["x0"] > 0.6) & (table["x1"] > 0.6)
    tree = grow(table, left | right)
    dense = [leaf for leaf in tree.leaves if leaf.figures.density > 0.95]
    assert sum(leaf.figures.coverage for leaf in dense) > 0.9
    assert ((tree.scores > 0.5) == (left | right)).mean() > 0.95


def test_without_enough_cases_nothing_is_held_out() -> None:
    """With one case there is a tree, but no score out of sample."""
    tree = grow({"x": np.arange(40.0)}, np.arange(40) == 0)
    assert tree.folds < 2
    assert np.isnan(tree.scores).all()


def test_trees_that_cannot_be() -> None:
    """No cases, or leaves of no size."""
    with pytest.raises(ValueError, match="there are no cases"):
        grow({"x": np.arange(9.0)}, np.zeros(9))
    with pytest.raises(ValueError, match="least_mass must be above 0 and below 1: 0"):
        grow({"x": np.arange(9.0)}, np.arange(9) < 2, least_mass=0)
