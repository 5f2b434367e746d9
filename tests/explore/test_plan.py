"""What solving needs, told before it starts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from standoff.explore import BLOCK, Plan, doctrine_list, plan
from standoff.game import compile_game
from standoff.scenario import loads, starter

GROWTH = """
import sys
from pathlib import Path
import numpy as np
from standoff.explore import Settings, prepare, solve_blocks, uncertain
from standoff.game import compile_game
from standoff.scenario import load

def peak():  # of this program: `getrusage` also counts what the process was before
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])

def solve(scenario, out):
    game = compile_game(load(scenario))
    futures = {p.name: np.full(16, p.value) for p in uncertain(game.scenario)}
    study = prepare(game, Settings(precision=sys.argv[1]), out, futures=futures)
    before = peak()
    solve_blocks(study, game)
    return peak() - before

solve(sys.argv[2], Path(sys.argv[4]) / "small")  # libraries and kernels are loaded by this one
print(solve(sys.argv[3], Path(sys.argv[4]) / "large"))
"""


def plan_of(text: str, futures: int = 256, itemsize: int = 4) -> Plan:
    game = compile_game(loads(text))
    return plan(game, futures, doctrine_list(game.scenario), BLOCK, itemsize)


def test_memory_is_that_of_a_block_and_not_of_the_study() -> None:
    """More futures need more disk and more work, but no more memory."""
    few, many = plan_of(starter()), plan_of(starter(), futures=100_000)
    assert few.worker_memory == many.worker_memory
    assert many.disk > 300 * few.disk
    assert many.work > 300 * few.work
    assert plan_of(starter(), itemsize=8).worker_memory > few.worker_memory


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
@pytest.mark.parametrize(("precision", "itemsize"), [("single", 4), ("double", 8)])
def test_memory_is_foretold(precision: str, itemsize: int, tmp_path: Path) -> None:
    """The peak of a process grows by what was said, within a third either way."""
    files = {"small": starter(), "large": LARGE}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    paths = [str(tmp_path / f"{name}.yaml") for name in files]
    command = [sys.executable, "-c", GROWTH, precision, *paths, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    grown = int(said)
    foretold = plan_of(LARGE, futures=16, itemsize=itemsize).worker_memory
    assert foretold > 20e6
    assert grown == pytest.approx(foretold, rel=0.35)


LARGE = json.dumps(
    {
        "standoff": 1,
        "name": "large",
        "title": "A game with some thousand states",
        "time": {"period": "month", "periods": 8},
        "parameters": {
            "prize": {"value": 5, "range": [1, 9]},
            "precision": {"value": 1, "range": [0.5, 2]},
        },
        "variables": {f"x{k}": {"levels": 7, "start": 3} for k in range(4)},
        "order": ["red", "blue"],
        "actors": {
            name: {
                "rationality": "precision",
                "payoff": f"prize * {mine} - {theirs}",
                "actions": {
                    "hold": {},
                    **{
                        f"raise {x}": {"when": f"{x} < 7", "set": {x: f"{x} + 1"}, "cost": 1}
                        for x in ("x0", "x1", "x2", "x3")
                    },
                    **{
                        f"lower {x}": {"when": f"{x} > 0", "set": {x: f"{x} - 1"}, "cost": 2}
                        for x in ("x0", "x1", "x2", "x3")
                    },
                },
            }
            for name, mine, theirs in (("red", "x0", "x1"), ("blue", "x2", "x3"))
        },
        "doctrines": {"red": {"still": {"must": "hold"}, "up": {"never": ["lower x0"]}}},
        "outcomes": {"gained": {"final": "x0"}},
    }
)
