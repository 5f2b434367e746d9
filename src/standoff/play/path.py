"""Single trajectories, move by move: where they were, what was chosen, what chance did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.play import cast_kernels, kernels
from standoff.play.cast import casts_of
from standoff.play.draws import MOST, key_of
from standoff.play.tables import board_of, choices_of, odds_of
from standoff.solver import Solution

Positions = NDArray[np.int32]


@dataclass(frozen=True)
class Paths:
    """Trajectories of one future under one doctrine.

    Turns are counted through: move k of period t is turn t · moves + k. Positions are those of
    `standoff.game.Move`: of a state in the move's list, -1 - k for state k of `Game.ended`; of an
    option and of a branch in the move's list, -1 where the crisis was over.
    """

    begin: int
    """The number of the first replication."""
    state: Positions  # [replication, turn + 1], before each turn, and at the end
    option: Positions  # [replication, turn]
    branch: Positions  # [replication, turn]
    total: NDArray[np.float64]  # [replication, channel], as in `Simulation.totals`
    kind: NDArray[np.int8]
    """[replication, actor], among the kinds of `Side`; 0 where nothing is hidden"""
    point: Positions
    """Where on the grid beliefs stood, [replication, turn + 1], before each turn, and at the end; 0
    where nothing is hidden"""


def paths(
    solution: Solution, *, row: int = 0, seed: int = 0, begin: int = 0, count: int = 1
) -> Paths:
    """Replications `begin` … `begin + count` of a solution that kept its policies, recorded.

    `row` is the future; what is drawn is what `simulate` draws for it.

    Raises:
        IndexError: the solution has no such row.
        ValueError: the policies were not kept, the seed is no number of 64 bits, or there are no
            such replications.
    """
    game = solution.game
    learned = solution.learned
    if not (solution.passed.policies if learned is None else learned.snapshots):
        raise ValueError("the policies were not kept: solve with keep_policies=True")
    if begin < 0 or count < 1 or begin + count > MOST:
        raise ValueError(
            f"replications {begin} to {begin + count - 1} do not exist; expected 0 to 2**32 - 1"
        )
    board = board_of(game)
    odds = odds_of(game, board, solution.numbers, row)
    (cast,) = casts_of(board, solution, (row,))
    shape = (count, game.periods, len(game.moves))
    options, branches = np.zeros(shape, np.int32), np.full(shape, -1, np.int32)
    totals = np.empty((count, game.channels))
    kind = np.zeros((count, len(game.actors)), np.int8)
    stood, ends = np.zeros(shape, np.int32), np.zeros(count, np.int64)
    if cast is None:
        nothing = np.zeros((1, game.channels))
        kernels.play(
            board, odds, choices_of(board, solution, row)[None], key_of(seed), row, begin, count,
            nothing, np.empty((1, game.channels)), np.empty((1, 1, game.channels)), totals[None],
            options[None], branches[None],
        )  # fmt: skip
    else:
        counts = np.zeros((game.periods + 1, cast.points), np.int64)
        cast_kernels.play_cast(
            board, odds, cast, key_of(seed), row, begin, count, totals, kind, ends, counts,
            options, branches, stood,
        )  # fmt: skip
    turns = game.periods * len(game.moves)
    state = np.full((count, turns + 1), game.start, np.int32)
    option, branch = (np.full((count, turns), -1, np.int32) for _ in range(2))
    for turn in range(turns):
        period, k = divmod(turn, len(game.moves))
        move, now = game.moves[k], state[:, turn]
        on = now >= 0
        option[on, turn] = move.first[now[on]] + options[on, period, k]
        branch[on, turn] = move.branch[option[on, turn]] + branches[on, period, k]
        state[:, turn + 1] = now
        state[on, turn + 1] = move.to[branch[on, turn]]
    point = np.concatenate([stood.reshape(count, turns), ends[:, None]], axis=1, dtype=np.int32)
    return Paths(begin, state, option, branch, totals, kind, point)
