"""From event files to the threat picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standoff.reading import listing, nearest, printable, refusal
from standoff.watch.aside import reasons
from standoff.watch.asking import clauses
from standoff.watch.calendar import PERIODS, Calendar, calendar
from standoff.watch.countries import countries, country
from standoff.watch.dates import day_of, days
from standoff.watch.files import Found, find, fitting
from standoff.watch.format import Format
from standoff.watch.formats import FORMATS
from standoff.watch.ladder import estimate, interval
from standoff.watch.likelihood import exposure, log_likelihood
from standoff.watch.mapping import Codebook, Leaf, Mapping, load_mapping, overview
from standoff.watch.picture import Ladder, Pair, Picture, Source, Stream
from standoff.watch.reporting import Reporting
from standoff.watch.rows import Rows, gather
from standoff.watch.tally import Sides, Tally, busiest, meaning, roles, tally
from standoff.watch.tempo import tempo

_DIGITS = 6
_MOST_PERIODS = 5_000
_MOST_PAIRS = 10
"""Pairs that are watched where nobody names any: those with the most reports."""
_CROWDED = 3.0
"""Times as many reports as a mapping allows for: with as many more its intervals still hold."""
_LONG = 730
"""Days without a row from which on what lies beyond may be a mistake."""
_HEAPED = 5.0
"""Times as many rows on the first of January as on other days: so many of them have no day."""


def watch(
    events: Sequence[str | Path],
    mapping: str | Path | Mapping | None = None,
    *,
    scenario: str | None = None,
    pairs: Sequence[tuple[str, str]] = (),
    period: str | None = None,
    first: date | None = None,
    last: date | None = None,
    form: str | None = None,
    accept_terms: bool = False,
) -> Picture:
    """Reads event files onto a ladder.

    `events`: files, and folders of them, of which those are read that have a known format and a
    codebook of the mapping; the others are `passed` over in the picture, each with its reason.
    `mapping`: packaged, a file, or loaded; without, the packaged one for `scenario`, or the one of
    no scenario that knows the codebooks of the files and fewest others.
    `pairs` of actors or countries; `period` one of `PERIODS`; `first` and `last` day; `form`: the
    format of all files, where it is not to be seen by their heads. `accept_terms`: that the user
    has accepted the terms of data that ask for it.

    Raises ScenarioError with what is wrong with files, mapping or names.
    """
    if not events:
        raise refusal("EVENTS", "no file of events is named")
    given: Mapping | None = None
    if isinstance(mapping, Mapping):
        given = mapping
    elif mapping or scenario:
        given = _mapping(mapping, scenario)
    own = given.codebooks.values() if given is not None else ()
    known = (*FORMATS, *(book.form for book in own if book.form is not None))
    found = find(events, form, known, accept_terms)
    chosen = given or _narrowest(found)
    found = fitting(found, chosen.codebooks, chosen.name)
    length = period or (chosen.period if chosen.period in PERIODS else None) or "month"
    if length not in PERIODS:
        hint = f"expected {listing(PERIODS)}"
        raise refusal("--period", f"unknown period '{length}'", hint, nearest(length, PERIODS))
    streams = _streams(found, chosen, known, PERIODS[length])
    holders = {code: actor for actor, codes in chosen.actors.items() for code in codes}
    sides = [roles(rows.sides, holders, chosen.names) for rows, _ in streams]
    leaves = [meaning(rows, codebook) for rows, codebook in streams]
    watched = _pairs(pairs, chosen, streams, sides, leaves)
    window = _window(streams, first, last)
    clock = calendar(length, day_of(window[0]), day_of(window[1]), chosen.start)
    if len(clock) > _MOST_PERIODS:
        message = f"{len(clock):,} periods of a {length} from {clock.starts[0]} to {clock.end}"
        hint = f"at most {_MOST_PERIODS:,} are shown; choose a longer --period, or --from"
        raise refusal("--period", message, hint)
    tallies = [
        tally(rows, sides[k], leaves[k], watched, clock, window, len(chosen.rungs), k)
        for k, (rows, _) in enumerate(streams)
    ]
    covered = np.array([_covered(rows, codebook, clock, window) for rows, codebook in streams])
    counts = np.stack([one.counts for one in tallies], axis=1)
    reporting = [codebook.reporting for _, codebook in streams]
    return Picture(
        Ladder(chosen.variable, chosen.rungs, chosen.scenario, chosen.scenario_hash),
        Source(chosen.name, chosen.title, chosen.about, chosen.sha256),
        chosen.moves,
        clock,
        tuple(
            _stream(
                rows,
                codebook,
                one,
                [*_twice(k, streams), *_crowded(codebook, watched, counts[:, k], clock)],
            )
            for k, ((rows, codebook), one) in enumerate(zip(streams, tallies, strict=True))
        ),
        tuple(
            _pair(chosen, clock, actors, counts[k], covered, reporting, tallies, k)
            for k, actors in enumerate(watched)
        ),
        counts,
        covered,
        tuple(rows.aside for rows, _ in streams),
        found.passed,
    )


def _narrowest(found: Found) -> Mapping:
    """The packaged mapping of no scenario that knows all codebooks of the files, and fewest others.

    Where there is none it is `force`, so that what it does not know is told.
    """
    books = {form.codebook for _, form in found.files}
    fitting = [one for one in overview() if not one.scenario and books <= set(one.codebooks)]
    best = min(fitting, key=lambda one: (len(one.codebooks), one.name), default=None)
    return load_mapping(best.name if best else "force")


def _mapping(given: str | Path | None, scenario: str | None) -> Mapping:
    if given is not None:
        found = load_mapping(given)
        if scenario is not None and found.scenario != scenario:
            belongs = f"scenario '{found.scenario}'" if found.scenario else "no scenario"
            message = f"this mapping belongs to {belongs}, not to '{scenario}'"
            raise refusal(str(given), message)
        return found
    assert scenario is not None
    known = overview()
    fitting = [one.name for one in known if one.scenario == scenario]
    if len(fitting) == 1:
        return load_mapping(fitting[0])
    if fitting:
        hint = f"choose one with --mapping: {listing(fitting)}"
        raise refusal("--scenario", f"'{scenario}' has {len(fitting)} packaged mappings", hint)
    scenarios = {one.scenario for one in known if one.scenario}
    hint = f"there are some for {listing(sorted(scenarios))}; name a mapping file with --mapping"
    message = f"there is no packaged mapping for scenario '{scenario}'"
    raise refusal("--scenario", message, hint, nearest(scenario, scenarios))


def _streams(
    found: Found, chosen: Mapping, known: Sequence[Format], finest: int
) -> list[tuple[Rows, Codebook]]:
    """The files read, those of one format as one stream, in the order of the formats."""
    files: dict[str, list[Path]] = {}
    for path, form in found.files:
        files.setdefault(form.name, []).append(path)
    ordered = [one for one in known if one.name in files]
    return [(gather(one, files[one.name], finest), chosen.codebooks[one.codebook])
            for one in ordered]  # fmt: skip


def _pairs(
    asked: Sequence[tuple[str, str]],
    chosen: Mapping,
    streams: Sequence[tuple[Rows, Codebook]],
    sides: Sequence[Sequence[Sides]],
    leaves: Sequence[Sequence[Leaf | None]],
) -> tuple[tuple[str, str], ...]:
    if asked:
        actors = [(_actor(a, chosen), _actor(b, chosen)) for a, b in asked]
        for (one, other), given in zip(actors, asked, strict=True):
            if one == other:
                message = f"'{given[0]}' and '{given[1]}' are one actor, {one}"
                raise refusal("--pair", message, "expected two, as in RUS,UKR")
        return tuple({frozenset(pair): pair for pair in reversed(actors)}.values())[::-1]
    if chosen.pairs:
        return chosen.pairs
    counted: Counter[tuple[str, str]] = Counter()
    for (rows, _), named, meant in zip(streams, sides, leaves, strict=True):
        counted += busiest(rows, named, meant)
    ordered = sorted(counted, key=lambda pair: (-counted[pair], pair))
    return tuple(ordered[:_MOST_PAIRS])


def _actor(name: str, chosen: Mapping) -> str:
    if chosen.actors:
        if name in chosen.actors:
            return name
        hint = f"actors of mapping '{chosen.name}' are {listing(chosen.actors)}"
        raise refusal("--pair", f"unknown actor '{name}'", hint, nearest(name, chosen.actors))
    code = country(name)
    if code is None:
        near = nearest(name, (*countries(), *countries().values()))
        raise refusal("--pair", f"unknown country '{name}'", "", near)
    return code


def _spoken(rows: Rows) -> NDArray[np.int32]:
    """The days of which a stream speaks: where it says when rows came out, those; else its span."""
    if not len(rows):
        return np.zeros(0, np.int32)
    if rows.form.published is not None:
        return np.unique(rows.published)
    return np.arange(rows.day.min(), rows.day.max() + 1, dtype=np.int32)


def _window(
    streams: Sequence[tuple[Rows, Codebook]], first: date | None, last: date | None
) -> tuple[int, int]:
    spoken = [_spoken(rows) for rows, _ in streams]
    found = [one for one in spoken if len(one)]
    if first is None and not found:
        every = reasons(row for rows, _ in streams for row in rows.aside)
        why = f": {listing(every)}" if every else ""
        hint = "give --from to have a picture of nothing, with what is kept aside"
        raise refusal("EVENTS", f"no row can be used{why}", hint)
    start = days(first) if first else min(int(one[0]) for one in found)
    end = days(last) if last else max([start, *(int(one[-1]) for one in found)])
    if end < start:
        raise refusal("--to", f"{day_of(end)} is before the first day, {day_of(start)}")
    return start, end


def _covered(
    rows: Rows, codebook: Codebook, clock: Calendar, window: tuple[int, int]
) -> NDArray[np.float64]:
    spoken = _spoken(rows)
    lengths = np.array(clock.lengths, float)
    if not len(spoken):
        return np.zeros(len(clock))
    settled = spoken[spoken <= int(spoken[-1]) - codebook.reporting.lag]
    inside = settled[(settled >= window[0]) & (settled <= window[1])]
    spoken_of = np.bincount(clock.periods_of(inside), minlength=len(clock))
    found: NDArray[np.float64] = np.round(spoken_of / lengths, _DIGITS)
    return found


def _twice(place: int, streams: Sequence[tuple[Rows, Codebook]]) -> Iterator[str]:
    """Whether another version of the same data is read too, as nothing tells their rows apart."""
    form = streams[place][0].form
    for other in (rows.form for rows, _ in streams):
        if other.name != form.name and (other.codebook, other.terms) == (form.codebook, form.terms):
            yield f"{other.name} is another version of the same data; what is in both counts twice"


def _crowded(
    codebook: Codebook,
    pairs: Sequence[tuple[str, str]],
    counts: NDArray[np.int64],
    clock: Calendar,
) -> list[str]:
    """Pairs of which far more is reported than the mapping allows for, said in a sentence each."""
    reporting = codebook.reporting
    found = []
    for place, (one, other) in enumerate(pairs):
        loud = counts[place, :, 1:].max(axis=1)
        usual = reporting.usual * np.array(clock.lengths) / 30 + counts[place, :, 0]
        most = (usual * reporting.seen[1])[loud > 0].sum()
        if most and loud.sum() > _CROWDED * most:
            found.append(
                f"reports on {one} and {other} are {loud.sum() / most:.0f} times as many as the "
                "mapping allows for at most; set 'usual', or rungs look surer than they are"
            )
    return found


def _stream(rows: Rows, codebook: Codebook, one: Tally, found: Sequence[str]) -> Stream:
    spoken = _spoken(rows)
    form = rows.form
    return Stream(
        form.name,
        form.title,
        form.codebook,
        form.version,
        form.terms,
        tuple(
            (printable(path.name), digest)
            for path, digest in zip(rows.files, rows.sha256, strict=True)
        ),
        day_of(int(spoken[0])) if len(spoken) else None,
        day_of(int(spoken[-1])) if len(spoken) else None,
        one.census,
        one.unmapped,
        one.ignored,
        one.elsewhere,
        one.strangers,
        tuple(reasons(rows.aside).items()),
        codebook.reporting,
        (*_remarks(form, codebook, rows), *found),
    )


def _remarks(form: Format, codebook: Codebook, rows: Rows) -> list[str]:
    found = []
    if codebook.reporting.claim:
        found.append("these are, or rest on, claims of belligerents")
    if form.version not in codebook.versions:
        meant = " and ".join(codebook.versions)
        found.append(f"codebook {form.codebook} {form.version}; the mapping is for {meant}")
    ordinals = rows.day.astype("datetime64[D]")
    january = ordinals == ordinals.astype("datetime64[Y]").astype("datetime64[D]")
    if len(rows) >= 100 and january.mean() * 365 > _HEAPED:
        share = f"{january.mean():.0%} of rows are dated the first of January"
        found.append(f"{share}: of many only the year is known")
    return [*found, *_strays(rows)]


def _strays(rows: Rows) -> Iterator[str]:
    """Few rows dated long after all others, or long before them, where dates set the window."""
    if rows.form.published is not None:
        return
    known, counts = np.unique(rows.day, return_counts=True)
    gaps = np.flatnonzero(np.diff(known) > _LONG)
    if not len(gaps):
        return
    after, before = int(counts[gaps[-1] + 1 :].sum()), int(counts[: gaps[0] + 1].sum())
    few = max(1, len(rows) // 100)
    for many, day, option, when in (
        (after, known[gaps[-1] + 1], "--to", "after"),
        (before, known[gaps[0]], "--from", "before"),
    ):
        if many <= few < len(rows) - many:
            rows_are = "1 row is" if many == 1 else f"{many} rows are"
            what = f"{rows_are} dated {day_of(int(day))}{'' if many == 1 else ' or beyond'}"
            yield f"{what}, more than two years {when} all others; {option} leaves them out"


def _pair(
    chosen: Mapping,
    clock: Calendar,
    actors: tuple[str, str],
    counts: NDArray[np.int64],
    covered: NDArray[np.float64],
    reporting: Sequence[Reporting],
    tallies: Sequence[Tally],
    place: int,
) -> Pair:
    lengths = clock.lengths
    exposed = exposure(counts, covered, lengths, reporting)
    found = estimate(log_likelihood(counts, exposed, reporting), lengths, chosen.moves)
    known = estimate(
        log_likelihood(counts, exposed, [one.known for one in reporting]), lengths, chosen.moves
    )
    low, median, high = interval(found.probability)
    low_known, _, high_known = interval(known.probability)
    year = max(1, round(365 / PERIODS[clock.period]))
    tempi = (
        tempo(k, counts[k, :, 1:].sum(axis=1), covered[k] * np.array(lengths), year)
        for k in range(len(counts))
    )
    events = [event for one in tallies for event in one.events[place]]
    return Pair(
        actors,
        (
            chosen.actors.get(actors[0], (actors[0],)),
            chosen.actors.get(actors[1], (actors[1],)),
        ),
        np.round(found.probability, _DIGITS),
        low,
        median,
        high,
        low_known,
        high_known,
        np.round(found.within, _DIGITS),
        tuple(one for one in tempi if one is not None),
        tuple(sorted(events, key=lambda one: (one.day, one.stream, one.rung, one.code, one.by))),
        clauses(chosen.asked, clock),
    )
