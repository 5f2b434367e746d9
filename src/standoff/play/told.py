"""What a chronicle is made of: one trajectory, told move by move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from standoff.play.credence import Credence
from standoff.scenario import Scenario


@dataclass(frozen=True)
class Weighed:
    """What an action is to one kind of its actor."""

    probability: float
    value: float
    """What such an actor expects from it, from then on; nan where it may not take it."""


@dataclass(frozen=True)
class Option:
    """An action that was open to an actor."""

    action: str
    probability: float
    value: float
    """What the actor expected from it, from then on; against the others' probabilities where they
    chose at the same time. nan where only another kind of the actor may take it."""
    kinds: tuple[Weighed, ...] = ()
    """For each kind that the actor may be of, where something is hidden about it."""


@dataclass(frozen=True)
class Choice:
    """What one actor chose, and from what."""

    actor: str
    options: tuple[Option, ...]
    taken: int
    """Position among `options`."""
    closed: tuple[str, ...]
    """Actions that only its doctrine kept from it, whatever its kind."""
    kinds: tuple[str, ...] = ()
    """What the actor may be, where something is hidden about it: its types, and whether bound."""
    own: int = 0
    """What it is, among `kinds`."""

    @property
    def best(self) -> int:
        """Position of the option that was worth most to it."""
        return self._best([option.value for option in self.options])

    def best_of(self, kind: int) -> int:
        """Position of the option that would be worth most to another of its kinds."""
        return self._best([option.kinds[kind].value for option in self.options])

    def _best(self, values: list[float]) -> int:
        open_ = [k for k, value in enumerate(values) if not math.isnan(value)]
        return max(open_, key=lambda k: values[k])

    @property
    def forgone(self) -> float:
        """By how much the best option was worth more than the one it took."""
        return self.options[self.best].value - self.options[self.taken].value


@dataclass(frozen=True)
class Change:
    """A variable that took another value."""

    variable: str
    before: str
    after: str


@dataclass(frozen=True)
class Chance:
    """Something that could follow, and what it changed, the certain effects of an action included.

    Branches that lead to the same state are one.
    """

    probability: float
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Learnt:
    """What a move told of who made it; numbers are by credence, in the order of the chronicle."""

    before: tuple[float, ...]
    """How firmly each was held."""
    after: tuple[float, ...]
    """How firmly, by Bayes' rule, once the action was seen."""
    kept: tuple[float, ...]
    """The point of the belief grid, next to that, with which the course goes on."""


@dataclass(frozen=True)
class Secret:
    """What nobody but an actor itself knew of it."""

    actor: str
    type: str | None
    """None where it has no types."""
    chance: float
    """How likely it was to be of this type."""
    bound: bool | None
    """Whether its doctrine bound it; None where all knew that."""

    @property
    def what(self) -> str:
        """In a word or two, as among `Choice.kinds`."""
        return kind_name(self.type, self.bound)


def kind_name(type_: str | None, bound: bool | None) -> str:
    """What to call an actor of a type, or bound, or both; None of either where it is no secret."""
    if bound is None:
        return type_ or ""
    how = "bound" if bound else "free"
    return f"{type_} and {how}" if type_ else how


@dataclass(frozen=True)
class Turn:
    """One move; `values` and `paid` are by actor."""

    move: str
    state: tuple[str, ...]
    """Of each variable, before the move."""
    values: tuple[float, ...]
    """What each actor could expect before the move, from then on."""
    choices: tuple[Choice, ...]
    """One of each member, none at an event."""
    paid: tuple[float, ...]
    chances: tuple[Chance, ...]
    happened: int
    """Position among `chances`."""
    learnt: Learnt | None = None
    """None where nothing was hidden about those who moved."""


@dataclass(frozen=True)
class Period:
    """One round of moves; `paid` and `so_far` are by quantity."""

    number: int
    """From 1."""
    begins: date | None
    turns: tuple[Turn, ...]
    state: tuple[str, ...]
    """Of each variable, at the end."""
    paid: tuple[float, ...]
    """What came due at the end, undiscounted."""
    so_far: tuple[float, ...]
    """Payoffs received, discounted to the start, and outcomes as they then stood."""
    believed: tuple[float, ...] = ()
    """How firmly each credence was held at the end."""


@dataclass(frozen=True)
class Chronicle:
    """A trajectory told; arrays of numbers are by quantity, in the order of `quantities`."""

    scenario: Scenario
    doctrine: str
    seed: int
    future: int
    replication: int
    quantities: tuple[str, ...]
    """Actors, for their payoffs, then outcomes."""
    start: tuple[str, ...]
    """Of each variable."""
    periods: tuple[Period, ...]
    over: bool
    """Whether the crisis ended before the horizon."""
    final: tuple[float, ...]
    """What was paid last, undiscounted."""
    total: tuple[float, ...]
    expected: tuple[float, ...]
    """At the start: payoffs by each actor, which knew its own type, and outcomes by nobody in
    particular, types being drawn as they are."""
    secrets: tuple[Secret, ...] = ()
    """Of each actor about whom something was hidden."""
    credences: tuple[Credence, ...] = ()
    """All that may be believed of them."""
    believed: tuple[float, ...] = ()
    """How firmly each credence was held at the start."""
    points: int = 0
    """Points a side of the belief grid; 0 where nothing is hidden."""
