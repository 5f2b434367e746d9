"""Blocks solved elsewhere: in processes of ours or on somebody's executor, whatever befalls them.

What a worker has solved it writes into the study itself, under a temporary name that it then
changes: so a block that is begun twice is there once, and one that is cut short is not there. A
block whose worker dies is begun again in a fresh process; where that dies too its futures are tried
one by one, and the guilty are set down as failed.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import platform
import queue
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from standoff.explore.block import solve_block, try_future
from standoff.explore.failures import reason_of
from standoff.explore.study import Study, StudyError, differences, open_study
from standoff.game import Game, compile_game

_PATIENCE = 20.0
"""Seconds for a part to be seen that a worker on another machine has written."""
_BEAT = 1.0
"""Seconds between two looks at whether anything is still alive."""
_LOADING, _COMPILING = 5.0, 240.0
"""Seconds more that the first block of a process may take, for the solver to be loaded or made."""


@dataclass(frozen=True)
class Job:
    """What every worker is told, in plain data that travels."""

    path: Path
    manifest: dict[str, Any]
    limit: float | None
    """Seconds for a block."""


@dataclass
class Ticker:
    """Told of every block that is solved."""

    solved: Callable[[float | None], None]
    """Called with the seconds it took; None where that would count the start of a process."""
    alive: Callable[[], None] = field(default=lambda: None)
    """Called now and then; raises where nobody is left to wait for."""


def versions() -> dict[str, str]:
    """What the bytes of a result may depend on beside the scenario and the settings."""
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "scipy", "pyarrow")},
    }


def is_compiled() -> bool:
    """Whether the solver was compiled on this machine before, which takes about half a minute."""
    from standoff.solver import kernels

    cache = str(kernels.backward_move.stats.cache_path)
    return any(Path(cache).glob("kernels.backward_move*.nbi"))


def solve_in_processes(
    study: Study, game: Game, blocks: list[int], workers: int, limit: float | None, ticker: Ticker
) -> None:
    """Solves blocks in processes of ours, which are killed where a block exceeds the `limit`.

    Raises:
        StudyError: processes cannot be had, or nothing whatever can be solved.
    """
    job = Job(study.path.resolve(), study.manifest, limit)
    game_of_study = (job, game)
    left, in_doubt = blocks, list[int]()
    if not is_compiled() and 1 < workers < len(left):
        # One compiles, and not each of them; unless there is a block for each, which would wait.
        with _processes(1, game_of_study) as pool:
            in_doubt, _ = _feed(pool, study, job, left[:1], 1, ticker)
        left = left[1:]
    while left or in_doubt:
        if in_doubt:
            with ExitStack() as held:
                _isolate(sorted(in_doubt), study, _Afresh(job, game, held), ticker)
            in_doubt = []
        if left:
            with _processes(min(workers, len(left)), game_of_study) as pool:
                in_doubt, left = _feed(pool, study, job, left, 2 * workers, ticker)


def solve_on(
    executor: Executor, study: Study, blocks: list[int], limit: float | None, ticker: Ticker
) -> None:
    """Solves blocks on an executor that is given, whose workers must see the study's folder.

    Raises:
        StudyError: a worker does not see the folder or has other versions, the executor gives up,
        or nothing whatever can be solved.
    """
    job = Job(study.path.resolve(), study.manifest, limit)
    in_doubt, left = _feed(executor, study, job, blocks, len(blocks), ticker)
    if left:
        raise StudyError(f"the executor is broken; {_kept(study)}")
    _isolate(sorted(in_doubt), study, _Given(job, executor, ticker.alive), ticker)


def _feed(
    executor: Executor, study: Study, job: Job, blocks: list[int], most: int, ticker: Ticker
) -> tuple[list[int], list[int]]:
    """Hands out blocks, at most so many at a time; those in doubt, and those not yet begun.

    In doubt is a block whose worker died, or may have: of a broken pool, all that were handed out.
    """
    waiting: dict[Future[float | None], int] = {}
    finished: queue.SimpleQueue[Future[float | None]] = queue.SimpleQueue()
    left, in_doubt, broken = deque(blocks), list[int](), False
    try:
        while waiting or (left and not broken):
            while left and len(waiting) < most and not broken:
                try:
                    # Workers inherit that they are deaf to Ctrl-C, which is for us to answer.
                    with _deaf_to_interrupts():
                        future = executor.submit(solve_block_at, job, left[0])
                except BrokenExecutor:
                    broken = True
                else:
                    waiting[future] = left.popleft()
                    future.add_done_callback(finished.put)
            try:
                future = finished.get(timeout=_BEAT)
            except queue.Empty:
                ticker.alive()
                continue
            block = waiting.pop(future)
            try:
                seconds = future.result()
            except (StudyError, OSError, MemoryError):
                raise
            except BrokenExecutor:
                broken = True
                in_doubt.append(block)
            except CancelledError:
                raise StudyError(f"the executor gave up; {_kept(study)}") from None
            except Exception:
                in_doubt.append(block)
            else:
                _see(study, block)
                ticker.solved(seconds)
    finally:
        for future in waiting:
            future.cancel()
    return in_doubt, list(left)


def _kept(study: Study) -> str:
    return f"what is solved is kept in {study.path}: give the same command to go on"


def _see(study: Study, block: int) -> None:
    """Waits until a part is there that a worker has written, perhaps on another machine."""
    part = study.part("outcomes", block)
    deadline = time.monotonic() + _PATIENCE
    while not part.exists():
        if time.monotonic() > deadline:
            raise StudyError(
                f"{part} is not there although a worker wrote it: the workers' {study.path} is "
                "another folder than ours; put the study on a disk that all machines share"
            )
        time.sleep(_BEAT / 10)


@dataclass(frozen=True)
class _Given:
    """Tries things on an executor that is given, which replaces workers that die."""

    job: Job
    executor: Executor
    alive: Callable[[], None]

    def ask(self, function: Callable[..., Any], *arguments: Any) -> str | None:
        """None where it was done, else what came in between."""
        try:
            future = self.executor.submit(function, *arguments)
            while not wait([future], timeout=_BEAT).done:
                self.alive()
            future.result()
        except (StudyError, OSError, MemoryError):
            raise
        except (BrokenExecutor, CancelledError):
            raise StudyError(
                "the executor gave up; what is solved is kept: give the same command to go on"
            ) from None
        except Exception as error:
            return reason_of(error)
        return None


@dataclass
class _Afresh:
    """Tries things in a process of ours, and in a fresh one after each death."""

    job: Job
    game: Game
    held: ExitStack
    pool: ProcessPoolExecutor | None = None

    def ask(self, function: Callable[..., Any], *arguments: Any) -> str | None:
        """None where it was done, else what came in between."""
        pool = self.pool or self._begin()
        begun = time.monotonic()
        try:
            pool.submit(function, *arguments).result()
        except (StudyError, OSError, MemoryError):
            raise
        except BrokenExecutor:
            self.held.close()
            self.pool = None
            limit = arguments[0].limit
            if limit is not None and time.monotonic() - begun >= limit:
                return f"it took longer than the time limit of {limit:g} s"
            return "the process that solved it died, perhaps for want of memory"
        except Exception as error:
            return reason_of(error)
        return None

    def _begin(self) -> ProcessPoolExecutor:
        self.pool = self.held.enter_context(_processes(1, (self.job, self.game)))
        try:
            with _deaf_to_interrupts():
                self.pool.submit(os.getpid).result()
        except BrokenExecutor:
            raise StudyError(
                "worker processes do not start; a script that asks for workers must guard its "
                "main part with: if __name__ == '__main__':"
            ) from None
        return self.pool


def _isolate(blocks: list[int], study: Study, trial: _Given | _Afresh, ticker: Ticker) -> None:
    """Solves blocks whose workers died: whole, or without the futures at which workers die.

    Raises:
        StudyError: workers die even of the nominal scenario, which is nobody's future.
    """
    job, nominal_tried = trial.job, False
    for block in blocks:
        # An executor that is given has tried again by itself.
        if isinstance(trial, _Afresh) and trial.ask(solve_block_at, job, block) is None:
            ticker.solved(None)
            continue
        if not nominal_tried and (said := trial.ask(try_future_at, job, None)) is not None:
            raise StudyError(f"not even the nominal scenario can be solved: {said}; {_kept(study)}")
        nominal_tried = True
        span = study.span(block)
        tried = {future: trial.ask(try_future_at, job, future) for future in span}
        found = {future: said for future, said in tried.items() if said is not None}
        # What each can do within the limit all may do within so many times the limit.
        patient = replace(job, limit=job.limit and job.limit * len(span))
        if (said := trial.ask(solve_block_at, patient, block, found)) is not None:
            raise StudyError(f"block {block} cannot be solved: {said}; {_kept(study)}")
        _see(study, block)
        ticker.solved(None)


@contextmanager
def _processes(workers: int, game: tuple[Job, Game]) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that end at once when this one fails, is interrupted, or is killed."""
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin_worker, initargs=(theirs, *game)
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


