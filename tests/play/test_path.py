"""Trajectories, against a player that walks them one at a time in plain Python."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.drafts import Document, Futures, documents, futures, game_of
from standoff.game import HIT_KINDS, row_of
from standoff.play import paths, simulate
from standoff.play.draws import key_of, philox, slots_of
from standoff.solver import Solution, rows_of, solve


class Walker:
    """Plays one replication by the definitions: no tables, no records, no blocks."""

    def __init__(self, solution: Solution, row: int, seed: int) -> None:
        self.solution, self.game, self.row = solution, solution.game, row
        self.key, self.slots = key_of(seed), slots_of(solution.game)
        self.decoded = row_of(solution.game, solution.numbers, row)
        self.policies = [
            [rows_of(policy, solution.rows)[:, row] for policy in by_period or ()]
            for by_period in solution.passed.policies
        ]

    def draw(self, replication: int, period: int, slot: int) -> int:
        counter = np.array([replication, self.row, period, slot // 4], np.uint32)
        return int(philox(counter, self.key)[slot % 4]) >> 1

    def pick(self, weights: list[float], draw: int) -> int:
        """The first whose cumulative share, in 2⁻³¹, is above the draw."""
        total = sum(map(Fraction, weights))
        so_far = Fraction(0)
        for k, weight in enumerate(weights):
            so_far += Fraction(weight)
            if round(so_far / total * 2**31) > draw:
                return k
        raise AssertionError("no draw is as high as 2³¹")

    def walk(self, replication: int) -> tuple[list[int], list[int], list[int], list[float]]:
        """States, options and branches by turn, and the totals by channel."""
        game, decoded = self.game, self.decoded
        actors = len(game.actors)
        kinds = [outcome.kind for outcome in game.outcomes if outcome.kind in HIT_KINDS]
        met = [game.periods] * len(kinds)
        total = np.zeros(game.channels)
        state, states, options, branches = game.start, [], [], []
        weight = np.ones(game.channels)

        def meet(hit: Any, period: int) -> None:
            for h in np.flatnonzero(hit):
                met[h] = min(met[h], period)

        for period in range(game.periods):
            weight[:actors] = decoded.discount**period
            for k, move in enumerate(game.moves):
                states.append(state)
                if state < 0:
                    options.append(-1)
                    branches.append(-1)
                    continue
                meet(move.hit[state], period)
                left = list(range(move.first[state], move.first[state + 1]))
                for m in range(len(move.members)):
                    policy = self.policies[k][period]
                    own = sorted(set(move.action[left, m].tolist()))
                    shares = [
                        float(sum(Fraction(policy[o]) for o in left if move.action[o, m] == a))
                        for a in own
                    ]
                    draw = self.draw(replication, period, int(self.slots[k]) + m)
                    action = own[self.pick(shares, draw)]
                    left = [o for o in left if move.action[o, m] == action]
                (option,) = left
                which = range(move.branch[option], move.branch[option + 1])
                chances = [float(decoded.chance[k][b]) for b in which]
                draw = self.draw(replication, period, int(self.slots[k + 1]) - 1)
                branch = which[self.pick(chances, draw)]
                total[:actors] += weight[:actors] * decoded.payoff[k][option]
                options.append(option)
                branches.append(branch)
                state = int(move.to[branch])
                if state < 0:
                    meet(game.ended_hit[-1 - state], period)
                    total += weight * decoded.ended_final[-1 - state]
            if state >= 0:
                meet(game.moves[0].hit[state], period)
                total += weight * decoded.accrual[state]
        if game.start < 0:
            meet(game.ended_hit[-1 - state], 0)
            total += decoded.ended_final[-1 - state]
        if state >= 0:
            weight[:actors] = decoded.discount**game.periods
            total += weight * decoded.horizon[state]
        for h, kind in enumerate(kinds):
            happened = met[h] < game.periods
            value = met[h] if kind == "first time" else float(happened)
            total[game.channels - len(kinds) + h] = value
        return [*states, state], options, branches, total.tolist()


def compare(solution: Solution, row: int, seed: int, begin: int, count: int) -> None:
    found = paths(solution, row=row, seed=seed, begin=begin, count=count)
    walker = Walker(solution, row, seed)
    for i in range(count):
        states, options, branches, total = walker.walk(begin + i)
        assert found.state[i].tolist() == states
        assert found.option[i].tolist() == options
        assert found.branch[i].tolist() == branches
        np.testing.assert_allclose(found.total[i], total, rtol=1e-12, atol=1e-12)


@settings(max_examples=40, derandomize=True)
@given(
    document=documents(),
    rows=futures(2),
    doctrine=st.sampled_from(["free-choice", "open", "secret"]),
    seed=st.integers(0, 2**64 - 1),
)
def test_a_trajectory_is_the_one_that_its_draws_define(
    document: Document, rows: Futures, doctrine: str, seed: int
) -> None:
    """State by state, option by option, branch by branch, on random scenarios; and its totals."""
    solution = solve(game_of(document), rows.arrays(), doctrine, keep_policies=True)
    compare(solution, 1, seed, 0, 6)


@pytest.mark.parametrize("doctrine", ["free-choice", "steady", "silent"])
def test_members_of_a_group_choose_by_draws_of_their_own(chicken: str, doctrine: str) -> None:
    """One after another, each by its share given what the others before it chose."""
    solution = solve(game_of(chicken), {"fog": [0.1, 0.9]}, doctrine, keep_policies=True)
    compare(solution, 1, 9, 100, 60)


def test_paths_are_those_that_simulations_count(chicken: str) -> None:
    """Whichever replication is asked for, alone or among others, it is the same one."""
    game = game_of(chicken)
    played = simulate(game, {"fog": [0.1, 0.9]}, replications=1100, seed=4, keep_totals=True)
    solution = solve(game, {"fog": [0.1, 0.9]}, keep_policies=True)
    assert played.totals is not None
    for begin, count in ((0, 1), (511, 3), (1024, 76)):
        found = paths(solution, row=1, seed=4, begin=begin, count=count)
        np.testing.assert_array_equal(found.total, played.totals[1, 0, begin : begin + count])


def test_what_cannot_be_recorded_is_refused(chicken: str) -> None:
    """Policies that were not kept, replications that do not exist, rows that do not."""
    game = game_of(chicken)
    with pytest.raises(ValueError, match="keep_policies=True"):
        paths(solve(game))
    solution = solve(game, keep_policies=True)
    for begin, count in ((-1, 1), (0, 0), (2**32 - 1, 2)):
        with pytest.raises(ValueError, match="expected 0 to 2\\*\\*32 - 1"):
            paths(solution, begin=begin, count=count)
    with pytest.raises(IndexError, match="there is no row 1; there are 1"):
        paths(solution, row=1)
