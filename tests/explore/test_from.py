"""Studies that start from a picture: what it says, what comes of it, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from standoff.app.ask import Ask
from standoff.app.limits import Limits
from standoff.app.worker import Shop, Task
from standoff.cli.app import app
from standoff.explore import (
    Beginning,
    BeginningError,
    StudyError,
    begun,
    from_picture,
    open_study,
    run,
    run_variants,
    sample,
)
from standoff.explore.study import differences
from standoff.game import compile_game
from standoff.scenario import Scenario, load, loads, variant
from standoff.solver import solve
from standoff.watch import afresh, filter_labels, load_picture, watch, write_picture

QUARREL = """
standoff: 1
name: quarrel
title: A quarrel of three rungs
summary: Two sides, and how far they go.
time: {period: week, periods: 4, start: 2024-01-01}
parameters:
  spark: {value: 0.2, range: [0.05, 0.4], unit: per week, why: chance of a clash, basis: assumed}
variables:
  rung: {ladder: [calm, tense, fight]}
  armed: {flag: false}
order: [north, clash]
actors:
  north:
    rationality: 1
    payoff: level(rung) - 2 * (rung == fight)
    actions:
      hold: {}
      press: {when: rung < fight, set: {rung: rung + 1}}
      yield: {when: rung > calm, set: {rung: rung - 1}}
events:
  clash: [{p: spark, when: rung == tense, set: {rung: fight}}]
outcomes:
  fights: {ever: rung == fight, better: lower}
  weeks: {each period: rung == fight, unit: weeks, better: lower}
claims:
  peace: {says: It never comes to a fight., holds: fights < 0.9, why: a claim}
structures:
  arms:
    says: Whether arms matter.
    options:
      none: {}
      some: {parameters: {spark: {value: 0.3}}}
"""

MAPPING = """
mapping: 1
name: quarrel
ladder: {variable: rung, rungs: [calm, tense, fight]}
moves: {every: 7}
codebooks:
  diary:
    version: "1"
    columns: {day: day, source: source, target: target, code: code}
    groups:
      - {rung: calm, codes: {talk: talks}}
      - {rung: tense, codes: {drill: manoeuvres}}
      - {rung: fight, codes: {shot: shots fired}}
