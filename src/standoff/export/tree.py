"""A game in one future as something to walk through, node by node: who is asked, what may happen.

What leaves nothing open is passed over: an actor with one action left, an event with one branch.
So each node is a choice of one actor, of several at once, a throw of chance, or the end. On the way
the actors receive payments, already discounted, that add up to what the walk is worth at its start:
in period t, counted from 0, they weigh δ^t, and at the horizon δ^T (see `payments`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.export.common import sure_doctrine
from standoff.game import Game, Numbers, Row, allowed_options, row_of
from standoff.play import refuse_hidden
from standoff.scenario import FREE_CHOICE
from standoff.solver import OpenOptions

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Node:
    """Where a walk stands: before a move, or, once an option is chosen, before its chance."""

    period: int
    """From 0; at the horizon the number of periods."""
    move: int
    state: int
    """As in `Move.to`: negative where the crisis is over."""
    option: int = -1
    """What was chosen and is not yet carried out; -1 for nothing."""


@dataclass(frozen=True)
class Tree:
    """A game in one future, and what a doctrine leaves open in it."""

    game: Game
    row: Row
    open_options: OpenOptions

    def __deepcopy__(self, memory: dict[int, Any]) -> Tree:
        """Itself: nothing in it ever changes."""
        return self

    def begin(self) -> tuple[Node, Reals]:
        """The first node, and what each actor received until then, [actor]."""
        at = Node(0, 0, self.game.start)
        if self.game.start < 0:
            return at, self.row.ended_final[-1 - self.game.start, : self._actors].copy()
        return self._on(at, np.zeros(self._actors))

    def is_over(self, node: Node) -> bool:
        """Whether nothing can follow."""
        return node.state < 0 or node.period == self.game.periods

    def asked(self, node: Node) -> tuple[int, ...]:
        """Who chooses, as positions among the actors: those who have more than one action."""
        if node.option >= 0 or self.is_over(node):
            return ()
        members = self.game.moves[node.move].members
        return tuple(actor for actor in members if len(self.actions(node, actor)) > 1)

    def actions(self, node: Node, actor: int) -> tuple[int, ...]:
        """The actions open to a member of the node's move, as positions among all of its own."""
        move = self.game.moves[node.move]
        column = move.action[self._options(node), move.members.index(actor)]
        return tuple(sorted(set(column.tolist())))

    def choose(self, node: Node, chosen: Mapping[int, int]) -> tuple[Node, Reals]:
        """The next node after those who were asked took these actions, and what each received.

        Raises:
            KeyError: one of those asked is missing, or its action is not open.
        """
        move = self.game.moves[node.move]
        options = self._options(node)
        fits = np.ones(len(options), bool)
        for column, actor in enumerate(move.members):
            open_to = self.actions(node, actor)
            action = open_to[0] if len(open_to) == 1 else chosen[actor]
            fits &= move.action[options, column] == action
        if not fits.any():
            raise KeyError(f"{dict(chosen)} is not open {self.describe(node)}")
        return self._take(node, int(options[int(np.argmax(fits))]), np.zeros(self._actors))

    def chances(self, node: Node) -> tuple[tuple[int, float], ...]:
        """What may follow from the node's option: branches, and their probabilities."""
        branches = self._branches(node.move, node.option)
        chance = self.row.chance[node.move]
        return tuple((int(branch), float(chance[branch])) for branch in branches)

    def happen(self, node: Node, branch: int) -> tuple[Node, Reals]:
        """The next node after a branch of the node's option, and what each actor received."""
        at, received = self._arrive(node, branch, np.zeros(self._actors))
        return self._on(at, received)

    def describe(self, node: Node) -> str:
        """Where it stands, in words; the same words mean the same node."""
        variables = self.game.scenario.variables
        pairs = zip(variables, self._values(node), strict=True)
        state = ", ".join(f"{variable.name}={variable.labels[value]}" for variable, value in pairs)
        if node.state < 0:
            return f"over in period {node.period + 1}: {state}"
        if node.period == self.game.periods:
            return f"at the horizon: {state}"
        move = self.game.moves[node.move]
        taken = ""
        if node.option >= 0:
            actors = [self.game.scenario.actors[k] for k in move.members]
            actions = zip(actors, move.action[node.option], strict=True)
            names = [f"{actor.name}: {actor.actions[action].name}" for actor, action in actions]
            taken = "; " + (", ".join(names) or move.name)
        return f"period {node.period + 1}, move {node.move + 1}: {state}{taken}"

    @property
    def sight(self) -> tuple[tuple[str, int], ...]:
        """Names and sizes of the parts of `see`."""
        game = self.game
        variables = ((v.name, v.size) for v in game.scenario.variables)
        return (("period", game.periods + 1), ("move", len(game.moves)), *variables)

    def see(self, node: Node) -> NDArray[np.float32]:
        """What everybody sees of a node: period, move and variables, each as a row of 0 with one 1.

        What members of a group do at the same time, and what is about to happen, is not seen.
        """
        values = (node.period, node.move, *self._values(node).tolist())
        parts = []
        for value, (_, size) in zip(values, self.sight, strict=True):
            parts.append(np.arange(size) == value)
        return np.concatenate(parts).astype(np.float32)

    def _values(self, node: Node) -> NDArray[np.uint16]:
        """The value of each variable."""
        if node.state < 0:
            return np.asarray(self.game.ended[-1 - node.state])
        return np.asarray(self.game.moves[node.move].states[node.state])

    @property
    def _actors(self) -> int:
        return len(self.game.actors)

    @cached_property
    def weights(self) -> Reals:
        """[period and horizon, actor], what a payment in a period is worth at the start."""
        return np.asarray(self.row.discount ** np.arange(self.game.periods + 1)[:, None])

    def _options(self, node: Node) -> NDArray[np.int64]:
        move = self.game.moves[node.move]
        options = np.arange(move.first[node.state], move.first[node.state + 1])
        return options[self.open_options[node.move][node.period][options]]

    def _branches(self, move: int, option: int) -> NDArray[np.int64]:
        """Those that can happen in this future."""
        offsets = self.game.moves[move].branch
        branches = np.arange(offsets[option], offsets[option + 1])
        return branches[self.row.chance[move][branches] > 0]

    def _take(self, node: Node, option: int, received: Reals) -> tuple[Node, Reals]:
        paid = self.row.payoff[node.move][option] * self.weights[node.period]
        at = Node(node.period, node.move, node.state, option)
        return self._on(at, received + paid)

    def _arrive(self, node: Node, branch: int, received: Reals) -> tuple[Node, Reals]:
        """Where a branch leads, with what is paid for being there."""
        to = int(self.game.moves[node.move].to[branch])
        now = self.weights[node.period]
        if to < 0:
            final = self.row.ended_final[-1 - to, : self._actors]
            return Node(node.period, node.move, to), received + now * final
        if node.move + 1 < len(self.game.moves):
            return Node(node.period, node.move + 1, to), received
        received = received + now * self.row.accrual[to, : self._actors]
        at = Node(node.period + 1, 0, to)
        if at.period == self.game.periods:
            last = self.weights[-1] * self.row.horizon[to, : self._actors]
            received = received + last
        return at, received

    def _on(self, at: Node, received: Reals) -> tuple[Node, Reals]:
        """Passes over what leaves nothing open."""
        while not self.is_over(at):
            if at.option < 0:
                options = self._options(at)
                if self.asked(at):
                    break
                received = received + self.row.payoff[at.move][options[0]] * self.weights[at.period]
                at = Node(at.period, at.move, at.state, int(options[0]))
            branches = self._branches(at.move, at.option)
            if len(branches) > 1:
                break
            at, received = self._arrive(at, int(branches[0]), received)
        return at, received


def tree_of(game: Game, numbers: Numbers, row: int = 0, doctrine: str = FREE_CHOICE) -> Tree:
    """A game in one future, under a doctrine that all know of.

    Raises:
        HiddenError: something is hidden in the game under the doctrine.
        ValueError: the doctrine is not announced.
        KeyError: no such doctrine; the message has the nearest name.
        IndexError: no such row.
    """
    refuse_hidden(
        game, doctrine, "no tree of perfect information can be made",
        "a small game whose priors are the same for all can be exported as efg, for Gambit, and "
        "standoff.extensive unfolds the others with their information sets",
    )  # fmt: skip
    found = sure_doctrine(game, doctrine, {})
    return Tree(game, row_of(game, numbers, row), allowed_options(game, found))
