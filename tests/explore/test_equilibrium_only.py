"""Studies of equilibria only: what is left out, and that what is left is the same to the bit."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr

from claims.test_roots import stag_hunt
from displacement.flight import CRISIS
from explore.conftest import contents
from explore.test_variants import STRUCTURES
from explore.watched import UNTYPED, WATCHED
from standoff.explore import (
    Settings,
    Study,
    StudyError,
    merge,
    open_study,
    open_variants,
    prepare,
    run,
    run_variants,
    solve_blocks,
    solve_variants,
    write_out,
)
from standoff.game import compile_game
from standoff.scenario import Scenario, load, loads, starter

FUTURES = 40
"""Three blocks, the last of them not full."""


def bare_run(out: Path, scenario: Scenario | None = None, **settings: Any) -> Study:
    given = {"futures": FUTURES} | settings
    return run(scenario or loads(starter()), out, equilibrium_only=True, **given)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The starter scenario without the limit, beside `study`, which has it."""
    return bare_run(tmp_path_factory.mktemp("bare") / "s")


def fled() -> Scenario:
    """A crisis that drives an instance of displacement, with counts among its outcomes."""
    return loads(CRISIS)


@pytest.mark.parametrize(
    ("scenario", "absent"),
    [
        (lambda: loads(starter()), {"value_limit", "expected_limit"}),
        (
            lambda: loads(stag_hunt(1.7, 4)),
            {"value_limit", "expected_limit", "value_elsewhere", "expected_elsewhere", "several"},
        ),
        (
            lambda: loads(WATCHED),
            {
                *("value_limit", "expected_limit", "belief_limit", "lost_limit"),
                *("value_elsewhere", "expected_elsewhere", "belief_elsewhere"),
            },
        ),
        (
            lambda: loads(UNTYPED),
            {
                *("value_limit", "expected_limit", "lost_limit"),
                *("value_elsewhere", "expected_elsewhere"),
            },
        ),
        (
            lambda: load("chain-store"),
            {
                *("value_limit", "expected_limit", "belief_limit", "lost_limit"),
                *("value_elsewhere", "expected_elsewhere", "belief_elsewhere"),
            },
        ),
        (fled, {"value_limit", "expected_limit"}),
    ],
    ids=["in turn", "at once", "typed", "in doubt", "chain store", "fled"],
)
def test_what_is_left_is_the_same_to_the_bit(
    scenario: Any, absent: set[str], tmp_path: Path
) -> None:
    """Nothing but the limit and equilibria elsewhere is missing, and no other number moves."""
    full = run(scenario(), tmp_path / "full", futures=4, points=11)
    bare = bare_run(tmp_path / "bare", scenario(), futures=4, points=11)
    assert set(full.results) - set(bare.results) == absent
    assert not set(bare.results) - set(full.results)
    ours, theirs = (pq.read_table(one.part("outcomes", 0)) for one in (bare, full))
    assert ours.equals(theirs.select(ours.column_names))
    files, others = contents(bare.path), contents(full.path)
    assert files.keys() == others.keys()
    changed = {name for name in files if files[name] != others[name]}
    assert changed == {"manifest.json", "outcomes/00000.parquet"}


def test_it_is_a_setting_of_the_study_and_set_down_where_it_is_made(
    study: Study, bare: Study
) -> None:
    """Studies from before it could be asked for say nothing of it, and were asked for both."""
    assert bare.manifest == study.manifest | {"equilibrium_only": True}
    assert "equilibrium_only" not in study.manifest
    assert not open_study(study.path).equilibrium_only
    assert open_study(bare.path).equilibrium_only
    game = compile_game(loads(starter()))
    paths = {prepare(game, Settings(2, equilibrium_only=one)).path for one in (False, True)}
    assert len(paths) == 2


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Studies without a folder of their own go below the test's."""
    monkeypatch.chdir(tmp_path)


