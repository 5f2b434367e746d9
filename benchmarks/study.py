"""Studies of the escalation trap: the main job as a user calls it, its growth with workers, peers.

    python benchmarks/study.py [--futures N] [--runs N] [--skip-peers]

First what `import standoff` costs, and seconds and memory of `standoff run` with kernels to be
compiled (an empty cache) and with kernels cached. Then futures a second under five doctrines with
one worker and with two, in turn and several times, of which the best of each counts, because what
disturbs a measurement on a shared machine only ever slows it; and how long 10,000 futures would
take. Then the same game, its free choice alone, solved by backward induction in NumPy as an analyst
would who has the compiled game: sixteen futures at once, and one by one as a model of the EMA
Workbench, in one process and in two. All results are compared. Needs the dependency group
`benchmarks` for the latter.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import standoff
from ema import evaluate, workbench
from standoff.explore import Settings, prepare, sample, solve_blocks, solve_futures
from standoff.game import GROUP, Game, Numbers, fill
from standoff.scenario import uncertain

SCENARIO = "escalation-trap"
DOCTRINES = 5
"""With free choice."""
MANY = 10_000

Array = NDArray[np.float64]


def run(futures: int, workers: int, cache: Path) -> tuple[float, float, float]:
    """Wall-clock seconds, CPU seconds, and the peak of any one process in GB."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "standoff", "run", SCENARIO, "--out", out]
        command += ["--futures", str(futures), "--workers", str(workers)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss / 1e6


def import_seconds() -> float:
    """CPU seconds that `import standoff` adds to starting Python, median of nine."""

    def seconds(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare, ours = ([seconds(code) for _ in range(9)] for code in ("pass", "import standoff"))
    return statistics.median(ours) - statistics.median(bare)


def study_seconds(game: Game, futures: int, workers: int) -> tuple[float, float]:
    """Seconds from the first to the last block but the workers' starts, and of everything."""
    doctrines = tuple(d.name for d in game.scenario.doctrines)[: DOCTRINES - 1]
    stamps: list[float] = []
    with tempfile.TemporaryDirectory() as out:
        study = prepare(game, Settings(futures=futures, doctrines=doctrines), Path(out) / "s")
        begun = time.perf_counter()
        solve_blocks(
            study,
            game,
            workers=workers,
            progress=lambda done, _: stamps.append(time.perf_counter() - begun),
        )
    blocks = len(stamps) - 1
    # The first block of each worker has its start in it.
    return (stamps[-1] - stamps[workers]) / (blocks - workers) * blocks, stamps[-1]


def in_numpy(game: Game, numbers: Numbers) -> Array:
    """Backward induction in free choice, whole arrays [option, channel, row] at a time.

    Gives the start's [channel, row]. For games in which one chooses at a time.
    """
    rows, actors = numbers.rows, len(game.actors)

    def table(filled: Array, fixed: Array) -> Array:
        own = filled.swapaxes(0, 1).reshape(filled.shape[1], -1)[:, :rows]
        return np.concatenate([np.repeat(fixed[::-1, None], rows, axis=1), own])

    chances = table(numbers.chances, numbers.fixed_chances)
    payoffs = table(numbers.payoffs, numbers.fixed_payoffs)
    no_chance, no_payoff = len(numbers.fixed_chances), len(numbers.fixed_payoffs)
    rationality, discount = (
        array.swapaxes(0, 1).reshape(actors, -1)[:, :rows]
        for array in (numbers.rationality, numbers.discount)
    )
    kinds = [outcome.kind for outcome in game.outcomes[len(game.outcomes) - game.hits :]]
    hits = slice(game.channels - game.hits, game.channels)

    def strike(value: Array, hit: NDArray[np.bool_], left: int) -> None:
        worth = np.array([1.0 if kind == "ever" else left for kind in kinds])
        value[:, hits] = np.where(hit[:, :, None], worth[:, None], value[:, hits])

    over = payoffs[game.ended_final + no_payoff]
    n = int(game.moves[0].reached[game.periods])
    value = payoffs[game.horizon[:n] + no_payoff]
    for period in reversed(range(game.periods)):
        left = game.periods - period
        strike(over, game.ended_hit, left)
        n = int(game.moves[0].reached[period + 1])
        value = value[:n]
        value[:, :actors] *= discount
        value += payoffs[game.accrual[:n] + no_payoff]
        strike(value, game.moves[0].hit[:n], left)
        for move in reversed(game.moves):
            n = int(move.reached[period])
            options = int(move.first[n])
            branches = int(move.branch[options])
            to = move.to[:branches]
            following = np.concatenate([value, over[::-1]])[to]  # what ended is counted from behind
            following *= chances[move.chance[:branches] + no_chance][:, None]
            q = np.add.reduceat(following, move.branch[:options])
            q[:, :actors] += payoffs[move.payoff[:options] + no_payoff]
            if move.members:
                (mover,) = move.members
                state = move.state_of_option[:options]
                worth = rationality[mover] * q[:, mover]
                worth -= np.maximum.reduceat(worth, move.first[:n])[state]
                weight = np.exp(worth)
                weight /= np.add.reduceat(weight, move.first[:n])[state]
                q = np.add.reduceat(weight[:, None] * q, move.first[:n])
            value = q
            strike(value, move.hit[:n], left)
    return np.asarray(value[0] if game.start >= 0 else over[-1 - game.start])


GAME: Game


def crisis(**parameters: float) -> dict[str, float]:
    """The model that the EMA Workbench evaluates: one future, in NumPy."""
    given = {name.replace("__", " "): value for name, value in parameters.items()}
    start = in_numpy(GAME, fill(GAME, given))[:, 0]
    return dict(zip(quantities(GAME), outcomes_of(GAME, start[:, None])[0].tolist(), strict=True))


def quantities(game: Game) -> list[str]:
    return [*(f"value of {actor}" for actor in game.actors), *(o.name for o in game.outcomes)]


def outcomes_of(game: Game, start: Array) -> Array:
    """Values and outcomes [row, quantity] from what backward induction gives [channel, row]."""
    found = start.T.copy()
    for k, outcome in enumerate(game.outcomes, len(game.actors)):
        if outcome.kind == "first time":
            found[:, k] = game.periods - found[:, k]
    return found


def peers(game: Game, runs: int) -> None:
    """Futures a second in free choice: ours on one core, NumPy, and the EMA Workbench."""
    ema = workbench()
    drawn = sample(game.scenario, GROUP)
    ours, numpys = [], []
    for _ in range(runs + 1):  # the first loads the kernels
        begun = time.perf_counter()
        results = solve_futures(game, drawn, ())
        ours.append(GROUP / (time.perf_counter() - begun))
        begun = time.perf_counter()
        start = in_numpy(game, fill(game, drawn))
        numpys.append(GROUP / (time.perf_counter() - begun))
    here = results.isel(doctrine=0)
    order = [outcome.name for outcome in game.outcomes]
    exact = np.concatenate(
        [here["value"].to_numpy(), here["expected"].sel(outcome=order).to_numpy()], axis=1
    )
    scale = np.maximum(1, np.abs(exact))
    gap = float((np.abs(outcomes_of(game, start) - exact) / scale).max())
    names = {p.name: p.name.replace(" ", "__") for p in uncertain(game.scenario)}
    scenarios = [
        ema.Scenario(str(row), **{names[name]: float(v[row]) for name, v in drawn.items()})
        for row in range(GROUP)
    ]
    parameters = [
        ema.RealParameter(names[name], float(v.min()), float(v.max()) + 1e-9)
        for name, v in drawn.items()
    ]
    speeds, found = evaluate(crisis, parameters, quantities(game), scenarios, 1, 2)
    by_future = np.sort(found.reshape(-1, GROUP, len(quantities(game))), axis=1)
    far = float((np.abs(by_future - np.sort(exact, axis=0)) / np.sort(scale, axis=0)).max())
    best, plain = max(ours[1:]), max(numpys[1:])
    print(f"\nfree choice, {GROUP} futures, double precision; futures a second")
    print(f"  standoff, one core: {best:.2f}")
    print(f"  NumPy, {GROUP} at once: {plain:.3f}, ratio {best / plain:.0f}, apart {gap:.1e}")
    for label, speed in speeds.items():
        print(
            f"  EMA Workbench {ema.__version__} with NumPy, {label}: {speed:.3f}, "
            f"ratio {best / speed:.0f}"
        )
    print(f"  its results apart by {far:.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--futures", type=int, default=256)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip-peers", action="store_true")
    parser.add_argument("--skip-command", action="store_true")
    options = parser.parse_args()
    global GAME
    GAME = standoff.compile(standoff.load(SCENARIO))
    if not options.skip_command:
        print(f"import standoff: {import_seconds():.3f} CPU seconds")
        with tempfile.TemporaryDirectory() as cache:
            for label, futures in (
                ("compiling, 16", 16),
                ("cached, 16", 16),
                ("cached", options.futures),
            ):
                wall, cpu, peak = run(futures, 2, Path(cache))
                print(
                    f"{label} futures: {wall:.1f} s, {cpu:.1f} CPU seconds, at most "
                    f"{peak:.2f} GB in one process (2 workers and one parent)"
                )
    seconds: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for _ in range(options.runs):
        for workers, taken in seconds.items():
            taken.append(study_seconds(GAME, options.futures, workers))
            steady, whole = taken[-1]
            print(
                f"{options.futures} futures × {DOCTRINES} doctrines, {workers} worker(s): "
                f"{options.futures / steady:.2f} futures a second once started, "
                f"{options.futures / whole:.2f} from the start; load {os.getloadavg()[0]:.1f}"
            )
    (slow, slow_whole), (fast, fast_whole) = (
        (min(t[0] for t in taken), min(t[1] for t in taken)) for taken in seconds.values()
    )
    print(
        f"  two workers to one: {slow / fast:.2f} once started, "
        f"{slow_whole / fast_whole:.2f} from the start"
    )
    minutes = (fast * MANY / options.futures + fast_whole - fast) / 60
    print(f"  {MANY:,} futures would take two workers {minutes:.0f} minutes")
    if not options.skip_peers:
        peers(GAME, options.runs)


if __name__ == "__main__":
    main()
