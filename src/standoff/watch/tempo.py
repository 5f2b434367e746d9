"""How often something happens, whether that has changed, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEVELS = (0.1, 0.5, 0.9)
_FEWEST = 4
"""Periods and events below which no change is sought."""


@dataclass(frozen=True)
class Range:
    """A middle value and the ends of its 80 % interval."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Change:
    """The evidence that a rate changed once: the first period after, and the Bayes factor's log10.

    Above 0 for a change; 1 is strong, 2 decisive (Jeffreys 1961). `dispersion` is how much more
    counts vary than a Poisson's: the evidence is divided by it, as reports come in clusters.
    """

    period: int
    evidence: float
    dispersion: float


@dataclass(frozen=True)
class Tempo:
    """The tempo of one stream for one pair: events above the lowest rung.

    `period`: the last that the stream covers, to which the rest refers; `events` in it; `rate`: of
    30 days; `before` and `year`: the rate against the period before and against the year before,
    as ratios; None where there is nothing to compare with.
    """

    stream: int
    period: int
    events: int
    rate: Range
    before: Range | None
    year: Range | None
    change: Change | None


def tempo(stream: int, events: NDArray[np.int64], days: Floats, year: int) -> Tempo | None:
    """The tempo from events [period] and the days of each that are covered; None without any.

    `year`: how many periods make up one. A last period of which hardly anything is covered is left
    out.
    """
    if not days.any() or not events.any():
        return None
    covered = np.flatnonzero(days >= days.max() / 2)
    last = int(covered[-1])
    trailing = slice(max(0, last - year), last)
    before = slice(max(0, last - 1), last)
    return Tempo(
        stream,
        last,
        int(events[last]),
        _rate(int(events[last]), float(days[last])),
        _ratio(events[last], days[last], events[before].sum(), days[before].sum()),
        _ratio(events[last], days[last], events[trailing].sum(), days[trailing].sum()),
        change(events[: last + 1], days[: last + 1]),
    )


def _rate(events: int, days: float) -> Range:
    """Events in 30 days: Gamma posterior of a Poisson rate under Jeffreys' prior."""
    from scipy.special import gammaincinv

    low, middle, high = gammaincinv(events + 0.5, np.array(_LEVELS)) * 30 / days
    return _rounded(low, middle, high)


def _ratio(now: int, days: float, then: int, days_then: float) -> Range | None:
    """The ratio of two Poisson rates, given the total (Przyborowski and Wilenski 1940)."""
    if days_then <= 0 or now + then == 0:
        return None
    from scipy.special import betaincinv

    share = betaincinv(now + 0.5, then + 0.5, np.array(_LEVELS))
    low, middle, high = share / (1 - share) * days_then / days
    return _rounded(low, middle, high)


def _rounded(low: float, middle: float, high: float) -> Range:
    return Range(*(float(f"{value:.6g}") for value in (low, middle, high)))


def change(events: NDArray[np.int64], days: Floats) -> Change | None:
    """The evidence that the rate of a Poisson process changed once (Raftery and Akman 1986).

    Given the total, the number before a possible change is binomial if there is none, and evenly
    distributed if the share before it is unknown; every period is as likely to be the first after.
    """
    from scipy.special import gammaln, xlog1py, xlogy

    use = days > 0
    total = int(events[use].sum())
    places = np.flatnonzero(use)
    if len(places) < _FEWEST or total < _FEWEST:
        return None
    n = np.cumsum(events[use])[:-1]
    share = (np.cumsum(days[use]) / days[use].sum())[:-1]
    choose = gammaln(total + 1) - gammaln(n + 1) - gammaln(total - n + 1)
    none = choose + xlogy(n, share) + xlog1py(total - n, -share)
    factors = -np.log(total + 1.0) - none
    best = int(np.argmax(factors))
    dispersion = _dispersion(events[use], days[use], best + 1)
    tempered = factors / dispersion
    top = tempered.max()
    evidence = (top + np.log(np.exp(tempered - top).mean())) / np.log(10)
    return Change(int(places[best + 1]), round(float(evidence), 4), round(dispersion, 4))


def _dispersion(events: NDArray[np.int64], days: Floats, cut: int) -> float:
    """Pearson's dispersion about the two rates, at least 1 (McCullagh and Nelder 1989)."""
    expected = np.concatenate(
        [
            days[part] * events[part].sum() / days[part].sum()
            for part in (slice(0, cut), slice(cut, None))
        ]
    )
    known = expected > 0
    freedom = max(int(known.sum()) - 2, 1)
    found = ((events - expected)[known] ** 2 / expected[known]).sum() / freedom
    return max(1.0, float(found))
