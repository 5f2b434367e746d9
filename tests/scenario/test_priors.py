"""What is believed of parameters together: correlations, constraints, and what comes of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from standoff.scenario import (
    Scenario,
    ScenarioError,
    at_quantiles,
    correlated,
    expressions,
    feasible,
    keeps,
    lint,
    loads,
    score_correlation,
    uncertain,
)
from standoff.scenario.priors import nearest_correlation

HEAD = """\
standoff: 1
name: tiny
title: A tiny crisis
time: {period: month, periods: 3}
references:
  survey: {title: A survey}
parameters:
  harm: {value: 2, range: [1, 5], basis: assumed}
  step-cost: {value: 1, range: [0, 3], basis: assumed}
  gain: {value: 0.5, range: [0, 1], basis: assumed}
  share: {value: 0.3, source: survey}
"""
BODY = """\
variables:
  cities: {levels: 3}
order: [red]
actors:
  red:
    rationality: 2
    final: gain - harm * cities
    actions:
      wait: {}
      take: {when: cities < 3, cost: step_cost * share, set: {cities: cities + 1}}
"""
SECTIONS = """\
correlations:
  - {between: [step cost, harm], rank: 0.4, why: dear things hurt, source: survey}
  - {between: [harm, gain], rank: -0.5}
constraints:
  - {holds: step_cost * share < harm, why: a step costs less than it harms, source: [survey]}
