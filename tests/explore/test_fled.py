"""Those who fled, in a study: counts are outcomes like others, and it has all that they need."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import standoff
from displacement.flight import CRISIS
from standoff.cli.app import app as command
from standoff.displacement import counted
from standoff.explore import (
    Study,
    StudyError,
    merge,
    run_variants,
    study_bands,
    study_flight,
    study_map,
    study_stocks,
    try_out,
)
from standoff.findings import adapt, every_objective
from standoff.scenario import loads

COUNTS = ["fled abroad", "in Poland", "by then in Medyka and Siret", "at home", "gone back",
          "in Mariupol"]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario whose instance is a folder beside it, and gone once the study is there."""
    path = tmp_path_factory.mktemp("flight")
    instance = files("standoff.displacement") / "instances" / "ukraine-2022-small"
    shutil.copytree(str(instance), path / "beside")
    text = CRISIS.replace("instance: ukraine-2022-small", "instance: beside")
    (path / "small.yaml").write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    made = standoff.run(folder / "small.yaml", folder / "study", futures=32, precision="double")
    shutil.move(str(folder / "beside"), str(folder / "elsewhere"))
    return standoff.open_study(made.path)


def test_counts_are_outcomes(study: Study) -> None:
    """They stand beside the outcomes of the game, at the stated rationality and in the limit; and
    everybody uprooted is at home, abroad or back."""
    results = study.results
    assert results["outcome"].to_numpy().tolist() == ["uprooted", *COUNTS]
    for name in ("expected", "expected_limit"):
        by = {str(o): results[name].sel(outcome=o).to_numpy() for o in results["outcome"].values}
        whole = by["fled abroad"] + by["at home"] + by["gone back"]
        assert whole == pytest.approx(by["uprooted"], abs=1e-6)
    assert (results["expected"].sel(outcome="fled abroad") > 0).all()


def test_a_study_stands_by_itself(study: Study) -> None:
    """The instance is in it: flows follow from the study alone, and are those of its counts."""
    driven, found = study_stocks(study)
    assert driven.instance.name == "beside"
    for name, stocks in found.items():
        counts = counted(driven, stocks)
        expected = study.results["expected"].sel(doctrine=name)
        for count in COUNTS:
            assert counts[count] == pytest.approx(expected.sel(outcome=count).to_numpy(), abs=1e-9)


def test_claims_may_use_counts(study: Study) -> None:
    """A claim about who fled has a verdict, the same from futures solved in memory."""
    (verdict,) = standoff.judge(study)
    expected = study.results["expected"].sel(outcome="fled abroad")
    holds = expected.sel(doctrine="protect") < 0.99 * expected.sel(doctrine="free-choice")
    assert (verdict.truth.verdict > 0).tolist() == holds.to_numpy().tolist()
    game = standoff.compile(study.scenario)
    again = standoff.solve_futures(game, study.futures)["expected"].sel(outcome="fled abroad")
    assert again.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)


def test_other_files_are_another_study(study: Study, folder: Path) -> None:
    """A study goes on only with the instance it was begun with."""
    shutil.copytree(folder / "elsewhere", folder / "beside")
    routes = folder / "beside" / "input_csv" / "routes.csv"
    routes.write_text(routes.read_text().replace("Lviv,Medyka,", "Lviv,Medyka,1"))
    with pytest.raises(StudyError, match="the instance of displacement has other files"):
        standoff.run(folder / "small.yaml", study.path, futures=32, precision="double")
    shutil.rmtree(folder / "beside")
    shutil.copytree(folder / "elsewhere", folder / "beside")
    kept = study.path / "displacement" / "beside" / "input_csv" / "routes.csv"
    before = kept.read_bytes()
    kept.write_text("changed")
    with pytest.raises(StudyError, match=r"routes\.csv was changed"):
        standoff.run(folder / "small.yaml", study.path, futures=32, precision="double")
    kept.write_bytes(before)
    assert standoff.run(folder / "small.yaml", study.path, futures=32, precision="double")
    shutil.rmtree(folder / "beside")


def test_a_future_with_impossible_settings_fails_alone(tmp_path: Path) -> None:
    """Where a setting leaves its range in some futures, these fail with the reason."""
    text = CRISIS.replace("staying: stay", "staying: 1.4 * stay * flight")
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    study = standoff.run(path, tmp_path / "study", futures=16)
    impossible = 1.4 * study.futures["stay"] * study.futures["flight"] > 1
    assert 0 < impossible.sum() < 16
    assert study.failed.tolist() == impossible.tolist()
    assert "'staying' is 1." in study.failures[0].reason
    assert np.isfinite(study.results["expected"].to_numpy()[~impossible]).all()
    with pytest.raises(standoff.ScenarioError, match=r"'staying' is 1\."):
        try_out(loads(text, "small.yaml"))


