"""Successive halving on plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from standoff.findings import Halving, successive_halving

Array = NDArray[np.float64]


def mean(performance: Array) -> Array:
    return np.asarray(performance.mean(axis=0))


def search(table: Array, *, keep: int = 1, always: int = 0) -> tuple[Halving, list[int]]:
    """A search in a table [future, candidate, objective], and the size of each evaluation."""
    asked: list[int] = []

    def evaluate(candidates: NDArray[np.int64], low: int, high: int) -> Array:
        asked.append(len(candidates) * (high - low))
        return table[low:high][:, candidates]

    futures, candidates, _ = table.shape
    found = successive_halving(
        evaluate, mean, candidates, futures, first=4, keep=keep, always=always
    )
    return found, asked


def test_the_better_half_goes_on_to_twice_the_futures() -> None:
    """Rungs, sizes and work are those of the definition (Karnin, Koren & Somekh 2013), and the
    best of clearly separated candidates is found."""
    rng = np.random.default_rng(0)
    table = np.arange(16.0)[None, :, None] + rng.uniform(-0.4, 0.4, (20, 16, 1))
    found, asked = search(table)
    assert [(rung.futures, len(rung.candidates)) for rung in found.rungs] == [
        (4, 16),
        (8, 8),
        (16, 4),
        (20, 2),
    ]
    assert asked == [16 * 4, 8 * 4, 4 * 8, 2 * 4]
    assert found.kept.tolist() == [15]
    np.testing.assert_array_equal(found.performance[:, 0], table[:, 15])


def test_what_equals_the_last_that_stays_is_not_dropped() -> None:
    """Between equals nothing is decided by their order; but those that did the same in every future
    are one."""
    table = np.stack([np.roll([0.0, 1, 2, 5], k) for k in range(4)], axis=1)[:, [0, 0, 1, 2, 3, 3]]
    table[:, 0] -= 1
    found, _ = search(table[:, :, None], keep=2)
    assert found.kept.tolist() == [1, 2, 3, 4]


def test_no_front_is_cut() -> None:
    """With two objectives all that nothing dominates is kept, though fewer were asked for."""
    points = np.array([[0.0, 4], [1, 3], [2, 2], [3, 1], [1, 1], [0, 0], [2, 0]])
    found, _ = search(np.repeat(points[None], 8, axis=0))
    assert found.kept.tolist() == [0, 1, 2, 3]


def test_some_stay_whatever_they_are_worth() -> None:
    """Those to compare with are never dropped, and take nobody's place."""
    table = np.repeat(np.arange(8.0)[None, :, None], 16, axis=0)
    found, _ = search(table, keep=2, always=3)
    assert found.kept.tolist() == [0, 1, 2, 6, 7]


def test_the_search_flatters_what_it_chose_in_noise() -> None:
    """The optimizer's curse (Smith & Winkler 2006): of candidates that are all worth 0 the one kept
    looks better than 0 in every search, and is worth about 0 in other futures."""
    shown, true = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found, _ = search(rng.standard_normal((32, 64, 1)))
        shown.append(float(found.performance[:, 0].mean()))
        true.append(float(rng.standard_normal(32).mean()))
    assert min(shown) > 0
    assert np.mean(shown) > 0.25 > 0.1 > abs(np.mean(true))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"candidates": 2, "always": 2}, "'candidates' is 2; expected 3 or more"),
        ({"futures": 0}, "'futures' is 0; expected 1 or more"),
        ({"keep": 0}, "'keep' is 0; expected 1 or more"),
        ({"first": 0}, "'first' is 0; expected 1 or more"),
        ({"always": -1}, "'always' is -1; expected 0 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, int], words: str) -> None:
    """Numbers out of range are named, with what was expected."""
    given = {"candidates": 4, "futures": 8, **change}
    with pytest.raises(ValueError, match=words):
        successive_halving(lambda *_: np.zeros((8, 4, 1)), mean, **given)


def test_wrong_numbers_do_not_pass() -> None:
    """A performance that is NaN or of another shape, or a score that is NaN, is never ranked."""
    with pytest.raises(ValueError, match=r"candidate 1 of this rung in its future 0 is nan"):
        search(np.full((8, 4, 1), [[[0.0], [np.nan], [0.0], [0.0]]]))
    with pytest.raises(ValueError, match=r"shape \(8, 3, 1\); expected 8 futures, 4 candidates"):
        successive_halving(lambda *_: np.zeros((8, 3, 1)), mean, 4, 8)
    with pytest.raises(ValueError, match="1 of them are not numbers"):
        successive_halving(
            lambda *_: np.zeros((8, 4, 1)), lambda _: np.array([[0], [np.nan], [0], [0]]), 4, 8
        )
