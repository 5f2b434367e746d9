"""Verdicts in words: shares with their intervals, what they hang on, and what was not solved."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console, RenderableType

from standoff.claims import Leaning, Roots, Truth, Verdict
from standoff.report import text
from standoff.report.verdicts import hangs_on, roots_line, verdict_lines, verdicts_text
from standoff.scenario import Claim, Expression, Name, Place


def printed(*parts: RenderableType) -> str:
    """The parts as on a plain terminal of 80 columns."""
    console = Console(file=io.StringIO(), width=text.WIDTH, highlight=False)
    text.put(console, *parts)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def verdict(
    verdicts: Iterable[int] = (1, 1, 1, -1), says: str = "It holds.", **changes: object
) -> Verdict:
    """A verdict with these truths in as many futures."""
    truths = np.array(list(verdicts), np.int8)
    place = Place("f", 1, 1)
    claim = Claim(
        "a-claim", says, Expression("x", place, "yes/no", Name("x"), (), ()), "", (), place
    )
    share, fails = float((truths > 0).mean()), float((truths < 0).mean())
    made = Verdict(
        claim, Truth(truths, truths.astype(float)), share, (0.3, 0.95), fails, 1 - share - fails,
        0.5, (Leaning("harm", "low", 0.6, 3.1), Leaning("prize", "high", 0.9, 3.2)),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_verdict_says_share_interval_number_and_what_it_hangs_on() -> None:
    """In these words: it holds in a share of sampled futures. Never a probability of a claim."""
    said = printed(verdict_lines(verdict()))
    assert said.splitlines() == [
        "a-claim",
        "  It holds.",
        "  Holds in 75 % of sampled futures (30 % to 95 %, n = 4); fails in 25 %.",
        "  With perfect rationality: 50 %. With other priors: 60 % if harm leans low,",
        "  90 % if prize leans high.",  # a number keeps its unit beside it
        "",
    ]
    assert "probab" not in said


def test_undetermined_futures_are_told() -> None:
    said = printed(verdict_lines(verdict((1, 0, 0, -1))))
    assert "fails in 25 %, undetermined in 50 %." in " ".join(said.split())


def test_a_share_that_hangs_on_no_prior_says_so() -> None:
    same = (Leaning("harm", "low", 0.751, 3), Leaning("prize", "high", 0.748, 3))
    assert "No single prior changes that share." in printed(verdict_lines(verdict(leanings=same)))
    assert "prior" not in printed(verdict_lines(verdict(leanings=())))


@pytest.mark.parametrize(("truth", "word"), [(1, "Holds"), (-1, "Fails"), (0, "Undetermined")])
def test_a_single_future_has_no_share(truth: int, word: str) -> None:
    """Nor an interval: the word suffices."""
    said = printed(verdict_lines(verdict((truth,))))
    assert f"{word} in the one future that was solved." in said
    assert "%" not in said


def test_what_was_not_judged_says_why() -> None:
    said = printed(verdict_lines(verdict(missing=("late", "never"))))
    assert said.splitlines()[2] == "  Not judged: this study leaves out late, never."
    assert "%" not in said


def test_a_scenario_without_claims_says_so() -> None:
    assert "The scenario makes no claims." in printed(verdicts_text(()))


UNSOLVED = "The limit of perfect rationality was not solved."


def test_a_limit_that_was_not_solved_is_said_to_be() -> None:
    """Where a share of 0 is a share: the two are never taken for each other."""
    assert hangs_on(verdict(limit_share=0.0)).startswith("With perfect rationality: 0 %.")
    assert hangs_on(verdict(limit_share=None)) == (
        f"{UNSOLVED} With other priors: 60 % if harm leans low, 90 % if prize leans high."
    )
    assert hangs_on(verdict(limit_share=None, leanings=())) == UNSOLVED
    same = (Leaning("harm", "low", 0.75, 3), Leaning("prize", "high", 0.75, 3))
    assert hangs_on(verdict(limit_share=None, leanings=same)) == (
        f"{UNSOLVED} No single prior changes the share."
    )
    assert hangs_on(verdict((1,), limit_share=None)) == UNSOLVED
    assert hangs_on(verdict((1,), limit_share=0.0)) == "With perfect rationality it does not hold."


@pytest.mark.parametrize(
    ("roots", "said"),
    [
        (Roots(0.5, None, None, None, 0), "has one equilibrium (κ at most 0.5)."),
        (Roots(7.0, None, None, None, 0), "not sought (κ up to 7, so there might be some)."),
        (Roots(7.0, None, None, None, 3), "In 3 simultaneous choices the equilibrium could not"),
        (Roots(7.0, 0.0, 0.5, 0.0, 0), "No simultaneous choice was found to have a second"),
        (Roots(None, 0.0, None, None, 0), "No choice of a hidden type was found to have a second"),
        (Roots(None, 0.25, None, None, 0), "in 25 % of futures; the others were not solved, so"),
        (Roots(None, 0.25, None, None, 9), "is open. At 9 points of the belief grid"),
        (Roots(None, 0.25, 0.5, 0.0, 0), "; the verdict does not depend on which is taken."),
    ],
)
def test_what_is_known_of_other_equilibria_is_said(roots: Roots, said: str) -> None:
    """One that was not solved is neither said to be there nor not to matter."""
    assert said in roots_line(roots)
    if roots.changed is None:
        assert "depend on which" not in roots_line(roots)
        assert "depends on which is taken:" not in roots_line(roots)
