"""Flows of people a second, for each of Flee's instances, with how near they are to the records.

    python benchmarks/displacement.py FOLDER [--rows N] [--default]

FOLDER has Flee's instances, each a folder. Costs are CPU seconds on one thread, the median of five
for one row, and of many rows side by side; compilation and reading are left out. Flee itself takes
5 to 70 microseconds a person and day, so its cost at full population is estimated from the people
and days of the instance at 10 microseconds. Beside the score of the walk stand trivial rules.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from standoff.displacement import InstanceError, ard, baselines, open_instance, prepare, walk

FLEE = 10e-6
"""CPU seconds that Flee takes for a person and a day: a typical figure of 5.5 to 69 measured."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--default", action="store_true", help="without Flee's defects")
    given = parser.parse_args()
    print(
        f"{'instance':24} {'row, s':>8} {'rows/s':>8} {'x Flee':>10} {'ARD':>6}  "
        f"{'uniform':>7} {'capac.':>7} {'freeze30':>8}"
    )
    for folder in sorted(given.folder.iterdir()):
        if not folder.is_dir():
            continue
        try:
            instance = open_instance(folder)
        except InstanceError as error:
            print(f"{folder.name:24} {len(error.mistakes)} mistakes")
            continue
        if not instance.camps or instance.records is None:
            continue
        prepared = prepare(instance, as_flee=not given.default)
        flow = walk(prepared)
        one = statistics.median(cost(partial(walk, prepared)) for _ in range(5))
        rows = {"softening": np.linspace(5, 50, given.rows)}
        many = cost(partial(walk, prepared, rows, keep=instance.camps))
        people = flow.people.sum() + flow.travelling.sum()
        score = ard(flow.people[:, :, list(instance.camps)], instance.recorded())[0]
        trivial = {
            name: ard(split[None], instance.recorded())[0]
            for name, split in baselines(instance).items()
        }
        print(
            f"{instance.name:24} {one:8.3f} {given.rows / many:8.1f} {people * FLEE / one:10,.0f} "
            f"{score:6.3f}  {trivial['uniform']:7.3f} {trivial['capacity']:7.3f} "
            f"{trivial.get('freeze 30', np.nan):8.3f}",
            flush=True,
        )


def cost(call: Callable[[], object]) -> float:
    """The CPU seconds of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


if __name__ == "__main__":
    main()
