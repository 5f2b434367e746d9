"""Actors who choose at once: solved games of the literature, and what a group in `order` means."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from oracles.crises import logistic, stage_game, stage_payoffs
from oracles.drafts import game_of
from standoff.game import Game
from standoff.scenario import ScenarioError
from standoff.solver import Concept, Precision, Solution, choice_names, guarantee, rows_of, solve

STAG = np.array([[10.0, 1], [8, 5]])
HARE_TABLE = {
    0.1: 0.4706280658, 0.2: 0.4292540893, 0.5: 0.1958460468, 1: 0.0202644786, 2: 0.0003367074,
}  # fmt: skip
SYMMETRIC_FROM = 1.55649
"""Gambit 16.7.0, principal branch of the stag hunt 10/1/8/5; where there come to be three roots."""


PRECISIONS: tuple[Precision, ...] = ("double", "single")
NEAR = {"double": 1e-9, "single": 1e-4}


def at_once(
    *tables: ArrayLike,
    reason: ArrayLike = 1.0,
    concept: Concept | str = "equilibrium",
    precision: Precision = "double",
) -> Solution:
    """A stage game solved; one table of payoffs for each actor, [action of red, of blue, …]."""
    game = game_of(stage_game(*np.shape(tables[0])))
    parameters = stage_payoffs(*tables) | {"precision": np.atleast_1d(reason)}
    return solve(game, parameters, concept=concept, precision=precision, keep_policies=True)


def shares(solution: Solution, actor: str) -> NDArray[np.float64]:
    """Probability of each action in the only state, [action, row]."""
    found: NDArray[np.float64] = solution.policy(actor)[0]
    return found


# --- the literature ---


def test_stag_hunt() -> None:
    """The principal branch of a stag hunt goes to the risk-dominant action (Turocy 2005), here
    hare: probabilities of stag by Gambit. κ = 1.5 λ, so that uniqueness is certain to λ = 2/3.
    """
    precision = np.array(list(HARE_TABLE))
    solution = at_once(STAG, STAG.T, reason=precision)
    for actor in ("red", "blue"):
        np.testing.assert_allclose(
            shares(solution, actor)[0], list(HARE_TABLE.values()), rtol=0, atol=5.1e-9
        )
    assert solution.passed.kappas[0] is not None
    (kappa,) = solution.passed.kappas[0]
    np.testing.assert_allclose(kappa[0, 0, : len(precision)], 1.5 * precision, rtol=1e-14)
    assert shares(at_once(STAG, STAG.T, concept="limit"), "red")[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("reason", "several"), [(1.5, 0), (1.55, 0), (1.563, 1), (2, 1)])
def test_stag_hunt_has_three_equilibria(reason: float, several: int) -> None:
    """From λ = 1.55649 on there are three, all symmetric: that there are others is found, and what
    is found is an equilibrium; the solver stays on the branch.
    """
    assert several == (reason > SYMMETRIC_FROM)

    def beyond(p: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much more of the stag is answered to a probability p of it."""
        return logistic_of(reason * (6 * p - 4)) - p

    signs = np.sign(beyond(np.linspace(0, 1, 20001)))
    assert (np.diff(signs) != 0).sum() == 1 + 2 * several
    other = at_once(STAG, STAG.T, reason=reason, concept="elsewhere")
    assert other.passed.several[0, 0] == several
    stag = shares(other, "red")[0]
    np.testing.assert_allclose(shares(other, "blue")[0], stag, atol=1e-9)
    np.testing.assert_allclose(beyond(stag), 0, atol=1e-9)
    assert (stag > 0.5) == several
    assert shares(at_once(STAG, STAG.T, reason=reason), "red")[0, 0] < 0.01


