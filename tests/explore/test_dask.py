"""Blocks on a Dask cluster: a real one, whose workers are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explore.conftest import FUTURES, contents
from standoff.explore import (
    Settings,
    Study,
    StudyError,
    dask_cluster,
    open_study,
    prepare,
    run,
    solve_blocks,
)
from standoff.game import compile_game
from standoff.scenario import loads, starter

distributed: Any = pytest.importorskip("distributed")
dask: Any = pytest.importorskip("dask")

PATIENCE = 600.0
"""Seconds after which a scheduler or its workers are given up."""

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals of POSIX"),
    # Of Dask's own sockets and loops, closed when they are collected.
    pytest.mark.filterwarnings("ignore::ResourceWarning:distributed"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes with one thread each, replaced when they die.

    Dask's own cluster otherwise gives a worker up that is just being replaced 15 s after it died,
    and a connection after 30 s.
    """
    patient = dask.config.set(
        {
            "distributed.deploy.lost-worker-timeout": "10 minutes",
            "distributed.comm.timeouts.connect": "10 minutes",
        }
    )
    with (
        patient,
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs=100,
        ) as found,
    ):
        yield found


@pytest.fixture(autouse=True)
def _never_hangs() -> Iterator[None]:
    """Fails what waits for minutes, instead of waiting with it."""

    def stop(*_: Any) -> None:
        raise TimeoutError("the cluster has been silent for a quarter of an hour")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(900)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_a_cluster_changes_no_byte(cluster: Any, study: Study, tmp_path: Path) -> None:
    """Its executor is one like any other."""
    with dask_cluster(cluster.scheduler_address) as found:
        assert found.workers == 2
        solved = run(loads(starter()), tmp_path / "s", futures=FUTURES, executor=found.executor)
        found.alive()
    assert contents(solved.path) == contents(study.path)


def test_workers_that_are_killed_lose_nothing(cluster: Any, tmp_path: Path) -> None:
    """kill -9 of one of them while it solves: nothing is lost, nothing twice, the same bytes."""
    scenario = loads(starter().replace("periods: 6", "periods: 24"))
    whole = run(scenario, tmp_path / "whole", futures=320)
    game = compile_game(scenario)
    study = prepare(game, Settings(futures=320), tmp_path / "s")
    killed, told = list[int](), list[tuple[int, int]]()
    with dask_cluster(cluster.scheduler_address) as found:

        def kill(done: int, total: int) -> None:
            told.append((done, total))
            if done in (3, 9):
                # Not asked of the workers: one that is just being replaced might never answer.
                alive = [nanny.process for nanny in cluster.workers.values()]
                victim = next(one.pid for one in alive if one and one.pid)
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        solve_blocks(study, game, executor=found.executor, progress=kill)
    assert len(set(killed)) == 2
    assert told == [(done, 20) for done in range(21)]
    assert contents(study.path) == contents(whole.path)
    assert study.failures == ()


