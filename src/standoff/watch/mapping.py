"""Mappings: what the leaves of a codebook mean on a ladder, and where mappings are found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from standoff.reading import listing, nearest, refusal, source

if TYPE_CHECKING:
    from standoff.treaty import Incident, Treaty
    from standoff.watch.format import Format
    from standoff.watch.reporting import Reporting

_FOLDER = Path(__file__).parent / "mappings"


@dataclass(frozen=True)
class Leaf:
    """What a code means: a rung (from 0), or None with the reason why it is left out."""

    rung: int | None
    label: str
    ignored: str = ""


@dataclass(frozen=True)
class Codebook:
    """A codebook on the ladder: its leaves, and the branches that stand for leaves unnamed."""

    name: str
    versions: tuple[str, ...]
    leaves: dict[str, Leaf]
    under: dict[str, Leaf]
    reporting: Reporting
    form: Format | None
    """How to read a CSV file of one's own; None where the format is a published one."""

    def leaf(self, code: str, root: str) -> Leaf | None:
        """What a code means, None where the mapping does not say."""
        return self.leaves.get(code) or self.under.get(root)


@dataclass(frozen=True)
class Moves:
    """How one rung follows another: the next one `[from, to]`, and days from one to the next."""

    next: tuple[tuple[float, ...], ...]
    every: float
    why: str


@dataclass(frozen=True)
class Asked:
    """Clauses of a treaty that are asked about an incident at each of some rungs.

    `incidents`: rung, and of the incident what a report of that rung tells; the rest is unknown.
    """

    treaty: Treaty
    clauses: tuple[str, ...]
    incidents: tuple[tuple[int, Incident], ...]


@dataclass(frozen=True)
class Mapping:
    """A mapping of codebooks onto one ladder, checked.

    `actors`: countries (codes) by actor; without, each country is an actor. `names`: the actor of
    whoever is no country, by its name in small letters. `pairs`: which are
    watched; none: all that there are. `start` and `period` are the scenario's clock, where one is
    named.
    """

    name: str
    title: str
    about: str
    sha256: str
    scenario: str | None
    scenario_hash: str | None
    variable: str
    rungs: tuple[str, ...]
    start: date | None
    period: str | None
    actors: dict[str, tuple[str, ...]]
    names: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    moves: Moves
    codebooks: dict[str, Codebook]
    asked: Asked | None


def packaged_mappings() -> dict[str, Path]:
    """The packaged mappings by name."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


@dataclass(frozen=True)
class Overview:
    """What a packaged mapping is, without its scenario being read."""

    name: str
    title: str
    scenario: str | None
    variable: str
    codebooks: tuple[str, ...]


def overview() -> tuple[Overview, ...]:
    """The packaged mappings in short."""
    from standoff.reading import read, shape
    from standoff.watch.mapping_file import MappingFile

    found = []
    for name, path in packaged_mappings().items():
        written = shape(read(path.read_bytes(), path.name, "mapping"), MappingFile)
        variable = written.variable or (written.ladder.variable if written.ladder else "")
        books = tuple(written.codebooks)
        found.append(Overview(name, written.title, written.scenario, variable, books))
    return tuple(found)


def load_mapping(given: str | Path) -> Mapping:
    """A packaged mapping by its name, or one from a file.

    Raises ScenarioError with every mistake, also where rungs are none of the scenario's.
    """
    known = packaged_mappings()
    path = known.get(str(given), Path(given))
    if str(given) not in known and not path.exists() and path.suffix not in (".yaml", ".yml"):
        near = nearest(str(given), known)
        raise refusal(
            str(given), "there is no such mapping", f"packaged are {listing(known)}", near
        )
    return read_mapping(source(path), path.name if str(given) in known else str(path), path.parent)


def read_mapping(data: bytes | str, file: str, folder: Path | None = None) -> Mapping:
    """A mapping from the bytes of a file; a scenario named by a path is sought from `folder`.

    Raises ScenarioError with every mistake.
    """
    from standoff.reading import read, shape
    from standoff.watch.mapping_check import checked
    from standoff.watch.mapping_file import MappingFile

    document = read(data, file, "mapping")
    sha256 = hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
    return checked(document, shape(document, MappingFile), folder, sha256)
