"""Whether a claim holds, future by future: true, false, or too close to call.

Three values (Kleene 1952): +1 true, -1 false, 0 undetermined. A comparison is undetermined where its sides
differ by less than the numerical error; `and` is the least of its parts, `or` the greatest, `not` the opposite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import Call, Expression, Node, Quantity, evaluate_tree

Array = NDArray[np.float64]
Values = Mapping[str | Quantity, Any]

RELATIVE_ERROR = {"single": 1e-4, "double": 1e-9}
"""Numerical error of a solved quantity by precision, as a share of the quantities that enter a comparison.

Rounding over the hundred or so steps of a recursion, times what quantal responses make of it; `tests/claims`
checks it against solutions in twice the precision.
"""


@dataclass(frozen=True)
class Truth:
    """The truth of an expression in each future."""

    verdict: NDArray[np.int8]  # [future]: +1, 0, -1
    margin: (
        Array  # [future]: by how much it holds (above 0) or fails (below), in the units it compares
    )


def judge_expression(expression: Expression, values: Values, futures: int, error: float) -> Truth:
    """The truth of a claim's expression.

    `values` maps parameters and quantities to arrays [future]; `error` is the relative numerical error.
    """
    sizes = [np.abs(np.asarray(values[q])) for q in expression.quantities]
    scale = np.broadcast_to(np.sum(sizes, axis=0) if sizes else np.zeros(futures), futures)
    verdict, margin = _judge(expression.tree, values, error * scale)
    return Truth(
        np.broadcast_to(verdict, futures).astype(np.int8),
        np.broadcast_to(margin, futures).astype(float),
    )


def _judge(node: Node, values: Values, error: Array) -> tuple[Any, Any]:
    function = node.function if isinstance(node, Call) else None
    if isinstance(node, Call) and function in ("and", "or"):
        parts = [_judge(part, values, error) for part in node.arguments]
        pick = np.minimum.reduce if function == "and" else np.maximum.reduce
        return tuple(pick(np.broadcast_arrays(*column)) for column in zip(*parts, strict=True))
    if isinstance(node, Call) and function == "not":
        verdict, margin = _judge(node.arguments[0], values, error)
        return -verdict, -margin
    if isinstance(node, Call) and function == "if":
        condition, then, otherwise = (_judge(part, values, error) for part in node.arguments)
        return tuple(
            np.where(condition[0] > 0, a, np.where(condition[0] < 0, b, np.minimum(a, b)))
            for a, b in zip(then, otherwise, strict=True)
        )
    if isinstance(node, Call) and function in _MARGINS:
        left, right = (evaluate_tree(part, values) for part in node.arguments)
        margin = _MARGINS[function](left, right)
        near = np.abs(left - right) <= error
        # Exactly equal sides are no rounding: they come from the same numbers.
        holds = np.where(left == right, function in ("<=", ">=", "=="), margin > 0)
        return np.where(near & (left != right), 0, np.where(holds, 1, -1)), margin
    value = evaluate_tree(node, values)
    return np.where(value != 0, 1, -1), np.where(value != 0, np.inf, -np.inf)


_MARGINS: dict[str, Any] = {
    "<": lambda a, b: b - a,
    "<=": lambda a, b: b - a,
    ">": lambda a, b: a - b,
    ">=": lambda a, b: a - b,
    "==": lambda a, b: -np.abs(a - b),
    "!=": lambda a, b: np.abs(a - b),
}
