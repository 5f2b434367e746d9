"""Walking through a game: what is met on the way adds up to what the solution says."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.games import TWO_ROUNDS, crises
from oracles.drafts import Document, Futures, futures, game_of
from standoff.export import Node, Tree, count_nodes, tree_of
from standoff.game import fill
from standoff.scenario import ScenarioError
from standoff.solver import Solution, solve

Reals = NDArray[np.float64]


def expected(tree: Tree, solution: Solution, node: Node) -> Reals:
    """What each actor receives from a node on, under the policies of a solution."""
    total = np.zeros(len(tree.game.actors))
    if tree.is_over(node):
        return total
    for p, following, received in possible(tree, solution, node):
        total += p * (received + expected(tree, solution, following))
    return total


def possible(tree: Tree, solution: Solution, node: Node) -> list[tuple[float, Node, Reals]]:
    """What may follow a node: with what probability, where it leads, what is received."""
    if node.option >= 0:
        return [(p, *tree.happen(node, branch)) for branch, p in tree.chances(node)]
    move, policy = tree.game.moves[node.move], solution.passed.policies[node.move]
    assert policy is not None
    found = []
    for option in range(int(move.first[node.state]), int(move.first[node.state + 1])):
        p = float(policy[node.period][0, option, 0])
        if p > 0:
            chosen = dict(zip(move.members, move.action[option].tolist(), strict=True))
            found.append((p, *tree.choose(node, chosen)))
    return found


@settings(max_examples=40)
@given(crises(periods=2), futures(1), st.sampled_from(["free-choice", "open"]))
def test_a_walk_is_worth_what_the_solution_says(
    document: Document, rows: Futures, doctrine: str
) -> None:
    """Costs, accruals, ends, horizon and discount, as they are met, add up to the value."""
    try:
        game = game_of(document)
        solution = solve(game, rows.arrays(), doctrine, keep_policies=True)
    except ScenarioError:
        assume(False)
    tree = tree_of(game, solution.numbers, doctrine=doctrine)
    assume(count_nodes(tree) <= 1_500)
    node, received = tree.begin()
    total = received + expected(tree, solution, node)
    np.testing.assert_allclose(total, solution.value[0], rtol=1e-9, atol=1e-9)


def test_only_who_has_a_choice_is_asked() -> None:
    """A member of a group with one action left is passed over, and so is a certain event."""
    game = game_of(TWO_ROUNDS.replace("tension: {levels: 4}", "tension: {levels: 4, start: 4}"))
    tree = tree_of(game, fill(game))
    node, _ = tree.begin()
    assert tree.asked(node) == (1,)
    assert tree.actions(node, 0) == (0,)
    assert tree.actions(node, 1) == (0, 1, 2)
    thrown, received = tree.choose(node, {1: 2})
    assert tree.asked(thrown) == ()
    assert received.tolist() == [0, -1]
    assert [p for _, p in tree.chances(thrown)] == pytest.approx([1 - 3 / 8, 3 / 8])


def test_an_action_that_is_not_open_is_refused() -> None:
    game = game_of(TWO_ROUNDS)
    tree = tree_of(game, fill(game))
    node, _ = tree.begin()
    with pytest.raises(KeyError, match="is not open period 1, move 1: tension=0"):
        tree.choose(node, {0: 0, 1: 7})


def test_what_is_seen_is_period_move_and_state() -> None:
    """One 1 in each part; and words that tell every node from every other."""
    game = game_of(TWO_ROUNDS)
    tree = tree_of(game, fill(game))
    waiting, words, seen = [tree.begin()[0]], set(), set()
    while waiting:
        node = waiting.pop()
        view = tree.see(node)
        assert view.sum() == len(tree.sight)
        assert len(view) == sum(size for _, size in tree.sight)
        if node not in seen:
            assert tree.describe(node) not in words
            seen.add(node)
            words.add(tree.describe(node))
            for branch, _ in tree.chances(node) if node.option >= 0 else ():
                waiting.append(tree.happen(node, branch)[0])
            if asked := tree.asked(node):
                for joint in product(*(tree.actions(node, actor) for actor in asked)):
                    chosen = dict(zip(asked, joint, strict=True))
                    waiting.append(tree.choose(node, chosen)[0])
    assert "period 1, move 1: tension=0, war=no; red: push, blue: yield" not in words
    assert any(word.endswith("; fate") for word in words)
