"""What a pass over states and beliefs stands on: payoffs by agent, and how each move is heard."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, Integers, Numbers, grouped, profiles_of
from standoff.scenario import Outcome, ScenarioError, evaluate
from standoff.solver.backward import OpenOptions
from standoff.solver.beliefs import Beliefs, grouped_classes
from standoff.solver.group import Floats


@dataclass(frozen=True)
class Believed:
    """An outcome that depends on beliefs, over the distinct values of the variables it uses."""

    number: int
    """Among `game.outcomes`."""
    columns: tuple[int, ...]
    sizes: tuple[int, ...]
    table: Floats  # [group, combination, belief, lane]

    def combination(self, states: NDArray[np.uint16]) -> NDArray[np.int64]:
        """Which combination each state has, [state]."""
        code = np.zeros(len(states), np.int64)
        for column, size in zip(self.columns, self.sizes, strict=True):
            code = code * size + states[:, column]
        return code


@dataclass(frozen=True)
class Hearing:
    """How a move of an actor with hidden kinds is heard by each channel."""

    classes: Floats  # [group, class, point, kind, lane]
    leaning: Floats
    """[group, class, point, lane]: see `Beliefs.leaning`; no group where nobody leans."""
    class_of: NDArray[np.int64]  # [channel]
    face: NDArray[np.float64]  # [kind, option]
    cursed: Floats  # [row of a group]


@dataclass(frozen=True)
class Ground:
    """What a pass stands on: a game, its futures, and what is believed in it."""

    game: Game
    numbers: Numbers
    beliefs: Beliefs
    free: OpenOptions
    bound: OpenOptions
    root: int
    """Which equilibrium of a move is taken, where there are several: see `posterior`."""

    @property
    def agents(self) -> int:
        """Actors, each counted once for every kind of it."""
        return len(self.beliefs.agents)

    @property
    def held(self) -> int:
        """States held at a point of belief: after a move, before it, and where all is over."""
        return 2 * self.game.capacity + len(self.game.ended)

    @cached_property
    def actor_of(self) -> NDArray[np.int64]:
        """[agent]"""
        return np.array([j for j, _ in self.beliefs.agents])

    @cached_property
    def type_of(self) -> NDArray[np.int64]:
        """[agent]"""
        return np.array([self.beliefs.sides[j].kinds[k].type for j, k in self.beliefs.agents])

    @cached_property
    def types(self) -> NDArray[np.int64]:
        """All profiles of types, [profile of types, actor]."""
        hidden = self.game.hidden
        return profiles_of(hidden.types if hidden else (1,) * len(self.game.actors))

    @cached_property
    def types_in(self) -> NDArray[np.int64]:
        """The profile of types of each profile of kinds, [profile of kinds]."""
        sides = self.beliefs.sides
        own = np.stack(
            [
                np.array([kind.type for kind in side.kinds])[self.beliefs.profiles[:, j]]
                for j, side in enumerate(sides)
            ],
            axis=1,
        )
        hidden = self.game.hidden
        shape = hidden.types if hidden else (1,) * len(sides)
        return np.asarray(np.ravel_multi_index(tuple(own.T), shape))

    @cached_property
    def payoff(self) -> tuple[Integers, ...]:
        """For each move, [option, agent]."""
        hidden = self.game.hidden
        if hidden is None:
            return tuple(np.ascontiguousarray(m.payoff[:, self.actor_of]) for m in self.game.moves)
        return tuple(np.ascontiguousarray(p[:, self.actor_of, self.type_of]) for p in hidden.payoff)

    @cached_property
    def accrual(self) -> Integers:
        """[profile of types, state before the first move, actor]"""
        hidden = self.game.hidden
        actors = len(self.game.actors)
        return hidden.accrual if hidden else self.game.accrual[None, :, :actors]

    @cached_property
    def final(self) -> tuple[Integers, Integers]:
        """At the horizon and where all is over, [profile of types, state, actor]."""
        hidden, actors = self.game.hidden, len(self.game.actors)
        if hidden:
            return hidden.horizon, hidden.ended_final
        return self.game.horizon[None, :, :actors], self.game.ended_final[None, :, :actors]

    @cached_property
    def rationality(self) -> Floats:
        """[group, agent, lane]"""
        return np.ascontiguousarray(self.numbers.rationality[:, self.actor_of])

    @cached_property
    def discount(self) -> Floats:
        """[group, agent, lane]"""
        return np.ascontiguousarray(self.numbers.discount[:, self.actor_of])

    @cached_property
    def views(self) -> Floats:
        """How probable an agent thinks each profile of types, its own being what it is.

        [group, agent, belief, profile of types, lane]
        """
        believed = self.beliefs
        marginal = {}
        for observer in range(len(believed.sides)):
            for actor, side in enumerate(believed.sides):
                seen = believed.seen_by(observer, actor)
                of = np.array([kind.type for kind in side.kinds[: side.weighed]])
                by_type = np.stack(
                    [seen[:, of == t].sum(axis=1) for t in range(self.types[:, actor].max() + 1)],
                    axis=1,
                )
                marginal[observer, actor] = by_type[believed.own(actor)]
        shape = (len(believed.agents), believed.points, len(self.types), believed.rows)
        views = np.ones(shape)
        for a, (j, _) in enumerate(believed.agents):
            for r, profile in enumerate(self.types):
                if profile[j] != self.type_of[a]:
                    views[a, :, r] = 0
                    continue
                for i in range(len(believed.sides)):
                    if i != j:
                        views[a, :, r] *= marginal[j, i][:, profile[i]]
        return grouped_classes(views, self.numbers.chances.dtype)

    @cached_property
    def hearings(self) -> tuple[Hearing | None, ...]:
        """For each move; None where it has no mover with hidden kinds."""
        return tuple(
            _hearing(self, k)
            if move.members and self.beliefs.sides[move.members[0]].learns
            else None
            for k, move in enumerate(self.game.moves)
        )

    @cached_property
    def believed(self) -> tuple[Believed, ...]:
        """The outcomes that depend on beliefs."""
        return tuple(
            _believed(self, number, outcome)
            for number, outcome in enumerate(self.game.outcomes)
            if outcome.expression.beliefs
        )

    def may(self, move: int, period: int) -> NDArray[np.bool_]:
        """What the kinds of a move's actor may do, [kind, option]; an event has one kind."""
        members = self.game.moves[move].members
        kinds = self.beliefs.sides[members[0]].kinds if members else ()
        bound = [kind.bound for kind in kinds] or [False]
        return np.array([(self.bound if b else self.free)[move][period] for b in bound])


