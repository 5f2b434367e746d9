"""Claims and paths of what others believe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explore.watched import UNTYPED, WATCHED
from standoff.claims import Roots, as_json, belief_paths, judge, judge_claims
from standoff.explore import Study, run, solve_futures
from standoff.game import compile_game
from standoff.scenario import loads


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(loads(WATCHED), tmp_path_factory.mktemp("watched") / "s", futures=32)


def test_a_claim_in_beliefs_is_judged_by_the_beliefs_at_the_end(watched: Study) -> None:
    """Its margin is what the results say, and it holds where that is above the error."""
    verdict = next(v for v in judge(watched) if v.claim.name == "thought tough")
    believed = watched.results["belief"].sel(doctrine="always-fight", type="incumbent.tough")
    margin = believed.to_numpy() - 0.5
    np.testing.assert_allclose(verdict.truth.margin, margin, atol=1e-12)
    sure = np.abs(margin) > 1e-3
    np.testing.assert_array_equal(verdict.truth.verdict[sure], np.sign(margin[sure]))
    assert 0 < verdict.share < 1
    assert verdict.leanings[-1].towards == "high", "the more are tough, the likelier"


def test_a_belief_within_its_error_is_undetermined(watched: Study) -> None:
    """Single precision knows a belief to 5e-4 of 1, also where the belief itself is small."""
    futures = {"fear": watched.futures["fear"][:3]}
    results = solve_futures(compile_game(watched.scenario), futures, precision="single")
    believed = results["belief"].sel(doctrine="always-fight", type="incumbent.tough").to_numpy()
    for distance, verdict in ((4e-4, 0), (6e-4, 1)):
        text = WATCHED.replace(
            "tough)[always-fight] > 0.5", f"tough)[always-fight] > {believed[0] - distance:.9f}"
        )
        truth = judge_claims(loads(text), results, futures, "single")["thought tough"]
        assert truth.verdict[0] == verdict


def test_beliefs_in_the_limit_are_judged_too(watched: Study) -> None:
    """The limit has beliefs of its own."""
    verdict = next(v for v in judge(watched) if v.claim.name == "thought tough")
    limit = watched.results["belief_limit"].sel(doctrine="always-fight", type="incumbent.tough")
    assert verdict.limit_share == pytest.approx(float((limit > 0.5).mean()), abs=0.04)


def test_equilibria_are_counted_without_a_certificate_of_uniqueness(watched: Study) -> None:
    """κ says nothing where types are hidden, and is null in the JSON."""
    for verdict in judge(watched):
        assert isinstance(verdict.roots, Roots)
        assert verdict.roots.kappa is None
        assert as_json(verdict)["roots"]["kappa"] is None


def test_paths_say_where_they_should_be_flat(watched: Study, tmp_path: Path) -> None:
    """A martingale is promised in free choice, and under a doctrine that is believed for sure or
    not at all is or is not as its types are drawn."""
    paths = {(path.type, path.doctrine): path for path in belief_paths(watched)}
    assert len(paths) == 4
    free, bound = paths["tough", "free-choice"], paths["tough", "always-fight"]
    assert free.martingale
    assert not bound.martingale
    assert free.drift < 2e-3 < bound.drift
    assert (free.low <= free.mean).all()
    assert (free.mean <= free.high).all()
    np.testing.assert_allclose(free.mean + paths["weak", "free-choice"].mean, 1, atol=1e-6)
    sure = run(loads(WATCHED.replace("believed: 0.5, ", "")), tmp_path / "s", futures=4)
    assert all(path.martingale and path.drift < 2e-3 for path in belief_paths(sure))
    assert belief_paths(run(loads(UNTYPED), tmp_path / "u", futures=2)) == ()
