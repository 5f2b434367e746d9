"""A scenario in one future, read state by state straight from its expressions.

Nothing here comes from the compiled game: guards, effects, chance, costs and payoffs are evaluated
where they are needed, so that a tree made of them shares as little as possible with what it judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any, TypeAlias

from standoff.scenario import (
    Action,
    Actor,
    Assignment,
    Branch,
    Doctrine,
    Expression,
    Scenario,
    ScenarioError,
    Trait,
    evaluate,
)

State: TypeAlias = tuple[int, ...]
"""The value of each variable, in the order of the scenario."""
Profile: TypeAlias = tuple[int, ...]
"""The type of each actor; 0 where it has none."""


@dataclass(frozen=True)
class Reading:
    """What a scenario says in one future."""

    scenario: Scenario
    parameters: Mapping[str, float]
    _known: dict[tuple[int, State, Profile], float] = field(default_factory=dict, repr=False)

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each actor."""
        return {actor.name: k for k, actor in enumerate(self.scenario.actors)}

    @property
    def start(self) -> State:
        """Where the crisis begins.

        Raises:
            ValueError: it may begin in several states.
        """
        if any(variable.starts for variable in self.scenario.variables):
            raise ValueError(
                f"'{self.scenario.name}' may start in several states; a tree starts in one"
            )
        return tuple(variable.start for variable in self.scenario.variables)

    def describe(self, state: State, before: State | None = None) -> str:
        """A state in words; after another, what is new in it."""
        pairs = zip(self.scenario.variables, state, before or (-1,) * len(state), strict=True)
        new = [f"{v.name}={v.labels[value]}" for v, value, old in pairs if value != old]
        return ", ".join(new) or "no change"

    def number(
        self, expression: Expression | None, state: State = (), profile: Profile = ()
    ) -> float:
        """An expression's value in a state, and where it depends on types, for a profile.

        A missing one is 0.

        Raises:
            ScenarioError: it has none that is finite.
        """
        if expression is None:
            return 0.0
        key = (id(expression), state, profile if expression.traits else ())
        if key not in self._known:
            values: dict[Any, float] = dict(self.parameters)
            names = (variable.name for variable in self.scenario.variables)
            values.update(zip(names, map(float, state), strict=bool(state)))
            for trait in expression.traits:
                values[trait] = self.has(trait, profile)
            found = float(evaluate(expression, values))
            if not isfinite(found):
                named = {name: values[name] for name in expression.parameters}
                example = ", ".join(f"{name}={value:g}" for name, value in named.items())
                where = " in the state " + self.describe(state) if state else ""
                with_ = f", with {example}" if example else ""
                raise ScenarioError.about(
                    self.scenario.text, expression, f"this is {found:g}{where}{with_}",
                    hint="expected a finite number",
                )  # fmt: skip
            self._known[key] = found
        return self._known[key]

    def has(self, trait: Trait, profile: Profile) -> float:
        """Whether an actor is of a type (1 or 0)."""
        at = self.positions[trait.actor]
        return float(self.scenario.actors[at].types[profile[at]].name == trait.type)

    def holds(self, condition: Expression | None, state: State) -> bool:
        """Whether a condition holds; a missing one always does."""
        return condition is None or self.number(condition, state) != 0

    def over(self, state: State) -> bool:
        """Whether the crisis is over."""
        return self.scenario.ends is not None and self.holds(self.scenario.ends, state)

    def event(self, name: str) -> tuple[Branch, ...] | None:
        """The branches of the event of this name; None where it is an actor's."""
        return next((e.branches for e in self.scenario.events if e.name == name), None)

    def open_actions(
        self, actor: Actor, period: int, state: State, bound: Doctrine | None
    ) -> tuple[int, ...]:
        """The positions of the actions whose guard holds, and which a doctrine leaves open.

        Raises:
            ScenarioError: none is left.
        """
        rules = [
            rule
            for rule in (() if bound is None else bound.rules)
            if rule.first <= period + 1 <= rule.last and self.holds(rule.when, state)
        ]
        left = [
            k
            for k, action in enumerate(actor.actions)
            if self.holds(action.when, state)
            and (not action.closed or any(action.name in rule.opens for rule in rules))
        ]
        for rule in rules:
            left = [k for k in left if actor.actions[k].name not in rule.never]
        for rule in rules:
            left = [k for k in left if actor.actions[k].name in rule.must] or left
        if not left:
            by = "" if bound is None else f" by the doctrine '{bound.name}'"
            raise ScenarioError.at(
                self.scenario.text, actor.place,
                f"'{actor.name}' is left without an action{by}, for example in the state "
                f"{self.describe(state)}",
                length=len(actor.name),
            )  # fmt: skip
        return tuple(left)

    def after_event(self, branches: tuple[Branch, ...], state: State) -> dict[State, float]:
        """Where an event leads, and how probably."""
        return self._throw((), branches, state)

    def after(self, actions: tuple[Action, ...], state: State) -> dict[State, float]:
        """Where what is done together leads: each action's effects on what those before it left."""
        found = {state: 1.0}
        for action in actions:
            reached: dict[State, float] = {}
            for before, share in found.items():
                throw = self._throw(action.assignments, action.chance, before)
                for to, p in throw.items():
                    reached[to] = reached.get(to, 0.0) + share * p
            found = reached
        return found

    def _throw(
        self, assignments: tuple[Assignment, ...], branches: tuple[Branch, ...], state: State
    ) -> dict[State, float]:
        plain = self._set(assignments, state, state)
        found: dict[State, float] = {}
        total = 0.0
        for branch in branches:
            p = self.number(branch.p, state) if self.holds(branch.when, state) else 0.0
            total += p
            if not (p >= 0 and total <= 1 + 1e-9):
                raise ScenarioError.about(
                    self.scenario.text, branch.p,
                    f"the probability is {p:g}, and {total:g} with those before it, in the state "
                    f"{self.describe(state)}",
                    hint="expected numbers from 0 that sum to at most 1",
                )  # fmt: skip
            if p:
                to = self._set(branch.assignments, state, plain)
                found[to] = found.get(to, 0.0) + p
        if 1 - total > 1e-12:
            found[plain] = found.get(plain, 0.0) + 1 - total
        return found

    def _set(self, assignments: tuple[Assignment, ...], before: State, onto: State) -> State:
        after = list(onto)
        names = [variable.name for variable in self.scenario.variables]
        for assignment in assignments:
            value = self.number(assignment.expression, before)
            at = names.index(assignment.variable)
            if not (value == int(value) and 0 <= value < self.scenario.variables[at].size):
                raise ScenarioError.about(
                    self.scenario.text, assignment.expression,
                    f"'{assignment.variable}' would be set to position {value:g} in the state "
                    f"{self.describe(before)}",
                )  # fmt: skip
            after[at] = int(value)
        return tuple(after)
