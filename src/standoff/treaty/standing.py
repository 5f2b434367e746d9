"""A treaty as it stood on a day: the rules in force then, and what they know of an incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from standoff.reading import suggestion
from standoff.treaty.condition import Condition, Known, Lying, asked
from standoff.treaty.facts import NOWHERE, WRITTEN
from standoff.treaty.incident import NOBODYS, Incident
from standoff.treaty.treaty import Amendment, Clause, Site, Treaty, Version
from standoff.treaty.truth import Truth, disjunction


@dataclass(frozen=True)
class Standing:
    """The rules of one day: the clauses, the version of each question, the readings that prevail.

    `says` are the amendments to them, in words.
    """

    treaty: Treaty
    day: date
    clauses: tuple[Clause, ...]
    versions: Mapping[str, Version]
    readings: Mapping[str, str]
    says: tuple[str, ...]


def standing(treaty: Treaty, day: date, changed: Mapping[str, Any] | None = None) -> Standing:
    """The rules in force on a day, with what is changed in them; see `rule`.

    Raises:
        ValueError: a change of something that the treaty has not.
        ScenarioError: a changed question that is no condition.
    """
    versions = {
        question.name: version
        for question in treaty.questions
        for version in question.versions
        if day in version.when
    }
    readings = {
        reading.name: prevails.option
        for reading in treaty.readings
        for prevails in reading.prevails
        if day in prevails.when
    }
    clauses, says = treaty.clauses, []
    for amendment in _amendments(treaty, changed or {}):
        readings |= amendment.readings
        for name, condition in amendment.questions.items():
            if name in versions:
                versions[name] = replace(versions[name], holds=condition, says=amendment.says)
        if amendment.decides:
            clauses = tuple(
                replace(one, decides=replace(one.decides, by=amendment.decides, says=""))
                for one in clauses
            )
        says.append(amendment.says)
    _refuse_circles({name: version.holds for name, version in versions.items()})
    return Standing(treaty, day, clauses, versions, readings, tuple(says))


def _refuse_circles(rules: Mapping[str, Condition]) -> None:
    """Refuses rules by which a question turns on itself."""
    for name in rules:
        seen: set[str] = set()
        ahead = list(asked(rules[name]))
        while ahead:
            one = ahead.pop()
            if one == name:
                raise ValueError(f"question '{name}' turns on itself")
            if one not in seen and one in rules:
                seen.add(one)
                ahead += asked(rules[one])


def known(stands: Standing, incident: Incident) -> Known:
    """What is known of an incident by the rules of a day; what is not known is left out."""
    facts = {name: value for name in WRITTEN if (value := getattr(incident, name)) is not None}
    derived = {
        "target_party": _membership(stands, incident.target),
        "attacker_party": _attacker(stands, incident),
        "threatened_party": _threatened(stands, incident.threat_seen_by),
    }
    facts |= {name: truth.value for name, truth in derived.items() if truth.known}
    lies = _lies(stands, incident)
    return Known(
        facts,
        lies,
        stands.readings,
        {name: version.holds for name, version in stands.versions.items()},
        {one.name: tuple(o.name for o in one.options) for one in stands.treaty.readings},
        _beyond(stands.treaty) if lies is None and _nobodys(incident) else None,
    )


def _membership(stands: Standing, state: str | None) -> Truth:
    return Truth.UNCLEAR if state is None else stands.treaty.membership(state, stands.day)


def _attacker(stands: Standing, incident: Incident) -> Truth:
    """Whether the attacker is a party: a group is none, and an unknown attacker may be one."""
    return (
        Truth.NO
        if incident.attacker_kind == "non-state"
        else _membership(stands, incident.attacker)
    )


def _threatened(stands: Standing, states: tuple[str, ...] | None) -> Truth:
    if states is None:
        return Truth.UNCLEAR
    return disjunction(_membership(stands, state) for state in states)


def _lies(stands: Standing, incident: Incident) -> tuple[Lying, ...] | None:
    """The areas in which the place of an incident lies that day: () for none, None if unknown.

    A place that the treaty lists lies where it says, but for waters that are a state's where the
    sea has coasts. Any other lies as the state does whose territory it is: where the treaty says
    if it lists that, else in the home area if it is a party, and nowhere if not. A place that is
    nobody's and is not listed may lie in any area that reaches beyond territories.
    """
    treaty, day = stands.treaty, stands.day
    site = treaty.site(incident.place) if incident.place else None
    if site is not None and not coastal(site, incident):
        return _areas(site, day)
    state = incident.territory
    if _nobodys(incident):
        return None if len(_beyond(treaty)) > 1 else ()
    if state is None and incident.place and treaty.party(incident.place):
        state = incident.place
    if state is None:
        return None
    land = treaty.site(state)
    if land is not None:
        return _areas(land, day)
    member = treaty.membership(state, day)
    if member is Truth.UNCLEAR:
        return None
    return (Lying(treaty.home),) if member is Truth.YES else ()


def coastal(site: Site, incident: Incident) -> bool:
    """Whether an incident at sea was in waters that are a state's territory."""
    return site.coasts and incident.territory is not None and not _nobodys(incident)


