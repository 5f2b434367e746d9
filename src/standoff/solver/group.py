"""Actors who choose at once: the joint policy of a group before the values of its move."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, Move, Numbers
from standoff.solver import stage

Floats: TypeAlias = NDArray[Any]

_LIMITS = {4: (3e-4, 1e30, 1e4, 1e-6, 2e-7), 8: (1e-7, 1e250, 1e6, 1e-14, 1e-15)}
"""By bytes of a number: a last step of Newton's method, as a change of logits, after which the next
would be lost in rounding; the largest payoffs in logits whose sums do not overflow; those that
stand for perfect rationality, beyond which rounding decides; a last step of replies to replies; and
the rounding of a probability."""


@dataclass(frozen=True)
class Aim:
    """What an actor chooses by: a channel, made as high (sign 1) or as low (sign -1) as it can."""

    channel: int
    sign: int


def choose_at_once(
    game: Game,
    numbers: Numbers,
    values: Floats,
    after: int,
    k: int,
    period: int,
    open_options: NDArray[np.bool_],
    mode: int,
    prior: Floats,
    fixed: Collection[int],
    aims: tuple[Aim, ...],
    tie: float,
    elsewhere: bool,
    policy: Floats,
    kappa: Floats,
    warm: Floats,
) -> NDArray[np.int64]:
    """Writes the joint policy of the group that moves k-th in a period, flat, into `policy`.

    `values`, [group, state, channel, lane], hold the states after the move from `after` on, and
    those where the crisis is over after both regions. Members in `fixed` follow the joint policy
    `prior`. Where all choose by one channel, some for and some against, each side acts as one, and
    the policy is that of the zero-sum game. `kappa`, flat [group, state, lane] or empty, receives
    κ; `warm` is of `first_guess`. With `elsewhere` the equilibrium is, where several are found,
    that farthest from the branch. The result counts the stage games whose branch was lost, and
    those where several equilibria were found, [group, lane, 2].
    """
    move = game.moves[k]
    n = int(move.reached[period])
    mine = [aims[actor] for actor in move.members]
    if not fixed and len({aim.channel for aim in mine}) == 1:
        worth = _worth(game, numbers, values, after, move, n, mine[0].channel)
        _oppose(move, n, open_options, worth, np.array([a.sign for a in mine]), numbers, policy)
        return np.zeros((numbers.groups, GROUP, 2), np.int64)
    free = np.array([actor not in fixed for actor in move.members])
    chunks = -(-n // stage.CHUNK)
    tally = np.zeros((numbers.groups, GROUP, chunks, 2), np.int64)
    sizes = (
        numbers.groups, values.shape[1], 2 * game.capacity, game.channels, len(game.actors),
        numbers.chances.shape[1], numbers.payoffs.shape[1],
    )  # fmt: skip
    stage.group_move(
        values.ravel(), sizes, after, n, move.first, move.branch, move.to, move.chance, move.payoff,
        move.action, open_options, numbers.chances.ravel(), numbers.fixed_chances,
        numbers.payoffs.ravel(), numbers.fixed_payoffs, numbers.rationality.ravel(),
        np.array(move.members), np.array([a.channel for a in mine]),
        np.array([a.sign for a in mine]), free, mode, tie, _LIMITS[values.dtype.itemsize], prior,
        policy, int(move.first[n]), move.longest[0], warm.shape[2], kappa, n if len(kappa) else 0,
        warm.ravel(), warm.shape[1],
        elsewhere, tally,
    )  # fmt: skip
    return np.asarray(tally.sum(axis=2))


def first_guess(game: Game, numbers: Numbers, move: Move) -> Floats:
    """Where the search for a group's policies begins in the last period; even, [group, state,
    action, lane].
    """
    actions = max(len(game.scenario.actors[actor].actions) for actor in move.members)
    held = len(move.states) if len(move.members) == 2 else 0
    shape = (numbers.groups, held, actions, GROUP)
    return np.full(shape, 1 / actions, numbers.chances.dtype)


def _worth(
    game: Game, numbers: Numbers, values: Floats, after: int, move: Move, n: int, channel: int
) -> NDArray[np.float64]:
    """What each option is worth in a channel, [option, row]."""
    rows = numbers.rows
    options = int(move.first[n])
    to = move.to[: move.branch[options]]
    place = np.where(to >= 0, after + to, 2 * game.capacity - 1 - to)

    def decoded(codes: NDArray[np.int32], table: Floats, known: Floats) -> NDArray[np.float64]:
        """[item, row]"""
        groups, entries, lanes = table.shape
        found = table.swapaxes(0, 1).reshape(entries, groups * lanes)[:, :rows]
        fixed = np.broadcast_to(known[::-1, None], (len(known), rows))
        return np.concatenate([found, fixed])[codes].astype(np.float64)

    following = values[:, place, channel].swapaxes(0, 1)
    following = following.reshape(len(place), numbers.groups * GROUP)[:, :rows]
    chance = decoded(move.chance[: len(to)], numbers.chances, numbers.fixed_chances)
    worth = np.add.reduceat(chance * following, move.branch[:options], axis=0)
    if channel < len(game.actors):
        codes = move.payoff[:options, channel]
        worth = worth + decoded(codes, numbers.payoffs, numbers.fixed_payoffs)
    return np.asarray(worth)


def _oppose(
    move: Move,
    n: int,
    open_options: NDArray[np.bool_],
    worth: NDArray[np.float64],
    signs: NDArray[np.int64],
    numbers: Numbers,
    policy: Floats,
) -> None:
    """Both sides' optimal joint policies in each state's zero-sum game, into `policy`."""
    options = int(move.first[n])
    joint = np.zeros((options, numbers.rows))
    for s in range(n):
        here = np.arange(move.first[s], move.first[s + 1])
        here = here[open_options[here]]
        sides = [np.unique(move.action[here][:, signs == side], axis=0, return_inverse=True)
                 for side in (1, -1)]  # fmt: skip
        shape = tuple(len(actions) for actions, _ in sides)
        row, column = (inverse.ravel() for _, inverse in sides)
        for r in range(numbers.rows):
            matrix = np.empty(shape)
            matrix[row, column] = worth[here, r]
            first, second = optimal(matrix)
            joint[here, r] = first[row] * second[column]
    padded = np.pad(joint, ((0, 0), (0, numbers.groups * GROUP - numbers.rows)), mode="edge")
    policy[:] = padded.reshape(options, numbers.groups, GROUP).swapaxes(0, 1).ravel()


def optimal(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Optimal mixed policies of the row player, who wants much, and of the column player.

    By linear programming (Dantzig 1951), unless there is a saddle point in pure actions.
    """
    from scipy.optimize import linprog

    rows, columns = matrix.shape
    least, most = matrix.min(axis=1), matrix.max(axis=0)
    if least.max() >= most.min():
        return np.eye(rows)[least.argmax()], np.eye(columns)[most.argmin()]
    # The least that the row player is sure of, v, as high as it can be: v - Σ_a x_a m[a, b] <= 0.
    level, span = float(matrix.min()), float(np.ptp(matrix))
    scaled = (matrix - level) / span
    found = linprog(
        np.append(np.zeros(rows), -1.0),
        A_ub=np.column_stack([-scaled.T, np.ones(columns)]),
        b_ub=np.zeros(columns),
        A_eq=np.append(np.ones(rows), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * rows + [(None, None)],
        method="highs",
    )
    if found.x is None:
        raise ArithmeticError(f"a stage game could not be solved: {found.message}")
    first, second = np.clip(found.x[:-1], 0, None), np.clip(-found.ineqlin.marginals, 0, None)
    return first / first.sum(), second / second.sum()
