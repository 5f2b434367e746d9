"""Hidden types: the error of the belief grid against the exact tree, and what finer grids cost.

    python benchmarks/hidden.py [--trap [--verdicts]]

The chain store of three markets at rationality 20 (Kreps & Wilson 1982) and a ladder of four rungs
with resolve unknown on both sides (after Powell 1990) stand beside the equilibria of their trees,
found by following them from λ = 0 in the same run; then the processor time
by points a side, by number of futures, which are solved sixteen at a time, and by number of types.
`--trap` solves `escalation-trap` with beliefs, 32 futures under five doctrines, one process for
each sixteen futures, as `standoff run` does; which takes a while. `--trap --verdicts` takes longer:
it solves sixteen futures with credibility a count, a belief about one side, and beliefs about both,
on coarse and fine grids, and prints what that does to every claim that these doctrines settle.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

import standoff
from standoff.claims import judge_claims
from standoff.explore import sample, solve_futures
from standoff.extensive import logit_branch, unfold
from standoff.game import Game, fill
from standoff.scenario import Scenario, loads, variant
from standoff.solver import one_thread, solve_doctrines

TRAP = ("free-choice", "non-intervention", "sanctions-and-arms", "protected-intervention",
        "unspoken-intervention")  # fmt: skip

LADDER = """
standoff: 1
name: ladder
title: Two who climb in turn, each with its own dread of the fall
time: {period: round, periods: 2}
parameters: {precision: {value: 10, range: [1, 50], why: rationality, basis: assumed}}
variables: {rung: {levels: 4}, end: {ladder: [open, first yields, second yields, disaster]}}
order: [first, second]
ends: end > open or rung == 4
actors:
  first:
    types: {tough: 0.3, soft: 0.7}
    rationality: precision
    final: (end == second_yields) - (0.5 if tough else 3) * (end == disaster)
    actions:
      escalate: {set: {rung: rung + 1}, chance: [{p: 0.1 * (rung + 1), set: {end: disaster}}]}
      quit: {set: {end: first_yields}}
  second:
    types: {tough: 0.3, soft: 0.7}
    rationality: precision
    final: (end == first_yields or end == open) - (0.5 if tough else 3) * (end == disaster)
    actions:
      escalate: {set: {rung: rung + 1}, chance: [{p: 0.1 * (rung + 1), set: {end: disaster}}]}
      quit: {set: {end: second_yields}}
