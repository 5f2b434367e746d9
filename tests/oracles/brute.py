"""The slow judge: a scenario played through, history by history, straight from its dataclasses.

It shares nothing with the compiled game or the kernels. Guards, effects, chance, ends, doctrines,
costs and discount are read here a second time, from `docs/scenario-file.md`. Policies come from a
recursion over (period, move, state). Values and outcomes do not: they are added up *forward*, over
the histories that those policies make possible, histories that no longer differ in anything that
counts being added together.

With the concepts "limit" and "uniform" all is `Fraction`, so equality means equality; "logit" needs
the exponential function and is carried to 50 digits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from oracles.exact import DIGITS, ONE, ZERO, decimal, evaluate, written
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
Policy: TypeAlias = dict[Where, dict[str, Fraction]]
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
        self.order = [names[0] for names in self.scenario.order]

    def judge(self, doctrine: str = FREE_CHOICE) -> Judgement:
        """Values, outcomes and policies under a doctrine."""
        bound = next((d for d in self.scenario.doctrines if d.name == doctrine), None)
        assert bound is not None or doctrine == FREE_CHOICE
        given: Policy = {}
        if bound is not None and not bound.announced:
            given = _Recursion(self, None, {}).solved()
            order = self.order
            given = {at: p for at, p in given.items() if order[at[1]] != bound.actor}
        recursion = _Recursion(self, bound, given)
        return self._forward(recursion.solved(), recursion)

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

    def actions(self, actor: str, state: State) -> list[Action]:
        """The actions whose guard holds."""
        mover = next(a for a in self.scenario.actors if a.name == actor)
        return [action for action in mover.actions if self.holds(action.when, state)]

    def open_actions(
        self, actor: str, period: int, state: State, doctrine: Doctrine | None
    ) -> list[Action]:
        """The actions whose guard holds and which a doctrine leaves open."""
        available = self.actions(actor, state)
        if doctrine is None or doctrine.actor != actor:
            return available
        rules = [
            rule
            for rule in doctrine.rules
            if rule.first <= period + 1 <= rule.last and self.holds(rule.when, state)
        ]
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
        return self.order[move] not in self._actors

    def event(self, move: int) -> tuple[Branch, ...]:
        """The branches of the event at a move."""
        return next(e.branches for e in self.scenario.events if e.name == self.order[move])

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

    def _forward(self, policy: Policy, recursion: _Recursion) -> Judgement:
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
                    for share, costs, to in recursion.futures(where, policy):
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
            outcomes[outcome.name] = self._hit(outcome, policy, recursion)
        return Judgement(values, outcomes, policy, labels, going_on, self._reachable())

    def _hit(self, outcome: Outcome, policy: Policy, recursion: _Recursion) -> Fraction:
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
                    for share, _, to in recursion.futures(where, policy):
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
                        for action in self.actions(order[move], state):
                            leads = self.chance(action.assignments, action.chance, state)
                            after |= {to for _, to in leads}
                before = after
            found.append(row)
        return [*found, [before]]


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

    def futures(
        self, where: Where, policy: Policy
    ) -> list[tuple[Fraction, dict[str, Fraction], Where]]:
        """What can follow a move: probability, costs by actor, and where it leads."""
        period, move, state = where
        brute = self.brute
        if brute.is_event(move):
            throws = brute.chance((), brute.event(move), state)
            return [(p, {}, brute.after(period, move, to)) for p, to in throws]
        found = []
        for action in self._open(where):
            share = policy[where][action.name]
            if share:
                costs = {name: brute.number(cost, state, ZERO) for name, cost in action.costs}
                for k, (p, to) in enumerate(brute.chance(action.assignments, action.chance, state)):
                    # The cost is paid once for the action, whatever chance does.
                    paid = {name: cost / p for name, cost in costs.items()} if k == 0 else {}
                    found.append((share * p, paid, brute.after(period, move, to)))
        return found

    def _open(self, where: Where) -> list[Action]:
        period, move, state = where
        actor = self.brute.order[move]
        return self.brute.open_actions(actor, period, state, self.doctrine)

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
        worth: dict[str, dict[str, Fraction]] = {}
        for action in self._open(where):
            leads = brute.chance(action.assignments, action.chance, state)
            worth[action.name] = self._mixture([(p, self._next(where, to)) for p, to in leads])
            for name, cost in action.costs:
                worth[action.name][name] -= brute.number(cost, state, ZERO)
        mover = brute.order[move]
        mine = {action: value[mover] for action, value in worth.items()}
        self.policy[where] = self.given.get(where) or self._choose(mover, mine)
        return self._mixture([(self.policy[where][action], worth[action]) for action in worth])

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

    def _choose(self, actor: str, worth: dict[str, Fraction]) -> dict[str, Fraction]:
        best = max(worth.values())
        if self.brute.concept == "uniform":
            weights = dict.fromkeys(worth, ONE)
        elif self.brute.concept == "limit":
            weights = {action: Fraction(x == best) for action, x in worth.items()}
        else:
            mover = next(a for a in self.brute.scenario.actors if a.name == actor)
            precision = self.brute.number(mover.rationality, self.brute.start(), ZERO)
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
