"""A small game as a tree for Gambit: the extensive form file, `.efg`.

Every choice is a node of its own, with its own information set: nothing is hidden, but for what the
members of a group do at the same time, who are asked one after the other without learning of it.
Where types are hidden chance draws them at the start, and an information set is what its actor
knows: its own type, and all that was done and happened. Payoffs stand at the leaves: all that was
paid along the path, discounted to the start.

Gambit's agent quantal response equilibrium is ours where all actors have the same rationality λ and
no discount. With `scaled` every payoff is multiplied by the actor's own λ, and Gambit's at λ = 1 is
ours. With a discount it is another equilibrium: from one period to the next we weigh what follows
anew, while a tree weighs all from the start, so that late choices would seem to matter less and be
noisier. Its Nash equilibria are those of our game all the same, but for an actor with discount 0:
see `closed`.

Format: https://gambitproject.readthedocs.io, "The extensive game (.efg) file format".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.export.closed import ClosedWriter, draws_of, players_of
from standoff.export.common import refuse_face_value, refuse_own_priors, sure_doctrine
from standoff.export.notation import choice, fractions, leaf, quoted, throw
from standoff.export.tree import Node, Reals, Tree
from standoff.export.unroll import TooLargeError, Whole
from standoff.extensive import unfold
from standoff.game import Game, Integers, Numbers, Row, allowed_options, row_of
from standoff.scenario import FREE_CHOICE, Doctrine

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
        HiddenError: not all hold the same of what is hidden: an actor starts from a prior of its
            own, actions are taken at face value, or the doctrine is doubted.
        ValueError: the doctrine is not announced, so that the others play another game; or nothing
            is hidden, and an actor with discount 0 chooses after the first period.
        KeyError: no such doctrine; the message has the nearest name.
        IndexError: no such row.
        TooLargeError: the tree has more than `max_nodes` nodes.
        OSError: the file cannot be written.
    """
    now = row_of(game, numbers, row)
    parameters = {name: float(values[row]) for name, values in numbers.parameters.items()}
    found = sure_doctrine(game, doctrine, parameters)
    factor = now.rationality if scaled else np.ones(len(game.actors))
    if game.hidden is None:
        written = _open(Tree(game, now, allowed_options(game, found)), factor, max_nodes)
    else:
        written = _closed(game, now, parameters, found, factor, max_nodes)
    title = quoted(f"{game.scenario.title} ({doctrine})")
    players = " ".join(quoted(player) for player in written.players)
    comment = quoted(_comment(now, game.actors, scaled) + written.told)
    with open(path, "w", encoding="utf-8") as file:
        for line in (f"EFG 2 R {title} {{ {players} }}", comment, "", *written.lines):
            file.write(line + "\n")
    return written.nodes


@dataclass(frozen=True)
class _Written:
    """A tree, ready to be written."""

    players: tuple[str, ...]
    nodes: int
    lines: Iterable[str]
    told: str = ""
    """What a reader must know of it beside rationality and discount."""


def _open(tree: Tree, factor: Reals, max_nodes: int) -> _Written:
    """A game in which nothing is hidden."""
    nodes = count_nodes(tree)
    instead = "fewer periods, or export umb, which holds each state once"
    _refuse_large(tree.game, nodes, max_nodes, instead)
    _refuse_short_sight(tree)
    return _Written(tree.game.actors, int(nodes), _Writer(tree, factor).lines())


