"""Certifying a solution in which types are hidden: what beliefs, values and courses must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.certificate.certificate import Certificate
from standoff.certificate.chain import Indices, Reals, choosing
from standoff.certificate.check import Worst
from standoff.certificate.weighed import Heard, Weighed, weighed_of
from standoff.solver import Solution, belief_names, rows_of

_CLAIMS = {
    "choices": "every choice of every type is a distribution over what is open to it",
    "response": "it is the quantal response to what actions are worth, and what they would show",
    "values": "the policies are worth, backward, what the solution says to each type",
    "course": "the start, pushed forward, brings what the solution expects",
    "mass": "the probabilities of all types, beliefs and states sum to one",
    "beliefs": "beliefs go, by Bayes' rule, where the solution says",
    "martingale": "who is not deceived expects of tomorrow's beliefs to be today's",
}
_CHOICE = {"double": 1e-6, "single": 2e-2}
"""On a choice probability: posteriors are found by iteration, and interpolated."""
_WORTH = {"double": 1e-8, "single": 2e-3}
"""On values and outcomes, as a share of the largest beside them."""
_BELIEF = {"double": 1e-8, "single": 1e-3}


def certify_hidden(solution: Solution, row: int) -> Certificate:
    """Checks one future of a solution in which something is hidden, in NumPy and sparse matrices.

    From the policies of every kind at every point of the belief grid it finds anew what is believed
    after each action, what that is worth to every agent backward, what the policies should then be,
    and where states and beliefs go forward. Best replies and drawn plays are left out, and so is
    the error of the grid itself, which other grids tell.

    Raises:
        ValueError: what the course needs was not kept.
        IndexError: there is no such row.
    """
    weighed = weighed_of(solution, row)
    game = weighed.game
    precision = "single" if solution.numbers.chances.dtype == np.float32 else "double"
    found = {name: Worst(name, claim) for name, claim in _CLAIMS.items()}
    at, share = _start(solution, row)
    worth = _backward(weighed, precision, found)
    odds = np.array([np.prod([one[at] for one in weighed.odds[j]], axis=0)
                     for j, _ in weighed.beliefs.agents])  # fmt: skip
    agents = (_leaning(odds, share) * worth.values[:, at]).sum(axis=1)
    said = _said_by_agents(solution, row)
    scale = worth.largest
    found["values"].look(
        np.abs(agents - said), _WORTH[precision] * scale,
        lambda i: (f"{_agent(weighed, i[0])} is said to expect {said[i]:.10g}; it is "
                   f"{agents[i]:.10g}"),
    )  # fmt: skip
    course = _forward(weighed, at, share)
    drawn = np.array([side.truth[:, row].sum() for side in weighed.beliefs.sides]).prod()
    found["mass"].look(
        np.abs(course.mass - drawn), _WORTH[precision],
        lambda i: f"after {i[0]} periods the probabilities sum to {course.mass[i]:.10g}",
    )  # fmt: skip
    coarse = _coarse(weighed)
    _check_expectation(weighed, solution, row, course, (_WORTH[precision], coarse), scale,
                       found["course"])  # fmt: skip
    _check_beliefs(weighed, solution, row, course, precision, coarse, found)
    notes = ["types are hidden: best replies and drawn plays were not checked"]
    if not _undeceived(weighed):
        notes.append(
            "somebody's beliefs differ from how types are drawn, so payoffs were held against what "
            "is expected but not against the course, and beliefs may drift"
        )
    if lost := int(solution.lost[row]):
        notes.append(
            f"the solver itself says that it could not follow the equilibrium at {lost:,} points "
            "of belief: there a choice may be no response"
        )
    if worth.passed_over:
        notes.append(
            f"in {worth.passed_over:,} states and beliefs an action is so unlikely that what it "
            "would show cannot be told from the policies; they were passed over"
        )
    return Certificate(
        scenario=game.scenario.name,
        hash=game.scenario.hash,
        doctrine=solution.doctrine,
        concept=solution.concept.value,
        precision=precision,
        row=row,
        checks=tuple(worst.check() for worst in found.values()),
        regrets=(),
        plays=0,
        seed=0,
        notes=tuple(notes),
    )


def _start(solution: Solution, row: int) -> tuple[Indices, Reals]:
    """The points around the prior, and their weights."""
    assert solution.learned is not None
    at, weight = solution.learned.ground.beliefs.start(np.float64)
    flat = at.reshape(len(at), -1)[:, row], weight.reshape(len(weight), -1)[:, row]
    return flat[0].astype(np.intp), flat[1].astype(np.float64)


def _said_by_agents(solution: Solution, row: int) -> Reals:
    assert solution.learned is not None
    return rows_of(solution.learned.by_kind, solution.rows)[:, row]


def _agent(weighed: Weighed, agent: int) -> str:
    """An agent in words."""
    j, number = weighed.beliefs.agents[agent]
    kind = weighed.beliefs.sides[j].kinds[number]
    types = weighed.game.scenario.actors[j].types
    own = f" of type {types[kind.type].name}" if types else ""
    return f"{weighed.game.actors[j]}{own}{' bound by the doctrine' if kind.bound else ''}"


def _spread(weighed: Weighed, k: int, worth: Reals, heard: Heard | None) -> Reals:
    """What is worth [agent, point, option] at points, where beliefs are after each option."""
    if heard is None:
        return worth
    option = np.arange(worth.shape[2])[None, :]
    mover = weighed.turns[k].move.members[0]
    odds = np.array([weighed.odds[j][mover] for j, _ in weighed.beliefs.agents])  # [agent, point]
    share = _leaning(odds[:, heard.at], heard.share)
    return np.asarray((share * worth[:, heard.at, option]).sum(axis=1))


def _leaning(odds: Reals, share: Reals) -> Reals:
    """What the points around a belief weigh for each agent, [agent, corner, ...].

    `odds` [agent, corner, ...]: by what its own prior makes them likelier. Who thinks all of them
    impossible weighs them as the others do.
    """
    own = odds * share[None]
    whole = own.sum(axis=1, keepdims=True)
    return np.where(whole > 0, own / np.where(whole > 0, whole, 1), share[None])


@dataclass(frozen=True)
class _Worth:
    """What going backward gives."""

    values: Reals  # at the start, [agent, point]
    largest: float
    """Nothing that anybody expects anywhere is larger."""
    passed_over: int
    """States and points at which an action is too unlikely for its posterior to be known."""


def _backward(weighed: Weighed, precision: str, found: Mapping[str, Worst]) -> _Worth:
    """Values at the start; looks at every choice on the way."""
    game, agents = weighed.game, weighed.beliefs.agents
    actor_of = np.array([j for j, _ in agents])

    def paid(by_profile: Reals) -> Reals:
        """What agents think they get, [agent, point, state], of [profile, state, actor]."""
        each = by_profile[:, :, actor_of]
        return np.asarray(np.einsum("apr,rsa->aps", weighed.views, each))

    over, accrual = paid(weighed.ended), paid(weighed.accrual)
    discount = weighed.row.discount[actor_of][:, None, None]
    values, passed_over, largest = paid(weighed.horizon), 0, 1.0
    for period in reversed(range(game.periods)):
        n = int(game.moves[0].reached[period + 1])
        values = accrual[:, :, :n] + discount * values[:, :, :n]
        for k in reversed(range(len(game.moves))):
            turn, policy = weighed.turns[k], weighed.policy(k, period)
            states, options = int(turn.move.reached[period]), policy.shape[2]
            leads = turn.first_of(states)
            after = np.zeros((len(agents), weighed.points, leads.shape[1]))
            after[:, :, : values.shape[2]] = values
            after[:, :, turn.live :] = over
            flat = after.reshape(-1, leads.shape[1])
            worth = (leads @ flat.T).T.reshape(len(agents), weighed.points, options)
            heard = weighed.heard(k, period, policy)
            q = _spread(weighed, k, worth, heard) + weighed.paid[k][:, None, :options]
            chosen, unsure = _check_choice(weighed, k, period, policy, heard, q, precision, found)
            passed_over += unsure
            largest = max(largest, float(np.abs(q).max(initial=0.0)))
            groups = choosing(np.ones(options), turn.move.first, states)
            mixed = (chosen * q).reshape(-1, options)
            values = (groups @ mixed.T).T.reshape(len(agents), weighed.points, states)
    start = sum(
        one.probability * (over if one.is_over else values)[:, :, one.place] for one in game.starts
    )
    return _Worth(np.asarray(start), largest, passed_over)


def _check_choice(
    weighed: Weighed, k: int, period: int, policy: Reals, heard: Heard | None, q: Reals,
    precision: str, found: Mapping[str, Worst],
) -> tuple[Reals, int]:  # fmt: skip
    """How probable each agent thinks every option, [agent, point, option]; looks at policies.

    Also counts states and points at which an action is too unlikely for its posterior to be known.
    """
    move, agents = weighed.turns[k].move, weighed.beliefs.agents
    if not move.members:
        return np.broadcast_to(policy[None, :, 0], q.shape), 0
    mover, options = move.members[0], policy.shape[2]
    owner, may = move.state_of_option[:options], weighed.may(k, period)[:, :options]
    states, rate = int(move.reached[period]), weighed.rationality[mover]
    expected = weighed.expected(k, period, policy)
    first = move.first[:states]
    unsure = np.zeros((weighed.points, states), bool)
    if heard is not None:
        unsure = np.logical_or.reduceat(~heard.known, first, axis=1)
    chosen = np.zeros(q.shape)
    for a, (j, own) in enumerate(agents):
        if j != mover:
            seen = weighed.seen[j][mover]
            chosen[a] = np.einsum("pk,pko->po", seen, expected)
            continue
        chosen[a] = policy[:, own]
        logits = np.where(may[own], rate * q[a], -np.inf)
        weight = np.exp(logits - np.maximum.reduceat(logits, first, axis=1)[:, owner])
        wanted: Reals = weight / np.add.reduceat(weight, first, axis=1)[:, owner]
        name = _agent(weighed, a)

        def where(
            i: tuple[int, ...], wanted: Reals = wanted, own: int = own, name: str = name
        ) -> str:
            state = weighed.game.describe(k, int(owner[i[1]]))
            action = weighed.game.scenario.actors[mover].actions[int(move.action[i[1], 0])].name
            return (
                f"{name} chooses {action} with {policy[i[0], own, i[1]]:.6g} and should with "
                f"{wanted[i]:.6g}, in period {period + 1}, {state}, at point {i[0]} of the grid"
            )

        missed = np.where(unsure[:, owner], 0.0, np.abs(policy[:, own] - wanted))
        found["response"].look(missed, _CHOICE[precision], where)
        sums = np.add.reduceat(policy[:, own], first, axis=1)
        strays = np.where(may[own], 0.0, policy[:, own])
        found["choices"].look(
            np.concatenate([np.abs(sums - 1), strays], axis=1), _BELIEF[precision],
            partial(_no_choice, name, period),
        )  # fmt: skip
    return chosen, int(unsure.sum())


def _no_choice(name: str, period: int, _: tuple[int, ...]) -> str:
    return f"the probabilities of what {name} does in period {period + 1} are none"


@dataclass(frozen=True)
class _Course:
    """What pushing types, beliefs and states forward gives."""

    expectation: Reals  # [channel]
    mass: Reals  # [period]
    beliefs: Reals  # [period, (actor, type)]


def _forward(weighed: Weighed, at: Indices, share: Reals) -> _Course:
    game, beliefs, row = weighed.game, weighed.beliefs, weighed.row
    actors, hits = len(game.actors), game.hits
    plain = game.channels - hits
    collected = np.zeros(game.channels)
    profiles = beliefs.profiles
    drawn = beliefs.truth()[:, weighed.number]
    believed = np.array(list(beliefs.believed(game).values())).reshape(-1, weighed.points)
    accrued = [weighed.of_beliefs(c, game.moves[0].states) for c in range(len(game.outcomes))]
    ended = [weighed.of_beliefs(c, game.ended) for c in range(len(game.outcomes))]
    settled = np.zeros((len(profiles), weighed.points))  # where the crisis is over
    mass, path = [], []

    def take(held: Reals, period: int, hit: NDArray[np.bool_]) -> None:
        """In place: counts what is where a condition holds, and takes it out; hit [state, hit]."""
        if hits:
            kinds = [outcome.kind for outcome in game.outcomes[-hits:]]
            worth = [1.0 if kind == "ever" else game.periods - period for kind in kinds]
            here = held[..., 1:] * hit
            collected[plain:] += here.sum(axis=(0, 1, 2)) * worth
            held[..., 1:] -= here

    def pay(
        held: Reals, of_actors: Reals, of_channels: Reals, discount: Reals, kind: str,
        with_beliefs: list[Reals | None],
    ) -> None:  # fmt: skip
        """Payments for `held` [profile, point, state]."""
        count = held.shape[2]
        collected[:actors] += discount * np.einsum("rps,rsa->a", held, of_actors[:, :count])
        collected[actors:plain] += np.einsum("rps,sc->c", held, of_channels[:count, actors:plain])
        for c, table in enumerate(with_beliefs):
            if table is not None and game.outcomes[c].kind == kind:
                collected[actors + c] += np.einsum("rps,sp->", held, table[:count])

    def over(held: Reals, period: int) -> None:
        take(held, period, game.ended_hit)
        pay(held[..., 0], weighed.ended, row.ended_final, row.discount**period, "final", ended)
        settled[:] += held[..., 0].sum(axis=2)

    def note(live: Reals) -> None:
        there = live[..., 0].sum(axis=2) + settled
        mass.append(float(there.sum()))
        path.append(believed @ there.sum(axis=0))

    first, finished = len(game.moves[0].states), len(game.ended)
    live = np.zeros((len(profiles), weighed.points, first, 1 + hits))
    begun = np.zeros((len(profiles), weighed.points, finished, 1 + hits))
    for start in game.starts:
        begin: Any = (slice(None), at, start.place)
        weight = start.probability * drawn[:, None, None] * share[None, :, None]
        np.add.at(begun if start.is_over else live, begin, weight)
    over(begun, 0)
    note(live)
    for period in range(game.periods):
        discount = row.discount**period
        for k, turn in enumerate(weighed.turns):
            move, policy = turn.move, weighed.policy(k, period)
            states, options = int(move.reached[period]), policy.shape[2]
            take(live, period, move.hit)
            taken = live[:, :, move.state_of_option[:options]]
            kinds = profiles[:, move.members[0]] if move.members else np.zeros(len(profiles), int)
            taken = taken * policy[:, kinds].swapaxes(0, 1)[..., None]
            for a, (j, kind) in enumerate(beliefs.agents):
                own = taken[profiles[:, j] == kind, :, :, 0].sum(axis=(0, 1))
                collected[j] += discount[j] * float(own @ weighed.paid[k][a, :options])
            heard = weighed.heard(k, period, policy)
            if heard is not None:
                moved = np.zeros_like(taken)
                option = np.broadcast_to(np.arange(options), heard.at[0].shape)
                for to, weight in zip(heard.at, heard.share, strict=True):
                    place: Any = (slice(None), to, option)
                    np.add.at(moved, place, taken * weight[None, :, :, None])
                taken = moved
            leads = turn.first_of(states)
            flat = np.moveaxis(taken, 2, 0).reshape(options, -1)
            shape = (leads.shape[1], len(profiles), weighed.points, 1 + hits)
            after = np.moveaxis((leads.T @ flat).reshape(shape), 0, 2)
            live = after[:, :, : turn.live].copy()
            over(after[:, :, turn.live :].copy(), period)
        pay(live[..., 0], weighed.accrual, row.accrual, discount, "each period", accrued)
        take(live, period, game.moves[0].hit)
        note(live)
    last = row.discount**game.periods
    pay(live[..., 0], weighed.horizon, row.horizon, last, "final", accrued)
    return _Course(collected, np.array(mass), np.array(path))


def _undeceived(weighed: Weighed) -> bool:
    """Whether all believe at the start what is so, and take reports for what they are worth."""
    row = weighed.number
    for side in weighed.beliefs.sides:
        drawn = side.truth[:, row]
        prior = np.zeros(len(drawn))
        prior[: side.weighed] = side.prior[:, row]
        if side.cursedness[row] > 0 or np.abs(prior - drawn).max() > 1e-12:
            return False
    return not weighed.beliefs.ratios


def _coarse(weighed: Weighed) -> float:
    """By how much expected beliefs may drift for want of points between those of the grid.

    A belief that is put on the points around it errs by a standard deviation of at most half their
    distance, at each move that is learned from; what a move shows may double it.
    """
    sides = weighed.beliefs.sides
    return weighed.game.periods * sum(
        1 / (sides[turn.move.members[0]].side - 1)
        for turn in weighed.turns
        if turn.move.members and sides[turn.move.members[0]].weighed > 1
    )


def _check_expectation(
    weighed: Weighed, solution: Solution, row: int, course: _Course, within: tuple[float, float],
    scale: float, found: Worst,
) -> None:  # fmt: skip
    """Holds what the course brings against what is said to be expected.

    `within` are shares of `scale`, for outcomes by rounding and for payoffs by the grid: actors
    expect at its points what is believed there, and types are drawn as at the start.
    """
    game, actors = weighed.game, len(weighed.game.actors)
    late = [outcome.kind == "first time" for outcome in game.outcomes]
    said = np.concatenate([solution.value[row], solution.outcome[row]])
    brought = course.expectation.copy()
    brought[actors:] = np.where(late, game.periods - brought[actors:], brought[actors:])
    names = [*(f"the payoff of {name}" for name in game.actors),
             *(f"outcome '{outcome.name}'" for outcome in game.outcomes)]  # fmt: skip
    first = 0 if _undeceived(weighed) else actors
    rounding, coarse = within
    held = np.concatenate([np.full(actors, (rounding + coarse) * scale),
                           rounding * np.maximum(1.0, np.abs(said[actors:]))])  # fmt: skip
    found.look(
        np.abs(said - brought)[first:], held[first:],
        lambda i: (f"{names[first + i[0]]} is said to be {said[first + i[0]]:.10g} and is "
                   f"{brought[first + i[0]]:.10g} forward"),
    )  # fmt: skip


def _check_beliefs(
    weighed: Weighed, solution: Solution, row: int, course: _Course, precision: str,
    coarse: float, found: Mapping[str, Worst],
) -> None:  # fmt: skip
    """Holds expected beliefs against the solution's course, and against their own start."""
    names = [
        f"the belief that {known.actor} is {known.type}" for known in belief_names(weighed.game)
    ]
    said = solution.course.beliefs
    if said is not None and names:
        path = np.array([rows_of(grouped, solution.rows)[:, row] for grouped in said])
        found["beliefs"].look(
            np.abs(path - course.beliefs), _BELIEF[precision],
            lambda i: (f"after {i[0]} periods {names[i[1]]} is said to be {path[i]:.10g} and is "
                       f"{course.beliefs[i]:.10g}"),
        )  # fmt: skip
    if names and _undeceived(weighed):
        found["martingale"].look(
            np.abs(course.beliefs - course.beliefs[0]), _BELIEF[precision] + coarse,
            lambda i: (f"after {i[0]} periods {names[i[1]]} is expected to be "
                       f"{course.beliefs[i]:.10g}; it begins at {course.beliefs[0][i[1]]:.10g}"),
        )  # fmt: skip
