"""Solved models of the literature, to nine decimals, each with its source."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from oracles.brute import Brute
from oracles.crises import (
    ASYMMETRIC_OUTCOMES,
    asymmetric_escalation,
    brinkmanship,
    brinkmanship_by_hand,
    centipede,
    centipede_by_hand,
    chain_store,
    hidden_red_line,
    red_lines,
    salami,
    salami_by_hand,
)
from oracles.drafts import game_of
from standoff.game import Game, compile_game
from standoff.scenario import load
from standoff.solver import Solution, solve

EXACT = 1e-9
"""What an oracle must be met to."""


def chosen(
    solution: Solution, actor: str, action: str, where: dict[str, int], period: int = 0
) -> NDArray[np.float64]:
    """Probability of an action, [row], in the state with these positions of the variables."""
    game = solution.game
    move = next(k for k, m in enumerate(game.moves) if m.name == actor)
    names = [variable.name for variable in game.scenario.variables]
    columns = [names.index(name) for name in where]
    (state,) = np.flatnonzero(
        (game.moves[move].states[:, columns] == list(where.values())).all(axis=1)
    )
    actions = [a.name for a in game.scenario.actors[game.actors.index(actor)].actions]
    found: NDArray[np.float64] = solution.policy(actor, period)[state, actions.index(action)]
    return found


def outcome(solution: Solution, name: str) -> NDArray[np.float64]:
    """An expected outcome, [row]."""
    return solution.outcome[:, [o.name for o in solution.game.outcomes].index(name)]


# --- two-move deterrence ---


def two_moves() -> Game:
    return compile_game(load("two-move-deterrence"))


def closed_form(
    precision: float, gain: float, harm: float, loss: float, toll: float
) -> tuple[float, float]:
    """(challenge, fight), Signorino 1999, APSR 93(2), section on strategic probit, with logit
    errors.
    """
    fight = 1 / (1 + math.exp(precision * (toll - loss)))
    return 1 / (1 + math.exp(-precision * (fight * -harm + (1 - fight) * gain))), fight


def test_two_move_deterrence_table() -> None:
    """Signorino 1999 in the form of R's `games` (`egame12`): payoffs (0, 1, -1), (-0.5, -0.8)."""
    table = np.array(
        [
            [0.5, 0.509356369, 0.462570155],
            [1, 0.537152654, 0.425557483],
            [2, 0.641671247, 0.354343694],
            [5, 0.959911238, 0.182425524],
            [20, 0.999999998, 0.002472623],
        ]
    )
    solution = solve(two_moves(), {"precision": table[:, 0]}, keep_policies=True)
    challenge = chosen(solution, "challenger", "challenge", {"result": 0})
    fight = chosen(solution, "defender", "fight", {"result": 1})
    np.testing.assert_allclose(challenge, table[:, 1], rtol=0, atol=5.1e-10)
    np.testing.assert_allclose(fight, table[:, 2], rtol=0, atol=5.1e-10)
    np.testing.assert_allclose(outcome(solution, "challenge"), challenge, atol=1e-15)
    np.testing.assert_allclose(outcome(solution, "war"), challenge * fight, atol=1e-15)


def test_two_move_deterrence_closed_form() -> None:
    """The closed form of Signorino 1999 at 500 random payoffs and precisions, values included."""
    random = np.random.default_rng(1999)
    names = ["precision", "gain", "harm", "loss", "toll"]
    rows = {name: random.uniform(0, 3, 500) for name in names} | {
        "precision": random.uniform(0, 30, 500)
    }
    solution = solve(two_moves(), rows, keep_policies=True)
    expected = np.array([closed_form(*(rows[name][r] for name in names)) for r in range(500)]).T
    c, f = expected
    np.testing.assert_allclose(
        chosen(solution, "challenger", "challenge", {"result": 0}), c, atol=1e-13
    )
    np.testing.assert_allclose(chosen(solution, "defender", "fight", {"result": 1}), f, atol=1e-13)
    worth = [
        c * (rows["gain"] * (1 - f) - rows["harm"] * f),
        -c * (rows["loss"] * (1 - f) + rows["toll"] * f),
    ]
    np.testing.assert_allclose(solution.value, np.array(worth).T, atol=1e-13)


