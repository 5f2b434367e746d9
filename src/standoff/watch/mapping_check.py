"""A mapping file checked: its names against a ladder, a scenario, a treaty and all countries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from standoff.reading import Document, Mistake, ScenarioError, listing, nearest
from standoff.watch.countries import countries, country
from standoff.watch.mapping import Asked, Codebook, Leaf, Mapping, Moves
from standoff.watch.reporting import DECADE, MISTAKEN, Reporting

if TYPE_CHECKING:
    from standoff.scenario import Scenario
    from standoff.watch import mapping_file
    from standoff.watch.format import Format

_ASSUMED = "assumed: each rung is a third as frequent as the one below"


def checked(
    document: Document, written: mapping_file.MappingFile, folder: Path | None, sha256: str
) -> Mapping:
    """The mapping that a file means; a scenario named by a path is sought from `folder`.

    Raises ScenarioError with every mistake.
    """
    return _Check(document, written, _scenario(document, written, folder)).mapping(sha256)


def _scenario(
    document: Document, written: mapping_file.MappingFile, folder: Path | None
) -> Scenario | None:
    if written.scenario is None:
        return None
    from standoff.scenario import load, packaged

    if written.scenario in packaged():
        return load(written.scenario)
    path = (folder or Path()) / written.scenario
    if path.exists():
        return load(path)
    mark = document.value(("scenario",))
    near = nearest(written.scenario, packaged())
    message = f"there is no scenario '{written.scenario}'"
    raise ScenarioError([Mistake(mark.place, mark.length, message, "", near)], document.text)


class _Check:
    """Resolves the names of a mapping file, and collects what is wrong with them."""

    def __init__(
        self, document: Document, written: mapping_file.MappingFile, scenario: Scenario | None
    ) -> None:
        self.document = document
        self.written = written
        self.scenario = scenario
        self.faults: list[Mistake] = []

    def fault(
        self, path: tuple[str | int, ...], message: str, hint: str = "", near: str | None = None,
        key: bool = False,
    ) -> None:  # fmt: skip
        """Notes a mistake at a value of the file, or at a key."""
        mark = self.document.key(path) if key else self.document.value(path)
        self.faults.append(Mistake(mark.place, mark.length, message, hint, near))

    def mapping(self, sha256: str) -> Mapping:
        """The mapping; raises ScenarioError if anything was wrong."""
        written = self.written
        variable, rungs = self._ladder()
        actors = self._actors()
        codebooks = {
            name: self._codebook(name, stream, rungs) for name, stream in written.codebooks.items()
        }
        pairs = tuple(self._pairs(actors))
        names = dict(self._names(actors))
        moves = self._moves(rungs)
        asked = self._asked(rungs)
        if self.faults:
            raise ScenarioError(self.faults, self.document.text)
        scenario = self.scenario
        return Mapping(
            written.name,
            written.title,
            written.about,
            sha256,
            scenario.name if scenario else None,
            scenario.hash if scenario else None,
            variable,
            rungs,
            scenario.time.start if scenario else None,
            scenario.time.period if scenario else None,
            actors,
            names,
            pairs,
            moves,
            codebooks,
            asked,
        )

    def _ladder(self) -> tuple[str, tuple[str, ...]]:
        written = self.written
        if (written.ladder is None) == (written.scenario is None):
            self.fault((), "expected either 'scenario' with 'variable', or 'ladder'")
            return "", ()
        if written.ladder is not None:
            rungs = written.ladder.rungs
            for k, rung in enumerate(rungs):
                if rung in rungs[:k]:
                    self.fault(("ladder", "rungs", k), f"there are two rungs '{rung}'")
            return written.ladder.variable, tuple(written.ladder.rungs)
        assert self.scenario is not None
        ladders = {one.name: one.labels for one in self.scenario.variables if one.kind == "ladder"}
        if written.variable is None:
            hint = f"ladders of '{self.scenario.name}' are {listing(ladders)}"
            self.fault(("scenario",), "key 'variable' is missing: the ladder in it", hint)
            return "", ()
        if written.variable not in ladders:
            message = f"'{self.scenario.name}' has no ladder '{written.variable}'"
            near = nearest(written.variable, ladders)
            self.fault(("variable",), message, f"it has {listing(ladders)}", near)
            return "", ()
        return written.variable, ladders[written.variable]

    def _actors(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        holder: dict[str, str] = {}
        for name, members in self.written.actors.items():
            if self.scenario is not None:
                known = [actor.name for actor in self.scenario.actors]
                if name not in known:
                    message = f"'{self.scenario.name}' has no actor '{name}'"
                    hint = f"it has {listing(known)}"
                    self.fault(("actors", name), message, hint, nearest(name, known), key=True)
            codes = []
            for k, member in enumerate(members):
                code = country(member)
                if code is None:
                    near = nearest(member, (*countries(), *countries().values()))
                    self.fault(("actors", name, k), f"unknown country '{member}'", "", near)
                elif code in holder:
                    message = f"'{member}' already stands for '{holder[code]}'"
                    self.fault(("actors", name, k), message)
                else:
                    holder[code] = name
                    codes.append(code)
            found[name] = tuple(codes)
        return found

    def _names(self, actors: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
        for actor, names in self.written.names.items():
            code = actor if actors else country(actor)
            if code is None or (actors and code not in actors):
                near = nearest(actor, actors or (*countries(), *countries().values()))
                self.fault(("names", actor), f"unknown actor '{actor}'", "", near, key=True)
                continue
            for k, name in enumerate(names):
                if country(name) is not None:
                    message = f"'{name}' is a country"
                    self.fault(("names", actor, k), message, "it belongs under 'actors'")
                yield name.casefold(), code

    def _pairs(self, actors: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
        known: set[frozenset[str]] = set()
        for k, pair in enumerate(self.written.pairs):
            if len(pair) != 2 or pair[0] == pair[1]:
                self.fault(("pairs", k), "expected two actors: [one, other]")
                continue
            names = []
            for at, name in enumerate(pair):
                code = name if actors else country(name)
                if code is None or (actors and code not in actors):
                    near = nearest(name, actors or (*countries(), *countries().values()))
                    self.fault(("pairs", k, at), f"unknown actor '{name}'", "", near)
                else:
                    names.append(code)
            if len(names) == 2 and (names[0] == names[1] or frozenset(names) in known):
                self.fault(("pairs", k), "expected two actors that are no pair already")
            elif len(names) == 2:
                known.add(frozenset(names))
                yield names[0], names[1]

    def _codebook(self, name: str, stream: mapping_file.Stream, rungs: tuple[str, ...]) -> Codebook:
        at: tuple[str | int, ...] = ("codebooks", name)
        leaves: dict[str, Leaf] = {}
        under: dict[str, Leaf] = {}
        for k, group in enumerate(stream.groups):
            here = (*at, "groups", k)
            if (group.rung is None) == (group.ignore is None):
                self.fault(here, "expected either 'rung' or 'ignore' in a group")
                continue
            rung = None
            if group.rung is not None:
                if group.rung not in rungs:
                    if rungs:
                        message = f"unknown rung '{group.rung}'"
                        hint = f"rungs are {listing(rungs, 12)}"
                        self.fault((*here, "rung"), message, hint, nearest(group.rung, rungs))
                    continue
                rung = rungs.index(group.rung)
            for key, codes, known in (
                ("codes", group.codes, leaves), ("under", group.under, under),
            ):  # fmt: skip
                for code, label in codes.items():
                    if code in known:
                        self.fault((*here, key, code), f"'{code}' stands in two groups", key=True)
                    known[code] = Leaf(rung, label, group.ignore or "")
        return Codebook(
            name, tuple(stream.version), leaves, under,
            self._reporting(at, stream.reporting, rungs), self._own(name, stream),
        )  # fmt: skip

    def _reporting(
        self, at: tuple[str | int, ...], written: mapping_file.Reporting, rungs: tuple[str, ...]
    ) -> Reporting:
        seen = tuple(written.seen or DECADE)
        mistaken = tuple(written.mistaken or MISTAKEN)
        for key, found in (("seen", seen), ("mistaken", mistaken)):
            if not 0 < found[0] <= found[1]:
                message = "expected two numbers above 0, the lower first"
                self.fault((*at, "reporting", key), message)
        for rung, factor in written.often.items():
            path = (*at, "reporting", "often", rung)
            if rung not in rungs:
                hint = f"rungs are {listing(rungs, 12)}"
                self.fault(path, f"unknown rung '{rung}'", hint, nearest(rung, rungs), key=True)
            if factor <= 0:
                self.fault(path, f"expected a factor above 0, found {factor:g}")
        if written.usual is not None and written.usual <= 0:
            path = (*at, "reporting", "usual")
            self.fault(path, f"expected a number above 0, found {written.usual:g}")
        if mistaken[1] > seen[0]:
            message = f"mistaken reports (up to {mistaken[1]:g}) must be fewer than those of what"
            message += f" is seen (from {seen[0]:g})"
            key = "mistaken" if written.mistaken else "seen"
            self.fault((*at, "reporting", key), message)
        return Reporting(
            written.usual or 1.0, (seen[0], seen[1]), (mistaken[0], mistaken[1]), written.lag,
            written.claim, written.why,
            tuple(written.often.get(rung, 1.0) for rung in rungs) if written.often else (),
        )  # fmt: skip

    def _own(self, name: str, stream: mapping_file.Stream) -> Format | None:
        if stream.columns is None:
            return None
        from standoff.watch.codes import itself, named
        from standoff.watch.dates import in_the_way, says_the_year
        from standoff.watch.format import Day, Format, What, Who
        from standoff.watch.parties import lists

        columns = stream.columns
        at: tuple[str | int, ...] = ("codebooks", name)
        if columns.source == columns.target:
            message = f"column '{columns.target}' says already who acts"
            self.fault((*at, "columns", "target"), message, "expected whom it is done to")
        if len(stream.separator) != 1 or stream.separator in '"\r\n':
            message = f"'{stream.separator}' cannot stand between columns"
            self.fault((*at, "separator"), message, 'expected one sign, as ";" or "\\t"')
        if not says_the_year(stream.dates):
            message = f"'{stream.dates}' does not say the year"
            self.fault((*at, "dates"), message, "expected as in %d.%m.%Y, or leave it out")
        return Format(
            name,
            name,
            name,
            stream.version[0],
            stream.separator,
            True,
            (),
            Day((columns.day,), in_the_way(stream.dates), stream.dates),
            Who((columns.source, columns.target), lists),
            What((columns.code,), named, itself),
            columns.identity,
            stream.terms,
        )

    def _asked(self, rungs: tuple[str, ...]) -> Asked | None:
        written = self.written.treaty
        if written is None:
            return None
        from standoff.treaty import Incident, load, packaged

        if written.name not in packaged():
            near = nearest(written.name, packaged())
            message = f"there is no packaged treaty '{written.name}'"
            self.fault(("treaty", "name"), message, f"there are {listing(packaged())}", near)
            return None
        treaty = load(written.name)
        names = [clause.name for clause in treaty.clauses]
        for k, name in enumerate(written.clauses):
            if name not in names:
                message = f"'{written.name}' has no clause '{name}'"
                hint = f"it has {listing(names)}"
                self.fault(("treaty", "clauses", k), message, hint, nearest(name, names))
        found = []
        for rung, facts in written.incidents.items():
            path = ("treaty", "incidents", rung)
            if rung not in rungs:
                message = f"unknown rung '{rung}'"
                hint = f"rungs are {listing(rungs, 12)}"
                self.fault(path, message, hint, nearest(rung, rungs), key=True)
                continue
            known = {name.replace(" ", "_"): value for name, value in facts.items()}
            try:
                found.append((rungs.index(rung), Incident.of(rung, **known)))
            except ValueError as error:
                self.fault(path, str(error))
        return Asked(treaty, tuple(written.clauses), tuple(found))

    def _moves(self, rungs: tuple[str, ...]) -> Moves:
        written = self.written.moves
        if not rungs:
            return Moves((), 1.0, "")
        if written is not None and written.every <= 0:
            self.fault(("moves", "every"), f"expected days above 0, found {written.every:g}")
        if written is None or not written.counts:
            every = written.every if written else 30.0
            why = written.why if written else _ASSUMED
            return Moves(_steps(len(rungs)), every, why)
        next_: list[tuple[float, ...]] = []
        for rung in rungs:
            row = written.counts.get(rung, {})
            next_.append(tuple(row.get(other, 0.0) for other in rungs))
            if sum(next_[-1]) <= 0 or min(next_[-1]) < 0:
                self.fault(("moves", "counts"), f"no counts of what follows '{rung}'")
        for rung, row in written.counts.items():
            for name in {rung, *row} - set(rungs):
                path = ("moves", "counts", rung)
                self.fault(path, f"unknown rung '{name}'", "", nearest(name, rungs))
        shares = tuple(tuple(n / (sum(row) or 1) for n in row) for row in next_)
        return Moves(shares, written.every, written.why)


def _steps(size: int) -> tuple[tuple[float, ...], ...]:
    """Where nothing is known: half stay; of the rest a step down counts a third of the one before.

    A step up counts a third of the same step down, so that in the long run each rung is a third as
    frequent as the one below it.
    """
    found = []
    for rung in range(size):
        weights = [0.0 if k == rung else 3.0 ** -abs(k - rung) * 3.0 ** min(rung - k, 0)
                   for k in range(size)]  # fmt: skip
        found.append(weights)
    most = max(sum(row) for row in found)
    return tuple(
        tuple(1 - sum(row) / most / 2 if k == rung else weight / most / 2
              for k, weight in enumerate(row))
        for rung, row in enumerate(found)
    )  # fmt: skip
