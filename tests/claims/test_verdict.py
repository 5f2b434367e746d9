"""Verdicts: shares, their intervals, other priors, and what is left out."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from claims.conftest import acts, coin
from standoff.claims import Verdict, as_json, effective_size, judge, wilson, write_verdicts
from standoff.explore import Study, run
from standoff.scenario import loads


def by_name(study: Study) -> dict[str, Verdict]:
    return {verdict.claim.name: verdict for verdict in judge(study)}


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3 (score).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # Agresti & Coull (1998), The American Statistician 52, 119–126: z²/(n + z²) at 0 of 10.
        (0, 10, 0.0000, 0.2775),
        (10, 10, 0.7225, 1.0000),
        (5, 10, 0.2366, 0.7634),
    ],
)
def test_intervals_are_those_published(successes: int, n: int, low: float, high: float) -> None:
    """The score interval of Wilson (1927), JASA 22, 209–212."""
    assert wilson(successes / n, n) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_solves_wilsons_equation() -> None:
    """Its ends are the shares from which what was found is just 1.96 standard errors away."""
    for share, n in ((0.3, 50), (0.02, 400), (0.97, 33.5)):
        for end in wilson(share, n):
            assert abs(share - end) == pytest.approx(1.959964 * sqrt(end * (1 - end) / n), rel=1e-6)


def test_effective_size_is_kishs() -> None:
    """Kish (1965): equal weights are worth their number, one weight alone is worth one."""
    assert effective_size(np.ones(17)) == pytest.approx(17)
    assert effective_size(np.array([0.0, 5.0, 0.0])) == pytest.approx(1)
    assert effective_size(np.array([1.0, 2.0, 3.0])) == pytest.approx(36 / 14)


def test_shares_are_counted(tossed: Study) -> None:
    """A prize of -1, 1 or 2, equally likely: it is good, and acted upon, in two thirds of 24."""
    found = by_name(tossed)
    prize = tossed.futures["prize"]
    good = float((prize > 0).mean())
    assert good == pytest.approx(2 / 3, abs=1 / 24)
    for name in ("prize is good", "acts more often than not", "bound is better"):
        verdict = found[name]
        assert verdict.share == pytest.approx(good)
        assert verdict.fails == pytest.approx(1 - good)
        assert verdict.undetermined == 0
        assert verdict.interval == pytest.approx(wilson(good, 24))
        assert (verdict.truth.verdict == np.where(prize > 0, 1, -1)).all()
    expected = np.array([acts(p) for p in prize])
    np.testing.assert_allclose(found["acts more often than not"].truth.margin, expected - 0.5)


def test_binding_oneself_is_worth_what_it_is(tossed: Study) -> None:
    """V(bound) = prize and V(free) = prize × logit, so the margin is prize × (1 - logit)."""
    prize = tossed.futures["prize"]
    margin = by_name(tossed)["bound is better"].truth.margin
    np.testing.assert_allclose(margin, [p * (1 - acts(p)) for p in prize], rtol=1e-12)


def test_in_the_limit_nothing_is_gained_by_binding(tossed: Study) -> None:
    """A perfectly rational actor does best unbound: at equal worth `>` fails."""
    assert by_name(tossed)["bound is better"].limit_share == 0
    found = by_name(tossed)["acts more often than not"]
    assert found.limit_share == found.share


def test_the_same_number_is_not_less_than_itself(tossed: Study) -> None:
    """Where the two sides come from the same numbers they are equal, not undetermined."""
    assert by_name(tossed)["same"].share == 1
    assert by_name(tossed)["differs"].fails == 1


def test_what_is_within_the_error_is_undetermined(tmp_path: Path) -> None:
    """A threshold 1e-12 from what is expected is too near; at 1e-6 it is decided."""
    prize = 1
    scenario = coin(
        parameters={"prize": {"value": prize}, "tilt": {"value": 0, "range": [0, 1]}},
        claims={
            "near": {"says": "Near.", "holds": f"acts > {acts(prize) + 1e-12!r}"},
            "far": {"says": "Far.", "holds": f"acts > {acts(prize) - 1e-6!r}"},
        },
    )
    found = by_name(run(loads(scenario), tmp_path / "s", futures=4, precision="double"))
    assert (found["near"].undetermined, found["near"].share) == (1, 0)
    assert (found["far"].undetermined, found["far"].share) == (0, 1)


def test_a_trap_that_is_only_rounding_is_undetermined(tmp_path: Path) -> None:
    """A doctrine that changes nothing makes no trap, whatever rounding leaves of two solutions."""
    scenario = coin(
        doctrines={"red": {"nothing": {"says": "nothing"}}},
        outcomes={},
        claims={"trapped": {"says": "It is trapped.", "holds": "trap[red] > 0"}},
    )
    (verdict,) = judge(run(loads(scenario), tmp_path / "s", futures=16))
    assert verdict.share == 0


def test_leanings_are_weighted_shares(tossed: Study) -> None:
    """By hand: weight twice the prior's share below (towards high) or above (towards low).

    Discrete values -1, 1, 2 have the shares 1/6, 3/6, 5/6 below them, half of each counted.
    """
    verdict = by_name(tossed)["prize is good"]
    prize, tilt = tossed.futures["prize"], tossed.futures["tilt"]
    below = {"prize": np.select([prize == -1, prize == 1], [1 / 6, 1 / 2], 5 / 6), "tilt": tilt}
    assert len(verdict.leanings) == 4
    for leaning in verdict.leanings:
        share = below[leaning.parameter]
        weight = share if leaning.towards == "high" else 1 - share
        expected = weight[prize > 0].sum() / weight.sum()
        assert leaning.share == pytest.approx(expected, abs=1e-3)
        assert leaning.effective == pytest.approx(weight.sum() ** 2 / (weight**2).sum(), rel=1e-2)
    shares = [leaning.share for leaning in verdict.leanings]
    assert shares == sorted(shares)
    assert (verdict.leanings[0].parameter, verdict.leanings[0].towards) == ("prize", "low")
    assert (verdict.leanings[-1].parameter, verdict.leanings[-1].towards) == ("prize", "high")


def test_a_parameter_that_does_not_matter_leans_in_vain(tossed: Study) -> None:
    """The control: reweighting `tilt`, which nothing uses, moves the share by sampling alone."""
    verdict = by_name(tossed)["prize is good"]
    for leaning in verdict.leanings:
        if leaning.parameter == "tilt":
            assert abs(leaning.share - verdict.share) < 0.1


def test_other_weights_give_other_shares(tossed: Study) -> None:
    """All weight on the bad prize: the claim fails, on fewer effective futures."""
    prize = tossed.futures["prize"]
    bad = (prize < 0).astype(float)
    found = {v.claim.name: v for v in judge(tossed, bad)}
    verdict = found["prize is good"]
    assert (verdict.share, verdict.fails) == (0, 1)
    assert verdict.interval == pytest.approx(wilson(0, bad.sum()))
    half = {v.claim.name: v for v in judge(tossed, np.where(prize < 0, 2.0, 1.0))}
    good = (prize > 0).sum()
    assert half["prize is good"].share == pytest.approx(good / (good + 2 * (24 - good)))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(3), "weights have shape"),
        (np.zeros(24), "not all 0"),
        (-np.ones(24), "0 or more"),
        (np.full(24, np.nan), "0 or more"),
    ],
)
def test_impossible_weights_are_refused(
    tossed: Study, weights: np.ndarray[tuple[int], np.dtype[np.float64]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        judge(tossed, weights)


def test_a_claim_that_needs_what_was_left_out_is_not_judged(tmp_path: Path) -> None:
    """Neither true nor false: the doctrines that are missing are named."""
    study = run(loads(coin()), tmp_path / "s", futures=4, doctrines=["held"])
    found = by_name(study)
    assert found["bound is better"].missing == ("bound",)
    assert found["same"].missing == ("bound", "secret")
    assert found["trapped"].missing == ("bound",)
    assert found["prize is good"].missing == ()
    assert as_json(found["same"]).keys() == {"claim", "says", "holds", "why", "sources", "missing"}


def test_one_future_is_enough_to_judge(tmp_path: Path) -> None:
    """Where only one was solved, no weight is ever 0, and shares are 0 or 1."""
    for seed in range(5):
        study = run(loads(coin()), tmp_path / str(seed), futures=1, seed=seed)
        for verdict in judge(study):
            assert verdict.share in (0, 1)
            assert all(leaning.share in (0, 1) for leaning in verdict.leanings)


def test_verdicts_are_written_with_where_they_come_from(tossed: Study) -> None:
    """As JSON, with hash, version and seed; the same bytes every time."""
    path = tossed.path / "verdicts.json"
    write_verdicts(tossed, judge(tossed))
    first = path.read_bytes()
    write_verdicts(tossed, judge(tossed))
    assert path.read_bytes() == first
    kept = json.loads(first)
    assert (kept["hash"], kept["seed"]) == (tossed.scenario.hash, 0)
    assert kept["standoff"] == tossed.manifest["standoff"]
    found = {verdict["claim"]: verdict for verdict in kept["verdicts"]}
    assert found["differs"]["fails"] == 1
    assert found["same"]["futures"] == 24
    assert found["bound is better"]["limit_share"] == 0
    assert {leaning["parameter"] for leaning in found["same"]["leanings"]} == {"prize", "tilt"}


def test_without_the_limit_its_share_is_not_known_and_all_else_is_the_same(
    tossed: Study, tossed_bare: Study
) -> None:
    """None, and null in verdicts.json: never 0, which is what it is for a claim that fails."""
    write_verdicts(tossed_bare, judge(tossed_bare))
    bare = json.loads((tossed_bare.path / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]
    full = [as_json(verdict) for verdict in judge(tossed)]
    assert [one["limit_share"] for one in bare] == [None] * len(full)
    assert any(one["limit_share"] == 0 for one in full)
    assert bare == [one | {"limit_share": None} for one in full]
