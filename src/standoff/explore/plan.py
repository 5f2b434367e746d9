"""What solving will need, told before it starts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from standoff.game import GROUP, Game, Numbers, fill, find_doctrine
from standoff.solver import (
    POINTS,
    Beliefs,
    belief_names,
    beliefs_of,
    choice_names,
    label_names,
    needs_beliefs,
)


@dataclass(frozen=True)
class Plan:
    """Memory of each worker, and room on disk, in bytes; and the work, in state-period-rows.

    Where types are hidden, a state counts once for each point of the belief grid.
    """

    worker_memory: int
    disk: int
    work: int
    beliefs: int = 1
    """Points of the largest belief grid that is needed; 1 where nothing is hidden."""


def duration(seconds: float, blocks: int, workers: int) -> float:
    """Seconds that so many blocks take if one takes `seconds` while all workers are busy."""
    return seconds * -(-blocks // max(1, workers))


def plan(
    game: Game,
    futures: int,
    doctrines: Collection[str],
    block: int,
    itemsize: int,
    points: int = POINTS,
) -> Plan:
    """Counts what one block of futures keeps in memory at its height, and what all of them write.

    The count is of arrays; the interpreter and its libraries come on top, about 250 MB a process.
    Beliefs are counted on a grid of so many `points` a side.

    Raises:
        ScenarioError: types are hidden, and the scenario is impossible at its nominal values or the
            grid would be larger than can be held.
        KeyError: no such doctrine; the message has the nearest name.
    """
    rows = GROUP * -(-min(block, futures) // GROUP)
    buffers = (2 * game.capacity + len(game.ended)) * (game.channels + 1)
    policies = sum(
        int(move.first[move.reached[period]])
        for move in game.moves
        if move.members
        for period in range(game.periods)
    )
    values = int(game.moves[0].reached.sum()) * len(game.actors)
    ledgers = game.chances.size + game.payoffs.size
    topology = sum(
        array.nbytes
        for move in game.moves
        for array in (move.states, move.to, move.chance, move.payoff, move.branch)
    )
    # One doctrine's result makes room for the next; that of free choice is there throughout where
    # an unannounced doctrine needs it.
    free = any(not doctrine.announced for doctrine in game.scenario.doctrines)
    kept = (buffers + policies + values) * (1 + free)
    per_row = itemsize * (kept + buffers + 3 * ledgers) + 8 * ledgers
    grids = _grids(game, doctrines, points)
    memory = per_row * rows + topology
    for beliefs in grids:
        # Where nothing is hidden under some doctrine, its result is kept meanwhile.
        memory = max(memory, per_row * rows + topology + itemsize * rows * _held(game, beliefs))
    columns = len(label_names(game)) + len(choice_names(game)) + 2 * game.channels
    columns += len(belief_names(game))
    counts = len(game.scenario.reported) - len(game.scenario.outcomes)
    ends = 2 * (game.channels + counts) + 3 * len(belief_names(game))
    ends += bool(grids) * (2 + game.channels)
    disk = futures * len(doctrines) * (ends + columns * (game.periods + 1)) * 8
    reached = sum(int(move.reached[: game.periods].sum()) for move in game.moves)
    counted = sum(beliefs.points * len(beliefs.agents) for beliefs in grids)
    counted += len(doctrines) - len(grids)
    work = reached * int(np.ceil(futures / GROUP)) * GROUP * counted
    return Plan(memory, disk, work, max((beliefs.points for beliefs in grids), default=1))


def _grids(game: Game, doctrines: Collection[str], points: int) -> list[Beliefs]:
    """What is believed under each doctrine under which something is hidden."""
    hidden = [
        d for d in (find_doctrine(game, name) for name in doctrines) if needs_beliefs(game, d)
    ]
    numbers: Numbers | None = fill(game) if hidden else None
    return [beliefs_of(game, numbers, one, points) for one in hidden if numbers is not None]


def _held(game: Game, beliefs: Beliefs) -> int:
    """Numbers that one row keeps at the height of solving with beliefs.

    Backward, values and outcomes of every agent and profile at each point of belief; of these, what
    agents expect is kept before every period. Forward, how probable each profile, point and state
    is, and the policies of a period, found again.
    """
    points, agents, profiles = beliefs.points, len(beliefs.agents), len(beliefs.profiles)
    held = 2 * game.capacity + len(game.ended)
    snapshots = int(game.moves[0].reached.sum()) * points * agents
    backward = held * points * (agents + len(game.outcomes) * profiles)
    policies = 0
    for move in game.moves:
        for actor in move.members:
            side, options = beliefs.sides[actor], int(move.first[-1])
            corners = 2 * side.weighed if side.learns else 0  # a place and a weight each
            policies += options * points * (len(side.kinds) + corners)
    density = 2 * held * points * profiles
    return snapshots + max(backward, density + held * points * agents + policies)