def _areas(site: Site, day: date) -> tuple[Lying, ...]:
    return tuple(Lying(one.area, one.reading, one.option) for one in site.lies if day in one.when)


def _nobodys(incident: Incident) -> bool:
    return incident.territory is not None and incident.territory.casefold() == NOBODYS


def _beyond(treaty: Treaty) -> frozenset[str]:
    """The areas in which a place may lie that is nobody's territory, and none of them."""
    return frozenset({NOWHERE, *(area.name for area in treaty.areas if area.beyond)})


_CHANGES = ("amendments", "readings", "questions", "decides")


def _amendments(treaty: Treaty, changed: Mapping[str, Any]) -> Iterable[Amendment]:
    """What `changed` asks for, as amendments: first those of the file, then its own."""
    for key in changed:
        if key not in _CHANGES:
            raise ValueError(f"'{key}' cannot be changed; {suggestion(key, _CHANGES)}")
        if key in ("readings", "questions") and not isinstance(changed[key], Mapping):
            raise ValueError(f"{key} is '{changed[key]}'; expected names with values")
        if key == "amendments" and not isinstance(changed[key], str | list | tuple):
            raise ValueError(f"amendments is '{changed[key]}'; expected a name, or a list of names")
    amendments = {amendment.name: amendment for amendment in treaty.amendments}
    named = changed.get("amendments", ())
    for name in (named,) if isinstance(named, str) else named:
        if str(name) not in amendments:
            raise ValueError(_unknown(treaty, "amendment", name, amendments))
        yield amendments[str(name)]
    readings = {str(name): str(option) for name, option in changed.get("readings", {}).items()}
    options = {one.name: [o.name for o in one.options] for one in treaty.readings}
    for name, option in readings.items():
        if name not in options:
            raise ValueError(_unknown(treaty, "reading", name, options))
        if option not in options[name]:
            near = suggestion(option, options[name])
            raise ValueError(f"'{option}' is not an option of reading '{name}'; {near}")
        yield Amendment("", f"read {name} as {option}", {name: option}, {}, None)
    yield from _own_questions(treaty, changed.get("questions", {}))
    if "decides" in changed:
        by, ways = str(changed["decides"]), ("consensus", "majority", "two-thirds", "each")
        if by not in ways:
            raise ValueError(f"decides is '{by}'; {suggestion(by, ways)}")
        yield Amendment("", f"decide by {by}", {}, {}, by)


def _own_questions(treaty: Treaty, written: Mapping[str, Any]) -> Iterable[Amendment]:
    from standoff.reading import Document, ScenarioError
    from standoff.treaty.formula import Formulas

    formulas = Formulas(
        Document("changed", "", {}, {}, {}),
        tuple(area.name for area in treaty.areas),
        tuple(question.name for question in treaty.questions),
        {one.name: tuple(o.name for o in one.options) for one in treaty.readings},
    )
    for name, condition in written.items():
        if name not in formulas.questions:
            raise ValueError(_unknown(treaty, "question", name, formulas.questions))
        changed = {name: formulas.condition(("questions", name), condition)}
        if formulas.mistakes:
            raise ScenarioError(formulas.mistakes)
        yield Amendment("", f"answer {name} by a rule of one's own", {}, changed, None)


def _unknown(treaty: Treaty, what: str, name: object, names: Iterable[str]) -> str:
    every = tuple(names)
    hint = suggestion(str(name), every) if every else "there are none"
    return f"{treaty.name} has no {what} '{name}'; {hint}"
