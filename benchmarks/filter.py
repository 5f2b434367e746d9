"""Filtering through a solved game against first-order matrices, forward in time.

    python benchmarks/filter.py [--futures N]

Two records, both split at a date that the models learn before and are scored after, by the mean
logarithmic loss of one-step-ahead predictions (Good 1952):

*Years of conflicts*: the yearly intensity of state-based armed conflicts (UCDP/PRIO 24.1: Gleditsch
et al. 2002; Davies et al. 2024): below 25 battle deaths, 25 to 999, 1,000 and more. The hidden rung
is one of none, threat, display, force, war; what is reported tells force and war, and of the lower
three only that it is one of them. The model is `ladder.yaml` beside this file: a future is a point
of its ranges, and the futures' weights are those most likely before the split (nonparametric
maximum likelihood of a mixture: Laird 1978). From conflict to conflict the filter starts anew.
Rivals are matrices of the reported levels, the event matrix of militarised confrontations as a
chain over the rungs (what follows none is learnt), and a hidden chain over the rungs whose every
entry is learnt (Baum et al. 1970). Intervals are by bootstrap over conflicts.

*Events*: the counts of next events by hostility level in militarised confrontations (MIE 1.0:
Gibler & Miller 2024), those before 1946 to learn from and those after to be scored. There is one
chain, observed without error: nothing is to be filtered, and no conflict to be told from another.

Read from `../shared/evidence` beside the repository, where that is present. Last, what filtering
costs, on `escalation-trap`.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import standoff
from standoff.explore import sample
from standoff.solver import one_thread
from standoff.watch import afresh, filter_labels, follow

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

EVIDENCE = Path(__file__).parents[2] / "shared" / "evidence"
SCENARIO = Path(__file__).parent / "ladder.yaml"
SPLIT, END = 1990, 2023
SEEN = np.array([[1, 1, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]], np.float64)
"""[report, rung]: below 25 deaths, 25 to 999, 1,000 and more."""
BEFORE = SEEN / SEEN.sum(axis=1, keepdims=True)
"""[report, rung]: where a conflict may be after its first year."""
EVENTS = "event matrix (MIE, after 1945)"
_PSEUDO = 0.5
"""Added to every count of a matrix, so that nothing is impossible (Jeffreys)."""


@dataclass(frozen=True)
class Conflict:
    """One conflict: the level of each year from the first in which it was active, to the end."""

    first: int
    levels: Whole

    def scored(self) -> range:
        """Positions of the years that are predicted after the split."""
        return range(max(1, SPLIT - self.first), len(self.levels))

    def learnt(self) -> Whole:
        """The levels before the split."""
        return self.levels[: max(0, SPLIT - self.first)]


def conflicts(path: Path, *, between_states: bool) -> list[Conflict]:
    """Conflicts of the yearly record, all of them or those between states."""
    years: dict[str, dict[int, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if between_states and row["type_of_conflict"] != "2":
                continue
            levels = years.setdefault(row["conflict_id"], {})
            year = int(row["year"])
            levels[year] = max(levels.get(year, 0), int(row["intensity_level"]))
    return [
        Conflict(min(one), np.array([one.get(y, 0) for y in range(min(one), END + 1)]))
        for _, one in sorted(years.items())
    ]


def counted(sequences: list[Whole], order: int, levels: int = 3) -> Reals:
    """How often each level followed each sequence of `order` levels; `_PSEUDO` more of each."""
    counts = np.full((levels,) * (order + 1), _PSEUDO)
    for sequence in sequences:
        for t in range(order, len(sequence)):
            counts[tuple(sequence[t - order : t + 1])] += 1
    return counts


def likeliest(evidence: Reals, rounds: int = 500) -> Reals:
    """Weights of the futures under which what was learnt is likeliest, [future].

    `evidence` is [conflict, future], the logarithm of the probability of each record. By
    expectation and maximisation, from equal weights (Laird 1978).
    """
    odds = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    weight = np.full(odds.shape[1], 1 / odds.shape[1])
    for _ in range(rounds):
        share = odds * weight
        weight = (share / share.sum(axis=1, keepdims=True)).mean(axis=0)
    return weight


def followed(transition: Reals, one: Whole, weight: Reals | None = None) -> tuple[Reals, Reals]:
    """Predicted levels, [year after the first, level]; log evidence of the record, [future]."""
    with np.errstate(divide="ignore"):
        logs = np.log(SEEN[one[1:]])
    found = filter_labels(transition, BEFORE[one[0]], logs, weight)
    return found.predictive @ SEEN.T, found.row_log_evidence


def learnt_chain(sequences: list[Whole], begin: Reals, rounds: int = 200) -> Reals:
    """The chain over the rungs under which reported levels are likeliest, [from, to].

    By expectation and maximisation from `begin`; what is reported of a rung is known.
    """
    chain = begin
    for _ in range(rounds):
        moved = np.full(chain.shape, 1e-6)
        for one in sequences:
            seen = SEEN[one]
            forward = np.empty_like(seen)
            forward[0] = BEFORE[one[0]]
            for t in range(1, len(one)):
                forward[t] = forward[t - 1] @ chain * seen[t]
                forward[t] /= forward[t].sum()
            backward = np.ones(len(chain))
            for t in range(len(one) - 1, 0, -1):
                joint = forward[t - 1][:, None] * chain * (seen[t] * backward)
                moved += joint / joint.sum()
                backward = chain @ (seen[t] * backward)
                backward /= backward.max()
        chain = moved / moved.sum(axis=1, keepdims=True)
    return chain


Predict = Callable[[Conflict], Reals]
"""Probability of each level in each year after the first, [year, level]."""


def losses(predict: Predict, records: list[Conflict]) -> list[Reals]:
    """Logarithmic loss of each year that is scored, by conflict."""
    found = []
    for one in records:
        scored = np.array(one.scored(), np.int64)
        if len(scored):
            found.append(-np.log(predict(one)[scored - 1, one.levels[scored]]))
        else:
            found.append(np.empty(0))
    return found


def interval(one: list[Reals], other: list[Reals], seed: int = 0) -> tuple[float, float, float]:
    """The difference of two mean losses, and its 95 % interval by bootstrap over conflicts."""
    gap = np.array([a.sum() - b.sum() for a, b in zip(one, other, strict=True)])
    count = np.array([len(a) for a in one])
    drawn = np.random.default_rng(seed).integers(len(gap), size=(10_000, len(gap)))
    low, high = np.quantile(gap[drawn].sum(axis=1) / count[drawn].sum(axis=1), [0.025, 0.975])
    return float(gap.sum() / count.sum()), float(low), float(high)


def event_matrix(counts: Mapping[tuple[int, int], int], onset: Reals) -> Reals:
    """The event matrix as a chain over rungs; from none, a year without event stays there."""
    levels = (0, 2, 3, 4, 5)
    matrix = np.array([[counts.get((a, b), 0) for b in levels] for a in levels], np.float64)
    matrix[0] = onset
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


def read_counts(path: Path) -> dict[tuple[int, int], int]:
    """A table of counts: from level, to level."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return {
        (int(row[0]), int(to)): int(n)
        for row in rows
        for to, n in zip(head[1:], row[1:], strict=True)
    }


