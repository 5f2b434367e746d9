"""`standoff simulate` and `standoff story`: what they print, and how they refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

import standoff
from standoff.cli.app import app


def said(*arguments: str, status: int = 0) -> tuple[str, str]:
    """What a command prints, to standard output and to standard error."""
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
    result = CliRunner().invoke(app, list(arguments), env=plain)
    assert result.exit_code == status, result.stderr
    return result.stdout, result.stderr


def parsed(*arguments: str, status: int = 0) -> Any:
    return json.loads(said(*arguments, "--json", status=status)[0])


def test_simulate_compares_doctrines_with_the_first() -> None:
    """Exact, measured, and the difference in the same courses of chance."""
    out, _ = said(
        "simulate", "two-move-deterrence", "--doctrine", "free-choice", "--doctrine",
        "always fight", "--replications", "2000", "--set", "toll=1.1",
    )  # fmt: skip
    heading = " ".join(out.split("payoff to")[0].split())
    assert "2,000 replications under 2 doctrines, seed 0; toll = 1.1, the other" in heading
    assert out.count("\n  less free-choice ") == 4


def test_simulate_speaks_json() -> None:
    """The same numbers as from Python, each with its names."""
    found = parsed("simulate", "two-move-deterrence", "--replications", "500", "--seed", "3")
    game = standoff.compile(standoff.load("two-move-deterrence"))
    played = standoff.simulate(game, replications=500, seed=3)
    assert [row["mean"] for row in found["results"]] == played.mean[0, 0].tolist()
    assert found["results"][-1]["outcome"] == "war"
    assert found["results"][0]["less"] is None
    assert (found["replications"], found["seed"], found["parameters"]) == (500, 3, {})


def test_story_speaks_json() -> None:
    """The course move by move: what was open, what was taken, what followed."""
    found = parsed("story", "two-move-deterrence", "--replication", "0")
    first = found["periods"][0]["turns"][0]
    choice = first["choices"][0]
    assert [option["action"] for option in choice["options"]] == ["wait", "challenge"]
    assert choice["options"][choice["taken"]]["action"] == "challenge"
    assert first["state"] == {"result": "status quo"}
    assert found["total"][-1] == {"outcome": "war", "value": 1.0}
    assert found["over"] is True


def test_seed_and_replication_choose_the_course() -> None:
    """The same twice, another with another."""
    command = ("story", "restrained-success")
    assert said(*command) == said(*command)
    assert said(*command) != said(*command, "--seed", "1")
    assert said(*command) != said(*command, "--replication", "1")


@pytest.mark.parametrize("command", ["simulate", "story"])
@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--doctrine", "always fihgt", "did you mean 'always fight'?"),
        ("--set", "tol=1", "'tol' is not a parameter of 'two-move-deterrence'; did you mean"),
        ("--set", "toll", "--set is 'toll'; expected a name, '=' and a number"),
        ("--set", "toll=much", "--set toll is 'much'; expected a number"),
        ("--set", "toll=inf", "--set toll is 'inf'; expected a number"),
        ("--variant", "markets", "--variant is 'markets'; expected SWITCH=OPTION"),
        ("--variant", "markets=three", "markets"),
        ("--set", "precision=-1", "rationality of challenger is -1"),
    ],
)
def test_mistakes_are_told(command: str, option: str, value: str, message: str) -> None:
    """What was found, what was expected, the nearest name; status 2, on standard error."""
    out, error = said(command, "two-move-deterrence", option, value, status=2)
    assert out == ""
    assert message in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "--replications", "0"),
        ("simulate", "--workers", "0"),
        ("story", "--seed", "-1"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments: tuple[str, ...]) -> None:
    """Before anything is solved."""
    command, option, value = arguments
    _, error = said(command, "two-move-deterrence", option, value, status=2)
    assert f"Invalid value for '{option}'" in error
