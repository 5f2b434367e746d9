"""What solving will need, told before it starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.game import GROUP, Game
from standoff.solver import choice_names, label_names


@dataclass(frozen=True)
class Plan:
    """Memory of each worker, and room on disk, in bytes; and the work, in state-period-rows."""

    worker_memory: int
    disk: int
    work: int


def duration(seconds: float, blocks: int, workers: int) -> float:
    """Seconds that so many blocks take if one takes `seconds` while all workers are busy."""
    return seconds * -(-blocks // max(1, workers))


def plan(game: Game, futures: int, doctrines: int, block: int, itemsize: int) -> Plan:
    """Counts what one block of futures keeps in memory at its height, and what all of them write.

    The count is of arrays; the interpreter and its libraries come on top, about 250 MB a process.
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
    columns = len(label_names(game)) + len(choice_names(game)) + 2 * game.channels
    disk = futures * doctrines * (2 * game.channels + columns * (game.periods + 1)) * 8
    reached = sum(int(move.reached[: game.periods].sum()) for move in game.moves)
    work = reached * int(np.ceil(futures / GROUP)) * GROUP * doctrines
    return Plan(per_row * rows + topology, disk, work)
