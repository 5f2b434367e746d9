"""Which states are reachable, and what follows from what."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings

from oracles.brute import Brute
from oracles.drafts import Document, documents, game_of, read
from standoff.game import ONE, ZERO, Game, Pairing, compile_game
from standoff.scenario import ScenarioError
from standoff.solver import solve

HEAD = """
standoff: 1
name: tiny
title: A tiny crisis
parameters:
  slip: {value: 0.3, range: [0, 1], basis: assumed}
"""


def states(game: Game, move: int, period: int | None = None) -> set[tuple[int, ...]]:
    """The states before a move, all or those reached by a period."""
    found = game.moves[move]
    end = len(found.states) if period is None else int(found.reached[period])
    return {tuple(int(value) for value in state) for state in found.states[:end]}


def counter(periods: int, *, p: str = "slip", extra: str = "") -> str:
    """One actor that may count up, and an event that may set back to 0."""
    return f"""{HEAD}
time: {{period: month, periods: {periods}}}
variables:
  count: {{levels: 9}}
order: [red, fate]
events:
  fate:
    - {{p: {p}, set: {{count: 0}}}}
    {extra}
actors:
  red:
    rationality: 1
    actions:
      wait: {{}}
      count: {{when: count < 9, set: {{count: count + 1}}}}
"""


def test_counted_by_hand() -> None:
    """After t periods the count is 0 … t before red, and 0 … t + 1 before fate."""
    game = game_of(counter(4))
    red, fate = game.moves
    assert game.states == 5  # 0 … 4: at the horizon as before fate in the last period
    assert red.reached.tolist() == [1, 2, 3, 4, 5]
    assert fate.reached.tolist()[:4] == [2, 3, 4, 5]
    assert [int(state[0]) for state in red.states] == [0, 1, 2, 3, 4]
    assert np.diff(red.first)[:4].tolist() == [2, 2, 2, 2]
    assert np.diff(red.first)[4] == 0  # only the horizon finds it, and nobody moves after that
    assert game.positions == len(red.states) + len(fate.states)


def test_product_by_hand() -> None:
    """Two actors with one switch each: all four combinations, and no others, in one period."""
    game = game_of(f"""{HEAD}
time: {{period: month, periods: 1}}
variables:
  a: {{flag: false}}
  b: {{flag: false}}
  c: {{ladder: [never, reached], start: never}}
order: [red, blue]
actors:
  red: {{rationality: 1, actions: {{wait: {{}}, turn: {{set: {{a: true}}}}}}}}
  blue: {{rationality: 1, actions: {{wait: {{}}, turn: {{set: {{b: true}}}}}}}}
""")
    assert states(game, 0) == {(a, b, 0) for a in (0, 1) for b in (0, 1)}
    assert states(game, 1) == {(0, 0, 0), (1, 0, 0)}
    assert game.states == 4


def test_fixed_chances() -> None:
    """A branch with p = 0, and what is left over where branches sum to 1, lead nowhere."""
    never = game_of(counter(2, p="0"))
    assert states(never, 0) == {(0,), (1,), (2,)}
    assert (never.moves[1].chance == ONE).all()
    certain = game_of(counter(3, p="1"))
    assert states(certain, 0) == {(0,)}
    assert (certain.moves[1].chance == ONE).all()
    assert len(certain.moves[1].to) == 2
    for split in ("0.7", "0.9", "1 - 0.3 - 0.6"):
        rest = f"- {{p: 1 - ({split}), set: {{count: 0}}}}"
        game = game_of(counter(3, p=split, extra=rest))
        assert states(game, 0) == {(0,)}
    tenths = "\n    ".join("- {p: 0.1, set: {count: 0}}" for _ in range(9))
    assert states(game_of(counter(3, p="0.1", extra=tenths)), 0) == {
        (0,)
    }  # 10 tenths are not quite 1
    almost = game_of(counter(3, p="0.999999"))
    assert states(almost, 0) == {(0,), (1,), (2,), (3,)}


def test_uncertain_chance_keeps_the_rest() -> None:
    """Where a probability is a parameter, both what happens and what is left over are kept, at 0
    and 1 too.
    """
    game = game_of(counter(2))
    assert states(game, 0) == {(0,), (1,), (2,)}
    for p, count in ((0.0, 2.0), (1.0, 0.0)):
        solution = solve(game, {"slip": p}, keep_policies=True)
        labels = solution.course.labels[-1][0, :, 0]
        assert labels.sum() == pytest.approx(1)
        assert (labels[1:] == 0).all() == (count == 0)


def test_when_of_a_branch() -> None:
    """A branch happens only where its `when` holds; elsewhere its share is left over."""
    game = game_of(counter(3, p="1", extra="").replace("p: 1,", "p: 1, when: count >= 2,"))
    assert states(game, 0) == {(0,), (1,)}


def test_branch_wins_over_action() -> None:
    """A branch applies on top of the action's effects and wins; both are computed from the state
    before.
    """
    game = game_of(f"""{HEAD}
