"""All findings of a study together: what is kept of them, and what is said where there are none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from findings.conftest import lines
from standoff.claims import wilson
from standoff.explore import Settings, Study, open_study, prepare, solve_blocks, solve_variants
from standoff.findings import (
    PARTS,
    Findings,
    findings_as_json,
    findings_of,
    reweighted,
    write_findings,
)
from standoff.game import compile_game
from standoff.scenario import loads
from standoff.sensitivity import FEWEST_ROWS

CHEAP = ("discovery", "sensitivity", "robustness", "structure")


@pytest.fixture(scope="module")
def cheap(straight: Study) -> Findings:
    return findings_of(straight, CHEAP)


@pytest.fixture
def own(straight: Study, tmp_path: Path) -> Study:
    """A copy of the study, to be written into."""
    shutil.copytree(straight.path, tmp_path / "s", ignore=shutil.ignore_patterns("findings.json"))
    return open_study(tmp_path / "s")


def solved(path: Path, futures: int = 32, doctrines: Any = None, **changes: Any) -> Study:
    game = compile_game(loads(lines(**changes)))
    study = prepare(game, Settings(futures=futures, doctrines=doctrines), path)
    solve_blocks(study, game)
    return study


def kept(study: Study) -> dict[str, Any]:
    """findings.json, which is JSON by the letter: no NaN and no infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = (study.path / "findings.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return found


def test_parts_that_are_asked_for_are_found(straight: Study, cheap: Findings) -> None:
    """And none of the others; nothing is amiss."""
    assert cheap.flips is None
    assert cheap.failing is not None
    assert len(cheap.failing) == 4
    assert cheap.sensitivity is not None
    assert cheap.structure is not None
    assert cheap.robust is not None
    assert cheap.robust.doctrines == ("free-choice", "bound")
    assert (cheap.nothing, cheap.not_judged) == ({}, {})
    (one,) = findings_of(straight, ["discovery"], claims=["acts"]).failing or ()
    assert one.claim == "acts"


def test_it_is_plain_data(cheap: Findings) -> None:
    """By part, claim by claim, null where there is no number, restrictions as numbers."""
    made = findings_as_json(cheap)
    json.dumps(made, allow_nan=False)
    assert set(made) == {*CHEAP, "nothing", "not_judged"}
    by_claim = {one["claim"]: one for one in made["discovery"]}
    assert by_claim["not both"]["restrictions"][-1] == {"factor": "mode", "kept": ["1"]}
    assert by_claim["acts"]["sought"] == "holds"
    largest = made["sensitivity"]["claims"]["sum is high"][0]
    assert (largest["parameter"], largest["above_chance"]) == ("b", True)
    assert made["structure"]["acts"]["switches"]["solution"]["changes"] > 0
    nearest = made["robustness"][0]["doctrines"]["bound"]["nearest_failure"]
    assert set(nearest) == {"1", "2", "inf"}


def test_findings_are_kept_part_by_part_and_claim_by_claim(own: Study) -> None:
    """What an earlier call found stays, but for what was asked again; claims are in the order of
    the file."""
    write_findings(findings_of(own, ["structure", "discovery"], claims=["acts"]))
    write_findings(findings_of(own, ["discovery"], claims=["sum is high"]), {"priors": [1.0]})
    write_findings(findings_of(own, ["robustness"]))
    found = kept(own)
    assert found["hash"] == own.scenario.hash
    assert [one["claim"] for one in found["discovery"]] == ["sum is high", "acts"]
    assert {"structure", "robustness", "priors"} <= set(found)
    assert "sensitivity" not in found
    before = (own.path / "findings.json").read_bytes()
    write_findings(findings_of(own, ["robustness"]))
    assert (own.path / "findings.json").read_bytes() == before


@pytest.mark.parametrize("found", ["{", "[1]", '{"hash": "of another", "structure": 1}'])
def test_what_is_of_something_else_is_not_kept(own: Study, found: str) -> None:
    """A file that is damaged or of another scenario is replaced."""
    (own.path / "findings.json").write_text(found, encoding="utf-8")
    write_findings(findings_of(own, ["robustness"]))
    assert "structure" not in kept(own)
    assert kept(own)["hash"] == own.scenario.hash


def test_one_future_says_why_there_is_nothing(tmp_path: Path) -> None:
    study = solved(tmp_path / "s", futures=1)
    found = findings_of(study, CHEAP)
    assert set(found.nothing) == {"discovery", "sensitivity", "structure"}
    assert set(found.nothing.values()) == {
        "One future was solved: there is nothing to set it beside."
    }
    write_findings(found)
    assert set(kept(study)["nothing"]) == {"discovery", "sensitivity", "structure"}


def test_few_futures_have_no_shares_of_variance(tmp_path: Path) -> None:
    """The other parts are there all the same."""
    found = findings_of(solved(tmp_path / "s", futures=12), CHEAP)
    assert found.nothing == {
        "sensitivity": "12 futures were solved; shares of variance need 16 at least."
    }
    assert found.failing is not None
    assert all(one.found is None for one in found.failing)


def test_where_nothing_is_uncertain_it_is_said(tmp_path: Path) -> None:
    fixed = {name: {"value": 0.4} for name in ("a", "b", "c", "prize", "mode")}
    found = findings_of(solved(tmp_path / "s", parameters=fixed))
    for part in ("discovery", "sensitivity", "flips"):
        assert found.nothing[part] == "Nothing is uncertain in this study."
    assert found.robust is not None
    findings_as_json(found)


def test_claims_without_their_doctrine_are_named(tmp_path: Path) -> None:
    """And left out of everything; free choice alone has nothing beside it."""
    study = solved(tmp_path / "s", doctrines=())
    found = findings_of(study, PARTS, budget=16)
    assert found.not_judged == {"bound acts": ("bound",)}
    assert found.failing is not None
    assert found.flips is not None
    assert found.sensitivity is not None
    assert found.structure is not None
    for names in (
        [one.claim for one in found.failing],
        [one.claim for one in found.flips],
        list(found.sensitivity.outputs),
        list(found.structure.outputs),
    ):
        assert names == ["sum is high", "not both", "acts"]
    assert list(found.nothing) == ["robustness", "grid"]
    only = findings_of(study, ["discovery", "flips"], claims=["bound acts"])
    assert only.flips is None
    assert set(only.nothing.values()) == {
        "No such claim can be judged with the doctrines of this study."
    }


def test_no_claims_leave_the_doctrines(tmp_path: Path) -> None:
    found = findings_of(solved(tmp_path / "s", claims={}))
    assert set(found.nothing.values()) == {"The scenario makes no claims."}
    assert found.robust is not None


def test_other_priors_move_a_share_as_they_must(straight: Study) -> None:
    """With the prize between 0 and 1 acting holds above ln 1.5: in 0.595 instead of 0.297; and
    under priors within a factor k of the other, from max(p / k, 1 - k (1 - p)) to the same of its
    opposite (DeRobertis & Hartigan 1981)."""
    found = {one.claim: one for one in reweighted(straight, {"prize": {"range": [0, 1]}})}
    one = found["acts"]
    p = float((straight.futures["prize"][straight.futures["prize"] > 0] > np.log(1.5)).mean())
    assert one.share == pytest.approx((straight.futures["prize"] > np.log(1.5)).mean())
    assert one.other == pytest.approx(p)
    assert p == pytest.approx(1 - np.log(1.5), abs=0.01)
    assert one.effective == pytest.approx((straight.futures["prize"] > 0).sum())
    assert one.interval == wilson(one.other, one.effective)
    assert one.least == pytest.approx(max(p / 2, 1 - 2 * (1 - p)))
    assert one.greatest == pytest.approx(min(2 * p, 1 - (1 - p) / 2))


def test_failed_futures_have_no_weight(rash: Study) -> None:
    """Not under any prior; where only they are left, it is said."""
    found = {one.claim: one for one in reweighted(rash, {"a": {"range": [0.5, 1]}})}
    a = rash.futures["a"]
    left = (a >= 0.5) & ~rash.failed
    high = a + 2 * rash.futures["b"] > 1.5
    assert found["sum is high"].other == pytest.approx(high[left].mean())
    assert found["sum is high"].share == pytest.approx(high[~rash.failed].mean())
    assert found["sum is high"].effective == pytest.approx(left.sum())
    with pytest.raises(ValueError, match="no future that was solved is possible"):
        reweighted(rash, {"a": {"range": [0.9, 1]}})


def test_failed_futures_hinder_nothing(rash: Study) -> None:
    """Every part is found without them."""
    found = findings_of(rash, CHEAP)
    assert found.failing is not None
    assert all(one.futures <= (~rash.failed).sum() for one in found.failing)
    json.dumps(findings_as_json(found), allow_nan=False)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"parts": ["flip"]}, "no part 'flip'; expected some of discovery, sensitivity, flips"),
        ({"claims": ["act"]}, "no claim 'act'; did you mean 'acts'"),
    ],
)
def test_unknown_names_are_refused(straight: Study, named: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        findings_of(straight, **named)


def test_without_the_limit_there_is_no_switch_until_variants_are_solved(tmp_path: Path) -> None:
    """Everything else is found as ever; of the switch the reason is kept, and goes when there is
    something to say."""
    switch = {"weight": {"options": {"double": {}, "single": {"outcomes": {
        "sum": {"final": "a + b"}}}}}}  # fmt: skip
    game = compile_game(loads(lines(structures=switch)))
    settings = Settings(futures=FEWEST_ROWS, equilibrium_only=True)
    study = prepare(game, settings, tmp_path / "s")
    solve_blocks(study, game)
    found = findings_of(study, CHEAP)
    assert found.structure is None
    assert set(found.nothing) == {"structure"}
    assert "--equilibrium-only" in found.nothing["structure"]
    assert found.failing
    assert found.sensitivity
    assert found.robust
    write_findings(found)
    assert kept(study)["nothing"] == dict(found.nothing)
    solve_variants(study)
    write_findings(findings_of(study, ("structure",)))
    after = kept(study)
    assert after["nothing"] == {}
    assert {tuple(one["switches"]) for one in after["structure"].values()} == {("weight",)}
    assert after["robustness"]
