"""Factors as columns of numbers, as a tree or a regression wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.discovery.factor import Factors, Kind, Reals, Truths


@dataclass(frozen=True)
class Column:
    """Where a column of numbers comes from."""

    factor: str
    category: Any = None
    """Of a category: the one for which the column is 1, and 0 for all others."""
    is_indicator: bool = False

    def __str__(self) -> str:
        return f"{self.factor} is {self.category}" if self.is_indicator else self.factor


def columns_of(factors: Factors, *, all_categories: bool) -> tuple[tuple[Column, ...], Reals]:
    """The columns and their numbers, [future, column].

    A category has an indicator for each of its values, or for each but the commonest (the first of
    several), which is then what the others are compared with.
    """
    columns, numbers = [], []
    for factor in factors.columns:
        if factor.kind is not Kind.CATEGORY:
            columns.append(Column(factor.name))
            numbers.append(factor.values)
            continue
        counts = np.bincount(factor.values.astype(np.intp), minlength=len(factor.categories))
        for code, category in enumerate(factor.categories):
            if all_categories or code != counts.argmax():
                columns.append(Column(factor.name, category, is_indicator=True))
                numbers.append((factor.values == code).astype(np.float64))
    return tuple(columns), np.array(numbers).reshape(-1, len(factors)).T


def nearest_ideal_cut(scores: Reals, cases: Truths) -> tuple[float, float]:
    """Coverage and density of the futures above a score, at the score where they are best.

    Best is what `nearest_ideal` is of boxes: nearest to 1 and 1. Futures of equal score come in
    together.
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(cases[order])
    last = np.append(np.diff(scores[order]) != 0, True)
    coverage = hits[last] / hits[-1]
    density = hits[last] / (np.flatnonzero(last) + 1)
    best = int(np.argmin((1 - coverage) ** 2 + (1 - density) ** 2))
    return float(coverage[best]), float(density[best])