def test_not_the_other_quantal_response() -> None:
    """Log-sum-exp continuation values are another theory with other numbers: they are not what is
    solved.

    The difference is large, so the tables above can tell the two apart (theory: McKelvey & Palfrey
    1998 use plain expected payoffs).
    """
    fight_worth, yield_worth, precision = -0.8, -0.5, 2.0
    fight = closed_form(precision, 1, 1, -yield_worth, -fight_worth)[1]
    soft = (
        math.log(math.exp(precision * fight_worth) + math.exp(precision * yield_worth)) / precision
    )
    plain = fight * fight_worth + (1 - fight) * yield_worth
    assert abs(soft - plain) > 0.3
    game = two_moves()
    solution = solve(game, {"precision": precision}, keep_policies=True)
    value = solution.passed.values[0][0, 0, 1, 0]
    c = chosen(solution, "challenger", "challenge", {"result": 0})[0]
    assert value == pytest.approx(c * plain, abs=EXACT)


# --- centipede ---

_CENTIPEDE_TABLE = {
    (4, 0.5): [0.3735942, 0.3755725, 0.3850728, 0.6899745],
    (4, 1): [0.2962566, 0.2779803, 0.4648836, 0.8320184],
    (4, 2): [0.2361930, 0.3762987, 0.7615768, 0.9608343],
    (4, 4): [0.3728463, 0.7587508, 0.9594118, 0.9983412],
    (6, 0.5): [0.2495989, 0.2478629, 0.2361930, 0.3762987, 0.7615768, 0.9608343],
    (6, 1): [0.2457832, 0.2345736, 0.3728463, 0.7587508, 0.9594118, 0.9983412],
    (6, 2): [0.2345734, 0.3728459, 0.7587505, 0.9594116, 0.9983410, 0.9999972],
    (6, 4): [0.3728459, 0.7587505, 0.9594116, 0.9983410, 0.9999972, 1.0],
}


