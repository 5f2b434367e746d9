"""The patient search: it does what its plain reading does, and finds what was put there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from discovery import patient
from standoff.discovery import (
    Box,
    Interval,
    Kept,
    Objective,
    Patience,
    at_coverage,
    at_density,
    measure,
    nearest_ideal,
    prim,
)

Table = dict[str, NDArray[Any]]


def uniform(futures: int, factors: int, seed: int) -> Table:
    rng = np.random.default_rng(seed)
    return {f"x{k}": rng.random(futures) for k in range(factors)}


@st.composite
def problems(draw: st.DrawFn) -> tuple[Table, NDArray[np.bool_], Patience]:
    """Factors of all kinds, many with ties, and cases that hang on some of them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    futures = draw(st.integers(5, 120))
    table: Table = {}
    for name in draw(st.lists(st.sampled_from("rqwc"), min_size=1, max_size=5)):
        values: dict[str, NDArray[Any]] = {
            "r": rng.random(futures),
            "q": np.round(rng.random(futures), 1) - 0.3,
            "w": rng.integers(-4, draw(st.integers(-3, 30)), futures),
            "c": rng.choice(np.array(["red", "blue", "grey", "green"]), futures),
        }
        table[f"{name}{len(table)}"] = values[name]
    score = np.array([np.unique(each, return_inverse=True)[1] for each in table.values()])
    cases = rng.random(futures) < np.where(
        (score[:2] > score[:2].mean(axis=1, keepdims=True)).all(axis=0), 0.8, 0.15
    )
    cases[0], cases[1] = True, False
    return (
        table,
        cases,
        Patience(
            draw(st.sampled_from([0.03, 0.05, 0.1, 0.3])),
            draw(st.sampled_from([0.05, 0.2])),
            draw(st.sampled_from([0.0, 0.05, 0.2])),
            draw(st.sampled_from(list(Objective))),
        ),
    )


@given(problems())
@settings(max_examples=100)
def test_the_search_is_what_it_says(problem: tuple[Table, NDArray[np.bool_], Patience]) -> None:
    """Every box on the way has the futures, the cases and the restrictions that the method has when
    each candidate is written out as a mask (Friedman & Fisher 1999; Kwakkel & Jaxa-Rozen 2016).
    """
    table, cases, patience = problem
    curve = prim(table, cases, patience)
    ours = zip(curve.inside.tolist(), curve.hits.tolist(), curve.restricted.tolist(), strict=True)
    assert list(ours) == patient.search(table, cases, patience)


@given(problems())
@settings(max_examples=50)
def test_boxes_hold_what_the_curve_says(
    problem: tuple[Table, NDArray[np.bool_], Patience],
) -> None:
    """Each box, read in words and applied to the table, holds what the search counted."""
    table, cases, patience = problem
    curve = prim(table, cases, patience)
    for number, box in enumerate(curve.boxes()):
        figures = measure(box, table, cases)
        assert (figures.inside, figures.hits) == (curve.inside[number], curve.hits[number])
        assert figures.coverage == curve.coverage[number]
        assert figures.density == curve.density[number]
        assert figures.mass == curve.mass[number]


def test_a_box_of_three_in_fifteen() -> None:
    """A true box in three of fifteen dimensions is found, and nothing else is restricted."""
    table = uniform(2000, 15, seed=4)
    cases = (table["x2"] < 0.6) & (table["x5"] > 0.4) & (table["x11"] > 0.3)
    curve = prim(table, cases)
    box = curve.box(nearest_ideal(curve))
    assert set(box.factors) == {"x2", "x5", "x11"}
    for name, side, true in (("x2", "upper", 0.6), ("x5", "lower", 0.4), ("x11", "lower", 0.3)):
        assert getattr(box[name], side) == pytest.approx(true, abs=0.03)
    figures = measure(box, table, cases)
    assert figures.coverage > 0.95
    assert figures.density > 0.95


def test_one_end_of_a_barbell_then_the_other() -> None:
    """Of two regions the search finds one; looking among the rest, it finds the other, with
    coverage and mass still shares of everything.
    """
    table = uniform(2000, 3, seed=5)
    big = (table["x0"] < 0.5) & (table["x1"] < 0.5)
    small = (table["x0"] > 0.7) & (table["x1"] > 0.7)
    cases = big | small
    curve = prim(table, cases)
    first = curve.box(at_density(0.95)(curve))
    assert set(first.factors) >= {"x0", "x1"}
    inside = first.contains(table)
    assert (inside & small).sum() == 0
    assert (inside & big).sum() > 0.8 * big.sum()
    again = prim(table, cases, among=~inside)
    assert again.inside[0] == (~inside).sum()
    assert again.coverage[0] == pytest.approx((cases & ~inside).sum() / cases.sum())
    second = again.box(at_density(0.95)(again))
    figures = measure(second, table, cases & ~inside)
    assert (second.contains(table) & small).sum() > 0.8 * small.sum()
    assert figures.density > 0.9


def test_categories_are_left_out_one_by_one() -> None:
    """Names and truth values: what makes no cases is left out, and what does is kept."""
    rng = np.random.default_rng(6)
    table = {
        "season": rng.choice(["spring", "summer", "autumn", "winter"], 800),
        "mobilised": rng.random(800) < 0.5,
        "x": rng.random(800),
    }
    cases = np.isin(table["season"], ["spring", "autumn"]) & table["mobilised"]
    curve = prim(table, cases)
    box = curve.box(nearest_ideal(curve))
    assert box == Box(
        (
            Kept("season", ("autumn", "spring"), ("summer", "winter")),
            Kept("mobilised", (True,), (False,)),
        )
    )
    assert str(box) == "season is autumn or spring; mobilised is True"
    assert (curve.coverage[-1], curve.density[-1]) == (1, 1)


