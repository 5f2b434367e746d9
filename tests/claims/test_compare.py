"""Doctrines side by side: regret, noise, and the trap."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from claims.conftest import acts, coin
from standoff.claims import Comparison, compare, regrets, trap_depth, traps
from standoff.explore import Study, run
from standoff.scenario import loads, starter

Row = np.ndarray[tuple[int], np.dtype[np.float64]]

# Savage (1951), JASA 46, 55–67: regret is the distance to the best act in the same state.
LOSSES = np.array([[3.0, 1.0, 2.0], [0.0, 4.0, 4.0]])


def test_regret_is_the_distance_to_the_best_of_the_same_future() -> None:
    assert regrets(LOSSES, "lower").tolist() == [[2, 0, 1], [0, 4, 4]]
    assert regrets(LOSSES, "higher").tolist() == [[0, 2, 1], [4, 0, 0]]


def rows(study: Study, quantity: str) -> dict[str, Comparison]:
    return {row.doctrine: row for row in compare(study) if row.quantity == quantity}


def test_every_outcome_and_every_value_is_compared_under_every_doctrine(tossed: Study) -> None:
    """In the order of the file, with units; what happens ever is a share of courses."""
    found = compare(tossed)
    quantities = list(dict.fromkeys(row.quantity for row in found))
    assert quantities == ["acts", "costs", "counts", "value to red"]
    assert len(found) == 4 * 4
    assert [row.unit for row in found[::4]] == [
        "share of courses", "points", "points", "points of payoff"
    ]  # fmt: skip
    assert [row.better for row in found[::4]] == ["higher", "lower", None, "higher"]


def test_medians_and_percentiles_are_those_of_the_futures(tossed: Study) -> None:
    chances = np.array([acts(p) for p in tossed.futures["prize"]])
    row = rows(tossed, "acts")["free-choice"]
    assert row.median == pytest.approx(np.median(chances))
    assert (row.low, row.high) == pytest.approx(tuple(np.quantile(chances, [0.05, 0.95])))


def test_regrets_in_a_study(tossed: Study) -> None:
    """Bound, it acts for certain; held, never; free, by logit."""
    chances = np.array([acts(p) for p in tossed.futures["prize"]])
    more = rows(tossed, "acts")
    assert more["bound"].regret == pytest.approx(0)
    assert more["free-choice"].regret == pytest.approx(np.median(1 - chances))
    assert more["free-choice"].most_regret == pytest.approx((1 - chances).max())
    assert more["held"].most_regret == pytest.approx(1)
    less = rows(tossed, "costs")
    assert less["held"].most_regret == pytest.approx(0)
    assert less["bound"].regret == pytest.approx(1)
    undecided = rows(tossed, "counts")["free-choice"]
    assert (undecided.regret, undecided.most_regret) == (None, None)


def test_noise_is_what_vanishes_as_rationality_grows(tossed: Study) -> None:
    """By hand: where the prize is bad, acting is error; where it is good, not acting is."""
    prize = tossed.futures["prize"]
    chances = np.array([acts(p) for p in prize])
    found = rows(tossed, "acts")
    assert found["free-choice"].noise == pytest.approx(chances[prize < 0].sum() / chances.sum())
    assert found["bound"].noise == pytest.approx(0)
    assert found["held"].noise is None  # what never happens is not noise either
    assert rows(tossed, "costs")["free-choice"].noise is None
    assert found["free-choice"].limit == np.median(prize > 0)


def test_what_happens_only_by_error_is_all_noise(tmp_path: Path) -> None:
    """An act that never pays vanishes wholly in the limit: noise 100 %."""
    scenario = coin(parameters={"prize": {"value": -3}, "tilt": {"value": 0, "range": [0, 1]}})
    study = run(loads(scenario), tmp_path / "s", futures=3)
    row = rows(study, "acts")["free-choice"]
    assert row.median == pytest.approx(acts(-3), rel=1e-5)
    assert (row.noise, row.limit) == (1, 0)


def test_the_depth_of_a_trap_is_what_commitment_is_worth(tossed: Study) -> None:
    """By hand: max(prize, 0) - prize × logit, whichever of acting and not acting is better."""
    prize = tossed.futures["prize"]
    expected = [max(p, 0) - p * acts(p) for p in prize]
    np.testing.assert_allclose(
        trap_depth(tossed.scenario, tossed.results, "red"), expected, rtol=1e-12
    )
    (trap,) = traps(tossed)
    np.testing.assert_array_equal(trap.depth, trap_depth(tossed.scenario, tossed.results, "red"))
    assert trap.trapped.all()
    assert list(trap.best) == ["bound" if p > 0 else "held" for p in prize]
    assert not trap.falling.any()  # one period is too few to fall in
    assert not trap.escalation.any()


def test_only_announced_doctrines_make_a_trap(tmp_path: Path) -> None:
    """Nobody believes a commitment that nobody knows; the others' doctrines are not its own."""
    only_secret = {"red": {"secret": {"must": "act", "announced": False}}}
    scenario = coin(doctrines=only_secret, claims={})
    study = run(loads(scenario), tmp_path / "s", futures=3)
    assert traps(study) == ()
    assert trap_depth(study.scenario, study.results, "red").tolist() == [0, 0, 0]


