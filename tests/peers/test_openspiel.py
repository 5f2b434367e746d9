"""OpenSpiel's verdict on us; where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

import standoff
from export.games import TWO_ROUNDS
from oracles.drafts import game_of
from peers import ask
from peers.cases import OPENSPIEL, Case, farthest
from standoff.game import fill
from standoff.solver import best_response

pyspiel = pytest.importorskip("pyspiel")

FORCED = TWO_ROUNDS.replace("order: [[red, blue], fate]", "order: [red, blue, fate]").replace(
    "wait: {}\n      push: {when: tension < 4",
    "wait: {cost: 0.2}\n      push: {when: 0 < tension < 4",
)
"""Red has one action at first, which costs it: something is paid before anybody is asked."""


@pytest.mark.parametrize("case", OPENSPIEL, ids=lambda case: case.name)
def test_openspiel_agrees(case: Case, tmp_path: Path) -> None:
    """On payoffs under our policies, and on best responses to them."""
    answers = ask.openspiel(case, tmp_path)
    best = {f"best response of {a}": float(best_response(case.solution, a)[0])
            for a in case.game.actors}  # fmt: skip
    ours = {name: (case.quantities | best)[name] for name in answers}
    assert farthest(ours, answers) < 1e-9


@pytest.mark.parametrize("name", ["two-move-deterrence", "brinkmanship", "two-rounds", "forced"])
def test_its_own_test_of_games_passes(name: str) -> None:
    """Random courses: legal actions, chances, rewards and bounds, copies, and saved states."""
    from standoff.export import openspiel

    texts = {"two-rounds": TWO_ROUNDS, "forced": FORCED}
    game = game_of(texts[name]) if name in texts else standoff.compile(standoff.load(name))
    play = openspiel.game_of(game, fill(game))
    assert (play.new_initial_state().returns()[0] < 0) == (name == "forced")
    pyspiel.random_sim_test(play, num_sims=10, serialize=True, verbose=False)


def test_a_saved_state_is_loaded_again() -> None:
    """By its history, in the same game."""
    from standoff.export import openspiel

    game = standoff.compile(standoff.load("brinkmanship"))
    play = openspiel.game_of(game, fill(game))
    state = play.new_initial_state()
    state.apply_action(1)
    text = pyspiel.serialize_game_and_state(play, state)
    again, loaded = pyspiel.deserialize_game_and_state(text)
    assert str(loaded) == str(state)
    assert str(again) == str(play)
    with pytest.raises(Exception, match="make it with game_of first"):
        pyspiel.load_game("python_standoff", {"made": "nothing"})


def test_what_players_see() -> None:
    """The same for all, as numbers and in words; what an action is called is the scenario's."""
    from standoff.export import openspiel

    game = game_of(TWO_ROUNDS)
    state = openspiel.game_of(game, fill(game)).new_initial_state()
    assert state.is_simultaneous_node()
    assert state.information_state_string(0) == state.information_state_string(1) == str(state)
    assert sum(state.observation_tensor(0)) == 4
    names = [state.action_to_string(1, action) for action in state.legal_actions(1)]
    assert names == ["wait", "push", "yield"]
    state.apply_actions([1, 0])
    assert state.is_chance_node()
    assert state.chance_outcomes() == [(0, 0.875), (1, 0.125)]
    assert list(state.returns()) == [-0.3, 0.0]


def test_policies_must_have_been_kept() -> None:
    from standoff.export import openspiel

    case = Case("brinkmanship")
    play = openspiel.game_of(case.game, fill(case.game))
    with pytest.raises(ValueError, match="keep_policies=True"):
        openspiel.Solved(play, standoff.solve(case.game))
