"""Courses of whole people: their law, their conservation, their reproducibility."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.stats import chi2

from standoff.displacement import (
    AS_GIVEN,
    Corridor,
    Instance,
    Location,
    Measures,
    Route,
    Rules,
    open_instance,
    prepare,
    sample,
    walk,
    with_rules,
)


def fan(days: int = 6, people: float = 1000, **settings: float) -> Instance:
    """Conflict in Ash for a day; roads of 100, 200 and 300 km to three camps that nobody leaves."""
    rules = Rules(
        spawn_mode="constant",
        displaced_per_conflict_day=people,
        camp_movechance=0.0,
        conflict_weight=1.0,
        **settings,  # type: ignore[arg-type]
    )
    table = np.zeros((days, 4))
    table[0, 0] = 1
    camps = (
        Location(name, "r", "Away", 0, 0, "camp", foreign=True) for name in ("Bay", "Cape", "Dune")
    )
    return Instance(
        "fan", date(2020, 1, 1), days,
        (Location("Ash", "r", "Home", 0, 0, "conflict_zone", 0, 3000), *camps),
        (Route(0, 1, 100), Route(0, 2, 200), Route(0, 3, 300)),
        intensity=table,
        rules=rules,
    )  # fmt: skip


def test_counts_are_multinomial() -> None:
    """Where all leave at once and choose once, counts are multinomial: mean, variance, covariance.

    With chances p of n people the variances are n p (1 - p), the covariances -n p q; the scatter of
    an estimated variance over k courses is about sqrt(2 / k) of it.
    """
    courses = 2000
    drawn = sample(prepare(fan()), courses=courses, seed=1).people[0, :, 0, 1:]
    weight = np.array([1 / 110, 1 / 210, 1 / 310])
    chance = weight / weight.sum()
    assert np.all(drawn.sum(axis=1) == 1000)
    expected = 1000 * (np.diag(chance) - np.outer(chance, chance))
    sd = np.sqrt(np.diag(expected))
    assert np.all(np.abs(drawn.mean(axis=0) - 1000 * chance) < 4 * sd / np.sqrt(courses))
    apart = np.abs(np.cov(drawn.T) - expected) / np.outer(sd, sd)
    assert np.all(apart < 4 * np.sqrt(2 / courses))


def test_courses_scatter_around_the_flow() -> None:
    """In every place with people, on each tenth day, the mean of courses is the expected flow.

    Each cell's squared deviation, in units of its own sampling error, is chi-square with one degree
    of freedom; the largest of them stays below what the largest of so many would exceed once in
    10,000 times, and their mean is near 1.
    """
    instance = with_rules(
        open_instance("ukraine-2022-small"), people=0.004, avoid_short_stints=True
    )
    prepared, courses = prepare(instance), 40
    drawn = sample(prepared, courses=courses, seed=2).people[0, :, ::10]
    flow = walk(prepared).people[0, ::10]
    many = flow > 20
    error = drawn.std(axis=0, ddof=1)[many] / np.sqrt(courses)
    square = ((drawn.mean(axis=0) - flow)[many] / error) ** 2
    assert square.max() < chi2.isf(1e-4 / many.sum(), 1) * 1.3  # student's tails
    assert 0.5 < square.mean() < 1.6


def test_people_are_whole_and_none_is_lost() -> None:
    """Everybody displaced is in a place or on the road, as a whole number, also where roads are
    corridors, camps fill up, and the displaced are no whole number.
    """
    base = fan(days=12, people=1001.5)
    camps = (replace(place, capacity=90) for place in base.locations[1:])
    instance = replace(
        base,
        locations=(base.locations[0], *camps),
        doctrines=(
            Measures(AS_GIVEN),
            Measures("corridor", corridors=(Corridor("Ash", "Bay", 10.5),)),
        ),
    )
    prepared = prepare(with_rules(instance, avoid_short_stints=True))
    displaced = np.zeros((12, 4))
    displaced[:6, 0] = 40.3
    found = sample(prepared, doctrine="corridor", courses=20, seed=3, displaced=displaced)
    assert found.people.dtype == np.int64
    assert found.people.min() >= 0
    np.testing.assert_array_equal(found.people.sum(axis=3) + found.travelling, found.displaced)
    assert np.all(np.abs(found.displaced - displaced.sum(axis=1).cumsum()) < 1)
    assert len(np.unique(found.displaced[0, :, -1])) == 2
    assert np.all(np.diff(found.people[0, :, :, 1], axis=1, prepend=0) <= 10)
    assert found.people[0, :, -1, 1:].max() < 100


def test_a_course_does_not_depend_on_how_many_there_are() -> None:
    """The same seed gives the same people, alone or among others; another gives others."""
    prepared = prepare(fan())
    rows = {"distance_power": [0.5, 1.0]}
    many = sample(prepared, rows, courses=9, seed=4)
    few = sample(prepared, rows, courses=2, seed=4, keep=(2,))
    np.testing.assert_array_equal(many.people[:, :2, :, 2:3], few.people)
    assert np.any(many.people[:, :2] != sample(prepared, rows, courses=2, seed=5).people)
    with pytest.raises(ValueError, match="courses is 0"):
        sample(prepared, courses=0, seed=1)
