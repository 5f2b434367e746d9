"""Games of any size for us and the peers: trees, and tables of two actors who choose at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, ONE, ZERO, Game, Ledger, Move, Numbers, Start
from standoff.scenario import loads

Reals = NDArray[np.float64]


def ladder(turns: int) -> str:
    """Two actors in turn go up or down a ladder or stay; the path they took counts as well.

    It is kept in two variables, a digit to the base three for each turn, so that no two paths meet
    in one state.
    """
    half, actions = -(-turns // 2), []
    for digit, (name, rung) in enumerate({"back": "- 1", "hold": "+ 0", "climb": "+ 1"}.items()):
        early = f"early + (turn < {half}) * (2 * early + {digit})"
        late = f"late + (turn >= {half}) * (2 * late + {digit})"
        actions.append(
            f"{name}: {{set: {{rung: rung {rung}, early: {early}, late: {late}, turn: turn + 1}}}}"
        )
    held = f"actions: {{{', '.join(actions)}}}"
    return f"""
standoff: 1
name: ladder
title: Up and down a ladder
time: {{period: round, periods: {half}}}
variables:
  turn: {{levels: {turns}}}
  rung: {{levels: {2 * turns}, start: {turns}}}
  early: {{levels: {3**half}}}
  late: {{levels: {3 ** (turns - half)}}}
order: [red, blue]
ends: turn == {turns}
actors:
  red:
    rationality: 1
    final: 4 * exp(-((rung - {turns + 2}) / 2) ** 2) + early / {3**half}
    {held}
  blue:
    rationality: 1
    final: 3 * exp(-((rung - {turns - 1}) / 2) ** 2) + late / {3**half}
    {held}
outcomes:
  height: {{final: rung}}
"""


def at_once(
    payoff: Reals, to: NDArray[np.int64], chance: Reals, periods: int, precision: float
) -> tuple[Game, Numbers]:
    """A game of two from tables: payoff [row, state, actor, action, action], `to` and `chance`
    [state, action, action, branch]; nothing is paid at the horizon.
    """
    rows, states, _, actions, _ = payoff.shape
    branches = to.shape[-1]
    options = states * actions**2
    both = ", ".join(f"a{k}: {{}}" for k in range(actions))
    scenario = loads(
        f"""
standoff: 1
name: tables
title: A game from tables
time: {{period: turn, periods: {periods}}}
variables: {{place: {{levels: 1}}}}
order: [[red, blue]]
actors:
  red: {{rationality: {precision}, actions: {{{both}}}}}
  blue: {{rationality: {precision}, actions: {{{both}}}}}
outcomes:
  place: {{final: place}}
""",
        "tables.yaml",
    )
    joint = np.tile(np.indices((actions, actions)).reshape(2, -1).T, (states, 1))
    known = np.concatenate([[0.0, 1.0], chance.ravel()])
    move = Move(
        name="red + blue", members=(0, 1), states=np.zeros((states, 1), np.uint16),
        reached=np.full(periods + 1, states),
        first=np.arange(states + 1, dtype=np.int32) * actions**2,
        action=np.ascontiguousarray(joint, np.int32),
        branch=np.arange(options + 1, dtype=np.int32) * branches,
        to=to.ravel().astype(np.int32),
        chance=np.where(chance == 1, ONE, -3 - np.arange(chance.size).reshape(chance.shape))
        .ravel().astype(np.int32),
        payoff=np.arange(2 * options, dtype=np.int32).reshape(options, 2),
        hit=np.zeros((states, 0), bool),
    )  # fmt: skip
    nothing = np.full((states, 3), ZERO, np.int32)
    game = Game(
        scenario, (move,), (Start(0, 1.0),), np.empty((0, 1), np.uint16),
        np.empty((0, 3), np.int32), np.empty((0, 0), bool), nothing, nothing,
        Ledger(True, (), 0, known),
        Ledger(False, (), 2 * options, np.array([0.0, 1.0])), states,
    )  # fmt: skip
    groups = -(-rows // GROUP)
    entries = np.moveaxis(payoff, 2, 4).reshape(rows, 2 * options)
    padded = np.pad(entries, ((0, groups * GROUP - rows), (0, 0)), mode="edge")
    numbers = Numbers(
        rows, np.empty((groups, 0, GROUP)),
        np.ascontiguousarray(padded.reshape(groups, GROUP, 2 * options).swapaxes(1, 2)),
        known, np.array([0.0, 1.0]), np.full((groups, 2, GROUP), precision),
        np.ones((groups, 2, GROUP)),
    )  # fmt: skip
    return game, numbers


def unrolled(to: NDArray[np.int64], chance: Reals, periods: int) -> Reals:
    """Transitions between (period, state), [position, action, action, position]; none at last."""
    states = len(to)
    actions = to.shape[1]
    made = np.zeros((periods * states, actions, actions, periods * states))
    where = np.indices(to.shape)
    for period in range(periods - 1):
        position = where[0] + period * states
        np.add.at(made, (position, where[1], where[2], to + (period + 1) * states), chance)
    return made
