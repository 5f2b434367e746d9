"""Settings of the tests of playing out."""

from collections.abc import Iterator

import pytest

from standoff.solver import one_thread


@pytest.fixture(scope="package", autouse=True)
def alone() -> Iterator[None]:
    """Tiny games gain nothing from the solver's threads, and on a busy machine lose by waiting."""
    with one_thread():
        yield


@pytest.fixture(scope="session")
def chicken() -> str:
    """A scenario in which two choose at once, a third then alone, and chance before and after."""
    return CHICKEN


CHICKEN = """
standoff: 1
name: chicken
title: Two drivers and a bystander
time: {period: month, periods: 3, start: 2022-01-31}
parameters:
  nerve: {value: 1.5, range: [0, 4], unit: "1", why: tried, basis: assumed}
  fog: {value: 0.3, range: [0, 1], unit: "1", why: tried, basis: assumed}
variables:
  left: {ladder: [lane, edge, ditch], start: lane}
  right: {ladder: [lane, edge, ditch], start: lane}
  sight: {flag: true}
  called: {levels: 3, start: 0}
order: [weather, [red, blue], green]
ends: left == ditch and right == ditch
events:
  weather:
    - {p: fog, when: sight, set: {sight: false}}
    - {p: 0.5, when: not sight, set: {sight: true}}
actors:
  red:
    rationality: nerve
    discount: 0.9
    payoff: 1 - level(left) + level(right) / 2
    final: -2 * (left == ditch)
    actions:
      straight: {cost: 0.25}
      swerve:
        when: left < ditch
        set: {left: left + 1}
      turn back:
        when: left == edge
        chance: [{p: 0.5, set: {left: lane}}]
  blue:
    rationality: nerve
    payoff: level(left) / 3 - level(right)
    actions:
      straight: {}
      swerve: {when: right < ditch, set: {right: right + 1}}
  green:
    rationality: 1
    payoff: -called / 2
    actions:
      watch: {}
      call: {when: called < 3, set: {called: called + 1}, cost: {green: 0.1, red: 0.2}}
doctrines:
  red:
    steady: {never: swerve}
  green:
    silent: {never: call, when: sight, announced: false}
outcomes:
  dark: {each period: not sight, unit: months}
  calls: {final: called}
  crash: {ever: left == ditch or right == ditch}
  off the road: {first time: left >= edge or right >= edge}
"""
