"""A study on disk: what is in it, who can read it, and how it goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from explore.conftest import FUTURES, contents
from standoff.explore import (
    BLOCK,
    Settings,
    Study,
    StudyError,
    open_study,
    prepare,
    run,
    sample,
    solve_blocks,
)
from standoff.explore.block import solve_block
from standoff.game import Game, compile_game
from standoff.scenario import Scenario, load, loads, starter
from standoff.solver import solve


def starter_scenario() -> Scenario:
    return loads(starter())


def test_the_layout_is_as_promised(study: Study) -> None:
    """Scenario, manifest, futures, and two parts a block; nothing else."""
    course, outcomes = ([f"{t}/{k:05d}.parquet" for k in range(3)] for t in ("course", "outcomes"))
    promised = [
        "certificates.json",
        *course,
        "futures.parquet",
        "manifest.json",
        *outcomes,
        "scenario.yaml",
    ]
    assert list(contents(study.path)) == promised
    assert not list(study.path.rglob(".*"))


def test_the_scenario_is_kept_verbatim(tmp_path: Path) -> None:
    """To the last byte: its hash is that of the manifest. Line ends of Windows and all."""
    data = starter().replace("\n", "\r\n").encode()
    study = run(loads(data), tmp_path / "s", futures=3)
    kept = (study.path / "scenario.yaml").read_bytes()
    assert kept == data
    assert study.manifest["hash"] == hashlib.sha256(kept).hexdigest() == study.scenario.hash


def test_the_manifest_says_what_makes_the_study(study: Study) -> None:
    """Hash, versions, seed, settings and platform, in a file that anyone can read."""
    manifest = json.loads((study.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == study.manifest
    assert manifest["scenario"] == "my-crisis"
    assert (manifest["seed"], manifest["sampling"]) == (0, "sobol")
    assert (manifest["futures"], manifest["block"]) == (FUTURES, BLOCK)
    assert manifest["doctrines"] == ["free-choice", "no escorts", "convoys at once"]
    assert {"numpy", "numba", "scipy", "pyarrow", "python", "machine"} <= manifest[
        "platform"
    ].keys()


def test_every_result_says_where_it_comes_from(study: Study) -> None:
    """Hash, version and seed travel with each Parquet file and each array."""
    for file in study.path.rglob("*.parquet"):
        metadata = pq.read_schema(file).metadata
        assert metadata[b"standoff.hash"].decode() == study.scenario.hash
        assert metadata[b"standoff.seed"] == b"0"
        assert metadata[b"standoff.standoff"].decode() == study.manifest["standoff"]
    for arrays in (study.results, study.course()):
        assert arrays.attrs["hash"] == study.scenario.hash
        assert (arrays.attrs["seed"], arrays.attrs["futures"]) == (0, FUTURES)


def test_pandas_reads_it_without_us(study: Study) -> None:
    """Plain columns, one row a future and doctrine, and the same numbers as through us."""
    frame = pd.read_parquet(study.path / "outcomes")
    assert len(frame) == FUTURES * 3
    assert frame["doctrine"].unique().tolist() == list(study.doctrines)
    futures = pd.read_parquet(study.path / "futures.parquet")
    assert futures["future"].tolist() == list(range(FUTURES))
    joined = frame.merge(futures, on="future")
    bound = joined[joined["doctrine"] == "convoys at once"].sort_values("future")
    ours = study.results["expected"].sel(doctrine="convoys at once", outcome="war")
    assert bound["outcome.war"].to_numpy().tolist() == ours.to_numpy().tolist()
    assert bound["incident"].to_numpy().tolist() == ours["incident"].to_numpy().tolist()
    course = pd.read_parquet(study.path / "course" / "00000.parquet")
    assert course["period"].tolist()[:7] == list(range(7))
    at_war = course["state.crisis.war"] + course["going on"]
    assert at_war.to_numpy() == pytest.approx(np.ones(len(course)), abs=1e-5)


def test_results_are_those_of_the_solver(study: Study) -> None:
    """What stands in a study is what `solve` gives for the same futures, in single precision."""
    game = compile_game(study.scenario)
    futures = sample(study.scenario, FUTURES)
    for doctrine in study.doctrines:
        solution = solve(game, futures, doctrine, precision="single")
        ours = study.results.sel(doctrine=doctrine)
        np.testing.assert_array_equal(ours["value"], solution.value)
        by_name = solution.to_xarray()["expected"].sel(outcome=ours["outcome"].to_numpy())
        np.testing.assert_array_equal(ours["expected"], by_name)


def test_the_course_adds_up(study: Study) -> None:
    """Shares of states and of choices sum to one, accruals to the outcome."""
    course = study.course()
    assert course.sizes == {"future": FUTURES, "doctrine": 3, "period": 7}
    crisis = [course[f"state.crisis.{rung}"].to_numpy() for rung in ("calm", "blockade", "war")]
    np.testing.assert_allclose(np.sum(crisis, axis=0), 1, atol=1e-5)
    actions = ("wait", "blockade", "withdraw")
    chosen = [course[f"choice.blockader.{action}"].to_numpy() for action in actions]
    # Accidents come last in a period: whoever is at its start moves.
    np.testing.assert_allclose(
        np.sum(chosen, axis=0)[:, :, :6], course["going on"].to_numpy()[:, :, :6], atol=1e-5
    )
    accrued = course["accrued.blockaded"].isel(period=slice(0, 6)).sum("period")
    expected = study.results["expected"].sel(outcome="blockaded")
    np.testing.assert_allclose(accrued, expected, rtol=1e-4)
    assert np.isnan(course["accrued.blockaded"].isel(period=6)).all()


def test_a_study_that_is_there_is_opened_and_not_solved_again(study: Study) -> None:
    """The same call again computes nothing and changes nothing."""
    before = contents(study.path)
    seen: list[tuple[int, int]] = []
    again = run(
        starter_scenario(),
        study.path,
        futures=FUTURES,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert seen == [(3, 3)]
    assert again.manifest == study.manifest
    assert contents(study.path) == before


def test_what_is_missing_is_solved_again_to_the_same_bytes(study: Study, tmp_path: Path) -> None:
    """A study that lacks a block, or has one half, goes on; stray temporary files do no harm."""
    copy = tmp_path / "copy"
    shutil.copytree(study.path, copy)
    (copy / "outcomes" / "00001.parquet").unlink()
    (copy / "course" / "00001.parquet").unlink()
    (copy / "outcomes" / "00002.parquet").unlink()
    (copy / "course" / ".00001.parquet.4711").write_bytes(b"half a part")
    (copy / ".manifest.json.4711").write_bytes(b"{")
    opened = open_study(copy)
    assert opened.missing() == [1, 2]
    with pytest.raises(StudyError, match=r"2 of 3 blocks are missing; run the same command again"):
        _ = opened.results
    run(starter_scenario(), copy, futures=FUTURES)
    assert contents(copy) == contents(study.path)


@pytest.mark.parametrize(("blocks", "shared"), [(1, False), (2, True)])
def test_two_blocks_are_shared_by_two_workers(
    blocks: int, shared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a block takes minutes, a study of two must not take twice as long as one."""
    handed: list[tuple[int, int]] = []

    def in_processes(study: Study, game: Game, left: list[int], workers: int, *_: object) -> None:
        handed.append((len(left), workers))
        for block in left:
            solve_block(study, game, block)

    module = import_module("standoff.explore.run")  # as an attribute it is the function
    monkeypatch.setattr(module, "solve_in_processes", in_processes)
    run(starter_scenario(), tmp_path / "s", futures=blocks * BLOCK, workers=2)
    assert handed == ([(2, 2)] if shared else [])


