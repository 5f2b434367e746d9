"""From end to end, as the people go whom this is for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

import standoff
from cli.said import Said
from standoff.solver import solve


def standoff_says(
    *arguments: str, where: Path, status: int = 0
) -> subprocess.CompletedProcess[str]:
    """A command as typed into a shell, in a folder of the user's."""
    said = subprocess.run(
        [sys.executable, "-m", "standoff", *arguments],
        cwd=where,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert said.returncode == status, said.stderr
    assert "Traceback" not in said.stderr
    return said


def test_an_analyst_writes_a_scenario_and_reads_the_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New, a typo, told where, mended, checked, run, read, and opened with pandas."""
    monkeypatch.chdir(tmp_path)
    standoff_says("new", "strait.yaml", where=tmp_path)
    file = tmp_path / "strait.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("when: crisis == calm", "when: crisis == clam"), encoding="utf-8")

    told = standoff_says("check", "strait.yaml", where=tmp_path, status=2).stderr
    place, _, sentence = told.splitlines()[0].partition(": ")
    name, line, column = place.split(":")
    assert name == "strait.yaml"
    written = file.read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert written[int(column) - 1 :].startswith("clam")
    assert "did you mean 'calm'?" in sentence

    file.write_text(text.replace("name: my-crisis", "name: strait"), encoding="utf-8")
    assert "no mistakes, no remarks" in Said("check", "strait.yaml").out

    run = ("run", "strait.yaml", "--futures", "32", "--out", "study")
    said = standoff_says(*run, where=tmp_path).stdout
    assert "Escorting convoys shortens the blockade." in said
    assert "of sampled futures (" in said
    study = tmp_path / "study"
    verdicts = json.loads((study / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]
    share = next(v["share"] for v in verdicts if v["claim"] == "convoys-mean-war")
    assert f"Holds in {100 * share:.0f} % of sampled futures" in said

    outcomes = pd.read_parquet(study / "outcomes")
    wide = outcomes.pivot(index="future", columns="doctrine", values="outcome.war")
    assert (wide["convoys at once"] > wide["no escorts"]).mean() == pytest.approx(share, abs=1e-4)

    assert "solved before; nothing is left to do" in Said(*run).out


def test_a_strategist_asks_what_would_have_to_be_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """List, show, run what is packaged, and read what a claim hangs on."""
    monkeypatch.chdir(tmp_path)
    assert "two-move-deterrence" in Said("list").out
    shown = Said("show", "two-move-deterrence").out
    assert "Every challenge will be answered with war." in shown
    said = Said("run", "two-move-deterrence", "--futures", "64").out
    told = said.split("commitment-avoids-war")[1].split("commitment-pays")[0]
    assert "of sampled futures (" in told
    assert "With perfect rationality: " in told
    assert "With other priors: " in told
    assert " leans " in told
    (study,) = (tmp_path / "studies").iterdir()
    assert study.name.startswith("two-move-deterrence-")
    assert f"studies/{study.name}" in said.replace(os.sep, "/")


def test_a_program_reads_json(tmp_path: Path) -> None:
    """Every command that has something to say can say it to a machine, and only to it."""
    listed = Said("list", "--json").json
    shown = Said("show", listed[-1]["scenario"], "--json").json
    assert shown["hash"] == listed[-1]["hash"]
    run = ("run", "two-move-deterrence", "--futures", "4", "--out", "s", "--json")
    found = json.loads(standoff_says(*run, where=tmp_path).stdout)
    assert {verdict["futures"] for verdict in found["verdicts"]} == {4}
    told = Said("check", "no-such-thing", "--json")
    assert told.status == 2
    assert told.json["mistakes"][0]["message"].startswith("no scenario is called")


def test_a_planner_plays_it_out() -> None:
    """One course as a story, many beside what is exact, and the same course again from Python."""
    options = ("--doctrine", "free-choice", "--doctrine", "always fight", "--json")
    told = Said("story", "two-move-deterrence", "--seed", "7").out
    assert "challenger chooses to" in told
    rows = Said("simulate", "two-move-deterrence", *options).json["results"]
    war = next(r for r in rows if r.get("outcome") == "war" and r["doctrine"] == "always fight")
    assert abs(war["mean"] - war["exact"]) < 5 * war["error"]
    assert abs(war["less"]["mean"] - war["less"]["exact"]) < 5 * war["less"]["error"]

    game = standoff.compile(standoff.load("two-move-deterrence"))
    course = standoff.chronicle(game, seed=7)
    first = course.periods[0].turns[0].choices[0]
    assert f"challenger chooses to {first.options[first.taken].action}." in told
    total = standoff.simulate(game, replications=1, seed=7).mean[0, 0]
    assert total.tolist() == pytest.approx(course.total)


def test_the_face_has_functions_and_not_folders() -> None:
    """`standoff.solve` stays what the docstring promises after stages have been imported."""
    code = "import standoff.explore; print(callable(standoff.solve), callable(standoff.run))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "True True\n"


SCRIPT = """
import standoff
from standoff.solver import solve

study = standoff.run("two-move-deterrence", "study", futures=8)
for verdict in standoff.judge(study):
    print(verdict.claim.name, verdict.share)
"""


def test_a_scholar_works_in_python(tmp_path: Path) -> None:
    """Load, compile, solve at chosen parameters, and compare with the closed form in xarray."""
    scenario = standoff.load("two-move-deterrence")
    game = standoff.compile(scenario)
    toll = np.linspace(0.2, 2, 7)
    solution = solve(game, {"toll": toll, "precision": 3.0}, keep_policies=True)
    arrays = solution.to_xarray()
    assert arrays.sizes == {"future": 7, "actor": 2, "outcome": 2}
    assert arrays.attrs["hash"] == scenario.hash
    # Signorino (1999), with quantal responses: the defender fights, then the challenger challenges.
    fight = 1 / (1 + np.exp(-3 * (0.5 - toll)))
    challenge = 1 / (1 + np.exp(-3 * (1 - 2 * fight)))
    found = arrays["expected"].sel(outcome="challenge")
    np.testing.assert_allclose(found, challenge, rtol=1e-12)
    # A defender for whom war is dearer fights less, and is challenged more.
    assert (np.diff(found) > 0).all()


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    """A study from a plain script, with nothing that Python's process pools would ask for."""
    (tmp_path / "script.py").write_text(SCRIPT)
    said = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert len(said.stdout.splitlines()) == 3
    assert said.stderr == ""
    study = standoff.open_study(tmp_path / "study")
    assert study.results.sizes["future"] == 8
    for verdict, line in zip(standoff.judge(study), said.stdout.splitlines(), strict=True):
        assert line == f"{verdict.claim.name} {verdict.share}"


def test_a_colleague_gets_the_same_bytes(tmp_path: Path) -> None:
    """The same scenario, seed and version give the same study, wherever it is made."""
    run = ("run", "two-move-deterrence", "--futures", "20", "--seed", "5", "--out")
    Said(*run, tmp_path / "mine")
    standoff_says(*run, str(tmp_path / "theirs"), where=tmp_path)
    mine, theirs = (
        {
            str(file.relative_to(folder)): file.read_bytes()
            for file in folder.rglob("*") if file.is_file()
        }
        for folder in (tmp_path / "mine", tmp_path / "theirs")
    )  # fmt: skip
    assert mine == theirs
    assert len(mine) == 10
