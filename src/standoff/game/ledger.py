"""Ledgers: the numbers a game needs, each once for each distinct combination of variables."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from standoff.game.game import ONE, ZERO, Entry, Integers, Ledger, Pairing
from standoff.scenario import Expression, Scenario, ScenarioError, evaluate

_ROUNDING = 1e-12
"""By so much may a probability miss [0, 1]: 1 - 0.7 - 0.2 - 0.1 is not quite 0."""


@dataclass
class LedgerBuilder:
    """Collects entries while a game is compiled; `codes` tells where each number will stand."""

    scenario: Scenario
    probabilities: bool
    _entries: list[Entry | Pairing] = field(default_factory=list)
    _size: int = 0
    _fixed: dict[float, int] = field(default_factory=lambda: {0.0: 0, 1.0: 1})

    def codes(
        self,
        expressions: tuple[Expression, ...],
        states: NDArray[np.uint16],
        what: str,
        *,
        remainder: bool = False,
        sign: float = 1.0,
    ) -> Integers:
        """Codes, [state], of an expression (or 1 minus the sum of several) in `states`."""
        order = [variable.name for variable in self.scenario.variables]
        used = tuple(name for name in order if any(name in e.variables for e in expressions))
        columns = [order.index(name) for name in used]
        values, inverse = distinct(
            states[:, columns], [self.scenario.variables[c].size for c in columns]
        )
        entry = Entry(
            expressions, remainder, sign, used, values.astype(np.float64), self._size, what,
            expressions[0].place,
        )  # fmt: skip
        if any(expression.parameters for expression in expressions):
            self._entries.append(entry)
            self._size += len(values)
            return (entry.start + inverse).astype(np.int32)
        numbers = evaluate_entry(entry, {}, self.scenario, probability=self.probabilities)[:, 0]
        known = [self._fixed.setdefault(float(number), len(self._fixed)) for number in numbers]
        return (-1 - np.asarray(known, dtype=np.int32))[inverse]

    def combine(self, left: Integers, right: Integers) -> Integers:
        """Codes, [item], of the products of two probabilities, or of the sums of two payoffs."""
        combined = np.full(len(left), ZERO, np.int32)
        idle = ONE if self.probabilities else ZERO
        open_ = np.ones(len(left), bool)
        if self.probabilities:
            open_ = (left != ZERO) & (right != ZERO)
        for one, other in ((left, right), (right, left)):
            plain = open_ & (one == idle)
            combined[plain] = other[plain]
            open_ &= ~plain
        pairs, inverse = np.unique(
            np.stack([left[open_], right[open_]], axis=1), axis=0, return_inverse=True
        )
        codes = np.empty(len(pairs), np.int32)
        fixed = (pairs < 0).all(axis=1)
        known = np.array(list(self._fixed))
        a, b = (known[-1 - pairs[fixed, side]] for side in (0, 1))
        numbers = a * b if self.probabilities else a + b
        codes[fixed] = [
            -1 - self._fixed.setdefault(float(number), len(self._fixed)) for number in numbers
        ]
        rest = pairs[~fixed].astype(np.int32)
        if len(rest):
            self._entries.append(Pairing(rest, self._size))
            codes[~fixed] = self._size + np.arange(len(rest))
            self._size += len(rest)
        combined[open_] = codes[inverse.ravel()]
        return combined

    def finish(self) -> Ledger:
        """The ledger of all that was asked for."""
        return Ledger(
            self.probabilities, tuple(self._entries), self._size, np.array(list(self._fixed))
        )


def distinct(
    columns: NDArray[np.uint16], sizes: list[int]
) -> tuple[NDArray[np.uint16], NDArray[np.intp]]:
    """The distinct rows of `columns` [state, variable], and for each state which of them it has."""
    codes = encode(columns, sizes)
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return columns[first], inverse


def encode(columns: NDArray[np.uint16], sizes: list[int]) -> NDArray[np.int64]:
    """Rows of values as single numbers, in the mixed radix of `sizes`."""
    codes = np.zeros(len(columns), np.int64)
    for column, size in enumerate(sizes):
        codes = codes * size + columns[:, column]
    return codes


def evaluate_entry(
    entry: Entry,
    parameters: dict[str, NDArray[np.float64]],
    scenario: Scenario,
    *,
    probability: bool,
) -> NDArray[np.float64]:
    """The entry's numbers, [combination, row].

    Raises:
        ScenarioError: a number is not finite, or a probability not in [0, 1]; with the place, an
        example
            state, and the parameters that cause it.
    """
    values = {name: entry.values[:, k, None] for k, name in enumerate(entry.variables)}
    parts = [evaluate(expression, values | parameters) for expression in entry.expressions]
    with np.errstate(all="ignore"):
        total = 1.0 - sum(parts) if entry.remainder else entry.sign * parts[0]
    rows = max((len(row) for row in parameters.values()), default=1)
    numbers = np.broadcast_to(np.asarray(total, np.float64), (len(entry.values), rows))
    _refuse(entry, ~np.isfinite(numbers), numbers, "is not a finite number", parameters, scenario)
    if not probability:
        return numbers
    outside = (numbers < -_ROUNDING) | (numbers > 1 + _ROUNDING)
    complaint = "is negative: they sum above 1" if entry.remainder else "is not between 0 and 1"
    _refuse(entry, outside, numbers, complaint, parameters, scenario)
    return np.clip(numbers, 0, 1)


def _refuse(
    entry: Entry,
    wrong: NDArray[np.bool_],
    numbers: NDArray[np.float64],
    complaint: str,
    parameters: dict[str, NDArray[np.float64]],
    scenario: Scenario,
) -> None:
    """Raises a `ScenarioError` about the first number that is `wrong` [combination, row]."""
    if not wrong.any():
        return
    combination, row = (int(index) for index in np.argwhere(wrong)[0])
    labels = {variable.name: variable.labels for variable in scenario.variables}
    where = [
        f"{name}={labels[name][int(value)]}"
        for name, value in zip(entry.variables, entry.values[combination], strict=True)
    ]
    used = dict.fromkeys(name for e in entry.expressions for name in e.parameters)
    where += [f"{name}={parameters[name][row]:.6g}" for name in used]
    raise ScenarioError.about(
        scenario.text,
        entry.expressions[0],
        f"{entry.what} {complaint}: {numbers[combination, row]:.6g}"
        + (f", for example with {', '.join(where)}" if where else ""),
    )
