"""A classification tree beside the box: several boxes at once, which together fill everything.

CART (Breiman et al. 1984) as scikit-learn grows it, with the leaves read as boxes (Lempert, Bryant
& Bankes 2008 compare it with PRIM for scenario discovery).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, inf
from typing import Any

import numpy as np

from standoff.discovery.box import Box, Figures, Interval, Kept, Restriction, measure
from standoff.discovery.columns import Column, columns_of
from standoff.discovery.factor import Factors, Kind, Reals, Table, as_cases, as_factors
from standoff.discovery.trust import deal


@dataclass(frozen=True)
class Leaf:
    """One leaf of a tree, as a box."""

    box: Box
    figures: Figures


@dataclass(frozen=True, eq=False)
class Tree:
    """A tree's leaves, densest first; each future is in exactly one."""

    leaves: tuple[Leaf, ...]
    scores: Reals
    """[future]: density of its leaf in a tree grown without it; NaN where no fold is held out."""
    folds: int
    """In how many folds; fewer than 2: none was held out."""


def grow(
    factors: Table, cases: Any, *, least_mass: float = 0.05, folds: int = 5, seed: int = 0
) -> Tree:
    """A tree, its leaves as boxes, and how it does in futures that it has not seen.

    A leaf holds at least `least_mass` of the futures; the tree is not pruned beyond that.

    Raises:
        ValueError: `least_mass` is not above 0 and below 1, or there are no cases; or as
            `as_factors` and `as_cases` do.
    """
    table = as_factors(factors)
    found = as_cases(cases, len(table))
    if not 0 < least_mass < 1:
        raise ValueError(f"least_mass must be above 0 and below 1: {least_mass}")
    if not found.any():
        raise ValueError("there are no cases, and so nothing for a tree to tell apart")
    columns, numbers = columns_of(table, all_categories=True)
    model = _fitted(numbers, found, least_mass, seed)
    boxes = [_box(table, limits) for limits in _leaves(model.tree_, columns)]
    leaves = [Leaf(box, measure(box, table, found)) for box in boxes]
    leaves.sort(key=lambda leaf: (-leaf.figures.density, -leaf.figures.coverage))
    folds = min(folds, int(found.sum()), int((~found).sum()))
    scores = np.full(len(table), np.nan)
    if folds >= 2:
        fold = deal(found, folds, np.random.default_rng([seed, 4]))
        for k in range(folds):
            test = fold == k
            held = _fitted(numbers[~test], found[~test], least_mass, seed)
            scores[test] = held.predict_proba(numbers[test])[:, 1]
    return Tree(tuple(leaves), scores, folds)


def _fitted(numbers: Reals, cases: Any, least_mass: float, seed: int) -> Any:
    """A tree of scikit-learn."""
    from sklearn.tree import DecisionTreeClassifier

    fewest = max(1, int(least_mass * len(cases)))
    return DecisionTreeClassifier(min_samples_leaf=fewest, random_state=seed).fit(numbers, cases)


def _leaves(tree: Any, columns: tuple[Column, ...]) -> list[dict[Column, tuple[float, float]]]:
    """For each leaf, the bounds on each column: above the first, up to the second."""
    found = []
    waiting: list[tuple[int, dict[Column, tuple[float, float]]]] = [(0, {})]
    while waiting:
        node, bounds = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left < 0:
            found.append(bounds)
            continue
        column, at = columns[int(tree.feature[node])], float(tree.threshold[node])
        low, high = bounds.get(column, (-inf, inf))
        waiting.append((right, bounds | {column: (max(low, at), high)}))
        waiting.append((left, bounds | {column: (low, min(high, at))}))
    return found


def _box(factors: Factors, bounds: dict[Column, tuple[float, float]]) -> Box:
    """The bounds of a leaf, factor by factor."""
    restrictions: list[Restriction] = []
    for factor in factors.columns:
        own = {column: each for column, each in bounds.items() if column.factor == factor.name}
        if not own:
            continue
        if factor.kind is Kind.CATEGORY:
            restrictions.append(_kept(factor.name, factor.categories, own))
            continue
        ((low, high),) = own.values()
        if factor.kind is Kind.WHOLE:
            low = low if low == -inf else floor(low) + 1
            high = high if high == inf else floor(high)
        elif low > -inf:
            low = float(np.nextafter(low, inf))  # leaves do not overlap
        restrictions.append(Interval(factor.name, low, high))
    return Box(tuple(restrictions))


def _kept(
    name: str, categories: tuple[Any, ...], bounds: dict[Column, tuple[float, float]]
) -> Kept:
    """What is left of a category after its indicators were asked for."""
    chosen = [column.category for column, (low, _) in bounds.items() if low > -inf]
    refused = [column.category for column, (_, high) in bounds.items() if high < inf]
    kept = tuple(chosen) or tuple(each for each in categories if each not in refused)
    return Kept(name, kept, tuple(each for each in categories if each not in kept))
