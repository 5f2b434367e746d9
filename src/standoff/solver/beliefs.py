"""What can be believed: the kinds of each actor, the grid of beliefs, and who starts where on it.

A *kind* is a type together with whether a doctrine binds it. Where others are not sure that an
actor follows its doctrine, they weigh bound and unbound kinds and learn which it is from what it
does. Kinds that nobody thinks possible are not weighed: an actor bound by a doctrine that nobody
knows of.

Kinds are independent and actions are seen by all, so what is believed of several actors stays a
product: the grid is one of points for each actor (see `vertices`), and all combinations of these.
Whoever starts from another prior updates by the same evidence; its odds differ from those of the
grid by a constant factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from math import comb
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from standoff.game import GROUP, Game, Numbers, grouped, types_of
from standoff.scenario import Belief, Doctrine, Expression, ScenarioError, evaluate

Reals = NDArray[np.float64]

POINTS = 21
"""Points of the belief grid a side, unless told otherwise."""

_SUM = 1e-9
_MOST_BELIEFS = 200_000


@dataclass(frozen=True)
class Kind:
    """A type of an actor (0 if it has none), and whether the doctrine binds it."""

    type: int
    bound: bool


@dataclass(frozen=True)
class Side:
    """What is hidden about one actor, and what may be believed of it."""

    kinds: tuple[Kind, ...]
    weighed: int
    """Beliefs weigh so many of the kinds, the first ones."""
    side: int
    """Points a side of its grid; 1 where there is nothing to learn."""
    points: Reals  # [point, weighed kind]
    index: NDArray[np.int64]  # [coordinates in the mixed radix of `side`], point or -1
    stride: int
    """By how much the number of a point of the whole grid grows with this actor's."""
    prior: Reals  # [weighed kind, row], what the others believe at the start
    truth: Reals  # [kind, row], how it is really drawn
    cursedness: Reals  # [row]

    @property
    def learns(self) -> bool:
        """Whether its moves tell anything, or are made by several kinds."""
        return len(self.kinds) > 1


@dataclass(frozen=True)
class Beliefs:
    """The beliefs of a game under a doctrine, in some futures."""

    sides: tuple[Side, ...]  # [actor]
    agents: tuple[tuple[int, int], ...]
    """(actor, kind), in the order of their channels."""
    profiles: NDArray[np.int64]  # [profile of kinds, actor]
    ratios: Mapping[tuple[int, int], Reals]
    """(observer, actor) → [weighed kind, row], its prior as a multiple of the others'."""
    rows: int

    @property
    def points(self) -> int:
        """Points of the whole grid."""
        return int(np.prod([len(side.points) for side in self.sides]))

    def own(self, actor: int) -> NDArray[np.int64]:
        """For each point of the whole grid the point of one actor's, [point]."""
        side = self.sides[actor]
        return np.arange(self.points) // side.stride % len(side.points)

    def lines(self, actor: int) -> NDArray[np.int64]:
        """The points of the whole grid at which the actor's own coordinate is 0."""
        return np.flatnonzero(self.own(actor) == 0)

    def first_agent(self, actor: int) -> int:
        """The first of an actor's agents."""
        return next(k for k, (j, _) in enumerate(self.agents) if j == actor)

    def seen_by(self, observer: int, actor: int) -> Reals:
        """What an observer thinks of an actor at its grid points, [point, weighed kind, row]."""
        side = self.sides[actor]
        seen = np.repeat(side.points[:, :, None], self.rows, axis=2)
        if (observer, actor) in self.ratios:
            seen = seen * self.ratios[observer, actor]
            total = seen.sum(axis=1, keepdims=True)
            # Where it thinks impossible all that the others think possible, it thinks as they do.
            seen = np.where(
                total > 0, seen / np.where(total > 0, total, 1), side.points[:, :, None]
            )
        return seen

    def leaning(self, observer: int, actor: int) -> Reals:
        """How much likelier an observer's own prior makes each of an actor's points, [point, row].

        A belief between points is a lottery over them that keeps to Bayes' rule; whoever starts
        from another prior holds the points of the lottery likelier by what its prior makes the
        kinds there likelier, and ends with its own belief on average.
        """
        points = self.sides[actor].points
        if (observer, actor) not in self.ratios:
            return np.ones((len(points), self.rows))
        return np.asarray(points @ self.ratios[observer, actor])

    def lean(self) -> Reals:
        """The same of the whole grid for every agent and all others' kinds, [point, agent, row]."""
        lean = np.ones((self.points, len(self.agents), self.rows))
        for agent, (observer, _) in enumerate(self.agents):
            for told, actor in self.ratios:
                if told == observer:
                    lean[:, agent] *= self.leaning(observer, actor)[self.own(actor)]
        return lean

    def start(self, dtype: DTypeLike) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """The points around the shared prior, [corner, group, lane], and their weights."""
        at = np.zeros((1, self.rows), np.int64)
        weight = np.ones((1, self.rows))
        for side in self.sides:
            if side.side == 1:
                continue
            corners, shares = around(side, side.prior)
            at = np.concatenate([at + corner * side.stride for corner in corners])
            weight = np.concatenate([weight * share for share in shares])
        return grouped(at.astype(np.float64), np.int64).swapaxes(0, 1), grouped(
            weight, dtype
        ).swapaxes(0, 1)

    def truth(self) -> Reals:
        """How probable each profile of kinds really is, [profile, row]."""
        drawn = np.ones((len(self.profiles), self.rows))
        for actor, side in enumerate(self.sides):
            drawn *= side.truth[self.profiles[:, actor]]
        return drawn

    def believed(self, game: Game) -> dict[Belief, Reals]:
        """The shared belief that an actor is of a type, at every point of the grid: [point]."""
        found = {}
        for actor, side in enumerate(self.sides):
            own = side.points[self.own(actor)]
            for number, type_ in enumerate(game.scenario.actors[actor].types):
                of_type = [k for k in range(side.weighed) if side.kinds[k].type == number]
                key = Belief(game.actors[actor], type_.name)
                found[key] = own[:, of_type].sum(axis=1)
        return found


