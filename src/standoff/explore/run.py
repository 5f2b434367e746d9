"""Solving a scenario under all its doctrines in many futures, block by block."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.displacement import drive, instance_files
from standoff.explore.beginning import Beginning, begun
from standoff.explore.block import BLOCK, solve_block
from standoff.explore.futures import MOST_FUTURES, Futures, Sampling, sample
from standoff.explore.results import doctrine_list
from standoff.explore.study import FORMAT, Study, StudyError, create_study
from standoff.explore.workers import Ticker, solve_in_processes, solve_on, versions
from standoff.game import MAX_STATES, Game, allowed_options, compile_game, fill, find_doctrine
from standoff.scenario import Scenario, load, suggestion, uncertain
from standoff.solver import POINTS, Precision, beliefs_of, needs_beliefs

Progress = Callable[[int, int], None]
"""Called with the number of blocks done and of all blocks."""

Shard = tuple[int, int]
"""(i, n): the i-th of n shares of the blocks, from 1."""


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
    points: int = POINTS
    """Points of the belief grid a side; of no effect where nothing is hidden."""
    equilibrium_only: bool = False
    """Whether the limit of perfect rationality and equilibria elsewhere are left out."""


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
    executor: Executor | None = None,
    shard: Shard | None = None,
    limit: float | None = None,
    retry: bool = False,
    max_states: int = MAX_STATES,
    points: int = POINTS,
    equilibrium_only: bool = False,
    beginning: Beginning | None = None,
    progress: Progress | None = None,
) -> Study:
    """Solves a scenario under every doctrine in every sampled future, into a study on disk.

    `out` is its directory, by default one below `studies` named after the scenario and the
    settings. Blocks that are already there are kept. By default they are solved here, one after
    another; `workers` above 1 are processes that share them, and a script that asks for some must
    guard its main part with `if __name__ == "__main__":`, as with all of Python's process pools.
    `executor`, `shard`, `limit` and `retry` are those of `solve_blocks`. Who solves what does not
    change a byte of the result.

    Futures that cannot be solved are set down as failed, in `Study.failures`. Where types are
    hidden, beliefs stand on a grid of so many `points` a side. With `equilibrium_only` the limit of
    perfect rationality and equilibria elsewhere are left out, which take most of the time where
    types are hidden; what is left is the same to the last bit. With a `beginning` the crisis starts
    there.

    Raises:
        ScenarioError: the scenario has a mistake, or is impossible at its nominal values.
        BeginningError: the scenario cannot start there.
        StudyError: `out` holds something else, workers cannot be had, or every future failed.
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
        points,
        equilibrium_only,
    )
    game = compile_game(begun(scenario, beginning), max_states=max_states)
    study = prepare(game, settings, out, beginning=beginning)
    solve_blocks(
        study,
        game,
        workers=workers,
        executor=executor,
        shard=shard,
        limit=limit,
        retry=retry,
        progress=progress,
    )
    return study


def prepare(
    game: Game,
    settings: Settings,
    out: str | Path | None = None,
    futures: Futures | None = None,
    beginning: Beginning | None = None,
) -> Study:
    """Lays out the study, or opens it where it is already there, without solving anything.

    `futures` maps parameters to arrays [future] where they are not to be sampled; uncertain
    parameters left out have their nominal values in all of them. `beginning` is where the game's
    scenario was begun, if that is not where its file does.

    Raises:
        ScenarioError: the scenario is impossible at its nominal values, or a doctrine leaves no
            action.
        StudyError: `out` holds something else.
        KeyError: no such doctrine or parameter; the message has the nearest name.
        ValueError: a setting is out of range, or the futures are not finite or of one length.
    """
    scenario = game.scenario
    for name in settings.doctrines or ():
        find_doctrine(game, name)
    doctrines = doctrine_list(scenario, settings.doctrines)
    nominal = fill(game)
    chosen = [find_doctrine(game, name) for name in doctrines]
    hidden = [doctrine for doctrine in chosen if needs_beliefs(game, doctrine)]
    for doctrine in chosen:
        allowed_options(game, doctrine)
    for doctrine in hidden:
        beliefs_of(game, nominal, doctrine, settings.points)
    if futures is None:
        # Where nothing is uncertain there is one future, however many are asked for.
        count = settings.futures if uncertain(scenario) else 1
        drawn = sample(scenario, count, settings.seed, settings.sampling)
    else:
        drawn = _given(scenario, futures)
        count = len(next(iter(drawn.values())))
    manifest = {
        "format": FORMAT,
        "standoff": version("standoff"),
        "scenario": scenario.name,
        "hash": scenario.hash,
        "futures": count,
        "seed": settings.seed,
        "sampling": settings.sampling if futures is None else "given",
        "precision": settings.precision,
        "doctrines": list(doctrines),
        "block": BLOCK,
        "states": game.states,
        "max_states": settings.max_states,
        "platform": versions(),
    }
    if hidden or settings.points != POINTS:  # which a variant may need although this one does not
        manifest["points"] = settings.points
    if settings.equilibrium_only:  # else it is left out, as in studies from before it could be
        manifest["equilibrium_only"] = True
    if beginning is not None:
        manifest["from"] = beginning.to_json()
    if futures is not None:
        manifest["given"] = _digest(drawn)
    drive(scenario)  # which finds what is wrong with it before anything is laid out
    instance = instance_files(scenario)
    if instance:
        manifest["displacement"] = _digest_of(instance)
    folder = Path(out) if out else _default_path(manifest)
    return create_study(folder, scenario, drawn, manifest, instance)


