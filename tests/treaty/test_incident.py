"""Incidents made in Python."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from standoff.treaty import Incident


def test_facts_as_python_has_them() -> None:
    """Dates or their text, true and false or yes and no, one name or several."""
    made = Incident.of(
        "raid", date="2024-06-01", hybrid=True, consent="no", threat_seen_by="Poland", dead=3
    )
    assert made == Incident(
        "raid",
        date=date(2024, 6, 1),
        hybrid="yes",
        consent="no",
        threat_seen_by=("Poland",),
        dead=3,
    )
    assert Incident.of("raid", threat_seen_by=["Poland", "Latvia"]).threat_seen_by == (
        "Poland",
        "Latvia",
    )
    assert Incident.of("raid", effects="unclear", intent=None) == Incident("raid")
    assert made.day == date(2024, 6, 1)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"efects": "grave"}, "'efects' is not a fact of an incident; did you mean 'effects'"),
        ({"effects": "grvae"}, "effects is 'grvae'; did you mean 'grave'"),
        ({"domain": True}, "domain is 'True'"),
        ({"date": "yesterday"}, "date is 'yesterday'; expected a date, as 2022-03-15"),
        ({"dead": "three"}, "dead is 'three'; expected a whole number from 0 on"),
        ({"dead": -1}, "dead is '-1'; expected a whole number from 0 on"),
        ({"threat_seen_by": 3}, "expected names of states"),
    ],
)
def test_what_cannot_be(facts: dict[str, Any], said: str) -> None:
    """A fact or value that there is not is refused with the nearest that there is."""
    with pytest.raises(ValueError, match=said):
        Incident.of("raid", **facts)
