"""Futures that cannot be solved: set apart, set down, and of no consequence for the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explore.conftest import contents
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
from standoff.game import compile_game
from standoff.scenario import Scenario, ScenarioError, load, loads, starter

FUTURES = 3 * BLOCK


def impossible(share: float) -> Scenario:
    """The starter, where so large a share of futures has an accident likelier than certain."""
    highest = np.quantile(sample(loads(starter()), FUTURES)["incident"], 1 - share)
    return loads(
        starter().replace("p: incident * (1 + convoys)", f"p: incident * {float(1 / highest)!r}"),
        "strait.yaml",
    )


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study in which every fourth future is impossible."""
    return run(impossible(0.25), tmp_path_factory.mktemp("half") / "s", futures=FUTURES)


def test_an_impossible_future_is_set_down_with_place_and_example(half: Study) -> None:
    """With the file, line and column to blame, the value that is wrong and what made it so."""
    assert 0 < half.failed.sum() < FUTURES
    incident = half.futures["incident"]
    assert incident[half.failed].min() > incident[~half.failed].max()
    (line,) = (
        k for k, text in enumerate(half.scenario.text.splitlines(), 1) if "p: incident" in text
    )
    for failure in half.failures:
        assert half.failed[failure.future]
        assert failure.reason.startswith(f"scenario.yaml:{line}:")
        assert f"incident={incident[failure.future]:.6g}" in failure.reason
        assert failure.parameters == {name: v[failure.future] for name, v in half.futures.items()}


def test_its_numbers_are_empty_and_only_its(half: Study) -> None:
    """In outcomes and course, under every doctrine, and in the limit."""
    for array in half.results.data_vars.values():
        by_future = array.to_numpy().reshape(FUTURES, -1)
        np.testing.assert_array_equal(np.isnan(by_future).all(axis=1), half.failed)
        np.testing.assert_array_equal(np.isnan(by_future).any(axis=1), half.failed)
    going_on = half.course(["going on"])["going on"].to_numpy().reshape(FUTURES, -1)
    np.testing.assert_array_equal(np.isnan(going_on).any(axis=1), half.failed)


def test_the_others_are_what_they_are_without_it(half: Study, tmp_path: Path) -> None:
    """The futures that can be solved, given alone: the same bits, though others are beside them."""
    sound = {name: values[~half.failed] for name, values in half.futures.items()}
    game = compile_game(half.scenario)
    alone = prepare(game, Settings(), tmp_path / "s", futures=sound)
    solve_blocks(alone, game)
    assert not alone.failed.any()
    for name, array in alone.results.data_vars.items():
        np.testing.assert_array_equal(array, half.results[name][~half.failed])
    for name, array in alone.course().data_vars.items():
        np.testing.assert_array_equal(array, half.course()[name][~half.failed])


def test_neighbours_are_of_no_consequence_where_several_choose_at_once(tmp_path: Path) -> None:
    """There a row's equilibrium is followed step by step, and each row takes its own steps."""
    game = compile_game(load("reciprocal-fear"))
    drawn = sample(game.scenario, BLOCK)
    whole = prepare(game, Settings(), tmp_path / "whole", futures=drawn)
    fewer = prepare(
        game, Settings(), tmp_path / "fewer", futures={n: v[11:4:-3] for n, v in drawn.items()}
    )
    for study in (whole, fewer):
        solve_blocks(study, game)
    for name, array in fewer.results.data_vars.items():
        np.testing.assert_array_equal(array, whole.results[name][11:4:-3])


def test_workers_change_no_byte_of_it(half: Study, tmp_path: Path) -> None:
    """Reasons included, whatever the file was called."""
    again = run(
        loads(half.scenario.text, "another.yaml"), tmp_path / "s", futures=FUTURES, workers=2
    )
    assert contents(again.path) == contents(half.path)


def test_where_no_future_fails_there_is_no_word_of_it(study: Study) -> None:
    assert study.failures == ()
    assert not study.failed.any()
    assert not (study.path / "failures").exists()


def test_retry_solves_failed_futures_again(half: Study, tmp_path: Path) -> None:
    """Those that only then failed are sound now; blocks without any are left alone."""
    whole = run(loads(starter()), tmp_path / "whole", futures=FUTURES)
    before = contents(whole.path)
    game, path = compile_game(loads(starter())), whole.path
    (path / "failures").mkdir()
    spoilt = path / "failures" / "00001.json"
    failure = {"future": 17, "reason": "a bad night", "parameters": {}}
    spoilt.write_text(json.dumps({"failures": [failure]}), encoding="utf-8")
    (path / "outcomes" / "00001.parquet").write_bytes(b"nothing of worth")
    untouched = (path / "outcomes" / "00000.parquet").stat().st_mtime_ns
    assert whole.failed.nonzero()[0].tolist() == [17]
    solve_blocks(whole, game)
    assert whole.failed.any()
    solve_blocks(whole, game, retry=True)
    assert contents(path) == before
    assert (path / "outcomes" / "00000.parquet").stat().st_mtime_ns == untouched
    # What is impossible stays so, to the byte.
    said = contents(half.path)
    run(half.scenario, half.path, futures=FUTURES, retry=True)
    assert contents(half.path) == said


