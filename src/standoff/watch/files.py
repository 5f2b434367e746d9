"""Which files are read: those that are named, and of a folder those that hold events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from standoff.reading import ScenarioError, listing, refusal
from standoff.watch.detect import detect, forced
from standoff.watch.format import Format

_TOLD = 4


@dataclass(frozen=True)
class Passed:
    """A file of a folder that is passed over, and why."""

    file: Path
    reason: str


@dataclass(frozen=True)
class Found:
    """Files with their formats, by name; which and what folders were named; what is passed over."""

    files: tuple[tuple[Path, Format], ...]
    named: frozenset[Path]
    folders: tuple[Path, ...]
    passed: tuple[Passed, ...]


def find(
    events: Sequence[str | Path], form: str | None, known: Sequence[Format], accept: bool
) -> Found:
    """The files of events with the format of each, which `form` forces.

    A folder stands for what lies in it, but not for what lies in folders within. Raises
    ScenarioError for a file that was named and has no known format, or one with terms that nobody
    has accepted; in a folder it is passed over.
    """
    paths = {Path(event) for event in events}
    folders = {path for path in paths if path.is_dir()}
    named = paths - folders
    files, passed = [], []
    for path in sorted({*named, *_inside(folders)}, key=lambda one: (one.name, str(one))):
        try:
            files.append((path, _format(path, form, known, accept)))
        except ScenarioError as error:
            if path in named:
                raise
            passed.append(Passed(path, error.mistakes[0].message))
    return Found(tuple(files), frozenset(named), tuple(sorted(folders)), tuple(passed))


def fitting(found: Found, codebooks: Collection[str], mapping: str) -> Found:
    """What of it a mapping with these codebooks can read.

    Raises ScenarioError for a file that was named and is not of them, and for a folder of which
    nothing is left.
    """
    files, passed = [], list(found.passed)
    for path, form in found.files:
        if form.codebook in codebooks:
            files.append((path, form))
            continue
        message = f"mapping '{mapping}' has nothing on codebook {form.codebook}"
        if path in found.named:
            raise refusal(str(path), message, f"it has {listing(codebooks)}")
        passed.append(Passed(path, message))
    for folder in found.folders:
        if not any(path.parent == folder for path, _ in files):
            left = (one for one in passed if one.file.parent == folder)
            why = [f"{one.file.name}: {one.reason.partition(':')[0]}" for one in left]
            message = "no file of this folder is read" if why else "this folder is empty"
            raise refusal(str(folder), message, listing(why, _TOLD))
    passed.sort(key=lambda one: (one.file.name, str(one.file)))
    return replace(found, files=tuple(files), passed=tuple(passed))


def _inside(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from folder.iterdir()


def _format(path: Path, form: str | None, known: Sequence[Format], accept: bool) -> Format:
    if path.is_dir():
        raise refusal(str(path), "a folder within a folder")
    if path.exists() and not path.is_file():
        raise refusal(str(path), "this is not a regular file")
    found = forced(path, form, known) if form else detect(path, known)
    if found.aggregate and not accept:
        message = f"{found.title} are read only by who has accepted their terms"
        raise refusal(str(path), message, f"say so with --accept-terms. {found.terms}")
    return found
