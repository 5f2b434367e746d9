"""Instances that come with the package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from standoff.displacement.files import read_instance
from standoff.displacement.instance import Instance


def packaged_instances() -> tuple[str, ...]:
    """The names of the instances that come with the package."""
    folder = files(__package__) / "instances"
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir()))


def open_instance(source: str | Path, settings: Path | str | None = None) -> Instance:
    """The instance in a folder, or the packaged one of this name.

    Raises InstanceError with every mistake in its files.
    """
    with instance_folder(source) as folder:
        return read_instance(folder, settings)


@contextmanager
def instance_folder(source: str | Path) -> Iterator[Path]:
    """The folder of the packaged instance of this name, or the folder that is given."""
    if isinstance(source, str) and not Path(source).is_dir() and source in packaged_instances():
        with as_file(files(__package__) / "instances" / source) as folder:
            yield folder
    else:
        yield Path(source)
