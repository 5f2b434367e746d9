"""Whether a verdict depends on the equilibrium that is taken where some choose at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from standoff.claims import Roots, as_json, judge
from standoff.explore import Study, run
from standoff.scenario import loads


def stag_hunt(low: float, high: float) -> str:
    """Jervis (1978), once: both trust (10 each), or neither (5), or one in vain (1 against 8)."""

    def worth(own: str, other: str) -> str:
        return f"10 * ({own} and {other}) + ({own} and not {other}) + 8 * ({other} and not {own})"

    def actor(own: str, other: str) -> dict[str, Any]:
        final = f"{worth(own, other)} + 5 * (not {own} and not {other})"
        actions = {"trust": {"set": {own: True}}, "arm": {}}
        return {"rationality": "precision", "final": final, "actions": actions}

    return json.dumps(
        {
            "standoff": 1,
            "name": "stag-hunt",
            "title": "Trust or arm",
            "time": {"period": "move", "periods": 1},
            "parameters": {"precision": {"value": high, "range": [low, high]}},
            "variables": {"north": {"flag": False}, "south": {"flag": False}},
            "order": [["N", "S"]],
            "actors": {"N": actor("north", "south"), "S": actor("south", "north")},
            "outcomes": {"trust": {"ever": "north and south"}, "rises": {"final": "1"}},
            "claims": {
                "peace": {"says": "They trust each other.", "holds": "trust > 0.5"},
                "sure": {"says": "One is one.", "holds": "rises > 0.5"},
            },
        }
    )


def study_of(text: str, out: Path) -> Study:
    return run(loads(text), out, futures=64, precision="double")


def test_the_answer_that_hangs_on_the_root_says_so(tmp_path: Path) -> None:
    """Above λ = 1.55649 the stag hunt has three equilibria; the branch goes to arms, another does
    not (the game of the sGameSolver documentation; Turocy 2005 for the branch).
    """
    study = study_of(stag_hunt(1.7, 4), tmp_path / "s")
    peace, sure = judge(study)
    assert peace.share == 0
    assert peace.roots is not None
    assert peace.roots.several == peace.roots.share == peace.roots.changed == 1
    assert peace.roots.lost == 0
    assert sure.roots is not None
    assert (sure.roots.share, sure.roots.changed) == (1, 0)
    # κ = λ/4 · D, and D = (10 - 8) - (1 - 5).
    assert peace.roots.kappa == pytest.approx(1.5 * study.futures["precision"].max(), rel=1e-12)


def test_where_there_is_one_root_nothing_depends_on_it(tmp_path: Path) -> None:
    """Below λ = 2/3 κ is below 1: the two solutions are the same numbers."""
    study = study_of(stag_hunt(0.1, 0.6), tmp_path / "s")
    for verdict in judge(study):
        assert isinstance(verdict.roots, Roots)
        assert verdict.roots.kappa is not None
        assert verdict.roots.kappa < 1
        assert verdict.roots.several == verdict.roots.changed == 0
        assert verdict.roots.share == verdict.share
    results = study.results
    np.testing.assert_array_equal(results["value_elsewhere"], results["value"])


def test_moves_in_turn_have_no_roots_to_choose_from(tossed: Study) -> None:
    """Without a group there is nothing to certify, and no column for it."""
    assert all(verdict.roots is None for verdict in judge(tossed))
    assert not {"kappa", "value_elsewhere"} & set(tossed.results)


def test_equilibria_that_were_not_sought_are_not_known(tmp_path: Path) -> None:
    """κ and branches that were lost are of our own equilibrium, and stay; whether there are others,
    and what they would make of a claim, is None rather than none."""
    text = loads(stag_hunt(1.7, 4))
    bare = run(text, tmp_path / "s", futures=64, precision="double", equilibrium_only=True)
    full = study_of(stag_hunt(1.7, 4), tmp_path / "full")
    for ours, theirs in zip(judge(bare), judge(full), strict=True):
        assert ours.roots is not None
        assert theirs.roots is not None
        assert ours.roots == Roots(theirs.roots.kappa, None, None, None, theirs.roots.lost)
        shown = as_json(ours)["roots"]
        assert [shown[key] for key in ("several", "share", "changed", "lost")] == [None] * 3 + [0]


def test_of_hidden_types_it_is_known_whether_there_are_others(tmp_path: Path) -> None:
    """There every equilibrium of a choice is counted on the way: that is known without the others,
    but not what they make of a claim."""
    given: dict[str, Any] = {"futures": 16, "points": 11, "doctrines": ["always-fight"]}
    full = run("chain-store", tmp_path / "full", **given)
    bare = run("chain-store", tmp_path / "bare", equilibrium_only=True, **given)
    known = [
        (verdict, other)
        for verdict, other in zip(judge(bare), judge(full), strict=True)
        if not verdict.missing
    ]
    assert known
    for verdict, other in known:
        assert verdict.roots is not None
        assert other.roots is not None
        assert other.roots.several
        assert verdict.roots == replace(other.roots, share=None, changed=None)
        assert verdict.limit_share is None
        assert verdict.share == other.share
