"""Where something is hidden: one future of a solution as arrays over beliefs, kinds and states.

A *kind* is a type of an actor and whether a doctrine binds it; an *agent* an actor of one kind; a
*point* one of the belief grid. The policies and the grid are the solution's. What is believed after
an action is found anew from the policies, by Bayes' rule, and its place on the grid too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.certificate.chain import Indices, Reals, Turn, turn_of
from standoff.game import GROUP, Game, Integers, Row, allowed_options, find_doctrine, row_of
from standoff.scenario import evaluate
from standoff.solver import Beliefs, Solution

_TINY = {np.dtype(np.float64): 1e-280, np.dtype(np.float32): 1e-30}


@dataclass(frozen=True)
class Heard:
    """What an action of an actor with several kinds does to beliefs."""

    at: Indices  # [corner, point, option], points of the grid around what is believed after it
    share: Reals  # [corner, point, option], what each of them weighs
    known: NDArray[np.bool_]
    """[point, option]: whether that follows from the policies, or the action is too unlikely for
    them to tell."""


@dataclass(frozen=True)
class Weighed:
    """A game with something hidden, in one future, under the policies of a solution."""

    game: Game
    row: Row
    turns: tuple[Turn, ...]
    beliefs: Beliefs
    number: int
    """Which of the solution's futures."""
    tiny: float
    """A chance below this may have lost all its digits in the solution's precision."""
    parameters: Mapping[str, float]
    rationality: Reals
    """That of the solver's pass, [actor]: in the limit it is raised."""
    may: Callable[[int, int], NDArray[np.bool_]]
    """By move and period: what each kind of its actor may do, [kind, option]."""
    policy: Callable[[int, int], Reals]
    """By move and period: [point, kind, option]."""
    paid: tuple[Reals, ...]
    """For each move, what each agent receives at once, [agent, option]."""
    accrual: Reals  # [profile of kinds, state before the first move, actor]
    horizon: Reals  # [profile of kinds, state before the first move, actor]
    ended: Reals  # [profile of kinds, ended state, actor]

    @property
    def points(self) -> int:
        """Points of the grid."""
        return self.beliefs.points

    @cached_property
    def seen(self) -> tuple[tuple[Reals, ...], ...]:
        """What an actor thinks of another's kinds: by observer and actor, [point, kind]."""
        every = range(len(self.beliefs.sides))
        return tuple(tuple(self._seen(observer, actor) for actor in every) for observer in every)

    def _seen(self, observer: int, actor: int) -> Reals:
        side = self.beliefs.sides[actor]
        seen = np.zeros((self.points, len(side.kinds)))
        of_grid = self.beliefs.seen_by(observer, actor)[:, :, self.number]
        seen[:, : side.weighed] = of_grid[self.beliefs.own(actor)]
        return seen

    @cached_property
    def odds(self) -> tuple[tuple[Reals, ...], ...]:
        """By what an actor's own prior makes another's points likelier: [point].

        The points around a belief are outcomes of a lottery that tells of the other's kind; two
        people with different priors hold its outcomes probable by different amounts.
        """
        every = range(len(self.beliefs.sides))
        return tuple(tuple(self._odds(observer, actor) for actor in every) for observer in every)

    def _odds(self, observer: int, actor: int) -> Reals:
        ratio = self.beliefs.ratios.get((observer, actor))
        if ratio is None:
            return np.ones(self.points)
        side = self.beliefs.sides[actor]
        return np.asarray(side.points[self.beliefs.own(actor)] @ ratio[:, self.number])

    @cached_property
    def views(self) -> Reals:
        """How probable an agent thinks each profile of kinds, [agent, point, profile]."""
        profiles = self.beliefs.profiles
        found = np.ones((len(self.beliefs.agents), self.points, len(profiles)))
        for a, (j, kind) in enumerate(self.beliefs.agents):
            for i in range(len(self.beliefs.sides)):
                own = profiles[:, i]
                found[a] *= self.seen[j][i][:, own] if i != j else (own == kind)[None, :]
        return found

    def heard(self, k: int, period: int, policy: Reals) -> Heard | None:
        """What is believed after each option of a move; None where nothing can be learned."""
        move = self.turns[k].move
        if not move.members:
            return None
        actor = move.members[0]
        side = self.beliefs.sides[actor]
        if side.weighed < 2:
            return None
        options, chance = policy.shape[2], self.expected(k, period, policy)
        own = self.beliefs.own(actor)
        before = side.points[own]  # [point, weighed kind]
        joint = before[:, :, None] * chance[:, : side.weighed]
        total = joint.sum(axis=1, keepdims=True)
        # An action that nobody who is thought possible takes is no news of who it was; but of two
        # kinds of which one may not take it, it shows the other.
        after = np.where(total > 0, joint / np.where(total > 0, total, 1), before[:, :, None])
        may = self.may(k, period)[: side.weighed, :options]
        shows = np.zeros(total[:, 0].shape, bool)
        if side.weighed == 2 and not side.cursedness[self.number] > 0:
            shows = (may.sum(axis=0) == 1) & ~((before[:, :, None] > 0) & may).any(axis=1)
            after = np.where(shows[:, None], may[None], after)
        at, share = around(np.moveaxis(after, 1, 2), side.points, side.side)
        others = np.arange(self.points) - own * side.stride
        return Heard(
            others[None, :, None] + at.reshape(-1, self.points, options) * side.stride,
            share.reshape(-1, self.points, options),
            (total[:, 0] > self.tiny) | shows | ~may.any(axis=0),
        )

    def expected(self, k: int, period: int, policy: Reals) -> Reals:
        """What others think that each kind does, [point, kind, option]: they may be cursed."""
        actor = self.turns[k].move.members[0]
        side = self.beliefs.sides[actor]
        cursed = float(side.cursedness[self.number])
        if not cursed > 0 or not side.learns:
            return policy
        return (1 - cursed) * policy + cursed * self._at_face(k, period, policy)

    def of_beliefs(self, outcome: int, states: NDArray[np.uint16]) -> Reals | None:
        """An outcome that depends on beliefs, [state, point]; None where it does not."""
        expression = self.game.outcomes[outcome].expression
        if not expression.beliefs:
            return None
        values: dict[Any, Any] = dict(self.parameters)
        for column, variable in enumerate(self.game.scenario.variables):
            values[variable.name] = states[:, column].astype(float)[:, None]
        for known, believed in self.beliefs.believed(self.game).items():
            values[known] = believed[None, :]
        return np.broadcast_to(evaluate(expression, values), (len(states), self.points))

    def _at_face(self, k: int, period: int, policy: Reals) -> Reals:
        """What each kind would do if it only ever said what it is, [point, kind, option]."""
        move = self.turns[k].move
        actor = self.game.scenario.actors[move.members[0]]
        kinds = self.beliefs.sides[move.members[0]].kinds
        options = policy.shape[2]
        owner = move.state_of_option[:options]
        reveals = [actor.actions[a].reveals for a in move.action[:options, 0]]
        face = policy.copy()
        for number, kind in enumerate(kinds):
            if not actor.types:
                continue
            own = actor.types[kind.type].name
            says = np.array([one == own for one in reveals]) & self.may(k, period)[number, :options]
            count = np.bincount(owner, says)[owner]
            face[:, number] = np.where(count > 0, says / np.maximum(count, 1), face[:, number])
        return face