def _given(scenario: Scenario, futures: Futures) -> dict[str, NDArray[np.float64]]:
    """Futures that somebody hands over, in the order of the file, with what they leave out."""
    known = {parameter.name: parameter.value for parameter in scenario.parameters}
    for name in futures:
        if name not in known:
            raise KeyError(
                f"'{name}' is not a parameter of '{scenario.name}'; {suggestion(name, known)}"
            )
    arrays = {name: np.asarray(values, np.float64) for name, values in futures.items()}
    shapes = {values.shape for values in arrays.values()}
    if len(shapes) != 1 or len(shape := shapes.pop()) != 1 or not 1 <= shape[0] <= MOST_FUTURES:
        raise ValueError(
            f"futures have the shapes {[values.shape for values in arrays.values()]}; expected one "
            f"number of futures, from 1 to {MOST_FUTURES:,}, for every parameter"
        )
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise ValueError(f"'{name}' is not a finite number in every future")
    left_out = {parameter.name for parameter in uncertain(scenario)} - arrays.keys()
    return {
        name: arrays.get(name, np.full(shape, value))
        for name, value in known.items()
        if name in arrays or name in left_out
    }


def _digest(futures: Futures) -> str:
    digest = hashlib.sha256()
    for name, values in futures.items():
        digest.update(f"{name}\n".encode() + np.ascontiguousarray(values, "<f8").tobytes())
    return digest.hexdigest()


def _digest_of(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in files.items():
        digest.update(f"{name}\n{len(data)}\n".encode() + data)
    return digest.hexdigest()


def _default_path(manifest: dict[str, Any]) -> Path:
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:8]
    return Path("studies") / f"{manifest['scenario']}-{digest}"


def solve_blocks(
    study: Study,
    game: Game,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    shard: Shard | None = None,
    limit: float | None = None,
    retry: bool = False,
    progress: Progress | None = None,
    measured: Callable[[float], None] | None = None,
    alive: Callable[[], None] | None = None,
) -> None:
    """Solves the missing blocks: here, in worker processes, or on an executor that is given.

    An `executor` is any of `concurrent.futures`' kind; its workers must see the study's folder and
    have the versions of the study. Threads of one process take turns, so give it processes.
    `shard` (i, n) solves every n-th block from the i-th on, and leaves the rest to others. A block
    that takes longer than `limit` seconds loses its worker, and the futures at fault fail; it needs
    a process to lose, so one is made where `workers` is 1. With `retry` the blocks in which futures
    failed before are solved again.

    `progress` is told of every block; `measured` of the seconds that one took, where they can be
    compared with others; `alive` is called about every second while an executor is waited for, and
    may raise.

    Raises:
        StudyError: workers cannot be had or do not see the study, or every future failed.
        ValueError: the shard or the limit is out of range.
    """
    if limit is not None and not limit > 0:
        raise ValueError(f"the time limit is {limit:g} s; expected more than 0")
    first, step = shard or (1, 1)
    if not 1 <= first <= step:
        raise ValueError(f"the shard is {first}/{step}; expected i/n with 1 <= i <= n")
    if retry:
        for block in sorted({failure.future // BLOCK for failure in study.failures}):
            if block % step == first - 1:
                study.part("outcomes", block).unlink(missing_ok=True)
    missing = [block for block in study.missing() if block % step == first - 1]
    done = study.blocks - len(study.missing())
    if progress:
        progress(done, study.blocks)

    def solved(seconds: float | None) -> None:
        nonlocal done
        done += 1
        if measured and seconds is not None:
            measured(seconds)
        if progress:
            progress(done, study.blocks)

    ticker = Ticker(solved, alive or (lambda: None))
    if not missing:
        pass
    elif executor is not None:
        solve_on(executor, study, missing, limit, ticker)
    elif limit is not None or (workers > 1 and len(missing) > 1):
        # Blocks are too small for more than one thread to pay; processes are what to add.
        solve_in_processes(study, game, missing, workers, limit, ticker)
    else:
        for count, block in enumerate(missing):
            begun = time.perf_counter()
            solve_block(study, game, block)
            solved(time.perf_counter() - begun if count else None)
    _refuse_none_solved(study)


def _refuse_none_solved(study: Study) -> None:
    """A study without a single number has nothing to say but why."""
    if study.missing():
        return
    failures = study.failures
    if len(failures) == int(study.manifest["futures"]):
        ((reason, _),) = Counter(failure.reason for failure in failures).most_common(1)
        raise StudyError(
            f"none of {len(failures)} futures could be solved; the most frequent reason: {reason}"
        )
