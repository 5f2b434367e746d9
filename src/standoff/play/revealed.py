"""A game as it is once everybody's type is known: what is paid is paid to types."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from standoff.game import Game, Integers


def revealed(game: Game, profile: NDArray[np.int64]) -> Game:
    """The game in which actors are of these types, [actor], and receive what such types do.

    A game without types is answered as it is.
    """
    hidden = game.hidden
    if hidden is None:
        return game
    actors = np.arange(len(game.actors))
    number = int(np.ravel_multi_index(tuple(profile), hidden.types))

    def of(channels: Integers, by_actor: Integers) -> Integers:
        return np.concatenate([by_actor[number], channels[:, len(actors) :]], axis=1)

    moves = zip(game.moves, hidden.payoff, strict=True)
    return replace(
        game,
        moves=tuple(replace(move, payoff=paid[:, actors, profile]) for move, paid in moves),
        ended_final=of(game.ended_final, hidden.ended_final),
        horizon=of(game.horizon, hidden.horizon),
        accrual=of(game.accrual, hidden.accrual),
        hidden=None,
    )
