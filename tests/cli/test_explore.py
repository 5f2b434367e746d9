"""A study is asked what would have to be true, from the first command to the last."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.said import Said
from findings.conftest import RASH, lines
from standoff.cli.progress import steps
from standoff.explore import Settings, open_study, prepare
from standoff.findings import PARTS
from standoff.game import compile_game
from standoff.scenario import loads

HEADINGS = (
    "Where claims fail",
    "Which assumptions matter",
    "What would reverse them",
    "Does it hang on the model?",
    "Which doctrine is robust",
)


_OPEN = set(PARTS) - {"grid"}
"""What can be found where nothing is hidden."""


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sums, in 64 futures, by the command."""
    folder = tmp_path_factory.mktemp("explored")
    (folder / "lines.yaml").write_text(lines(), encoding="utf-8")
    said = Said("run", folder / "lines.yaml", "--futures", "64", "--out", folder / "s")
    assert said.status == 0
    return folder / "s"


@pytest.fixture
def study(solved: Path, tmp_path: Path) -> Path:
    """A copy of the study, of which nothing has been found."""
    shutil.copytree(solved, tmp_path / "s")
    return tmp_path / "s"


def kept(study: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((study / "findings.json").read_text(encoding="utf-8"))
    return found


def test_a_new_crisis_is_explored(tmp_path: Path) -> None:
    """From an empty folder: a starter file, a study, and every part in 80 columns."""
    crisis = tmp_path / "crisis.yaml"
    assert Said("new", crisis).status == 0
    assert Said("run", crisis, "--futures", "32", "--out", tmp_path / "s").status == 0
    said = Said("explore", tmp_path / "s", "--budget", "16")
    assert (said.status, said.error) == (0, "")
    places = [said.out.index(f"\n{heading}\n") for heading in HEADINGS]
    assert places == sorted(places)
    assert max(map(len, said.out.splitlines())) <= 80
    assert set(kept(tmp_path / "s")) >= _OPEN


def test_json_is_what_is_kept(study: Path) -> None:
    """All parts, with where they come from; progress is not in the way of machines."""
    said = Said("explore", study, "--budget", "16", "--json")
    assert said.status == 0
    found = said.json
    assert found["study"] == str(study)
    assert found["scenario"] == "lines"
    assert {part: found[part] for part in _OPEN} == {part: kept(study)[part] for part in _OPEN}
    flips = {one["claim"]: one for one in found["flips"]}
    # a + 2 b is 0.25 at the nominal point, and 1.5 where b is 0.625.
    nearest = flips["sum is high"]["flips"][0]
    assert nearest["changes"][0]["parameter"] == "b"
    assert nearest["changes"][0]["to"] == pytest.approx(0.625, abs=2e-3)


def test_what_is_found_is_completed_part_by_part(study: Path) -> None:
    """Also what was asked beyond the parts; one part shows no other."""
    said = Said("explore", study, "--part", "structure")
    assert HEADINGS[3] in said.out
    assert HEADINGS[0] not in said.out
    assert set(PARTS) & set(kept(study)) == {"structure"}
    Said("explore", study, "--part", "discovery", "--claim", "acts")
    Said("explore", study, "--part", "discovery", "--claim", "not both", "--prior", "a=0:0.5")
    found = kept(study)
    assert [one["claim"] for one in found["discovery"]] == ["not both", "acts"]
    assert {"structure", "priors"} <= set(found)


def test_other_priors_are_shown(study: Path) -> None:
    """A sum above 1.5 is rarer where a is low; several ranges hold together."""
    said = Said("explore", study, "--part", "structure", "--prior", "a=0:0.5", "--prior", "b=0:.5")
    assert "Under other priors" in said.out
    (one,) = (
        one
        for one in Said(
            "explore", study, "--part", "structure",
            "--prior", "a=0:0.5", "--prior", "b=0:0.5", "--json",
        ).json["priors"]
        if one["claim"] == "sum is high"
    )  # fmt: skip
    assert one["other"] == 0
    assert one["share"] == pytest.approx(0.5, abs=0.05)


def test_indices_and_slopes_are_solved(study: Path) -> None:
    """Numbers by name in JSON, with dimensions; tables and slopes as text."""
    asked = ("explore", study, "--part", "structure", "--sobol", "8", "--gradient")
    said = Said(*asked)
    assert "Which assumptions matter, and together" in said.out
    assert "margin -1.25; b +2.00, a +1.00." in said.words
    assert max(map(len, said.out.splitlines())) <= 80
    found = Said(*asked, "--json").json
    assert found["gradient"]["per_range"]["dims"] == ["point", "factor", "output"]
    assert found["sobol"]["factor"]["values"] == ["a", "b", "c", "prize", "mode"]
    assert {"sobol", "gradient", "structure"} <= set(kept(study))


def test_adaptive_doctrines_are_searched(tmp_path: Path) -> None:
    """Of the actor that is named; what they are worth is told for futures held out."""
    crisis = tmp_path / "crisis.yaml"
    Said("new", crisis)
    Said("run", crisis, "--futures", "16", "--out", tmp_path / "s")
    said = Said("explore", tmp_path / "s", "--part", "robustness", "--adapt", "defender", "--json")
    assert said.status == 0
    found = said.json["adaptive"]
    assert found["actor"] == "defender"
    assert found["gains"][0]["low"] <= found["gains"][0]["held_out"] <= found["gains"][0]["high"]
    assert found["doctrines"][0]["doctrine"] == "free-choice"
    assert kept(tmp_path / "s")["adaptive"]["tried"] == found["tried"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--part", "flip"), "there is no part 'flip'; expected some of discovery"),
        (("--claim", "act"), "there is no claim 'act'; did you mean 'acts'?"),
        (("--prior", "a"), "--prior is 'a'; expected NAME=LOW:HIGH"),
        (("--prior", "=0:1"), "--prior is '=0:1'; expected NAME=LOW:HIGH"),
        (("--prior", "a=0.1"), "--prior is 'a=0.1'; expected NAME=LOW:HIGH"),
        (("--prior", "a=low:high"), "--prior is 'a=low:high'"),
        (("--prior", "a=0:nan"), "--prior is 'a=0:nan'"),
        (("--prior", "a=0:inf"), "--prior is 'a=0:inf'"),
        (("--prior", "a=0:1", "--prior", "a=0:0.5"), "--prior has two ranges of 'a'"),
        (("--prior", "a=0.5:0.1"), "the prior of 'a'"),
        (("--prior", "prise=0:1"), "no parameter 'prise'; did you mean 'prize'"),
        (("--prior", "a=0:2"), "the other prior of 'a' reaches outside of what was sampled"),
        (("--prior", "mode=0:1"), "'mode' was sampled as discrete"),
        (("--sobol", "12"), "--sobol is 12; expected a power of two, say 16"),
        (("--sobol", "4"), "Invalid value for '--sobol'"),
        (("--budget", "1"), "Invalid value for '--budget'"),
        (("--adapt", "rad"), "'rad' is not an actor; did you mean 'red'"),
    ],
)
def test_mistakes_say_what_would_do(study: Path, options: tuple[str, ...], message: str) -> None:
    """Status 2, a sentence, nothing found and nothing written."""
    said = Said("explore", study, *options)
    assert (said.status, said.out) == (2, "")
    assert message in " ".join(said.error.split())
    assert not (study / "findings.json").exists()


