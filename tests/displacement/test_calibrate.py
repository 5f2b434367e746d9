"""Fits to the first days, forecasts of the others, and what their intervals are worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from standoff.displacement import (
    Assumed,
    Instance,
    Location,
    Records,
    Route,
    Rules,
    ard,
    calibrate,
    choose,
    coverage,
    crps,
    forecast,
    open_instance,
    with_rules,
)

EVIDENCE = Path("/work/shared/evidence/flee")
ASSUMED = Assumed()


def crisis(days: int = 60, arrivals: float = 1000.0) -> Instance:
    """Two places of conflict, three camps in two countries, so many who flee each day."""
    table = np.zeros((days, 5))
    table[:, :2] = [[0.6, 0.4]]
    records = Records(("Cape", "Dune", "Elm"), np.zeros((days, 3)), np.zeros(days))
    return Instance(
        "crisis", date(2020, 1, 1), days,
        (
            Location("Ash", "r", "Home", 0, 0, "conflict_zone", 0, 1000),
            Location("Bay", "r", "Home", 0, 0, "conflict_zone", 0, 1000),
            Location("Cape", "r", "Away", 0, 0, "camp", capacity=40_000, foreign=True),
            Location("Dune", "r", "Far", 0, 0, "camp", capacity=90_000, foreign=True),
            Location("Elm", "r", "Far", 0, 0, "camp", foreign=True),
        ),
        (Route(0, 1, 100), Route(0, 2, 90), Route(1, 3, 150), Route(1, 4, 200)),
        intensity=table,
        rules=Rules(spawn_mode="constant", displaced_per_conflict_day=arrivals),
        records=records,
    )  # fmt: skip


def recorded(instance: Instance, rows: dict[str, float], seed: int | None = None) -> Instance:
    """The same with the records that these settings give, the roots of shares disturbed."""
    people = choose(instance, rows, keep=instance.camps).people[0]
    if seed is not None:
        generator = np.random.default_rng(seed)
        edges = np.append(np.arange(0, len(people) - 1, 5), len(people) - 1)
        came = np.diff(people[edges], axis=0)
        root = np.sqrt(came / came.sum(axis=1, keepdims=True))
        shares = np.maximum(root + generator.normal(0, ASSUMED.noise / 2, root.shape), 0) ** 2
        came = shares / shares.sum(axis=1, keepdims=True) * came.sum(axis=1, keepdims=True)
        level = np.vstack([people[:1], people[0] + came.cumsum(axis=0)])
        people = np.column_stack(
            [np.interp(np.arange(len(people)), edges, level[:, camp]) for camp in range(3)]
        )
    records = Records(("Cape", "Dune", "Elm"), people, people.sum(axis=1))
    return replace(instance, records=records)


def test_a_fit_finds_what_made_the_records() -> None:
    """Where nothing disturbs them, the fitted settings reproduce the records of all days."""
    truth = {"pull Away": 0.4, "pull Far": -0.3, "pull Elm": 0.5, "capacity_pull": 0.5}
    instance = recorded(crisis(), truth)
    fit = calibrate(instance)
    before = ard(choose(instance, keep=instance.camps).people, instance.recorded())[0]
    after = ard(choose(instance, fit.settings, keep=instance.camps).people, instance.recorded())[0]
    assert after < before / 3
    assert fit.settings["pull Away"] - fit.settings["pull Far"] > 0.3


def test_where_nobody_came_nothing_is_learnt() -> None:
    """Without arrivals a fit is what was assumed before, and as uncertain."""
    fit = calibrate(crisis(arrivals=0.0))
    assert fit.names == (
        "distance_decay", "capacity_pull", "pull Away", "pull Far", "pull Dune", "pull Elm",
    )  # fmt: skip
    np.testing.assert_allclose(fit.values, fit.before)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), fit.sd)
    np.testing.assert_allclose(fit.sd[2:], [np.hypot(0.5, 0.5), 0.5, 0.5, 0.5])
    low, high = fit.interval(0.9).T
    np.testing.assert_allclose(high - low, 2 * 1.6449 * fit.sd, rtol=1e-4)


def test_intervals_of_settings_hold_what_they_say() -> None:
    """Settings drawn from what is assumed before, records from these: a 90 % interval holds the
    setting about nine times of ten (Cook, Gelman and Rubin 2006); here of 240, within 4 sd.
    """
    generator = np.random.default_rng(5)
    names, held = ("pull Away", "pull Far", "pull Dune", "pull Elm"), []
    fresh = calibrate(crisis(days=32, arrivals=0.0))
    for trial in range(60):
        drawn = fresh.before + fresh.sd * generator.standard_normal(len(fresh.names))
        truth = dict(zip(fresh.names, np.where(fresh.sd < 0.3, np.abs(drawn), drawn), strict=True))
        fit = calibrate(recorded(crisis(days=32), truth, seed=trial))
        intervals = dict(zip(fit.names, fit.interval(0.9), strict=True))
        held += [intervals[name][0] <= truth[name] <= intervals[name][1] for name in names]
    assert abs(np.mean(held) - 0.9) < 4 * np.sqrt(0.09 / len(held))


def test_where_the_rule_explains_little_all_is_wider() -> None:
    """Shares that jump about from block to block raise the dispersion, and every interval."""
    calm = recorded(crisis(days=90), {})
    people = calm.recorded().copy()
    total = people.sum(axis=1)
    came = np.diff(total, prepend=0.0)
    camp = np.arange(90) // 5 % 3
    people = np.cumsum(came[:, None] * (camp[:, None] == np.arange(3)), axis=0)
    wild = replace(calm, records=Records(("Cape", "Dune", "Elm"), people, total))
    fits = [calibrate(one) for one in (calm, wild)]
    assert fits[0].dispersion == 1
    assert fits[1].dispersion > 2
    widths = [np.subtract(*fit.interval(0.9).T[::-1]) for fit in fits]
    assert np.all(widths[1] > widths[0])
    spread = [np.std(np.log(forecast(fit, members=64).people[:, -1]), axis=0) for fit in fits]
    assert np.all(spread[1] > spread[0])


def test_a_forecast_begins_with_what_is_known_and_widens() -> None:
    """Intervals grow with the days ahead; the same seed gives the same bytes, another others."""
    instance = recorded(crisis(days=120), {"pull Away": 0.5}, seed=1)
    fit = calibrate(instance, 30)
    ahead = forecast(fit, members=64, seed=3)
    assert ahead.first == 31
    assert ahead.people.shape == (64, 89, 3)
    low, high = ahead.interval(0.9)
    share = (high - low)[:, 0] / ahead.median.sum(axis=1)
    assert share[0] < 0.05
    assert share[0] < share[29] < share[-1]
    known = instance.recorded()[30]
    np.testing.assert_allclose(ahead.median[0], known, rtol=0.1)
    assert np.array_equal(forecast(fit, members=64, seed=3).people, ahead.people)
    assert not np.array_equal(forecast(fit, members=64, seed=4).people, ahead.people)


def test_what_was_learnt_fades() -> None:
    """Long after the fit new arrivals are shared as before any record, on average."""
    instance = with_rules(
        recorded(crisis(days=31 + int(8 * ASSUMED.half_life)), {"pull Away": 1.5}),
        capacity_scaling=1e6,
    )
    people = forecast(calibrate(instance, 30), members=200).people
    late = np.diff(people[:, -200:], axis=1).sum(axis=1)
    early = np.diff(people[:, :10], axis=1).sum(axis=1)
    plain = np.diff(choose(instance, keep=instance.camps).people[0, -200:], axis=0).sum(axis=0)
    share = [part.mean(axis=0)[0] / part.mean(axis=0).sum() for part in (early, late)]
    before = plain[0] / plain.sum()
    assert abs(share[1] - before) < 0.3 * (share[0] - before)


def test_crps_of_one_member_is_the_relative_difference() -> None:
    """A point forecast is scored by its absolute error (Gneiting and Raftery 2007)."""
    generator = np.random.default_rng(1)
    people, records = generator.random((1, 9, 3)) * 100, generator.random((9, 3)) * 100
    assert crps(people, records) == pytest.approx(ard(people, records)[0])


def test_crps_is_the_mean_by_pairs() -> None:
    """E|X - y| - E|X - X'| / 2 over the members (Gneiting and Raftery 2007, eq. 21)."""
    generator = np.random.default_rng(2)
    people, records = generator.random((7, 4, 2)) * 100, generator.random((4, 2)) * 100
    pairs = np.abs(people[:, None] - people[None]).mean(axis=(0, 1)) / 2
    each = (np.abs(people - records).mean(axis=0) - pairs).sum(axis=1) / records.sum(axis=1)
    assert crps(people, records, rescaled=False) == pytest.approx(each.mean())


