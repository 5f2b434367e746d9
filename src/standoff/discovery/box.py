"""A box: what must be true of some factors, and how well that describes the cases.

Coverage is the share of all cases that lie in the box, density the share of cases among what lies
in it, mass the share of all futures that do (Bryant & Lempert 2010; Friedman & Fisher 1999 call
coverage support's share of the target, and density the box mean).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Any, TypeAlias

import numpy as np

from standoff.discovery.factor import (
    Factor,
    Kind,
    Reals,
    Table,
    Truths,
    as_cases,
    as_factors,
    did_you_mean,
)


@dataclass(frozen=True)
class Interval:
    """A number lies within bounds, which are included; an infinite bound is none."""

    factor: str
    lower: float = -inf
    upper: float = inf

    def __str__(self) -> str:
        if self.lower == -inf:
            return f"{self.factor} at most {self.upper:.4g}"
        if self.upper == inf:
            return f"{self.factor} at least {self.lower:.4g}"
        if self.lower == self.upper:
            return f"{self.factor} is {self.lower:.4g}"
        return f"{self.factor} between {self.lower:.4g} and {self.upper:.4g}"


@dataclass(frozen=True)
class Kept:
    """A category is one of those kept."""

    factor: str
    categories: tuple[Any, ...]
    """Those kept."""
    others: tuple[Any, ...]
    """Those left out."""

    def __str__(self) -> str:
        kept = [str(category) for category in self.categories]
        if len(kept) == 1:
            return f"{self.factor} is {kept[0]}"
        return f"{self.factor} is {', '.join(kept[:-1])} or {kept[-1]}"


Restriction: TypeAlias = Interval | Kept


@dataclass(frozen=True)
class Box:
    """Restrictions that hold together, one a factor; with none, everything is inside."""

    restrictions: tuple[Restriction, ...] = ()

    def __str__(self) -> str:
        return "; ".join(str(each) for each in self.restrictions) or "no restriction"

    def __getitem__(self, factor: str) -> Restriction:
        """What is required of a factor.

        Raises:
            ValueError: nothing is; the message names what is restricted.
        """
        for each in self.restrictions:
            if each.factor == factor:
                return each
        raise ValueError(f"'{factor}' is not restricted{self._instead(factor)}")

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors that are restricted."""
        return tuple(each.factor for each in self.restrictions)

    def contains(self, factors: Table) -> Truths:
        """Which futures lie inside, [future].

        Raises:
            ValueError: a restricted factor is missing, or is of another kind.
        """
        table = as_factors(factors)
        inside = np.ones(len(table), np.bool_)
        for each in self.restrictions:
            inside &= satisfies(each, table[each.factor])
        return inside

    def drop(self, factor: str, side: str | None = None) -> Box:
        """The box without what it requires of a factor; `side` 'lower' or 'upper' drops a bound.

        Raises:
            ValueError: the factor is not restricted, or not on that side.
        """
        rest = tuple(each for each in self.restrictions if each.factor != factor)
        found = self[factor]
        if side is None:
            return Box(rest)
        if side not in ("lower", "upper"):
            raise ValueError(f"a side is 'lower' or 'upper', not '{side}'")
        if isinstance(found, Kept) or abs(getattr(found, side)) == inf:
            raise ValueError(f"'{factor}' has no {side} bound: {found}")
        wider = replace(found, lower=-inf) if side == "lower" else replace(found, upper=inf)
        if (wider.lower, wider.upper) == (-inf, inf):
            return Box(rest)
        return Box(tuple(wider if each is found else each for each in self.restrictions))

    def _instead(self, factor: str) -> str:
        """The end of a message about a factor that is not restricted."""
        return did_you_mean(factor, self.factors) if self.restrictions else "; nothing is"


def satisfies(restriction: Restriction, factor: Factor) -> Truths:
    """In which futures a factor is as required, [future]."""
    if isinstance(restriction, Interval):
        if factor.kind is Kind.CATEGORY:
            raise ValueError(f"'{factor.name}' is a category, but the box wants a number of it")
        found: Truths = (factor.values >= restriction.lower) & (factor.values <= restriction.upper)
        return found
    if factor.kind is not Kind.CATEGORY:
        raise ValueError(f"'{factor.name}' is a number, but the box wants a category of it")
    kept = np.array([each not in restriction.others for each in factor.categories], np.bool_)
    held: Truths = kept[factor.values.astype(np.intp)]
    return held