def test_it_goes_on_as_it_began_and_as_nothing_else(bare: Study, tmp_path: Path) -> None:
    """A part that is gone is solved again without the limit, here or on an executor; the same
    command without the setting, or with it on a study that has the limit, is refused in words."""
    for path in (tmp_path / "here", tmp_path / "there"):
        shutil.copytree(bare.path, path)
        open_study(path).part("outcomes", 1).unlink()
        assert open_study(path).missing() == [1]
    assert contents(bare_run(tmp_path / "here").path) == contents(bare.path)
    with ThreadPoolExecutor(1) as executor:
        away = bare_run(tmp_path / "there", executor=executor)
    assert contents(away.path) == contents(bare.path)
    said = r"holds another study \(with the limit now, with --equilibrium-only there\)"
    with pytest.raises(StudyError, match=said):
        run(loads(starter()), bare.path, futures=FUTURES)
    full = run(loads(starter()), tmp_path / "full", futures=2)
    said = r"holds another study \(with the limit there, with --equilibrium-only now\)"
    with pytest.raises(StudyError, match=said):
        bare_run(full.path, futures=2)


def test_failed_futures_are_tried_again_without_the_limit(tmp_path: Path) -> None:
    """Columns of a block that was solved again are those of the others."""
    text = starter().replace("p: incident * (1 + convoys)", "p: incident * 4 * (1 + convoys)")
    study = bare_run(tmp_path / "s", loads(text), futures=32)
    assert 0 < study.failed.sum() < 32
    before = contents(study.path)
    again = bare_run(tmp_path / "s", loads(text), futures=32, retry=True)
    assert contents(again.path) == before
    assert not any(name.endswith("_limit") for name in map(str, again.results))


def test_shards_are_merged_with_their_like_only(bare: Study, tmp_path: Path) -> None:
    """To the bytes of one run; with the limit in one of them, nothing is written, and it says
    which has it."""
    apart = [bare_run(tmp_path / str(i), shard=(i, 2)).path for i in (1, 2)]
    assert contents(merge(tmp_path / "out", apart).path) == contents(bare.path)
    full = run(loads(starter()), tmp_path / "full", futures=FUTURES, shard=(2, 2)).path
    for order, said in (
        ([apart[0], full], "with the limit there, with --equilibrium-only here"),
        ([full, apart[0]], "with the limit here, with --equilibrium-only there"),
    ):
        with pytest.raises(StudyError, match=rf"are shards of two studies \({said}\)"):
            merge(tmp_path / "mixed", order)
    assert not (tmp_path / "mixed").exists()


def test_variants_are_solved_as_the_study_was(tmp_path: Path) -> None:
    """All without the limit; one that has it is no variant of this study."""
    scenario = loads(starter() + STRUCTURES)
    made = run_variants(scenario, tmp_path / "s", futures=3, equilibrium_only=True)
    assert all(study.equilibrium_only for study in made.studies)
    assert not any("value_limit" in study.results for study in made.studies)
    assert open_variants(tmp_path / "s").studies == made.studies
    alone = bare_run(tmp_path / "t", scenario, futures=3)
    assert all(one.equilibrium_only for one in solve_variants(alone).studies)
    odd = made.studies[-1]
    (odd.path / "manifest.json").write_text(
        json.dumps({k: v for k, v in odd.manifest.items() if k != "equilibrium_only"}),
        encoding="utf-8",
    )
    with pytest.raises(StudyError, match=r"s was run with --equilibrium-only, .* was not; delete"):
        open_variants(tmp_path / "s")


def test_given_futures_may_be_solved_without_the_limit(tmp_path: Path) -> None:
    """As a study of sampled ones."""
    game = compile_game(loads(starter()))
    settings = Settings(equilibrium_only=True)
    drawn = {"incident": np.array([0.05, 0.1])}
    study = prepare(game, settings, tmp_path / "s", futures=drawn)
    solve_blocks(study, game)
    assert set(study.results) == {"value", "expected"}


@pytest.mark.parametrize("ending", ["csv", "parquet", "nc"])
def test_tables_have_no_column_of_what_was_not_solved(
    ending: str, bare: Study, tmp_path: Path
) -> None:
    """Nor an empty one, in any format."""
    path = write_out(bare, tmp_path / f"t.{ending}")
    if ending == "nc":
        with xr.open_dataset(path, engine="scipy") as found:
            names = set(map(str, found.variables))
        assert "value" in names
    elif ending == "csv":
        names = set(path.read_text(encoding="utf-8").splitlines()[0].replace('"', "").split(","))
        assert "outcome.war" in names
    else:
        names = set(pq.read_schema(path).names)
        assert "outcome.war" in names
    assert not [name for name in names if "limit" in name or "elsewhere" in name]
