"""Sound solutions are certified: random ones, those of the literature, packaged ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oracles.crises import (
    asymmetric_escalation,
    brinkmanship,
    centipede,
    chain_store,
    hidden_red_line,
    salami,
)
from oracles.drafts import Document, Futures, documents, futures, game_of
from standoff.certificate import certify
from standoff.game import Game, compile_game
from standoff.scenario import ScenarioError, load
from standoff.solver import Precision, Solution, best_response, solve

DOCTRINES = ("free-choice", "open", "secret", "empty")
PLAYS = 2000


def certified(solution: Solution, row: int = 0) -> None:
    """Every row but the first is checked by some test; the message is the certificate."""
    certificate = certify(solution, row, plays=PLAYS)
    assert certificate.passed, str(certificate)


@pytest.mark.parametrize("concept", ["equilibrium", "limit"])
@pytest.mark.parametrize("precision", ["double", "single"])
@settings(max_examples=15)
@given(document=documents(), future=futures(2))
def test_random_scenarios(
    concept: str, precision: Precision, document: Document, future: Futures
) -> None:
    """Whatever the scenario, the doctrine (announced or not), the concept and the precision."""
    game = game_of(document)
    for doctrine in DOCTRINES:
        solution = solve(
            game, future.arrays(), doctrine, concept=concept, precision=precision,
            keep_policies=True,
        )  # fmt: skip
        certified(solution, 1)


@settings(max_examples=15)
@given(document=documents(), future=futures(2))
def test_exploitability_is_what_a_best_response_gains(document: Document, future: Futures) -> None:
    """The best reply found by plain backward induction is worth what the solver's is."""
    game = game_of(document)
    for doctrine in DOCTRINES:
        solution = solve(game, future.arrays(), doctrine, keep_policies=True)
        certificate = certify(solution, 1, plays=1)
        for k, regret in enumerate(certificate.regrets):
            gain = best_response(solution, regret.actor)[1] - solution.value[1, k]
            assert regret.whole == pytest.approx(gain, abs=1e-9)
            assert regret.one_shot >= 0


def at_once(document: Document, members: int, turn: int) -> Document:
    """The same crisis with some of its actors choosing at once, once a period."""
    order = document["order"]
    names = sorted(document["actors"])
    chosen = (names[turn % len(names) :] + names)[:members]
    rest = [name for name in order if name not in chosen]
    place = turn % (len(rest) + 1)
    return document | {"order": [*rest[:place], chosen, *rest[place:]]}


@pytest.mark.parametrize("concept", ["equilibrium", "limit"])
@settings(max_examples=15)
@given(document=documents(), future=futures(2), members=st.integers(2, 3), turn=st.integers(0, 20))
def test_random_groups(
    concept: str, document: Document, future: Futures, members: int, turn: int
) -> None:
    """Actors who choose at once: each member's own policy answers the product of the others'."""
    assume(members <= len(document["actors"]))
    try:
        game = game_of(at_once(document, members, turn))
    except ScenarioError:
        assume(False)  # two members together leave a variable's range
    for doctrine in DOCTRINES:
        solution = solve(game, future.arrays(), doctrine, concept=concept, keep_policies=True)
        assume(not solution.passed.lost.any())
        certified(solution, 1)


@pytest.mark.parametrize("concept", ["equilibrium", "limit"])
@pytest.mark.parametrize(
    "text",
    [
        centipede(4), centipede(6), asymmetric_escalation(), chain_store(4), salami(4),
        hidden_red_line(3), brinkmanship([0.1, 0.2, 0.3, 0.5]),
    ],
    ids=["centipede-4", "centipede-6", "asymmetric", "chain-store", "salami", "red-line", "brink"],
)  # fmt: skip
def test_models_of_the_literature(text: str, concept: str) -> None:
    """Centipede (McKelvey & Palfrey 1998), asymmetric escalation (Zagare & Kilgour 2000), the chain
    store (Selten 1978), salami tactics and brinkmanship (Schelling 1966).
    """
    certified(solve(game_of(text), concept=concept, keep_policies=True))


