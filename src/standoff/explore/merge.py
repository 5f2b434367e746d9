"""Shards of a study, solved apart, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from standoff.displacement import instance_files
from standoff.explore.failures import SCENARIO_FILE
from standoff.explore.kept import PICTURE_FILE
from standoff.explore.study import (
    FAILURES,
    Study,
    StudyError,
    create_study,
    differences,
    open_study,
    write,
)


def merge(out: str | Path, shards: Sequence[str | Path]) -> Study:
    """Copies the parts of studies that are shards of one into the study `out`.

    `out` may be there already, with some parts or none. What comes of all shards is, byte for byte,
    what one run would have written. Nothing is copied where anything is in conflict.

    Raises:
        StudyError: a folder holds no study, or another one than the first; or the same part is in
        two of them and differs.
    """
    if not shards:
        raise StudyError("there is no shard to merge; name at least one")
    there = [out] if (Path(out) / "manifest.json").exists() else []
    studies = [open_study(path) for path in (*there, *shards)]
    first = studies[0]
    for other in studies[1:]:
        if other.manifest != first.manifest:
            said = differences(first.manifest, other.manifest, "here", "there")
            raise StudyError(f"{first.path} and {other.path} are shards of two studies ({said})")
        for name in (SCENARIO_FILE, "futures.parquet"):
            if (first.path / name).read_bytes() != (other.path / name).read_bytes():
                raise StudyError(f"{first.path / name} and {other.path / name} differ")
    taken: dict[int, dict[str, Path]] = {}
    for study in studies:
        for block in sorted(set(range(study.blocks)) - set(study.missing())):
            parts = _parts(study, block)
            _refuse_conflict(taken.setdefault(block, parts), parts)
    whole = create_study(
        Path(out), first.scenario, first.futures, first.manifest, instance_files(first.scenario)
    )
    kept = first.path / PICTURE_FILE
    if kept.is_file():
        write(whole.path / PICTURE_FILE, kept.read_bytes())
    for block in whole.missing():
        for name, source in taken.get(block, {}).items():
            (whole.path / name).parent.mkdir(exist_ok=True)
            write(whole.path / name, source.read_bytes())
    return whole


def _parts(study: Study, block: int) -> dict[str, Path]:
    """The files of a solved block by name, outcomes last: where they are, the block is whole."""
    paths = [study.part(table, block) for table in ("course", FAILURES, "outcomes")]
    if block == 0:
        paths.insert(0, study.path / "certificates.json")
    return {path.relative_to(study.path).as_posix(): path for path in paths if path.exists()}


def _refuse_conflict(one: dict[str, Path], other: dict[str, Path]) -> None:
    """Refuses two solutions of one block that are not the same."""
    for name in one.keys() ^ other.keys():
        there, without = (one, other) if name in one else (other, one)
        raise StudyError(
            f"{there[name]} is there, but beside {without[max(without)]} there is no such file: "
            "they are shards of one study and differ; solve one of them again"
        )
    for name, path in one.items():
        if path != other[name] and path.read_bytes() != other[name].read_bytes():
            raise StudyError(
                f"{path} and {other[name]} are the same part and differ; solve one of them again"
            )
