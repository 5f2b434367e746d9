"""A scenario as it is meant: names resolved, expressions checked, every part with its place.

Data only. `load` makes it from a file; the game is built from it and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from standoff.reading import Place
from standoff.scenario.expression import Expression

FREE_CHOICE = "free-choice"
"""The doctrine that is always there: nobody has committed to anything."""


@dataclass(frozen=True)
class Distribution:
    """What is believed of an uncertain parameter.

    `arguments` are those of its kind, in the file's names.
    """

    kind: Literal["uniform", "log-uniform", "triangular", "beta", "normal", "discrete"]
    arguments: tuple[tuple[str, float | tuple[float, ...]], ...]


@dataclass(frozen=True)
class Parameter:
    """A number the scenario uses; without a distribution it is fixed at `value`."""

    name: str
    value: float
    distribution: Distribution | None
    unit: str
    why: str
    sources: tuple[str, ...]
    basis: Literal["measured", "elicited", "assumed"] | None
    place: Place


@dataclass(frozen=True)
class Correlation:
    """How the ranks of two uncertain parameters go together: Spearman's, between -1 and 1."""

    between: tuple[str, str]
    rank: float
    why: str
    sources: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Constraint:
    """A condition on parameters; futures that break it are not sampled."""

    holds: Expression
    why: str
    sources: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Variable:
    """A part of the public state, with values 0 … size-1.

    A ladder has named rungs; levels count 0 … n; a flag is 0 (no) or 1 (yes).
    """

    name: str
    kind: Literal["ladder", "levels", "flag"]
    labels: tuple[str, ...]
    start: int
    """At the start; where that is not sure, its likeliest value there."""
    about: str
    place: Place
    starts: tuple[float, ...] = ()
    """Probability of each value at the start; empty where it is sure."""

    @property
    def size(self) -> int:
        """Number of values."""
        return len(self.labels)


@dataclass(frozen=True)
class Assignment:
    """An effect: `variable` takes the value of `expression` in the state before the move."""

    variable: str
    expression: Expression


@dataclass(frozen=True)
class Branch:
    """Something that may happen by chance: with probability `p` where `when` holds."""

    p: Expression
    when: Expression | None
    assignments: tuple[Assignment, ...]
    place: Place


@dataclass(frozen=True)
class Action:
    """What an actor may do: guard, costs by actor, certain effects, and effects by chance."""

    name: str
    when: Expression | None
    costs: tuple[tuple[str, Expression], ...]
    assignments: tuple[Assignment, ...]
    chance: tuple[Branch, ...]
    about: str
    place: Place
    reveals: str | None = None
    """At face value it says that its actor is of this type."""
    closed: bool = False
    """Nobody may do it but who is bound by a rule that `opens` it."""

    @property
    def waits(self) -> bool:
        """Whether the action changes nothing, costs nothing and tells nothing: waiting."""
        return not (self.costs or self.assignments or self.chance or self.reveals)


@dataclass(frozen=True)
class Type:
    """A private trait of an actor: drawn once, with probability `prior`, known to it only.

    `prior` uses parameters only; the priors of an actor's types sum to 1 in every future.
    """

    name: str
    prior: Expression
    about: str
    place: Place


@dataclass(frozen=True)
class View:
    """What an actor believes at the start of the types of another, where it differs.

    All know of it. `actor` is the one believed of; `prior` has one expression, of parameters only,
    for each of its types, in their order.
    """

    actor: str
    prior: tuple[Expression, ...]
    place: Place


@dataclass(frozen=True)
class Actor:
    """Who chooses. `rationality`, `discount` and `cursedness` use parameters only."""

    name: str
    about: str
    rationality: Expression
    discount: Expression | None
    payoff: Expression | None
    final: Expression | None
    actions: tuple[Action, ...]
    place: Place
    types: tuple[Type, ...] = ()
    """None, or two and more."""
    believes: tuple[View, ...] = ()
    """Of whom it starts elsewhere than the others do."""
    cursedness: Expression | None = None
    """How far the others take what its actions reveal at face value, 0 … 1."""


@dataclass(frozen=True)
class Event:
    """One throw of chance: at most one of its branches happens."""

    name: str
    branches: tuple[Branch, ...]
    place: Place


@dataclass(frozen=True)
class Rule:
    """A part of a doctrine: where `when` holds, in periods first … last (counted from 1)."""

    must: tuple[str, ...]
    never: tuple[str, ...]
    when: Expression | None
    first: int
    last: int
    place: Place
    opens: tuple[str, ...] = ()
    """Actions that are closed without it."""


@dataclass(frozen=True)
class Doctrine:
    """A commitment of one actor."""

    name: str
    actor: str
    announced: bool
    says: str
    rules: tuple[Rule, ...]
    place: Place
    believed: Expression | None = None
    """The prior that the others give to its being followed; none: 1 if announced, otherwise 0."""
    binds: tuple[str, ...] = ()
    """The types of its actor that it binds; none named: all."""
    amends: tuple[str, ...] = ()
    """The treaties that are other under it than they stand."""


@dataclass(frozen=True)
class Ruled:
    """What a treaty says of something that the state of the game may amount to.

    Where several have the same `when`, `weight` says how likely each of them is; none: 1.
    """

    incident: str
    when: Expression
    weight: Expression | None
    truth: Literal["yes", "no", "unclear"]
    why: str


@dataclass(frozen=True)
class Version:
    """A treaty as it stands, or as doctrines amend it."""

    doctrines: tuple[str, ...]
    """Those that bring it; empty: as it stands."""
    change: str
    """What is amended, in words; empty: nothing."""
    action: str
    """Puts it to the council, as this version has it."""
    ruled: tuple[Ruled, ...]
    needed: int
    """How many of the `members` must agree."""
    members: int

    @property
    def share(self) -> float:
        """Of those who decide, how many must agree: 1 is consensus."""
        return self.needed / self.members if self.members else 1.0