def test_variants_and_shards_take_the_instance_along(study: Study, tmp_path: Path) -> None:
    """Other variants are solved from the study's own copy, and merged shards have one too."""
    text = CRISIS + (
        "structures:\n  moves:\n    says: who moves first\n    options:\n      red first: {}\n"
        "      blue first: {order: [blue, red]}\n"
    )
    folder = tmp_path / "beside"
    shutil.copytree(study.path / "displacement" / "beside", folder)
    path = tmp_path / "two.yaml"
    path.write_text(text.replace("instance: ukraine-2022-small", "instance: beside"))
    both = run_variants(path, tmp_path / "study", futures=4)
    assert [len(one.results["outcome"]) for one in both.studies] == [7, 7]
    for share in ((1, 2), (2, 2)):
        standoff.run(path, tmp_path / f"shard{share[0]}", futures=32, shard=share)
    shutil.rmtree(folder)
    whole = merge(tmp_path / "merged", [tmp_path / "shard1", tmp_path / "shard2"])
    assert study_stocks(whole, ["late"])[1]["late"].abroad.shape == (32, 84)


def test_a_map_of_a_study(study: Study) -> None:
    """Places with the median of who is there, and the roads they took."""
    made = study_map(study, "protect")
    assert made["doctrine"] == "protected-corridor"
    assert any(sum(road["flow"]) > 0 for road in made["roads"])
    with pytest.raises(KeyError, match="did you mean 'protect'"):
        study_map(study, "protekt")


def test_following_once_gives_bands_and_maps_alike(study: Study) -> None:
    """What a report shows is what bands and maps say by themselves; of fewer futures it is less."""
    _, found, maps = study_flight(study, every=14)
    _, alone = study_bands(study)
    np.testing.assert_array_equal(found.people, alone.people)
    assert maps == [study_map(study, name, every=14) for name in study.doctrines]
    _, fewer, _ = study_flight(study, most=2)
    assert fewer.people.shape == alone.people.shape
    assert (fewer.people[2] - fewer.people[0]).sum() < (alone.people[2] - alone.people[0]).sum()


def test_the_command_tells_of_a_study(study: Study, tmp_path: Path) -> None:
    """`standoff displace --study`: text, JSON by period, and the table to take away."""
    out = tmp_path / "who.csv"
    said = CliRunner().invoke(command, ["displace", "--study", str(study.path), "--out", str(out)])
    assert said.exit_code == 0
    assert "protect: median (5 to 95 %) (brings protected-corridor)" in said.output
    assert out.read_text().count("\n") == 1 + 84 * 14 * 3
    said = CliRunner().invoke(command, ["displace", "--study", str(study.path), "--json"])
    told = json.loads(said.output)
    assert {one["date"] for one in told["by_period"]} >= {"2022-03-28", "2022-06-06"}
    both = ["displace", "--study", str(study.path), "--doctrine", "none"]
    assert CliRunner().invoke(command, both).exit_code == 2


def test_counts_may_rank_doctrines(study: Study) -> None:
    """A count that says which way is better is an objective of a study, but not of a search, which
    follows the game alone."""
    names = [objective.name for objective in every_objective(study.scenario)]
    assert names[:2] == ["uprooted", "fled abroad"]
    with pytest.raises(ValueError, match="'fled abroad' counts who fled"):
        adapt(standoff.compile(study.scenario), "blue", ["fled abroad"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order: [red, blue]", "order: [[red, blue]]"),
        ("    rationality: 1\n    payoff: level(war)\n",
         "    rationality: 1\n    types: {bold: 0.4, shy: 0.6}\n"
         "    payoff: level(war) * (1 if bold else -1)\n"),
    ],
    ids=["at once", "hidden"],
)  # fmt: skip
def test_other_equilibria_have_counts(old: str, new: str, tmp_path: Path) -> None:
    """Where some choose at once, or hide their types, counts have columns for other equilibria and
    the limit, and everybody is somewhere in each."""
    assert old in CRISIS
    path = tmp_path / "small.yaml"
    path.write_text(CRISIS.replace(old, new, 1).replace("periods: 6", "periods: 4")
                    .replace("from: 4}}", "from: 3}}"), encoding="utf-8")  # fmt: skip
    study = standoff.run(path, tmp_path / "study", futures=4, precision="double", points=5)
    for name in ("expected", "expected_limit", "expected_elsewhere"):
        expected = study.results[name]
        parts = expected.sel(outcome=["fled abroad", "at home", "gone back"]).sum("outcome")
        assert parts.to_numpy() == pytest.approx(expected.sel(outcome="uprooted").to_numpy())
