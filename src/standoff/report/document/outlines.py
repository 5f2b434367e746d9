"""Outlines of countries for a map: Natural Earth at 1:50 million, cut to the map's frame.

The file beside the page is the npm package world-atlas, without what is not used here: arcs as
TopoJSON has them (Bostock and Metcalf 2017, The TopoJSON Format Specification).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import accumulate
from typing import Any

Point = tuple[float, float]
"""Degrees of longitude and latitude."""

Box = tuple[float, float, float, float]
"""West, south, east and north, in degrees."""

_DIGITS = 2
"""Of a degree: about a kilometre, half a pixel of a map that is a continent wide."""


def outlines(box: Box) -> list[dict[str, Any]]:
    """Countries that meet a box, each with its `name` and `rings`, cut to the box.

    A ring is `[longitude, latitude, longitude, …]`; a hole is a ring that turns the other way.
    """
    atlas = json.loads((files("standoff.report") / "page" / "countries.json").read_text("utf-8"))
    arcs = [_arc(one, atlas["transform"]) for one in atlas["arcs"]]
    found = []
    for country in atlas["countries"]:
        rings = [cut(_ring(one, arcs), box) for one in country["rings"]]
        flat = [_flat(ring) for ring in rings]
        if kept := [ring for ring in flat if len(ring) >= 6]:
            found.append({"name": country["name"], "rings": kept})
    return found


def cut(ring: Sequence[Point], box: Box) -> list[Point]:
    """The part of a closed ring inside a box, as a closed ring without its last point again.

    Where the ring leaves the box and comes back, it follows the box's edge (Sutherland and Hodgman
    1974, Reentrant Polygon Clipping).
    """
    kept = list(ring)
    for axis, sign, bound in ((0, 1, box[0]), (1, 1, box[1]), (0, -1, box[2]), (1, -1, box[3])):
        kept = list(_half(kept, axis, sign, bound))
    return kept


def _half(ring: Sequence[Point], axis: int, sign: int, bound: float) -> Iterator[Point]:
    """The part of a ring on one side of a line."""
    for k, point in enumerate(ring):
        before = ring[k - 1]
        inside, was = (sign * (one[axis] - bound) >= 0 for one in (point, before))
        if inside != was:
            share = (bound - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
            yield (bound, other) if axis == 0 else (other, bound)
        if inside:
            yield point


def _arc(steps: Sequence[Sequence[int]], transform: dict[str, Any]) -> list[Point]:
    """The points of an arc, which is kept as whole steps."""
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    xs = accumulate(step[0] for step in steps)
    ys = accumulate(step[1] for step in steps)
    return [(west + wide * x, south + high * y) for x, y in zip(xs, ys, strict=True)]


def _ring(numbers: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """A ring of arcs; a negative number is an arc from its end to its start."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[:-1]
    return points


def _flat(ring: Sequence[Point]) -> list[float]:
    """A ring's numbers, rounded, without points that are then the same as the one before."""
    rounded = [(round(x, _DIGITS), round(y, _DIGITS)) for x, y in ring]
    kept = [one for k, one in enumerate(rounded) if one != rounded[k - 1]]
    return [number for point in kept for number in point]
