"""Sampling: the shapes of the distributions, and what a seed promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from standoff.explore import MOST_FUTURES, quantile, sample, share_below, uncertain
from standoff.scenario import Distribution, Scenario, load, loads, starter

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
def test_share_below_undoes_quantile(case: str) -> None:
    """The share of the prior below a quantile is the share asked for, to one in some thousand."""
    ours, _ = CASES[case]
    np.testing.assert_allclose(share_below(ours, quantile(ours, U)), U, atol=2 / 4096)


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


def test_share_below_a_discrete_value_counts_half_of_it() -> None:
    """The share below a value is that of the smaller ones and half of its own."""
    ours = spread("discrete", values=(0.0, 1.0, 5.0), weights=(1.0, 1.0, 2.0))
    shares = share_below(ours, np.array([0.0, 1.0, 5.0]))
    np.testing.assert_allclose(shares, [0.125, 0.375, 0.75], atol=1e-3)


def test_share_below_is_never_quite_none_or_all() -> None:
    """So that no reweighting takes all weight from a study of one future."""
    ours = spread("uniform", low=0.0, high=1.0)
    shares = share_below(ours, np.array([0.0, 1.0]))
    assert (shares > 0).all()
    assert (shares < 1).all()


def crisis() -> Scenario:
    return loads(starter())


def test_a_seed_gives_the_same_futures_every_time_and_another_seed_others() -> None:
    """Seed 0 is a seed like any other, not the absence of one."""
    for sampling in ("sobol", "latin-hypercube"):
        first, again, other = (sample(crisis(), 64, seed, sampling) for seed in (0, 0, 1))
        assert first.keys() == {p.name for p in uncertain(crisis())}
        for name, values in first.items():
            assert values.tobytes() == again[name].tobytes()
            assert not np.array_equal(values, other[name])


@pytest.mark.parametrize("few", [1, 3, 100, 256])
def test_more_sobol_futures_continue_fewer(few: int) -> None:
    """A larger study has the futures of a smaller one as its first."""
    many = sample(crisis(), 500, 7)
    for name, values in sample(crisis(), few, 7).items():
        assert values.tobytes() == many[name][:few].tobytes()


def test_a_latin_hypercube_has_one_future_in_each_slice() -> None:
    """McKay, Beckman & Conover (1979): n futures, one in each n-th of every parameter's prior."""
    n = 100
    drawn = sample(crisis(), n, 3, "latin-hypercube")
    for parameter in uncertain(crisis()):
        assert parameter.distribution is not None
        arguments: dict[str, Any] = dict(parameter.distribution.arguments)
        low, high = (arguments[end] for end in ("low", "high"))
        shares = (drawn[parameter.name] - low) / (high - low)
        assert sorted((shares * n).astype(int).tolist()) == list(range(n))


def test_sobol_futures_are_spread_evenly() -> None:
    """A power of two of them has one in each slice too (Sobol 1967); chance draws have not."""
    n = 128
    drawn = sample(crisis(), n, 11)["rationality"]
    slices = np.floor((drawn - 1) / 5 * n).astype(int)
    assert sorted(slices.tolist()) == list(range(n))
    by_chance = np.random.default_rng(0).random(n)
    assert len(set(np.floor(by_chance * n))) < n


def test_nothing_uncertain_draws_nothing() -> None:
    """A scenario without a range has no futures to tell apart."""
    fixed = "\n".join(
        line for line in starter().splitlines() if not line.strip().startswith("range:")
    )
    assert uncertain(loads(fixed)) == ()
    assert sample(loads(fixed), 10) == {}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: sample(s, 0), "the number of futures is 0; expected 1 to 16,777,216"),
        (lambda s: sample(s, MOST_FUTURES + 1), "16,777,217; expected 1"),
        (lambda s: sample(s, 10, -1), "the seed is -1; expected 0 or more"),
        (
            lambda s: sample(s, 10, 0, cast(Any, "sobel")),
            "sampling is 'sobel'; expected sobol or latin",
        ),
    ],
)
def test_impossible_settings_are_refused(call: Callable[[Scenario], object], message: str) -> None:
    """With the value, and with what would do."""
    with pytest.raises(ValueError, match=message):
        call(load("two-move-deterrence"))
