"""What a game keeps from its players: the payoffs of every type.

A *profile* gives each actor one type (0 where it has none); profiles are numbered in the mixed
radix of the numbers of types, the first actor's changing slowest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import Integers
from standoff.scenario import Actor, Call, Constant, Expression, Node, Scenario, Trait


@dataclass(frozen=True)
class Hidden:
    """The payoffs of every type, as codes in `Game.payoffs`; the axes are those of `Game`."""

    types: tuple[int, ...]
    """How many types each actor has; 1 where nothing about it is hidden."""
    payoff: tuple[Integers, ...]
    """For each move, [option, actor, type]: what an actor of a type receives at once."""
    accrual: Integers  # [profile, state before the first move, actor]
    horizon: Integers  # [profile, state before the first move, actor]
    ended_final: Integers  # [profile, ended state, actor]

    @property
    def profiles(self) -> NDArray[np.int64]:
        """The type of each actor, [profile, actor]."""
        return profiles_of(self.types)


def profiles_of(types: tuple[int, ...]) -> NDArray[np.int64]:
    """All profiles, [profile, actor]."""
    return np.stack(np.unravel_index(np.arange(int(np.prod(types))), types), axis=1)


def types_of(scenario: Scenario) -> tuple[int, ...]:
    """How many types each actor has; 1 where nothing about it is hidden."""
    return tuple(max(1, len(actor.types)) for actor in scenario.actors)


def traits_in(scenario: Scenario, profile: NDArray[np.int64]) -> dict[Trait, float]:
    """Every trait of every actor, and whether it has it in a profile (1 or 0)."""
    return {
        trait: value
        for actor, own in zip(scenario.actors, profile, strict=True)
        for trait, value in traits_of(actor, int(own)).items()
    }


def traits_of(actor: Actor, own: int) -> dict[Trait, float]:
    """The traits of one actor, and whether it has them when it is of type `own` (1 or 0)."""
    return {Trait(actor.name, type_.name): float(k == own) for k, type_ in enumerate(actor.types)}


def of_type(expression: Expression, traits: Mapping[Trait, float]) -> Expression:
    """The expression once types are known."""
    if not expression.traits:
        return expression
    return replace(expression, tree=_known(expression.tree, traits), traits=())


def _known(node: Node, traits: Mapping[Trait, float]) -> Node:
    if isinstance(node, Trait):
        return Constant(traits[node])
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_known(part, traits) for part in node.arguments))
    return node
