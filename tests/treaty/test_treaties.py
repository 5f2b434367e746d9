"""The packaged treaties: members, places and references are in order."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.treaty import (
    FACTS,
    Incident,
    Treaty,
    Truth,
    history,
    load,
    load_incident,
    packaged,
    rule,
    truths,
)

TREATIES = {name: load(name) for name in packaged()}
YES, NO, UNCLEAR = Truth.YES, Truth.NO, Truth.UNCLEAR


@pytest.mark.parametrize(
    ("name", "day", "members"),
    [
        ("north-atlantic", date(1949, 8, 24), 12),
        ("north-atlantic", date(1952, 2, 18), 14),
        ("north-atlantic", date(1955, 5, 6), 15),
        ("north-atlantic", date(1982, 5, 30), 16),
        ("north-atlantic", date(1999, 3, 12), 19),
        ("north-atlantic", date(2004, 3, 29), 26),
        ("north-atlantic", date(2009, 4, 1), 28),
        ("north-atlantic", date(2017, 6, 5), 29),
        ("north-atlantic", date(2020, 3, 27), 30),
        ("north-atlantic", date(2023, 4, 4), 31),
        ("north-atlantic", date(2024, 3, 7), 32),
        ("eu-42-7", date(2009, 12, 1), 27),
        ("eu-42-7", date(2013, 7, 1), 28),
        ("eu-42-7", date(2020, 2, 1), 27),
        ("rio", date(1982, 11, 24), 22),
        ("rio", date(2017, 1, 1), 17),
        ("anzus", date(1952, 4, 29), 3),
        ("anzus", date(1986, 8, 11), 2),
    ],
)
def test_how_many_are_bound(name: str, day: date, members: int) -> None:
    """The number of parties after each accession or withdrawal, as the depositaries have it."""
    assert len(TREATIES[name].parties_on(day)) == members
    finding = rule(TREATIES[name], Incident("nothing"), day).findings[0]
    assert finding.members == members


@pytest.mark.parametrize(
    ("name", "clause", "article"),
    [
        ("north-atlantic", "article-5", "nat-1949 article 5"),
        ("eu-42-7", "article-42-7", "teu article 42 (7)"),
        ("rio", "article-3", "rio-1947 articles 3 and 5"),
    ],
)
def test_help_is_self_defence_and_answers_to_the_council(
    name: str, clause: str, article: str
) -> None:
    """All three refer to Article 51 of the Charter: self-defence, reported, for the time being."""
    finding = rule(TREATIES[name], Incident("nothing"), date(2020, 1, 1)).clause(clause)
    for said in (
        "individual or collective self-defence",
        "Article 51 of the Charter",
        "reported to the Security Council at once",
        "when it has done what is needed",
    ):
        assert said in finding.follows
    sources = {f"{one.key} {one.at}" for one in finding.sources}
    assert {article, "charter-1945 article 51"} <= sources


def test_disputed_membership_is_unclear() -> None:
    """Venezuela left in 2015, and its return is disputed; so is New Zealand's case since 1986."""
    rio, anzus = TREATIES["rio"], TREATIES["anzus"]
    found = [rio.membership("Venezuela", date(year, 12, 31)) for year in (2014, 2016, 2020)]
    assert found == [YES, NO, UNCLEAR]
    found = [anzus.membership("New Zealand", date(year, 1, 1)) for year in (1986, 1987)]
    assert found == [YES, UNCLEAR]
    assert rio.membership("Canada", date(2020, 1, 1)) is NO


@pytest.mark.parametrize("treaty", TREATIES.values(), ids=TREATIES)
def test_every_name_finds_its_party_and_place(treaty: Treaty) -> None:
    """Other spellings of a party or a place mean the same one, in any case of letters."""
    for party in treaty.parties:
        for spelling in (party.name, *party.also):
            assert treaty.party(spelling.upper()) == party
    for site in treaty.sites:
        for spelling in (site.name, *site.also):
            assert treaty.site(spelling.lower()) == site


@pytest.mark.parametrize("treaty", TREATIES.values(), ids=TREATIES)
def test_every_reference_is_cited_and_says_how_far_it_was_followed(treaty: Treaty) -> None:
    """No work stands in a bibliography for show; what is cited is in it (the reader checks)."""
    cited = {s.key for c in treaty.clauses for s in c.sources}
    cited |= {s.key for q in treaty.questions for v in q.versions for s in v.sources}
    cited |= {s.key for r in treaty.readings for o in r.options for s in o.sources}
    cited |= {s.key for r in treaty.readings for p in r.prevails for s in p.sources}
    cited |= {s.key for one in treaty.areas for s in one.sources}
    cited |= {s.key for party in treaty.parties for s in party.sources}
    cited |= {s.key for site in treaty.sites for s in site.sources}
    assert {work.key for work in treaty.references} == cited
    assert all(work.checked for work in treaty.references)


@pytest.mark.parametrize("treaty", TREATIES.values(), ids=TREATIES)
def test_every_area_reading_and_question_matters(treaty: Treaty) -> None:
    """Each option of each reading is asked for somewhere, and each area and question is used."""
    text = treaty.document.text
    rules = text[text.index("\nquestions:") :]
    owed = {name for clause in treaty.clauses for name in clause.owed}
    for reading in treaty.readings:
        assert f"{{{reading.name}: " in text or reading.name in owed
    for question in treaty.questions:
        assert rules.count(question.name) > 1
    for area in treaty.areas:
        assert area.name in rules


