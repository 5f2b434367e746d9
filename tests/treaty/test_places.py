"""Where an incident lies: islands, coasts, occupied zones, seas, and names that are misspelled.

Article 6 as of 1949, and as the protocol of 22 October 1951 has it from the day on which Türkiye
deposited its accession (18 February 1952).
"""

from __future__ import annotations

from typing import Any

import pytest

from standoff.treaty import Incident, Ruling, Truth, load, rule

TREATIES = {name: load(name) for name in ("north-atlantic", "eu-42-7", "rio", "anzus")}
YES, NO, UNCLEAR = Truth.YES, Truth.NO, Truth.UNCLEAR
GRAVE = {
    "attacker": "nobody's ally",
    "attacker_kind": "state",
    "domain": "land",
    "hybrid": "no",
    "effects": "grave",
    "series": "no",
    "attribution": "established",
    "intent": "deliberate",
    "consent": "no",
    "self_defence": "no",
}


def _ruled(
    day: str,
    place: str,
    territory: str | None,
    target: str,
    kind: str,
    treaty: str = "north-atlantic",
    **facts: Any,
) -> Ruling:
    told: dict[str, Any] = {**GRAVE, "date": day, "place": place, "territory": territory, **facts}
    return rule(TREATIES[treaty], Incident.of("attack", target=target, target_kind=kind, **told))


@pytest.mark.parametrize(
    ("day", "place", "territory", "target", "kind", "truth"),
    [
        # forces in zones that were occupied in 1949
        ("1950-06-01", "Frankfurt", "Germany", "United States", "forces", YES),
        ("1950-06-01", "Frankfurt", "Germany", "Germany", "territory", NO),
        ("1950-06-01", "Vienna", "Austria", "United Kingdom", "forces", YES),
        ("1950-06-01", "Trieste", "none", "United Kingdom", "forces", YES),
        ("1955-05-06", "Frankfurt", "Germany", "Germany", "territory", YES),
        ("1985-06-01", "East Germany", "East Germany", "Germany", "territory", NO),
        ("1990-10-03", "East Germany", "Germany", "Germany", "territory", YES),
        ("2024-06-01", "Austria", "Austria", "Austria", "territory", NO),
        # what is no party's territory in Europe or North America
        ("2024-06-01", "Pearl Harbor", "United States", "United States", "forces", NO),
        ("2024-06-01", "Midway", "United States", "United States", "forces", NO),
        ("2024-06-01", "U.S. Virgin Islands", "United States", "United States", "people", NO),
        ("2024-06-01", "Aruba", "Netherlands", "Netherlands", "territory", NO),
        ("2024-06-01", "Mayotte", "France", "France", "territory", NO),
        ("2024-06-01", "New Caledonia", "France", "France", "territory", NO),
        ("1954-03-13", "Dien Bien Phu", "France", "France", "forces", NO),
        ("1961-03-15", "Angola", "Portugal", "Portugal", "territory", NO),
        ("2002-07-11", "Perejil", "Spain", "Spain", "territory", NO),
        ("2024-06-01", "Akrotiri", "United Kingdom", "United Kingdom", "forces", UNCLEAR),
        # what is, or is an island in the North Atlantic
        ("1961-06-25", "Algiers", "France", "France", "people", YES),
        ("1962-07-03", "Algiers", None, "France", "forces", NO),
        ("2024-06-01", "Svalbard", "Norway", "Norway", "territory", YES),
        ("2024-06-01", "Saint Pierre and Miquelon", "France", "France", "territory", YES),
        ("2024-06-01", "Gibraltar", "United Kingdom", "United Kingdom", "territory", YES),
        ("2024-06-01", "Turkiye", "Turkiye", "Turkiye", "people", YES),
        # seas by other names
        ("1952-02-17", "Aegean Sea", "none", "Italy", "vessel", NO),
        ("1952-02-18", "Aegean Sea", "none", "Italy", "vessel", YES),
        ("2024-06-01", "English Channel", "none", "Belgium", "vessel", YES),
        ("2024-06-01", "Barents Sea", "none", "Norway", "vessel", UNCLEAR),
        ("1987-05-17", "Persian Gulf", "none", "United States", "vessel", NO),
    ],
)
def test_article_6(
    day: str, place: str, territory: str | None, target: str, kind: str, truth: Truth
) -> None:
    """Grave attacks on forces and territories all over the world come out by Article 6."""
    ruling = _ruled(day, place, territory, target, kind)
    assert ruling.clause("article-6").truth is truth
    assert ruling.clause("article-5").truth is truth


def test_coastal_waters_are_territory() -> None:
    """A cable is protected in Finland's own waters; outside them it depends on two readings."""
    at_sea = _ruled("2024-12-25", "Baltic Sea", "none", "Finland", "infrastructure")
    in_waters = _ruled("2024-12-25", "Baltic Sea", "Finland", "Finland", "infrastructure")
    assert at_sea.clause("article-6").truth is UNCLEAR
    assert in_waters.clause("article-6").truth is YES
    said = [reason for test in in_waters.clause("article-6").tests for reason in test.because]
    assert any("waters of Finland" in reason for reason in said)
    russian = _ruled("2024-12-25", "Baltic Sea", "Russia", "Finland", "vessel")
    assert russian.clause("article-6").truth is NO


