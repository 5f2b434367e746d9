"""How reports speak for rungs when nobody knows how much is reported."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import poisson

from standoff.watch import Reporting, exposure, log_likelihood
from standoff.watch.ladder import estimate
from standoff.watch.likelihood import log_marginal
from standoff.watch.mapping import load_mapping

MOVES = load_mapping("force").moves


@pytest.mark.parametrize("count", [0, 1, 3, 12, 80])
@pytest.mark.parametrize(("low", "high"), [(0.03, 0.3), (0.3, 3.0), (5.0, 50.0)])
def test_the_marginal_is_the_integral(count: int, low: float, high: float) -> None:
    """The closed form agrees with numerical integration of Poisson over an even log rate."""

    def density(log: float) -> float:
        return float(poisson.pmf(count, np.exp(log)))

    area, _ = quad(density, np.log(low), np.log(high), epsabs=0, epsrel=1e-11, limit=200)
    found = log_marginal(np.array([count]), np.array([low]), np.array([high]))
    assert found[0] == pytest.approx(np.log(area / np.log(high / low)), abs=1e-8)


def test_the_marginal_is_a_distribution() -> None:
    """Over all counts it sums to one; and with a rate that is known it is Poisson's."""
    counts = np.arange(2000)
    for low, high in ((0.01, 0.1), (0.5, 5.0), (100.0, 1000.0)):
        found = log_marginal(counts, np.array(low), np.array(high))
        assert np.exp(found).sum() == pytest.approx(1.0, abs=1e-9)
    known = log_marginal(counts, np.array(4.0), np.array(4.0))
    assert known == pytest.approx(poisson.logpmf(counts, 4.0))


def test_far_counts_are_small_and_finite() -> None:
    """Where doubles underflow the likelihood goes on falling, and never becomes nan."""
    found = log_marginal(np.array([0, 10, 10_000, 10_000_000]), np.array(0.01), np.array(0.1))
    assert np.isfinite(found).all()
    assert (np.diff(found) < 0).all()
    silent = log_marginal(np.array([0, 10]), np.array(1e5), np.array(1e6))
    assert np.isfinite(silent).all()


def test_without_exposure_silence_says_nothing() -> None:
    """A period that a stream does not cover leaves all rungs as likely as each other."""
    counts = np.zeros((1, 2, 5), np.int64)
    reporting = [Reporting()]
    exposed = exposure(counts, np.array([[0.0, 1.0]]), [30, 30], reporting)
    found = log_likelihood(counts, exposed, reporting)
    assert found[0] == pytest.approx(np.zeros(5))
    assert found[1, 0] > found[1, 1:].max()


def test_other_dealings_measure_how_much_is_reported() -> None:
    """Ten reports of force among a hundred others speak for force, among ten thousand hardly."""
    few = np.array([[[100, 0, 0, 10, 0]]])
    many = np.array([[[10_000, 0, 0, 10, 0]]])
    reporting = [Reporting(seen=(0.1, 1.0), mistaken=(0.001, 0.01))]

    def best(counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
        exposed = exposure(counts, np.ones((1, 1)), [30], reporting)
        return int(log_likelihood(counts, exposed, reporting)[0].argmax())

    assert (best(few), best(many)) == (3, 0)


REPORTS = st.lists(st.tuples(*(st.integers(0, 40) for _ in range(5))), min_size=1, max_size=6)


@given(REPORTS, REPORTS, st.integers(0, 5), st.integers(1, 4), st.integers(1, 30))
def test_more_reports_of_a_rung_never_speak_against_at_least_it(
    first: list[tuple[int, ...]],
    second: list[tuple[int, ...]],
    period: int,
    rung: int,
    more: int,
) -> None:
    """In the period itself, with two streams and the whole chain around it."""
    periods = min(len(first), len(second))
    counts = np.array([first[:periods], second[:periods]], np.int64)
    added = counts.copy()
    added[0, period % periods, rung] += more
    reporting = [Reporting(), Reporting(3.0, (0.1, 1.0), (0.01, 0.1))]

    def reached(reports: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
        covered = np.ones((2, periods))
        exposed = exposure(reports, covered, [30] * periods, reporting)
        found = estimate(log_likelihood(reports, exposed, reporting), [30] * periods, MOVES)
        return float(found.probability[period % periods, rung:].sum())

    assert reached(added) >= reached(counts) - 1e-9


def test_a_rate_that_is_unknown_leaves_more_open() -> None:
    """What is seen is less sure with a factor of ten than with a known rate: entropy rises."""
    counts = np.array([[[0, 0, 1, 2, 0]]])

    def entropy(reporting: Reporting) -> float:
        exposed = exposure(counts, np.ones((1, 1)), [30], [reporting])
        log = log_likelihood(counts, exposed, [reporting])
        shares = estimate(log, [30], MOVES).probability[0]
        return float(-(shares * np.log(shares)).sum())

    wide = Reporting()
    assert entropy(wide) > entropy(wide.known)
