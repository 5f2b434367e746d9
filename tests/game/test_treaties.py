"""What a treaty closes stays closed, in every way to look at the game."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oracles.brute import Brute
from oracles.drafts import game_of, read
from oracles.pacts import CRISIS, crisis
from standoff.certificate import certify
from standoff.export import tree_of
from standoff.extensive import logit_branch, unfold
from standoff.game import Game, allowed_options, compile_game, fill, find_doctrine
from standoff.play import simulate
from standoff.scenario import Doctrine, Rule, ScenarioError
from standoff.solver import Concept, best_response, guarantee, solve

FUTURES = {"accord": [0.4, 0.8], "pranks": [0.25, 0.5], "doubt": [0.3, 0.3]}
EACH = "(accord ** 0.3333333333333333)"
BY_HAND = {
    "free-choice": ("border == attack", "accord"),
    "adding-up": ("border >= raids", "accord * (1 if border == attack else 1 - pranks)"),
    "majority": ("border == attack", f"({EACH} ** 2 * (3 - 2 * {EACH}))"),
}
"""Doctrine → where blue may invoke, and the chance that the council decides, without a treaty."""


def by_hand(doctrine: str) -> dict[str, Any]:
    """The crisis of one doctrine as it would be written without a treaty."""
    made = crisis()
    del made["treaties"]
    guard, decided = BY_HAND[doctrine]
    invoke = made["actors"]["blue"]["actions"]["invoke"]
    invoke["when"] = guard
    for branch in invoke["chance"]:
        branch["p"] = branch["p"].replace("decided", decided)
    made["doctrines"] = {"blue": {"majority": {"must": "invoke"}}}
    return made


def triggers(game: Game, doctrine: str | Doctrine) -> set[tuple[str, str]]:
    """Trigger and border of every option of blue's that is ever open, but for waiting."""
    move = game.moves[1]
    names = [action.name for action in game.scenario.actors[1].actions]
    labels = game.scenario.variables[0].labels
    found = set()
    for allowed in allowed_options(game, find_doctrine(game, doctrine))[1]:
        for option in np.flatnonzero(allowed):
            state = move.states[move.state_of_option[option]]
            found.add((names[move.action[option, 0]], labels[state[0]]))
    return {(name, border) for name, border in found if name != "hold"}


def test_each_doctrine_has_its_own_trigger() -> None:
    """Nobody does what an amendment opens but who brings it, and who does has no other trigger."""
    game = game_of(CRISIS)
    both = {"attack", "raids"}
    for doctrine, trigger, rungs in (
        ("free-choice", "invoke", {"attack"}),
        ("adding-up", "invoke under adding-up", both),
        ("low-bar", "invoke under low-bar", both),
        ("majority", "invoke under majority", {"attack"}),
        ("silent", "", set()),
    ):
        assert triggers(game, doctrine) == {(trigger, rung) for rung in rungs}


def test_a_doctrine_from_elsewhere_opens_nothing() -> None:
    """A doctrine that is not in the file is masked as well, unless it says what it opens."""
    game = game_of(CRISIS)
    place = game.scenario.actors[1].place
    plain = Doctrine("mine", "blue", True, "", (), place)
    assert triggers(game, plain) == {("invoke", "attack")}
    rule = Rule((), (), None, 1, 2, place, opens=("invoke under majority",))
    opening = Doctrine("mine", "blue", True, "", (rule,), place)
    assert triggers(game, opening) == {("invoke", "attack"), ("invoke under majority", "attack")}


def test_one_topology() -> None:
    """States are those of all versions together; amendments add options, and no states here."""
    document = crisis()
    del document["doctrines"]
    plain, whole = game_of(document), game_of(CRISIS)
    assert whole.states == plain.states
    assert len(whole.moves[1].action) > len(plain.moves[1].action)


@pytest.mark.parametrize("doctrine", BY_HAND)
@pytest.mark.parametrize("concept", [Concept.EQUILIBRIUM, Concept.LIMIT])
def test_as_written_by_hand(doctrine: str, concept: Concept) -> None:
    """Values, replies and guarantees are those of the crisis written without any treaty."""
    treaty, hand = game_of(CRISIS), game_of(by_hand(doctrine))
    other = doctrine if doctrine == "majority" else "free-choice"
    found = solve(treaty, FUTURES, doctrine, concept=concept, keep_policies=True)
    wanted = solve(hand, FUTURES, other, concept=concept, keep_policies=True)
    np.testing.assert_allclose(found.value, wanted.value, rtol=1e-12, atol=1e-12)
    for actor in ("red", "blue"):
        np.testing.assert_allclose(best_response(found, actor), best_response(wanted, actor))
        secured = [
            guarantee(game, FUTURES, coalition=(actor,), quantity=actor, doctrine=name).value
            for game, name in ((treaty, doctrine), (hand, other))
        ]
        np.testing.assert_allclose(secured[0], secured[1])
    assert certify(found).passed


@pytest.mark.parametrize("doctrine", BY_HAND)
def test_as_judged_by_others(doctrine: str) -> None:
    """The slow judge and the tree agree, which read the masks by themselves; and plays of either
    game, drawn alike, are the same plays.
    """
    row = {name: values[0] for name, values in FUTURES.items()}
    scenario, game = read(CRISIS), game_of(CRISIS)
    value = solve(game, row, doctrine).value[0]
    tree = logit_branch(unfold(scenario, row, doctrine=doctrine)).values
    judged = Brute(scenario, row, "logit").judge(doctrine).values
    for k, actor in enumerate(("red", "blue")):
        assert float(judged[actor]) == pytest.approx(value[k], abs=1e-9)
        assert tree[actor] == pytest.approx(value[k], abs=1e-9)
    other = doctrine if doctrine == "majority" else "free-choice"
    played = [
        simulate(one, row, name, replications=2000, workers=1).mean
        for one, name in ((game, doctrine), (game_of(by_hand(doctrine)), other))
    ]
    np.testing.assert_array_equal(played[0], played[1])


def test_trees_of_other_programs() -> None:
    """A tree for other programs has the triggers of its doctrine and no others."""
    game = game_of(CRISIS)
    tree = tree_of(game, fill(game), doctrine="adding-up")
    names = [action.name for action in game.scenario.actors[1].actions]
    open_ = {
        names[game.moves[1].action[option, 0]]
        for by_period in tree.open_options[1]
        for option in np.flatnonzero(by_period)
    }
    assert open_ == {"hold", "invoke under adding-up"}


def test_unannounced() -> None:
    """Of an amendment that is not announced the others know nothing, and play as if it were not."""
    game = game_of(CRISIS)
    free = solve(game, FUTURES, keep_policies=True)
    bound = solve(game, FUTURES, "low-bar", keep_policies=True)
    np.testing.assert_array_equal(free.policy("red"), bound.policy("red"))
    assert not np.array_equal(free.value[:, 1], bound.value[:, 1])


def test_nobody_is_left_without_an_action() -> None:
    """An actor who could only do what a treaty closes is told of, with an example state."""
    document = crisis()
    del document["actors"]["blue"]["actions"]["hold"]
    document["treaties"]["aid"]["incidents"]["peace"] = {
        "when": "border == calm",
        "facts": {"territory": "Blue", "target": "Blue", "effects": "grave"},
    }
    game = compile_game(read(document))
    with pytest.raises(
        ScenarioError, match=r"without an action as the treaties stand, .*border=raids"
    ):
        allowed_options(game, None)
