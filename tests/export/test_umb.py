"""Chains for model checkers: read back by a plain reader, they say what the solution says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import standoff
from export.games import MATCHING_PENNIES, TWO_ROUNDS, crises
from export.plain_umb import read
from oracles.drafts import Document, Futures, futures, game_of
from standoff.export import TooLargeError, questions_in, unroll, write_umb
from standoff.game import Game
from standoff.scenario import ScenarioError
from standoff.solver import Solution, best_response, solve


def compiled(document: Document) -> Game:
    """A game, if it is one: in a group an effect may leave its range."""
    try:
        return game_of(document)
    except ScenarioError:
        assume(False)
        raise


def close(found: float, wanted: float | None, scale: float = 0.0) -> bool:
    assert wanted is not None
    return found == pytest.approx(wanted, abs=1e-9 * max(1.0, scale))


@settings(max_examples=40)
@given(crises(), futures(2), st.sampled_from(["free-choice", "open", "secret"]), st.integers(0, 1))
def test_a_chain_says_what_the_solution_says(
    tmp_path_factory: pytest.TempPathFactory,
    document: Document,
    rows: Futures,
    doctrine: str,
    row: int,
) -> None:
    """Every payoff, discounted, and every outcome of every kind, in every row and doctrine."""
    game = compiled(document)
    try:
        solution = solve(game, rows.arrays(), doctrine, keep_policies=True)
    except ScenarioError:
        assume(False)
    path = tmp_path_factory.mktemp("umb") / "x.umb"
    questions = write_umb(solution, path, row=row)
    plain = read(path)
    assert [q.quantity for q in questions] == [
        *(f"payoff of {actor}" for actor in game.actors),
        *(outcome.name for outcome in game.outcomes),
    ]
    expected = [*solution.value[row], *solution.outcome[row]]
    for question, wanted in zip(questions, expected, strict=True):
        assert question.expected == wanted
        assert close(plain.answer(question.ask) - question.subtract, wanted, question.subtract)
    for paid in plain.rewards.values():
        assert paid.min() >= 0


@settings(max_examples=40)
@given(crises(), futures(1))
def test_a_decision_process_says_what_the_best_response_says(
    tmp_path_factory: pytest.TempPathFactory, document: Document, rows: Futures
) -> None:
    """One free actor can get what `best_response` says; two together can get no less, each for
    itself.
    """
    game = compiled(document)
    solution = solve(game, rows.arrays(), keep_policies=True)
    path = tmp_path_factory.mktemp("umb") / "x.umb"
    pair = game.actors[:2]
    for actor in pair:
        (asked,) = [q for q in write_umb(solution, path, free=(actor,)) if q.expected is not None]
        assert asked.quantity == f"payoff of {actor}"
        alone = read(path).answer(asked.ask) - asked.subtract
        best = float(best_response(solution, actor)[0])
        assert close(alone, best, asked.subtract)
        assert asked.expected == best
        together = write_umb(solution, path, free=pair)
        most = next(q for q in together if q.quantity == asked.quantity and "max" in q.ask)
        assert read(path).answer(most.ask) - most.subtract >= alone - 1e-9 * (1 + most.subtract)


def two_rounds() -> Solution:
    return solve(game_of(TWO_ROUNDS), keep_policies=True)


def test_who_chooses_freely_in_a_group_meets_the_others_policies(tmp_path: Path) -> None:
    """Against the column player's mixture the row player's best response is the better row; both
    together get the largest entry.
    """
    solution = solve(game_of(MATCHING_PENNIES), keep_policies=True)
    left = solution.outcome[0, 1]
    questions = write_umb(solution, tmp_path / "x.umb", free=("first",))
    plain = read(tmp_path / "x.umb")
    best = max(1.1141 * left, 0.2785 * (1 - left))
    assert plain.answer(questions[0].ask) == pytest.approx(best, abs=1e-12)
    assert sorted({*plain.actions}) == ["-", "first: down", "first: up"]
    both = write_umb(solution, tmp_path / "y.umb", free=("first", "second"))
    assert read(tmp_path / "y.umb").answer(both[0].ask) == pytest.approx(1.1141, abs=1e-12)
    assert "first: up + second: left" in read(tmp_path / "y.umb").actions


def test_format(tmp_path: Path) -> None:
    """`index.json` comes first; files have small letters; sizes and sums are right; `over` is the
    last state only, and stays there.
    """
    write_umb(two_rounds(), tmp_path / "x.umb")
    plain = read(tmp_path / "x.umb")
    assert plain.order[0] == "index.json"
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_./") for name in plain.order)
    system = plain.index["transition-system"]
    assert system["#players"] == 0
    assert system["#branches"] == len(plain.target) == len(plain.probability)
    sums = np.add.reduceat(plain.probability, plain.branches[:-1].astype(int))
    np.testing.assert_allclose(sums, 1, rtol=1e-12)
    assert np.flatnonzero(plain.labels["over"]).tolist() == [system["#states"] - 1]
    assert plain.target[-1] == system["#states"] - 1
    assert plain.index["file-data"]["parameters"]["doctrine"] == "free-choice"


def test_names_that_model_checkers_cannot_read_become_numbers(tmp_path: Path) -> None:
    """Spaces become underscores; names with letters beyond ASCII are counted instead."""
    text = TWO_ROUNDS.replace("  war: {ever: war}", "  зона: {ever: war}")
    questions = write_umb(solve(game_of(text), keep_policies=True), tmp_path / "x.umb")
    asked = {question.quantity: question.ask for question in questions}
    assert asked["зона"] == 'P=? [F "hit_2"]'
    assert asked["first push"] == 'R{"periods"}=? [F ("hit_first_push" | "over")]'


def test_the_file_carries_its_questions(tmp_path: Path) -> None:
    """What is to be asked, subtracted and expected can be read from the file alone."""
    questions = write_umb(two_rounds(), tmp_path / "x.umb")
    assert questions_in(tmp_path / "x.umb") == questions
    (tmp_path / "y.umb").write_bytes(b"no tar")
    with pytest.raises(ValueError, match=r"y\.umb is no UMB file that standoff wrote"):
        questions_in(tmp_path / "y.umb")


def test_the_same_solution_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("x.umb", "y.umb"):
        write_umb(two_rounds(), tmp_path / name)
    assert (tmp_path / "x.umb").read_bytes() == (tmp_path / "y.umb").read_bytes()


def test_a_crisis_that_is_over_before_it_begins(tmp_path: Path) -> None:
    """It is worth its final payoff; what already holds has been hit."""
    solution = solve(game_of(TWO_ROUNDS.replace("flag: false", "flag: true")), keep_policies=True)
    plain = None
    for question in write_umb(solution, tmp_path / "x.umb"):
        plain = plain or read(tmp_path / "x.umb")
        assert close(plain.answer(question.ask) - question.subtract, question.expected)
    assert solution.outcome[0].tolist() == [0, 0, 1, 2]


def test_only_what_can_be_reached_is_held() -> None:
    """Every position but the start is led to, and all chances are above zero."""
    unrolled = unroll(two_rounds())
    assert np.unique(unrolled.to).tolist() == list(range(1, unrolled.positions))
    assert unrolled.chance.min() > 0


def test_refusals(tmp_path: Path) -> None:
    """Too large, without policies, an unknown actor or row: each says what to do."""
    solution = two_rounds()
    with pytest.raises(
        TooLargeError, match=r"up to \d+ positions; at most 10 are .* fewer periods"
    ):
        write_umb(solution, tmp_path / "x.umb", max_positions=10)
    with pytest.raises(ValueError, match="keep_policies=True"):
        write_umb(solve(solution.game), tmp_path / "x.umb")
    with pytest.raises(KeyError, match="'rad' is not an actor; did you mean 'red'"):
        write_umb(solution, tmp_path / "x.umb", free=("rad",))
    with pytest.raises(IndexError, match="no row 1"):
        write_umb(solution, tmp_path / "x.umb", row=1)
    assert not (tmp_path / "x.umb").exists()


def test_the_reader_can_tell(tmp_path: Path) -> None:
    """With another reward or probability the plain reader gives another answer."""
    questions = write_umb(two_rounds(), tmp_path / "x.umb")
    plain = read(tmp_path / "x.umb")
    asked = next(q for q in questions if q.quantity == "strain")
    more = replace(
        plain, rewards={n: r + (n == "outcome_strain") for n, r in plain.rewards.items()}
    )
    assert more.answer(asked.ask) > plain.answer(asked.ask) + 1
    assert standoff.__version__ == plain.index["file-data"]["tool-version"]
