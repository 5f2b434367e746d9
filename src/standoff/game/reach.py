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
from standoff.scenario import (
    Assignment,
    Branch,
    Expression,
    Place,
    Scenario,
    ScenarioError,
    evaluate,
)

States = NDArray[np.uint16]


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
    sizes: list[int]
    batches: list[States] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)
    count: int = 0
    _known: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # sorted
    _index: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # of _known

    def unknown(self, states: States) -> States:
        """Those of `states` that are not yet in the list, once each; they join it."""
        codes, first = np.unique(encode(states, self.sizes), return_index=True)
        place = np.searchsorted(self._known, codes)
        known = np.zeros(len(codes), bool)
        inside = place < len(self._known)
        known[inside] = self._known[place[inside]] == codes[inside]
        codes, first, place = codes[~known], first[~known], place[~known]
        self._known = np.insert(self._known, place, codes)
        self._index = np.insert(self._index, place, self.count + np.arange(len(codes)))
        self.count += len(codes)
        self.batches.append(states[first])
        return self.batches[-1]

    def states(self) -> States:
        """All states found so far, [state, variable]."""
        return np.concatenate(self.batches)

    def look_up(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of encoded states in the list; meaningless for states not in it."""
        return self._index[np.minimum(np.searchsorted(self._known, codes), len(self._known) - 1)]

    def follow(self, new: States) -> States:
        """The states that can follow `new`, the last batch that joined the list."""
        self.reached.append(self.count)
        ended = has_ended(self.scenario, new)
        live = new[~ended]
        position = self.count - len(new) + np.flatnonzero(~ended)
        following = [new[ended]]
        can_act = np.zeros(len(live), bool)
        for number, choice in enumerate(self.choices):
            allowed = holds(choice.when, self.scenario, live)
            can_act |= allowed
            step, after = self._take(number, choice, live[allowed], position[allowed])
            self.steps.append(step)
            following += after
        if not can_act.all():
            example = describe_state(self.scenario, live[int(np.argmin(can_act))])
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
        to = np.stack([encode(result, self.sizes) for result in results], axis=1)
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
        variable's
            range, or an actor has no action.
    """
    sizes = [variable.size for variable in scenario.variables]
    moves = [Reach(scenario, name, choices_of(scenario, name), sizes) for name in scenario.order]
    new = np.array([[variable.start for variable in scenario.variables]], dtype=np.uint16)
    for _ in range(scenario.time.periods):
        for move in moves:
            new = move.follow(move.unknown(new))
            if move.count > max_states:
                raise too_many(scenario, move.count, max_states, new[-1])
    moves[0].unknown(new)  # those in which the horizon finds the crisis
    for move in moves:
        move.reached.append(move.count)
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
