"""Published data sets of the EMA Workbench's wheel, where they can be found; nothing is kept here.

STANDOFF_EMA_DATA names the folder `ema_workbench/examples/data`; else an installed `ema_workbench`
is used, without importing it; else, where STANDOFF_FETCH is set, its wheel is fetched with pip.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Published = tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]

ROTTERDAM = ("throughput Rotterdam.csv", "throughput_Rotterdam.cls")
"""The outcome's file in version 2.5, and in 3.0."""


def folder(cache: Path) -> Path:
    """Where the data are; skips the test where they are not."""
    if named := os.environ.get("STANDOFF_EMA_DATA"):
        return Path(named)
    found = find_spec("ema_workbench")
    if found and found.submodule_search_locations:
        return Path(found.submodule_search_locations[0]) / "examples" / "data"
    if not os.environ.get("STANDOFF_FETCH"):
        pytest.skip(
            "no ema_workbench; set STANDOFF_EMA_DATA to its data or STANDOFF_FETCH to fetch"
        )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--ignore-requires-python", "--dest", str(cache), "ema_workbench"]
    said = subprocess.run(command, capture_output=True, text=True)
    if said.returncode:
        pytest.skip(f"ema_workbench could not be fetched: {said.stderr.strip()[-200:]}")
    with zipfile.ZipFile(next(cache.glob("ema_workbench-*.whl"))) as wheel:
        wheel.extractall(cache)
    return cache / "ema_workbench" / "examples" / "data"


def bryant_lempert(data: Path) -> Published:
    """Renewable fuel standard (Bryant & Lempert 2010): 882 futures, 9 factors, 89 cases."""
    with open(data / "bryant et al 2010 data.csv", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    numbers = np.array(rows, np.float64)
    return {head[k]: numbers[:, k] for k in range(2, 11)}, numbers[:, 15] == 1


def flu(data: Path) -> Published:
    """Influenza (Pruyt & Hamarat 2010): 1,000 futures, 19 factors; over a million deaths."""
    with tarfile.open(data / "1000 flu cases no policy.tar.gz") as archive:
        table = _table(archive)
        deaths = np.array(_rows(archive, "deceased_population_region_1.csv"))[:, -1]
    return table, deaths.astype(np.float64) > 1e6


def rotterdam(data: Path) -> Published:
    """World container model (Tavasszy et al. 2011): 5,000 futures; less throughput than today."""
    with tarfile.open(data / "5000 runs WCM.tar.gz") as archive:
        table = _table(archive)
        name = next(name for name in archive.getnames() if name in ROTTERDAM)
        throughput = np.array(_rows(archive, name), np.float64).ravel()
    return table, throughput / 2.178849944502783e7 < 1


def _rows(archive: tarfile.TarFile, name: str) -> list[list[str]]:
    """The rows of a file of comma-separated values; a first row of 0, 1, 2… is its header."""
    member = archive.extractfile(name)
    assert member
    rows = [row for row in csv.reader(io.TextIOWrapper(member, "utf-8")) if row]
    return rows[1:] if rows[0][:3] == ["0", "1", "2"] else rows


def _table(archive: tarfile.TarFile) -> dict[str, NDArray[Any]]:
    """The experiments: numbers, and truth values as such; not what labels them."""
    head, *rows = _rows(archive, "experiments.csv")
    columns: dict[str, NDArray[Any]] = {}
    for name, column in zip(head, zip(*rows, strict=True), strict=True):
        if name in ("scenario", "policy", "model"):
            continue
        is_truth = set(column) <= {"True", "False"}
        columns[name] = np.array(column) == "True" if is_truth else np.array(column, np.float64)
    return columns
