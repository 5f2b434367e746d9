"""Corrupt solutions fail, and the certificate names what is wrong with them, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from oracles.drafts import Document, documents, game_of
from standoff.certificate import Certificate, certify
from standoff.solver import Concept, Solution, solve

STRAIT = """
standoff: 1
name: strait
title: Two navies and a storm
time: {period: day, periods: 3}
parameters:
  prize: {value: 2, basis: assumed, range: [0, 9]}
  storm: {value: 0.3, basis: assumed, range: [0, 1]}
variables:
  tension: {ladder: [calm, tense, war], start: calm}
  sunk: {flag: false}
order: ORDER
events: {weather: [{p: storm, when: not sunk, set: {sunk: true}}]}
actors:
  red:
    rationality: 1.5
    payoff: prize * level(tension)
    final: -4 * sunk
    actions: {hold: {}, press: {set: {tension: "min(tension + 1, war)"}, cost: 0.5}}
  blue:
    rationality: 0.8
    payoff: -level(tension)
    final: -3 * sunk
    actions: {hold: {}, yield: {set: {tension: calm}}, dare: {set: {sunk: false}, cost: 1}}
doctrines:
  blue:
    proud: {never: yield}
    proud in secret: {never: yield, announced: false}
outcomes:
  days of war: {each period: tension == war}
  wreck: {ever: sunk}
