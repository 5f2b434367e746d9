"""Speed beside Storm, Gambit and sgamesolver on the same models, in one run, and who agrees.

    python benchmarks/peers.py [--storm PYTHON] [--gambit PYTHON] [--sgamesolver PYTHON]
                               [--seconds N] [--rows N,N,…] [--measured N]

Each peer runs in a process of its own under the interpreter given for it; those that are not given
are left out. All figures are CPU seconds on one thread, medians of up to nine runs; kernels are
compiled and packages imported before. Storm does each row once, and rows are added up. Our room
for values is made beforehand, as for block after block of a study. What the peers can be asked:

- Storm: the quantities of a scenario under fixed policies (those of the nominal future), in many
  futures. Each future is another chain, which is written as UMB, loaded and checked; Storm's
  parametric models are not used. `--measured` rows of the large scenario are measured, the rest
  multiplied out and marked ~.
- Gambit: agent quantal response in trees without hidden information, no two of whose histories
  meet in one of our states; logit equilibrium of random bimatrix games at λ = 2.
- sgamesolver: Markov logit equilibrium at λ = 2 of a game of four periods with two actors, who
  choose at once, and three actions. It is stationary there: its states are (period, state), its
  discount is 1, and what leads beyond the horizon is left out of its transitions.

Sizes double (trees: triple) until a peer needs more than `--seconds`. Ratios are the peer's seconds
to ours: below 1 the peer is faster, and they are marked `peer`.

    python3 -m venv peers && peers/bin/python -m pip install -r requirements-peers.lock
    python3.11 -m venv sgs && sgs/bin/python -m pip install "numpy<2" setuptools wheel cython
    sgs/bin/python -m pip install --no-cache-dir --no-build-isolation "numpy<2" sgamesolver
    python benchmarks/peers.py --storm peers/bin/python --gambit peers/bin/python \\
                               --sgamesolver sgs/bin/python
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

import standoff
from drivers.ask import VERSIONS, Answer, ask_once, peer
from drivers.games import at_once, ladder, unrolled
from standoff.explore import sample
from standoff.export import unroll, write_efg, write_umb
from standoff.game import GROUP, Game, Numbers, allowed_options, fill
from standoff.scenario import FREE_CHOICE, Scenario, loads
from standoff.solver import Backward, Concept, Solution, Workspace, backward, one_thread, workspace
from standoff.solver.backward import Given, Policies

Reals: TypeAlias = NDArray[np.float64]
Built = TypeVar("Built")

RUNS, ENOUGH = 9, 5.0
"""No more runs than this, and none once the runs so far took so many seconds."""
BLOCK = 32
"""Rows that are evaluated at once."""
PRECISION = 2.0
PERIODS, ACTIONS, BRANCHES = 4, 3, 2
"""Of the stochastic games."""
ALONE = 10
"""Turns of the tree that we solve without a peer."""


# --- timing -------------------------------------------------------------------------------------


def timed(work: Callable[..., Built], *given: Any, **named: Any) -> tuple[float, Built]:
    """CPU seconds, and what came of it."""
    start = time.process_time()
    found = work(*given, **named)
    return time.process_time() - start, found


def cpu(work: Callable[..., Built], *given: Any, **named: Any) -> tuple[float, Built]:
    """Median CPU seconds of several runs, and what came of the last."""
    seconds: list[float] = []
    while len(seconds) < RUNS and sum(seconds) < ENOUGH:
        taken, found = timed(work, *given, **named)
        seconds.append(taken)
    return statistics.median(seconds), found


def ratio(theirs: float, ours: float) -> str:
    """How many times as long they take."""
    times = theirs / ours
    digits = f"{times:.2f}" if times < 10 else f"{times:,.0f}"
    return digits + (" peer" if times < 1 else "")


def short(seconds: float) -> str:
    """Seconds in four or so characters."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    return f"{seconds * 1e6:.0f} µs"


