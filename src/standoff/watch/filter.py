"""The exact forward filter on finitely many states, in many futures at once.

    p̂_t(s | θ)     = Σ_r p_{t-1}(r | θ) P_t(r, s; θ)                   ahead of the reports
    c_t(θ)         = Σ_s p̂_t(s | θ) ℓ_t(label of s)                    their probability
    p_t(s | θ)     = p̂_t(s | θ) ℓ_t(label of s) / c_t(θ)               once they are in
    w_t(θ)        ∝ w_{t-1}(θ) c_t(θ)                                  how probable each future is

(Baum, Petrie, Soules & Weiss 1970; Rabiner 1989, §III.A.) ℓ_t(label) is the probability of what was
reported of a period if the variable that is watched had that value at its end. Nothing is sampled
and nothing approximated: what comes out is the posterior over states, and over the futures that
were given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Reals = NDArray[np.float64]

Where = TypeVar("Where")
"""Whatever holds a distribution over states in every row."""


class ImpossibleReportsError(ValueError):
    """Raised where what was reported of a period can happen in no future at all."""


@dataclass(frozen=True)
class Filtered:
    """What reports say of a variable with so many labels, period by period.

    Periods are those that were reported of; what holds of one holds at its end.
    """

    predictive: Reals
    """Probability of each label ahead of the reports of the period, [period, label]."""
    probability: Reals
    """Probability of each label once they are in, [period, label]."""
    log_evidence: Reals
    """Logarithm of the probability of a period's reports given all before, [period]."""
    weight: Reals
    """Probability of each future after all reports, [row]."""
    row_log_evidence: Reals
    """Logarithm of the probability of all reports in each future, [row]."""
    row_predictive: Reals
    """`predictive` in each future, [period, row, label]."""
    row_probability: Reals
    """`probability` in each future, [period, row, label]."""

    @property
    def effective_rows(self) -> float:
        """How many futures of equal weight would say as much: 1 / Σ w² (Kish 1965)."""
        return float(1.0 / np.sum(self.weight**2))


@dataclass(frozen=True)
class Chain(Generic[Where]):
    """How a distribution over states goes on, is looked at, and is multiplied."""

    advance: Callable[[Where], Where]
    """A period later."""
    labels: Callable[[Where], Reals]
    """Probability of each label, [row, label]."""
    times: Callable[[Where, Reals], Where]
    """Each state's probability times what its label has, [row, label]."""


def run_filter(
    chain: Chain[Where], start: Where, log_likelihood: ArrayLike, weight: ArrayLike | None = None
) -> tuple[Filtered, Where]:
    """Filters reports of consecutive periods; also gives the distribution after the last.

    `log_likelihood` [period, label] may be -inf where a label is impossible; a row of zeros is a
    period of which nothing was reported. `weight` [row] is how probable each future was before, by
    default all alike.

    Raises:
        ImpossibleReportsError: what was reported of a period can happen in no future.
        ValueError: a log-likelihood is nan or +inf, or weights are none.
    """
    logs = np.asarray(log_likelihood, np.float64)
    rows, labels = chain.labels(start).shape
    _refuse_shape(logs, labels)
    prior = _logarithm(_weights(weight, rows))
    where, of_rows = start, np.zeros(rows)
    ahead, after = np.empty((2, len(logs), rows, labels))
    predictive, probability = np.empty((2, len(logs), labels))
    evidence = np.empty(len(logs))
    for period, log in enumerate(logs):
        where = chain.advance(where)
        known = _normal(prior + of_rows)
        ahead[period] = chain.labels(where)
        predictive[period] = known @ ahead[period]
        top = log.max()
        likelihood = np.exp(log - top) if np.isfinite(top) else np.zeros(labels)
        found = ahead[period] @ likelihood
        if not known @ found > 0:
            raise ImpossibleReportsError(
                f"what is reported of period {period + 1} of {len(logs)} is impossible: wherever "
                "it has a probability the model has none"
            )
        # A future in which it cannot happen keeps what it expected, and has no weight any more.
        possible = found > 0
        scale = np.where(possible, found, 1.0)[:, None]
        factor = np.where(possible[:, None], likelihood / scale, 1.0)
        where = chain.times(where, factor)
        after[period] = ahead[period] * factor
        of_rows += _logarithm(found) + top
        evidence[period] = np.log(known @ found) + top
        probability[period] = _normal(prior + of_rows) @ after[period]
    weights = _normal(prior + of_rows)
    return Filtered(predictive, probability, evidence, weights, of_rows, ahead, after), where


def _logarithm(numbers: Reals) -> Reals:
    """-inf where a number is 0."""
    found = np.full(numbers.shape, -np.inf)
    np.log(numbers, out=found, where=numbers > 0)
    return found


def _normal(log_weight: Reals) -> Reals:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def _weights(weight: ArrayLike | None, rows: int) -> Reals:
    given = np.full(rows, 1.0) if weight is None else np.asarray(weight, np.float64)
    if given.shape != (rows,) or not np.isfinite(given).all() or (given < 0).any():
        raise ValueError(f"weights have the shape {given.shape}; expected {rows} numbers from 0 up")
    if not given.sum() > 0:
        raise ValueError("all weights are 0; expected some future to be possible")
    return np.asarray(given / given.sum())


def _refuse_shape(logs: Reals, labels: int) -> None:
    if logs.ndim != 2 or logs.shape[1] != labels:
        raise ValueError(
            f"log-likelihoods have the shape {logs.shape}; expected (periods, {labels})"
        )
    if np.isnan(logs).any() or (logs == np.inf).any():
        raise ValueError("a log-likelihood is no number below infinity")


def filter_labels(
    transition: ArrayLike,
    start: ArrayLike,
    log_likelihood: ArrayLike,
    weight: ArrayLike | None = None,
) -> Filtered:
    """Filters a variable that goes from label to label as a Markov chain.

    `transition` is [row, from, to], or [from, to] for one future; `start` [label] is how probable
    each label is before the first period.

    Raises:
        ImpossibleReportsError, ValueError: as `run_filter`; rows that do not sum to 1.
    """
    matrix = np.asarray(transition, np.float64)
    matrix = matrix[None] if matrix.ndim == 2 else matrix
    begun = np.asarray(start, np.float64)
    if matrix.ndim != 3 or matrix.shape[1:] != (len(begun), len(begun)):
        raise ValueError(
            f"transitions have the shape {matrix.shape}; expected (futures, {len(begun)}, "
            f"{len(begun)})"
        )
    for what, rows in (("a row of the transitions", matrix), ("the start", begun)):
        if (rows < 0).any() or not np.allclose(rows.sum(axis=-1), 1.0, rtol=0, atol=1e-6):
            raise ValueError(f"{what} does not sum to 1")

    def advance(held: Reals) -> Reals:
        return np.asarray(np.einsum("ri,rij->rj", held, matrix))

    chain = Chain(advance, lambda held: held, lambda held, factor: held * factor)
    return run_filter(chain, np.tile(begun, (len(matrix), 1)), log_likelihood, weight)[0]
