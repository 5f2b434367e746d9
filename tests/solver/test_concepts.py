"""Best responses and guarantees, against closed forms and against exhaustive play."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from oracles.drafts import Document, documents, game_of
from standoff.game import Game, compile_game
from standoff.scenario import load
from standoff.solver import best_response, guarantee, solve


def two_moves() -> Game:
    return compile_game(load("two-move-deterrence"))


def test_best_response_in_the_two_move_game() -> None:
    """Signorino (1999): the defender's best reply is to capitulate, as -0.5 > -0.8; what it gains
    by it is its slips into war, weighted by how often it is challenged.
    """
    game = two_moves()
    solution = solve(game, {"precision": 2.0}, keep_policies=True)
    challenged = 0.641671247
    war = 0.354343694
    gain = best_response(solution, "defender") - solution.value[:, 1]
    np.testing.assert_allclose(gain, challenged * war * 0.3, atol=1e-6)


@settings(max_examples=35)
@given(documents() | documents(groups=True))
def test_nobody_does_better_than_its_best_response(document: Document) -> None:
    """A best response is worth at least the equilibrium, and at least what the actor can secure."""
    game = game_of(document)
    solution = solve(game, keep_policies=True)
    for k, actor in enumerate(game.actors):
        best = best_response(solution, actor)
        assert (best >= solution.value[:, k] - 1e-9).all()
        secured = guarantee(game, coalition=(actor,), quantity=actor).value
        assert (secured <= best + 1e-9).all()


@settings(max_examples=35)
@given(documents() | documents(groups=True))
def test_a_coalition_of_all_secures_the_most_and_of_none_the_least(document: Document) -> None:
    """Larger coalitions secure more; what all can reach bounds the equilibrium from above, what
    nobody wants bounds it from below. For outcomes of every kind, wanted high or low.
    """
    game = game_of(document)
    outcome = solve(game).outcome
    everybody = game.actors
    for k, quantity in enumerate(o.name for o in game.outcomes):
        for high in (True, False):
            sign = 1 if high else -1
            none, one, every = (
                sign * guarantee(game, coalition=members, quantity=quantity, high=high).value
                for members in ((), everybody[:1], everybody)
            )
            assert (none <= one + 1e-9).all()
            assert (one <= every + 1e-9).all()
            assert (none <= sign * outcome[:, k] + 1e-9).all()
            assert (sign * outcome[:, k] <= every + 1e-9).all()


GRAB = """
standoff: 1
name: grab
title: A guard may stop what a thief tries, if chance lets it
time: {period: night, periods: 3}
parameters: {alert: {value: 0.75, basis: assumed, range: [0, 1]}}
variables: {gone: {flag: false}, watched: {flag: false}}
order: [guard, thief]
actors:
  guard:
    rationality: 1
    actions:
      sleep: {set: {watched: false}}
      watch: {set: {watched: true}}
  thief:
    rationality: 1
    actions:
      wait: {}
      grab: {when: not gone and not watched, set: {gone: true}}
      try: {when: not gone and watched, chance: [{p: 1 - alert, set: {gone: true}}]}
outcomes: {theft: {ever: gone}, nights: {first time: gone}}
"""


def test_a_guard_keeps_a_probability_below() -> None:
    """Against a thief who tries every night, a guard who always watches keeps theft at
    1 - alert^3, and no lower; asleep it could not keep it below 1.
    """
    alert = np.array([0.0, 0.5, 0.75, 1.0])
    game = game_of(GRAB)
    kept = guarantee(game, {"alert": alert}, coalition=("guard",), quantity="theft", high=False)
    np.testing.assert_allclose(kept.value, 1 - alert**3, atol=1e-12)
    late = guarantee(game, {"alert": alert}, coalition=("guard",), quantity="nights", high=True)
    np.testing.assert_allclose(late.value, alert + alert**2 + alert**3, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coalition": ("defendr",), "quantity": "war"}, "did you mean 'defender'"),
        ({"coalition": ("defender",), "quantity": "wars"}, "did you mean 'war'"),
    ],
)
def test_names_that_are_not_there(arguments: dict[str, Any], message: str) -> None:
    """An absent actor or outcome is told with the nearest name."""
    with pytest.raises(KeyError, match=message):
        guarantee(two_moves(), **arguments)
    with pytest.raises(ValueError, match="keep_policies"):
        best_response(solve(two_moves()), "defender")
