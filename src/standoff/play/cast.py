"""What playing out looks up where something is hidden: who is of which kind, and what is learnt.

A course has three things more than one in which all is known. Before its first move the kind of
each actor is drawn, as kinds really are. A mover's choice record is that of its kind at the point
of the grid where beliefs stand; and after its move they go on to another point: what is believed
after an option lies among a few points, one of which is drawn with the weights of linear
interpolation. That is how the solution reads what lies between the points, so that courses are
distributed exactly as its forward pass says; the belief is right on average, and a course that
kept the number itself would be one of another game.

Records follow those of `tables`, in 32-bit numbers:

    choice, one a point, kind and state    thresholds of the options but the last; the first option
    hearing, one a point and option        thresholds of the corners but the last; their points
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, row_of
from standoff.play import cast_kernels
from standoff.play.draws import ONE_DRAW
from standoff.play.kernels import CERTAIN
from standoff.play.revealed import revealed
from standoff.play.tables import Board, Places, Reals, Words
from standoff.solver import Beliefs, Learned, Solution, around, retrace


class Deal(NamedTuple):
    """How it is drawn who is what, and where on the grid beliefs start; actors have as many places
    as the one with most kinds."""

    kind: Words
    """[actor, place in `order`], thresholds of kinds"""
    order: Places
    """[actor, place], kinds by type: what type is drawn does not turn on the doctrine"""
    step: Places
    """[actor, kind], by how much the number of the profile of types grows with it"""
    corner: Words
    """[actor, corner], thresholds of the points around the prior"""
    start: Places
    """[actor, corner], by how much the number of the first point grows"""


class Tellings(NamedTuple):
    """The outcomes that depend on what is believed."""

    channel: Places  # [outcome]
    at_end: NDArray[np.bool_]
    """[outcome], whether it counts at the end only"""
    table: Reals  # [outcome, combination, point]
    of: Places
    """[outcome, state before the first move], combination"""
    of_ended: Places
    """[outcome, ended state], combination"""


class Cast(NamedTuple):
    """Kinds, beliefs and what is paid, in one future under one doctrine."""

    points: int
    """Of the belief grid."""
    mover: Places
    """[move], its actor; 0 at events"""
    kinds: Places
    """[move], kinds of its actor; 1 where nothing is hidden about it"""
    corners: Places
    """[move], points around what is believed after it; 0 where it tells nothing"""
    reached: Places
    """[period, move], states"""
    options: Places
    """[period, move]"""
    choice_at: Places
    """[period, move], where the choice records begin"""
    hearing_at: Places
    """[period, move], where the hearing records begin"""
    words: Words
    """All choice and hearing records."""
    deal: Deal
    price: Reals
    """[profile of types, price, actor]"""
    accrual: Reals
    """[profile of types, state before the first move, channel]"""
    horizon: Reals
    """[profile of types, state before the first move, channel]"""
    ended: Reals
    """[profile of types, ended state, channel]"""
    tellings: Tellings


@dataclass(frozen=True)
class _Layout:
    """Where records stand; arrays are [move], or [period, move]."""

    kinds: Places
    corners: Places
    reached: Places
    options: Places
    begins: Places
    """Where the choice and the hearing records begin, [period, move, 2] and one more: flat."""


def _layout(board: Board, game: Game, beliefs: Beliefs) -> _Layout:
    sides = [beliefs.sides[move.members[0]] if move.members else None for move in game.moves]
    kinds = np.array([len(side.kinds) if side else 1 for side in sides])
    tells = np.array([side is not None and side.learns for side in sides]) & (board.width > 1)
    corners = np.where(tells, [side.weighed if side else 0 for side in sides], 0)
    reached = np.array([move.reached[: game.periods] for move in game.moves]).T
    ends = [move.first[move.reached[: game.periods]] for move in game.moves]
    options = np.array(ends, np.int64).T
    choosing = np.where(board.width > 1, beliefs.points * kinds * reached * board.width, 0)
    hearing = np.where(corners > 0, beliefs.points * options * (2 * corners - 1), 0)
    begins = np.cumsum([0, *np.stack([choosing, hearing], axis=2).ravel()])
    return _Layout(kinds, corners, reached, options, begins)


def words_of(board: Board, game: Game, beliefs: Beliefs) -> int:
    """Words in all choice and hearing records."""
    return int(_layout(board, game, beliefs).begins[-1])


def casts_of(board: Board, solution: Solution, rows: Sequence[int]) -> list[Cast | None]:
    """The tables of some rows of a solution that kept its policies; None if nothing is hidden."""
    game, learned = solution.game, solution.learned
    if learned is None:
        return [None for _ in rows]
    beliefs = learned.ground.beliefs
    laid = _layout(board, game, beliefs)
    at = laid.begins[:-1].reshape(game.periods, len(game.moves), 2)
    words = [np.empty(laid.begins[-1], np.uint32) for _ in rows]
    for period in range(game.periods):
        for step in retrace(learned, period):
            k = step.move
            if board.width[k] == 1:
                continue
            for row, own in zip(rows, words, strict=True):
                policy, heard = step.policy(row), step.heard(row)
                if policy is not None:
                    cast_kernels.pack_replies(
                        own, at[period, k, 0], board.width[k], int(laid.reached[period, k]),
                        game.moves[k].first, policy,
                    )  # fmt: skip
                if laid.corners[k] and heard is not None:
                    cast_kernels.pack_hearing(own, at[period, k, 1], *heard)
    return [_cast(board, solution, learned, laid, *one) for one in zip(rows, words, strict=True)]


def _cast(
    board: Board, solution: Solution, learned: Learned, laid: _Layout, row: int, words: Words
) -> Cast:
    """The tables of one row, of which choice and hearing records are made."""
    game = solution.game
    at = laid.begins[:-1].reshape(game.periods, len(game.moves), 2)
    profiles = learned.ground.types
    rows = [row_of(revealed(game, profile), solution.numbers, row) for profile in profiles]
    return Cast(
        points=learned.ground.beliefs.points,
        mover=np.array([move.members[0] if move.members else 0 for move in game.moves]),
        kinds=laid.kinds,
        corners=laid.corners,
        reached=laid.reached,
        options=laid.options,
        choice_at=np.ascontiguousarray(at[:, :, 0]),
        hearing_at=np.ascontiguousarray(at[:, :, 1]),
        words=words,
        deal=_deal(learned.ground.beliefs, profiles, row),
        price=np.array([np.concatenate(one.payoff)[board.priced] for one in rows]),
        accrual=np.array([one.accrual for one in rows]),
        horizon=np.array([one.horizon for one in rows]),
        ended=np.array([one.ended_final for one in rows]),
        tellings=_tellings(game, learned, row),
    )


def _thresholds(weights: Reals) -> Words:
    """At which draws each of some parts is passed that follow each other."""
    parts = np.cumsum(weights) / weights.sum()
    found: Words = np.rint(parts * ONE_DRAW).astype(np.uint32)
    found[-1] = CERTAIN
    return found


def _deal(beliefs: Beliefs, profiles: NDArray[np.int64], row: int) -> Deal:
    """How it is drawn who is what; `profiles` are of types, [profile, actor]."""
    sides = beliefs.sides
    shape = (len(sides), max(len(side.kinds) for side in sides))
    kinds, corners = np.full(shape, CERTAIN), np.full(shape, CERTAIN)
    orders, steps, start = (np.zeros(shape, np.int64) for _ in range(3))
    for actor, side in enumerate(sides):
        count = len(side.kinds)
        types = np.array([kind.type for kind in side.kinds])
        # The first profile in which an actor is of its second type differs in this only.
        second = profiles[:, actor] == 1
        order = np.argsort(types, kind="stable")
        orders[actor, :count] = order
        kinds[actor, :count] = _thresholds(side.truth[order, row])
        steps[actor, :count] = types * int(np.argmax(second))
        if side.side > 1:
            at, weight = around(side, side.prior[:, row : row + 1])
            start[actor, : len(at)] = at[:, 0] * side.stride
            corners[actor, : len(at)] = _thresholds(weight[:, 0])
    return Deal(kinds, orders, steps, corners, start)


def _tellings(game: Game, learned: Learned, row: int) -> Tellings:
    """The outcomes that depend on what is believed."""
    believed, states = learned.ground.believed, game.moves[0].states
    group, lane = divmod(row, GROUP)
    tables = [one.table[group, :, :, lane] for one in believed]
    most = max((len(table) for table in tables), default=0)
    table = np.zeros((len(believed), most, learned.ground.beliefs.points))
    of = np.zeros((len(believed), len(states)), np.int64)
    of_ended = np.zeros((len(believed), len(game.ended)), np.int64)
    for k, one in enumerate(believed):
        table[k, : len(tables[k])] = tables[k]
        of[k], of_ended[k] = one.combination(states), one.combination(game.ended)
    return Tellings(
        np.array([len(game.actors) + one.number for one in believed], np.int64),
        np.array([game.outcomes[one.number].kind == "final" for one in believed], bool),
        table,
        of,
        of_ended,
    )
