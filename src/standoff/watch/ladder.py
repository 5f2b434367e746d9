"""Which rung a pair is on: a hidden Markov chain over the rungs, exactly.

Rungs follow one another at random moments, on average every so many days, as a jump chain says: in
a period of d days the transition matrix is exp((d / every) (P - I)). Given the likelihoods of what
was reported, forward and backward recursions give the probability of each rung in each period
(Rabiner 1989).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from standoff.watch.mapping import Moves

Floats = NDArray[np.float64]
TAIL = 0.1
"""What an interval leaves out on either side: 80 % intervals."""


@dataclass(frozen=True)
class Estimate:
    """`probability` [period, rung] given all reports; `within` [rung]: of reaching at least it.

    `within` is for one period more of the last one's length, from what is known at the end: not a
    forecast, but what usually follows by the moves assumed. `evidence`: the log-probability of all
    reports.
    """

    probability: Floats
    within: Floats
    evidence: float


def estimate(likelihood: Floats, days: Sequence[int], moves: Moves) -> Estimate:
    """The rungs of one pair, from log-likelihoods [period, rung] and the days of each period."""
    steps = {length: transition(moves, length) for length in set(days)}
    periods, rungs = likelihood.shape
    top = likelihood.max(axis=1, keepdims=True)
    seen = np.exp(likelihood - top)
    forward = np.empty((periods, rungs))
    scale = np.empty(periods)
    before = stationary(moves)
    for period in range(periods):
        joint = before * seen[period]
        scale[period] = joint.sum()
        forward[period] = joint / scale[period]
        if period + 1 < periods:
            before = forward[period] @ steps[days[period + 1]]
    backward = np.ones((periods, rungs))
    for period in range(periods - 2, -1, -1):
        told = seen[period + 1] * backward[period + 1] / scale[period + 1]
        backward[period] = steps[days[period + 1]] @ told
    both = forward * backward
    return Estimate(
        both / both.sum(axis=1, keepdims=True),
        reaching(moves, forward[-1], days[-1]),
        float((np.log(scale) + top[:, 0]).sum()),
    )


@lru_cache(maxsize=512)
def transition(moves: Moves, days: float) -> Floats:
    """Probability of each rung after so many days, [from, to]."""
    return _after(np.array(moves.next), days / moves.every)


@lru_cache(maxsize=512)
def stationary(moves: Moves) -> Floats:
    """How long the chain is on each rung in the long run: what is assumed before any report."""
    chain = np.array(moves.next)
    size = len(chain)
    equations = np.vstack([chain.T - np.eye(size), np.ones(size)])
    found = np.linalg.lstsq(equations, np.append(np.zeros(size), 1.0), rcond=None)[0]
    share: Floats = np.clip(found, 0, None) / np.clip(found, 0, None).sum()
    return share


def reaching(moves: Moves, start: Floats, days: float) -> Floats:
    """Probability of being on each rung or above at some moment of so many days, [rung]."""
    found = np.ones(len(start))
    for rung in range(1, len(start)):
        found[rung] = (start @ _arriving(moves, rung, days))[rung:].sum()
    return found


@lru_cache(maxsize=4096)
def _arriving(moves: Moves, rung: int, days: float) -> Floats:
    """The same chain after so many days, if it stopped at this rung and above."""
    chain = np.array(moves.next)
    chain[rung:] = np.eye(len(chain))[rung:]
    return _after(chain, days / moves.every)


def interval(probability: Floats, tail: float = TAIL) -> tuple[NDArray[np.int64], ...]:
    """Lower end, median and upper end of distributions over rungs, [..., rung]."""
    cumulative = np.cumsum(probability, axis=-1)
    levels = (tail, 0.5, 1 - tail)
    return tuple((cumulative < level - 1e-9).sum(axis=-1) for level in levels)


def _after(chain: Floats, jumps: float) -> Floats:
    """A jump chain after a Poisson number of jumps with this mean (uniformisation, Jensen 1953)."""
    found = np.zeros_like(chain)
    power, weight, left, count = np.eye(len(chain)), np.exp(-jumps), 1.0, 0
    while left > 1e-15 and count < 20 * (jumps + 10):
        found += weight * power
        left -= weight
        count += 1
        power, weight = power @ chain, weight * jumps / count
    shares: Floats = found / found.sum(axis=1, keepdims=True)
    return shares
