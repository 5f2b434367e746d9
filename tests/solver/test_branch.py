"""The branch of a stage game in sixteen lanes, one at a time, and by means that share nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from oracles.crises import stage_game, stage_payoffs
from oracles.drafts import game_of
from oracles.stage import policies, span
from standoff.solver import Precision, Solution, solve
from standoff.solver.branch import find_roots, follow, interaction_span

ROWS = 40
SHAPES = [(2, 2), (3, 3), (4, 2), (2, 2, 2), (3, 2, 2), (3, 3, 3)]


def tables(shape: tuple[int, ...], scale: float = 1.0) -> list[NDArray[np.float64]]:
    """Payoffs at random, for each member [joint action …, row]."""
    random = np.random.default_rng(list(shape))
    return [scale * random.uniform(size=(*shape, ROWS)) for _ in shape]


def solved(
    payoffs: list[NDArray[np.float64]],
    reason: float,
    precision: Precision,
    concept: str = "equilibrium",
) -> Solution:
    """Their stage games, one in each row."""
    game = game_of(stage_game(*payoffs[0].shape[:-1]))
    parameters = stage_payoffs(*payoffs) | {"precision": np.array([reason])}
    return solve(game, parameters, precision=precision, keep_policies=True, concept=concept)


def marginals(solution: Solution) -> NDArray[np.float64]:
    """All members' policies in the only state, [member's action, row]."""
    return np.concatenate([solution.policy(actor)[0] for actor in solution.game.actors])


def followed(payoffs: list[NDArray[np.float64]], reason: float, row: int) -> NDArray[np.float64]:
    """The same by `branch.follow`, from t = 0."""
    logits = [reason * table[..., row] for table in payoffs]
    counts = np.array(logits[0].shape)
    x = np.zeros(counts.sum())
    assert follow(np.array([table.ravel() for table in logits]), counts, x, 0.0)
    return np.concatenate(policies(logits, x))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reason", [0.1, 1, 10, 100, 1000])
def test_lanes_follow_the_same_branch(shape: tuple[int, ...], reason: float) -> None:
    """In double precision the policies of sixteen rows at once are those of pseudo-arclength
    continuation (Allgower & Georg 1990), row by row; over folds too, which λ = 1000 often has.
    """
    payoffs = tables(shape)
    solution = solved(payoffs, reason, "double")
    assert not solution.passed.lost.any()
    expected = np.array([followed(payoffs, reason, row) for row in range(ROWS)]).T
    near = 1e-9 if reason <= 100 else 1e-7  # payoffs have so many digits in logits
    np.testing.assert_allclose(marginals(solution), expected, rtol=0, atol=near)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reason", [0.1, 1, 10, 30])
def test_single_precision(shape: tuple[int, ...], reason: float) -> None:
    """Single precision finds the same equilibria, up to rationalities at which the rounding of
    payoffs alone would move them.
    """
    payoffs = tables(shape)
    single, double = (solved(payoffs, reason, precision) for precision in ("single", "double"))
    np.testing.assert_allclose(marginals(single), marginals(double), rtol=0, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_span(shape: tuple[int, ...]) -> None:
    """κ is what going through all pairs of actions of all pairs of members gives, in lanes and one
    at a time.
    """
    payoffs = tables(shape)
    expected = [span([2.5 * table[..., row] for table in payoffs]) for row in range(ROWS)]
    one_by_one = [
        interaction_span(
            np.array([2.5 * table[..., row].ravel() for table in payoffs]), np.array(shape)
        )
        for row in range(ROWS)
    ]
    np.testing.assert_allclose(one_by_one, expected, rtol=1e-13)
    kappas = solved(payoffs, 2.5, "double").passed.kappas[0]
    assert kappas is not None
    np.testing.assert_allclose(kappas[0][:, 0].ravel()[:ROWS], expected, rtol=1e-13)


def test_below_one_there_is_one_equilibrium() -> None:
    """Where κ < 1, replies to replies, from wherever they start, lead to the same policies."""
    for shape in SHAPES:
        payoffs = tables(shape)
        reason = 0.9 / max(span([table[..., row] for table in payoffs]) for row in range(ROWS))
        found = marginals(solved(payoffs, reason, "double"))
        random = np.random.default_rng(3)
        for row in range(0, ROWS, 8):
            logits = [reason * table[..., row] for table in payoffs]
            x = random.normal(size=sum(shape)) * 20
            for _ in range(400):
                policy = policies(logits, x)
                worth = []
                for i, table in enumerate(logits):
                    others = np.moveaxis(table, i, 0)
                    for part in reversed([p for j, p in enumerate(policy) if j != i]):
                        others = others @ part
                    worth.append(others)
                x = np.concatenate(worth)
            np.testing.assert_allclose(
                np.concatenate(policies(logits, x)), found[:, row], atol=1e-9
            )


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("shape", [(3, 3), (3, 2, 2)])
@pytest.mark.parametrize(("precision", "reason"), [("double", 1e300), ("single", 1e30)])
def test_extreme_reason(
    precision: Precision, reason: float, shape: tuple[int, ...], scale: float
) -> None:
    """No rationality and no scale of payoffs gives anything but a policy, at once or in turn."""
    payoffs = tables(shape, scale)
    found = marginals(solved(payoffs, reason, precision))
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=0), len(shape), atol=1e-5)
    names = ["red", "blue", "green"][: len(shape)]
    game = game_of(stage_game(*shape, order=names))
    parameters = stage_payoffs(*payoffs) | {"precision": np.array([reason])}
    in_turn = solve(game, parameters, precision=precision, keep_policies=True)
    for actor in names:
        policy = in_turn.policy(actor)
        assert (policy >= 0).all()
        np.testing.assert_allclose(policy.sum(axis=1), 1, atol=1e-5)
    assert np.isfinite(in_turn.value).all()


@pytest.mark.parametrize(("precision", "reason"), [("double", 1e300), ("single", 1e30)])
def test_extreme_reason_keeps_proportions(precision: Precision, reason: float) -> None:
    """Payoffs too large to be held are made smaller together: a stag hunt at a huge λ still ends at
    the risk-dominant action, and a dominated action is never taken.
    """
    hunt = np.array([[10.0, 1], [8, 5]])
    dominated = np.array([[3.0, 1], [2, 0]])
    for table, share in ((hunt, 0.0), (dominated, 1.0)):
        for factor in (1.0, 1e-3):
            payoffs = [(factor * t)[..., None] for t in (table, table.T)]
            found = marginals(solved(payoffs, reason, precision))
            np.testing.assert_allclose(found[[0, 2], 0], share, atol=1e-6)


@pytest.mark.parametrize(("reason", "count"), [(1.5, 1), (1.6, 3), (2, 3), (4, 3)])
def test_all_roots_of_the_stag_hunt(reason: float, count: int) -> None:
    """The stag hunt (10, 1; 8, 5) has one symmetric logit equilibrium up to λ = 1.55649, and three
    above: arms, trust, and one between (the game of the sGameSolver documentation).
    """
    own = np.array([[10.0, 1.0], [8.0, 5.0]])
    game = reason * np.array([own.ravel(), own.T.ravel()])
    counts, principal = np.array([2, 2]), np.zeros(4)
    assert follow(game, counts, principal, 0.0)
    roots = np.empty((8, 4))
    assert find_roots(game, counts, principal, roots) == count
    for x in roots[:count]:
        trust, other = 1 / (1 + np.exp(x[1::2] - x[::2]))
        assert trust == pytest.approx(other, abs=1e-9)
        gain = (10 - 8) * other + (1 - 5) * (1 - other)
        assert trust == pytest.approx(1 / (1 + np.exp(-reason * gain)), abs=1e-9)


def test_no_leap_where_a_policy_is_nearly_pure() -> None:
    """Replies that chase each other from one pure action to the next are no equilibrium, though a
    pure policy hardly moves with its logits: in this game one side mixes 2 : 1 as λ grows.
    """
    first = np.array([[1.5, 1.5, 1.0], [2.5, 1.0, 2.0], [2.0, 1.0, 1.5]])
    second = np.array([[-0.6, -0.6, -0.6], [-0.5, 0.0, -0.5], [-0.6, -0.1, -0.6]])
    solution = solved([first[..., None], second[..., None]], 1000.0, "double")
    found = marginals(solution)[:, 0]
    assert found[3:] == pytest.approx([1 / 6, 2 / 3, 1 / 6], abs=0.01)
    worth = 1000 * np.concatenate([first @ found[3:], found[:3] @ second])
    assert found == pytest.approx(policies_of(worth), abs=1e-9)


def policies_of(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantal responses of two actors with three actions each, from payoffs in logits."""
    weight = np.exp(worth.reshape(2, 3) - worth.reshape(2, 3).max(axis=1, keepdims=True))
    return np.asarray((weight / weight.sum(axis=1, keepdims=True)).ravel())


