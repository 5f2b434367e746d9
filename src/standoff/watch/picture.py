"""The threat picture: what was read, and what it says of each pair of actors, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from standoff.watch.aside import Kept
from standoff.watch.calendar import Calendar
from standoff.watch.files import Passed
from standoff.watch.likelihood import exposure, log_likelihood
from standoff.watch.mapping import Moves
from standoff.watch.reporting import Reporting
from standoff.watch.tempo import Tempo

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Ladder:
    """The ladder of a picture; a `scenario` and its hash where it belongs to one."""

    variable: str
    rungs: tuple[str, ...]
    scenario: str | None
    scenario_hash: str | None


@dataclass(frozen=True)
class Source:
    """The mapping by which a picture was made."""

    name: str
    title: str
    about: str
    sha256: str


@dataclass(frozen=True)
class Census:
    """What became of the rows of a stream; `read` is the sum of all others.

    `mapped` onto a rung; `unmapped`: a code that the mapping does not name; `ignored`: a code that
    it leaves out; `elsewhere`: of no watched pair; `outside` the window; `aside`: cannot be used.
    """

    read: int
    mapped: int
    unmapped: int
    ignored: int
    elsewhere: int
    outside: int
    aside: int


@dataclass(frozen=True)
class Stream:
    """One stream of a picture: what it is, under what terms, and what became of its rows.

    `files`: name and SHA-256 of each. `first` and `last`: the days from and to which it speaks.
    Counts by word, the most frequent first: `unmapped` codes, `ignored` reasons, why rows are
    `elsewhere`, `strangers` (names of actors that are no known country), reasons of what is
    `aside`. `remarks`: what a reader should know of these data.
    """

    name: str
    title: str
    codebook: str
    version: str
    terms: str
    files: tuple[tuple[str, str], ...]
    first: date | None
    last: date | None
    census: Census
    unmapped: tuple[tuple[str, int], ...]
    ignored: tuple[tuple[str, int], ...]
    elsewhere: tuple[tuple[str, int], ...]
    strangers: tuple[tuple[str, int], ...]
    aside: tuple[tuple[str, int], ...]
    reporting: Reporting
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """Reports of one day and code above the lowest rung: `by` is the place of who acts in the pair.

    No text, no link, no place. Of streams whose terms let nobody pass on single rows the day is the
    first of the period.
    """

    day: date
    stream: int
    rung: int
    code: str
    label: str
    by: int
    count: int


@dataclass(frozen=True)
class Clause:
    """A clause of a treaty, asked of an incident at a rung: the answer, and what leaves it open."""

    treaty: str
    clause: str
    rung: int
    answer: str
    open: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two actors: which rung they are on, period by period, and how often something happens.

    `probability` [period, rung] given all reports; `low`, `median`, `high` [period]: the rung's
    80 % interval, and `low_known`, `high_known` what it would be if reporting rates were known;
    `within` [rung]: of reaching at least that rung within one period more.
    """

    actors: tuple[str, str]
    countries: tuple[tuple[str, ...], tuple[str, ...]]
    probability: Floats
    low: Whole
    median: Whole
    high: Whole
    low_known: Whole
    high_known: Whole
    within: Floats
    tempo: tuple[Tempo, ...]
    events: tuple[Event, ...]
    clauses: tuple[Clause, ...] = ()


def nearest_clauses(pair: Pair) -> list[Clause]:
    """The clauses asked of the rung where a pair is, or of the first above it."""
    now = int(pair.median[-1])
    nearest = min((one.rung for one in pair.clauses if one.rung >= now), default=None)
    return [one for one in pair.clauses if one.rung == nearest]


@dataclass(frozen=True)
class Picture:
    """Event streams read onto a ladder.

    `counts` [pair, stream, period, rung]: reports; `covered` [stream, period]: the share of the
    period's days of which the stream speaks. `kept`: the rows kept aside by stream, which are
    written to a file of their own and are not in the picture's; nor are the files of folders that
    were `passed` over.
    """

    ladder: Ladder
    mapping: Source
    moves: Moves
    calendar: Calendar
    streams: tuple[Stream, ...]
    pairs: tuple[Pair, ...]
    counts: Whole
    covered: Floats
    kept: tuple[tuple[Kept, ...], ...] = ()
    passed: tuple[Passed, ...] = ()

    def pair(self, one: str, other: str) -> int:
        """The place of a pair, in either order; raises KeyError, with all that there are."""
        for place, pair in enumerate(self.pairs):
            if {one, other} == set(pair.actors):
                return place
        known = ", ".join(f"{a} and {b}" for a, b in (pair.actors for pair in self.pairs))
        raise KeyError(f"the picture has no pair '{one}' and '{other}'; it has {known or 'none'}")

    def log_likelihood(self, pair: int) -> Floats:
        """Log-likelihood of all reports of a pair given each rung, [period, rung]."""
        reporting = [stream.reporting for stream in self.streams]
        counts = self.counts[pair]
        exposed = exposure(counts, self.covered, self.calendar.lengths, reporting)
        return log_likelihood(counts, exposed, reporting)