"""


def strait(doctrine: str = "free-choice", order: str = "[red, blue, weather]", **kind: Any) -> Any:
    """A solution of a small crisis."""
    return solve(
        game_of(STRAIT.replace("ORDER", order)), doctrine=doctrine, keep_policies=True, **kind
    )


def changed(
    solution: Solution, move: int, period: int, change: Callable[[NDArray[Any]], None]
) -> Solution:
    """The solution with one policy, [option], changed in place."""
    kept = solution.passed.policies[move]
    assert kept is not None
    policies = [policy.copy() for policy in kept]
    change(policies[period][0, :, 0])
    every = list(solution.passed.policies)
    every[move] = tuple(policies)
    return replace(solution, passed=replace(solution.passed, policies=tuple(every)))


def failed(certificate: Certificate) -> set[str]:
    """The names of the checks that failed; each has a line of its own."""
    names = {check.name for check in certificate.checks if not check.passed}
    assert {line.split(":")[0] for line in certificate.failures} == names
    assert certificate.passed == (not names)
    return names


def line(certificate: Certificate, name: str) -> str:
    """What is said about the failure of one check."""
    (found,) = [one for one in certificate.failures if one.startswith(f"{name}: ")]
    return found


def test_a_sound_solution_passes() -> None:
    """Or else the tests below would show nothing."""
    for doctrine in ("free-choice", "proud", "proud in secret"):
        assert failed(certify(strait(doctrine))) == set()


def test_a_probability_that_is_too_large() -> None:
    """One probability a millionth higher: its choice no longer sums to one, and is no response."""

    def change(policy: NDArray[Any]) -> None:
        policy[1] += 1e-6

    certificate = certify(changed(strait(), 0, 0, change))
    assert {"choices", "values", "response", "mass"} <= failed(certificate)
    assert line(certificate, "choices") == (
        "choices: the probabilities of a choice sum to 1.000001, in period 1, at the move of red, "
        "in tension=calm, sunk=no; off by 1e-06, held to 2.44e-15"
    )


def test_a_probability_moved_from_one_action_to_another() -> None:
    """By a millionth, in one state of the last period: actor, action and state are named."""

    def change(policy: NDArray[Any]) -> None:
        policy[-1] += 1e-6
        policy[-2] -= 1e-6

    certificate = certify(changed(strait(), 0, 2, change))
    assert failed(certificate) >= {"response"}
    said = line(certificate, "response")
    assert "red's " in said
    assert "has the probability" in said
    assert "its quantal response is" in said
    assert "in period 3, at the move of red, in tension=war, sunk=yes" in said


@settings(max_examples=25)
@given(document=documents(), at=st.integers(0, 10**6), share=st.sampled_from([1e-6, 1e-3, 0.5]))
def test_any_perturbed_choice_is_found(document: Document, at: int, share: float) -> None:
    """Wherever there is something to choose, moving a share of one probability to another shows;
    and the move is named, though earlier ones may be off by more on account of it.
    """
    solution = solve(game_of(document), keep_policies=True)
    game = solution.game
    places = [
        (k, period, option)
        for k, move in enumerate(game.moves)
        if move.members
        for period in range(game.periods)
        for state in np.flatnonzero(np.diff(move.first[: move.reached[period] + 1]) > 1)
        for option in [int(move.first[state])]
    ]
    assume(places)
    k, period, option = places[at % len(places)]

    kept = solution.passed.policies[k]
    assert kept is not None
    assume(share * kept[period][0, option : option + 2, 0].max() > 1e-9)

    def change(policy: NDArray[Any]) -> None:
        moved = share * policy[option : option + 2].max()
        policy[option : option + 2] += moved * np.array(
            [1, -1] if policy[option] < policy[option + 1] else [-1, 1]
        )

    certificate = certify(changed(solution, k, period, change), plays=1)
    assert "response" in failed(certificate)
    said = line(certificate, "response")
    assert f"in period {period + 1}, at the move of {game.moves[k].name}, in " in said


def test_two_values_swapped() -> None:
    """Kept values of two states in one period: actor, period and state are named."""
    solution = strait()
    values = [kept.copy() for kept in solution.passed.values]
    values[1][0, [0, 1], 0, 0] = values[1][0, [1, 0], 0, 0]
    certificate = certify(replace(solution, passed=replace(solution.passed, values=tuple(values))))
    assert failed(certificate) == {"values"}
    said = line(certificate, "values")
    assert said.startswith("values: the payoff of red before period 2 is said to be ")
    assert any(solution.game.describe(0, state) in said for state in (0, 1))


def test_a_value_at_the_horizon() -> None:
    """What is kept of the horizon is held against the final payoffs."""
    solution = strait()
    values = [kept.copy() for kept in solution.passed.values]
    values[3][0, 0, 1, 0] += 1e-9
    certificate = certify(replace(solution, passed=replace(solution.passed, values=tuple(values))))
    assert "the payoff of blue at the horizon" in line(certificate, "values")


@pytest.mark.parametrize(
    ("channel", "said"),
    [(0, "the payoff of red"), (2, "outcome 'days of war'"), (3, "outcome 'wreck'")],
)
def test_a_result_that_is_off(channel: int, said: str) -> None:
    """A reported value or outcome that is a billionth off."""
    solution = strait()
    start = solution.passed.start.copy()
    start[0, channel, 0] += 1e-9
    certificate = certify(replace(solution, passed=replace(solution.passed, start=start)))
    assert failed(certificate) == {"values"}
    assert line(certificate, "values").startswith(f"values: {said} is said to be ")


def test_another_rationality() -> None:
    """Policies at a λ that is a thousandth larger are not the responses at this one."""
    solution = strait()
    numbers = replace(solution.numbers, rationality=solution.numbers.rationality * 1.001)
    assert failed(certify(replace(solution, numbers=numbers))) == {"response"}


def test_a_payoff_dropped() -> None:
    """Without a payoff that depends on a parameter, values and responses are others."""
    solution = strait()
    payoffs = solution.numbers.payoffs.copy()
    payoffs[:, np.abs(payoffs[0, :, 0]).argmax()] = 0.0
    certificate = certify(replace(solution, numbers=replace(solution.numbers, payoffs=payoffs)))
    assert {"values", "response"} <= failed(certificate)
    assert "red" in line(certificate, "values")


def test_chances_that_do_not_sum_to_one() -> None:
    """A chance that lost a millionth: the event and the state are named."""
    solution = strait()
    chances = solution.numbers.chances.copy()
    chances[:, 0] -= 1e-6
    certificate = certify(replace(solution, numbers=replace(solution.numbers, chances=chances)))
    assert {"chances", "mass"} <= failed(certificate)
    assert "chances sum to 0.999999, at the move of weather, in tension=" in line(
        certificate, "chances"
    )


def test_a_chance_below_zero() -> None:
    """Chances may sum to one and still be none."""
    solution = strait()
    chances = solution.numbers.chances.copy()
    chances[:, :2] = [[[-0.2], [1.2]]]
    certificate = certify(replace(solution, numbers=replace(solution.numbers, chances=chances)))
    assert "chances" in failed(certificate)


def test_an_action_that_is_not_open() -> None:
    """Under a doctrine, a closed action with a probability is named, with the state."""
    solution = strait("proud")
    (yields,) = [
        k for k, a in enumerate(solution.game.scenario.actors[1].actions) if a.name == "yield"
    ]
    closed = int(np.flatnonzero(solution.game.moves[1].action[:, 0] == yields)[0])

    def change(policy: NDArray[Any]) -> None:
        policy[closed] += 1e-9

    certificate = certify(changed(solution, 1, 0, change))
    assert "choices" in failed(certificate)
    assert "blue's yield has the probability 1e-09 but is not open, in period 1" in line(
        certificate, "choices"
    )


def test_a_negative_probability() -> None:
    """Even if the choice still sums to one."""

    def change(policy: NDArray[Any]) -> None:
        policy[:2] = [1.5, -0.5]

    assert "red's press has the probability -0.5" in line(
        certify(changed(strait(), 0, 0, change)), "choices"
    )


def test_what_is_no_number() -> None:
    """A policy that is not a number fails every check that it touches, and none silently."""

    def change(policy: NDArray[Any]) -> None:
        policy[0] = np.nan

    certificate = certify(changed(strait(), 0, 1, change))
    assert {"choices", "values", "response", "mass", "plays"} <= failed(certificate)


@pytest.mark.parametrize("doctrine", ["proud", "proud in secret"])
def test_the_wrong_doctrine(doctrine: str) -> None:
    """What was solved in free choice is no solution under a doctrine, nor the other way round."""
    free, bound = strait(), strait(doctrine)
    assert "choices" in failed(certify(replace(free, doctrine=doctrine)))
    assert "response" in failed(certify(replace(bound, doctrine="free-choice")))


def test_others_who_know_of_a_secret() -> None:
    """Where a doctrine is not announced, the others' replies to it are not their policies."""
    known = strait("proud")
    certificate = certify(replace(known, doctrine="proud in secret"))
    assert failed(certificate) == {"response"}
    assert "red's " in line(certificate, "response")
    assert "would choose if nobody were bound" in certificate.notes[0]
    secret = strait("proud in secret")
    certificate = certify(replace(secret, doctrine="proud"))
    assert failed(certificate) == {"response"}
    assert certificate.notes == ()


