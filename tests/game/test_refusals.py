"""What is wrong with a scenario only in some state or future is refused with place, example and
values.
"""

from __future__ import annotations

import pytest

from oracles.drafts import game_of
from standoff.game import Game, fill
from standoff.scenario import ScenarioError
from standoff.solver import solve

TEXT = """
standoff: 1
name: tiny
title: A tiny crisis
time: {period: month, periods: 3}
parameters:
  slip: {value: 0.3, range: [0, 2], basis: assumed}
  trip: {value: 0.2, range: [0, 2], basis: assumed}
  reason: {value: 1, range: [-1, 9], basis: assumed}
  patience: {value: 1, range: [-1, 9], basis: assumed}
variables:
  war: {ladder: [peace, front, siege]}
  count: {levels: 3}
order: [red, fate]
events:
  fate:
    - {p: slip, when: war == front, set: {count: 0}}
    - {p: trip, set: {war: peace}}
actors:
  red:
    rationality: reason
    discount: patience
    payoff: count
    final: count
    actions:
      wait: {}
      raise: {when: war < siege, set: {war: war + 1}, cost: 0.1}
      count: {when: count < 3, set: {count: count + 1}}
outcomes:
  sum: {each period: count}
"""


def refusal(game: Game, **parameters: float | list[float]) -> str:
    with pytest.raises(ScenarioError) as caught:
        fill(game, parameters)
    return str(caught.value)


def bad(*changes: tuple[str, str]) -> str:
    """What compiling says once pieces of the text are others."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    with pytest.raises(ScenarioError) as caught:
        game_of(text)
    return str(caught.value)


def line_of(text: str) -> int:
    return 1 + TEXT[: TEXT.index(text)].count("\n")


def test_probability_outside() -> None:
    """A probability that leaves [0, 1] only in some rows is refused, with the row's parameter."""
    game = game_of(TEXT)
    assert fill(game, {"slip": [0, 0.5, 0.8]}).rows == 3
    said = refusal(game, slip=[0.5, 0.25, -0.01])
    assert f":{line_of('- {p: slip')}:11: " in said
    assert "the probability of a branch of event 'fate' is not between 0 and 1: -0.01" in said
    assert "slip=-0.01" in said
    assert "- {p: slip, when: war == front" in said
    assert "^^^^" in said
    assert "slip=1.5" in refusal(game, slip=1.5, trip=0)
    assert "not a finite number" in refusal(game, slip=float("nan"))


def test_branches_above_one() -> None:
    """Branches that sum above 1 only where both are possible, and only in some rows, are refused
    with both.
    """
    game = game_of(TEXT)
    said = refusal(game, slip=[0.1, 0.7], trip=[0.9, 0.35])
    assert "what the branches of event 'fate' leave over is negative: they sum above 1" in said
    assert "-0.05" in said
    assert "slip=0.7" in said
    assert "trip=0.35" in said
    exactly = fill(game, {"slip": 0.7, "trip": 0.3})
    assert exactly.chances.min() >= 0
    # 0.7 + 0.3 misses 1 by rounding only; that is no error, and no negative probability.
    assert fill(game, {"slip": [0.1 + 0.2], "trip": [0.7]}).chances.min() >= 0


def test_fixed_probabilities() -> None:
    """Fixed probabilities are looked at when the game is compiled."""
    assert "is not between 0 and 1: 1.5" in bad(("p: slip", "p: 1.5"))
    assert "is not between 0 and 1: -0.5" in bad(("p: trip", "p: -0.5"))
    assert "1.5, for example with count=3" in bad(("p: trip", "p: count / 2"))
    both = "0.6, when: war > peace, set: {war: peace}}\n    - {p: 0.6, when: count > 1, "
    said = bad(
        ("p: slip, when: war == front, set: {count: 0}}\n    - {p: trip, set", f"p: {both}set")
    )
    assert "they sum above 1: -0.2" in said


def test_only_where_possible() -> None:
    """A probability is asked for only in states where the branch's `when` holds and that can be
    reached.
    """
    game_of(TEXT.replace("p: slip, when: war == front", "p: 0.5 / level(war), when: war == front"))
    game_of(TEXT.replace("p: trip, set", "p: 1 / (count - 3) ** 2, when: count == 2, set"))
    beyond = TEXT.replace("periods: 3", "periods: 2").replace("p: trip", "p: count / 2")
    game_of(beyond)  # a count of 3 would make 1.5; in two periods it is at most 2


