"""Following a solved game: against every path of it, and its own forward pass."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from standoff.explore import sample
from standoff.game import compile_game, row_of
from standoff.scenario import Belief, Scenario, load, loads
from standoff.solver import Solution, rows_of, solve, states_of
from standoff.watch.filter import ImpossibleReportsError
from standoff.watch.following import afresh, follow

Reals = NDArray[np.float64]

TINY = """
standoff: 1
name: tiny
title: A quarrel of two rungs
time: {period: week, periods: 3}
parameters:
  spark: {value: 0.2, range: [0.05, 0.4], unit: per week, why: chance of a clash, basis: assumed}
  worth: {value: 1, range: [0, 3], unit: points, why: what pressing gains, basis: assumed}
variables:
  rung: {ladder: [calm, tense, fight]}
  armed: {flag: false}
order: [north, south, clash]
ends: rung == fight
actors:
  north:
    rationality: 1
    payoff: worth * level(rung)
    actions: {hold: {}, press: {when: rung < tense, set: {rung: rung + 1}}}
  south:
    rationality: 2
    payoff: armed - worth * level(rung)
    actions: {hold: {}, arm: {when: not armed, set: {armed: true}, cost: 0.5}}
events:
  clash:
    - {p: spark, when: rung == tense, set: {rung: fight}}
    - {p: spark / 2, when: rung == tense and armed, set: {rung: calm}}
outcomes:
  fights: {ever: rung == fight, better: lower}
claims:
  peace: {says: It stays calm., holds: fights < 0.5, why: a claim}
"""


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return loads(TINY.encode(), "tiny.yaml")


@pytest.fixture(scope="module")
def solved(tiny: Scenario) -> Solution:
    return solve(compile_game(tiny), sample(tiny, 20), keep_policies=True)


def paths(solution: Solution, row: int) -> dict[tuple[int, ...], float]:
    """Probability of every course of states before the first move: start, then period by period.

    States in which the crisis is over count from -1 down, as in `Move.to`.
    """
    game = solution.game
    numbers = row_of(game, solution.numbers, row)
    held: dict[tuple[int, ...], float] = {(game.start,): 1.0}
    for period in range(game.periods):
        within = {(path, path[-1]): p for path, p in held.items()}
        for k, move in enumerate(game.moves):
            kept = solution.passed.policies[k]
            policy = None if kept is None else rows_of(kept[period], solution.rows)[:, row]
            after: dict[tuple[tuple[int, ...], int], float] = {}
            for (path, state), p in within.items():
                if state < 0:
                    after[path, state] = after.get((path, state), 0) + p
                    continue
                for option in range(move.first[state], move.first[state + 1]):
                    chosen = p if policy is None else p * policy[option]
                    for branch in range(move.branch[option], move.branch[option + 1]):
                        to = (path, int(move.to[branch]))
                        after[to] = after.get(to, 0) + chosen * numbers.chance[k][branch]
            within = after
        held = {}
        for (path, state), p in within.items():
            held[*path, state] = held.get((*path, state), 0) + p
    return held


def test_the_filter_is_the_sum_over_all_courses(solved: Solution) -> None:
    """States, futures and evidence are those of enumerating every course of the game."""
    game = solved.game
    random = np.random.default_rng(1)
    logs = np.log(random.random((3, 3)))
    weight = random.random(20)
    found = follow(solved, "rung", logs, weight)
    label = states_of(game)[:, 0]
    first = len(game.moves[0].states)
    joint = np.zeros((20, len(label)))
    for row in range(20):
        for path, p in paths(solved, row).items():
            places = [state if state >= 0 else first - 1 - state for state in path[1:]]
            told = sum(logs[t, label[place]] for t, place in enumerate(places))
            joint[row, places[-1]] += p * np.exp(told)
    assert found.filtered.row_log_evidence == pytest.approx(np.log(joint.sum(axis=1)), abs=1e-10)
    joint *= (weight / weight.sum())[:, None]
    assert found.state == pytest.approx(joint.sum(axis=0) / joint.sum(), abs=1e-12)
    assert found.filtered.weight == pytest.approx(joint.sum(axis=1) / joint.sum(), abs=1e-12)
    assert found.filtered.log_evidence.sum() == pytest.approx(np.log(joint.sum()), abs=1e-10)
    assert found.types == {}


@pytest.mark.parametrize("name", ["brinkmanship", "reciprocal-fear", "chain-store", "beer-quiche"])
def test_silence_is_the_forward_pass(name: str) -> None:
    """With a flat likelihood the filter is the forward pass, with one mover, groups, and types."""
    scenario = load(name)
    solution = solve(compile_game(scenario), sample(scenario, 5), keep_policies=True)
    size, periods = scenario.variables[0].size, scenario.time.periods
    found = follow(solution, scenario.variables[0].name, np.zeros((periods, size)))
    for period in range(periods):
        forward = rows_of(solution.course.labels[period + 1], 5)[:size].T
        assert found.filtered.row_probability[period] == pytest.approx(forward, abs=1e-9)
    assert found.filtered.weight == pytest.approx(np.full(5, 0.2), abs=1e-12)
    assert found.state.sum() == pytest.approx(1, abs=1e-9)


def test_types_are_inferred_by_bayes() -> None:
    """Who fights is tougher by Bayes' rule: prior times what each type does (chain store)."""
    scenario = load("chain-store")
    solution = solve(compile_game(scenario), {"rationality": 1}, keep_policies=True, points=11)
    assert solution.learned is not None
    market = scenario.variables[0].labels
    logs = np.full((1, len(market)), -np.inf)
    logs[0, market.index("fought")] = 0
    found = follow(solution, "market", logs)
    game = solution.game
    move = next(m for m in game.moves if game.actors[m.members[0]] == "incumbent")
    state = move.states[:, 0].tolist().index(market.index("entered"))
    fight = [a.name for a in scenario.actors[move.members[0]].actions].index("fight")
    policy = solution.policy_by_type("incumbent")[:, :, state, fight, 0]  # [belief, kind]
    believed = {key: values[:, 0] for key, values in _believed(solution).items()}
    kinds = [kind.type for kind in solution.learned.ground.beliefs.sides[move.members[0]].kinds]
    tough = Belief("incumbent", "tough")
    prior = _prior(solution, tough)
    names = [one.name for one in scenario.actors[move.members[0]].types]
    fights = {
        name: float(policy[np.argmin(abs(believed[tough] - prior)), kinds.index(number)])
        for number, name in enumerate(names)
    }
    bayes = prior * fights["tough"] / (
        prior * fights["tough"] + (1 - prior) * fights["weak"]
    )  # fmt: skip
    assert found.types[tough] == pytest.approx(bayes, abs=2e-3)
    assert found.types[tough] > prior + 0.1
    assert sum(found.types.values()) == pytest.approx(1)


