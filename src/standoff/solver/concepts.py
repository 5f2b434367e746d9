"""Other solution concepts: what an actor would gain by being cleverer, and what it can secure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.game import Game, Numbers, allowed_options, fill, find_doctrine
from standoff.scenario import FREE_CHOICE, Doctrine, suggestion
from standoff.solver.backward import Concept, Given, OpenOptions, backward
from standoff.solver.beliefs import needs_beliefs
from standoff.solver.group import Aim
from standoff.solver.solution import Solution, rows_of, solve


@dataclass(frozen=True)
class Guarantee:
    """What a coalition can secure against the worst that all others together may do.

    A lower bound: the others are fully informed and do nothing but harm; chance remains chance.
    """

    coalition: tuple[str, ...]
    quantity: str
    doctrine: str
    high: bool
    """Whether the coalition wants the quantity high."""
    value: NDArray[np.float64]
    """[row]"""


@dataclass(frozen=True)
class Concepts:
    """What one doctrine is worth to one actor, by every solution concept; arrays are [row]."""

    doctrine: str
    actor: str
    equilibrium: NDArray[np.float64]
    limit: NDArray[np.float64]
    best_response: NDArray[np.float64]
    """To the others' equilibrium policies."""
    guarantee: NDArray[np.float64]
    """Against the worst the others together may do."""

    @property
    def exploitability(self) -> NDArray[np.float64]:
        """What the actor forgoes by not choosing its best response."""
        return self.best_response - self.equilibrium


def side_by_side(
    game: Game, parameters: Mapping[str, ArrayLike] | None, doctrine: str
) -> tuple[Concepts, ...]:
    """Every actor's payoff under a doctrine, by every concept, in double precision.

    Raises:
        ScenarioError: as `solve`.
        KeyError: no such parameter or doctrine; the message has the nearest name.
    """
    solution = solve(game, parameters, doctrine, keep_policies=True)
    limit = solve(game, parameters, doctrine, concept=Concept.LIMIT)
    return tuple(
        Concepts(
            doctrine,
            actor,
            solution.value[:, k],
            limit.value[:, k],
            best_response(solution, actor),
            _secure(game, solution.numbers, solution.open_options, (actor,), actor, high=True),
        )
        for k, actor in enumerate(game.actors)
    )


def _all_known(game: Game, doctrine: Doctrine | None) -> None:
    """Refuses a game in which something is hidden: what follows has no eyes for beliefs."""
    if needs_beliefs(game, doctrine):
        raise ValueError(
            f"'{game.scenario.name}' has hidden types, or a doctrine that is believed in part; "
            "best responses and guarantees are found where nothing is hidden"
        )


def best_response(solution: Solution, actor: str) -> NDArray[np.float64]:
    """The most an actor could expect if the others kept to the solution's policies, [row].

    The actor chooses among what the solution's doctrine leaves open to it. What this exceeds
    `solution.value` by is what the actor forgoes by its noise, its exploitability.

    Raises:
        ValueError: the solution did not keep its policies, or something is hidden.
        KeyError: no such actor; the message has the nearest name.
    """
    game = solution.game
    _all_known(game, find_doctrine(game, solution.doctrine))
    mover = _actor(game, actor)
    if not solution.passed.policies:
        raise ValueError("the policies were not kept: solve with keep_policies=True")
    given = Given(solution.passed.policies, frozenset({mover}))
    best = backward(
        game, solution.numbers, solution.open_options, Concept.LIMIT, given=given, tie=0.0
    )
    return np.asarray(rows_of(best.start, solution.rows)[mover])


def guarantee(
    game: Game,
    parameters: Mapping[str, ArrayLike] | None = None,
    *,
    coalition: tuple[str, ...],
    quantity: str,
    high: bool = True,
    doctrine: str = FREE_CHOICE,
) -> Guarantee:
    """What a coalition can secure of a quantity: the value of the zero-sum game against all others.

    `quantity` is an outcome, or the name of an actor for its payoff; `high` says whether the
    coalition wants much of it. Backward induction (von Neumann & Morgenstern 1944; one mover at a
    time, so pure choices suffice), in double precision.

    Raises:
        ScenarioError: as `solve`.
        ValueError: something is hidden.
        KeyError: no such actor, outcome or doctrine; the message has the nearest name.
    """
    _all_known(game, find_doctrine(game, doctrine))
    numbers = fill(game, parameters, np.float64)
    open_options = allowed_options(game, find_doctrine(game, doctrine))
    value = _secure(game, numbers, open_options, coalition, quantity, high=high)
    return Guarantee(coalition, quantity, doctrine, high, value)


def _secure(
    game: Game,
    numbers: Numbers,
    open_options: OpenOptions,
    coalition: tuple[str, ...],
    quantity: str,
    *,
    high: bool,
) -> NDArray[np.float64]:
    members = {_actor(game, name) for name in coalition}
    channel, kind = _channel(game, quantity)
    # The channel of `first time` counts the periods that are left: a late event makes it small.
    wanted = 1 if high != (kind == "first time") else -1
    aims = tuple(
        Aim(channel, wanted if actor in members else -wanted) for actor in range(len(game.actors))
    )
    passed = backward(game, numbers, open_options, Concept.LIMIT, aims=aims, tie=0.0)
    secured = np.asarray(rows_of(passed.start, numbers.rows)[channel])
    return game.periods - secured if kind == "first time" else secured


def _actor(game: Game, name: str) -> int:
    if name not in game.actors:
        raise KeyError(f"'{name}' is not an actor; {suggestion(name, game.actors)}")
    return game.actors.index(name)


def _channel(game: Game, quantity: str) -> tuple[int, str]:
    outcomes = tuple(outcome.name for outcome in game.outcomes)
    if quantity in game.actors:
        return game.actors.index(quantity), "payoff"
    if quantity not in outcomes:
        known = (*game.actors, *outcomes)
        raise KeyError(f"'{quantity}' is not an actor or outcome; {suggestion(quantity, known)}")
    k = outcomes.index(quantity)
    return len(game.actors) + k, game.outcomes[k].kind
