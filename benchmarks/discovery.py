"""Scenario discovery beside the EMA Workbench: the same futures, the same boxes, in one run.

    python benchmarks/discovery.py [--ema PYTHON] [--runs N]

Both search 10,000 and 100,000 futures of 15 factors in which a box of three holds 85 % cases and
the rest 10 %, at the defaults of both (α = 0.05, mass at least 0.05): peeling, pasting and quasi-p
values. Ours are those of the last box, theirs those of all, which `find_box` cannot leave out. The
EMA Workbench runs under the interpreter that is given (this one if left out), in a process of its
own. Then, ours alone, `discover` on 10,000 × 15 with 50 random halves, 50 permutations and
cross-validation, without and with the tree and the regression. CPU seconds on one thread, medians;
kernels are compiled and packages imported before. Needs, under that interpreter, the dependency
group `benchmarks`.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Table: TypeAlias = dict[str, NDArray[np.float64]]
Answer: TypeAlias = dict[str, Any]

SIZES = (10_000, 100_000)
FACTORS = 15


def futures(count: int) -> tuple[Table, NDArray[np.bool_]]:
    """Factors, of which three matter, and cases."""
    rng = np.random.default_rng(count)
    table = {f"x{k}": rng.random(count) for k in range(FACTORS)}
    inside = (table["x0"] < 0.6) & (table["x1"] > 0.4) & (table["x2"] > 0.3)
    return table, rng.random(count) < np.where(inside, 0.85, 0.1)


def cpu(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Median CPU seconds of some runs, and what came of the last."""
    seconds = []
    for _ in range(runs):
        begun = time.process_time()
        found = work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds), found


def theirs(count: int, runs: int) -> Answer:
    """What the EMA Workbench needs, and the futures and cases in each of its boxes."""
    import ema_workbench
    import pandas as pd  # type: ignore[import-untyped]
    from ema_workbench.analysis.prim import Prim

    logging.getLogger("EMA").setLevel(logging.ERROR)
    table, cases = futures(count)
    frame = pd.DataFrame(table)
    # The threshold decides only whether the last box is kept.
    seconds, box = cpu(lambda: Prim(frame, cases, threshold=0.1).find_box(), runs)
    path = box.peeling_trajectory
    boxes = [[int(n), int(k)] for n, k in zip(path["n"], path["k"], strict=True)]
    return {"version": ema_workbench.__version__, "seconds": seconds, "boxes": boxes}


def ours(count: int, runs: int) -> Answer:
    """What we need, and the same of ours."""
    from standoff.discovery import limits, prim

    table, cases = futures(count)

    def find() -> Any:
        curve = prim(table, cases)
        return curve, limits(curve.box(-1), table, cases)

    find()
    seconds, (curve, _) = cpu(find, runs)
    boxes = np.stack([curve.inside, curve.hits], axis=1).tolist()
    return {"seconds": seconds, "boxes": boxes}


def ask(python: str, count: int, runs: int) -> Answer:
    """The EMA Workbench's answer, from a process of its own."""
    alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    said = subprocess.run(
        [python, "-W", "ignore", __file__, "--answer", str(count), "--runs", str(runs)],
        capture_output=True, text=True, env=os.environ | alone,
    )  # fmt: skip
    if said.returncode:
        sys.exit(f"{python} gave no answer; has it the group 'benchmarks'?\n{said.stderr[-500:]}")
    answer: Answer = json.loads(said.stdout.splitlines()[-1])
    return answer


def compare(python: str, runs: int) -> None:
    """The search of both, side by side."""
    for count in SIZES:
        own = ours(count, runs)
        other = ask(python, count, max(1, runs // 2))
        if count == SIZES[0]:
            print(f"Python {platform.python_version()}, EMA Workbench {other['version']}")
            print("  futures    ours s     EMA s   ratio   boxes   the same")
        same = "yes" if own["boxes"] == other["boxes"] else "NO"
        print(
            f"  {count:7,}  {own['seconds']:8.3f}  {other['seconds']:8.2f}"
            f"  {other['seconds'] / own['seconds']:6.0f}  {len(own['boxes']):6}   {same}"
        )


def on_trial(runs: int) -> None:
    """A discovery with all its trials."""
    from standoff.discovery import Trials, discover

    table, cases = futures(SIZES[0])
    trials = Trials(permutations=50, resamples=50)
    for beside in (False, True):

        def work(beside: bool = beside) -> Any:
            return discover(table, cases, trials=trials, beside=beside)

        work()
        seconds, found = cpu(work, runs)
        print(
            f"discover, {SIZES[0]:,} × {FACTORS}, 50 halves, 50 permutations"
            f"{', tree and regression' if beside else ''}: {seconds:.2f} s "
            f"({'trusted' if found.trusted else 'not trusted'}: {found.box})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--ema", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--answer", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        print(json.dumps(theirs(options.answer, options.runs)))
        return
    compare(options.ema, options.runs)
    on_trial(max(1, options.runs // 2))


if __name__ == "__main__":
    main()
