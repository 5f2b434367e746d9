"""Why a test came out as it did, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from standoff.treaty import Incident, Truth, load, rule

TREATY = load("north-atlantic")
DAY = date(2024, 6, 1)


def why(holds: dict[str, Any], **facts: Any) -> tuple[Truth, str]:
    """The answer to a question of one's own, and the reasons."""
    changed = {"questions": {"scale": holds}}
    ruling = rule(TREATY, Incident.of("case", **facts), DAY, changed)
    (test,) = (t for t in ruling.clause("article-5").tests if t.question == "scale")
    return test.truth, "; ".join(test.because)


@pytest.mark.parametrize(
    ("holds", "facts", "truth", "said"),
    [
        ({"effects": "grave"}, {"effects": "grave"}, Truth.YES, "effects: grave"),
        (
            {"effects": {"at least": "serious"}},
            {"effects": "damage"},
            Truth.NO,
            "effects: damage (what counts: at least serious)",
        ),
        (
            {"domain": ["land", "sea"]},
            {},
            Truth.UNCLEAR,
            "in which domain the attack was made is not known (what counts: land or sea)",
        ),
        ({"hybrid": ["yes", "no"]}, {}, Truth.YES, "makes no difference"),
        (
            {"not": {"intent": "accident"}},
            {"intent": "deliberate"},
            Truth.YES,
            "intent: deliberate",
        ),
        (
            {"not": {"intent": "accident"}},
            {"intent": "accident"},
            Truth.NO,
            "intent: accident (what counts: anything but accident)",
        ),
        ({"target party": "yes"}, {"target": "Ukraine"}, Truth.NO, "Ukraine, is no party"),
        ({"target party": "yes"}, {}, Truth.UNCLEAR, "it is not known who the target is"),
        ({"area": "home"}, {"place": "Latvia"}, Truth.YES, "Latvia: the territory of a party"),
        ({"area": "home"}, {"place": "Yavoriv"}, Truth.UNCLEAR, "whose territory Yavoriv is"),
        ({"area": "home"}, {}, Truth.UNCLEAR, "it is not known where it happened"),
        (
            {"area": "treaty-seas"},
            {"place": "Black Sea"},
            Truth.UNCLEAR,
            "Black Sea lies on one reading only in",
        ),
        (
            {"attacker party": "no"},
            {"attacker_kind": "non-state"},
            Truth.YES,
            "the attacker is no state, and so no party",
        ),
        ({"threatened party": "yes"}, {"threat_seen_by": []}, Truth.NO, "no state has said"),
        (
            {"threatened party": "yes"},
            {"threat_seen_by": ["Japan"]},
            Truth.NO,
            "Japan, not bound on 1 June 2024",
        ),
        (
            {"reading": {"threshold": "any-force"}},
            {},
            Truth.NO,
            "threshold is read as gravity: only the gravest forms",
        ),
        (
            {"reading": {"single-strike": "armed-attack"}},
            {},
            Truth.UNCLEAR,
            "states and scholars differ on single-strike",
        ),
    ],
)
def test_a_reason_names_the_fact_and_what_would_count(
    holds: dict[str, Any], facts: dict[str, Any], truth: Truth, said: str
) -> None:
    """Each kind of condition says what was found and what was asked for."""
    answer, reasons = why(holds, **facts)
    assert answer is truth
    assert said in reasons


def test_disputed_and_ended_membership_is_explained() -> None:
    """Who left, who has not yet come and who is disputed, each with the day."""
    rio, anzus = load("rio"), load("anzus")

    def party(treaty: Any, state: str, day: date) -> str:
        tests = rule(treaty, Incident.of("case", target=state), day).findings[-1].tests
        tests += rule(treaty, Incident.of("case", target=state), day).findings[0].tests
        return next("; ".join(test.because) for test in tests if test.question == "party")

    assert "has been no party since 6 September 2004" in party(rio, "Mexico", DAY)
    assert "is a party only from 6 April 1955 on" in party(rio, "Guatemala", date(1950, 1, 1))
    assert "is disputed: it never left" in party(anzus, "New Zealand", DAY)
