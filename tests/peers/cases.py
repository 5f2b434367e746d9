"""What the peers are asked: games in one future, and what we find ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

import standoff
from export.games import MATCHING_PENNIES, TWO_ROUNDS
from oracles.crises import centipede
from oracles.drafts import game_of
from standoff.export import Node, Tree, tree_of
from standoff.extensive import logit_branch, unfold
from standoff.game import Game, Numbers, fill
from standoff.scenario import variant
from standoff.solver import Solution, best_response

GOLDEN = Path(__file__).parent / "golden"

_TEXTS = {
    "centipede": centipede(4),
    "matching-pennies": MATCHING_PENNIES,
    "two-rounds": TWO_ROUNDS,
}


@dataclass(frozen=True)
class Case:
    """One game in one future, under a doctrine; `free` are actors who choose freely."""

    scenario: str
    """A packaged one, or one of the texts of the tests."""
    parameters: dict[str, float] = field(default_factory=dict)
    doctrine: str = "free-choice"
    free: tuple[str, ...] = ()
    variant: dict[str, str] = field(default_factory=dict)
    """Options of switches of a packaged scenario."""

    @property
    def name(self) -> str:
        """A name for people and for the golden files."""
        numbers = [f"{name} {value:g}" for name, value in self.parameters.items()]
        free = [f"free {actor}" for actor in self.free]
        switches = [f"{switch} {option}" for switch, option in self.variant.items()]
        return ", ".join([self.scenario, *switches, self.doctrine, *numbers, *free])

    @cached_property
    def game(self) -> Game:
        """Compiled."""
        text = _TEXTS.get(self.scenario)
        if text:
            return game_of(text)
        return standoff.compile(variant(standoff.load(self.scenario), self.variant))

    @cached_property
    def numbers(self) -> Numbers:
        """Filled."""
        return fill(self.game, self.parameters)

    @cached_property
    def solution(self) -> Solution:
        """Solved, with policies."""
        return standoff.solve(self.game, self.parameters, self.doctrine, keep_policies=True)

    @cached_property
    def quantities(self) -> dict[str, float]:
        """What we say of every payoff and outcome; of a free actor, its best response."""
        solution = self.solution
        if self.free:
            (actor,) = self.free
            return {f"payoff of {actor}": float(best_response(solution, actor)[0])}
        payoffs = (f"payoff of {actor}" for actor in self.game.actors)
        names = (*payoffs, *(outcome.name for outcome in self.game.outcomes))
        values = (*solution.value[0].tolist(), *solution.outcome[0].tolist())
        return dict(zip(names, values, strict=True))

    @cached_property
    def behaviour(self) -> dict[str, dict[str, float]]:
        """For each actor and place where it has a choice: probability of each action.

        Where types are hidden, for each information set, by the exact solver.
        """
        if self.game.hidden is not None:
            scenario = self.game.scenario
            form = unfold(scenario, self.parameters, doctrine=self.doctrine)
            return logit_branch(form).policies
        tree = tree_of(self.game, self.solution.numbers, doctrine=self.doctrine)
        return {
            f"{self.game.actors[actor]}, {tree.describe(node)}": share
            for node in _nodes(tree)
            for actor in tree.asked(node)
            for share in (_share(self.solution, tree, node, actor),)
        }


def _nodes(tree: Tree) -> Iterator[Node]:
    """Every node that can be reached, once."""
    waiting, met = [tree.begin()[0]], set()
    while waiting:
        node = waiting.pop()
        if node in met:
            continue
        met.add(node)
        yield node
        if node.option >= 0:
            waiting += [tree.happen(node, branch)[0] for branch, _ in tree.chances(node)]
        elif asked := tree.asked(node):
            for joint in product(*(tree.actions(node, actor) for actor in asked)):
                waiting.append(tree.choose(node, dict(zip(asked, joint, strict=True)))[0])


def _share(solution: Solution, tree: Tree, node: Node, actor: int) -> dict[str, float]:
    """Probability of each action of an actor, by name."""
    move, policy = tree.game.moves[node.move], solution.passed.policies[node.move]
    assert policy is not None
    options = slice(int(move.first[node.state]), int(move.first[node.state + 1]))
    column = move.action[options, move.members.index(actor)]
    total = np.bincount(column, policy[node.period][0, options, 0])
    actions = tree.game.scenario.actors[actor].actions
    return {actions[k].name: float(total[k]) for k in tree.actions(node, actor)}


STORM = (
    Case("two-move-deterrence", {"precision": 5}),
    Case("escalation-trap"),
    Case("escalation-trap", doctrine="non-intervention"),
    Case("restrained-success"),
    Case("restrained-success", free=("alliance",)),
    Case("brinkmanship", free=("first",)),
    Case("two-rounds"),
    Case("two-rounds", free=("red",)),
)
"""Chains and decision processes, for Storm."""

GAMBIT = (
    *(Case("two-move-deterrence", {"precision": p}) for p in (0.5, 2, 20)),
    *(Case("centipede", {"precision": p}) for p in (0.5, 1, 2)),
    *(Case("brinkmanship", {"rationality": p}) for p in (0.02, 0.1)),
    *(Case("matching-pennies", {"precision": p}) for p in (1, 2, 3)),
    *(Case("two-rounds", {"precision": p}) for p in (0.5, 1.5)),
    *(Case("beer-quiche", {"rationality": p}) for p in (1, 5)),
    Case("beer-quiche", {"rationality": 5}, "weak-eat-quiche"),
    *(Case("perfect-deterrence", {"rationality": p}) for p in (0.1, 0.5)),
    Case("perfect-deterrence", {"rationality": 0.1, "trust": 1}, "bound-to-deny"),
    Case("frightened-adviser", {"rationality": 0.1, "wishful": 0, "gullibility": 0}),
    *(Case("chain-store", {"rationality": p}, variant={"markets": "three"}) for p in (3, 20)),
)
"""Trees in which all have the same rationality, for Gambit; in some of them types are hidden. None
discounts, but for who does not look ahead at all.
"""

OPENSPIEL = (
    Case("two-move-deterrence"),
    Case("brinkmanship"),
    Case("centipede"),
    Case("matching-pennies"),
    Case("two-rounds"),
)
"""Trees small enough to be gone through in Python, for OpenSpiel."""


def rationality(case: Case) -> float:
    """What all have in common."""
    (common,) = {float(x) for x in case.numbers.rationality[0, :, 0]}
    return common


def farthest(found: dict[str, Any], wanted: dict[str, Any]) -> float:
    """The largest difference between numbers of the same names."""
    assert found.keys() == wanted.keys()
    return max(
        farthest(found[name], wanted[name])
        if isinstance(wanted[name], dict)
        else abs(found[name] - wanted[name])
        for name in wanted
    )
