"""Boxes that others have published, or that other programs find in published data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from discovery import published
from standoff.discovery import (
    Interval,
    Objective,
    Patience,
    discover,
    grow,
    limits,
    measure,
    prim,
)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published.folder(tmp_path_factory.mktemp("ema"))


def figures(coverage: float, density: float, mass: float) -> object:
    """Three figures as they were printed, to six digits."""
    return pytest.approx((coverage, density, mass), abs=6e-7)


def test_bryant_and_lempert(data: Path) -> None:
    """The box of Bryant & Lempert (2010) as sdtoolkit, the EMA Workbench and Project-Platypus prim
    give it at α = 0.1: limits, coverage, density, mass and quasi-p.
    """
    factors, cases = published.bryant_lempert(data)
    assert (len(cases), int(cases.sum())) == (882, 89)
    curve = prim(factors, cases, Patience(alpha=0.1))
    assert (curve.coverage[21], curve.density[21], curve.mass[21]) == figures(
        0.752809, 0.770115, 0.0986395
    )
    assert (curve.coverage[-1], curve.density[-1], curve.mass[-1]) == figures(
        0.505618, 1.0, 0.0510204
    )
    assert curve.restricted[[21, -1]].tolist() == [4, 6]
    box = curve.box(21)
    expected = {
        "Cellulosic cost": (72.65, np.inf),
        "Total biomass": (-np.inf, 755.8),
        "Demand elasticity": (-0.422, np.inf),
        "Biomass backstop price": (150.05, np.inf),
    }
    assert set(box.factors) == set(expected)
    for name, bounds in expected.items():
        found = box[name]
        assert isinstance(found, Interval)
        assert (found.lower, found.upper) == pytest.approx(bounds, rel=1e-6)
    quasi_p = {limit.factor: limit.quasi_p for limit in limits(box, factors, cases)}
    assert quasi_p["Total biomass"] == pytest.approx(4.7e-6, rel=0.02)
    assert quasi_p["Demand elasticity"] == pytest.approx(1.2e-16, rel=0.02)
    assert quasi_p["Biomass backstop price"] == pytest.approx(3.5e-11, rel=0.02)
    assert quasi_p["Cellulosic cost"] == pytest.approx(0.157, abs=6e-4)
    dropped = box.drop("Cellulosic cost")
    found_then = measure(dropped, factors, cases)
    assert (found_then.coverage, found_then.density, found_then.mass) == figures(
        0.764045, 0.715789, 0.107710
    )
    assert len(dropped.factors) == 3


def test_bryant_and_lempert_by_other_objectives(data: Path) -> None:
    """The original objective gives the same curve there, LENIENT2 another (0.775281, 0.766667)."""
    factors, cases = published.bryant_lempert(data)
    first = prim(factors, cases, Patience(alpha=0.1))
    original = prim(factors, cases, Patience(alpha=0.1, objective=Objective.ORIGINAL))
    assert list(original.boxes()) == list(first.boxes())
    other = prim(factors, cases, Patience(alpha=0.1, objective=Objective.LENIENT2))
    assert (other.coverage[21], other.density[21]) == pytest.approx((0.775281, 0.766667), abs=6e-7)


def test_bryant_and_lempert_by_a_tree(data: Path) -> None:
    """A tree with leaves of at least 5 % has eight there, of which the one with the largest
    coverage has 0.606742 at a density of 0.642857, as EMA's CART.
    """
    factors, cases = published.bryant_lempert(data)
    leaves = grow(factors, cases, least_mass=0.05).leaves
    best = max(leaves, key=lambda leaf: leaf.figures.coverage).figures
    assert len(leaves) == 8
    assert (best.coverage, best.density) == pytest.approx((0.606742, 0.642857), abs=6e-7)


def test_bryant_and_lempert_is_trusted(data: Path) -> None:
    """Put on trial, their box stands, with the three restrictions that they call significant."""
    factors, cases = published.bryant_lempert(data)
    found = discover(factors, cases, patience=Patience(alpha=0.1), beside=False)
    assert found.trusted, found.reasons
    assert set(found.box.factors) == {
        "Total biomass",
        "Demand elasticity",
        "Biomass backstop price",
    }


def test_flu(data: Path) -> None:
    """Three boxes of the curve that the EMA Workbench 3.0 finds in its influenza study."""
    factors, cases = published.flu(data)
    assert (len(factors), len(cases), int(cases.sum())) == (19, 1000, 349)
    curve = prim(factors, cases)
    for index, expected in {
        5: figures(0.991404, 0.448187, 0.772),
        20: figures(0.779370, 0.770538, 0.353),
        -1: figures(0.504298, 0.994350, 0.177),
    }.items():
        assert (curve.coverage[index], curve.density[index], curve.mass[index]) == expected


def test_rotterdam(data: Path) -> None:
    """Two boxes of the curve that the EMA Workbench 3.0 finds in the world container model, which
    has truth values among its factors.
    """
    factors, cases = published.rotterdam(data)
    assert (len(factors), len(cases), int(cases.sum())) == (9, 5000, 1186)
    curve = prim(factors, cases)
    for index, expected in {
        20: figures(0.870995, 0.578387, 0.3572),
        44: figures(0.430017, 0.994152, 0.1026),
    }.items():
        assert (curve.coverage[index], curve.density[index], curve.mass[index]) == expected