def _begin_worker(lifeline: Connection, job: Job, game: Game) -> None:
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    _held[job.path] = (Study(job.path, job.manifest), game)


def _end_with(lifeline: Connection) -> None:
    # Nothing is ever sent: there is something to read when the other end is closed, by whatever
    # cause. What is being written then has its temporary name still.
    lifeline.poll(None)
    os._exit(1)


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


# What follows runs in workers.

_held: dict[Path, tuple[Study, Game]] = {}  # the study worked on, and its game
_turn = threading.Lock()  # not every threading layer of Numba bears two threads at once
_warm = False


def solve_block_at(job: Job, block: int, refused: dict[int, str] | None = None) -> float | None:
    """Solves a block into the study at `job.path`; gives the seconds it took.

    None of the first block of a process, which also loads the solver.

    Raises:
        StudyError: this worker does not see the study, or has other versions than it.
    """
    global _warm
    with _turn:
        study, game = _open(job)
        with _mortal(job.limit):
            begun = time.perf_counter()
            solve_block(study, game, block, refused)
            seconds = time.perf_counter() - begun
        was_warm, _warm = _warm, True
    return seconds if was_warm else None


def try_future_at(job: Job, future: int | None) -> None:
    """Solves one future, or the nominal one, and keeps nothing.

    That it raises is no matter here, for `solve_block` sets that down; that the process dies is.
    """
    global _warm
    with _turn:
        study, game = _open(job)
        with _mortal(job.limit):
            try:
                try_future(study, game, future)
            except (OSError, MemoryError):
                raise
            except Exception:
                return
        _warm = True


