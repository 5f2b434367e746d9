"""Worker processes, and who is served next.

Work is cut into pieces of a few seconds (one block of futures each), and clients take turns piece
by piece, so that a heavy question delays another client by one piece at most. One worker does
nothing but small tasks. A worker that takes too long, or dies, is replaced, and whoever waited is
told.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from standoff.app.ask import RefusedError
from standoff.app.limits import Limits
from standoff.app.turns import Turns
from standoff.app.worker import CANCEL, READY, out_of_memory, work
from standoff.explore import is_compiled

T = TypeVar("T")

_STARTING = 900.0
"""Seconds that a worker may take to start: the solver may have to be compiled first."""
_PAUSE = 2.0
"""Seconds before a worker that did not start is tried again."""
_KILLED_FOR_MEMORY = (-6, -9, -11)
"""Signals of processes that ran out of memory: abort, kill by the system, segmentation fault."""


@dataclass(eq=False)
class _Request:
    client: str
    task: bytes
    small: bool
    seconds: float
    answer: asyncio.Future[bytes]


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection
    lifeline: Connection

    def end(self) -> None:
        """Ends it at once, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self.lifeline.close()


@dataclass
class Pool:
    """So many workers, the first of them for small tasks alone where there are several."""

    workers: int
    limits: Limits
    turns: Turns[_Request] = field(default_factory=Turns)
    wake: asyncio.Condition = field(default_factory=asyncio.Condition)
    compiled: asyncio.Event = field(default_factory=asyncio.Event)
    running: list[asyncio.Task[None]] = field(default_factory=list)
    threads: ThreadPoolExecutor | None = None

    @property
    def heavy(self) -> int:
        """How many workers do what is not small."""
        return max(1, self.workers - 1)

    async def start(self) -> None:
        """Starts the workers; they take tasks as soon as they are ready."""
        self.threads = ThreadPoolExecutor(2 * self.workers, "worker")
        self.running = [asyncio.create_task(self._serve(k)) for k in range(self.workers)]

    async def stop(self) -> None:
        """Ends all workers, whatever they do."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        if self.threads:
            self.threads.shutdown(wait=False)

    async def ask(self, client: str, task: bytes, *, small: bool) -> bytes:
        """The answer to a task, when it is the client's turn.

        Cancelled, it is taken out of the queue, or its worker is told to stop.

        Raises:
            RefusedError: too much waits already, or the worker took too long, or died.
        """
        if self.turns.waiting(client) >= self.limits.waiting:
            raise RefusedError("too many of your requests are waiting already", 429)
        if len(self.turns.lines) >= self.limits.clients and not self.turns.waiting(client):
            raise RefusedError("too many are waiting already; try again in a minute", 503)
        seconds = self.limits.small_seconds if small else self.limits.seconds
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        request = _Request(client, task, small, seconds, answer)
        async with self.wake:
            self.turns.add(client, request)
            self.wake.notify_all()
        try:
            return await answer
        finally:
            self.turns.drop(client, request)

    async def _serve(self, number: int) -> None:
        """One worker's life, and those of its successors."""
        only_small = self.workers > 1 and number == 0
        if number > 0 and not is_compiled():
            await self.compiled.wait()  # one compiles, and not each of them
        while True:
            worker = None
            try:
                worker = await self._begin(number)
                while worker.process.is_alive():
                    request = await self._next(lambda r: r.small or not only_small, worker)
                    if request is not None and not await self._do(worker, request):
                        break
            except (EOFError, OSError, TimeoutError):
                await asyncio.sleep(_PAUSE)
            finally:
                if worker is not None:
                    worker.end()

    async def _begin(self, number: int) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        held, lifeline = context.Pipe()
        process = context.Process(target=work, args=(theirs, lifeline, self.limits), daemon=True)
        worker = _Worker(process, ours, held)
        try:
            await self._in_thread(process.start)
            theirs.close()
            lifeline.close()
            async with asyncio.timeout(_STARTING):
                while await self._in_thread(ours.poll, 0.5) is False:
                    pass
                if await self._in_thread(ours.recv_bytes) != READY:
                    raise EOFError
        except BaseException:
            if process.pid is not None:
                worker.end()
            raise
        self.compiled.set()
        return worker

    async def _next(self, suits: Callable[[_Request], bool], worker: _Worker) -> _Request | None:
        """The next request for this worker; None now and then, so that its health is looked at."""
        async with self.wake:
            request = self.turns.take(suits)
            if request is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.wake.wait(), 1.0)
        return request if request and not request.answer.done() else None

    async def _do(self, worker: _Worker, request: _Request) -> bool:
        """Has a worker answer; false where it has to be replaced."""
        loop, begun = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        told = False
        try:
            await self._in_thread(worker.pipe.send_bytes, request.task)
            while not await self._in_thread(worker.pipe.poll, 0.1):
                if request.answer.done() and not told:
                    worker.pipe.send_bytes(CANCEL)
                    told = True
                if loop.time() - begun > request.seconds:
                    _fail(request, _too_long(request.seconds), 413)
                    return False
            async with asyncio.timeout(request.seconds):
                data = await self._in_thread(worker.pipe.recv_bytes)
        except TimeoutError:
            _fail(request, "a worker process did not finish its answer; ask again", 503)
            return False
        except (EOFError, OSError):
            await self._in_thread(worker.process.join, 2.0)
            if worker.process.exitcode in _KILLED_FOR_MEMORY:
                _fail(request, "the worker process was ended from outside; perhaps "
                               + out_of_memory(self.limits), 413)  # fmt: skip
            else:
                _fail(request, "the worker process ended before its answer; ask again", 503)
            return False
        except asyncio.CancelledError:
            _fail(request, "the server is stopping", 503)
            raise
        if not request.answer.done():
            request.answer.set_result(data)
        return True

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *arguments)


def _fail(request: _Request, sentence: str, status: int) -> None:
    if not request.answer.done():
        request.answer.set_exception(RefusedError(sentence, status))


def _too_long(seconds: float) -> str:
    return (
        f"this takes longer than the {seconds:g} s that are allowed here: use standoff run, or "
        "fewer states"
    )
