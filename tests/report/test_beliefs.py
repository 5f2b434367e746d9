"""What is said of expected beliefs: about whom, and under which doctrines, they are constant."""

from __future__ import annotations

import numpy as np

from standoff.claims import BeliefPath
from standoff.report.beliefs import martingale_lines


def path(actor: str, doctrine: str, martingale: bool) -> BeliefPath:
    flat = np.full(3, 0.5)
    return BeliefPath(actor, "firm", doctrine, flat, flat, flat, martingale, 0.002)


def test_doctrines_are_told_apart_by_whom_they_deceive_about() -> None:
    """A doctrine that deceives about one actor leaves what is believed of another constant."""
    paths = tuple(
        path(actor, doctrine, actor == "challenger" or doctrine == "free-choice")
        for actor in ("defender", "challenger")
        for doctrine in ("free-choice", "quiet-resolve")
    )
    (said,) = martingale_lines(paths)
    assert said.startswith(
        "On average what is believed stays where it starts (it is a martingale) about defender "
        "under free-choice, about challenger under every doctrine, where nobody is deceived"
    )
    assert "by 0.20 percentage points at most" in said


def test_one_sentence_where_all_are_alike() -> None:
    """Where the doctrines are the same about all actors they are named once."""
    paths = tuple(path(actor, "free-choice", True) for actor in ("defender", "challenger"))
    (said,) = martingale_lines(paths)
    assert "(it is a martingale) under every doctrine, where" in said


def test_doctrines_are_listed_as_people_list() -> None:
    """Commas, and one "and"."""
    names = ("free-choice", "war", "peace", "pause")
    paths = tuple(path("defender", name, name != "pause") for name in names)
    (said,) = martingale_lines(paths)
    assert "under free-choice, war and peace, where" in said


def test_nothing_is_said_where_nothing_is_constant() -> None:
    """Under doctrines that deceive about everybody there is no such sentence."""
    assert martingale_lines((path("defender", "quiet-resolve", False),)) == []
