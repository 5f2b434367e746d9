"""Which states can be reached, and what follows from what.

States are found period by period and move by move, as whole arrays: the new states before a move
are put through all its guards and effects at once, and what they lead to and is not yet known is
new before the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import describe_state
from standoff.game.ledger import encode
from standoff.game.roster import Roster, States
from standoff.scenario import (
    Assignment,
    Branch,
    Expression,
    Place,
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
class Step:
    """A choice taken in a batch of states.

    The first outcome is that no branch happens, the others are the branches in their order.
    """

    choice: int
    state: NDArray[np.int64]  # [option], position in the move's list
    applies: NDArray[np.bool_]  # [option, branch]: its `when` holds
    possible: NDArray[np.bool_]  # [option, outcome]: not excluded by a fixed probability
    to: NDArray[np.int64]  # [option, outcome]: encoded next state


@dataclass
class Reach:
    """What is known of one move while states are being found."""

    scenario: Scenario
    name: str
    choices: tuple[Choice, ...]
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
        following = [new[:0]]
        can_act = np.zeros(len(new), bool)
        for number, choice in enumerate(self.choices):
            allowed = holds(choice.when, self.scenario, new)
            can_act |= allowed
            step, after = self._take(number, choice, new[allowed], position[allowed])
            self.steps.append(step)
            following += after
        if not can_act.all():
            example = describe_state(self.scenario, new[int(np.argmin(can_act))])
            raise ScenarioError.at(
                self.scenario.text, self._place,
                f"'{self.name}' is left without an action, for example in the state {example}",
                hint="give it an action without a guard, such as 'hold: {}'",
                length=len(self.name),
            )  # fmt: skip
        return np.concatenate(following)

    @property
    def _place(self) -> Place:
        return next(actor.place for actor in self.scenario.actors if actor.name == self.name)

    def _take(
        self, number: int, choice: Choice, states: States, position: NDArray[np.int64]
    ) -> tuple[Step, list[States]]:
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
        results = [plain]
        for k, branch in enumerate(choice.branches, 1):
            here = possible[:, k]
            after = plain.copy()
            after[here] = self._apply(branch.assignments, states[here], plain[here], choice.what)
            results.append(after)
        to = np.stack([encode(result, self.roster.sizes) for result in results], axis=1)
        following = [result[possible[:, k]] for k, result in enumerate(results)]
        return Step(number, position, applies, possible, to), following

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
                    hint="guard it with 'when', or write min(…) or max(…)",
                )  # fmt: skip
            after[:, column] = result.astype(np.uint16)
        return after


def reach(scenario: Scenario, max_states: int) -> list[Reach]:
    """All states that can be reached before each move within the horizon.

    Raises:
        ScenarioError: there are more than `max_states` before some move, an effect leaves its
            variable's range, or an actor has no action.
    """
    sizes = [variable.size for variable in scenario.variables]
    ended = Roster(sizes)
    moves = [
        Reach(scenario, name, choices_of(scenario, name), Roster(sizes), ended)
        for name in scenario.order
    ]
    states = np.array([[variable.start for variable in scenario.variables]], dtype=np.uint16)
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