def years(transition: Reals, *, between_states: bool) -> None:
    """Scores the yearly record, and prints the table."""
    records = conflicts(
        EVIDENCE / "ucdp" / "UcdpPrioConflict_v24_1.csv", between_states=between_states
    )
    learnt = [one.learnt() for one in records]
    first, second = counted(learnt, 1), counted(learnt, 2)
    overall = first.sum(axis=0) / first.sum()
    first = first / first.sum(axis=1, keepdims=True)
    second = second / second.sum(axis=2, keepdims=True)
    begun = time.process_time()
    evidence = np.array([followed(transition, one)[1] for one in learnt if len(one) > 1])
    weight = likeliest(evidence)
    spent = time.process_time() - begun
    base = EVIDENCE / "base_rates"
    firsts = read_counts(base / "mie10_post45_first_to_max_hostlev_counts.csv")
    quiet = first[0, 0] / (1 - first[0, 0])
    begins = np.array([sum(n for (a, _), n in firsts.items() if a == k) for k in (0, 2, 3, 4, 5)])
    onset = begins / begins.sum()
    onset[0] = quiet
    by_event = event_matrix(read_counts(base / "mie10_post45_event_transition_counts.csv"), onset)

    def remembering(one: Conflict) -> Reals:
        x = one.levels
        rows = [first[x[0]], *(second[a, b] for a, b in pairwise(x[:-1]))]
        return np.array(rows)

    single = np.zeros(len(weight))
    single[np.argmax(evidence.sum(axis=0))] = 1
    free = learnt_chain([one for one in learnt if len(one) > 1], by_event)
    models: dict[str, Predict] = {
        "climatology": lambda one: np.tile(overall, (len(one.levels) - 1, 1)),
        EVENTS: lambda one: followed(by_event, one.levels)[0],
        "first-order matrix": lambda one: first[one.levels[:-1]],
        "second-order matrix": remembering,
        "hidden chain, learnt freely": lambda one: followed(free, one.levels)[0],
        "filter, futures as sampled": lambda one: followed(transition, one.levels)[0],
        "filter, the one likeliest future": lambda one: followed(transition, one.levels, single)[0],
        "filter, likeliest weights": lambda one: followed(transition, one.levels, weight)[0],
    }
    scores = {name: losses(model, records) for name, model in models.items()}
    fair = scores["first-order matrix"]
    n = sum(len(one) for one in fair)
    kept = int((weight > 1e-3).sum())
    print(
        f"\n{'conflicts between states' if between_states else 'all conflicts'}: "
        f"{len(evidence)} to learn from, {sum(len(one) > 0 for one in fair)} to be scored in "
        f"{n:,} years; {kept} futures of weight above 1/1000; {spent:.1f} s of CPU"
    )
    rivals = ("first-order matrix", EVENTS)
    print(f"{'':34} log-loss   less that of the {rivals[0]}, and of the event matrix (95 %)")
    for name, found in scores.items():
        gaps = [
            f"{'':28}" if name == rival
            else "{:+.4f} [{:+.4f}, {:+.4f}]  ".format(*interval(found, scores[rival]))
            for rival in rivals
        ]  # fmt: skip
        print(f"{name:34} {np.concatenate(found).mean():8.4f}   {' '.join(gaps)}".rstrip())


