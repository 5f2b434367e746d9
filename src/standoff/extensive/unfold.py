"""A scenario in one future as a tree: nature draws the types, then every history is a path.

Without types, all histories that came to the same state before a move share an information set:
exact, since what follows, and so what one action is worth more than another, is the same. With
types an information set is what its actor knows: its own type, and the public history, which is
all actions, and what chance brought about. Moves that leave nothing open are passed over.

Payments stand at the node that they are made on the way to, as they weigh in the period before.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

import numpy as np

from standoff.extensive.form import CHANCE, END, ExtensiveForm, InformationSet, Reals
from standoff.extensive.reading import Profile, Reading, State
from standoff.scenario import (
    FREE_CHOICE,
    Action,
    Actor,
    Doctrine,
    Scenario,
    ScenarioError,
    suggestion,
)

MAX_NODES = 20_000
"""Default bound on the number of nodes."""


class TreeTooLargeError(Exception):
    """Raised when a tree would have more nodes than allowed; the message says what to do."""


@dataclass(frozen=True)
class _Draw:
    """What nature may draw at the start."""

    profile: Profile
    bound: bool
    """Whether the doctrine is followed."""
    probability: tuple[float, ...]
    """As each player sees it."""
    label: str


@dataclass(frozen=True)
class _Place:
    """Where a history stands: before a member's choice, or, all having chosen, before chance."""

    draw: _Draw
    period: int
    move: int
    state: State
    chosen: tuple[int, ...] = ()
    """Actions of the members that come first, when several choose at once."""
    seen: tuple[str, ...] = ()
    """The public history: all actions and what chance brought about."""


@dataclass(frozen=True)
class _Setting:
    """What is the same for all histories."""

    reading: Reading
    bound: Doctrine | None
    hidden: bool
    """Whether anything is, so that histories tell more than states."""
    rationality: Reals  # [actor]
    discount: Reals  # [actor]


@dataclass
class _Growth:
    """A tree while it grows; axes as in `ExtensiveForm`."""

    max_nodes: int
    actors: int
    name: str
    label: list[str] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    probability: list[tuple[float, ...]] = field(default_factory=list)
    payoff: list[Reals] = field(default_factory=list)
    period: list[int] = field(default_factory=list)
    sets: dict[Hashable, InformationSet] = field(default_factory=dict)
    position: dict[Hashable, int] = field(default_factory=dict)
    waiting: list[tuple[int, _Place]] = field(default_factory=list)
    """Nodes to be grown, and where their histories stand."""

    def add(self, parent: int, label: str, taken: int, p: tuple[float, ...] | None = None) -> int:
        if len(self.label) >= self.max_nodes:
            raise TreeTooLargeError(
                f"as a tree '{self.name}' has more than {self.max_nodes:,} nodes: take fewer "
                "periods, types or actions, bind actors by a doctrine, or allow more nodes"
            )
        self.label.append(label)
        self.owner.append(END)
        self.parent.append(parent)
        self.taken.append(taken)
        self.probability.append(p or (1.0,) * self.actors)
        self.payoff.append(np.zeros(self.actors))
        self.period.append(self.period[parent] if parent >= 0 else 0)
        return len(self.label) - 1