@pytest.mark.parametrize("name", ["two-move-deterrence", "brinkmanship"])
def test_packaged_scenarios(name: str) -> None:
    """What we ship stands the test under every doctrine."""
    game = compile_game(load(name))
    for doctrine in ("free-choice", *(d.name for d in game.scenario.doctrines)):
        certified(solve(game, doctrine=doctrine, keep_policies=True))


def two_moves() -> Game:
    return compile_game(load("two-move-deterrence"))


def test_regret_in_the_two_move_game() -> None:
    """Signorino (1999): the defender's best reply is to capitulate, as -0.5 > -0.8; what it forgoes
    once challenged is its slips into war, and in the whole game the same when it is challenged.
    """
    certificate = certify(solve(two_moves(), {"precision": 2.0}, keep_policies=True))
    defender = certificate.regrets[1]
    challenged, war = 0.641671247, 0.354343694
    assert defender.actor == "defender"
    assert defender.one_shot == pytest.approx(0.3 * war, abs=1e-6)
    assert defender.whole == pytest.approx(challenged * 0.3 * war, abs=1e-6)
    assert defender.where == "in period 1, at the move of defender, in result=challenged"


OVER = """
standoff: 1
name: over
title: Over before it begins
time: {period: day, periods: 2}
parameters: {prize: {value: 3, basis: assumed, range: [0, 9]}}
variables: {calm: {flag: true}}
order: [red]
ends: calm
actors:
  red:
    rationality: 1
    final: prize * calm
    actions: {hold: {}, stir: {set: {calm: false}}}
outcomes: {calm at last: {final: 2 * calm}, calm ever: {ever: calm}, days: {first time: calm}}
"""


def test_a_crisis_that_is_over_before_it_begins() -> None:
    """Nothing is chosen, and what is paid at once is certified."""
    solution = solve(game_of(OVER), keep_policies=True)
    np.testing.assert_array_equal(solution.outcome, [[2.0, 1.0, 0.0]])
    certified(solution)


RARE = """
standoff: 1
name: rare
title: A disaster that hardly ever happens
time: {period: day, periods: 3}
parameters: {risk: {value: 0.0002, basis: assumed, range: [0, 1]}}
variables: {disaster: {flag: false}}
order: [red, fate]
events: {fate: [{p: risk, when: not disaster, set: {disaster: true}}]}
actors:
  red:
    rationality: 1
    final: -1000 * disaster
    actions: {hold: {}}
outcomes: {disaster: {ever: disaster}}
"""


def test_a_rare_event_that_happens_is_no_failure() -> None:
    """In 500 plays a disaster of probability 0.0006 is seen by about one seed in four, and then is
    three standard errors and more above what is expected: by Bernstein's inequality none too many.
    """
    solution = solve(game_of(RARE), keep_policies=True)
    scores = [certify(solution, plays=500, seed=seed)["plays"] for seed in range(40)]
    assert all(check.passed for check in scores)
    assert max(check.error for check in scores) > 3.0


def test_the_same_seed_gives_the_same_certificate() -> None:
    """Nothing depends on the clock; another seed draws other plays."""
    solution = solve(two_moves(), keep_policies=True)
    assert certify(solution, seed=3) == certify(solution, seed=3)
    assert certify(solution, seed=3)["plays"] != certify(solution, seed=4)["plays"]


def test_what_cannot_be_certified() -> None:
    """A solution without policies, a row that is not there, no plays, a check of no such name."""
    game = two_moves()
    with pytest.raises(ValueError, match="keep_policies=True"):
        certify(solve(game))
    solution = solve(game, keep_policies=True)
    with pytest.raises(IndexError, match="there is no row 1"):
        certify(solution, 1)
    with pytest.raises(ValueError, match="plays is 0"):
        certify(solution, plays=0)
    with pytest.raises(KeyError, match="no check 'valuess'"):
        certify(solution)["valuess"]
