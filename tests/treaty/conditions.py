"""Conditions drawn at random over a few facts and readings, for properties."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

from standoff.treaty import FACTS, AllOf, AnyOf, Asks, Condition, Is, Not, Pending, Reads, Truth
from standoff.treaty.condition import Known, holds

READINGS = {"strict": ("narrow", "wide"), "court": ("one", "other", "third")}
USED = ("domain", "effects", "intent", "hybrid")
QUESTIONS: dict[str, Condition] = {
    "severe": AnyOf(
        (
            Is("effects", frozenset({"grave"}), "grave"),
            AllOf((Is("effects", frozenset({"serious"}), "serious"), Reads("strict", "wide"))),
        )
    )
}


@st.composite
def facts_asked(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(USED))
    values = draw(st.sets(st.sampled_from(FACTS[name].values), min_size=1))
    return Is(name, frozenset(values), " or ".join(sorted(values)))


@st.composite
def readings_asked(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(sorted(READINGS)))
    return Reads(name, draw(st.sampled_from(READINGS[name])))


def conditions(*, pending: bool = False) -> st.SearchStrategy[Condition]:
    leaves = st.one_of(facts_asked(), readings_asked(), st.just(Asks("severe")))

    def above(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(below, min_size=1, max_size=3).map(tuple)
        kinds = [several.map(AllOf), several.map(AnyOf), below.map(Not)]
        return st.one_of(*kinds, *([below.map(Pending)] if pending else []))

    return st.recursive(leaves, above, max_leaves=8)


@st.composite
def whats_known(draw: st.DrawFn) -> Known:
    facts = {
        name: draw(st.sampled_from(FACTS[name].values)) for name in USED if draw(st.booleans())
    }
    readings = {
        name: draw(st.sampled_from(options))
        for name, options in READINGS.items()
        if draw(st.booleans())
    }
    return Known(facts, (), readings, QUESTIONS, READINGS)


def completions(known: Known, *, facts: bool) -> list[Known]:
    """All ways to settle the open readings, and the open facts as well if asked."""
    names = [name for name in USED if name not in known.facts] if facts else []
    open_ = [name for name in READINGS if name not in known.readings]
    found = []
    for values in product(*(FACTS[name].values for name in names)):
        for options in product(*(READINGS[name] for name in open_)):
            found.append(
                Known(
                    dict(known.facts) | dict(zip(names, values, strict=True)),
                    known.lies,
                    dict(known.readings) | dict(zip(open_, options, strict=True)),
                    QUESTIONS,
                    READINGS,
                )
            )
    return found


def truths(condition: Condition, among: list[Known]) -> set[Truth]:
    return {holds(condition, known) for known in among}
