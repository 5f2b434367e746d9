"""Three-valued truth follows Kleene's strong tables (Kleene 1952, section 64)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.treaty import Truth, conjunction, disjunction, negation

YES, NO, UNCLEAR = Truth.YES, Truth.NO, Truth.UNCLEAR
TRUTHS = st.sampled_from(list(Truth))


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, UNCLEAR, UNCLEAR, YES),
        (YES, NO, NO, YES),
        (UNCLEAR, UNCLEAR, UNCLEAR, UNCLEAR),
        (UNCLEAR, NO, NO, UNCLEAR),
        (NO, NO, NO, NO),
    ],
)
def test_the_tables(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    """Conjunction and disjunction are those of Kleene, in either order."""
    assert conjunction([one, other]) is conjunction([other, one]) is both
    assert disjunction([one, other]) is disjunction([other, one]) is either


def test_negation_and_nothing() -> None:
    """Negation swaps YES and NO; all of nothing holds, and any of nothing fails."""
    assert [negation(truth) for truth in (YES, NO, UNCLEAR)] == [NO, YES, UNCLEAR]
    assert conjunction([]) is YES
    assert disjunction([]) is NO


@given(st.lists(TRUTHS, max_size=5))
def test_de_morgan(truths: list[Truth]) -> None:
    """Not all is any not, and not any is all not."""
    denied = [negation(truth) for truth in truths]
    assert negation(conjunction(truths)) is disjunction(denied)
    assert negation(disjunction(truths)) is conjunction(denied)


def test_what_is_known() -> None:
    """Only YES and NO are known, and a ruling has a word for each."""
    assert [truth.known for truth in (YES, NO, UNCLEAR)] == [True, True, False]
    assert [truth.answer for truth in (YES, NO, UNCLEAR)] == ["met", "not met", "unclear"]
