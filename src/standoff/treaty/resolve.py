"""From a treaty file to a `Treaty`: names and conditions checked, every mistake in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from standoff.reading import Document, Mistake, Path, ScenarioError, shape, suggestion
from standoff.treaty.condition import Condition, asked
from standoff.treaty.file import PeriodPart, TreatyPart
from standoff.treaty.formula import Formulas
from standoff.treaty.reference import Reference, Source
from standoff.treaty.treaty import (
    Amendment,
    Area,
    Clause,
    Decision,
    Lies,
    Option,
    Party,
    Period,
    Prevails,
    Question,
    Reading,
    Site,
    Treaty,
    Version,
    spelled,
)


def resolve(document: Document) -> Treaty:
    """The treaty that a file says.

    Raises `ScenarioError` with every mistake of names, conditions and dates.
    """
    return _Resolver(document).treaty()


def cited(
    document: Document, path: Path, texts: Iterable[str], known: Mapping[str, Any]
) -> tuple[tuple[Source, ...], list[Mistake]]:
    """References written as a key and, after a space, where in it; with those nobody knows."""
    sources, mistakes = [], []
    for number, text in enumerate(texts):
        key, _, where = text.partition(" ")
        sources.append(Source(key, where.strip(" ,:")))
        if key not in known:
            inside = (*path, number) if (*path, number) in document.values else path
            mark = document.value(inside)
            message, hint = f"reference '{key}' is not in the bibliography", "add it there"
            if known:
                hint = suggestion(key, known)
            mistakes.append(Mistake(mark.place, max(len(key), 1), message, hint))
    return tuple(sources), mistakes


class _Resolver:
    """Reads one file; `mistakes` gathers what is wrong until the end."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.part = shape(document, TreatyPart)
        self.mistakes: list[Mistake] = []
        self.formulas = Formulas(
            document,
            tuple(self.part.areas),
            tuple(self.part.questions),
            {name: tuple(reading.options) for name, reading in self.part.readings.items()},
        )

    def treaty(self) -> Treaty:
        part = self.part
        self._named(("home",), part.home, part.areas, "an area")
        for kind in ("areas", "parties", "questions", "clauses"):
            if not getattr(part, kind):
                self._mistake((kind,), "this is empty", "at least one is needed")
        treaty = Treaty(
            part.name,
            part.title,
            part.summary.strip(),
            part.home,
            tuple(
                Area(name, area.says, self._sources(("areas", name), area.sources), area.beyond)
                for name, area in part.areas.items()
            ),
            self._parties(),
            self._sites(),
            self._questions(),
            self._readings(),
            self._clauses(),
            self._amendments(),
            tuple(
                Reference(key, r.title, r.author, r.year, r.container, r.url, r.checked)
                for key, r in part.references.items()
            ),
            self.document,
        )
        self._acyclic(treaty)
        self._answered(treaty)
        mistakes = [*self.mistakes, *self.formulas.mistakes]
        if mistakes:
            raise ScenarioError(mistakes, self.document.text)
        return treaty

    def _parties(self) -> tuple[Party, ...]:
        found: dict[str, str] = {}
        parties = []
        for name, party in self.part.parties.items():
            path: Path = ("parties", name)
            self._once(path, name, party.also, found)
            contested = tuple(
                (self._period((*path, "contested", number), one), one.why)
                for number, one in enumerate(party.contested)
            )
            period = self._period(path, party)
            sources = self._sources(path, party.sources)
            parties.append(
                Party(name, period, tuple(party.also), contested, party.reserves, sources)
            )
        return tuple(parties)

    def _sites(self) -> tuple[Site, ...]:
        found: dict[str, str] = {}
        sites = []
        for name, site in self.part.places.items():
            path: Path = ("places", name)
            self._once(path, name, site.also, found)
            lies = []
            for number, one in enumerate(site.lies):
                here = (*path, "lies", number)
                self._named((*here, "area"), one.area, self.part.areas, "an area")
                reading, option = next(iter(one.on.items()), ("", ""))
                if len(one.on) > 1:
                    self._mistake((*here, "on"), "a place lies there on one reading", "write one")
                if reading:
                    self._option((*here, "on", reading), reading, option)
                lies.append(Lies(one.area, self._period(here, one), reading, option))
            sources = self._sources(path, site.sources)
            sites.append(Site(name, site.says, tuple(lies), tuple(site.also), sources, site.coasts))
        return tuple(sites)

    def _once(self, path: Path, name: str, also: Iterable[str], found: dict[str, str]) -> None:
        """Marks a name or spelling that means another already; `found` grows by those of this."""
        for spelling in (name, *also):
            first = found.setdefault(spelled(spelling), name)
            if first != name:
                message = f"'{spelling}' is also '{first}'"
                self._mistake(path, message, "delete one of them", key=True)

    def _questions(self) -> tuple[Question, ...]:
        questions = []
        for name, question in self.part.questions.items():
            versions = []
            for number, version in enumerate(question.versions):
                path = ("questions", name, "versions", number)
                versions.append(
                    Version(
                        self._period(path, version),
                        version.says,
                        self.formulas.condition((*path, "holds"), version.holds),
                        self._sources(path, version.sources),
                    )
                )
            self._follow(("questions", name, "versions"), [one.when for one in versions])
            questions.append(Question(name, question.asks, tuple(versions)))
        return tuple(questions)

    def _readings(self) -> tuple[Reading, ...]:
        readings = []
        for name, reading in self.part.readings.items():
            path: Path = ("readings", name)
            if len(reading.options) < 2:
                message = f"'{name}' has fewer than two options"
                self._mistake(path, message, "write the rival one", key=True)
            options = tuple(
                Option(key, o.says, self._sources((*path, "options", key), o.sources))
                for key, o in reading.options.items()
            )
            prevails = []
            for number, one in enumerate(reading.prevails):
                here = (*path, "prevails", number)
                self._named((*here, "option"), one.option, reading.options, "an option")
                sources = self._sources(here, one.sources)
                prevails.append(Prevails(one.option, self._period(here, one), sources))
            self._follow((*path, "prevails"), [one.when for one in prevails])
            readings.append(Reading(name, reading.asks, options, tuple(prevails)))
        return tuple(readings)

    def _clauses(self) -> tuple[Clause, ...]:
        clauses = []
        for name, clause in self.part.clauses.items():
            path: Path = ("clauses", name)
            for reading in clause.owed:
                self._named((*path, "owed"), reading, self.part.readings, "a reading")
            decides = Decision(clause.decides.who, clause.decides.by, clause.decides.says)
            clauses.append(
                Clause(
                    name,
                    clause.title,
                    clause.says,
                    self._period(path, clause),
                    self.formulas.condition((*path, "needs"), clause.needs),
                    decides,
                    clause.follows.strip(),
                    self._sources(path, clause.sources),
                    tuple(clause.owed),
                )
            )
        return tuple(clauses)

    def _amendments(self) -> tuple[Amendment, ...]:
        amendments = []
        for name, amendment in self.part.amendments.items():
            path: Path = ("amendments", name)
            for reading, option in amendment.readings.items():
                self._option((*path, "readings", reading), reading, option)
            for question in amendment.questions:
                here = (*path, "questions", question)
                self._named(here, question, self.part.questions, "a question", key=True)
            questions = {
                question: self.formulas.condition((*path, "questions", question), condition)
                for question, condition in amendment.questions.items()
            }
            amendments.append(
                Amendment(
                    name, amendment.says, dict(amendment.readings), questions, amendment.decides
                )
            )
        return tuple(amendments)

    def _acyclic(self, treaty: Treaty) -> None:
        """Marks a question that turns on itself, in any of its versions."""
        below: dict[str, set[str]] = {question.name: set() for question in treaty.questions}
        for question in treaty.questions:
            for version in question.versions:
                below[question.name] |= set(asked(version.holds)) & set(below)
        for amendment in treaty.amendments:
            for name, condition in amendment.questions.items():
                below.get(name, set()).update(set(asked(condition)) & set(below))
        for name in below:
            seen: set[str] = set()
            ahead = list(below[name])
            while ahead:
                one = ahead.pop()
                if one not in seen:
                    seen.add(one)
                    ahead += below[one]
            if name in seen:
                message = f"question '{name}' turns on itself"
                self._mistake(("questions", name), message, "ask something else in it", key=True)

    def _answered(self, treaty: Treaty) -> None:
        """Marks a clause that asks a question for which there is no rule on some day."""
        if self.mistakes or self.formulas.mistakes:
            return
        rules = {question.name: question.versions for question in treaty.questions}
        for clause in treaty.clauses:
            days = [day for day in treaty.days if day in clause.when]
            for name, gap in self._gaps(clause.needs, rules, days):
                message = f"'{clause.name}' asks '{name}', for which there is no rule on {gap}"
                path: Path = ("questions", name)
                self._mistake(path, message, "let a version reach over that day", key=True)

    def _gaps(
        self, needs: Condition, rules: Mapping[str, tuple[Version, ...]], days: list[date]
    ) -> Iterable[tuple[str, date]]:
        found: dict[str, date] = {}
        for day in days:
            ahead = list(asked(needs))
            while ahead:
                name = ahead.pop()
                version = next((one for one in rules[name] if day in one.when), None)
                if version is None:
                    found.setdefault(name, day)
                else:
                    ahead += asked(version.holds)
        return found.items()

    def _period(self, path: Path, part: PeriodPart) -> Period:
        start = part.start or self.part.start
        if part.end is not None and part.end <= start:
            message = f"this ends on {part.end}, and begins on {start}"
            self._mistake((*path, "until"), message, "expected a later day")
        return Period(start, part.end)

    def _follow(self, path: Path, periods: list[Period]) -> None:
        """Marks a version that begins before the one above it has ended."""
        for number in range(1, len(periods)):
            above, here = periods[number - 1], periods[number]
            if above.end is None or here.start < above.end:
                message = f"this begins on {here.start}, before the one above has ended"
                hint = "give that one the same day as its 'until'"
                self._mistake((*path, number), message, hint)

    def _sources(self, path: Path, texts: Iterable[str]) -> tuple[Source, ...]:
        sources, mistakes = cited(self.document, (*path, "sources"), texts, self.part.references)
        self.mistakes += mistakes
        return sources

    def _option(self, path: Path, reading: str, option: str) -> None:
        if self._named(path, reading, self.part.readings, "a reading", key=True):
            self._named(path, option, self.part.readings[reading].options, "an option of it")

    def _named(
        self, path: Path, name: str, known: Mapping[str, Any], what: str, *, key: bool = False
    ) -> bool:
        if name not in known:
            hint = suggestion(name, known) if known else "there are none"
            self._mistake(path, f"'{name}' is not {what}", hint, key=key)
        return name in known

    def _mistake(self, path: Path, message: str, hint: str, *, key: bool = False) -> None:
        mark = self.document.key(path) if key else self.document.value(path)
        self.mistakes.append(Mistake(mark.place, mark.length, message, hint))
