"""Audience costs (Fearon 1994): two sides in public, of whom some never back down.

Backing down at time t costs a_i t, whoever outlasts the other has 1, and war is what two firm
sides get. An ordinary side is indifferent between backing down now and in a while, so that the
other survives with S_j(t) = 1 / (1 + a_i t) from the start on; the side that would reach its share
of firm ones later makes up for it by backing down at once. With a = (1, 1/2) and a fifth of each
side firm all is over at T = 4, and the first backs down at once with probability 1 - 0.2 / S_1(4)
= 0.4: that is half of its ordinary kind.
"""

from __future__ import annotations

from functools import cache

import pytest

from standoff.extensive import Equilibrium, logit_branch, unfold
from standoff.scenario import loads

FIRM = 0.2


@cache
def crisis(steps: int, precision: float) -> Equilibrium:
    """Time from 0 to 4 in so many steps; in each the first moves, then the second."""
    side = """
    types: {{firm: {firm}, ordinary: {rest}}}
    rationality: precision
    final: (end == {won}) - 20 * ordinary * (end == open)
    actions:
      stand: {{}}
      yield: {{cost: "{a} * 4 * clock / {steps} + 50 * firm", set: {{end: {lost}}}}}
"""
    text = f"""
standoff: 1
name: audience-costs
title: Two sides before their audiences
time: {{period: step, periods: {steps}}}
parameters:
  precision: {{value: {precision}, range: [1, 5000], why: rationality, basis: assumed}}
variables:
  clock: {{levels: {steps}}}
  end: {{ladder: [open, first yields, second yields]}}
order: [first, second, tick]
ends: end > open
events:
  tick: [{{p: 1, set: {{clock: clock + 1}}}}]
actors:
  first:{
        side.format(
            firm=FIRM, rest=1 - FIRM, won="second_yields", lost="first_yields", a=1, steps=steps
        )
    }
  second:{
        side.format(
            firm=FIRM, rest=1 - FIRM, won="first_yields", lost="second_yields", a=0.5, steps=steps
        )
    }
"""
    return logit_branch(unfold(loads(text)))


def hazards(found: Equilibrium, side: str) -> list[float]:
    """How probably an ordinary side backs down in each step, if nobody has."""
    names = [name for name in found.policies if name.startswith(f"{side} (ordinary)")]
    return [found.policy(name)["yield"] for name in names]


def survival(found: Equilibrium, side: str) -> list[float]:
    """The share of a side that stands after each of its moves."""
    ordinary, shares = 1.0, []
    for hazard in hazards(found, side):
        ordinary *= 1 - hazard
        shares.append(FIRM + (1 - FIRM) * ordinary)
    return shares


@pytest.mark.parametrize(("side", "others_cost", "later"), [("second", 1.0, 1), ("first", 0.5, 0)])
def test_each_backs_down_as_the_others_costs_rise(
    side: str, others_cost: float, later: int
) -> None:
    """Between two moves of the other the survival of a side falls as 1 / (1 + a t) of the other.

    Steps change nothing in this, but near the end, where what is left is the last to speak.
    """
    stand = survival(crisis(8, 2000.0), side)
    for k in range(5):
        now, then = (1 + others_cost * 0.5 * (k + later + step) for step in (0, 1))
        assert stand[k + 1] / stand[k] == pytest.approx(now / then, rel=2e-3)


def test_what_is_settled_at_once() -> None:
    """In shorter steps half of the first's ordinary kind backs down at once, and the second not.

    Values then are those of the closed form: ordinary sides expect what backing down at once gives,
    0 and 0.4; firm ones that the other's ordinary kind will yield.
    """
    coarse, fine = crisis(4, 2000.0), crisis(8, 2000.0)
    at_once = 2 * hazards(fine, "first")[0] - hazards(coarse, "first")[0]
    assert at_once == pytest.approx(0.5, abs=2e-3)
    assert hazards(fine, "second")[0] < hazards(coarse, "second")[0]
    value = 2 * fine.value - coarse.value
    assert value[0] == pytest.approx(0.2 * 0.8, abs=1e-3)
    assert value[1] == pytest.approx(0.8 * 0.4 + 0.2 * 0.8, abs=2e-3)


@pytest.mark.parametrize("precision", [20.0, 2000.0])
def test_war_is_left_to_the_firm(precision: float) -> None:
    """Whoever is not firm has backed down in the end, so that war has probability z²."""
    found = crisis(8, precision)
    both = survival(found, "first")[-1] * survival(found, "second")[-1]
    assert both == pytest.approx(FIRM**2, rel=1e-6)