time: {{period: month, periods: 1}}
variables:
  a: {{levels: 9, start: 3}}
  b: {{levels: 9, start: 5}}
order: [red]
actors:
  red:
    rationality: 1
    actions:
      swap:
        set: {{a: b, b: a}}
        chance:
          - {{p: 0.5, set: {{b: a + b}}}}
""")
    assert states(game, 0) == {(3, 5), (5, 3), (5, 8)}


def test_ends_at_once() -> None:
    """Where the crisis is over nobody moves on, not even in the same period."""
    game = game_of(counter(3, p="1").replace("order:", "ends: count == 1\norder:"))
    assert states(game, 1) == {(0,)}
    assert states(game, 0) == {(0,)}  # fate would have set 1 back to 0
    assert game.ended.tolist() == [[1]]
    assert game.states == 2


def test_over_from_the_start() -> None:
    """A crisis that is over at the start is worth its end, and nothing happens in it."""
    text = (
        counter(3).replace("order:", "ends: count == 0\norder:") + "    final: 7\n    payoff: 100\n"
    )
    solution = solve(game_of(text), keep_policies=True)
    assert solution.value.tolist() == [[7.0]]
    assert solution.policy("red").shape == (0, 2, 1)
    assert solution.course.going_on[:, 0, 0].tolist() == [0.0] * 4


def test_event_twice() -> None:
    """An event that stands twice in the order is thrown twice, independently."""
    text = counter(1).replace("order: [red, fate]", "order: [fate, red, fate]")
    text = text.replace("set: {count: 0}", "when: count < 9, set: {count: count + 1}")
    game = game_of(text + "outcomes:\n  count: {final: count}\n")
    assert [move.name for move in game.moves] == ["fate", "red", "fate"]
    assert states(game, 0) == {(0,), (1,), (2,), (3,)}
    count = solve(game, {"slip": [0.0, 0.25, 1.0]}).outcome[:, 0]
    np.testing.assert_allclose(count, [0.5, 1.0, 2.5])


def test_actor_twice() -> None:
    """An actor may move twice a period, and chooses each time; its policy is asked for move by
    move.
    """
    game = game_of(counter(1).replace("order: [red, fate]", "order: [red, red]"))
    assert states(game, 0) == {(0,), (1,), (2,)}
    solution = solve(game, keep_policies=True)
    assert solution.policy("red", move=0).shape == (1, 2, 1)
    assert solution.policy("red", move=1).shape == (2, 2, 1)
    with pytest.raises(ValueError, match="no such move"):
        solution.policy("red", move=2)
    with pytest.raises(ValueError, match="no such move"):
        solution.policy("blue")


def test_max_states() -> None:
    """A bound on the states is an error that names the sizes, and a bound that suffices is none."""
    scenario = read(counter(6))
    assert compile_game(scenario, max_states=7).states == 7
    for most in (1, 6):
        with pytest.raises(ScenarioError, match=f"more than {most} reachable states") as caught:
            compile_game(scenario, max_states=most)
        assert "count 10" in str(caught.value)
        assert "--max-states" in str(caught.value)


def test_too_many_combinations() -> None:
    """Variables whose combinations cannot be numbered are refused before anything is enumerated."""
    many = "".join(f"  v{k}: {{levels: 1000}}\n" for k in range(7))
    with pytest.raises(ScenarioError, match="combinations"):
        game_of(counter(1).replace("variables:\n", f"variables:\n{many}"))
    fits = "".join(f"  v{k}: {{levels: 1000}}\n" for k in range(5))
    assert game_of(counter(1).replace("variables:\n", f"variables:\n{fits}")).states == 2


@settings(max_examples=80)
@given(documents() | documents(groups=True))
def test_reachable(document: Document) -> None:
    """The states reached by a period are those that some history leads to in it or before, each
    once, the start first. (Where two probabilities are parameters that happen to sum to 1 in every
    future, what they leave over is kept although it never happens.)
    """
    exact = '"1 - slip"' not in json.dumps(document)
    game = game_of(document)
    inside = {"slip": 0.37}  # strictly between 0 and 1, so that what may happen does
    brute = Brute(game.scenario, inside, "uniform")
    judged = brute.judge().reachable
    over = {tuple(int(value) for value in state) for state in game.ended}
    assert all(brute.over(state) for state in over)
    everything: set[tuple[int, ...]] = set()
    for k in range(len(game.moves)):
        so_far: set[tuple[int, ...]] = set()
        for period, row in enumerate(judged):
            if k < len(row):
                so_far |= {state for state in row[k] if not brute.over(state)}
                assert so_far <= states(game, k, period)
                assert not exact or so_far == states(game, k, period)
        assert len(states(game, k)) == len(game.moves[k].states)
        everything |= {state for row in judged if k < len(row) for state in row[k]}
    assert not exact or game.states == len(everything)
    assert not exact or over == {state for state in everything if brute.over(state)}
    first = game.moves[0].states[0] if game.start >= 0 else game.ended[-1 - game.start]
    assert tuple(first) == tuple(v.start for v in game.scenario.variables)


@settings(max_examples=80)
@given(documents() | documents(groups=True))
def test_prefixes(document: Document) -> None:
    """What is reached only grows, and every transition out of what is reached by a period stays in
    what the next move has reached by then, or ends the crisis.
    """
    game = game_of(document)
    for k, move in enumerate(game.moves):
        following = game.moves[(k + 1) % len(game.moves)]
        later = int(k + 1 == len(game.moves))
        assert (np.diff(move.reached) >= 0).all()
        assert move.reached[-1] == len(move.states)
        for period in range(game.periods):
            reached = int(move.reached[period])
            end = int(following.reached[period + later])
            targets = move.to[: move.branch[move.first[reached]]]
            assert (targets >= -len(game.ended)).all()
            assert (targets < end).all()
            # Each state has an option, and each option a branch.
            assert (np.diff(move.first)[:reached] > 0).all()
        assert (np.diff(move.branch) > 0).all()
        assert not (move.chance == ZERO).any()


@settings(max_examples=40)
@given(documents() | documents(groups=True))
def test_codes(document: Document) -> None:
    """Every code refers to something its ledger holds."""
    game = game_of(document)
    for ledger, arrays in (
        (game.chances, [move.chance for move in game.moves]),
        (
            game.payoffs,
            [game.accrual, game.horizon, game.ended_final, *(m.payoff for m in game.moves)],
        ),
    ):
        assert ledger.fixed[:2].tolist() == [0, 1]
        assert ledger.size == sum(
            len(entry.codes if isinstance(entry, Pairing) else entry.values)
            for entry in ledger.entries
        )
        for codes in arrays:
            assert (codes < ledger.size).all()
            assert (codes >= -len(ledger.fixed)).all()
