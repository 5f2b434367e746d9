"""What doctrines leave open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oracles.drafts import game_of
from standoff.game import Game, allowed_options, find_doctrine
from standoff.scenario import ScenarioError
from standoff.solver import solve

TEXT = """
standoff: 1
name: tiny
title: A tiny crisis
time: {period: month, periods: 3}
variables:
  rung: {levels: 3}
order: [red, blue]
actors:
  red:
    rationality: 1
    actions: {wait: {}, climb: {when: rung < 3, set: {rung: rung + 1}}, fall: {set: {rung: 0}}}
  blue:
    rationality: 1
    actions: {wait: {}, climb: {when: rung < 3, set: {rung: rung + 1}}}
doctrines:
  red:
    test: RULES
"""


def game(rules: str) -> Game:
    return game_of(TEXT.replace("RULES", rules))


def left(rules: str, period: int = 1) -> dict[int, set[str]]:
    """For each rung that red may find, the actions that are open."""
    compiled = game(rules)
    move = compiled.moves[0]
    open_ = allowed_options(compiled, find_doctrine(compiled, "test"))[0][period - 1]
    names = [action.name for action in compiled.scenario.actors[0].actions]
    found: dict[int, set[str]] = {}
    for option, state in enumerate(move.state_of_option):
        rung = int(move.states[state][0])
        found.setdefault(rung, set())
        if open_[option]:
            found[rung].add(names[move.action[option, 0]])
    return found


ALL = {0: {"wait", "climb", "fall"}, 1: {"wait", "climb", "fall"}, 2: {"wait", "climb", "fall"}}


def test_never() -> None:
    """`never` takes actions away, where its `when` holds."""
    found = left("{never: [fall, wait], when: rung < 2}")
    assert found[0] == found[1] == {"climb"}
    assert found[2] == ALL[2]


def test_must() -> None:
    """`must` leaves only what it names; where none of it is available it does not bind."""
    found = left("{must: climb}")
    assert found[0] == found[1] == found[2] == {"climb"}
    assert found[3] == {"wait", "fall"}
    assert left("{must: [climb, fall]}")[0] == {"climb", "fall"}


def test_never_before_must() -> None:
    """What is forbidden is not available, whichever rule stands first."""
    for rules in (
        "{rules: [{must: climb}, {never: climb}]}",
        "{rules: [{never: climb}, {must: climb}]}",
        "{must: climb, never: climb}",
    ):
        assert left(rules)[0] == {"wait", "fall"}


def test_two_musts() -> None:
    """Of two demands that cannot both be met the first stands, and the second finds nothing
    available.
    """
    assert left("{rules: [{must: climb}, {must: fall}]}")[0] == {"climb"}
    assert left("{rules: [{must: [climb, fall]}, {must: [fall, wait]}]}")[0] == {"fall"}


def test_periods() -> None:
    """A rule binds from its first to its last period, counted from 1."""
    rules = "{never: [climb], from: 2, until: 2}"
    assert left(rules, 1)[0] == left(rules, 3)[0] == ALL[0]
    assert left(rules, 2)[0] == {"wait", "fall"}


def test_nothing_left() -> None:
    """A doctrine that leaves nothing in some state is an error with the state."""
    with pytest.raises(
        ScenarioError, match="doctrine 'test' leaves 'red' without an action"
    ) as caught:
        left("{never: [wait, climb, fall], when: rung == 2}")
    assert "rung=2" in str(caught.value)


def test_nothing_left_where_it_cannot_come_to_that() -> None:
    """In the first period rung 2 cannot have been reached: a rule for that period alone leaves
    enough.
    """
    rules = "{never: [wait, climb, fall], when: rung == 2, until: 1}"
    assert solve(game(rules), doctrine="test").rows == 1


def test_others_are_free() -> None:
    """A doctrine binds its actor only."""
    compiled = game("{must: fall}")
    open_ = allowed_options(compiled, find_doctrine(compiled, "test"))
    assert not open_[0][0].all()
    assert all(everything.all() for everything in open_[1])
    free = allowed_options(compiled, find_doctrine(compiled, "free-choice"))
    assert all(one.all() for move in free for one in move)


def test_a_doctrine_need_not_stand_in_the_file() -> None:
    """One made elsewhere is solved as if it did; one for another game is refused by name."""
    compiled = game("{never: climb}")
    declared = find_doctrine(compiled, "test")
    assert declared is not None
    made = replace(declared, name="made")
    found = solve(compiled, doctrine=made)
    assert found.doctrine == "made"
    np.testing.assert_array_equal(found.value, solve(compiled, doctrine="test").value)
    with pytest.raises(KeyError, match="is for 'rde', not an actor of 'tiny'; did you mean 'red'"):
        find_doctrine(compiled, replace(made, actor="rde"))
    (rule,) = made.rules
    with pytest.raises(KeyError, match="'clim' is not an action of 'red'; did you mean 'climb'"):
        find_doctrine(compiled, replace(made, rules=(replace(rule, never=("clim",)),)))
