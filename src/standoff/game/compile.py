"""From a scenario to a game: reachable states, options, branches, and the numbers they need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import HIT_KINDS, ONE, ZERO, Game, Integers, Move, channel_order
from standoff.game.ledger import LedgerBuilder, encode
from standoff.game.reach import Reach, States, has_ended, holds, reach, too_many
from standoff.scenario import Scenario, ScenarioError

MAX_STATES = 2_000_000
"""Default bound on the number of reachable states."""


def compile_game(scenario: Scenario, *, max_states: int = MAX_STATES) -> Game:
    """Enumerates the reachable states and transitions, the same in every future.

    Raises:
        ScenarioError: an effect leaves its variable's range, an actor has no action, a number that
        is the
            same in all futures is not finite, or there are more than `max_states` states; with the
            place and an example state.
    """
    sizes = [variable.size for variable in scenario.variables]
    combinations = float(np.prod(np.array(sizes, dtype=np.float64)))
    if combinations > 2.0**62:
        raise ScenarioError.at(
            scenario.text, scenario.variables[0].place,
            f"the variables have {combinations:.2g} combinations; at most 4.6e18 can be told apart",
            hint="drop or coarsen some",
        )  # fmt: skip
    found = reach(scenario, max_states)
    lists = [move.states() for move in found]
    states = len(np.unique(np.concatenate([encode(states, sizes) for states in lists])))
    if states > max_states:
        raise too_many(scenario, states, max_states, lists[-1][-1])
    chances = LedgerBuilder(scenario, probabilities=True)
    payoffs = LedgerBuilder(scenario, probabilities=False)
    final = _final(scenario, lists, payoffs)
    moves = tuple(
        _move(move, lists[k], final[k], found[(k + 1) % len(found)], chances, payoffs)
        for k, move in enumerate(found)
    )
    accrual = _accrual(scenario, lists[0], payoffs)
    return Game(scenario, moves, accrual, chances.finish(), payoffs.finish(), states)


def _move(
    found: Reach,
    states: States,
    final: Integers,
    following: Reach,
    chances: LedgerBuilder,
    payoffs: LedgerBuilder,
) -> Move:
    """One move in compressed rows: options in the order of states and actions."""
    scenario = found.scenario
    actors = [actor.name for actor in scenario.actors]
    width = 1 + max(len(choice.branches) for choice in found.choices)
    parts: list[tuple[NDArray[Any], ...]] = []
    for number, choice in enumerate(found.choices):
        steps = [step for step in found.steps if step.choice == number]
        state = np.concatenate([step.state for step in steps])
        applies = np.concatenate([step.applies for step in steps])
        possible = np.concatenate([step.possible for step in steps])
        here = states[state]
        payoff = np.full((len(state), len(actors)), ZERO, np.int32)
        for name, cost in choice.costs:
            payoff[:, actors.index(name)] = payoffs.codes(
                (cost,), here, f"the cost of {choice.what} to {name}", sign=-1.0
            )
        chance = np.full((len(state), width), ZERO, np.int32)
        chance[:, 0] = ONE
        for k, branch in enumerate(choice.branches, 1):
            rows = possible[:, k]
            what = f"the probability of a branch of {choice.what}"
            if rows.any():
                chance[rows, k] = chances.codes((branch.p,), here[rows], what)
        for pattern in np.unique(applies, axis=0):
            rows = (applies == pattern).all(axis=1) & possible[:, 0]
            ps = tuple(b.p for b, p in zip(choice.branches, pattern, strict=True) if p)
            if ps and rows.any():
                what = f"what the branches of {choice.what} leave over"
                chance[rows, 0] = chances.codes(ps, here[rows], what, remainder=True)
        chance[:, : possible.shape[1]][~possible] = ZERO
        to = np.zeros((len(state), width), np.int64)
        to[:, : possible.shape[1]] = following.look_up(np.concatenate([step.to for step in steps]))
        parts.append((state, np.full(len(state), number), payoff, chance, to))
    state, action, payoff, chance, to = (
        np.concatenate([part[field] for part in parts]) for field in range(5)
    )
    order = np.lexsort((action, state))
    possible = chance[order] != ZERO
    options = np.bincount(state, minlength=len(states))
    conditions = [o.expression for o in channel_order(scenario) if o.kind in HIT_KINDS]
    hit = [holds(condition, scenario, states) for condition in conditions]
    return Move(
        name=found.name,
        actor=actors.index(found.name) if found.name in actors else -1,
        states=states,
        reached=np.array(found.reached, np.int64),
        ended=has_ended(scenario, states),
        stay=following.look_up(encode(states, found.sizes)).astype(np.int32),
        first=np.concatenate([[0], np.cumsum(options)]).astype(np.int32),
        action=action[order].astype(np.int32),
        branch=np.concatenate([[0], np.cumsum(possible.sum(axis=1))]).astype(np.int32),
        to=to[order][possible].astype(np.int32),
        chance=chance[order][possible],
        payoff=payoff[order].astype(np.int32),
        final=final,
        hit=np.array(hit, bool).reshape(len(conditions), len(states)).T.copy(),
    )


def _accrual(scenario: Scenario, states: States, payoffs: LedgerBuilder) -> Integers:
    """Codes, [state, channel], received where a period ends and the crisis goes on."""
    outcomes = channel_order(scenario)
    codes = np.full((len(states), len(scenario.actors) + len(outcomes)), ZERO, np.int32)
    paid = ~has_ended(scenario, states)
    states = states[paid]
    for channel, actor in enumerate(scenario.actors):
        if actor.payoff is not None:
            what = f"payoff of {actor.name}"
            codes[paid, channel] = payoffs.codes((actor.payoff,), states, what)
    for channel, outcome in enumerate(outcomes, len(scenario.actors)):
        if outcome.kind == "each period":
            what = f"outcome '{outcome.name}'"
            codes[paid, channel] = payoffs.codes((outcome.expression,), states, what)
    return codes


def _final(scenario: Scenario, lists: list[States], payoffs: LedgerBuilder) -> list[Integers]:
    """For each move, codes [state, channel] of what is received where the crisis is over.

    Before the first move that may be anywhere, since the horizon ends it too.
    """
    wanted: list[NDArray[np.bool_]] = [has_ended(scenario, states) for states in lists]
    wanted[0] = np.ones(len(lists[0]), bool)
    where = np.concatenate([states[want] for states, want in zip(lists, wanted, strict=True)])
    outcomes = channel_order(scenario)
    codes = np.full((len(where), len(scenario.actors) + len(outcomes)), ZERO, np.int32)
    for channel, actor in enumerate(scenario.actors):
        if actor.final is not None:
            codes[:, channel] = payoffs.codes(
                (actor.final,), where, f"final payoff of {actor.name}"
            )
    for channel, outcome in enumerate(outcomes, len(scenario.actors)):
        if outcome.kind == "final":
            codes[:, channel] = payoffs.codes(
                (outcome.expression,), where, f"outcome '{outcome.name}'"
            )
    parts = np.split(codes, np.cumsum([int(want.sum()) for want in wanted])[:-1])
    result = [np.full((len(want), codes.shape[1]), ZERO, np.int32) for want in wanted]
    for full, want, part in zip(result, wanted, parts, strict=True):
        full[want] = part
    return result