def _believed(solution: Solution) -> dict[Belief, Reals]:
    """The belief in each type at each point of the grid, [belief, lane]."""
    assert solution.learned is not None
    found = solution.learned.ground.beliefs.believed(solution.game)
    return {key: np.asarray(values).reshape(len(values), -1) for key, values in found.items()}


def _prior(solution: Solution, belief: Belief) -> float:
    course = solution.course
    assert course.beliefs is not None
    names = [
        Belief(actor.name, one.name)
        for actor in solution.game.scenario.actors
        for one in actor.types
    ]
    return float(course.beliefs[0, 0, names.index(belief), 0])


def test_afresh_is_one_period_from_each_label(tiny: Scenario, solved: Solution) -> None:
    """The row of the label at which the scenario starts is its forward pass after one period."""
    made = afresh(tiny, "rung", sample(tiny, 20))
    assert made.shape == (20, 3, 3)
    assert made.sum(axis=2) == pytest.approx(np.ones((20, 3)), abs=1e-12)
    first = rows_of(solved.course.labels[1], 20)[:3].T
    assert made[:, 0] == pytest.approx(first, abs=1e-12)
    assert made[:, 2] == pytest.approx(np.tile([0.0, 0, 1], (20, 1)), abs=0)  # it is over there


def test_single_precision_says_the_same(tiny: Scenario) -> None:
    """The chain does not hang on the precision it is solved in."""
    single = afresh(tiny, "rung", sample(tiny, 3), precision="single")
    assert single == pytest.approx(afresh(tiny, "rung", sample(tiny, 3)), abs=1e-6)


def test_what_cannot_be_followed_is_told(tiny: Scenario, solved: Solution) -> None:
    """A wrong name, too many periods, what is impossible, and policies that were not kept."""
    with pytest.raises(KeyError, match="'rungs' is not a variable of 'tiny'; did you mean 'rung'"):
        follow(solved, "rungs", np.zeros((1, 3)))
    with pytest.raises(ValueError, match="reports of 4 periods; 'tiny' has 3"):
        follow(solved, "rung", np.zeros((4, 3)))
    never = np.full((2, 3), -np.inf)
    never[0, 2], never[1, 0] = 0, 0  # it was over, and then it was calm
    with pytest.raises(ImpossibleReportsError, match="period 2 of 2"):
        follow(solved, "rung", never)
    with pytest.raises(ValueError, match="the policies were not kept"):
        follow(solve(solved.game), "rung", np.zeros((1, 3)))
