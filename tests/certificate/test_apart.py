"""The checks of certificates are independent of what they check, and of one another."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import standoff.certificate
from oracles.crises import centipede, centipede_by_hand
from oracles.drafts import game_of
from standoff.certificate.chain import Chain, chain_of
from standoff.certificate.course import course
from standoff.certificate.evaluation import moments
from standoff.certificate.plays import draw
from standoff.solver import solve

MODULES = sorted(Path(standoff.certificate.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_nothing_of_the_solver_is_used_but_its_data(path: Path) -> None:
    """Of the solver only data and their layout; of libraries only NumPy and sparse matrices."""
    data = {"Beliefs", "Concept", "Solution", "belief_names", "rows_of"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert [alias.name for alias in node.names] == ["numpy"]
        elif isinstance(node, ast.ImportFrom) and node.module:
            library, *rest = node.module.split(".")
            assert library in {
                "standoff", "numpy", "scipy", "__future__", "collections", "dataclasses",
                "functools", "typing",
            }  # fmt: skip
            if library == "scipy":
                assert rest == ["sparse"]
            if node.module.startswith("standoff.solver"):
                assert {alias.name for alias in node.names} <= data


def chain(precision: float) -> Chain:
    game = game_of(centipede(4))
    return chain_of(solve(game, {"precision": precision}, keep_policies=True), 0)


def value(found: Chain) -> float:
    """Expected rounds before the pot is taken, backward."""
    *_, first = moments(found)
    return found.game.periods - float(first.value[found.game.start, -1])


def test_backward_forward_and_played_agree_with_the_closed_form() -> None:
    """The centipede game: rounds before the pot is taken, from the chances of taking."""
    found = chain(1.0)
    take = centipede_by_hand(4, 1.0)
    passed = np.cumprod([1.0, *(1.0 - p for p in take)])
    rounds = float(passed[2] + passed[4])
    periods = found.game.periods
    assert value(found) == pytest.approx(rounds, abs=1e-12)
    assert periods - course(found).expectation[-1] == pytest.approx(rounds, abs=1e-12)
    assert periods - draw(found, 40_000, 1)[-1] == pytest.approx(rounds, abs=0.02)


def test_variance_is_that_of_the_plays() -> None:
    """The exact variance of one play is what the spread of means of many plays comes from."""
    found = chain(0.5)
    *_, first = moments(found)
    exact = first.variance[found.game.start]
    means = np.array([draw(found, 400, seed) for seed in range(300)])
    np.testing.assert_allclose(400 * means.var(axis=0), exact, rtol=0.3)


def test_plays_of_other_policies_are_told_apart() -> None:
    """Backward, forward and played each follow the policies they are given."""
    right, wrong = chain(1.0), chain(0.2)
    mixed = replace(right, policies=wrong.policies)
    deviation = 1.0 / np.sqrt(40_000)
    assert abs(draw(mixed, 40_000, 1)[-1] - draw(right, 40_000, 1)[-1]) > 10 * deviation
    assert abs(value(mixed) - value(right)) > 10 * deviation
    assert value(mixed) == pytest.approx(value(wrong), abs=1e-12)
    assert abs(course(mixed).expectation[-1] - course(right).expectation[-1]) > 10 * deviation