FACT_VALUES = {
    name: st.none() | st.sampled_from(fact.values)
    for name, fact in FACTS.items()
    if fact.kind != "derived"
}
STATES = st.none() | st.sampled_from(["Ukraine", "Japan", "Switzerland", "India"])
DAYS = st.dates(date(1940, 1, 1), date(2030, 1, 1))


@given(st.fixed_dictionaries(FACT_VALUES), STATES, STATES, st.sampled_from(sorted(TREATIES)), DAYS)
def test_no_promise_is_owed_to_a_stranger(
    facts: dict[str, str | None], target: str | None, seen: str | None, name: str, day: date
) -> None:
    """Whatever the facts, a clause is never met for states that are no party."""
    incident = Incident.of(
        "stranger", place="France", target=target, threat_seen_by=[seen] if seen else [], **facts
    )
    assert YES not in truths(TREATIES[name], incident, day).values()


@given(st.fixed_dictionaries(FACT_VALUES), st.sampled_from(sorted(FACT_VALUES)), st.data())
def test_no_fact_learnt_turns_yes_into_no(
    facts: dict[str, str | None], name: str, data: st.DataObject
) -> None:
    """On every clause of the North Atlantic Treaty an answer that is known stays."""
    rest = {key: value for key, value in facts.items() if key != name}
    value = data.draw(st.sampled_from(FACTS[name].values))
    treaty, day = TREATIES["north-atlantic"], date(2024, 6, 1)
    common = {"place": "Poland", "target": "Poland", "attacker": "Russia"}
    before = truths(treaty, Incident.of("less", **common, **rest), day)
    after = truths(treaty, Incident.of("more", **common, **rest, **{name: value}), day)
    assert all(not truth.known or after[clause] is truth for clause, truth in before.items())


def test_rio_in_1982_turns_on_who_attacked_first() -> None:
    """Argentina called the landing an attack, Britain self-defence: Article 3 stays open."""
    finding = rule(TREATIES["rio"], load_incident("south-atlantic-1982")).clause("article-3")
    assert finding.truth is UNCLEAR
    assert {one.when for one in finding.settles} == {
        (("self_defence", ("no",)),),
        (("self_defence", ("yes",)),),
    }


def test_rio_in_1962_was_consultation_without_attack() -> None:
    """Missiles in Cuba: Article 6 was applied on 23 October 1962, and there was no armed attack."""
    ruling = rule(TREATIES["rio"], load_incident("cuba-1962"))
    assert (ruling.clause("article-3").truth, ruling.clause("article-6").truth) == (NO, YES)


def test_a_state_by_another_name_is_the_same() -> None:
    """Turkey and Türkiye, UK and United Kingdom: spelling changes no answer."""
    treaty = TREATIES["north-atlantic"]
    for one, other in (("Türkiye", "Turkey"), ("United Kingdom", "UK")):
        found = [
            truths(treaty, Incident.of("x", place=n, target=n, threat_seen_by=n), date(2020, 1, 1))
            for n in (one, other)
        ]
        assert found[0] == found[1]
        assert found[0]["article-4"] is YES


@given(st.fixed_dictionaries(FACT_VALUES), DAYS)
def test_a_lower_threshold_takes_nothing_away(facts: dict[str, str | None], day: date) -> None:
    """Each amendment that widens Article 5 leaves met what was met, and so for 42 (7)."""
    incident = Incident.of("any", place="France", target="France", attacker="Russia", **facts)
    for name, widening in (
        ("north-atlantic", ["lower-threshold", "count-cumulative", "judge-attribution"]),
        ("eu-42-7", ["lower-threshold"]),
    ):
        before = truths(TREATIES[name], incident, day)
        for amendment in widening:
            after = truths(TREATIES[name], incident, day, {"amendments": amendment})
            assert all(after[clause] is YES for clause, truth in before.items() if truth is YES)


def test_the_treaties_of_2001() -> None:
    """Article 5, ANZUS and the Rio Treaty were all applied to the attacks of September 2001."""
    incident = load_incident("october-2001")
    found = [
        rule(TREATIES[name], incident).clause(clause).truth
        for name, clause in (
            ("north-atlantic", "article-5"),
            ("anzus", "article-4"),
            ("rio", "article-3"),
        )
    ]
    assert found == [YES, YES, YES]


def test_the_union_reaches_where_the_alliance_does_not() -> None:
    """Ceuta and Réunion are Union territory (TFEU 349, 355), and outside Article 6."""
    for place, state in (("Ceuta", "Spain"), ("Réunion", "France")):
        incident = Incident.of(
            "edge", date="2024-06-01", place=place, target=state, target_kind="territory"
        )
        alliance = rule(TREATIES["north-atlantic"], incident).clause("article-6").truth
        tests = rule(TREATIES["eu-42-7"], incident).clause("article-42-7").tests
        union = next(test.truth for test in tests if test.question == "on-its-territory")
        assert (alliance, union) == (NO, YES)


def test_leaving_ends_the_promise() -> None:
    """The United Kingdom was owed aid by the Union until 31 January 2020."""
    incident = Incident.of(
        "leaving",
        place="United Kingdom",
        target="United Kingdom",
        attacker="a state that is no member",
        attacker_kind="state",
        domain="land",
        effects="grave",
        attribution="established",
        intent="deliberate",
        consent=False,
    )
    changes = history(TREATIES["eu-42-7"], incident)
    assert [(c.day, c.truths["article-42-7"]) for c in changes] == [
        (date(2009, 12, 1), YES),
        (date(2020, 2, 1), NO),
    ]


def test_the_stage_is_light() -> None:
    """Using a treaty loads what reads files; importing the stage does not."""
    heavy = ["pydantic", "yaml", "rich", "numpy"]
    code = f"import sys, standoff.treaty; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