def weighed_of(solution: Solution, row: int) -> Weighed:
    """One future of a solution in which something is hidden.

    Raises:
        ValueError: nothing is hidden, or what the course needs was not kept.
        IndexError: there is no such row.
    """
    learned = solution.learned
    if learned is None or not learned.snapshots:
        raise ValueError("the policies were not kept: solve with keep_policies=True")
    game, numbers = solution.game, solution.numbers
    decoded = row_of(game, numbers, row)
    beliefs = learned.ground.beliefs
    group, lane = divmod(row, GROUP)
    table = np.concatenate([numbers.payoffs[group, :, lane], numbers.fixed_payoffs[::-1]])
    known = table.astype(np.float64)
    hidden, actors = game.hidden, len(game.actors)
    types = np.array([[side.kinds[kind].type for side, kind in zip(beliefs.sides, own, strict=True)]
                      for own in beliefs.profiles])  # fmt: skip
    sizes = hidden.types if hidden else (1,) * actors
    of_types = np.ravel_multi_index(tuple(types.T), sizes)
    agents = [(j, beliefs.sides[j].kinds[kind].type) for j, kind in beliefs.agents]

    def by_profile(codes: Integers | None, plain: Reals) -> Reals:
        if codes is None:
            return np.repeat(plain[None, :, :actors], len(of_types), axis=0)
        return np.asarray(known[codes][of_types])

    doctrine = find_doctrine(game, solution.doctrine)
    free, bound = allowed_options(game, None), allowed_options(game, doctrine)

    def may(k: int, period: int) -> NDArray[np.bool_]:
        kinds = beliefs.sides[game.moves[k].members[0]].kinds
        return np.array([(bound if kind.bound else free)[k][period] for kind in kinds])

    @lru_cache(maxsize=1)
    def in_period(period: int) -> dict[int, Reals]:
        return solution.policies_by_type(period, row)

    def policy(k: int, period: int) -> Reals:
        move = game.moves[k]
        n = int(move.reached[period])
        options = int(move.first[n])
        if not move.members:
            return np.ones((beliefs.points, 1, options))
        return in_period(period)[k]

    return Weighed(
        game=game,
        row=decoded,
        turns=tuple(turn_of(game, decoded, k) for k in range(len(game.moves))),
        beliefs=beliefs,
        number=row,
        tiny=_TINY[numbers.chances.dtype],
        parameters={name: float(one[row]) for name, one in numbers.parameters.items()},
        rationality=learned.ground.numbers.rationality[group, :, lane].astype(np.float64),
        may=may,
        policy=policy,
        paid=tuple(
            np.stack(
                [
                    known[hidden.payoff[k][:, j, own]] if hidden else decoded.payoff[k][:, j]
                    for j, own in agents
                ]
            )
            for k in range(len(game.moves))
        ),
        accrual=by_profile(hidden.accrual if hidden else None, decoded.accrual),
        horizon=by_profile(hidden.horizon if hidden else None, decoded.horizon),
        ended=by_profile(hidden.ended_final if hidden else None, decoded.ended_final),
    )


