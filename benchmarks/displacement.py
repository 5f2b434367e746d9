"""What the local walk costs, for each of Flee's instances, beside Flee itself.

    python benchmarks/displacement.py FOLDER [--rows N] [--default] [--many N]

FOLDER has Flee's instances, each a folder. Costs are CPU seconds on one thread, the median of three
for one row, and of many rows side by side; compilation is told apart, as it is done once and kept.
`x Flee` is what Flee 3.2 takes for a single run of the full population, divided by one row here.
Beside the score of the walk stand trivial rules. `--many` ends with so many rows under each of four
doctrines of Ukraine, on two threads.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from standoff.displacement import (
    AS_GIVEN,
    Closure,
    Instance,
    InstanceError,
    Measures,
    ard,
    baselines,
    displace,
    open_instance,
    prepare,
    walk,
    with_rules,
)

FLEE = {
    "burundi2015": 527, "car2013": 2_990, "mali2012": 177, "mali2017_adm1": 5_684,
    "nigeria2016": 4_815, "nigeria2022_adm2": 1_564, "ssudan2013": 1_544, "ssudan2016": 5_008,
    "syria2013": 12_652, "tigray2020": 840, "ukraine2022": 198_983, "venezuela2022": 9_023,
    "flee_ethiopia2020": 88, "cfg_mali2022_2024": 1_328, "cfg_ukraine2022": 377_935,
}  # fmt: skip
"""CPU seconds of Flee 3.2 (djgroen/flee, commit 02cd2cb) at full population, one seed, on a core of
two shared ones: its cost with `hasten` h, measured, times h (Mali 2012 measured without). The first
twelve with FabFlee's validation settings; each folder as FabFlee (99335a0) or Flee has it. Within
30 %."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--default", action="store_true", help="without Flee's defects")
    parser.add_argument("--many", type=int, default=0)
    given = parser.parse_args()
    toy = open_instance("ukraine-2022-small")
    for short in (False, True):
        for rows in ({}, {"softening": [5.0, 10.0]}):
            spent = cost(partial(walk, prepare(with_rules(toy, avoid_short_stints=short)), rows))
            print(
                f"first walk, {'many rows' if rows else 'one row'}"
                f"{', short stints avoided' if short else ''}: {spent:.1f} s, compilation included"
            )
    print(
        f"{'instance':24} {'read, s':>8} {'graph, s':>8} {'row, s':>8} {'rows/s':>8} "
        f"{'x Flee':>10} {'ARD':>6}  {'uniform':>7} {'capac.':>7} {'freeze30':>8}"
    )
    for folder in sorted(given.folder.iterdir()):
        if folder.is_dir():
            line(folder, given.rows, not given.default)
    if given.many:
        many(open_instance(given.folder / "ukraine2022"), given.many)


def line(folder: Path, count: int, as_flee: bool) -> None:
    """Measures one instance and prints its line."""
    try:
        instance = open_instance(folder)
    except InstanceError as error:
        print(f"{folder.name:24} {len(error.mistakes)} mistakes")
        return
    if not instance.camps or instance.records is None:
        return
    reading = cost(partial(open_instance, folder))
    finding = cost(partial(prepare, instance, as_flee))
    prepared = prepare(instance, as_flee)
    flow = walk(prepared, keep=instance.camps)
    one = statistics.median(cost(partial(walk, prepared)) for _ in range(3))
    rows = {"softening": np.linspace(5, 50, count if one < 2 else 16)}
    side_by_side = cost(partial(walk, prepared, rows, keep=instance.camps))
    score = ard(flow.people, instance.recorded())[0]
    trivial = {
        name: ard(split[None], instance.recorded())[0]
        for name, split in baselines(instance).items()
    }
    flee = FLEE.get(folder.name)
    print(
        f"{folder.name:24} {reading:8.2f} {finding:8.2f} {one:8.3f} "
        f"{len(rows['softening']) / side_by_side:8.1f} "
        f"{f'{flee / one:,.0f}' if flee else '-':>10} {score:6.3f}  {trivial['uniform']:7.3f} "
        f"{trivial['capacity']:7.3f} {trivial.get('freeze 30', np.nan):8.3f}",
        flush=True,
    )


def many(instance: Instance, count: int) -> None:
    """So many rows with six settings varied, under each of four doctrines, on two threads."""
    camps = instance.camps
    largest = max((instance.locations[camp] for camp in camps), key=lambda camp: camp.capacity)
    doctrines = (
        Measures(AS_GIVEN),
        Measures("closed-moldova", closures=(Closure("country", "Ukraine", "Moldova", 7, -1),)),
        Measures("closed-hungary", closures=(Closure("country", "Ukraine", "Hungary", 7, -1),)),
        Measures("half-room", capacity=((largest.name, largest.capacity // 2),)),
    )
    draw = np.random.default_rng(0)
    ranges = {
        "distance_power": (0.5, 1.5), "softening": (5, 50), "conflict_weight": (0.1, 0.5),
        "camp_weight": (1, 3), "default_movechance": (0.2, 1), "capacity_scaling": (0.8, 1.5),
    }  # fmt: skip
    rows = {name: draw.uniform(low, high, count) for name, (low, high) in ranges.items()}
    start, begun = time.perf_counter(), time.process_time()
    found = displace(
        replace(instance, doctrines=doctrines), rows, [measures.name for measures in doctrines],
        rule="local walk", keep=camps, workers=2,
    )  # fmt: skip
    elapsed, spent = time.perf_counter() - start, time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{instance.name}: {count} rows x {len(doctrines)} doctrines, six settings varied: "
        f"{elapsed:.0f} s, {spent:.0f} CPU s, {found.sizes['row'] / spent:.0f} rows a CPU s, "
        f"at most {peak:,.0f} MiB"
    )
    scores = ard(found["people"].to_numpy()[:count], instance.recorded())
    print(f"rescaled ARD as given: {np.quantile(scores, [0, 0.5, 1]).round(3).tolist()}")


def cost(call: Callable[[], object]) -> float:
    """The CPU seconds of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


if __name__ == "__main__":
    main()
