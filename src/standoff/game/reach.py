"""Which states can be reached, and what follows from what.

States are found period by period and move by move, as whole arrays: the new states before a move
are put through all its guards and effects at once, and what they lead to and is not yet known is
new before the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import describe_state
from standoff.game.ledger import encode
from standoff.game.roster import Roster, States
from standoff.scenario import (
    Assignment,
    Branch,
    Expression,
    Scenario,
    ScenarioError,
    evaluate,
)


@dataclass(frozen=True)
class Choice:
    """One thing that can be done at a move: an action of an actor, or the one throw of an event."""

    what: str
    when: Expression | None
    costs: tuple[tuple[str, Expression], ...]
    assignments: tuple[Assignment, ...]
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Throw:
    """What one member's choice comes to; the axis is that of the step's branches."""

    before: States | None
    """[branch, variable], what those before it in a group left; None: the state of the step."""
    outcome: NDArray[np.int16]  # [branch], 0 if none of the choice's branches happens, else which
    applies: NDArray[np.bool_]  # [branch, branch of the choice]: its `when` holds


@dataclass(frozen=True)
class Step:
    """A choice of each member taken in a batch of states, and all that chance may make of it."""

    choices: tuple[int, ...]
    """[member]"""
    state: NDArray[np.int64]  # [option], position in the move's list
    option: NDArray[np.int64]  # [branch]
    throws: tuple[Throw, ...]
    """[member]"""
    to: NDArray[np.int64]  # [branch]: encoded next state


@dataclass
class Reach:
    """What is known of one move while states are being found."""

    scenario: Scenario
    names: tuple[str, ...]
    choices: tuple[tuple[Choice, ...], ...]
    """For each member, or for the one throw of an event."""
    roster: Roster
    """The states before this move in which the crisis goes on."""
    ended: Roster
    """The states in which it is over, whatever the move; one list for all moves."""
    steps: list[Step] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)

    def meet(self, states: States) -> States:
        """Takes up the new ones among `states`; answers with those in which the crisis goes on."""
        over = has_ended(self.scenario, states)
        self.ended.add(states[over])
        new = self.roster.add(states[~over])
        self.reached.append(self.roster.count)
        return new

    def follow(self, new: States) -> States:
        """The states that can follow `new`, the last that were taken up."""
        position = self.roster.count - len(new) + np.arange(len(new))
        guards = [[holds(c.when, self.scenario, new) for c in one] for one in self.choices]
        for name, allowed in zip(self.names, guards, strict=True):
            can_act = np.any(allowed, axis=0)
            if not can_act.all():
                raise self._stuck(name, new[int(np.argmin(can_act))])
        following = [new[:0]]
        for numbers in product(*(range(len(one)) for one in self.choices)):
            allowed = np.all([guards[m][c] for m, c in enumerate(numbers)], axis=0)
            step, after = self._take(numbers, new[allowed], position[allowed])
            self.steps.append(step)
            following.append(after)
        return np.concatenate(following)

    def _stuck(self, name: str, state: States) -> ScenarioError:
        place = next(actor.place for actor in self.scenario.actors if actor.name == name)
        example = describe_state(self.scenario, state)
        return ScenarioError.at(
            self.scenario.text, place,
            f"'{name}' is left without an action, for example in the state {example}",
            hint="give it an action without a guard, such as 'hold: {}'",
            length=len(name),
        )  # fmt: skip

    def _take(
        self, numbers: tuple[int, ...], states: States, position: NDArray[np.int64]
    ) -> tuple[Step, States]:
        """A choice of each member; their effects are worked out one after the other."""
        option, after = np.arange(len(states)), states
        throws: list[Throw] = []
        for member, number in enumerate(numbers):
            parent, following, throw = self._throw(self.choices[member][number], after, member)
            throws = [
                Throw(
                    None if earlier.before is None else earlier.before[parent],
                    earlier.outcome[parent],
                    earlier.applies[parent],
                )
                for earlier in throws
            ]
            throws.append(throw)
            option, after = option[parent], following
        to = encode(after, self.roster.sizes)
        return Step(numbers, position, option, tuple(throws), to), after

    def _throw(
        self, choice: Choice, states: States, member: int
    ) -> tuple[NDArray[np.intp], States, Throw]:
        """What can follow each of `states`: for every branch its parent and the state after it."""
        outcomes = len(choice.branches) + 1
        applies = np.zeros((len(states), outcomes - 1), bool)
        certain = np.zeros(len(states))  # the fixed probability that some branch happens
        fixed = np.ones(len(states), bool)
        possible = np.ones((len(states), outcomes), bool)
        for k, branch in enumerate(choice.branches):
            applies[:, k] = holds(branch.when, self.scenario, states)
            possible[:, k + 1] = applies[:, k]
            if branch.p.parameters:
                fixed &= ~applies[:, k]
            else:
                p = np.broadcast_to(evaluate(branch.p, columns(self.scenario, states)), len(states))
                possible[:, k + 1] &= p != 0
                certain += np.where(applies[:, k], p, 0)
        possible[:, 0] = ~fixed | (np.abs(certain - 1) > 1e-12)
        plain = self._apply(choice.assignments, states, states, choice.what)
        parent, outcome = np.nonzero(possible)
        after = plain[parent]
        for k, branch in enumerate(choice.branches, 1):
            here, rows = possible[:, k], outcome == k
            after[rows] = self._apply(branch.assignments, states[here], plain[here], choice.what)
        before = states[parent] if member else None
        return parent, after, Throw(before, outcome.astype(np.int16), applies[parent])

    def _apply(
        self, assignments: tuple[Assignment, ...], before: States, onto: States, what: str
    ) -> States:
        """`onto` with the assignments made, all computed on the state `before`."""
        after = onto.copy()
        names = [variable.name for variable in self.scenario.variables]
        values = columns(self.scenario, before)
        for assignment in assignments:
            column = names.index(assignment.variable)
            variable = self.scenario.variables[column]
            result = np.broadcast_to(evaluate(assignment.expression, values), len(before))
            wrong = ~((result >= 0) & (result < variable.size) & (result == np.floor(result)))
            if wrong.any():
                at = int(np.argmax(wrong))
                raise ScenarioError.about(
                    self.scenario.text, assignment.expression,
                    f"{what} would set '{variable.name}' to position {result[at]:g}, outside "
                    f"{variable.labels[0]} … {variable.labels[-1]} (0 … {variable.size - 1}), "
                    f"for example in the state {describe_state(self.scenario, before[at])}",
                    hint=(
                        "guard it with 'when', or write min(…) or max(…)"
                        if len(self.names) == 1
                        else "the others of its group act too, whatever its guard: write min(…) "
                        "or max(…)"
                    ),
                )  # fmt: skip
            after[:, column] = result.astype(np.uint16)
        return after


def starts_of(scenario: Scenario) -> tuple[States, NDArray[np.float64]]:
    """The states in which a crisis may start, [state, variable], and how probable each is.

    Variables that are not sure at the start are independent of each other.
    """
    values, shares = [], []
    for variable in scenario.variables:
        sure = not variable.starts
        likely = [k for k, p in enumerate(variable.starts) if p > 0]
        values.append([variable.start] if sure else likely)
        shares.append([1.0] if sure else [variable.starts[k] for k in likely])
    states = np.array(list(product(*values)), dtype=np.uint16)
    return states, np.array([float(np.prod(each)) for each in product(*shares)])


def reach(scenario: Scenario, max_states: int, starts: States) -> list[Reach]:
    """All states that can be reached before each move within the horizon, from any of `starts`.

    Raises:
        ScenarioError: there are more than `max_states` before some move, an effect leaves its
            variable's range, or an actor has no action.
    """
    sizes = [variable.size for variable in scenario.variables]
    ended = Roster(sizes)
    moves = [
        Reach(
            scenario,
            names,
            tuple(choices_of(scenario, name) for name in names),
            Roster(sizes),
            ended,
        )
        for names in scenario.order
    ]
    states = starts
    for _ in range(scenario.time.periods):
        for move in moves:
            new = move.meet(states)
            if move.roster.count + ended.count > max_states:
                example = (move.roster if len(new) else ended).states[-1]
                raise too_many(scenario, move.roster.count + ended.count, max_states, example)
            states = move.follow(new)
    moves[0].meet(states)  # those in which the horizon finds the crisis
    for move in moves[1:]:
        move.reached.append(move.roster.count)
    return moves


def too_many(scenario: Scenario, count: int, most: int, example: States) -> ScenarioError:
    """The error about a state space that is too large."""
    sizes = ", ".join(f"{variable.name} {variable.size}" for variable in scenario.variables)
    return ScenarioError.at(
        scenario.text, scenario.variables[0].place,
        f"more than {most:,} reachable states (at least {count:,}), "
        f"for example {describe_state(scenario, example)}",
        hint=f"values of each variable: {sizes}; drop or coarsen some, or raise --max-states",
    )  # fmt: skip


def choices_of(scenario: Scenario, name: str) -> tuple[Choice, ...]:
    """What can be done at the move of this name."""
    for event in scenario.events:
        if event.name == name:
            return (Choice(f"event '{name}'", None, (), (), event.branches),)
    actor = next(actor for actor in scenario.actors if actor.name == name)
    return tuple(
        Choice(
            f"action '{action.name}' of {name}",
            action.when, action.costs, action.assignments, action.chance,
        )
        for action in actor.actions
    )  # fmt: skip


def holds(condition: Expression | None, scenario: Scenario, states: States) -> NDArray[np.bool_]:
    """In which of `states` a condition on variables holds; a missing one holds everywhere."""
    if condition is None:
        return np.ones(len(states), bool)
    return np.broadcast_to(evaluate(condition, columns(scenario, states)) != 0, len(states)).copy()


def has_ended(scenario: Scenario, states: States) -> NDArray[np.bool_]:
    """In which of `states` the crisis is over."""
    if scenario.ends is None:
        return np.zeros(len(states), bool)
    return holds(scenario.ends, scenario, states)


def columns(scenario: Scenario, states: States) -> dict[str, NDArray[np.float64]]:
    """The values of each variable, by name."""
    return {
        variable.name: states[:, column].astype(np.float64)
        for column, variable in enumerate(scenario.variables)
    }
