"""The backward pass: policies, values and expected outcomes in one recursion.

    Q_j(s, a) = u_j(s, a) + Σ_o p_o(s, a) V_j(f_o(s))        for every channel j
    π(a | s)  = exp(λ Q_i(s, a)) / Σ_b exp(λ Q_i(s, b))      for the mover i
    V_j(s)    = Σ_a π(a | s) Q_j(s, a)

(McKelvey & Palfrey 1998, agent quantal response equilibrium, with plain expected payoffs; with one
mover at a time and no private types it is unique for every λ.) Expected outcomes are channels that
influence no policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, Numbers
from standoff.solver import kernels
from standoff.solver.group import Aim, Floats, choose_at_once, first_guess
from standoff.solver.lanes import empty_aligned

OpenOptions: TypeAlias = tuple[tuple[NDArray[np.bool_], ...], ...]
"""For each move and period, [option]: may it be chosen? See `standoff.game.allowed_options`."""

Policies: TypeAlias = tuple[tuple[Floats, ...] | None, ...]
"""For each move, by period, [group, option, lane]; None for events."""

_WORTH_SHARING = 2048
"""Groups times states from which several threads pay."""


class Concept(Enum):
    """How a mover chooses: by quantal response, or in the limit of perfect rationality.

    Where several choose at once a stage game may have several equilibria. `EQUILIBRIUM` and `LIMIT`
    take the one on the branch that is followed from λ = 0; `ELSEWHERE`, by quantal response too,
    the one that was found farthest from it.
    """

    EQUILIBRIUM = "equilibrium"
    LIMIT = "limit"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Given:
    """Policies that are laid down, but for those actors who choose all the same."""

    policies: Policies
    choosing: frozenset[int]


@dataclass(frozen=True)
class Backward:
    """What a backward pass gives."""

    start: Floats
    """Value of the start, [group, channel, lane]."""
    policies: Policies
    """Empty where they were not kept."""
    values: tuple[Floats, ...]
    """Actors' values before the first move, by period and at the horizon.

    [group, state, actor, lane]; empty where they were not kept."""
    kappas: tuple[tuple[Floats, ...] | None, ...]
    """κ of each stage game: for each group, by period, [group, state, lane]; None for other moves.

    Empty where it was not kept."""
    lost: NDArray[np.int64]
    """Stage games whose branch could not be followed to its end, [group, lane]."""
    several: NDArray[np.int64]
    """Stage games in which other equilibria were found, [group, lane]; 0 where none were sought."""


@dataclass(frozen=True)
class Workspace:
    """Memory that one pass after another may use; what a pass kept in it is gone with the next."""

    values: Floats
    """[group, state, channel, lane]: after a move, before it, and where the crisis is over."""
    policies: tuple[tuple[Floats, ...] | None, ...]
    """For each move, by period, [group, option, lane]; None for events, empty if none are kept."""
    snapshots: tuple[Floats, ...]
    """By period and at the horizon, [group, state, actor, lane]."""
    kappas: tuple[tuple[Floats, ...] | None, ...]
    """For each group, by period, [group, state, lane]; None for other moves."""
    joint: Floats
    """Flat: room for a group's policy where none is kept."""


def workspace(game: Game, numbers: Numbers, *, keep: bool = False) -> Workspace:
    """Memory for a backward pass, with room for policies and values where these are kept."""
    dtype, groups = numbers.chances.dtype, numbers.groups
    states = 2 * game.capacity + len(game.ended)
    policies = tuple(
        None if not move.members
        else tuple(
            empty_aligned((groups, int(move.first[n]), GROUP), dtype)
            for n in (move.reached[: game.periods] if keep else ())
        )
        for move in game.moves
    )  # fmt: skip
    groups_of_actors = [move for move in game.moves if move.is_group]
    kappas = tuple(
        tuple(
            empty_aligned((groups, int(n), GROUP), dtype)
            for n in (move.reached[: game.periods] if keep else ())
        )
        if move.is_group
        else None
        for move in game.moves
    )
    options = max((len(move.action) for move in groups_of_actors if not keep), default=0)
    snapshots = tuple(
        empty_aligned((groups, int(n), len(game.actors), GROUP), dtype)
        for n in (game.moves[0].reached if keep else ())
    )
    return Workspace(
        empty_aligned((groups, states, game.channels, GROUP), dtype),
        policies,
        snapshots,
        kappas,
        empty_aligned((groups * options * GROUP,), dtype),
    )


def backward(
    game: Game,
    numbers: Numbers,
    open_options: OpenOptions,
    concept: Concept = Concept.EQUILIBRIUM,
    *,
    given: Given | None = None,
    aims: tuple[Aim, ...] | None = None,
    tie: float | None = None,
    keep: bool = False,
    room: Workspace | None = None,
) -> Backward:
    """Solves the game in every row.

    `given` lays down the policies of some actors. `aims` gives the actors something else to choose
    by than their own payoffs.
    `Concept.LIMIT` takes the best action, and each of several that are equally good, to within
    `tie`, with equal probability. `keep` keeps policies and values, in `room` if one is given.
    """
    room = room or workspace(game, numbers, keep=keep)
    aims = aims or tuple(Aim(actor, 1) for actor in range(len(game.actors)))
    laid_down = tuple(
        given.policies[k] if given and not given.choosing.intersection(move.members) else None
        for k, move in enumerate(game.moves)
    )
    tie = _tie(numbers.chances.dtype) if tie is None else tie
    with threads_for(game, numbers):
        tally = _recursion(
            game, numbers, open_options, concept, given, laid_down, aims, tie, keep, room
        )
    turns = game.periods * len(game.moves)
    return Backward(
        start=at_start(game, room.values, game.capacity * (turns % 2)),
        # What was laid down belongs to the result as much as what was chosen.
        policies=tuple(p or q for p, q in zip(laid_down, room.policies, strict=True))
        if keep
        else (),
        values=room.snapshots if keep else (),
        kappas=room.kappas if keep else (),
        lost=tally[:, :, 0],
        several=tally[:, :, 1],
    )


