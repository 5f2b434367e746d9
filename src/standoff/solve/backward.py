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
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, Numbers
from standoff.solve import kernels
from standoff.solve.lanes import empty_aligned

Floats: TypeAlias = NDArray[Any]

OpenOptions: TypeAlias = tuple[tuple[NDArray[np.bool_], ...], ...]
"""For each move and period, [option]: may it be chosen? See `standoff.game.allowed_options`."""

Policies: TypeAlias = tuple[tuple[Floats, ...] | None, ...]
"""For each move, by period, [group, option, lane]; None for events."""

_WORTH_SHARING = 2048
"""Groups times states from which several threads pay."""


class Concept(Enum):
    """How a mover chooses: by quantal response, or in the limit of perfect rationality."""

    EQUILIBRIUM = "equilibrium"
    LIMIT = "limit"


@dataclass(frozen=True)
class Aim:
    """What a mover chooses by: a channel, made as high (sign 1) or as low (sign -1) as it can."""

    channel: int
    sign: int


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


def backward(
    game: Game,
    numbers: Numbers,
    open_options: OpenOptions,
    concept: Concept = Concept.EQUILIBRIUM,
    *,
    given: tuple[tuple[Floats, ...] | None, ...] | None = None,
    aims: tuple[Aim | None, ...] | None = None,
    tie: float | None = None,
    keep_policies: bool = False,
    keep_values: bool = False,
) -> Backward:
    """Solves the game in every row.

    `given` lays down the policy of some moves (None for those that choose). `aims` gives movers
    something else to choose by than their own payoff (None for those that choose by that).
    `Concept.LIMIT` takes the best action, and each of several that are equally good, to within
    `tie`, with equal probability.
    """
    with threads_for(game, numbers):
        return _backward(
            game, numbers, open_options, concept, given or (None,) * len(game.moves),
            aims or (None,) * len(game.moves),
            _tie(numbers.chances.dtype) if tie is None else tie, keep_policies, keep_values,
        )  # fmt: skip


@contextmanager
def threads_for(game: Game, numbers: Numbers) -> Iterator[None]:
    """Leaves small games to one thread: to share them out would take longer than to solve them."""
    threads = numba.get_num_threads()
    small = numbers.groups * max(len(move.states) for move in game.moves) < _WORTH_SHARING
    numba.set_num_threads(1 if small else threads)
    try:
        yield
    finally:
        numba.set_num_threads(threads)


def _backward(
    game: Game,
    numbers: Numbers,
    open_options: OpenOptions,
    concept: Concept,
    given: tuple[tuple[Floats, ...] | None, ...],
    aims: tuple[Aim | None, ...],
    tie: float,
    keep_policies: bool,
    keep_values: bool,
) -> Backward:
    dtype = numbers.chances.dtype
    groups, periods, moves = numbers.groups, game.periods, game.moves
    capacity = max(len(move.states) for move in moves)
    after, before = (
        empty_aligned((groups, capacity, game.channels, GROUP), dtype) for _ in range(2)
    )
    policies: list[list[Floats]] = [[] for _ in moves]
    values: list[Floats] = []
    actors = len(game.actors)

    def snapshot(n: int) -> Floats:
        return after.reshape(groups, capacity, game.channels, GROUP)[:, :n, :actors].copy()

    tables = (numbers.payoffs.ravel(), numbers.fixed_payoffs)
    n = int(moves[0].reached[periods])
    sizes = _sizes(game, numbers, 0, capacity, 0)
    kernels.at_horizon(after.ravel(), sizes, n, moves[0].final, *tables)
    if keep_values:
        values.append(snapshot(n))
    for period in reversed(range(periods)):
        hit_values = _hit_values(game, periods - period, dtype)
        kernels.end_period(
            after.ravel(), sizes, int(moves[0].reached[period + 1]), game.accrual, moves[0].ended,
            moves[0].hit, *tables, numbers.discount.ravel(), hit_values,
        )  # fmt: skip
        for k in reversed(range(len(moves))):
            move = moves[k]
            n = int(move.reached[period])
            options = int(move.first[n])
            mode = kernels.LOGIT if concept is Concept.EQUILIBRIUM else kernels.LIMIT
            laid_down = given[k]
            aim = aims[k] or Aim(move.actor, 1)
            if laid_down is not None:
                mode, policy = kernels.GIVEN, laid_down[period]
            elif keep_policies and move.actor >= 0:
                policy = empty_aligned((groups, options, GROUP), dtype)
            else:
                policy = np.empty(0, dtype)
            kernels.backward_move(
                after.ravel(), before.ravel(), _sizes(game, numbers, k, capacity, options), n,
                move.first, move.branch, move.to, move.chance, move.payoff, move.ended, move.final,
                move.hit, open_options[k][period], numbers.chances.ravel(), numbers.fixed_chances,
                *tables, numbers.rationality.ravel(), move.actor, aim.channel, aim.sign, mode,
                tie, hit_values, policy.ravel(),
                keep_policies and laid_down is None,
            )  # fmt: skip
            if keep_policies and move.actor >= 0:
                policies[k].append(policy)
            after, before = before, after
        if keep_values:
            values.append(snapshot(int(moves[0].reached[period])))
    kept = tuple(
        tuple(reversed(p)) if m.actor >= 0 else None for p, m in zip(policies, moves, strict=True)
    )
    return Backward(
        start=after.reshape(groups, capacity, game.channels, GROUP)[:, 0].copy(),
        policies=kept if keep_policies else (),
        values=tuple(reversed(values)),
    )


def _sizes(game: Game, numbers: Numbers, k: int, capacity: int, options: int) -> tuple[int, ...]:
    move = game.moves[k]
    branches = move.branch[move.first[1:]] - move.branch[move.first[:-1]]
    return (
        numbers.groups, capacity, capacity, game.channels, len(game.actors),
        numbers.chances.shape[1], numbers.payoffs.shape[1], options,
        max(1, int(np.diff(move.first).max(initial=0))), max(1, int(branches.max(initial=0))),
    )  # fmt: skip


def _hit_values(game: Game, periods_left: int, dtype: np.dtype[Any]) -> Floats:
    """Worth of each hit channel where it is hit: 1 for `ever`, else the periods left."""
    kinds = [outcome.kind for outcome in game.outcomes[len(game.outcomes) - game.hits :]]
    return np.array([1.0 if kind == "ever" else periods_left for kind in kinds], dtype)


def _tie(dtype: np.dtype[Any]) -> float:
    """Payoffs closer than this are equal in the limit; they are on a scale of about 100."""
    return 1e-3 if dtype == np.float32 else 1e-9