def _hearing(ground: Ground, move: int) -> Hearing:
    game, beliefs = ground.game, ground.beliefs
    mover = game.moves[move].members[0]
    side = beliefs.sides[mover]
    kinds, points, rows = len(side.kinds), len(side.points), beliefs.rows
    own = np.broadcast_to(np.eye(kinds)[:, None, :, None], (kinds, points, kinds, rows))
    heard: list[NDArray[np.float64]] = []
    leaning = [np.ones((points, rows))] * kinds
    by_observer: dict[int, int] = {}
    shared = -1
    for observer in range(len(game.actors)):
        told = (observer, mover) in beliefs.ratios
        if observer == mover or (not told and shared >= 0):
            by_observer[observer] = shared
            continue
        seen = np.zeros((points, kinds, rows))
        seen[:, : side.weighed] = beliefs.seen_by(observer, mover)
        by_observer[observer] = kinds + len(heard)
        if not told:
            shared = by_observer[observer]
        heard.append(seen)
        leaning.append(beliefs.leaning(observer, mover))
    agents = [k if j == mover else by_observer[j] for j, k in beliefs.agents]
    outcomes = [int(p) for _ in game.outcomes for p in beliefs.profiles[:, mover]]
    names = [type_.name for type_ in game.scenario.actors[mover].types]
    reveals = [
        names.index(action.reveals) if action.reveals else -1
        for action in game.scenario.actors[mover].actions
    ]
    says = np.array(reveals)[game.moves[move].action[:, 0]]
    face = np.array([says == kind.type for kind in side.kinds], float)
    dtype = ground.numbers.chances.dtype
    leans = any(mover == actor for _, actor in beliefs.ratios)
    return Hearing(
        grouped_classes(
            np.concatenate([own, np.array(heard).reshape(-1, points, kinds, rows)]), dtype
        ),
        grouped_classes(np.array(leaning), dtype) if leans else np.empty((0, 0, 0, GROUP), dtype),
        np.array([*agents, *outcomes]),
        face,
        grouped(side.cursedness[None], dtype).ravel(),
    )


def _believed(ground: Ground, number: int, outcome: Outcome) -> Believed:
    variables = ground.game.scenario.variables
    used = [k for k, v in enumerate(variables) if v.name in outcome.expression.variables]
    sizes = [variables[k].size for k in used]
    combinations = np.stack(
        np.unravel_index(np.arange(int(np.prod(sizes, dtype=np.int64))), tuple(sizes) or (1,)),
        axis=1,
    )
    values: dict[Any, Any] = {
        variables[k].name: combinations[:, i, None, None].astype(float) for i, k in enumerate(used)
    }
    values |= {
        name: np.asarray(value)[None, None, :] for name, value in ground.numbers.parameters.items()
    }
    values |= {
        belief: at[None, :, None] for belief, at in ground.beliefs.believed(ground.game).items()
    }
    shape = (len(combinations), ground.beliefs.points, ground.beliefs.rows)
    table = np.broadcast_to(evaluate(outcome.expression, values), shape)
    wrong = ~np.isfinite(table)
    if wrong.any():
        combination, point, row = (int(k) for k in np.argwhere(wrong)[0])
        there = ", ".join(
            f"belief({belief.actor}, {belief.type}) = {values[belief].ravel()[point]:g}"
            for belief in sorted(outcome.expression.beliefs, key=str)
        )
        raise ScenarioError.about(
            ground.game.scenario.text, outcome.expression,
            f"outcome '{outcome.name}' is not a finite number where {there}: "
            f"{table[combination, point, row]:g}",
            hint="what is believed can come to 0 or 1; keep the expression finite there too",
        )  # fmt: skip
    dtype = ground.numbers.chances.dtype
    return Believed(number, tuple(used), tuple(sizes), grouped_classes(table, dtype))
