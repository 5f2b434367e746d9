"""Chronicles: they say what happened, and what was known of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import standoff
from oracles.drafts import Document, Futures, documents, futures, game_of
from standoff.game import fill, row_of
from standoff.play import Choice, Chronicle, Option, chronicle, paths
from standoff.solver import best_response, solve


def check(told: Chronicle, game: standoff.Game, asked: dict[str, Any], row: int) -> None:
    """Whatever the course: the start, the steps, what was paid, and what was expected hang
    together, and with the solution."""
    solution = solve(game, asked, told.doctrine, keep_policies=True)
    actors = len(game.actors)
    discount = np.ones(game.channels)
    discount[:actors] = row_of(game, fill(game, asked), row).discount
    path = paths(solution, row=row, seed=told.seed, begin=told.replication)
    turns = [turn for period in told.periods for turn in period.turns]
    assert len(turns) == int((path.option[0] >= 0).sum())
    state = told.start
    paid = np.zeros(game.channels)
    for period in told.periods:
        for turn in period.turns:
            assert turn.state == state
            assert sum(chance.probability for chance in turn.chances) == pytest.approx(1)
            changed = {c.variable: c for c in turn.chances[turn.happened].changes}
            names = [variable.name for variable in game.scenario.variables]
            for name, before in zip(names, state, strict=True):
                assert name not in changed or changed[name].before == before
            state = tuple(
                changed[name].after if name in changed else label
                for name, label in zip(names, state, strict=True)
            )
            for choice in turn.choices:
                assert sum(o.probability for o in choice.options) == pytest.approx(1)
                assert choice.forgone >= 0
                # A mover expects what the average of its options promises.
                mine = sum(o.probability * o.value for o in choice.options)
                expected = turn.values[game.actors.index(choice.actor)]
                assert mine == pytest.approx(expected, rel=1e-6, abs=1e-6)
            paid[:actors] += discount[:actors] ** (period.number - 1) * turn.paid
        assert period.state == state
        paid += discount ** (period.number - 1) * period.paid
        np.testing.assert_allclose(period.so_far[:actors], paid[:actors], rtol=1e-12, atol=1e-12)
    when = len(told.periods) - 1 if told.over else game.periods
    paid += discount ** max(when, 0) * told.final
    kinds = [outcome.kind in ("ever", "first time") for outcome in game.outcomes]
    counted = [*range(actors), *(actors + k for k, hit in enumerate(kinds) if not hit)]
    met = [c for c in range(game.channels) if c not in counted]
    np.testing.assert_allclose(paid[counted], np.array(told.total)[counted], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(path.total[0], told.total)
    if told.periods:
        assert [told.periods[-1].so_far[c] for c in met] == [told.total[c] for c in met]
        start = solution.value[row]
        np.testing.assert_allclose(told.periods[0].turns[0].values, start, rtol=1e-9, atol=1e-9)


@settings(max_examples=25, derandomize=True)
@given(
    document=documents(),
    rows=futures(2),
    doctrine=st.sampled_from(["free-choice", "open", "secret"]),
    replication=st.integers(0, 5),
)
def test_a_chronicle_hangs_together(
    document: Document, rows: Futures, doctrine: str, replication: int
) -> None:
    """On random scenarios, in the second of two futures."""
    game, asked = game_of(document), rows.arrays()
    told = chronicle(game, asked, doctrine, seed=1, replication=replication, future=1)
    check(told, game, asked, 1)


@pytest.mark.parametrize("doctrine", ["free-choice", "steady", "silent"])
def test_a_chronicle_of_a_group_hangs_together(chicken: str, doctrine: str) -> None:
    """Each member has a choice of its own, against what the others were likely to do."""
    game = game_of(chicken)
    for replication in range(10):
        told = chronicle(game, None, doctrine, replication=replication)
        check(told, game, {}, 0)
        together = told.periods[0].turns[1]
        assert [choice.actor for choice in together.choices] == ["red", "blue"]


def test_the_best_choice_is_the_best_response_of_one_move() -> None:
    """In the last move of a game, the option worth most is what a best response takes."""
    game = standoff.compile(standoff.load("two-move-deterrence"))
    solution = solve(game, keep_policies=True)
    told = next(
        told for k in range(20)
        if len((told := chronicle(game, replication=k)).periods[0].turns) == 2
        and told.periods[0].turns[1].state == ("challenged",)
    )  # fmt: skip
    first, second = (turn.choices[0] for turn in told.periods[0].turns)
    # Signorino (1999): the defender compares capitulation with war.
    assert [(o.action, o.value) for o in second.options] == [("capitulate", -0.5), ("fight", -0.8)]
    wait, challenge = first.options
    fights = second.options[1].probability
    assert challenge.value == pytest.approx(1 - 2 * fights)
    gain = best_response(solution, "challenger")[0] - solution.value[0, 0]
    assert max(wait.value, challenge.value) - solution.value[0, 0] == pytest.approx(gain)


def test_a_mistake_is_told_as_one() -> None:
    """What was forgone is how much more the best option was worth."""
    choice = Choice("red", (Option("a", 0.2, 1.0), Option("b", 0.8, 3.5)), 0, ())
    assert (choice.best, choice.forgone) == (1, 2.5)


def test_what_a_doctrine_closes_is_named(chicken: str) -> None:
    """Beside what was open, and only where it would have been open otherwise."""
    told = chronicle(game_of(chicken), None, "steady")
    red = told.periods[0].turns[1].choices[0]
    assert red.closed == ("swerve",)
    assert [option.action for option in red.options] == ["straight"]


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("month", ["2022-01-31", "2022-02-28", "2022-03-31"]),
        ("fortnight", ["2022-01-31", "2022-02-14", "2022-02-28"]),
        ("year", ["2022-01-31", "2023-01-31", "2024-01-31"]),
        ("move", [None, None, None]),
    ],
)
def test_periods_have_dates_where_the_clock_is_one(
    chicken: str, period: str, days: list[str | None]
) -> None:
    """Months end where they end; a period that is no stretch of the calendar has no date."""
    told = chronicle(game_of(chicken.replace("period: month", f"period: {period}")))
    begins = [date.fromisoformat(day) if day else None for day in days]
    assert [one.begins for one in told.periods] == begins[: len(told.periods)]


def test_a_crisis_that_is_over_at_once_has_no_periods(chicken: str) -> None:
    """Nothing happens, and the end is the start."""
    over = chicken.replace("ends: left == ditch and right == ditch", "ends: sight")
    told = chronicle(game_of(over))
    assert (told.periods, told.over, told.start[2]) == ((), True, "yes")
    assert told.total == told.expected


def test_what_cannot_be_told_is_refused(chicken: str) -> None:
    """Unknown names with the nearest, futures and replications that do not exist."""
    game = game_of(chicken)
    with pytest.raises(KeyError, match="did you mean 'steady'"):
        chronicle(game, None, "stedy")
    with pytest.raises(ValueError, match="replications -1 to -1 do not exist"):
        chronicle(game, replication=-1)
    with pytest.raises(IndexError, match="there is no row 1"):
        chronicle(game, future=1)
