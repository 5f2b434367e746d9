"""`carried`: the chance that a motion is carried, by consensus or by a share of the blocs."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.reading import ScenarioError
from standoff.scenario import Call, Constant, evaluate_tree, loads

chances = st.floats(0, 1)
shares = st.floats(0.01, 1)
blocs = st.integers(1, 40)


def carried(together: float, count: int, share: float) -> float:
    arguments = (Constant(together), Constant(float(count)), Constant(share))
    return float(evaluate_tree(Call("carried", arguments), {}))


@pytest.mark.parametrize(("count", "share", "needed"), [(3, 2 / 3, 2), (5, 0.6, 3), (30, 0.51, 16)])
def test_closed_form(count: int, share: float, needed: int) -> None:
    """The tail of a binomial distribution, its blocs independent (Condorcet 1785)."""
    together = 0.3
    each = together ** (1 / count)
    tail = sum(
        comb(count, k) * each**k * (1 - each) ** (count - k) for k in range(needed, count + 1)
    )
    assert carried(together, count, share) == pytest.approx(tail, rel=1e-12)


def test_one_of_two() -> None:
    """Two blocs that both agree with 1/4 agree each with 1/2; one of them does with 3/4."""
    assert carried(0.25, 2, 0.5) == pytest.approx(0.75)


@given(chances, blocs)
def test_consensus(together: float, count: int) -> None:
    """Consensus is that all agree, to the last digit; and so is any share of one bloc."""
    assert carried(together, count, 1) == together
    assert carried(together, 1, 0.3) == together


@given(chances, chances, blocs, shares)
def test_monotone_in_agreement(one: float, other: float, count: int, share: float) -> None:
    """Who agrees more readily carries more."""
    low, high = sorted((one, other))
    assert carried(low, count, share) <= carried(high, count, share) + 1e-12


@given(chances, blocs, shares, shares)
def test_lower_bars_are_cleared_more_often(
    together: float, count: int, one: float, other: float
) -> None:
    """A smaller share is carried no less often than a larger, and consensus least often."""
    low, high = sorted((one, other))
    assert carried(together, count, low) >= carried(together, count, high) - 1e-12
    assert 1 >= carried(together, count, low) >= together - 1e-12


@pytest.mark.parametrize("arguments", [(1.1, 3, 0.5), (-0.1, 3, 0.5), (0.5, 0, 1), (0.5, 3, 1.2)])
def test_nonsense_is_no_number(arguments: tuple[float, int, float]) -> None:
    """What is no chance, no count or no share gives nan, which is refused where it is used."""
    assert np.isnan(carried(*arguments))


TEXT = """standoff: 1
name: tiny
title: Tiny
time: {period: month, periods: 1}
parameters: {n: {value: 3, range: [2, 5]}}
variables: {rung: {levels: 1}}
order: [red]
actors:
  red:
    rationality: 1
    actions: {wait: {}, climb: {when: rung < 1, chance: [{p: "CALL", set: {rung: 1}}]}}
"""


def test_blocs_are_counted() -> None:
    """Half a bloc is refused, and so is a call without its three numbers."""
    with pytest.raises(ScenarioError, match="counted, and this may be a fraction"):
        loads(TEXT.replace("CALL", "carried(0.5, n, 1)"))
    with pytest.raises(ScenarioError, match="takes three numbers, found 2"):
        loads(TEXT.replace("CALL", "carried(0.5, 3)"))
    assert loads(TEXT.replace("CALL", "carried(0.5, 3, 2 / 3)")).name == "tiny"
