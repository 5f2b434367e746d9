"""The backward pass on the reference game, beside the same recursion written otherwise, in one run.

    python benchmarks/backward.py [--prototype FILE] [--quick]

The reference game: 3 actors move in turn, 5 actions each, 2 chance outcomes per action, 8 channels,
50,000 states, 26 periods, in 16 and 32 rows. The unit is the state-period-row: one state solved for
all three moves of one period, in one row. Printed beside ours: a prototype that is run as
`python FILE STATES ROWS` and prints its own rate (a plain Numba kernel on [state, channel, row],
where one is at hand), the recursion in NumPy, and the share of the machine's copy bandwidth that
our gathers reach. Then how the cost grows with states, periods and rows.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from standoff.game import GROUP, ZERO, Game, Ledger, Move, Numbers, Start
from standoff.scenario import loads
from standoff.solver import OpenOptions, backward

ACTORS, ACTIONS, OUTCOMES, CHANNELS = 3, 5, 2, 8
STATES, PERIODS = 50_000, 26

TEXT = f"""
standoff: 1
name: reference
title: The reference game, of which only the shape is used
time: {{period: turn, periods: {PERIODS}}}
variables: {{place: {{levels: 1}}}}
order: [a, b, c]
actors:
"""
_ACTIONS = ", ".join(f"x{k}: {{}}" for k in range(ACTIONS))
TEXT += "".join(f"  {name}: {{rationality: 2, actions: {{{_ACTIONS}}}}}\n" for name in "abc")
TEXT += "outcomes:\n"
TEXT += "".join(f"  o{k}: {{each period: place}}\n" for k in range(CHANNELS - ACTORS))


def reference(states: int, periods: int, rows: int) -> tuple[Game, Numbers, OpenOptions]:
    """The reference game with random transitions, chances and costs, as the solver takes it."""
    rng = np.random.default_rng(0)
    steps = rng.integers(-2000, 2000, (states, ACTORS, ACTIONS, OUTCOMES))
    after = np.clip(np.arange(states)[:, None, None, None] + steps, 0, states - 1).astype(np.int32)
    p = rng.random((ACTORS, ACTIONS, rows))
    cost = rng.normal(size=(states, ACTORS, ACTIONS)) * 0.1
    fixed = np.concatenate([[0.0, 1.0], cost.ravel()])
    scenario = loads(TEXT, "reference.yaml")
    scenario = replace(scenario, time=replace(scenario.time, periods=periods))
    nothing = np.full((states, CHANNELS), ZERO, np.int32)
    options = states * ACTIONS
    moves = []
    for k in range(ACTORS):
        payoff = np.full((options, ACTORS), ZERO, np.int32)
        here = (np.arange(states)[:, None] * ACTORS + k) * ACTIONS + np.arange(ACTIONS)
        payoff[:, k] = -3 - here.ravel()
        codes = (k * ACTIONS + np.arange(ACTIONS))[:, None] * 2 + np.arange(OUTCOMES)
        moves.append(
            Move(
                name="abc"[k], members=(k,), states=np.zeros((states, 1), np.uint16),
                reached=np.full(periods + 1, states),
                first=np.arange(states + 1, dtype=np.int32) * ACTIONS,
                action=np.tile(np.arange(ACTIONS, dtype=np.int32), states)[:, None],
                branch=np.arange(options + 1, dtype=np.int32) * OUTCOMES,
                to=after[:, k].ravel(), chance=np.tile(codes.ravel().astype(np.int32), states),
                payoff=payoff, hit=np.zeros((states, 0), bool),
            )
        )  # fmt: skip
    chances = Ledger(True, (), 2 * ACTORS * ACTIONS, np.array([0.0, 1.0]))
    payoffs = Ledger(False, (), 0, fixed)
    nobody = np.empty((0, CHANNELS), np.int32)
    game = Game(
        scenario, tuple(moves), (Start(0, 1.0),), np.empty((0, 1), np.uint16), nobody,
        np.empty((0, 0), bool), nothing, nothing, chances, payoffs, states,
    )  # fmt: skip
    both = np.stack([p, 1 - p], axis=2).reshape(-1, rows)
    lanes = np.ascontiguousarray(both.reshape(-1, rows // GROUP, GROUP).swapaxes(0, 1), np.float32)
    groups = rows // GROUP
    numbers = Numbers(
        rows, lanes, np.empty((groups, 0, GROUP), np.float32), np.array([0, 1], np.float32),
        fixed.astype(np.float32), np.full((groups, ACTORS, GROUP), 2, np.float32),
        np.ones((groups, ACTORS, GROUP), np.float32),
    )  # fmt: skip
    everything = tuple((np.ones(options, bool),) * periods for _ in range(ACTORS))
    return game, numbers, everything


def in_numpy(game: Game, numbers: Numbers, periods: int) -> NDArray[np.float32]:
    """The same recursion in NumPy, whole arrays [state, channel, row] at a time."""
    states, rows = game.states, numbers.rows
    chances = numbers.chances.swapaxes(0, 1).reshape(-1, rows)
    value = np.zeros((states, CHANNELS, rows), np.float32)
    for _ in range(periods):
        for k in reversed(range(ACTORS)):
            move = game.moves[k]
            to = move.to.reshape(states, ACTIONS, OUTCOMES)
            p = chances[move.chance[: ACTIONS * OUTCOMES]].reshape(ACTIONS, OUTCOMES, 1, rows)
            cost = numbers.fixed_payoffs[-1 - move.payoff[:, k]].reshape(states, ACTIONS)
            q = [
                p[a, 0] * value[to[:, a, 0]] + p[a, 1] * value[to[:, a, 1]] for a in range(ACTIONS)
            ]
            for a in range(ACTIONS):
                q[a][:, k] += cost[:, a, None]
            own = np.stack([x[:, k] for x in q])
            weight = np.exp(2 * (own - own.max(axis=0)))
            weight /= weight.sum(axis=0)
            value = sum(weight[a][:, None] * q[a] for a in range(ACTIONS))
    return value


@njit(parallel=True)
def _copy(source: Any, target: Any) -> None:
    for k in prange(len(source)):
        target[k] = source[k]


def copy_bandwidth() -> float:
    """Bytes read and written a second by a copy on all cores."""
    source = np.ones(100_000_000, np.float32)
    target = np.zeros_like(source)
    _copy(source, target)
    return 2 * source.nbytes / timed(lambda: _copy(source, target))


def timed(work: Callable[[], Any], repeats: int = 5) -> float:
    """Median wall-clock seconds."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def rate(states: int, periods: int, rows: int, repeats: int = 5) -> tuple[float, float]:
    """Our state-period-rows a second, and the seconds for one pass."""
    game, numbers, everything = reference(states, periods, rows)
    backward(game, numbers, everything)
    seconds = timed(lambda: backward(game, numbers, everything), repeats)
    return states * periods * rows / seconds, seconds