"""
"""Hazards of 0.1 to 0.4, a prize of 1, and disaster 0.5 to the tough, 3 to the soft."""


def spent(
    game: Game,
    futures: Mapping[str, NDArray[np.float64]],
    doctrines: tuple[str, ...],
    points: int,
    *,
    keep: bool,
) -> float:
    """Processor seconds of solving."""
    numbers = fill(game, futures, np.float32)
    start = time.process_time()
    with one_thread():
        for solution in solve_doctrines(game, numbers, doctrines, keep=keep, points=points):
            if keep:
                assert solution.course.beliefs is not None
    return time.process_time() - start


def accuracy(scenario: Scenario) -> None:
    """Prints values at the start by points a side, beside those of the tree."""
    sharp = {"rationality": 20.0}
    form = unfold(scenario, sharp)
    start = time.process_time()
    exact = logit_branch(form)
    seconds = time.process_time() - start
    print(f"{scenario.name}, tree of {len(form.sets)} information sets: {seconds:.2f} s")
    game = standoff.compile(scenario)
    for points in (21, 41, 81, 101, 401, 1001):
        solution = standoff.solve(game, sharp, points=points)
        off = [
            abs(float(solution.value[0, k]) - exact.values[actor])
            for k, actor in enumerate(game.actors)
        ]
        print(f"{points:6d} points a side: values off by at most {max(off):.2e}")


def at_first(
    game: Game,
    rows: Mapping[str, float],
    points: int,
    asked: tuple[tuple[str, str, int, int], ...],
) -> list[float]:
    """Probabilities in the first period, at the priors: (actor, action, its type, state)."""
    solution = standoff.solve(game, rows, points=points, keep_policies=True)
    assert solution.learned is not None
    corners, shares = solution.learned.ground.beliefs.start(np.float64)
    found = []
    for actor, action, kind, state in asked:
        names = [a.name for a in next(a for a in game.scenario.actors if a.name == actor).actions]
        policy = solution.policy_by_type(actor)[:, kind, state, names.index(action), 0]
        found.append(float(policy[corners[:, 0, 0]] @ shares[:, 0, 0]))
    return found


def policies(scenario: Scenario) -> None:
    """Prints what is done first in the chain store and on the ladder, by points a side."""
    rows = {"rationality": 20.0, "pride": 30.0}
    game, exact = standoff.compile(scenario), logit_branch(unfold(scenario, rows))
    labels = scenario.variables[0].labels
    move = next(k for k, m in enumerate(game.moves) if m.name == "incumbent")
    entered = int(np.flatnonzero(game.moves[move].states[:, 0] == labels.index("entered"))[0])
    asked = (("incumbent", "fight", 1, entered),)
    weak = exact.policy("incumbent (weak), period 1: enter")["fight"]
    print(f"chain store, λ = 20: the weak fight at first with {weak:.6f}")
    for points in (21, 101, 1001):
        (fights,) = at_first(game, rows, points, asked)
        print(f"{points:6d} points a side: {fights:.6f}, off by {abs(fights - weak):.1e}")
    ladder = loads(LADDER)
    game = standoff.compile(ladder)
    climbs = tuple(("first", "escalate", kind, 0) for kind in (0, 1))
    for precision in (5.0, 10.0, 30.0):
        rows = {"precision": precision}
        exact = logit_branch(unfold(ladder, rows))
        tree = [
            exact.policy(f"first ({kind}), period 1: start")["escalate"]
            for kind in ("tough", "soft")
        ]
        print(f"ladder, λ = {precision:g}: the first climbs with {tree[0]:.6f}, {tree[1]:.6f}")
        for points in (11, 41, 101):
            start = time.process_time()
            found = at_first(game, rows, points, climbs)
            seconds = time.process_time() - start
            off = max(abs(a - b) for a, b in zip(found, tree, strict=True))
            print(f"{points:6d} points a side: {found[0]:.6f}, {found[1]:.6f}, off by {off:.1e}; "
                  f"{seconds:.2f} s")  # fmt: skip


def with_types(count: int) -> str:
    """A crisis of nine states in which one side has so many types."""
    types = ", ".join(f"kind {k}: {1 / count}" for k in range(count))
    worth = " + ".join(f"{k} * type(red, kind_{k})" for k in range(count))
    return f"""
standoff: 1
name: kinds
title: One side of {count} types
time: {{period: turn, periods: 6}}
variables: {{rung: {{levels: 8}}}}
order: [red, blue]
actors:
  red:
    rationality: 2
    types: {{{types}}}
    final: rung * (1 + {worth}) / 4
    actions: {{hold: {{}}, climb: {{when: rung < 8, cost: 1, set: {{rung: rung + 1}}}}}}
  blue:
    rationality: 2
    final: -rung * (2 - ({worth}) / 4)
    actions: {{hold: {{}}, push: {{when: rung > 0, cost: 1, set: {{rung: rung - 1}}}}}}
