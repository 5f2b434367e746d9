"""What the North Atlantic Treaty says of real cases, beside what was decided then.

Facts and their sources stand in the incident files. A clause that is met was not always invoked,
and one that was invoked must be met or open.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from standoff.treaty import Truth, incidents, load, load_incident, rule

YES, NO, UNCLEAR = Truth.YES, Truth.NO, Truth.UNCLEAR
TREATY = load("north-atlantic")
ARTICLE_4 = Path("/work/shared/evidence/nato_hybrid/nato_article4.csv")

INVOKED_4 = {
    "turkiye-2003": "Türkiye",
    "turkiye-june-2012": "Türkiye",
    "turkiye-october-2012": "Türkiye",
    "poland-2014": "Poland",
    "turkiye-2015": "Türkiye",
    "idlib-2020": "Türkiye",
    "ukraine-invasion-2022": "Estonia",
    "poland-drones-2025": "Poland",
    "estonia-jets-2025": "Estonia",
}
"""The nine consultations under Article 4 that are counted to the end of 2025, and who asked."""

FOUND = {
    # incident: Article 4, Article 5, Article 6
    "september-2001": (YES, UNCLEAR, YES),
    "october-2001": (YES, YES, YES),
    "turkiye-2003": (YES, NO, YES),
    "turkiye-june-2012": (YES, UNCLEAR, YES),
    "turkiye-october-2012": (YES, UNCLEAR, YES),
    "poland-2014": (YES, NO, NO),
    "turkiye-2015": (YES, UNCLEAR, YES),
    "idlib-2020": (YES, NO, NO),
    "ukraine-invasion-2022": (YES, NO, NO),
    "poland-drones-2025": (YES, NO, YES),
    "estonia-jets-2025": (YES, NO, YES),
    "estonia-2007": (YES, NO, YES),
    "salisbury-2018": (YES, UNCLEAR, YES),
    "notpetya-2017": (UNCLEAR, NO, YES),
    "albania-2022": (UNCLEAR, NO, YES),
    "yavoriv-2022": (UNCLEAR, NO, NO),
    "przewodow-first-night": (UNCLEAR, UNCLEAR, YES),
    "przewodow-2022": (NO, NO, YES),
    "nord-stream-2022": (UNCLEAR, UNCLEAR, UNCLEAR),
    "balticconnector-2023": (UNCLEAR, UNCLEAR, UNCLEAR),
    "estlink-2024": (UNCLEAR, NO, UNCLEAR),
    "vrbetice-2014": (UNCLEAR, UNCLEAR, YES),
    "warsaw-fire-2024": (UNCLEAR, UNCLEAR, YES),
    "parcel-fires-2024": (UNCLEAR, NO, YES),
    "viasat-2022": (UNCLEAR, NO, YES),
    "paris-2015": (YES, YES, YES),
    "cuba-1962": (YES, NO, NO),
    "falklands-1982": (YES, NO, NO),
    "south-atlantic-1982": (NO, NO, NO),
    "algeria-1954": (UNCLEAR, UNCLEAR, YES),
    "goa-1961": (YES, NO, NO),
    "liberty-1967": (NO, UNCLEAR, YES),
    "nairobi-1998": (UNCLEAR, NO, NO),
    "red-sea-2024": (UNCLEAR, NO, NO),
    "hawaii": (UNCLEAR, NO, NO),
    "ceuta": (UNCLEAR, NO, NO),
    "canary-islands": (UNCLEAR, YES, YES),
    "west-berlin": (UNCLEAR, YES, YES),
    "vessel-mediterranean": (UNCLEAR, YES, YES),
    "vessel-indian-ocean": (UNCLEAR, NO, NO),
    "vessel-black-sea": (UNCLEAR, UNCLEAR, UNCLEAR),
    "satellite": (UNCLEAR, YES, YES),
    "cumulative-cyber": (UNCLEAR, YES, YES),
    "cumulative-sabotage": (UNCLEAR, UNCLEAR, YES),
}


@pytest.mark.parametrize("name", incidents())
def test_every_packaged_case(name: str) -> None:
    """Each clause comes out as it was found when the case was read through."""
    ruling = rule(TREATY, load_incident(name))
    assert tuple(finding.truth for finding in ruling.findings) == FOUND[name]


def test_article_5_was_invoked_once_and_was_met() -> None:
    """In 2001: open on 12 September, met on 2 October (statements of the Council)."""
    before = rule(TREATY, load_incident("september-2001")).clause("article-5")
    after = rule(TREATY, load_incident("october-2001")).clause("article-5")
    assert (before.truth, after.truth) == (UNCLEAR, YES)
    opened = {test.question for test in before.tests if test.truth is UNCLEAR}
    assert opened == {"from-outside", "attributed"}
    assert (after.decides.by, after.members, after.needed) == ("consensus", 19, 19)
    needed = [one.when for one in before.settles if one.truth is YES]
    assert all(("from_abroad", ("yes",)) in when for when in needed)


@pytest.mark.parametrize(("name", "state"), INVOKED_4.items())
def test_article_4_is_met_where_it_was_invoked(name: str, state: str) -> None:
    """And it is not once nobody holds himself threatened; Article 5 was met in none of them."""
    incident = load_incident(name)
    ruling = rule(TREATY, incident)
    assert state in (incident.threat_seen_by or ())
    assert ruling.clause("article-4").truth is YES
    assert ruling.clause("article-5").truth is not YES
    silent = replace(incident, threat_seen_by=())
    assert rule(TREATY, silent).clause("article-4").truth is NO


@pytest.mark.skipif(not ARTICLE_4.exists(), reason="the evidence is not on this machine")
def test_all_consultations_in_the_evidence_are_packaged() -> None:
    """The list of consultations (NATO, 2023; Council, 2025) has nine rows: each has its file."""
    with ARTICLE_4.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    cases = [load_incident(name) for name in INVOKED_4]
    assert len(rows) == len(cases)
    for row, case in zip(rows, cases, strict=True):
        day = case.day
        assert day is not None
        assert row["request_or_meeting_date"][:7] == day.isoformat()[:7]
        asked = row["requester"]
        assert asked in (case.threat_seen_by or ()) or "eastern allies" in asked


@pytest.mark.parametrize(
    ("name", "question", "reason"),
    [
        ("poland-2014", "party", "Ukraine"),
        ("yavoriv-2022", "party", "Ukraine"),
        ("idlib-2020", "covered", "Idlib lies in no area"),
        ("nairobi-1998", "covered", "Nairobi lies in no area"),
        ("falklands-1982", "covered", "south of the Tropic of Cancer"),
        ("hawaii", "covered", "not in North America"),
        ("ceuta", "covered", "in Africa"),
        ("goa-1961", "covered", "in Asia"),
        ("vessel-indian-ocean", "covered", "not named"),
        ("estonia-2007", "scale", "effects: disruption"),
        ("estonia-jets-2025", "scale", "effects: none"),
        ("poland-drones-2025", "scale", "effects: disruption"),
        ("przewodow-2022", "meant", "intent: accident"),
        ("viasat-2022", "scale", "effects: disruption"),
        ("parcel-fires-2024", "scale", "effects: damage"),
    ],
)
def test_why_article_5_is_not_met(name: str, question: str, reason: str) -> None:
    """The test that fails is the one that commentators name, and it says why."""
    finding = rule(TREATY, load_incident(name)).clause("article-5")
    assert finding.truth is NO
    (test,) = (test for test in finding.tests if test.question == question)
    assert test.truth is NO
    assert reason in " ".join(test.because)
    assert test.sources


def test_islands_north_of_the_tropic_only() -> None:
    """Article 6 (1): the Canary Islands are in, Ceuta, Hawaii and the Falkland Islands out."""
    names = ("canary-islands", "ceuta", "hawaii", "falklands-1982")
    found = [rule(TREATY, load_incident(name)).clause("article-6").truth for name in names]
    assert found == [YES, NO, NO, NO]


def test_algeria_was_covered_until_independence() -> None:
    """Article 6 named its departments; lapsed on 3 July 1962 (Council, 16 January 1963)."""
    incident = load_incident("algeria-1954")
    for day, truth in ((date(1955, 1, 1), YES), (date(1962, 7, 2), YES), (date(1962, 7, 3), NO)):
        assert rule(TREATY, incident, day).clause("article-6").truth is truth


def test_a_vessel_counts_in_the_mediterranean_since_1952() -> None:
    """The original text named the North Atlantic only; the protocol of 1951 added it."""
    incident = load_incident("vessel-mediterranean")
    before = rule(TREATY, incident, date(1951, 12, 31)).clause("article-6").truth
    assert (before, rule(TREATY, incident, date(1953, 1, 1)).clause("article-6").truth) == (NO, YES)


def test_nord_stream_turns_on_who_whose_and_where() -> None:
    """No attacker, no certain target, infrastructure at sea: three ways in which it stays open."""
    finding = rule(TREATY, load_incident("nord-stream-2022")).clause("article-5")
    opened = {test.question for test in finding.tests if test.truth is UNCLEAR}
    assert {"party", "covered", "from-outside", "attributed"} <= opened
    assert {"protected-objects", "adjoining-seas"} <= {one.reading for one in finding.differs}


def test_notpetya_would_be_open_with_a_lower_threshold() -> None:
    """Where any use of force counts, what is left open is whether allies were meant."""
    finding = rule(TREATY, load_incident("notpetya-2017")).clause("article-5")
    (other,) = finding.differs
    assert (other.reading, other.option, other.truth) == ("threshold", "any-force", UNCLEAR)


def test_paris_met_two_treaties_and_france_chose_one() -> None:
    """A clause that is met need not be invoked: in 2015 France asked under 42 (7) only."""
    incident = load_incident("paris-2015")
    assert rule(TREATY, incident).clause("article-5").truth is YES
    assert rule(load("eu-42-7"), incident).clause("article-42-7").truth is YES
    assert "did not ask for Article 5" in incident.happened


def test_what_happened_is_never_read() -> None:
    """The record of what was decided then has no influence."""
    for name in incidents():
        incident = load_incident(name)
        silent = replace(incident, happened="", uncertain=(), summary="", title="", sources=())
        assert rule(TREATY, silent).findings == rule(TREATY, incident).findings
