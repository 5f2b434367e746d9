"""From a scenario to a game: reachable states, options, branches, and the numbers they need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import HIT_KINDS, ONE, ZERO, Game, Integers, Move, Start, channel_order
from standoff.game.hidden import Hidden, of_type, profiles_of, traits_in, traits_of, types_of
from standoff.game.ledger import LedgerBuilder, encode
from standoff.game.reach import Choice, Reach, Step, holds, reach, starts_of, too_many
from standoff.game.roster import States
from standoff.scenario import Expression, Scenario, ScenarioError

MAX_STATES = 2_000_000
"""Default bound on the number of reachable states."""


def compile_game(
    scenario: Scenario, *, max_states: int = MAX_STATES, starts: States | None = None
) -> Game:
    """Enumerates the reachable states and transitions, the same in every future.

    `starts` [state, variable] are the states, each once, in any of which the crisis may start with
    equal probability; by default they and their probabilities are the scenario's.

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
    begun, probability = starts_of(scenario)
    if starts is not None:
        begun, probability = starts, np.full(len(starts), 1 / len(starts))
    found = reach(scenario, max_states, begun)
    ended = found[0].ended
    lists = [move.roster.states for move in found]
    everywhere = np.concatenate([*lists, ended.states])
    states = len(np.unique(encode(everywhere, sizes)))
    if states > max_states:
        raise too_many(scenario, states, max_states, everywhere[-1])
    chances = LedgerBuilder(scenario, probabilities=True)
    payoffs = LedgerBuilder(scenario, probabilities=False)
    final = _final(scenario, np.concatenate([lists[0], ended.states]), payoffs)
    accrual = _accrual(scenario, lists[0], payoffs)
    made = [
        _move(move, lists[k], found[(k + 1) % len(found)], chances, payoffs)
        for k, move in enumerate(found)
    ]
    hidden = None
    if any(actor.types for actor in scenario.actors):
        actors, n = len(scenario.actors), len(lists[0])
        hidden = Hidden(
            types=types_of(scenario),
            payoff=tuple(payoff for _, payoff in made),
            accrual=accrual[:, :, :actors],
            horizon=final[:, :n, :actors],
            ended_final=final[:, n:, :actors],
        )
    return Game(
        scenario=scenario,
        moves=tuple(move for move, _ in made),
        starts=_starts(begun, probability, found[0]),
        ended=ended.states,
        ended_final=final[0, len(lists[0]) :],
        ended_hit=_hits(scenario, ended.states),
        horizon=final[0, : len(lists[0])],
        accrual=accrual[0],
        chances=chances.finish(),
        payoffs=payoffs.finish(),
        states=states,
        hidden=hidden,
    )


def _starts(states: States, probability: NDArray[np.float64], first: Reach) -> tuple[Start, ...]:
    """Where the crisis may start, as places in the lists of states."""
    places = _locate(encode(states, first.roster.sizes), first)
    order = np.argsort(-probability, kind="stable")
    return tuple(Start(int(places[k]), float(probability[k])) for k in order)


def _move(
    found: Reach,
    states: States,
    following: Reach,
    chances: LedgerBuilder,
    payoffs: LedgerBuilder,
) -> tuple[Move, Integers]:
    """One move in compressed rows, and what every type receives: [option, actor, type].

    Options are in the order of states and actions.
    """
    scenario, steps = found.scenario, found.steps
    actors = [actor.name for actor in scenario.actors]
    members = tuple(actors.index(name) for name in found.names if name in actors)
    options = np.cumsum([0, *(len(step.state) for step in steps)])
    state = np.concatenate([step.state for step in steps])
    action = np.repeat(
        np.array([step.choices for step in steps], np.int32), np.diff(options), axis=0
    )
    option = np.concatenate(
        [step.option + start for step, start in zip(steps, options[:-1], strict=True)]
    )
    payoff = np.full((len(state), len(actors), max(types_of(scenario))), ZERO, np.int32)
    chance = np.full(len(option), ONE, np.int32)
    for member, choices in enumerate(found.choices):
        for number, choice in enumerate(choices):
            rows = action[:, member] == number
            for name, cost in choice.costs:
                k = actors.index(name)
                what = f"the cost of {choice.what} to {name}"
                paid = []
                for own in range(payoff.shape[2] if cost.traits else 1):
                    known = of_type(cost, traits_of(scenario.actors[k], own))
                    codes = payoffs.codes((known,), states[state[rows]], what, sign=-1.0)
                    paid.append(payoffs.combine(payoff[rows, k, own], codes))
                payoff[rows, k] = np.stack(paid, axis=1)
            if choice.branches:
                taken = [step for step in steps if step.choices[member] == number]
                codes = _chances(taken, member, choice, states, chances)
                rows = rows[option]
                chance[rows] = chances.combine(chance[rows], codes)
    order = np.lexsort((*action.T[::-1], state))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    by_option = np.argsort(rank[option], kind="stable")
    by_option = by_option[chance[by_option] != ZERO]
    to = np.concatenate([step.to for step in steps])
    branches = np.bincount(rank[option[by_option]], minlength=len(order))
    payoff = payoff[order]
    return Move(
        name=" + ".join(found.names),
        members=members,
        states=states,
        reached=np.array(found.reached, np.int64),
        first=_offsets(np.bincount(state, minlength=len(states))),
        action=action[order][:, : len(members)],
        branch=_offsets(branches),
        to=_locate(to[by_option], following).astype(np.int32),
        chance=chance[by_option],
        payoff=payoff[:, :, 0],
        hit=_hits(scenario, states),
    ), payoff


