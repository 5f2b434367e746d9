"""Other priors for a finished study: weights, what they are worth, and bounds on shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, stats

from standoff.claims import judge
from standoff.explore import effective_size, prior_weights, run, sample, share_bounds
from standoff.scenario import Distribution, Scenario, loads

Array = NDArray[np.float64]


def text(parameters: str, rest: str = "") -> str:
    """One actor, one choice, and whatever is uncertain about it."""
    return f"""\
standoff: 1
name: tiny
title: One choice
time: {{period: move, periods: 1}}
parameters:
{parameters}
variables:
  done: {{flag: false}}
order: [red]
actors:
  red:
    rationality: 1
    final: prize * done
    actions: {{wait: {{}}, act: {{set: {{done: true}}}}}}
doctrines: {{red: {{held: {{never: act}}}}}}
outcomes:
  acts: {{ever: done, better: higher}}
claims:
  likely: {{says: It acts., holds: acts > 0.6}}
{rest}"""


PRIZE = "  prize: {value: 1, range: [-1, 3]}\n"
PAIR = PRIZE + "  harm: {value: 1, distribution: {kind: triangular, low: 0, mode: 1, high: 2}}\n"
MIXED = PAIR + (
    "  reading: {value: 0, distribution: {kind: discrete, values: [2, 0, 1]}}\n"
    "  view: {value: 0, distribution: {kind: discrete, values: [0, 1], weights: [1, 2]}}\n"
)
TIED = (
    "correlations:\n"
    "  - {between: [prize, harm], rank: 0.5}\n"
    "  - {between: [harm, reading], rank: -0.4}\n"
    "  - {between: [reading, view], rank: 0.6}\n"
)
LEANING = {"kind": "triangular", "low": -1, "mode": 3, "high": 3}
FUTURES = 2**13


def test_the_full_circle(tmp_path: Path) -> None:
    """A study moved to another prior says what a study sampled from that prior says.

    It acts with more than 60 % where the prize is above log(0.6/0.4): a logit choice at rationality
    1. Under the other prior, triangular and rising from -1 to 3, that is the case in 1 - (1.405/4)²
    of futures, 87.7 %; under the one that was sampled, in 64.9 %.
    """
    scenario, other = loads(text(PRIZE)), {"prize": {"distribution": LEANING}}
    study = run(scenario, tmp_path / "a", futures=512, precision="double")
    elsewhere = loads(text(PRIZE.replace("range: [-1, 3]", "distribution: {kind: triangular, "
                                         "low: -1, mode: 3, high: 3}")))  # fmt: skip
    sampled = run(elsewhere, tmp_path / "b", futures=512, precision="double")
    weights = prior_weights(study.scenario, study.futures, other)
    np.testing.assert_allclose(
        weights, prior_weights(study.scenario, study.futures, elsewhere), rtol=1e-12
    )
    (plain,), (moved,), (asked,) = judge(study), judge(study, weights), judge(sampled)
    edge = np.log(1.5)
    exact = 1 - ((edge + 1) / 4) ** 2
    assert plain.share == pytest.approx((3 - edge) / 4, abs=0.005)
    assert moved.share == pytest.approx(exact, abs=0.005)
    assert asked.share == pytest.approx(exact, abs=0.005)
    assert moved.interval[0] < exact < moved.interval[1]
    # Kish's size of a density that rises as a line is 3/4 of the sample.
    assert effective_size(weights) == pytest.approx(384, rel=0.01)
    assert moved.interval[1] - moved.interval[0] > asked.interval[1] - asked.interval[0]


OTHERS: dict[str, Mapping[str, Any]] = {
    "one parameter": {"prize": {"distribution": LEANING}},
    "a narrower range": {"prize": {"range": [0, 1]}},
    "cut normal": {
        "harm": {"distribution": {"kind": "normal", "mean": 1, "sd": 0.6, "low": 0, "high": 2}}
    },
    "discrete": {"view": {"distribution": {"kind": "discrete", "values": [1, 0]}}},
    "several": {
        "prize": {"distribution": {"kind": "beta", "a": 2, "b": 3, "low": -1, "high": 3}},
        "reading": {
            "distribution": {"kind": "discrete", "values": [0, 1, 2], "weights": [3, 2, 1]}
        },
    },
}


def moments(futures: Mapping[str, Array], weights: Array | None = None) -> Array:
    """Means, and means of all products of two parameters."""
    columns = np.column_stack([np.ones_like(futures["prize"]), *futures.values()])
    products = np.einsum("pi,pj->pij", columns, columns)
    return np.asarray(np.average(products, axis=0, weights=weights))


@pytest.mark.parametrize("rest", ["", TIED], ids=["independent", "correlated"])
@pytest.mark.parametrize("case", OTHERS)
def test_weighted_futures_have_the_moments_of_the_other_prior(case: str, rest: str) -> None:
    """Means and products of all parameters agree with futures sampled from the other prior."""
    scenario = loads(text(MIXED, rest))
    other = {name: _distribution(prior) for name, prior in OTHERS[case].items()}
    elsewhere = replace(
        scenario,
        parameters=tuple(
            replace(p, distribution=other.get(p.name, p.distribution)) for p in scenario.parameters
        ),
    )
    futures = sample(scenario, FUTURES)
    weights = prior_weights(scenario, futures, OTHERS[case])
    expected = moments(sample(elsewhere, FUTURES, 1))
    np.testing.assert_allclose(moments(futures, weights), expected, atol=0.02)
    assert np.abs(moments(futures) - expected).max() > 0.06
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_allclose(weights, prior_weights(scenario, futures, elsewhere), rtol=1e-12)


def _distribution(prior: Mapping[str, Any]) -> Distribution:
    if "range" in prior:
        return Distribution("uniform", tuple(zip(("low", "high"), prior["range"], strict=True)))
    arguments = dict(prior["distribution"])
    kind = arguments.pop("kind")
    pairs = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
    return Distribution(kind, tuple(pairs.items()))


def test_other_correlations() -> None:
    """Independent futures moved to a correlated prior have its correlations, and back again.

    Back again only from weak ones: corners that strong correlations leave all but empty weigh
    without bound.
    """
    plain, tied = loads(text(MIXED)), loads(text(MIXED, TIED))
    weak = loads(text(MIXED, TIED.replace("0.5", "0.2").replace("0.4", "0.2")))
    for scenario, other in ((plain, tied), (weak, tied), (weak, plain)):
        futures = sample(scenario, FUTURES)
        weights = prior_weights(scenario, futures, other)
        expected = moments(sample(other, FUTURES, 1))
        np.testing.assert_allclose(moments(futures, weights), expected, atol=0.02)
        assert np.abs(moments(futures) - expected).max() > 0.06
        assert effective_size(weights) < 0.95 * FUTURES


def test_the_density_of_a_normal_pair_is_that_of_scipy() -> None:
    """Where both priors are normal, a Gaussian copula makes them jointly normal."""
    normal = "distribution: {kind: normal, mean: 1, sd: 2}"
    pair = f"  prize: {{value: 1, {normal}}}\n  harm: {{value: 1, {normal}}}\n"
    tied = loads(text(pair, "correlations: [{between: [prize, harm], rank: 0.5}]\n"))
    plain = loads(text(pair))
    futures = sample(plain, 256)
    points = np.column_stack([futures["prize"], futures["harm"]])
    r = 2 * np.sin(np.pi * 0.5 / 6)
    joint = stats.multivariate_normal([1, 1], 4 * np.array([[1, r], [r, 1]])).pdf(points)
    expected = joint / stats.norm(1, 2).pdf(points).prod(axis=1)
    weights = prior_weights(plain, futures, tied)
    np.testing.assert_allclose(weights, expected / expected.mean(), rtol=1e-8)


@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_boxes_of_correlated_discrete_parameters(many: int) -> None:
    """Chances of all combinations equal those of scipy's multivariate normal distribution.

    With every combination once as a future, independent and equally likely, the weights are
    proportional to the chances of the combinations under the correlated prior.
    """
    names = [f"part {k}" for k in range(many)]
    parts = "".join(
        f"  {name}: {{value: 0, distribution: {{kind: discrete, values: [0, 1]}}}}\n"
        for name in names
    )
    ties = "".join(f"  - {{between: [prize, {name}], rank: 0.3}}\n" for name in names) + "".join(
        f"  - {{between: [{one}, {other}], rank: 0.4}}\n" for one, other in pairwise(names)
    )
    plain, tied = loads(text(PRIZE + parts)), loads(text(PRIZE + parts, "correlations:\n" + ties))
    corners = np.array(np.meshgrid(*[[0.0, 1.0]] * many, indexing="ij")).reshape(many, -1)
    futures = {"prize": np.full(2**many, 2.0), **dict(zip(names, corners, strict=True))}
    weights = prior_weights(plain, futures, tied)
    one, next_to = (2 * np.sin(np.pi * rank / 6) for rank in (0.3, 0.4))
    spread = np.eye(many) - one**2
    for k in range(many - 1):
        spread[k, k + 1] = spread[k + 1, k] = next_to - one**2
    centre = one * stats.norm.ppf(0.75) * np.ones(many)
    chances = np.array(
        [
            stats.multivariate_normal.cdf(
                np.where(corner > 0, np.inf, 0.0),
                centre,
                spread,
                lower_limit=np.where(corner > 0, 0.0, -np.inf),
                abseps=1e-7,
                releps=1e-7,
                maxpts=200_000,
            )
            for corner in corners.T
        ]
    )
    np.testing.assert_allclose(weights, chances / chances.mean(), rtol=5e-5)


def test_two_discrete_parameters_alone() -> None:
    """Two scores are both below their medians with chance 1/4 + asin(r)/2π (Sheppard 1899)."""
    two = "".join(
        f"  {name}: {{value: 0, distribution: {{kind: discrete, values: [1, 0]}}}}\n"
        for name in ("prize", "view")
    )
    plain = loads(text(two))
    tied = loads(text(two, "correlations: [{between: [prize, view], rank: 0.6}]\n"))
    futures = {"prize": np.array([0.0, 0, 1, 1]), "view": np.array([0.0, 1, 0, 1])}
    same = 0.25 + np.arcsin(2 * np.sin(np.pi * 0.6 / 6)) / (2 * np.pi)
    expected = 4 * np.array([same, 0.5 - same, 0.5 - same, same])
    np.testing.assert_allclose(prior_weights(plain, futures, tied), expected, rtol=1e-12)


def test_more_correlated_discrete_parameters_than_can_be_weighed() -> None:
    """Five are refused where their prior changes, and are no hindrance where it does not."""
    parts = "".join(
        f"  part {k}: {{value: 0, distribution: {{kind: discrete, values: [0, 1]}}}}\n"
        for k in range(5)
    )
    ties = "".join(f"  - {{between: [part {k}, part {k + 1}], rank: 0.3}}\n" for k in range(4))
    scenario = loads(text(PRIZE + parts, "correlations:\n" + ties))
    futures = sample(scenario, 64)
    assert (prior_weights(scenario, futures, {"prize": {"range": [0, 3]}}) >= 0).all()
    other = {"part 2": {"distribution": {"kind": "discrete", "values": [0, 1], "weights": [1, 2]}}}
    with pytest.raises(ValueError, match="5 discrete parameters are correlated with each other"):
        prior_weights(scenario, futures, other)


def test_constraints_hold_under_the_other_prior_too() -> None:
    """A stricter scenario gives futures it would not sample no weight; the rest keep theirs."""
    free = loads(text(PAIR))
    strict = loads(text(PAIR, "constraints: [{holds: prize < 2 * harm}]\n"))
    futures = sample(free, 256)
    weights = prior_weights(free, futures, strict)
    kept = futures["prize"] < 2 * futures["harm"]
    assert (weights[~kept] == 0).all()
    assert np.ptp(weights[kept]) == 0
    assert effective_size(weights) == pytest.approx(kept.sum())
    within = sample(strict, 256)
    unchanged = prior_weights(strict, within, {})
    assert unchanged.tolist() == [1.0] * 256
    with pytest.raises(ValueError, match=r"of its weight where 'prize < 2 \* harm' is broken"):
        prior_weights(strict, within, free)


def test_a_constraint_that_the_other_prior_never_breaks_may_go() -> None:
    """What counts is where the other prior has its weight, not whether it writes it down."""
    strict = loads(text(PAIR, "constraints: [{holds: prize < 1.5}]\n"))
    narrow = loads(text(PAIR.replace("[-1, 3]", "[-1, 1.4]")))
    weights = prior_weights(strict, sample(strict, 256), narrow)
    assert set(np.round(weights, 9)) == {0.0, np.round(weights.max(), 9)}


Call = Callable[[Scenario, dict[str, Array]], object]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda s, f: prior_weights(s, f, {"prize": {"range": [0, 4]}}),
            "'prize' reaches outside of what was sampled: 25 % of its weight is below -1 or",
        ),
        (
            lambda s, f: prior_weights(
                s, f, {"view": {"distribution": {"kind": "discrete", "values": [1, 2, 3, 4]}}}
            ),
            "75 % of its weight is other than 0, 1,",
        ),
        (
            lambda s, f: prior_weights(s, f, {"view": {"range": [0, 1]}}),
            "'view' was sampled as discrete and the other prior is uniform",
        ),
        (lambda s, f: prior_weights(s, f, {"prise": {"range": [0, 1]}}), "did you mean 'prize'"),
        (lambda s, f: prior_weights(s, f, {"step": {"range": [0, 1]}}), "'step' is fixed in"),
        (
            lambda s, f: prior_weights(s, f, {"prize": {"range": [1, 0]}}),
            "the prior of 'prize': the lowest value 1 is not below the highest 0",
        ),
        (
            lambda s, f: prior_weights(s, f, {"prize": {"distribution": {"kind": "unifrom"}}}),
            "the prior of 'prize': unknown distribution 'unifrom'; did you mean 'uniform'",
        ),
        (
            lambda s, f: prior_weights(s, f, {"prize": {"range": [0, float("nan")]}}),
            "the prior of 'prize': expected a number, found the text 'NaN'",
        ),
        (lambda s, f: prior_weights(s, f, {"prize": [0, 1]}), r"is \[0, 1\]; expected {'range'"),  # type: ignore[dict-item]
        (lambda s, f: prior_weights(s, {"prize": f["prize"]}, {}), "have no parameter 'harm'"),
        (
            lambda s, f: prior_weights(s, f | {"prize": f["prize"] + 3}, {}),
            "future .* has prize = .* rule out",
        ),
        (
            lambda s, f: prior_weights(s, f | {"prize": f["prize"] * np.nan}, {}),
            "future 0 has prize = nan",
        ),
        (
            lambda s, f: prior_weights(s, f | {"prize": f["prize"][:5]}, {}),
            "arrays with one value a future, all of one length",
        ),
        (
            lambda s, f: prior_weights(
                s, {k: v[:1] for k, v in f.items()}, {"prize": {"range": [2.99, 3]}}
            ),
            "none of the sampled futures is possible",
        ),
        (
            lambda s, f: prior_weights(s, f, loads(text(MIXED))),
            "'tiny' has no parameter 'step', which 'tiny' has",
        ),
        (
            lambda s, f: prior_weights(s, f, loads(text(MIXED + "  step: {value: 5}\n"))),
            "'step' is fixed at 2 in 'tiny' and at 5 in 'tiny'",
        ),
        (
            lambda s, f: prior_weights(
                s,
                f,
                loads(text(MIXED.replace("range: [-1, 3]", "unit: x") + "  step: {value: 2}\n")),
            ),
            "'prize' was sampled, and 'tiny' fixes it",
        ),
        (
            lambda s, f: prior_weights(
                s, f, loads(text(MIXED + "  step: {value: 2, range: [1, 3]}\n"))
            ),
            "'step' is fixed in 'tiny', and so was not sampled",
        ),
    ],
)  # fmt: skip
def test_priors_that_no_weights_can_reach_are_refused(call: Call, message: str) -> None:
    """With what is wrong, and how much of the prior's weight it concerns."""
    scenario = loads(text(MIXED + "  step: {value: 2}\n"))
    with pytest.raises(ValueError, match=message):
        call(scenario, sample(scenario, 64))


