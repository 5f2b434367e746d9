"""A box that is there is found and trusted; one in noise is refused; each trial does its part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import beta

from standoff.discovery import (
    Discovery,
    Patience,
    Trials,
    at_coverage,
    discover,
    measure,
    nearest_ideal,
    prim,
)
from standoff.discovery.discover import discover as directly
from standoff.discovery.trust import deal, surely_above

Table = dict[str, NDArray[Any]]


def futures(count: int, seed: int, factors: int = 15) -> tuple[Table, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return {f"x{k}": rng.random(count) for k in range(factors)}, rng


def true_box(count: int, seed: int) -> tuple[Table, NDArray[np.bool_]]:
    """Three of fifteen factors matter: 85 % are cases inside, 10 % outside."""
    table, rng = futures(count, seed)
    inside = (table["x0"] < 0.6) & (table["x1"] > 0.4) & (table["x2"] > 0.3)
    return table, rng.random(count) < np.where(inside, 0.85, 0.1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.05, 0.213, 0.6])
def test_noise_is_refused(seed: int, share: float) -> None:
    """In 1,000 × 15 of pure noise PRIM finds a box, and it is not trusted."""
    table, rng = futures(1000, seed)
    cases = rng.random(1000) < share
    few = Trials(permutations=39, resamples=20)
    found = discover(table, cases, beside=False, trials=few, seed=seed)
    assert prim(table, cases).density.max() > 1.25 * cases.mean()
    assert not found.trusted
    assert found.reasons


@pytest.mark.parametrize(("count", "seed"), [(300, 1), (1000, 2), (2000, 3)])
def test_a_true_box_is_trusted(count: int, seed: int) -> None:
    """The box that was put there is found, restricts nothing else, and passes every trial."""
    table, cases = true_box(count, seed)
    found = discover(table, cases, beside=False)
    assert found.trusted, found.reasons
    assert set(found.box.factors) == {"x0", "x1", "x2"}
    assert found.figures == measure(found.box, table, cases)
    assert found.held_out.density > 0.6
    assert found.permuted.p_value == 0.01
    assert all(limit.quasi_p <= 0.05 for limit in found.limits)
    assert len(found.reasons) == 3


def test_held_out_figures_are_honest() -> None:
    """What boxes do in held-out folds is what they do in futures drawn anew, within their errors;
    in small samples it is less than what they do where they were found.
    """
    anew, truth = true_box(20_000, 99)
    gaps, falls = [], []
    for seed in range(8):
        table, cases = true_box(250, seed)
        found = discover(table, cases, beside=False, trials=Trials(resamples=1, again=0))
        gaps.append(found.held_out.density - measure(found.box, anew, truth).density)
        falls.append(found.figures.density - found.held_out.density)
    assert abs(np.mean(gaps)) < 0.06
    assert np.mean(falls) > 0.02


def test_permutations_are_uniform_where_nothing_is() -> None:
    """Under the null the p-value is not too often small."""
    small = 0
    for seed in range(30):
        table, rng = futures(120, seed, factors=4)
        found = discover(
            table, rng.random(120) < 0.3, beside=False, seed=seed,
            trials=Trials(permutations=19, resamples=2, again=0, level=1.0),
        )  # fmt: skip
        small += found.permuted.p_value <= 0.1
    assert small <= 8  # of 30: binomial, P(more than 8 | 0.1) < 0.3 %


def test_the_same_seed_gives_the_same() -> None:
    """Seed 0 is a seed; another seed draws other halves and permutations."""
    table, cases = true_box(300, 5)

    def numbers(found: Discovery) -> list[float]:
        return [
            found.held_out.density,
            *found.permuted.densities.tolist(),
            *found.resampled.density.tolist(),
        ]

    first, again, other = (discover(table, cases, beside=False, seed=k) for k in (0, 0, 1))
    assert numbers(first) == numbers(again)
    assert numbers(first) != numbers(other)


def test_what_is_not_found_again_is_dropped() -> None:
    """With fewer futures the chosen box restricts more than is there; that goes, and is named."""
    table, cases = true_box(250, 6)
    found = discover(table, cases, beside=False)
    chosen = found.curve.box(nearest_ideal(found.curve))
    assert found.index == nearest_ideal(found.curve)
    assert set(found.dropped) == set(chosen.factors) - set(found.box.factors)
    assert found.dropped
    assert all(found.resampled.again(name) >= 0.5 for name in found.box.factors)


def test_the_rule_is_the_callers() -> None:
    """Another rule takes another box of the same curve."""
    table, cases = true_box(1000, 7)
    found = discover(table, cases, beside=False, rule=at_coverage(0.8))
    assert found.index == at_coverage(0.8)(prim(table, cases))
    assert found.index != nearest_ideal(found.curve)
    assert found.figures.coverage >= 0.8
    assert found.trusted


def test_interactions_are_said() -> None:
    """Cases where either of two factors is high but not both: no box, and the tree and the
    regression say so; where a box is all there is, neither does.
    """
    table, _ = futures(800, 8, factors=4)
    either = discover(table, (table["x0"] > 0.5) ^ (table["x1"] > 0.5))
    assert not either.trusted
    assert len(either.remarks) == 3
    assert "tree describes held-out cases clearly better" in either.remarks[0]
    assert "strongest pair is x0 and x1" in either.remarks[2]
    box = discover(table, (table["x0"] > 0.5) & (table["x1"] > 0.5))
    assert box.trusted
    assert box.remarks == ()


def test_hardly_any_cases() -> None:
    """One case, two cases, all but one: nothing is trusted, and nothing breaks."""
    table, _ = futures(60, 9, factors=3)
    for cases in (np.arange(60) == 3, np.arange(60) < 2, np.arange(60) != 3):
        found = discover(table, cases)
        assert not found.trusted
        assert found.reasons
    few = discover(table, np.arange(60) == 3)
    assert np.isnan(few.held_out.density)


def test_all_kinds_of_factors_at_once() -> None:
    """Categories and whole numbers go through every trial."""
    rng = np.random.default_rng(10)
    table = {
        "side": rng.choice(["red", "blue", "grey"], 600),
        "level": rng.integers(0, 7, 600),
        "flag": rng.random(600) < 0.5,
        "x": rng.random(600),
    }
    cases = (table["side"] != "red") & (table["level"] >= 3) & (rng.random(600) < 0.9)
    found = discover(table, cases)
    assert found.trusted, found.reasons
    assert str(found.box) == "side is blue or grey; level at least 3"
    assert found.tree is not None
    assert found.logistic is not None


@pytest.mark.parametrize("kind", ["category", "whole"])
def test_factors_of_one_kind_only(kind: str) -> None:
    """A table without any real number goes through every trial, and through a second search."""
    rng = np.random.default_rng(11)
    codes = {f"f{k}": rng.integers(0, 4, 400) for k in range(3)}
    table = codes if kind == "whole" else {name: v.astype(str) for name, v in codes.items()}
    cases = (codes["f0"] >= 2) & (codes["f2"] >= 1)
    found = discover(table, cases)
    assert found.trusted, found.reasons
    assert found.box.factors == ("f0", "f2")
    assert (found.figures.coverage, found.figures.density) == (1, 1)
    among = codes["f1"] > 0
    assert prim(table, cases, among=among).inside[0] == among.sum()


def test_trials_without_meaning() -> None:
    """Settings that cannot do what is asked of them are refused."""
    for field, value, message in (
        ("level", -1, "level is a share between 0 and 1: -1"),
        ("again", 2, "again is a share between 0 and 1: 2"),
        ("folds", 1, "folds must be at least 2: 1"),
        ("permutations", 18, "18 permutations cannot give a p-value of 0.05: at least 19"),
    ):
        with pytest.raises(ValueError, match=message):
            replace(Trials(), **{field: value})
    table, _ = futures(30, 0, factors=2)
    with pytest.raises(ValueError, match="all of the 30 futures are cases"):
        directly(table, np.ones(30), patience=Patience(alpha=0.1))


def test_folds_are_fair() -> None:
    """Folds differ by at most one future, and by at most one case."""
    cases = np.random.default_rng(1).random(103) < 0.3
    fold = deal(cases, 5, np.random.default_rng(2))
    assert np.ptp(np.bincount(fold)) <= 1
    assert np.ptp(np.bincount(fold[cases])) <= 1


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    """Clopper & Pearson (1934): the beta quantile; nothing hit, nothing sure."""
    assert surely_above(17, 20) == pytest.approx(beta.ppf(0.05, 17, 4))
    assert surely_above(20, 20) == pytest.approx(0.05 ** (1 / 20))
    assert surely_above(0, 20) == 0
