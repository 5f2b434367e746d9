"""What notebooks show: scenarios, solutions and studies, whole and harmless."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import standoff
from standoff.explore import Settings, prepare, run
from standoff.game import compile_game
from standoff.report.document import solution_document, unpacked
from standoff.report.notebook import scenario_html, solution_html, study_html
from standoff.scenario import load, loads, starter
from standoff.solver import solve


def framed(shown: str) -> Any:
    """The document inside a frame."""
    (page,) = re.findall(r'srcdoc="([^"]*)"', shown)
    (data,) = re.findall(r'id="document">(.*?)</script>', unescape(page), re.DOTALL)
    return json.loads(data)


def test_a_study_shows_its_report(tmp_path: Path) -> None:
    """The same document as the report's, in a frame that may only run scripts."""
    study = run("two-move-deterrence", tmp_path / "study", futures=16)
    shown = study_html(study)
    assert 'sandbox="allow-scripts"' in shown
    assert framed(shown)["claims"][0]["verdict"]["line"].startswith(("Holds", "Fails"))


def test_a_study_that_is_not_whole_says_so(tmp_path: Path) -> None:
    """Nothing is shown of blocks that are missing."""
    study = prepare(compile_game(load("two-move-deterrence")), Settings(32), tmp_path / "study")
    assert "2 of 2 blocks are not solved yet" in study_html(study)


@pytest.mark.parametrize("kept", [True, False])
def test_a_solution_shows_its_outcomes_and_what_was_kept_of_its_course(kept: bool) -> None:
    """Values and outcomes are the solution's; without policies there is no course."""
    game = compile_game(load("two-move-deterrence"))
    solution = solve(game, keep_policies=kept)
    made = solution_document(solution)
    assert framed(solution_html(solution)) == json.loads(json.dumps(made))
    named = {outcome["name"]: unpacked(outcome["values"]) for outcome in made["outcomes"]}
    for k, actor in enumerate(game.actors):
        assert named[f"value to {actor}"] == pytest.approx(solution.value[:, k][None], rel=1e-6)
    assert bool(made["course"]["ladders"]) == kept


def test_a_scenario_cannot_inject_markup() -> None:
    """What a scenario says is shown as text."""
    attack = "<img src=x onerror=alert(1)>"
    text = starter()
    scenario = loads(re.sub(r"^title: .*$", f"title: '{attack}'", text, count=1, flags=re.M), "x")
    assert scenario.title == attack
    shown = scenario_html(scenario)
    assert "<img" not in shown
    assert "&lt;img" in shown


def test_objects_had_from_the_front_door_show_themselves() -> None:
    """`_repr_html_` is there, and nothing heavy is loaded for its sake."""
    code = (
        "import sys, standoff; s = standoff.load('two-move-deterrence'); "
        "print(hasattr(type(s), '_repr_html_'), 'standoff.report' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "False"]
    scenario = standoff.load("two-move-deterrence")
    assert scenario._repr_html_() == scenario_html(scenario)  # type: ignore[attr-defined]
