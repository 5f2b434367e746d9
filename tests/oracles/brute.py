"""The slow judge: a scenario played through, history by history, straight from its dataclasses.

It shares nothing with the compiled game or the kernels. Guards, effects, chance, ends, doctrines,
costs and discount are read here a second time, from `docs/scenario-file.md`. Policies come from a
recursion over (period, move, state). Values and outcomes do not: they are added up *forward*, over
the histories that those policies make possible, histories that no longer differ in anything that
counts being added together.

With the concepts "limit" and "uniform" all is `Fraction`, so equality means equality; "logit" needs
the exponential function and is carried to 50 digits. Where several choose at once, `stage.py` finds
their equilibrium, or declines; of the limit of several it knows nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from oracles.exact import DIGITS, ONE, ZERO, decimal, evaluate, written
from oracles.stage import DeclinedError, equilibrium
from standoff.scenario import (
    FREE_CHOICE,
    Action,
    Assignment,
    Branch,
    Doctrine,
    Expression,
    Outcome,
    Scenario,
)

State: TypeAlias = tuple[int, ...]
"""The value of each variable, in the order of the scenario."""
Where: TypeAlias = tuple[int, int, State]
"""Period from 0, position in the order, state before the move."""
Concept: TypeAlias = Literal["logit", "limit", "uniform"]
Policy: TypeAlias = dict[Where, dict[str, dict[str, Fraction]]]
"""By actor, the probability of each action that is open to it."""
Joint: TypeAlias = tuple[Action, ...]
"""What is done at a move: an action of each member."""
Worth: TypeAlias = dict[tuple[str, ...], dict[str, Fraction]]
"""By the names of what is done together, its worth to each actor."""
Table: TypeAlias = NDArray[Any]
"""Fractions over the joint actions of some members, [action of the first, …]."""
OVER = -1
"""Position in the order at which a crisis that is over stands."""


@dataclass
class Judgement:
    """What the slow judge finds."""

    values: dict[str, Fraction]
    outcomes: dict[str, Fraction]
    policy: Policy
    labels: list[dict[tuple[str, str], Fraction]]
    """By period, from the start to the end of the last: probability of each value of each variable.
    """
    going_on: list[Fraction]
    reachable: list[list[set[State]]]
    """By period and move: the states that some history leads to, whatever the policies and
    probabilities.
    """


@dataclass
class Brute:
    """One scenario in one future under one concept."""

    scenario: Scenario
    parameters: Mapping[str, float] = field(default_factory=dict)
    concept: Concept = "logit"

    def __post_init__(self) -> None:
        self._numbers = {p.name: written(p.value) for p in self.scenario.parameters}
        self._numbers |= {name: written(value) for name, value in self.parameters.items()}
        self._actors = [actor.name for actor in self.scenario.actors]
        self.order = self.scenario.order

    def judge(self, doctrine: str = FREE_CHOICE) -> Judgement:
        """Values, outcomes and policies under a doctrine.

        Raises:
            DeclinedError: actors choose at once, and the judge cannot vouch for their policies.
        """
        bound = next((d for d in self.scenario.doctrines if d.name == doctrine), None)
        assert bound is not None or doctrine == FREE_CHOICE
        given: Policy = {}
        if bound is not None and not bound.announced:
            given = _without(_Recursion(self, None, {}).solved(), bound.actor)
        recursion = _Recursion(self, bound, given)
        return self._forward(recursion)

    def best_response(self, actor: str, policy: Policy, doctrine: str = FREE_CHOICE) -> Fraction:
        """The most an actor can expect where the others keep to a policy."""
        bound = next((d for d in self.scenario.doctrines if d.name == doctrine), None)
        best = Brute(self.scenario, self.parameters, "limit")
        recursion = _Recursion(best, bound, _without(policy, actor))
        return best._forward(recursion).values[actor]

    # --- what the file says ---

    def number(self, expression: Expression | None, state: State, default: Fraction) -> Fraction:
        """An expression in a state of this future."""
        if expression is None:
            return default
        return evaluate(expression.tree, self._named(state) | self._numbers)

    def holds(self, condition: Expression | None, state: State) -> bool:
        """A condition; it is given the variables only."""
        return condition is None or evaluate(condition.tree, self._named(state)) != 0

    def over(self, state: State) -> bool:
        """Whether the crisis is over."""
        return self.scenario.ends is not None and self.holds(self.scenario.ends, state)

    def start(self) -> State:
        """Where it begins."""
        return tuple(variable.start for variable in self.scenario.variables)

    def chance(
        self, assignments: tuple[Assignment, ...], branches: tuple[Branch, ...], state: State
    ) -> list[tuple[Fraction, State]]:
        """Where an action or event leads, and how probably, the leftover first."""
        plain = self._set(assignments, state, state)
        found = []
        for branch in branches:
            p = self.number(branch.p, state, ZERO) if self.holds(branch.when, state) else ZERO
            assert 0 <= p <= 1
            if p:
                found.append((p, self._set(branch.assignments, state, plain)))
        left = 1 - sum((p for p, _ in found), ZERO)
        assert left >= 0
        return [(left, plain), *found] if left else found

    def leads(self, joint: Joint, state: State) -> list[tuple[Fraction, State]]:
        """Where what is done together leads: the effects and chances of each member's action are
        worked out in the order of the file, each on what those before it left.
        """
        found = [(ONE, state)]
        for action in joint:
            found = [
                (p * share, to)
                for p, before in found
                for share, to in self.chance(action.assignments, action.chance, before)
            ]
        return found

    def costs(self, joint: Joint, state: State) -> dict[str, Fraction]:
        """What everybody pays for it, looked up in the state before any of it."""
        paid: dict[str, Fraction] = defaultdict(lambda: ZERO)
        for action in joint:
            for name, cost in action.costs:
                paid[name] += self.number(cost, state, ZERO)
        return paid

    def actions(self, actor: str, state: State) -> list[Action]:
        """The actions whose guard holds."""
        mover = next(a for a in self.scenario.actors if a.name == actor)
        return [action for action in mover.actions if self.holds(action.when, state)]

    def open_actions(
        self, actor: str, period: int, state: State, doctrine: Doctrine | None
    ) -> list[Action]:
        """The actions whose guard holds and which a doctrine leaves open."""
        rules = [
            rule
            for rule in (doctrine.rules if doctrine and doctrine.actor == actor else ())
            if rule.first <= period + 1 <= rule.last and self.holds(rule.when, state)
        ]
        opened = {name for rule in rules for name in rule.opens}
        every = self.actions(actor, state)
        available = [action for action in every if not action.closed or action.name in opened]
        for rule in rules:
            available = [action for action in available if action.name not in rule.never]
        for rule in rules:
            named = [action for action in available if action.name in rule.must]
            available = named or available
        assert available
        return available

    def after(self, period: int, move: int, state: State) -> Where:
        """Where a history stands after a move that led to `state`."""
        if self.over(state):
            return (period, OVER, state)
        if move + 1 < len(self.order):
            return (period, move + 1, state)
        return (period + 1, 0, state)

    def is_event(self, move: int) -> bool:
        """Whether a move is one of chance."""
        return self.order[move][0] not in self._actors

    def event(self, move: int) -> tuple[Branch, ...]:
        """The branches of the event at a move."""
        return next(e.branches for e in self.scenario.events if (e.name,) == self.order[move])

    def _named(self, state: State) -> dict[str, Fraction]:
        names = (variable.name for variable in self.scenario.variables)
        return {name: Fraction(value) for name, value in zip(names, state, strict=True)}

    def _set(self, assignments: tuple[Assignment, ...], before: State, onto: State) -> State:
        after = list(onto)
        for assignment in assignments:
            names = [variable.name for variable in self.scenario.variables]
            at = names.index(assignment.variable)
            value = evaluate(assignment.expression.tree, self._named(before))
            assert value.denominator == 1
            assert 0 <= value < self.scenario.variables[at].size
            after[at] = int(value)
        return tuple(after)

    # --- adding up over histories ---

    def _forward(self, recursion: _Recursion) -> Judgement:
        policy = recursion.solved()
        scenario = self.scenario
        hits = [o for o in scenario.outcomes if o.kind in ("ever", "first time")]
        sums = [o for o in scenario.outcomes if o.kind not in ("ever", "first time")]
        values = dict.fromkeys(self._actors, ZERO)
        outcomes = dict.fromkeys((o.name for o in sums), ZERO)
        labels: list[dict[tuple[str, str], Fraction]] = []
        going_on: list[Fraction] = []
        discount = {a.name: self.number(a.discount, self.start(), ONE) for a in scenario.actors}
        here: dict[Where, Fraction] = {self.after(0, -1, self.start()): ONE}
        over: dict[State, Fraction] = defaultdict(lambda: ZERO)

        def finish(where: Where, p: Fraction) -> None:
            period, _, state = where
            for actor in scenario.actors:
                final = self.number(actor.final, state, ZERO)
                values[actor.name] += p * discount[actor.name] ** period * final
            for outcome in sums:
                if outcome.kind == "final":
                    outcomes[outcome.name] += p * self.number(outcome.expression, state, ZERO)
            over[state] += p

        for period in range(scenario.time.periods + 1):
            for where, p in list(here.items()):
                if where[1] == OVER:
                    finish(where, p)
                    del here[where]
            going_on.append(sum(here.values(), ZERO))
            labels.append(self._labels([*over.items(), *((w[2], p) for w, p in here.items())]))
            if period == scenario.time.periods:
                for where, p in here.items():
                    finish(where, p)
                break
            for _ in self.order:
                following: dict[Where, Fraction] = defaultdict(lambda: ZERO)
                for where, p in here.items():
                    if where[1] == OVER:
                        following[where] += p
                        continue
                    for share, costs, to in recursion.futures(where):
                        for name, cost in costs.items():
                            values[name] -= p * share * discount[name] ** period * cost
                        following[to] += p * share
                here = dict(following)
            for (_, move, state), p in here.items():
                if move != OVER:
                    for actor in scenario.actors:
                        paid = self.number(actor.payoff, state, ZERO)
                        values[actor.name] += p * discount[actor.name] ** period * paid
                    for outcome in sums:
                        if outcome.kind == "each period":
                            accrues = self.number(outcome.expression, state, ZERO)
                            outcomes[outcome.name] += p * accrues
        for outcome in hits:
            outcomes[outcome.name] = self._hit(outcome, recursion)
        return Judgement(values, outcomes, policy, labels, going_on, self._reachable())

    def _hit(self, outcome: Outcome, recursion: _Recursion) -> Fraction:
        """The share of histories in which a condition holds at any moment, or the periods before it
        does.

        A history is dropped at the moment when it holds.
        """
        ever, first = ZERO, ZERO
        here: dict[Where, Fraction] = {self.after(0, -1, self.start()): ONE}
        period = 0
        while here:
            following: dict[Where, Fraction] = defaultdict(lambda: ZERO)
            for where, p in here.items():
                if self.holds(outcome.expression, where[2]):
                    ever += p
                    first += p * period
                elif where[1] != OVER and where[0] < self.scenario.time.periods:
                    for share, _, to in recursion.futures(where):
                        following[to] += p * share
                else:
                    first += p * self.scenario.time.periods
            # Those that are not over stand at one move. What happens at the last move of a period
            # happens before the period has passed.
            period = max(where[0] for where in here)
            here = dict(following)
        return ever if outcome.kind == "ever" else first

    def _labels(self, weights: list[tuple[State, Fraction]]) -> dict[tuple[str, str], Fraction]:
        found: dict[tuple[str, str], Fraction] = defaultdict(lambda: ZERO)
        for state, p in weights:
            for variable, value in zip(self.scenario.variables, state, strict=True):
                found[variable.name, variable.labels[value]] += p
        return dict(found)

    def _reachable(self) -> list[list[set[State]]]:
        """States before each move in each period, all actions of all actors being taken."""
        order = self.order
        before = {self.start()}
        found = []
        for _ in range(self.scenario.time.periods):
            row = []
            for move in range(len(order)):
                row.append(before)
                after: set[State] = set()
                for state in before:
                    if self.over(state):
                        after.add(state)
                    elif self.is_event(move):
                        after |= {to for _, to in self.chance((), self.event(move), state)}
                    else:
                        for joint in product(*(self.actions(a, state) for a in order[move])):
                            after |= {to for _, to in self.leads(joint, state)}
                before = after
            found.append(row)
        return [*found, [before]]


def _names(joint: Joint) -> tuple[str, ...]:
    return tuple(action.name for action in joint)


def _without(policy: Policy, actor: str) -> Policy:
    """What all but one actor do."""
    return {
        where: {name: part for name, part in parts.items() if name != actor}
        for where, parts in policy.items()
    }


class _Recursion:
    """Policies by backward induction, each position looked at once."""

    def __init__(self, brute: Brute, doctrine: Doctrine | None, given: Policy) -> None:
        self.brute, self.doctrine, self.given = brute, doctrine, given
        self.policy: Policy = {}
        self._known: dict[Where, dict[str, Fraction]] = {}

    def solved(self) -> Policy:
        """The policy at every position that can be reached under it or off it."""
        self._value(self.brute.after(0, -1, self.brute.start()))
        return self.policy

    def futures(self, where: Where) -> list[tuple[Fraction, dict[str, Fraction], Where]]:
        """What can follow a move: probability, costs by actor, and where it leads."""
        period, move, state = where
        brute = self.brute
        if brute.is_event(move):
            throws = brute.chance((), brute.event(move), state)
            return [(p, {}, brute.after(period, move, to)) for p, to in throws]
        found = []
        for joint in self._open(where):
            share = self._share(where, _names(joint))
            if share:
                costs = brute.costs(joint, state)
                for k, (p, to) in enumerate(brute.leads(joint, state)):
                    # Costs are paid once for what is done, whatever chance does.
                    paid = {name: cost / p for name, cost in costs.items()} if k == 0 else {}
                    found.append((share * p, paid, brute.after(period, move, to)))
        return found

    def _open(self, where: Where) -> list[Joint]:
        period, move, state = where
        return list(
            product(
                *(
                    self.brute.open_actions(actor, period, state, self.doctrine)
                    for actor in self.brute.order[move]
                )
            )
        )

    def _share(self, where: Where, names: tuple[str, ...]) -> Fraction:
        """How probably these actions are chosen together."""
        share = ONE
        for actor, action in zip(self.brute.order[where[1]], names, strict=True):
            share *= self.policy[where][actor][action]
        return share

    def _value(self, where: Where) -> dict[str, Fraction]:
        if where not in self._known:
            self._known[where] = self._look(where)
        return self._known[where]

    def _look(self, where: Where) -> dict[str, Fraction]:
        period, move, state = where
        brute, scenario = self.brute, self.brute.scenario
        if move == OVER or period == scenario.time.periods:
            return {a.name: brute.number(a.final, state, ZERO) for a in scenario.actors}
        if brute.is_event(move):
            throws = brute.chance((), brute.event(move), state)
            return self._mixture([(p, self._next(where, to)) for p, to in throws])
        worth: Worth = {}
        for joint in self._open(where):
            leads = brute.leads(joint, state)
            value = self._mixture([(p, self._next(where, to)) for p, to in leads])
            for name, cost in brute.costs(joint, state).items():
                value[name] -= cost
            worth[_names(joint)] = value
        self.policy[where] = self._choose(brute.order[move], worth, self.given.get(where, {}))
        return self._mixture([(self._share(where, names), value) for names, value in worth.items()])

    def _next(self, where: Where, state: State) -> dict[str, Fraction]:
        """The value of what comes after a move, seen from the period of the move."""
        brute = self.brute
        to = brute.after(where[0], where[1], state)
        value = dict(self._value(to))
        if to[0] > where[0]:
            for actor in brute.scenario.actors:
                paid = brute.number(actor.payoff, state, ZERO)
                value[actor.name] = (
                    paid + brute.number(actor.discount, state, ONE) * value[actor.name]
                )
        return value

    def _choose(
        self,
        members: tuple[str, ...],
        worth: Worth,
        given: dict[str, dict[str, Fraction]],
    ) -> dict[str, dict[str, Fraction]]:
        """The policies of those who act at once, some of which may be given."""
        free = [k for k, name in enumerate(members) if name not in given]
        actions = [list(dict.fromkeys(names[k] for names in worth)) for k in free]
        shape = tuple(len(names) for names in actions)
        tables = [np.full(shape, ZERO, dtype=object) for _ in free]
        for joint, value in worth.items():
            share = ONE
            for name, action in zip(members, joint, strict=True):
                share *= given[name][action] if name in given else ONE
            at = tuple(names.index(joint[k]) for k, names in zip(free, actions, strict=True))
            for k, table in zip(free, tables, strict=True):
                table[at] += share * value[members[k]]
        if len(free) == 1:
            (names,), (table,) = actions, tables
            found = [self._best(members[free[0]], dict(zip(names, table, strict=True)))]
        elif self.brute.concept == "uniform":
            found = [dict.fromkeys(names, Fraction(1, len(names))) for names in actions]
        elif free:
            found = self._at_once([members[k] for k in free], actions, tables)
        else:
            found = []
        return given | {members[k]: policy for k, policy in zip(free, found, strict=True)}

    def _at_once(
        self, members: list[str], actions: list[list[str]], worth: list[Table]
    ) -> list[dict[str, Fraction]]:
        if self.brute.concept == "limit":
            raise DeclinedError("the limit where several choose at once")
        logits = [self._precision(name) * table for name, table in zip(members, worth, strict=True)]
        # Only differences between a member's own actions count.
        differences = [table - np.take(table, [0], axis=k) for k, table in enumerate(logits)]
        policies = equilibrium(differences)
        return [
            {name: self._rounded(p) for name, p in zip(names, policy, strict=True)}
            for names, policy in zip(actions, policies, strict=True)
        ]

    def _precision(self, actor: str) -> Fraction:
        mover = next(a for a in self.brute.scenario.actors if a.name == actor)
        return self.brute.number(mover.rationality, self.brute.start(), ZERO)

    def _best(self, actor: str, worth: dict[str, Fraction]) -> dict[str, Fraction]:
        """What one actor does who knows what its actions are worth."""
        best = max(worth.values())
        if self.brute.concept == "uniform":
            weights = dict.fromkeys(worth, ONE)
        elif self.brute.concept == "limit":
            weights = {action: Fraction(x == best) for action, x in worth.items()}
        else:
            precision = self._precision(actor)
            weights = {
                action: Fraction(DIGITS.exp(decimal(precision * (x - best))))
                for action, x in worth.items()
            }
        total = sum(weights.values(), ZERO)
        return {action: self._rounded(weight / total) for action, weight in weights.items()}

    def _mixture(self, parts: list[tuple[Fraction, dict[str, Fraction]]]) -> dict[str, Fraction]:
        names = [actor.name for actor in self.brute.scenario.actors]
        return {n: self._rounded(sum((p * v[n] for p, v in parts), ZERO)) for n in names}

    def _rounded(self, x: Fraction) -> Fraction:
        """Fractions that come from the exponential function are kept from growing without bound."""
        if self.brute.concept != "logit":
            return x
        return Fraction(round(x * 10**40), 10**40)