def logistic_of(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([logistic(float(value)) for value in x])


def test_asymmetric_matching_pennies() -> None:
    """Ochs 1995 as McKelvey & Palfrey 1995 fitted it: λ and policies of Gambit's `logit_estimate`,
    and the log-likelihood of the 128 observations.
    """
    first = np.array([[1.1141, 0], [0, 0.2785]])
    second = np.array([[0, 1.1141], [1.1141, 0]])
    solution = at_once(first, second, reason=1.8456097537)
    p, q = shares(solution, "red")[0, 0], shares(solution, "blue")[0, 0]
    assert p == pytest.approx(0.6156513144, abs=1e-8)
    assert q == pytest.approx(0.38329094, abs=1e-8)
    likelihood = 128 * sum(
        f * np.log(x) + (1 - f) * np.log(1 - x) for f, x in ((0.527, p), (0.366, q))
    )
    assert likelihood == pytest.approx(-174.7645319, abs=1e-5)


INSPECTED = np.array([[-2, 1], [-0.5, 0]])
INSPECTOR = np.array([[0.5, -1], [-0.5, 0]])


def test_inspection() -> None:
    """Tsebelis 1989: in the mixed equilibrium how often a target violates depends on the sender's
    payoffs only; a doubled penalty makes the sender punish less. Limits from indifference.
    """
    penalty = INSPECTED + np.array([[-2, 0], [0, 0]])
    for target, punished in ((INSPECTED, 0.4), (penalty, 0.2 / 0.9)):
        limit = at_once(target, INSPECTOR, concept="limit")
        assert shares(limit, "red")[0, 0] == pytest.approx(0.25, abs=1e-5)
        assert shares(limit, "blue")[0, 0] == pytest.approx(punished, abs=1e-5)


def test_own_payoffs_matter() -> None:
    """At finite λ a penalty deters (McKelvey, Palfrey & Weber 2000, own-payoff effect): the same
    change lowers violation, at every λ, by less as λ grows.
    """
    precision = np.array([0.5, 1, 2, 5, 20, 100])
    penalty = INSPECTED + np.array([[-2, 0], [0, 0]])
    before, after = (
        shares(at_once(target, INSPECTOR, reason=precision), "red")[0]
        for target in (INSPECTED, penalty)
    )
    deterred = before - after
    assert (deterred > 0).all()
    assert (np.diff(deterred[1:]) < 0).all()


NINE = (
    [[[9, 0], [0, 3]], [[0, 3], [9, 0]]],
    [[[8, 0], [0, 4]], [[0, 4], [8, 0]]],
    [[[12, 0], [0, 6]], [[0, 6], [2, 0]]],
)
"""McKelvey & McLennan 1997, Journal of Economic Theory 72(2): three actors, nine equilibria."""


@pytest.mark.parametrize("bits", PRECISIONS)
def test_nine_equilibria(bits: Precision) -> None:
    """The branch of the 2×2×2 game with nine Nash equilibria is known in closed form: red and blue
    never learn what to coordinate on, and green's first action is worth 1/2 more.
    """
    reason = np.array([0.01, 0.1, 0.5, 1, 2, 10, 100])
    solution = at_once(*NINE, reason=reason, precision=bits)
    for actor in ("red", "blue"):
        np.testing.assert_allclose(shares(solution, actor), 0.5, atol=NEAR[bits])
    np.testing.assert_allclose(
        shares(solution, "green")[0], logistic_of(reason / 2), atol=NEAR[bits]
    )
    assert not solution.passed.lost.any()


@pytest.mark.parametrize("bits", PRECISIONS)
def test_chicken(bits: Precision) -> None:
    """In a symmetric game of chicken (Brams 1985: 3/3, 2/4, 4/2, 1/1, here with a worse crash) the
    branch stays symmetric, also where two asymmetric ones split off it; each actor's policy is the
    one that answers itself, found by halving.
    """
    table = np.array([[3.0, 2], [4, -6]])
    reason = np.array([0.1, 0.5, 1, 2, 5, 20, 100])
    solution = at_once(table, table.T, reason=reason, precision=bits)
    expected = []
    for lam in reason:
        low, high = 0.0, 1.0
        for _ in range(60):
            p = (low + high) / 2
            gain = lam * (table[0] - table[1]) @ [p, 1 - p]
            low, high = (p, high) if logistic(gain) > p else (low, p)
        expected.append(p)
    for actor in ("red", "blue"):
        np.testing.assert_allclose(shares(solution, actor)[0], expected, atol=NEAR[bits])
    assert not solution.passed.lost.any()


# --- zero-sum games ---


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ([[1, -1], [-1, 1]], 0),  # matching pennies
        ([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], 0),  # rock, paper, scissors
        ([[3, 1], [4, 2]], 2),  # a saddle
        ([[4, 1], [2, 3]], 2.5),  # (ad - bc) / (a + d - b - c)
        ([[3, -1, 2], [-2, 4, 0]], 1),  # the first two columns alone
    ],
)
def test_guarantee_is_the_value(table: list[list[float]], value: float) -> None:
    """What either side can secure is the value of the zero-sum game (von Neumann 1928)."""
    game = game_of(stage_game(*np.shape(table)))
    parameters = stage_payoffs(table, -np.array(table))
    mine = guarantee(game, parameters, coalition=("red",), quantity="red").value
    theirs = guarantee(game, parameters, coalition=("blue",), quantity="blue").value
    np.testing.assert_allclose(mine, value, atol=1e-9)
    np.testing.assert_allclose(theirs, -value, atol=1e-9)


