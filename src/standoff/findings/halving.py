"""Successive halving: many candidates on few futures, the better half of them on twice as many.

Karnin, Koren & Somekh 2013 and Jamieson & Talwalkar 2016, with futures as the resource. On plain
arrays, and deterministic: nothing is drawn here. No candidate is dropped beside one that is no
better: with several objectives those that stay are whole fronts (Goldberg 1989), so that the
Pareto set of what was seen is never cut.

What a search says of the candidates it chose is too good, because it chose them for it (the
optimizer's curse, Smith & Winkler 2006): judge them on futures that were not searched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.robustness import Better, nondominated

Array: TypeAlias = NDArray[np.float64]

Evaluate: TypeAlias = Callable[[NDArray[np.int64], int, int], Array]
"""Performance of some candidates in futures low … high-1, [future, candidate, objective]."""

Score: TypeAlias = Callable[[Array], Array]
"""From performance [future, candidate, objective] to [candidate, objective]; more is better."""


@dataclass(frozen=True)
class Rung:
    """One step: how many futures the candidates that were left had been seen in, and their scores.

    `candidates` are positions, in order; `scores` are [candidate, objective], more is better.
    """

    futures: int
    candidates: NDArray[np.int64]
    scores: Array


@dataclass(frozen=True)
class Halving:
    """What a search found: the rungs, and performance of those that were kept, in every future."""

    rungs: tuple[Rung, ...]
    kept: NDArray[np.int64]
    """Positions of the candidates that were kept, in order."""
    performance: Array
    """[future, kept, objective]"""


def successive_halving(
    evaluate: Evaluate,
    score: Score,
    candidates: int,
    futures: int,
    *,
    first: int = 16,
    keep: int = 4,
    always: int = 0,
) -> Halving:
    """Searches `candidates` candidates in `futures` futures, and keeps the best few.

    All are evaluated in the first `first` futures; at each rung the better half stays and the
    number of futures doubles. Of those evaluated in all futures `keep` are kept, or more where they
    are equally good; of those that did the same in every future, the first. The first `always`
    candidates are never dropped, and do not count: scores that compare candidates, as regret does,
    have them to compare with.

    Raises:
        ValueError: there are no candidates beyond those that stay always, no futures, a number is
            below 1, or a performance or score is not a finite number.
    """
    for what, number, least in (
        ("candidates", candidates, always + 1),
        ("futures", futures, 1),
        ("first", first, 1),
        ("keep", keep, 1),
        ("always", always, 0),
    ):
        if number < least:
            raise ValueError(f"'{what}' is {number}; expected {least} or more")
    alive = np.arange(candidates)
    low, high = 0, min(first, futures)
    seen: Array | None = None
    rungs: list[Rung] = []
    while True:
        fresh = _checked(np.asarray(evaluate(alive, low, high), np.float64), high - low, len(alive))
        seen = fresh if seen is None else np.concatenate([seen, fresh])
        scores = np.asarray(score(seen), np.float64)
        if scores.shape != seen.shape[1:] or np.isnan(scores).any():
            raise ValueError(
                f"the scores have the shape {scores.shape} and {int(np.isnan(scores).sum())} of "
                f"them are not numbers; expected numbers of the shape {seen.shape[1:]}"
            )
        rungs.append(Rung(high, alive, scores))
        rivals = np.arange(always, len(alive))
        most = max(keep, -(-len(rivals) // 2))
        if high == futures:
            rivals, most = always + different(seen[:, always:]), keep
        stay = np.concatenate([np.arange(always), rivals[best(scores[rivals], most)]])
        alive, seen = alive[stay], seen[:, stay]
        if high == futures:
            return Halving(tuple(rungs), alive, seen)
        low, high = high, min(2 * high, futures)


def best(scores: Array, count: int) -> NDArray[np.int64]:
    """Positions of the best candidates by [candidate, objective], in order; more is better.

    Whole fronts, the first ones, until they have `count` members. A front is what nothing left
    dominates: nothing is as good in every objective and better in one. With one objective these
    are the `count` best and what equals the last of them.
    """
    left = np.arange(len(scores))
    more: list[Better] = ["higher"] * scores.shape[1]
    chosen: list[int] = []
    while len(left) and len(chosen) < count:
        front = nondominated(scores[left], more)
        chosen += left[front].tolist()
        left = left[~front]
    return np.array(sorted(chosen), np.int64)


def different(performance: Array) -> NDArray[np.int64]:
    """Positions of the candidates that differ from all before them in some future, in order."""
    by_candidate = performance.swapaxes(0, 1).reshape(performance.shape[1], -1)
    _, first = np.unique(by_candidate, axis=0, return_index=True)
    return np.sort(first).astype(np.int64)


def _checked(performance: Array, futures: int, candidates: int) -> Array:
    if performance.ndim != 3 or performance.shape[:2] != (futures, candidates):
        raise ValueError(
            f"the performance has the shape {performance.shape}; expected {futures} futures, "
            f"{candidates} candidates and one column for each objective"
        )
    wrong = ~np.isfinite(performance)
    if wrong.any():
        future, candidate, _ = np.argwhere(wrong)[0]
        raise ValueError(
            f"the performance of candidate {candidate} of this rung in its future {future} is "
            f"{performance[wrong][0]:g}; expected finite numbers"
        )
    return performance
