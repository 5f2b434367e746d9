"""Adaptive doctrines: follow one doctrine until something is seen, and then another.

What is seen is public: a condition on the variables, or the period. The rule has no memory beyond
the state: where the condition no longer holds, the first doctrine is in force again. Some rules
never go back all the same, and are said to be *final*: those that wait for a period, and those
whose condition, once it holds, holds for good, as where a variable counts what has happened.

"Follow A until x and then B" over declared doctrines is the smallest family of closed-loop
policies; in decision making under deep uncertainty x is a signpost with its trigger, and the rule
a dynamic adaptive policy (Walker, Rahman & Cave 2001; Haasnoot et al. 2013).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import permutations, product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from standoff.game import Game, allowed_options
from standoff.scenario import (
    FREE_CHOICE,
    Call,
    Constant,
    Doctrine,
    Expression,
    Name,
    Rule,
    Scenario,
    Variable,
    canonical,
    evaluate,
    suggestion,
)


@dataclass(frozen=True)
class Adaptive:
    """An adaptive doctrine of one actor: `start`, and `then` where the condition holds."""

    actor: str
    start: str
    """A doctrine of the actor, or `free-choice`."""
    then: str
    """Another."""
    when: Expression | None
    """Condition on the public variables; None is always."""
    first: int
    """Period from which the condition counts, from 1."""

    @property
    def signal(self) -> str:
        """What is waited for: `war >= siege`, `period 4`, `war >= siege from period 4`."""
        if self.when is None:
            return f"period {self.first}"
        return self.when.text + (f" from period {self.first}" if self.first > 1 else "")

    @property
    def name(self) -> str:
        """The rule in words: `sanctions-alone until war >= siege, then intervention`."""
        return f"{self.start} until {self.signal}, then {self.then}"


def family_of(
    game: Game,
    actor: str,
    *,
    doctrines: Iterable[str] | None = None,
    variables: Iterable[str] | None = None,
    periods: bool = True,
) -> tuple[Adaptive, ...]:
    """Every "A until x, then B" of an actor over its announced doctrines and `free-choice`.

    Doctrines that are believed only in part, or bind only some types, are left out: what the others
    would believe of one that is given up for another is not said.

    x is each threshold of each variable, said so that it does not hold at the start (`war >= siege`
    where the crisis starts below, `credibility < 2` where it starts there or above), and, with
    `periods`, each period from the second. The family is ordered and complete; `doctrines` and
    `variables` make it smaller.

    Raises:
        KeyError: there is no such actor, doctrine of the actor, or variable.
        ValueError: fewer than two doctrines are left to switch between.
    """
    scenario = game.scenario
    known_actors = [one.name for one in scenario.actors]
    if actor not in known_actors:
        raise KeyError(f"'{actor}' is not an actor; {suggestion(actor, known_actors)}")
    own = [FREE_CHOICE] + [
        d.name
        for d in scenario.doctrines
        if d.actor == actor and d.announced and not d.amends and not _in_part(d)
    ]
    chosen = _chosen(doctrines, own, f"announced doctrine of '{actor}'")
    if len(chosen) < 2:
        raise ValueError(
            f"'{actor}' has {len(chosen)} doctrine to switch between, free choice included; "
            "expected two or more"
        )
    by_name = {variable.name: variable for variable in scenario.variables}
    seen = _chosen(variables, list(by_name), "variable")
    signals: list[tuple[Expression | None, int]] = [
        (guard, 1) for name in seen for guard in thresholds(by_name[name])
    ]
    if periods:
        signals += [(None, period) for period in range(2, game.periods + 1)]
    return tuple(
        Adaptive(actor, start, then, when, first)
        for start, then in permutations(chosen, 2)
        for when, first in signals
    )


def declared_family(scenario: Scenario, actor: str) -> tuple[Adaptive, ...]:
    """The adaptive doctrines that the file declares for an actor; none where it declares none."""
    return tuple(
        Adaptive(actor, start, then, when, first)
        for declared in scenario.adaptive
        if declared.actor == actor
        for start, then in product(declared.start, declared.then)
        if start != then
        for when, first in product(declared.when or (None,), declared.first)
    )


def thresholds(variable: Variable) -> tuple[Expression, ...]:
    """Each threshold of a variable as a condition that does not hold at its start."""
    name = canonical(variable.name)
    found = []
    for level in range(1, variable.size):
        sign: Literal[">=", "<"] = ">=" if level > variable.start else "<"
        label = canonical(variable.labels[level])
        text = f"{name} {sign} {label}"
        if variable.kind == "flag":
            text = name if sign == ">=" else f"not {name}"
        tree = Call(sign, (Name(variable.name), Constant(float(level))))
        found.append(Expression(text, variable.place, "yes/no", tree, (variable.name,), ()))
    return tuple(found)


def doctrine_of(scenario: Scenario, adaptive: Adaptive) -> Doctrine:
    """An adaptive doctrine as any other: the rules of both, each guarded by where it is in force.

    Raises:
        KeyError: `start` or `then` is not a doctrine of the actor.
        ValueError: one of them is announced and the other is not, or one is believed only in part,
            binds only some types or amends a treaty.
    """
    start, then = (
        _find(scenario, adaptive.actor, name) for name in (adaptive.start, adaptive.then)
    )
    declared = [doctrine for doctrine in (start, then) if doctrine is not None]
    if partial := [doctrine.name for doctrine in declared if _in_part(doctrine)]:
        raise ValueError(
            f"'{partial[0]}' is believed only in part or binds only some types; what the others "
            "would believe of one doctrine made of it and another is not said"
        )
    if amending := [doctrine.name for doctrine in declared if doctrine.amends]:
        raise ValueError(
            f"'{amending[0]}' amends a treaty; that holds for the whole of a crisis, and nothing "
            "can change over to it"
        )
    if len({doctrine.announced for doctrine in declared}) > 1:
        raise ValueError(
            f"'{adaptive.start}' and '{adaptive.then}' cannot be one doctrine: one of them is "
            "announced and the other is not"
        )
    place = declared[0].place if declared else scenario.actors[0].place
    return Doctrine(
        name=adaptive.name,
        actor=adaptive.actor,
        announced=all(doctrine.announced for doctrine in declared),
        says="",
        rules=(
            *_before(start.rules if start else (), adaptive),
            *_after(then.rules if then else (), adaptive),
        ),
        place=place,
    )


def doctrine_text(scenario: Scenario, doctrine: Doctrine, name: str) -> str:
    """A doctrine as it would stand in the scenario's file under its actor, called `name`.

    Conditions keep the words of the file, so that it means the same there.
    """
    lines = [] if doctrine.announced else ["announced: false"]
    if doctrine.rules:
        lines.append("rules:")
    for rule in doctrine.rules:
        parts = [
            f"{key}: [{', '.join(map(_plain, actions))}]"
            for key, actions in (("must", rule.must), ("never", rule.never))
            if actions
        ]
        if rule.when is not None:
            parts.append(f'when: "{" ".join(rule.when.text.split())}"')
        if rule.first > 1:
            parts.append(f"from: {rule.first}")
        if rule.last < scenario.time.periods:
            parts.append(f"until: {rule.last}")
        lines.append(f"  - {{{', '.join(parts)}}}")
    if not lines:
        return f"{name}: {{}}\n"
    return "".join(f"{line}\n" for line in (f"{name}:", *(f"  {line}" for line in lines)))


def is_final(game: Game, adaptive: Adaptive) -> bool:
    """Whether the rule never goes back: once its condition holds, it holds for good.

    That is so for a period, and for a condition that no move of the game can undo, whoever chooses
    what; it is looked up in the transitions.
    """
    if adaptive.when is None:
        return True
    held = [_holds(adaptive.when, game.scenario, move.states) for move in game.moves]
    for k, move in enumerate(game.moves):
        after = held[(k + 1) % len(held)]
        option = np.repeat(np.arange(len(move.action)), np.diff(move.branch))
        before = held[k][move.state_of_option[option]]
        if not after[move.to[before & (move.to >= 0)]].all():
            return False
    return True


def distinct(
    game: Game, plain: Iterable[Doctrine | None], found: Iterable[Adaptive]
) -> Iterator[tuple[Adaptive, Doctrine]]:
    """The adaptive doctrines that are doctrines of their own, each with its doctrine, in order.

    Left out are those that leave open, in every state that can be reached, just what one of the
    `plain` doctrines or an earlier one leaves open.

    Raises:
        KeyError, ValueError: as `doctrine_of`.
        ScenarioError: a doctrine leaves its actor without an action.
    """
    known = {_fingerprint(game, doctrine) for doctrine in plain}
    for adaptive in found:
        doctrine = doctrine_of(game.scenario, adaptive)
        mark = _fingerprint(game, doctrine)
        if mark not in known:
            known.add(mark)
            yield adaptive, doctrine


def _fingerprint(game: Game, doctrine: Doctrine | None) -> bytes:
    """Of all that a doctrine leaves open where the crisis can be."""
    digest = blake2b(bytes([doctrine is None or doctrine.announced]), digest_size=16)
    for move, by_period in zip(game.moves, allowed_options(game, doctrine), strict=True):
        if move.members:
            for period, allowed in enumerate(by_period):
                options = int(move.first[move.reached[period]])
                digest.update(np.packbits(allowed[:options]).tobytes())
    return digest.digest()


def _before(rules: tuple[Rule, ...], adaptive: Adaptive) -> Iterator[Rule]:
    """The rules of `start`: up to the first period as they are, then where nothing is seen."""
    seen, first = adaptive.when, adaptive.first
    for rule in rules:
        if rule.first < first:
            yield replace(rule, last=min(rule.last, first - 1))
        if seen is not None and rule.last >= first:
            when = _both(rule.when, _not(seen))
            yield replace(rule, first=max(rule.first, first), when=when)


def _after(rules: tuple[Rule, ...], adaptive: Adaptive) -> Iterator[Rule]:
    """The rules of `then`, from the first period on, where it is seen."""
    seen, first = adaptive.when, adaptive.first
    for rule in rules:
        if rule.last >= first:
            when = rule.when if seen is None else _both(rule.when, seen)
            yield replace(rule, first=max(rule.first, first), when=when)


def _not(condition: Expression) -> Expression:
    return replace(condition, text=f"not ({condition.text})", tree=Call("not", (condition.tree,)))


def _both(first: Expression | None, second: Expression) -> Expression:
    if first is None:
        return second
    return replace(
        first,
        text=f"({first.text}) and ({second.text})",
        tree=Call("and", (first.tree, second.tree)),
        variables=tuple(dict.fromkeys((*first.variables, *second.variables))),
    )


def _holds(
    condition: Expression, scenario: Scenario, states: NDArray[np.uint16]
) -> NDArray[np.bool_]:
    """In which of the states, [state, variable], the condition holds."""
    columns = {
        variable.name: states[:, k].astype(np.float64)
        for k, variable in enumerate(scenario.variables)
    }
    return np.broadcast_to(evaluate(condition, columns) != 0, len(states))


def _in_part(doctrine: Doctrine) -> bool:
    """Whether others are not sure that a doctrine is followed, or it leaves some types free."""
    return doctrine.believed is not None or bool(doctrine.binds)


def _chosen(wanted: Iterable[str] | None, known: list[str], sort: str) -> list[str]:
    """The wanted names in the order of the file; all of them by default."""
    if wanted is None:
        return known
    chosen = set(wanted)
    for name in sorted(chosen):
        if name not in known:
            raise KeyError(f"there is no {sort} '{name}'; {suggestion(name, known)}")
    return [name for name in known if name in chosen]


def _find(scenario: Scenario, actor: str, name: str) -> Doctrine | None:
    own = {doctrine.name: doctrine for doctrine in scenario.doctrines if doctrine.actor == actor}
    if name == FREE_CHOICE:
        return None
    if name not in own:
        known = [FREE_CHOICE, *own]
        raise KeyError(f"there is no doctrine '{name}' of '{actor}'; {suggestion(name, known)}")
    return own[name]


def _plain(name: str) -> str:
    """A name as YAML reads it back as text."""
    return f'"{name}"' if name.lower() in ("true", "false", "null") else name
