"""The threat picture as text: what was read, and for each pair where it stands and what moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from textwrap import wrap

from standoff.watch import Pair, Picture, Range, Since, Stream, Tempo, nearest_clauses

_WIDTH = 100
_SHOWN = 36
"""Periods in the line of the last ones."""
_WORDS = 6
_BARS = "▁▂▃▄▅▆▇█"
_ADVERBS = {"day": "day by day", "week": "week by week", "fortnight": "fortnight by fortnight",
            "month": "month by month", "quarter": "quarter by quarter",
            "year": "year by year"}  # fmt: skip


def picture_lines(picture: Picture) -> list[str]:
    """All of a picture that a reader needs, for a terminal."""
    clock = picture.calendar
    head = [
        ": ".join(filter(None, (picture.mapping.name, picture.mapping.title))),
        f"From {clock.starts[0]} until {clock.end}, {_ADVERBS[clock.period]}, "
        f"on the ladder {' < '.join(picture.ladder.rungs)}.",
    ]
    lines = [line for text in head for line in _prose(text, "")]
    for stream in picture.streams:
        lines += ["", *_stream(stream)]
    if not picture.pairs:
        lines += ["", "No pair of actors has a report above the lowest rung."]
    for pair in picture.pairs:
        lines += ["", *_pair(picture, pair)]
    note = (
        "Intervals are 80 %. A rung is what the reports speak of under the mapping's assumptions, "
        "the widest of which is how much of what happens is reported. What usually follows is no "
        "forecast: it knows nothing but the rung."
    )
    return [*lines, "", *_prose(note, "")]


def _stream(stream: Stream) -> list[str]:
    rows = stream.census
    spoken = f"{stream.first} to {stream.last}" if stream.first else "nothing dated"
    if stream.last is not None and stream.reporting.lag:
        settled = stream.last - timedelta(stream.reporting.lag)
        spoken += f", complete until about {settled}"
    lines = [
        *_prose(f"{stream.title} ({stream.codebook} {stream.version}), {spoken}", ""),
        *_prose(
            f"{_count(rows.read, 'row')}: {rows.mapped:,} on a rung, {rows.unmapped:,} with codes "
            f"that are not mapped, {rows.ignored:,} left out, {rows.elsewhere:,} about others, "
            f"{rows.outside:,} outside the window, {rows.aside:,} kept aside",
            "  ",
        ),
    ]
    for title, words in (
        ("not mapped", stream.unmapped),
        ("left out", stream.ignored),
        ("about others", stream.elsewhere),
        ("unknown actors", stream.strangers),
        ("kept aside", stream.aside),
    ):
        if words:
            lines += _prose(f"{title}: {_counted(words)}", "  ")
    for remark in stream.remarks:
        lines += _prose(f"note: {remark}", "  ")
    return [*lines, *(_prose(f"terms: {stream.terms}", "  ") if stream.terms else [])]


def _pair(picture: Picture, pair: Pair) -> list[str]:
    rungs, clock = picture.ladder.rungs, picture.calendar
    lines = [f"{pair.actors[0]} and {pair.actors[1]}"]
    lines += _prose(
        f"now: {rungs[pair.median[-1]]} ({_span(rungs, pair.low[-1], pair.high[-1])}; if reporting "
        f"rates were known, {_span(rungs, pair.low_known[-1], pair.high_known[-1])})",
        "  ",
    )
    shown = pair.median[-_SHOWN:]
    bars = "".join(_bar(int(rung), len(rungs)) for rung in shown)
    lines.append(f"  {bars}  the {_count(len(shown), clock.period)} to {clock.end}")
    for tempo in pair.tempo:
        lines += _prose(_tempo(picture, tempo), "  ")
    near = [
        f"{rungs[rung]} {_percent(pair.within[rung])}"
        for rung in range(max(1, int(pair.median[-1])), len(rungs))
    ]
    if near:
        lines += _prose(f"within a {clock.period}, what usually follows: {', '.join(near)}", "  ")
    for clause in nearest_clauses(pair):
        what = f"{clause.treaty}, {clause.clause}, of an incident at '{rungs[clause.rung]}'"
        left = f"; open: {' '.join(clause.open)}" if clause.open else ""
        lines += _prose(f"{what}: {clause.answer}{left}", "  ")
    return lines


def _tempo(picture: Picture, tempo: Tempo) -> str:
    stream = picture.streams[tempo.stream]
    start = picture.calendar.starts[tempo.period]
    parts = [
        f"{stream.name}: {_count(tempo.events, 'report')} in the {picture.calendar.period} of "
        f"{start}, {_range(tempo.rate)} in 30 days"
    ]
    if tempo.before is not None:
        parts.append(f"against the {picture.calendar.period} before x {_range(tempo.before)}")
    if tempo.year is not None:
        parts.append(f"against the year before x {_range(tempo.year)}")
    if tempo.change is not None and tempo.change.evidence >= 1:
        when = picture.calendar.starts[tempo.change.period]
        parts.append(
            f"its tempo has changed, most likely at {when} (log10 Bayes factor "
            f"{tempo.change.evidence:.1f})"
        )
    return "; ".join(parts)


def since_lines(changes: Since) -> list[str]:
    """What changed since an earlier picture."""
    if changes.nothing:
        return ["Since then nothing has changed."]
    lines = ["Since then:"]
    if changes.mapping_changed:
        lines.append("  the mapping has changed, and with it what codes mean")
    for title, names in (("new streams", changes.new_streams), ("gone", changes.lost_streams)):
        if names:
            lines += _prose(f"{title}: {', '.join(names)}", "  ")
    for title, pairs in (("new pairs", changes.new_pairs), ("gone", changes.lost_pairs)):
        if pairs:
            lines += _prose(f"{title}: {', '.join(f'{a} and {b}' for a, b in pairs)}", "  ")
    if changes.periods:
        lines.append(f"  {_count(len(changes.periods), 'new period')}, from {changes.periods[0]}")
    for one in changes.moved:
        who = f"{one.actors[0]} and {one.actors[1]}"
        if one.now is not None:
            lines.append(f"  {who}: from {one.now[0]} to {one.now[1]}")
        for day, was, is_ in one.periods[-_WORDS:]:
            lines.append(f"  {who}: {day} is now read as {is_}, not {was}")
        if (earlier := len(one.periods) - _WORDS) > 0:
            lines.append(f"  {who}: and {_count(earlier, 'period')} before these")
    for paced in changes.paced:
        who = f"{paced.actors[0]} and {paced.actors[1]}"
        lines += _prose(
            f"{who}: {paced.stream} reports {_range(paced.now)} in 30 days, "
            f"{'more' if paced.now.middle > paced.was.middle else 'less'} often than before, "
            f"{_range(paced.was)}",
            "  ",
        )
    for turned in changes.turned:
        who = f"{turned.actors[0]} and {turned.actors[1]}"
        was, now = (
            "not asked" if one is None else f"{one[1]}, of an incident at '{one[0]}'"
            for one in (turned.was, turned.now)
        )
        lines += _prose(f"{who}: {turned.treaty}, {turned.clause}: {now}; before, {was}", "  ")
    for revised in changes.revised:
        who = f"{revised.actors[0]} and {revised.actors[1]}"
        lines += _prose(
            f"{revised.stream} was revised on {who}: {_count(revised.periods, 'period')}, "
            f"{revised.added:,} reports added, {revised.removed:,} taken back",
            "  ",
        )
    if changes.unmapped:
        codes = ", ".join(f"{code} ({stream})" for stream, code, _ in changes.unmapped[:_WORDS])
        lines += _prose(f"new codes that are not mapped: {codes}", "  ")
    return lines


def _prose(text: str, indent: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ")


def _counted(words: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{word} {count:,}" for word, count in words[:_WORDS])
    return f"{shown}, …" if len(words) > _WORDS else shown


def _span(rungs: Sequence[str], low: int, high: int) -> str:
    return f"{rungs[low]} alone" if low == high else f"{rungs[low]} to {rungs[high]}"


def _bar(rung: int, size: int) -> str:
    return _BARS[round(rung * (len(_BARS) - 1) / (size - 1))]


def _percent(share: float) -> str:
    if share < 0.005:
        return "<1 %"
    return ">99 %" if share > 0.995 else f"{share:.0%}".replace("%", " %")


def _range(one: Range) -> str:
    return f"{_short(one.middle)} ({_short(one.low)} to {_short(one.high)})"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 9.95 else f"{number:.1f}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
