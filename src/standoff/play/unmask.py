"""A course in which something is hidden, seen by one who knows: what each kind would have done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, Row, row_of
from standoff.play.choosing import closed_to
from standoff.play.credence import Credence, credences, firmness
from standoff.play.path import Paths
from standoff.play.revealed import revealed
from standoff.play.told import Choice, Learnt, Option, Secret, Weighed, kind_name
from standoff.solver import Beliefs, Learned, Side, Solution, retrace

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Unmasked:
    """One course in one future, and what was hidden in it."""

    learned: Learned
    row: int
    kinds: tuple[int, ...]
    """What each actor was, among the kinds of its `Side`."""
    game: Game
    """As it is once that is known."""
    paid: tuple[tuple[Row, ...], ...]
    """[actor, type]: the numbers of the future, where the actor is of this type."""
    credences: tuple[Credence, ...]
    secrets: tuple[Secret, ...]
    believed: tuple[float, ...]
    """By credence, at the start."""
    expected: tuple[float, ...]
    """At the start, by actor."""

    @property
    def beliefs(self) -> Beliefs:
        """The grid of beliefs."""
        return self.learned.ground.beliefs

    def held(self, shared: list[Reals]) -> tuple[float, ...]:
        """How firmly each credence is held, where this is shared: [actor][weighed kind]."""
        game = self.learned.ground.game
        return tuple(map(float, firmness(game, self.beliefs, self.credences, shared, self.row)))

    def shared_at(self, point: int) -> list[Reals]:
        """What all believe of each actor's kinds at a point of the grid, [actor][weighed kind]."""
        return [_own(self.beliefs, actor, point) for actor in range(len(self.kinds))]

    def held_at(self, point: int) -> tuple[float, ...]:
        """How firmly each credence is held at a point of the grid."""
        return self.held(self.shared_at(point))

    def told(self, kind: str, state: int, point: int) -> Reals:
        """What outcomes that depend on beliefs, of this kind, count in a state: [channel].

        The state is one before the first move, as `Move.to` has it.
        """
        game = self.learned.ground.game
        states = game.ended[None, -1 - state] if state < 0 else game.moves[0].states[None, state]
        group, lane = divmod(self.row, GROUP)
        found = np.zeros(game.channels)
        for one in self.learned.ground.believed:
            if game.outcomes[one.number].kind == kind:
                (combination,) = one.combination(states)
                found[len(game.actors) + one.number] = one.table[group, combination, point, lane]
        return found