def test_the_number_of_workers_changes_no_byte(study: Study, tmp_path: Path) -> None:
    """Two processes, an executor of somebody else's, or none: the same bytes."""
    scenario = starter_scenario()
    two = run(scenario, tmp_path / "two", futures=FUTURES, workers=2)
    assert contents(two.path) == contents(study.path)
    game = compile_game(scenario)
    pooled = prepare(game, Settings(futures=FUTURES), tmp_path / "pooled")
    with ThreadPoolExecutor(1) as executor:
        solve_blocks(pooled, game, executor=executor)
    assert contents(pooled.path) == contents(study.path)


def test_more_futures_have_the_fewer_among_them(study: Study, tmp_path: Path) -> None:
    """A row's result does not depend on the rows beside it, nor on how many there are."""
    fewer = run(starter_scenario(), tmp_path / "fewer", futures=5)
    for name in ("value", "expected", "value_limit", "expected_limit"):
        np.testing.assert_array_equal(fewer.results[name], study.results[name][:5])


def test_only_the_doctrines_asked_for_are_solved(tmp_path: Path) -> None:
    """`free-choice` is always among them, and the order is that of the file."""
    study = run(
        starter_scenario(), tmp_path / "s", futures=2, doctrines=["convoys at once", "no escorts"]
    )
    assert study.doctrines == ("free-choice", "no escorts", "convoys at once")
    alone = run(starter_scenario(), tmp_path / "alone", futures=2, doctrines=[])
    assert alone.doctrines == ("free-choice",)
    assert alone.results.sizes["doctrine"] == 1


