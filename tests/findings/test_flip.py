"""What would reverse a claim: certified by exact solves, and said in numbers that are true."""

from __future__ import annotations

import json
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from standoff.claims import judge_claims
from standoff.explore import Study, run, solve_futures
from standoff.findings import Flip, Flips, find_flips, flips_as_json, space_of
from standoff.game import compile_game
from standoff.scenario import load, loads

NOMINAL = {"precision": 2.0, "harm": 1.0, "loss": 0.5, "toll": 0.8}


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def war_spared(precision: float, harm: float, loss: float, toll: float) -> float:
    """How much rarer war is if the defender is bound to fight: Signorino's (1999) game, solved."""
    fights = logistic(precision * (loss - toll))
    challenges = logistic(precision * ((1 - fights) * 1.0 - fights * harm))
    return challenges * fights - logistic(-precision * harm)


def coin(**changes: Any) -> str:
    """One decision, between 0 and a prize, in a file whose flips are simple sums."""
    uniform = {"range": [0, 1]}
    document: dict[str, Any] = {
        "standoff": 1,
        "name": "coin",
        "title": "One choice",
        "time": {"period": "move", "periods": 1},
        "parameters": {
            "prize": {"value": 0.5, "range": [0, 2], "unit": "points", "why": "worth of it. Ours."},
            "odds": {"value": 0.3, "unit": "chance per move"} | uniform,
            "doubt": {
                "value": 0,
                "unit": "0 no, 1 yes",
                "why": "does it doubt? Some say so",
                "distribution": {"kind": "discrete", "values": [0, 1]},
            },
            "pull": {"value": 1, "distribution": {"kind": "log-uniform", "low": 0.25, "high": 4}},
        },
        "variables": {"done": {"flag": False}},
        "order": ["red"],
        "actors": {
            "red": {
                "rationality": 1,
                "final": "(prize + odds + pull - 2 * doubt) * done",
                "actions": {"wait": {}, "act": {"set": {"done": True}}},
            }
        },
        "outcomes": {"acts": {"ever": "done"}},
        "claims": {
            # The logit of acting is prize + odds + pull - 2 doubt, 1.8 at the nominal point.
            "acts": {"says": "It acts.", "holds": "acts > 0.75"},
            "seldom": {"says": "It hardly ever does.", "holds": "acts < 0.0001"},
            "likely": {"says": "The odds are good.", "holds": "odds >= 0.45"},
        },
    }
    return json.dumps(document | changes)