def test_futures_of_another_constraint_are_refused() -> None:
    """Futures that the scenario would not have sampled are not its futures."""
    strict = loads(text(PAIR, "constraints: [{holds: prize < 2 * harm}]\n"))
    with pytest.raises(ValueError, match="breaks a constraint of 'tiny'"):
        prior_weights(strict, sample(loads(text(PAIR)), 64), {})


def test_nothing_uncertain_has_no_prior() -> None:
    """A scenario of fixed numbers has one future, and nothing to believe otherwise."""
    fixed = loads(text("  prize: {value: 1}\n"))
    with pytest.raises(ValueError, match="nothing is uncertain in 'tiny'"):
        prior_weights(fixed, {}, {})


def test_effective_size() -> None:
    """Kish (1965): n equal weights are worth n, one weight alone 1, whatever their scale."""
    assert effective_size([3, 3, 3, 3]) == 4
    assert effective_size([0, 7, 0]) == 1
    assert effective_size([1, 2, 3]) == pytest.approx(36 / 14)
    for wrong in ([], [0, 0], [1, -1], [1, np.nan], [[1, 2]]):
        with pytest.raises(ValueError, match="weights"):
            effective_size(wrong)


def test_bounds_on_a_share_by_hand() -> None:
    """Three of four futures, none more than twice or less than half as likely as it was.

    At least: the one that fails may have 2 · 1/4; the others keep 1/2. At most: it keeps 1/2 · 1/4.
    """
    where = np.array([True, True, False, True])
    assert share_bounds(where) == (0.75, 0.75)
    assert share_bounds(where, ratio=2) == pytest.approx((0.5, 0.875))
    assert share_bounds(where, [1, 1, 1, 1], [1, 1, 6, 0]) == pytest.approx((0.25, 0.75))
    assert share_bounds(where, [1, 1, 6, 0], ratio=2) == pytest.approx((0.125, 0.5))
    assert share_bounds([True, True], ratio=9) == (1, 1)
    assert share_bounds([5.0], ratio=3) == (5, 5)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-5, 5), st.floats(0.01, 1), st.floats(0.01, 1)),
        min_size=1,
        max_size=8,
    ),
    st.floats(1, 10),
)
def test_bounds_are_those_of_a_linear_program(
    rows: list[tuple[float, float, float]], ratio: float
) -> None:
    """Sorting finds the same extremes as a solver that knows the definition of the set only."""
    values, one, other = np.array(rows).T
    found = share_bounds(values, one, other, ratio=ratio)
    expected = []
    for sign in (1, -1):
        ends = []
        for prior in (one / one.sum(), other / other.sum()):
            solved = optimize.linprog(
                sign * values,
                A_eq=np.ones((1, len(values))),
                b_eq=np.ones(1),
                bounds=[(float(p) / ratio, float(p) * ratio) for p in prior],
            )
            ends.append(float(solved.fun or 0.0))
        expected.append(sign * min(ends))
    assert found == pytest.approx(tuple(expected), abs=1e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_bounds([]), "one value a future"),
        (lambda: share_bounds([[True]]), "one value a future"),
        (lambda: share_bounds([1.0, np.nan]), "not finite"),
        (lambda: share_bounds([True], ratio=0.5), "the ratio is 0.5; expected a number from 1 up"),
        (lambda: share_bounds([True], ratio=np.inf), "the ratio is inf"),
        (lambda: share_bounds([True], [1, 1]), "expected .1,.: one a future"),
        (lambda: share_bounds([True], [0]), "not all 0"),
    ],
)
def test_impossible_bounds_are_refused(call: Callable[[], object], message: str) -> None:
    """With what was found and what was expected."""
    with pytest.raises(ValueError, match=message):
        call()
