"""Tempo: rates, ratios and changes, against textbook distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, gamma

from standoff.watch.tempo import change, tempo

MONTHS = np.full(24, 30.0)


def test_rates_and_ratios_are_those_of_poisson_counts() -> None:
    """Gamma for one rate (Jeffreys), Beta for the ratio of two, given the total."""
    events = np.array([3] * 23 + [9])
    found = tempo(0, events, MONTHS, 12)
    assert found is not None
    assert (found.rate.low, found.rate.middle, found.rate.high) == pytest.approx(
        tuple(np.asarray(gamma.ppf((0.1, 0.5, 0.9), 9.5))), rel=1e-5
    )
    share = np.asarray(beta.ppf((0.1, 0.5, 0.9), 9.5, 3.5))
    assert found.before is not None
    assert (found.before.low, found.before.middle, found.before.high) == pytest.approx(
        tuple(share / (1 - share)), rel=1e-5
    )
    assert found.year is not None
    assert found.year.low < 3 < found.year.high < found.before.high


def test_a_step_is_found_where_it_is() -> None:
    """From two a month to nine after a year: decisive, and at the right month."""
    events = np.random.default_rng(3).poisson([2] * 12 + [9] * 12)
    found = change(events, MONTHS)
    assert found is not None
    assert abs(found.period - 12) <= 1
    assert found.evidence > 2


def test_chance_alone_is_seldom_taken_for_a_change() -> None:
    """Of a hundred steady series at most ten look strongly changed (Jeffreys' factor of ten)."""
    draw = np.random.default_rng(4)
    strong = [change(draw.poisson(4, 24), MONTHS) for _ in range(100)]
    assert sum(one is not None and one.evidence >= 1 for one in strong) <= 10


def test_clusters_weaken_the_evidence() -> None:
    """Reports that come in clusters vary more than Poisson's, and say less of a change."""
    draw = np.random.default_rng(5)
    steady = draw.poisson(10, 24)
    clustered = draw.poisson(1, 24) * 10
    one, other = change(steady, MONTHS), change(clustered, MONTHS)
    assert one is not None
    assert other is not None
    assert one.dispersion < 3 < other.dispersion
    assert other.evidence < 2


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(1, 12))
def test_any_counts_give_finite_numbers(events: list[int], year: int) -> None:
    """Whatever is counted, nothing is nan, and intervals are in order."""
    found = tempo(0, np.array(events), np.full(len(events), 7.0), year)
    if found is None:
        assert not any(events)
        return
    for one in (found.rate, found.before, found.year):
        if one is not None:
            assert 0 <= one.low <= one.middle <= one.high < np.inf
    assert found.change is None or np.isfinite(found.change.evidence)


def test_uncovered_periods_are_not_silence() -> None:
    """A stream that ended long ago has its tempo of then, not a drop to nothing."""
    days = np.concatenate([np.full(12, 30.0), np.zeros(12)])
    events = np.concatenate([np.full(12, 5), np.zeros(12, int)])
    found = tempo(0, events, days, 12)
    assert found is not None
    assert (found.period, found.events) == (11, 5)
    assert found.change is not None
    assert found.change.evidence < 0
