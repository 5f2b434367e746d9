"""A study that is interrupted, or killed, goes on where it stopped, and gives the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from explore.conftest import contents
from standoff.explore import Study, open_study, run
from standoff.scenario import load, starter

FUTURES = 480
PATIENCE = 900.0
"""Seconds after which a test gives up: what a loaded machine may take."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter with two years instead of six months, so that a study takes some seconds."""
    path = tmp_path_factory.mktemp("scenario") / "long.yaml"
    path.write_text(starter().replace("periods: 6", "periods: 24"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def whole(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The same study, never interrupted."""
    return run(load(scenario), tmp_path_factory.mktemp("whole") / "s", futures=FUTURES)


@contextmanager
def running(scenario: Path, out: Path, workers: int) -> Iterator[subprocess.Popen[str]]:
    """`standoff run` in a process group of its own, as a shell would start it."""
    command = [sys.executable, "-m", "standoff", "run", str(scenario), "--out", str(out)]
    command += ["--futures", str(FUTURES), "--workers", str(workers)]
    # Where the tests run in the background Ctrl-C is ignored, and a process would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def solved(out: Path) -> int:
    return len(list((out / "outcomes").glob("*.parquet"))) if out.exists() else 0


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if process is not None and process.poll() is not None:
            raise AssertionError(f"it ended too soon: {process.communicate()}")
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.005)


def children(process: subprocess.Popen[str]) -> list[int]:
    found = []
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # of a thread that has just ended
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def is_alive(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def finish(scenario: Path, out: Path, whole: Study) -> None:
    """The same command again, and the same bytes as if nothing had happened."""
    study = open_study(out)
    left = study.missing()
    assert 0 < len(left) < study.blocks
    kept = {block: study.part("outcomes", block).stat().st_mtime_ns for block in range(study.blocks)
            if block not in left}  # fmt: skip
    run(load(scenario), out, futures=FUTURES)
    assert contents(out) == contents(whole.path)
    for block, written in kept.items():
        assert study.part("outcomes", block).stat().st_mtime_ns == written


def test_a_study_that_was_killed_goes_on(scenario: Path, whole: Study, tmp_path: Path) -> None:
    """kill -9 while it solves: what is there is whole, what is not is solved by the next run."""
    out = tmp_path / "s"
    with running(scenario, out, 1) as process:
        wait_for(lambda: solved(out) >= 3, process)
        process.kill()
        process.wait()
    finish(scenario, out, whole)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_workers_do_not_outlive_a_parent_that_was_killed(
    scenario: Path, whole: Study, tmp_path: Path
) -> None:
    """kill -9 of the parent ends its workers too, and leaves a study that goes on."""
    out = tmp_path / "s"
    with running(scenario, out, 2) as process:
        wait_for(lambda: solved(out) >= 3, process)
        workers = children(process)
        process.kill()
        process.wait()
        assert len(workers) >= 2
        wait_for(lambda: not any(is_alive(worker) for worker in workers))
    finish(scenario, out, whole)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_solved(
    workers: int, scenario: Path, whole: Study, tmp_path: Path
) -> None:
    """Ctrl-C reaches the whole group, as from a terminal: one sentence, status 130."""
    out = tmp_path / "s"
    with running(scenario, out, workers) as process:
        wait_for(lambda: solved(out) >= 3, process)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
    assert "Traceback" not in said
    assert said.startswith("\nstandoff: interrupted; ")
    assert f"blocks are solved and kept in {out}: give the same command to go on" in said
    finish(scenario, out, whole)