"""


@pytest.fixture
def quarrel() -> Scenario:
    return loads(QUARREL.encode(), "quarrel.yaml")


Paint = Callable[..., Path]


@pytest.fixture
def paint(tmp_path: Path) -> Paint:
    """Makes the picture of weeks in which so much was reported."""

    def painted(
        *weeks: str,
        period: str = "week",
        mapping: str = MAPPING,
        pairs: Sequence[tuple[str, str]] = (("RUS", "UKR"),),
    ) -> Path:
        lines = ["day,source,target,code"]
        for week, codes in enumerate(weeks):
            day = date(2024, 1, 1) + timedelta(7 * week)
            lines += [f"{day},RUS,UKR,{code}" for code in codes.split()]
        events, rules = tmp_path / "events.csv", tmp_path / "mapping.yaml"
        events.write_text("\n".join(lines) + "\n")
        rules.write_text(mapping)
        picture = watch([events], rules, pairs=pairs, period=period)
        write_picture(picture, tmp_path / "picture.json")
        return tmp_path / "picture.json"

    return painted


def test_the_beginning_is_the_filter_through_the_game(quarrel: Scenario, paint: Paint) -> None:
    """Futures weighed by evidence, the chain of the first period, from no knowledge at all."""
    path = paint("drill drill", "drill shot", "drill drill drill")
    found = from_picture(quarrel, path, futures=16, seed=3)
    chain = afresh(quarrel, "rung", sample(quarrel, 16, 3), precision="single")
    logs = load_picture(path).log_likelihood(0)
    wanted = filter_labels(chain, np.full(3, 1 / 3), logs).probability[-1]
    told = [found.starts["rung"].get(label, 0) for label in quarrel.variables[0].labels]
    assert told == pytest.approx(wanted, abs=2e-6)
    assert sum(found.starts["rung"].values()) == pytest.approx(1, abs=1e-12)
    assert found.date == date(2024, 1, 22)
    assert "3 weeks of reports" in found.how


def test_more_reports_of_fighting_make_a_fight_likelier(quarrel: Scenario, paint: Paint) -> None:
    """What is seen of the last week moves the start where it points."""
    calm = from_picture(quarrel, paint("talk", "talk talk talk"), futures=8).starts["rung"]
    fight = from_picture(quarrel, paint("talk", "shot shot shot"), futures=8).starts["rung"]
    assert fight["fight"] > 0.8 > 0.3 > calm["fight"]


def test_a_study_is_the_expectation_over_where_it_starts(quarrel: Scenario, tmp_path: Path) -> None:
    """Every outcome is that of studies from each rung, weighed; the manifest says from what."""
    starts = {"calm": 0.25, "tense": 0.5, "fight": 0.25}
    beginning = Beginning(
        "0" * 64, "north and south", date(2024, 3, 4), {"rung": starts}, "by hand"
    )
    mixed = run(quarrel, tmp_path / "mixed", futures=4, precision="double", beginning=beginning)
    alone = [
        run(
            quarrel, tmp_path / label, futures=4, precision="double",
            beginning=replace(beginning, starts={"rung": {label: 1.0}}),
        )
        for label in starts
    ]  # fmt: skip
    for name in ("expected", "value"):
        parts = [one.results[name].to_numpy() for one in alone]
        mean = np.einsum("k,k...->...", list(starts.values()), parts)
        assert mixed.results[name].to_numpy() == pytest.approx(mean, abs=1e-9)
    course = mixed.course(["state.rung.calm", "state.rung.tense"])
    assert course["state.rung.tense"].to_numpy()[:, :, 0] == pytest.approx(0.5)
    again = open_study(tmp_path / "mixed")
    assert again.manifest["from"] == beginning.to_json()
    assert again.scenario.time.start == date(2024, 3, 4)
    assert again.scenario.summary.endswith(beginning.says())
    assert again.scenario.hash == quarrel.hash
    assert all(one["passed"] for one in again.certificates)


def test_two_workers_give_the_same_bytes(quarrel: Scenario, tmp_path: Path) -> None:
    """Worker processes start the crisis where this one does."""
    beginning = Beginning("0" * 64, "a", None, {"rung": {"calm": 0.5, "fight": 0.5}}, "by hand")
    for name, workers in (("one", 1), ("two", 2)):
        run(quarrel, tmp_path / name, futures=64, beginning=beginning, workers=workers)
    for block in range(4):
        parts = [tmp_path / name / "outcomes" / f"{block:05d}.parquet" for name in ("one", "two")]
        assert parts[0].read_bytes() == parts[1].read_bytes()


def test_the_live_page_starts_there_too(quarrel: Scenario, tmp_path: Path) -> None:
    """What is solved afresh for the page of a study starts where the study does."""
    starts = {"calm": 0.5, "fight": 0.5}
    beginning = Beginning("0" * 64, "a", None, {"rung": starts}, "by hand")
    study = run(quarrel, tmp_path / "study", futures=16, beginning=beginning)
    ask = Ask(futures=16, pinned=(("spark", 0.1),))
    task = Task("block", quarrel.text, "quarrel.yaml", ask, study=str(study.path))
    found = json.loads(Shop(Limits()).answer(task, lambda: True))
    game = compile_game(begun(quarrel, beginning))
    at = [outcome.name for outcome in quarrel.outcomes].index("fights")
    names = [outcome.name for outcome in game.outcomes]
    told = solve(game, {"spark": 0.1}, precision="single").outcome[0, names.index("fights")]
    assert found["outcomes"][0][at] == pytest.approx([told] * 16, abs=1e-4)


def test_variants_start_there_too(quarrel: Scenario, tmp_path: Path) -> None:
    """The other ways to write a crisis down start from the same picture."""
    beginning = Beginning("0" * 64, "a", None, {"rung": {"tense": 0.5, "fight": 0.5}}, "by hand")
    made = run_variants(quarrel, tmp_path / "study", futures=2, beginning=beginning)
    for study in made.studies:
        assert study.manifest["from"] == beginning.to_json()
        assert study.scenario.variables[0].starts == (0, 0.5, 0.5)


def test_a_sure_beginning_is_a_plain_start(quarrel: Scenario) -> None:
    """All probability on one value is a start like the file's own."""
    made = begun(quarrel, Beginning("", "a", None, {"rung": {"fight": 1.0}}, "by hand"))
    assert (made.variables[0].start, made.variables[0].starts) == (2, ())
    assert begun(quarrel, None) is quarrel