def held_starts(game: Game, before: int) -> NDArray[np.int64]:
    """Where the states in which the crisis may start are held, [start].

    Those before the first move are held from `before` on, and those in which it is over after both
    regions of the others.
    """
    states = np.array([start.state for start in game.starts], np.int64)
    return np.where(states >= 0, before + states, 2 * game.capacity - 1 - states)


def at_start(game: Game, values: Floats, before: int, axis: int = 1) -> Floats:
    """The mean of what is held along an axis over the states in which the crisis may start."""
    mean = np.zeros(values.take(0, axis).shape, values.dtype)
    for start, place in zip(game.starts, held_starts(game, before), strict=True):
        mean += values.take(place, axis) * values.dtype.type(start.probability)
    return mean


def _recursion(
    game: Game,
    numbers: Numbers,
    open_options: OpenOptions,
    concept: Concept,
    given: Given | None,
    laid_down: Policies,
    aims: tuple[Aim, ...],
    tie: float,
    keep: bool,
    room: Workspace,
) -> NDArray[np.int64]:
    """Fills the room; counts stage games, [group, lane, 2]: `lost` and `several` of `Backward`.

    The two regions of `room.values` take turns: after a move, and before it.
    """
    dtype = numbers.chances.dtype
    periods, moves, capacity = game.periods, game.moves, game.capacity
    actors, over = len(game.actors), 2 * capacity
    nothing = np.empty(0, dtype)
    mode = kernels.LIMIT if concept is Concept.LIMIT else kernels.LOGIT
    tally = np.zeros((numbers.groups, GROUP, 2), np.int64)
    values = room.values.ravel()
    sizes = (
        numbers.groups, room.values.shape[1], over, game.channels, actors,
        numbers.chances.shape[1], numbers.payoffs.shape[1],
    )  # fmt: skip
    tables = (numbers.payoffs.ravel(), numbers.fixed_payoffs)
    after, before = 0, capacity
    n = int(moves[0].reached[periods])
    kernels.write_final(values, sizes, over, len(game.ended), game.ended_final, *tables)
    kernels.write_final(values, sizes, after, n, game.horizon, *tables)
    if keep:
        room.snapshots[periods][:] = room.values[:, after : after + n, :actors]
    warm = {k: first_guess(game, numbers, move) for k, move in enumerate(moves) if move.is_group}
    for period in reversed(range(periods)):
        hit_values = _hit_values(game, periods - period, dtype)
        kernels.write_hits(values, sizes, over, len(game.ended), game.ended_hit, hit_values)
        kernels.end_period(
            values, sizes, after, int(moves[0].reached[period + 1]), game.accrual, moves[0].hit,
            *tables, numbers.discount.ravel(), hit_values,
        )  # fmt: skip
        for k in reversed(range(len(moves))):
            move = moves[k]
            n = int(move.reached[period])
            options = int(move.first[n])
            policy, how = nothing, mode
            if (to_follow := laid_down[k]) is not None:
                policy, how = to_follow[period].ravel(), kernels.GIVEN
            elif keep and (kept := room.policies[k]) is not None:
                policy = kept[period].ravel()
            if move.is_group and how != kernels.GIVEN:
                if not keep:
                    policy = room.joint[: numbers.groups * options * GROUP]
                prior = given.policies[k] if given else None
                fixed = frozenset() if given is None else set(move.members) - given.choosing
                tally += choose_at_once(
                    game, numbers, room.values, after, k, period, open_options[k][period], mode,
                    nothing if prior is None else prior[period].ravel(), fixed, aims, tie,
                    concept is Concept.ELSEWHERE, policy,
                    nothing if not keep or (kept := room.kappas[k]) is None
                    else kept[period].ravel(), warm[k],
                )  # fmt: skip
                how = kernels.GIVEN
            mover = move.members[0] if move.members else -1
            aim = aims[mover]
            kernels.backward_move(
                values, sizes, after, before, n, move.first, move.branch, move.to, move.chance,
                move.payoff, move.hit, open_options[k][period], numbers.chances.ravel(),
                numbers.fixed_chances, *tables, numbers.rationality.ravel(), mover,
                aim.channel, aim.sign, how, tie, hit_values, policy, options, move.longest,
                keep and how != kernels.GIVEN and bool(move.members),
            )  # fmt: skip
            after, before = before, after
        if keep:
            n = int(moves[0].reached[period])
            room.snapshots[period][:] = room.values[:, after : after + n, :actors]
    return tally


@contextmanager
def threads_for(game: Game, numbers: Numbers) -> Iterator[None]:
    """Leaves small games to one thread: to share them out would take longer than to solve them."""
    small = numbers.groups * game.capacity < _WORTH_SHARING
    with one_thread() if small else nullcontext():
        yield


@contextmanager
def one_thread() -> Iterator[None]:
    """Keeps the kernels called meanwhile to one thread."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def _hit_values(game: Game, periods_left: int, dtype: np.dtype[Any]) -> Floats:
    """Worth of each hit channel where it is hit: 1 for `ever`, else the periods left."""
    kinds = [outcome.kind for outcome in game.outcomes[len(game.outcomes) - game.hits :]]
    return np.array([1.0 if kind == "ever" else periods_left for kind in kinds], dtype)


def _tie(dtype: np.dtype[Any]) -> float:
    """Payoffs closer than this are equal in the limit: some steps of rounding, at about 100."""
    return 3e-5 if dtype == np.float32 else 1e-9
