"""Expressions as data: small typed trees, and their evaluation on arrays.

`parse.py` makes them from text; nothing here, or anywhere, calls `eval`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.reading import Place


@dataclass(frozen=True)
class Constant:
    """A number, a yes/no (1 or 0) or a rung (its position)."""

    value: float


@dataclass(frozen=True)
class Name:
    """A variable or a parameter, by its name in the file."""

    name: str


@dataclass(frozen=True)
class Quantity:
    """In claims: an outcome, a `value`, a `trap` or a `belief`, and what it is of.

    `subscripts` are what stood in the brackets; of a belief the actor, the type and the doctrine.
    """

    name: str
    subscripts: tuple[str, ...]


@dataclass(frozen=True)
class Trait:
    """Whether an actor is of a type (1 or 0); only in payoffs, finals and costs."""

    actor: str
    type: str


@dataclass(frozen=True)
class Belief:
    """The others' shared probability that an actor is of a type; only in outcomes.

    In claims it is a `Quantity` named "belief".
    """

    actor: str
    type: str


@dataclass(frozen=True)
class Call:
    """An operation or function on subtrees; comparisons and `and`/`or`/`not`/`if` are calls too."""

    function: Literal[
        "+", "-", "*", "/", "**", "negative",
        "<", "<=", ">", ">=", "==", "!=",
        "and", "or", "not", "if",
        "min", "max", "abs", "exp", "log", "sqrt", "logistic", "carried",
    ]  # fmt: skip
    arguments: tuple[Node, ...]


Node: TypeAlias = Constant | Name | Quantity | Trait | Belief | Call


@dataclass(frozen=True)
class Expression:
    """A checked expression.

    `kind` is "number", "yes/no" or the name of the ladder whose rungs it gives; `variables`,
    `parameters`, `quantities`, `traits` and `beliefs` are those it uses, in order of first use;
    `text` and `place` are as in the file.
    """

    text: str
    place: Place
    kind: str
    tree: Node
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    quantities: tuple[Quantity, ...] = ()
    traits: tuple[Trait, ...] = ()
    beliefs: tuple[Belief, ...] = ()


Array: TypeAlias = NDArray[np.float64]


def evaluate(expression: Expression, values: Mapping[Any, Any]) -> Array:
    """The expression's value; yes/no as 1 and 0, rungs as positions counted from 0.

    `values` maps each name, and each `Quantity`, `Trait` and `Belief`, to a number or an array;
    arrays broadcast. Overflow and division by zero give inf or nan, never an exception: whoever
    needs finite numbers checks.
    """
    return evaluate_tree(expression.tree, values)


def evaluate_tree(node: Node, values: Mapping[Any, Any]) -> Array:
    """The value of a part of an expression; as `evaluate`."""
    with np.errstate(all="ignore"):
        return np.asarray(_evaluate(node, values), dtype=np.float64)


def _evaluate(node: Node, values: Mapping[Any, Any]) -> Any:
    if isinstance(node, Constant):
        return np.float64(node.value)
    if isinstance(node, Name):
        return values[node.name]
    if isinstance(node, Quantity | Trait | Belief):
        return values[node]
    arguments = [np.asarray(_evaluate(part, values), dtype=np.float64) for part in node.arguments]
    return _FUNCTIONS[node.function](*arguments)


def _logistic(x: Array) -> Array:
    return np.where(
        x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x)))
    )


def carried(together: Array, blocs: Array, share: Array) -> Array:
    """The chance that at least `share` of `blocs` agree, if all do with the chance `together`.

    Blocs agree or not each for itself, all with the same chance a = together^(1/blocs), and at
    least k = ⌈share · blocs⌉ of them must: the upper tail of a binomial distribution (Condorcet
    1785). With a share of 1, which is consensus, and with one bloc it is `together` itself. Where
    `together` is outside 0 … 1, or there is no bloc, it is nan.
    """
    from scipy.special import betainc

    # A share such as 2/3 of 3 blocs is 2, whatever the last digit of 2/3.
    needed = np.clip(np.ceil(share * blocs - 1e-9), 1, blocs)
    sensible = (together >= 0) & (together <= 1) & (blocs >= 1) & (share > 0) & (share <= 1)
    each = np.where(sensible, together, 0.5) ** (1 / np.maximum(blocs, 1))
    # The tail as an incomplete beta function (Abramowitz and Stegun 1964, 26.5.24).
    tail = betainc(needed, np.maximum(blocs - needed + 1, 1), each)
    chance = np.where(needed == blocs, together, tail)
    return np.asarray(np.where(sensible & (blocs == np.floor(blocs)), chance, np.nan))


def _every(*parts: Array) -> Any:
    return np.all(np.broadcast_arrays(*[part != 0 for part in parts]), axis=0)


def _some(*parts: Array) -> Any:
    return np.any(np.broadcast_arrays(*[part != 0 for part in parts]), axis=0)


def _fold(function: Any) -> Any:
    def folded(*parts: Array) -> Any:
        result = parts[0]
        for part in parts[1:]:
            result = function(result, part)
        return result

    return folded


_FUNCTIONS: dict[str, Any] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
    "negative": np.negative,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "==": np.equal, "!=": np.not_equal,
    "and": _every, "or": _some, "not": lambda x: x == 0,
    "if": lambda c, a, b: np.where(c != 0, a, b),
    "min": _fold(np.minimum), "max": _fold(np.maximum),
    "abs": np.abs, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "logistic": _logistic,
    "carried": carried,
}  # fmt: skip
