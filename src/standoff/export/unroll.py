"""A game unrolled in time under known policies: a Markov chain, or a decision process of some.

Every position is one state before one move of one period, or one in which all is over; only those
are held that can be reached. What a choice leads to is a chance of positions further on, so that
the positions, in their order, have no way back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, Move, Row, row_of
from standoff.play import refuse_hidden
from standoff.scenario import suggestion
from standoff.solver import Solution

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

MAX_POSITIONS = 20_000_000
"""Default bound on the number of positions."""


class TooLargeError(Exception):
    """Raised when an export would be larger than was allowed; the message says how large."""


@dataclass(frozen=True)
class Unrolled:
    """Positions, choices and branches in compressed rows; the first position is the start.

    The choices of position p are `first[p]` … `first[p + 1]`, the branches of choice c `branch[c]`
    … `branch[c + 1]`. A position in which all is over has neither.
    """

    game: Game
    row: Row
    free: tuple[int, ...]
    """Positions among the actors of those who choose freely; without any it is a chain."""
    depth: Whole  # [position], moves behind it: period * moves of a period + move
    state: Whole  # [position], as in `Move.to`: -1 - k is the ended state k
    first: Whole  # [position + 1]
    action: Whole  # [choice, free actor], position among its actions; -1 where it does not move
    paid: Reals  # [choice, actor], expected payment at once, not discounted
    branch: Whole  # [choice + 1]
    to: Whole  # [branch], position
    chance: Reals  # [branch]

    @property
    def positions(self) -> int:
        """Number of positions."""
        return len(self.depth)

    @property
    def period(self) -> Whole:
        """[position], from 0; a crisis that reaches the horizon stands in period `game.periods`."""
        return self.depth // len(self.game.moves)

    @property
    def ends(self) -> Whole:
        """[position], the period, from 0, in whose course a position was come to.

        The end of a period belongs to it: before the first move of period t one stands at the end
        of t - 1. Only the start has none before it.
        """
        return np.maximum(self.depth - 1, 0) // len(self.game.moves)

    @property
    def over(self) -> NDArray[np.bool_]:
        """[position], whether the crisis is over or has reached the horizon."""
        return np.asarray((self.state < 0) | (self.period == self.game.periods))


@dataclass(frozen=True)
class _Layer:
    """The choices of all positions at one depth; `to` are states as in `Move.to`."""

    first: Whole  # [position + 1]
    action: Whole
    paid: Reals
    branch: Whole  # [choice + 1]
    to: Whole
    chance: Reals


def unroll(
    solution: Solution,
    row: int = 0,
    *,
    free: tuple[str, ...] = (),
    max_positions: int = MAX_POSITIONS,
) -> Unrolled:
    """The chain that the policies of a solution make of its game in one row.

    The actors `free` choose among all that the doctrine leaves open to them, and in a group make
    their choice together; all others keep their policies.

    Raises:
        HiddenError: something is hidden in the game under the solution's doctrine.
        ValueError: the solution did not keep its policies.
        KeyError: no such actor; the message has the nearest name.
        IndexError: no such row.
        TooLargeError: more than `max_positions` positions can be reached.
    """
    game = solution.game
    if solution.learned is not None:
        refuse_hidden(
            game, solution.doctrine, "no chain over states can be written",
            "how likely each state is in each period is in a study's course, and a small game "
            "whose priors are the same for all can be exported as efg, for Gambit",
        )  # fmt: skip
    if not solution.passed.policies:
        raise ValueError("the policies were not kept: solve with keep_policies=True")
    for name in free:
        if name not in game.actors:
            raise KeyError(f"'{name}' is not an actor; {suggestion(name, game.actors)}")
    numbers = row_of(game, solution.numbers, row)
    most = sum(int(n) for move in game.moves for n in move.reached)
    if most > max_positions:
        raise TooLargeError(
            f"unrolled in time '{game.scenario.name}' has up to {most:,} positions; at most "
            f"{max_positions:,} are allowed. Take fewer periods, coarsen a variable, or allow more "
            "positions"
        )
    coalition = tuple(k for k, name in enumerate(game.actors) if name in free)
    depths = game.periods * len(game.moves)
    held = [np.array([game.start], np.int64)]
    layers = []
    for depth in range(depths):
        period, k = divmod(depth, len(game.moves))
        states = held[-1][held[-1] >= 0]
        layer = _layer(solution, numbers, row, coalition, k, period, states)
        layers.append((len(held[-1]) - len(states), layer))
        held.append(_in_order(np.unique(layer.to)))
    layers.append((len(held[-1]), _nothing(len(coalition), len(game.actors))))
    return _joined(game, numbers, coalition, held, layers)


def _in_order(states: Whole) -> Whole:
    """Those in which the crisis goes on first, then those in which it is over."""
    return np.concatenate([states[states >= 0], states[states < 0][::-1]])


def _layer(
    solution: Solution,
    numbers: Row,
    row: int,
    coalition: tuple[int, ...],
    k: int,
    period: int,
    states: Whole,
) -> _Layer:
    """What can be done in these states before move k of a period."""
    move = solution.game.moves[k]
    option, owner = _ranges(move.first, states)
    is_open = solution.open_options[k][period][option]
    option, owner = option[is_open], owner[is_open]
    weight = np.ones(len(option))
    policy = solution.passed.policies[k]
    action = np.full((len(option), len(coalition)), -1, np.int64)
    if policy is not None:
        group, lane = divmod(row, GROUP)
        weight = policy[period][group, option, lane].astype(np.float64)
        for column, actor in enumerate(coalition):
            if actor in move.members:
                action[:, column] = move.action[option, move.members.index(actor)]
        weight = _of_the_others(move, option, owner, weight, coalition)
    taken = weight > 0
    option, owner, weight, action = option[taken], owner[taken], weight[taken], action[taken]
    key = np.column_stack([owner, action])
    new = np.concatenate([[True], (key[1:] != key[:-1]).any(axis=1)])
    if coalition and not _sorted(key):
        order = np.lexsort(key.T[::-1])
        option, weight, key = option[order], weight[order], key[order]
        new = np.concatenate([[True], (key[1:] != key[:-1]).any(axis=1)])
    choice = np.cumsum(new[: len(option)]) - 1
    chosen = key[new[: len(option)]]
    paid = np.zeros((len(chosen), len(solution.game.actors)))
    for actor in range(paid.shape[1]):
        payment = weight * numbers.payoff[k][option, actor]
        paid[:, actor] = np.bincount(choice, payment, len(chosen))
    branch, parent = _ranges(move.branch, option)
    chance = weight[parent] * numbers.chance[k][branch]
    from_choice, to = choice[parent], move.to[branch].astype(np.int64)
    happens = chance > 0
    from_choice, to, chance = _merged(from_choice[happens], to[happens], chance[happens])
    return _Layer(
        first=_offsets(np.bincount(chosen[:, 0], minlength=len(states))),
        action=chosen[:, 1:],
        paid=paid,
        branch=_offsets(np.bincount(from_choice, minlength=len(chosen))),
        to=to,
        chance=chance,
    )


def _of_the_others(
    move: Move, option: Whole, owner: Whole, weight: Reals, coalition: tuple[int, ...]
) -> Reals:
    """[option], probability that those outside the coalition do their part of it."""
    others = [m for m, actor in enumerate(move.members) if actor not in coalition]
    if len(others) == len(move.members):
        return weight
    if not others:
        return np.ones(len(weight))
    key = np.column_stack([owner, move.action[option][:, others]])
    _, kind = np.unique(key, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    return np.asarray(np.bincount(kind, weight)[kind])


def _sorted(key: Whole) -> bool:
    """Whether the rows are in lexicographic order."""
    order = np.lexsort(key.T[::-1])
    return bool((order == np.arange(len(order))).all())


def _ranges(offsets: NDArray[np.integer], items: NDArray[np.integer]) -> tuple[Whole, Whole]:
    """What the lists of some items hold, one after the other, and whose it is."""
    begin, count = offsets[items].astype(np.int64), offsets[items + 1] - offsets[items]
    whose = np.repeat(np.arange(len(items)), count)
    before = np.cumsum(count) - count
    return np.arange(len(whose)) + np.repeat(begin - before, count), whose


def _merged(choice: Whole, to: Whole, chance: Reals) -> tuple[Whole, Whole, Reals]:
    """Branches of one choice with the same end as one branch, in order."""
    low = int(to.min(initial=0))
    span = int(to.max(initial=0)) - low + 1
    keys, which = np.unique(choice * span + (to - low), return_inverse=True)
    summed = np.bincount(which.reshape(-1), chance, len(keys))
    return keys // span, keys % span + low, np.asarray(summed, np.float64)


def _offsets(counts: NDArray[np.integer]) -> Whole:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _nothing(free: int, actors: int) -> _Layer:
    nowhere = np.zeros(0, np.int64)
    start = np.zeros(1, np.int64)
    none = np.zeros((0, free), np.int64)
    return _Layer(start, none, np.zeros((0, actors)), start, nowhere, np.zeros(0))


def _joined(
    game: Game,
    numbers: Row,
    coalition: tuple[int, ...],
    held: list[Whole],
    layers: list[tuple[int, _Layer]],
) -> Unrolled:
    """All layers as one; states that a layer leads to become positions."""
    begins = _offsets(np.array([len(states) for states in held]))
    choices = np.concatenate(
        [np.concatenate([np.diff(layer.first), np.zeros(idle, np.int64)]) for idle, layer in layers]
    )
    to = []
    for depth, (_, layer) in enumerate(layers[:-1]):
        following = held[depth + 1]
        order = np.argsort(following)
        to.append(begins[depth + 1] + order[np.searchsorted(following[order], layer.to)])
    every = [layer for _, layer in layers]
    return Unrolled(
        game=game,
        row=numbers,
        free=coalition,
        depth=np.repeat(np.arange(len(held)), np.diff(begins)),
        state=np.concatenate(held),
        first=_offsets(choices),
        action=np.concatenate([layer.action for layer in every]),
        paid=np.concatenate([layer.paid for layer in every]),
        branch=_offsets(np.concatenate([np.diff(layer.branch) for layer in every])),
        to=np.concatenate([*to, np.zeros(0, np.int64)]),
        chance=np.concatenate([layer.chance for layer in every]),
    )
