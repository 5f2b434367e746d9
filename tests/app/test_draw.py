"""Futures in which some assumptions are settled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from standoff.app.draw import draw
from standoff.explore import sample
from standoff.scenario import Scenario, load, loads

RELATED = """
standoff: 1
name: related
title: Two things that hang together
time: {period: year, periods: 1}
parameters:
  first: {value: 0.5, range: [0, 1], unit: share, why: to be pinned, basis: assumed}
  second: {value: 0.5, range: [0, 1], unit: share, why: to follow, basis: assumed}
  third: {value: 0.5, range: [0, 1], unit: share, why: to stay, basis: assumed}
correlations:
  - {between: [first, second], rank: 0.8, why: they hang together}
variables: {done: {flag: false}}
order: [mover]
actors:
  mover: {rationality: 1, actions: {wait: {}, act: {set: {done: true}}}, final: done * first}
"""


@pytest.fixture(scope="module")
def related() -> Scenario:
    return loads(RELATED)


def test_nothing_pinned_they_are_those_of_a_study() -> None:
    """A block of the page is a block of the study with the same seed, to the bit."""
    scenario = load("two-move-deterrence")
    whole, part = sample(scenario, 48, 3), draw(scenario, 16, 16, {}, 3)
    for name, values in whole.items():
        assert (part[name] == values[16:32]).all()


def test_what_is_pinned_is_the_same_in_all_and_the_rest_is_as_before() -> None:
    """Independent assumptions do not move with one that is settled."""
    scenario = load("two-move-deterrence")
    free, settled = draw(scenario, 0, 32, {}), draw(scenario, 0, 32, {"harm": 1.5})
    assert (settled["harm"] == 1.5).all()
    assert (settled["loss"] == free["loss"]).all()


def test_what_is_correlated_moves_along(related: Scenario) -> None:
    """Given the first at its 90th percentile, scores of the second are normal with mean ρz and
    variance 1 - ρ² (the conditional normal distribution), where ρ = 2 sin(π 0.8 / 6)."""
    from scipy import stats

    rho = 2 * np.sin(np.pi * 0.8 / 6)
    found = draw(related, 0, 4096, {"first": 0.9})
    scores = stats.norm.ppf(found["second"])
    assert scores.mean() == pytest.approx(rho * stats.norm.ppf(0.9), abs=0.02)
    assert scores.std() == pytest.approx(np.sqrt(1 - rho**2), abs=0.02)
    assert found["third"].mean() == pytest.approx(0.5, abs=0.01)


def test_futures_that_break_a_constraint_are_left_out() -> None:
    """Nothing is shown that the scenario rules out."""
    text = RELATED.replace(
        "variables:", "constraints: [{holds: first + third <= 1.2, why: said so}]\nvariables:"
    )
    scenario = loads(text)
    found = draw(scenario, 0, 256, {"first": 0.9})
    assert 0 < len(found["third"]) < 256
    assert found["third"].max() <= 0.3 + 1e-12
    free = replace(scenario, constraints=())
    assert len(draw(free, 0, 256, {"first": 0.9})["third"]) == 256


def test_an_unknown_assumption_is_named(related: Scenario) -> None:
    """With the nearest name that there is."""
    with pytest.raises(KeyError, match="did you mean 'first'"):
        draw(related, 0, 16, {"frist": 1.0})