def table(rows: list[list[str]]) -> None:
    """Prints columns; the first row is their names."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  " + "  ".join(cells).rstrip())


# --- Storm: fixed policies in many futures ------------------------------------------------------


def storm(python: str, scenario: str, sizes: list[int], measured: int) -> None:
    """The nominal future's policies, evaluated in many futures; `measured` of them by Storm."""
    loaded = standoff.load(scenario)
    compiling, game = cpu(standoff.compile, loaded)
    futures = sample(loaded, max(sizes))
    nominal = {loaded.parameters[0].name: np.full(BLOCK, loaded.parameters[0].value)}
    policies = standoff.solve(game, nominal, keep_policies=True).passed.policies
    rows = []
    ours = {size: evaluate(game, futures, size, policies) for size in sizes}
    theirs: list[tuple[float, float, float]] = []
    farthest = 0.0
    with tempfile.TemporaryDirectory() as folder, peer(python, "storm", 0) as ask:
        path = Path(folder) / "chain.umb"
        for row in range(min(measured, max(sizes))):
            if row % GROUP == 0:
                solution = followed(game, part_of(futures, row, row + GROUP), policies)
            writing, questions = timed(write_umb, solution, path, row=row % GROUP)
            answer = ask({"path": str(path), "ask": [question.ask for question in questions]})
            theirs.append((writing, answer["build"][0], answer["solve"][0]))
            for question, value in zip(questions, answer["values"], strict=True):
                assert question.expected is not None
                farthest = max(farthest, abs(value - question.subtract - question.expected))
    for size in sizes:
        filling, checking = ours[size]
        shares = np.array(theirs[:size]).sum(axis=0) * size / min(size, len(theirs))
        writing, loading, solving = shares.tolist()
        about = "~" if size > len(theirs) else ""
        building = compiling + filling
        rows.append(
            [f"{size:,}", *map(short, (compiling, filling, checking))]
            + [about + short(seconds) for seconds in (writing, loading, solving)]
            + [ratio(writing + loading, building), ratio(loading, building)]
            + [ratio(solving, checking)]
        )
    print(
        f"\nStorm, fixed policies in many futures of {scenario}: {unroll(solution).positions:,} "
        f"positions, {len(questions)} quantities;\n{len(theirs):,} rows measured in Storm, largest "
        f"difference {farthest:.1e}"
    )
    names = ["rows", "compile", "fill", "check", "write", "load", "check"]
    table([[*names, "build ÷", "load ÷", "check ÷"], *rows])


def part_of(futures: Mapping[str, Reals], first: int, last: int) -> dict[str, Reals]:
    """Some rows of the futures."""
    return {name: values[first:last] for name, values in futures.items()}


def laid_down(policies: Policies, groups: int) -> Given:
    """The policies for so many groups of rows."""
    parts = tuple(each and tuple(period[:groups] for period in each) for each in policies)
    return Given(parts, frozenset())


def evaluate(
    game: Game, futures: Mapping[str, Reals], size: int, policies: Policies
) -> tuple[float, float]:
    """Median CPU seconds to fill in the numbers of `size` futures, and to evaluate them."""
    everything = allowed_options(game, None)
    rooms: dict[int, Workspace] = {}
    passes: list[tuple[float, float]] = []
    while len(passes) < RUNS and sum(map(sum, passes)) < ENOUGH:
        filling = checking = 0.0
        for first in range(0, size, BLOCK):
            part = part_of(futures, first, min(first + BLOCK, size))
            seconds, numbers = timed(fill, game, part)
            filling += seconds
            if numbers.groups not in rooms:
                rooms[numbers.groups] = workspace(game, numbers)
            given, room = laid_down(policies, numbers.groups), rooms[numbers.groups]
            seconds, _ = timed(backward, game, numbers, everything, given=given, room=room)
            checking += seconds
        passes.append((filling, checking))
    filled, checked = zip(*passes, strict=True)
    return statistics.median(filled), statistics.median(checked)


def followed(game: Game, futures: Mapping[str, Reals], policies: Policies) -> Solution:
    """What comes of the policies in one group of futures."""
    numbers, everything = fill(game, futures), allowed_options(game, None)
    given = laid_down(policies, numbers.groups)
    passed = backward(game, numbers, everything, given=given, keep=True)
    return Solution(game, FREE_CHOICE, Concept.EQUILIBRIUM, numbers, everything, passed)


# --- Gambit: trees ------------------------------------------------------------------------------