def test_the_wrong_concept() -> None:
    """A quantal response is no best action, and a best action no quantal response."""
    assert failed(certify(replace(strait(), concept=Concept.LIMIT))) == {"response"}
    best = strait(concept="limit")
    assert failed(certify(replace(best, concept=Concept.EQUILIBRIUM))) == {"response"}


TWINS = """
standoff: 1
name: twins
title: Two actions that are one
time: {period: day, periods: 1}
parameters: {prize: {value: 2, basis: assumed, range: [0, 9]}}
variables: {up: {flag: false}}
order: [red]
actors:
  red:
    rationality: 1
    final: prize * up
    actions: {hold: {}, rise: {set: {up: true}}, climb: {set: {up: true}}}
outcomes: {up: {ever: up}}
"""


def test_a_tie_that_is_not_shared() -> None:
    """In the limit actions that are equally good have equal shares."""
    solution = solve(game_of(TWINS), concept="limit", keep_policies=True)
    assert failed(certify(solution)) == set()

    def change(policy: NDArray[Any]) -> None:
        policy[1:3] = [0.6, 0.4]

    certificate = certify(changed(solution, 0, 0, change))
    assert failed(certificate) == {"response"}
    assert "red's rise has the probability 0.6, an equal share is 0.5, in period 1" in line(
        certificate, "response"
    )


def test_a_group_that_has_an_understanding() -> None:
    """Who choose at once choose independently: a joint policy that is no product is named."""
    solution = strait(order="[[red, blue], weather]")
    assert failed(certify(solution)) == set()

    def change(policy: NDArray[Any]) -> None:
        # From (hold, hold) and (press, yield) to (hold, yield) and (press, hold): the same apart.
        policy[[0, 1, 3, 4]] += np.array([-1, 1, 1, -1]) * 1e-6

    certificate = certify(changed(solution, 0, 0, change))
    assert "choices" in failed(certificate)
    assert "together have the probability" in line(certificate, "choices")


def test_single_precision_is_held_to_what_it_can_keep() -> None:
    """The same solution fails in double and passes in single precision, if it is off by 1e-7."""

    def change(policy: NDArray[Any]) -> None:
        policy[:2] += np.array([1e-7, -1e-7], policy.dtype)

    assert "response" in failed(certify(changed(strait(), 0, 0, change)))
    assert failed(certify(changed(strait(precision="single"), 0, 0, change))) == set()
