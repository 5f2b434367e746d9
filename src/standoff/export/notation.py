"""How an extensive form file, `.efg`, writes names, payoffs and chances."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def quoted(text: str) -> str:
    """A name, between quotation marks."""
    return '"' + text.replace("\\", "").replace('"', "'") + '"'


def leaf(number: int, payoffs: Iterable[float]) -> str:
    """An end, and what each player gets there."""
    listed = ", ".join(_decimal(payoff) for payoff in payoffs)
    return f't "" {number} "" {{ {listed} }}'


def choice(player: int, number: int, label: str, actions: Iterable[str]) -> str:
    """A node of an information set; both numbers are from 1."""
    names = " ".join(quoted(action) for action in actions)
    return f'p "" {player} {number} {quoted(label)} {{ {names} }} 0'


def throw(number: int, label: str, branches: Iterable[str], chances: Iterable[Fraction]) -> str:
    """A node of chance; its branches have names and probabilities."""
    pairs = zip(branches, chances, strict=True)
    listed = " ".join(f"{quoted(branch)} {chance}" for branch, chance in pairs)
    return f'c "" {number} {quoted(label)} {{ {listed} }} 0'


def fractions(chances: list[float]) -> list[Fraction]:
    """As they would be written in decimals; the last is what the others leave, so that all add up
    to exactly 1.
    """
    found = [Fraction(repr(chance)) for chance in chances[:-1]]
    return [*found, 1 - sum(found, Fraction(0))]


def _decimal(number: float) -> str:
    """In decimals, without an exponent."""
    return format(Decimal(repr(float(number))), "f")
