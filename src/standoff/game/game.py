"""A compiled game: one topology for all futures, and the expressions futures fill with numbers.

Axis names, used in the shapes below and throughout:

    state    position in the list of states before a move (each move has its own list)
    option   one action in one state, or the one throw of an event in one state; at a group, whose
             members choose at once, one action of each member: a joint action
    member   an actor of a move: one, none at an event, several at a group
    branch   one chance outcome of one option
    channel  what is carried through the recursion: first the actors' payoffs, then the outcomes
    row      one future
    period   0 … periods-1; `reached` also has the horizon

States are listed in the order in which they can first be reached, so that those reachable by a
period are a prefix of the list. Numbers that may differ between futures are not stored here but
referred to by a *code*: code >= 0 is a row of a `Ledger`; code < 0 is `fixed[-code - 1]` of the
same ledger, the same in every future.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import Expression, Outcome, Place, Scenario

if TYPE_CHECKING:
    from standoff.game.hidden import Hidden

Integers: TypeAlias = NDArray[np.int32]

ZERO = -1
"""The code of the number 0 in every ledger."""
ONE = -2
"""The code of the number 1 in every ledger."""


@dataclass(frozen=True)
class Entry:
    """One expression, or 1 minus a sum of several, over the distinct values of its variables.

    It fills the rows `start` … `start + len(values)` of its ledger, one for each row of `values`
    [combination, variable]. `what` and `place` name it in errors; `sign` is -1 for costs.
    """

    expressions: tuple[Expression, ...]
    remainder: bool
    sign: float
    variables: tuple[str, ...]
    values: NDArray[np.float64]
    start: int
    what: str
    place: Place


@dataclass(frozen=True)
class Pairing:
    """Numbers made of two others: products in a ledger of probabilities, sums in one of payoffs.

    It fills the rows from `start` on, one for each row of `codes` [pair, 2], which refer to rows
    before it.
    """

    codes: Integers
    start: int


@dataclass(frozen=True)
class Ledger:
    """The numbers that codes refer to: `size` rows filled by the entries, and the fixed ones."""

    probabilities: bool
    entries: tuple[Entry | Pairing, ...]
    size: int
    fixed: NDArray[np.float64]


@dataclass(frozen=True)
class Move:
    """One move of the period: an actor's choice, the choices of several at once, or an event.

    The options of a group are, in each state, all combinations of its members' actions, those of
    the first member changing slowest.

    Compressed rows: the options of state s are `first[s]` … `first[s+1]`, the branches of option o
    `branch[o]` … `branch[o+1]`. States in which the crisis is over are not among its states.
    """

    name: str
    """Of the actor or event; a group's are joined by " + "."""
    members: tuple[int, ...]
    """Positions among the actors of those who choose."""
    states: NDArray[np.uint16]  # [state, variable]
    reached: NDArray[np.int64]  # [period]: how many states can be reached by then
    first: Integers  # [state + 1]
    action: Integers  # [option, member], position among the member's actions
    branch: Integers  # [option + 1]
    to: Integers  # [branch], state before the next move; -1 - k for state k of `Game.ended`
    chance: Integers  # [branch], code in `Game.chances`
    payoff: Integers  # [option, actor], code in `Game.payoffs`
    hit: NDArray[np.bool_]  # [state, hit channel]: the condition of `ever` or `first time` holds

    @cached_property
    def longest(self) -> tuple[int, int]:
        """The longest lists of options, and of branches, of one state."""
        options = np.diff(self.first).max(initial=1)
        branches = np.diff(self.branch[self.first]).max(initial=1)
        return int(options), int(branches)

    @property
    def is_group(self) -> bool:
        """Whether several choose at once."""
        return len(self.members) > 1

    @property
    def state_of_option(self) -> Integers:
        """The state that each option belongs to, [option]."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))


@dataclass(frozen=True)
class Start:
    """A state in which the crisis may start."""

    state: int
    """As in `Move.to`."""
    probability: float

    @property
    def is_over(self) -> bool:
        """Whether the crisis is over before it has begun."""
        return self.state < 0

    @property
    def place(self) -> int:
        """Its position among the states before the first move, or in `Game.ended`."""
        return -1 - self.state if self.is_over else self.state


@dataclass(frozen=True)
class Game:
    """A scenario compiled: what can happen, without the numbers of any one future."""

    scenario: Scenario
    moves: tuple[Move, ...]
    starts: tuple[Start, ...]
    """Where the crisis may start, the likeliest first."""
    ended: NDArray[np.uint16]  # [ended state, variable]
    ended_final: Integers  # [ended state, channel], code in `payoffs`
    ended_hit: NDArray[np.bool_]  # [ended state, hit channel]
    horizon: Integers  # [state before the first move, channel], code in `payoffs`
    accrual: Integers  # [state before the first move, channel], code in `payoffs`
    chances: Ledger
    payoffs: Ledger
    states: int
    """Distinct reachable states, over all moves."""
    hidden: Hidden | None = None
    """The payoffs of every type, where actors have types; the arrays above are then those of the
    first profile."""

    @property
    def start(self) -> int:
        """Where the crisis starts, as in `Move.to`, where that is sure.

        Raises:
            ValueError: it may start in several states.
        """
        if len(self.starts) > 1:
            raise ValueError(
                f"'{self.scenario.name}' may start in any of {len(self.starts)} states; "
                "what is asked needs a crisis that starts in one"
            )
        return self.starts[0].state

    @property
    def periods(self) -> int:
        """Number of periods until the horizon."""
        return self.scenario.time.periods

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of the actors, in the order of their channels."""
        return tuple(actor.name for actor in self.scenario.actors)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Outcomes in the order of their channels, which come after the actors'."""
        return channel_order(self.scenario)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return len(self.actors) + len(self.outcomes)

    @property
    def hits(self) -> int:
        """How many of the last channels are `ever` or `first time`."""
        return sum(outcome.kind in HIT_KINDS for outcome in self.outcomes)

    @property
    def capacity(self) -> int:
        """Room for the states before any one move."""
        return max(1, *(len(move.states) for move in self.moves))

    @property
    def positions(self) -> int:
        """States counted once for each move, and once where the crisis is over."""
        return sum(len(move.states) for move in self.moves) + len(self.ended)

    def describe(self, move: int, state: int) -> str:
        """A state in words: `war=siege, cities=3`."""
        return describe_state(self.scenario, self.moves[move].states[state])


HIT_KINDS = ("ever", "first time")


def channel_order(scenario: Scenario) -> tuple[Outcome, ...]:
    """Outcomes in the order of their channels: those that are hit come last."""
    return tuple(sorted(scenario.outcomes, key=lambda outcome: outcome.kind in HIT_KINDS))


def describe_state(scenario: Scenario, values: NDArray[np.uint16]) -> str:
    """A state in words: `war=siege, cities=3`."""
    pairs = zip(scenario.variables, values, strict=True)
    return ", ".join(f"{variable.name}={variable.labels[value]}" for variable, value in pairs)
