"""Values and outcomes of many futures: solved in memory, and as a labelled array."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.displacement import Course, drive
from standoff.explore.fled import Solved, count_columns, course_of
from standoff.explore.futures import Futures
from standoff.game import GROUP, Game, fill, find_doctrine
from standoff.scenario import FREE_CHOICE, Scenario
from standoff.solver import (
    DTYPES,
    POINTS,
    Concept,
    Precision,
    Solution,
    one_thread,
    solve_doctrines,
)

if TYPE_CHECKING:
    import xarray

Columns = dict[str, NDArray[Any]]
"""By name, [row] or [row, period]."""

LIMIT = "limit."
"""Prefix of columns that hold the limit of perfect rationality."""
ELSEWHERE = "elsewhere."
"""Prefix of columns that hold the equilibrium farthest from the branch."""
CERTIFICATES = ("kappa", "lost", "several", "lost_limit")
"""Columns about stage games, where some choose at once or hide their types: see `Solution`.

The last is `lost` of the limit, where types are hidden."""

CONCEPTS = {"": Concept.EQUILIBRIUM, LIMIT: Concept.LIMIT, ELSEWHERE: Concept.ELSEWHERE}
"""What the columns with each prefix are of."""
_TAKEN = (
    "future", "doctrine", "actor", "outcome", "value", "expected", "value_limit", "expected_limit",
    "type", "belief",
)  # fmt: skip


def solve_futures(
    game: Game,
    futures: Futures,
    doctrines: Iterable[str] | None = None,
    *,
    precision: Precision = "double",
    limit: bool = False,
    points: int = POINTS,
) -> xarray.Dataset:
    """Values and outcomes in futures that are given, under every doctrine; nothing is written.

    `futures` maps parameters to arrays [future]; parameters left out have their nominal values. The
    result is laid out like `Study.results`; `value_limit` and `expected_limit` are there if `limit`
    asks for them. Futures are solved in groups of 16, and one of them costs as much as 16.

    Where types are hidden, beliefs stand on a grid of so many `points` a side; `belief` is there if
    a claim of the scenario asks for one, since it takes another pass; and so with counts of those
    who fled.

    Raises:
        ScenarioError: the scenario is impossible in some future.
        KeyError: no such parameter or doctrine; the message has the nearest name.
        ValueError: the arrays have different lengths, or none.
    """
    names = doctrine_list(game.scenario, doctrines)
    for name in doctrines or ():
        find_doctrine(game, name)
    lengths = {len(np.atleast_1d(values)) for values in futures.values()} or {1}
    if len(lengths) > 1 or lengths == {0}:
        raise ValueError(f"the parameters have {sorted(lengths)} futures; expected one number > 0")
    rows = lengths.pop()
    parts: list[Columns] = []
    driven = drive(game.scenario) if asks_for_counts(game.scenario) else None
    keep = driven is not None or asks_for_beliefs(game.scenario)
    with one_thread():
        for low in range(0, rows, GROUP):
            block = {name: values[low : low + GROUP] for name, values in futures.items()}
            numbers = fill(game, block, DTYPES[precision])
            concepts = ("", LIMIT) if limit else ("",)
            columns: Columns = {}
            courses: dict[Solved, Course] = {}
            for prefix in concepts:
                by_doctrine = []
                for solution in solve_doctrines(
                    game, numbers, names, CONCEPTS[prefix], keep=keep, reuse=True, points=points
                ):
                    by_doctrine.append(outcome_columns(solution, prefix))
                    if driven is not None:
                        courses[prefix, solution.doctrine] = course_of(driven, solution)
                columns |= _side_by_side(by_doctrine)
            if driven is not None:
                counts = count_columns(driven, courses, numbers.parameters)
                for prefix in concepts:
                    columns |= _side_by_side([counts[prefix, name] for name in names])
            parts.append(columns)
    cubes = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    origin = {"scenario": game.scenario.name, "hash": game.scenario.hash, "precision": precision}
    return as_dataset(game.scenario, names, futures, cubes.__getitem__, cubes, origin)


def _side_by_side(by_doctrine: list[Columns]) -> Columns:
    """Columns [row] of each doctrine as columns [row, doctrine]."""
    return {name: np.stack([one[name] for one in by_doctrine], axis=1) for name in by_doctrine[0]}


def outcome_columns(solution: Solution, prefix: str) -> Columns:
    """Values, outcomes and expected beliefs at the end by column name, [row].

    Beliefs are left out where what they need was not kept.
    """
    by_name = {o.name: solution.outcome[:, k] for k, o in enumerate(solution.game.outcomes)}
    values = {
        f"{prefix}value.{actor}": solution.value[:, k]
        for k, actor in enumerate(solution.game.actors)
    }
    outcomes = {
        f"{prefix}outcome.{o.name}": by_name[o.name] for o in solution.game.scenario.outcomes
    }
    beliefs: Columns = {}
    if solution.learned is not None and solution.learned.snapshots:
        beliefs = {
            f"{prefix}belief.{known.actor}.{known.type}": expected
            for known, expected in solution.belief.items()
        }
    return values | outcomes | beliefs


def asks_for_beliefs(scenario: Scenario) -> bool:
    """Whether some claim is about what others believe of an actor."""
    return any(
        quantity.name == "belief"
        for claim in scenario.claims
        for quantity in claim.holds.quantities
    )


def asks_for_counts(scenario: Scenario) -> bool:
    """Whether some claim is about how many fled where."""
    counts = () if scenario.displacement is None else scenario.displacement.counts
    names = {count.name for count in counts}
    return any(
        quantity.name in names for claim in scenario.claims for quantity in claim.holds.quantities
    )


def as_dataset(
    scenario: Scenario,
    doctrines: tuple[str, ...],
    futures: Futures,
    column: Callable[[str], NDArray[Any]],
    known: Iterable[str],
    origin: Mapping[str, Any],
) -> xarray.Dataset:
    """Columns, [future, doctrine] each, as `Study.results` describes; `known` are their names."""
    import xarray as xr

    known = set(known)
    actors = [actor.name for actor in scenario.actors]
    outcomes = [one.name for one in scenario.reported if f"outcome.{one.name}" in known]
    types = [f"{actor.name}.{type_.name}" for actor in scenario.actors for type_ in actor.types]
    arrays: dict[str, Any] = {}
    for prefix in CONCEPTS:
        suffix = prefix and "_" + prefix.rstrip(".")
        if f"{prefix}value.{actors[0]}" not in known:
            continue
        values = [column(f"{prefix}value.{name}") for name in actors]
        arrays["value" + suffix] = (("future", "doctrine", "actor"), np.stack(values, axis=-1))
        expected = [column(f"{prefix}outcome.{name}") for name in outcomes]
        arrays["expected" + suffix] = (
            ("future", "doctrine", "outcome"),
            np.stack(expected, axis=-1)
            if expected
            else np.empty((*values[0].shape, 0)),
        )  # fmt: skip
        if types and f"{prefix}belief.{types[0]}" in known:
            beliefs = [column(f"{prefix}belief.{name}") for name in types]
            arrays["belief" + suffix] = (("future", "doctrine", "type"), np.stack(beliefs, axis=-1))
    for name in CERTIFICATES:
        if name in known:
            arrays[name] = (("future", "doctrine"), column(name))
    return xr.Dataset(
        arrays,
        coords={
            "doctrine": list(doctrines),
            "actor": actors,
            "outcome": outcomes,
            **({"type": types} if types else {}),
            **{free_name(name, _TAKEN): ("future", values) for name, values in futures.items()},
        },
        attrs=dict(origin),
    )


def free_name(name: str, taken: tuple[str, ...]) -> str:
    """A parameter's name as a column: `parameter future` where `future` means something else."""
    return f"parameter {name}" if name in taken else name


def doctrine_list(scenario: Scenario, wanted: Iterable[str] | None = None) -> tuple[str, ...]:
    """`free-choice` and the wanted doctrines in the order of the file; all of them by default."""
    names = [doctrine.name for doctrine in scenario.doctrines]
    chosen = set(names if wanted is None else wanted)
    return (FREE_CHOICE, *(name for name in names if name in chosen))
