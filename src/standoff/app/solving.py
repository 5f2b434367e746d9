"""One block of futures of one setting, solved for the page, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.app.ask import Ask, RefusedError
from standoff.app.draw import draw
from standoff.app.limits import MEBI, Limits
from standoff.app.outline import is_judged
from standoff.claims import judge_claims
from standoff.explore import BLOCK, doctrine_list, plan
from standoff.game import Game, Numbers, fill, find_doctrine
from standoff.scenario import ScenarioError, uncertain
from standoff.solver import (
    DTYPES,
    Concept,
    Solution,
    beliefs_of,
    label_names,
    needs_beliefs,
    one_thread,
    rows_of,
    solve_doctrines,
)

Array = NDArray[np.float64]

PRECISION = "single"
"""That of studies: a comparison closer than its error is undetermined."""
POINTS = 11
"""Points of the belief grid a side: coarser than a study's, for the sake of an early answer."""

_OVERFLOW = "the solution is not a finite number"


def solve_block(
    game: Game, ask: Ask, limits: Limits, go_on: Callable[[], bool]
) -> dict[str, Any] | None:
    """Solves futures `ask.first` and the following 15 of a setting, under every doctrine wanted.

    Gives, for those that could be solved, their numbers (counted from the first of all) and
    parameters, `outcomes` [doctrine, outcome, future], `values` [doctrine, actor, future], verdict
    and margin of every claim that the doctrines allow to judge, and the course of every ladder
    [doctrine, period, rung, future]; and how many failed, and why. None where `go_on` says, between
    two doctrines, that nobody waits any more.

    Raises:
        RefusedError: it would take more memory than allowed, or names what there is not.
        ScenarioError: the scenario is impossible in every future.
    """
    scenario = game.scenario
    try:
        for name in ask.doctrines or ():
            find_doctrine(game, name)
        doctrines = doctrine_list(scenario, ask.doctrines)
        count = min(BLOCK, ask.futures - ask.first)
        if count < 1:
            raise RefusedError(f"there is nothing after {ask.futures} futures")
        futures = draw(scenario, ask.first, count, dict(ask.pinned), ask.seed)
    except KeyError as error:
        raise RefusedError(str(error.args[0])) from None
    needed = plan(game, BLOCK, doctrines, BLOCK, 4, POINTS).worker_memory
    if needed > limits.memory:
        raise RefusedError(
            f"solving this takes {needed // MEBI:,} MiB; at most {limits.memory // MEBI:,} are "
            "allowed here: use standoff run",
            413,
        )
    drawn = len(next(iter(futures.values()))) if futures else count
    futures = futures or {"": np.zeros(count)}
    sound, failures = _possible(game, doctrines, futures, drawn)
    if not sound.any():
        return _nothing(ask, count, failures, count - drawn)
    rows = {name: values[sound] for name, values in futures.items() if name}
    filled = fill(game, rows, DTYPES[PRECISION])
    solved: list[dict[str, Array]] = []
    with one_thread():
        for solution in _solutions(game, filled, doctrines, ask.concept):
            solved.append(_arrays(solution, int(sound.sum()) if rows else count))
            if not go_on():
                return None
    return _answer(game, ask, doctrines, rows, solved, failures, count - drawn)


def _solutions(
    game: Game, numbers: Numbers, doctrines: tuple[str, ...], concept: str
) -> Iterator[Solution]:
    return solve_doctrines(
        game, numbers, doctrines, Concept(concept), keep=True, reuse=True, points=POINTS
    )


