"""The numbers of a game in some futures: its ledgers filled, sixteen rows to a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from standoff.game.game import Game, Ledger, Pairing
from standoff.game.ledger import evaluate_entry
from standoff.scenario import Expression, Scenario, ScenarioError, evaluate, nearest

GROUP = 16
"""Rows in a group: the floats of a cache line, and of an AVX-512 register.

The last group is filled up by repeating the last row."""


@dataclass(frozen=True)
class Numbers:
    """What the ledgers of a game hold in each row; arrays are [group, entry, lane]."""

    rows: int
    chances: NDArray[Any]
    payoffs: NDArray[Any]
    fixed_chances: NDArray[Any]  # [entry]
    fixed_payoffs: NDArray[Any]  # [entry]
    rationality: NDArray[Any]  # [group, actor, lane]
    discount: NDArray[Any]  # [group, actor, lane]
    parameters: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    """What every parameter is in each row, [row]; for what no ledger holds."""

    @property
    def groups(self) -> int:
        """Number of groups of `GROUP` rows."""
        return len(self.chances)


def fill(
    game: Game, parameters: Mapping[str, ArrayLike] | None = None, dtype: DTypeLike = np.float64
) -> Numbers:
    """Evaluates every expression of the game in every row.

    `parameters` gives the parameters that differ from their nominal values: numbers, or arrays over
    rows.

    Raises:
        ScenarioError: a probability is outside [0, 1], branches sum above 1, a payoff is not
        finite, a
            rationality is negative or a discount outside [0, 1]; with place, example state and
            values.
        KeyError: a name in `parameters` is not a parameter.
        ValueError: parameters have different numbers of rows.
    """
    scenario = game.scenario
    values = _rows(scenario, parameters or {})
    rows = max((len(value) for value in values.values()), default=1)
    values = {name: np.broadcast_to(value, rows) for name, value in values.items()}
    chances = _fill(game.chances, values, scenario, rows)
    payoffs = _fill(game.payoffs, values, scenario, rows)
    return Numbers(
        rows=rows,
        chances=grouped(chances, dtype),
        payoffs=grouped(payoffs, dtype),
        fixed_chances=game.chances.fixed.astype(dtype),
        fixed_payoffs=game.payoffs.fixed.astype(dtype),
        rationality=grouped(_by_actor(game, "rationality", 1.0, np.inf, values, rows), dtype),
        discount=grouped(_by_actor(game, "discount", 1.0, 1.0, values, rows), dtype),
        parameters=values,
    )


def _rows(scenario: Scenario, given: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    known = {parameter.name: parameter.value for parameter in scenario.parameters}
    for name in given:
        if name not in known:
            near = nearest(name, known)
            raise KeyError(
                f"'{name}' is not a parameter of '{scenario.name}'"
                + (f"; did you mean '{near}'?" if near else "")
            )
    merged = {name: given.get(name, value) for name, value in known.items()}
    rows = {name: np.atleast_1d(np.asarray(value, np.float64)) for name, value in merged.items()}
    most = max((len(row) for row in rows.values()), default=1)
    for name, row in rows.items():
        if row.ndim != 1 or len(row) not in (1, most) or not len(row):
            raise ValueError(f"'{name}' has the shape {row.shape}; expected one number or {most}")
    return rows


def _fill(
    ledger: Ledger, values: dict[str, NDArray[np.float64]], scenario: Scenario, rows: int
) -> NDArray[np.float64]:
    filled = np.empty((ledger.size, rows))
    for entry in ledger.entries:
        if isinstance(entry, Pairing):
            left, right = (
                np.where(
                    codes[:, None] >= 0,
                    filled[np.maximum(codes, 0)],
                    ledger.fixed[np.maximum(-1 - codes, 0)][:, None],
                )
                for codes in entry.codes.T
            )
            made = left * right if ledger.probabilities else left + right
            filled[entry.start : entry.start + len(made)] = made
            continue
        filled[entry.start : entry.start + len(entry.values)] = evaluate_entry(
            entry, values, scenario, probability=ledger.probabilities
        )
    return filled


def _by_actor(
    game: Game,
    field: str,
    default: float,
    most: float,
    values: dict[str, NDArray[np.float64]],
    rows: int,
) -> NDArray[np.float64]:
    numbers = np.full((len(game.actors), rows), default)
    for k, actor in enumerate(game.scenario.actors):
        expression: Expression | None = getattr(actor, field)
        if expression is None:
            continue
        numbers[k] = evaluate(expression, values)
        wrong = ~(np.isfinite(numbers[k]) & (numbers[k] >= 0) & (numbers[k] <= most))
        if wrong.any():
            example = {
                name: float(values[name][np.argmax(wrong)]) for name in expression.parameters
            }
            raise ScenarioError.about(
                game.scenario.text, expression,
                f"the {field} of {actor.name} is {numbers[k][np.argmax(wrong)]:g}"
                + (f", for example with {example}" if example else ""),
                hint="expected a number from 0" + (" to 1" if most == 1.0 else " up"),
            )  # fmt: skip
    return numbers


def grouped(numbers: NDArray[np.float64], dtype: DTypeLike) -> NDArray[Any]:
    """[entry, row] as [group, entry, lane]; the last group is filled up with the last row."""
    entries, rows = numbers.shape
    groups = -(-rows // GROUP)
    padded = np.pad(numbers, ((0, 0), (0, groups * GROUP - rows)), mode="edge")
    return np.ascontiguousarray(padded.reshape(entries, groups, GROUP).swapaxes(0, 1), dtype=dtype)
