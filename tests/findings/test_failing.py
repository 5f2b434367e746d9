"""Where claims fail: known boxes are found, noise is refused, companions are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from findings.conftest import lines
from standoff.claims import Truth, truths_of
from standoff.discovery import Interval, Kept
from standoff.explore import Settings, Study, prepare, solve_blocks
from standoff.findings import Failing, factors_of, where_claims_fail
from standoff.game import compile_game
from standoff.scenario import loads


@pytest.fixture(scope="module")
def both(straight: Study) -> Failing:
    (found,) = where_claims_fail(straight, truths_of(straight), ["not both"])
    return found


def test_a_known_box_is_found(straight: Study, both: Failing) -> None:
    """The claim fails where a + b >= 1 and the mode is 1: the mode is restricted, and a and b from
    below; the box that is shown is trusted and its figures are those of its own futures."""
    assert both.sought == "fails"
    where = (straight.futures["a"] + straight.futures["b"] >= 1) & (straight.futures["mode"] == 1)
    assert (both.cases, both.futures) == (int(where.sum()), 256)
    assert both.found is not None
    assert both.found.trusted
    assert both.box is not None
    mode = both.box["mode"]
    assert isinstance(mode, Kept)
    assert mode.categories == ("1",)
    assert set(both.box.factors) <= {"mode", "a", "b"}
    for name in set(both.box.factors) - {"mode"}:
        limit = both.box[name]
        assert isinstance(limit, Interval)
        assert 0 < limit.lower < 1
        assert limit.upper == np.inf
    inside = both.box.contains(factors_of(straight))
    assert both.found.figures.density == pytest.approx(where[inside].mean())
    assert both.found.figures.coverage == pytest.approx(inside[where].mean())


def test_a_half_space_is_found_to_the_grain_of_a_peel(straight: Study) -> None:
    """Where one parameter alone decides, the box is its half space, off by less than the share of
    futures that is peeled at a time; and its limit has no digits that the sample cannot tell."""
    a = straight.futures["a"]
    truth = Truth(np.where(a > 0.61, -1, 1).astype(np.int8), 0.61 - a)
    (found,) = where_claims_fail(straight, {"low": truth})
    assert found.box is not None
    assert found.box.factors == ("a",)
    limit = found.box["a"]
    assert isinstance(limit, Interval)
    assert limit.lower == pytest.approx(0.61, abs=0.05 * 0.39)
    assert len(f"{limit.lower:.15g}") <= len("0.611")
    assert found.found is not None
    assert min(found.found.figures.coverage, found.found.figures.density) > 0.95
    assert min(found.found.held_out.coverage, found.found.held_out.density) > 0.9


def test_limits_keep_the_same_futures_inside(straight: Study) -> None:
    """Fewer digits change no future's place, also of limits from above and of negative numbers."""
    prize = straight.futures["prize"]
    truth = Truth(np.where(prize < -0.37, -1, 1).astype(np.int8), prize + 0.37)
    (found,) = where_claims_fail(straight, {"x": truth})
    assert found.box is not None
    assert found.found is not None
    factors = factors_of(straight)
    np.testing.assert_array_equal(found.box.contains(factors), found.found.box.contains(factors))
    limit = found.box["prize"]
    assert isinstance(limit, Interval)
    assert limit.lower == -np.inf
    assert prize[prize < -0.37].max() <= limit.upper < prize[prize >= -0.37].min()


def test_noise_is_refused(straight: Study) -> None:
    """Verdicts dealt out by lot have no box (PRIM as such always finds one)."""
    lots = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), 256, p=[0.3, 0.7])
    (found,) = where_claims_fail(straight, {"lots": Truth(lots, lots.astype(float))})
    assert found.found is not None
    assert not found.found.trusted
    assert found.found.reasons
    assert found.box is None
    assert found.companions == ()


def test_the_rarer_is_sought_and_too_few_are_left_alone(straight: Study) -> None:
    """Nine of a kind are too few, all of a kind leave nothing to ask; undetermined ones count for
    neither."""
    few = np.ones(256, np.int8)
    few[:9] = -1
    rare = -few
    unsure = few.copy()
    unsure[100:] = 0
    same = np.ones(256, np.int8)
    truths = {
        name: Truth(verdict, verdict.astype(float))
        for name, verdict in (("few", few), ("rare", rare), ("unsure", unsure), ("same", same))
    }
    found = {one.claim: one for one in where_claims_fail(straight, truths)}
    assert [(one.sought, one.cases, one.futures) for one in found.values()] == [
        ("fails", 9, 256),
        ("holds", 9, 256),
        ("fails", 9, 100),
        ("fails", 0, 256),
    ]
    assert all(one.found is None and one.box is None for one in found.values())


def test_failed_futures_are_left_out(rash: Study) -> None:
    """Even of claims about parameters alone, which could be judged there."""
    a = rash.futures["a"]
    assert rash.failed.sum() == (a > 0.8).sum() > 0
    verdict = np.where(a > 0.5, -1, 1).astype(np.int8)
    (found,) = where_claims_fail(rash, {"low": Truth(verdict, 0.5 - a)})
    assert found.futures == int((~rash.failed).sum())
    assert found.cases == int(((a > 0.5) & (a <= 0.8)).sum())


def test_what_cannot_be_told_apart_is_named(tmp_path: Path) -> None:
    """Two parameters that tell all of each other in a sample, and do not correlate in it: the box
    has one of them, and the other is named beside it."""
    u = (np.random.default_rng(1).permutation(200) + 0.5) / 200
    drawn = {"a": u, "c": np.abs(2 * u - 1), "b": np.random.default_rng(2).random(200)}
    assert abs(np.corrcoef(drawn["a"], drawn["c"])[0, 1]) < 0.01
    game = compile_game(loads(lines()))
    study = prepare(game, Settings(precision="double"), tmp_path / "s", futures=drawn)
    solve_blocks(study, game)
    verdict = np.where(drawn["c"] > 0.7, -1, 1).astype(np.int8)
    (found,) = where_claims_fail(study, {"x": Truth(verdict, 0.7 - drawn["c"])})
    assert found.box is not None
    assert found.box.factors == ("c",)
    assert found.companions == (("c", "a"),)


def test_factors_are_of_their_kinds(straight: Study, tmp_path: Path) -> None:
    """Two values are a category, several whole ones whole numbers, all others numbers."""
    found = factors_of(straight)
    assert list(found) == ["a", "b", "c", "prize", "mode"]
    assert set(found["mode"]) == {"0", "1"}
    assert found["a"].dtype == np.float64
    parameters = {
        "a": {"value": 0.5, "range": [0, 1]},
        "b": {"value": 0, "distribution": {"kind": "discrete", "values": [0, 2, 5]}},
        "c": {"value": 0.1, "distribution": {"kind": "discrete", "values": [0.1, 0.10000001]}},
        "prize": {"value": 1},
        "mode": {"value": 0},
    }
    game = compile_game(loads(lines(parameters=parameters)))
    study = prepare(game, Settings(futures=32), tmp_path / "s")
    kinds = factors_of(study)
    assert {name: values.dtype.kind for name, values in kinds.items()} == {
        "a": "f", "b": "i", "c": "U",
    }  # fmt: skip
    assert len(set(kinds["c"])) == 2


def test_an_unknown_claim_is_named(straight: Study) -> None:
    with pytest.raises(ValueError, match="no verdict on 'act'; did you mean 'acts'"):
        where_claims_fail(straight, truths_of(straight), ["act"])
