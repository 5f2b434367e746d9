"""Studies for tests to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from standoff.explore import Study, run
from standoff.scenario import loads, starter

FUTURES = 40
"""Three blocks, the last of them not full."""


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The starter scenario in 40 futures, solved in this process."""
    return run(loads(starter()), tmp_path_factory.mktemp("study") / "whole", futures=FUTURES)


def contents(path: Path) -> dict[str, bytes]:
    """All files of a study by name, those with temporary names left out."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }
