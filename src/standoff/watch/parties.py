"""Who acts on whom, as event data name actors."""

from __future__ import annotations

import ast
import re

from standoff.watch.countries import country
from standoff.watch.format import Parties, UnreadableError

_MISSING = ("", "None", "none", "NA", "NULL", "---", "Not available", "Unknown", "nan")
_FORCES = re.compile(
    r"(?:Military|Police|Special|Border|Coast Guard)[\w ]* Forces? of (?:the )?([^(\[]+)|"
    r"(?:Military|Police|Special|Border) Forces of ([^(\[]+)|Government of ([^(\[]+)"
)


def pair(source: str, target: str) -> Parties:
    """One name on each side."""
    return one(source), one(target)


def one(name: str) -> tuple[str, ...]:
    """A name, or nobody."""
    name = name.strip()
    return () if name in _MISSING else (name,)


def lists(source: str, target: str) -> Parties:
    """Several names on each side: `['Russia', 'China']` or `Russia; China`."""
    return several(source), several(target)


def several(text: str) -> tuple[str, ...]:
    """Names of a list as Python writes it (also within another), or between semicolons."""
    text = text.strip()
    if text.startswith("["):
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise UnreadableError("a list of actors that is none") from None
    else:
        found = text.split(";")
    names: list[str] = []
    for item in found:
        names += [str(word) for word in item] if isinstance(item, list) else [str(item)]
    return tuple(dict.fromkeys(name for word in names for name in one(word)))


def governments(side_a: str, side_b: str) -> Parties:
    """UCDP: `Government of Russia (Soviet Union)`; allies stand behind commas."""
    return _governments(side_a), _governments(side_b)


def _governments(text: str) -> tuple[str, ...]:
    sides = re.split(r",\s*(?=Government of )", text.strip())
    return tuple(
        name for side in sides for name in one(side.strip().removeprefix("Government of "))
    )


def forces(actor: str, other: str) -> Parties:
    """ACLED: `Military Forces of Russia (2000-)`; whoever is no force of a state stays as named."""
    return _force(actor), _force(other)


def _force(text: str) -> tuple[str, ...]:
    found = _FORCES.match(text.strip())
    name = next((part for part in found.groups() if part), "") if found else text
    return one(re.sub(r"\s*\([^)]*\)\s*\Z", "", name) if found else name)


def rivals(initiator: str, first: str, second: str) -> Parties:
    """DCID: the initiator by its number in the Correlates of War; the other of the two is the aim.

    Raises UnreadableError where the initiator is neither of the two.
    """
    started = country(initiator.removesuffix(".0"))
    if started is None:
        raise UnreadableError("an initiator that is no country's number")
    if started == country(first):
        return one(first), one(second)
    if started == country(second):
        return one(second), one(first)
    raise UnreadableError("an initiator that is neither of the two rivals")