def events(transition: Reals) -> None:
    """Scores the counts of events, and prints the table."""
    base = EVIDENCE / "base_rates"
    every, after = (
        read_counts(base / f"mie10_{which}_event_transition_counts.csv")
        for which in ("all", "post45")
    )
    levels = (0, 2, 3, 4, 5)
    late = np.array([[after[a, b] for b in levels] for a in levels[1:]], np.float64)
    early = np.array([[every[a, b] - after[a, b] for b in levels] for a in levels[1:]], np.float64)
    game = transition[:, 1:]
    weight = np.full(len(game), 1 / len(game))
    for _ in range(2000):  # of one chain only the mean matrix is seen
        mean = np.einsum("k,kij->ij", weight, game)
        weight = weight * np.einsum("kij,ij->k", game, early / mean) / early.sum()
    own = early + _PSEUDO
    models = {
        "climatology": np.tile(own.sum(axis=0), (4, 1)),
        "first-order matrix": own,
        "game, futures as sampled": game.mean(axis=0),
        "game, likeliest weights": np.einsum("k,kij->ij", weight, game),
        "(the later matrix itself)": late + _PSEUDO,
    }
    print(f"\nevents: {early.sum():,.0f} to learn from, {late.sum():,.0f} to be scored")
    print(f"{'':34} log-loss")
    for name, counts in models.items():
        matrix = counts / counts.sum(axis=1, keepdims=True)
        print(f"{name:34} {-(late * np.log(matrix)).sum() / late.sum():8.4f}")


def costs() -> None:
    """Prints what filtering costs where the game is large and types are hidden."""
    scenario = standoff.load("escalation-trap")
    variable = next(one for one in scenario.variables if one.name == "war")
    futures = sample(scenario, 16)
    with one_thread():
        afresh(scenario, "war", futures, precision="single")
        begun = time.process_time()
        afresh(scenario, "war", futures, precision="single")
        chain = time.process_time() - begun
        begun = time.process_time()
        game = standoff.compile(scenario)
        solution = standoff.solve(game, futures, precision="single", keep_policies=True)
        solved = time.process_time() - begun
        begun = time.process_time()
        follow(solution, "war", np.zeros((scenario.time.periods, variable.size)))
        spent = time.process_time() - begun
    print(
        f"\n{scenario.name}, {game.states:,} states, seconds of CPU a future: its chain afresh "
        f"{chain / 16:.2f}; solved and kept {solved / 16:.2f}, and followed through "
        f"{scenario.time.periods} periods {spent / 16:.2f} more"
    )


def main() -> None:
    if not EVIDENCE.is_dir():
        sys.exit(f"{EVIDENCE} is not there: it has the records that models are scored on")
    given = sys.argv[1:]
    futures = int(given[1]) if given[:1] == ["--futures"] else 4096
    scenario = standoff.load(SCENARIO)
    begun = time.process_time()
    transition = afresh(scenario, "rung", sample(scenario, futures))
    spent = time.process_time() - begun
    print(f"{scenario.name}: {futures:,} futures solved in {spent:.1f} s of CPU")
    years(transition, between_states=True)
    years(transition, between_states=False)
    events(transition)
    costs()


if __name__ == "__main__":
    main()
