"""Findings as text: true sentences, within 80 columns, no more digits than are known."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console, RenderableType

from findings.conftest import RASH, lines
from findings.conftest import rash as rash
from findings.conftest import straight as straight
from standoff.explore import Study
from standoff.findings import (
    Findings,
    Reweighted,
    findings_of,
    margins_by_design,
    margins_nearby,
    reweighted,
)
from standoff.report import findings as report
from standoff.report import text
from standoff.scenario import loads


def printed(*parts: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=text.WIDTH, highlight=False)
    text.put(console, *parts)
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert max(map(len, said.splitlines()), default=0) <= text.WIDTH
    assert not any(word in said.split() for word in ("nan", "NaN", "inf", "None"))
    return said


def words(said: str) -> str:
    """Without the breaks between lines."""
    return " ".join(said.split())


@pytest.fixture(scope="module")
def whole(straight: Study) -> Findings:
    return findings_of(straight, budget=16)


def test_every_part_has_its_heading_in_order(whole: Findings) -> None:
    said = printed(report.findings_text(whole))
    places = [
        said.index(f"\n{title}\n")
        for title in (
            "Where claims fail",
            "Which assumptions matter",
            "What would reverse them",
            "Does it hang on the model?",
            "Which doctrine is robust",
        )
    ]
    assert places == sorted(places)


def test_a_box_is_told_with_units_and_trials(straight: Study, whole: Findings) -> None:
    """Its limits in the parameters' units and with few digits, p with two at most."""
    said = words(printed(report.failing_text(whole.failing or (), straight.scenario)))
    assert "not both They are not both high. Fails in" in said
    assert "mode is 1 (0 no, 1 yes)" in said
    assert "(p = 0.01)." in said
    one = next(one for one in whole.failing or () if one.claim == "not both")
    assert one.found is not None
    assert one.box is not None
    for part in one.box.restrictions:
        if part.factor == "b":
            assert "b is at least " in said
            assert "% per move" in said
    assert f"Fails in {one.cases} of {one.futures} futures, " in said
    assert f"There it fails in {text.percent(one.found.figures.density)}, against " in said
    assert "0 of 99 searches found as good a box" in said


def test_a_reason_that_claims_share_is_given_once(straight: Study, whole: Findings) -> None:
    """With the claims it is of; a claim that always holds has nothing to ask."""
    failing = whole.failing or ()
    bad = next(one for one in failing if one.box is not None)
    assert bad.found is not None
    checks = (replace(bad.found.checks[0], passed=False, sentence="It will not do."),)
    found = replace(bad.found, checks=checks, remarks=())
    two = [replace(one, found=found, box=None) for one in failing[:2]]
    said = words(printed(report.failing_text(tuple(two), straight.scenario)))
    assert said.count("It will not do.") == 1
    assert f"{two[0].claim} ({two[0].sought} in " in said
    alone = words(printed(report.failing_text(tuple(two[:1]), straight.scenario)))
    assert "futures. No box tells where: It will not do." in alone
    never = replace(failing[0], found=None, box=None, sought="fails", cases=0)
    said = words(printed(report.failing_text((never,), straight.scenario)))
    assert "Fails in 0 of 256 futures." in said


def test_companions_are_named(straight: Study, whole: Findings) -> None:
    one = next(one for one in whole.failing or () if one.box is not None)
    said = printed(
        report.failing_text((replace(one, companions=(("mode", "c"),)),), straight.scenario)
    )
    assert "In these futures c goes with mode, and might be what matters." in words(said)


def test_shares_of_variance_are_whole_percents(whole: Findings) -> None:
    """The largest first; negative ones and ends are shown, never as -0."""
    assert whole.sensitivity is not None
    said = words(printed(report.sample_text(whole.sensitivity)))
    assert "sum is high b " in said
    assert "-0 " not in said
    first = np.full_like(whole.sensitivity.first, -0.001)
    dull = replace(whole.sensitivity, first=first)
    said = words(printed(report.sample_text(dull)))
    assert "No single parameter stands out from chance sum is high, not both, acts, bound" in said
    table = margins_by_design(loads(lines()), 8)
    interval = np.broadcast_to([[[-0.001]], [[0.004]]], table.first_interval.shape)
    said = printed(report.sobol_text(replace(table, first_interval=np.array(interval))))
    assert "(0 to 0)" in said
    assert "from a design of 8 points" in words(said)


def test_notes_of_a_design_stand_with_their_claim() -> None:
    """Each once, without repeating the name."""
    said = words(printed(report.sobol_text(margins_by_design(loads(lines(events=RASH)), 16))))
    assert said.count("points are left out") == 4
    assert "sum is high: " not in said


