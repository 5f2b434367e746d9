"""One block of futures: solved under every doctrine, failed futures set apart, and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from standoff.explore.failures import Failure, reason_of
from standoff.explore.futures import Futures
from standoff.explore.results import (
    CERTIFICATES,
    ELSEWHERE,
    LIMIT,
    Columns,
    outcome_columns,
)
from standoff.explore.study import Study, write_certificates, write_failures, write_table
from standoff.game import GROUP, Game, Numbers, fill
from standoff.solver import (
    DTYPES,
    Concept,
    Solution,
    choice_names,
    label_names,
    one_thread,
    rows_of,
    solve_doctrines,
)

T = TypeVar("T")

BLOCK = GROUP
"""Futures in a block."""

_SMALL = 100_000
"""States of all moves and periods up to which solutions under every doctrine are checked again."""

_OVERFLOW = {
    "single": "the solution is not a finite number; try --precision double",
    "double": "the solution is not a finite number",
}


def solve_block(
    study: Study, game: Game, block: int, refused: Mapping[int, str] | None = None
) -> None:
    """Solves one block of futures under every doctrine, and writes its parts.

    A future that is impossible, or whose solution raises or is not finite, fails: its numbers are
    empty, and the reason is written beside. `refused` are futures known to fail, with the reason.
    The others' results are those of a block without failures, to the last bit.

    Raises:
        OSError: a part cannot be written.
        MemoryError: there is not enough memory for a block.
    """
    span = study.span(block)
    futures = {name: values[span.start : span.stop] for name, values in study.futures.items()}
    reasons = {future - span.start: why for future, why in (refused or {}).items()}
    with one_thread():
        outcomes, courses = _solve_sound(study, game, futures, reasons)
    index = np.arange(span.start, span.stop, dtype=np.int32)
    failed = np.isin(np.arange(len(span)), list(reasons))
    if block == 0 and not failed.all():
        _certify(study, game, futures, int(np.argmin(failed)))
    course = _interleave(courses, index, study.doctrines, failed)
    write_table(study.part("course", block), course.items(), study.origin)
    write_failures(
        study,
        block,
        [
            Failure(
                span.start + row,
                reasons[row],
                {name: float(values[row]) for name, values in futures.items()},
            )
            for row in sorted(reasons)
        ],
    )
    # Outcomes come last: where they are, the block is whole.
    whole = _interleave(outcomes, index, study.doctrines, failed)
    write_table(study.part("outcomes", block), whole.items(), study.origin)


def try_future(study: Study, game: Game, future: int | None) -> None:
    """Solves one future by itself, or the nominal one, and keeps nothing."""
    futures = {} if future is None else study.futures
    one = {name: values[future] for name, values in futures.items()}
    with one_thread():
        _solve(study, game, fill(game, one, DTYPES[study.manifest["precision"]]))


Solved = tuple[list[Columns], list[Columns]]
"""Outcomes and courses, by doctrine."""


def _solve_sound(study: Study, game: Game, futures: Futures, reasons: dict[int, str]) -> Solved:
    """Solves the rows that can be; adds to `reasons` why the others cannot.

    A row that failed is solved at nominal values instead, which are possible, and is blanked later:
    so every block has the same columns, and no row another neighbourhood for a failure's sake.
    """
    precision = study.manifest["precision"]

    def numbers(some: Futures) -> Numbers:
        return fill(game, some, DTYPES[precision])

    _attempt(numbers, game, futures, reasons)  # which is quick, and what most failures fail at
    solved = _attempt(lambda some: _solve(study, game, numbers(some)), game, futures, reasons)
    for columns in solved[0]:
        for name, values in columns.items():
            if name not in CERTIFICATES:
                for row in np.flatnonzero(~np.isfinite(values)):
                    reasons.setdefault(int(row), _OVERFLOW[precision])
    return solved


def _attempt(
    attempt: Callable[[Futures], T], game: Game, futures: Futures, reasons: dict[int, str]
) -> T:
    """What an attempt gives; where it fails, without the rows with which it fails when alone."""
    try:
        return attempt(_sound(game, futures, reasons))
    except (OSError, MemoryError):
        raise
    except Exception:
        found = _alone(attempt, _sound(game, futures, reasons))
        if not found:
            raise
        reasons |= found
        return attempt(_sound(game, futures, reasons))


def _alone(attempt: Callable[[Futures], object], futures: Futures) -> dict[int, str]:
    """The rows with which an attempt fails where they are alone, and why."""
    found = {}
    for row in range(max((len(values) for values in futures.values()), default=1)):
        try:
            attempt({name: values[row : row + 1] for name, values in futures.items()})
        except (OSError, MemoryError):
            raise
        except Exception as error:
            found[row] = reason_of(error)
    return found


def _sound(game: Game, futures: Futures, reasons: Mapping[int, str]) -> Futures:
    """The futures, with nominal values in the rows that failed."""
    if not reasons:
        return futures
    nominal = {parameter.name: parameter.value for parameter in game.scenario.parameters}
    failed = list(reasons)
    changed = {name: values.copy() for name, values in futures.items()}
    for name, values in changed.items():
        values[failed] = nominal[name]
    return changed


def _solve(study: Study, game: Game, numbers: Numbers) -> Solved:
    limits = [
        outcome_columns(limit, LIMIT)
        for limit in solve_doctrines(game, numbers, study.doctrines, Concept.LIMIT, reuse=True)
    ]
    elsewhere: list[Columns] = [{} for _ in limits]
    if any(move.is_group for move in game.moves):
        elsewhere = [
            outcome_columns(other, ELSEWHERE) | {"several": other.several}
            for other in solve_doctrines(
                game, numbers, study.doctrines, Concept.ELSEWHERE, reuse=True
            )
        ]
    outcomes: list[Columns] = []
    courses: list[Columns] = []
    for solution, limit, other in zip(
        solve_doctrines(game, numbers, study.doctrines, keep=True, reuse=True),
        limits,
        elsewhere,
        strict=True,
    ):
        stages: Columns = {"kappa": solution.kappa, "lost": solution.lost} if other else {}
        outcomes.append(outcome_columns(solution, "") | limit | other | stages)
        courses.append(_course_columns(solution))
    return outcomes, courses


def _certify(study: Study, game: Game, futures: Futures, row: int) -> None:
    """Has a second program check the solutions of one future."""
    from standoff.certificate import certify  # which loads a sparse solver

    # The cost of checking free choice again is a few seconds at most; that of every doctrine is
    # worth it where the game is small.
    checked = len(study.doctrines) if game.positions * game.periods <= _SMALL else 1
    one = {name: values[row : row + 1] for name, values in futures.items()}
    numbers = fill(game, one, DTYPES[study.manifest["precision"]])
    with one_thread():
        solutions = solve_doctrines(game, numbers, study.doctrines[:checked], keep=True, reuse=True)
        write_certificates(study, [certify(solution, 0).to_json() for solution in solutions])


def _course_columns(solution: Solution) -> Columns:
    """The course of the crisis by column name, [row, period]; periods to come have no choices."""
    game, course = solution.game, solution.course
    horizon = np.full((1, solution.rows), np.nan)

    def column(by_period: NDArray[Any], item: int) -> NDArray[np.float64]:
        rows = np.array([rows_of(grouped, solution.rows)[item] for grouped in by_period])
        return (np.concatenate([rows, horizon]) if len(rows) == game.periods else rows).T

    columns = {"going on": column(course.going_on[:, :, None], 0)}
    for k, (variable, label) in enumerate(label_names(game)):
        columns[f"state.{variable}.{label}"] = column(course.labels, k)
    for k, (_, actor, action) in enumerate(choice_names(game)):
        name = f"choice.{actor}.{action}"
        columns[name] = columns.get(name, 0.0) + column(course.choices, k)
    for k, outcome in enumerate(game.outcomes, len(game.actors)):
        if outcome.kind == "each period":
            columns[f"accrued.{outcome.name}"] = column(course.accrued, k)
    for k, actor in enumerate(game.actors):
        columns[f"path.{actor}"] = column(course.path, k)
    return columns


def _interleave(
    by_doctrine: list[Columns],
    index: NDArray[np.int32],
    doctrines: tuple[str, ...],
    failed: NDArray[np.bool_],
) -> dict[str, Any]:
    """Columns [row] or [row, period] by doctrine as a table: future, doctrine, period.

    Rows that `failed` have no numbers: nan, or null among integers.
    """
    import pyarrow as pa

    names = list(by_doctrine[0])
    stacked = {name: np.stack([d[name] for d in by_doctrine], axis=1) for name in names}
    shape = stacked[names[0]].shape
    labels = pa.DictionaryArray.from_arrays(
        pa.array(
            np.broadcast_to(
                _along(np.arange(shape[1], dtype=np.int16), 1, len(shape)), shape
            ).ravel()
        ),
        pa.array(list(doctrines)),
    )
    table: dict[str, Any] = {
        "future": np.broadcast_to(_along(index, 0, len(shape)), shape).ravel(),
        "doctrine": labels,
    }
    if len(shape) == 3:
        periods = np.arange(shape[2], dtype=np.int16)
        table["period"] = np.broadcast_to(_along(periods, 2, 3), shape).ravel()
    blank = np.broadcast_to(_along(failed, 0, len(shape)), shape).ravel()
    for name, column in stacked.items():
        flat = column.ravel()
        if failed.any():
            floats = np.issubdtype(flat.dtype, np.floating)
            flat = np.where(blank, np.nan, flat) if floats else pa.array(flat, mask=blank)
        table[name] = flat
    return table


def _along(values: NDArray[Any], axis: int, dimensions: int) -> NDArray[Any]:
    return values.reshape([-1 if k == axis else 1 for k in range(dimensions)])