def trees(python: str, seconds: int) -> None:
    """Agent quantal response in trees, ever larger until Gambit takes too long."""
    rows = []
    stopped = False
    for turns in range(2, ALONE + 1):
        if stopped and turns < ALONE:
            continue
        scenario = loads(ladder(turns), "ladder.yaml")
        building, (game, numbers) = cpu(prepared, scenario)
        solving, passed = solve(game, numbers)
        nodes = (3 ** (turns + 1) - 1) // 2
        answer: Answer | str = "not asked"
        farthest = 0.0
        if not stopped:
            with tempfile.TemporaryDirectory() as folder:
                path = str(Path(folder) / "tree.efg")
                assert write_efg(game, numbers, path) == nodes
                answer = ask_once(python, "gambit", seconds, {"path": path, "precision": 1.0})
        if isinstance(answer, str):
            stopped = True
        else:
            ours = shares(game, passed)
            assert len(answer["shares"]) == (nodes - 1) // 3
            farthest = max(
                abs(share - ours[place][action])
                for place, found in answer["shares"].items()
                for action, share in found.items()
            )
        rows.append([f"{nodes:,} nodes", *beside(building, solving, answer, farthest)])
    print("\nGambit, agent quantal response, trees of two actors in turn, three actions, λ = 1")
    table([["size", *BESIDE], *rows])


def prepared(scenario: Scenario) -> tuple[Game, Numbers]:
    """Compiled and filled in."""
    game = standoff.compile(scenario)
    return game, fill(game)


def shares(game: Game, passed: Backward) -> dict[str, dict[str, float]]:
    """For each actor and place: probability of each action."""
    found = {}
    for k, move in enumerate(game.moves):
        (actor,) = move.members
        names = [action.name for action in game.scenario.actors[actor].actions]
        for period, policy in enumerate(passed.policies[k] or ()):
            for state in range(int(move.reached[period])):
                here = slice(int(move.first[state]), int(move.first[state + 1]))
                place = f"period {period + 1}, move {k + 1}: {game.describe(k, state)}"
                found[f"{game.actors[actor]}, {place}"] = {
                    names[action]: float(share)
                    for action, share in zip(move.action[here, 0], policy[0, here, 0], strict=True)
                }
    return found


# --- Gambit: bimatrix games ---------------------------------------------------------------------


def bimatrix(python: str, seconds: int, scale: float) -> None:
    """Logit equilibrium of random games, ever larger until Gambit takes too long."""
    rows = []
    for actions in doubling(5):
        payoff = scale * np.random.default_rng(actions).random((GROUP, 1, 2, actions, actions))
        stay = np.zeros((1, actions, actions, 1), np.int64)
        certain = np.ones(stay.shape)
        building, built = cpu(at_once, payoff[:1], stay, certain, 1, PRECISION)
        solving, passed = solve(*built)
        many, _ = solve(*at_once(payoff, stay, certain, 1, PRECISION))
        answer = asked_with(python, "gambit", seconds, {"payoff": payoff[0, 0]})
        farthest = 0.0
        if not isinstance(answer, str):
            ours = marginals(passed, 1, actions)[0].ravel()
            farthest = float(np.abs(ours - answer["policies"]).max())
        size = [f"{actions}×{actions}", kappa(passed), short(many / GROUP)]
        rows.append([*size, *beside(building, solving, answer, farthest)])
        if isinstance(answer, str):
            break
    print(f"\nGambit, random bimatrix games, payoffs in [0, {scale:g}], λ = {PRECISION:g}")
    table([["size", "κ", f"each of {GROUP}", *BESIDE], *rows])


# --- sgamesolver: stochastic games --------------------------------------------------------------


def stochastic(python: str, seconds: int) -> None:
    """Markov logit equilibrium, ever more states until sgamesolver takes too long."""
    rows = []
    for states in doubling(2):
        rng = np.random.default_rng(states)
        payoff = rng.random((1, states, 2, ACTIONS, ACTIONS))
        to = rng.integers(0, states, (states, ACTIONS, ACTIONS, BRANCHES))
        chance = rng.dirichlet(np.ones(BRANCHES), to.shape[:-1])
        building, built = cpu(at_once, payoff, to, chance, PERIODS, PRECISION)
        solving, passed = solve(*built)
        everywhere = np.tile(payoff[0], (PERIODS, 1, 1, 1))
        job = {"payoff": everywhere, "transition": unrolled(to, chance, PERIODS)}
        answer = asked_with(python, "sgamesolver", seconds, job)
        farthest = 0.0
        if not isinstance(answer, str):
            ours = marginals(passed, states, ACTIONS)
            farthest = float(np.abs(ours - np.array(answer["policies"])).max())
        size = [f"{PERIODS}×{states} states", kappa(passed)]
        rows.append([*size, *beside(building, solving, answer, farthest)])
        if isinstance(answer, str):
            break
    print(
        f"\nsgamesolver, stochastic games of {PERIODS} periods, two actors at once, {ACTIONS} "
        f"actions, payoffs in [0, 1], λ = {PRECISION:g}"
    )
    table([["size", "κ", *BESIDE], *rows])


