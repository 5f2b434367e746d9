"""Solving a scenario under all its doctrines in many futures, block by block."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.explore.futures import Sampling, sample, uncertain
from standoff.explore.study import (
    FORMAT,
    LIMIT,
    Study,
    create_study,
    doctrine_list,
    write_table,
)
from standoff.game import GROUP, MAX_STATES, Game, compile_game, fill, find_doctrine
from standoff.scenario import Scenario, load
from standoff.solve import (
    Concept,
    Precision,
    Solution,
    choice_names,
    label_names,
    rows_of,
    solve_doctrines,
)

BLOCK = 2 * GROUP
"""Futures in a block."""

Progress = Callable[[int, int], None]
"""Called with the number of blocks done and of all blocks."""

_DTYPES = {"single": np.float32, "double": np.float64}


@dataclass(frozen=True)
class Settings:
    """What makes a study of a scenario, beside the scenario."""

    futures: int = 256
    seed: int = 0
    sampling: Sampling = "sobol"
    precision: Precision = "double"
    doctrines: tuple[str, ...] | None = None
    """None for all of the scenario's."""
    max_states: int = MAX_STATES


def run(
    scenario: Scenario | str | Path,
    out: str | Path | None = None,
    *,
    futures: int = 256,
    seed: int = 0,
    sampling: Sampling = "sobol",
    precision: Precision = "double",
    doctrines: Iterable[str] | None = None,
    workers: int | None = None,
    max_states: int = MAX_STATES,
    progress: Progress | None = None,
) -> Study:
    """Solves a scenario under every doctrine in every sampled future; the result is a study on disk.

    `out` is its directory, by default one below `studies` named after the scenario and the settings. Blocks
    that are already there are kept. `workers` processes share the blocks, by default one for each core; the
    number of workers does not change a byte of the result.

    Raises:
        ScenarioError: the scenario has a mistake, or is impossible in some future.
        StudyError: `out` holds something else.
        KeyError: no such doctrine; the message has the nearest name.
    """
    if not isinstance(scenario, Scenario):
        scenario = load(scenario)
    settings = Settings(
        futures,
        seed,
        sampling,
        precision,
        None if doctrines is None else tuple(doctrines),
        max_states,
    )
    game = compile_game(scenario, max_states=max_states)
    study = prepare(game, settings, out)
    solve_blocks(study, game, workers=workers or os.cpu_count() or 1, progress=progress)
    return study


def prepare(game: Game, settings: Settings, out: str | Path | None = None) -> Study:
    """Lays out the study, or opens it where it is already there, without solving anything."""
    scenario = game.scenario
    for name in settings.doctrines or ():
        find_doctrine(game, name)
    # Where nothing is uncertain there is one future, however many are asked for.
    futures = settings.futures if uncertain(scenario) else 1
    drawn = sample(scenario, futures, settings.seed, settings.sampling)
    manifest = {
        "format": FORMAT,
        "standoff": version("standoff"),
        "scenario": scenario.name,
        "hash": scenario.hash,
        "futures": futures,
        "seed": settings.seed,
        "sampling": settings.sampling,
        "precision": settings.precision,
        "doctrines": list(doctrine_list(scenario, settings.doctrines)),
        "block": BLOCK,
        "states": game.states,
        "max_states": settings.max_states,
        "platform": {
            "machine": platform.machine(),
            "system": platform.system(),
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba", "scipy", "pyarrow")},
        },
    }
    return create_study(Path(out) if out else _default_path(manifest), scenario, drawn, manifest)


def _default_path(manifest: dict[str, Any]) -> Path:
    import hashlib

    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:8]
    return Path("studies") / f"{manifest['scenario']}-{digest}"


