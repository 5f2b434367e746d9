"""Sampling: the shapes of the distributions, and what a seed promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from standoff.explore import MOST_FUTURES, quantile, sample, share_below, uncertain
from standoff.scenario import (
    Distribution,
    Scenario,
    ScenarioError,
    at_quantiles,
    feasible,
    load,
    loads,
    starter,
)

U = np.linspace(0.0005, 0.9995, 999)


def spread(kind: Any, **arguments: Any) -> Distribution:
    return Distribution(kind, tuple(arguments.items()))


CASES = {
    "uniform": spread("uniform", low=-2.0, high=3.0),
    "log-uniform": spread("log-uniform", low=0.01, high=20.0),
    "triangular": spread("triangular", low=1.0, mode=2.0, high=5.0),
    "beta": spread("beta", a=0.5, b=0.7, low=10.0, high=30.0),
    "normal": spread("normal", mean=0.0, sd=1.0, low=9.0, high=10.0),
}


@pytest.mark.parametrize("case", CASES)
def test_share_below_undoes_quantile(case: str) -> None:
    """The share of the prior below a quantile is the share asked for, to one in some thousand."""
    ours = CASES[case]
    np.testing.assert_allclose(share_below(ours, quantile(ours, U)), U, atol=2 / 4096)


def test_share_below_a_discrete_value_counts_half_of_it() -> None:
    """The share below a value is that of the smaller ones and half of its own."""
    ours = spread("discrete", values=(0.0, 1.0, 5.0), weights=(1.0, 1.0, 2.0))
    shares = share_below(ours, np.array([0.0, 1.0, 5.0]))
    np.testing.assert_allclose(shares, [0.125, 0.375, 0.75], atol=1e-3)


def test_share_below_of_unordered_values() -> None:
    """The order in which a file lists values says nothing of which is larger."""
    ours = spread("discrete", values=(5.0, 0.0, 1.0), weights=(2.0, 1.0, 1.0))
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


TOGETHER = """
correlations:
  - {between: [incident, prize], rank: 0.6}
  - {between: [prize, ruin], rank: -0.5}
"""


def crisis_with(sections: str) -> Scenario:
    """The starter scenario with more sections."""
    return loads(starter() + sections)


def test_without_correlations_each_parameter_has_its_own_sobol_dimension() -> None:
    """Nothing but quantiles stands between the scrambled points and the futures."""
    points = stats.qmc.Sobol(4, scramble=True, rng=np.random.default_rng(5)).random_base2(6)
    drawn = sample(crisis(), 64, 5)
    for column, parameter in enumerate(uncertain(crisis())):
        assert parameter.distribution is not None
        expected = quantile(parameter.distribution, points[:, column])
        assert drawn[parameter.name].tobytes() == expected.tobytes()


@pytest.mark.parametrize("sampling", ["sobol", "latin-hypercube"])
def test_rank_correlations_come_out_as_written(sampling: Any) -> None:
    """Spearman's correlation by a Gaussian copula (Pearson 1907); each prior stays what it was."""
    drawn = sample(crisis_with(TOGETHER), 4096, 0, sampling)
    names = list(drawn)
    found = stats.spearmanr(np.column_stack([drawn[name] for name in names])).statistic
    expected = np.eye(4)
    for one, other, rank in (("incident", "prize", 0.6), ("prize", "ruin", -0.5)):
        i, j = names.index(one), names.index(other)
        expected[i, j] = expected[j, i] = rank
    np.testing.assert_allclose(found, expected, atol=0.02)
    for name, values in sample(crisis(), 4096, 0, sampling).items():
        levels = np.linspace(0.01, 0.99, 50)
        spread_of = np.ptp(values)
        np.testing.assert_allclose(
            np.quantile(drawn[name], levels), np.quantile(values, levels), atol=0.01 * spread_of
        )


def test_correlations_leave_other_parameters_as_they_were() -> None:
    """Not a bit of what no correlation names changes; the first that is named stays in place."""
    plain, tied = sample(crisis(), 100, 3), sample(crisis_with(TOGETHER), 100, 3)
    assert plain["rationality"].tobytes() == tied["rationality"].tobytes()
    np.testing.assert_allclose(plain["incident"], tied["incident"], rtol=1e-12)
    assert not np.allclose(plain["prize"], tied["prize"])


def test_correlated_sobol_futures_stay_even() -> None:
    """An expectation over correlated parameters is found far better than by chance draws.

    The expectation of the product of two normal scores is 2 sin(π 0.6/6) = 0.618; of as many
    random draws the standard error is sqrt((1 + 0.618²)/1024) = 0.037.
    """
    drawn = sample(crisis_with(TOGETHER), 1024, 1)
    scores = [
        stats.norm.ppf(stats.uniform(low, high - low).cdf(drawn[name]))
        for name, low, high in (("incident", 0.01, 0.15), ("prize", 0.3, 2))
    ]
    product = float(np.mean(scores[0] * scores[1]))
    assert product == pytest.approx(2 * np.sin(np.pi * 0.1), abs=0.037 / 4)