@dataclass(frozen=True)
class Pact:
    """A treaty in the game: what triggers one of its clauses, who decides, and what is then owed.

    The first of its versions is the treaty as it stands on the date `as_of`.
    """

    name: str
    title: str
    clause: str
    as_of: date
    actor: str
    """Who decides for the parties."""
    trigger: str
    versions: tuple[Version, ...]
    owes: str
    """What each party then owes, in the treaty's words."""
    place: Place


@dataclass(frozen=True)
class AdaptiveFamily:
    """Adaptive doctrines to choose among: a doctrine of `start`, and one of `then` where it counts.

    Each combination of the four is a candidate: in force at first, in force where the condition
    holds, the condition, and the period from which it counts.
    """

    name: str
    actor: str
    says: str
    start: tuple[str, ...]
    then: tuple[str, ...]
    when: tuple[Expression, ...]
    """Empty: always, from the period on."""
    first: tuple[int, ...]
    """From 1."""
    place: Place


@dataclass(frozen=True)
class Outcome:
    """A quantity that is reported."""

    name: str
    kind: Literal["each period", "ever", "final", "first time"]
    expression: Expression
    unit: str
    better: Literal["lower", "higher"] | None
    says: str
    place: Place


@dataclass(frozen=True)
class Word:
    """A name of something outside the file, and where it stands, for whoever looks it up."""

    text: str
    place: Place


@dataclass(frozen=True)
class Count:
    """How many of those who fled are somewhere at the end of a period; reported as outcomes are.

    `where` are names of countries and places of the instance, or of `standoff.displacement`.
    """

    name: str
    where: tuple[Word, ...]
    after: int
    """The period, from 1."""
    unit: str
    better: Literal["lower", "higher"] | None
    says: str
    place: Place
    kind: Literal["count"] = "count"


@dataclass(frozen=True)
class Brought:
    """What a doctrine brings to those who flee: `measures` of the instance from a period on."""

    doctrine: str
    measures: Word
    first: int
    """From 1."""


@dataclass(frozen=True)
class Displacement:
    """How the course of the crisis drives an instance of displacement.

    Expressions of `settings` use parameters, those of `places` (intensities of conflict) parameters
    and at most one variable each.
    """

    instance: Word
    folder: str
    """Where the instance is if it is none of the packaged ones."""
    people: str
    """The outcome that counts the newly uprooted in each period."""
    per: float
    """People for each unit of it."""
    days: int
    """Days of a period."""
    rule: Literal["destination choice", "local walk"]
    settings: tuple[tuple[Word, Expression], ...]
    places: tuple[tuple[Word, Expression], ...]
    doctrines: tuple[Brought, ...]
    counts: tuple[Count, ...]
    place: Place


@dataclass(frozen=True)
class Claim:
    """A sentence somebody maintains, and the expression that makes it checkable."""

    name: str
    says: str
    holds: Expression
    why: str
    sources: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Metric:
    """How far a change of each parameter is, when the nearest reversal of a claim is sought."""

    fixed: tuple[str, ...] = ()
    """Parameters not to be changed."""
    scales: tuple[tuple[str, float], ...] = ()
    """The change that counts 1: a difference, a factor (log-uniform) or steps (discrete)."""
    weights: tuple[tuple[str, float], ...] = ()
    """What such a change counts instead of 1."""


@dataclass(frozen=True)
class Reference:
    """An entry of the bibliography."""

    key: str
    title: str
    author: str
    year: str
    container: str
    url: str
    note: str


@dataclass(frozen=True)
class Time:
    """The clock: `periods` rounds of moves, each a `period` long."""

    period: str
    periods: int
    start: date | None


@dataclass(frozen=True)
class Structure:
    """A switch between rival ways to write the crisis down.

    Each option is a part of a scenario file that is laid over the file.
    """

    name: str
    says: str
    options: tuple[str, ...]
    sources: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Scenario:
    """A crisis, its uncertainties, its doctrines and the claims about it."""

    name: str
    title: str
    summary: str
    path: str
    text: str
    hash: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    time: Time
    references: tuple[Reference, ...]
    parameters: tuple[Parameter, ...]
    correlations: tuple[Correlation, ...]
    constraints: tuple[Constraint, ...]
    variables: tuple[Variable, ...]
    order: tuple[tuple[str, ...], ...]
    """The moves of a period: one name each, or those of the actors who choose at once."""
    events: tuple[Event, ...]
    actors: tuple[Actor, ...]
    ends: Expression | None
    doctrines: tuple[Doctrine, ...]
    outcomes: tuple[Outcome, ...]
    claims: tuple[Claim, ...]
    adaptive: tuple[AdaptiveFamily, ...] = ()
    """Adaptive doctrines that a search is to choose among."""
    structures: tuple[Structure, ...] = ()
    """The switches of the file; `variant` throws them."""
    choices: tuple[tuple[str, str], ...] = ()
    """For each switch the option that this scenario is written with."""
    metric: Metric = Metric()
    """How far a change of each parameter is."""
    displacement: Displacement | None = None
    """Who flees where."""
    treaties: tuple[Pact, ...] = ()
    """What was promised, and how the state of the game is ruled by it."""

    @property
    def reported(self) -> tuple[Outcome | Count, ...]:
        """All that a study reports: outcomes, then counts of those who fled."""
        counts = () if self.displacement is None else self.displacement.counts
        return (*self.outcomes, *counts)
