"""Games that tests of exports share, and random ones in which some choose at the same time."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from oracles.drafts import Document, documents

MATCHING_PENNIES = """
standoff: 1
name: matching-pennies
title: Asymmetric matching pennies, as played by Ochs
time: {period: round, periods: 1}
parameters:
  precision: {value: 1, range: [0, 10], basis: assumed}
variables:
  row: {ladder: [open, up, down], start: open}
  column: {ladder: [open, left, right], start: open}
order: [[first, second]]
actors:
  first:
    rationality: precision
    final: 1.1141 * (row == up and column == left) + 0.2785 * (row == down and column == right)
    actions: {up: {set: {row: up}}, down: {set: {row: down}}}
  second:
    rationality: precision
    final: >-
      1.1141 * (row == up and column == right) + 1.1141 * (row == down and column == left)
    actions: {left: {set: {column: left}}, right: {set: {column: right}}}
outcomes:
  up: {ever: row == up}
  left: {ever: column == left}
"""
"""McKelvey & Palfrey (1995) fit their equilibrium to it; numbers as in Gambit's tutorial."""

TWO_ROUNDS = """
standoff: 1
name: two-rounds
title: Two rounds of choices at the same time, with chance between them
time: {period: round, periods: 2}
parameters:
  precision: {value: 1.5, range: [0, 10], basis: assumed}
variables:
  tension: {levels: 4}
  war: {flag: false}
order: [[red, blue], fate]
ends: war
events:
  fate: [{p: tension / 8, set: {war: true}}]
actors:
  red:
    rationality: precision
    final: tension - 6 * war
    actions:
      wait: {}
      push: {when: tension < 4, cost: 0.3, set: {tension: "min(tension + 1, 4)"}}
  blue:
    rationality: precision
    payoff: -tension / 4
    final: -8 * war
    actions:
      wait: {}
      push: {set: {tension: "min(tension + 1, 4)"}}
      yield: {cost: 1, set: {tension: "max(tension - 1, 0)"}}
outcomes:
  height: {final: tension}
  strain: {each period: tension}
  war: {ever: war}
  first push: {first time: tension >= 1}
"""
"""With costs, accruals, an end by chance, and outcomes of every kind."""


@st.composite
def crises(draw: st.DrawFn, *, periods: int | None = None) -> Document:
    """A random scenario; in half of them two actors choose at the same time."""
    document: dict[str, Any] = draw(documents(periods=periods))
    actors = [name for name in document["order"] if name in document["actors"]]
    pair = list(dict.fromkeys(actors))[:2]
    if len(pair) == 2 and draw(st.booleans()):
        others = [name for name in document["order"] if name not in pair]
        document = document | {"order": [pair, *others]}
    return document