def test_whole_numbers_have_whole_limits() -> None:
    """An integer factor is cut between whole numbers, and its box says them."""
    rng = np.random.default_rng(7)
    table = {"brigades": rng.integers(-3, 9, 900), "x": rng.random(900)}
    cases = (table["brigades"] >= 2) & (table["brigades"] <= 5)
    curve = prim(table, cases)
    box = curve.box(nearest_ideal(curve))
    assert box == Box((Interval("brigades", 2, 5),))
    assert str(box) == "brigades between 2 and 5"
    for each in curve.boxes():
        for limit in each.restrictions:
            if limit.factor == "brigades":
                assert isinstance(limit, Interval)
                ends = np.array([limit.lower, limit.upper])
                assert (ends == np.round(ends)).all()


def test_whole_numbers_are_pasted_to_whole_limits() -> None:
    """Where a paste lands between two whole numbers, the box names the one inside."""
    rng = np.random.default_rng(9)
    table = {f"w{k}": rng.integers(0, 40, 600) for k in range(4)}
    cases = rng.random(600) < np.where((table["w0"] > 15) & (table["w1"] < 30), 0.7, 0.1)
    curve = prim(table, cases, Patience(least_mass=0.02))
    bounds = [
        bound
        for box in curve.boxes()
        for each in box.restrictions
        if isinstance(each, Interval)
        for bound in (each.lower, each.upper)
        if np.isfinite(bound)
    ]
    assert bounds
    assert all(bound == round(bound) for bound in bounds)
    assert (curve.at[curve.peels :] != np.round(curve.at[curve.peels :])).any()


def test_order_of_futures_does_not_matter() -> None:
    """Futures in another order give the same boxes."""
    table = uniform(500, 6, seed=9)
    cases = table["x0"] + table["x1"] > 1.1
    order = np.random.default_rng(0).permutation(500)
    shuffled = {name: values[order] for name, values in table.items()}
    assert list(prim(table, cases).boxes()) == list(prim(shuffled, cases[order]).boxes())


def test_constant_and_repeated_factors_do_no_harm() -> None:
    """A factor that never varies is never restricted, whatever its kind."""
    table = uniform(300, 2, seed=10)
    dull: Table = {
        "flat": np.full(300, 0.5),
        "level": np.full(300, 3),
        "name": np.full(300, "same"),
    }
    cases = table["x0"] > 0.7
    curve = prim(dull | table, cases)
    assert not {name for box in curve.boxes() for name in box.factors} & set(dull)
    assert list(curve.boxes()) == list(prim(table, cases).boxes())


def test_rules_choose_what_they_say() -> None:
    """The three rules, each against a plain reading of the curve."""
    table = uniform(1000, 5, seed=11)
    noise = np.random.default_rng(1).random(1000)
    cases = (table["x0"] > 0.4) & (table["x1"] > 0.5) & (noise < 0.8)
    curve = prim(table, cases)
    coverage, density = curve.coverage, curve.density
    number = at_coverage(0.7)(curve)
    assert coverage[number] >= 0.7
    assert density[number] == max(density[coverage >= 0.7])
    number = at_density(0.6)(curve)
    assert density[number] >= 0.6
    assert coverage[number] == max(coverage[density >= 0.6])
    assert density[at_density(1.0)(curve)] == density.max()
    distance = np.hypot(1 - coverage, 1 - density)
    assert nearest_ideal(curve) == distance.argmin()
    for rule in (at_coverage, at_density):
        with pytest.raises(ValueError, match="share between 0 and 1: 70"):
            rule(70)


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        (np.zeros(50, np.bool_), "none of the 50 futures are cases"),
        (np.ones(50, np.bool_), "all of the 50 futures are cases"),
        (np.ones(49, np.bool_), "one truth value for each of 50 futures: 49"),
        (np.ones((50, 2), np.bool_), "one truth value for each of 50 futures: 50 × 2"),
        (np.arange(50) % 3, "0 or 1 in each future: there is 2"),
        (np.where(np.arange(50) < 3, np.nan, 1.0), r"3 of 50 cases are missing \(NaN\)"),
        (np.full(50, "yes"), "truth values or zeros and ones, not <U3"),
    ],
)
def test_cases_that_are_none(cases: Any, message: str) -> None:
    """What cannot be searched is refused, in words."""
    with pytest.raises(ValueError, match=message):
        prim(uniform(50, 2, seed=0), cases)


def test_patience_has_limits() -> None:
    """Settings without meaning are refused, and boxes that are not there."""
    for alpha in (0, 0.5, float("nan")):
        with pytest.raises(ValueError, match=r"alpha must be above 0 and below 0\.5"):
            Patience(alpha=alpha)
    with pytest.raises(ValueError, match="least_mass must be at least 0 and below 1: 1"):
        Patience(least_mass=1)
    table = uniform(50, 2, seed=0)
    cases = table["x0"] > 0.5
    curve = prim(table, cases)
    with pytest.raises(ValueError, match=rf"boxes 0 to {len(curve) - 1}, but no box 999"):
        curve.box(999)
    assert curve.box(-1) == list(curve.boxes())[-1]
    with pytest.raises(ValueError, match="no future to look among"):
        prim(table, cases, among=np.zeros(50, np.bool_))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_hardly_any_futures(count: int) -> None:
    """With as good as nothing to go by, the search ends, or says that there is nothing."""
    table, cases = {"x": np.arange(count) * 1.0}, np.arange(count) == 0
    if count == 1:
        with pytest.raises(ValueError, match="all of the 1 futures"):
            prim(table, cases)
        return
    curve = prim(table, cases)
    assert curve.density[-1] == 1
    assert curve.coverage[-1] == 1
