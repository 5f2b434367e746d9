"""`standoff check --solve`: what it prints, for people and for machines, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import standoff.solver
from standoff.cli.app import app
from standoff.solver import Solution, solve_doctrines

PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
NAMES = ["chances", "choices", "values", "course", "mass", "response", "reply", "plays"]


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", *arguments], env=PLAIN)


def test_one_line_a_doctrine() -> None:
    """In 80 columns: errors by doctrine, then what each check means and what it was held to."""
    said = check("brinkmanship", "--solve")
    assert (said.exit_code, said.stderr) == (0, "")
    lines = said.stdout.splitlines()
    doctrines = [d.name for d in standoff.load("brinkmanship").doctrines]
    assert (
        f"Checked again (double precision, equilibrium): all {1 + len(doctrines)} passed" in lines
    )
    for name in ["free-choice", *doctrines]:
        assert sum(line.startswith(f"{name} ") for line in lines) == 1
    for name in NAMES:
        assert sum(line.startswith(f"{name} ") for line in lines) >= 1
    assert max(len(line) for line in lines) <= 80


def test_the_doctrines_that_were_asked_for() -> None:
    """In the order in which they were given, once each."""
    wanted = ["free-choice", standoff.load("brinkmanship").doctrines[0].name]
    options = [part for name in [*wanted, wanted[0]] for part in ("--doctrine", name)]
    said = check("brinkmanship", "--solve", "--json", *options)
    assert [one["doctrine"] for one in json.loads(said.stdout)["certificates"]] == wanted


def test_for_machines() -> None:
    """Every check with its error and tolerance, every actor with what it forgoes."""
    said = check("two-move-deterrence", "--solve", "--json")
    assert said.exit_code == 0
    answer = json.loads(said.stdout)
    assert answer["scenario"] == "two-move-deterrence"
    first = answer["certificates"][0]
    assert first["passed"] is True
    assert (first["doctrine"], first["precision"], first["row"]) == ("free-choice", "double", 0)
    assert [one["name"] for one in first["checks"]] == NAMES
    assert all(0 <= one["error"] <= one["tolerance"] for one in first["checks"])
    assert [one["actor"] for one in first["regrets"]] == ["challenger", "defender"]
    assert "certificates" not in json.loads(check("two-move-deterrence", "--json").stdout)


def corrupt(*arguments: Any, **options: Any) -> Iterator[Solution]:
    """Solutions with what war is worth off by a thousandth."""
    for solution in solve_doctrines(*arguments, **options):
        start = solution.passed.start.copy()
        start[0, 0, 0] += 1e-3
        yield replace(solution, passed=replace(solution.passed, start=start))


def test_a_solution_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is marked without colour, said in words, and the status is 1."""
    monkeypatch.setattr(standoff.solver, "solve_doctrines", corrupt)
    only = ("two-move-deterrence", "--solve", "--doctrine", "free-choice")
    said = check(*only)
    assert said.exit_code == 1
    assert "Checked again (double precision, equilibrium): 1 of 1 failed" in said.stdout
    assert " 1e-03 ! " in said.stdout
    assert "free-choice: failed\n  values: the payoff of challenger is said to be " in said.stdout
    answer = check(*only, "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["certificates"][0]["passed"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--doctrine", "free-choice"], "it is of use only with --solve"),
        (["--solve", "--doctrine", "free-chioce"], "did you mean 'free-choice'"),
    ],
)
def test_what_is_refused(arguments: list[str], message: str) -> None:
    """With status 2, and before anything is solved."""
    said = check("two-move-deterrence", *arguments)
    assert said.exit_code == 2
    assert message in said.stderr
