"""What runs in a worker process: it reads tasks from a pipe, one at a time, and answers them.

Tasks and answers are JSON, so that nothing a scenario says is ever unpickled. A worker ends with
the server, by whatever cause; the server ends a worker that takes too long.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.app.ask import CONCEPTS, Ask, RefusedError
from standoff.app.checking import mistakes_json, trial_json
from standoff.app.limits import MEBI, Limits

if TYPE_CHECKING:
    from standoff.app.solved import Solved
    from standoff.game import Game
    from standoff.scenario import Scenario

CANCEL = b"cancel"
"""Sent to a worker whose answer nobody waits for any more."""
READY = b"ready"
"""Sent by a worker that has loaded and compiled what it needs."""

_HELD = 3
"""Compiled scenarios that a worker keeps."""
FUTURES = 256
"""Futures that a page asks for of a scenario that has no study."""


@dataclass(frozen=True)
class Task:
    """What a worker is asked: "check", "document", "flight" or "block" of a scenario."""

    kind: str
    text: str
    """The text of a scenario."""
    file: str
    """What mistakes call the scenario."""
    ask: Ask
    study: str | None = None
    """The folder of a study of it, if there is one."""
    edited: bool = False
    """Whether the text came with the request, and is not one that the server offers."""

    def encode(self) -> bytes:
        """As bytes that travel."""
        return json.dumps(asdict(self)).encode()


def decode(data: bytes) -> Task:
    """The task that was encoded."""
    found = json.loads(data)
    ask = found.pop("ask")
    ask["choices"] = tuple(map(tuple, ask["choices"]))
    ask["pinned"] = tuple(map(tuple, ask["pinned"]))
    ask["doctrines"] = None if ask["doctrines"] is None else tuple(ask["doctrines"])
    return Task(ask=Ask(**ask), **found)


def work(pipe: Connection, lifeline: Connection, limits: Limits) -> None:
    """Answers tasks until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    shop = Shop(limits)
    shop.warm()
    _bound_memory(limits.memory)
    pipe.send_bytes(READY)
    while True:
        try:
            data = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        if data != CANCEL:
            pipe.send_bytes(shop.answer(decode(data), lambda: not pipe.poll()))


def _end_with(lifeline: Connection) -> None:
    lifeline.poll(None)
    os._exit(1)