def test_zero_sum_games_at_random() -> None:
    """Minimax theorem on random games with 3 and 4 actions: what one secures the other cannot
    undercut; and the limit, where it was followed to its end, is worth just that.
    """
    random = np.random.default_rng(1928)
    table = random.uniform(-1, 1, (3, 4, 20))
    game = game_of(stage_game(3, 4))
    parameters = stage_payoffs(table, -table)
    mine = guarantee(game, parameters, coalition=("red",), quantity="red").value
    theirs = guarantee(game, parameters, coalition=("blue",), quantity="blue").value
    np.testing.assert_allclose(mine, -theirs, atol=1e-9)
    limit = solve(game, parameters, concept="limit")
    followed = limit.passed.lost.ravel()[:20] == 0
    assert followed.sum() >= 18
    expected = np.array([mine, theirs]).T
    np.testing.assert_allclose(limit.value[followed], expected[followed], atol=1e-4)


def test_a_coalition_mixes_as_one() -> None:
    """Two who must meet unseen by a third secure 1/2 where they choose the place together; each
    alone with its own coin would meet unseen but once in four times.
    """
    table = np.zeros((2, 2, 2))
    table[0, 0, 1] = table[1, 1, 0] = 1
    game = game_of(stage_game(2, 2, 2))
    parameters = stage_payoffs(table, table, -table)
    met = guarantee(game, parameters, coalition=("red", "blue"), quantity="red").value
    assert met[0] == pytest.approx(0.5, abs=1e-9)


# --- what a group means ---


def crisis(order: list[Any], red: Any, blue: Any, **rest: Any) -> dict[str, Any]:
    """Two actors without preferences, with these actions."""
    return {
        "standoff": 1,
        "name": "pair",
        "title": "Two at once",
        "time": {"period": "move", "periods": 1},
        "parameters": {"slip": {"value": 0.3}},
        "variables": {"x": {"levels": 20, "start": 1}, "alarm": {"flag": False}},
        "order": order,
        "actors": {
            "red": {"rationality": 1, "actions": red},
            "blue": {"rationality": 1, "actions": blue},
        },
    } | rest


def expect(document: dict[str, Any], **parameters: float) -> dict[str, float]:
    """Outcomes by name, and each actor's value."""
    solution = solve(game_of(document), parameters)
    names = [outcome.name for outcome in solution.game.outcomes]
    values = dict(zip(solution.game.actors, solution.value[0], strict=True))
    return values | dict(zip(names, solution.outcome[0], strict=True))


@pytest.mark.parametrize(("order", "x"), [(["red", "blue"], 5), (["blue", "red"], 8)])
def test_effects_one_after_the_other(order: list[str], x: int) -> None:
    """The listed order decides: doubled and then raised by 3, or raised and then doubled."""
    document = crisis(
        [order], {"double": {"set": {"x": "min(2 * x, 20)"}}},
        {"raise": {"set": {"x": "min(x + 3, 20)"}}}, outcomes={"x": {"final": "x"}},
    )  # fmt: skip
    assert expect(document)["x"] == x


def test_costs_are_those_of_the_state_before() -> None:
    """Blue pays by the x that it saw, not by what red made of it at the same time; what both charge
    one actor adds up.
    """
    red = {"raise": {"set": {"x": "x + 4"}, "cost": {"red": "10 * x", "blue": 0.5}}}
    blue = {"pay": {"cost": "x"}}
    found = expect(crisis([["red", "blue"]], red, blue))
    assert found == {"red": -10, "blue": -1.5}
    assert expect(crisis(["red", "blue"], red, blue))["blue"] == -5.5


def test_guards_are_those_of_the_state_before() -> None:
    """Blue may do what was open when both chose, though red closes it at the same time."""
    red = {"raise": {"set": {"x": 2}}}
    blue = {"go": {"when": "x == 1", "set": {"alarm": True}}, "wait": {"when": "x != 1"}}
    document = crisis([["red", "blue"]], red, blue, outcomes={"alarm": {"final": "alarm"}})
    assert expect(document)["alarm"] == 1
    assert expect(document | {"order": ["red", "blue"]})["alarm"] == 0


