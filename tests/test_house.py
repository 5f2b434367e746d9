"""The rules of the house: one way through, a small public face, a light door."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import standoff

SOURCE = Path(standoff.__file__).parent
STAGES = [
    "reading",
    "treaty",
    "scenario",
    "game",
    "solver",
    "extensive",
    "play",
    "certificate",
    "export",
    "discovery",
    "sensitivity",
    "robustness",
    "displacement",
    "watch",
    "explore",
    "claims",
    "findings",
    "report",
    "app",
    "cli",
]
MODULES = sorted(SOURCE.rglob("*.py"))


def stage_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """The modules of ours that a file imports, also inside functions."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            if node.module == "standoff":
                found += [f"standoff.{alias.name}" for alias in node.names]
    return [name for name in found if name.split(".")[0] == "standoff"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_stage_imports_only_stages_before_it_and_only_their_face(path: Path) -> None:
    """The one way through, and never into another stage's rooms."""
    stage = stage_of(path)
    if stage not in STAGES:
        return
    for name in imports(path):
        parts = name.split(".")
        if len(parts) < 2 or parts[1] not in STAGES:
            continue
        assert STAGES.index(parts[1]) <= STAGES.index(stage), f"{path} imports {name}"
        is_face = len(parts) == 2 or (parts[1] == "report" and stage in ("app", "cli"))
        assert parts[1] == stage or is_face, f"{path} imports {name} past the face of its stage"


def test_the_rule_can_fail() -> None:
    """The import rule sees a forbidden import where there is one."""
    names = ["standoff.claims", "standoff.game.ledger"]
    text = "\n".join(f"import {name}" for name in names)
    assert [
        node.names[0].name for node in ast.parse(text).body if isinstance(node, ast.Import)
    ] == names


def test_every_stage_is_known() -> None:
    """A new folder must be given its place on the way through."""
    known = {*STAGES, "__init__", "__main__"}
    assert {stage_of(path) for path in MODULES} == known


def test_the_public_face_is_exact_and_sorted() -> None:
    """Every name that is promised is there, and the list is in order."""
    assert standoff.__all__ == sorted(set(standoff.__all__))
    for name in standoff.__all__:
        assert getattr(standoff, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'slove'"):
        standoff.slove  # noqa: B018


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_exports_what_it_lists(stage: str) -> None:
    """What a face lists in `__all__` can be had from it."""
    module = import_module(f"standoff.{stage}")
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name)


def test_the_door_is_light() -> None:
    """Importing standoff loads none of the heavy libraries; they come when they are first used."""
    heavy = ["numba", "scipy", "xarray", "pyarrow", "pydantic", "pandas", "typer", "rich", "yaml"]
    code = f"import sys, standoff; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_modules_stay_readable() -> None:
    """No file of ours is so long that nobody reads it."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert max(lengths.values()) <= 520, max(lengths, key=lambda path: lengths[path])