def _bound_memory(memory: int) -> None:
    """Has the system refuse more memory than what is held now and so many bytes beside it."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + memory
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


@dataclass
class Shop:
    """What a worker keeps between tasks: the scenarios that it compiled last."""

    limits: Limits
    games: OrderedDict[tuple[Any, ...], Game] = field(default_factory=OrderedDict)
    studies: dict[str, Solved] = field(default_factory=dict)

    def warm(self) -> None:
        """Loads the solver, and compiles what no time limit should cut off, by solving small ones.

        One in which sides move in turn, one in which they choose at once, one with hidden types.
        """
        from standoff.app.offer import packaged_text

        for name in ("two-move-deterrence", "reciprocal-fear", "beer-quiche"):
            text = packaged_text(name)
            for kind, concept in (("check", CONCEPTS[0]), *(("block", one) for one in CONCEPTS)):
                task = Task(kind, text, name, Ask(futures=1, concept=concept))
                self.answer(task, lambda: True)
        self.games.clear()

    def answer(self, task: Task, go_on: Callable[[], bool]) -> bytes:
        """The answer to a task, or why there is none; always one JSON object."""
        from standoff.explore import StudyError
        from standoff.scenario import ScenarioError

        try:
            found = self._answer(task, go_on)
        except ScenarioError as error:
            found = {"kind": "mistakes"} | mistakes_json(error)
        except RefusedError as error:
            found = _refusal(str(error), error.status)
        except StudyError as error:
            found = _refusal(str(error), 422)
        except MemoryError:
            self.games.clear()
            found = _refusal(out_of_memory(self.limits), 413)
        except RecursionError:
            found = _refusal("this is nested too deeply", 413)
        except Exception as error:
            # A fault of ours: it is told, and the worker lives.
            found = _refusal(f"this could not be worked out: {type(error).__name__}: {error}", 500)
        try:
            return _encode(found)
        except MemoryError:
            self.games.clear()
            return _encode(_refusal(out_of_memory(self.limits), 413))

    def _answer(self, task: Task, go_on: Callable[[], bool]) -> dict[str, Any]:
        if task.kind == "check":
            return {"kind": "check"} | self._check(task)
        solved = None if task.study is None else self._study(task.study)
        if task.kind == "document":
            return {"kind": "document"} | self._document(task, solved)
        if task.kind == "flight":
            return {"kind": "flight", "displacement": _displacement(solved)}
        if solved is not None and solved.has(task.ask):
            return solved.block(task.ask)
        from standoff.app.solving import solve_block

        block = solve_block(self._game(task), task.ask, self.limits, go_on)
        return block if block is not None else {"kind": "cancelled"}

    def _check(self, task: Task) -> dict[str, Any]:
        from standoff.explore import try_out

        return trial_json(try_out(self._scenario(task), max_states=self.limits.states))

    def _document(self, task: Task, solved: Solved | None) -> dict[str, Any]:
        from standoff.app.outline import outline
        from standoff.report.document import beginning, promises

        game = self._game(task)
        found = outline(game, None if solved is None else solved.study.doctrines)
        return found | {
            "beginning": None if solved is None else beginning(solved.study),
            "promises": promises(game.scenario),
            "futures": FUTURES if solved is None else int(solved.study.manifest["futures"]),
            "solved": solved is not None,
        }

    def _study(self, folder: str) -> Solved:
        from standoff.app.solved import Solved
        from standoff.explore import open_study

        if folder not in self.studies:
            self.studies[folder] = Solved(open_study(folder))
        return self.studies[folder]

    def _scenario(self, task: Task) -> Scenario:
        from standoff.scenario import loads, variant

        scenario = loads(task.text, task.file)
        if task.edited:
            _refuse_folders(scenario)
        if task.ask.choices:
            try:
                scenario = variant(scenario, dict(task.ask.choices))
            except ValueError as error:
                raise RefusedError(str(error)) from None
        if task.study is not None:
            from standoff.explore import BeginningError, beginning_of, begun

            try:
                scenario = begun(scenario, beginning_of(self._study(task.study).study.manifest))
            except BeginningError as error:
                raise RefusedError(str(error)) from None
        number = len(scenario.parameters)
        if number > self.limits.parameters:
            raise RefusedError(
                f"the scenario has {number:,} parameters; at most {self.limits.parameters} are "
                "allowed here",
                413,
            )
        return scenario

    def _game(self, task: Task) -> Game:
        from standoff.game import compile_game

        key = (task.text, task.ask.choices, task.study)
        if key in self.games:
            self.games.move_to_end(key)
        else:
            while len(self.games) >= _HELD:
                self.games.popitem(last=False)
            scenario = self._scenario(task)
            self.games[key] = compile_game(scenario, max_states=self.limits.states)
        return self.games[key]


def _displacement(solved: Solved | None) -> dict[str, Any] | None:
    """Who flees where in a study; None where there is no study, or nobody flees in it."""
    if solved is None or solved.study.scenario.displacement is None:
        return None
    from standoff.report.document import displacement

    return displacement(solved.study)


def _refuse_folders(scenario: Scenario) -> None:
    """Refuses to read a folder of this machine that somebody's text names."""
    from standoff.displacement import packaged_instances

    section = scenario.displacement
    if section is None or section.instance.text in packaged_instances():
        return
    raise RefusedError(
        f"a scenario that is edited here may name a packaged instance only, not the folder "
        f"'{section.instance.text}'"
    )


def out_of_memory(limits: Limits) -> str:
    """What is said where a task needs more memory than it may have."""
    return (
        f"this takes more than the {limits.memory // MEBI:,} MiB of memory that are allowed here: "
        "use standoff run, or fewer states"
    )


def _refusal(sentence: str, status: int) -> dict[str, Any]:
    return {"kind": "refused", "error": sentence, "status": status}


def _encode(found: dict[str, Any]) -> bytes:
    text = json.dumps(_finite(found), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _finite(value: Any) -> Any:
    """The same, with null where there is no number."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
