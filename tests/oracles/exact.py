"""Expression trees in exact arithmetic: fractions, and 50 digits where a function has no fraction.

A decimal number of a scenario counts as what was written: 0.1 is one tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from itertools import product

from standoff.scenario import Call, Constant, Name, Node

DIGITS = Context(prec=50, Emax=999_999, Emin=-999_999)
ONE, ZERO = Fraction(1), Fraction(0)


def written(value: float) -> Fraction:
    """The fraction that a float is the nearest to: what stood in the file."""
    return Fraction(repr(float(value)))


def decimal(value: Fraction) -> Decimal:
    """A fraction to 50 digits."""
    return DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def evaluate(node: Node, values: Mapping[str, Fraction]) -> Fraction:
    """The value of a tree; only the chosen side of an `if` is looked at."""
    if isinstance(node, Constant):
        return written(node.value)
    if isinstance(node, Name):
        return values[node.name]
    assert isinstance(node, Call)
    if node.function == "if":
        condition, first, second = node.arguments
        return evaluate(first if evaluate(condition, values) else second, values)
    return _FUNCTIONS[node.function]([evaluate(part, values) for part in node.arguments])


def _power(x: list[Fraction]) -> Fraction:
    base, exponent = x
    if exponent.denominator == 1:
        return Fraction(base ** int(exponent))
    return Fraction(DIGITS.power(decimal(base), decimal(exponent)))


def _fifty(function: Callable[[Decimal], Decimal]) -> Callable[[list[Fraction]], Fraction]:
    return lambda x: Fraction(function(decimal(x[0])))


def _logistic(x: Decimal) -> Decimal:
    return DIGITS.divide(Decimal(1), DIGITS.add(Decimal(1), DIGITS.exp(DIGITS.minus(x))))


def _carried(x: list[Fraction]) -> Fraction:
    """Every way in which enough blocs agree, one after the other."""
    together, blocs, share = x
    each = Fraction(DIGITS.power(decimal(together), decimal(ONE / blocs)))
    ways = product((True, False), repeat=int(blocs))
    return sum(
        (
            _product([each if agrees else ONE - each for agrees in way])
            for way in ways
            if sum(way) >= share * blocs - Fraction(1, 10**9)
        ),
        ZERO,
    )


def _product(x: list[Fraction]) -> Fraction:
    result = ONE
    for part in x:
        result *= part
    return result


_FUNCTIONS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "+": lambda x: sum(x, ZERO),
    "-": lambda x: x[0] - x[1],
    "*": _product,
    "/": lambda x: x[0] / x[1],
    "**": _power,
    "negative": lambda x: -x[0],
    "<": lambda x: Fraction(x[0] < x[1]),
    "<=": lambda x: Fraction(x[0] <= x[1]),
    ">": lambda x: Fraction(x[0] > x[1]),
    ">=": lambda x: Fraction(x[0] >= x[1]),
    "==": lambda x: Fraction(x[0] == x[1]),
    "!=": lambda x: Fraction(x[0] != x[1]),
    "and": lambda x: Fraction(all(x)),
    "or": lambda x: Fraction(any(x)),
    "not": lambda x: Fraction(not x[0]),
    "min": lambda x: min(x),
    "max": lambda x: max(x),
    "abs": lambda x: abs(x[0]),
    "exp": _fifty(DIGITS.exp),
    "log": _fifty(DIGITS.ln),
    "sqrt": _fifty(DIGITS.sqrt),
    "logistic": _fifty(_logistic),
    "carried": _carried,
}
