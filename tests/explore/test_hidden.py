"""Studies of scenarios in which types are hidden, or doctrines are believed in part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explore.watched import UNTYPED, WATCHED
from standoff.explore import (
    BLOCK,
    Settings,
    Study,
    StudyError,
    open_study,
    plan,
    prepare,
    run,
    solve_futures,
)
from standoff.game import compile_game
from standoff.scenario import loads

FUTURES = 20
"""Two blocks."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(loads(WATCHED), tmp_path_factory.mktemp("watched") / "s", futures=FUTURES)


@pytest.fixture(scope="module")
def untyped(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(loads(UNTYPED), tmp_path_factory.mktemp("untyped") / "s", futures=FUTURES)


def test_beliefs_are_kept_at_the_end_and_period_by_period(watched: Study) -> None:
    """They start at the file's prior in each future, sum to 1, and end as the outcome says."""
    end = watched.results["belief"]
    assert list(end["type"].to_numpy()) == ["incumbent.tough", "incumbent.weak"]
    np.testing.assert_allclose(end.sum("type"), 1, atol=1e-6)
    outcome = watched.results["expected"].sel(outcome="reputation")
    np.testing.assert_allclose(100 * end.sel(type="incumbent.tough"), outcome, rtol=1e-5)
    path = watched.course(["belief.incumbent.tough"])["belief.incumbent.tough"].to_numpy()
    assert path.shape == (FUTURES, 2, 4)
    fear = watched.futures["fear"]
    np.testing.assert_allclose(path[:, :, 0], np.stack([fear, fear], axis=1), rtol=1e-5)
    np.testing.assert_allclose(path[:, :, -1], end.sel(type="incumbent.tough"), rtol=1e-5)


def test_nobody_expects_to_change_its_mind_unless_deceived(watched: Study) -> None:
    """Expected posteriors are the prior (Bayes), but for what the grid is too coarse for; who
    follows a doctrine that is not believed for sure moves them."""
    path = watched.course(["belief.incumbent.tough"])["belief.incumbent.tough"].to_numpy()
    drift = np.abs(path - path[:, :, :1]).max(axis=(0, 2))
    assert drift[0] < 2e-3
    assert drift[1] > 0.05


def test_the_number_of_points_makes_the_study(watched: Study, tmp_path: Path) -> None:
    """It is in the manifest, so a study does not go on with another grid."""
    assert watched.points == open_study(watched.path).points == 21
    game = compile_game(watched.scenario)
    with pytest.raises(StudyError, match="points: 21 there, 11 now"):
        prepare(game, Settings(futures=FUTURES, points=11), watched.path)
    with pytest.raises(ValueError, match="2 or more"):
        prepare(game, Settings(points=1), tmp_path / "s")


def test_where_nothing_is_hidden_no_grid_is_set_down(tmp_path: Path) -> None:
    """A study without the doctrine that is believed in part is an ordinary one."""
    game = compile_game(loads(UNTYPED))
    study = prepare(game, Settings(doctrines=()), tmp_path / "s")
    assert "points" not in study.manifest
    assert not study.hidden


def test_futures_solved_by_themselves_are_those_of_the_study(watched: Study) -> None:
    """`solve_futures` gives the same numbers, to the last bit, beliefs included."""
    game = compile_game(watched.scenario)
    block = {name: values[:BLOCK] for name, values in watched.futures.items()}
    again = solve_futures(game, block, precision="single", limit=True)
    for name in ("value", "expected", "belief", "value_limit", "belief_limit"):
        found, wanted = again[name].to_numpy(), watched.results[name].to_numpy()
        np.testing.assert_array_equal(found, wanted[:BLOCK])


def test_where_one_equilibrium_was_found_elsewhere_is_here(watched: Study) -> None:
    """Other equilibria are told in all futures, and are the study's own where there is one."""
    results = watched.results
    assert "kappa" not in results
    one = results["several"].to_numpy() == 0
    assert one.any()
    for name in ("value", "expected", "belief"):
        here, there = results[name].to_numpy(), results[f"{name}_elsewhere"].to_numpy()
        np.testing.assert_array_equal(here[one], there[one])


def test_a_doctrine_in_doubt_has_the_columns_of_the_rest(untyped: Study) -> None:
    """Only under it beliefs matter, but every doctrine of a study has the same columns."""
    results = untyped.results
    assert untyped.hidden
    assert "belief" not in results
    lost = results["lost"].sel(doctrine="free-choice").to_numpy()
    assert not lost.any()
    entries = results["expected"].sel(outcome="entries")
    doubted = entries.sel(doctrine="always-fight").to_numpy()
    assert (doubted < entries.sel(doctrine="free-choice").to_numpy()).all()
    trusted = np.argsort(untyped.futures["fear"])
    assert (np.diff(doubted[trusted]) < 0).all(), "the more it is believed, the fewer enter"


def test_free_choice_of_the_untyped_is_solved_as_ever(untyped: Study, tmp_path: Path) -> None:
    """That another doctrine is in doubt does not change a bit of free choice."""
    alone = run(loads(UNTYPED), tmp_path / "s", futures=FUTURES, doctrines=[])
    free = untyped.results.sel(doctrine="free-choice")
    np.testing.assert_array_equal(alone.results["value"][:, 0], free["value"])


def test_priors_that_are_none_fail_their_futures(tmp_path: Path) -> None:
    """Futures with a probability above 1 fail, and are told why; the others are solved."""
    text = WATCHED.replace("range: [0.1, 0.6]", "range: [0.1, 1.2]")
    study = run(loads(text), tmp_path / "s", futures=16, doctrines=[])
    np.testing.assert_array_equal(study.failed, study.futures["fear"] > 1)
    assert study.failed.any()
    assert "the prior of 'tough' is 1." in study.failures[0].reason


def test_the_plan_counts_points_of_belief() -> None:
    """Memory and work grow with the grid; the doctrine in doubt makes it larger still."""
    game = compile_game(loads(WATCHED))
    free, coarse, fine = (
        plan(game, 256, doctrines, BLOCK, 4, points)
        for doctrines, points in (
            (("free-choice",), 21),
            (("free-choice", "always-fight"), 21),
            (("free-choice", "always-fight"), 41),
        )
    )
    assert free.beliefs == 21
    assert coarse.beliefs == 11 * 12 // 2  # three kinds: tough, weak, and weak but bound
    assert fine.beliefs == 21 * 22 // 2
    assert free.worker_memory < coarse.worker_memory < fine.worker_memory
    assert free.work < coarse.work < fine.work
