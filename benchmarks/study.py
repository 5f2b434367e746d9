"""The main job: `standoff run escalation-trap` as a user calls it, in a fresh process each time.

    python benchmarks/study.py [--futures N] [--workers N]

Prints seconds and memory with kernels to be compiled (an empty cache) and with kernels cached, and
what `import standoff` costs.
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


def run(futures: int, workers: int, cache: Path) -> tuple[float, float, float]:
    """Wall-clock seconds, CPU seconds, and the peak of any one process in GB."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "standoff", "run", "escalation-trap", "--out", out]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--futures", type=int, default=256)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(f"import standoff: {import_seconds():.3f} CPU seconds")
    with tempfile.TemporaryDirectory() as cache:
        for label, futures in (
            ("compiling, 16", 16),
            ("cached, 16", 16),
            ("cached", options.futures),
        ):
            wall, cpu, peak = run(futures, options.workers, Path(cache))
            print(
                f"{label} futures: {wall:.1f} s, {cpu:.1f} CPU seconds, at most "
                f"{peak:.2f} GB in one process ({options.workers} workers and one parent)"
            )


if __name__ == "__main__":
    main()
