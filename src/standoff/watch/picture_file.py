"""The picture as a file: JSON with stable keys, the same bytes for the same picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.reading import Mistake, Place, ScenarioError, refusal
from standoff.watch.calendar import Calendar
from standoff.watch.mapping import Moves
from standoff.watch.picture import (
    Census,
    Clause,
    Event,
    Ladder,
    Pair,
    Picture,
    Source,
    Stream,
)
from standoff.watch.picture_check import unsound
from standoff.watch.reporting import Reporting
from standoff.watch.tempo import Change, Range, Tempo

VERSION = 1
"""Of the shape of the file."""


def document(picture: Picture) -> dict[str, Any]:
    """The picture as what JSON knows; docs/watch.md describes the keys."""
    ladder = picture.ladder
    return {
        "picture": VERSION,
        "ladder": {
            "variable": ladder.variable,
            "rungs": list(ladder.rungs),
            "scenario": ladder.scenario,
            "scenario_hash": ladder.scenario_hash,
        },
        "mapping": {
            "name": picture.mapping.name,
            "title": picture.mapping.title,
            "about": picture.mapping.about,
            "sha256": picture.mapping.sha256,
        },
        "moves": {
            "every_days": picture.moves.every,
            "next": [list(row) for row in picture.moves.next],
            "why": picture.moves.why,
        },
        "periods": {
            "length": picture.calendar.period,
            "starts": [day.isoformat() for day in picture.calendar.starts],
            "end": picture.calendar.end.isoformat(),
        },
        "streams": [
            _stream(stream) | {"covered": picture.covered[k].tolist()}
            for k, stream in enumerate(picture.streams)
        ],
        "pairs": [
            _pair(pair) | {"counts": picture.counts[k].tolist()}
            for k, pair in enumerate(picture.pairs)
        ],
    }


def write_picture(picture: Picture, path: Path | str) -> None:
    """Writes a picture to a JSON file."""
    text = json.dumps(document(picture), ensure_ascii=False, separators=(",", ":"), indent=None)
    Path(path).write_text(text + "\n", encoding="utf-8")


def load_picture(path: Path | str) -> Picture:
    """A picture from its JSON file, or from the folder that `standoff watch` wrote.

    Raises ScenarioError where there is none, or it is of another version.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "picture.json"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise refusal(str(path), "there is no such file") from None
    except (OSError, UnicodeDecodeError):
        raise refusal(str(path), "the file cannot be read as text") from None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        place = Place(str(path), error.lineno, error.colno)
        raise ScenarioError([Mistake(place, 1, "this is no JSON from here on")], text) from None
    if not isinstance(found, dict) or "picture" not in found:
        raise refusal(str(path), "this is no picture", "`standoff watch` writes them")
    if type(found["picture"]) is not int or found["picture"] != VERSION:
        message = f"the picture is of version {json.dumps(found['picture'])[:20]}"
        raise refusal(str(path), message, f"this version of standoff reads version {VERSION}")
    try:
        picture = _picture(found)
        wrong = next(unsound(picture), None)
    except KeyError as error:
        raise refusal(str(path), f"the picture is not whole: {error} is missing") from None
    except (TypeError, ValueError, IndexError, AttributeError, OverflowError):
        what = "a value is of another kind, or a list of another length, than expected"
        raise refusal(str(path), f"the picture is not whole: {what}") from None
    if wrong is not None:
        raise refusal(str(path), f"the picture cannot be one: {wrong}", "make it anew")
    return picture


def _picture(found: Mapping[str, Any]) -> Picture:
    ladder, moves, periods = found["ladder"], found["moves"], found["periods"]
    size, clock = len(ladder["rungs"]), len(periods["starts"])
    streams, pairs = found["streams"], found["pairs"]
    counts = _whole([pair["counts"] for pair in pairs])
    return Picture(
        Ladder(
            ladder["variable"], tuple(ladder["rungs"]), ladder["scenario"], ladder["scenario_hash"]
        ),
        Source(**found["mapping"]),
        Moves(
            tuple(tuple(float(share) for share in row) for row in moves["next"]),
            float(moves["every_days"]),
            moves["why"],
        ),
        Calendar(
            periods["length"],
            tuple(date.fromisoformat(day) for day in periods["starts"]),
            date.fromisoformat(periods["end"]),
        ),
        tuple(_stream_of(stream) for stream in streams),
        tuple(_pair_of(pair) for pair in pairs),
        counts.reshape(len(pairs), len(streams), clock, size),
        np.array([stream["covered"] for stream in streams], float).reshape(len(streams), clock),
    )


def _whole(found: list[Any]) -> NDArray[np.int64]:
    """Whole numbers as an array."""
    numbers = np.array(found, float)
    if not (numbers == np.floor(numbers)).all():
        raise ValueError("expected whole numbers")
    return numbers.astype(np.int64)


def _two(found: list[Any]) -> tuple[float, float]:
    low, high = found
    return float(low), float(high)


