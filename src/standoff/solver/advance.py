"""One period at a time: a distribution over states pushed through the moves of a solved game."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game
from standoff.solver.backward import threads_for
from standoff.solver.beliefs import grouped_classes
from standoff.solver.forward import choice_names, choice_offsets, push
from standoff.solver.group import Floats
from standoff.solver.hidden import policies_of, push_hidden
from standoff.solver.lanes import empty_aligned
from standoff.solver.solution import Solution


@dataclass(frozen=True)
class Density:
    """Where the crisis may be before the first move of a period, in every row.

    Where something is hidden there is an entry for each profile of kinds (types, and whether a
    doctrine binds them) and each point of the belief grid; else one of each.
    """

    period: int
    """From 0; the horizon is the number of periods."""
    held: Floats
    """Probability, [group, profile, belief, state, lane].

    States are all of those before the first move, then those in which the crisis is over."""

    def rows(self, count: int) -> NDArray[np.float64]:
        """Probability of each state, whatever the types and beliefs, [row, state]."""
        return _by_row(self.held.sum(axis=(1, 2)), count)

    def profiles(self, count: int) -> NDArray[np.float64]:
        """Probability of each profile of kinds, [row, profile]."""
        return _by_row(self.held.sum(axis=(2, 3)), count)

    def times(self, factor: NDArray[np.float64]) -> Density:
        """The same with the probability of each state times a factor, [row, state]."""
        groups, lanes = len(self.held), self.held.shape[-1]
        padded = np.pad(factor, ((0, groups * lanes - len(factor)), (0, 0)), mode="edge")
        grouped = padded.reshape(groups, lanes, -1).swapaxes(1, 2)
        held = self.held * grouped[:, None, None].astype(self.held.dtype)
        return replace(self, held=held)


def _by_row(grouped: Floats, count: int) -> NDArray[np.float64]:
    """[group, item, lane] as [row, item]."""
    by_lane = grouped.swapaxes(1, 2)
    return np.asarray(by_lane.reshape(-1, grouped.shape[1])[:count], np.float64)


def states_of(game: Game) -> NDArray[np.uint16]:
    """The states of a density, [state, variable]."""
    return np.concatenate([game.moves[0].states, game.ended])


def at_start(solution: Solution) -> Density:
    """The distribution at the start, types drawn as they really are."""
    game, learned = solution.game, solution.learned
    dtype = solution.numbers.chances.dtype
    groups, first = solution.numbers.groups, len(game.moves[0].states)
    profiles = 1 if learned is None else len(learned.ground.beliefs.profiles)
    points = 1 if learned is None else learned.ground.beliefs.points
    held = np.zeros((groups, profiles, points, first + len(game.ended), GROUP), dtype)
    for start in game.starts:
        place = first + start.place if start.is_over else start.place
        if learned is None:
            held[:, 0, 0, place] = start.probability
            continue
        drawn = grouped_classes(learned.ground.beliefs.truth(), dtype)
        group, lane = np.arange(groups)[:, None], np.arange(GROUP)[None, :]
        for corner, share in zip(*learned.ground.beliefs.start(dtype), strict=True):
            for r in range(profiles):
                held[group, r, corner, place, lane] += drawn[:, r] * share * start.probability
    return Density(0, held)


def advance(solution: Solution, density: Density) -> Density:
    """The distribution a period later: all moves and events of `density.period`, in their order.

    Raises:
        ValueError: the policies were not kept, or the horizon is reached.
    """
    game, learned, numbers = solution.game, solution.learned, solution.numbers
    period = density.period
    if period >= game.periods:
        raise ValueError(f"'{game.scenario.name}' has {game.periods} periods; none is left")
    kept = solution.passed.policies if learned is None else learned.snapshots
    if not kept:
        raise ValueError("the policies were not kept: solve with keep_policies=True")
    capacity, first = game.capacity, len(game.moves[0].states)
    over = 2 * capacity
    groups, profiles, points = density.held.shape[:3]
    shape = (groups, profiles, points, over + len(game.ended), GROUP)
    room = empty_aligned(shape, density.held.dtype)
    room[:] = 0
    room[:, :, :, :first] = density.held[:, :, :, :first]
    room[:, :, :, over:] = density.held[:, :, :, first:]
    offsets, width = choice_offsets(game), len(choice_names(game))
    choices = np.zeros((groups, width, GROUP), density.held.dtype)
    before, after = 0, capacity
    with threads_for(game, numbers):
        policies = None if learned is None else dict(policies_of(learned, period))
        for k in range(len(game.moves)):
            room[:, :, :, after : after + capacity] = 0
            if learned is None or policies is None:
                push(
                    game, numbers, solution.open_options, solution.passed, room, before, after, k,
                    period, choices, offsets[k],
                )  # fmt: skip
            else:
                push_hidden(
                    learned.ground, room, before, after, k, period, policies[k], choices,
                    offsets[k], width,
                )  # fmt: skip
            before, after = after, before
    held = np.concatenate([room[:, :, :, before : before + first], room[:, :, :, over:]], axis=3)
    return replace(density, period=period + 1, held=held)
