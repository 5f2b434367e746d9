"""From a scenario to a game: reachable states, options, branches, and the numbers they need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import HIT_KINDS, ONE, ZERO, Game, Integers, Move, channel_order
from standoff.game.ledger import LedgerBuilder, encode
from standoff.game.reach import Reach, holds, reach, too_many
from standoff.game.roster import States
from standoff.scenario import Expression, Scenario, ScenarioError

MAX_STATES = 2_000_000
"""Default bound on the number of reachable states."""


def compile_game(scenario: Scenario, *, max_states: int = MAX_STATES) -> Game:
    """Enumerates the reachable states and transitions, the same in every future.

    Raises:
        ScenarioError: an effect leaves its variable's range, an actor has no action, a number that
            is the same in all futures is impossible, or there are more than `max_states` states;
            with the place and an example state.
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
    ended = found[0].ended
    lists = [move.roster.states for move in found]
    everywhere = np.concatenate([*lists, ended.states])
    states = len(np.unique(encode(everywhere, sizes)))
    if states > max_states:
        raise too_many(scenario, states, max_states, everywhere[-1])
    chances = LedgerBuilder(scenario, probabilities=True)
    payoffs = LedgerBuilder(scenario, probabilities=False)
    final = _final(scenario, np.concatenate([lists[0], ended.states]), payoffs)
    moves = tuple(
        _move(move, lists[k], found[(k + 1) % len(found)], chances, payoffs)
        for k, move in enumerate(found)
    )
    return Game(
        scenario=scenario,
        moves=moves,
        start=0 if len(lists[0]) else -1,
        ended=ended.states,
        ended_final=final[len(lists[0]) :],
        ended_hit=_hits(scenario, ended.states),
        horizon=final[: len(lists[0])],
        accrual=_accrual(scenario, lists[0], payoffs),
        chances=chances.finish(),
        payoffs=payoffs.finish(),
        states=states,
    )


def _move(
    found: Reach,
    states: States,
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
        to[:, : possible.shape[1]] = _locate(np.concatenate([step.to for step in steps]), following)
        parts.append((state, np.full(len(state), number), payoff, chance, to))
    state, action, payoff, chance, to = (
        np.concatenate([part[field] for part in parts]) for field in range(5)
    )
    order = np.lexsort((action, state))
    possible = chance[order] != ZERO
    options = np.bincount(state, minlength=len(states))
    return Move(
        name=found.name,
        actor=actors.index(found.name) if found.name in actors else -1,
        states=states,
        reached=np.array(found.reached, np.int64),
        first=np.concatenate([[0], np.cumsum(options)]).astype(np.int32),
        action=action[order].astype(np.int32),
        branch=np.concatenate([[0], np.cumsum(possible.sum(axis=1))]).astype(np.int32),
        to=to[order][possible].astype(np.int32),
        chance=chance[order][possible],
        payoff=payoff[order].astype(np.int32),
        hit=_hits(scenario, states),
    )


def _locate(codes: NDArray[np.int64], following: Reach) -> NDArray[np.int64]:
    """Encoded states as `Move.to` has them; meaningless for those that cannot be reached."""
    live = following.roster.find(codes)
    return np.where(live >= 0, live, -1 - following.ended.find(codes))


def _hits(scenario: Scenario, states: States) -> NDArray[np.bool_]:
    """[state, hit channel]: where the condition of `ever` or `first time` holds."""
    conditions = [o.expression for o in channel_order(scenario) if o.kind in HIT_KINDS]
    hit = [holds(condition, scenario, states) for condition in conditions]
    return np.array(hit, bool).reshape(len(conditions), len(states)).T.copy()


def _accrual(scenario: Scenario, states: States, payoffs: LedgerBuilder) -> Integers:
    """Codes, [state, channel], received where a period ends and the crisis goes on."""
    by_actor = [(actor.payoff, f"payoff of {actor.name}") for actor in scenario.actors]
    return _codes(scenario, states, payoffs, by_actor, "each period")


def _final(scenario: Scenario, states: States, payoffs: LedgerBuilder) -> Integers:
    """Codes, [state, channel], received where the crisis is over or the horizon is reached."""
    by_actor = [(actor.final, f"final payoff of {actor.name}") for actor in scenario.actors]
    return _codes(scenario, states, payoffs, by_actor, "final")


def _codes(
    scenario: Scenario,
    states: States,
    payoffs: LedgerBuilder,
    by_actor: list[tuple[Expression | None, str]],
    kind: str,
) -> Integers:
    outcomes = [
        (outcome.expression if outcome.kind == kind else None, f"outcome '{outcome.name}'")
        for outcome in channel_order(scenario)
    ]
    codes = np.full((len(states), len(by_actor) + len(outcomes)), ZERO, np.int32)
    for channel, (expression, what) in enumerate([*by_actor, *outcomes]):
        if expression is not None:
            codes[:, channel] = payoffs.codes((expression,), states, what)
    return codes
