"""A Dask cluster as an executor: reached, kept an eye on, and left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from standoff.explore.study import StudyError

_DESERTED = 60.0
"""Seconds that a cluster may be without workers before we no longer wait for some."""
_GLANCE = 5.0
"""Seconds between two questions to the scheduler."""


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster that answers."""

    executor: Executor
    workers: int
    """How many there were at first."""
    alive: Callable[[], None]
    """Raises a StudyError where there has been no worker for a minute."""


@contextmanager
def dask_cluster(address: str, timeout: float = 30.0) -> Iterator[Cluster]:
    """The Dask cluster whose scheduler is at `address`, say tcp://10.0.0.1:8786.

    Its workers need this version of standoff, and to see the study's folder under the same path;
    one thread each is best. Dask begins a block anew whose worker is lost.

    Raises:
        StudyError: `distributed` is not installed, no scheduler answers within `timeout` seconds,
        or it has no workers.
    """
    try:
        import distributed
    except ImportError:
        raise StudyError(
            "--dask needs the package 'distributed'; install it with: pip install 'standoff[dask]'"
        ) from None
    make: Any = distributed.Client
    try:
        client = make(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())
        raise StudyError(f"no Dask scheduler answers at {address}: {said}") from None
    try:
        try:
            client.wait_for_workers(1, timeout=timeout)
        except TimeoutError:
            raise StudyError(
                f"the Dask scheduler at {address} has no workers; start some with: "
                f"dask worker {address} --nthreads 1"
            ) from None
        # Not pure: a block that is asked for again is to be solved again.
        executor = client.get_executor(pure=False)
        yield Cluster(executor, len(client.ncores()), _watch(client, address))
    finally:
        client.close(timeout=timeout)


def _watch(client: Any, address: str) -> Callable[[], None]:
    seen = asked = time.monotonic()

    def alive() -> None:
        nonlocal seen, asked
        now = time.monotonic()
        if now - asked < _GLANCE:
            return
        asked = now
        try:
            if client.ncores():
                seen = now
        except Exception:  # whatever a dying connection raises; then, too, nobody is there
            pass
        if now - seen > _DESERTED:
            raise StudyError(
                f"the Dask cluster at {address} has had no workers for {_DESERTED:.0f} s; what is "
                "solved is kept: give the same command to go on"
            )

    return alive
