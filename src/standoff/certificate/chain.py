"""One future of a solution as sparse matrices: where each option leads, who chooses it, how often.

The matrices belong to a move, not to a period: the topology is the same in all, and the states that
can be reached by a period are a prefix of each list, so a period takes the first rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from standoff.game import GROUP, Game, Move, Row, allowed_options, find_doctrine, row_of
from standoff.solver import Solution

Reals: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True)
class Own:
    """The actions of one member of a move, state by state, whatever the others of its group do.

    A *deed* is one action of this member in one state. Where it moves alone each deed is an option.
    """

    actor: int
    of: Indices  # [option], its deed
    first: Indices  # [state + 1], the deeds of a state are first[s] … first[s+1]
    action: Indices  # [deed], position among the actor's actions


@dataclass(frozen=True)
class Turn:
    """One move in one future.

    A *place* is a state after the move: those before the next move come first, then those in which
    the crisis is over.
    """

    move: Move
    leads: csr_array  # [option, place], probability
    payoff: Reals  # [option, actor]
    own: tuple[Own, ...]
    """By member."""
    live: int
    """How many places are states in which the crisis goes on."""

    def states_of(self, options: int) -> int:
        """How many states the first so many options belong to."""
        return int(np.searchsorted(self.move.first, options))

    def first_of(self, states: int) -> csr_array:
        """`leads` for the options of the first `states` states."""
        options = int(self.move.first[states])
        return _rows(self.leads, options)

    @cached_property
    def steps(self) -> Reals:
        """Branch probabilities added up over all branches of the move, [branch + 1]."""
        return np.concatenate([[0.0], np.cumsum(self.leads.data)])


@dataclass(frozen=True)
class Chain:
    """A game in one future under the policies of a solution."""

    game: Game
    row: Row
    turns: tuple[Turn, ...]
    open_options: tuple[tuple[NDArray[np.bool_], ...], ...]
    """For each move and period, [option]: what the doctrine leaves open, found anew."""
    policies: tuple[tuple[Reals, ...], ...]
    """For each move and period, [option]; 1 for events."""
    kept: tuple[Reals, ...]
    """The actors' values that the solution kept, by period and at the horizon, [state, actor]."""

    def over(self, period: int) -> Reals:
        """What each state in which the crisis is over is worth in a period, [ended, channel]."""
        worth = self.row.ended_final.copy()
        self.hit(worth, self.game.ended_hit, period)
        return worth

    def hit(self, values: Reals, hit: NDArray[np.bool_], period: int) -> None:
        """Writes into `values` [state, channel] what a condition is worth where it holds."""
        if self.game.hits:
            tail = values[:, -self.game.hits :]
            tail[:] = np.where(hit[: len(values)], self.hit_worth(period), tail)

    def hit_worth(self, period: int) -> Reals:
        """Worth of each hit channel where it is hit, [hit channel]: 1 for `ever`, or periods left.

        `first time` is carried as the periods then left.
        """
        kinds = [outcome.kind for outcome in self.game.outcomes[-self.game.hits :]]
        left = self.game.periods - period
        return np.array([1.0 if kind == "ever" else left for kind in kinds])[: self.game.hits]


def chain_of(solution: Solution, row: int) -> Chain:
    """One future of a solution; its policies and values are taken as data, nothing else of it.

    Raises:
        ValueError: the solution did not keep its policies.
        IndexError: there is no such row.
    """
    if not solution.passed.policies:
        raise ValueError("the policies were not kept: solve with keep_policies=True")
    game = solution.game
    numbers = row_of(game, solution.numbers, row)
    group, lane = divmod(row, GROUP)
    policies = tuple(
        tuple(
            np.ones(int(move.first[n])) if kept is None
            else kept[period][group, :, lane].astype(np.float64)
            for period, n in enumerate(move.reached[: game.periods])
        )
        for move, kept in zip(game.moves, solution.passed.policies, strict=True)
    )  # fmt: skip
    return Chain(
        game=game,
        row=numbers,
        turns=tuple(turn_of(game, numbers, k) for k in range(len(game.moves))),
        open_options=allowed_options(game, find_doctrine(game, solution.doctrine)),
        policies=policies,
        kept=tuple(
            values[group, :, :, lane].astype(np.float64) for values in solution.passed.values
        ),
    )


def choosing(policy: Reals, first: NDArray[np.integer], states: int) -> csr_array:
    """A policy as a matrix, [state, option]."""
    options = len(policy)
    return csr_array(
        (policy, np.arange(options), first[: states + 1]), shape=(states, options)
    )  # fmt: skip


def turn_of(game: Game, numbers: Row, k: int) -> Turn:
    """Move k in one future."""
    move, following = game.moves[k], game.moves[(k + 1) % len(game.moves)]
    live = len(following.states)
    place = np.where(move.to >= 0, move.to, live - 1 - move.to)
    leads = csr_array(
        (numbers.chance[k], place, move.branch),
        shape=(len(move.action), live + len(game.ended)),
    )
    own = tuple(_own(move, member) for member in range(len(move.members)))
    return Turn(move, leads, numbers.payoff[k], own, live)


def _own(move: Move, member: int) -> Own:
    action = move.action[:, member].astype(np.intp)
    if len(move.members) == 1:
        everything = np.arange(len(action))
        return Own(move.members[member], everything, move.first.astype(np.intp), action)
    width = int(action.max(initial=0)) + 1
    deeds, of = np.unique(move.state_of_option * width + action, return_inverse=True)
    first = np.searchsorted(deeds // width, np.arange(len(move.states) + 1))
    return Own(move.members[member], of, first, deeds % width)


def _rows(matrix: csr_array, rows: int) -> csr_array:
    """The first rows of a matrix, without copying its numbers."""
    held = int(matrix.indptr[rows])
    return csr_array(
        (matrix.data[:held], matrix.indices[:held], matrix.indptr[: rows + 1]),
        shape=(rows, matrix.shape[1]),
    )