def _own(beliefs: Beliefs, actor: int, point: int) -> Reals:
    """What is believed of an actor's kinds at a point of the whole grid, [weighed kind]."""
    side = beliefs.sides[actor]
    return np.asarray(side.points[point // side.stride % len(side.points)])


def unmask(solution: Solution, path: Paths, row: int) -> Unmasked | None:
    """The first of some recorded courses of one row, unmasked; None where nothing is hidden."""
    learned = solution.learned
    if learned is None:
        return None
    game, beliefs = solution.game, learned.ground.beliefs
    sides = beliefs.sides
    kinds = tuple(int(kind) for kind in path.kind[0])
    profile = np.array([side.kinds[kind].type for side, kind in zip(sides, kinds, strict=True)])
    paid = []
    for actor, own in enumerate(game.scenario.actors):
        rows = []
        for type_ in range(max(1, len(own.types))):
            other = profile.copy()
            other[actor] = type_
            rows.append(row_of(revealed(game, other), solution.numbers, row))
        paid.append(tuple(rows))
    group, lane = divmod(row, GROUP)
    agents = [beliefs.first_agent(actor) + kind for actor, kind in enumerate(kinds)]
    asked = credences(game, beliefs, solution.doctrine)
    start = [side.prior[:, row] for side in sides]
    return Unmasked(
        learned,
        row,
        kinds,
        revealed(game, profile),
        tuple(paid),
        asked,
        tuple(_secret(game, a, side, kinds[a], row) for a, side in enumerate(sides) if side.learns),
        tuple(map(float, firmness(game, beliefs, asked, start, row))),
        tuple(float(learned.by_kind[group, agent, lane]) for agent in agents),
    )


def _names(game: Game, actor: int, side: Side) -> tuple[str, ...]:
    """What to call each of an actor's kinds."""
    types = game.scenario.actors[actor].types
    own = [kind.type for kind in side.kinds]
    return tuple(
        kind_name(
            types[kind.type].name if types else None,
            kind.bound if own.count(kind.type) > 1 else None,
        )
        for kind in side.kinds
    )


def _secret(game: Game, actor: int, side: Side, own: int, row: int) -> Secret:
    types, kind = game.scenario.actors[actor].types, side.kinds[own]
    alike = [k for k, one in enumerate(side.kinds) if one.type == kind.type]
    return Secret(
        game.actors[actor],
        types[kind.type].name if types else None,
        float(side.truth[alike, row].sum()),
        kind.bound if len(alike) > 1 else None,
    )


@dataclass(frozen=True)
class _Seen:
    """One move of one period, in one future; arrays are as those of `Step`."""

    policy: Reals | None
    place: NDArray[np.int32] | None
    weight: Reals | None
    before: Reals
    after: Reals
    ended: Reals


def deliberation(
    unmasked: Unmasked, period: int
) -> Callable[
    [int, int, int, int, int], tuple[tuple[float, ...], tuple[Choice, ...], Learnt | None]
]:
    """How to find, in one period, what was thought at a move.

    The answer takes the move, the state, the option that was chosen, and the points of the grid
    where beliefs stood before and went on from. It has what each actor expected, being what it was;
    the choice, if anybody chose; and what the others learnt.
    """
    learned, row = unmasked.learned, unmasked.row
    seen = {}
    for step in retrace(learned, period):
        place, weight = step.heard(row) or (None, None)
        seen[step.move] = _Seen(
            step.policy(row), place, weight,
            step.values(row), step.values(row, after=True), step.ended(row),
        )  # fmt: skip
    beliefs = unmasked.beliefs
    agents = [beliefs.first_agent(actor) + kind for actor, kind in enumerate(unmasked.kinds)]

    def deliberate(
        k: int, state: int, chosen: int, point: int, after: int
    ) -> tuple[tuple[float, ...], tuple[Choice, ...], Learnt | None]:
        one = seen[k]
        values = tuple(float(one.before[point, state, agent]) for agent in agents)
        if one.policy is None:
            return values, (), None
        choice = _choice(unmasked, one, k, period, state, chosen, point)
        return values, (choice,), _learnt(unmasked, one, k, chosen, point, after)

    return deliberate


def _choice(
    unmasked: Unmasked, seen: _Seen, k: int, period: int, state: int, chosen: int, point: int
) -> Choice:
    ground = unmasked.learned.ground
    game = ground.game
    move = game.moves[k]
    actor = move.members[0]
    side, own = unmasked.beliefs.sides[actor], unmasked.kinds[actor]
    low, high = int(move.first[state]), int(move.first[state + 1])
    may = ground.may(k, period)[:, low:high]
    assert seen.policy is not None
    names = [one.name for one in game.scenario.actors[actor].actions]
    options = []
    open_ = low + np.flatnonzero(may.any(axis=0))
    for o in open_:
        kinds = tuple(
            Weighed(
                float(seen.policy[point, kind, o]),
                _worth(unmasked, seen, k, kind, int(o), point) if may[kind, o - low] else np.nan,
            )
            for kind in range(len(side.kinds))
        )
        mine = kinds[own]
        others = kinds if side.learns else ()
        options.append(Option(names[move.action[o, 0]], mine.probability, mine.value, others))
    known = set(move.action[low:high, 0].tolist())
    return Choice(
        game.actors[actor],
        tuple(options),
        open_.tolist().index(chosen),
        closed_to(game, actor, known, set(move.action[open_, 0].tolist())),
        _names(game, actor, side) if side.learns else (),
        own if side.learns else 0,
    )


def _worth(unmasked: Unmasked, seen: _Seen, k: int, kind: int, option: int, point: int) -> float:
    """What a kind of the mover expects from an option, seen as it would then be."""
    game = unmasked.learned.ground.game
    move = game.moves[k]
    actor = move.members[0]
    numbers = unmasked.paid[actor][unmasked.beliefs.sides[actor].kinds[kind].type]
    agent = unmasked.beliefs.first_agent(actor) + kind
    places, weights = [point], [1.0]
    if seen.place is not None and seen.weight is not None:
        places, weights = seen.place[point, option].tolist(), seen.weight[point, option].tolist()
    found = float(numbers.payoff[k][option, actor])
    for branch in range(move.branch[option], move.branch[option + 1]):
        to, chance = int(move.to[branch]), float(numbers.chance[k][branch])
        for place, weight in zip(places, weights, strict=True):
            there = seen.after[place, to] if to >= 0 else seen.ended[place, -1 - to]
            found += chance * weight * float(there[agent])
    return found


def _learnt(
    unmasked: Unmasked, seen: _Seen, k: int, chosen: int, point: int, after: int
) -> Learnt | None:
    """What an action told; None where nothing is hidden about who took it."""
    actor = unmasked.learned.ground.game.moves[k].members[0]
    if seen.place is None or seen.weight is None or unmasked.beliefs.sides[actor].weighed == 1:
        return None
    shared = unmasked.shared_at(point)
    around = [_own(unmasked.beliefs, actor, int(place)) for place in seen.place[point, chosen]]
    shared[actor] = seen.weight[point, chosen] @ np.array(around)
    return Learnt(unmasked.held_at(point), unmasked.held(shared), unmasked.held_at(after))