def test_chances_multiply() -> None:
    """Throws are independent; a `when` and a probability of the second see what the first left."""
    red = {"go": {"chance": [{"p": "slip", "set": {"alarm": True}}]}}
    blue = {
        "go": {
            "chance": [
                {"p": "0.4 * x", "when": "alarm", "set": {"x": 5}},
                {"p": "slip", "when": "not alarm", "set": {"x": 9}},
            ]
        }
    }
    outcomes = {
        "five": {"final": "x == 5"},
        "nine": {"final": "x == 9"},
        "alarm": {"final": "alarm"},
    }
    for slip in (0.0, 0.3, 1.0):
        found = expect(crisis([["red", "blue"]], red, blue, outcomes=outcomes), slip=slip)
        assert found["five"] == pytest.approx(slip * 0.4, abs=1e-15)
        assert found["nine"] == pytest.approx((1 - slip) * slip, abs=1e-15)
        assert found["alarm"] == pytest.approx(slip, abs=1e-15)


def test_nothing_is_seen_halfway() -> None:
    """`ends` and `ever` are looked at when all of a group have acted."""
    on, off = {"on": {"set": {"alarm": True}}}, {"off": {"set": {"alarm": False}}}
    rest = {"ends": "alarm", "outcomes": {"alarm": {"ever": "alarm"}, "x": {"each period": "x"}}}
    assert expect(crisis([["red", "blue"]], on, off, **rest))["alarm"] == 0
    assert expect(crisis([["red", "blue"]], on, off, **rest))["x"] == 1
    assert expect(crisis([["red", "blue"]], off, on, **rest))["alarm"] == 1
    assert expect(crisis(["red", "blue"], on, off, **rest))["alarm"] == 1


def test_out_of_range_together() -> None:
    """What stays in range alone may not together: refused, with another hint than for one actor."""
    step = {"hold": {}, "step": {"when": "x < 2", "set": {"x": "x + 1"}}}
    small = {"variables": {"x": {"levels": 2, "start": 1}}}
    assert game_of(crisis(["red", "blue"], step, step, **small)).states == 2
    with pytest.raises(ScenarioError, match="the others of its group act too") as caught:
        game_of(crisis([["red", "blue"]], step, step, **small))
    assert "action 'step' of blue would set 'x' to position 3" in str(caught.value)


def test_a_guard_that_fails_for_one() -> None:
    """Where one member has a single action left, the other answers it as if alone: κ is 0."""
    document = stage_game(2, 2)
    document["variables"]["shut"] = {"flag": True}
    document["actors"]["red"]["actions"]["act 1"]["when"] = "not shut"
    payoffs = stage_payoffs(STAG, STAG.T) | {"precision": np.array([0.5, 1.0, 2.0])}
    solution = solve(game_of(document), payoffs, keep_policies=True)
    np.testing.assert_allclose(shares(solution, "red"), [[1] * 3, [0] * 3], rtol=1e-14)
    np.testing.assert_allclose(
        shares(solution, "blue")[0], logistic_of(2 * payoffs["precision"]), rtol=1e-12
    )
    assert solution.passed.kappas[0] is not None
    assert (solution.passed.kappas[0][0] == 0).all()


def test_a_group_may_come_again() -> None:
    """Twice in one period is once in each of two, where nothing is paid in between."""
    document = crisis(
        [["red", "blue"], ["blue", "red"]],
        {"hold": {}, "raise": {"set": {"x": "min(x + 2, 20)"}, "cost": 0.4}},
        {"hold": {}, "double": {"set": {"x": "min(2 * x, 20)"}, "cost": "x / 9"}},
        outcomes={"x": {"final": "x"}},
    )
    document["actors"]["red"]["final"] = "x"
    document["actors"]["blue"]["final"] = "abs(x - 4)"
    twice = solve(game_of(document), keep_policies=True)
    document["order"] = [["red", "blue"]]
    document["time"]["periods"] = 2
    other = solve(game_of(document), keep_policies=True)
    # The order within the group differs the second time: raising and doubling do not commute.
    assert not np.allclose(twice.outcome, other.outcome)
    document["order"] = [["red", "blue"], ["red", "blue"]]
    document["time"]["periods"] = 1
    again = solve(game_of(document), keep_policies=True)
    np.testing.assert_allclose(again.outcome, other.outcome, rtol=1e-12)
    np.testing.assert_allclose(again.value, other.value, rtol=1e-12)