def unfold(
    scenario: Scenario,
    parameters: Mapping[str, float] | None = None,
    *,
    doctrine: str = FREE_CHOICE,
    max_nodes: int = MAX_NODES,
) -> ExtensiveForm:
    """A scenario in one future, under a doctrine that the others know of or hold possible.

    `parameters` gives those that differ from their nominal values. Where a doctrine is believed
    with a probability below 1, nature also draws whether it is followed. Under `cursedness` the
    others read what is done with its face, and expect it so.

    Raises:
        KeyError: an unknown parameter or doctrine; with the nearest.
        ValueError: the others do not believe in the doctrine at all, and so play as without it; an
            actor rules out types that others do not.
        ScenarioError: a number is impossible, or an actor is left without an action.
        TreeTooLargeError: there would be more than `max_nodes` nodes.
    """
    reading = Reading(scenario, _values(scenario, parameters or {}))
    bound = _find(scenario, doctrine)
    hidden = any(actor.types for actor in scenario.actors) or 0 < _believed(reading, bound) < 1
    setting = _Setting(reading, bound, hidden, *_temper(reading))
    growth = _Growth(max_nodes, len(scenario.actors), scenario.name)
    root = growth.add(-1, "", 0)
    draws = _draws(reading, bound)
    if len(draws) > 1:
        growth.owner[root] = CHANCE
    for taken, draw in enumerate(draws):
        at = growth.add(root, draw.label, taken, draw.probability) if len(draws) > 1 else root
        place = _Place(draw, 0, 0, reading.start)
        if reading.over(reading.start):
            growth.payoff[at] = _final(reading, place, reading.start)
        else:
            growth.waiting.append((at, place))
    while growth.waiting:
        _grow(growth, setting, *growth.waiting.pop())
    return ExtensiveForm(
        players=tuple(actor.name for actor in scenario.actors),
        sets=tuple(growth.sets.values()),
        label=tuple(growth.label),
        owner=np.array(growth.owner),
        parent=np.array(growth.parent),
        taken=np.array(growth.taken),
        probability=np.array(growth.probability),
        payoff=np.array(growth.payoff),
        period=np.array(growth.period),
        discount=setting.discount,
        forgets=not hidden,
    )


def _grow(growth: _Growth, setting: _Setting, node: int, start: _Place) -> None:
    """Follows a history to where something is open, and leaves what may follow to be grown."""
    reading, since = setting.reading, growth.period[node]
    here: _Place | None = start
    while here is not None:
        names = reading.scenario.order[here.move]
        event = reading.event(names[0])
        if event is None and len(here.chosen) < len(names):
            actor = reading.scenario.actors[reading.positions[names[len(here.chosen)]]]
            bound = setting.bound if _binds(setting.bound, actor, here.draw) else None
            actions = reading.open_actions(actor, here.period, here.state, bound)
            if len(actions) > 1:
                _ask(growth, setting, node, here, actor, bound is not None, actions)
                return
            here = replace(here, chosen=(*here.chosen, actions[0]))
            continue
        if event is None:
            done = _done(reading, here)
            growth.payoff[node] -= _costs(setting, here, done, since)
            follows = reading.after(done, here.state)
            here = replace(here, seen=(*here.seen, *(action.name for action in done)))
        else:
            follows = reading.after_event(event, here.state)
        if len(follows) > 1:
            _throw(growth, setting, node, here, follows)
            return
        (to,) = follows
        here, paid = _arrive(setting, here, to, since)
        growth.payoff[node] += paid


def _ask(
    growth: _Growth,
    setting: _Setting,
    node: int,
    place: _Place,
    actor: Actor,
    bound: bool,
    actions: tuple[int, ...],
) -> None:
    """Makes a node one at which an actor is asked."""
    at = setting.reading.positions[actor.name]
    key: Hashable = (at, place.period, place.move, place.state)
    if setting.hidden:
        key = (at, place.draw.profile[at], bound, place.period, place.move, place.seen)
    if key not in growth.sets:
        growth.position[key] = len(growth.sets)
        growth.sets[key] = _set(setting, actor, place, bound, actions)
    growth.owner[node], growth.period[node] = growth.position[key], place.period
    for taken, action in enumerate(actions):
        child = growth.add(node, actor.actions[action].name, taken)
        growth.waiting.append((child, replace(place, chosen=(*place.chosen, action))))


def _throw(
    growth: _Growth,
    setting: _Setting,
    node: int,
    place: _Place,
    follows: Mapping[State, float],
) -> None:
    """Makes a node one at which chance moves."""
    growth.owner[node], growth.period[node] = CHANCE, place.period
    for taken, (to, p) in enumerate(follows.items()):
        label = setting.reading.describe(to, place.state)
        child = growth.add(node, label, taken, (p,) * growth.actors)
        seen = replace(place, seen=(*place.seen, label))
        arrived, growth.payoff[child] = _arrive(setting, seen, to, place.period)
        if arrived is not None:
            growth.waiting.append((child, arrived))


