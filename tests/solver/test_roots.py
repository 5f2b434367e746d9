"""All equilibria of one move of an actor with two types, against equations and sign changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from standoff.game import GROUP
from standoff.solver.certain import certain, scale
from standoff.solver.lanes import empty_aligned
from standoff.solver.newton import BOTH
from standoff.solver.posterior import BRANCH, NEAREST, two_types
from standoff.solver.refine import MOST_ROOTS, tables
from standoff.solver.roots import scan

POINTS = 6


def drawn(seed: int, actions: int, size: float) -> NDArray[np.float64]:
    """What each action is worth to either type by what is then believed, [kind, action, point]."""
    return size * np.random.default_rng(seed).normal(size=(2, actions, POINTS)).cumsum(axis=2)


def roots_of(q: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """For each inner prior, the log-odds after each action in every equilibrium; none if it would
    take too long."""
    actions = q.shape[1]
    lam, status = np.ones(2), np.full(actions, BOTH)
    found = np.zeros(POINTS, np.int64)
    roots = np.empty((POINTS, MOST_ROOTS, actions + 1))
    room = tables(q, lam, actions, POINTS)
    if not scan(q, lam, status, actions, POINTS, room, found, roots, False):
        return []
    return [roots[t, : found[t], :actions] for t in range(1, POINTS - 1)]


def response(q: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-likelihood ratios of the actions where x are the log-odds after them, [action]."""
    grid = np.linspace(0, 1, POINTS)
    m = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
    worth = np.array([[np.interp(m[a], grid, q[k, a]) for a in range(len(x))]
                      for k in range(2)])  # fmt: skip
    top = worth.max(axis=1, keepdims=True)
    chosen = worth - top - np.log(np.exp(worth - top).sum(axis=1, keepdims=True))
    return np.asarray(chosen[1] - chosen[0])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 4), st.sampled_from([0.3, 1.0, 2.0]))
def test_every_root_solves_and_their_number_is_odd(seed: int, actions: int, size: float) -> None:
    """Each root is a fixed point of Bayes' rule and the logit; there is an odd number of them,
    as of a regular map of a convex set into itself (the index theorem)."""
    for t, roots in enumerate(roots_of(drawn(seed, actions, size)), 1):
        prior = np.log(t / (POINTS - 1 - t))
        for x in roots:
            assert x == pytest.approx(prior + response(drawn(seed, actions, size), x), abs=1e-8)
        assert len(roots) % 2 == 1 or len(roots) == MOST_ROOTS


@pytest.mark.parametrize("seed", range(12))
def test_all_are_found_that_a_fine_search_finds(seed: int) -> None:
    """With one action that tells nothing, equilibria are the sign changes of one function."""
    q = drawn(seed, 2, 2.0)
    q[:, 1] = q[:, 1, :1]
    x = np.linspace(-30, 30, 60_001)
    grid = np.linspace(0, 1, POINTS)
    own = [np.interp(1 / (1 + np.exp(-x)), grid, q[k, 0]) for k in range(2)]
    # The log-odds after the first action determine both policies, for the second is worth the same.
    policy = [own[k] - np.logaddexp(own[k], q[k, 1, 0]) for k in range(2)]
    every = roots_of(q)
    assert len(every) == POINTS - 2
    for t, roots in enumerate(every, 1):
        miss = x - np.log(t / (POINTS - 1 - t)) - policy[1] + policy[0]
        assert len(roots) == (np.diff(np.sign(miss)) != 0).sum()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_slopes_prove_there_is_one_it_is_the_one(dtype: type[np.floating]) -> None:
    """Newton's method in lanes agrees with the scan; where it is sure, there is one equilibrium."""
    actions, generator = 3, np.random.default_rng(1)
    sizes = generator.choice([0.05, 0.2, 1.5], GROUP)
    q = np.array([drawn(lane, actions, sizes[lane]) for lane in range(GROUP)])
    worth = empty_aligned((actions, POINTS, 2, GROUP), dtype)
    worth[:] = q.transpose(2, 3, 1, 0)
    room = empty_aligned((2 * actions * POINTS * GROUP,), dtype)
    scale(worth.ravel(), 2, 0, np.ones(2 * GROUP, dtype), 0, 2, actions, POINTS, room)
    sure = empty_aligned((GROUP,), dtype)
    work = empty_aligned((7 * actions * GROUP,), dtype)
    believed = empty_aligned((actions, POINTS, GROUP), dtype)
    certain(room, np.full(actions, BOTH), actions, POINTS, sure, work, believed.ravel())
    assert 0 < sure.sum() < GROUP
    for lane in np.flatnonzero(sure):
        alone, tally = np.empty((actions, POINTS)), np.zeros(2, np.int64)
        two_types(
            q[lane], np.ones((2, actions), bool), np.ones(2), actions, POINTS, NEAREST, True,
            alone, tally,
        )  # fmt: skip
        assert not tally.any()
        tolerance = 1e-9 if dtype == np.float64 else 1e-5
        assert believed[:, :, lane] == pytest.approx(alone, abs=tolerance)
        assert [len(roots) for roots in roots_of(q[lane])] == [1] * (POINTS - 2)


