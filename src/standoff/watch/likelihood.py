"""How well each rung explains what is reported in a period, with reporting rates unknown.

A rung r is what is really going on. Let a stream have exposure E in a period: the reports that
there would be of anything going on. It reports of rung k at Poisson rate E f x, where f says how
often the codebook catches that rung, with x

- in the range `seen` if k = r: what goes on is reported, and nobody knows how well;
- in the range `mistaken` if k > r: what does not go on is reported by mistake;
- anywhere from the lower end of `mistaken` to the upper of `seen` if 0 < k < r: whoever is at war
  also threatens, or does not.

Evenly distributed in log x and integrated out, for each stream, period and rung by itself:

    M(n; a, b) = 1 / log(b / a) ∫_a^b e^-λ λ^n / n! dλ / λ
               = (P(n, b) - P(n, a)) / (n log(b / a))    if n > 0
               = (E₁(a) - E₁(b)) / log(b / a)            if n = 0

with P the regularised incomplete gamma function: a Poisson likelihood under a scale prior (Jeffreys
1946), cut to the range. As the ranges are ordered, the ratios of their likelihoods rise in n: more
reports of a rung never speak against at least that rung.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from standoff.watch.reporting import Reporting

_LEAST = 0.05
"""Of its exposure a stream keeps so much where it has reports of a period that it hardly covers."""

Floats = NDArray[np.float64]


def exposure(
    counts: NDArray[np.int64],
    covered: Floats,
    days: Sequence[int],
    reporting: Sequence[Reporting],
) -> Floats:
    """Reports there would be of anything going on, [stream, period].

    The usual number in so many days, and those of other dealings (rung 0 of `counts`
    [stream, period, rung]); `covered` [stream, period] is the share of the period's days that the
    stream covers. A stream says nothing by its silence of days that it does not cover.
    """
    usual = np.array([one.usual for one in reporting])[:, None] * np.asarray(days) / 30
    heard = counts.sum(axis=2) > 0
    share = np.where(heard, np.maximum(covered, _LEAST), covered)
    found: Floats = share * usual + counts[:, :, 0]
    return found


def log_likelihood(
    counts: NDArray[np.int64], exposed: Floats, reporting: Sequence[Reporting]
) -> Floats:
    """Log-likelihood of what is reported, [period, rung], given each rung.

    `counts` [stream, period, rung], `exposed` [stream, period] as `exposure` gives it, one
    `Reporting` a stream. Streams are independent given the rung. Reports of rung 0 say how much is
    reported and nothing about the rung.
    """
    streams, periods, rungs = counts.shape
    found = np.zeros((periods, rungs))
    for stream in range(streams):
        low, high = reporting[stream].seen
        least, most = reporting[stream].mistaken
        told = counts[stream, :, 1:]
        often = np.array(reporting[stream].often[1:] or [1.0] * (rungs - 1))
        volume = exposed[stream][:, None] * often
        at = log_marginal(told, volume * low, volume * high)
        above = log_marginal(told, volume * least, volume * most)
        below = log_marginal(told, volume * least, volume * high)
        for rung in range(rungs):
            found[:, rung] += below[:, : max(rung - 1, 0)].sum(axis=1)
            found[:, rung] += above[:, rung:].sum(axis=1)
            if rung:
                found[:, rung] += at[:, rung - 1]
    return found


def log_marginal(counts: NDArray[np.int64], low: Floats, high: Floats) -> Floats:
    """Log-probability of counts whose Poisson mean lies evenly in log between `low` and `high`.

    Arrays broadcast. Where both are 0 nothing can be counted: the probability of 0 is one.
    """
    from scipy.special import exp1, gammainc, gammaincc, gammaln

    counts, low, high = np.broadcast_arrays(counts, low, high)
    n = counts.astype(float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        width = np.log(high / low)
        below = gammainc(n, high) - gammainc(n, low)
        above = gammaincc(n, low) - gammaincc(n, high)
        some = np.log(np.where(n > low, below, above)) - np.log(n)
        none = np.log(exp1(low) - exp1(high))
        whole = np.where(n > 0, some, none)
        # Beyond what doubles hold, the end of the range that is nearer decides (Laplace's method).
        end = np.where(n > high, high, low)
        steep = np.maximum(np.abs(n - end), 1e-12)
        edge = n * np.log(end) - end - gammaln(n + 1)
        spread = np.where(np.isfinite(whole), whole, edge - np.log(steep)) - np.log(width)
        point = n * np.log(low) - low - gammaln(n + 1)
        found = np.where(width > 1e-9, spread, point)
    nothing = np.where(n > 0, -np.inf, 0.0)
    return np.where(high > 0, found, nothing)