def around(side: Side, belief: Reals) -> tuple[NDArray[np.int64], Reals]:
    """The grid points around beliefs [weighed kind, row]: [corner, row], with weights."""
    from standoff.solver.simplex import vertices

    rows = belief.shape[1]
    at = np.zeros((side.weighed, rows), np.int64)
    weight = np.zeros((side.weighed, rows))
    for row in range(rows):
        corner, share = np.zeros(side.weighed, np.int64), np.zeros(side.weighed)
        vertices(
            np.ascontiguousarray(belief[:, row]), side.weighed, side.side, side.index, corner, share
        )
        at[:, row], weight[:, row] = corner, share
    return at, weight


def needs_beliefs(game: Game, doctrine: Doctrine | None) -> bool:
    """Whether anything about the game under a doctrine is hidden."""
    return game.hidden is not None or (doctrine is not None and doctrine.believed is not None)


def beliefs_of(
    game: Game, numbers: Numbers, doctrine: Doctrine | None, points: int = POINTS
) -> Beliefs:
    """The grid, and the priors of every future.

    `points` are those a side where an actor has two kinds; where it has more, half as many.

    Raises:
        ScenarioError: priors that do not sum to 1, or a number that is not between 0 and 1, in some
            future; or the grid would be larger than can be held.
        ValueError: fewer than two points a side.
    """
    if points < 2:
        raise ValueError(f"a belief grid of {points} points a side; expected 2 or more")
    rows = numbers.rows
    sides: list[Side] = []
    stride = 1
    for actor, types in enumerate(types_of(game.scenario)):
        prior, cursedness = _prior(game, numbers, actor), _cursedness(game, numbers, actor)
        kinds = [Kind(k, False) for k in range(types)]
        weighed, drawn = types, prior
        if doctrine is not None and doctrine.actor == game.actors[actor]:
            own = [type_.name for type_ in game.scenario.actors[actor].types]
            bound = [k for k in range(types) if not doctrine.binds or own[k] in doctrine.binds]
            if doctrine.believed is None and doctrine.announced:
                kinds = [Kind(k, k in bound) for k in range(types)]
            else:
                kinds += [Kind(k, True) for k in bound]
                free = np.array([float(k not in bound) for k in range(types)])[:, None]
                drawn = np.concatenate([prior * free, prior[bound]])
            if doctrine.believed is not None:
                weighed = len(kinds)
                trust = _trust(game, numbers, doctrine.name, doctrine.believed)
                doubted = np.where(free > 0, 1.0, 1.0 - trust)
                prior = np.concatenate([prior * doubted, prior[bound] * trust])
        side = 1 if weighed == 1 else points if weighed == 2 else max(2, (points + 1) // 2)
        if comb(side - 1 + weighed - 1, weighed - 1) * stride > _MOST_BELIEFS:
            raise ScenarioError.at(
                game.scenario.text, game.scenario.actors[actor].place,
                f"the grid of beliefs would have more than {_MOST_BELIEFS} points",
                hint="take fewer points a side, or fewer types",
            )  # fmt: skip
        grid, index = _grid(side, weighed)
        sides.append(
            Side(tuple(kinds), weighed, side, grid, index, stride, prior, drawn, cursedness)
        )
        stride *= len(grid)
    ratios = _ratios(game, numbers, sides)
    agents = tuple((j, k) for j, side in enumerate(sides) for k in range(len(side.kinds)))
    shape = tuple(len(side.kinds) for side in sides)
    profiles = np.stack(np.unravel_index(np.arange(int(np.prod(shape))), shape), axis=1)
    return Beliefs(tuple(sides), agents, profiles, ratios, rows)


def _grid(side: int, weighed: int) -> tuple[Reals, NDArray[np.int64]]:
    """Points [point, kind], and the point of each combination of coordinates (-1: none)."""
    index = np.full(side ** (weighed - 1), -1, np.int64)
    points: list[Reals] = []
    for at in product(range(side), repeat=weighed - 1):
        if any(a < b for a, b in pairwise(at)):
            continue
        code = 0
        for y in at:
            code = code * side + y
        index[code] = len(points)
        tails = np.array([side - 1, *at, 0]) / max(1, side - 1)
        points.append(tails[:-1] - tails[1:] if weighed > 1 else np.ones(1))
    return np.array(points), index


def _evaluated(game: Game, numbers: Numbers, expression: Expression, what: str) -> Reals:
    """A probability of parameters in every row, [row]."""
    value = np.broadcast_to(evaluate(expression, numbers.parameters), numbers.rows)
    wrong = ~((value >= -_SUM) & (value <= 1 + _SUM))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise _refused(game, numbers, expression, f"{what} is {value[row]:.6g}", row,
                       "expected a number from 0 to 1")  # fmt: skip
    return np.clip(value, 0, 1)


def _refused(
    game: Game, numbers: Numbers, expression: Expression, message: str, row: int, hint: str
) -> ScenarioError:
    example = ", ".join(
        f"{name}={numbers.parameters[name][row]:.6g}" for name in expression.parameters
    )
    return ScenarioError.about(
        game.scenario.text,
        expression,
        message + (f", for example with {example}" if example else ""),
        hint=hint,
    )


def _prior(game: Game, numbers: Numbers, actor: int) -> Reals:
    """[type, row]"""
    types = game.scenario.actors[actor].types
    if not types:
        return np.ones((1, numbers.rows))
    name = game.actors[actor]
    return _sum_to_one(
        game, numbers, tuple(t.prior for t in types),
        [f"the prior of '{t.name}'" for t in types], f"the priors of the types of '{name}'",
    )  # fmt: skip


def _sum_to_one(
    game: Game,
    numbers: Numbers,
    expressions: tuple[Expression, ...],
    what: list[str],
    all_of_them: str,
) -> Reals:
    parts = np.array(
        [_evaluated(game, numbers, e, w) for e, w in zip(expressions, what, strict=True)]
    )
    total = parts.sum(axis=0)
    wrong = np.abs(total - 1) > 1e-6
    if wrong.any():
        row = int(np.argmax(wrong))
        message = f"{all_of_them} sum to {total[row]:.6g}"
        raise _refused(game, numbers, expressions[0], message, row, "they must sum to 1")
    return np.asarray(parts / total)


def _cursedness(game: Game, numbers: Numbers, actor: int) -> Reals:
    expression = game.scenario.actors[actor].cursedness
    if expression is None:
        return np.zeros(numbers.rows)
    return _evaluated(game, numbers, expression, f"the cursedness towards '{game.actors[actor]}'")


def _trust(game: Game, numbers: Numbers, name: str, believed: Expression) -> Reals:
    return _evaluated(game, numbers, believed, f"how far '{name}' is believed")


def _ratios(game: Game, numbers: Numbers, sides: list[Side]) -> dict[tuple[int, int], Reals]:
    """Priors that differ from the others', as multiples of theirs."""
    ratios = {}
    for observer, actor in enumerate(game.scenario.actors):
        for view in actor.believes:
            seen = game.actors.index(view.actor)
            names = [f"what '{actor.name}' believes of '{view.actor}'"] * len(view.prior)
            prior = _sum_to_one(game, numbers, view.prior, names, names[0])
            common = _prior(game, numbers, seen)
            wrong = (common == 0) & (prior > 0)
            if wrong.any():
                kind, row = (int(k) for k in np.argwhere(wrong)[0])
                message = f"{names[0]} gives weight to a type that the others think impossible"
                raise _refused(game, numbers, view.prior[kind], message, row,
                               "give it a prior above 0 among the types")  # fmt: skip
            ratio = np.where(common > 0, prior / np.where(common > 0, common, 1), 0)
            side = sides[seen]
            ratios[observer, seen] = ratio[[kind.type for kind in side.kinds[: side.weighed]]]
    return ratios


def grouped_classes(classes: Reals, dtype: DTypeLike) -> NDArray[Any]:
    """[..., row] as [group, ..., lane]."""
    shape = classes.shape[:-1]
    flat = grouped(classes.reshape(-1, classes.shape[-1]), dtype)
    return np.ascontiguousarray(flat.reshape(len(flat), *shape, GROUP))