def prototype_rate(file: str, states: int, rows: int) -> float:
    """What the prototype says of itself."""
    command = [sys.executable, file, str(states), str(rows)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"([\d.]+) million", said)
    assert found, said
    return 1e6 * float(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--prototype", help="a program to run beside ours")
    parser.add_argument("--quick", action="store_true", help="no NumPy, no growth")
    options = parser.parse_args()
    bandwidth = copy_bandwidth()
    print(f"copy bandwidth, all cores: {bandwidth / 1e9:.1f} GB/s read and written")
    # Each move gathers every branch's channels and writes its own, in single precision.
    traffic = 4 * CHANNELS * ACTORS * (ACTIONS * OUTCOMES + 1)
    for rows in (16, 32):
        ours, _ = rate(STATES, PERIODS, rows)
        line = f"{rows} rows: {ours / 1e6:.1f} million state-period-rows a second"
        line += f", {ours * traffic / bandwidth:.0%} of copy bandwidth"
        if options.prototype:
            theirs = prototype_rate(options.prototype, STATES, rows)
            line += f"; prototype {theirs / 1e6:.1f} million, ratio {ours / theirs:.2f}"
        print(line)
    if options.quick:
        return
    game, numbers, everything = reference(STATES, 2, 16)
    seconds = timed(lambda: in_numpy(game, numbers, 2), 3)
    theirs = STATES * 2 * 16 / seconds
    ours, _ = rate(STATES, 2, 16)
    start = backward(game, numbers, everything).start[0, :, :]
    gap = float(np.abs(start - in_numpy(game, numbers, 2)[0]).max())
    print(
        f"NumPy: {theirs / 1e6:.2f} million, ratio {ours / theirs:.0f}; results differ by {gap:.1e}"
    )
    for name, sizes in {
        "states": [(12_500, 26, 16), (25_000, 26, 16), (50_000, 26, 16), (100_000, 26, 16)],
        "periods": [(50_000, 13, 16), (50_000, 26, 16), (50_000, 52, 16)],
        "rows": [(50_000, 26, 16), (50_000, 26, 32), (50_000, 26, 64), (50_000, 26, 128)],
    }.items():
        shown = ", ".join(
            f"{dict(zip(('states', 'periods', 'rows'), size, strict=True))[name]:,}: "
            f"{1e9 / rate(*size, repeats=3)[0]:.0f} ns"
            for size in sizes
        )
        print(f"cost of a state-period-row by {name}: {shown}")


if __name__ == "__main__":
    main()
