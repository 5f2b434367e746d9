"""Simulations: exact in the long run, the same for everybody, and sharp where doctrines differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import standoff
from oracles.drafts import Document, Futures, documents, futures, game_of
from standoff.play import LEVELS, Simulation, simulate
from standoff.play.jobs import JOB
from standoff.scenario import loads


def arrays(played: Simulation) -> dict[str, bytes]:
    assert played.totals is not None
    return {
        name: getattr(played, name).tobytes()
        for name in ("expected", "mean", "variance", "quantile", "totals", "error")
    }


@settings(max_examples=25, derandomize=True)
@given(
    document=documents(),
    rows=futures(2),
    doctrine=st.sampled_from(["free-choice", "open", "secret"]),
    seed=st.integers(0, 2**64 - 1),
)
def test_means_come_to_the_exact_expectations(
    document: Document, rows: Futures, doctrine: str, seed: int
) -> None:
    """On random scenarios, within five standard errors, or within what one unseen event in a
    thousand times as many replications could add."""
    count = 20_000
    played = simulate(game_of(document), rows.arrays(), doctrine, replications=count, seed=seed)
    spread = np.ptp(played.quantile, axis=2).max() + np.abs(played.expected).max()
    off = np.abs(played.mean - played.expected)
    assert (off <= 5 * played.error + spread * 1e-3 / np.sqrt(count) + 1e-12).all()


@pytest.mark.parametrize("workers", [2, 7])
def test_any_number_of_workers_gives_the_same_bytes(chicken: str, workers: int) -> None:
    """Jobs are of one size and summed in their order, whoever plays them."""
    game = game_of(chicken)
    doctrines = ("free-choice", "steady", "silent")
    settings = {"replications": 3 * JOB + 700, "seed": 11, "keep_totals": True}
    alone = simulate(game, {"fog": [0.1, 0.5]}, doctrines, workers=1, **settings)  # type: ignore[arg-type]
    many = simulate(game, {"fog": [0.1, 0.5]}, doctrines, workers=workers, **settings)  # type: ignore[arg-type]
    assert arrays(alone) == arrays(many)


def test_statistics_are_those_of_the_totals(chicken: str) -> None:
    """Streamed means, errors and quantiles are what NumPy makes of all replications."""
    doctrines = ("free-choice", "steady")
    played = simulate(game_of(chicken), None, doctrines, replications=JOB + 5, keep_totals=True)
    assert played.totals is not None
    totals = played.totals[0]
    np.testing.assert_allclose(played.mean[0], totals.mean(axis=1), rtol=1e-12)
    error = totals.std(axis=1, ddof=1) / np.sqrt(played.replications)
    np.testing.assert_allclose(played.error[0], error, rtol=1e-9, atol=1e-12)
    quantile = np.quantile(totals[:, :JOB], LEVELS, axis=1, method="inverted_cdf")
    np.testing.assert_array_equal(played.quantile[0], quantile.swapaxes(0, 1))
    less = played.difference("steady", "free-choice")
    differences = totals[1] - totals[0]
    np.testing.assert_allclose(less.mean[0], differences.mean(axis=0), rtol=1e-9, atol=1e-12)
    error = differences.std(axis=0, ddof=1) / np.sqrt(len(differences))
    np.testing.assert_allclose(less.error[0], error, rtol=1e-9, atol=1e-10)


def test_common_random_numbers_sharpen_differences() -> None:
    """Pairs that meet the same chance differ by less than pairs that do not (Law 2015, ch. 11).

    A doctrine that changes little leaves most courses as they are: then a hundredth of the
    replications is enough. One that changes everything from the start gains nothing, and costs
    nothing.
    """
    game = standoff.compile(standoff.load("brinkmanship"))
    others = [doctrine.name for doctrine in game.scenario.doctrines]
    played = simulate(game, None, ["free-choice", *others], replications=20_000)
    gains = {}
    for k, other in enumerate(others, 1):
        apart = played.error[0, 0] ** 2 + played.error[0, k] ** 2
        paired = played.difference(other, "free-choice").error[0] ** 2
        gains[other] = apart[paired > 0] / paired[paired > 0]
    assert (gains["gentle-road"] > 100).all()
    assert min(gain.min() for gain in gains.values()) > 0.95


def test_a_doctrine_that_changes_nothing_changes_no_course(chicken: str) -> None:
    """An empty doctrine, under the same draws, is free choice to the last bit."""
    document = chicken.replace("    steady: {never: swerve}", "    steady: {says: nothing}")
    played = simulate(game_of(document), None, ("free-choice", "steady"), replications=500)
    less = played.difference("steady", "free-choice")
    assert not less.mean.any()
    assert not less.error.any()


def test_a_future_does_not_depend_on_those_beside_it(chicken: str) -> None:
    """Twenty futures, in two groups, are each what they are with others in their place."""
    game, fog = game_of(chicken), np.linspace(0, 1, 20)
    every = simulate(game, {"fog": fog}, replications=300, keep_totals=True)
    changed = simulate(
        game, {"fog": np.where(np.arange(20) == 17, fog, 0.5)}, replications=300, keep_totals=True
    )
    assert every.totals is not None
    assert changed.totals is not None
    np.testing.assert_array_equal(every.totals[17], changed.totals[17])
    assert (every.totals[3] != changed.totals[3]).any()


def test_few_tables_at_a_time_give_the_same(chicken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where tables would take too much memory, futures are taken in hand one by one."""
    game = game_of(chicken)
    asked = {"fog": np.linspace(0, 1, 5)}
    every = simulate(game, asked, replications=100, keep_totals=True)
    monkeypatch.setattr("standoff.play.simulation._TABLES", 1)
    assert arrays(simulate(game, asked, replications=100, keep_totals=True)) == arrays(every)