def _refuse_short_sight(tree: Tree) -> None:
    """Refuses an actor with discount 0 that chooses after the first period.

    What it is paid there weighs nothing at the start, and it would seem not to care.
    """
    blind = set(np.flatnonzero(tree.row.discount == 0).tolist())
    waiting, met = [tree.begin()[0]] if blind else [], set[Node]()
    while waiting:
        node = waiting.pop()
        if node in met:
            continue
        met.add(node)
        asked = tree.asked(node)
        if node.period and (late := blind.intersection(asked)):
            unit = tree.game.scenario.time.period
            raise ValueError(
                f"{tree.game.actors[min(late)]} has discount 0 and chooses in {unit} "
                f"{node.period + 1}: a tree weighs all from its start, where what it is paid then "
                f"counts for nothing. Take one {unit}, give it a discount above 0, or export umb"
            )
        if node.option >= 0:
            waiting += [tree.happen(node, branch)[0] for branch, _ in tree.chances(node)]
        elif asked:
            joint = product(*(tree.actions(node, actor) for actor in asked))
            chosen = (dict(zip(asked, each, strict=True)) for each in joint)
            waiting += [tree.choose(node, each)[0] for each in chosen]


def _closed(
    game: Game,
    now: Row,
    parameters: Mapping[str, float],
    doctrine: Doctrine | None,
    factor: Reals,
    max_nodes: int,
) -> _Written:
    """A game with hidden types, one tree below each draw of them."""
    scenario = game.scenario
    refuse_own_priors(scenario, parameters)
    draws = draws_of(scenario, parameters, doctrine)
    several = len(draws) > 1
    nodes = float(several)
    for rules, bound in ((doctrine, True), (None, False)):
        if times := sum(draw.bound == bound for draw in draws):
            tree = Tree(game, now, allowed_options(game, rules))
            nodes += times * count_nodes(tree, joined=True)
    instead = "fewer periods or types, or bind an actor by a doctrine"
    _refuse_large(game, nodes, max_nodes, instead)
    name = FREE_CHOICE if doctrine is None else doctrine.name
    form = unfold(scenario, parameters, doctrine=name, max_nodes=max_nodes)
    refuse_face_value(scenario, form)
    players = players_of(scenario, form)
    told = " Chance draws types first; each is known to its actor only." if several else ""
    for at in sorted({each.actor for each in players if each.period is not None}):
        told += f" {game.actors[at]} is one player in each {scenario.time.period}."
    return _Written(
        players=tuple(player.name for player in players),
        nodes=len(form.owner),
        lines=ClosedWriter(scenario, form, players, draws, factor).lines(),
        told=told,
    )


def _refuse_large(game: Game, nodes: float, most: int, instead: str) -> None:
    if nodes > most:
        size = f"{nodes:,.0f}" if nodes < 1e15 else f"{nodes:.1e}"
        raise TooLargeError(
            f"as a tree '{game.scenario.name}' has {size} nodes; at most {most:,} are allowed, and "
            f"Gambit finds agent equilibria up to some hundreds. Take {instead}"
        )


def count_nodes(tree: Tree, *, joined: bool = False) -> float:
    """Nodes of the whole tree, counted backward without building it; exact below 2^53.

    With `joined` branches of chance that lead to the same state are one.
    """
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
            if joined:
                happens = _first_of_each(option, to, happens)
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


def _first_of_each(option: Whole, to: Integers, happens: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[branch], whether it happens and is the first of its option that leads where it does."""
    where = np.flatnonzero(happens)
    pairs = np.stack([option[where], to[where]])
    _, first = np.unique(pairs, axis=1, return_index=True)
    found = np.zeros(len(happens), bool)
    found[where[first]] = True
    return found


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
            yield leaf(self.leaves, total * self.factor)
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
        label = f"{sets[actor]}: {self.tree.describe(node)}"
        yield choice(actor + 1, sets[actor], label, [named[action].name for action in actions])
        for action in actions:
            yield self._ask(node, total, sets, chosen | {actor: action})

    def _throw(self, node: Node, total: Reals) -> Lines:
        self.chances += 1
        branches = self.tree.chances(node)
        names = [str(k) for k, _ in enumerate(branches, 1)]
        move = self.tree.game.moves[node.move].name
        label = f"{self.chances}: {move}, {self.tree.describe(node)}"
        yield throw(self.chances, label, names, fractions([chance for _, chance in branches]))
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
