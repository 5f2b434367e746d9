"""Switches between rival structures: how often a verdict turns with them, and their variance."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from standoff.sensitivity import Crossing, by_structure, crossed

Array = NDArray[np.float64]


def full(*sizes: int) -> dict[str, list[str]]:
    """All combinations of switches of so many options, the last one fastest."""
    rows = list(product(*(range(size) for size in sizes)))
    return {f"s{k}": [f"o{row[k]}" for row in rows] for k in range(len(sizes))}


def exact(sizes: tuple[int, ...], values: Array) -> dict[frozenset[int], Fraction]:
    """The variance of every set of factors, in fractions, from the definition (Hoeffding 1948).

    `values` is [variant, future]; the last factor is the future.
    """
    axes = [*sizes, values.shape[1]]
    flat = values.ravel()
    table = {
        cell: Fraction(float(y)) for cell, y in zip(product(*map(range, axes)), flat, strict=True)
    }
    factors = range(len(axes))

    def mean(subset: tuple[int, ...]) -> dict[tuple[int, ...], Fraction]:
        groups: dict[tuple[int, ...], list[Fraction]] = {}
        for cell, y in table.items():
            groups.setdefault(tuple(cell[k] for k in subset), []).append(y)
        return {key: sum(group, Fraction()) / len(group) for key, group in groups.items()}

    def closed(subset: tuple[int, ...]) -> Fraction:
        means = list(mean(subset).values())
        centre = sum(means, Fraction()) / len(means)
        return sum(((m - centre) ** 2 for m in means), Fraction()) / len(means)

    parts: dict[frozenset[int], Fraction] = {}
    for count in range(1, len(axes) + 1):
        for subset in combinations(factors, count):
            inner = sum((v for s, v in parts.items() if s < frozenset(subset)), Fraction())
            parts[frozenset(subset)] = closed(subset) - inner
    return parts


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(2, 3), min_size=1, max_size=3),
    futures=st.integers(1, 4),
    data=st.data(),
)
def test_shares_are_those_of_the_definition(
    sizes: list[int], futures: int, data: st.DataObject
) -> None:
    """First and total shares equal the exact decomposition, computed in fractions, to rounding."""
    cells = int(np.prod(sizes))
    numbers = data.draw(
        st.lists(st.integers(-9, 9), min_size=cells * futures, max_size=cells * futures)
    )
    margins = np.array(numbers, float).reshape(cells, futures)
    parts = exact(tuple(sizes), margins)
    whole = sum(parts.values(), Fraction())
    found = by_structure(full(*sizes), np.sign(margins), margins, resamples=2)
    assert found.first is not None
    assert found.total is not None
    assert found.variance is not None
    assert found.variance[0] == pytest.approx(float(whole), abs=1e-12)
    for k in range(len(sizes) + 1):
        if not whole:
            assert np.isnan(found.first[k, 0])
            assert np.isnan(found.total[k, 0])
            continue
        total = sum((v for s, v in parts.items() if k in s), Fraction())
        assert found.first[k, 0] == pytest.approx(float(parts[frozenset([k])] / whole), abs=1e-12)
        assert found.total[k, 0] == pytest.approx(float(total / whole), abs=1e-12)


def naive_changes(switches: dict[str, list[str]], verdicts: Array, switch: str) -> float:
    """Pairs of variants that differ in one switch, compared one by one."""
    rows = list(zip(*switches.values(), strict=True))
    at = list(switches).index(switch)
    shares = [
        np.mean(verdicts[a] * verdicts[b] < 0)
        for a, b in combinations(range(len(rows)), 2)
        if rows[a][at] != rows[b][at]
        and all(x == y for k, (x, y) in enumerate(zip(rows[a], rows[b], strict=True)) if k != at)
    ]
    return float(np.mean(shares))


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(2, 4), min_size=1, max_size=3),
    seed=st.integers(0, 999),
)
def test_changes_are_counted_pair_by_pair(sizes: list[int], seed: int) -> None:
    """A switch is thrown alone: every pair of variants that differ in it and in nothing else."""
    rng = np.random.default_rng(seed)
    switches = full(*sizes)
    verdicts = rng.integers(-1, 2, (len(switches["s0"]), 7)).astype(float)
    found = by_structure(switches, verdicts, resamples=2)
    for k, name in enumerate(found.switches):
        assert found.changes[k, 0] == pytest.approx(naive_changes(switches, verdicts, name))
    both = (verdicts > 0).any(axis=0) & (verdicts < 0).any(axis=0)
    assert found.hangs[0] == pytest.approx(both.mean())
    assert (found.changes[:, 0] + found.undetermined[:, 0] <= 1 + 1e-12).all()


def test_where_the_answer_is_known() -> None:
    """What only adds has no interaction; what only multiplies by a mean of 0 has nothing else."""
    steps, futures = np.array([0.0, 0.0, 4.0, 4.0]), np.array([-3.0, -1.0, 1.0, 3.0])
    added = steps[:, None] + futures
    turned = np.array([1.0, 1.0, -1.0, -1.0])[:, None] * futures
    found = by_structure(
        full(2, 2), np.sign([added, turned]), np.array([added, turned]), outputs=["added", "turned"]
    )
    assert found.first is not None
    assert found.total is not None
    # Variances: 4 of the steps, 5 of the futures.
    assert found.first[:, 0] == pytest.approx([4 / 9, 0, 5 / 9])
    assert found.total[:, 0] == pytest.approx([4 / 9, 0, 5 / 9])
    assert found.first[:, 1] == pytest.approx([0, 0, 0])
    assert found.total[:, 1] == pytest.approx([1, 0, 1])
    assert found.changes[:, 1] == pytest.approx([1, 0])
    assert found.hangs[1] == 1
    assert found.changes[0, 0] == pytest.approx(0.5)  # where a future of -3 or -1 becomes +1, +3
    assert found.factors == ("s0", "s1", "future")


def test_the_solution_concept_is_a_switch_like_another() -> None:
    """What differs between equilibrium and limit alone is put down to the solution alone."""
    rng = np.random.default_rng(1)
    stated = np.repeat(rng.normal(size=(1, 50)), 4, axis=0)
    limit = stated + 10
    switches = crossed(full(2, 2), "solution", ["equilibrium", "limit"])
    margins = np.concatenate([stated, limit])
    found = by_structure(switches, np.sign(margins), margins, resamples=20)
    assert found.switches == ("s0", "s1", "solution")
    assert found.changes[:, 0] == pytest.approx([0, 0, (stated[0] < 0).mean()])
    assert found.first is not None
    assert found.first[0, 0] == pytest.approx(0, abs=1e-12)
    assert found.first[2, 0] == pytest.approx(25 / (25 + stated[0].var()))
    with pytest.raises(ValueError, match="'solution' already"):
        crossed(switches, "solution", ["a", "b"])


def test_weights_are_more_of_the_same_future() -> None:
    """A future of weight 3 counts like three of it; one of weight 0 is not there."""
    rng = np.random.default_rng(2)
    margins = rng.normal(size=(6, 5))
    times = [3, 1, 0, 2, 1]
    repeated = np.repeat(margins, times, axis=1)
    weighted = by_structure(full(3, 2), np.sign(margins), margins, weights=times)
    plain = by_structure(full(3, 2), np.sign(repeated), repeated)
    same(weighted, plain, "changes", "hangs", "first", "total", "variance")


def same(one: Crossing, other: Crossing, *names: str) -> None:
    for name in names:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-9)


def test_the_order_of_variants_does_not_matter() -> None:
    """Variants are matched by their options, not by where they stand."""
    rng = np.random.default_rng(3)
    margins, order = rng.normal(size=(6, 9)), rng.permutation(6)
    switches = full(3, 2)
    mixed = {name: [labels[k] for k in order] for name, labels in switches.items()}
    one = by_structure(switches, np.sign(margins), margins)
    other = by_structure(mixed, np.sign(margins[order]), margins[order])
    same(one, other, "changes", "hangs", "first", "total")


def test_units_and_offsets_do_not_matter() -> None:
    """Shares are those of a variance: the same in dollars and in billions of them, at any zero."""
    rng = np.random.default_rng(4)
    margins = rng.normal(size=(4, 30))
    plain = by_structure(full(2, 2), np.sign(margins), margins)
    for scale, shift in ((1e150, 0.0), (1e-150, 0.0), (1.0, 1e6)):
        found = by_structure(full(2, 2), np.sign(margins), scale * margins + shift)
        same(found, plain, "changes", "first", "total")


def test_futures_that_failed_are_left_out_whole_and_counted() -> None:
    """A verdict or margin that is missing in one variant takes its future out of all."""
    rng = np.random.default_rng(5)
    margins = rng.normal(size=(4, 8))
    verdicts = np.sign(margins)
    broken, holes = verdicts.copy(), margins.copy()
    broken[1, 2] = np.nan
    holes[0, [2, 5]] = [np.nan, np.inf]
    found = by_structure(full(2, 2), broken, holes)
    assert (found.left_out[0], found.margins_left_out[0]) == (1, 2)
    kept = by_structure(full(2, 2), np.delete(verdicts, 2, axis=1))
    same(found, kept, "changes", "hangs")
    rest = np.delete(margins, [2, 5], axis=1)
    same(found, by_structure(full(2, 2), np.sign(rest), rest), "first", "total")


def test_what_has_no_share_says_so() -> None:
    """NaN for a margin that is constant or infinite throughout; None where there is no margin."""
    verdicts = np.ones((2, 6))
    constant = by_structure(full(2), verdicts, np.full((2, 6), 0.1))
    endless = by_structure(full(2), verdicts, np.full((2, 6), np.inf))
    for found in (constant, endless):
        assert found.first is not None
        assert np.isnan(found.first).all()
        assert found.total_interval is not None
        assert np.isnan(found.total_interval).all()
    assert by_structure(full(2), verdicts).first is None
    gone = by_structure(full(2), np.full((2, 6), np.nan))
    assert np.isnan(gone.changes).all()
    assert gone.left_out[0] == 6


def test_intervals_cover_what_more_futures_would_show() -> None:
    """In some 95 of 100 samples of futures the interval has the true share (Efron 1979)."""
    rng = np.random.default_rng(6)
    inside = 0
    for trial in range(100):
        verdicts = np.where(rng.random((2, 120)) < [[0.5], [0.9]], 1.0, -1.0)
        found = by_structure(full(2), verdicts, seed=trial, resamples=200)
        low, high = found.changes_interval[:, 0, 0]
        inside += low <= 0.5 * 0.1 + 0.5 * 0.9 <= high
    assert 88 <= inside <= 100


def test_the_seed_is_all_the_chance_there_is() -> None:
    """The same input gives the same bytes; seed 0 is a seed."""
    margins = np.random.default_rng(7).normal(size=(4, 20))
    one, same_seed, other = (
        by_structure(full(2, 2), np.sign(margins), margins, seed=seed) for seed in (0, 0, 1)
    )
    assert one.changes_interval.tobytes() == same_seed.changes_interval.tobytes()
    assert one.changes_interval.tobytes() != other.changes_interval.tobytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"switches": {}}, "there are no switches"),
        ({"switches": {"a": ["x", "x"]}}, "'a' has 1 option"),
        ({"switches": {"a": ["x", "y"], "b": ["z"]}}, "different numbers of variants: a 2, b 1"),
        ({"switches": {"future": ["x", "y"]}}, "no switch can be called 'future'"),
        ({"switches": {"a": ["x", "y", "x"]}}, "variant x is there twice"),
        ({"switches": {"a": ["x", "y", "y"], "b": ["u", "u", "v"]}}, "x × v is missing"),
        ({"verdicts": np.ones((3, 4))}, "verdicts have 3 variants, the switches 2"),
        ({"verdicts": np.ones(4)}, r"the shape \(4,\)"),
        ({"verdicts": np.ones((2, 0))}, "none of them empty"),
        ({"verdicts": np.full((2, 4), np.inf)}, "a verdict is infinite"),
        ({"margins": np.ones((2, 5))}, "margins"),
        ({"outputs": ["a", "b"]}, "1 outputs but 2 names"),
        ({"weights": [1, 1, 1]}, "one for each of 4"),
        ({"weights": [1, 1, 1, -1]}, "not negative"),
        ({"weights": [0, 0, 0, 0]}, "not all 0"),
        ({"confidence": 95}, "between 0 and 1"),
        ({"resamples": 0}, "1 or more"),
        ({"seed": -1}, "0 or more"),
    ],
)
def test_refusals(change: dict[str, Any], words: str) -> None:
    """What cannot be analysed is refused in words."""
    asked: dict[str, Any] = {"switches": full(2), "verdicts": np.ones((2, 4))} | change
    with pytest.raises(ValueError, match=words):
        by_structure(asked.pop("switches"), asked.pop("verdicts"), **asked)
