"""What is believed of one parameter: its quantiles, shares and densities against scipy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from standoff.scenario import Distribution, ascending, cumulative, density, ends, quantile

U = np.linspace(0.0005, 0.9995, 999)


def spread(kind: Any, **arguments: Any) -> Distribution:
    return Distribution(kind, tuple(arguments.items()))


CASES = {
    "uniform": (spread("uniform", low=-2.0, high=3.0), stats.uniform(-2, 5)),
    "log-uniform": (spread("log-uniform", low=0.01, high=20.0), stats.loguniform(0.01, 20)),
    "triangular": (
        spread("triangular", low=1.0, mode=2.0, high=5.0),
        stats.triang(0.25, loc=1, scale=4),
    ),
    "triangular, mode at the low end": (
        spread("triangular", low=1.0, mode=1.0, high=5.0),
        stats.triang(0, loc=1, scale=4),
    ),
    "triangular, mode at the high end": (
        spread("triangular", low=1.0, mode=5.0, high=5.0),
        stats.triang(1, loc=1, scale=4),
    ),
    "beta": (spread("beta", a=2.0, b=5.0), stats.beta(2, 5)),
    "beta, stretched": (
        spread("beta", a=0.5, b=0.7, low=10.0, high=30.0),
        stats.beta(0.5, 0.7, loc=10, scale=20),
    ),
    "normal": (spread("normal", mean=3.0, sd=2.0), stats.norm(3, 2)),
    "normal, cut below": (
        spread("normal", mean=1.0, sd=2.0, low=0.0),
        stats.truncnorm(-0.5, np.inf, loc=1, scale=2),
    ),
    "normal, cut above": (
        spread("normal", mean=1.0, sd=2.0, high=0.0),
        stats.truncnorm(-np.inf, -0.5, loc=1, scale=2),
    ),
    "normal, cut on both sides": (
        spread("normal", mean=0.0, sd=1.0, low=-1.0, high=0.5),
        stats.truncnorm(-1, 0.5),
    ),
    "normal, cut far above its mean": (
        spread("normal", mean=0.0, sd=1.0, low=9.0, high=10.0),
        stats.truncnorm(9, 10),
    ),
    "normal, cut far below its mean": (
        spread("normal", mean=0.0, sd=1.0, low=-10.0, high=-9.0),
        stats.truncnorm(-10, -9),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_quantiles_are_those_of_scipy(case: str) -> None:
    """Each distribution's quantile function equals that of an independent library."""
    ours, theirs = CASES[case]
    np.testing.assert_allclose(quantile(ours, U), theirs.ppf(U), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_cumulative_shares_are_those_of_scipy(case: str) -> None:
    """Each distribution's cumulative distribution function equals that of scipy."""
    ours, theirs = CASES[case]
    values = quantile(ours, U)
    np.testing.assert_allclose(cumulative(ours, values), theirs.cdf(values), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_cumulative_undoes_quantile(case: str) -> None:
    """The share at or below a quantile is the share that was asked for."""
    ours, _ = CASES[case]
    np.testing.assert_allclose(cumulative(ours, quantile(ours, U)), U, rtol=0, atol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_densities_are_those_of_scipy(case: str) -> None:
    """Each distribution's density equals that of scipy, and is 0 outside its range."""
    ours, theirs = CASES[case]
    values = quantile(ours, U)
    np.testing.assert_allclose(density(ours, values), theirs.pdf(values), rtol=1e-8)
    low, high = ends(ours)
    beyond = np.array([end + step for end, step in ((low, -1.0), (high, 1.0)) if np.isfinite(end)])
    assert (density(ours, beyond) == 0).all()
    np.testing.assert_array_equal(cumulative(ours, beyond), theirs.cdf(beyond))


def test_densities_are_finite_at_a_pole() -> None:
    """A beta distribution may rise without bound at its ends; a ratio of densities may not."""
    ours = spread("beta", a=0.5, b=0.5)
    assert np.isfinite(density(ours, np.array([0.0, 1.0]))).all()


def test_a_discrete_density_is_the_share_of_a_value() -> None:
    """Whatever the order of the values, and 0 for a value that is not among them."""
    ours = spread("discrete", values=(7.0, 2.0), weights=(1.0, 3.0))
    values = np.array([2.0, 7.0, 5.0])
    assert density(ours, values).tolist() == [0.75, 0.25, 0]
    assert cumulative(ours, np.array([1.9, 2.0, 6.9, 7.0])).tolist() == [0, 0.75, 0.75, 1]
    assert ends(ours) == (2, 7)


def test_rising_order_moves_values_with_their_weights() -> None:
    """And leaves all that is not discrete as it is."""
    ours = spread("discrete", values=(7.0, 2.0), weights=(1.0, 3.0))
    assert ascending(ours) == spread("discrete", values=(2.0, 7.0), weights=(3.0, 1.0))
    smooth = spread("uniform", low=0.0, high=1.0)
    assert ascending(smooth) is smooth


@pytest.mark.parametrize("case", CASES)
def test_values_stay_in_their_range(case: str) -> None:
    """Not even at the ends, and not by rounding, does a value leave its range."""
    ours, _ = CASES[case]
    ends = quantile(ours, np.array([0.0, 2.0**-53, 1 - 2.0**-53, 1.0]))
    given = dict(ours.arguments)
    assert np.isfinite(ends).all()
    assert (np.diff(ends) >= 0).all()
    assert (ends >= given.get("low", -np.inf)).all()
    assert (ends <= given.get("high", np.inf)).all()


def test_a_discrete_distribution_takes_its_values_by_weight() -> None:
    """Weights 1 and 3: the first value below a quarter, the second from there on."""
    ours = spread("discrete", values=(7.0, 2.0), weights=(1.0, 3.0))
    u = np.array([0.0, 0.2499, 0.25, 0.9999, 1.0])
    assert quantile(ours, u).tolist() == [7, 7, 2, 2, 2]
    equal = spread("discrete", values=(0.0, 1.0, 5.0))
    assert quantile(equal, np.array([0.1, 0.5, 0.9])).tolist() == [0, 1, 5]