def test_arrays_have_named_axes(chicken: str) -> None:
    """By actor and by outcome, with future, doctrine, level and replication."""
    played = simulate(
        game_of(chicken), {"fog": [0.1, 0.2]}, ["free-choice", "steady"], replications=50,
        seed=3, keep_totals=True,
    )  # fmt: skip
    found = played.to_xarray()
    assert found["value_mean"].dims == ("future", "doctrine", "actor")
    assert found["outcome_quantile"].dims == ("future", "doctrine", "level", "outcome")
    assert found["outcome_total"].sizes == {
        "future": 2, "doctrine": 2, "replication": 50, "outcome": 4,
    }  # fmt: skip
    calls = found["outcome_mean"].sel(outcome="calls", doctrine="steady")
    np.testing.assert_array_equal(calls, played.mean[:, 1, played.quantities.index("calls")])
    assert (found.attrs["seed"], found.attrs["replications"]) == (3, 50)


def test_one_replication_has_no_error(chicken: str) -> None:
    """What cannot be known of a single course is nan, not 0."""
    played = simulate(game_of(chicken), replications=1)
    assert np.isnan(played.error).all()
    assert np.isfinite(played.mean).all()


def test_a_crisis_that_is_over_at_once_is_over(chicken: str) -> None:
    """Where the start ends it, every course is its final payoff."""
    over = chicken.replace("ends: left == ditch and right == ditch", "ends: sight")
    played = simulate(loads(over), replications=10)
    np.testing.assert_array_equal(played.mean, played.expected)


def test_what_cannot_be_played_is_refused(chicken: str) -> None:
    """With what was found, what was expected, and the nearest name."""
    game = game_of(chicken)
    with pytest.raises(ValueError, match="replications is 0; expected a number from 1 to"):
        simulate(game, replications=0)
    with pytest.raises(ValueError, match="workers is 0; expected at least 1"):
        simulate(game, workers=0)
    with pytest.raises(ValueError, match="no doctrine is given"):
        simulate(game, None, ())
    with pytest.raises(ValueError, match="the seed is -1"):
        simulate(game, seed=-1)
    with pytest.raises(KeyError, match="did you mean 'steady'"):
        simulate(game, None, "stedy")
    with pytest.raises(KeyError, match="did you mean 'fog'"):
        simulate(game, {"fgo": 0.1})
