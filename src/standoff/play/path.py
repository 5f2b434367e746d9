"""Single trajectories, move by move: where they were, what was chosen, what chance did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.play import kernels
from standoff.play.draws import MOST, key_of
from standoff.play.tables import board_of, choices_of, odds_of
from standoff.play.unsuited import refuse_hidden
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


def paths(
    solution: Solution, *, row: int = 0, seed: int = 0, begin: int = 0, count: int = 1
) -> Paths:
    """Replications `begin` … `begin + count` of a solution that kept its policies, recorded.

    `row` is the future; what is drawn is what `simulate` draws for it.

    Raises:
        IndexError: the solution has no such row.
        HiddenError: something is hidden in the game under the solution's doctrine.
        ValueError: the policies were not kept, the seed is no number of 64 bits, or there are no
            such replications.
    """
    game = solution.game
    if solution.learned is not None:
        refuse_hidden(
            game, solution.doctrine, "courses cannot be played out",
            "how likely each is, is in the solution's course",
        )  # fmt: skip
    if not solution.passed.policies:
        raise ValueError("the policies were not kept: solve with keep_policies=True")
    if begin < 0 or count < 1 or begin + count > MOST:
        raise ValueError(
            f"replications {begin} to {begin + count - 1} do not exist; expected 0 to 2**32 - 1"
        )
    board = board_of(game)
    odds = odds_of(game, board, solution.numbers, row)
    choices = choices_of(board, solution, row)
    shape = (1, count, game.periods, len(game.moves))
    options, branches = np.zeros(shape, np.int32), np.full(shape, -1, np.int32)
    totals = np.empty((1, count, game.channels))
    nothing = np.zeros((1, game.channels))
    kernels.play(
        board, odds, choices[None], key_of(seed), row, begin, count, nothing,
        np.empty((1, game.channels)), np.empty((1, 1, game.channels)), totals, options, branches,
    )  # fmt: skip
    turns = game.periods * len(game.moves)
    state = np.full((count, turns + 1), game.start, np.int32)
    option, branch = (np.full((count, turns), -1, np.int32) for _ in range(2))
    for turn in range(turns):
        period, k = divmod(turn, len(game.moves))
        move, now = game.moves[k], state[:, turn]
        on = now >= 0
        option[on, turn] = move.first[now[on]] + options[0, on, period, k]
        branch[on, turn] = move.branch[option[on, turn]] + branches[0, on, period, k]
        state[:, turn + 1] = now
        state[on, turn + 1] = move.to[branch[on, turn]]
    return Paths(begin, state, option, branch, totals[0])