@pytest.mark.parametrize("seed", range(40))
def test_what_no_type_ever_does_can_be_left_out(seed: int) -> None:
    """At high rationality the branch and what it leads to are the same whether or not actions that
    are far worse than another, whatever is believed, are looked at.
    """
    actions = 4
    rng = np.random.default_rng(seed)
    q = drawn(seed, actions, 2.0) + rng.normal(scale=60, size=(2, actions, 1))
    least = q.min(axis=2).max(axis=1)
    never = (q.max(axis=2) < least[:, None] - 40).all(axis=0)
    found = []
    for remembered in (True, False):
        belief, tally = np.empty((actions, POINTS)), np.zeros(2, np.int64)
        two_types(
            q, np.ones((2, actions), bool), np.ones(2), actions, POINTS, BRANCH, remembered,
            belief, tally,
        )  # fmt: skip
        found.append(belief)
    whole, less = (chosen(q, belief) for belief in found)
    assert whole == pytest.approx(less, abs=1e-8)
    taken = whole.max(axis=0) > 1e-9  # [action, point]
    assert not taken[never].any()
    assert found[0][taken] == pytest.approx(found[1][taken], abs=1e-7)


def chosen(q: NDArray[np.float64], belief: NDArray[np.float64]) -> NDArray[np.float64]:
    """The policies of both types, [kind, action, point], where it is known what is believed."""
    points = np.linspace(0, 1, POINTS)
    worth = np.array([[np.interp(belief[a], points, q[kind, a]) for a in range(q.shape[1])]
                      for kind in range(2)])  # fmt: skip
    taken = np.exp(worth - worth.max(axis=1, keepdims=True))
    return np.asarray(taken / taken.sum(axis=1, keepdims=True))


def test_a_row_does_not_depend_on_those_beside_it() -> None:
    """What a lane finds is the same to the last bit whatever the others hold."""
    actions = 3
    answers = []
    for others in (1, 2):
        q = np.array([drawn(lane * others, actions, 0.1 * others) for lane in range(GROUP)])
        q[5] = drawn(0, actions, 0.1)
        worth = empty_aligned((actions, POINTS, 2, GROUP), np.float32)
        worth[:] = q.transpose(2, 3, 1, 0)
        room = empty_aligned((2 * actions * POINTS * GROUP,), np.float32)
        scale(worth.ravel(), 2, 0, np.ones(2 * GROUP, np.float32), 0, 2, actions, POINTS, room)
        sure, work = (empty_aligned((n * GROUP,), np.float32) for n in (1, 7 * actions))
        believed = empty_aligned((actions, POINTS, GROUP), np.float32)
        certain(room, np.full(actions, BOTH), actions, POINTS, sure, work, believed.ravel())
        assert sure[5] == 1
        answers.append(believed[:, :, 5].copy())
    np.testing.assert_array_equal(answers[0], answers[1])


def test_worth_that_is_far_apart() -> None:
    """Where one branch is worth thousands less than another, both are still found."""
    q = np.zeros((2, 2, POINTS))
    q[1, 0] = np.linspace(0, 3000, POINTS)
    q[0, 0] = np.linspace(0, -3000, POINTS)
    every = roots_of(q)
    assert len(every) == POINTS - 2
    for t, roots in enumerate(every, 1):
        assert len(roots) % 2 == 1
        prior = np.log(t / (POINTS - 1 - t))
        for x in roots:
            assert x == pytest.approx(prior + response(q, x), rel=1e-6, abs=1e-6)