def test_coverage_counts_only_what_is_at_stake() -> None:
    """Members of 1 to 100: half of all records within; camps of nobody do not count."""
    people = np.zeros((100, 50, 2))
    people[:, :, 0] = np.arange(1, 101)[:, None]
    records = np.zeros((50, 2))
    records[:, 0] = np.arange(2, 102, 2)
    assert coverage(people, records, 0.5, rescaled=False) == pytest.approx(0.5, abs=0.03)


def test_what_cannot_be_fitted_is_refused() -> None:
    """Without records, or without a day ahead, there is a sentence and no number."""
    with pytest.raises(ValueError, match="no records"):
        calibrate(replace(crisis(), records=None))
    for days in (0, 60):
        with pytest.raises(ValueError, match="expected between 1 and 58"):
            calibrate(crisis(), days)


@pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the shared instances are not here")
@pytest.mark.parametrize("name", ["cfg_ukraine2022", "ukraine2022"])
def test_ukraine_fitted_to_a_month_foretells_the_next_two(name: str) -> None:
    """Fitted to days 1 to 30, days 31 to 90 are within 0.19; Flee's rule is at 0.74 to 0.88. The
    forecast, which knows day 30, is nearer than shares frozen on that day.
    """
    instance = open_instance(EVIDENCE / name)
    days, later = instance.recorded()[:91], slice(31, 91)
    fit = calibrate(instance)
    people = choose(instance, fit.settings, keep=instance.camps).people[:, later]
    assert ard(people, days[later])[0] <= 0.19
    ahead = forecast(fit, members=64).people[:, :60]
    frozen = days[30] / days[30].sum() * days[later].sum(axis=1, keepdims=True)
    assert crps(ahead, days[later]) < ard(frozen[None], days[later])[0]
