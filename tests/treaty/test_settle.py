"""What would settle a question is computed, and settles it."""

from __future__ import annotations

from hypothesis import given

from standoff.treaty import (
    AllOf,
    Condition,
    Incident,
    Is,
    Pending,
    Truth,
    load,
    load_incident,
    rule,
)
from standoff.treaty.condition import Known, agreed, settled
from standoff.treaty.settle import pivotal, settling
from treaty.conditions import QUESTIONS, READINGS, completions, conditions, truths, whats_known


@given(conditions(), whats_known())
def test_every_way_settles(condition: Condition, known: Known) -> None:
    """Whichever of its values a fact takes, the answer is the one that is promised."""
    for one in settling(condition, known):
        for pick in (0, -1):
            given_ = known
            for name, values in one.when:
                assert name not in known.facts
                assert name not in known.readings
                given_ = settled(given_, name, values[pick])
            assert agreed(condition, given_) is one.truth


@given(conditions(), whats_known())
def test_there_is_a_way_wherever_facts_can_settle(condition: Condition, known: Known) -> None:
    """An unclear answer has a way to each truth that some completion has; a known one has none."""
    ways = {one.truth for one in settling(condition, known)}
    if agreed(condition, known).known:
        assert ways == set()
    else:
        assert ways == truths(condition, completions(known, facts=True))


@given(conditions(), whats_known())
def test_no_way_contains_another(condition: Condition, known: Known) -> None:
    """Nothing stands in a way that a lesser one makes needless."""
    ways = [(dict(one.when), one.truth) for one in settling(condition, known)]
    for one, truth in ways:
        for other, same in ways:
            if one is not other and truth is same:
                covered = all(n in other and set(other[n]) <= set(v) for n, v in one.items())
                assert not covered


def test_values_that_are_treated_alike_stand_together() -> None:
    """A threshold is one way, not one for each value above it."""
    enough = Is("effects", frozenset({"serious", "grave"}), "at least serious")
    deliberate = Is("intent", frozenset({"deliberate"}), "deliberate")
    known = Known({}, (), {}, QUESTIONS, READINGS)
    yes, no, other = sorted(
        settling(AllOf((enough, deliberate)), known), key=lambda s: s.truth.value, reverse=True
    )
    assert (yes.when, yes.truth) == (
        (("effects", ("serious", "grave")), ("intent", ("deliberate",))),
        Truth.YES,
    )
    assert {no.when, other.when} == {
        (("effects", ("none", "disruption", "damage")),),
        (("intent", ("accident",)),),
    }


def test_what_is_pending_may_come_out_otherwise() -> None:
    """A known suspicion stands among what would settle, since it may yet be borne out."""
    shown = Pending(Is("attribution", frozenset({"established"}), "established"))
    known = Known({"attribution": "suspected"}, (), {}, QUESTIONS, READINGS)
    (way,) = settling(shown, known)
    assert (way.when, way.truth) == ((("attribution", ("established",)),), Truth.YES)
    assert pivotal(shown, known) == ("attribution",)


def test_the_first_night_of_przewodow_turned_on_intent_and_attacker() -> None:
    """With intent and attacker unknown Article 5 was open; each fact alone could refute it."""
    treaty, night = load("north-atlantic"), load_incident("przewodow-first-night")
    finding = rule(treaty, night).clause("article-5")
    assert finding.truth is Truth.UNCLEAR
    refuted = {one.when for one in finding.settles if one.truth is Truth.NO}
    assert (("intent", ("accident",)),) in refuted
    met = next(one for one in finding.settles if one.truth is Truth.YES)
    assert met.when == (
        ("single-strike", ("armed-attack",)),
        ("attacker_kind", ("non-state",)),
        ("intent", ("deliberate",)),
        ("attribution", ("established",)),
    )


def test_an_incident_of_which_nothing_is_known_turns_on_everything() -> None:
    """No fact is ever assumed: every fact that a test asks for is open."""
    finding = rule(load("north-atlantic"), Incident.of("nothing", date="2024-06-01")).clause(
        "article-5"
    )
    assert finding.truth is Truth.UNCLEAR
    open_ = {name for test in finding.tests for name in test.settles}
    assert {
        "target_party",
        "target_kind",
        "area",
        "domain",
        "effects",
        "intent",
        "consent",
    } <= open_
