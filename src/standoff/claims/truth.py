"""Whether a claim holds, future by future: true, false, or too close to call.

Three values (Kleene 1952): +1 true, -1 false, 0 undetermined. A comparison is undetermined where
the numerical error of what it compares could turn it round; `and` is the least of its parts, `or`
the greatest, `not` the opposite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import Call, Expression, Node, Quantity, evaluate_tree

Array = NDArray[np.float64]
Values = Mapping[str | Quantity, Any]

RELATIVE_ERROR = {"single": 5e-4, "double": 1e-9}
"""Numerical error of a solved quantity by precision, as a share of its size.

Rounding over the hundred or so steps of a recursion, times what quantal responses make of it. In
the largest packaged scenario, single and double precision differ by up to 1e-4; `tests/claims`
checks a smaller one. In the limit of perfect rationality a tie that rounding breaks can do more:
there 1 % of single-precision values were off by 1e-3 to 1e-2.
"""


@dataclass(frozen=True)
class Truth:
    """The truth of an expression in each future."""

    verdict: NDArray[np.int8]
    """[future]: +1, 0 or -1."""
    margin: Array
    """[future]: by how much it holds (above 0) or fails (below), in the units it compares."""


def judge_expression(
    expression: Expression,
    values: Values,
    futures: int,
    error: float,
    sizes: Values | None = None,
) -> Truth:
    """The truth of a claim's expression.

    `values` maps parameters and quantities to arrays [future]. `error` is the relative numerical
    error: each quantity may be off by that share of its size, which is its own absolute value where
    `sizes` does not say otherwise (the difference of two large numbers is off by more than its own
    size tells). Parameters are exact.
    """
    sizes = sizes or {}
    errors: dict[str | Quantity, Any] = {
        quantity: error * np.abs(np.asarray(sizes.get(quantity, values[quantity])))
        for quantity in expression.quantities
    }
    verdict, margin = _judge(expression.tree, values, errors)
    return Truth(
        np.broadcast_to(verdict, futures).astype(np.int8),
        np.broadcast_to(margin, futures).astype(float),
    )


def _judge(node: Node, values: Values, errors: Values) -> tuple[Any, Any]:
    function = node.function if isinstance(node, Call) else None
    if isinstance(node, Call) and function in ("and", "or"):
        parts = [_judge(part, values, errors) for part in node.arguments]
        pick = np.minimum.reduce if function == "and" else np.maximum.reduce
        return tuple(pick(np.broadcast_arrays(*column)) for column in zip(*parts, strict=True))
    if isinstance(node, Call) and function == "not":
        verdict, margin = _judge(node.arguments[0], values, errors)
        return -verdict, -margin
    if isinstance(node, Call) and function == "if":
        condition, then, otherwise = (_judge(part, values, errors) for part in node.arguments)
        either = np.where(then[0] == otherwise[0], then[0], 0)  # where the condition is open
        closer = np.where(np.abs(then[1]) <= np.abs(otherwise[1]), then[1], otherwise[1])
        return tuple(
            np.where(condition[0] > 0, a, np.where(condition[0] < 0, b, open_))
            for a, b, open_ in zip(then, otherwise, (either, closer), strict=True)
        )
    if isinstance(node, Call) and function in _MARGINS:
        return _compare(node, values, errors)
    value = evaluate_tree(node, values)
    return np.where(value != 0, 1, -1), np.where(value != 0, np.inf, -np.inf)


def _compare(node: Call, values: Values, errors: Values) -> tuple[Any, Any]:
    left, right = (evaluate_tree(part, values) for part in node.arguments)
    with np.errstate(invalid="ignore"):
        margin = _MARGINS[node.function](left, right)
        near = np.abs(left - right) <= _doubt(node, values, errors)
    # Exactly equal sides are no rounding: they come from the same numbers.
    equal = left == right
    holds = np.where(equal, node.function in ("<=", ">=", "=="), margin > 0)
    undecided = (near & ~equal) | (np.isnan(margin) & ~equal)
    for part in node.arguments:
        for inner in _questions(part):
            undecided |= _judge(inner, values, errors)[0] == 0
    return np.where(undecided, 0, np.where(holds, 1, -1)), np.where(equal, 0.0, margin)


def _doubt(node: Call, values: Values, errors: Values) -> Any:
    """By how much the difference of the two sides may be off: each quantity's part, added up."""

    def difference(moved: Values) -> Array:
        left, right = (evaluate_tree(part, moved) for part in node.arguments)
        return left - right

    here, doubt = difference(values), np.zeros(())
    for quantity in dict.fromkeys(_quantities(node)):
        ends = [
            np.abs(
                difference({**values, quantity: values[quantity] + sign * errors[quantity]}) - here
            )
            for sign in (-1, 1)
        ]
        doubt = doubt + np.fmax(*ends)
    return doubt


def _quantities(node: Node) -> Iterator[Quantity]:
    if isinstance(node, Quantity):
        yield node
    elif isinstance(node, Call):
        for part in node.arguments:
            yield from _quantities(part)


def _questions(node: Node) -> Iterator[Node]:
    """The yes/no questions within a number: `1 * (war < 0.1)` has one."""
    if not isinstance(node, Call):
        return
    if node.function in _MARGINS or node.function in ("and", "or", "not"):
        yield node
    else:
        for part in node.arguments:
            yield from _questions(part)


_MARGINS: dict[str, Any] = {
    "<": lambda a, b: b - a,
    "<=": lambda a, b: b - a,
    ">": lambda a, b: a - b,
    ">=": lambda a, b: a - b,
    "==": lambda a, b: -np.abs(a - b),
    "!=": lambda a, b: np.abs(a - b),
}
