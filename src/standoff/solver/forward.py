"""The forward pass: where the crisis is, period by period, under policies that are known."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike, NDArray

from standoff.game import GROUP, Game, Numbers
from standoff.solver import kernels
from standoff.solver.backward import Backward, OpenOptions, held_starts, threads_for
from standoff.solver.group import Floats
from standoff.solver.lanes import empty_aligned


@dataclass(frozen=True)
class Forward:
    """What a forward pass gives; period 0 is the start, period t the end of the t-th."""

    labels: Floats
    """Probability of each value of each variable, [period, group, label, lane]."""
    choices: Floats
    """Probability that each action is taken in each period, [period, group, choice, lane]."""
    accrued: Floats
    """Expected accrual in each period, without costs of actions, [period, group, channel, lane]."""
    final: Floats
    """Expected final payoff or outcome, [group, channel, lane]."""
    going_on: Floats
    """Probability that the crisis goes on, [period, group, lane]."""
    path: Floats
    """Expected value to each actor while the crisis goes on, [period, group, actor, lane].

    nan where it cannot go on."""
    beliefs: Floats | None = None
    """Expected shared belief in each type of each actor, [period, group, type, lane].

    Over all courses; where the crisis is over, as it was then. None where nothing is hidden."""


def label_names(game: Game) -> tuple[tuple[str, str], ...]:
    """(variable, value) in the order of `Forward.labels`."""
    return tuple((v.name, label) for v in game.scenario.variables for label in v.labels)


def choice_names(game: Game) -> tuple[tuple[int, str, str], ...]:
    """(move, actor, action) in the order of `Forward.choices`."""
    return tuple(
        (k, game.actors[member], action.name)
        for k, move in enumerate(game.moves)
        for member in move.members
        for action in game.scenario.actors[member].actions
    )


def choice_offsets(game: Game) -> tuple[NDArray[np.int64], ...]:
    """For each move and member, where its actions begin in `Forward.choices`."""
    counts = [len(game.scenario.actors[m].actions) for move in game.moves for m in move.members]
    begins = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    ends = np.cumsum([0, *(len(move.members) for move in game.moves)])
    return tuple(begins[a:b] for a, b in pairwise(ends))


def label_offsets(game: Game) -> NDArray[np.int64]:
    """For each variable, where its values begin in `Forward.labels`."""
    return np.cumsum([0] + [variable.size for variable in game.scenario.variables])[:-1]


def nothing_yet(game: Game, groups: int, dtype: DTypeLike) -> Forward:
    """A forward pass of which nothing has been added up."""
    ends = (game.periods + 1, groups)
    return Forward(
        labels=np.zeros((*ends, len(label_names(game)), GROUP), dtype),
        choices=np.zeros((game.periods, groups, len(choice_names(game)), GROUP), dtype),
        accrued=np.zeros((game.periods, groups, game.channels, GROUP), dtype),
        final=np.zeros((groups, game.channels, GROUP), dtype),
        going_on=np.zeros((*ends, GROUP), dtype),
        path=np.zeros((*ends, len(game.actors), GROUP), dtype),
    )


def push(
    game: Game, numbers: Numbers, open_options: OpenOptions, solved: Backward, density: Floats,
    before: int, after: int, k: int, period: int, choices: Floats, offsets: NDArray[np.int64],
) -> None:  # fmt: skip
    """Pushes `density`, which has [group, …, state, lane], through move k of a period.

    What is held from `before` on is added to from `after` on, or where the crisis is over; the
    probability of what is chosen is added to `choices`, [group, choice, lane], from `offsets` on.
    """
    move, policy = game.moves[k], solved.policies[k]
    n = int(move.reached[period])
    kernels.forward_move(
        density.ravel(), numbers.groups, density.shape[-2], before, after, 2 * game.capacity, n,
        move.first, move.action, move.branch, move.to, move.chance, open_options[k][period],
        numbers.chances.ravel(), numbers.chances.shape[1], numbers.fixed_chances,
        len(move.members),
        np.empty(0, density.dtype) if policy is None else policy[period].ravel(),
        int(move.first[n]), choices.ravel(), offsets, choices.shape[1],
    )  # fmt: skip


def forward(game: Game, numbers: Numbers, open_options: OpenOptions, solved: Backward) -> Forward:
    """The distribution over states under the policies of `solved`, which must have kept all."""
    with threads_for(game, numbers):
        return _forward(game, numbers, open_options, solved)


def _forward(game: Game, numbers: Numbers, open_options: OpenOptions, solved: Backward) -> Forward:
    dtype = numbers.chances.dtype
    groups, periods, moves = numbers.groups, game.periods, game.moves
    capacity = game.capacity
    held, over, ended = 2 * capacity + len(game.ended), 2 * capacity, len(game.ended)
    density = empty_aligned((groups, held, GROUP), dtype)
    names = label_names(game)
    offsets, offsets_of = label_offsets(game), choice_offsets(game)
    found = nothing_yet(game, groups, dtype)
    labels, choices, path = found.labels, found.choices, found.path
    accrued, final, going_on = found.accrued, found.final, found.going_on
    tables = (numbers.payoffs.ravel(), numbers.payoffs.shape[1], numbers.fixed_payoffs)
    flat = density.ravel()
    density[:] = 0
    density[:, held_starts(game, 0)] = np.array([[one.probability] for one in game.starts])
    before, after = 0, capacity
    for period in range(periods + 1):
        n = int(moves[0].reached[period])
        for start, count, states in ((before, n, moves[0].states), (over, ended, game.ended)):
            total = labels[period].ravel()
            kernels.marginals(flat, groups, held, start, count, states, offsets, total, len(names))
        alive = density[:, before : before + n]
        going_on[period] = alive.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.einsum("gsl,gsjl->gjl", alive, solved.values[period])
            path[period] = value / going_on[period][:, None, :]
        if period == periods:
            break
        for k in range(len(moves)):
            density[:, after : after + capacity] = 0
            push(
                game, numbers, open_options, solved, density, before, after, k, period,
                choices[period], offsets_of[k],
            )  # fmt: skip
            before, after = after, before
        n = int(moves[0].reached[period + 1])
        total = accrued[period].ravel()
        kernels.expect(flat, groups, held, before, n, game.accrual, *tables, total)
    n = int(moves[0].reached[periods])
    kernels.expect(flat, groups, held, before, n, game.horizon, *tables, final.ravel())
    kernels.expect(flat, groups, held, over, ended, game.ended_final, *tables, final.ravel())
    return found
