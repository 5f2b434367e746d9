"""Outlines of countries: those of the frame, cut to it, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.report.document.displacement import frame
from standoff.report.document.outlines import Point, cut, outlines

BOX = (20.0, 45.0, 40.0, 52.0)


def area(ring: list[Point]) -> float:
    """Twice the area inside a ring, by the shoelace formula."""
    return sum(
        a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    )  # fmt: skip


def test_countries_of_the_frame_are_there_and_inside_it() -> None:
    """Around Ukraine its neighbours are found, others are not, and no point lies outside."""
    found = {one["name"]: one["rings"] for one in outlines(BOX)}
    assert {"Ukraine", "Poland", "Romania", "Moldova", "Hungary", "Slovakia"} <= set(found)
    assert not {"Spain", "China", "Brazil"} & set(found)
    for rings in found.values():
        for ring in rings:
            points = np.reshape(ring, (-1, 2))
            assert (points >= BOX[:2]).all()
            assert (points <= BOX[2:]).all()


def test_a_country_inside_the_frame_is_whole() -> None:
    """Moldova has the extent of the atlas: 26.6 to 30.1 degrees east, 45.5 to 48.5 north (Natural
    Earth 4.1, 1:50 million)."""
    (rings,) = (one["rings"] for one in outlines(BOX) if one["name"] == "Moldova")
    points = np.concatenate([np.reshape(ring, (-1, 2)) for ring in rings])
    np.testing.assert_allclose(points.min(axis=0), [26.62, 45.45], atol=0.05)
    np.testing.assert_allclose(points.max(axis=0), [30.13, 48.48], atol=0.05)


def test_a_ring_around_the_frame_becomes_the_frame() -> None:
    """And one beside it nothing."""
    around: list[Point] = [(0, 0), (60, 0), (60, 80), (0, 80)]
    assert abs(area(cut(around, BOX))) == pytest.approx(2 * 20 * 7)
    beside: list[Point] = [(0, 0), (10, 0), (10, 80), (0, 80)]
    assert cut(beside, BOX) == []
    assert cut([], BOX) == []


@given(
    st.tuples(st.floats(10, 30), st.floats(40, 48)), st.tuples(st.floats(1, 25), st.floats(1, 9))
)
def test_a_rectangle_is_cut_to_what_it_shares_with_the_frame(
    corner: tuple[float, float], size: tuple[float, float]
) -> None:
    """The area is that of the overlap, and the ring turns as before."""
    (x, y), (wide, high) = corner, size
    ring = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
    shared = max(0.0, min(x + wide, BOX[2]) - max(x, BOX[0])) * max(
        0.0, min(y + high, BOX[3]) - max(y, BOX[1])
    )
    assert area(cut(ring, BOX)) == pytest.approx(2 * shared, abs=1e-6)


@pytest.mark.parametrize(
    "points",
    [[(30.0, 50.0)], [(30.0, 0.0), (30.0, 10.0)], [(20.0, 47.0), (40.0, 47.5)]],
)
def test_a_frame_holds_its_points_and_has_a_shape(points: list[Point]) -> None:
    """Whatever the places, the map is neither a strip nor a pole."""
    west, south, east, north = frame(points)
    for x, y in points:
        assert west < x < east
        assert south < y < north
    high = np.diff(np.degrees(np.arcsinh(np.tan(np.radians([south, north])))))[0]
    assert 1.1 - 1e-9 <= (east - west) / high <= 2 + 1e-9