CHASE = np.array(
    [
        [0, 0, 0, 0, -6428.98876953125, 2232.30810546875, 715.484375, 2232.3095703125],
        [0, 0, -2961.68359375, 0, 0, 0, 2037.6121826171875, 0],
        [0, 2.5117135047912598, 0, -10000, 0, 6062.0029296875, 0, 4546.501953125],
    ]
)
"""Payoffs in logits of three with two actions each; the branch turns at t = 0.412 and comes back to
t = 0.008, where it is close to itself, before it goes on to pure actions.
"""


def test_the_branch_is_not_left_where_it_is_close_to_itself() -> None:
    """After a turn the end is an equilibrium on the branch, not whatever another part leads to."""
    x = np.zeros(6)
    assert follow(CHASE, np.array([2, 2, 2]), x, 0.0)
    tables = [table.reshape(2, 2, 2) for table in CHASE]
    first, second, third = policies(tables, x)
    assert (first[1], third[1]) == pytest.approx((1, 1), abs=1e-9)
    worth = [
        np.einsum("abc,b,c->a", tables[0], second, third),
        np.einsum("abc,a,c->b", tables[1], first, third),
        np.einsum("abc,a,b->c", tables[2], first, second),
    ]
    assert x == pytest.approx(np.concatenate(worth), abs=1e-6)


@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_branch_is_the_same_in_lanes_and_lost_in_none(precision: Precision) -> None:
    """Steps that overflow are no steps: what is no number must not pass for having converged."""
    payoffs = [np.repeat(table.reshape(2, 2, 2)[..., None], ROWS, axis=3) for table in CHASE]
    found = solved(payoffs, 1.0, precision)
    assert not found.passed.lost.any()
    policy = marginals(found)
    assert np.isfinite(policy).all()
    assert policy[[1, 5]] == pytest.approx(np.ones((2, ROWS)), abs=1e-6)


@pytest.mark.parametrize(("precision", "scale"), [("double", 1e-303), ("single", 1e-35)])
def test_next_to_nothing_is_something_or_nothing(precision: Precision, scale: float) -> None:
    """In the limit payoffs are raised without bound, and however small stay numbers."""
    found = solved(tables((2, 2, 2), scale), 1.0, precision, "limit")
    assert not found.passed.lost.any()
    np.testing.assert_allclose(marginals(found).sum(axis=0), 3, atol=1e-5)