def test_a_variant_that_cannot_start_there_is_named(quarrel: Scenario, tmp_path: Path) -> None:
    """An option that takes a rung away takes away where the crisis may be; that is told."""
    shorter = QUARREL.replace(
        "some: {parameters: {spark: {value: 0.3}}}",
        "some: {variables: {rung: {ladder: [calm, tense, fight, ruin]}}}",
    ).replace("none: {}", "none: {variables: {rung: {ladder: [calm, tense, fight]}}}")
    longer = variant(loads(shorter.encode(), "quarrel.yaml"), {"arms": "some"})
    beginning = Beginning("0" * 64, "a", None, {"rung": {"ruin": 1.0}}, "by hand")
    with pytest.raises(
        BeginningError, match="variant arms = none: the picture has 'rung' at 'ruin'"
    ):
        run_variants(longer, tmp_path / "study", futures=2, beginning=beginning)


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ({"rungs": {"calm": 1}}, "'rungs', which is no variable of 'quarrel'; did you mean 'rung'"),
        ({"rung": {"clam": 1}}, "'clam', which it cannot be in 'quarrel'; did you mean 'calm'"),
        ({"rung": {"calm": 0.5}}, "sum to 0.5; expected 1"),
        ({"rung": {"calm": 1.5, "tense": -0.5}}, "probability 1.5; expected 0 to 1"),
    ],
)
def test_a_beginning_that_cannot_be_is_refused(
    quarrel: Scenario, starts: dict[str, dict[str, float]], said: str
) -> None:
    """Variables and values by their nearest name; probabilities that are none."""
    with pytest.raises(BeginningError, match=said):
        begun(quarrel, Beginning("", "a", None, starts, "by hand"))


def test_pictures_of_something_else_are_refused(quarrel: Scenario, paint: Paint) -> None:
    """Another clock, another ladder, another variable, no such pair: each says what to do."""
    with pytest.raises(BeginningError, match="with --period week"):
        from_picture(quarrel, paint("talk", period="month"))
    rounds = loads(QUARREL.replace("period: week", "period: round"))
    with pytest.raises(BeginningError, match="of a round; no picture has such, and none can start"):
        from_picture(rounds, paint("talk"))
    shorter = MAPPING.replace(", fight]", "]").replace("rung: fight,", "ignore: no,")
    with pytest.raises(BeginningError, match="cannot tell whether 'rung' is at 'fight'"):
        from_picture(quarrel, paint("talk", mapping=shorter))
    other = MAPPING.replace("variable: rung", "variable: rang")
    with pytest.raises(BeginningError, match="no variable of 'quarrel'; did you mean 'rung'"):
        from_picture(quarrel, paint("talk", mapping=other))
    with pytest.raises(BeginningError, match="no pair 'RUS,FRA'; did you mean 'RUS,UKR'"):
        from_picture(quarrel, paint("talk"), ("RUS", "FRA"))
    two = [("RUS", "UKR"), ("RUS", "FRA")]
    with pytest.raises(BeginningError, match="2 pairs: RUS,UKR; RUS,FRA; say with --pair"):
        from_picture(quarrel, paint("talk", pairs=two))
    with pytest.raises(BeginningError, match="has a rung 'calm', which"):
        from_picture(load("brinkmanship"), paint("talk"))


