"""Whether verdicts hang on the model: switches whose effect is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from findings.conftest import TURNS, lines
from standoff.explore import (
    Settings,
    Study,
    StudyError,
    prepare,
    run,
    run_variants,
    solve_blocks,
    solve_variants,
)
from standoff.findings import variants_of, verdicts_by_structure
from standoff.game import compile_game
from standoff.scenario import loads

STRUCTURES = {
    "weight": {
        "says": "how much b counts",
        "options": {"double": {}, "single": {"outcomes": {"sum": {"final": "a + b"}}}},
    }
}


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """With a second variant, in which the sum is another."""
    out = tmp_path_factory.mktemp("varied") / "s"
    text = lines(structures=STRUCTURES)
    return run_variants(loads(text), out, futures=64, precision="double").base


def test_the_solution_concept_turns_what_it_must(straight: Study) -> None:
    """Acts have a probability above 0.6 from a prize of ln 1.5 on, and in the limit of perfect
    rationality from 0 on; sums of parameters are the same in both."""
    found = verdicts_by_structure(straight)
    assert found.switches == ("solution",)
    prize = straight.futures["prize"]
    between = ((prize > 0) & (prize < TURNS)).mean()
    changes = dict(zip(found.outputs, found.changes[0], strict=True))
    assert changes["acts"] == pytest.approx(between)
    assert between == pytest.approx(TURNS / 2, abs=0.01)
    assert changes["sum is high"] == 0
    assert found.hangs.tolist() == found.changes[0].tolist()
    assert found.first is not None
    assert found.total is not None
    assert found.total[0, found.outputs.index("sum is high")] == pytest.approx(0, abs=1e-12)


def test_a_structural_switch_turns_what_it_must(varied: Study) -> None:
    """a + 2 b > 1.5 and a + b > 1.5 differ where one holds and the other does not, and nothing else
    hangs on that switch."""
    found = verdicts_by_structure(varied, variants_of(varied))
    assert found.switches == ("weight", "solution")
    a, b = varied.futures["a"], varied.futures["b"]
    differ = ((a + 2 * b > 1.5) != (a + b > 1.5)).mean()
    changes = {name: found.changes[:, k] for k, name in enumerate(found.outputs)}
    np.testing.assert_allclose(changes["sum is high"], [differ, 0])
    assert changes["acts"][0] == 0
    assert found.hangs[found.outputs.index("sum is high")] == pytest.approx(differ)


def test_without_variants_there_are_none(straight: Study, varied: Study, tmp_path: Path) -> None:
    """Neither where the file has no structures, nor where they were not solved; half of them is a
    mistake."""
    assert variants_of(straight) is None
    plain = run(loads(lines(structures=STRUCTURES)), tmp_path / "s", futures=8)
    assert variants_of(plain) is None
    (tmp_path / "s" / "variants").mkdir()
    with pytest.raises(StudyError, match="has not been solved"):
        variants_of(plain)


def test_failed_futures_are_left_out_and_counted(rash: Study) -> None:
    """What fails at the stated rationality has no verdict in the limit either."""
    found = verdicts_by_structure(rash)
    assert found.left_out.tolist() == [int(rash.failed.sum())] * 4
    sound = ~rash.failed
    prize = rash.futures["prize"][sound]
    k = found.outputs.index("acts")
    assert found.changes[0, k] == pytest.approx(((prize > 0) & (prize < TURNS)).mean())


def test_claims_without_their_doctrine_are_left_out(tmp_path: Path) -> None:
    """Those that can be judged are; where none can be, it is said."""
    claims = {"x": {"says": "It acts more.", "holds": "acts[bound] > acts"}}
    for document, outputs in ((lines(), ("sum is high", "not both", "acts")),
                              (lines(claims=claims), ())):  # fmt: skip
        game = compile_game(loads(document))
        path = tmp_path / str(len(outputs))
        study = prepare(game, Settings(futures=16, doctrines=()), path)
        solve_blocks(study, game)
        if outputs:
            assert verdicts_by_structure(study).outputs == outputs
        else:
            with pytest.raises(ValueError, match="no claim can be judged"):
                verdicts_by_structure(study)


def test_without_the_limit_structures_are_the_only_switches(varied: Study, tmp_path: Path) -> None:
    """They turn as many verdicts as beside it; where there are none either, it says so and names
    the flag."""
    scenario = loads(lines(structures=STRUCTURES))
    bare = run(scenario, tmp_path / "s", futures=64, precision="double", equilibrium_only=True)
    with pytest.raises(ValueError, match=r"run with --equilibrium-only, .*nothing to set"):
        verdicts_by_structure(bare)
    found = verdicts_by_structure(bare, solve_variants(bare))
    assert found.switches == ("weight",)
    sums = found.outputs.index("sum is high")
    both = verdicts_by_structure(varied, variants_of(varied))
    assert found.changes[0, sums] == both.changes[0, sums]
    assert found.changes[0, sums] > 0
    assert found.changes[0, found.outputs.index("acts")] == 0
