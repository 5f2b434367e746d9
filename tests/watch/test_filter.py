"""The exact filter: against hand, against every path of a game, and what must hold of any."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from standoff.watch.filter import ImpossibleReportsError, filter_labels

Reals = NDArray[np.float64]

RAIN = np.array([[0.7, 0.3], [0.3, 0.7]])
UMBRELLA, NONE = np.log([0.9, 0.2]), np.log([0.1, 0.8])


def test_the_umbrella_world() -> None:
    """Rain after one umbrella is 0.818, after two 0.883 (Russell & Norvig 2010, §15.2)."""
    found = filter_labels(RAIN, [0.5, 0.5], [UMBRELLA, UMBRELLA])
    assert found.probability[:, 0] == pytest.approx([0.818182, 0.883357], abs=1e-6)
    assert found.predictive[:, 0] == pytest.approx([0.5, 0.627273], abs=1e-6)
    # Two umbrellas: 0.55 at first, then 0.627273 · 0.9 + 0.372727 · 0.2.
    assert np.exp(found.log_evidence) == pytest.approx([0.55, 0.639091], abs=1e-6)


def chains(rows: int, labels: int, periods: int, seed: int) -> tuple[Reals, Reals, Reals, Reals]:
    """Transitions, start, log-likelihoods and weights, at random."""
    random = np.random.default_rng(seed)
    transition = random.dirichlet(np.ones(labels), (rows, labels))
    return (
        transition,
        random.dirichlet(np.ones(labels)),
        np.log(random.random((periods, labels))),
        random.random(rows) + 0.01,
    )


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_the_filter_is_the_sum_over_all_paths(
    rows: int, labels: int, periods: int, seed: int
) -> None:
    """State, futures and evidence are those of enumerating every path in every future."""
    transition, start, logs, weight = chains(rows, labels, periods, seed)
    found = filter_labels(transition, start, logs, weight)
    last = np.zeros((rows, labels))
    for row, path in product(range(rows), product(range(labels), repeat=periods + 1)):
        p = start[path[0]]
        for period, (a, b) in enumerate(pairwise(path)):
            p *= transition[row, a, b] * np.exp(logs[period, b])
        last[row, path[-1]] += p
    joint = last * (weight / weight.sum())[:, None]
    assert found.log_evidence.sum() == pytest.approx(np.log(joint.sum()), abs=1e-10)
    assert found.weight == pytest.approx(joint.sum(axis=1) / joint.sum(), abs=1e-10)
    assert found.row_log_evidence == pytest.approx(np.log(last.sum(axis=1)), abs=1e-10)
    assert found.probability[-1] == pytest.approx(joint.sum(axis=0) / joint.sum(), abs=1e-10)


@given(st.integers(1, 5), st.integers(2, 4), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_probabilities_sum_to_one(rows: int, labels: int, periods: int, seed: int) -> None:
    """Ahead of reports and after them, in every future and over all of them."""
    found = filter_labels(*chains(rows, labels, periods, seed))
    for each in (found.predictive, found.probability, found.row_predictive, found.row_probability):
        assert each.sum(axis=-1) == pytest.approx(np.ones(each.shape[:-1]), abs=1e-12)
    assert found.weight.sum() == pytest.approx(1, abs=1e-12)
    assert 1 - 1e-9 <= found.effective_rows <= rows + 1e-9


@given(st.integers(0, 2**32 - 1), st.floats(-700, 700))
def test_a_common_factor_of_the_likelihood_tells_nothing(seed: int, shift: float) -> None:
    """Only ratios of likelihoods matter to states and futures; evidence moves by the factor."""
    transition, start, logs, weight = chains(3, 3, 4, seed)
    plain = filter_labels(transition, start, logs, weight)
    moved = filter_labels(transition, start, logs + shift, weight)
    assert moved.probability == pytest.approx(plain.probability, abs=1e-9)
    assert moved.weight == pytest.approx(plain.weight, abs=1e-9)
    assert moved.log_evidence - shift == pytest.approx(plain.log_evidence, abs=1e-9)


def test_identical_futures_have_equal_evidence() -> None:
    """Futures that do not differ are told apart by nothing."""
    transition, start, logs, _ = chains(1, 3, 6, 7)
    found = filter_labels(np.repeat(transition, 4, axis=0), start, logs)
    assert found.weight == pytest.approx(np.full(4, 0.25), abs=0)
    assert len(set(found.row_log_evidence)) == 1


def test_silence_tells_nothing() -> None:
    """Where nothing is reported the filter is the chain, and no future gains by it."""
    transition, start, _, weight = chains(3, 4, 1, 3)
    found = filter_labels(transition, start, np.zeros((2, 4)), weight)
    assert found.row_probability[1, 2] == pytest.approx(start @ transition[2] @ transition[2])
    assert found.weight == pytest.approx(weight / weight.sum())


def test_what_is_impossible_in_one_future_leaves_the_others() -> None:
    """A future that what happened rules out has weight 0; the posterior is that of the rest."""
    stuck = np.eye(2)
    both = np.array([stuck, RAIN])
    found = filter_labels(both, [1, 0], [[-690.0, 0.0], [0.0, 0.0]])
    assert found.weight[0] < 1e-290
    never = [[-np.inf, 0.0], [0.0, 0.0]]
    ruled = filter_labels(both, [1, 0], never)
    assert ruled.weight.tolist() == [0, 1]
    assert ruled.probability[0].tolist() == [0, 1]
    assert np.isfinite(ruled.probability).all()


def test_impossible_reports_are_refused() -> None:
    """What can happen in no future is told, and when."""
    with pytest.raises(ImpossibleReportsError, match="period 2 of 2 is impossible"):
        filter_labels(np.eye(2), [1, 0], [[0.0, 0.0], [-np.inf, 0.0]])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((RAIN, [0.5, 0.5], [[0, 0, 0]]), r"shape \(1, 3\); expected \(periods, 2\)"),
        ((RAIN, [0.5, 0.5], [[0, np.nan]]), "no number below infinity"),
        ((RAIN, [0.5, 0.4], [[0, 0]]), "the start does not sum to 1"),
        ((RAIN * 2, [0.5, 0.5], [[0, 0]]), "a row of the transitions does not sum to 1"),
        ((RAIN[:1], [0.5, 0.5], [[0, 0]]), r"expected \(futures, 2, 2\)"),
        ((RAIN, [0.5, 0.5], [[0, 0]], [-1]), "numbers from 0 up"),
        ((RAIN, [0.5, 0.5], [[0, 0]], [0]), "all weights are 0"),
    ],
)
def test_what_is_no_model_is_refused(arguments: tuple[object, ...], said: str) -> None:
    """Arrays that are no distributions, or do not fit together, are told apart."""
    with pytest.raises(ValueError, match=said):
        filter_labels(*arguments)  # type: ignore[arg-type]
