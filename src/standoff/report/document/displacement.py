"""Who flees where, for the page: bands by country and place, a map, and what was recorded."""

from __future__ import annotations

from math import asinh, atan, degrees, radians, sinh, tan
from typing import Any

import numpy as np

from standoff.displacement import Driven
from standoff.explore import Study, study_flight
from standoff.report.document.outlines import Box, outlines
from standoff.report.document.packed import packed
from standoff.scenario import Scenario

EVERY = 7
"""Days from one date that is shown to the next."""

MOST = 256
"""Futures that are followed, at most: a report is written in seconds."""

_MARGIN = 0.08
"""Of a map's extent, on each side."""
_NARROWEST, _WIDEST = 1.1, 2.0
"""Width over height of a map."""


def displacement(study: Study) -> dict[str, Any] | None:
    """Who is where every seven days in a study; None where the scenario has no such section.

    `bands` are whole people, packed [level, doctrine, date, spot], as `standoff displace` writes
    them on these dates; `recorded` is [date][spot], None where nobody counted. On the map `people`
    are medians over futures, packed [doctrine, date, place], and `flows` who takes each road in
    all, packed [doctrine, road, there or back]. `box` is the map's frame in degrees.
    """
    if study.scenario.displacement is None:
        return None
    driven, found, maps = study_flight(study, every=EVERY, most=MOST)
    first = maps[0]
    days = [found.dates.index(date) for date in first["dates"]]
    names = [place["name"] for place in first["places"]]
    box = frame([(place["longitude"], place["latitude"]) for place in first["places"]])
    people = np.array([[place["people"] for place in one["places"]] for one in maps])
    return {
        "instance": driven.instance.name,
        "counted": driven.section.people,
        "rule": driven.section.rule,
        "futures": min(MOST, int((~study.failed).sum())),
        "every": EVERY,
        "settings": _settings(study.scenario, driven),
        "measures": [driven.measures.get(doctrine) for doctrine in found.doctrines],
        "dates": first["dates"],
        "spots": [{"country": spot.country, "place": spot.place} for spot in found.spots],
        "bands": packed(np.rint(found.people[:, :, days])),
        "recorded": [
            [None if np.isnan(known) else round(float(known)) for known in found.recorded[day]]
            for day in days
        ],
        "places": [
            {key: place[key] for key in ("name", "country", "foreign", "longitude", "latitude")}
            for place in first["places"]
        ],
        "people": packed(people.transpose(0, 2, 1)),
        "roads": [
            {"from": names.index(road["from"]), "to": names.index(road["to"]), "km": road["km"]}
            for road in first["roads"]
        ],
        "flows": packed([[road["flow"] for road in one["roads"]] for one in maps]),
        "open": [[road["open"] for road in one["roads"]] for one in maps],
        "box": [round(end, 4) for end in box],
        "outlines": outlines(box),
    }


def frame(points: list[tuple[float, float]]) -> Box:
    """A box around points with a margin, in Mercator's projection neither too tall nor too wide."""
    xs = [x for x, _ in points]
    ys = [degrees(asinh(tan(radians(y)))) for _, y in points]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    wide, high = ((1 + 2 * _MARGIN) * max(max(one) - min(one), 0.5) for one in (xs, ys))
    wide, high = max(wide, _NARROWEST * high), max(high, wide / _WIDEST)
    south, north = (degrees(atan(sinh(radians(middle[1] + side * high / 2)))) for side in (-1, 1))
    return middle[0] - wide / 2, south, middle[0] + wide / 2, north


def _settings(scenario: Scenario, driven: Driven) -> list[dict[str, Any]]:
    """What the scenario sets of the rule of movement, and the sources of the parameters in it."""
    sources = {parameter.name: parameter.sources for parameter in scenario.parameters}
    return [
        {
            "name": name,
            "says": expression.text,
            "sources": list(
                dict.fromkeys(key for one in expression.parameters for key in sources[one])
            ),
        }
        for name, expression in driven.settings
    ]
