"""What a doctrine leaves an actor to choose from, period by period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import Game, Move, describe_state
from standoff.game.reach import holds
from standoff.scenario import FREE_CHOICE, Doctrine, Rule, ScenarioError, suggestion


def find_doctrine(game: Game, name: str | Doctrine) -> Doctrine | None:
    """The doctrine of this name; None for `free-choice`.

    A `Doctrine` that need not stand in the file is answered as it is, if its actor and actions do.

    Raises:
        KeyError: there is no such doctrine, actor or action; the message has the nearest name.
    """
    if isinstance(name, Doctrine):
        _fits(game, name)
        return name
    if name == FREE_CHOICE:
        return None
    for doctrine in game.scenario.doctrines:
        if doctrine.name == name:
            return doctrine
    known = [FREE_CHOICE, *(doctrine.name for doctrine in game.scenario.doctrines)]
    raise KeyError(
        f"'{name}' is not a doctrine of '{game.scenario.name}'; {suggestion(name, known)}"
    )


def _fits(game: Game, doctrine: Doctrine) -> None:
    """Refuses a doctrine of somebody else's, or about actions that its actor has not."""
    if doctrine.actor not in game.actors:
        raise KeyError(
            f"doctrine '{doctrine.name}' is for '{doctrine.actor}', not an actor of "
            f"'{game.scenario.name}'; {suggestion(doctrine.actor, game.actors)}"
        )
    actor = game.scenario.actors[game.actors.index(doctrine.actor)]
    known = [action.name for action in actor.actions]
    for rule in doctrine.rules:
        for name in (*rule.must, *rule.never, *rule.opens):
            if name not in known:
                raise KeyError(
                    f"doctrine '{doctrine.name}': '{name}' is not an action of "
                    f"'{doctrine.actor}'; {suggestion(name, known)}"
                )


def allowed_options(
    game: Game, doctrine: Doctrine | None
) -> tuple[tuple[NDArray[np.bool_], ...], ...]:
    """For each move and period, [option]: whether the doctrine leaves it open.

    Periods under the same rules share one array.

    Raises:
        ScenarioError: the doctrine leaves its actor without an action; with an example state.
    """
    everything = []
    for move in game.moves:
        closed = _closed(game, move)
        if doctrine is None or doctrine.actor not in [game.actors[k] for k in move.members]:
            free = np.asarray(~closed.any(axis=1), bool)
            _refuse_stuck(game, move, free, int(move.reached[-1]), None)
            everything.append((free,) * game.periods)
            continue
        rules = [
            tuple(rule for rule in doctrine.rules if rule.first <= period <= rule.last)
            for period in range(1, game.periods + 1)
        ]
        latest = {in_force: int(move.reached[period]) for period, in_force in enumerate(rules)}
        by_rules = {}
        for in_force, reached in latest.items():
            by_rules[in_force] = _apply(game, move, in_force, doctrine, closed)
            _refuse_stuck(game, move, by_rules[in_force], reached, doctrine)
        everything.append(tuple(by_rules[in_force] for in_force in rules))
    return tuple(everything)


def _closed(game: Game, move: Move) -> NDArray[np.bool_]:
    """[option, member]: whether the member does what nobody may unless a rule opens it."""
    closed = np.zeros(move.action.shape, bool)
    for member, k in enumerate(move.members):
        actions = game.scenario.actors[k].actions
        shut = [number for number, action in enumerate(actions) if action.closed]
        closed[:, member] = np.isin(move.action[:, member], shut)
    return closed


def _apply(
    game: Game,
    move: Move,
    rules: tuple[Rule, ...],
    doctrine: Doctrine,
    closed: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """What these rules leave open, [option]."""
    state = move.state_of_option
    bound = game.actors.index(doctrine.actor)
    member = move.members.index(bound)
    action = move.action[:, member]
    names = [action.name for action in game.scenario.actors[bound].actions]
    in_force = [holds(rule.when, game.scenario, move.states)[state] for rule in rules]
    shut = closed.copy()
    for rule, active in zip(rules, in_force, strict=True):
        shut[:, member] &= ~(active & np.isin(action, [names.index(n) for n in rule.opens]))
    allowed = np.asarray(~shut.any(axis=1), bool)
    for rule, active in zip(rules, in_force, strict=True):
        banned = np.isin(action, [names.index(name) for name in rule.never])
        allowed &= ~(active & banned)
    for rule, active in zip(rules, in_force, strict=True):
        if rule.must:
            wanted = allowed & np.isin(action, [names.index(name) for name in rule.must])
            binds = np.bincount(state[wanted], minlength=len(move.states)) > 0
            allowed &= wanted | ~(active & binds[state])
    return allowed


def _refuse_stuck(
    game: Game, move: Move, allowed: NDArray[np.bool_], reached: int, doctrine: Doctrine | None
) -> None:
    """Something must be left open in each of the first `reached` states."""
    left = np.bincount(move.state_of_option[allowed], minlength=len(move.states))
    stuck = ((left == 0) & (np.diff(move.first) > 0))[:reached]
    if not stuck.any():
        return
    example = describe_state(game.scenario, move.states[int(np.argmax(stuck))])
    if doctrine is None:
        raise ScenarioError.at(
            game.scenario.text, game.scenario.actors[move.members[0]].place,
            f"'{move.name}' is left without an action as the treaties stand, for example in the "
            f"state {example}",
            hint="give it an action without a guard, such as 'hold: {}'",
            length=len(game.actors[move.members[0]]),
        )  # fmt: skip
    raise ScenarioError.at(
        game.scenario.text, doctrine.place,
        f"doctrine '{doctrine.name}' leaves '{doctrine.actor}' without an action, "
        f"for example in the state {example}",
        hint="say 'when' it forbids, or leave one action open",
        length=len(doctrine.name),
    )  # fmt: skip