"""


def crisis(sections: str = "") -> Scenario:
    return loads(HEAD + sections + BODY, "tiny.yaml")


def test_what_comes_out_of_the_file() -> None:
    """Names are those declared, expressions are checked, and every part has its place."""
    scenario = crisis(SECTIONS)
    first, second = scenario.correlations
    assert (first.between, first.rank, first.why) == (
        ("step-cost", "harm"),
        0.4,
        "dear things hurt",
    )
    assert (first.sources, second.sources) == (("survey",), ())
    (constraint,) = scenario.constraints
    assert constraint.holds.parameters == ("step-cost", "share", "harm")
    assert constraint.sources == ("survey",)
    lines = scenario.text.splitlines()
    assert "rank: -0.5" in lines[second.place.line - 1]
    assert "holds:" in lines[constraint.place.line - 1]
    assert constraint.holds in list(expressions(scenario))
    assert correlated(scenario) == ("harm", "step-cost", "gain")
    assert (crisis().correlations, crisis().constraints) == ((), ())


def test_scores_are_correlated_as_pearson_found() -> None:
    """A rank correlation of ρ needs one of 2 sin(πρ/6) between normal scores (Pearson 1907)."""
    scenario = crisis(SECTIONS)
    matrix = score_correlation(correlated(scenario), scenario.correlations)
    one, other = 2 * np.sin(np.pi * 0.4 / 6), 2 * np.sin(np.pi * -0.5 / 6)
    np.testing.assert_allclose(matrix, [[1, one, other], [one, 1, 0], [other, 0, 1]])
    drawn = stats.multivariate_normal([0, 0], [[1, one], [one, 1]]).rvs(200_000, random_state=0)
    assert stats.spearmanr(drawn).statistic == pytest.approx(0.4, abs=0.005)


def test_whether_futures_keep_the_constraints() -> None:
    """One answer a future; parameters that are not given are at their nominal values."""
    scenario = crisis(
        SECTIONS.replace("holds: step_cost * share < harm", "holds: harm > share + gain")
    )
    futures = {"harm": np.array([1.0, 1.0, 5.0]), "gain": np.array([0.5, 0.9, 1.0])}
    assert feasible(scenario, futures).tolist() == [True, False, True]
    assert keeps(scenario, scenario.constraints[0], {"gain": np.array([0.1])}).tolist() == [True]
    assert feasible(crisis(), futures).tolist() == [True] * 3
    assert feasible(crisis(), {}).tolist() == [True]


def test_the_middle_of_the_cube_is_the_median_of_all() -> None:
    """Whatever the correlations: all scores are 0 there."""
    middle = at_quantiles(crisis(SECTIONS), np.full((1, 3), 0.5))
    assert {name: float(values[0]) for name, values in middle.items()} == pytest.approx(
        {"harm": 3, "step-cost": 1.5, "gain": 0.5}
    )
    assert list(middle) == [parameter.name for parameter in uncertain(crisis())]


def test_faulty_sections_show_all_mistakes_at_once() -> None:
    """One reading shows every mistake, also those of other sections."""
    wrong = SECTIONS.replace("step cost, harm", "step cost, harn").replace(
        "share < harm", "share > 9"
    )
    with pytest.raises(ScenarioError) as caught:
        crisis(wrong.replace("rank: -0.5", "rank: -1"))
    assert [mistake.place.line for mistake in caught.value.mistakes] == [13, 14, 16]


NAMES = ("harm", "step-cost", "gain")


@given(st.lists(st.integers(-99, 99), min_size=3, max_size=3))
def test_suggested_correlations_can_hold_together(hundredths: list[int]) -> None:
    """Correlations are accepted where a matrix can be factored, and else what is suggested is."""
    pairs = list(combinations(NAMES, 2))

    def section(ranks: dict[Any, float]) -> str:
        items = (f"  - {{between: [{a}, {b}], rank: {rank}}}\n" for (a, b), rank in ranks.items())
        return "correlations:\n" + "".join(items)

    ranks = {pair: number / 100 for pair, number in zip(pairs, hundredths, strict=True)}
    matrix = np.eye(3)
    for (a, b), rank in ranks.items():
        i, j = NAMES.index(a), NAMES.index(b)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rank / 6)
    smallest = np.linalg.eigvalsh(matrix)[0]
    try:
        crisis(section(ranks))
    except ScenarioError as error:
        assert smallest < 1e-6
        (mistake,) = error.mistakes
        assert "cannot hold together with the others" in mistake.message
        listed = mistake.hint.removeprefix("the nearest that can: ").split(", ")
        for item in listed:
            names, _, suggested = item.rpartition(" ")
            one, other = names.split(" with ")
            assert (one, other) in ranks
            ranks[one, other] = float(suggested)
        crisis(section(ranks))
    else:
        assert smallest >= 1e-6


def test_nearest_correlation_matrix() -> None:
    """Higham (2002): the matrix nearest to the one of his example, to the four digits he gives."""
    given_matrix = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    found = nearest_correlation(given_matrix)
    np.testing.assert_allclose(found[0, 1:], [0.7607, 0.1573], atol=5e-5)
    assert np.linalg.eigvalsh(found)[0] > -1e-7
    possible: NDArray[np.float64] = np.array([[1.0, 0.3], [0.3, 1.0]])
    np.testing.assert_allclose(nearest_correlation(possible), possible, atol=1e-12)


@pytest.mark.parametrize(
    ("section", "line", "message"),
    [
        ("constraints: [{holds: harm > 0}]\n", 12, "this constraint refuses none of 4,096 futures"),
        (
            "constraints:\n  - {holds: step_cost < 1.01}\n  - {holds: harm < 2.1 and gain < 0.6}\n",
            14,
            "; this one alone refuses 8",
        ),
    ],
)
def test_doubtful_constraints(section: str, line: int, message: str) -> None:
    """A constraint that never refuses anything, and constraints that leave next to nothing."""
    found = [remark for remark in lint(crisis(section)) if remark.check == "constraint"]
    (remark,) = found
    assert remark.place.line == line
    assert message in remark.message
    assert remark.reason


def test_sound_sections_draw_no_remark() -> None:
    """Nor does a parameter that only a constraint uses count as unused."""
    checks = {remark.check for remark in lint(crisis(SECTIONS.replace("step_cost * share", "1.9")))}
    assert "constraint" not in checks
    assert "constraint" in {
        remark.check for remark in lint(crisis("constraints: [{holds: true}]\n"))
    }
    text = (HEAD + SECTIONS.replace("< harm,", "< harm + bound,") + BODY).replace(
        "  share:", "  bound: {value: 0, range: [-1, 0], basis: assumed}\n  share:"
    )
    assert "bound" not in "".join(r.message for r in lint(loads(text)) if r.check == "unused")
