"""What is believed in a course of play: of whom, by whom, and how firmly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.game import Game
from standoff.solver import Beliefs, Kind

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Credence:
    """Something that others cannot know of an actor, and can only hold more or less probable."""

    actor: str
    of: str
    """One of its types; or a doctrine that it may be bound by."""
    doctrine: bool
    """Whether it is a doctrine."""
    holder: str | None = None
    """An actor that started from a prior of its own; None: what all others share."""

    def is_of(self, game: Game, kind: Kind) -> bool:
        """Whether it is true of its actor where this is of a kind."""
        if self.doctrine:
            return kind.bound
        types = game.scenario.actors[game.actors.index(self.actor)].types
        return types[kind.type].name == self.of if types else False

    def __str__(self) -> str:
        what = f"bound by {self.of}" if self.doctrine else self.of
        return f"{self.actor} is {what}" + (f", to {self.holder}" if self.holder else "")


def credences(game: Game, beliefs: Beliefs, doctrine: str) -> tuple[Credence, ...]:
    """All that may be believed under a doctrine: types, then whether it binds its actor.

    What is shared stands first, then what those believe who started from priors of their own.
    """
    holders: list[tuple[int | None, int]] = [(None, a) for a in range(len(beliefs.sides))]
    found: list[Credence] = []
    for observer, actor in [*holders, *beliefs.ratios]:
        side, name = beliefs.sides[actor], game.actors[actor]
        holder = None if observer is None else game.actors[observer]
        types = game.scenario.actors[actor].types
        found += [Credence(name, type_.name, False, holder) for type_ in types]
        if side.weighed > max(1, len(types)):
            found.append(Credence(name, doctrine, True, holder))
    return tuple(found)


def firmness(
    game: Game,
    beliefs: Beliefs,
    asked: Sequence[Credence],
    shared: Sequence[Reals],
    row: int,
) -> Reals:
    """How probable each credence is held, [credence, …].

    `shared` has for each actor what all believe of its kinds, [weighed kind, …]. Who started from
    another prior has the same evidence, so that its odds are theirs times a constant.
    """
    found = []
    for one in asked:
        actor = game.actors.index(one.actor)
        side, held = beliefs.sides[actor], shared[actor]
        if one.holder is not None:
            ratio = beliefs.ratios[game.actors.index(one.holder), actor][:, row]
            tilted = held * ratio.reshape(-1, *(1,) * (held.ndim - 1))
            total = tilted.sum(axis=0)
            # As in `Beliefs.seen_by`: where all that others think possible is impossible to it.
            held = np.where(total > 0, tilted / np.where(total > 0, total, 1), held)
        meant = [one.is_of(game, kind) for kind in side.kinds[: side.weighed]]
        found.append(held[np.array(meant)].sum(axis=0))
    return np.array(found)


def on_grid(beliefs: Beliefs) -> list[Reals]:
    """For each actor what is believed of its kinds at every point, [weighed kind, point]."""
    return [side.points[beliefs.own(actor)].T for actor, side in enumerate(beliefs.sides)]
