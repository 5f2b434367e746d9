"""Trees written down by hand, as they are drawn in textbooks.

extensive_form(
    ("challenger", "defender"),
    Choice("challenger", {
        "wait": End((0, 0)),
        "challenge": Choice("defender", {"yield": End((1, -0.5)), "fight": End((-1, -0.8))}),
    }),
)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from standoff.extensive.form import CHANCE, END, ExtensiveForm, InformationSet
from standoff.scenario import suggestion


@dataclass(frozen=True)
class End:
    """The game is over; what each player receives, in their order."""

    payoffs: Sequence[float]


@dataclass(frozen=True)
class Chance:
    """A throw: for each branch its probability and what follows.

    A probability may be given once, or as one for each player where they differ. Branches of
    probability 0 for everybody are left out.
    """

    branches: Mapping[str, tuple[float | Sequence[float], Tree]]


@dataclass(frozen=True)
class Choice:
    """A player is asked; for each action what follows.

    Nodes of the same `known` are one information set. Without it the node is a set of its own,
    named after the player and what led there.
    """

    player: str
    actions: Mapping[str, Tree]
    known: str = ""


Tree: TypeAlias = End | Chance | Choice


def extensive_form(
    players: Sequence[str], tree: Tree, *, rationality: Mapping[str, float] | None = None
) -> ExtensiveForm:
    """A tree with information sets from one written down, checked.

    `rationality` gives λ by player, where the game itself is to say.

    Raises:
        ValueError: as `ExtensiveForm`; or an information set belongs to two players, or payoffs
            are not as many as players.
        KeyError: an unknown player; with the nearest.
    """
    players = tuple(players)
    sets: dict[str, InformationSet] = {}
    positions: dict[str, int] = {}
    label, owner, parent, taken = [""], [0], [-1], [0]
    probability: list[Sequence[float]] = [(1.0,) * len(players)]
    payoff: list[Sequence[float]] = [(0.0,) * len(players)]

    def path(node: int) -> str:
        steps: list[str] = []
        while node > 0:
            steps.insert(0, label[node])
            node = parent[node]
        return ", ".join(steps)

    def add(node: int, name: str, position: int, p: Sequence[float]) -> int:
        label.append(name)
        owner.append(0)
        parent.append(node)
        taken.append(position)
        probability.append(p)
        payoff.append((0.0,) * len(players))
        return len(owner) - 1

    waiting: deque[tuple[int, Tree]] = deque([(0, tree)])
    while waiting:
        node, here = waiting.popleft()
        if isinstance(here, End):
            if len(here.payoffs) != len(players):
                raise ValueError(
                    f"after {path(node) or 'the start'} there are {len(here.payoffs)} payoffs for "
                    f"{len(players)} players"
                )
            owner[node], payoff[node] = END, tuple(here.payoffs)
        elif isinstance(here, Chance):
            owner[node] = CHANCE
            for name, (given, following) in here.branches.items():
                p = tuple(np.broadcast_to(np.asarray(given, float), len(players)).tolist())
                if any(p):
                    waiting.append((add(node, name, len(label), p), following))
        else:
            if here.player not in players:
                raise KeyError(
                    f"'{here.player}' is not a player; {suggestion(here.player, players)}"
                )
            player, actions = players.index(here.player), tuple(here.actions)
            name = here.known or ": ".join(filter(None, (here.player, path(node))))
            own = None if rationality is None else rationality.get(here.player)
            known = sets.setdefault(name, InformationSet(name, player, actions, own))
            if known.player != player:
                raise ValueError(
                    f"the information set '{name}' belongs to {players[known.player]}, and after "
                    f"{path(node) or 'the start'} to {here.player}"
                )
            if set(known.actions) != set(actions):
                raise ValueError(
                    f"in the information set '{name}' one may {', '.join(known.actions)}; after "
                    f"{path(node) or 'the start'} one may {', '.join(actions)}"
                )
            owner[node] = positions.setdefault(name, len(positions))
            for action, following in here.actions.items():
                at = add(node, action, known.actions.index(action), (1.0,) * len(players))
                waiting.append((at, following))
    return ExtensiveForm(
        players=players,
        sets=tuple(sets.values()),
        label=tuple(label),
        owner=np.array(owner),
        parent=np.array(parent),
        taken=np.array(taken),
        probability=np.array(probability, np.float64),
        payoff=np.array(payoff, np.float64),
        period=np.zeros(len(owner), np.int64),
        discount=np.ones(len(players)),
    )
