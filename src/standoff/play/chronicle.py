"""One trajectory as a chronicle: who could do what, what each did and why, and what chance did."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.game import HIT_KINDS, Game, Row, compile_game, row_of
from standoff.play.choosing import choice_of
from standoff.play.path import Paths, paths
from standoff.play.told import Chance, Change, Choice, Chronicle, Learnt, Period, Turn
from standoff.play.unmask import Unmasked, deliberation, unmask
from standoff.play.worth import worth
from standoff.scenario import FREE_CHOICE, Scenario, Time
from standoff.solver import POINTS, Solution, solve

Reals = NDArray[np.float64]

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def chronicle(
    game: Game | Scenario,
    parameters: Mapping[str, ArrayLike] | None = None,
    doctrine: str = FREE_CHOICE,
    *,
    seed: int = 0,
    replication: int = 0,
    future: int = 0,
    points: int = POINTS,
) -> Chronicle:
    """Tells one replication that `simulate` would play, move by move.

    `parameters` is as in `solve`; `future` is which of its rows. Where types are hidden beliefs
    stand on a grid of so many `points` a side.

    Raises:
        ScenarioError: as `solve`.
        KeyError: no such parameter or doctrine; the message has the nearest name.
        IndexError: there is no such future.
        ValueError: there is no such replication, or the seed is no number of 64 bits.
    """
    if isinstance(game, Scenario):
        game = compile_game(game)
    solution = solve(game, parameters, doctrine, keep_policies=True, points=points)
    path = paths(solution, row=future, seed=seed, begin=replication)
    unmasked = unmask(solution, path, future)
    decoded = row_of(unmasked.game if unmasked else game, solution.numbers, future)
    periods: list[Period] = []
    so_far = _nothing_yet(game)
    for period in range(game.periods):
        if path.state[0, period * len(game.moves)] < 0:
            break
        periods.append(_period(solution, decoded, path, future, period, so_far, unmasked))
        so_far = np.array(periods[-1].so_far)
    last = int(path.state[0, -1])
    final = decoded.ended_final[-1 - last] if last < 0 else decoded.horizon[last]
    expected = np.concatenate([solution.value[future], solution.outcome[future]])
    if unmasked:
        final = final + unmasked.told("final", last, int(path.point[0, -1]))
        expected[: len(game.actors)] = unmasked.expected
    return Chronicle(
        scenario=game.scenario,
        doctrine=doctrine,
        seed=seed,
        future=future,
        replication=replication,
        quantities=(*game.actors, *(outcome.name for outcome in game.outcomes)),
        start=_labels(game, 0, game.start),
        periods=tuple(periods),
        over=last < 0,
        final=_floats(final),
        total=_floats(path.total[0]),
        expected=_floats(expected),
        secrets=unmasked.secrets if unmasked else (),
        credences=unmasked.credences if unmasked else (),
        believed=unmasked.believed if unmasked else (),
        points=points if unmasked else 0,
    )


def _period(
    solution: Solution,
    decoded: Row,
    path: Paths,
    future: int,
    period: int,
    so_far: Reals,
    unmasked: Unmasked | None,
) -> Period:
    """One round of moves, and what has come of the crisis by its end."""
    game = solution.game
    actors = len(game.actors)
    discount = np.ones(game.channels)
    discount[:actors] = decoded.discount**period
    deliberate = (
        deliberation(unmasked, period) if unmasked else _openly(solution, decoded, future, period)
    )
    so_far = so_far.copy()
    turns = []
    first = period * len(game.moves)
    states = path.state[0, first : first + len(game.moves) + 1].tolist()
    points = path.point[0, first : first + len(game.moves) + 1].tolist()
    for k, state in enumerate(states[:-1]):
        if state < 0:
            break
        _meet(game, k, state, period, so_far)
        chosen, happened = int(path.option[0, first + k]), int(path.branch[0, first + k])
        thought = deliberate(k, state, chosen, points[k], points[k + 1])
        turns.append(_turn(game, decoded, k, state, chosen, happened, *thought))
        so_far[:actors] += discount[:actors] * decoded.payoff[k][chosen]
    last = states[-1]
    paid = decoded.accrual[last] if last >= 0 else np.zeros(game.channels)
    if unmasked and last >= 0:
        paid = paid + unmasked.told("each period", last, points[-1])
    so_far += discount * paid
    _meet(game, 0, last, period, so_far)
    return Period(
        number=period + 1,
        begins=_begins(game.scenario.time, period),
        turns=tuple(turns),
        state=_labels(game, 0, last),
        paid=_floats(paid),
        so_far=_floats(so_far),
        believed=unmasked.held_at(points[-1]) if unmasked else (),
    )


def _openly(
    solution: Solution, decoded: Row, future: int, period: int
) -> Callable[[int, int, int, int, int], tuple[tuple[float, ...], tuple[Choice, ...], None]]:
    """How to find, where nothing is hidden, what `deliberation` finds where something is."""
    game = solution.game
    options_of = worth(solution, decoded, future, period)

    def deliberate(
        k: int, state: int, chosen: int, point: int, after: int
    ) -> tuple[tuple[float, ...], tuple[Choice, ...], None]:
        del point, after
        probability, value = options_of(k, state)
        open_ = np.flatnonzero(~np.isnan(value[:, 0]))
        choices = tuple(
            choice_of(game, k, member, state, chosen, open_, probability, value)
            for member in range(len(game.moves[k].members))
        )
        return _floats(probability[open_] @ value[open_]), choices, None

    return deliberate


def _turn(
    game: Game,
    decoded: Row,
    k: int,
    state: int,
    chosen: int,
    happened: int,
    values: tuple[float, ...],
    choices: tuple[Choice, ...],
    learnt: Learnt | None,
) -> Turn:
    """One move, in which an option was `chosen` and a branch `happened`."""
    move = game.moves[k]
    branches = range(move.branch[chosen], move.branch[chosen + 1])
    following: dict[int, float] = {}
    for branch in branches:
        to = int(move.to[branch])
        following[to] = following.get(to, 0.0) + float(decoded.chance[k][branch])
    possible = [to for to, p in following.items() if p > 0]
    before = _labels(game, k, state)
    return Turn(
        move=move.name,
        state=before,
        values=values,
        choices=choices,
        paid=_floats(decoded.payoff[k][chosen]),
        chances=tuple(
            Chance(following[to], _changes(game, before, _labels(game, k + 1, to)))
            for to in possible
        ),
        happened=possible.index(int(move.to[happened])),
        learnt=learnt,
    )


def _nothing_yet(game: Game) -> Reals:
    """All quantities before anything has happened."""
    kinds = [outcome.kind for outcome in game.outcomes]
    return np.array(
        [0.0] * len(game.actors) + [game.periods * float(kind == "first time") for kind in kinds]
    )


def _meet(game: Game, k: int, state: int, period: int, so_far: Reals) -> None:
    """Enters into `so_far` which conditions of `ever` and `first time` hold in a state."""
    held = game.moves[k].hit[state] if state >= 0 else game.ended_hit[-1 - state]
    kinds = [outcome.kind for outcome in game.outcomes if outcome.kind in HIT_KINDS]
    for h, kind in enumerate(kinds):
        c = game.channels - len(kinds) + h
        if held[h]:
            so_far[c] = 1.0 if kind == "ever" else min(so_far[c], period)


def _labels(game: Game, k: int, state: int) -> tuple[str, ...]:
    """The values of all variables in a state, as `Move.to` of the move before `k` has it."""
    values = game.ended[-1 - state] if state < 0 else game.moves[k % len(game.moves)].states[state]
    pairs = zip(game.scenario.variables, values, strict=True)
    return tuple(variable.labels[value] for variable, value in pairs)


def _changes(game: Game, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Change, ...]:
    variables = zip(game.scenario.variables, before, after, strict=True)
    return tuple(Change(v.name, old, new) for v, old, new in variables if old != new)


def _floats(numbers: Reals) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)


def _begins(time: Time, period: int) -> date | None:
    """The first day of a period (from 0), where the scenario's clock is one of the calendar."""
    if time.start is None:
        return None
    if time.period in _DAYS:
        return time.start + timedelta(days=_DAYS[time.period] * period)
    if time.period not in _MONTHS:
        return None
    year, month = divmod(time.start.month - 1 + _MONTHS[time.period] * period, 12)
    year += time.start.year
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(time.start.day, last))
