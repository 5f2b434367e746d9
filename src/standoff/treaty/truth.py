"""Three-valued truth: met, not met, unclear (Kleene 1952, strong tables)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """What can be said of a condition: YES, NO, or UNCLEAR for want of a fact or of agreement."""

    NO = "no"
    UNCLEAR = "unclear"
    YES = "yes"

    @property
    def known(self) -> bool:
        """Whether it is YES or NO."""
        return self is not Truth.UNCLEAR

    @property
    def answer(self) -> str:
        """As a ruling says it: met, not met, unclear."""
        return {"yes": "met", "no": "not met", "unclear": "unclear"}[self.value]


def negation(truth: Truth) -> Truth:
    """NO for YES, YES for NO, and UNCLEAR for UNCLEAR."""
    return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(truth, Truth.UNCLEAR)


def conjunction(truths: Iterable[Truth]) -> Truth:
    """NO where any is NO, YES where all are YES (and where there are none), else UNCLEAR."""
    found = set(truths)
    if Truth.NO in found:
        return Truth.NO
    return Truth.UNCLEAR if Truth.UNCLEAR in found else Truth.YES


def disjunction(truths: Iterable[Truth]) -> Truth:
    """YES where any is YES, NO where all are NO (and where there are none), else UNCLEAR."""
    found = set(truths)
    if Truth.YES in found:
        return Truth.YES
    return Truth.UNCLEAR if Truth.UNCLEAR in found else Truth.NO