def test_a_whole_block_may_fail(tmp_path: Path) -> None:
    """The first one even; then the certificates are the only thing that is not there."""
    drawn = {"incident": np.repeat([0.9, 0.05], [BLOCK, 3])}
    game = compile_game(impossible(0.5))
    study = prepare(game, Settings(), tmp_path / "s", futures=drawn)
    solve_blocks(study, game)
    assert study.failed.tolist() == [True] * BLOCK + [False] * 3
    assert study.certificates == ()
    assert np.isfinite(study.results["value"][BLOCK:]).all()


def test_where_every_future_fails_there_is_no_study(tmp_path: Path) -> None:
    """An error, with the most frequent reason; and the same error again."""
    game = compile_game(impossible(0.5))
    study = prepare(game, Settings(), tmp_path / "s", futures={"incident": np.full(5, 0.9)})
    for _ in range(2):
        with pytest.raises(StudyError, match=r"none of 5 futures .* reason: scenario\.yaml:\d+:"):
            solve_blocks(study, game)


def test_an_impossible_nominal_scenario_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    text = starter().replace("p: incident * (1 + convoys)", "p: incident * 100")
    with pytest.raises(ScenarioError, match=r"strait\.yaml:\d+:\d+: .* incident=0\.05"):
        run(loads(text, "strait.yaml"), tmp_path / "s", futures=FUTURES)
    assert not (tmp_path / "s").exists()


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_a_solution_that_is_no_number_is_a_failure(tmp_path: Path) -> None:
    """A payoff that overflows single precision fails there, and is solved in double."""
    drawn = {"prize": np.array([1.0, 1e39, 2.0])}
    game = compile_game(loads(starter()))
    single = prepare(game, Settings(), tmp_path / "single", futures=drawn)
    solve_blocks(single, game)
    assert single.failed.tolist() == [False, True, False]
    assert "try --precision double" in single.failures[0].reason
    assert np.isfinite(single.results["value"][[0, 2]]).all()
    double = prepare(game, Settings(precision="double"), tmp_path / "double", futures=drawn)
    solve_blocks(double, game)
    assert not double.failed.any()


SCRIPT = """
import os
import sys
import tempfile
import time

import numpy as np

from standoff.explore import block, run, workers
from standoff.scenario import loads, starter

CRIMES = {"dies": lambda: os._exit(9), "sleeps": lambda: time.sleep(600)}
GUILTY = {float(value): CRIMES[crime] for crime, value in zip(sys.argv[3::2], sys.argv[4::2])}
fill = block.fill

with tempfile.TemporaryDirectory() as folder:  # the solver is loaded before any time is limited
    run(loads(starter()), folder + "/s", futures=1, workers=1)


def deadly(game, futures=None, dtype=float):
    for incident in np.atleast_1d((futures or {}).get("incident", np.nan)):
        GUILTY.get(float(incident), GUILTY.get(np.inf, int))()
    return fill(game, futures, dtype)


workers._LOADING = 3.0
block.fill = deadly  # in the workers too: they import this script, as every spawned process does

if __name__ == "__main__":
    run(loads(starter()), sys.argv[1], futures=40, workers=2, limit=float(sys.argv[2]) or None)
"""


def test_a_future_that_takes_its_worker_down_is_found(study: Study, tmp_path: Path) -> None:
    """It alone is lost, whether its worker dies of it, alone or beside another such, or never comes
    to an end; every other future has the bits it has where nobody died."""
    died = "the process that solved it died, perhaps for want of memory"
    crimes = {17: ("dies", died), 21: ("dies", died),
              39: ("sleeps", "it took longer than the time limit of 2 s")}  # fmt: skip
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path / "s"), "2"]
    for future, (crime, _) in crimes.items():
        command += [crime, repr(float(study.futures["incident"][future]))]
    subprocess.run(command, check=True, timeout=1800, env=os.environ | {"PYTHONUTF8": "1"})
    found = open_study(tmp_path / "s")
    assert {f.future: f.reason for f in found.failures} == {
        future: reason for future, (_, reason) in crimes.items()
    }
    for name, array in found.results.data_vars.items():
        np.testing.assert_array_equal(array[~found.failed], study.results[name][~found.failed])


def test_a_limit_that_nothing_can_keep_is_an_error_and_no_hang(tmp_path: Path) -> None:
    """Where not even the nominal scenario is solved, futures are not to blame."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    said = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "s"), "0", "dies", "inf"],
        capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    assert "StudyError: not even the nominal scenario can be solved: the process" in said.stderr


def test_limits_and_shards_out_of_range_are_refused(study: Study) -> None:
    game = compile_game(study.scenario)
    with pytest.raises(ValueError, match="the time limit is 0 s; expected more than 0"):
        solve_blocks(study, game, limit=0)
    for shard in ((0, 3), (4, 3), (1, 0)):
        with pytest.raises(ValueError, match=r"expected i/n with 1 <= i <= n"):
            solve_blocks(study, game, shard=shard)
