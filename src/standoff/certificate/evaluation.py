"""What policies are worth, from the policies alone: backward, by products of sparse matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.certificate.chain import Chain, Reals, Turn, choosing
from standoff.certificate.choice import against, best_of, expected


@dataclass(frozen=True)
class Moment:
    """One move of one period, in the states that can be reached by then."""

    period: int
    move: int
    turn: Turn
    policy: Reals
    """[option]"""
    q: Reals
    """Expected channels once an option is taken, [option, channel]."""
    value: Reals
    """Expected channels, [state, channel]."""
    variance: Reals
    """Of the channels over all courses from here on, [state, channel]."""
    best: Reals
    """Worth to each actor of replying best, from here on, to the others, [state, actor]."""

    @property
    def states(self) -> int:
        """How many states can be reached by then."""
        return len(self.value)


Choose = Callable[[int, int, Reals], Reals]
"""The policy [option] at a period and move, where options are worth so much [option, channel]."""


def moments(chain: Chain, choose: Choose | None = None) -> Iterator[Moment]:
    """Every move of every period, the last first.

    With `choose` the policies are what it says, in place of the solution's.

        Q(s, a)   = u(s, a) + Σ_o p_o V(f_o)
        V(s)      = Σ_a π(a | s) Q(s, a)
        Var(s, a) = Σ_o p_o Var(f_o) + Σ_o p_o V(f_o)² - (Σ_o p_o V(f_o))²
        Var(s)    = Σ_a π(a | s) [Var(s, a) + (Q(s, a) - V(s))²]

    The best reply of an actor takes the maximum over its own open actions in place of its policy,
    at all its moves, against the others' policies.
    """
    game, row = chain.game, chain.row
    actors, channels = len(game.actors), game.channels
    columns = 2 * channels + actors  # values, variances, best replies
    v, var, best = slice(channels), slice(channels, 2 * channels), slice(2 * channels, columns)
    after = np.zeros((len(row.horizon) + len(game.ended), columns))
    n = int(game.moves[0].reached[game.periods])
    after[:n, v] = row.horizon[:n]
    after[:n, best] = row.horizon[:n, :actors]
    for period in reversed(range(game.periods)):
        _end_period(chain, after[: int(game.moves[0].reached[period + 1])], period)
        over = chain.over(period)
        for k in reversed(range(len(game.moves))):
            turn = chain.turns[k]
            move, n = turn.move, int(turn.move.reached[period])
            options = int(move.first[n])
            after[turn.live :, v] = over
            after[turn.live :, var] = 0.0
            after[turn.live :, best] = over[:, :actors]
            leads = turn.first_of(n)
            ahead = leads @ after
            spread = leads @ after[:, v] ** 2 - ahead[:, v] ** 2
            q, replying = ahead[:, v], ahead[:, best]
            q[:, :actors] += turn.payoff[:options]
            replying += turn.payoff[:options]
            policy = chain.policies[k][period] if choose is None else choose(period, k, q)
            mixed = choosing(policy, move.first, n)
            value = mixed @ q
            from_mean = q - np.repeat(value, np.diff(move.first[: n + 1]), axis=0)
            variance = np.maximum(mixed @ (ahead[:, var] + spread + from_mean**2), 0.0)
            reply = mixed @ replying
            free = chain.open_options[k][period][:options]
            for member, own in enumerate(turn.own):
                others = against(turn, policy, member, n)
                worth = expected(own, others, replying[:, own.actor], n)
                reply[:, own.actor] = best_of(own, worth, free, n)
            chain.hit(value, move.hit, period)
            _certain(chain, variance, move.hit[:n])
            yield Moment(period, k, turn, policy, q, value, variance, reply)
            previous = chain.turns[k - 1]
            after = np.zeros((previous.live + len(game.ended), columns))
            after[:n] = np.hstack([value, variance, reply])


def _end_period(chain: Chain, live: Reals, period: int) -> None:
    """In place: discounts values, variances and best replies, and adds what is paid."""
    game, row = chain.game, chain.row
    actors, channels, n = len(game.actors), game.channels, len(live)
    value, variance, best = np.split(live, [channels, 2 * channels], axis=1)
    value[:, :actors] *= row.discount
    variance[:, :actors] *= row.discount**2
    best *= row.discount
    value += row.accrual[:n]
    best += row.accrual[:n, :actors]
    chain.hit(value, game.moves[0].hit, period)
    _certain(chain, variance, game.moves[0].hit[:n])


def _certain(chain: Chain, variance: Reals, hit: NDArray[np.bool_]) -> None:
    """In place: what has been hit no longer varies."""
    if chain.game.hits:
        variance[:, -chain.game.hits :][hit] = 0.0
