"""One future's numbers written out along the topology: what a reader without kernels needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import Game, Integers
from standoff.game.numbers import GROUP, Numbers

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """The numbers of a game in one future; the axes are those of `Move` and `Game`."""

    chance: tuple[Reals, ...]
    """For each move, [branch]."""
    payoff: tuple[Reals, ...]
    """For each move, [option, actor]."""
    accrual: Reals  # [state before the first move, channel]
    horizon: Reals  # [state before the first move, channel]
    ended_final: Reals  # [ended state, channel]
    rationality: Reals  # [actor]
    discount: Reals  # [actor]


def row_of(game: Game, numbers: Numbers, row: int = 0) -> Row:
    """The numbers of a future, decoded.

    Raises:
        IndexError: there is no such row.
    """
    if not 0 <= row < numbers.rows:
        raise IndexError(f"there is no row {row}; there are {numbers.rows}, counted from 0")
    group, lane = divmod(row, GROUP)

    def decoded(codes: Integers, table: NDArray[np.floating], fixed: NDArray[np.floating]) -> Reals:
        known = np.concatenate([table[group, :, lane], fixed[::-1]]).astype(np.float64)
        return known[codes]  # a code below 0 counts from the end

    chances = (numbers.chances, numbers.fixed_chances)
    payoffs = (numbers.payoffs, numbers.fixed_payoffs)
    return Row(
        chance=tuple(decoded(move.chance, *chances) for move in game.moves),
        payoff=tuple(decoded(move.payoff, *payoffs) for move in game.moves),
        accrual=decoded(game.accrual, *payoffs),
        horizon=decoded(game.horizon, *payoffs),
        ended_final=decoded(game.ended_final, *payoffs),
        rationality=numbers.rationality[group, :, lane].astype(np.float64),
        discount=numbers.discount[group, :, lane].astype(np.float64),
    )
