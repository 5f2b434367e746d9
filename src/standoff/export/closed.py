"""A small game with hidden types as a tree: chance draws them, and information sets hide them.

The tree is that of `standoff.extensive`, history by history. An information set has the name that
it has there, so that `logit_branch` can be asked about the same set: whose it is, of which type,
and all that is public.

An actor with discount 0 that chooses in several periods is, in a tree, one player for each of them:
what it is paid in a period is all that counts for what it does there. (What it is paid in a period
before anybody is asked there turns on no choice of its own then, and is left out.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np

from standoff.export.notation import choice, fractions, leaf, throw
from standoff.export.tree import Reals
from standoff.extensive import CHANCE, END, ExtensiveForm
from standoff.scenario import Actor, Doctrine, Scenario, evaluate


@dataclass(frozen=True)
class Draw:
    """Types that chance may draw, one for each actor that has some."""

    types: tuple[str, ...]
    chance: Fraction
    bound: bool
    """Whether the doctrine, if there is one, binds its actor."""


def draws_of(
    scenario: Scenario, parameters: Mapping[str, float], doctrine: Doctrine | None
) -> tuple[Draw, ...]:
    """All that chance may draw at the start, in the order in which `unfold` has them."""
    typed = [actor for actor in scenario.actors if actor.types]
    found = []
    for drawn in product(*(_possible(actor, parameters) for actor in typed)):
        types = tuple(name for name, _ in drawn)
        names = {actor.name: name for actor, name in zip(typed, types, strict=True)}
        bound = doctrine is not None and (
            not doctrine.binds or names[doctrine.actor] in doctrine.binds
        )
        found.append(Draw(types, prod((p for _, p in drawn), start=Fraction(1)), bound))
    return tuple(found)


def _possible(actor: Actor, parameters: Mapping[str, float]) -> list[tuple[str, Fraction]]:
    """The types that can be drawn, and their priors."""
    priors = [float(evaluate(kind.prior, parameters)) for kind in actor.types]
    names = [kind.name for kind, p in zip(actor.types, priors, strict=True) if p]
    return list(zip(names, fractions([p for p in priors if p]), strict=True))


@dataclass(frozen=True)
class Player:
    """An actor, in all periods or in one."""

    name: str
    actor: int
    period: int | None = None
    """From 0; None for all."""


def players_of(scenario: Scenario, form: ExtensiveForm) -> tuple[Player, ...]:
    """Who plays the tree: the actors, but for those with discount 0 one for each of their periods.

    Where such an actor chooses in the first period only, or never, it is one player.
    """
    found = []
    asked = np.flatnonzero(form.owner >= 0)
    actors = np.array([form.sets[owner].player for owner in form.owner[asked]], np.int64)
    for at, name in enumerate(form.players):
        periods = np.unique(form.period[asked[actors == at]]).tolist()
        if form.discount[at] > 0 or not any(periods):
            found.append(Player(name, at))
            continue
        unit = scenario.time.period
        found += [Player(f"{name}, {unit} {period + 1}", at, period) for period in periods]
    return tuple(found)


@dataclass
class ClosedWriter:
    """Numbers for information sets and outcomes, given as the nodes are met."""

    scenario: Scenario
    form: ExtensiveForm
    players: tuple[Player, ...]
    draws: tuple[Draw, ...]
    factor: Reals
    """[actor], what each payoff is multiplied by."""
    met: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Player and number, both from 1, of each information set."""
    informed: dict[int, int] = field(default_factory=dict)
    """Information sets of each player."""
    chances: int = 0
    leaves: int = 0

    def lines(self) -> Iterator[str]:
        """The nodes, each before those that follow it."""
        form = self.form
        below: list[list[int]] = [[] for _ in form.owner]
        for node in range(1, len(form.owner)):
            below[form.parent[node]].append(node)
        weights = self._weights()
        waiting = [(0, np.zeros(len(self.players)), "")]
        while waiting:
            node, before, path = waiting.pop()
            total = before + self._received(node, weights)
            owner = int(form.owner[node])
            after = sorted(below[node], key=lambda child: int(form.taken[child]))
            named = [form.label[child] for child in after]
            if owner == END:
                self.leaves += 1
                yield leaf(self.leaves, total)
            elif owner == CHANCE:
                if node == 0 and len(self.draws) > 1:
                    named = [self._told(draw) for draw in self.draws]
                yield self._throw(node, after, named, path)
            else:
                player, number = self._inform(owner, int(form.period[node]))
                known = form.sets[owner]
                yield choice(player, number, known.name, known.actions)
            for child, name in reversed(list(zip(after, named, strict=True))):
                waiting.append((child, total, f"{path}; {name}" if path else name))

    def _throw(self, node: int, after: list[int], named: list[str], path: str) -> str:
        self.chances += 1
        if node == 0 and len(self.draws) > 1:
            label = f"the type of {' and of '.join(self._typed)}"
            chances = [draw.chance for draw in self.draws]
        else:
            label = f"chance after {path}" if path else "chance"
            chances = fractions([float(self.form.probability[child, 0]) for child in after])
        return throw(self.chances, f"{self.chances}: {label}", named, chances)

    @property
    def _typed(self) -> tuple[str, ...]:
        """Actors that have types."""
        return tuple(actor.name for actor in self.scenario.actors if actor.types)

    def _told(self, draw: Draw) -> str:
        pairs = zip(self._typed, draw.types, strict=True)
        return ", ".join(f"{actor}: {name}" for actor, name in pairs)

    def _inform(self, owner: int, period: int) -> tuple[int, int]:
        if owner not in self.met:
            actor = self.form.sets[owner].player
            player = next(
                k
                for k, each in enumerate(self.players, 1)
                if each.actor == actor and each.period in (None, period)
            )
            self.informed[player] = self.informed.get(player, 0) + 1
            self.met[owner] = (player, self.informed[player])
        return self.met[owner]

    def _weights(self) -> Reals:
        """[period, player], what a payoff weighs that is received in a period."""
        periods = np.arange(int(self.form.period.max()) + 1)
        columns = [
            self.form.discount[player.actor] ** periods
            if player.period is None
            else (periods == player.period).astype(np.float64)
            for player in self.players
        ]
        return np.column_stack(columns)

    def _received(self, node: int, weights: Reals) -> Reals:
        """What each player receives on the way to a node."""
        since = int(self.form.period[self.form.parent[node]]) if node else 0
        actors = [player.actor for player in self.players]
        paid = self.form.payoff[node] * self.factor
        return np.asarray(weights[since] * paid[actors])
