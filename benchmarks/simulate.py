"""Trajectories a second, beside the EMA Workbench with the same crisis as a Python function.

    python benchmarks/simulate.py [--replications N] [--experiments N] [--runs N]

Both play the escalation trap at nominal values from the same solved tables, on two processors: ours
on two threads, theirs sequentially and in two processes, of which the better counts. Theirs is what
an analyst writes who has the solution in Python lists: a loop over periods and moves, `random()`
and a look-up for each choice and each chance. Compilation, solving and the making of tables are
left out on both sides. Last stands the chain store, in which types are hidden: ours alone, since a
function would need beliefs too. Beside the speed stand the means of all outcomes, which must agree
with each other and with the exact expectation. Needs the dependency group `benchmarks`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from random import random

import numpy as np
from numpy.typing import NDArray

import standoff
from ema import evaluate, workbench
from standoff.game import row_of
from standoff.solver import rows_of, solve

SCENARIO = "escalation-trap"
HIDDEN = "chain-store"
WORKERS = 2


class Tables:
    """The solved crisis in plain Python lists: what choices, chance and payments look up."""

    def __init__(self, game: standoff.Game) -> None:
        solution = solve(game, keep_policies=True)
        row = row_of(game, solution.numbers, 0)
        self.periods, self.start = game.periods, game.start
        self.quantities = [*game.actors, *(outcome.name for outcome in game.outcomes)]
        self.actors = len(game.actors)
        self.moves = []
        for k, move in enumerate(game.moves):
            policies = solution.passed.policies[k]
            cumulative = [
                sums_within(rows_of(policy, 1)[:, 0], move.first).tolist()
                for policy in policies or ()
            ]
            paid = [tuple(pay) if any(pay) else None for pay in row.payoff[k].tolist()]
            chance = sums_within(row.chance[k], move.branch).tolist()
            self.moves.append(
                (move.first.tolist(), cumulative, paid, move.branch.tolist(), chance,
                 move.to.tolist())
            )  # fmt: skip
        self.accrual = row.accrual.tolist()
        self.final, self.horizon = row.ended_final.tolist(), row.horizon.tolist()
        self.over = game.ended_hit.tolist()
        self.hits = game.hits
        self.weight = (row.discount ** np.arange(game.periods + 1)[:, None]).tolist()


def sums_within(numbers: NDArray[np.float64], first: NDArray[np.int32]) -> NDArray[np.float64]:
    """Cumulative sums, begun anew at each part; the last of a part is above any draw."""
    total = np.concatenate([[0.0], np.cumsum(numbers)])
    part = np.searchsorted(first, np.arange(len(numbers)), side="right") - 1
    sums = total[1:] - total[first[part]]
    sums[first[1:][(np.diff(first) > 0) & (first[1:] <= len(numbers))] - 1] = 2.0
    return np.asarray(sums)


TABLES: Tables


def crisis(replication: int = 0) -> dict[str, float]:
    """One course of the crisis, from beginning to end."""
    tables = TABLES
    state = tables.start
    actors = range(tables.actors)
    totals = [0.0] * len(tables.quantities)
    for period in range(tables.periods):
        weight = tables.weight[period]
        for first, policies, paid, branch, chance, to in tables.moves:
            option = first[state]
            if policies:
                cumulative = policies[period]
                draw = random()
                while cumulative[option] <= draw:
                    option += 1
            if paid[option] is not None:
                for j in actors:
                    totals[j] += weight[j] * paid[option][j]
            happened = branch[option]
            draw = random()
            while chance[happened] <= draw:
                happened += 1
            state = to[happened]
            if state < 0:
                break
        if state < 0:
            for c, final in enumerate(tables.final[-1 - state]):
                totals[c] += weight[c] * final if c < tables.actors else final
            for h, hit in enumerate(tables.over[-1 - state]):
                totals[len(totals) - tables.hits + h] = float(hit)
            return dict(zip(tables.quantities, totals, strict=True))
        for c, accrued in enumerate(tables.accrual[state]):
            totals[c] += weight[c] * accrued if c < tables.actors else accrued
    weight = tables.weight[tables.periods]
    for c, final in enumerate(tables.horizon[state]):
        totals[c] += weight[c] * final if c < tables.actors else final
    return dict(zip(tables.quantities, totals, strict=True))


def theirs(experiments: int, runs: int) -> tuple[dict[str, float], NDArray[np.float64]]:
    """Experiments a second by each evaluator (median of `runs`), and all results."""
    seeds = workbench().IntegerParameter("replication", 0, 2**31 - 1)
    return evaluate(crisis, [seeds], TABLES.quantities, experiments, runs, WORKERS)


def ours(game: standoff.Game, replications: int, runs: int) -> tuple[float, standoff.Simulation]:
    """Trajectories a second on two threads (median of `runs`), and the last simulation."""
    seconds = []
    few = min(1000, replications)
    for seed in range(runs + 1):  # the first compiles
        begun = time.perf_counter()
        played = standoff.simulate(game, replications=replications, seed=seed, workers=WORKERS)
        middle = time.perf_counter()
        standoff.simulate(game, replications=few, seed=seed, workers=WORKERS)
        # The second call solves and makes tables as the first does, and hardly plays.
        seconds.append((middle - begun) - (time.perf_counter() - middle))
    return (replications - few) / statistics.median(seconds[1:]), played


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--replications", type=int, default=2**22)
    parser.add_argument("--experiments", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    ema_workbench = workbench()
    global TABLES
    game = standoff.compile(standoff.load(SCENARIO))
    TABLES = Tables(game)
    begun, count = time.perf_counter(), 2000
    for _ in range(count):
        crisis()
    plain = count / (time.perf_counter() - begun)
    speeds, found = theirs(options.experiments, options.runs)
    fast, played = ours(game, options.replications, options.runs)
    print(f"{SCENARIO}, {game.periods} periods, {os.cpu_count()} processors; trajectories a second")
    print(f"  standoff, {WORKERS} threads: {fast:,.0f}")
    for label, speed in speeds.items():
        print(f"  EMA Workbench {ema_workbench.__version__}, {label}: {speed:,.0f}")
    print(f"  the same function called in a loop: {plain:,.0f}")
    print(f"  ratio to the better: {fast / max(speeds.values()):,.0f}")
    veiled = standoff.compile(standoff.load(HIDDEN))
    rate, _ = ours(veiled, options.replications, options.runs)
    print(f"  standoff, {HIDDEN} ({veiled.periods} periods, types hidden): {rate:,.0f}")
    print("\nexpectation, our mean, their mean (± standard errors; largest deviation in errors)")
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    worst = 0.0
    for c, quantity in enumerate(played.quantities):
        exact, mean, own = (x[0, 0, c] for x in (played.expected, played.mean, played.error))
        theirs_mean = found[:, c].mean()
        print(
            f"  {quantity:22} {exact:12.5f}  {mean:12.5f} ± {own:.5f}"
            f"  {theirs_mean:12.5f} ± {error[c]:.5f}"
        )
        for off, by in ((mean - exact, own), (theirs_mean - exact, error[c])):
            worst = max(worst, abs(off) / by if by > 0 else 0.0)
    print(f"  largest deviation from the expectation: {worst:.1f} standard errors")


if __name__ == "__main__":
    main()