def _arrive(setting: _Setting, place: _Place, to: State, since: int) -> tuple[_Place | None, Reals]:
    """Where a move that leads to a state leaves the history, and what is paid for being there.

    None where it is over. Payments are as they weigh in the period `since`.
    """
    reading, discount = setting.reading, setting.discount
    scenario = reading.scenario
    if reading.over(to):
        return None, discount ** (place.period - since) * _final(reading, place, to)
    after = replace(place, state=to, chosen=())
    if place.move + 1 < len(scenario.order):
        return replace(after, move=place.move + 1), np.zeros(len(discount))
    profile = place.draw.profile
    accrued = [reading.number(actor.payoff, to, profile) for actor in scenario.actors]
    paid = discount ** (place.period - since) * np.array(accrued)
    if place.period + 1 < scenario.time.periods:
        return replace(after, period=place.period + 1, move=0), paid
    left = scenario.time.periods - since
    return None, paid + discount**left * _final(reading, place, to)


def _final(reading: Reading, place: _Place, state: State) -> Reals:
    """What each actor receives when it is over, not discounted."""
    actors, profile = reading.scenario.actors, place.draw.profile
    return np.array([reading.number(actor.final, state, profile) for actor in actors])


def _done(reading: Reading, place: _Place) -> tuple[Action, ...]:
    """What all members of a move have chosen."""
    names = reading.scenario.order[place.move]
    actors = [reading.scenario.actors[reading.positions[name]] for name in names]
    return tuple(a.actions[k] for a, k in zip(actors, place.chosen, strict=True))


def _costs(setting: _Setting, place: _Place, done: tuple[Action, ...], since: int) -> Reals:
    """What each actor pays for what is done, as it weighs in the period `since`."""
    paid = np.zeros(len(setting.discount))
    for action in done:
        for payer, cost in action.costs:
            at = setting.reading.positions[payer]
            paid[at] += setting.reading.number(cost, place.state, place.draw.profile)
    return np.asarray(paid * setting.discount ** (place.period - since))


def _set(
    setting: _Setting, actor: Actor, place: _Place, bound: bool, actions: tuple[int, ...]
) -> InformationSet:
    """What an actor knows here, and how what it does here is read."""
    reading = setting.reading
    at = reading.positions[actor.name]
    own = actor.types[place.draw.profile[at]].name if actor.types else ""
    told = (own, "bound" if setting.hidden and bound else "")
    kind = "".join(f" ({word})" for word in told if word)
    known = f"move {place.move + 1}: {reading.describe(place.state)}"
    if setting.hidden:
        known = ", ".join(place.seen) or "start"
    shown = [k for k in actions if own and actor.actions[k].reveals == own]
    return InformationSet(
        name=f"{actor.name}{kind}, period {place.period + 1}: {known}",
        player=at,
        actions=tuple(actor.actions[k].name for k in actions),
        rationality=float(setting.rationality[at]),
        cursedness=reading.number(actor.cursedness),
        face=tuple((k in shown) / len(shown) for k in actions) if shown else (),
    )


def _values(scenario: Scenario, given: Mapping[str, float]) -> dict[str, float]:
    values = {parameter.name: parameter.value for parameter in scenario.parameters}
    for name in given:
        if name not in values:
            raise KeyError(
                f"'{name}' is not a parameter of '{scenario.name}'; {suggestion(name, values)}"
            )
    return values | {name: float(value) for name, value in given.items()}


def _find(scenario: Scenario, name: str) -> Doctrine | None:
    if name == FREE_CHOICE:
        return None
    known = [FREE_CHOICE, *(doctrine.name for doctrine in scenario.doctrines)]
    if name not in known:
        raise KeyError(
            f"'{name}' is not a doctrine of '{scenario.name}'; {suggestion(name, known)}"
        )
    return scenario.doctrines[known.index(name) - 1]


