"""A crisis that may start in several states: every number is the mean over where it starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from standoff.certificate import certify
from standoff.explore import sample
from standoff.game import Game, compile_game
from standoff.scenario import Scenario, load
from standoff.solver import Concept, advance, at_start, rows_of, solve, states_of

NAMES = ["two-move-deterrence", "brinkmanship", "reciprocal-fear", "chain-store"]


def starting(scenario: Scenario, starts: tuple[float, ...]) -> Scenario:
    """The scenario with its first variable at each value with these probabilities."""
    first, *others = scenario.variables
    return replace(scenario, variables=(replace(first, starts=starts), *others))


def surely(scenario: Scenario, value: int) -> Scenario:
    first, *others = scenario.variables
    return replace(scenario, variables=(replace(first, start=value), *others))


@pytest.mark.parametrize("concept", [Concept.EQUILIBRIUM, Concept.LIMIT])
@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_the_mean_over_the_starts(name: str, concept: Concept) -> None:
    """Values, outcomes and the course are those of each start, weighed by how probable it is.

    Some of the starts are in states in which the crisis is over.
    """
    scenario = load(name)
    size = scenario.variables[0].size
    shares = np.arange(1.0, size + 1) / np.arange(1.0, size + 1).sum()
    futures = sample(scenario, 3)
    mixed = solve(
        compile_game(starting(scenario, tuple(shares))), futures, concept=concept,
        keep_policies=True,
    )  # fmt: skip
    alone = [
        solve(compile_game(surely(scenario, k)), futures, concept=concept, keep_policies=True)
        for k in range(size)
    ]
    for quantity in ("value", "outcome"):
        mean = sum(p * getattr(one, quantity) for p, one in zip(shares, alone, strict=True))
        assert getattr(mixed, quantity) == pytest.approx(mean, abs=1e-9)
    for part in ("labels", "choices", "going_on", "accrued"):
        mean = sum(
            p * getattr(one.course, part)[..., :3] for p, one in zip(shares, alone, strict=True)
        )
        assert getattr(mixed.course, part)[..., :3] == pytest.approx(mean, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_second_program_confirms_it(name: str) -> None:
    """Certificates hold for games of several starts, plays drawn from them included."""
    scenario = load(name)
    size = scenario.variables[0].size
    game = compile_game(starting(scenario, (1 / size,) * size))
    assert len(game.starts) == size
    certificate = certify(solve(game, keep_policies=True))
    assert certificate.passed, certificate


def test_a_sure_start_is_the_start() -> None:
    """All probability on one value is the file's own way of starting there, bit for bit."""
    scenario = load("brinkmanship")
    sure = solve(compile_game(starting(scenario, (1.0, 0, 0, 0, 0))))
    plain = solve(compile_game(scenario))
    assert (sure.value == plain.value).all()
    assert (sure.outcome == plain.outcome).all()


def test_who_needs_one_start_says_so() -> None:
    """What cannot be asked of a crisis that may start anywhere is refused, not answered wrongly."""
    scenario = starting(load("brinkmanship"), (0.5, 0.5, 0, 0, 0))
    with pytest.raises(ValueError, match="'brinkmanship' may start in any of 2 states"):
        _ = compile_game(scenario).start


def test_starts_that_are_given() -> None:
    """States in which a crisis may start can be laid down, alike in probability."""
    scenario = load("brinkmanship")
    starts = np.array([[0, 0, 0], [3, 1, 0]], np.uint16)
    game = compile_game(scenario, starts=starts)
    assert [start.probability for start in game.starts] == [0.5, 0.5]
    places = [start.state for start in game.starts]
    assert game.moves[0].states[places].tolist() == starts.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_a_period_at_a_time_is_the_course(name: str) -> None:
    """What is pushed through the periods one by one is where the course says the crisis is."""
    scenario = load(name)
    game: Game = compile_game(scenario)
    solution = solve(game, sample(scenario, 20), keep_policies=True)
    size = scenario.variables[0].size
    is_label = np.eye(size)[states_of(game)[:, 0].astype(np.intp)]
    density = at_start(solution)
    for period in range(game.periods + 1):
        course = rows_of(solution.course.labels[period], 20)[:size].T
        assert density.rows(20) @ is_label == pytest.approx(course, abs=1e-12)
        if period < game.periods:
            density = advance(solution, density)
    with pytest.raises(ValueError, match="none is left"):
        advance(solution, density)
