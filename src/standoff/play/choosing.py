"""What one member of a move chose, and from what, where nothing is hidden."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.game import Game
from standoff.play.told import Choice, Option

Reals = NDArray[np.float64]


def choice_of(
    game: Game,
    k: int,
    member: int,
    state: int,
    chosen: int,
    open_: NDArray[np.intp],
    probability: Reals,
    value: Reals,
) -> Choice:
    """A member's own choice: its actions, with what it expects of each, whatever others choose."""
    move = game.moves[k]
    low, high = int(move.first[state]), int(move.first[state + 1])
    actor = move.members[member]
    action = move.action[low:high]
    others = np.ones(high - low)  # how likely the others' part of each joint action is
    for other in range(len(move.members)):
        if other != member:
            share = np.bincount(action[:, other], weights=probability)
            others *= share[action[:, other]]
    names = [one.name for one in game.scenario.actors[actor].actions]
    options = []
    own = sorted(set(action[open_, member].tolist()))
    for position in own:
        these = open_[action[open_, member] == position]
        options.append(
            Option(
                names[position],
                float(probability[these].sum()),
                float(others[these] @ value[these, actor] / others[these].sum()),
            )
        )
    closed = closed_to(game, actor, set(action[:, member].tolist()), set(own))
    taken = own.index(int(move.action[chosen, member]))
    return Choice(game.actors[actor], tuple(options), taken, closed)


def closed_to(game: Game, actor: int, known: set[int], open_: set[int]) -> tuple[str, ...]:
    """Actions that only a doctrine closes, of those `known` in a state; numbers are the actor's."""
    names = [one.name for one in game.scenario.actors[actor].actions]
    unamended = _of_other_versions(game, actor, [names[position] for position in sorted(open_)])
    return tuple(names[c] for c in sorted(known - open_) if names[c] not in unamended)


def _of_other_versions(game: Game, actor: int, open_: list[str]) -> set[str]:
    """Actions that a treaty would have under other amendments: no doctrine forbids them."""
    found = {action.name for action in game.scenario.actors[actor].actions if action.closed}
    for pact in game.scenario.treaties:
        triggers = {version.action for version in pact.versions}
        found |= triggers if triggers.intersection(open_) else set()
    return found