def _takes(moves: int, precision: list[float]) -> NDArray[np.float64]:
    solution = solve(game_of(centipede(moves)), {"precision": precision}, keep_policies=True)
    takes = [
        chosen(solution, ("first", "second")[k % 2], "take", {"pot": k, "taken": 0}, k // 2)
        for k in range(moves)
    ]
    return np.array(takes)


@pytest.mark.parametrize("moves", [4, 6])
def test_centipede(moves: int) -> None:
    """McKelvey & Palfrey 1998, Experimental Economics 1, agent quantal response equilibrium of the
    games of McKelvey & Palfrey 1992: probability of taking at each move, against a table and a
    plain recursion.
    """
    precision = [0.5, 1.0, 2.0, 4.0]
    found = _takes(moves, precision)
    for row, one in enumerate(precision):
        table = _CENTIPEDE_TABLE[moves, one]
        np.testing.assert_allclose(found[:, row], table, rtol=0, atol=5.1e-8)
        np.testing.assert_allclose(found[:, row], centipede_by_hand(moves, one), rtol=0, atol=1e-14)


def test_centipede_scale() -> None:
    """λ is in 1/payoff: doubling the stakes (6 moves are the 4 moves, four times as high, from the
    third on) halves it. Moves 3 to 6 of the long game at λ = 1/2 are the short game at λ = 2.
    """
    np.testing.assert_allclose(_takes(6, [0.5])[2:], _takes(4, [2.0]), rtol=0, atol=1e-14)


def test_centipede_is_not_monotone() -> None:
    """At the first node more rationality first lowers, then raises the chance of taking (same
    source).
    """
    first = _takes(4, [0.5, 2.0, 4.0])[0]
    assert first[0] > first[1] < first[2]


# --- escalation with complete information ---


def test_asymmetric_escalation() -> None:
    """Zagare & Kilgour, Perfect Deterrence (2000), asymmetric escalation game with complete
    information, all eight types, at 100 random payoffs each in their order of preference:

    the status quo survives if and only if the challenger is strategically soft, or the defender is
    hard on both levels; otherwise the defender concedes. Limited war (DD) is never the outcome.
    """
    random = np.random.default_rng(2000)
    rows, expected = [], []
    for triple in range(8):
        c_hard, d_tactical, d_strategic = (bool(triple >> k & 1) for k in range(3))
        c_order = ["ee", "de", "dd", "ed", "sq", "dc"]
        if c_hard:
            c_order = ["de", "ee", "dd", "ed", "sq", "dc"]
        d_order = ["ed", "dc", "de", "sq"]
        d_order.insert(2 if d_tactical else 1, "dd")  # DD+ beats conceding, DD- does not
        d_order.insert(1 if d_strategic else 0, "ee")  # EE+ beats yielding to escalation
        for _ in range(100):
            draw = [np.sort(random.uniform(-9, 9, 6)) for _ in range(2)]
            if min(np.diff(draw).ravel()) < 1e-6:
                continue
            row = {f"c {o}": draw[0][k] for k, o in enumerate(c_order)}
            rows.append(row | {f"d {o}": draw[1][k] for k, o in enumerate(d_order)})
            expected.append("sq" if not c_hard or (d_tactical and d_strategic) else "dc")
    game = game_of(asymmetric_escalation())
    arrays = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    solution = solve(game, arrays, concept="limit")
    for name in ASYMMETRIC_OUTCOMES:
        np.testing.assert_array_equal(outcome(solution, name), [float(e == name) for e in expected])
    assert set(expected) == {"sq", "dc"}
    assert outcome(solve(game, arrays), "dd").min() > 0  # at a finite λ it happens


# --- reputation ---


def test_chain_store_paradox() -> None:
    """Selten 1978, Theory and Decision 9: with complete information every one of the 20 entrants
    enters, and the incumbent accommodates each, for 2 a town: 40 in all.
    """
    game = game_of(chain_store(20))
    solution = solve(game, concept="limit", keep_policies=True)
    assert solution.value[0].tolist() == [2.0, 40.0]
    assert outcome(solution, "fights")[0] == 0
    for town in range(20):
        enter = solution.policy("entrant", town)[:, 1]
        assert (enter == 1).all()


def test_no_contagion() -> None:
    """Selten 1978: with complete information contagion is exactly zero. In every town and at every
    λ entrants choose the same, to the last bit, whatever became of the last entry. With a payoff
    that remembers, not.
    """
    for memory, same in (("0", True), ("1 - 2 * (last == fought)", False)):
        game = game_of(chain_store(6, memory=memory))
        solution = solve(game, {"precision": [0.3, 2.0, 50.0]}, keep_policies=True)
        policy = solution.policy("entrant", 5)
        at_rest = [int(game.moves[0].states[s][0]) for s in range(len(policy))]
        assert sorted(at_rest) == [0, 1, 2]
        assert (policy == policy[:1]).all() == same
    np.testing.assert_allclose(
        solve(game_of(chain_store(6)), keep_policies=True).policy("entrant", 0),
        solve(game_of(chain_store(6)), keep_policies=True).policy("entrant", 5)[:1],
        atol=1e-14,
    )


# --- slices, lines, ladders ---


@pytest.mark.parametrize("slices", [1, 5, 20, 150])
def test_salami(slices: int) -> None:
    """Salami tactics with complete information (Schelling 1966, ch. 2, made precise): the credible
    red lines are R' = (c + R)/p from R = 0, up to the grid; slicing goes to the highest line within
    the prize, and there is no war. 300 random instances against backward induction over what
    remains, and the lines.
    """
    random = np.random.default_rng(slices)
    p, c = random.uniform(0.05, 0.95, 300), random.uniform(0.01, 0.8, 300)
    solution = solve(game_of(salami(slices)), {"p": p, "c": c}, concept="limit")
    by_hand = [salami_by_hand(slices, *pair) for pair in zip(p, c, strict=True)]
    lines = [slices - red_lines(slices, *pair)[-1] for pair in zip(p, c, strict=True)]
    np.testing.assert_array_equal(by_hand, lines)
    np.testing.assert_allclose(outcome(solution, "taken"), by_hand, atol=EXACT)
    np.testing.assert_array_equal(outcome(solution, "war"), 0)
    np.testing.assert_allclose(solution.value[:, 1], 1 - np.array(by_hand) / slices, atol=EXACT)


def test_salami_examples() -> None:
    """p = .6: with c = .3 the line is at .5, so half is lost although a grab of the whole is
    deterred (p > c); with c = .15 lines are at .25 and 2/3, and .30 is lost on a grid of 20, .33 on
    one of 100. (c a little below, since on the line itself the defender is indifferent.)
    """
    for slices, lost in ((20, [0.5, 0.30]), (100, [0.5, 0.33])):
        rows = {"p": [0.6, 0.6], "c": [0.3 - 1e-6, 0.15 - 1e-6]}
        taken = outcome(solve(game_of(salami(slices)), rows, concept="limit"), "taken")
        np.testing.assert_allclose(taken / slices, lost, atol=EXACT)


def test_hidden_red_line() -> None:
    """A line uniform on [0, 1], steps of 1/n, gain v a unit short of it, loss L on crossing: slice
    to x* = 1 - L/v - 1/n (derived in the theory notes; the hazard of a step from x is (1/n)/(1 -
    x)).
    """
    n = 100
    losses = np.array([0.0049, 0.2049, 0.4049, 0.8049, 1.0049, 1.5])
    stop = np.maximum(np.ceil(n * (1 - losses - 1 / n) - 1e-9), 0)
    solution = solve(
        game_of(hidden_red_line(n)), {"loss": losses}, concept="limit", keep_policies=True
    )
    for row, reach in enumerate(stop):
        on = [chosen(solution, "challenger", "step", {"x": x, "at": 0}, x)[row] for x in range(n)]
        assert on == [float(x < reach) for x in range(n)]
    # Alive at x with probability 1 - x; crossing on the step from x leaves x.
    value = [
        (1 - k / n) * k / n + sum((x / n - loss) / n for x in range(int(k)))
        for k, loss in zip(stop, losses, strict=True)
    ]
    np.testing.assert_allclose(solution.value[:, 0], value, atol=EXACT)


@pytest.mark.parametrize(
    ("hazards", "disaster", "profile", "value"),
    [
        ((0.1, 0.2, 0.3, 0.4), (2, 2), "EQEQ", (0.7, -0.2)),
        ((0.1, 0.2, 0.3, 0.4), (1, 4), "EQEQ", (0.8, -0.4)),
        ((0.05, 0.1, 0.15, 0.2, 0.2501), (3, 2), "QEQEQ", (0.0, 1.0)),
    ],
)
def test_brinkmanship_ladder(
    hazards: tuple[float, ...],
    disaster: tuple[float, float],
    profile: str,
    value: tuple[float, float],
) -> None:
    """Brinkmanship with complete information (Powell 1990; numbers from the theory notes): with
    certainty about resolve r = 1/(1 + d) there is at most one escalation, and no crisis where the
    first mover's lacks.
    """
    game = game_of(brinkmanship(hazards))
    stakes = {"da": disaster[0], "db": disaster[1]}
    solution = solve(game, stakes, concept="limit", keep_policies=True)
    on = _escalations(solution, len(hazards))
    assert "".join("E" if p == 1 else "Q" for p in on[:, 0]) == profile
    assert set(on.ravel()) == {0.0, 1.0}
    np.testing.assert_allclose(solution.value[0], value, atol=EXACT)
    for precision in (1.0, 10.0, 1000.0):
        noisy = solve(game, stakes | {"precision": precision}, keep_policies=True)
        by_hand, worth = brinkmanship_by_hand(hazards, disaster, precision)
        np.testing.assert_allclose(_escalations(noisy, len(hazards))[:, 0], by_hand, atol=EXACT)
        np.testing.assert_allclose(noisy.value[0], worth, atol=EXACT)


def test_brinkmanship_tie() -> None:
    """With h = .25 and d = 3 the last mover is indifferent: h is its resolve 1/(1 + d). Choosing
    either with probability 1/2, as quantal response does at every λ, deters the other, and the
    first mover escalates; had it to quit, as one of the two pure equilibria has it, the first mover
    would quit.
    """
    hazards, disaster = (0.05, 0.1, 0.15, 0.2, 0.25), (3, 2)
    solution = solve(
        game_of(brinkmanship(hazards)), {"da": 3, "db": 2}, concept="limit", keep_policies=True
    )
    by_hand, worth = brinkmanship_by_hand(hazards, disaster, None)
    assert _escalations(solution, 5)[:, 0].tolist() == by_hand == [1, 0, 1, 0, 0.5]
    np.testing.assert_allclose(solution.value[0], worth, atol=EXACT)
    sharp, _ = brinkmanship_by_hand(hazards, disaster, 1e6)
    np.testing.assert_allclose(sharp, by_hand, atol=EXACT)


def _escalations(solution: Solution, rungs: int) -> NDArray[np.float64]:
    return np.array(
        [
            chosen(solution, "ab"[k % 2], "escalate", {"rung": k, "quit": 0, "disaster": 0}, k // 2)
            for k in range(rungs)
        ]
    )


def test_literature_by_brute_force() -> None:
    """The slow judge of the random games agrees on the games of the literature, in exact
    arithmetic.
    """
    for text, actor_values in (
        (salami(5), None),
        (brinkmanship((0.1, 0.2, 0.3, 0.4)), (0.7, -0.2)),
        (centipede(6), (0.4, 0.1)),
        (chain_store(3), (2, 6)),
    ):
        game = game_of(text)
        judged = Brute(game.scenario, {}, "limit").judge()
        solution = solve(game, concept="limit")
        found = [float(value) for value in judged.values.values()]
        np.testing.assert_allclose(solution.value[0], found, atol=1e-14)
        if actor_values is not None:
            np.testing.assert_allclose(found, actor_values, atol=1e-14)


def test_text_from_a_file(tmp_path: Path) -> None:
    """What is solved here from texts is what is solved from files."""
    path = tmp_path / "salami.yaml"
    path.write_text(salami(5), encoding="utf-8")
    value = solve(compile_game(load(path))).value
    assert value.tobytes() == solve(game_of(salami(5))).value.tobytes()
