"""A solved game with hidden types gone through once more: policies and values move by move.

A solution keeps what is believed after every option, and values before the first move of each
period only. Everything else follows from these without looking for any equilibrium again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP
from standoff.solver import learning
from standoff.solver.backward import threads_for
from standoff.solver.ground import Ground
from standoff.solver.group import Floats
from standoff.solver.hidden import Kept, Learned, _end_period, _move, _sizes
from standoff.solver.lanes import empty_aligned

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """One move of one period; its values are to be taken before the next step is asked for."""

    ground: Ground
    period: int
    move: int
    kept: Kept | None
    room: Floats
    """[group, belief, state held, agent, lane]"""
    before: int
    """Where the states before the move are held in `room`."""
    after: int

    @property
    def options(self) -> int:
        """So many of the move's options can be reached in this period."""
        move = self.ground.game.moves[self.move]
        return int(move.first[int(move.reached[self.period])])

    def policy(self, row: int) -> Reals | None:
        """Choice probabilities in one row, [belief, kind, option]; None at an event.

        An actor about whom nothing is hidden has one kind. What a kind may not do has 0.
        """
        if self.kept is None:
            return None
        group, lane = divmod(row, GROUP)
        may = self.ground.may(self.move, self.period)[:, : self.options]
        shape = (self.room.shape[0], self.room.shape[1], len(may), self.options, GROUP)
        found = self.kept.policy.reshape(shape)[group, ..., lane]
        return np.where(may, found, 0.0).astype(np.float64)

    def heard(self, row: int) -> tuple[NDArray[np.int32], Reals] | None:
        """The points around what is believed after each option, and their weights, in one row.

        Both [belief, option, corner]; None where the move tells nothing.
        """
        if self.kept is None or not len(self.kept.place):
            return None
        group, lane = divmod(row, GROUP)
        shape = (self.room.shape[0], self.room.shape[1], self.options, -1, GROUP)
        place = self.kept.place.reshape(shape)[group, ..., lane]
        weight = self.kept.weight.reshape(shape)[group, ..., lane]
        return place.copy(), weight.astype(np.float64)

    def values(self, row: int, *, after: bool = False) -> Reals:
        """What agents expect before the move, or after it, in one row: [belief, state, agent].

        States are those before the move; after it, those before the next one.
        """
        begin = self.after if after else self.before
        return self._values(row, begin, begin + self.ground.game.capacity)

    def ended(self, row: int) -> Reals:
        """What agents expect where all is over, in one row: [belief, ended state, agent]."""
        return self._values(row, 2 * self.ground.game.capacity, self.room.shape[2])

    def _values(self, row: int, begin: int, end: int) -> Reals:
        group, lane = divmod(row, GROUP)
        return self.room[group, :, begin:end, :, lane].astype(np.float64)


def retrace(learned: Learned, period: int) -> Iterator[Step]:
    """Every move of a period, the last first, from a solution that kept its policies."""
    ground = learned.ground
    game, numbers = ground.game, ground.numbers
    points = ground.beliefs.points
    shape = (numbers.groups * points, ground.held, ground.agents, GROUP)
    room = empty_aligned(shape, numbers.chances.dtype)
    room[:] = 0
    sizes = _sizes(ground, ground.agents)
    values, capacity = room.ravel(), game.capacity
    after, before = 0, capacity
    learning.believed_payoffs(
        values, sizes, 2 * capacity, len(game.ended), ground.final[1], numbers.payoffs.ravel(),
        numbers.fixed_payoffs, ground.views.ravel(), ground.actor_of, ground.discount.ravel(),
        False,
    )  # fmt: skip
    following = learned.snapshots[period + 1]
    room[:, : following.shape[1]] = following
    _end_period(ground, values, sizes, after, period, outcomes=False)
    held = room.reshape(numbers.groups, points, *shape[1:])
    for k in reversed(range(len(game.moves))):
        told = learned.memory.get((period, k))
        recall = learning.FORGOTTEN if told is None else learning.READ
        with threads_for(game, numbers):
            _, kept = _move(
                ground, values, sizes, after, before, k, period,
                keep=True, memory=told, recall=recall,
            )  # fmt: skip
        yield Step(ground, period, k, kept, held, before, after)
        after, before = before, after