def test_an_unknown_doctrine_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"did you mean 'no escorts'\?"):
        run(starter_scenario(), tmp_path / "s", futures=2, doctrines=["no escort"])
    assert not (tmp_path / "s").exists()


def test_where_nothing_is_uncertain_there_is_one_future(tmp_path: Path) -> None:
    """However many are asked for."""
    fixed = "\n".join(
        line for line in starter().splitlines() if not line.strip().startswith("range:")
    )
    study = run(loads(fixed), tmp_path / "s", futures=100)
    assert study.manifest["futures"] == study.results.sizes["future"] == 1
    assert study.futures == {}


def test_parameters_may_have_names_that_mean_something_to_us(tmp_path: Path) -> None:
    """A parameter called `future` or `actor` is not taken for the column or dimension."""
    text = starter()
    for old, new in (("incident", "future"), ("prize", "actor")):
        text = text.replace(f"  {old}:", f"  {new}:").replace(f"{old} *", f"{new} *")
    study = run(loads(text), tmp_path / "s", futures=4)
    drawn = sample(study.scenario, 4)
    assert study.futures["future"].tolist() == drawn["future"].tolist()
    assert study.results["parameter actor"].to_numpy().tolist() == drawn["actor"].tolist()
    assert study.results["actor"].to_numpy().tolist() == ["blockader", "defender"]


