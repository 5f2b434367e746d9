"""A study: a scenario solved over many futures and doctrines, in a directory that anyone can read.

    scenario.yaml           the scenario, verbatim
    manifest.json           what makes the study: hash, versions, seed, settings, platform
    displacement/…          the instance that the scenario drives, verbatim; only where there is one
    futures.parquet         one row a future: its parameters
    outcomes/00000…         one row a future and doctrine: values, outcomes, mostly in the limit too
    course/00000…           one row a future, doctrine and period: states, choices, accruals, values
    failures/00000…         futures that could not be solved, and why; only where there are some
    certificates.json       what a second program found of solutions of the first future
    verdicts.json           what became of each claim (written by `claims`)

Files are written under a temporary name (with a dot in front) and renamed, so a part that is there
is whole. A study that was interrupted goes on with the parts that are missing. Each Parquet file
carries the scenario's hash, the version and the seed among its metadata.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.explore.beginning import beginning_of, begun
from standoff.explore.failures import SCENARIO_FILE, Failure
from standoff.explore.results import as_dataset, free_name
from standoff.reading import listing
from standoff.scenario import Scenario, load, suggestion
from standoff.solver import POINTS

if TYPE_CHECKING:
    import pyarrow
    import xarray

FORMAT = 1
"""Version of the study format."""

_INDEX = ("future",)

FAILURES = "failures"
"""The folder with a part for each block in which futures failed."""

INSTANCE = "displacement"
"""The folder with the instance that the scenario drives."""

TABLES = ("outcomes", "course")
"""The tables of a study, each a folder with a part for each block."""


class StudyError(Exception):
    """Raised when a directory does not hold the study that is wanted, or no whole one."""


@dataclass(frozen=True)
class Study:
    """A study on disk. Its tables are read when they are asked for."""

    path: Path
    manifest: dict[str, Any]

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was when the study was made, starting where the study does."""
        written = housed(load(self.path / SCENARIO_FILE), self.path)
        return begun(written, beginning_of(self.manifest))

    @property
    def doctrines(self) -> tuple[str, ...]:
        """The doctrines that were solved, `free-choice` first."""
        return tuple(self.manifest["doctrines"])

    @property
    def origin(self) -> dict[str, Any]:
        """Where the results come from: what every one of them carries with it."""
        keys = (
            "scenario",
            "hash",
            "standoff",
            "seed",
            "futures",
            "sampling",
            "precision",
            "points",
        )
        beginning = beginning_of(self.manifest)
        seen = {} if beginning is None else {"picture": beginning.picture}
        return {key: self.manifest[key] for key in keys if key in self.manifest} | seen

    @property
    def points(self) -> int:
        """Points of the belief grid a side, of use where types are hidden."""
        return int(self.manifest.get("points", POINTS))

    @property
    def equilibrium_only(self) -> bool:
        """Whether the limit of perfect rationality and equilibria elsewhere were left out."""
        return bool(self.manifest.get("equilibrium_only", False))

    @property
    def hidden(self) -> bool:
        """Whether something was hidden under some doctrine of the study: see `needs_beliefs`."""
        scenario = self.scenario
        return any(actor.types for actor in scenario.actors) or any(
            doctrine.believed is not None and doctrine.name in self.doctrines
            for doctrine in scenario.doctrines
        )

    @property
    def blocks(self) -> int:
        """Number of blocks of futures."""
        return -(-int(self.manifest["futures"]) // int(self.manifest["block"]))

    @cached_property
    def futures(self) -> dict[str, NDArray[np.float64]]:
        """The parameters that differ between futures, by name, [future]."""
        import pyarrow.parquet as pq

        table = pq.ParquetFile(self.path / "futures.parquet").read()
        return {
            parameter.name: table[column].to_numpy()
            for parameter in self.scenario.parameters
            if (column := free_name(parameter.name, _INDEX)) in table.column_names
        }

    def span(self, block: int) -> range:
        """The futures of a block."""
        size = int(self.manifest["block"])
        return range(block * size, min((block + 1) * size, int(self.manifest["futures"])))

    def missing(self) -> list[int]:
        """The blocks that are not yet solved."""
        return [block for block in range(self.blocks) if not self.part("outcomes", block).exists()]

    def part(self, table: str, block: int) -> Path:
        """The file of one block of a table, "outcomes" or "course", or of its "failures"."""
        ending = "json" if table == FAILURES else "parquet"
        return self.path / table / f"{block:05d}.{ending}"

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The futures that could not be solved, in their order."""
        folder = self.path / FAILURES
        names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
        return tuple(
            Failure(**failure)
            for name in names
            if not name.startswith(".")
            for failure in json.loads((folder / name).read_text(encoding="utf-8"))["failures"]
        )

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Whether each future could not be solved, [future]: then all its numbers are nan."""
        failed = np.zeros(int(self.manifest["futures"]), bool)
        failed[[failure.future for failure in self.failures]] = True
        return failed

    def table(self, name: str) -> pyarrow.Table:
        """All parts of a table, "outcomes" or "course", in the order of futures.

        Raises:
            StudyError: blocks are missing.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._refuse_half()
        # Each file by itself: as a data set, pyarrow would unify what need not be unified.
        parts = [pq.ParquetFile(self.part(name, block)).read() for block in range(self.blocks)]
        return pa.concat_tables(parts).combine_chunks()

    @cached_property
    def results(self) -> xarray.Dataset:
        """Values and outcomes, dimensions `future`, `doctrine`, `actor`, `outcome`.

        `value` and `expected` (outcomes) are at the stated rationality, `value_limit` and
        `expected_limit` in the limit; the sampled parameters are coordinates of `future`. A
        parameter with the name of a dimension or an array, say `actor`, is `parameter actor`.

        Where some choose at once there are also `value_elsewhere` and `expected_elsewhere`, at the
        equilibria farthest from the branch, and `kappa`, `lost` and `several`, of `future` and
        `doctrine`.

        Where types are hidden there is `belief`, of `future`, `doctrine` and `type` (named
        `actor.type`): what the others are expected to believe of it at the end; also in the limit,
        and elsewhere. `lost` and `several` are then there, and `lost_limit` for the limit,
        and `kappa` is not.

        Of a study of equilibria only there is no array whose name ends with `_limit` or
        `_elsewhere`, and, where some choose at once, no `several`.
        """
        columns = self._cubes("outcomes", None)
        return as_dataset(
            self.scenario,
            self.doctrines,
            self.futures,
            columns.__getitem__,
            columns,
            self.origin,
        )

    @cached_property
    def certificates(self) -> tuple[dict[str, Any], ...]:
        """What a second program found of the solutions of the first future; see `certify`.

        Of every doctrine where the game is small, else of free choice alone. Empty before the first
        block is solved.
        """
        try:
            text = (self.path / "certificates.json").read_text(encoding="utf-8")
        except OSError:
            return ()
        return tuple(json.loads(text)["certificates"])

    def course(self, columns: Iterable[str] | None = None) -> xarray.Dataset:
        """The course of the crisis, every column with dimensions `future`, `doctrine`, `period`.

        Period 0 is the start, period t the end of the t-th; choices and accruals of the t-th period
        stand at t-1 (they lead from t-1 to t). `columns` are those wanted, by default all: in a
        large study they are more than fits into memory.

        Raises:
            StudyError: blocks are missing.
            KeyError: no such column; the message has the nearest name.
        """
        import xarray as xr

        keys = ("future", "doctrine", "period")
        cubes = self._cubes("course", columns)
        return xr.Dataset(
            {name: (keys, values) for name, values in cubes.items()},
            coords={"doctrine": list(self.doctrines)},
            attrs=self.origin,
        )

    def _refuse_half(self) -> None:
        if missing := self.missing():
            raise StudyError(
                f"{self.path}: {len(missing)} of {self.blocks} blocks are missing; "
                "run the same command again to go on"
            )

    def _cubes(self, table: str, columns: Iterable[str] | None) -> dict[str, NDArray[np.float64]]:
        """Columns of all parts as [future, doctrine], and [.., period] of the course."""
        import pyarrow.parquet as pq

        self._refuse_half()
        futures, doctrines = int(self.manifest["futures"]), len(self.doctrines)
        known = [
            name
            for name in pq.read_schema(self.part(table, 0)).names
            if name not in ("future", "doctrine", "period")
        ]
        wanted = known if columns is None else list(columns)
        for name in wanted:
            if name not in known:
                raise KeyError(f"'{name}' is not a column of {table}; {suggestion(name, known)}")
        shape: tuple[int, ...] = (futures, doctrines)
        if table == "course":
            shape = (*shape, self.scenario.time.periods + 1)
        cubes = {name: np.empty(shape) for name in wanted}
        # Part by part, so that no more is held than what is asked for.
        for block in range(self.blocks if wanted else 0):
            span = self.span(block)
            part = pq.ParquetFile(self.part(table, block)).read(columns=wanted)
            for name in wanted:
                values = part[name].to_numpy().reshape(len(span), *shape[1:])
                cubes[name][span.start : span.stop] = values
        return cubes


def housed(scenario: Scenario, path: Path) -> Scenario:
    """The scenario with the instance that it drives taken from the study at `path`."""
    section = scenario.displacement
    if section is None:
        return scenario
    folder = str(path / INSTANCE / Path(section.instance.text).name)
    instance = replace(section.instance, text=folder)
    return replace(scenario, displacement=replace(section, instance=instance, folder=folder))


def create_study(
    path: Path,
    scenario: Scenario,
    futures: dict[str, NDArray[np.float64]],
    manifest: dict[str, Any],
    instance: Mapping[str, bytes] | None = None,
) -> Study:
    """Opens the study in `path`, or lays it out there if there is none.

    `instance` has the files of the instance that the scenario drives, by their paths within it.

    Raises:
        StudyError: the directory holds another study, or something else.
    """
    study = Study(path, manifest)
    text = scenario.text.encode()
    section = scenario.displacement
    home = Path(INSTANCE, Path(section.instance.text).name) if section is not None else Path()
    files = {(home / name).as_posix(): data for name, data in (instance or {}).items()}
    if (path / "manifest.json").exists():
        found = open_study(path).manifest
        if found != manifest:
            raise StudyError(
                f"{path} holds another study ({differences(found, manifest)}); "
                "choose another folder, or the settings that are there to go on with it"
            )
        _whole(study, text, files)
        return study
    if path.exists() and not path.is_dir():
        raise StudyError(f"{path} is a file; a study is a folder")
    if path.exists() and not _may_be_ours(path, text):
        if (path / "manifest.json").exists():  # others lay it out too, and were quicker
            return create_study(path, scenario, futures, manifest, instance)
        raise StudyError(f"{path} is not empty and holds no study; choose another folder")
    for table in TABLES:
        (path / table).mkdir(parents=True, exist_ok=True)
    write(path / SCENARIO_FILE, text)
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        write(path / name, data)
    index = np.arange(int(manifest["futures"]), dtype=np.int32)
    columns = [(free_name(name, _INDEX), values) for name, values in futures.items()]
    write_table(path / "futures.parquet", [("future", index), *columns], study.origin)
    # The manifest comes last: where it is, the rest is too.
    write_json(path / "manifest.json", manifest)
    return study


def differences(
    found: dict[str, Any], wanted: dict[str, Any], one: str = "there", other: str = "now"
) -> str:
    """Where two manifests differ: `futures: 64 there, 128 now`."""
    if found.get("scenario") != wanted.get("scenario"):
        return f"scenario: {found.get('scenario')} {one}, {wanted.get('scenario')} {other}"
    parts = []
    for key in dict.fromkeys((*wanted, *found)):
        there, now = found.get(key), wanted.get(key)
        if there == now:
            continue
        if key == "from":
            starts = _starts(there, now, one, other)
            if starts:
                parts.append(starts)
            elif not parts:  # other futures of one picture start a little elsewhere by themselves
                parts.append("it starts with other probabilities")
        elif isinstance(there, dict) and isinstance(now, dict):
            parts.append(differences(there, now, one, other))
        elif key == "hash":
            parts.append("the scenario has other words")
        elif key == "given":
            parts.append("the futures have other values")
        elif key == "equilibrium_only":
            bare, full = (one, other) if there else (other, one)
            parts.append(f"with the limit {full}, with --equilibrium-only {bare}")
        elif key == "displacement":
            parts.append("the instance of displacement has other files")
        elif isinstance(there, list) and isinstance(now, list):
            parts.append(_lists(key, there, now, one, other))
        else:
            said, meant = (_in_words(value) for value in (there, now))
            parts.append(f"{key}: {said} {one}, {meant} {other}")
    return "; ".join(parts)


def _in_words(value: Any) -> str:
    return "none" if value is None else str(value)


def _lists(key: str, there: list[Any], now: list[Any], one: str, other: str) -> str:
    """What stands in one of two lists alone: `doctrines: a, b only there, c only now`."""
    alone = ((set(there) - set(now), there, one), (set(now) - set(there), now, other))
    said = [f"{listing([str(item) for item in whole if item in left])} only {where}"
            for left, whole, where in alone if left]  # fmt: skip
    return f"{key}: {', '.join(said)}" if said else f"{key} in another order"


def _starts(there: dict[str, Any] | None, now: dict[str, Any] | None, one: str, other: str) -> str:
    """Where two studies start otherwise, and nothing where they start from the same picture."""
    if there is None or now is None:
        pictured, plain = (one, other) if now is None else (other, one)
        return f"it starts from a picture {pictured}, as the file says {plain}"
    for key, name in (("pair", "the pair of the picture"), ("date", "the day of the picture")):
        if there.get(key) != now.get(key):
            said, meant = (_in_words(value.get(key)) for value in (there, now))
            return f"{name}: {said} {one}, {meant} {other}"
    same = there.get("picture") == now.get("picture")
    return "" if same else "it starts from another picture"


def _whole(study: Study, text: bytes, files: Mapping[str, bytes]) -> None:
    """Checks that what a study goes on from is as it was laid out."""
    for name in (SCENARIO_FILE, "futures.parquet", *TABLES, *files):
        if not (study.path / name).exists():
            raise StudyError(f"{study.path}: {name} is gone; choose another folder")
    if (study.path / SCENARIO_FILE).read_bytes() != text:
        raise StudyError(f"{study.path}: scenario.yaml was changed; choose another folder")
    for name, data in files.items():
        if (study.path / name).read_bytes() != data:
            raise StudyError(f"{study.path}: {name} was changed; choose another folder")


def _may_be_ours(path: Path, text: bytes) -> bool:
    """Whether a folder is empty, or holds what is left of a study stopped in being laid out."""
    names = {entry.name for entry in path.iterdir()}
    if not names:
        return True
    stray = {name for name in names if not name.startswith((".scenario.yaml.", ".futures.parquet.",
                                                            ".manifest.json."))}  # fmt: skip
    scenario = path / SCENARIO_FILE
    return (
        TABLES[0] in stray
        and stray <= {*TABLES, SCENARIO_FILE, "futures.parquet", INSTANCE}
        and not any(any((path / table).iterdir()) for table in TABLES if table in stray)
        and (not scenario.exists() or scenario.read_bytes() == text)
    )


def open_study(path: str | Path) -> Study:
    """The study in a directory.

    Raises:
        StudyError: there is none, or one of a later format.
    """
    path = Path(path)
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except OSError:
        raise StudyError(f"{path} holds no study: there is no manifest.json to read") from None
    except ValueError:
        raise StudyError(f"{path} holds no study: its manifest.json is damaged") from None
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise StudyError(f"{path} holds no study: its manifest.json is of something else")
    if manifest["format"] != FORMAT:
        raise StudyError(
            f"{path}: study format {manifest['format']}; this version reads format {FORMAT}"
        )
    return Study(path, manifest)


def write_certificates(study: Study, certificates: list[dict[str, Any]]) -> None:
    """Writes `certificates.json`: solutions of one future, checked by a second program."""
    write_json(study.path / "certificates.json", study.origin | {"certificates": certificates})


def write_failures(study: Study, block: int, failures: list[Failure]) -> None:
    """Writes which futures of a block could not be solved; no file where all could."""
    path = study.part(FAILURES, block)
    if not failures:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(exist_ok=True)
    write_json(path, study.origin | {"failures": [asdict(failure) for failure in failures]})


def write_json(path: Path, data: Any) -> None:
    """Writes JSON that people can read, as `write` does."""
    write(path, (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode())


def write(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name and renames it: it is there whole, or not at all."""
    with renamed(path) as temporary, temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # so that not even a power cut leaves a part that is empty


@contextmanager
def renamed(path: Path) -> Iterator[Path]:
    """A temporary name for a file that gets its own when it is whole."""
    # One that no other machine takes which writes to the same disk.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_table(path: Path, columns: Iterable[tuple[str, Any]], origin: Mapping[str, Any]) -> None:
    """Writes columns as Parquet, with where they come from as metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names, arrays = zip(*columns, strict=True)
    table = pa.Table.from_arrays([_arrow(array) for array in arrays], names=list(names))
    metadata = {f"standoff.{key}": str(value) for key, value in origin.items()}
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
    write(path, sink.getvalue())


def _arrow(array: Any) -> Any:
    import pyarrow as pa

    return array if isinstance(array, pa.Array) else pa.array(array)