@dataclass(frozen=True)
class Figures:
    """How well a box describes the cases."""

    coverage: float
    """Share of all cases that lie inside."""
    density: float
    """Share of cases among what lies inside; NaN where nothing does."""
    mass: float
    """Share of all futures that lie inside."""
    inside: int
    """Futures inside."""
    hits: int
    """Cases inside."""


def measure(box: Box, factors: Table, cases: Any, weights: Any = None) -> Figures:
    """Coverage, density and mass of a box.

    With `weights` [future] each future counts for so much: the same box under other priors.

    Raises:
        ValueError: there are no cases, so that coverage has no meaning; weights are not one number
            at or above 0 for each future; or as `as_factors`, `as_cases` and `Box.contains` do.
    """
    table = as_factors(factors)
    found = as_cases(cases, len(table))
    inside = box.contains(table)
    weight = _weights(weights, len(table))
    of_cases, held = weight[found].sum(), weight[inside].sum()
    hits = weight[inside & found].sum()
    if not of_cases:
        raise ValueError("there are no cases, and so no share of them is inside any box")
    return Figures(
        float(hits / of_cases),
        float(hits / held) if held else float("nan"),
        float(held / weight.sum()),
        int(inside.sum()),
        int((inside & found).sum()),
    )


@dataclass(frozen=True)
class Limit:
    """One limit of a box, and what it adds."""

    factor: str
    side: str | None
    """'lower' or 'upper'; None of a category."""
    quasi_p: float
    """How likely as many hits would be by chance, were the density that of the box without it."""
    density_without: float
    """Density of the box without this limit."""
    coverage_without: float
    """Coverage of the box without this limit."""


def limits(box: Box, factors: Table, cases: Any) -> tuple[Limit, ...]:
    """What each limit of a box adds, with its quasi-p value (Bryant & Lempert 2010).

    The test is binomial and one-sided: with n futures inside of which k are cases, and a density q
    of the box without the limit, P(at least k of n | q). It is "quasi" since the limits were chosen
    by what they do to the density of the same futures: in noise it is small as well.

    Raises:
        ValueError: there are no cases, or nothing is inside.
    """
    from scipy.special import bdtrc

    table = as_factors(factors)
    found = as_cases(cases, len(table))
    if not found.any():
        raise ValueError("there are no cases, and so no density to test")
    each_limit = [
        (each.factor, side, ~satisfies(part, table[each.factor]))
        for each in box.restrictions
        for side, part in _parts(each)
    ]
    broken = np.zeros(len(table), np.int64)
    for _, _, breaks in each_limit:
        broken += breaks
    inside = broken == 0
    count, hits = int(inside.sum()), int((inside & found).sum())
    if not count:
        raise ValueError("nothing is inside the box, and so there is no density to test")
    result = []
    for factor, side, breaks in each_limit:
        wider = inside | (breaks & (broken == 1))
        without = float((wider & found).sum() / wider.sum())
        quasi_p = float(bdtrc(hits - 1, count, without)) if hits else 1.0
        coverage = float((wider & found).sum() / found.sum())
        result.append(Limit(factor, side, quasi_p, without, coverage))
    return tuple(result)


def _parts(restriction: Restriction) -> Iterator[tuple[str | None, Restriction]]:
    """A restriction, limit by limit."""
    if isinstance(restriction, Kept):
        yield None, restriction
        return
    if restriction.lower > -inf:
        yield "lower", replace(restriction, upper=inf)
    if restriction.upper < inf:
        yield "upper", replace(restriction, lower=-inf)


def _weights(given: Any, futures: int) -> Reals:
    """What each future counts for."""
    if given is None:
        return np.ones(futures)
    weight = np.asarray(given, np.float64)
    if weight.shape != (futures,) or not (np.isfinite(weight) & (weight >= 0)).all():
        raise ValueError(f"weights must be a finite number at or above 0 for {futures:,} futures")
    if not weight.any():
        raise ValueError("all weights are 0: no future counts")
    return weight