def test_a_future_at_which_workers_die_is_found(
    cluster: Any, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask gives a block up after some deaths; then its futures are tried one by one."""
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 1)  # each death takes seconds

    def poison() -> None:
        from standoff.explore import block, workers

        solve = block.solve_block

        def mortal(study: Any, game: Any, number: int, refused: Any = None) -> None:
            if number == 1 and 17 not in (refused or {}):
                os._exit(9)
            solve(study, game, number, refused)

        def trial(study: Any, game: Any, future: int | None) -> None:
            if future == 17:
                os._exit(9)

        vars(workers).update(solve_block=mortal, try_future=trial)

    class Poison(distributed.WorkerPlugin):  # type: ignore[misc]
        """Which also the workers have that replace the dead."""

        def setup(self, worker: Any) -> None:
            poison()

    with dask_cluster(cluster.scheduler_address) as found, distributed.Client(cluster) as client:
        client.register_plugin(Poison(), name="poison")
        try:
            solved = run(loads(starter()), tmp_path / "s", futures=FUTURES, executor=found.executor)
        finally:
            client.unregister_worker_plugin("poison")
            client.restart()
    assert solved.failed.nonzero()[0].tolist() == [17]
    assert "KilledWorker" in solved.failures[0].reason
    ours, theirs = (one.results["value"].to_numpy() for one in (solved, study))
    assert ours[~solved.failed].tobytes() == theirs[~solved.failed].tobytes()


def test_workers_must_see_the_folder_and_have_the_versions(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a sentence that says what to do; never a hang."""
    from standoff.explore import workers

    game = compile_game(loads(starter()))
    study = prepare(game, Settings(futures=FUTURES), tmp_path / "s")
    with dask_cluster(cluster.scheduler_address) as found:
        away = Study(tmp_path / "elsewhere", study.manifest)
        with pytest.raises(StudyError, match=r"does not see .*elsewhere: .*all machines share"):
            solve_blocks(away, game, executor=found.executor)
        older = Study(study.path, study.manifest | {"standoff": "0.0.9"})
        with pytest.raises(
            StudyError, match=r"other versions .*standoff: 0\.0\.9 in the study, .* on the worker"
        ):
            solve_blocks(older, game, executor=found.executor)
    # A worker that writes to a disk of its own under the same name.
    monkeypatch.setattr(workers, "_PATIENCE", 0.2)
    monkeypatch.setattr(workers, "solve_block_at", lambda *_: None)
    from concurrent.futures import ThreadPoolExecutor

    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(StudyError, match="is not there although a worker wrote it"),
    ):
        solve_blocks(study, game, executor=executor)


def is_whole(file: Path) -> bool:
    """Whether a scheduler has written its file to the end."""
    try:
        return bool(json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError):
        return False


def test_a_scheduler_that_dies_is_an_error_and_the_study_goes_on(
    study: Study, tmp_path: Path
) -> None:
    """What was solved is kept; the same call without it makes the study whole."""
    scenario = loads(starter().replace("periods: 6", "periods: 24"))
    dask = [sys.executable, "-m", "distributed.cli."]
    address = tmp_path / "scheduler.json"
    scheduler = subprocess.Popen(
        [*dask[:2], "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard",
         "--scheduler-file", str(address)], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    started = [scheduler]
    try:
        while not is_whole(address):
            time.sleep(0.05)
        worker = subprocess.Popen(
            [*dask[:2], "distributed.cli.dask_worker", "--scheduler-file", str(address),
             "--nthreads", "1", "--no-nanny", "--no-dashboard"], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        started.append(worker)
        with distributed.Client(scheduler_file=str(address), timeout=PATIENCE) as client:
            where = client.scheduler.address

        def kill(done: int, _: int) -> None:
            if done == 2:
                scheduler.kill()

        with (
            dask_cluster(where, timeout=PATIENCE) as found,
            pytest.raises(StudyError, match="the executor gave up; what is solved is kept"),
        ):
            run(scenario, tmp_path / "s", futures=320, executor=found.executor, progress=kill)
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert 0 < len(open_study(tmp_path / "s").missing()) < 20
    assert run(scenario, tmp_path / "s", futures=320).missing() == []


def test_what_cannot_be_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No scheduler, no address, no workers, no package."""
    wait = distributed.Client.wait_for_workers
    soon = lambda client, count, timeout: wait(client, count, timeout=0.5)  # noqa: E731
    monkeypatch.setattr(distributed.Client, "wait_for_workers", soon)
    for address in ("tcp://127.0.0.1:1", "nonsense"):
        with (
            pytest.raises(StudyError, match=f"no Dask scheduler answers at {address}: "),
            dask_cluster(address, timeout=0.5),
        ):
            pass
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address=":0", silence_logs=100
        ) as empty,
        pytest.raises(StudyError, match="has no workers; start some with: dask worker"),
        dask_cluster(empty.scheduler_address, timeout=PATIENCE),
    ):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(StudyError, match=r"pip install 'standoff\[dask\]'"),
        dask_cluster("tcp://127.0.0.1:1"),
    ):
        pass