def around(beliefs: Reals, points: Reals, side: int) -> tuple[Indices, Reals]:
    """The grid points around beliefs [..., kind], and their weights: [corner, ...] both.

    Freudenthal's triangulation in the coordinates x_i = (side - 1) Σ_{k > i} μ_k, as for beliefs by
    Lovejoy (1991).
    """
    weighed = beliefs.shape[-1]
    flat = beliefs.reshape(-1, weighed)
    digit = side ** np.arange(weighed - 1)
    number = np.zeros(side ** (weighed - 1), np.intp)
    number[np.rint(_along(points, side)).astype(int) @ digit] = np.arange(len(points))
    x = _along(flat, side)
    base = np.floor(x)
    order = np.argsort(-(x - base), axis=1, kind="stable")
    falling = np.take_along_axis(x - base, order, axis=1)
    edges = np.concatenate([np.ones((len(x), 1)), falling, np.zeros((len(x), 1))], axis=1)
    at = np.zeros((weighed, len(x)), np.intp)
    corner = base.astype(int)
    for c in range(weighed):
        if c:
            corner = corner.copy()
            corner[np.arange(len(x)), order[:, c - 1]] += 1
        # A corner beyond the grid weighs nothing.
        inside = (corner < side).all(axis=1)
        at[c] = np.where(inside, number[np.minimum(corner, side - 1) @ digit], 0)
    share = (edges[:, :-1] - edges[:, 1:]).T
    return at.reshape(weighed, *beliefs.shape[:-1]), share.reshape(weighed, *beliefs.shape[:-1])


def _along(beliefs: Reals, side: int) -> Reals:
    """The coordinates of beliefs [point, kind] in the triangulation, [point, kind but the last]."""
    return np.asarray(np.cumsum(beliefs[:, ::-1], axis=1)[:, ::-1][:, 1:] * (side - 1))
