"""A small game as a tree for Gambit: the extensive form file, `.efg`.

Every choice is a node of its own, with its own information set: nothing is hidden, but for what the
members of a group do at the same time, who are asked one after the other without learning of it.
Payoffs stand at the leaves: all that was paid along the path, discounted to the start.

Gambit's agent quantal response equilibrium is ours where all actors have the same rationality λ and
no discount. With `scaled` every payoff is multiplied by the actor's own λ, and Gambit's at λ = 1 is
ours. With a discount it is another equilibrium: from one period to the next we weigh what follows
anew, while a tree weighs all from the start, so that late choices would seem to matter less and be
noisier. Its Nash equilibria are those of our game all the same.

Format: https://gambitproject.readthedocs.io, "The extensive game (.efg) file format".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np

from standoff.export.tree import Node, Reals, Tree, tree_of
from standoff.export.unroll import TooLargeError
from standoff.game import Game, Numbers, Row
from standoff.scenario import FREE_CHOICE

MAX_NODES = 100_000
"""Default bound on the number of nodes."""


def write_efg(
    game: Game,
    numbers: Numbers,
    path: str | Path,
    *,
    row: int = 0,
    doctrine: str = FREE_CHOICE,
    scaled: bool = False,
    max_nodes: int = MAX_NODES,
) -> int:
    """Writes a game in one future, under a doctrine; gives the number of nodes.

    Raises:
        ValueError: the doctrine is not announced, so that the others play another game.
        KeyError: no such doctrine; the message has the nearest name.
        IndexError: no such row.
        TooLargeError: the tree has more than `max_nodes` nodes.
        OSError: the file cannot be written.
    """
    tree = tree_of(game, numbers, row, doctrine)
    nodes = count_nodes(tree)
    if nodes > max_nodes:
        size = f"{nodes:,.0f}" if nodes < 1e15 else f"{nodes:.1e}"
        raise TooLargeError(
            f"as a tree '{game.scenario.name}' has {size} nodes; at most {max_nodes:,} are "
            "allowed, and Gambit finds agent equilibria up to some hundreds. Take fewer periods, "
            "or export umb, which holds each state once"
        )
    factor = tree.row.rationality if scaled else np.ones(len(game.actors))
    title = f"{game.scenario.title} ({doctrine})"
    players = " ".join(_quoted(actor) for actor in game.actors)
    lines = [
        f"EFG 2 R {_quoted(title)} {{ {players} }}",
        _quoted(_comment(tree.row, game.actors, scaled)),
        "",
    ]
    with open(path, "w", encoding="utf-8") as file:
        for line in (*lines, *_Writer(tree, factor).lines()):
            file.write(line + "\n")
    return int(nodes)


def count_nodes(tree: Tree) -> float:
    """Nodes of the whole tree, counted backward without building it; exact below 2^53."""
    game = tree.game
    ended = np.ones(len(game.ended))
    after = np.ones(int(game.moves[0].reached[game.periods]))
    for period in reversed(range(game.periods)):
        for k in reversed(range(len(game.moves))):
            move, n = game.moves[k], int(game.moves[k].reached[period])
            options, branches = int(move.first[n]), int(move.branch[move.first[n]])
            to = move.to[:branches]
            happens = tree.row.chance[k][:branches] > 0
            option = np.repeat(np.arange(options), np.diff(move.branch[: options + 1]))
            below = np.concatenate([after, ended])[to]  # ended states count from the end
            follows = np.bincount(option[happens], below[happens], options)
            throws = np.bincount(option[happens], minlength=options) > 1
            is_open = tree.open_options[k][period][:options]
            state = move.state_of_option[:options][is_open]
            after = np.bincount(state, (follows + throws)[is_open], n).astype(np.float64)
            asked = np.ones(n)
            for column in range(len(move.members)):
                actions = np.zeros((n, int(move.action[:, column].max(initial=0)) + 1), bool)
                actions[state, move.action[:options, column][is_open]] = True
                choices = actions.sum(axis=1)
                after += np.where(choices > 1, asked, 0.0)
                asked *= choices
    return 1.0 if game.start < 0 else float(after[game.start])


Lines: TypeAlias = "Iterator[str | Lines]"


@dataclass
class _Writer:
    """Numbers for information sets and outcomes, given as the nodes are met."""

    tree: Tree
    factor: Reals
    """[actor], what each payoff is multiplied by."""
    informed: dict[int, int] = field(default_factory=dict)
    """Information sets of each actor."""
    chances: int = 0
    leaves: int = 0

    def lines(self) -> Iterator[str]:
        """The nodes, each before those that follow it."""
        waiting = [self._node(*self.tree.begin())]
        while waiting:
            line = next(waiting[-1], None)
            if line is None:
                waiting.pop()
            elif isinstance(line, str):
                yield line
            else:
                waiting.append(line)

    def _node(self, node: Node, total: Reals) -> Lines:
        if self.tree.is_over(node):
            self.leaves += 1
            payoffs = ", ".join(_decimal(x) for x in total * self.factor)
            yield f't "" {self.leaves} "" {{ {payoffs} }}'
        elif node.option >= 0:
            yield self._throw(node, total)
        else:
            sets = {actor: self._inform(actor) for actor in self.tree.asked(node)}
            yield self._ask(node, total, sets, {})

    def _ask(self, node: Node, total: Reals, sets: dict[int, int], chosen: dict[int, int]) -> Lines:
        """The next of those who are asked; all of them share one information set each."""
        actor = next((each for each in sets if each not in chosen), None)
        if actor is None:
            following, received = self.tree.choose(node, chosen)
            yield self._node(following, total + received)
            return
        actions = self.tree.actions(node, actor)
        named = self.tree.game.scenario.actors[actor].actions
        names = " ".join(_quoted(named[action].name) for action in actions)
        label = _quoted(f"{sets[actor]}: {self.tree.describe(node)}")
        yield f'p "" {actor + 1} {sets[actor]} {label} {{ {names} }} 0'
        for action in actions:
            yield self._ask(node, total, sets, chosen | {actor: action})

    def _throw(self, node: Node, total: Reals) -> Lines:
        self.chances += 1
        branches = self.tree.chances(node)
        chances = _fractions([chance for _, chance in branches])
        throws = " ".join(f'"{k}" {chance}' for k, chance in enumerate(chances, 1))
        move = self.tree.game.moves[node.move].name
        label = _quoted(f"{self.chances}: {move}, {self.tree.describe(node)}")
        yield f'c "" {self.chances} {label} {{ {throws} }} 0'
        for branch, _ in branches:
            following, received = self.tree.happen(node, branch)
            yield self._node(following, total + received)

    def _inform(self, actor: int) -> int:
        self.informed[actor] = self.informed.get(actor, 0) + 1
        return self.informed[actor]


def _comment(row: Row, actors: tuple[str, ...], scaled: bool) -> str:
    """What a reader must know to compare equilibria."""
    pairs = zip(actors, row.rationality, row.discount, strict=True)
    each = "; ".join(f"{name}: rationality {p:g}, discount {d:g}" for name, p, d in pairs)
    times = " Payoffs are multiplied by rationality: take lambda 1." if scaled else ""
    return f"Written by standoff. {each}.{times}"


def _fractions(chances: list[float]) -> list[Fraction]:
    """As they would be written in decimals; the last is what the others leave, so that all add up
    to exactly 1.
    """
    found = [Fraction(repr(chance)) for chance in chances[:-1]]
    return [*found, 1 - sum(found, Fraction(0))]


def _decimal(number: float) -> str:
    """In decimals, without an exponent."""
    return format(Decimal(repr(float(number))), "f")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "'") + '"'