def solve_blocks(
    study: Study,
    game: Game,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Solves the blocks that are missing, here or in worker processes, or on an executor that is given."""
    missing = study.missing()
    done = study.blocks - len(missing)
    if progress:
        progress(done, study.blocks)
    if executor is None and (workers <= 1 or len(missing) <= 1):
        for block in missing:
            solve_block(study, game, block)
            done += 1
            if progress:
                progress(done, study.blocks)
        return
    pool = executor or _processes(min(workers, len(missing)))
    waiting = [pool.submit(_solve_block_at, study.path, block) for block in missing]
    try:
        for finished in as_completed(waiting):
            finished.result()
            done += 1
            if progress:
                progress(done, study.blocks)
    finally:
        # After an error or Ctrl-C the blocks under way are finished and kept, the others not begun.
        for future in waiting:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)


def _processes(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)


def _begin_worker() -> None:
    import numba

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to answer
    numba.set_num_threads(1)


_compiled: dict[Path, tuple[Study, Game]] = {}  # in a worker: the study it works on


def _solve_block_at(path: Path, block: int) -> None:
    if path not in _compiled:
        from standoff.explore.study import open_study

        study = open_study(path)
        game = compile_game(study.scenario, max_states=int(study.manifest["max_states"]))
        _compiled.clear()
        _compiled[path] = (study, game)
    solve_block(*_compiled[path], block)


def solve_block(study: Study, game: Game, block: int) -> None:
    """Solves one block of futures under every doctrine, and writes its parts."""
    low = block * int(study.manifest["block"])
    high = min(low + int(study.manifest["block"]), int(study.manifest["futures"]))
    futures = {name: values[low:high] for name, values in study.futures.items()}
    numbers = fill(game, futures, _DTYPES[study.manifest["precision"]])
    outcomes: list[dict[str, NDArray[np.float64]]] = []
    courses: list[dict[str, NDArray[np.float64]]] = []
    limits = solve_doctrines(game, numbers, study.doctrines, Concept.LIMIT)
    for solution, limit in zip(
        solve_doctrines(game, numbers, study.doctrines, keep=True), limits, strict=True
    ):
        outcomes.append(_outcome_columns(solution, "") | _outcome_columns(limit, LIMIT))
        courses.append(_course_columns(solution))
    index = np.arange(low, high, dtype=np.int32)
    write_table(study.part("course", block), _interleave(courses, index, study.doctrines))
    # Outcomes come last: where they are, the block is whole.
    write_table(study.part("outcomes", block), _interleave(outcomes, index, study.doctrines))


def _outcome_columns(solution: Solution, prefix: str) -> dict[str, NDArray[np.float64]]:
    """Values and outcomes by column name, [row]."""
    by_name = {o.name: solution.outcome[:, k] for k, o in enumerate(solution.game.outcomes)}
    values = {
        f"{prefix}value.{actor}": solution.value[:, k]
        for k, actor in enumerate(solution.game.actors)
    }
    outcomes = {
        f"{prefix}outcome.{o.name}": by_name[o.name] for o in solution.game.scenario.outcomes
    }
    return values | outcomes


def _course_columns(solution: Solution) -> dict[str, NDArray[np.float64]]:
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
    by_doctrine: list[dict[str, NDArray[np.float64]]],
    index: NDArray[np.int32],
    doctrines: tuple[str, ...],
) -> dict[str, Any]:
    """Columns [row] or [row, period] of each doctrine as a table: future, then doctrine, then period."""
    import pyarrow as pa

    names = list(by_doctrine[0])
    stacked = {name: np.stack([d[name] for d in by_doctrine], axis=1) for name in names}
    shape = stacked[names[0]].shape
    labels = pa.DictionaryArray.from_arrays(
        pa.array(
            np.broadcast_to(
                _along(np.arange(shape[1], dtype=np.int8), 1, len(shape)), shape
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
    return table | {name: column.ravel() for name, column in stacked.items()}


def _along(values: NDArray[Any], axis: int, dimensions: int) -> NDArray[Any]:
    return values.reshape([-1 if k == axis else 1 for k in range(dimensions)])