def test_the_default_folder_tells_studies_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One below `studies`, by scenario and settings: another seed, another folder."""
    monkeypatch.chdir(tmp_path)
    game = compile_game(load("two-move-deterrence"))
    paths = {prepare(game, Settings(futures=2, seed=seed)).path for seed in (0, 1, 0)}
    assert len(paths) == 2
    for path in paths:
        assert path.parent == Path("studies")
        assert path.name.startswith("two-move-deterrence-")


def other_settings(path: Path) -> None:
    prepare(compile_game(starter_scenario()), Settings(futures=9, seed=4), path)


def other_words(path: Path) -> None:
    game = compile_game(loads(starter() + "\n# another word\n"))
    prepare(game, Settings(futures=FUTURES), path)


def changed_scenario(path: Path) -> None:
    prepare(compile_game(starter_scenario()), Settings(futures=FUTURES), path)
    with (path / "scenario.yaml").open("a") as file:
        file.write("# changed\n")


def lost_futures(path: Path) -> None:
    prepare(compile_game(starter_scenario()), Settings(futures=FUTURES), path)
    (path / "futures.parquet").unlink()


def something_else(path: Path) -> None:
    path.mkdir()
    (path / "thesis.tex").write_text("years of work")


def own_scenario(path: Path) -> None:
    path.mkdir()
    (path / "scenario.yaml").write_text("standoff: 1")


def a_file(path: Path) -> None:
    path.write_text("a file")


def damaged(path: Path) -> None:
    path.mkdir()
    (path / "manifest.json").write_text("{")


def foreign(path: Path) -> None:
    path.mkdir()
    (path / "manifest.json").write_text('["a web app"]')


def from_the_future(path: Path) -> None:
    path.mkdir()
    (path / "manifest.json").write_text('{"format": 99}')


@pytest.mark.parametrize(
    ("lay", "message"),
    [
        (other_settings, r"holds another study \(futures: 9 there, 40 now; seed: 4 there, 0 now\)"),
        (other_words, r"holds another study \(the scenario has other words\)"),
        (changed_scenario, "scenario.yaml was changed"),
        (lost_futures, "futures.parquet is gone"),
        (something_else, "is not empty and holds no study; choose another folder"),
        (own_scenario, "is not empty and holds no study"),
        (a_file, "is a file; a study is a folder"),
        (damaged, "holds no study: its manifest.json is damaged"),
        (foreign, "holds no study: its manifest.json is of something else"),
        (from_the_future, "study format 99; this version reads format 1"),
    ],
)
def test_a_folder_with_something_else_in_it_is_left_alone(
    lay: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    """Nothing in it is touched, and the message says what it is."""
    path = tmp_path / "s"
    lay(path)
    before = path.read_bytes() if path.is_file() else contents(path)
    with pytest.raises(StudyError, match=message):
        run(starter_scenario(), path, futures=FUTURES)
    assert (path.read_bytes() if path.is_file() else contents(path)) == before


def test_a_study_stopped_while_it_was_laid_out_is_laid_out_again(
    study: Study, tmp_path: Path
) -> None:
    """The manifest comes last; without it, what is there is ours and is written anew."""
    path = tmp_path / "s"
    (path / "outcomes").mkdir(parents=True)
    (path / ".futures.parquet.12").write_bytes(b"half")
    (path / "scenario.yaml").write_text(starter(), encoding="utf-8")
    run(starter_scenario(), path, futures=FUTURES)
    assert contents(path) == contents(study.path)


def test_opening_what_is_no_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"holds no study: there is no manifest\.json to read"):
        open_study(tmp_path / "nothing")


def test_the_course_can_be_had_in_part(study: Study) -> None:
    """Only the columns that are asked for are read; a wrong name is told with the nearest."""
    some = study.course(["going on", "path.defender"])
    assert list(some.data_vars) == ["going on", "path.defender"]
    np.testing.assert_array_equal(some["going on"], study.course()["going on"])
    with pytest.raises(
        KeyError, match=r"'path.defendr' is not a column of course; .*path.defender"
    ):
        study.course(["path.defendr"])


def test_futures_may_be_handed_over(study: Study, tmp_path: Path) -> None:
    """Instead of sampled: the same futures give the same results, and the manifest says so."""
    game = compile_game(starter_scenario())
    given = prepare(game, Settings(futures=3), tmp_path / "s", futures=dict(study.futures))
    assert given.manifest["sampling"] == "given"
    assert given.manifest["futures"] == FUTURES
    solve_blocks(given, game)
    np.testing.assert_array_equal(given.results["expected"], study.results["expected"])
    # What is left out has its nominal value, and what is not uncertain can be given too.
    few = prepare(game, Settings(), tmp_path / "few", futures={"incident": np.array([0.1, 0.2])})
    assert few.futures["prize"].tolist() == [nominal(few, "prize")] * 2
    assert few.futures.keys() == study.futures.keys()
    # Other values are another study.
    with pytest.raises(StudyError, match="the futures have other values"):
        prepare(game, Settings(), tmp_path / "few", futures={"incident": np.array([0.1, 0.3])})


def nominal(study: Study, name: str) -> float:
    return next(p.value for p in study.scenario.parameters if p.name == name)


@pytest.mark.parametrize(
    ("futures", "error", "message"),
    [
        ({}, ValueError, "futures have the shapes"),
        ({"incident": np.zeros(0)}, ValueError, "from 1 to"),
        ({"incident": np.zeros((2, 2))}, ValueError, "expected one number of futures"),
        ({"incident": np.zeros(2), "prize": np.zeros(3)}, ValueError, "expected one number"),
        ({"incident": np.array([0.1, np.nan])}, ValueError, "'incident' is not a finite number"),
        ({"incidents": np.zeros(2)}, KeyError, "did you mean 'incident'"),
    ],
)
def test_futures_that_are_none_are_refused(
    futures: dict[str, NDArray[np.float64]], error: type[Exception], message: str, tmp_path: Path
) -> None:
    game = compile_game(starter_scenario())
    with pytest.raises(error, match=message):
        prepare(game, Settings(), tmp_path / "s", futures=futures)
    assert not (tmp_path / "s").exists()