def test_the_command(paint: Paint, tmp_path: Path) -> None:
    """`standoff run --from` says from what it starts, and the report does."""
    scenario, out = tmp_path / "quarrel.yaml", tmp_path / "study"
    scenario.write_text(QUARREL)
    picture = paint("talk", "drill", "shot shot")
    command = ["run", str(scenario), "--from", str(picture), "--futures", "8", "--out", str(out)]
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0, said.output
    assert "It starts on 2024-01-22 from a picture of RUS and UKR" in " ".join(said.output.split())
    assert "It starts on 2024-01-22 from a picture" in (out / "report.html").read_text()
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["from"]["starts"]["rung"]["fight"] > 0.5
    assert CliRunner().invoke(app, command).exit_code == 0  # it goes on, and finds itself


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pair", "a,b"], "--pair is of a picture; give one with --from"),
        (["--from", "PICTURE", "--pair", "ab"], "--pair is 'ab'; expected A,B"),
        (["--from", "PICTURE", "--pair", "RUS,FRA"], "the picture has no pair 'RUS,FRA'"),
        (["--from", "nowhere.json"], "nowhere.json"),
    ],
)
def test_the_command_refuses(paint: Paint, tmp_path: Path, arguments: list[str], said: str) -> None:
    """What is wrong with the command is told in a line, without a traceback."""
    scenario = tmp_path / "quarrel.yaml"
    scenario.write_text(QUARREL)
    picture = str(paint("talk"))
    given = [picture if one == "PICTURE" else one for one in arguments]
    found = CliRunner().invoke(app, ["run", str(scenario), *given, "--out", str(tmp_path / "out")])
    assert found.exit_code in (1, 2)
    assert said in found.output
    assert "Traceback" not in found.output


def test_a_study_that_starts_elsewhere_is_refused_in_words(
    quarrel: Scenario, tmp_path: Path
) -> None:
    """Without the picture, with another day, another pair, or another picture of the same."""
    begins = Beginning("0" * 64, "north and south", date(2024, 3, 4), {"rung": {"calm": 1.0}}, "so")
    run(quarrel, tmp_path / "s", futures=4, beginning=begins)
    other = {"rung": {"calm": 0.5, "fight": 0.5}}
    for beginning, said in (
        (None, "it starts from a picture there, as the file says now"),
        (
            replace(begins, date=date(2024, 3, 11)),
            "the day of the picture: 2024-03-04 there, 2024-03-11 now",
        ),
        (
            replace(begins, pair="north and east"),
            "the pair of the picture: north and south there, north and east now",
        ),
        (replace(begins, picture="1" * 64), "it starts from another picture"),
        (replace(begins, starts=other), "it starts with other probabilities"),
    ):
        with pytest.raises(StudyError) as error:
            run(quarrel, tmp_path / "s", futures=4, beginning=beginning)
        assert str(error.value) == (
            f"{tmp_path / 's'} holds another study ({said}); "
            "choose another folder, or the settings that are there to go on with it"
        )
    with pytest.raises(StudyError, match=r"holds another study \(seed: 0 there, 3 now\);"):
        run(quarrel, tmp_path / "s", futures=4, seed=3, beginning=replace(begins, starts=other))
    run(quarrel, tmp_path / "plain", futures=4)
    with pytest.raises(StudyError, match="it starts from a picture now, as the file says there"):
        run(quarrel, tmp_path / "plain", futures=4, beginning=begins)
    renamed = loads(QUARREL.replace("name: quarrel", "name: dispute"))
    with pytest.raises(StudyError, match=r"study \(scenario: quarrel there, dispute now\);"):
        run(renamed, tmp_path / "plain", futures=8)


def test_lists_that_differ_are_told_by_what_stands_in_one_alone() -> None:
    """Two studies of one scenario with other doctrines, and with the same in another order."""
    there, now = ({"doctrines": list(names)} for names in ("abd", "acb"))
    assert differences(there, now) == "doctrines: d only there, c only now"
    assert differences(there, {"doctrines": ["d", "b", "a"]}) == "doctrines in another order"
    assert differences({}, {"points": 21}) == "points: none there, 21 now"
