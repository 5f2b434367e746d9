"""Plays drawn at random, all at once: the mean of what they bring, without any expectation.

Every play is in one state. At a move it draws an option by its policy and then a branch by chance;
both by where a uniform number falls among probabilities added up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.certificate.chain import Chain, Indices, Reals


def draw(chain: Chain, count: int, seed: int) -> Reals:
    """The mean of every channel over `count` plays, [channel]."""
    game, row = chain.game, chain.row
    actors, hits = len(game.actors), game.hits
    plain = game.channels - hits
    random = np.random.default_rng(seed)
    total = np.zeros(game.channels)
    missed = np.ones((count, hits), bool)  # has a condition not held so far?

    def notice(who: Indices, hit: NDArray[np.bool_], period: int) -> None:
        if hits:
            new = missed[who] & hit
            total[plain:] += new.sum(axis=0) * chain.hit_worth(period)
            missed[who] &= ~hit

    def pay(payments: Reals, discount: Reals) -> None:
        due = payments[:, :plain].sum(axis=0)
        due[:actors] *= discount
        total[:plain] += due

    who = np.arange(count)
    state = np.full(count, game.starts[0].state)
    if len(game.starts) > 1:
        odds = np.array([start.probability for start in game.starts])
        state = random.choice([one.state for one in game.starts], size=count, p=odds / odds.sum())
    over = state < 0
    notice(who[over], game.ended_hit[-1 - state[over]], 0)
    pay(row.ended_final[-1 - state[over]], np.ones(actors))
    who, state = who[~over], state[~over]
    for period in range(game.periods):
        discount = row.discount**period
        for turn, policies in zip(chain.turns, chain.policies, strict=True):
            move = turn.move
            notice(who, move.hit[state], period)
            option = move.first[state].astype(np.intp)
            if move.members:
                chosen = np.concatenate([[0.0], np.cumsum(policies[period])])
                option = _drawn(chosen, option, move.first[state + 1], random)
            total[:actors] += discount * turn.payoff[option].sum(axis=0)
            branch = _drawn(turn.steps, move.branch[option], move.branch[option + 1], random)
            place = turn.leads.indices[branch].astype(np.intp)
            over = place >= turn.live
            ended = place[over] - turn.live
            notice(who[over], game.ended_hit[ended], period)
            pay(row.ended_final[ended], discount)
            who, state = who[~over], place[~over]
        pay(row.accrual[state], discount)
        notice(who, game.moves[0].hit[state], period)
    pay(row.horizon[state], row.discount**game.periods)
    return total / count


def _drawn(
    steps: Reals,
    first: NDArray[np.integer],
    end: NDArray[np.integer],
    random: np.random.Generator,
) -> Indices:
    """An item of each list first … end - 1, by probabilities whose sums so far are `steps`."""
    low = steps[first]
    at = low + random.random(len(first)) * (steps[end] - low)
    found: Indices = np.clip(np.searchsorted(steps, at, side="right") - 1, first, end - 1)
    return found
