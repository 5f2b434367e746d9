"""What playing out looks up: a game's layout, what chance does, and how its movers choose.

Everything a trajectory needs at a move stands together, in two records of 32-bit numbers that are
as long everywhere in the move, so that no list must be walked:

    choice, one a state    thresholds of its options but the last; the state's first option
    chance, one an option  thresholds of its branches but the last; the state after each branch;
                           where the move costs anybody anything, which price is paid

A threshold is a cumulative probability times 2³¹, rounded: as many options are passed over as have
a threshold at or below the draw. Options that are not open have probability 0 and are never met;
missing ones have the threshold that no draw reaches. A state whose only option is certain, as at
an event, needs no choice record: its option has the state's number.

The members of a group choose one after another, each with a draw of its own and with its
probabilities given what those before it chose (its marginals, where they choose independently).
After the record of the first member follows one of `width` thresholds for each other member.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, HIT_KINDS, ZERO, Game, Numbers, row_of
from standoff.play import kernels
from standoff.play.draws import slots_of
from standoff.solver import Solution

Words = NDArray[np.uint32]
Places = NDArray[np.int64]
Reals = NDArray[np.float64]


class Board(NamedTuple):
    """Where things are: the same in every future and under every doctrine."""

    width: Places
    """[move], options of one state at most"""
    fan: Places
    """[move], branches of one option at most"""
    members: Places
    """[move]"""
    slot: Places
    """[move + 1], first slot among a period's draws"""
    choice_at: Places
    """[period, move], where the choice records begin"""
    chance_at: Places
    """[move], where the chance records begin"""
    pays: NDArray[np.bool_]
    """[move], whether options have payoffs other than 0"""
    option_at: Places
    """[move + 1], where the options of each move begin among those of all"""
    price: Places
    """[option of any move], position among the prices: what is paid at it"""
    priced: Places
    """[price], an option of any move that has it"""
    hit_at: Places
    """[move], where the hits of states begin, -1 where there are none"""
    hit: NDArray[np.bool_]
    """[state of a move, hit channel], flat"""
    ended_hit: NDArray[np.bool_]
    """[ended state, hit channel]"""
    counts_time: NDArray[np.bool_]
    """[hit channel], whether it tells when (`first time`) or whether (`ever`)"""
    start: int
    periods: int
    actors: int
    choices: int
    """Words in all choice records."""
    chances: int
    """Words in all chance records."""


class Odds(NamedTuple):
    """What chance does and what is paid, in one future."""

    chance: Words
    """Chance records of all moves."""
    price: Reals
    """[price, actor], what the actors receive"""
    accrual: Reals
    """[state before the first move, channel]"""
    horizon: Reals
    """[state before the first move, channel]"""
    ended: Reals
    """[ended state, channel]"""
    weight: Reals
    """[period and horizon, channel], what a payment then counts: discounted for actors"""


def board_of(game: Game) -> Board:
    """The layout of a game's tables."""
    width = np.array([np.diff(move.first).max(initial=1) for move in game.moves], np.int64)
    fan = np.array([np.diff(move.branch).max(initial=1) for move in game.moves], np.int64)
    members = np.array([len(move.members) for move in game.moves])
    records = np.where(width > 1, width * np.maximum(members, 1), 0)
    reached = np.array([move.reached[: game.periods] for move in game.moves]).T
    choice_at = np.cumsum([0, *(reached * records).ravel()])
    options = np.array([len(move.action) for move in game.moves])
    # Where types are hidden a price is what every type of every actor would pay.
    payoff = game.hidden.payoff if game.hidden else [move.payoff for move in game.moves]
    codes = [part.reshape(len(part), math.prod(part.shape[1:])) for part in payoff]
    pays = np.array([(part != ZERO).any() for part in codes])
    words = options * (2 * fan - 1 + pays)
    priced, price = _distinct(np.concatenate(codes))
    hits = np.array([move.hit.any() for move in game.moves])
    hit = [move.hit.ravel() for move in game.moves if move.hit.any()]
    kinds = [outcome.kind for outcome in game.outcomes if outcome.kind in HIT_KINDS]
    return Board(
        width=width,
        fan=fan,
        members=members,
        slot=slots_of(game),
        choice_at=choice_at[:-1].reshape(reached.shape),
        chance_at=_starts(words),
        pays=pays,
        option_at=np.cumsum([0, *options]),
        price=price,
        priced=priced,
        hit_at=np.where(hits, _starts(hits * [move.hit.size for move in game.moves]), -1),
        hit=np.concatenate([np.empty(0, bool), *hit]),
        ended_hit=game.ended_hit,
        counts_time=np.array([kind == "first time" for kind in kinds], bool),
        start=game.start,
        periods=game.periods,
        actors=len(game.actors),
        choices=int(choice_at[-1]),
        chances=int(words.sum()),
    )


def _starts(sizes: Places) -> Places:
    """Where each of several parts begins that stand one after another."""
    return np.cumsum([0, *sizes])[:-1]


def _distinct(codes: NDArray[np.int32]) -> tuple[Places, Places]:
    """One of each kind of row of `codes` [option, actor], and for each row which kind it is."""
    kind = np.zeros(len(codes), np.int64)
    for column in codes.T.astype(np.int64):
        low, high = column.min(initial=0), column.max(initial=0)
        kind = np.unique(kind * (high - low + 1) + column - low, return_inverse=True)[1]
    return np.unique(kind, return_index=True)[1], kind


def odds_of(game: Game, board: Board, numbers: Numbers, row: int) -> Odds:
    """The tables of chance and payment in one row."""
    decoded = row_of(game, numbers, row)
    chance = np.empty(board.chances, np.uint32)
    for k, move in enumerate(game.moves):
        price = board.price[board.option_at[k] : board.option_at[k + 1]]
        kernels.pack_chance(
            chance, board.chance_at[k], board.fan[k], board.pays[k], move.branch,
            decoded.chance[k], move.to, price,
        )  # fmt: skip
    times = np.arange(game.periods + 1)[:, None]
    weight = np.ones((game.periods + 1, game.channels))
    weight[:, : len(game.actors)] = decoded.discount**times
    return Odds(
        chance=chance,
        price=np.concatenate(decoded.payoff)[board.priced],
        accrual=decoded.accrual,
        horizon=decoded.horizon,
        ended=decoded.ended_final,
        weight=weight,
    )


def choices_of(board: Board, solution: Solution, row: int) -> Words:
    """The choice records of one row of a solution that kept its policies."""
    game, policies = solution.game, solution.passed.policies
    group, lane = divmod(row, GROUP)
    words = np.empty(board.choices, np.uint32)
    for k, (move, by_period) in enumerate(zip(game.moves, policies, strict=True)):
        if by_period is None or board.width[k] == 1:
            continue
        for period, policy in enumerate(by_period):
            kernels.pack_choices(
                words, board.choice_at[period, k], board.width[k], int(move.reached[period]),
                move.first, move.action, policy[group, :, lane],
            )  # fmt: skip
    return words
