"""What `standoff check` and `standoff show` say of structures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standoff.cli.app import app
from standoff.scenario import starter

STRUCTURES = """
structures:
  clock:
    says: how long it lasts
    options:
      half a year: {}
      a year: {time: {periods: 12}}
  order:
    options:
      blockader first: {}
      defender first: {order: [defender, blockader, accident]}
"""


@pytest.fixture
def crisis(tmp_path: Path) -> Path:
    path = tmp_path / "crisis.yaml"
    path.write_text(starter() + STRUCTURES, encoding="utf-8")
    return path


def said(*arguments: str | Path, status: int = 0) -> str:
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=plain)
    assert result.exit_code == status, result.stderr
    return result.stdout + result.stderr


def test_check_looks_at_every_variant(crisis: Path) -> None:
    """Each is compiled and tried in many futures; a remark that all share is made once."""
    lines = said("check", crisis).splitlines()
    assert lines[-4].startswith("my-crisis: no mistakes, 1 remark; ")
    assert [line.split(": ")[0] for line in lines[-3:]] == [
        "variant clock = half a year, order = defender first",
        "variant clock = a year, order = blockader first",
        "variant clock = a year, order = defender first",
    ]
    assert "structure 'order' has no 'says'" in lines[0]
    found = json.loads(said("check", crisis, "--json"))
    assert found["variants"][0]["choices"] == {"clock": "half a year", "order": "defender first"}
    assert all(one["states"] > 0 for one in found["variants"])


def test_check_names_the_variant_that_is_wrong_or_doubtful(crisis: Path) -> None:
    """With the place of the option's own text."""
    text = crisis.read_text(encoding="utf-8")
    more = "{events: {accident: [{p: 2, when: crisis == blockade, set: {crisis: war}}]}}"
    crisis.write_text(text.replace("{time: {periods: 12}}", more), encoding="utf-8")
    answer = said("check", crisis, status=2)
    assert "variant clock = a year, order = blockader first: " in answer
    assert "a year: {events: {accident: [{p: 2" in answer
    idle = "{parameters: {new: {value: 1, why: nothing, source: example-2029}}}"
    crisis.write_text(text.replace("{time: {periods: 12}}", idle), encoding="utf-8")
    answer = said("check", crisis)
    named = "variant clock = a year, order = blockader first: parameter 'new' is never used"
    assert answer.count("parameter 'new' is never used") == answer.count(named) == 1


def test_show_lists_switches_and_what_holds(crisis: Path) -> None:
    """The option that holds is in square brackets; in JSON it is `variant`."""
    crisis.write_text(
        crisis.read_text(encoding="utf-8") + "variant: {clock: a year}\n", encoding="utf-8"
    )
    answer = said("show", crisis)
    assert "clock: half a year, [a year]\n  how long it lasts\n" in answer
    assert "order: [blockader first], defender first\n" in answer
    assert "2 switches make 4 variants." in answer
    assert max(map(len, answer.splitlines())) <= 80
    found = json.loads(said("show", crisis, "--json"))
    assert found["variant"] == {"clock": "a year", "order": "blockader first"}
    assert found["structures"]["clock"]["options"] == ["half a year", "a year"]
    assert found["time"]["periods"] == 12


def test_nothing_is_said_where_there_are_none(tmp_path: Path) -> None:
    """A scenario without structures looks as it always did."""
    path = tmp_path / "plain.yaml"
    path.write_text(starter(), encoding="utf-8")
    assert "variant" not in said("check", path) + said("show", path)
    assert "variants" not in json.loads(said("check", path, "--json"))


def test_explore_solves_the_other_variants_and_says_what_hangs_on_them(
    crisis: Path, tmp_path: Path
) -> None:
    """Without them the solution concept is the only switch; a scenario without structures has
    none to solve."""
    study = tmp_path / "study"
    said("run", crisis, "--futures", "16", "--workers", "1", "--out", study)

    def switches(*more: str) -> set[tuple[str, ...]]:
        asked = ["explore", str(study), "--part", "structure", "--json", *more]
        found = json.loads(CliRunner().invoke(app, asked).stdout)
        return {tuple(one["switches"]) for one in found["structure"].values()}

    assert switches() == {("solution",)}
    assert switches("--variants") == {("clock", "order", "solution")}
    text = said("explore", study, "--part", "structure")
    assert "clock" in text
    assert "order" in text
    plain = tmp_path / "plain.yaml"
    plain.write_text(starter(), encoding="utf-8")
    said("run", plain, "--futures", "4", "--workers", "1", "--out", tmp_path / "plain")
    assert "structures" in said(
        "explore", tmp_path / "plain", "--part", "structure", "--variants", status=2
    )


def test_a_run_takes_an_option_of_a_switch(crisis: Path, tmp_path: Path) -> None:
    """The study holds the file as written with the option, and says so in its manifest's hash."""
    study = tmp_path / "study"
    said("run", crisis, "--variant", "clock=a year", "--futures", "4", "--out", study)
    assert '"clock": "a year"' in (study / "scenario.yaml").read_text(encoding="utf-8")
    manifest = json.loads((study / "manifest.json").read_text(encoding="utf-8"))
    plain = json.loads(said("show", crisis, "--json"))
    assert manifest["hash"] != plain["hash"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["clock"], "--variant is 'clock'; expected SWITCH=OPTION"),
        (["clock=a years"], "'a years' is no option of 'clock'; did you mean 'a year'?"),
        (["klock=a year"], "'klock' is no structure of"),
        (["clock=a year", "clock=half a year"], "--variant names the switch 'clock' twice"),
    ],
)
def test_an_option_that_is_not_there_is_refused(
    crisis: Path, given: list[str], expected: str
) -> None:
    """A mistaken switch or option ends with status 2 and the nearest name."""
    options = [part for one in given for part in ("--variant", one)]
    assert expected in said("run", crisis, *options, status=2)
