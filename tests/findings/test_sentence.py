"""Numbers and reasons in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.findings import Change, Factor
from standoff.findings.sentence import conditions, crowd, gloss, quantity, rounded


def change(**changes: object) -> Change:
    given: dict[str, object] = {
        "parameter": "clash", "from_": 0.015, "to": 0.0871, "size": 0.6, "stated": 0.09,
        "unit": "chance per fortnight", "why": "chance that it becomes a war. No estimate exists",
    }  # fmt: skip
    return Change(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.09, "chance per fortnight", "9 % per fortnight"),
        (0.5, "share", "50 %"),
        (4, "points per city", "4 points per city"),
        (1.2, "factor on civilian harm", "1.2"),
        (3, "", "3"),
    ],
)
def test_quantities(value: float, unit: str, words: str) -> None:
    """Chances and shares in per cent, factors bare, everything else with its unit."""
    assert quantity(value, unit) == words


def test_conditions_read_aloud() -> None:
    """A chance, a switch that is a question, and a switch that is not."""
    switch = change(
        parameter="reputation", from_=1.0, to=0.0, stated=0.0, unit="0 no, 1 yes",
        why="do observers learn? Some say so", values=(0.0, 1.0),
    )  # fmt: skip
    places = change(
        parameter="theatres", from_=2.0, to=3.0, stated=3.0, unit="count",
        why="number of places", values=(1.0, 2.0, 3.0, 4.0),
    )  # fmt: skip
    assert conditions([change(), switch, places], onwards=True) == (
        "clash (chance that it becomes a war) is 9 % per fortnight or more, not 1.5 %, the answer "
        "to “do observers learn?” (reputation) is no, not yes and theatres (number of places) is "
        "3, not 2"
    )
    assert conditions([change()], onwards=False) == (
        "clash (chance that it becomes a war) is 9 % per fortnight, not 1.5 %"
    )
    down = change(to=0.004, stated=0.004, why="")
    assert conditions([down], onwards=True) == "clash is 0.4 % per fortnight or less, not 1.5 %"


def test_crowds_are_told_by_their_size() -> None:
    """Many small changes: how many, how large at most (rounded up), and which most."""
    some = [change(parameter=f"p{k}", size=(-1) ** k * 0.0101 * k) for k in range(1, 9)]
    some = [change(parameter=c.parameter, size=c.size, to=0.015 + c.size) for c in some]
    assert crowd(some) == (
        "8 parameters change together, none by more than 8.1 % of its scale; most of all p8 up, "
        "p7 down, p6 up"
    )


def test_glosses_are_first_clauses() -> None:
    """Up to the first stop, question mark kept; long ones are left out."""
    assert gloss("how much worse; a siege is the unit") == "how much worse"
    assert gloss("does it? Yes. No") == "does it?"
    assert gloss("about 1.5 of it") == "about 1.5 of it"
    assert gloss("w" * 200) == ""
    assert gloss("") == ""


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(1, 9))
def test_rounding_is_outward_and_no_farther_than_a_digit(
    value: float, origin: float, digits: int
) -> None:
    """Away from the origin, by less than one in the last digit, and within the range."""
    factor = Factor("x", 0.0, -1e6, 1e6, 1.0)
    found = rounded(value, digits, factor, origin)
    assert -1e6 <= found <= 1e6
    if value > origin:
        assert found >= value - 1e-8 * abs(value)
    elif value < origin:
        assert found <= value + 1e-8 * abs(value)
    assert abs(found - value) <= abs(value) * 10.0 ** (1 - digits) * (1 + 1e-9)


def test_separate_values_and_ends_are_not_rounded_away() -> None:
    """A step stays a step; rounding does not leave the range."""
    steps = Factor("x", 0.0, 0.0, 1.25, 1.0, values=(0.0, 1.25))
    assert rounded(1.25, 1, steps, 0.0) == 1.25
    assert rounded(0.87, 1, Factor("x", 0.2, 0.0, 0.88, 1.0), 0.2) == 0.88
