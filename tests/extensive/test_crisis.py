"""A crisis of private payoffs: the map of the literature, and all its roots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from standoff.extensive import Crisis, crisis_equilibria
from standoff.extensive.crisis import _both_below

CRISIS = Crisis(
    status_quo=0,
    prize=1,
    war=-1.9,
    backing_down=-1.2,
    other_concedes=0,
    other_war=-2.9,
    other_prize=1,
)


@pytest.mark.parametrize(
    ("war", "expected"),
    [
        (
            -2.9,
            [
                (0.251105, 0.994789, 0.309695),
                (0.594723, 0.379868, 0.241563),
                (0.813322, 0.205452, 0.208759),
            ],
        ),
        (-2.7, [(0.907856, 0.167139, 0.198899)]),
        (-2.2, [(0.976387, 0.146539, 0.192891)]),
    ],
)
def test_three_and_one(war: float, expected: list[tuple[float, float, float]]) -> None:
    """Lewis & Schultz 2003, in which war's worth of −2.9 to B leaves three equilibria, and −2.7 or
    −2.2 one: a root search of the map of R's `sigInt`, to its six digits.
    """
    found = crisis_equilibria(replace(CRISIS, other_war=war))
    triples = [(each.resist, each.challenge, each.fight) for each in found]
    assert len(triples) == len(expected)
    for triple, figures in zip(triples, expected, strict=True):
        assert triple == pytest.approx(figures, abs=1e-6)
    assert all(each.residual < 1e-13 for each in found)


def test_pairs_of_roots_are_found_where_they_appear() -> None:
    """Between one equilibrium and three, pairs appear at one point: just past it, they are seen."""
    few, many = -2.7, -2.9
    for _ in range(34):
        middle = (few + many) / 2
        if len(crisis_equilibria(replace(CRISIS, other_war=middle))) == 1:
            few = middle
        else:
            many = middle
    found = crisis_equilibria(replace(CRISIS, other_war=many))
    assert len(found) == 3
    gap = np.diff([each.resist for each in found]).min()
    assert 0 < gap < 1e-4


def test_bivariate_normal() -> None:
    """The quadrature is the distribution function that SciPy has."""
    h, k = np.array([-3.0, -0.5, 0.0, 1.2, 2.0]), np.array([-1.0, 0.7, 0.0, -2.0, 3.0])
    cov = [[1, np.sqrt(0.5)], [np.sqrt(0.5), 1]]
    expected = multivariate_normal(cov=cov).cdf(np.stack([h, k], axis=1))
    np.testing.assert_allclose(_both_below(h, k), expected, atol=1e-7)


def test_no_number() -> None:
    """A payoff that is no number is refused."""
    with pytest.raises(ValueError, match="the payoffs of a crisis are numbers"):
        crisis_equilibria(replace(CRISIS, war=float("nan")))