def test_mistakes_are_told_to_machines(study: Path) -> None:
    said = Said("explore", study, "--claim", "act", "--json")
    assert said.status == 2
    assert said.json == {"error": "there is no claim 'act'; did you mean 'acts'?"}


def test_what_is_no_whole_study_is_refused(study: Path, tmp_path: Path) -> None:
    """No study, none at all, or one of which blocks are missing: before anything is solved."""
    for folder, message in (
        (tmp_path, "holds no study: there is no manifest.json"),
        (tmp_path / "nowhere", "holds no study"),
    ):
        said = Said("explore", folder)
        assert (said.status, said.out) == (2, "")
        assert message in said.error
    (study / "outcomes" / "00001.parquet").unlink()
    said = Said("explore", study, "--sobol", "8")
    assert (said.status, said.out) == (2, "")
    assert "1 of 4 blocks are missing; run the same command again" in said.error
    (study / "manifest.json").write_text("{", encoding="utf-8")
    assert "its manifest.json is damaged" in Said("explore", study).error


def test_correlations_have_no_design(tmp_path: Path) -> None:
    """Shares by parameter have no meaning there: said, and what to do instead."""
    together = [{"between": ["a", "b"], "rank": 0.5, "why": "so it is"}]
    (tmp_path / "c.yaml").write_text(lines(correlations=together), encoding="utf-8")
    assert Said("run", tmp_path / "c.yaml", "--futures", "8", "--out", tmp_path / "s").status == 0
    said = Said("explore", tmp_path / "s", "--sobol", "8")
    assert (said.status, said.out) == (2, "")
    assert "the scenario has correlations" in said.error