# --- games of two who choose at once ------------------------------------------------------


def solve(game: Game, numbers: Numbers) -> tuple[float, Backward]:
    """Median CPU seconds of a backward pass, and what it gave, policies kept."""
    everything = allowed_options(game, None)
    seconds, passed = cpu(backward, game, numbers, everything, keep=True)
    assert not passed.lost.any()
    return seconds, passed


def marginals(passed: Backward, states: int, actions: int) -> Reals:
    """The policies of the first row, [period and state, actor, action]."""
    joint = np.concatenate([each[0, :, 0] for each in passed.policies[0] or ()])
    table = joint.reshape(-1, actions, actions)
    assert len(table) % states == 0
    return np.stack([table.sum(axis=2), table.sum(axis=1)], axis=1)


def kappa(passed: Backward) -> str:
    """The largest interaction span in the first row."""
    return f"{max(each[0, :, 0].max() for each in passed.kappas[0] or ()):.2g}"


# --- what both sides took -----------------------------------------------------------------------

BESIDE = ("our build", "our solve", "their build", "their solve", "build ÷", "solve ÷", "apart")


def beside(building: float, solving: float, answer: Answer | str, apart: float) -> list[str]:
    """Cells under `BESIDE`."""
    ours = [short(building), short(solving)]
    if isinstance(answer, str):
        return [*ours, "", answer, "", "", ""]
    return [
        *ours, short(answer["build"]), short(answer["solve"]), ratio(answer["build"], building),
        ratio(answer["solve"], solving), f"{apart:.1e}",
    ]  # fmt: skip


def asked_with(python: str, name: str, seconds: int, tables: dict[str, Reals]) -> Answer | str:
    """A peer's answer about tables, at λ = 2, or why it has none."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "tables.npz")
        np.savez(path, allow_pickle=False, **tables)
        return ask_once(python, name, seconds, {"path": path, "precision": PRECISION})


def doubling(first: int) -> Iterator[int]:
    """first, 2 first, 4 first, …"""
    return (first * 2**k for k in count())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name in ("storm", "gambit", "sgamesolver"):
        parser.add_argument(f"--{name}", metavar="PYTHON", help="the interpreter that has it")
    parser.add_argument("--seconds", type=int, default=60, help="CPU seconds a peer may take")
    parser.add_argument("--rows", default="1,100,1000", help="futures for Storm")
    parser.add_argument("--measured", type=int, default=3, help="of them in the large scenario")
    options = parser.parse_args()
    sizes = [int(size) for size in options.rows.split(",")]
    with one_thread():
        warm_up()
        if options.storm:
            storm(options.storm, "restrained-success", sizes, max(sizes))
            storm(options.storm, "escalation-trap", sizes, options.measured)
        if options.gambit:
            trees(options.gambit, options.seconds)
            bimatrix(options.gambit, options.seconds, 1)
            bimatrix(options.gambit, options.seconds, 10)
        if options.sgamesolver:
            stochastic(options.sgamesolver, options.seconds)
    left = [name for name in ("storm", "gambit", "sgamesolver") if not getattr(options, name)]
    if left:
        print(f"\nleft out, since no interpreter was given: {', '.join(left)}")
    versions = [f"{name}: {release}" for name, release in VERSIONS.items()]
    ours = f"standoff {standoff.__version__}, numpy {np.__version__}, numba {numba.__version__}"
    print("\n" + "; ".join([f"{ours}, Python {platform.python_version()}", *versions]))


def warm_up() -> None:
    """Loads or compiles all kernels that are timed."""
    game, numbers = prepared(standoff.load("restrained-success"))
    _, passed = solve(game, numbers)
    evaluate(game, {}, 1, passed.policies)
    table = np.random.default_rng(0).random((1, 2, 2, 2, 2))
    solve(*at_once(table, np.zeros((2, 2, 2, 1), np.int64), np.ones((2, 2, 2, 1)), 2, 1.0))


if __name__ == "__main__":
    main()
