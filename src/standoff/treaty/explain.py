"""Why a test came out as it did, in sentences, from the facts and readings that decided it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from standoff.treaty.condition import (
    Asks,
    Condition,
    Is,
    Known,
    Not,
    Reads,
    agreed,
    deciding,
    holds,
)
from standoff.treaty.facts import FACTS
from standoff.treaty.incident import Incident
from standoff.treaty.standing import Standing, coastal
from standoff.treaty.treaty import Party, Site, spelled
from standoff.treaty.truth import Truth

_ALIKE = 0.8
"""From which likeness on (Ratcliff and Obershelp 1988) a name may be another misspelled."""


def because(
    condition: Condition, known: Known, stands: Standing, incident: Incident
) -> tuple[str, ...]:
    """What makes a condition hold, fail or stay unclear; what does not matter is left out."""
    reasons = deciding(condition, known)
    counts: dict[str, list[str]] = {}
    for one in reasons:
        match one:
            case Is(fact, _, words):
                counts.setdefault(fact, []).append(words)
            case Not(Is(fact, _, words)):
                counts.setdefault(fact, []).append(f"anything but {words}")
    said = (_said(one, known, stands, incident, counts) for one in reasons)
    return tuple(dict.fromkeys(said))


def _said(
    one: Condition,
    known: Known,
    stands: Standing,
    incident: Incident,
    counts: dict[str, list[str]],
) -> str:
    """One reason; `counts` are all values that would have counted, fact by fact, in words."""
    met = holds(one, known) is Truth.YES
    if isinstance(one, Not):
        one = one.part
    match one:
        case Asks(question):
            return f"{question}: {agreed(one, known).value}"
        case Reads(reading):
            return _read(reading, stands, known)
        case Is("area"):
            return _where(stands, known, incident)
        case Is("target_party"):
            return _party(incident.target, "the target", stands)
        case Is("attacker_party"):
            if incident.attacker_kind == "non-state":
                return "the attacker is no state, and so no party"
            return _party(incident.attacker, "the attacker", stands)
        case Is("threatened_party"):
            return _threat(incident, stands)
        case Is(fact):
            value = known.facts.get(fact)
            wanted = f"what counts: {', or '.join(dict.fromkeys(counts[fact]))}"
            if value is None:
                why = "makes no difference" if met else f"is not known ({wanted})"
                return f"{FACTS[fact].asks} {why}"
            said = f"{FACTS[fact].words}: {value}"
            return said if met else f"{said} ({wanted})"
        case _:
            return "nothing is asked"


def _read(reading: str, stands: Standing, known: Known) -> str:
    found = next(one for one in stands.treaty.readings if one.name == reading)
    held = known.readings.get(reading)
    asks = f"{found.asks[:1].lower()}{found.asks[1:]}"
    if held is None:
        options = " or ".join(one.name for one in found.options)
        return f"states and scholars differ on {reading}: {asks} ({options})"
    says = next(one.says for one in found.options if one.name == held)
    return f"{reading} is read as {held}: {says[:1].lower()}{says[1:]}".rstrip(".")


def _where(stands: Standing, known: Known, incident: Incident) -> str:
    treaty = stands.treaty
    place = incident.place or incident.territory
    if place is None:
        return "it is not known where it happened"
    site = treaty.site(incident.place) if incident.place else None
    if known.lies is None:
        state = incident.territory or incident.place
        if state and treaty.party(state):
            return f"whether {state} was bound on {_day(stands.day)} is disputed"
        if known.may_lie is None:
            return f"it is not known whose territory {place} is"
        return (
            f"the treaty file does not say where {place} lies{_like(place, _names(treaty.sites))}"
        )
    says = {area.name: area.says for area in treaty.areas}
    areas = ", ".join(says[one.area] for one in known.lies if not one.reading)
    disputed = ", ".join(says[one.area] for one in known.lies if one.reading)
    said = f"{place} lies in no area of the treaty"
    if areas:
        said = f"{place}: {areas}"
    elif disputed:
        said = f"{place} lies on one reading only in {disputed}"
    state = incident.territory
    if site is not None and not coastal(site, incident):
        return f"{said} ({site.says})"
    if state is None or spelled(state) == spelled(place):
        return said
    if site is not None:
        return f"{said} (waters of {state})"
    like = _like(place, _names(treaty.sites))
    return f"{said} (taken as territory of {state}; the treaty file does not list it{like})"


def _party(state: str | None, role: str, stands: Standing) -> str:
    if state is None:
        return f"it is not known who {role} is"
    party = stands.treaty.party(state)
    if party is None:
        return f"{role}, {state}, is no party{_like(state, _names(stands.treaty.parties))}"
    for period, why in party.contested:
        if stands.day in period:
            return f"whether {role}, {state}, is bound on {_day(stands.day)} is disputed: {why}"
    if stands.day in party.bound:
        return f"{role}, {state}, has been a party since {_day(party.bound.start)}"
    if stands.day < party.bound.start:
        return f"{role}, {state}, is a party only from {_day(party.bound.start)} on"
    return f"{role}, {state}, has been no party since {_day(party.bound.end or stands.day)}"


def _names(every: Iterable[Party | Site]) -> list[str]:
    return [name for one in every for name in (one.name, *one.also)]


def _like(name: str, known: Iterable[str]) -> str:
    """The known name that this may be misspelled for, in a few words, or nothing."""
    spellings = {spelled(one): one for one in known}
    found = get_close_matches(spelled(name), spellings, n=1, cutoff=_ALIKE)
    return f"; nearest is {spellings[found[0]]}" if found else ""


def _threat(incident: Incident, stands: Standing) -> str:
    states = incident.threat_seen_by
    if states is None:
        return "it is not known whether a party holds that it is threatened"
    if not states:
        return "no state has said that it, or another, is threatened"
    member = [one for one in states if stands.treaty.membership(one, stands.day) is Truth.YES]
    if member:
        return f"threatened in the opinion of {', '.join(member)}"
    said = f"threatened in the opinion of {', '.join(states)}, not bound on {_day(stands.day)}"
    strangers = [one for one in states if stands.treaty.party(one) is None]
    likes = (_like(one, _names(stands.treaty.parties)) for one in strangers)
    return said + next((like for like in likes if like), "")


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
