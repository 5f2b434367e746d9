"""What the belief grid does to verdicts."""

from __future__ import annotations

import json

import numpy as np
import pytest

from explore.watched import UNTYPED, WATCHED
from standoff.claims import truths_of
from standoff.explore import Study, run, solve_futures
from standoff.findings import (
    GridError,
    family_of,
    findings_as_json,
    findings_of,
    grid_error,
    parts_of,
)
from standoff.findings.family import Adaptive, doctrine_of
from standoff.game import compile_game
from standoff.scenario import loads

CLAIM = "thought tough"


@pytest.fixture(scope="module")
def coarse(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study whose belief grid is coarse: three points a side where there are two kinds."""
    out = tmp_path_factory.mktemp("coarse") / "s"
    return run(loads(WATCHED), out, futures=24, points=5, precision="double")


def errors_of(study: Study, **settings: object) -> GridError:
    (found,) = grid_error(study, truths_of(study), [CLAIM], **settings)  # type: ignore[arg-type]
    return found


def test_the_study_s_own_grid_changes_nothing(coarse: Study) -> None:
    """Solved again with as many points, every margin is the same."""
    (same,) = errors_of(coarse, points=[5], futures=20).finer
    assert (same.futures, same.changed, same.turned) == (20, 0, 0)
    assert same.largest == same.relative == 0


def test_finer_grids_are_compared_with_the_study_s(coarse: Study) -> None:
    """By default 2n - 1 and 4n - 3 points, in futures of the study; the change is that of margins
    solved apart."""
    found = errors_of(coarse, futures=8)
    assert [finer.points for finer in found.finer] == [9, 17]
    game = compile_game(coarse.scenario)
    some = {name: values[:8] for name, values in coarse.futures.items()}
    fine = solve_futures(game, some, ["always-fight"], points=17)["belief"]
    there = fine.sel(doctrine="always-fight", type="incumbent.tough").to_numpy()
    here = truths_of(coarse)[CLAIM].margin[:8]
    moved = np.abs(there - 0.5 - here)
    assert found.finer[1].largest == pytest.approx(moved.max(), rel=1e-9)
    assert found.finer[1].relative == pytest.approx((moved / np.abs(here)).max(), rel=1e-9)
    assert found.margin == pytest.approx(np.median(np.abs(here)), rel=1e-9)
    assert moved.max() > 1e-4, "a grid so coarse errs"


def test_a_grid_that_cannot_be_held_is_told(coarse: Study) -> None:
    """It is refused with the reason, and the others are compared all the same."""
    found = errors_of(coarse, points=[9, 5001], futures=4)
    assert [finer.points for finer in found.finer] == [9]
    assert "more than 200000 points" in found.refused[5001]
    with pytest.raises(ValueError, match="2 or more"):
        errors_of(coarse, points=[1])


def test_the_grid_is_asked_for_only_where_something_is_hidden(coarse: Study) -> None:
    """It is a part of the findings of such a study, and of no other's."""
    assert "grid" in parts_of(coarse)
    found = findings_of(coarse, ["grid"], claims=[CLAIM], grid_futures=4)
    (told,) = json.loads(json.dumps(findings_as_json(found)["grid"], allow_nan=False))
    assert (told["claim"], told["points"], len(told["finer"])) == (CLAIM, 5, 2)


def test_a_study_in_which_nothing_is_hidden_has_no_grid(straight: Study) -> None:
    """There it is left out, and asked for by name it says why there is nothing."""
    assert "grid" not in parts_of(straight)
    found = findings_of(straight, ["grid"])
    assert found.grid is None
    assert "no belief grid" in found.nothing["grid"]


def test_adaptive_families_leave_out_doctrines_in_doubt() -> None:
    """What would be believed of one that is given up for another is not said, so none is made."""
    text = UNTYPED.replace("outcomes:", "    never-fight: {never: fight}\noutcomes:")
    game = compile_game(loads(text))
    for member in family_of(game, "incumbent"):
        assert "always-fight" not in (member.start, member.then)
    with pytest.raises(KeyError, match="always-fight"):
        family_of(game, "incumbent", doctrines=["always-fight", "never-fight"])
    doubted = Adaptive("incumbent", "always-fight", "never-fight", None, 2)
    with pytest.raises(ValueError, match="believed only in part"):
        doctrine_of(game.scenario, doubted)
