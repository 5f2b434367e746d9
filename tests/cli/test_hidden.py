"""Scenarios in which types are hidden, by the commands: what is told, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.said import Said
from explore.watched import UNTYPED, WATCHED


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hidden") / "watched.yaml"
    path.write_text(WATCHED, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def ran(scenario: Path) -> Said:
    return Said(
        "run", scenario, "--out", scenario.parent / "s", "--futures", "48", "--workers", "1"
    )


def test_a_run_tells_what_is_believed(ran: Said) -> None:
    """Verdicts in beliefs, belief paths by doctrine, and how far the grid can be trusted."""
    assert ran.status == 0, ran.error
    assert "3 reachable states × 66 points of belief" in ran.words
    assert "thought tough With the doctrine it is thought tough" in ran.words
    paths = ran.out[ran.out.index("that incumbent is tough\n") :].splitlines()
    assert paths[1].split() == ["doctrine", "start", "1", "2", "end", "5", "to", "95", "%"]
    free, bound = (line.split() for line in paths[2:4])
    assert free[0] == "free-choice"
    assert free[1] == free[7] == "35"
    assert bound[0] == "always-fight"
    assert int(bound[7]) > 35
    assert "stays where it starts (it is a martingale) under free-choice" in ran.words
    assert "Beliefs stand on a grid of 21 points a side." in ran.words
    assert "it is 64 times the stated rationality" in ran.words
    assert "Confirmed by a second program, in the first future: free-choice" in ran.words


def test_a_study_is_explored_with_its_grid(ran: Said, scenario: Path) -> None:
    """All parts work, and the error of the grid is told claim by claim."""
    del ran
    study = scenario.parent / "s"
    said = Said("explore", study, "--budget", "16", "--grid-futures", "4")
    assert said.status == 0, said.error
    assert "Does it hang on the belief grid?" in said.words
    assert "thought tough With 41 points a side" in said.words
    assert "With 81 points a side" in said.words
    told: Any = Said("explore", study, "--part", "grid", "--grid-futures", "4", "--json").json
    assert {finer["points"] for one in told["grid"] for finer in one["finer"]} == {41, 81}


def test_the_json_of_a_run_has_the_paths(ran: Said, scenario: Path) -> None:
    """The same run again solves nothing and gives them as plain data."""
    del ran
    told: Any = Said(
        "run", scenario, "--out", scenario.parent / "s", "--futures", "48", "--json"
    ).json  # fmt: skip
    assert {(one["type"], one["doctrine"]) for one in told["beliefs"]} == {
        (type_, doctrine)
        for type_ in ("tough", "weak")
        for doctrine in ("free-choice", "always-fight")
    }
    assert told["verdicts"][0]["roots"]["kappa"] is None


def test_a_run_takes_the_points_of_the_grid(scenario: Path, tmp_path: Path) -> None:
    """--beliefs is in the manifest; one point is no grid."""
    few: Any = Said(
        "run", scenario, "--out", tmp_path / "s", "--futures", "4", "--beliefs", "9", "--json"
    ).json  # fmt: skip
    assert few["manifest"]["points"] == 9
    assert Said("run", scenario, "--beliefs", "1").status == 2


def test_show_names_the_types(scenario: Path) -> None:
    """Types and priors stand with their actor, and how far a doctrine is believed."""
    said = Said("show", scenario)
    assert "let be, fight; hidden types, with priors: tough fear, weak 1 - fear" in said.words
    assert "always-fight, believed 0.5" in said.words
    assert Said("show", scenario, "--json").json["types"] == {
        "incumbent": {"tough": "fear", "weak": "1 - fear"}
    }


def test_solutions_are_checked_again(scenario: Path) -> None:
    """`check --solve` says what it could check where types are hidden, and what not."""
    said = Said("check", scenario, "--solve")
    assert said.status == 0, said.out
    assert "Checked again (double precision, equilibrium): all 2 passed" in said.words
    assert "martingale" in said.words
    assert "best replies and drawn plays were not checked" in said.words


def test_priors_are_tried_in_many_futures(tmp_path: Path) -> None:
    """Priors that are none in some future are a mistake that `check` finds."""
    path = tmp_path / "bad.yaml"
    path.write_text(WATCHED.replace("[0.1, 0.6]", "[0.1, 1.2]"), encoding="utf-8")
    said = Said("check", path)
    assert said.status == 2
    assert "the prior of 'tough' is 1." in said.error


@pytest.mark.parametrize("command", [("concepts",), ("export", "--to", "umb")])
def test_what_beliefs_do_not_allow_is_refused(command: tuple[str, ...], scenario: Path) -> None:
    """It says what cannot be done, why, and what instead."""
    said = Said(command[0], scenario, *command[1:])
    assert said.status == 2
    assert "incumbent has hidden types, so what an actor does depends on its type" in said.error


def test_a_story_keeps_the_secret_until_the_end(scenario: Path) -> None:
    """What a move showed, what is believed then, and what was so; --reveal tells it at once."""
    secret, at_once = (
        Said("story", scenario, "--seed", "1", *flags) for flags in ((), ("--reveal",))
    )
    assert secret.status == at_once.status == 0
    assert "Only incumbent knows whether it is tough or weak." in secret.words
    assert "At first the others hold incumbent tough with 30 %." in secret.words
    end = secret.words.index("The end")
    assert secret.words.index("What only incumbent knew: it was ") > end
    assert "payoff to incumbent" not in secret.words[:end]
    assert at_once.words.index("What only incumbent knows: it is ") < at_once.words.index("Market")
    assert "The others now hold it tough with" in secret.words
    assert "if tough if weak" in secret.words


def test_a_story_with_types_speaks_json(scenario: Path) -> None:
    """Who was what, every kind's probabilities, and beliefs in the order of the credences."""
    told: Any = Said("story", scenario, "--seed", "1", "--beliefs", "11", "--json").json
    assert [(one["actor"], one["of"]) for one in told["credences"]] == [
        ("incumbent", "tough"), ("incumbent", "weak"),
    ]  # fmt: skip
    assert told["secrets"][0]["type"] in ("tough", "weak")
    turn = told["periods"][0]["turns"][1]
    assert turn["choices"][0]["kinds"] == ["tough", "weak"]
    assert sum(turn["learnt"]["after"]) == pytest.approx(1)