def _possible(
    game: Game, doctrines: tuple[str, ...], futures: Mapping[str, Array], drawn: int
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Which futures can be filled in, [future], and how many cannot for which reason."""
    hidden = [d for d in (find_doctrine(game, n) for n in doctrines) if needs_beliefs(game, d)]
    sound, failures = np.ones(drawn, bool), dict[str, int]()
    for row in range(drawn):
        one = {name: values[row : row + 1] for name, values in futures.items() if name}
        try:
            numbers = fill(game, one, DTYPES[PRECISION])
            for doctrine in hidden:
                beliefs_of(game, numbers, doctrine, POINTS)
        except ScenarioError as error:
            sound[row] = False
            reason = error.mistakes[0].sentence
            failures[reason] = failures.get(reason, 0) + 1
    return sound, failures


def _arrays(solution: Solution, rows: int) -> dict[str, Array]:
    """Values, outcomes, beliefs at the end and the course of a solution, future last."""
    scenario = solution.game.scenario
    by_name = {o.name: solution.outcome[:, k] for k, o in enumerate(solution.game.outcomes)}
    found = {
        "value": solution.value.T[:, :rows],
        "expected": np.array([by_name[o.name] for o in scenario.outcomes])[:, :rows]
        if scenario.outcomes
        else np.empty((0, rows)),
    }
    course = solution.course
    labels = label_names(solution.game)
    by_period = np.array([rows_of(grouped, rows) for grouped in course.labels])
    for variable in scenario.variables:
        if variable.kind == "ladder":
            of = [k for k, (name, _) in enumerate(labels) if name == variable.name]
            found[f"course {variable.name}"] = by_period[:, of]
    if course.beliefs is not None:
        found["belief"] = np.array(list(solution.belief.values()))[:, :rows]
    return found


def _answer(
    game: Game,
    ask: Ask,
    doctrines: tuple[str, ...],
    futures: Mapping[str, Array],
    solved: list[dict[str, Array]],
    failures: dict[str, int],
    left_out: int,
) -> dict[str, Any]:
    import xarray as xr

    scenario = game.scenario
    arrays = {name: np.stack([one[name] for one in solved]) for name in solved[0]}
    finite = np.isfinite(arrays["value"]).all((0, 1)) & np.isfinite(arrays["expected"]).all((0, 1))
    if not finite.all():
        failures[_OVERFLOW] = int((~finite).sum())
        arrays = {name: values[..., finite] for name, values in arrays.items()}
        futures = {name: values[finite] for name, values in futures.items()}
    types = [f"{actor.name}.{kind.name}" for actor in scenario.actors for kind in actor.types]
    data: dict[str, Any] = {
        "value": (("future", "doctrine", "actor"), np.moveaxis(arrays["value"], -1, 0)),
        "expected": (("future", "doctrine", "outcome"), np.moveaxis(arrays["expected"], -1, 0)),
    }
    if "belief" in arrays:
        data["belief"] = (("future", "doctrine", "type"), np.moveaxis(arrays["belief"], -1, 0))
    results = xr.Dataset(
        data,
        coords={
            "doctrine": list(doctrines),
            "actor": [actor.name for actor in scenario.actors],
            "outcome": [outcome.name for outcome in scenario.outcomes],
            **({"type": types} if types else {}),
        },
    )
    judged = tuple(claim for claim in scenario.claims if is_judged(scenario, claim))
    truths = judge_claims(replace(scenario, claims=judged), results, futures, PRECISION)
    return {
        "kind": "block",
        "first": ask.first,
        "futures": int(finite.sum()),
        "doctrines": list(doctrines),
        "parameters": {
            name: plain(futures[name])
            for name in (parameter.name for parameter in uncertain(scenario))
        },
        "outcomes": plain(arrays["expected"]),
        "values": plain(arrays["value"]),
        "claims": {
            name: {"verdict": truth.verdict.tolist(), "margin": plain(truth.margin)}
            for name, truth in truths.items()
        },
        "course": {
            variable.name: plain(arrays[f"course {variable.name}"], 3)
            for variable in scenario.variables
            if variable.kind == "ladder"
        },
        "failures": failures,
        "left_out": left_out,
    }


def _nothing(ask: Ask, count: int, failures: dict[str, int], left_out: int) -> dict[str, Any]:
    return {
        "kind": "block",
        "first": ask.first,
        "futures": 0,
        "failures": failures,
        "left_out": left_out,
    }


def plain(values: Array, digits: int = 5) -> Any:
    """An array as nested lists of numbers with so many significant digits; null for no number."""
    flat = [
        float(f"{value:.{digits}g}") if np.isfinite(value) else None
        for value in np.asarray(values, float).ravel().tolist()
    ]
    return _nested(flat, values.shape)


def _nested(flat: list[float | None], shape: tuple[int, ...]) -> Any:
    if len(shape) <= 1:
        return flat
    step = len(flat) // shape[0] if shape[0] else 0
    return [_nested(flat[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])]