outcomes: {{top: {{ever: rung == 8}}}}
"""


def _half(part: int) -> float:
    """Processor seconds of sixteen futures of the typed trap, with all that a study keeps."""
    trap = variant(standoff.load("escalation-trap"), {"credibility": "one-sided"})
    futures = {name: row[16 * part :][:16] for name, row in sample(trap, 32, 0).items()}
    return spent(standoff.compile(trap), futures, TRAP, 21, keep=True)


SOLVED = (("two-sided", 21), ("one-sided", 81), ("two-sided", 11), ("one-sided", 41),
          ("one-sided", 21), ("counted", 21))  # fmt: skip
"""How credibility is written down, and points a side; those that take longest first."""


@dataclass(frozen=True)
class Judged:
    """What the claims come to in sixteen futures."""

    seconds: float
    """Processor seconds of the equilibria."""
    holds: dict[str, NDArray[np.bool_]]
    margin: dict[str, NDArray[np.float64]]


def _judged(option: str, points: int) -> Judged:
    """Sixteen futures under an option, with the numbers of `two-sided` where it shares them."""
    told = {name: variant(standoff.load("escalation-trap"), {"credibility": name})
            for name in (option, "two-sided")}  # fmt: skip
    trap, common = told[option], sample(told["two-sided"], 32, 0)
    futures = {name: common.get(name, row)[:16] for name, row in sample(trap, 32, 0).items()}
    game = standoff.compile(trap)
    start = time.process_time()
    results = solve_futures(game, futures, TRAP, precision="single", points=points)
    seconds = time.process_time() - start
    truths = judge_claims(trap, results, futures, "single")
    return Judged(
        seconds,
        {name: one.verdict > 0 for name, one in truths.items()},
        {name: np.asarray(one.margin, float) for name, one in truths.items()},
    )


def verdicts() -> None:
    """Prints what options and grids do to the claims that the five doctrines settle."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        judged = list(pool.map(_judged, *zip(*SOLVED, strict=True)))
    found = dict(zip(SOLVED, judged, strict=True))
    for (option, points), one in found.items():
        print(f"{option}, {points} points a side: {one.seconds:.0f} CPU-s")
    for claim in found["counted", 21].holds:
        print(claim)
        for (option, points), one in sorted(found.items()):
            finest = found[option, max(p for o, p in SOLVED if o == option)]
            others = (one.holds[claim] != finest.holds[claim]).sum()
            away = np.nanmax(np.abs(one.margin[claim] - finest.margin[claim]))
            turned = (one.holds[claim] != found["counted", 21].holds[claim]).sum()
            print(
                f"  {option:9s} {points:2d}: holds in {one.holds[claim].sum():2d} of 16; against "
                f"the finest grid {others} others, margins off by up to {away:.2g}; against "
                f"counted {turned} others"
            )


def main() -> None:
    """Prints accuracy and costs."""
    three = variant(standoff.load("chain-store"), {"markets": "three"})
    accuracy(three)
    policies(three)
    game = standoff.compile(three)
    futures = sample(three, 16, 0)
    spent(game, futures, ("free-choice",), 21, keep=False)  # compiles
    for points in (21, 41, 81, 161):
        seconds = spent(game, futures, ("free-choice",), points, keep=False)
        print(f"chain store, {points:4d} points a side, 16 futures: {seconds * 1e3:8.2f} ms")
    for rows in (1, 16, 64, 256):
        seconds = spent(game, sample(three, rows, 0), ("free-choice",), 21, keep=False)
        print(f"chain store, 21 points a side, {rows:3d} futures: {seconds * 1e3:8.2f} ms")
    for count in (2, 3, 4):
        game = standoff.compile(loads(with_types(count)))
        seconds = spent(game, {}, ("free-choice",), 21, keep=False)
        print(f"{count} types, 21 points a side (11 from three types on): {seconds * 1e3:8.1f} ms")
    if "--trap" not in sys.argv:
        return
    if "--verdicts" in sys.argv:
        verdicts()
        return
    start = time.perf_counter()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        parts = list(pool.map(_half, (0, 1)))
    wall = time.perf_counter() - start
    print(
        f"escalation-trap, one-sided, 32 futures × {len(TRAP)} doctrines, 21 points a side: "
        f"{sum(parts):.0f} CPU-s, {wall / 60:.1f} min on two cores"
    )


if __name__ == "__main__":
    main()
