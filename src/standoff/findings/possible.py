"""Futures of a search's own making, of which some may be impossible."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import ScenarioError

Array = NDArray[np.float64]


def where_possible(
    solve: Callable[[Mapping[str, Array]], Array],
    futures: Mapping[str, Array],
    rows: int,
    columns: int,
) -> tuple[Array, list[ScenarioError]]:
    """What `solve` finds of futures, [future, column], and why some of them are impossible.

    `solve` takes parameters by name, [future]; `futures` are so many `rows` of them. Where it
    raises ScenarioError each half is solved by itself, until the futures to blame stand alone: they
    are NaN, and the errors are theirs, in their order.
    """
    try:
        return solve(futures), []
    except ScenarioError as error:
        if rows <= 1:
            return np.full((rows, columns), np.nan), [error]
    half = rows // 2
    low = {name: values[:half] for name, values in futures.items()}
    high = {name: values[half:] for name, values in futures.items()}
    found, reasons = where_possible(solve, low, half, columns)
    more, others = where_possible(solve, high, rows - half, columns)
    return np.concatenate([found, more]), reasons + others
