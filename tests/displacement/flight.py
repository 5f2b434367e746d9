"""A small crisis that drives the packaged instance, for tests."""

CRISIS = """\
standoff: 1
name: small-flight
title: A siege, and who flees from it
time: {period: fortnight, periods: 6, start: 2022-03-15}
parameters:
  flight: {value: 1, range: [0.5, 2]}
  stay: {value: 0.4, range: [0.2, 0.6]}
variables:
  war: {ladder: [ceasefire, front, siege], start: front}
order: [red, blue]
actors:
  red:
    rationality: 1
    payoff: level(war)
    actions:
      wait: {}
      escalate: {when: war < siege, set: {war: war + 1}, cost: 1.5}
  blue:
    rationality: 1
    payoff: -3 * level(war)
    actions:
      wait: {}
      press: {when: war > ceasefire, set: {war: war - 1}, cost: 2}
doctrines:
  blue:
    protect: {must: press, when: war == siege}
    late: {must: press, when: war == siege, from: 4}
outcomes:
  uprooted: {each period: flight * level(war), unit: million people, better: lower}
displacement:
  instance: ukraine-2022-small
  people: uprooted
  per: 1000000
  days: 14
  settings: {staying: stay, distance decay: flight, return rate: 0.005, pull Poland: 0.5}
  places: {Mariupol: "1 + 2 * (war == siege)", Kharkiv: 0.5}
  doctrines: {protect: protected-corridor, late: {brings: protected-corridor, from: 4}}
  counts:
    fled abroad: {in: abroad, better: lower}
    in Poland: {in: Poland}
    by then in Medyka and Siret: {in: [Medyka, Siret], after: 3}
    at home: {in: at home}
    gone back: {in: returned}
    in Mariupol: {in: Mariupol}
claims:
  home:
    says: Protection keeps people at home.
    holds: fled_abroad[protect] < 0.99 * fled_abroad
"""
