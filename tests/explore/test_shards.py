"""Studies solved in shards, on one disk or on several, and put together."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explore.conftest import FUTURES, contents
from standoff.explore import Settings, Study, StudyError, merge, open_study, prepare, run
from standoff.game import compile_game
from standoff.scenario import Scenario, loads, starter


def shard(path: Path, i: int, n: int, seed: int = 0, scenario: Scenario | None = None) -> Study:
    return run(scenario or loads(starter()), path, futures=FUTURES, seed=seed, shard=(i, n))


def test_shards_on_one_disk_fill_one_study(study: Study, tmp_path: Path) -> None:
    """Each says what it leaves to the others; the last one makes the study whole."""
    missing = [shard(tmp_path / "s", i, 3).missing() for i in (2, 3, 1)]
    assert missing == [[0, 2], [0], []]
    assert contents(tmp_path / "s") == contents(study.path)


def test_shards_on_several_disks_are_merged_to_the_same_bytes(study: Study, tmp_path: Path) -> None:
    """In any order, with overlap, and into a study that has some parts already."""
    apart = [shard(tmp_path / str(i), i, 2).path for i in (1, 2)]
    assert merge(tmp_path / "out", apart[1:]).missing() == [0, 2]
    assert merge(tmp_path / "out", apart).missing() == []
    assert contents(tmp_path / "out") == contents(study.path)
    again = merge(tmp_path / "again", [study.path, *apart])
    assert contents(again.path) == contents(study.path)


def test_more_shards_than_blocks_leave_some_with_nothing(tmp_path: Path) -> None:
    assert shard(tmp_path / "s", 5, 5).missing() == [0, 1, 2]


def test_shards_of_two_studies_are_refused(tmp_path: Path) -> None:
    """With the difference; nothing is written."""
    ours = shard(tmp_path / "ours", 1, 3).path
    theirs = shard(tmp_path / "theirs", 2, 3, seed=7).path
    with pytest.raises(StudyError, match=r"ours and .*theirs are shards of two.*seed: 0 .*, 7 "):
        merge(tmp_path / "out", [ours, theirs])
    other = shard(tmp_path / "other", 2, 3, scenario=loads(starter() + "\n# another word\n")).path
    with pytest.raises(StudyError, match="other words"):
        merge(tmp_path / "out", [ours, other])
    assert not (tmp_path / "out").exists()


def test_a_part_that_differs_is_named_in_both_places(study: Study, tmp_path: Path) -> None:
    """Nothing is copied, and nobody's file is preferred."""
    copy = tmp_path / "copy"
    shutil.copytree(study.path, copy)
    part = copy / "course" / "00001.parquet"
    part.write_bytes((study.path / "course" / "00002.parquet").read_bytes())
    with pytest.raises(StudyError) as refused:
        merge(tmp_path / "out", [study.path, copy])
    assert f"{study.part('course', 1)} and {part} are the same part and differ" in str(
        refused.value
    )
    assert not (tmp_path / "out").exists()


def test_a_failure_in_one_shard_only_is_a_conflict(study: Study, tmp_path: Path) -> None:
    """Where a block lost a future to a time limit on one machine and not on the other."""
    copy = tmp_path / "copy"
    shutil.copytree(study.path, copy)
    (copy / "failures").mkdir()
    (copy / "failures" / "00001.json").write_text('{"failures": []}')
    for order in ([study.path, copy], [copy, study.path]):
        with pytest.raises(StudyError, match=r"00001\.json is there, but beside .*parquet there"):
            merge(tmp_path / "out", order)


def test_merging_what_is_no_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="holds no study"):
        merge(tmp_path / "out", [tmp_path / "nothing"])
    with pytest.raises(StudyError, match="no shard to merge"):
        merge(tmp_path / "out", [])


def test_many_may_lay_out_the_same_study_at_once(tmp_path: Path) -> None:
    """As an array of jobs does that starts at the same moment: all find the same study."""
    game = compile_game(loads(starter()))

    def begin(_: int) -> dict[str, bytes]:
        return contents(prepare(game, Settings(futures=FUTURES), tmp_path / "s").path)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(begin, range(32)))
    assert all(one == found[-1] for one in found)
    assert open_study(tmp_path / "s").missing() == [0, 1, 2]