def test_what_is_missing_is_said_and_no_more(tmp_path: Path) -> None:
    """Failed futures are counted, claims without their doctrine named, and every part that has
    nothing says why."""
    path = tmp_path / "r.yaml"
    path.write_text(lines(events=RASH), encoding="utf-8")
    run = ("run", path, "--futures", "16", "--doctrine", "free-choice", "--out", tmp_path / "s")
    assert Said(*run).status == 0
    failed = int(open_study(tmp_path / "s").failed.sum())
    assert failed > 0
    said = Said("explore", tmp_path / "s", "--budget", "16")
    assert said.status == 0
    assert f"{failed} of 16 futures could not be solved" in said.words
    assert "bound acts (bound)." in said.words
    assert f"{16 - failed} futures were solved; shares of variance need 16" in said.words
    assert "Free choice alone was solved: there is nothing to compare." in said.words
    assert set(kept(tmp_path / "s")["nothing"]) == {"sensitivity", "robustness"}


def test_a_study_without_uncertainty_says_so(tmp_path: Path) -> None:
    fixed = {name: {"value": 0.4} for name in ("a", "b", "c", "prize", "mode")}
    (tmp_path / "f.yaml").write_text(lines(parameters=fixed), encoding="utf-8")
    assert Said("run", tmp_path / "f.yaml", "--out", tmp_path / "s").status == 0
    said = Said("explore", tmp_path / "s")
    assert said.status == 0
    assert said.words.count("Nothing is uncertain in this study.") == 3
    for option, message in (
        (("--gradient",), "nothing is uncertain"),
        (("--sobol", "8"), "nothing is uncertain"),
        (("--prior", "a=0:1"), "'a' is fixed in 'lines'"),
    ):
        said = Said("explore", tmp_path / "s", *option)
        assert (said.status, said.out) == (2, "")
        assert message in said.error


def test_nothing_was_solved_yet(tmp_path: Path) -> None:
    """A study that was laid out and not begun."""
    prepare(compile_game(loads(lines())), Settings(futures=16), tmp_path / "s")
    said = Said("explore", tmp_path / "s")
    assert (said.status, said.out) == (2, "")
    assert "1 of 1 blocks are missing" in said.error


@pytest.mark.parametrize("terminal", [True, False])
def test_steps_are_told_once(terminal: bool) -> None:
    """The end of a search is told where it was told of at all, and once."""
    console = Console(file=io.StringIO(), width=80, force_terminal=terminal, highlight=False)
    with steps(console, "asked of nobody"):
        pass
    with steps(console, "futures") as progress:
        for done in (0, 1, 2, 2):
            progress(done, 2)
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert "asked of nobody" not in said
    if not terminal:
        assert [line.partition(",")[0] for line in said.splitlines()] == ["futures: 2 of 2"]
