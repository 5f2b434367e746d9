"""The hidden rung: an exact chain, checked against every path there is."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm

from standoff.watch.ladder import estimate, interval, reaching, stationary, transition
from standoff.watch.mapping import Moves, load_mapping, packaged_mappings, read_mapping

EVIDENCE = Path(__file__).parents[3] / "shared" / "evidence"
MOVES = Moves(((0.8, 0.15, 0.05), (0.3, 0.5, 0.2), (0.1, 0.4, 0.5)), 30.0, "")


def test_the_chain_agrees_with_all_paths() -> None:
    """Forward and backward recursions give what summing over 3^5 courses gives (Rabiner 1989)."""
    days = [31, 28, 31, 30, 7]
    log = np.log(np.random.default_rng(1).random((5, 3)))
    weights = {}
    start = stationary(MOVES)
    for path in itertools.product(range(3), repeat=5):
        weight = start[path[0]] * np.exp(log[0, path[0]])
        for period in range(1, 5):
            step = transition(MOVES, days[period])[path[period - 1], path[period]]
            weight *= step * np.exp(log[period, path[period]])
        weights[path] = weight
    total = sum(weights.values())
    found = estimate(log, days, MOVES)
    for period in range(5):
        for rung in range(3):
            share = sum(w for path, w in weights.items() if path[period] == rung) / total
            assert found.probability[period, rung] == pytest.approx(share, abs=1e-12)
    assert found.evidence == pytest.approx(np.log(total))


def test_transitions_are_those_of_the_jump_chain() -> None:
    """Uniformisation gives the matrix exponential, and two months are a month twice."""
    rates = np.array(MOVES.next) - np.eye(3)
    for days in (1.0, 30.0, 365.0):
        assert transition(MOVES, days) == pytest.approx(expm(rates * days / 30), abs=1e-12)
    assert transition(MOVES, 60) == pytest.approx(transition(MOVES, 30) @ transition(MOVES, 30))
    assert stationary(MOVES) @ transition(MOVES, 30) == pytest.approx(stationary(MOVES))


def test_reaching_a_rung_is_no_less_than_being_there() -> None:
    """Within a period a rung may be reached and left again; the longer, the surer."""
    start = np.array([1.0, 0.0, 0.0])
    there = (start @ transition(MOVES, 30))[2:].sum()
    assert reaching(MOVES, start, 30)[2] > there
    assert reaching(MOVES, start, 60)[2] > reaching(MOVES, start, 30)[2]
    assert reaching(MOVES, np.array([0.0, 0.0, 1.0]), 30)[1:] == pytest.approx([1.0, 1.0])
    # On two rungs it is the waiting time of one jump: 1 - exp(-rate t).
    two = Moves(((0.7, 0.3), (1.0, 0.0)), 10.0, "")
    assert reaching(two, np.array([1.0, 0.0]), 20)[1] == pytest.approx(1 - np.exp(-0.3 * 2))


def test_without_reports_the_long_run_is_all_that_is_known() -> None:
    """A flat likelihood leaves the stationary shares in every period."""
    found = estimate(np.zeros((4, 3)), [30] * 4, MOVES)
    assert found.probability == pytest.approx(np.tile(stationary(MOVES), (4, 1)))


def test_intervals_are_quantiles() -> None:
    """80 %: a tenth on either side is left out; the middle is the median."""
    low, median, high = interval(np.array([[0.05, 0.5, 0.4, 0.05], [0.0, 0.0, 1.0, 0.0]]))
    assert (low.tolist(), median.tolist(), high.tolist()) == ([1, 2], [1, 2], [2, 2])


@pytest.mark.parametrize("name", packaged_mappings())
def test_moves_are_shares(name: str) -> None:
    """Every row of a packaged mapping's moves sums to one, and every rung can be left."""
    moves = load_mapping(name).moves
    assert np.array(moves.next).sum(axis=1) == pytest.approx(1.0)
    assert all(row[k] < 1 for k, row in enumerate(moves.next))
    assert stationary(moves)[-1] < 0.1
    assert moves.why


def test_where_nothing_is_known_each_rung_is_rarer_than_the_one_below() -> None:
    """Without counts a rung is in the long run a third as frequent as the next lower one."""
    text = "mapping: 1\nname: a\nladder: {variable: v, rungs: [a, b, c, d]}\ncodebooks:\n  x:\n"
    rest = "    version: '1'\n    groups: [{rung: b, codes: {k: k}}]\n"
    shares = stationary(read_mapping(text + rest, "a.yaml").moves)
    assert shares[1:] / shares[:-1] == pytest.approx(1 / 3)


@pytest.mark.skipif(not EVIDENCE.exists(), reason="the evidence is not here")
def test_the_levels_of_mie_follow_each_other_as_counted() -> None:
    """The packaged moves are our counts of next events since 1946 (MIE 1.0)."""
    levels = {"0": "none", "2": "threat", "3": "display", "4": "force", "5": "war"}
    table = EVIDENCE / "base_rates" / "mie10_post45_event_transition_counts.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        rows = {row.pop("h"): row for row in csv.DictReader(stream)}
    mapping = load_mapping("force")
    for level, row in rows.items():
        total = sum(int(count) for count in row.values())
        at = mapping.rungs.index(levels[level])
        for other, count in row.items():
            share = mapping.moves.next[at][mapping.rungs.index(levels[other])]
            assert share == pytest.approx(int(count) / total)