def test_a_simulation_tells_what_was_believed(scenario: Path) -> None:
    """A table for each thing believed, and what actors foresee beside what they receive."""
    doctrines = ("--doctrine", "free-choice", "--doctrine", "always-fight")
    said = Said("simulate", scenario, *doctrines, "--replications", "5000")
    assert said.status == 0, said.error
    assert "belief that incumbent is tough doctrine true in start half way end" in said.words
    assert "belief that incumbent is bound by always-fight" in said.words
    assert said.out.count("  foreseen ") == 4
    told: Any = Said("simulate", scenario, "--replications", "5000", "--json").json
    assert [one["of"] for one in told["beliefs"]] == ["tough", "weak"]
    assert [len(one["mean"]) for one in told["beliefs"]] == [4, 4]


def test_a_doctrine_in_doubt_is_told_like_a_type(tmp_path: Path) -> None:
    """Without types what is hidden is whether the doctrine binds; free choice hides nothing."""
    path = tmp_path / "untyped.yaml"
    path.write_text(UNTYPED, encoding="utf-8")
    assert "Only incumbent knows" not in Said("story", path).words
    said = Said("story", path, "--doctrine", "always-fight")
    assert "Only incumbent knows whether always-fight binds it." in said.words
    assert "What only incumbent knew: it was bound by always-fight." in said.words
    assert Said("concepts", path, "--doctrine", "always-fight").status == 2
    ran = Said("run", path, "--out", tmp_path / "s", "--futures", "16")
    assert ran.status == 0
    assert "What the others believe Beliefs stand on a grid" in ran.words
