"""Scenario files with hidden types, small enough for trees."""

DETERRENCE = """
standoff: 1
name: perfect-deterrence
title: Unilateral deterrence with types on both sides
time: {period: crisis, periods: 1}
parameters:
  trust: {value: 0.2, range: [0, 1], unit: probability, why: it may be firm, basis: assumed}
  resolve: {value: 0.3, range: [0, 1], unit: probability, why: so may the other, basis: assumed}
  precision: {value: 20, range: [1, 100], unit: per unit of payoff, why: of both, basis: assumed}
variables:
  stage: {ladder: [quiet, challenged, denied, kept, conceded, withdrawn, conflict], start: quiet}
order: [challenger, defender, challenger]
ends: stage >= kept
actors:
  challenger:
    rationality: precision
    types: {hard: resolve, soft: 1 - resolve}
    actions:
      challenge: {when: stage == quiet, set: {stage: challenged}}
      keep: {when: stage == quiet, set: {stage: kept}}
      fight: {when: stage == denied, set: {stage: conflict}}
      withdraw: {when: stage == denied, set: {stage: withdrawn}}
    final: >-
      1 * (stage == conceded) + 0.6 * (stage == kept)
      + (0.3 if hard else -0.3) * (stage == conflict)
  defender:
    rationality: precision
    types: {firm: trust, weak: 1 - trust}
    actions:
      deny: {when: stage == challenged, set: {stage: denied}}
      concede: {when: stage == challenged, set: {stage: conceded}}
    final: >-
      1 * (stage == kept) + 0.8 * (stage == withdrawn) + 0.2 * (stage == conceded)
      + (0.4 if firm else -0.2) * (stage == conflict)
doctrines:
  defender:
    line: {must: deny, binds: firm}
outcomes:
  war: {ever: stage == conflict}
"""
"""The game of `textbook.unilateral_deterrence` (Zagare & Kilgour 2000)."""

LADDER = """
standoff: 1
name: ladder
title: Brinkmanship with private resolve
time: {period: rung, periods: 4}
parameters:
  tough: {value: 0.3, range: [0, 1], unit: probability, why: either may be, basis: assumed}
  precision: {value: 10, range: [1, 100], unit: per unit of payoff, why: of both, basis: assumed}
variables:
  rung: {levels: 4, start: 0}
  move: {ladder: [open, pressing, red quit, blue quit], start: open}
  lost: {flag: false}
order: [red, blue, risk]
ends: lost or move >= red_quit or (rung == 4 and move == open)
events:
  risk:
    - {p: 0.1 * (rung + 1), when: move == pressing, set: {lost: true, move: open}}
    - {p: 0.9 - 0.1 * rung, when: move == pressing, set: {rung: rung + 1, move: open}}
actors:
  red:
    rationality: precision
    types: {red tough: tough, red soft: 1 - tough}
    actions:
      stay: {when: rung == 1 or rung == 3}
      escalate: {when: rung == 0 or rung == 2, set: {move: pressing}}
      quit: {when: rung == 0 or rung == 2, set: {move: red_quit}}
    final: (move == blue_quit) - (0.5 if red_tough else 3) * lost
  blue:
    rationality: precision
    types: {blue tough: tough, blue soft: 1 - tough}
    actions:
      stay: {when: rung == 0 or rung == 2}
      escalate: {when: rung == 1 or rung == 3, set: {move: pressing}}
      quit: {when: rung == 1 or rung == 3, set: {move: blue_quit}}
    final: (move == red_quit or rung == 4 and move == open) - (0.5 if blue_tough else 3) * lost
outcomes:
  disaster: {ever: lost}
"""
"""The game of `textbook.ladder`."""

ADVISER = """
standoff: 1
name: adviser
title: A leader, and an adviser who fears to bring bad news
time: {period: decision, periods: 1}
parameters:
  grimness: {value: 0.5, range: [0, 1], unit: probability, why: how things stand, basis: assumed}
  hunch: {value: 0.5, range: [0, 1], unit: probability, why: the leader's own, basis: assumed}
  fear: {value: 0.8, range: [0, 2], unit: payoff, why: of saying so, basis: assumed}
  chi: {value: 0, range: [0, 1], unit: share, why: how far reports are believed, basis: assumed}
variables:
  report: {ladder: [none, fine, dire], start: none}
  war: {flag: false}
order: [adviser, leader]
actors:
  adviser:
    rationality: 3
    types: {rosy: 1 - grimness, grim: grimness}
    cursedness: chi
    actions:
      say fine: {reveals: rosy, cost: 0.5 if grim else 0, set: {report: fine}}
      say dire: {reveals: grim, cost: fear + (0 if grim else 0.5), set: {report: dire}}
  leader:
    rationality: 2
    believes:
      adviser: {rosy: 1 - hunch, grim: hunch}
    actions:
      attack: {set: {war: true}}
      wait: {}
    final: war * (1 - 3 * type(adviser, grim))
outcomes:
  attack: {ever: war}
"""
"""Filtered reports, and how they are read."""

PROMISE = """
standoff: 1
name: promise
title: A protector whose promise is half believed
time: {period: year, periods: 2}
parameters:
  trust: {value: 0.4, range: [0, 1], unit: probability, why: in the promise, basis: assumed}
variables:
  ground: {ladder: [quiet, guarded, bare], start: quiet}
  lost: {levels: 2, start: 0}
order: [protector, raider]
actors:
  protector:
    rationality: 1
    discount: 0.9
    actions:
      guard: {cost: 0.6, set: {ground: guarded}}
      leave: {set: {ground: bare}}
    payoff: -1 * lost
  raider:
    rationality: 2
    discount: 0.5
    actions:
      raid: {when: lost < 2, cost: 1.5 if ground == guarded else 0, set: {lost: lost + 1}}
      rest: {}
    final: 2 * lost
doctrines:
  protector:
    promise: {must: guard, believed: trust}
    secret: {must: guard, announced: false}
    open: {must: guard}
outcomes:
  lost: {final: lost}
"""
"""A commitment that may not be one."""
