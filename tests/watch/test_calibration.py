"""Whether the picture is as sure as it may be: rungs drawn, reported at unknown rates, found."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from standoff.watch import Reporting, exposure, load_mapping, log_likelihood
from standoff.watch.ladder import estimate, interval, stationary, transition

MOVES = load_mapping("force").moves
PERIODS, COURSES = 60, 40
MONTH = 30

Whole = NDArray[np.int64]


def drawn(draw: np.random.Generator, reporting: Reporting) -> tuple[Whole, Whole]:
    """A course of rungs [period], and what a stream reports of it [stream, period, rung]."""
    step = transition(MOVES, MONTH)
    rungs = [int(draw.choice(5, p=stationary(MOVES)))]
    for _ in range(PERIODS - 1):
        rungs.append(int(draw.choice(5, p=step[rungs[-1]])))
    counts = np.zeros((1, PERIODS, 5), np.int64)
    for period, rung in enumerate(rungs):
        for k in range(1, 5):
            low, high = (
                reporting.seen
                if k == rung
                else reporting.mistaken
                if k > rung
                else (reporting.mistaken[0], reporting.seen[1])
            )
            rate = np.exp(draw.uniform(np.log(low), np.log(high)))
            counts[0, period, k] = draw.poisson(reporting.usual * rate)
    return np.array(rungs), counts


@cache
def tried(true: Reporting, assumed: Reporting) -> tuple[float, float, Whole, NDArray[np.float64]]:
    """Share of rungs within their 80 % intervals, mean log score, all rungs, and probabilities."""
    draw = np.random.default_rng(7)
    rungs, shares, within = [], [], []
    for _ in range(COURSES):
        course, counts = drawn(draw, true)
        exposed = exposure(counts, np.ones((1, PERIODS)), [MONTH] * PERIODS, [assumed])
        log = log_likelihood(counts, exposed, [assumed])
        found = estimate(log, [MONTH] * PERIODS, MOVES).probability
        low, _, high = interval(found)
        rungs.append(course)
        shares.append(found)
        within.append((low <= course) & (course <= high))
    every, probability = np.concatenate(rungs), np.concatenate(shares)
    score = float(np.log(probability[np.arange(len(every)), every]).mean())
    return float(np.concatenate(within).mean()), score, every, probability


@pytest.mark.parametrize("usual", [1.0, 10.0])
def test_probabilities_mean_what_they_say(usual: float) -> None:
    """Of periods to which force and more is given some probability it is reached in that share."""
    reporting = Reporting(usual)
    covered, _, rungs, probability = tried(reporting, reporting)
    reached = probability[:, 3:].sum(axis=1)
    assert covered > 0.8
    assert reached.mean() == pytest.approx((rungs >= 3).mean(), abs=0.02)
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        some = (reached >= low) & (reached < high)
        error = 3 * np.sqrt(0.25 / max(some.sum(), 1))
        assert reached[some].mean() == pytest.approx((rungs[some] >= 3).mean(), abs=error)


def test_to_suppose_that_rates_are_known_scores_worse() -> None:
    """With machine-coded news the mean log score is a third nearer to 0 where rates are carried."""
    news = Reporting(30.0, (0.1, 1.0), (0.01, 0.1))
    _, carried, _, _ = tried(news, news)
    _, supposed, _, _ = tried(news, news.known)
    assert supposed < 0
    assert carried > 0.7 * supposed


@pytest.mark.parametrize("usual", [0.3, 3.0])
def test_a_rate_three_times_off_is_carried(usual: float) -> None:
    """Where a stream reports three times as much or as little as assumed intervals still hold."""
    covered, _, _, _ = tried(Reporting(usual), Reporting())
    assert covered > 0.8
