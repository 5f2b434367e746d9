"""A treaty: parties, places, questions, readings and clauses, each with the dates it is in force.

All periods run from a day up to, but not including, another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from unicodedata import combining, normalize

from standoff.reading import Document
from standoff.treaty.condition import Condition
from standoff.treaty.reference import Reference, Source
from standoff.treaty.truth import Truth


@dataclass(frozen=True)
class Period:
    """From a day up to, but not including, another; without a day where it has not ended."""

    start: date
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Party:
    """A state bound by the treaty, and when.

    `contested` are periods in which that is disputed, and why; `reserves` what it excepted.
    """

    name: str
    bound: Period
    also: tuple[str, ...] = ()
    contested: tuple[tuple[Period, str], ...] = ()
    reserves: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Area:
    """A named area of the treaty, what it is, and where the treaty says so.

    `beyond` territories it reaches where it is a sea, space, or a whole region.
    """

    name: str
    says: str
    sources: tuple[Source, ...]
    beyond: bool = False


@dataclass(frozen=True)
class Lies:
    """That a place lies in an area, when, and on which reading, if only on one."""

    area: str
    when: Period
    reading: str = ""
    option: str = ""


@dataclass(frozen=True)
class Site:
    """A place that the treaty treats otherwise than the rest of a party's territory.

    `coasts`: of a sea, that waters which are somebody's territory lie as that territory does.
    """

    name: str
    says: str
    lies: tuple[Lies, ...]
    also: tuple[str, ...]
    sources: tuple[Source, ...]
    coasts: bool = False


@dataclass(frozen=True)
class Version:
    """What answers a question in a period: the condition, in words, and its source."""

    when: Period
    says: str
    holds: Condition
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Question:
    """A legal test, with its versions in the order of their dates."""

    name: str
    asks: str
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Option:
    """One side of a reading, and who holds it."""

    name: str
    says: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Prevails:
    """That an option prevails in a period, and on what authority."""

    option: str
    when: Period
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Reading:
    """Where states or scholars differ. Outside the periods of `prevails` it is open."""

    name: str
    asks: str
    options: tuple[Option, ...]
    prevails: tuple[Prevails, ...]


@dataclass(frozen=True)
class Decision:
    """Who decides, and by which votes: consensus, majority, two-thirds, or each for itself."""

    who: str
    by: str
    says: str = ""

    def needed(self, members: int) -> int:
        """Members of `members` that must agree."""
        shares = {"consensus": members, "two-thirds": ceil(members * 2 / 3), "each": 1}
        return shares.get(self.by, members // 2 + 1)


@dataclass(frozen=True)
class Clause:
    """A promise: when it is in force, what it needs, who decides, and what follows.

    `owed` names readings on what follows: they differ on what is owed, not on when.
    """

    name: str
    title: str
    says: str
    when: Period
    needs: Condition
    decides: Decision
    follows: str
    sources: tuple[Source, ...]
    owed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Amendment:
    """A change of the rules that somebody may propose; see `rule`."""

    name: str
    says: str
    readings: Mapping[str, str]
    questions: Mapping[str, Condition]
    decides: str | None


@dataclass(frozen=True)
class Treaty:
    """A treaty with all its versions.

    `home` is the area in which a party's territory lies where no site says otherwise. `document` is
    the file.
    """

    name: str
    title: str
    summary: str
    home: str
    areas: tuple[Area, ...]
    parties: tuple[Party, ...]
    sites: tuple[Site, ...]
    questions: tuple[Question, ...]
    readings: tuple[Reading, ...]
    clauses: tuple[Clause, ...]
    amendments: tuple[Amendment, ...]
    references: tuple[Reference, ...]
    document: Document = field(repr=False, compare=False)

    def parties_on(self, day: date) -> tuple[str, ...]:
        """Names of the states bound beyond dispute on a day, in the order of the file.

        Consensus needs all of them.
        """
        return tuple(party.name for party in self.parties if bound(party, day) is Truth.YES)

    def membership(self, state: str, day: date) -> Truth:
        """Whether a state is bound on a day; UNCLEAR where that is disputed."""
        party = self.party(state)
        return Truth.NO if party is None else bound(party, day)

    def party(self, state: str) -> Party | None:
        """The party of that name, whenever it was one, or None."""
        sought = spelled(state)
        return next((p for p in self.parties if sought in _spellings(p.name, p.also)), None)

    def site(self, place: str) -> Site | None:
        """The place of that name, or None where the treaty has no word of it."""
        sought = spelled(place)
        return next((s for s in self.sites if sought in _spellings(s.name, s.also)), None)

    @property
    def days(self) -> tuple[date, ...]:
        """Every day on which something in it begins or ends, in order."""
        periods = [clause.when for clause in self.clauses]
        for party in self.parties:
            periods += [party.bound, *(period for period, _ in party.contested)]
        periods += [lies.when for site in self.sites for lies in site.lies]
        periods += [version.when for question in self.questions for version in question.versions]
        periods += [prevails.when for reading in self.readings for prevails in reading.prevails]
        days = {day for period in periods for day in (period.start, period.end) if day is not None}
        return tuple(sorted(days))


def bound(party: Party, day: date) -> Truth:
    """Whether a party is bound on a day; UNCLEAR where that is disputed."""
    if any(day in period for period, _ in party.contested):
        return Truth.UNCLEAR
    return Truth.YES if day in party.bound else Truth.NO


def spelled(name: str) -> str:
    """A name without what spellings differ in: case, accents, points, and an article before it."""
    plain = "".join(sign for sign in normalize("NFKD", name) if not combining(sign))
    return " ".join(plain.casefold().replace(".", "").split()).removeprefix("the ")


def _spellings(name: str, also: tuple[str, ...]) -> set[str]:
    return {spelled(spelling) for spelling in (name, *also)}
