"""An incident: what is known of an event, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Day  # noqa: N812
from typing import Any

from standoff.reading import suggestion
from standoff.treaty.facts import ANSWERS, UNKNOWN, WRITTEN
from standoff.treaty.reference import Reference, Source

NOBODYS = "none"
"""How an incident says that its place is no state's territory."""


@dataclass(frozen=True)
class Incident:
    """Facts of an event. Every one but the name may be None: not known, and never assumed.

    `known` is the day on which these facts were known, which may be later than `date`: the rules of
    that day are applied. `place` is a name that a treaty may list (Hawaii, Mediterranean Sea,
    Poland), `territory` the state whose territory that is, or "none". `target` is the state that
    was hit, `attacker` the state or group that hit it. The next fields are explained in `FACTS`;
    `dead` counts people. `threat_seen_by` names the states that hold that they, or others, are
    threatened: none of them where it is empty. `happened` says what was decided then; no ruling
    reads it.
    """

    name: str
    title: str = ""
    summary: str = ""
    date: Day | None = None
    until: Day | None = None
    known: Day | None = None
    place: str | None = None
    territory: str | None = None
    target: str | None = None
    target_kind: str | None = None
    attacker: str | None = None
    attacker_kind: str | None = None
    domain: str | None = None
    hybrid: str | None = None
    effects: str | None = None
    dead: int | None = None
    series: str | None = None
    series_effects: str | None = None
    attribution: str | None = None
    from_abroad: str | None = None
    intent: str | None = None
    consent: str | None = None
    self_defence: str | None = None
    threat_seen_by: tuple[str, ...] | None = None
    happened: str = ""
    uncertain: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def day(self) -> Day | None:
        """The day of which the rules are applied: when this was known, or when it happened."""
        return self.known or self.date

    @classmethod
    def of(cls, name: str, **facts: Any) -> Incident:
        """An incident from facts as Python has them: dates or their text, true and false, names.

        Raises:
            ValueError: a fact that is none, or a value that it cannot have.
        """
        known = [field for field in cls.__dataclass_fields__ if field != "name"]
        for fact in facts:
            if fact not in known:
                raise ValueError(
                    f"'{fact}' is not a fact of an incident; {suggestion(fact, known)}"
                )
        return cls(name, **{fact: _value(fact, value) for fact, value in facts.items()})


def _value(fact: str, value: object) -> Any:
    if fact in ("date", "until", "known") and isinstance(value, str):
        try:
            return Day.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{fact} is '{value}'; expected a date, as 2022-03-15") from None
    if fact == "dead" and isinstance(value, str) and value.isdecimal():
        return int(value)
    if fact == "dead" and value is not None and (type(value) is not int or value < 0):
        raise ValueError(f"dead is '{value}'; expected a whole number from 0 on")
    if fact == "threat_seen_by" and value is not None:
        return (value,) if isinstance(value, str) else _names(value)
    if fact not in WRITTEN or value is None:
        return value
    if isinstance(value, bool) and WRITTEN[fact].values == ANSWERS:
        return "yes" if value else "no"
    if value == UNKNOWN:
        return None
    values = WRITTEN[fact].values
    if value not in values:
        raise ValueError(f"{fact} is '{value}'; {suggestion(str(value), values)}")
    return value


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, Iterable):
        raise ValueError(f"threat_seen_by is '{value}'; expected names of states")
    return tuple(str(name) for name in value)