def test_a_correlated_latin_hypercube_keeps_its_slices() -> None:
    """Iman & Conover (1982): only the order within a parameter changes, not its values."""
    plain = sample(crisis(), 200, 3, "latin-hypercube")
    tied = sample(crisis_with(TOGETHER), 200, 3, "latin-hypercube")
    for name, values in plain.items():
        np.testing.assert_array_equal(np.sort(values), np.sort(tied[name]))
    assert not np.array_equal(plain["prize"], tied["prize"])


def test_a_correlated_discrete_parameter_goes_by_its_values() -> None:
    """Larger values go with larger ones, in whatever order the file lists them."""
    text = starter().replace("range: [4, 16]", "distribution: {kind: discrete, values: [16, 4, 8]}")
    drawn = sample(loads(text + "correlations: [{between: [prize, ruin], rank: 0.7}]\n"), 1024)
    means = [drawn["prize"][drawn["ruin"] == value].mean() for value in (4, 8, 16)]
    assert means == sorted(means)
    assert means[2] - means[0] > 0.5
    assert [np.mean(drawn["ruin"] == value) for value in (4, 8, 16)] == pytest.approx(
        [1 / 3] * 3, abs=0.01
    )


NARROW = """
constraints:
  - {holds: 5 * prize < ruin, why: no prize is worth a war}
  - {holds: incident * ruin < 1.5}
"""


def test_futures_that_break_a_constraint_are_passed_over() -> None:
    """What is sampled is the Sobol sequence without them, in its order, and nothing else."""
    scenario = crisis_with(NARROW + TOGETHER)
    drawn = sample(scenario, 300, 2)
    assert all(len(values) == 300 for values in drawn.values())
    assert (5 * drawn["prize"] < drawn["ruin"]).all()
    assert (drawn["incident"] * drawn["ruin"] < 1.5).all()
    every = sample(crisis_with(TOGETHER), 2048, 2)
    kept = feasible(scenario, every)
    assert 0.3 < kept.mean() < 0.9
    for name, values in drawn.items():
        np.testing.assert_array_equal(values, every[name][kept][:300])


@pytest.mark.parametrize("few", [1, 100, 4097])
def test_more_constrained_futures_continue_fewer(few: int) -> None:
    """Also where some are passed over, and over several pieces of the sequence."""
    scenario = crisis_with(NARROW)
    many = sample(scenario, 9000, 7)
    for name, values in sample(scenario, few, 7).items():
        assert values.tobytes() == many[name][:few].tobytes()


def test_constraints_that_leave_nothing_are_shown() -> None:
    """With the share that is left, at the line of the one that refuses most."""
    scenario = crisis_with(
        "constraints: [{holds: rationality > 0}, {holds: 7.9999 < ruin < 8.0001}]\n"
    )
    with pytest.raises(ScenarioError) as caught:
        sample(scenario, 10)
    (mistake,) = caught.value.mistakes
    line = scenario.text.splitlines()[mistake.place.line - 1]
    assert line[mistake.place.column - 1 :].startswith("7.9999 < ruin")
    assert "of 65,536 futures tried" in mistake.message
    assert "most often broken is this one, in 100 %" in mistake.message


def test_constraints_that_leave_too_little_for_so_many_futures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A Sobol sequence ends: what would need more of it is refused at once, not after hours."""
    monkeypatch.setattr("standoff.explore.futures._LONGEST", 2**17)
    scenario = crisis_with("constraints: [{holds: ruin < 8.1}]\n")
    with pytest.raises(ScenarioError, match="too few to find 65,000; widen it"):
        sample(scenario, 65_000)


def test_a_latin_hypercube_with_constraints_is_refused() -> None:
    """Its slices would be empty where the constraints refuse."""
    with pytest.raises(ScenarioError, match=r"future in every slice of .*; sample by sobol"):
        sample(crisis_with(NARROW), 10, 0, "latin-hypercube")


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_a_future_does_not_depend_on_those_beside_it(point: list[float]) -> None:
    """The same point of the unit cube gives the same bits alone and among others, and no nan."""
    scenario = crisis_with(TOGETHER)
    alone = at_quantiles(scenario, np.array([point]))
    among = at_quantiles(scenario, np.array([[0.5] * 4, point, [0.1] * 4]))
    for name, values in alone.items():
        assert np.isfinite(values).all()
        assert values.tobytes() == among[name][1:2].tobytes()


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
