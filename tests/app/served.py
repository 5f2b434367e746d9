"""A server of the live page in a thread of this process, and what it says."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import uvicorn

from standoff.app import Limits, Settings, create_app

T = TypeVar("T")

PATIENCE = 900.0
"""Seconds after which a test gives up: what the solver may take to be compiled, the first time."""

LIMITS = Limits(states=5000, parameters=90)


def in_a_thread(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives, in a thread of its own: the browser's tests hold a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextmanager
def served(
    given: str | None = None, limits: Limits = LIMITS, port: int = 0, workers: int = 1
) -> Iterator[str]:
    """The address of a server that is up; each of its workers takes seconds to start."""
    app = create_app(Settings(given, workers=workers, limits=limits))
    config = uvicorn.Config(app, port=port, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        assert server.started, "the server did not start"
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def client(address: str, name: str = "one") -> httpx.Client:
    """A page that says who it is."""
    return httpx.Client(
        base_url=address, timeout=PATIENCE, headers={"x-standoff-client": name}, trust_env=False
    )


def blocks(page: httpx.Client, **ask: Any) -> Iterator[dict[str, Any]]:
    """The lines with which the server answers a request to solve, as they come."""
    with page.stream("POST", "/api/solve", json=ask) as answer:
        assert answer.status_code == 200, answer.read()
        for line in answer.iter_lines():
            yield json.loads(line)


def until(come: Callable[[], bool]) -> None:
    """Waits for something that another thread or process does."""
    deadline = time.monotonic() + PATIENCE
    while not come():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)
