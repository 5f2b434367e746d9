"""Solving a game in some futures, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.game import GROUP, Game, Numbers, allowed_options, fill, find_doctrine
from standoff.scenario import FREE_CHOICE, Belief, Doctrine
from standoff.solver.backward import (
    Backward,
    Concept,
    Given,
    OpenOptions,
    backward,
    workspace,
)
from standoff.solver.beliefs import POINTS, beliefs_of, needs_beliefs
from standoff.solver.forward import Forward, forward
from standoff.solver.group import Floats
from standoff.solver.hidden import Learned, belief_names, forward_hidden, policies_of, solve_hidden

if TYPE_CHECKING:
    import xarray

Precision = Literal["single", "double"]

DTYPES = {"single": np.float32, "double": np.float64}
"""The floating-point type of each precision."""


@dataclass(frozen=True)
class Solution:
    """A game solved in some futures under one doctrine.

    Arrays have one row for each future that was asked for, in that order.
    """

    game: Game
    doctrine: str
    concept: Concept
    numbers: Numbers
    open_options: OpenOptions
    passed: Backward
    learned: Learned | None = None
    """What is believed, and what each type expects; None where nothing is hidden."""

    @property
    def rows(self) -> int:
        """Number of futures."""
        return self.numbers.rows

    @cached_property
    def value(self) -> NDArray[np.float64]:
        """Expected payoff of each actor from the start on, [row, actor].

        Where types are hidden, the mean over an actor's own types as they are drawn, each of which
        expects of the others what that actor believes.
        """
        return self._start[:, : len(self.game.actors)]

    @cached_property
    def outcome(self) -> NDArray[np.float64]:
        """Expected outcomes, [row, outcome], in the order of `game.outcomes`."""
        found = self._start[:, len(self.game.actors) :].copy()
        for k, outcome in enumerate(self.game.outcomes):
            if outcome.kind == "first time":
                # The channel carries the periods left when it happens, which is 0 if it never does.
                found[:, k] = self.game.periods - found[:, k]
        return found

    @cached_property
    def kappa(self) -> NDArray[np.float64]:
        """The largest κ of all stage games, [row]: below 1 every one has a single equilibrium.

        κ = ¼ max_i λ_i Σ_{j≠i} D_ij, where D_ij is the most by which what i gains by one action
        over another depends on what j does. It is 0 where nobody chooses at once; with the concept
        "limit" it is that of payoffs as they were scaled up, and says nothing.

        Raises:
            ValueError: the policies were not kept, and κ with them.
        """
        if not self.passed.policies:
            raise ValueError("κ was not kept: solve with keep_policies=True")
        largest = np.zeros(self.rows)
        for by_period in self.passed.kappas:
            for kappa in by_period or ():
                top = kappa.max(axis=1, initial=0.0)[:, None, :]
                largest = np.maximum(largest, rows_of(top, self.rows)[0])
        return largest

    @cached_property
    def lost(self) -> NDArray[np.int64]:
        """Stage games whose branch could not be followed to its end, [row]."""
        return self.passed.lost.ravel()[: self.rows]

    @cached_property
    def several(self) -> NDArray[np.int64]:
        """Stage games in which other equilibria were found, [row]; concept "elsewhere" only."""
        return self.passed.several.ravel()[: self.rows]

    @cached_property
    def course(self) -> Forward:
        """The distribution over states, period by period; arrays as in `Forward`.

        Raises:
            ValueError: the policies were not kept.
        """
        if self.learned is not None and self.learned.snapshots:
            return forward_hidden(self.learned)
        if not self.passed.policies:
            raise ValueError("the policies were not kept: solve with keep_policies=True")
        return forward(self.game, self.numbers, self.open_options, self.passed)

    @cached_property
    def value_by_type(self) -> dict[Belief, NDArray[np.float64]]:
        """What each type of each actor expects from the start on, [row].

        Under a doctrine that binds some of a type and not the rest, the mean over both.
        """
        if self.learned is None:
            return {}
        beliefs = self.learned.ground.beliefs
        expected = rows_of(self.learned.by_kind, self.rows)
        found = {}
        for actor, side in enumerate(beliefs.sides):
            first = beliefs.first_agent(actor)
            for number, type_ in enumerate(self.game.scenario.actors[actor].types):
                kinds = [k for k, kind in enumerate(side.kinds) if kind.type == number]
                drawn = np.array([side.truth[k] for k in kinds])
                drawn = np.where(drawn.sum(axis=0) > 0, drawn, 1.0)
                values = np.array([expected[first + k] for k in kinds])
                key = Belief(self.game.actors[actor], type_.name)
                found[key] = (values * drawn).sum(axis=0) / drawn.sum(axis=0)
        return found

    @cached_property
    def belief(self) -> dict[Belief, NDArray[np.float64]]:
        """The expected shared belief in each type at the end, [row].

        Raises:
            ValueError: what the course needs was not kept.
        """
        course = self.course
        if course.beliefs is None:
            return {}
        found = rows_of(course.beliefs[-1], self.rows)
        return dict(zip(belief_names(self.game), found, strict=True))

    def policy_by_type(
        self, actor: str, period: int = 0, move: int | None = None
    ) -> NDArray[np.float64]:
        """Choice probabilities where types are hidden, [belief, kind, state, action, row].

        Beliefs are the points of the grid, `learned.ground.beliefs`, which also names the kinds.

        Raises:
            ValueError: the actor has no such move, nothing is hidden, or nothing was kept.
        """
        k = self._move_of(actor, move)
        if self.learned is None or not self.learned.snapshots:
            raise ValueError("nothing is hidden, or it was not kept: see keep_policies")
        ground = self.learned.ground
        kept = dict(policies_of(self.learned, period))[k]
        assert kept is not None
        chosen = self.game.moves[k]
        mover = chosen.members[0]
        kinds = len(ground.beliefs.sides[mover].kinds)
        states = int(chosen.reached[period])
        options = int(chosen.first[states])
        shape = (self.numbers.groups, ground.beliefs.points, kinds, options, GROUP)
        by_option = np.moveaxis(kept.policy.reshape(shape), 0, 3).reshape(*shape[1:4], -1)
        actions = len(self.game.scenario.actors[mover].actions)
        full = np.zeros((ground.beliefs.points, kinds, states, actions, self.rows))
        full[:, :, chosen.state_of_option[:options], chosen.action[:options, 0]] = by_option[
            ..., : self.rows
        ]
        return full

    def policies_by_type(self, period: int, row: int) -> dict[int, NDArray[np.float64]]:
        """All choice probabilities of a period in one future, by position in the order.

        Each [belief, kind, option], options as in `game.moves`. Moves of chance are left out.

        Raises:
            ValueError: nothing is hidden, or nothing was kept.
        """
        if self.learned is None or not self.learned.snapshots:
            raise ValueError("nothing is hidden, or it was not kept: see keep_policies")
        beliefs = self.learned.ground.beliefs
        group, lane = divmod(row, GROUP)
        found = {}
        for k, kept in policies_of(self.learned, period):
            if kept is not None:
                kinds = len(beliefs.sides[self.game.moves[k].members[0]].kinds)
                shape = (self.numbers.groups, beliefs.points, kinds, -1, GROUP)
                found[k] = kept.policy.reshape(shape)[group, ..., lane].astype(np.float64)
        return found

    def policy(self, actor: str, period: int = 0, move: int | None = None) -> NDArray[np.float64]:
        """Choice probabilities of an actor in one period (from 0), [state, action, row].

        `move` is the position in the order, needed where the actor moves more than once a period.
        States are those of `game.moves[move].states`; actions that are not open have probability 0.

        Raises:
            ValueError: the actor has no such move, or the policies were not kept.
        """
        k = self._move_of(actor, move)
        mover = self.game.actors.index(actor)
        if self.learned is not None:
            raise ValueError("types are hidden: what an actor does depends on beliefs too; "
                             "see policy_by_type")  # fmt: skip
        kept = self.passed.policies[k] if self.passed.policies else None
        if kept is None:
            raise ValueError("the policies were not kept: solve with keep_policies=True")
        chosen = self.game.moves[k]
        by_option = rows_of(kept[period], self.rows)
        actions = len(self.game.scenario.actors[mover].actions)
        states = int(chosen.reached[period])
        full = np.zeros((states, actions, self.rows))
        options = len(by_option)
        action = chosen.action[:options, chosen.members.index(mover)]
        # At a group an action's probability is the sum over what the others may do.
        np.add.at(full, (chosen.state_of_option[:options], action), by_option)
        return full

    def _move_of(self, actor: str, move: int | None) -> int:
        mover = self.game.actors.index(actor) if actor in self.game.actors else -1
        moves = [k for k, m in enumerate(self.game.moves) if mover in m.members]
        if not moves or (move is not None and move not in moves):
            order = [m.name for m in self.game.moves]
            raise ValueError(f"'{actor}' has no such move; the order is {order}")
        return moves[0] if move is None else move

    def to_xarray(self) -> xarray.Dataset:
        """`value` and `expected` (outcomes) with named dimensions `future`, `actor`, `outcome`."""
        import xarray as xr

        return xr.Dataset(
            {
                "value": (("future", "actor"), self.value),
                "expected": (("future", "outcome"), self.outcome),
            },
            coords={
                "actor": list(self.game.actors),
                "outcome": [outcome.name for outcome in self.game.outcomes],
            },
            attrs={
                "scenario": self.game.scenario.name,
                "hash": self.game.scenario.hash,
                "doctrine": self.doctrine,
                "concept": self.concept.value,
            },
        )

    @cached_property
    def _start(self) -> NDArray[np.float64]:
        return rows_of(self.passed.start, self.rows).T


def rows_of(grouped: Floats, rows: int) -> NDArray[np.float64]:
    """[group, item, lane] as [item, row], without the rows that fill up the last group."""
    groups, held, lanes = grouped.shape
    items = grouped.swapaxes(0, 1).reshape(held, groups * lanes)
    return np.asarray(items[:, :rows], np.float64)


def solve(
    game: Game,
    parameters: Mapping[str, ArrayLike] | None = None,
    doctrine: str | Doctrine = FREE_CHOICE,
    *,
    concept: Concept | str = Concept.EQUILIBRIUM,
    precision: Precision = "double",
    keep_policies: bool = False,
    points: int = POINTS,
) -> Solution:
    """Solves a game in every future that `parameters` describe.

    `parameters` maps names to numbers, or to arrays with one entry for each future; those left out
    have their nominal values. `doctrine` is the name of one in the file, or a `Doctrine` made
    elsewhere. `concept` is "equilibrium" (quantal response at the scenario's
    rationality), "limit", or "elsewhere": see `Concept`. Where types are hidden, beliefs stand on a
    grid of so many `points` a side.

    Raises:
        ScenarioError: a probability or payoff is impossible in some future, or the doctrine leaves
            no action.
        KeyError: no such parameter or doctrine; the message has the nearest name.
    """
    numbers = fill(game, parameters, DTYPES[precision])
    (solution,) = solve_doctrines(
        game, numbers, (doctrine,), Concept(concept), keep=keep_policies, points=points
    )
    return solution


def solve_doctrines(
    game: Game,
    numbers: Numbers,
    doctrines: tuple[str | Doctrine, ...],
    concept: Concept = Concept.EQUILIBRIUM,
    *,
    keep: bool = False,
    reuse: bool = False,
    points: int = POINTS,
) -> Iterator[Solution]:
    """Solves under each doctrine in turn, in the same futures, with one filling of the ledgers.

    Under a doctrine that is not announced the others play, and learn, as in free choice, which is
    solved for it. With `reuse` all share one memory: the policies and the course of a solution can
    be had only until the next is asked for.
    """
    chosen = [find_doctrine(game, name) for name in doctrines]
    free: Backward | None = None
    if any(_is_unknown(d) and not needs_beliefs(game, d) for d in chosen):
        free = backward(game, numbers, allowed_options(game, None), concept, keep=True)
    room = workspace(game, numbers, keep=keep) if reuse else None
    known: tuple[Backward, Learned] | None = None
    if any(_is_unknown(d) and needs_beliefs(game, d) for d in chosen):
        beliefs = beliefs_of(game, numbers, None, points)
        known = solve_hidden(game, numbers, beliefs, None, concept, keep=True)
    for doctrine in chosen:
        name = FREE_CHOICE if doctrine is None else doctrine.name
        open_options = allowed_options(game, doctrine)
        if needs_beliefs(game, doctrine):
            if doctrine is None and known is not None:
                found, learned = known
            else:
                beliefs = beliefs_of(game, numbers, doctrine, points)
                found, learned = solve_hidden(
                    game, numbers, beliefs, doctrine, concept, keep=keep,
                    free=known if _is_unknown(doctrine) else None,
                )  # fmt: skip
            yield Solution(game, name, concept, numbers, open_options, found, learned)
            continue
        if doctrine is None and free is not None:
            yield Solution(game, name, concept, numbers, open_options, free)
            continue
        given: Given | None = None
        if doctrine is not None and free is not None and not doctrine.announced:
            given = Given(free.policies, frozenset({game.actors.index(doctrine.actor)}))
        passed = backward(game, numbers, open_options, concept, given=given, keep=keep, room=room)
        yield Solution(game, name, concept, numbers, open_options, passed)


def _is_unknown(doctrine: Doctrine | None) -> bool:
    """Whether nobody but its actor knows of a doctrine, or thinks it possible."""
    return doctrine is not None and not doctrine.announced and doctrine.believed is None
