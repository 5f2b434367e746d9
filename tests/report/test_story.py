"""Stories: what happened, in words, and nothing that did not."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

import standoff
from standoff.play import Chronicle, chronicle
from standoff.report import text
from standoff.report.story import story_text

NOMINAL = "parameters at their nominal values"


def told_in_words(told: Chronicle, *, reveal: bool = False) -> str:
    console = Console(file=io.StringIO(), width=text.WIDTH, highlight=False)
    text.put(console, story_text(told, NOMINAL, reveal=reveal))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def tutorial() -> standoff.Game:
    return standoff.compile(standoff.load("two-move-deterrence"))


@pytest.fixture(scope="module")
def unspoken() -> Chronicle:
    """A course of the largest scenario, under a doctrine that nobody else is told."""
    return chronicle(standoff.load("escalation-trap"), None, "unspoken-intervention")


def test_a_story_says_what_happened(tutorial: standoff.Game) -> None:
    """Every choice with what was open, every change, and the end; and why the choice was made."""
    said = told_in_words(chronicle(tutorial, seed=0))
    assert said.splitlines()[0] == (
        "two-move-deterrence: A challenger may challenge, a defender may fight"
    )
    for line in (
        "Crisis 1",
        "  challenger chooses to challenge.",
        "    ▸ challenge  64 %  0.291",
        "      wait       36 %      0",
        "  Nothing else was worth more to it.",
        "  Then result status quo → challenged.",
        "  defender chooses to fight.",
        "      capitulate  65 %  -0.500",
        "    ▸ fight       35 %  -0.800",
        "  A mistake: to capitulate was worth 0.300 more to it.",
        "The crisis is over in crisis 1: result war.",
    ):
        assert line in said.splitlines()


@pytest.mark.parametrize("name", standoff.packaged())
def test_every_move_of_a_course_is_in_its_story(name: str) -> None:
    """In their order, in at most 80 columns, with every action taken and every change."""
    told = chronicle(standoff.load(name), seed=1)
    said = told_in_words(told, reveal=True)
    assert max(map(len, said.splitlines())) <= text.WIDTH
    flat = " ".join(said.split())
    place = mistakes = 0
    for period in told.periods:
        for turn in period.turns:
            for choice in turn.choices:
                verb = "chooses to" if len(choice.options) > 1 else "can only"
                taken = choice.options[choice.taken].action
                place = flat.index(f"{choice.actor} {verb} {taken}", place)
                mistakes += choice.forgone > 1e-9
            for change in turn.chances[turn.happened].changes:
                place = flat.index(f"{change.variable} {change.before} → {change.after}", place)
    assert flat.count("A mistake: to ") == mistakes


def test_a_story_has_dates_where_the_scenario_has(unspoken: Chronicle) -> None:
    """A fortnight after the fifteenth of March is the twenty-ninth."""
    said = told_in_words(unspoken)
    assert "Fortnight 1, from 15 March 2022" in said.splitlines()
    assert "Fortnight 2, from 29 March 2022" in said.splitlines()


def test_a_doctrine_is_introduced(unspoken: Chronicle) -> None:
    """What it says, whether it is known, and what it kept its actor from."""
    said = " ".join(told_in_words(unspoken).split())
    assert "unspoken-intervention, of alliance: the same from the first fortnight" in said
    assert "Nobody else is told, and the others play as in free choice." in said
    assert "Its doctrine forbids hold, mediate, sanction, arm and shield." in said


def test_somebody_elses_words_steer_no_terminal(tutorial: standoff.Game) -> None:
    """Control characters of a file are shown as what they are: none."""
    told = chronicle(tutorial)
    hostile = replace(told, scenario=replace(told.scenario, title="a\x1b[2Jb"))
    assert "\x1b" not in told_in_words(hostile)


def test_a_secret_is_kept_until_the_end() -> None:
    """Neither what a typed actor receives nor a judgement of its choice gives its type away."""
    told = chronicle(standoff.load("perfect-deterrence"), seed=5)
    said = " ".join(told_in_words(told).split())
    body, end = said.split("The end")
    (challenger, defender) = told.secrets
    assert f"What only challenger knew: it was {challenger.type} (" in end
    assert f"What only defender knew: it was {defender.type} (" in end
    assert "challenger 0" not in body
    assert "(it is)" not in said
    assert "(it is)" in told_in_words(told, reveal=True)


def test_beliefs_are_told_where_a_move_told_something() -> None:
    """Before and after, in percent; whoever is sure already learns nothing more."""
    stories = [
        " ".join(told_in_words(chronicle(standoff.load("chain-store"), seed=k)).split())
        for k in range(8)
    ]
    assert any("The others now hold it tough with 0 % (10 % before)." in said for said in stories)
    assert any("The others are sure of what incumbent is." in said for said in stories)


def test_many_kinds_are_told_below_one_another() -> None:
    """Two types, bound or free: in 80 columns, every action named, every kind headed."""
    game = standoff.compile(standoff.load("chain-store"))
    courses = (chronicle(game, None, "quiet-resolve", seed=k) for k in range(20))
    told = next(
        told
        for told in courses
        if any(turn.state[0] == "entered" for turn in told.periods[-1].turns)
    )
    lines = told_in_words(told).splitlines()
    assert max(map(len, lines)) <= text.WIDTH
    assert not any("…" in line for line in lines)
    said = " ".join(" ".join(lines).split())
    for kind in (
        "if tough and free", "if weak and free", "if tough and bound", "if weak and bound",
    ):  # fmt: skip
        assert kind in said
