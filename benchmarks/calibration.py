"""How near the choice of destinations comes to records: by default, fitted, and beside others.

    python benchmarks/calibration.py FOLDER [--days 30] [--flee] [--leave-one-out]

FOLDER has Flee's instances, each a folder. Scores are rescaled averaged relative differences, 0 to
2. First over all days: Flee's rule with Flee's defects, and the choice of destinations, each with
the settings of the instance and with plain ones. Then over the days after those fitted: both, the
fitted settings, the median of the forecast; its continuous ranked probability score, on the same
scale; how often its 50, 80 and 90 % intervals hold; and of trivial rules, which are told the
total of each day, the nearest in hindsight and two others. `--leave-one-out` chooses the defaults
of the rule, and what is assumed before a fit, for each instance by all the others.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standoff.displacement import (
    Assumed,
    Instance,
    InstanceError,
    Rules,
    ard,
    baselines,
    calibrate,
    choose,
    coverage,
    crps,
    forecast,
    open_instance,
    prepare,
    walk,
    with_rules,
)

LEVELS = (0.5, 0.8, 0.9)
MOVEMENT = (
    "max_move_speed", "softening", "distance_power", "default_movechance", "capacity_scaling",
    "avoid_short_stints", "awareness_level",
)  # fmt: skip
DEFAULTS = tuple(product((0.25, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0), (0.0, 0.15, 0.3, 0.5, 0.75, 1.0)))
ASSUMED = tuple(product((0.25, 0.5, 1.0), (0.5, 1.0), (30.0, 90.0), (0.05, 0.1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--only", nargs="*", help="the names of instances")
    parser.add_argument("--flee", action="store_true", help="with Flee's rule, which takes longer")
    parser.add_argument("--leave-one-out", action="store_true")
    given = parser.parse_args()
    instances = []
    for folder in sorted(given.folder.iterdir()):
        if folder.is_dir() and (not given.only or folder.name in given.only):
            try:
                instances.append(open_instance(folder))
            except InstanceError as error:
                print(f"{folder.name}: {len(error.mistakes)} mistakes")
    if given.leave_one_out:
        left_one_out(instances, given.days)
    else:
        table(instances, given.days, given.members, given.flee)


def plainly(instance: Instance) -> Instance:
    """With the defaults of movement instead of the settings in the instance's folder."""
    return with_rules(instance, **{name: getattr(Rules(), name) for name in MOVEMENT})


def table(instances: list[Instance], days: int, members: int, flee: bool) -> None:
    print(
        f"{'instance':24} |{'Flee':>6} {'plain':>6} {'ours':>6} {'plain':>6} |{'Flee':>6} "
        f"{'ours':>6} {'fitted':>6} {'median':>6} {'CRPS':>6} |{'50':>4} {'80':>4} {'90':>4} |"
        f"{'best trivial':>20} {'capac.':>6} {'freeze':>6}"
    )
    rows = []
    for instance in instances:
        records, later = instance.recorded(), slice(days + 1, None)
        rest = records[later]
        ours = [
            choose(one, keep=one.camps).people[0] for one in (instance, plainly(instance))
        ]  # fmt: skip
        theirs = [np.full(records.shape, np.nan)] * 2
        if flee:
            theirs = [
                walk(prepare(one, as_flee=True), keep=one.camps).people[0]
                for one in (instance, plainly(instance))
            ]
        fit = calibrate(instance, days)
        fitted = choose(instance, fit.settings, keep=instance.camps).people[0]
        ahead = forecast(fit, members=members)
        trivial = {
            name: near(split[later], rest) for name, split in baselines(instance, (7, days)).items()
        }  # fmt: skip
        best = min(trivial, key=lambda name: trivial[name])
        row = [
            *(near(people, records) for people in (*theirs, *ours)),
            near(theirs[0][later], rest), near(ours[0][later], rest), near(fitted[later], rest),
            near(ahead.median, rest), crps(ahead.people, rest),
            *(coverage(ahead.people, rest, level) for level in LEVELS),
            trivial[best], trivial["capacity"], trivial[f"freeze {days}"],
        ]  # fmt: skip
        rows.append(row)
        show(instance.name, row, f"{best} {trivial[best]:.3f}")
    show("mean", np.mean(rows, axis=0).tolist(), f"{np.mean(rows, axis=0)[12]:.3f}")


def near(people: NDArray[np.float64], records: NDArray[np.float64]) -> float:
    """The rescaled averaged relative difference of one row."""
    return float(ard(people[None], records)[0])


def show(name: str, row: list[float], best: str) -> None:
    part = [" ".join(f"{value:6.3f}" for value in row[low:high]) for low, high in ((0, 4), (4, 9))]
    held = " ".join(f"{value:4.2f}" for value in row[9:12])
    print(f"{name:24} |{part[0]} |{part[1]} |{held} |{best:>20} {row[13]:6.3f} {row[14]:6.3f}")


def left_one_out(instances: list[Instance], days: int) -> None:
    """Every instance judged by what the others would have chosen."""
    power, decay = np.array(DEFAULTS).T
    scores = np.array([
        ard(
            choose(plainly(one), {"capacity_pull": power, "distance_decay": decay}, keep=one.camps)
            .people, one.recorded(),
        )
        for one in instances
    ])  # fmt: skip
    print("capacity_pull, distance_decay")
    honest = []
    for i, one in enumerate(instances):
        best = int(np.delete(scores, i, axis=0).mean(axis=0).argmin())
        honest.append(scores[i, best])
        print(f"{one.name:24} {DEFAULTS[best]}  {scores[i, best]:.3f}", flush=True)
    print(f"{'mean':24} {np.mean(honest):.3f}; chosen by all: {scores.mean(axis=0).min():.3f}")
    found = np.array([trial(one, days) for one in instances])
    print("country and place, noise, half_life, drift: CRPS, held by 50, 80, 90 %")
    judged = []
    for i, one in enumerate(instances):
        others = np.delete(found, i, axis=0).mean(axis=0)
        apart = np.abs(others[:, 1:] - LEVELS).sum(axis=1)
        sharp = others[:, 0] <= 1.05 * others[:, 0].min()
        best = int(np.where(sharp, apart, np.inf).argmin())
        judged.append(found[i, best])
        print(f"{one.name:24} {ASSUMED[best]}  {found[i, best].round(3)}", flush=True)
    print(f"{'mean':24} {np.mean(judged, axis=0).round(3)}")


def trial(instance: Instance, days: int) -> list[list[float]]:
    """The score and the coverage of forecasts for everything that might be assumed before."""
    rest = instance.recorded()[days + 1 :]
    found = []
    for spread, noise, half_life, drift in ASSUMED:
        assumed = Assumed(
            country=spread, place=spread, noise=noise, half_life=half_life, drift=drift
        )
        people = forecast(calibrate(instance, days, assumed=assumed), members=64).people
        found.append([crps(people, rest), *(coverage(people, rest, level) for level in LEVELS)])
    return found


if __name__ == "__main__":
    main()
