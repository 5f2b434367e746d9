"""Where the crisis is, period by period, and what is paid on the way: forward, by sparse matrices.

The conditions of `ever` and `first time` are not carried as values here but as mass that is taken
out where one holds: a column for each, beside the column of all mass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.certificate.chain import Chain, Reals


@dataclass(frozen=True)
class Course:
    """What pushing the start forward gives."""

    expectation: Reals
    """Of every channel, [channel]."""
    mass: Reals
    """Probability of all states together, after each period and at the start, [period]."""


def course(chain: Chain) -> Course:
    """Pushes the start through every move of every period, collecting payments where they fall."""
    game, row = chain.game, chain.row
    actors, hits = len(game.actors), game.hits
    plain = game.channels - hits
    collected = np.zeros(game.channels)
    ended_mass, mass = 0.0, []

    def take(held: Reals, hit: NDArray[np.bool_], period: int) -> None:
        """In place: what is in a state where a condition holds is counted, and taken out."""
        if hits:
            here = held[:, 1:] * hit
            collected[plain:] += here.sum(axis=0) * chain.hit_worth(period)
            held[:, 1:] -= here

    def pay(weights: Reals, payments: Reals, discount: Reals) -> None:
        """Payments [item, channel] with these weights [item]; only actors discount."""
        due = weights @ payments[:, :plain]
        due[:actors] *= discount
        collected[:plain] += due

    live = np.zeros((len(row.horizon), 1 + hits))
    over = np.zeros((len(game.ended), 1 + hits))
    for start in game.starts:
        (over if start.is_over else live)[start.place] = start.probability
    take(over, game.ended_hit, 0)
    pay(over[:, 0], row.ended_final, np.ones(actors))
    ended_mass += float(over[:, 0].sum())
    mass.append(float(live[:, 0].sum()) + ended_mass)
    for period in range(game.periods):
        discount = row.discount**period
        for turn, policies in zip(chain.turns, chain.policies, strict=True):
            move, n = turn.move, int(turn.move.reached[period])
            take(live, move.hit, period)
            taken = np.repeat(live[:n], np.diff(move.first[: n + 1]), axis=0)
            taken *= policies[period][:, None]
            collected[:actors] += discount * (taken[:, 0] @ turn.payoff[: len(taken)])
            after = turn.first_of(n).T @ taken
            live, over = after[: turn.live], after[turn.live :]
            take(over, game.ended_hit, period)
            pay(over[:, 0], row.ended_final, discount)
            ended_mass += float(over[:, 0].sum())
        pay(live[:, 0], row.accrual, discount)
        take(live, game.moves[0].hit, period)
        mass.append(float(live[:, 0].sum()) + ended_mass)
    pay(live[:, 0], row.horizon, row.discount**game.periods)
    return Course(collected, np.array(mass))
