"""A study: a scenario solved over many futures and doctrines, in a directory that anyone can read.

    scenario.yaml           the scenario, verbatim
    manifest.json           what makes the study: hashes, versions, seed, settings, platform
    futures.parquet         one row a future: its parameters
    parts/outcomes-*        one row a future and doctrine: values and outcomes, at λ and in the limit
    parts/course-*          one row a future, doctrine and period: states, choices, accruals, values
    verdicts.json           what became of each claim (written by `claims`)

Files are written under a temporary name and renamed, so a part that is there is whole. A study that was
interrupted goes on with the parts that are missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import FREE_CHOICE, Scenario, load

if TYPE_CHECKING:
    import pyarrow
    import xarray

FORMAT = 1
"""Version of the study format."""

LIMIT = "limit."
"""Prefix of columns that hold the limit of perfect rationality."""


class StudyError(Exception):
    """Raised when a directory does not hold the study that is wanted, or no whole one."""


@dataclass(frozen=True)
class Study:
    """A study on disk. Its tables are read when they are asked for."""

    path: Path
    manifest: dict[str, Any]

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was when the study was made."""
        return load(self.path / "scenario.yaml")

    @property
    def doctrines(self) -> tuple[str, ...]:
        """The doctrines that were solved, `free-choice` first."""
        return tuple(self.manifest["doctrines"])

    @property
    def blocks(self) -> int:
        """Number of blocks of futures."""
        return -(-int(self.manifest["futures"]) // int(self.manifest["block"]))

    @cached_property
    def futures(self) -> dict[str, NDArray[np.float64]]:
        """The sampled parameters, by name, [future]."""
        import pyarrow.parquet as pq

        table = pq.read_table(self.path / "futures.parquet")
        return {name: table[name].to_numpy() for name in table.column_names if name != "future"}

    def missing(self) -> list[int]:
        """The blocks that are not yet solved."""
        return [block for block in range(self.blocks) if not self.part("outcomes", block).exists()]

    def part(self, table: str, block: int) -> Path:
        """The file of one block of a table, "outcomes" or "course"."""
        return self.path / "parts" / f"{table}-{block:05d}.parquet"

    def table(self, name: str) -> pyarrow.Table:
        """All parts of a table, "outcomes" or "course", in the order of futures.

        Raises:
            StudyError: blocks are missing.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if missing := self.missing():
            raise StudyError(
                f"{self.path}: {len(missing)} of {self.blocks} blocks are missing; "
                "run the same command again to go on"
            )
        parts = [pq.read_table(self.part(name, block)) for block in range(self.blocks)]
        return pa.concat_tables(parts).combine_chunks()

    @cached_property
    def results(self) -> xarray.Dataset:
        """Values and outcomes, dimensions `future`, `doctrine`, `actor`, `outcome`.

        `value` and `expected` (outcomes) are at the stated rationality, `value_limit` and `expected_limit` in the limit; the
        sampled parameters are coordinates of `future`.
        """
        import xarray as xr

        table = self.table("outcomes")
        futures, doctrines = int(self.manifest["futures"]), self.doctrines
        actors = [actor.name for actor in self.scenario.actors]
        outcomes = [outcome.name for outcome in self.scenario.outcomes]

        def cube(prefix: str, names: list[str]) -> NDArray[np.float64]:
            shape = (futures, len(doctrines), len(names))
            full = np.empty(shape)
            for k, name in enumerate(names):
                full[:, :, k] = table[prefix + name].to_numpy().reshape(shape[:2])
            return full

        return xr.Dataset(
            {
                "value": (("future", "doctrine", "actor"), cube("value.", actors)),
                "expected": (("future", "doctrine", "outcome"), cube("outcome.", outcomes)),
                "value_limit": (("future", "doctrine", "actor"), cube(LIMIT + "value.", actors)),
                "expected_limit": (
                    ("future", "doctrine", "outcome"),
                    cube(LIMIT + "outcome.", outcomes),
                ),
            },
            coords={
                "doctrine": list(doctrines),
                "actor": actors,
                "outcome": outcomes,
                **{name: ("future", values) for name, values in self.futures.items()},
            },
            attrs={
                key: self.manifest[key]
                for key in ("scenario", "hash", "seed", "standoff", "precision")
            },
        )

    def course(self) -> xarray.Dataset:
        """The course of the crisis, every column of the parts with dimensions `future`, `doctrine`, `period`.

        Period 0 is the start, period t the end of the t-th; choices and accruals of the t-th period stand at
        t-1 (they lead from t-1 to t).
        """
        import xarray as xr

        table = self.table("course")
        periods = self.scenario.time.periods + 1
        shape = (int(self.manifest["futures"]), len(self.doctrines), periods)
        keys = ("future", "doctrine", "period")
        return xr.Dataset(
            {
                name: (keys, table[name].to_numpy().reshape(shape))
                for name in table.column_names
                if name not in keys
            },
            coords={"doctrine": list(self.doctrines)},
        )


def create_study(
    path: Path,
    scenario: Scenario,
    futures: dict[str, NDArray[np.float64]],
    manifest: dict[str, Any],
) -> Study:
    """Opens the study in `path`, or lays it out there if there is none.

    Raises:
        StudyError: the directory holds another study, or something else.
    """
    study = Study(path, manifest)
    if (path / "manifest.json").exists():
        found = open_study(path).manifest
        if found != manifest:
            keys = [key for key in {*found, *manifest} if found.get(key) != manifest.get(key)]
            raise StudyError(
                f"{path} holds another study: {', '.join(sorted(keys))} differ; choose another --out"
            )
        return study
    if path.exists() and any(path.iterdir()):
        raise StudyError(f"{path} is not empty and holds no study; choose another --out")
    (path / "parts").mkdir(parents=True, exist_ok=True)
    write(path / "scenario.yaml", scenario.text.encode())
    columns = {"future": np.arange(int(manifest["futures"]), dtype=np.int32), **futures}
    write_table(path / "futures.parquet", columns)
    # The manifest comes last: where it is, the rest is too.
    write(
        path / "manifest.json", (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    )
    return study


def open_study(path: str | Path) -> Study:
    """The study in a directory.

    Raises:
        StudyError: there is none, or one of a later format.
    """
    path = Path(path)
    try:
        manifest = json.loads((path / "manifest.json").read_text())
    except (OSError, ValueError) as error:
        raise StudyError(f"{path} holds no study: {error}") from None
    if manifest.get("format") != FORMAT:
        raise StudyError(
            f"{path}: study format {manifest.get('format')}; this version reads format {FORMAT}"
        )
    return Study(path, manifest)


def write(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name and renames it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


def write_table(path: Path, columns: dict[str, Any]) -> None:
    """Writes columns as Parquet, under a temporary name first."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(pa.table(columns), temporary, compression="zstd")
    temporary.replace(path)


def doctrine_list(scenario: Scenario, wanted: Iterable[str] | None = None) -> tuple[str, ...]:
    """`free-choice` and the wanted doctrines in the order of the file; all of them by default."""
    names = [doctrine.name for doctrine in scenario.doctrines]
    chosen = set(names if wanted is None else wanted)
    return (FREE_CHOICE, *(name for name in names if name in chosen))