# --- doctrines ---


def bound(game: dict[str, Any], actor: str, rule: dict[str, Any]) -> Game:
    """The same with a doctrine "kept", and with "secret", the same unannounced."""
    document = copy.deepcopy(game)
    document["doctrines"] = {
        actor: {"kept": {"rules": [rule]}, "secret": {"rules": [rule], "announced": False}}
    }
    return game_of(document)


def test_a_member_bound_and_known_to_be() -> None:
    """An announced doctrine leaves the game without what it forbids: of three members one has an
    action fewer, and all else is as in the smaller game.
    """
    random = np.random.default_rng(7)
    tables = [random.uniform(0, 2, (2, 3, 2, 20)) for _ in range(3)]
    game = bound(stage_game(2, 3, 2), "blue", {"never": ["act 1"]})
    reason = {"precision": np.array([3.0])}
    kept = solve(game, stage_payoffs(*tables) | reason, "kept", keep_policies=True)
    smaller = at_once(*(np.delete(t, 1, axis=1)[..., 0] for t in tables), reason=3.0)
    less = solve(
        smaller.game,
        stage_payoffs(*(np.delete(t, 1, axis=1) for t in tables)) | reason,
        keep_policies=True,
    )
    for actor in ("red", "green"):
        np.testing.assert_allclose(shares(kept, actor), shares(less, actor), atol=1e-12)
    assert (shares(kept, "blue")[1] == 0).all()
    np.testing.assert_allclose(shares(kept, "blue")[[0, 2]], shares(less, "blue"), atol=1e-12)
    np.testing.assert_allclose(kept.value, less.value, atol=1e-12)


@pytest.mark.parametrize("members", [2, 3])
@pytest.mark.parametrize("concept", ["equilibrium", "limit"])
def test_a_member_bound_unknown_to_the_others(members: int, concept: str) -> None:
    """The others do what they do in free choice; who is bound answers that with what is left to it,
    even where in free choice it would hardly ever take it.
    """
    random = np.random.default_rng(8)
    shape = (2, 3, 2)[:members]
    tables = [random.uniform(0, 2, (*shape, 20)) for _ in shape]
    tables[1][:, 1:] -= 1000  # what the doctrine leaves is far worse
    game = bound(stage_game(*shape), "blue", {"never": ["act 0"]})
    parameters = stage_payoffs(*tables) | {"precision": 3.0}
    free = solve(game, parameters, concept=concept, keep_policies=True)
    secret = solve(game, parameters, "secret", concept=concept, keep_policies=True)
    weight = np.ones((*shape, 20))
    for axis, actor in enumerate(game.actors):
        if actor != "blue":
            np.testing.assert_allclose(shares(secret, actor), shares(free, actor), rtol=1e-12)
            weight *= np.expand_dims(shares(free, actor), [k for k in range(members) if k != axis])
    worth = (tables[1] * weight).sum(axis=tuple(k for k in range(members) if k != 1))[1:]
    if concept == "limit":
        expected = (worth == worth.max(axis=0)).astype(float)
    else:
        expected = np.exp(3 * (worth - worth.max(axis=0)))
    np.testing.assert_allclose(
        shares(secret, "blue")[1:], expected / expected.sum(axis=0), atol=1e-9
    )
    assert (shares(secret, "blue")[0] == 0).all()


# --- the course ---


def test_choices_are_marginals() -> None:
    """The course tells of each member what it does, however the others choose."""
    random = np.random.default_rng(9)
    tables = [random.uniform(0, 2, (3, 2, 2, 20)) for _ in range(3)]
    game = game_of(stage_game(3, 2, 2))
    solution = solve(game, stage_payoffs(*tables) | {"precision": 2.0}, keep_policies=True)
    found = rows_of(solution.course.choices[0], 20)
    names = choice_names(game)
    assert [(move, actor) for move, actor, _ in names] == [
        (0, actor) for actor in game.actors for _ in range(3 if actor == "red" else 2)
    ]
    for actor in game.actors:
        mine = [k for k, (_, name, _) in enumerate(names) if name == actor]
        np.testing.assert_allclose(found[mine], shares(solution, actor), rtol=1e-12)
