"""The regression beside the box: slopes and interactions, and honest scores."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from standoff.discovery import regress


def test_true_odds_ratios_are_found() -> None:
    """Cases drawn from a logistic law: its coefficients, per standard deviation, come back."""
    rng = np.random.default_rng(1)
    table = {
        "x": rng.random(20_000) * 7 + 3,
        "y": rng.normal(size=20_000),
        "c": rng.choice(["a", "b"], 20_000, p=[0.7, 0.3]),
        "idle": rng.random(20_000),
    }
    odds = -0.5 + 0.8 * (table["x"] - 6.5) / (7 / 12**0.5) - 1.2 * table["y"]
    odds += 0.6 * (table["c"] == "b")
    cases = rng.random(20_000) < 1 / (1 + np.exp(-odds))
    found = regress(table, cases)
    ratios = {term.label: term.odds_ratio for term in found.terms}
    assert not found.interactions
    assert ratios["x"] == pytest.approx(exp(0.8), rel=0.07)
    assert ratios["y"] == pytest.approx(exp(-1.2), rel=0.07)
    assert ratios["c is b"] == pytest.approx(exp(0.6), rel=0.1)
    assert ratios["idle"] == pytest.approx(1, rel=0.07)
    strength = [abs(log(term.odds_ratio)) for term in found.terms]
    assert strength == sorted(strength, reverse=True)


def test_interactions_only_where_they_help() -> None:
    """Either but not both: pairs come in, theirs is the strongest, and the scores follow."""
    rng = np.random.default_rng(2)
    table = {f"x{k}": rng.random(600) for k in range(4)}
    either = regress(table, (table["x0"] > 0.5) ^ (table["x1"] > 0.5))
    assert either.interactions
    assert either.terms[0].factors == ("x0", "x1")
    assert either.terms[0].label == "x0 × x1"
    assert either.auc > 0.95
    assert either.accuracy > either.base_rate + 0.3
    noise = regress(table, rng.random(600) < 0.3)
    assert not noise.interactions
    assert 0.4 < noise.auc < 0.6


def test_scores_are_what_they_are_called() -> None:
    """AUC and log-loss as scikit-learn computes them from the held-out probabilities."""
    rng = np.random.default_rng(3)
    table = {"x": np.round(rng.random(300), 1), "y": rng.integers(0, 3, 300)}
    cases = rng.random(300) < table["x"]
    found = regress(table, cases)
    assert found.auc == pytest.approx(roc_auc_score(cases, found.scores))
    assert found.log_loss == pytest.approx(log_loss(cases, found.scores))
    assert found.accuracy == pytest.approx(((found.scores > 0.5) == cases).mean())
    assert found.base_rate == pytest.approx(max(cases.mean(), 1 - cases.mean()))


def test_cases_that_one_factor_tells_wholly() -> None:
    """Where a factor separates all cases the odds stay finite."""
    x = np.linspace(0, 1, 200)
    found = regress({"x": x, "flat": np.ones(200)}, x > 0.5)
    assert [term.label for term in found.terms] == ["x"]
    assert np.isfinite(found.terms[0].odds_ratio)
    assert found.accuracy > 0.95


def test_regressions_that_cannot_be() -> None:
    """Only cases, or only factors that never vary; with one case nothing is held out."""
    x = np.arange(20.0)
    with pytest.raises(ValueError, match="futures that are cases and futures that are not"):
        regress({"x": x}, np.ones(20))
    with pytest.raises(ValueError, match="no factor varies"):
        regress({"x": np.ones(20), "c": np.full(20, "a")}, x > 5)
    alone = regress({"x": x}, x == 3)
    assert alone.folds < 2
    assert np.isnan([alone.auc, alone.log_loss, alone.accuracy]).all()