def _chances(
    steps: list[Step], member: int, choice: Choice, states: States, chances: LedgerBuilder
) -> Integers:
    """Codes, [branch], of the chances in one member's choice, over all branches of `steps`."""
    outcome = np.concatenate([step.throws[member].outcome for step in steps])
    applies = np.concatenate([step.throws[member].applies for step in steps])
    before = np.concatenate(
        [
            states[step.state[step.option]] if throw.before is None else throw.before
            for step in steps
            for throw in (step.throws[member],)
        ]
    )
    codes = np.full(len(outcome), ONE, np.int32)
    for k, branch in enumerate(choice.branches, 1):
        rows = outcome == k
        if rows.any():
            what = f"the probability of a branch of {choice.what}"
            codes[rows] = chances.codes((branch.p,), before[rows], what)
    for pattern in np.unique(applies, axis=0):
        rows = (applies == pattern).all(axis=1) & (outcome == 0)
        ps = tuple(b.p for b, p in zip(choice.branches, pattern, strict=True) if p)
        if ps and rows.any():
            what = f"what the branches of {choice.what} leave over"
            codes[rows] = chances.codes(ps, before[rows], what, remainder=True)
    return codes


def _offsets(counts: NDArray[np.intp]) -> Integers:
    """Where each of consecutive lists of these lengths begins, and where the last ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


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
    """Codes, [profile, state, channel], received where a period ends and the crisis goes on."""
    by_actor = [(actor.payoff, f"payoff of {actor.name}") for actor in scenario.actors]
    return _codes(scenario, states, payoffs, by_actor, "each period")


def _final(scenario: Scenario, states: States, payoffs: LedgerBuilder) -> Integers:
    """Codes, [profile, state, channel], received where all is over or the horizon is reached."""
    by_actor = [(actor.final, f"final payoff of {actor.name}") for actor in scenario.actors]
    return _codes(scenario, states, payoffs, by_actor, "final")


def _codes(
    scenario: Scenario,
    states: States,
    payoffs: LedgerBuilder,
    by_actor: list[tuple[Expression | None, str]],
    kind: str,
) -> Integers:
    """Codes, [profile, state, channel]; outcomes that depend on beliefs are left at 0."""
    outcomes = [
        (
            outcome.expression if outcome.kind == kind and not outcome.expression.beliefs else None,
            f"outcome '{outcome.name}'",
        )
        for outcome in channel_order(scenario)
    ]
    profiles = profiles_of(types_of(scenario))
    codes = np.full((len(profiles), len(states), len(by_actor) + len(outcomes)), ZERO, np.int32)
    for channel, (expression, what) in enumerate([*by_actor, *outcomes]):
        if expression is None:
            continue
        used = {trait.actor for trait in expression.traits}
        matter = [k for k, actor in enumerate(scenario.actors) if actor.name in used]
        known: dict[tuple[int, ...], Integers] = {}
        for number, profile in enumerate(profiles):
            seen = tuple(int(profile[k]) for k in matter)
            if seen not in known:
                typed = of_type(expression, traits_in(scenario, profile))
                known[seen] = payoffs.codes((typed,), states, what)
            codes[number, :, channel] = known[seen]
    return codes