def _stream(stream: Stream) -> dict[str, Any]:
    census, reporting = stream.census, stream.reporting
    return {
        "name": stream.name,
        "title": stream.title,
        "codebook": stream.codebook,
        "version": stream.version,
        "terms": stream.terms,
        "files": [{"name": name, "sha256": digest} for name, digest in stream.files],
        "from": stream.first.isoformat() if stream.first else None,
        "to": stream.last.isoformat() if stream.last else None,
        "rows": {
            "read": census.read,
            "mapped": census.mapped,
            "unmapped": census.unmapped,
            "ignored": census.ignored,
            "elsewhere": census.elsewhere,
            "outside": census.outside,
            "aside": census.aside,
        },
        "unmapped": _counted(stream.unmapped),
        "ignored": _counted(stream.ignored),
        "elsewhere": _counted(stream.elsewhere),
        "strangers": _counted(stream.strangers),
        "aside": _counted(stream.aside),
        "reporting": {
            "usual": reporting.usual,
            "seen": list(reporting.seen),
            "mistaken": list(reporting.mistaken),
            "lag_days": reporting.lag,
            "claim": reporting.claim,
            "often": list(reporting.often),
            "why": reporting.why,
        },
        "remarks": list(stream.remarks),
    }


def _counted(words: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    return [{"word": word, "rows": count} for word, count in words]


def _words(found: list[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((one["word"], one["rows"]) for one in found)


def _stream_of(found: dict[str, Any]) -> Stream:
    reporting = found["reporting"]
    return Stream(
        found["name"],
        found["title"],
        found["codebook"],
        found["version"],
        found["terms"],
        tuple((one["name"], one["sha256"]) for one in found["files"]),
        date.fromisoformat(found["from"]) if found["from"] else None,
        date.fromisoformat(found["to"]) if found["to"] else None,
        Census(**found["rows"]),
        _words(found["unmapped"]),
        _words(found["ignored"]),
        _words(found["elsewhere"]),
        _words(found["strangers"]),
        _words(found["aside"]),
        Reporting(
            float(reporting["usual"]),
            _two(reporting["seen"]),
            _two(reporting["mistaken"]),
            reporting["lag_days"],
            reporting["claim"],
            reporting["why"],
            tuple(reporting["often"]),
        ),
        tuple(found["remarks"]),
    )


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "actors": list(pair.actors),
        "countries": [list(codes) for codes in pair.countries],
        "probability": pair.probability.tolist(),
        "low": pair.low.tolist(),
        "median": pair.median.tolist(),
        "high": pair.high.tolist(),
        "if_rates_were_known": {"low": pair.low_known.tolist(), "high": pair.high_known.tolist()},
        "within_a_period": pair.within.tolist(),
        "tempo": [_tempo(tempo) for tempo in pair.tempo],
        "events": [
            {
                "day": event.day.isoformat(),
                "stream": event.stream,
                "rung": event.rung,
                "code": event.code,
                "label": event.label,
                "by": event.by,
                "reports": event.count,
            }
            for event in pair.events
        ],
        "clauses": [
            {
                "treaty": clause.treaty,
                "clause": clause.clause,
                "rung": clause.rung,
                "answer": clause.answer,
                "open": list(clause.open),
            }
            for clause in pair.clauses
        ],
    }


def _pair_of(found: dict[str, Any]) -> Pair:
    known = found["if_rates_were_known"]
    one, other = found["actors"]
    first, second = found["countries"]
    return Pair(
        (one, other),
        (tuple(first), tuple(second)),
        np.array(found["probability"], float),
        _whole(found["low"]),
        _whole(found["median"]),
        _whole(found["high"]),
        _whole(known["low"]),
        _whole(known["high"]),
        np.array(found["within_a_period"], float),
        tuple(_tempo_of(tempo) for tempo in found["tempo"]),
        tuple(
            Event(
                date.fromisoformat(event["day"]),
                event["stream"],
                event["rung"],
                event["code"],
                event["label"],
                event["by"],
                event["reports"],
            )
            for event in found["events"]
        ),
        tuple(
            Clause(
                clause["treaty"],
                clause["clause"],
                clause["rung"],
                clause["answer"],
                tuple(clause["open"]),
            )
            for clause in found["clauses"]
        ),
    )


def _tempo(tempo: Tempo) -> dict[str, Any]:
    return {
        "stream": tempo.stream,
        "period": tempo.period,
        "reports": tempo.events,
        "per_30_days": _range(tempo.rate),
        "against_the_period_before": _range(tempo.before),
        "against_the_year_before": _range(tempo.year),
        "change": None
        if tempo.change is None
        else {
            "period": tempo.change.period,
            "log10_bayes_factor": tempo.change.evidence,
            "dispersion": tempo.change.dispersion,
        },
    }


def _range(one: Range | None) -> list[float] | None:
    return None if one is None else [one.low, one.middle, one.high]


def _range_of(found: list[float] | None) -> Range | None:
    return None if found is None else Range(*found)


def _tempo_of(found: dict[str, Any]) -> Tempo:
    change = found["change"]
    return Tempo(
        found["stream"],
        found["period"],
        found["reports"],
        Range(*found["per_30_days"]),
        _range_of(found["against_the_period_before"]),
        _range_of(found["against_the_year_before"]),
        None
        if change is None
        else Change(change["period"], change["log10_bayes_factor"], change["dispersion"]),
    )
