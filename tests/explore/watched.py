"""Scenarios in which something is hidden, and small enough to be thought through."""

from __future__ import annotations

WATCHED = """
standoff: 1
name: watched-entry
title: Entrants watch how the incumbent treats those before them
time: {period: market, periods: 3}
parameters:
  fear: {value: 0.3, range: [0.1, 0.6], basis: assumed, why: how many incumbents are tough}
variables:
  entered: {flag: false}
  fought: {flag: false}
order: [entrant, incumbent]
actors:
  entrant:
    rationality: 4
    discount: 0
    payoff: 0.5 * (entered and not fought) - 0.5 * (entered and fought)
    actions:
      stay out: {set: {entered: false, fought: false}}
      enter: {set: {entered: true, fought: false}}
  incumbent:
    types:
      tough: fear
      weak: 1 - fear
    rationality: 4
    payoff: 2 * (not entered) + (fought if tough else (entered and not fought) - fought)
    actions:
      let be: {}
      fight: {when: entered, set: {fought: true}}
doctrines:
  incumbent:
    always-fight: {must: fight, believed: 0.5, binds: weak}
outcomes:
  entries: {each period: entered, unit: markets, better: lower}
  reputation: {final: "100 * belief(incumbent, tough)", unit: of 100, better: higher}
  war: {ever: fought, better: lower}
claims:
  few enter: {says: Fewer than half of the entrants enter., holds: entries < 1.5}
  doctrine helps:
    says: A doctrine of fighting makes the incumbent look tough.
    holds: "belief(incumbent, tough)[always-fight] > belief(incumbent, tough) + 0.05"
  thought tough:
    says: With the doctrine it is thought tough rather than weak.
    holds: "belief(incumbent, tough)[always-fight] > 0.5"
"""
"""Three entrants in turn, each for itself; only the incumbent knows whether it likes to fight
(after Selten 1978; Kreps & Wilson 1982)."""

_REPUTATION = next(line for line in WATCHED.splitlines(True) if "reputation:" in line)

UNTYPED = (
    WATCHED[: WATCHED.index("claims:")]
    .replace(_REPUTATION, "")
    .replace("    types:\n      tough: fear\n      weak: 1 - fear\n", "")
    .replace("(fought if tough else (entered and not fought) - fought)", "(entered and not fought)")
    .replace("believed: 0.5, binds: weak", "believed: fear")
    + """claims:
  doctrine deters:
    says: A doctrine of fighting keeps entrants away.
    holds: entries[always-fight] < entries
"""
)
"""The same without types: whether it follows its doctrine is all that it hides."""
