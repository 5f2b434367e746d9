"""Certificates where types are hidden: what passes, what fails, and where it says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explore.watched import UNTYPED, WATCHED
from standoff.certificate import certify
from standoff.game import compile_game
from standoff.scenario import loads
from standoff.solver import Solution, solve

DECEIVED = WATCHED.replace(
    "    discount: 0\n", "    believes:\n      incumbent: {tough: 0.8, weak: 0.2}\n"
).replace(
    "    rationality: 4\n    payoff: 2", "    cursedness: 0.6\n    rationality: 4\n    payoff: 2"
)
DECEIVED = DECEIVED.replace("fight: {when: entered,", "fight: {reveals: tough, when: entered,")
"""Entrants that look ahead, think more of them tough, and take a fight at face value."""

SHORT = WATCHED.replace("periods: 3", "periods: 2")


def solved(text: str, doctrine: str = "free-choice", **settings: object) -> Solution:
    game = compile_game(loads(text))
    return solve(
        game, {"fear": [0.2, 0.33, 0.5]}, doctrine, keep_policies=True, **settings  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("doctrine", ["free-choice", "always-fight"])
@pytest.mark.parametrize("text", [SHORT, DECEIVED, UNTYPED])
def test_sound_solutions_pass(text: str, doctrine: str) -> None:
    """A program of its own finds the same posteriors, values, choices and courses."""
    found = certify(solved(text, doctrine), 1)
    assert found.passed, str(found)
    if text != UNTYPED or doctrine != "free-choice":
        assert found["response"].error < 1e-9
        assert found["values"].error < 1e-9
        assert any("types are hidden" in note for note in found.notes)


def test_single_precision_passes_too() -> None:
    """Studies are certified in their own precision."""
    assert certify(solved(SHORT, precision="single"), 0).passed


def test_three_types_pass() -> None:
    """Posteriors in a triangle are found anew, on the same triangulation (Lovejoy 1991)."""
    text = SHORT.replace("weak: 1 - fear", "weak: 0.9 - fear\n      odd: 0.1")
    text = text.replace("binds: weak", "binds: [weak, odd]").replace(
        "(fought if tough else", "(fought if tough else 0.3 * fought if odd else"
    )
    assert certify(solved(text), 1).passed


def corrupted(solution: Solution, **changes: object) -> Solution:
    assert solution.learned is not None
    return replace(solution, learned=replace(solution.learned, **changes))  # type: ignore[arg-type]


def test_a_value_that_is_not_what_policies_are_worth_is_found() -> None:
    """What a type is said to expect is held against what is found."""
    sound = solved(SHORT)
    assert sound.learned is not None
    by_kind = sound.learned.by_kind.copy()
    by_kind[:, 1] += 1e-4
    found = certify(corrupted(sound, by_kind=by_kind), 0)
    assert not found["values"].passed
    assert "incumbent of type tough" in found["values"].where


def test_choices_that_are_no_responses_are_found() -> None:
    """Policies found from wrong values do not answer to what they are worth."""
    sound = solved(SHORT)
    assert sound.learned is not None
    wrong = list(sound.learned.snapshots)
    wrong[1] = wrong[1] + np.linspace(0, 0.1, wrong[1].shape[1])[None, :, None, None]
    found = certify(corrupted(sound, snapshots=tuple(wrong)), 0)
    assert not found["response"].passed
    assert "in period 1" in found["response"].where


def test_expected_beliefs_drift_less_on_a_finer_grid() -> None:
    """That they drift at all is the error of the grid; the certificate tells how much."""
    text = WATCHED.replace("periods: 3", "periods: 4")
    drifts = [certify(solved(text, points=points), 1)["martingale"].error for points in (6, 41)]
    assert drifts[1] < drifts[0] / 4
