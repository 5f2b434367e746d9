"""A crisis followed through reports of one of its variables: the solved game as transition model.

Two clocks. With the *running* clock the reports are of the game's own periods: the first is of what
period 1 came to, and everything that the game remembers (all variables, what is believed, of what
types the actors are) is inferred with the variable that is watched. With the clock that begins
*afresh* each period is the first of a new crisis, which starts where the variable was and otherwise
as the scenario starts, and has the full horizon before it: a chain over the variable's labels, for
streams of any length. Then each label leads to the next by

    M(a, b; θ) = Pr(the variable is b after one period | it starts at a)

from the policies of the first period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.game import compile_game
from standoff.scenario import FREE_CHOICE, Belief, Scenario, suggestion
from standoff.solver import (
    POINTS,
    Density,
    Precision,
    Solution,
    advance,
    at_start,
    solve,
    states_of,
)
from standoff.watch.filter import Chain, Filtered, Reals, run_filter


@dataclass(frozen=True)
class Followed:
    """A crisis followed along its own periods."""

    filtered: Filtered
    """What is known of the variable that is watched."""
    states: NDArray[np.uint16]
    """The states that can be, [state, variable]."""
    state: Reals
    """Probability of each of `states` after the last reports, over all futures, [state]."""
    types: Mapping[Belief, float]
    """Probability of each type after the last reports, over all futures."""


def variable_position(scenario: Scenario, variable: str) -> int:
    """Where a variable of this name stands in a state.

    Raises:
        KeyError: there is none; the message has the nearest name.
    """
    names = [one.name for one in scenario.variables]
    if variable not in names:
        raise KeyError(
            f"'{variable}' is not a variable of '{scenario.name}'; {suggestion(variable, names)}"
        )
    return names.index(variable)


def follow(
    solution: Solution,
    variable: str,
    log_likelihood: ArrayLike,
    weight: ArrayLike | None = None,
) -> Followed:
    """Follows a solved game through reports of its own periods, the first of period 1.

    `solution` keeps its policies. `log_likelihood` is [period, label], the logarithm of the
    probability of what was reported of a period if the variable had that label at its end;
    `weight` [row] is how probable each future was before, by default all alike. Exact, but for the
    interpolation of beliefs where types are hidden.

    Raises:
        KeyError: no such variable; the message has the nearest name.
        ImpossibleReportsError: what was reported can happen in no future.
        ValueError: more periods than the game has, or the policies were not kept.
    """
    game = solution.game
    column = variable_position(game.scenario, variable)
    logs = np.asarray(log_likelihood, np.float64)
    if len(logs) > game.periods:
        raise ValueError(
            f"reports of {len(logs)} periods; '{game.scenario.name}' has {game.periods}"
        )
    states = states_of(game)
    label = states[:, column].astype(np.intp)
    is_label = np.eye(game.scenario.variables[column].size)[label]
    rows = solution.rows

    def labels(density: Density) -> Reals:
        return density.rows(rows) @ is_label

    def times(density: Density, factor: Reals) -> Density:
        return density.times(factor[:, label])

    chain = Chain(lambda density: advance(solution, density), labels, times)
    filtered, last = run_filter(chain, at_start(solution), logs, weight)
    return Followed(
        filtered=filtered,
        states=states,
        state=filtered.weight @ last.rows(rows),
        types=_types(solution, filtered.weight @ last.profiles(rows)),
    )


def _types(solution: Solution, profile: Reals) -> dict[Belief, float]:
    """Probability of each type from that of each profile of kinds, [profile]."""
    if solution.learned is None:
        return {}
    beliefs = solution.learned.ground.beliefs
    found = {}
    for actor, side in enumerate(beliefs.sides):
        for number, one in enumerate(solution.game.scenario.actors[actor].types):
            kinds = [k for k, kind in enumerate(side.kinds) if kind.type == number]
            here = np.isin(beliefs.profiles[:, actor], kinds)
            found[Belief(solution.game.actors[actor], one.name)] = float(profile[here].sum())
    return found


def afresh(
    scenario: Scenario,
    variable: str,
    parameters: Mapping[str, ArrayLike] | None = None,
    doctrine: str = FREE_CHOICE,
    *,
    precision: Precision = "double",
    points: int = POINTS,
) -> Reals:
    """Where a variable goes in the first period of a crisis that starts at each label.

    [row, from, to]. The other variables start as the scenario says. Where the crisis is over at
    once, the variable stays where it is. Where types are hidden, beliefs stand on a grid of so many
    `points` a side.

    Raises:
        KeyError: no such variable, parameter or doctrine; the message has the nearest name.
        ScenarioError: the scenario is impossible from some label, or in some future.
    """
    column = variable_position(scenario, variable)
    size = scenario.variables[column].size
    starts = np.tile(np.array([v.start for v in scenario.variables], np.uint16), (size, 1))
    starts[:, column] = np.arange(size)
    game = compile_game(scenario, starts=starts)
    solution = solve(
        game, parameters, doctrine, precision=precision, keep_policies=True, points=points
    )
    states = states_of(game)
    is_label = np.eye(size)[states[:, column].astype(np.intp)]
    made = np.empty((solution.rows, size, size))
    begun = at_start(solution)
    for label, start in enumerate(starts):
        here = (states == start).all(axis=1)
        alone = replace(begun, held=begun.held * here[:, None] * size)
        made[:, label] = advance(solution, alone).rows(solution.rows) @ is_label
    return np.asarray(made / made.sum(axis=2, keepdims=True))
