"""Finding a scenario: by path, by name; and what is said where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from standoff.scenario import ScenarioError, load, packaged, starter


def test_by_name_and_path(tmp_path: Path) -> None:
    """A packaged scenario is loaded by its name, any other by its path."""
    assert "two-move-deterrence" in packaged()
    assert load("two-move-deterrence").path == "two-move-deterrence.yaml"
    file = tmp_path / "mine.yaml"
    file.write_text(starter())
    assert load(file).path == str(file)
    assert load(str(file)).hash == load(file).hash


def test_a_file_beats_an_unknown_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without an ending is found where no packaged scenario has its name."""
    monkeypatch.chdir(tmp_path)
    Path("mine").write_text(starter())
    assert load("mine").path == "mine"


def refusal(source: str | Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(source)
    return str(caught.value)


def test_what_is_said(tmp_path: Path) -> None:
    """Where there is no scenario, the message says why, and names the nearest one."""
    (tmp_path / "crisis.yaml").write_text("")
    missing = "there is no such file"
    assert refusal("two-move-deterence").endswith("did you mean 'two-move-deterrence'?")
    assert "packaged are" in refusal("zebra")
    assert refusal(tmp_path / "crises.yaml").endswith(f"{missing}; did you mean 'crisis.yaml'?")
    assert refusal(tmp_path / "no" / "x.yaml").endswith(missing)
    assert refusal(tmp_path).endswith("this is a folder, not a file")
    assert refusal(str(tmp_path / "a\0b.yaml"))
    assert refusal("x" * 5000 + ".yaml")
    assert refusal("")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    """What is not a regular file is refused instead of waited for."""
    os.mkfifo(tmp_path / "pipe.yaml")
    assert refusal(tmp_path / "pipe.yaml").endswith("this is not a regular file")


def test_import_is_light() -> None:
    """Whoever uses a scenario waits neither for pydantic nor for YAML, let alone for SciPy."""
    heavy = "('yaml', 'pydantic', 'scipy', 'xarray', 'numba', 'pandas')"
    code = f"import sys, standoff.scenario; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
