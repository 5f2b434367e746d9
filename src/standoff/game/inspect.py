"""What is doubtful about a game, as far as only the compiled game can tell."""

from __future__ import annotations

import numpy as np

from standoff.game.game import Game
from standoff.game.numbers import Numbers
from standoff.scenario import Place, Remark

_LEAST_SPREAD, _MOST_SPREAD = 1.0, 1000.0
_RATIO = 100.0


def inspect(game: Game, numbers: Numbers) -> tuple[Remark, ...]:
    """Remarks on what cannot be reached, and on payoffs on wildly different scales."""
    return (*_unreached(game), *_scales(game, numbers))


def _unreached(game: Game) -> list[Remark]:
    remarks = []
    scenario = game.scenario
    for k, actor in enumerate(scenario.actors):
        taken = [
            np.unique(move.action[:, move.members.index(k)])
            for move in game.moves
            if k in move.members
        ]
        seen = set(np.concatenate(taken).tolist()) if taken else set()
        remarks += [
            Remark(
                "unreachable",
                action.place,
                f"action '{action.name}' of '{actor.name}' is never available",
                f"no state that can be reached within {game.periods} periods satisfies its guard",
            )
            for number, action in enumerate(actor.actions)
            if number not in seen
        ]
    states = np.concatenate([*(move.states for move in game.moves), game.ended])
    for column, variable in enumerate(scenario.variables):
        reached = np.bincount(states[:, column], minlength=variable.size)
        if not reached.all():
            never = [
                label for label, count in zip(variable.labels, reached, strict=True) if not count
            ]
            remarks.append(
                Remark(
                    "unreachable",
                    variable.place,
                    f"'{variable.name}' never gets to {', '.join(never)}",
                    f"no course of {game.periods} periods leads there",
                )
            )
    return remarks


def _scales(game: Game, numbers: Numbers) -> list[Remark]:
    """Compares how far each actor's payoffs range over states and futures, over a whole crisis."""
    spreads: dict[str, tuple[float, Place]] = {}
    for k, actor in enumerate(game.scenario.actors):
        each = _spread(game.accrual[:, k], numbers)
        last = _spread(np.concatenate([game.horizon[:, k], game.ended_final[:, k]]), numbers)
        if actor.payoff or actor.final:
            spreads[actor.name] = (each * game.periods + last, actor.place)
    remarks = [
        Remark(
            "scale",
            place,
            f"the payoffs of '{name}' range over {spread:.3g} points in a crisis",
            "payoffs are meant to be on a scale of about 100: rationality is per point of payoff",
        )
        for name, (spread, place) in spreads.items()
        if not _LEAST_SPREAD <= spread <= _MOST_SPREAD
    ]
    if spreads:
        least = min(spreads, key=lambda name: spreads[name][0])
        most = max(spreads, key=lambda name: spreads[name][0])
        if spreads[most][0] > _RATIO * spreads[least][0]:
            remarks.append(
                Remark(
                    "scale",
                    spreads[least][1],
                    f"the payoffs of '{most}' range over {spreads[most][0]:.3g} points, those of "
                    f"'{least}' over {spreads[least][0]:.3g}",
                    "on scales so different one of them chooses nearly at random, or the other "
                    "nearly without error",
                )
            )
    return remarks


def _spread(codes: np.ndarray[tuple[int], np.dtype[np.int32]], numbers: Numbers) -> float:
    """The largest range, in any one future, of the numbers that codes refer to."""
    used = np.unique(codes)
    rows = numbers.payoffs[:, used[used >= 0]].astype(np.float64)
    fixed = numbers.fixed_payoffs[-1 - used[used < 0]]
    highest = np.max(rows, axis=1, initial=-np.inf)
    lowest = np.min(rows, axis=1, initial=np.inf)
    if len(fixed):
        highest, lowest = np.maximum(highest, fixed.max()), np.minimum(lowest, fixed.min())
    return float(np.max(highest - lowest, initial=0.0))
