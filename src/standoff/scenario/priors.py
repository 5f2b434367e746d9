"""Second pass: what is believed of parameters together, as correlations and constraints."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from standoff.reading import Path, listing
from standoff.scenario.context import Context, spellings
from standoff.scenario.expression import evaluate
from standoff.scenario.file import ScenarioPart
from standoff.scenario.joint import rank_of_score, score_correlation, score_of_rank
from standoff.scenario.parameters import sources
from standoff.scenario.scenario import Constraint, Correlation, Parameter
from standoff.scenario.scope import YES_NO

_SMALLEST = 1e-6
"""Eigenvalue from which a correlation matrix counts as positive definite."""


def correlations(
    context: Context, file: ScenarioPart, declared: Sequence[Parameter]
) -> tuple[Correlation, ...]:
    """All correlations that are free of mistakes; that they can hold together is checked."""
    known = spellings(parameter.name for parameter in declared)
    fixed = {parameter.name for parameter in declared if parameter.distribution is None}
    made: dict[frozenset[str], Correlation] = {}
    paths: dict[frozenset[str], Path] = {}
    for k, part in enumerate(file.correlations):
        path: Path = ("correlations", k)
        pair = []
        for i, name in enumerate(part.between):
            at = (*path, "between", i)
            found = context.lookup(at, name, known, "parameter")
            if found in fixed:
                hint = "give it a 'range' or a 'distribution'"
                context.wrong(at, f"'{found}' is fixed: it goes together with nothing", hint)
            elif found is not None:
                pair.append(found)
        if not -1 < part.rank < 1:
            what = f"a rank correlation is above -1 and below 1, found {part.rank:g}"
            hint = "where one parameter follows from the other, make it a term"
            context.wrong((*path, "rank"), what, hint)
            pair = []
        keys = sources(context, (*path, "source"), part.source, file)
        if len(pair) < 2:
            continue
        both = frozenset(pair)
        if len(both) == 1:
            context.wrong((*path, "between"), f"'{pair[0]}' is correlated with itself")
        elif both in paths:
            line = context.place(paths[both]).line
            what = f"the correlation of '{pair[0]}' and '{pair[1]}' stands in line {line} already"
            context.wrong((*path, "between"), what, "delete one of them")
        else:
            paths[both] = path
            made[both] = Correlation(
                (pair[0], pair[1]), part.rank, part.why, keys, context.place(path)
            )
    found_together = tuple(made.values())
    _together(context, paths, declared, found_together)
    return found_together


def constraints(
    context: Context, file: ScenarioPart, declared: Sequence[Parameter]
) -> tuple[Constraint, ...]:
    """All constraints that are free of mistakes; the nominal values must keep each of them."""
    made = []
    nominal = {parameter.name: parameter.value for parameter in declared}
    for k, part in enumerate(file.constraints):
        path: Path = ("constraints", k)
        holds = context.expression((*path, "holds"), part.holds, "parameters", YES_NO)
        keys = sources(context, (*path, "source"), part.source, file)
        if holds is None:
            continue
        if not evaluate(holds, nominal):
            values = listing(f"{name} = {nominal[name]:g}" for name in holds.parameters)
            hint = f"with {values} it does not hold" if values else "it holds nowhere"
            context.wrong((*path, "holds"), "the nominal values break this constraint", hint)
        made.append(Constraint(holds, part.why, keys, context.place(path)))
    return tuple(made)


def _together(
    context: Context,
    paths: dict[frozenset[str], Path],
    declared: Sequence[Parameter],
    given: tuple[Correlation, ...],
) -> None:
    """Refuses correlations that cannot all hold at once; blames the one that is farthest off."""
    named = {name for one in given for name in one.between}
    names = [parameter.name for parameter in declared if parameter.name in named]
    matrix = score_correlation(names, given)
    if not given or np.linalg.eigvalsh(matrix)[0] >= _SMALLEST:
        return
    ranks = _possible_ranks(matrix)
    off = {
        both: abs(one.rank - ranks[_pair(names, one.between)])
        for both, one in zip(paths, given, strict=True)
    }
    worst = max(off, key=lambda both: off[both])
    blamed = next(one for one in given if frozenset(one.between) == worst)
    moved = [
        f"{names[i]} with {names[j]} {ranks[i, j]:g}"
        for i, j in combinations(range(len(names)), 2)
        if abs(rank_of_score(matrix[i, j]) - ranks[i, j]) > 1e-9
    ]
    what = f"the rank correlation {blamed.rank:g} cannot hold together with the others"
    context.wrong((*paths[worst], "rank"), what, f"the nearest that can: {listing(moved, 12)}")


def _pair(names: list[str], between: tuple[str, str]) -> tuple[int, int]:
    i, j = sorted(names.index(name) for name in between)
    return i, j


def _possible_ranks(matrix: NDArray[np.float64]) -> dict[tuple[int, int], float]:
    """Rank correlations to two digits, by pair, near those of `matrix`, that can hold together."""
    nearest = nearest_correlation(matrix)
    pairs = list(combinations(range(len(matrix)), 2))
    weaker = 1.0
    while True:
        ranks = {(i, j): round(rank_of_score(weaker * nearest[i, j]), 2) for i, j in pairs}
        rounded = np.eye(len(matrix))
        for (i, j), rank in ranks.items():
            rounded[i, j] = rounded[j, i] = score_of_rank(rank)
        if np.linalg.eigvalsh(rounded)[0] >= _SMALLEST:
            return ranks
        weaker *= 0.99


def nearest_correlation(matrix: NDArray[np.float64], steps: int = 200) -> NDArray[np.float64]:
    """The correlation matrix nearest to a symmetric matrix with ones on its diagonal.

    Higham (2002): projections in turn onto the positive semidefinite matrices, with Dykstra's
    correction, and onto those with a diagonal of ones.
    """
    found, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(steps):
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - shifted
        found = positive.copy()
        np.fill_diagonal(found, 1.0)
    return found
