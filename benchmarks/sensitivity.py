"""Sobol' indices with intervals for many outputs, beside SALib and scipy, in one run.

    python benchmarks/sensitivity.py [--salib PYTHON] [--measured N] [--points N] [--factors N]
                                     [--outputs N] [--resamples N]

The outputs are G functions (Sobol' 1998) with random coefficients, so the truth is known. All get
the same numbers: ours all outputs at once, SALib (`sobol.analyze`, in an environment of its own,
on one process) and scipy (`sobol_indices`) output by output. scipy without intervals: its
`bootstrap` leaves out each point in turn besides, which takes minutes for one output of this size.
`--measured` outputs of each are measured, the rest multiplied out and marked ~. CPU seconds, each
in a process of its own on one thread, after one warm-up on few points; and how much more memory our
process had at its peak than before, with the outputs loaded.

    python3 -m venv salib && salib/bin/python -m pip install SALib
    python benchmarks/sensitivity.py --salib salib/bin/python --measured 100
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Answer: TypeAlias = dict[str, Any]


def g_functions(unit: Array, outputs: int) -> tuple[Array, Array, Array]:
    """Outputs [row, output], and their first and total indices [factor, output]."""
    coefficients = np.random.default_rng(0).uniform(0, 9, (outputs, unit.shape[1]))
    values = np.empty((len(unit), outputs))
    for k, a in enumerate(coefficients):
        values[:, k] = np.prod((np.abs(4 * unit - 2) + a) / (1 + a), axis=1)
    alone = 1 / (3 * (1 + coefficients.T) ** 2)
    whole = np.prod(1 + alone, axis=0) - 1
    return values, alone / whole, alone * (1 + whole) / (1 + alone) / whole


# --- each in a process of its own ---------------------------------------------------------------


def ours(values: Array, factors: int, resamples: int) -> tuple[Array, Array, str]:
    import standoff
    from standoff.sensitivity import sobol

    found = sobol(values, factors, resamples=resamples)
    return found.first, found.total, f"standoff {standoff.__version__}"


def salib(values: Array, factors: int, resamples: int) -> tuple[Array, Array, str]:
    from importlib.metadata import version

    from SALib.analyze import sobol

    names = [f"x{k}" for k in range(factors)]
    problem = {"num_vars": factors, "names": names, "bounds": [[0, 1]] * factors}
    blocks = values.reshape(factors + 2, -1, values.shape[1])
    order = [0, *range(2, factors + 2), 1]
    by_point = np.ascontiguousarray(blocks[order].transpose(2, 1, 0)).reshape(values.shape[1], -1)
    answers = [
        sobol.analyze(problem, row, calc_second_order=False, num_resamples=resamples, seed=1)
        for row in by_point
    ]
    first, total = (np.stack([answer[name] for answer in answers], axis=1) for name in ("S1", "ST"))
    return first, total, f"SALib {version('SALib')}"


def scipy(values: Array, factors: int, _resamples: int) -> tuple[Array, Array, str]:
    import scipy
    from scipy.stats import sobol_indices

    blocks = values.reshape(factors + 2, -1, values.shape[1])
    first, total = np.empty((2, factors, values.shape[1]))
    for k in range(values.shape[1]):
        here = np.ascontiguousarray(blocks[:, :, k])
        given: Any = {"f_A": here[:1], "f_B": here[1:2], "f_AB": here[2:, None]}
        found = sobol_indices(func=given, n=here.shape[1])
        first[:, k], total[:, k] = np.ravel(found.first_order), np.ravel(found.total_order)
    return first, total, f"scipy {scipy.__version__}, without intervals"


PROGRAMS = {"ours": ours, "salib": salib, "scipy": scipy}


def work(program: str, folder: str, factors: int, resamples: int, measured: int) -> None:
    """Writes the indices, prints seconds, memory in GB, and the version."""
    values = np.load(Path(folder) / "values.npy")[:, :measured]
    few = np.random.default_rng(0).random((64 * (factors + 2), 2))
    PROGRAMS[program](few, factors, 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    first, total, version = PROGRAMS[program](values, factors, resamples)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    np.save(Path(folder) / f"{program}.npy", np.stack([first, total]))
    print(json.dumps({"seconds": seconds, "more": (peak - before) / 1e6, "version": version}))


def asked(python: str, program: str, folder: str, measured: int, given: list[int]) -> Answer:
    """What a program of its own says."""
    alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [python, __file__, "--work", program, folder, *map(str, [*given, measured])]
    said = subprocess.run(
        command, env=os.environ | alone, check=True, stdout=subprocess.PIPE, text=True
    )
    answer: Answer = json.loads(said.stdout.splitlines()[-1])
    answer["indices"] = np.load(Path(folder) / f"{program}.npy")
    return answer


# --- the comparison -----------------------------------------------------------------------------


def main() -> None:
    if sys.argv[1:2] == ["--work"]:
        program, folder, *numbers = sys.argv[2:]
        work(program, folder, *map(int, numbers))
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--salib", metavar="PYTHON")
    parser.add_argument("--measured", type=int, default=3)
    parser.add_argument("--points", type=int, default=2**14)
    parser.add_argument("--factors", type=int, default=15)
    parser.add_argument("--outputs", type=int, default=100)
    parser.add_argument("--resamples", type=int, default=100)
    options = parser.parse_args()
    from standoff.sensitivity import sobol_design

    start = time.process_time()
    unit = sobol_design(options.factors, options.points)
    designing = time.process_time() - start
    values, first, total = g_functions(unit, options.outputs)
    truth = np.stack([first, total])
    print(
        f"{options.points:,} points, {options.factors} factors, {len(unit):,} rows (designed in "
        f"{designing:.2f} s), {options.outputs} outputs, {options.resamples} resamples"
    )
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "values.npy", values)
        given = [options.factors, options.resamples]
        here = asked(sys.executable, "ours", folder, options.outputs, given)
        error = np.abs(here["indices"] - truth).max()
        print(
            f"  {here['version']}: {here['seconds']:.2f} s for all; largest error {error:.4f}; "
            f"{here['more']:.2f} GB more memory"
        )
        measured = min(options.measured, options.outputs)
        peers = [(sys.executable, "scipy")] + [(options.salib, "salib")] * bool(options.salib)
        for python, program in peers:
            answer = asked(python, program, folder, measured, given)
            whole = answer["seconds"] * options.outputs / measured
            about = "~" if measured < options.outputs else ""
            apart = np.abs(answer["indices"] - here["indices"][..., :measured]).max()
            error = np.abs(answer["indices"] - truth[..., :measured]).max()
            print(
                f"  {answer['version']}: {answer['seconds']:.2f} s for {measured}, {about}"
                f"{whole:.3g} s for all, {about}{whole / here['seconds']:.3g} times ours; largest "
                f"error {error:.4f}, largest difference from ours {apart:.1e}"
            )


if __name__ == "__main__":
    main()