def test_effect_leaves_the_range() -> None:
    """An effect beyond a ladder or levels names the action, the variable, its range and a state."""
    said = bad(("{when: war < siege, set: {war: war + 1}", "{set: {war: war + 1}"))
    assert "action 'raise' of red would set 'war' to position 3" in said
    assert "outside peace … siege (0 … 2)" in said
    assert "for example in the state war=siege, count=0" in said
    assert f":{line_of('raise:')}:" in said
    said = bad(("count: {when: count < 3, set", "count: {set"), ("levels: 3", "levels: 2"))
    assert "would set 'count' to position 3, outside 0 … 2 (0 … 2)" in said
    assert "count=2" in said
    said = bad(("set: {war: peace}", "set: {war: war - 1}"))
    assert "event 'fate' would set 'war' to position -1" in said
    assert "war=peace" in said


def test_no_action() -> None:
    """An actor that may move and has nothing to do is an error, with a state in which it is so; but
    not where the crisis is over, nor where only the horizon finds it.
    """
    changes = ("wait: {}", "wait: {when: count < 1}"), ("count < 3, set", "count < 1, set")
    said = bad(*changes, ("periods: 3", "periods: 4"))
    assert "'red' is left without an action, for example in the state war=siege, count=1" in said
    assert f":{line_of('  red:') - 1}:" in said or f":{line_of('  red:')}:" in said
    text = TEXT
    for old, new in changes:
        text = text.replace(old, new)
    game_of(text)
    game_of(
        text.replace("periods: 3", "periods: 4").replace("order:", "ends: war == siege\norder:")
    )


def test_payoffs_that_are_not_finite() -> None:
    """log(0), a division by zero or an overflow is refused with what it is a number of, where."""
    for field, expression in (
        ("payoff", "log(count)"),
        ("final", "1 / count"),
        ("final", "0 / count"),
    ):
        said = bad((f"    {field}: count", f"    {field}: {expression}"))
        assert f"{field} of red is not a finite number".removeprefix("final ") in said
        assert "count=0" in said
    said = bad(("cost: 0.1", "cost: exp(1000 * (war == peace))"))
    assert "the cost of action 'raise' of red to red is not a finite number" in said
    said = bad(("each period: count", "each period: log(count)"))
    assert "outcome 'sum' is not a finite number" in said
    some = game_of(TEXT.replace("payoff: count", "payoff: log(slip) * (count + 1)"))
    said = refusal(some, slip=[0.5, 0.0])
    assert "payoff of red is not a finite number" in said
    assert "slip=0" in said


def test_payoffs_where_they_are_paid() -> None:
    """Where the crisis is over nothing more is paid or accrued, so nothing is asked for there
    either.
    """
    text = TEXT.replace("order:", "ends: count == 3\norder:", 1)
    text = text.replace("payoff: count", "payoff: log(3 - count)")
    text = text.replace("each period: count", "each period: 1 / (3 - count)")
    solution = solve(game_of(text))
    assert abs(solution.value[0, 0]) < 100


def test_rationality_and_discount() -> None:
    """A rationality below 0 or a discount beyond [0, 1] is refused with the parameter."""
    game = game_of(TEXT)
    said = refusal(game, reason=[1, -0.5])
    assert "the rationality of red is -0.5" in said
    assert "reason" in said
    assert "the discount of red is 1.5" in refusal(game, patience=[0.5, 1.5])
    assert "expected a number from 0 to 1" in refusal(game, patience=-0.1)
    assert "inf" in refusal(game, reason=float("inf"))


def test_unknown_names() -> None:
    """A name that is no parameter or no doctrine is refused with the nearest that is."""
    game = game_of(TEXT)
    with pytest.raises(KeyError, match=r"'slipp' is not a parameter of 'tiny'.*'slip'"):
        solve(game, {"slipp": 1})
    with pytest.raises(KeyError, match=r"'free-chioce' is not a doctrine.*'free-choice'"):
        solve(game, doctrine="free-chioce")


def test_rows_of_different_lengths() -> None:
    """Unequal numbers of rows are refused by name; one number stands for all rows."""
    game = game_of(TEXT)
    assert fill(game, {"slip": [0.1, 0.2, 0.3], "trip": 0.1}).rows == 3
    for trip in ([0.1, 0.2], [], [[0.1]]):
        with pytest.raises(ValueError, match="'trip' has the shape"):
            fill(game, {"slip": [0.1, 0.2, 0.3], "trip": trip})