def test_commitment_pays_a_defender_who_would_not_fight(deterrence: Study) -> None:
    """Schelling (1960): the power to bind oneself deters where the challenger minds war.

    In closed form, for the challenge c and the fight f of quantal responses (Signorino 1999).
    """
    at = {p.name: np.full(50, p.value) for p in deterrence.scenario.parameters}
    at |= deterrence.futures

    def logistic(x: Row) -> Row:
        return 1 / (1 + np.exp(-x))

    sharp, gain, harm, loss, toll = (at[k] for k in ("precision", "gain", "harm", "loss", "toll"))
    fight = logistic(sharp * (loss - toll))
    challenge = logistic(sharp * ((1 - fight) * gain - fight * harm))
    free = challenge * -(fight * toll + (1 - fight) * loss)
    bound = logistic(-sharp * harm) * -toll
    expected = np.maximum(bound - free, 0)
    np.testing.assert_allclose(
        trap_depth(deterrence.scenario, deterrence.results, "defender"), expected, atol=1e-12
    )
    assert (expected > 0).any()
    (trap,) = traps(deterrence)
    assert trap.actor == "defender"
    assert (trap.trapped == (expected > 1e-9)).all()


def test_a_trap_is_never_negative(tmp_path: Path) -> None:
    """A doctrine that only hurts traps nobody: the depth is 0 and free choice is best."""
    scenario = coin(
        parameters={"prize": {"value": -5}, "tilt": {"value": 0, "range": [0, 1]}},
        doctrines={"red": {"bound": {"must": "act"}}},
        claims={},
    )
    study = run(loads(scenario), tmp_path / "s", futures=4)
    (trap,) = traps(study)
    assert trap.depth.tolist() == [0, 0, 0, 0]
    assert not trap.trapped.any()
    assert set(trap.best) == {"free-choice"}


def test_an_escalation_trap_needs_all_three(tmp_path: Path) -> None:
    """Trapped, value falling, and waiting likeliest: and each is what the course says."""
    study = run(loads(starter()), tmp_path / "s", futures=16)
    (trap,) = traps(study)
    np.testing.assert_array_equal(trap.escalation, trap.trapped & trap.falling & trap.waiting)
    course = study.course().sel(doctrine="free-choice")
    value = course["path.defender"].to_numpy()
    np.testing.assert_array_equal(trap.falling, value[:, 5] / 1 < value[:, 0] / 6 - 1e-9)
    choices = np.stack(
        [course[f"choice.defender.{a}"].to_numpy()[:, :6] for a in ("hold", "warn", "escort")]
    )
    often = (choices.argmax(axis=0) == 0).mean(axis=1)
    np.testing.assert_array_equal(trap.waiting, often > 0.5)


def test_without_the_limit_neither_it_nor_noise_is_known(tossed: Study, tossed_bare: Study) -> None:
    """Both are None, also of what has no noise at all; every other figure is the same."""
    full, bare = compare(tossed), compare(tossed_bare)
    assert any(row.noise == 0 for row in full)
    assert bare == tuple(replace(row, limit=None, noise=None) for row in full)
