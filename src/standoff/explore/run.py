"""Solving a scenario under all its doctrines in many futures, block by block."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.certificate import certify
from standoff.explore.futures import Sampling, sample, uncertain
from standoff.explore.results import ELSEWHERE, LIMIT, Columns, doctrine_list, outcome_columns
from standoff.explore.study import (
    FORMAT,
    Study,
    StudyError,
    create_study,
    open_study,
    write_certificates,
    write_table,
)
from standoff.game import GROUP, MAX_STATES, Game, compile_game, fill, find_doctrine
from standoff.scenario import Scenario, load, loads
from standoff.solver import (
    DTYPES,
    Concept,
    Precision,
    Solution,
    choice_names,
    label_names,
    one_thread,
    rows_of,
    solve_doctrines,
)

BLOCK = GROUP
"""Futures in a block."""

_SMALL = 100_000
"""States of all moves and periods up to which solutions under every doctrine are checked again."""

Progress = Callable[[int, int], None]
"""Called with the number of blocks done and of all blocks."""


@dataclass(frozen=True)
class Settings:
    """What makes a study of a scenario, beside the scenario."""

    futures: int = 256
    seed: int = 0
    sampling: Sampling = "sobol"
    precision: Precision = "single"
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
    precision: Precision = "single",
    doctrines: Iterable[str] | None = None,
    workers: int = 1,
    max_states: int = MAX_STATES,
    progress: Progress | None = None,
) -> Study:
    """Solves a scenario under every doctrine in every sampled future, into a study on disk.

    `out` is its directory, by default one below `studies` named after the scenario and the
    settings. Blocks that are already there are kept. By default they are solved here, one after
    another; `workers` above 1 are processes that share them, and a script that asks for some must
    guard its main part with `if __name__ == "__main__":`, as with all of Python's process pools.
    The number of workers does not change a byte of the result.

    Raises:
        ScenarioError: the scenario has a mistake, or is impossible in some future.
        StudyError: `out` holds something else, or a worker died.
        KeyError: no such doctrine; the message has the nearest name.
        ValueError: a setting is out of range.
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
    solve_blocks(study, game, workers=workers, progress=progress)
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
    """Solves the missing blocks: here, in worker processes, or on an executor that is given.

    Raises:
        ScenarioError: the scenario is impossible in some future.
        StudyError: a worker died.
    """
    missing = study.missing()
    done = study.blocks - len(missing)

    if progress:
        progress(done, study.blocks)

    def solved() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, study.blocks)

    if executor is not None:
        _solve_on(executor, study, game, missing, solved)
        return
    # The first block is solved here in any case: so the solver is compiled once, and not by every
    # worker. Blocks are too small for more than one thread to pay; processes are what to add.
    here = len(missing) if workers <= 1 or len(missing) <= 2 else 1
    with one_thread():
        for block in missing[:here]:
            solve_block(study, game, block)
            solved()
    if missing[here:]:
        with _processes(min(workers, len(missing) - here)) as pool:
            _solve_on(pool, study, game, missing[here:], solved)


def _solve_on(
    executor: Executor, study: Study, game: Game, blocks: list[int], solved: Callable[[], None]
) -> None:
    waiting: list[Future[None]] = []
    try:
        with _deaf_to_interrupts():  # which the workers inherit: Ctrl-C is for the parent to answer
            for block in blocks:
                waiting.append(
                    executor.submit(_solve_block_at, study.path, game.scenario.path, block)
                )
        for finished in as_completed(waiting):
            finished.result()
            solved()
    except BrokenProcessPool:
        raise StudyError(
            f"a worker died, perhaps for want of memory; what is solved is kept in {study.path}: "
            "run again, with fewer workers"
        ) from None
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that end at once when this one fails, is interrupted, or is killed."""
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin_worker, initargs=(theirs,)
    )
    try:
        yield pool
    except BaseException:
        ours.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        ours.close()
        theirs.close()


def _begin_worker(lifeline: Connection) -> None:
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    # Nothing is ever sent: there is something to read when the other end is closed, by whatever
    # cause. What is being written then has its temporary name still.
    lifeline.poll(None)
    os._exit(1)


def is_compiled() -> bool:
    """Whether the solver was compiled on this machine before, which takes about half a minute."""
    from standoff.solver import kernels

    cache = str(kernels.backward_move.stats.cache_path)
    return any(Path(cache).glob("kernels.backward_move*.nbi"))


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears of interrupts, and may say so
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_compiled: dict[Path, tuple[Study, Game]] = {}  # in a worker: the study it works on


def _solve_block_at(path: Path, file: str, block: int) -> None:
    """Solves a block of the study in `path`; `file` is what mistakes call the scenario."""
    study = open_study(path)
    if path not in _compiled or _compiled[path][0].manifest != study.manifest:
        scenario = loads((path / "scenario.yaml").read_bytes(), file)
        game = compile_game(scenario, max_states=int(study.manifest["max_states"]))
        _compiled.clear()
        _compiled[path] = (study, game)
    with one_thread():
        solve_block(*_compiled[path], block)


def solve_block(study: Study, game: Game, block: int) -> None:
    """Solves one block of futures under every doctrine, and writes its parts."""
    low = block * int(study.manifest["block"])
    high = min(low + int(study.manifest["block"]), int(study.manifest["futures"]))
    futures = {name: values[low:high] for name, values in study.futures.items()}
    numbers = fill(game, futures, DTYPES[study.manifest["precision"]])
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
    certificates: list[dict[str, Any]] = []
    # The cost of checking free choice again is a few seconds at most; that of every doctrine is
    # worth it where the game is small.
    checked = len(study.doctrines) if game.positions * game.periods <= _SMALL else 1
    for solution, limit, other in zip(
        solve_doctrines(game, numbers, study.doctrines, keep=True, reuse=True),
        limits,
        elsewhere,
        strict=True,
    ):
        stages: Columns = {"kappa": solution.kappa, "lost": solution.lost} if other else {}
        outcomes.append(outcome_columns(solution, "") | limit | other | stages)
        courses.append(_course_columns(solution))
        if block == 0 and len(certificates) < checked:
            certificates.append(certify(solution, 0).to_json())
    if certificates:
        write_certificates(study, certificates)
    index = np.arange(low, high, dtype=np.int32)
    course = _interleave(courses, index, study.doctrines)
    write_table(study.part("course", block), course.items(), study.origin)
    # Outcomes come last: where they are, the block is whole.
    whole = _interleave(outcomes, index, study.doctrines)
    write_table(study.part("outcomes", block), whole.items(), study.origin)


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
) -> dict[str, Any]:
    """Columns [row] or [row, period] by doctrine as a table: future, doctrine, period."""
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
    return table | {name: column.ravel() for name, column in stacked.items()}


def _along(values: NDArray[Any], axis: int, dimensions: int) -> NDArray[Any]:
    return values.reshape([-1 if k == axis else 1 for k in range(dimensions)])
