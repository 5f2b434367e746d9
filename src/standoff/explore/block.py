"""One block of futures: solved under every doctrine, failed futures set apart, and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from standoff.displacement import Course, Driven, drive, refuse_impossible
from standoff.explore.failures import Failure, reason_of
from standoff.explore.fled import Solved, count_columns, course_of
from standoff.explore.futures import Futures
from standoff.explore.results import (
    CERTIFICATES,
    CONCEPTS,
    ELSEWHERE,
    LIMIT,
    Columns,
    outcome_columns,
)
from standoff.explore.study import Study, housed, write_certificates, write_failures, write_table
from standoff.game import GROUP, Game, Numbers, fill, find_doctrine
from standoff.solver import (
    DTYPES,
    Solution,
    belief_names,
    beliefs_of,
    choice_names,
    label_names,
    needs_beliefs,
    one_thread,
    rows_of,
    solve_doctrines,
)

T = TypeVar("T")

BLOCK = GROUP
"""Futures in a block."""

_SMALL = 100_000
"""States of all moves and periods up to which solutions under every doctrine are checked again."""

_MOST = 10_000_000
"""States and points of belief, of all moves and periods, up to which free choice is checked again
where types are hidden: beyond, that takes minutes and gigabytes."""

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
    numbers = fill(game, one, DTYPES[study.manifest["precision"]])
    with one_thread():
        _solve(study, game, numbers, _driven(study, game))


Tables = tuple[list[Columns], list[Columns]]
"""Outcomes and courses, by doctrine."""


def _solve_sound(study: Study, game: Game, futures: Futures, reasons: dict[int, str]) -> Tables:
    """Solves the rows that can be; adds to `reasons` why the others cannot.

    A row that failed is solved at nominal values instead, which are possible, and is blanked later:
    so every block has the same columns, and no row another neighbourhood for a failure's sake.
    """
    precision = study.manifest["precision"]
    driven = _driven(study, game)

    def numbers(some: Futures) -> Numbers:
        filled = fill(game, some, DTYPES[precision])
        if driven is not None:
            refuse_impossible(driven, filled.parameters)
        for doctrine in (find_doctrine(game, name) for name in study.doctrines):
            if needs_beliefs(game, doctrine):
                beliefs_of(game, filled, doctrine, study.points)  # priors that sum to 1, and so on
        return filled

    _attempt(numbers, game, futures, reasons)  # which is quick, and what most failures fail at
    solved = _attempt(
        lambda some: _solve(study, game, numbers(some), driven), game, futures, reasons
    )
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


def _driven(study: Study, game: Game) -> Driven | None:
    """What the scenario drives, from the study's own copy."""
    return drive(housed(game.scenario, study.path))


def _solve(study: Study, game: Game, numbers: Numbers, driven: Driven | None) -> Tables:
    # What is believed at the end, and who fled, takes a course, also in the limit.
    keep = bool(belief_names(game)) or driven is not None
    fled: dict[Solved, Course] = {}

    def solved(prefix: str, doctrines: tuple[str, ...], keep: bool = keep) -> Iterator[Solution]:
        for solution in solve_doctrines(
            game, numbers, doctrines, CONCEPTS[prefix], keep=keep, reuse=True, points=study.points
        ):
            if driven is not None:
                fled[prefix, solution.doctrine] = course_of(driven, solution)
            yield solution

    every = study.doctrines
    at_once = any(move.is_group for move in game.moves)
    hidden = any(needs_beliefs(game, find_doctrine(game, name)) for name in every)
    limits: list[Columns] = [{} for _ in every]
    if not study.equilibrium_only:
        limits = [
            outcome_columns(limit, LIMIT) | ({"lost_limit": limit.lost} if hidden else {})
            for limit in solved(LIMIT, every)
        ]
    own: list[Columns] = []
    stages: list[Columns] = []
    courses: list[Columns] = []
    for solution in solved("", every, keep=True):
        own.append(outcome_columns(solution, ""))
        stages.append({"lost": solution.lost, "several": solution.several})
        if at_once:
            stages[-1] = {"kappa": solution.kappa, "lost": solution.lost}
        courses.append(course_columns(solution))
    others: tuple[str, ...] = every if at_once else ()
    if hidden and not at_once:
        others = tuple(
            name for name, found in zip(every, stages, strict=True) if found["several"].any()
        )
    if study.equilibrium_only:
        others = ()
    there: dict[str, Columns] = {}
    for other in solved(ELSEWHERE, others) if others else ():
        there[other.doctrine] = outcome_columns(other, ELSEWHERE)
        if at_once:
            there[other.doctrine]["several"] = other.several
    if driven is not None:
        counts = count_columns(driven, fled, numbers.parameters)
        own = [columns | counts["", name] for name, columns in zip(every, own, strict=True)]
        limits = [
            columns | counts.get((LIMIT, name), {})
            for name, columns in zip(every, limits, strict=True)
        ]
        there = {name: columns | counts[ELSEWHERE, name] for name, columns in there.items()}
    elsewhere = [there.get(name, {}) for name in every]
    if hidden and not at_once:
        elsewhere = [
            found
            if study.equilibrium_only
            else _where_several(found["several"], columns, there.get(name)) | found
            for name, columns, found in zip(every, own, stages, strict=True)
        ]
    outcomes = [
        columns | limit | other | (found if at_once else {})
        for columns, limit, other, found in zip(own, limits, elsewhere, stages, strict=True)
    ]
    return outcomes, courses


def _where_several(several: NDArray[np.int64], own: Columns, other: Columns | None) -> Columns:
    """The columns of other equilibria; the solution's own in rows where none was found."""
    return {
        f"{ELSEWHERE}{name}": values
        if other is None
        else np.where(several > 0, other[f"{ELSEWHERE}{name}"], values)
        for name, values in own.items()
    }


def _certify(study: Study, game: Game, futures: Futures, row: int) -> None:
    """Has a second program check the solutions of one future."""
    from standoff.certificate import certify  # which loads a sparse solver

    # The cost of checking free choice again is a few seconds, where types are hidden a minute or
    # two at most; that of every doctrine is worth it where the game is small.
    one = {name: values[row : row + 1] for name, values in futures.items()}
    numbers = fill(game, one, DTYPES[study.manifest["precision"]])
    size = game.positions * game.periods * _largest_grid(study, game, numbers)
    checked = len(study.doctrines) if size <= _SMALL else 1 if size <= _MOST else 0
    if not study.hidden:
        checked = max(1, checked)
    with one_thread():
        solutions = solve_doctrines(
            game, numbers, study.doctrines[:checked], keep=True, reuse=True, points=study.points
        )
        write_certificates(study, [certify(solution, 0).to_json() for solution in solutions])


def _largest_grid(study: Study, game: Game, numbers: Numbers) -> int:
    """Points of the largest belief grid; 1 where nothing is hidden."""
    doctrines = [find_doctrine(game, name) for name in study.doctrines]
    return max(
        beliefs_of(game, numbers, one, study.points).points if needs_beliefs(game, one) else 1
        for one in doctrines
    )


def course_columns(solution: Solution) -> Columns:
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
    if course.beliefs is not None:
        for k, believed in enumerate(belief_names(game)):
            columns[f"belief.{believed.actor}.{believed.type}"] = column(course.beliefs, k)
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