def test_a_part_of_a_listed_state_lies_as_that_does() -> None:
    """Istanbul lies in what Article 6 says of Türkiye, not in Europe or North America at large."""
    (covered,) = (
        test
        for test in _ruled("2024-06-01", "Istanbul", "Türkiye", "Türkiye", "people")
        .clause("article-6")
        .tests
        if test.question == "covered"
    )
    assert "Istanbul: the territory of Türkiye, in Asia as in Europe" in " ".join(covered.because)


def test_a_sea_that_is_not_listed_leaves_open_where_it_lies() -> None:
    """It may be part of a sea that is named; territory it cannot be, and the settling knows it."""
    finding = _ruled("2024-06-01", "Sea of Nowhere", "none", "Italy", "vessel").clause("article-6")
    assert finding.truth is UNCLEAR
    assert {(one.truth, one.when) for one in finding.settles} == {
        (YES, (("area", ("treaty-seas",)),)),
        (NO, (("area", ("elsewhere", "space")),)),
    }
    on_land = _ruled("2024-06-01", "Sea of Nowhere", "none", "Italy", "people")
    assert on_land.clause("article-6").truth is NO
    of_the_union = _ruled("2024-06-01", "Sea of Nowhere", "none", "Italy", "vessel", "eu-42-7")
    assert of_the_union.clause("article-42-7").truth is NO


@pytest.mark.parametrize(
    ("place", "territory", "target", "said"),
    [
        ("Polnad", "Polnad", "Polnad", "the target, Polnad, is no party; nearest is Poland"),
        ("Blatic Sea", "none", "Poland", "where Blatic Sea lies; nearest is Baltic Sea"),
        (
            "Flakland Islands",
            "United Kingdom",
            "United Kingdom",
            "taken as territory of United Kingdom; the treaty file does not list it; nearest is "
            "Falkland Islands",
        ),
    ],
)
def test_a_misspelled_name_is_never_silent(
    place: str, territory: str, target: str, said: str
) -> None:
    """Where the answer rests on a name that the treaty has not, the reason says so."""
    tests = _ruled("2024-06-01", place, territory, target, "vessel").clause("article-6").tests
    assert said in " ".join(reason for test in tests for reason in test.because)


def test_who_sees_a_threat_may_be_misspelled() -> None:
    """The answer is no, as nobody bound has said so; the reason names who may be meant."""
    seen = _ruled("2024-06-01", "Poland", None, "Poland", "people", threat_seen_by=["Polnad"])
    finding = seen.clause("article-4")
    assert finding.truth is NO
    assert "nearest is Poland" in finding.tests[0].because[0]


@pytest.mark.parametrize(
    ("treaty", "day", "place", "territory", "target", "truth"),
    [
        ("eu-42-7", "2013-06-01", "Mayotte", "France", "France", UNCLEAR),
        ("eu-42-7", "2014-01-01", "Mayotte", "France", "France", YES),
        ("eu-42-7", "2019-06-01", "Akrotiri", "United Kingdom", "United Kingdom", NO),
        ("eu-42-7", "2024-06-01", "Baltic Sea", "Finland", "Finland", YES),
        ("rio", "2018-06-01", "Caracas", "Venezuela", "Colombia", YES),
        ("rio", "2018-06-01", "Belize", "Belize", "Guatemala", YES),
        ("rio", "2018-06-01", "Paris", "France", "Colombia", NO),
        ("anzus", "2018-06-01", "Christmas Island", "Australia", "Australia", NO),
        ("anzus", "2018-06-01", "Darwin", "Australia", "Australia", YES),
        ("anzus", "2018-06-01", "Puerto Rico", "United States", "United States", NO),
    ],
)
def test_other_treaties(
    treaty: str, day: str, place: str, territory: str, target: str, truth: Truth
) -> None:
    """Treaty on the Functioning, articles 349 and 355; Rio, article 3 (3); ANZUS, article V."""
    ruling = _ruled(day, place, territory, target, "territory", treaty)
    clause = {"eu-42-7": "article-42-7", "rio": "article-3", "anzus": "article-4"}[treaty]
    assert ruling.clause(clause).truth is truth


@pytest.mark.parametrize(
    ("treaty", "clause", "target"),
    [("eu-42-7", "article-42-7", "France"), ("rio", "article-3", "Chile"),
     ("anzus", "article-4", "Australia")],
)  # fmt: skip
def test_cumulation_is_disputed_everywhere(treaty: str, clause: str, target: str) -> None:
    """Pinpricks may be measured together (ICJ 1986, paragraph 231): no treaty rules it out."""
    pinprick = {"effects": "damage", "series": "yes", "series_effects": "grave"}
    ruling = _ruled("2018-06-01", target, target, target, "territory", treaty, **pinprick)
    assert ruling.clause(clause).truth is UNCLEAR
    assert any(one.reading == "cumulation" for one in ruling.clause(clause).differs) or any(
        name == "cumulation" for one in ruling.clause(clause).settles for name, _ in one.when
    )


@pytest.mark.parametrize(("domain", "truth"), [("cyber", YES), ("space", NO)])
def test_what_anzus_said_of_domains(domain: str, truth: Truth) -> None:
    """The statement of 2011 is of cyberspace, and says nothing of space."""
    ruling = _ruled(
        "2018-06-01", "Australia", "Australia", "Australia", "territory", "anzus", domain=domain
    )
    assert ruling.clause("article-4").truth is truth
