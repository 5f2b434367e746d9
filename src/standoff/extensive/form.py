"""A finite game as a tree: who is asked, what is then known, what chance does, what it ends in.

Axis names, used throughout this stage:

    node    position in the tree, parents before children; every node but the first is also the
            edge that leads to it
    player  who receives payoffs
    set     an information set: nodes between which the player who is asked cannot tell
    action  one action of one information set, those of set h from `begin[h]` on
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

CHANCE = -1
"""The owner of a node at which chance moves."""
END = -2
"""The owner of a node at which the game is over."""
_SUM = 1e-9  # by which probabilities may miss 1


@dataclass(frozen=True)
class InformationSet:
    """What a player knows when it is asked, and what it may then do."""

    name: str
    player: int
    """Position among the players."""
    actions: tuple[str, ...]
    rationality: float | None = None
    """λ of whoever is asked here, in 1/payoff, where the game itself says."""
    cursedness: float = 0.0
    """χ in [0, 1]: how far the others read and expect what is done as `face`, not by its policy
    (cf. Eyster & Rabin 2005)."""
    face: tuple[float, ...] = ()
    """[action], what cursed readers take the policy to be; empty: the policy itself."""


@dataclass(frozen=True)
class ExtensiveForm:
    """A tree, checked when it is made.

    Raises:
        ValueError: parents do not come first; the nodes of an information set differ in their
            actions; the probabilities of chance are not positive or do not sum to 1; a payoff is
            not finite; or a player forgets what it knew or did (and `forgets` does not allow it).
    """

    players: tuple[str, ...]
    sets: tuple[InformationSet, ...]
    label: tuple[str, ...]
    """[node], the action or the branch of chance that led there; empty for the first."""
    owner: Whole  # [node], its information set, `CHANCE` or `END`
    parent: Whole  # [node], -1 for the first
    taken: Whole  # [node], which action of the parent's set, or which branch of chance
    probability: Reals
    """[node, player], of the branch of chance that leads there, as each player sees it; 1 where an
    action leads there. Columns differ where players start from different priors."""
    payoff: Reals
    """[node, player], what is received on the way there, as it weighs in the parent's period; for
    the first node, in period 0."""
    period: Whole  # [node], when whoever moves there does so
    discount: Reals
    """[player], what a payoff weighs one period before it is received; each choice is made by its
    weights then, not by those at the start."""
    forgets: bool = False
    """Whether an information set may hold nodes with different pasts of its player. Exact only
    where what follows does not depend on the past, as between equal states of a game without
    hidden information."""

    def __post_init__(self) -> None:
        _check_shape(self)
        _check_sets(self)
        _check_chance(self)
        if not self.forgets:
            _check_recall(self)

    @cached_property
    def begin(self) -> Whole:
        """[set + 1], where the actions of each information set begin."""
        return np.cumsum([0, *(len(known.actions) for known in self.sets)])

    @cached_property
    def action(self) -> Whole:
        """[node], the action that led there; -1 where chance did, and for the first node."""
        found = np.full(len(self.owner), -1, np.int64)
        edges = np.flatnonzero(self.owner[self.parent] >= 0)
        edges = edges[edges > 0]
        found[edges] = self.begin[self.owner[self.parent[edges]]] + self.taken[edges]
        return found

    @cached_property
    def depth(self) -> Whole:
        """[node], how many edges lead there."""
        depth = np.zeros(len(self.owner), np.int64)
        for node in range(1, len(depth)):
            depth[node] = depth[self.parent[node]] + 1
        return depth

    def path(self, node: int) -> str:
        """What led to a node: 'strong, beer'; 'the start' for the first."""
        steps = []
        while node > 0:
            steps.append(self.label[node])
            node = int(self.parent[node])
        return ", ".join(reversed(steps)) or "the start"

    def position(self, name: str) -> int:
        """The position of an information set among `sets`.

        Raises:
            KeyError: there is none of this name; with the nearest.
        """
        for position, known in enumerate(self.sets):
            if known.name == name:
                return position
        from standoff.scenario import suggestion

        names = [known.name for known in self.sets]
        raise KeyError(f"there is no information set '{name}'; {suggestion(name, names)}")


def _check_shape(form: ExtensiveForm) -> None:
    nodes, players = len(form.owner), len(form.players)
    shapes = (len(form.label), len(form.parent), len(form.taken))
    if nodes == 0 or shapes != (nodes,) * 3:
        raise ValueError(f"a tree of {nodes} nodes has labels, parents and actions of {shapes}")
    for name, array in (("probability", form.probability), ("payoff", form.payoff)):
        if array.shape != (nodes, players):
            raise ValueError(f"{name} has the shape {array.shape}; expected ({nodes}, {players})")
    if form.period.shape != (nodes,) or form.discount.shape != (players,):
        raise ValueError(f"expected a period for each of {nodes} nodes, a discount for each player")
    if not ((form.discount >= 0) & (form.discount <= 1)).all():
        raise ValueError(f"the discounts are {form.discount.tolist()}; expected 0 … 1")
    if form.parent[0] != -1 or (form.parent[1:] < 0).any():
        raise ValueError("exactly the first node has no parent (-1)")
    if (form.parent >= np.arange(nodes)).any():
        raise ValueError("every node must come after its parent")
    if ((form.owner < END) | (form.owner >= len(form.sets))).any():
        raise ValueError(f"an owner is neither END, CHANCE nor one of {len(form.sets)} sets")
    if (form.period[1:] < form.period[form.parent[1:]]).any():
        raise ValueError("no node may come in an earlier period than its parent")
    children = np.bincount(form.parent[1:], minlength=nodes)
    for node in np.flatnonzero((children == 0) != (form.owner == END)):
        what = "something follows the end" if children[node] else "nothing follows"
        raise ValueError(f"{what} after {form.path(int(node))}")
    wrong = ~np.isfinite(form.payoff).all(axis=1)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise ValueError(f"the payoffs after {form.path(at)} are {form.payoff[at].tolist()}")


def _check_sets(form: ExtensiveForm) -> None:
    names = [known.name for known in form.sets]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"there are two information sets '{twice}'")
    children: dict[int, list[int]] = {}
    for node in range(1, len(form.owner)):
        children.setdefault(int(form.parent[node]), []).append(node)
    asked = set(form.owner[form.owner >= 0].tolist())
    for position, known in enumerate(form.sets):
        if position not in asked:
            raise ValueError(f"no node belongs to the information set '{known.name}'")
        if not known.actions or len(set(known.actions)) < len(known.actions):
            raise ValueError(
                f"the actions of '{known.name}' are {known.actions}; none may be twice"
            )
        if not 0 <= known.player < len(form.players):
            raise ValueError(f"'{known.name}' belongs to no player: {known.player}")
        if known.face and len(known.face) != len(known.actions):
            raise ValueError(
                f"the face of '{known.name}' has not as many numbers as it has actions"
            )
        if not 0 <= known.cursedness <= 1:
            raise ValueError(f"the cursedness of '{known.name}' is {known.cursedness:g}, not 0 … 1")
    for node, after in children.items():
        if form.owner[node] < 0:
            continue
        known = form.sets[form.owner[node]]
        if sorted(form.taken[after].tolist()) != list(range(len(known.actions))):
            found = ", ".join(form.label[child] for child in after)
            raise ValueError(
                f"in the information set '{known.name}' one may {', '.join(known.actions)}; "
                f"after {form.path(node)} one may {found}"
            )


def _check_chance(form: ExtensiveForm) -> None:
    chance = np.flatnonzero(form.owner[form.parent[1:]] == CHANCE) + 1
    if len(chance) == 0:
        return
    p = form.probability[chance]
    wrong = ~((p > 0) & (p <= 1 + _SUM)).all(axis=1)
    if wrong.any():
        at = int(chance[np.argmax(wrong)])
        raise ValueError(
            f"the probability of {form.path(at)} is {form.probability[at].tolist()}; expected "
            "more than 0 and at most 1: leave out what cannot happen"
        )
    total = np.zeros_like(form.probability)
    np.add.at(total, form.parent[chance], p)
    throws = np.flatnonzero(form.owner == CHANCE)
    off = np.abs(total[throws] - 1).max(axis=1)
    if off.max() > _SUM:
        at = int(throws[np.argmax(off)])
        raise ValueError(
            f"the probabilities after {form.path(at)} sum to {total[at].tolist()}, not 1"
        )


def _check_recall(form: ExtensiveForm) -> None:
    """Perfect recall: in each of its sets a player has one past of own sets and actions."""
    players = len(form.players)
    pasts: list[tuple[int, ...]] = []
    known_pasts: dict[tuple[int, int], int] = {}
    first: dict[int, int] = {}
    for node in range(len(form.owner)):
        up = int(form.parent[node])
        past = list(pasts[up]) if node else [0] * players
        if form.action[node] >= 0:
            player = form.sets[form.owner[up]].player
            key = (past[player], int(form.action[node]))
            past[player] = known_pasts.setdefault(key, len(known_pasts) + 1)
        pasts.append(tuple(past))
        at = int(form.owner[node])
        if at < 0:
            continue
        known = form.sets[at]
        one = first.setdefault(at, node)
        if pasts[one][known.player] != past[known.player]:
            raise ValueError(
                f"imperfect recall: in the information set '{known.name}' "
                f"{form.players[known.player]} has forgotten what it knew or did, for it holds "
                f"both {form.path(one)} and {form.path(node)}"
            )