def test_slopes_have_signs_and_gaps_are_counted() -> None:
    found = margins_nearby(loads(lines()))
    said = words(printed(report.gradient_text(found)))
    assert "sum is high margin -1.25; b +2.00, a +1.00." in said
    gap = np.array(found.per_range)
    gap[0, 0] = np.nan
    less = replace(found, per_range=gap, failed=np.ones(4, np.int64))
    assert "1 of 4 slopes are missing" in words(printed(report.gradient_text(less)))
    nowhere = replace(found, value=np.full_like(found.value, np.nan), per_range=gap * np.nan)
    assert "no margin to measure; no slope at all." in words(printed(report.gradient_text(nowhere)))


def test_reversals_say_how_far_they_are(whole: Findings) -> None:
    """a + 2 b > 1.5 fails at 0.25, and b reverses it 0.625 of its range away, in which its unit is
    a chance; what is never reversed has no distance."""
    said = words(printed(report.flips_text(whole.flips or ())))
    assert "sum is high Fails at the nominal values; reversed at a distance of 0.63" in said
    assert "Reversed if b is 63 % per move or more, not 0 %." in said
    assert "acts Holds at the nominal values; reversed at a distance of 0.3." in said
    one = next(one for one in whole.flips or () if one.claim == "acts")
    never = replace(one, flips=(), sentence="No change reverses it.")
    said = words(printed(report.flips_text((never,))))
    assert said.startswith("What would reverse them acts No change reverses it. Each")


def test_structure_says_any_only_where_there_is_such_a_column(whole: Findings) -> None:
    assert whole.structure is not None
    said = printed(report.structure_text(whole.structure))
    assert "any" not in said.split()
    assert "20 %" in said


def test_doctrines_stand_in_tables(whole: Findings) -> None:
    """With unit, direction and threshold in the head; tiny thresholds as numbers."""
    assert whole.robust is not None
    said = words(printed(report.robust_text(whole.robust)))
    assert "acts (higher is better; good enough: at least 50 %, the median of free choice)" in said
    acts = next(one for one in whole.robust.standings if one.objective.name == "acts")
    tiny = replace(whole.robust, standings=(replace(acts, threshold=0.00004),))
    assert "good enough: at least 0.004 %" in words(printed(report.robust_text(tiny)))


def test_other_priors_say_what_the_futures_are_worth(straight: Study) -> None:
    """In whole futures; and that it is little, where it is."""
    said = words(printed(report.reweighted_text(reweighted(straight, {"a": {"range": [0, 0.5]}}))))
    assert "the futures are worth 128 of equal weight" in said
    assert "within a factor 2 of" in said
    assert "So few" not in said
    few = (Reweighted("acts", 0.5, 0.25, (0.05, 0.7), 3.14159, 0.1, 0.6, 2.0),)
    said = words(printed(report.reweighted_text(few)))
    assert "acts 50 % 25 % (5 to 70) 10 % 60 %" in said
    assert "worth 3.1 of equal weight" in said
    assert "So few futures tell little" in said


def test_what_is_left_out_is_said(rash: Study, whole: Findings) -> None:
    """Failed futures, claims without their doctrine, and parts that found nothing."""
    found = Findings(
        rash,
        nothing={"flips": "Nothing is uncertain in this study."},
        not_judged={"bound acts": ("bound", "free")},
    )
    said = words(printed(report.findings_text(found)))
    failed = int(rash.failed.sum())
    assert f"{failed} of 256 futures could not be solved; they are left out everywhere." in said
    assert "bound acts (bound, free)." in said
    assert "What would reverse them Nothing is uncertain in this study." in said
    assert printed(report.findings_text(Findings(whole.study))) == ""


def test_words_of_the_file_steer_no_terminal(straight: Study, whole: Findings) -> None:
    """Signs in units and sentences are shown as such."""
    scenario = straight.scenario
    nasty = replace(
        scenario,
        claims=tuple(replace(one, says="red \x1b[31m!") for one in scenario.claims),
        parameters=tuple(replace(one, unit="\x1b[2J") for one in scenario.parameters),
    )
    assert "\x1b" not in printed(report.failing_text(whole.failing or (), nasty))


def test_the_solution_is_explained_where_it_is_a_switch(whole: Findings) -> None:
    """And where it is none, that the limit was not solved."""
    assert whole.structure is not None
    said = words(printed(report.structure_text(whole.structure)))
    assert "solution: equilibrium at the stated rationality" in said
    alone = replace(whole.structure, switches=("weight",))
    said = words(printed(report.structure_text(alone)))
    assert "solution:" not in said
    assert "The limit of perfect rationality was not solved." in said
