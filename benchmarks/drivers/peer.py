"""One peer, run by the interpreter of its own environment: answers questions with CPU seconds.

    PYTHON benchmarks/drivers/peer.py storm|gambit|sgamesolver

Says its version in a line, then answers each line of JSON on standard input with one on standard
output. Every answer has `build` and `solve`, lists of CPU seconds of repeated runs: nine, or fewer
where they take long; of Storm one, since it is asked about many models.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeAlias

RUNS, ENOUGH = 9, 5.0
"""No more runs than this, and none once the runs so far took so many seconds."""

Answer: TypeAlias = dict[str, Any]
Job: TypeAlias = dict[str, Any]


def timed(
    build: Callable[[], Any], solve: Callable[[Any], Any], runs: int = RUNS
) -> tuple[Answer, Any]:
    """CPU seconds of building and solving, repeated; what was found last."""
    seconds: dict[str, list[float]] = {"build": [], "solve": []}
    begun = time.process_time()
    while True:
        start = time.process_time()
        built = build()
        middle = time.process_time()
        found = solve(built)
        end = time.process_time()
        seconds["build"].append(middle - start)
        seconds["solve"].append(end - middle)
        if len(seconds["build"]) == runs or end - begun > ENOUGH:
            return dict(seconds), found


def storm() -> Callable[[Job], Answer]:
    """`path` of a UMB file and the properties to `ask`, once; `values` in the same order.

    Storm's defaults: a chain without loops is solved in one sweep, to rounding.
    """
    import stormpy

    def check(model: Any, asked: list[str]) -> list[float]:
        results = (stormpy.model_checking(model, stormpy.parse_property(ask))[0] for ask in asked)
        return [float(result.value) for result in results]

    def answer(job: Job) -> Answer:
        seconds, values = timed(
            lambda: stormpy.build_model_from_umb(job["path"]),
            lambda model: check(model, job["ask"]),
            runs=1,
        )
        return {**seconds, "values": values}

    return answer


def gambit() -> Callable[[Job], Answer]:
    """The logit equilibrium at `precision`: of a tree, the `path` of an `.efg` file, the agent
    equilibrium, `shares` by player and place; of a bimatrix game, `path` of an `.npz`, `policies`.
    `reached` is the λ at which Gambit stopped.
    """
    import numpy as np
    import pygambit

    trace = pygambit.qre.logit_solve_lambda

    def tree(job: Job) -> Answer:
        def solve(game: Any) -> Any:
            return game, trace(game, [job["precision"]])[0]

        seconds, (game, found) = timed(lambda: pygambit.read_efg(job["path"]), solve)
        # `found.profile` raises in 16.7; the probabilities can be had one by one.
        each = iter([float(found[k]) for k in range(len(found))])
        shares = {
            f"{player.label}, {place.label.partition(': ')[2]}": {
                action.label: next(each) for action in place.actions
            }
            for player in game.players
            for place in player.infosets
        }
        return {**seconds, "shares": shares, "reached": found.lam}

    def bimatrix(job: Job) -> Answer:
        first, second = np.load(job["path"])["payoff"]
        seconds, found = timed(
            lambda: pygambit.Game.from_arrays(first, second),
            lambda game: trace(game, [job["precision"]])[0],
        )
        policies = [float(found[k]) for k in range(len(found))]
        return {**seconds, "policies": policies, "reached": found.lam}

    return lambda job: tree(job) if job["path"].endswith(".efg") else bimatrix(job)


def sgamesolver() -> Callable[[Job], Answer]:
    """The stationary logit equilibrium at `precision` of a stochastic game, `path` of an `.npz`
    with `payoff` and `transition`; `policies` [state, actor, action].
    """
    import numpy as np
    from sgamesolver import SGame, homotopy

    def solve(game: Any, precision: float) -> Any:
        follow = homotopy.QRE(game)
        follow.solver_setup(target_lambda=precision)
        follow.solver.verbose = 0
        found = follow.solver.start()
        return follow.y_to_sigma_V_t(found["y"])

    def answer(job: Job) -> Answer:
        tables = np.load(job["path"])
        payoff, transition = list(tables["payoff"]), list(tables["transition"])
        seconds, (policies, _, reached) = timed(
            lambda: SGame(payoff, transition, 1.0), lambda game: solve(game, job["precision"])
        )
        return {**seconds, "policies": policies.tolist(), "reached": float(reached)}

    return answer


PEERS = {
    "storm": ("stormpy", storm),
    "gambit": ("pygambit", gambit),
    "sgamesolver": ("sgamesolver", sgamesolver),
}


def main() -> None:
    package, prepare = PEERS[sys.argv[1]]
    # What the peers print themselves goes elsewhere.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answer = prepare()
    release = f"{package} {version(package)}, Python {sys.version.split()[0]}"
    print(json.dumps({"version": release}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
