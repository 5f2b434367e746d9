"""From a file, or the name of what is packaged, to a `Treaty` or an `Incident`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from standoff.reading import Mistake, ScenarioError, listing, nearest, refusal, suggestion
from standoff.reading import source as source_bytes
from standoff.treaty.facts import WRITTEN
from standoff.treaty.incident import Incident
from standoff.treaty.reference import Reference
from standoff.treaty.treaty import Treaty

if TYPE_CHECKING:
    from standoff.reading import Document
    from standoff.treaty.file import IncidentPart


def load(source: str | Path) -> Treaty:
    """Reads a treaty: the path of a file, or the name of a packaged treaty.

    Raises `ScenarioError` with every mistake in the file, or with one where there is no such file.
    """
    from standoff.reading import read
    from standoff.treaty.resolve import resolve

    data, file = _source(source, "packaged", "treaty", packaged())
    return resolve(read(data, file, "treaty"))


def from_document(document: Document) -> Treaty:
    """A treaty that is written out in a file already read, as in a part of a scenario.

    Raises `ScenarioError` with every mistake in it.
    """
    from standoff.treaty.resolve import resolve

    return resolve(document)


def load_incident(source: str | Path) -> Incident:
    """Reads an incident: the path of a file, or the name of a packaged incident.

    Raises `ScenarioError` with every mistake in the file, or with one where there is no such file.
    """
    from standoff.reading import read, shape
    from standoff.treaty.file import IncidentPart

    data, file = _source(source, "incidents", "incident", incidents())
    document = read(data, file, "incident")
    return _incident(document, shape(document, IncidentPart))


def packaged() -> tuple[str, ...]:
    """Names of the treaties that come with standoff."""
    return _names("packaged")


def incidents() -> tuple[str, ...]:
    """Names of the incidents that come with standoff."""
    return _names("incidents")


def _incident(document: Document, part: IncidentPart) -> Incident:
    from standoff.treaty.resolve import cited

    mistakes = []
    facts = {}
    for name, fact in WRITTEN.items():
        value = getattr(part, name)
        if value not in (None, *fact.values):
            mark = document.value((fact.words,))
            message, hint = f"{fact.words} cannot be '{value}'", suggestion(value, fact.values)
            mistakes.append(Mistake(mark.place, mark.length, message, hint))
        facts[name] = value
    for key, message, hint in _contradictions(part):
        mark = document.value((key,))
        mistakes.append(Mistake(mark.place, mark.length, message, hint))
    sources, unknown = cited(document, ("sources",), part.sources, part.references)
    mistakes += unknown
    if mistakes:
        raise ScenarioError(mistakes, document.text)
    return Incident(
        name=part.name,
        title=part.title,
        summary=part.summary.strip(),
        date=part.day,
        until=part.until,
        known=part.known,
        place=part.place,
        territory=part.territory,
        target=part.target,
        attacker=part.attacker,
        dead=part.dead,
        threat_seen_by=None if part.threat_seen_by is None else tuple(part.threat_seen_by),
        happened=part.happened.strip(),
        uncertain=tuple(part.uncertain),
        sources=sources,
        references=tuple(
            Reference(key, r.title, r.author, r.year, r.container, r.url, r.checked)
            for key, r in part.references.items()
        ),
        **facts,
    )


def _contradictions(part: IncidentPart) -> Iterator[tuple[str, str, str]]:
    """What cannot be true together: the key to blame, what is wrong, and what was expected."""
    later = "expected a later day"
    if part.day and part.until and part.until < part.day:
        yield "until", f"this ended on {part.until}, and began on {part.day}", later
    if part.day and part.known and part.known < part.day:
        yield "known", f"this was known on {part.known}, and happened on {part.day}", later
    scale = WRITTEN["effects"].values
    at = {key: scale.index(key) for key in scale}
    own, whole = at.get(part.effects or ""), at.get(part.series_effects or "")
    if part.dead and own is not None and own < at["serious"]:
        expected = "deaths are serious at least; expected serious or grave"
        yield "effects", f"effects are '{part.effects}', and {part.dead} were killed", expected
    if part.series == "no" and part.series_effects is not None:
        yield "series effects", "it is not one of a series", "leave this out"
    elif own is not None and whole is not None and whole < own:
        message = f"a series is '{part.series_effects}', and one of it '{part.effects}'"
        yield "series effects", message, f"expected {part.effects} at least"


def _source(
    source: str | Path, folder: str, kind: str, known: tuple[str, ...]
) -> tuple[bytes, str]:
    """The bytes of a file or of what is packaged, and what mistakes call it."""
    if isinstance(source, str) and source in known:
        return (files(__package__) / folder / f"{source}.yaml").read_bytes(), f"{source}.yaml"
    path = Path(source)
    if isinstance(source, str) and not any(sign in source for sign in "/\\.") and not path.exists():
        hint = f"packaged are {listing(known)}; a file is given with its ending .yaml"
        raise refusal(source, f"no {kind} is called '{source}'", hint, nearest(source, known))
    return source_bytes(path), str(source)


def _names(folder: str) -> tuple[str, ...]:
    entries = (entry.name for entry in (files(__package__) / folder).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in entries if name.endswith(".yaml")))