@pytest.fixture(scope="module")
def deterrence(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("deterrence") / "s"
    return run(load("two-move-deterrence"), out, futures=64)


@pytest.fixture(scope="module")
def tossed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(loads(coin()), tmp_path_factory.mktemp("tossed") / "s", futures=64)


@pytest.fixture(scope="module")
def flips(tossed: Study) -> dict[str, Flips]:
    return {one.claim: one for one in find_flips(tossed, tolerance=1e-4)}


def alone(flips: Flips) -> dict[str, Flip]:
    """Flips by one parameter, by its name."""
    return {
        flip.changes[0].parameter: flip
        for flip in flips.flips
        if flip.norm == "1" and len(flip.changes) == 1
    }


def solved(study: Study, claim: str, values: dict[str, float]) -> tuple[int, float]:
    """Verdict and margin of a claim by a solve of its own."""
    futures = {name: np.array([value]) for name, value in values.items()}
    results = solve_futures(compile_game(study.scenario), futures)
    truth = judge_claims(study.scenario, results, futures, "double")[claim]
    return int(truth.verdict[0]), float(truth.margin[0])


def test_one_parameter_flips_are_where_the_closed_form_has_them(deterrence: Study) -> None:
    """In the two-move game (Signorino 1999) binding oneself stops sparing wars at a root of its
    closed form, for each parameter alone; of several the nearest is found."""
    (found,) = find_flips(deterrence, ["commitment-avoids-war"], tolerance=1e-5)
    assert found.verdict == 1
    assert found.margin == pytest.approx(war_spared(**NOMINAL), abs=1e-12)
    one = alone(found)
    ranges = {"precision": (0.5, 2.0), "harm": (0.2, 1.0), "toll": (0.8, 2.0)}
    assert set(one) == set(ranges)
    for name, (low, high) in ranges.items():
        root = brentq(lambda x, name=name: war_spared(**(NOMINAL | {name: x})), low, high)
        assert one[name].changes[0].to == pytest.approx(root, abs=1e-4)
        width = {"precision": 19.5, "harm": 2.8, "toll": 1.8}[name]
        assert one[name].distance == pytest.approx(abs(root - NOMINAL[name]) / width, abs=2e-5)
    assert found.nearest("1") == one["precision"]
    assert all(flip.distance >= one["precision"].distance for flip in one.values())


def test_the_nearest_by_each_norm_is_that_of_the_closed_form(deterrence: Study) -> None:
    """A general optimiser on the closed form comes no nearer than the search, by more than 1 %."""
    from scipy.optimize import minimize

    (found,) = find_flips(deterrence, ["commitment-avoids-war"], tolerance=1e-5)
    space = space_of(deterrence.scenario)
    low, high = space.bounds

    def margin(place: Any) -> float:
        values = space.values(place[None])[0]
        return -war_spared(**{name: float(v) for name, v in zip(space.names, values, strict=True)})

    def square(place: Any) -> float:
        return float(place @ place)

    beyond = {"type": "ineq", "fun": margin}
    ends: Any = list(zip(low, high, strict=True))
    found_by_slsqp = [
        minimize(square, start, bounds=ends, constraints=beyond, method="SLSQP")  # type: ignore[call-overload]
        for start in np.random.default_rng(0).uniform(low, high, (12, 4))
    ]
    best = min(one.fun for one in found_by_slsqp if one.success) ** 0.5
    nearest = found.nearest("2")
    assert nearest is not None
    assert nearest.distance == pytest.approx(best, rel=0.01)


def test_flips_of_a_sum_are_exact(flips: dict[str, Flips]) -> None:
    """Where the logit of a choice is a sum, the nearest change by each parameter is arithmetic."""
    one = alone(flips["acts"])
    short = 1.8 - np.log(3)  # of what is to be taken away, in the logit
    assert one["doubt"].distance == 1.0
    assert one["pull"].distance == pytest.approx(-np.log(1 - short) / np.log(16), abs=2e-4)
    assert flips["acts"].nearest("1") is not None
    # 0.5 of prize and the rest of the odds: both alone fall short, the doubling scale is dearer.
    pair = 0.5 / 2 + (short - 0.5)
    assert flips["acts"].nearest("1").distance <= pair + 2e-4  # type: ignore[union-attr]


def test_every_flip_is_certified_by_solves_of_its_own(
    tossed: Study, flips: dict[str, Flips]
) -> None:
    """At the point the verdict is reversed, just before it is not, at the stated numbers it is."""
    nominal = {p.name: p.value for p in tossed.scenario.parameters}
    for found in flips.values():
        for flip in found.flips:
            names = [change.parameter for change in flip.changes]
            there = nominal | {change.parameter: change.to for change in flip.changes}
            assert solved(tossed, found.claim, there) == (-found.verdict, flip.margin)
            before = nominal | dict(zip(names, flip.inside, strict=True))
            verdict, margin = solved(tossed, found.claim, before)
            assert verdict != -found.verdict
            assert margin == pytest.approx(flip.inside_margin, abs=1e-8)
            stated = nominal | {change.parameter: change.stated for change in flip.changes}
            verdict, margin = solved(tossed, found.claim, stated)
            assert (verdict, margin) == (-found.verdict, flip.stated_margin)
            assert flip.gap <= 1e-4 or any(change.values for change in flip.changes)
            for change in flip.changes:
                assert change.size == pytest.approx(change.size)
                assert (change.to - change.from_) * change.size > 0


def test_sentences_have_true_round_numbers_units_and_answers(flips: dict[str, Flips]) -> None:
    """Chances in per cent, units as in the file, questions with their answers, rounded outward."""
    one = alone(flips["likely"])
    assert one["odds"].sentence == "Reversed if odds is 45 % per move or more, not 30 %."
    assert one["odds"].changes[0].stated == 0.45
    doubt = alone(flips["acts"])["doubt"]
    assert doubt.sentence == "Reversed if the answer to “does it doubt?” (doubt) is yes, not no."
    prize = next(f for f in flips["acts"].flips for c in f.changes if c.parameter == "prize")
    assert "prize (worth of it) is " in prize.sentence
    assert " points" in prize.sentence
    assert flips["likely"].sentence == one["odds"].sentence


def test_where_nothing_reverses_it_that_is_said(flips: dict[str, Flips]) -> None:
    """The logit cannot come below -1.75, and 0.0001 is at -9.2: no flip, and no false promise."""
    found = flips["seldom"]
    assert found.flips == ()
    assert found.nearest() is None
    assert found.opposite == 0
    assert found.nearest_future is None
    assert found.typical is None
    assert found.nearer == (found.solves,) * 3
    assert found.sentence == (
        f"No change within the ranges reverses it, as far as {found.solves} exact solves see."
    )


def test_futures_bound_the_distance_from_above(tossed: Study, flips: dict[str, Flips]) -> None:
    """No future with the opposite verdict is nearer than the nearest flip in any norm."""
    found = flips["acts"]
    assert found.futures == 64
    assert 0 < found.opposite < 64
    assert found.nearest_future is not None
    assert found.typical is not None
    for norm, bound in zip(("1", "2", "max"), found.nearest_future, strict=True):
        nearest = found.nearest(norm)  # type: ignore[arg-type]
        assert nearest is not None
        assert nearest.distance <= bound
    assert all(np.array(found.typical) > 0)


def test_it_is_measured_from_where_it_is_told(tossed: Study) -> None:
    """From another point other changes are the nearest, and parameters are named from there."""
    (found,) = find_flips(tossed, ["likely"], at={"odds": 0.6})
    assert found.verdict == 1
    assert alone(found)["odds"].changes[0].from_ == 0.6
    assert alone(found)["odds"].distance == pytest.approx(0.15, abs=2e-3)
    with pytest.raises(
        ValueError, match="'ods' is not an uncertain parameter; did you mean 'odds'"
    ):
        find_flips(tossed, at={"ods": 1})
    with pytest.raises(ValueError, match="'odds' is 2; its range is 0 to 1"):
        find_flips(tossed, at={"odds": 2})
    with pytest.raises(ValueError, match="no claim 'liekly'; did you mean 'likely'"):
        find_flips(tossed, ["liekly"])


def test_the_files_metric_is_used(tmp_path: Path) -> None:
    """Scales and weights change what is far; what is fixed does not change."""
    metric = {"fixed": "doubt", "scales": {"prize": 0.5, "pull": 2}, "weights": {"odds": 4}}
    study = run(loads(coin(metric=metric)), tmp_path / "s", futures=16)
    factors = {factor.name: factor for factor in space_of(study.scenario).factors}
    assert factors["doubt"].fixed
    assert factors["prize"].width == 0.5
    assert factors["pull"].width == pytest.approx(np.log(2))
    (found,) = find_flips(study, ["likely"])
    assert alone(found)["odds"].distance == pytest.approx(0.6, abs=2e-3)
    (acts,) = find_flips(study, ["acts"])
    assert all(c.parameter != "doubt" for flip in acts.flips for c in flip.changes)


def test_constraints_of_the_file_and_of_the_caller_are_kept(tmp_path: Path) -> None:
    """A flip that the file rules out is none, nor one that the caller rules out."""
    text = coin(constraints=[{"holds": "odds <= prize"}])
    study = run(loads(text), tmp_path / "s", futures=16)
    (found,) = find_flips(study, ["acts"])
    for flip in found.flips:
        there = {"odds": 0.3, "prize": 0.5} | {c.parameter: c.to for c in flip.changes}
        assert there["odds"] <= there["prize"]
    (none,) = find_flips(study, ["likely"], allowed=lambda futures: futures["odds"] < 0.4)
    assert none.flips == ()


def test_the_same_study_gives_the_same_bytes(tossed: Study, flips: dict[str, Flips]) -> None:
    """As JSON, byte for byte; and it can be written as JSON without loss of meaning."""
    again = {one.claim: one for one in find_flips(tossed, tolerance=1e-4, seed=0)}
    text = [
        json.dumps([flips_as_json(one) for one in some.values()], allow_nan=False)
        for some in (flips, again)
    ]
    assert text[0] == text[1]
    acts = json.loads(text[0])[0]
    assert acts["norms"] == ["1", "2", "max"]
    assert {"parameter", "from", "to", "stated"} <= set(acts["flips"][0]["changes"][0])


def test_an_undetermined_claim_is_not_reversed(tmp_path: Path) -> None:
    """Where a claim is too close to call at the nominal point, there is no verdict to reverse."""
    text = coin(claims={"even": {"says": "Even.", "holds": "acts > logistic(1.8000000001)"}})
    study = run(loads(text), tmp_path / "s", futures=4)
    (found,) = find_flips(study)
    assert (found.verdict, found.flips) == (0, ())
    assert "no verdict to reverse" in found.sentence


def test_nothing_uncertain_means_nothing_to_change(tmp_path: Path) -> None:
    """A scenario without uncertain parameters has no flips, and says so."""
    document = json.loads(coin())
    for parameter in document["parameters"].values():
        parameter.pop("range", None)
        parameter.pop("distribution", None)
    study = run(loads(json.dumps(document)), tmp_path / "s", futures=1)
    for found in find_flips(study):
        assert found.flips == ()
        assert found.sentence.startswith("No change within the ranges")


def test_a_flip_is_data(flips: dict[str, Flips]) -> None:
    """Frozen, comparable and replaceable like everything else here."""
    flip = flips["likely"].flips[0]
    assert replace(flip, norm=flip.norm) == flip


def test_a_change_that_rounds_to_nothing_is_not_told(deterrence: Study) -> None:
    """No sentence says of a parameter that it is now what it was: "toll is 0.8, not 0.8"."""
    (found,) = find_flips(deterrence, ["commitment-avoids-war"])
    idle = [
        (change, flip)
        for flip in found.flips
        for change in flip.changes
        if change.stated == change.from_
    ]
    assert idle
    for change, flip in idle:
        assert change.parameter not in flip.sentence
        assert flip.stated_margin is not None
        assert flip.stated_margin * found.margin < 0