def _believed(reading: Reading, bound: Doctrine | None) -> float:
    """The prior that the others give to a doctrine's being followed."""
    if bound is None:
        return 0.0
    if bound.believed is None:
        return float(bound.announced)
    return reading.number(bound.believed)


def _binds(bound: Doctrine | None, actor: Actor, draw: _Draw) -> bool:
    return bound is not None and draw.bound and bound.actor == actor.name


def _temper(reading: Reading) -> tuple[Reals, Reals]:
    """λ and δ of each actor."""
    actors = reading.scenario.actors
    rationality = [reading.number(actor.rationality) for actor in actors]
    discount = [1.0 if a.discount is None else reading.number(a.discount) for a in actors]
    for actor, sharp, patient in zip(actors, rationality, discount, strict=True):
        if sharp < 0:
            raise ScenarioError.about(
                reading.scenario.text, actor.rationality,
                f"the rationality of {actor.name} is {sharp:g}", hint="expected a number from 0 up",
            )  # fmt: skip
        if actor.discount is not None and not 0 <= patient <= 1:
            raise ScenarioError.about(
                reading.scenario.text, actor.discount,
                f"the discount of {actor.name} is {patient:g}",
                hint="expected a number from 0 to 1",
            )  # fmt: skip
    return np.array(rationality), np.array(discount)


def _draws(reading: Reading, bound: Doctrine | None) -> list[_Draw]:
    """What nature may draw: types, and whether a doctrine not wholly believed is followed."""
    scenario = reading.scenario
    actors = scenario.actors
    priors = [_prior(reading, actor) for actor in actors]
    trust = _believed(reading, bound)
    if bound is not None and not 0 < trust <= 1:
        raise ValueError(
            f"the others believe with probability {trust:g} that '{bound.name}' is followed; a "
            f"tree needs more than 0 and at most 1: without belief they play as in {FREE_CHOICE}"
        )
    draws = []
    for profile in product(*(range(max(1, len(actor.types))) for actor in actors)):
        p = [
            prod(prior[seer][own] for prior, own in zip(priors, profile, strict=True))
            for seer in range(len(actors))
        ]
        if not any(p):
            continue
        types = [a.types[k].name for a, k in zip(actors, profile, strict=True) if a.types]
        label = " + ".join(types)
        affected = bound is not None and _affects(bound, actors, profile)
        shares = [(True, trust), (False, 1 - trust)] if affected else [(False, 1.0)]
        for follows, share in shares:
            if not share:
                continue
            told = label
            if affected and trust < 1:
                told = " + ".join(filter(None, (label, "bound" if follows else "free")))
            draws.append(_Draw(profile, follows, tuple(share * one for one in p), told))
    for draw in draws:
        if not all(draw.probability):
            seer = actors[draw.probability.index(0.0)].name
            raise ValueError(
                f"{seer} rules out {draw.label}, which others hold possible; in a tree everybody "
                "must give it more than 0"
            )
    return draws


def _affects(bound: Doctrine, actors: tuple[Actor, ...], profile: Profile) -> bool:
    """Whether a doctrine binds the type that its actor has in a profile."""
    if not bound.binds:
        return True
    names = [actor.name for actor in actors]
    at = names.index(bound.actor)
    return actors[at].types[profile[at]].name in bound.binds


def _prior(reading: Reading, of: Actor) -> list[list[float]]:
    """[player, type], what each holds of an actor's types at the start."""
    if not of.types:
        return [[1.0]] * len(reading.scenario.actors)
    common = tuple(type_.prior for type_ in of.types)
    found = []
    for seer in reading.scenario.actors:
        own = next((view.prior for view in seer.believes if view.actor == of.name), common)
        numbers = [reading.number(expression) for expression in own]
        if min(numbers) < 0 or abs(sum(numbers) - 1) > 1e-9:
            raise ScenarioError.about(
                reading.scenario.text, own[0],
                f"the probabilities of the types of {of.name} are "
                + ", ".join(f"{number:g}" for number in numbers),
                hint="expected numbers from 0 that sum to 1",
            )  # fmt: skip
        found.append(numbers)
    return found
