"""Two actors with five actions each who choose at once, beside the same two choosing in turn.

    python benchmarks/group.py

Both games have the same variables, actions and payoffs; only `order` differs. The unit is one state
solved for one period in one row. More rationality makes the stage games harder: κ is their
interaction span, below 1 there is one equilibrium and a few steps find it, above it the branch is
followed from λ = 0.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

import standoff
from standoff.game import GROUP, allowed_options, fill
from standoff.scenario import loads
from standoff.solver import backward

SIDE, PERIODS = 150, 12

TEXT = f"""
standoff: 1
name: grid
title: Two actors on a grid, each at its own coordinate
time: {{period: turn, periods: {PERIODS}}}
parameters:
  precision: {{value: 1}}
  reach: {{value: 7}}
variables: {{x: {{levels: {SIDE}, start: {SIDE // 2}}}, y: {{levels: {SIDE}, start: {SIDE // 2}}}}}
order: ORDER
actors:
  red:
    rationality: precision
    payoff: 8 * exp(-((x - y) / reach) ** 2) + x / 60
    actions: {{ACTIONS_x}}
  blue:
    rationality: precision
    payoff: -6 * exp(-((x - y - 2) / reach) ** 2) + y / 60
    actions: {{ACTIONS_y}}
outcomes:
  distance: {{final: abs(x - y)}}
  met: {{ever: x == y + 9}}
"""


def text(order: str) -> str:
    """The game with its moves in this order."""
    filled = TEXT.replace("ORDER", order)
    for name in "xy":
        steps = {step: f"min({SIDE}, max(0, {name} + {step}))" for step in (-14, -5, 0, 5, 14)}
        actions = ", ".join(
            f"s{k}: {{set: {{{name}: '{to}'}}}}" for k, to in enumerate(steps.values())
        )
        filled = filled.replace(f"{{ACTIONS_{name}}}", f"{{{actions}}}")
    return filled


def main() -> None:
    """Prints nanoseconds for both orders, their ratio, and how hard the stage games were."""
    games = {
        order: standoff.compile(loads(text(order))) for order in ("[red, blue]", "[[red, blue]]")
    }
    print(", ".join(f"{order}: {game.states:,} states" for order, game in games.items()))
    for precision in ("single", "double"):
        for rationality in (0.1, 0.3, 1.0, 3.0, 10.0):
            cost = {}
            for order, game in games.items():
                rows = np.linspace(0.9, 1.1, 2 * GROUP) * rationality
                dtype = np.float32 if precision == "single" else np.float64
                numbers = fill(game, {"precision": rows}, dtype)
                everything = allowed_options(game, None)
                solved = backward(game, numbers, everything, keep=True)
                seconds = []
                for _ in range(5):
                    begun = time.process_time()
                    backward(game, numbers, everything)
                    seconds.append(time.process_time() - begun)
                solutions = int(game.moves[0].reached[:PERIODS].sum()) * len(rows)
                cost[order] = 1e9 * statistics.median(seconds) / solutions
            (kappas,) = solved.kappas
            assert kappas is not None
            kappa = np.concatenate([part.ravel() for part in kappas])
            turn, once = cost.values()
            print(
                f"{precision}, λ {rationality:g}: in turn {turn:.0f} ns, at once {once:.0f} ns, "
                f"ratio {once / turn:.2f}; κ < 1 in {(kappa < 1).mean():.0%} of stage games, "
                f"median {np.median(kappa):.2g}, largest {kappa.max():.2g}"
            )


if __name__ == "__main__":
    main()
