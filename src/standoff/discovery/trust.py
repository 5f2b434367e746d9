"""Whether a box is there, or only in the sample: PRIM finds a box in pure noise as well.

Three questions, each with searches that are made anew:

- *Held out*: searched for in some of the futures, how well does the box describe the others?
  (repeated stratified cross-validation).
- *Permuted*: with the cases dealt out at random over the futures, how often does the same search
  find as good a box, and how dense at the same coverage? A permutation test, p = (1 + as good) /
  (1 + permutations) (Phipson & Smyth 2010).
- *Resampled*: in random halves of the futures, how often is each factor restricted again, in the
  box that matches the coverage, or the density, of ours? (Bryant & Lempert 2010; sdtoolkit takes
  the nearest box, which is everything where ours covers all: here it is the best that reaches it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.discovery.box import Box, Figures, limits
from standoff.discovery.choose import Rule, at_coverage, at_density
from standoff.discovery.factor import Factors, Reals, Truths
from standoff.discovery.prim import Curve, Patience, Rows, searched

Folds: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class HeldOut:
    """How boxes did in futures that they were not searched for in, all folds taken together."""

    coverage: float
    """NaN where no fold could be held out."""
    density: float
    """NaN where nothing lay inside."""
    mass: float
    density_bound: float
    """The true density is above this with 95 % confidence (Clopper & Pearson 1934, one-sided)."""
    folds: int
    repeats: int


@dataclass(frozen=True, eq=False)
class Permuted:
    """What the same search finds where there is nothing to find."""

    densities: Reals
    """[permutation]: density of the densest box that covers at least as much as ours."""
    as_good: int
    """Permutations in which it finds as good a box; see `permute`."""
    p_value: float
    """How likely that would be by chance."""


@dataclass(frozen=True, eq=False)
class Resampled:
    """What is found again in random halves of the futures."""

    at_coverage: Mapping[str, float]
    """Factor: share of halves in which it is restricted, in the densest box that covers as much."""
    at_density: Mapping[str, float]
    """Factor: the same, in the box that covers most of those as dense, or in the densest."""
    density: Reals
    """[resample]: of the box that covers as much, in the other half; NaN where it holds nothing."""
    coverage: Reals
    """[resample]: of the box that is as dense, in the other half; NaN where that has no cases."""

    def again(self, factor: str) -> float:
        """The smaller of the two shares in which a factor is restricted again."""
        return min(self.at_coverage[factor], self.at_density[factor])


def simplify(box: Box, factors: Factors, cases: Truths, level: float) -> Box:
    """The box without the limits whose quasi-p value is above a level.

    They are dropped one at a time, the least significant first, and the rest tested again.
    """
    while box.restrictions:
        worst = max(limits(box, factors, cases), key=lambda limit: limit.quasi_p)
        if worst.quasi_p <= level:
            break
        box = box.drop(worst.factor, worst.side)
    return box


def hold_out(
    rows: Rows,
    cases: Truths,
    patience: Patience,
    rule: Rule,
    level: float,
    *,
    folds: int,
    repeats: int,
    seed: int,
) -> HeldOut:
    """For each fold and repeat: searches, chooses and simplifies in the other folds, measures here.

    There are no more folds than cases, or than futures that are none; with fewer than two of
    either, nothing can be held out.
    """
    rng = np.random.default_rng([seed, 1])
    futures, count = len(cases), int(cases.sum())
    folds = min(folds, count, futures - count)
    if folds < 2:
        return HeldOut(nan, nan, nan, 0.0, folds, repeats)
    inside = hits = 0
    for _ in range(repeats):
        fold = deal(cases, folds, rng)
        for k in range(folds):
            train = fold != k
            curve = searched(rows, cases, patience, only=train)
            box = curve.box(rule(curve))
            box = simplify(box, rows.factors.take(train), cases[train], level)
            held = box.contains(rows.factors) & ~train
            inside += int(held.sum())
            hits += int((held & cases).sum())
    return HeldOut(
        hits / (repeats * count),
        hits / inside if inside else nan,
        inside / (repeats * futures),
        surely_above(hits / repeats, inside / repeats),
        folds,
        repeats,
    )


def permute(
    rows: Rows,
    cases: Truths,
    patience: Patience,
    rule: Rule,
    figures: Figures,
    *,
    permutations: int,
    seed: int,
) -> Permuted:
    """What the search finds when the cases are dealt out at random; `figures` are those of our box.

    A permutation counts as good as ours if its densest box that covers as much is as dense, or if
    the box that the same rule takes of its curve stands as far above chance as the one it takes of
    ours. The second alone would make an exact test, the first alone too small a p-value, since the
    coverage was chosen where our curve does well.
    """
    rng = np.random.default_rng([seed, 2])
    ours = searched(rows, cases, patience)
    height = above_chance(ours, rule(ours))
    densities = np.empty(permutations)
    as_good = 0
    for k in range(permutations):
        curve = searched(rows, rng.permutation(cases), patience)
        densities[k] = curve.density[curve.coverage >= figures.coverage].max()
        as_good += densities[k] >= figures.density or above_chance(curve, rule(curve)) >= height
    return Permuted(densities, int(as_good), (1 + int(as_good)) / (1 + permutations))


def above_chance(curve: Curve, index: int) -> float:
    """By how many standard deviations a box has more cases than as many futures taken at random.

    Those of the hypergeometric distribution; 0 of everything.
    """
    inside, all_of = int(curve.inside[index]), curve.futures
    base = curve.cases / all_of
    variance = inside * base * (1 - base) * (all_of - inside) / (all_of - 1)
    return float((curve.hits[index] - inside * base) / variance**0.5) if variance else 0.0


@dataclass(frozen=True, eq=False)
class Half:
    """A search in a random half of the futures, and how each of its boxes does in the other."""

    curve: Curve
    boxes: tuple[Box, ...]
    """The boxes of the curve."""
    other: Truths
    """[future]: which are in the other half."""


def halve(
    rows: Rows, cases: Truths, patience: Patience, *, resamples: int, seed: int
) -> tuple[Half, ...]:
    """Searches in random halves, without those in which no future is a case, or every one."""
    rng = np.random.default_rng([seed, 3])
    futures = len(cases)
    halves = []
    for _ in range(resamples):
        only = np.zeros(futures, np.bool_)
        only[rng.permutation(futures)[: futures // 2]] = True
        if 0 < int(cases[only].sum()) < int(only.sum()):
            curve = searched(rows, cases, patience, only=only)
            halves.append(Half(curve, tuple(curve.boxes()), ~only))
    return tuple(halves)


def found_again(
    halves: tuple[Half, ...], factors: Factors, cases: Truths, coverage: float, density: float
) -> Resampled:
    """How often each factor is restricted in halves, at this coverage and at this density."""
    counts: tuple[dict[str, int], ...] = tuple(dict.fromkeys(factors.names, 0) for _ in range(2))
    densities, coverages = [], []
    for half in halves:
        alike = [
            half.boxes[rule(half.curve)] for rule in (at_coverage(coverage), at_density(density))
        ]
        for count, box in zip(counts, alike, strict=True):
            for name in box.factors:
                count[name] += 1
        there = [box.contains(factors) & half.other for box in alike]
        inside, cases_there = int(there[0].sum()), int((cases & half.other).sum())
        densities.append((there[0] & cases).sum() / inside if inside else nan)
        coverages.append((there[1] & cases).sum() / cases_there if cases_there else nan)
    total = len(halves) or 1
    shares = [{name: count / total for name, count in each.items()} for each in counts]
    return Resampled(shares[0], shares[1], np.array(densities), np.array(coverages))


def deal(cases: Truths, folds: int, rng: np.random.Generator) -> Folds:
    """A fold for each future, [future], with as equal a share of the cases in each as can be."""
    fold = np.empty(len(cases), np.int64)
    dealt = 0
    for kind in (True, False):
        rows = rng.permutation(np.flatnonzero(cases == kind))
        fold[rows] = (dealt + np.arange(len(rows))) % folds
        dealt += len(rows)
    return fold


def surely_above(hits: float, count: float, confidence: float = 0.95) -> float:
    """A share that the true one exceeds with this confidence, given so many hits of a count.

    The lower bound of Clopper & Pearson (1934), one-sided; 0 where nothing was hit.
    """
    from scipy.special import betaincinv

    return float(betaincinv(hits, count - hits + 1, 1 - confidence)) if hits > 0 else 0.0