@contextmanager
def _mortal(limit: float | None) -> Iterator[None]:
    """Ends this process where what is done in it takes longer; nothing else stops a kernel."""
    if limit is None:
        yield
        return
    if not _warm:
        limit += _LOADING if is_compiled() else _COMPILING
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(limit, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _open(job: Job) -> tuple[Study, Game]:
    host = socket.gethostname()
    if not (job.path / "manifest.json").exists():
        raise StudyError(
            f"a worker on {host} does not see {job.path}: workers read and write the study's "
            "folder, so put it on a disk that all machines share"
        )
    here = {"standoff": version("standoff"), "platform": versions()}
    there = {name: job.manifest[name] for name in here}
    if here != there:
        raise StudyError(
            f"a worker on {host} has other versions than the study "
            f"({differences(there, here, 'in the study', 'on the worker')}); install the same"
        )
    if job.path not in _held or _held[job.path][0].manifest != job.manifest:
        study = open_study(job.path)
        if study.manifest != job.manifest:
            raise StudyError(
                f"a worker on {host} finds another study in {job.path} "
                f"({differences(study.manifest, job.manifest, 'there', 'wanted')})"
            )
        game = compile_game(study.scenario, max_states=int(study.manifest["max_states"]))
        _held.clear()
        _held[job.path] = (study, game)
    return _held[job.path]
