"""A logistic regression beside the box: it sees slopes and interactions that a box cuts off.

Boxes misread cases that lie along a diagonal, or where two factors act together (Quinn et al. 2018
use logistic regression for scenario discovery for that reason).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import exp, nan
from typing import Any

import numpy as np

from standoff.discovery.columns import Column, columns_of
from standoff.discovery.factor import Reals, Table, Truths, as_cases, as_factors
from standoff.discovery.trust import deal

MOST_NUMBERS = 20_000_000
"""Of a table with pairs of factors: 160 MB."""


@dataclass(frozen=True)
class Term:
    """A factor's part in a regression, or that of two together."""

    factors: tuple[str, ...]
    label: str
    odds_ratio: float
    """The odds of a case are multiplied by this for one standard deviation more of the factor, or
    for the category against the commonest. Of two together: by how much each changes the other's
    ratio, for one standard deviation more.
    """


@dataclass(frozen=True, eq=False)
class Logistic:
    """A regression, and how it does in futures that it has not seen."""

    terms: tuple[Term, ...]
    """The strongest first."""
    interactions: bool
    """Whether pairs are in it: only if they lower the log-loss in held-out futures."""
    auc: float
    """Held out: how likely a case has a higher score than what is none."""
    log_loss: float
    """Held out: mean of −log(probability given to what happened)."""
    accuracy: float
    """Held out: share of futures that are told rightly."""
    base_rate: float
    """The accuracy of always saying what is commoner."""
    scores: Reals
    """[future]: probability of a case by a regression without it; NaN where none is held out."""
    folds: int
    """In how many folds; fewer than 2: none was held out."""


def regress(factors: Table, cases: Any, *, folds: int = 5, seed: int = 0) -> Logistic:
    """A logistic regression on standardised factors, with pairs of them if these help.

    Pairs are offered where there are at least as many futures as terms then, and `MOST_NUMBERS`
    are not exceeded.

    The penalty is the ridge of scikit-learn's default (C = 1), so that cases which can be told
    apart wholly still give finite odds. Constant factors are left out.

    Raises:
        ValueError: no future is a case, or all are, or no factor varies; or as `as_factors` and
            `as_cases` do.
    """
    table = as_factors(factors)
    found = as_cases(cases, len(table))
    if found.all() or not found.any():
        raise ValueError("a regression needs futures that are cases and futures that are not")
    columns, numbers = columns_of(table, all_categories=False)
    varies = np.ptp(numbers, axis=0) > 0 if len(columns) else np.zeros(0, np.bool_)
    if not varies.any():
        raise ValueError("no factor varies, and so none can tell cases apart")
    columns = tuple(column for column, does in zip(columns, varies, strict=True) if does)
    singles = standardised(columns, numbers[:, varies])
    alone = tuple((k,) for k in range(len(columns)))
    pairs = alone + tuple(
        (a, b)
        for a, b in combinations(range(len(columns)), 2)
        if columns[a].factor != columns[b].factor
    )
    folds = min(folds, int(found.sum()), int((~found).sum()))
    can_pair = len(alone) < len(pairs) <= min(len(table), MOST_NUMBERS // len(table))
    offered = [alone, pairs] if can_pair and folds >= 2 else [alone]
    tried = [(terms, _held_out(singles, terms, found, folds, seed)) for terms in offered]
    terms, scores = min(tried, key=lambda each: _log_loss(each[1], found))
    weights = _fitted(design(singles, terms), found).coef_[0]
    named = [
        Term(
            tuple(columns[k].factor for k in term),
            " × ".join(str(columns[k]) for k in term),
            exp(weight),
        )
        for term, weight in zip(terms, weights.tolist(), strict=True)
    ]
    order = np.argsort(-np.abs(weights), kind="stable")
    share = float(found.mean())
    return Logistic(
        tuple(named[k] for k in order),
        terms is pairs,
        _auc(scores, found),
        _log_loss(scores, found),
        float(((scores > 0.5) == found).mean()) if folds >= 2 else nan,
        max(share, 1 - share),
        scores,
        folds,
    )


def standardised(columns: tuple[Column, ...], numbers: Reals) -> Reals:
    """Numbers with mean 0 and standard deviation 1; indicators as they are. [future, column]."""
    scaled = numbers.copy()
    for k, column in enumerate(columns):
        if not column.is_indicator:
            scaled[:, k] = (numbers[:, k] - numbers[:, k].mean()) / numbers[:, k].std()
    return scaled


def design(singles: Reals, terms: tuple[tuple[int, ...], ...]) -> Reals:
    """Columns and products of columns, [future, term]."""
    return np.stack([singles[:, list(term)].prod(axis=1) for term in terms], axis=1)


def _fitted(numbers: Reals, cases: Truths) -> Any:
    """A regression of scikit-learn."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000).fit(numbers, cases)


def _held_out(
    singles: Reals, terms: tuple[tuple[int, ...], ...], cases: Truths, folds: int, seed: int
) -> Reals:
    """Probabilities by regressions on the other folds, [future]."""
    scores = np.full(len(cases), np.nan)
    if folds < 2:
        return scores
    numbers = design(singles, terms)
    fold = deal(cases, folds, np.random.default_rng([seed, 4]))
    for k in range(folds):
        test = fold == k
        scores[test] = _fitted(numbers[~test], cases[~test]).predict_proba(numbers[test])[:, 1]
    return scores


def _log_loss(scores: Reals, cases: Truths) -> float:
    """Mean of −log(probability given to what happened)."""
    given = np.where(cases, scores, 1 - scores)
    return float(-np.log(np.maximum(given, 1e-15)).mean())


def _auc(scores: Reals, cases: Truths) -> float:
    """Area under the curve of Mann & Whitney (1947); ties count half."""
    from scipy.stats import rankdata

    if np.isnan(scores).any():
        return nan
    positive = int(cases.sum())
    ranks = rankdata(scores)[cases].sum()
    return float((ranks - positive * (positive + 1) / 2) / (positive * (len(cases) - positive)))
