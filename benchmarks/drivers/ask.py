"""A peer in a process of its own, and questions to it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any, TypeAlias

Answer: TypeAlias = dict[str, Any]

DRIVER = Path(__file__).with_name("peer.py")

VERSIONS: dict[str, str] = {}
"""Of the peers, as they said."""


class StoppedError(Exception):
    """A peer gave no answer; the message says why."""


@contextmanager
def peer(python: str, name: str, seconds: int) -> Iterator[Callable[[Answer], Answer]]:
    """A peer's process, to be asked, and ended if it goes on for much more than so many seconds by
    the clock; 0 lets it go on. All it does is done on one thread.
    """
    alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    process = subprocess.Popen(
        [python, str(DRIVER), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env=os.environ | alone,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    asked, answers = process.stdin, process.stdout
    # By the clock, since a limit on CPU seconds makes their count coarse on Linux.
    patience = Timer(1.25 * seconds + 10, process.kill)

    def answer() -> Answer:
        if line := answers.readline():
            found: Answer = json.loads(line)
            return found
        late = not patience.is_alive() and seconds > 0
        raise StoppedError(f"over {seconds} s" if late else f"ended by itself: {process.wait()}")

    def ask(job: Answer) -> Answer:
        asked.write(json.dumps(job) + "\n")
        asked.flush()
        return answer()

    if seconds:
        patience.start()
    try:
        VERSIONS[name] = answer()["version"]
        yield ask
    finally:
        patience.cancel()
        process.kill()
        process.communicate()


def ask_once(python: str, name: str, seconds: int, job: Answer) -> Answer | str:
    """A peer's answer, `build` and `solve` being medians, or why it has none."""
    try:
        with peer(python, name, seconds) as ask:
            answer = ask(job)
    except StoppedError as error:
        return str(error)
    answer["build"], answer["solve"] = (statistics.median(answer[k]) for k in ("build", "solve"))
    if answer["build"] + answer["solve"] > seconds:
        return f"over {seconds} s"
    if abs(answer["reached"] - job["precision"]) > 1e-6:
        return f"stopped at λ = {answer['reached']:.4g}"
    return answer
