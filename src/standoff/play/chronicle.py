"""One trajectory as a chronicle: who could do what, what each did and why, and what chance did."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.game import HIT_KINDS, Game, Row, compile_game, row_of
from standoff.play.path import Paths, paths
from standoff.play.unsuited import refuse_hidden
from standoff.play.worth import worth
from standoff.scenario import FREE_CHOICE, Scenario, Time
from standoff.solver import Solution, solve

Reals = NDArray[np.float64]

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Option:
    """An action that was open to an actor."""

    action: str
    probability: float
    value: float
    """What the actor expected from it, from then on; against the others' probabilities where they
    chose at the same time."""


@dataclass(frozen=True)
class Choice:
    """What one actor chose, and from what."""

    actor: str
    options: tuple[Option, ...]
    taken: int
    """Position among `options`."""
    closed: tuple[str, ...]
    """Actions that only its doctrine kept from it."""

    @property
    def best(self) -> int:
        """Position of the option that was worth most to it."""
        return max(range(len(self.options)), key=lambda k: self.options[k].value)

    @property
    def forgone(self) -> float:
        """By how much the best option was worth more than the one it took."""
        return self.options[self.best].value - self.options[self.taken].value


@dataclass(frozen=True)
class Change:
    """A variable that took another value."""

    variable: str
    before: str
    after: str


@dataclass(frozen=True)
class Chance:
    """Something that could follow, and what it changed, the certain effects of an action included.

    Branches that lead to the same state are one.
    """

    probability: float
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Turn:
    """One move; `values` and `paid` are by actor."""

    move: str
    state: tuple[str, ...]
    """Of each variable, before the move."""
    values: tuple[float, ...]
    """What each actor could expect before the move, from then on."""
    choices: tuple[Choice, ...]
    """One of each member, none at an event."""
    paid: tuple[float, ...]
    chances: tuple[Chance, ...]
    happened: int
    """Position among `chances`."""


@dataclass(frozen=True)
class Period:
    """One round of moves; `paid` and `so_far` are by quantity."""

    number: int
    """From 1."""
    begins: date | None
    turns: tuple[Turn, ...]
    state: tuple[str, ...]
    """Of each variable, at the end."""
    paid: tuple[float, ...]
    """What came due at the end, undiscounted."""
    so_far: tuple[float, ...]
    """Payoffs received, discounted to the start, and outcomes as they then stood."""


@dataclass(frozen=True)
class Chronicle:
    """A trajectory told; arrays of numbers are by quantity, in the order of `quantities`."""

    scenario: Scenario
    doctrine: str
    seed: int
    future: int
    replication: int
    quantities: tuple[str, ...]
    """Actors, for their payoffs, then outcomes."""
    start: tuple[str, ...]
    """Of each variable."""
    periods: tuple[Period, ...]
    over: bool
    """Whether the crisis ended before the horizon."""
    final: tuple[float, ...]
    """What was paid last, undiscounted."""
    total: tuple[float, ...]
    expected: tuple[float, ...]
    """At the start."""


def chronicle(
    game: Game | Scenario,
    parameters: Mapping[str, ArrayLike] | None = None,
    doctrine: str = FREE_CHOICE,
    *,
    seed: int = 0,
    replication: int = 0,
    future: int = 0,
) -> Chronicle:
    """Tells one replication that `simulate` would play, move by move.

    `parameters` is as in `solve`; `future` is which of its rows.

    Raises:
        ScenarioError: as `solve`.
        KeyError: no such parameter or doctrine; the message has the nearest name.
        IndexError: there is no such future.
        HiddenError: something is hidden in the game under the doctrine.
        ValueError: there is no such replication, or the seed is no number of 64 bits.
    """
    if isinstance(game, Scenario):
        game = compile_game(game)
    refuse_hidden(
        game, doctrine, "no course can be told",
        "how likely each state, choice and belief is in each period is in a study's course",
    )  # fmt: skip
    solution = solve(game, parameters, doctrine, keep_policies=True)
    path = paths(solution, row=future, seed=seed, begin=replication)
    decoded = row_of(game, solution.numbers, future)
    periods: list[Period] = []
    so_far = _nothing_yet(game)
    for period in range(game.periods):
        if path.state[0, period * len(game.moves)] < 0:
            break
        periods.append(_period(solution, decoded, path, future, period, so_far))
        so_far = np.array(periods[-1].so_far)
    last = int(path.state[0, -1])
    final = decoded.ended_final[-1 - last] if last < 0 else decoded.horizon[last]
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
        expected=_floats(np.concatenate([solution.value[future], solution.outcome[future]])),
    )


def _period(
    solution: Solution, decoded: Row, path: Paths, future: int, period: int, so_far: Reals
) -> Period:
    """One round of moves, and what has come of the crisis by its end."""
    game = solution.game
    actors = len(game.actors)
    discount = np.ones(game.channels)
    discount[:actors] = decoded.discount**period
    options_of = worth(solution, decoded, future, period)
    so_far = so_far.copy()
    turns = []
    first = period * len(game.moves)
    states = path.state[0, first : first + len(game.moves) + 1].tolist()
    for k, state in enumerate(states[:-1]):
        if state < 0:
            break
        _meet(game, k, state, period, so_far)
        chosen, happened = int(path.option[0, first + k]), int(path.branch[0, first + k])
        turns.append(_turn(solution, decoded, k, state, period, chosen, happened, options_of))
        so_far[:actors] += discount[:actors] * decoded.payoff[k][chosen]
    last = states[-1]
    paid = decoded.accrual[last] if last >= 0 else np.zeros(game.channels)
    so_far += discount * paid
    _meet(game, 0, last, period, so_far)
    return Period(
        number=period + 1,
        begins=_begins(game.scenario.time, period),
        turns=tuple(turns),
        state=_labels(game, 0, last),
        paid=_floats(paid),
        so_far=_floats(so_far),
    )


def _turn(
    solution: Solution,
    decoded: Row,
    k: int,
    state: int,
    period: int,
    chosen: int,
    happened: int,
    options_of: Callable[[int, int], tuple[Reals, Reals]],
) -> Turn:
    """One move, in which an option was `chosen` and a branch `happened`."""
    game = solution.game
    move = game.moves[k]
    probability, value = options_of(k, state)
    open_ = np.flatnonzero(~np.isnan(value[:, 0]))
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
        values=_floats(probability[open_] @ value[open_]),
        choices=tuple(
            _choice(game, k, member, state, chosen, open_, probability, value)
            for member in range(len(move.members))
        ),
        paid=_floats(decoded.payoff[k][chosen]),
        chances=tuple(
            Chance(following[to], _changes(game, before, _labels(game, k + 1, to)))
            for to in possible
        ),
        happened=possible.index(int(move.to[happened])),
    )


def _choice(
    game: Game,
    k: int,
    member: int,
    state: int,
    chosen: int,
    open_: NDArray[np.intp],
    probability: Reals,
    value: Reals,
) -> Choice:
    """A member's own choice: its actions, with what it expects of each, whatever others choose."""
    move = game.moves[k]
    low, high = int(move.first[state]), int(move.first[state + 1])
    actor = move.members[member]
    action = move.action[low:high]
    others = np.ones(high - low)  # how likely the others' part of each joint action is
    for other in range(len(move.members)):
        if other != member:
            share = np.bincount(action[:, other], weights=probability)
            others *= share[action[:, other]]
    names = [one.name for one in game.scenario.actors[actor].actions]
    options = []
    own = sorted(set(action[open_, member].tolist()))
    for position in own:
        these = open_[action[open_, member] == position]
        options.append(
            Option(
                names[position],
                float(probability[these].sum()),
                float(others[these] @ value[these, actor] / others[these].sum()),
            )
        )
    shut = sorted(set(action[:, member].tolist()) - set(own))
    unamended = _of_other_versions(game, actor, [names[position] for position in own])
    closed = tuple(names[c] for c in shut if names[c] not in unamended)
    taken = own.index(int(move.action[chosen, member]))
    return Choice(game.actors[actor], tuple(options), taken, closed)


def _of_other_versions(game: Game, actor: int, open_: list[str]) -> set[str]:
    """Actions that a treaty would have under other amendments: no doctrine forbids them."""
    found = {action.name for action in game.scenario.actors[actor].actions if action.closed}
    for pact in game.scenario.treaties:
        triggers = {version.action for version in pact.versions}
        found |= triggers if triggers.intersection(open_) else set()
    return found


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
