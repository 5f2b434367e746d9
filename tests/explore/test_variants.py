"""Variants of a scenario as studies: the same futures, one folder, and nothing solved twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from explore.conftest import contents
from standoff.explore import (
    StudyError,
    Variants,
    open_study,
    open_variants,
    run,
    run_variants,
    sample,
    solve_futures,
    solve_variants,
)
from standoff.game import compile_game
from standoff.scenario import Scenario, ScenarioError, loads, starter, variant, variants
from standoff.sensitivity import by_structure

FUTURES = 20
"""Two blocks, the second not full."""

STRUCTURES = """
structures:
  order:
    says: who moves first in a month
    options:
      blockader first: {}
      defender first: {order: [defender, blockader, accident]}
  ruin:
    says: whether what a war would cost is known, and whether convoys wear out
    options:
      unsure: {}
      known:
        parameters:
          ruin: {value: 50, range: ~}
          wear: {value: 0.2, range: [0.1, 0.3], basis: assumed}
        actors:
          defender: {payoff: -prize * (crisis == blockade) - wear * convoys}
"""


def scenario() -> Scenario:
    return loads(starter() + STRUCTURES)


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Variants:
    """All four variants in 20 futures."""
    return run_variants(scenario(), tmp_path_factory.mktemp("variants") / "all", futures=FUTURES)


def test_the_first_variant_is_the_ordinary_study(solved: Variants, tmp_path: Path) -> None:
    """To the last byte what `run` writes; the other variants come on top."""
    plain = run(scenario(), tmp_path / "plain", futures=FUTURES)
    whole = contents(solved.path)
    assert contents(plain.path) == {
        name: data for name, data in whole.items() if not name.startswith("variants/")
    }
    assert [study.path.parent.name for study in solved.studies[1:]] == ["variants"] * 3
    assert solved.base.path == solved.path == solved.studies[0].path
    assert {study.path.name for study in solved.studies[1:]} == {
        "01-blockader-first-known",
        "02-defender-first-unsure",
        "03-defender-first-known",
    }


def test_futures_are_shared(solved: Variants) -> None:
    """A parameter that several variants are unsure of has one value in a future; what one of them
    fixes is fixed there, and what it adds does not disturb the rest."""
    base = sample(scenario(), FUTURES)
    for choices, study in zip(solved.choices, solved.studies, strict=True):
        known = choices["ruin"] == "known"
        assert ("ruin" in study.futures, "wear" in study.futures) == (not known, known)
        for name, values in study.futures.items():
            if name != "wear":
                np.testing.assert_array_equal(values, base[name])
            np.testing.assert_array_equal(values, solved.futures[name])
    wear = solved.futures["wear"]
    assert ((wear >= 0.1) & (wear <= 0.3)).all()
    assert len(set(wear)) == FUTURES


def test_each_variant_is_solved_as_itself(solved: Variants) -> None:
    """What stands in a variant's study is what its scenario, compiled by itself, gives."""
    for choices, study in zip(solved.choices, solved.studies, strict=True):
        one = variant(scenario(), choices)
        assert study.scenario.choices == one.choices
        assert study.manifest["hash"] == one.hash
        alone = solve_futures(compile_game(one), study.futures, precision="single")
        np.testing.assert_array_equal(study.results["value"], alone["value"])
    values = [study.results["value"].values for study in solved.studies]
    for k, other in enumerate(values[1:]):
        assert not np.allclose(values[0], other), solved.choices[k + 1]


def test_opened_again(solved: Variants) -> None:
    """A folder that was solved before is opened with all its variants, in their order."""
    again = open_variants(solved.path)
    assert again == solved
    assert again.choices == variants(scenario())
    assert again.switches == {
        "order": ["blockader first"] * 2 + ["defender first"] * 2,
        "ruin": ["unsure", "known"] * 2,
    }


def test_it_goes_on_where_it_stopped(solved: Variants, tmp_path: Path) -> None:
    """An ordinary study is the first variant of all; solved on an executor the bytes are the same,
    and what is there is kept."""
    study = run(scenario(), tmp_path / "s", futures=FUTURES)
    with pytest.raises(StudyError, match="order = blockader first, ruin = known has not been"):
        open_variants(study.path)
    before = {name: (study.path / name).stat().st_mtime_ns for name in contents(study.path)}
    steps: list[tuple[int, int]] = []
    with ThreadPoolExecutor(1) as pool:
        made = solve_variants(
            study, executor=pool, progress=lambda done, blocks: steps.append((done, blocks))
        )
    assert contents(made.path) == contents(solved.path)
    assert before == {name: (study.path / name).stat().st_mtime_ns for name in before}
    assert steps[0] == (2, 8)
    assert steps[-1] == (8, 8)
    assert steps == sorted(steps)


def test_any_variant_may_be_the_first(tmp_path: Path) -> None:
    """A scenario that names its options is itself the study; the file as it stands is a variant."""
    thrown = variant(scenario(), {"ruin": "known", "order": "defender first"})
    made = run_variants(thrown, tmp_path / "s", futures=3, doctrines=["no escorts"])
    assert made.base.scenario.choices == thrown.choices
    assert made.studies[3].path == made.path
    assert made.choices == variants(thrown)
    assert {study.doctrines for study in made.studies} == {("free-choice", "no escorts")}
    np.testing.assert_array_equal(made.base.futures["wear"], made.futures["wear"])
    assert open_variants(made.path) == made


def test_the_crossing_takes_what_variants_give(solved: Variants) -> None:
    """Verdicts and margins of all variants, side by side, say what each switch does to a claim."""
    margins = np.array(
        [
            study.results["expected"].sel(outcome="war", doctrine="convoys at once")
            - study.results["expected"].sel(outcome="war", doctrine="no escorts")
            for study in solved.studies
        ]
    )
    found = by_structure(solved.switches, np.sign(margins), margins, outputs=["convoys-mean-war"])
    assert found.switches == ("order", "ruin")
    assert found.futures == FUTURES
    assert found.first is not None
    assert 0 < found.first.sum() <= 1 + 1e-9


def test_what_does_not_fit_is_refused(solved: Variants, tmp_path: Path) -> None:
    """No structures; another study in the folder; a variant that cannot be."""
    with pytest.raises(ValueError, match="has no structures, and so no other variant"):
        run_variants(loads(starter()), tmp_path / "none", futures=3)
    assert not (tmp_path / "none").exists()
    with pytest.raises(StudyError, match="futures: 20 there, 10 now"):
        run_variants(scenario(), solved.path, futures=10)
    sure = "{events: {accident: [{p: 2, when: crisis == blockade, set: {crisis: war}}]}}"
    bad = STRUCTURES.replace("{order: [defender, blockader, accident]}", sure)
    with pytest.raises(ScenarioError, match="variant order = defender first"):
        run_variants(loads(starter() + bad), tmp_path / "bad", futures=3)


def test_a_variant_of_another_scenario_is_not_taken(solved: Variants, tmp_path: Path) -> None:
    """Whoever puts another study into the folder is told."""
    study = run(scenario(), tmp_path / "s", futures=FUTURES)
    made = solve_variants(study)
    strange = made.studies[1].path
    text = (strange / "manifest.json").read_text(encoding="utf-8")
    wrong = text.replace(made.studies[1].manifest["hash"], solved.base.manifest["hash"])
    (strange / "manifest.json").write_text(wrong, encoding="utf-8")
    with pytest.raises(StudyError, match="holds another scenario"):
        open_variants(study.path)
    assert open_study(strange).manifest["hash"] == solved.base.manifest["hash"]
