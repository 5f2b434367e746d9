"""Conditions: what is learnt never contradicts what was said; readings are looked at together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from standoff.treaty import FACTS, AllOf, AnyOf, Condition, Is, Not, Pending, Reads, Truth
from standoff.treaty.condition import Known, Lying, agreed, deciding, holds, settled
from standoff.treaty.settle import settling
from treaty.conditions import (
    QUESTIONS,
    READINGS,
    USED,
    completions,
    conditions,
    truths,
    whats_known,
)


def knowing(**facts: str) -> Known:
    return Known(facts, (), {}, QUESTIONS, READINGS)


@given(conditions(pending=True), whats_known(), st.sampled_from(USED), st.data())
def test_learning_a_fact_never_turns_yes_into_no(
    condition: Condition, known: Known, name: str, data: st.DataObject
) -> None:
    """Kleene's tables are monotone: an answer that is known stays, whatever is learnt."""
    if name in known.facts:
        return
    more = settled(known, name, data.draw(st.sampled_from(FACTS[name].values)))
    for answer in (holds, agreed):
        before = answer(condition, known)
        assert not before.known or answer(condition, more) is before


@given(conditions(), whats_known())
def test_a_known_answer_is_that_of_every_completion(condition: Condition, known: Known) -> None:
    """What is YES or NO is so however the open facts and readings come out."""
    answer = agreed(condition, known)
    if answer.known:
        assert truths(condition, completions(known, facts=True)) == {answer}


@given(conditions(pending=True), whats_known())
def test_readings_are_looked_at_together(condition: Condition, known: Known) -> None:
    """An answer is known exactly where every reading gives it (van Fraassen 1966)."""
    every = truths(condition, completions(known, facts=False))
    answer = agreed(condition, known)
    assert answer is (every.pop() if len(every) == 1 else Truth.UNCLEAR)


def test_two_readings_with_one_answer_give_it() -> None:
    """Where both sides of a dispute come to the same, the dispute does not matter."""
    grave = Is("effects", frozenset({"grave"}), "grave")
    both = AnyOf(
        (AllOf((Reads("strict", "narrow"), grave)), AllOf((Reads("strict", "wide"), grave)))
    )
    assert holds(both, knowing(effects="grave")) is Truth.UNCLEAR
    assert agreed(both, knowing(effects="grave")) is Truth.YES
    assert agreed(both, knowing()) is Truth.UNCLEAR


def test_a_fact_that_may_have_any_value_need_not_be_known() -> None:
    """Nothing is open where every value would do."""
    whatever = Is("hybrid", frozenset({"yes", "no"}), "yes or no")
    assert holds(whatever, knowing()) is Truth.YES


def test_what_is_pending_never_fails() -> None:
    """What is not shown yet is unclear, and not refuted."""
    shown = Pending(Is("attribution", frozenset({"established"}), "established"))
    assert holds(shown, knowing(attribution="none")) is Truth.UNCLEAR
    assert holds(shown, knowing()) is Truth.UNCLEAR
    assert holds(shown, knowing(attribution="established")) is Truth.YES


@given(conditions(), whats_known())
def test_order_does_not_matter(condition: Condition, known: Known) -> None:
    """The parts of a condition, and the facts, may stand in any order."""
    turned = Known(
        dict(reversed(list(known.facts.items()))), known.lies, known.readings, QUESTIONS, READINGS
    )
    assert agreed(mirrored(condition), turned) is agreed(condition, known)


def mirrored(condition: Condition) -> Condition:
    match condition:
        case AllOf(parts):
            return AllOf(tuple(mirrored(part) for part in reversed(parts)))
        case AnyOf(parts):
            return AnyOf(tuple(mirrored(part) for part in reversed(parts)))
        case Not(part):
            return Not(mirrored(part))
        case _:
            return condition


def test_only_what_decides_is_told() -> None:
    """Of a conjunction that fails, the parts that fail; of alternatives, the nearest."""
    deliberate = Is("intent", frozenset({"deliberate"}), "deliberate")
    at_sea = Is("domain", frozenset({"sea"}), "sea")
    grave = Is("effects", frozenset({"grave"}), "grave")
    known = knowing(intent="accident", domain="sea", effects="none")
    assert deciding(AllOf((deliberate, at_sea)), known) == (deliberate,)
    assert deciding(AnyOf((AllOf((deliberate, grave)), grave)), known) == (grave,)
    assert deciding(Not(AllOf((deliberate, Not(grave)))), known) == (Not(deliberate),)


def test_elsewhere_is_where_no_area_is() -> None:
    """`area: elsewhere` holds where the place lies in none, and turns on a reading if that does."""
    outside = Is("area", frozenset({"elsewhere"}), "elsewhere")
    anywhere = Is("area", frozenset({"elsewhere", "land"}), "elsewhere or land")
    disputed = Lying("land", "strict", "wide")
    for lies, found, either in (
        ((), Truth.YES, Truth.YES),
        ((Lying("land"),), Truth.NO, Truth.YES),
        ((Lying("sea"),), Truth.NO, Truth.NO),
        ((disputed,), Truth.UNCLEAR, Truth.YES),
    ):
        known = Known({}, lies, {}, QUESTIONS, READINGS)
        assert (agreed(outside, known), agreed(anywhere, known)) == (found, either)
    settled = settling(outside, Known({}, (disputed,), {}, QUESTIONS, READINGS))
    assert {(one.truth, one.when) for one in settled} == {
        (Truth.YES, (("strict", ("narrow",)),)),
        (Truth.NO, (("strict", ("wide",)),)),
    }
