"""Draws: the published generator, at addresses of their own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from oracles.drafts import game_of
from standoff.play.draws import SLOT_GROUP, draw_period, key_of, philox, slots_of

KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip
"""Counter, key and answer of Philox 4x32-10 in the file `kat_vectors` of Random123 (Salmon et al.
2011)."""


def words(text: str) -> NDArray[np.uint32]:
    return np.array([int(word, 16) for word in text.split()], np.uint32)


def _fill(draws: Any, key: Any, future: Any, begin: Any, n: Any, period: Any) -> None:
    draw_period(draws, key, future, begin, n, period)


_compiled: Any = numba.njit(_fill)


def drawn(
    slots: int, key: NDArray[np.uint32], future: int, begin: int, n: int, period: int
) -> NDArray[np.uint32]:
    draws = np.empty((slots, n), np.uint32)
    _compiled(draws, key, future, begin, n, period)
    return draws


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_generator_gives_the_published_answers(counter: str, key: str, answer: str) -> None:
    """Philox 4x32-10 is the one of Salmon et al. (2011), to the last bit."""
    np.testing.assert_array_equal(philox(words(counter), words(key)), words(answer))


def test_every_draw_is_at_its_address() -> None:
    """Replication, future, period and slot, and nothing else, say what is drawn."""
    seed, future, begin, period = 2**40 + 17, 5, 2**32 - 3, 7
    found = drawn(3 * SLOT_GROUP, key_of(seed), future, begin, 3, period)
    for slot, by_replication in enumerate(found):
        for i, draw in enumerate(by_replication):
            counter = np.array([begin + i, future, period, slot // SLOT_GROUP], np.uint32)
            word = philox(counter, np.array([seed % 2**32, seed // 2**32], np.uint32))
            assert draw == word[slot % SLOT_GROUP] // 2


def test_addresses_do_not_collide() -> None:
    """Neighbouring addresses, and seeds alike in one half, draw different things."""
    found = [
        drawn(8, key_of(seed), future, begin, 16, period).ravel()
        for seed in (0, 1, 2**32, 2**32 + 1)
        for future in range(4)
        for begin in (0, 16)
        for period in range(4)
    ]
    counters = np.concatenate(found)
    # 16,384 numbers below 2³¹: the expected number of chance coincidences is 0.06.
    assert len(np.unique(counters)) == len(counters) == 16_384


def test_draws_are_even() -> None:
    """Bits and pairs of neighbouring draws are as even as chance allows (chi-squared)."""
    draws = drawn(8, key_of(3), 0, 0, 2**15, 0)
    for bit in range(31):
        ones = int(((draws >> bit) & 1).sum())
        assert abs(ones - draws.size / 2) < 4 * np.sqrt(draws.size / 4)
    high = (draws >> 28).astype(np.int64)  # eight equal parts
    for one, other in pairwise(high):
        counts = np.bincount(8 * one + other, minlength=64)
        expected = len(one) / 64
        # 63 degrees of freedom: a mean of 63 and a standard deviation of 11.
        assert ((counts - expected) ** 2 / expected).sum() < 63 + 4 * 11.3


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_has_64_bits(seed: int) -> None:
    """Others are refused rather than cut short: two seeds must not be one."""
    with pytest.raises(ValueError, match="expected a whole number from 0 to 2\\*\\*64 - 1"):
        key_of(seed)


def test_what_one_move_draws_does_not_depend_on_the_others(chicken: str) -> None:
    """A slot for each member and one for chance, at each move, whatever can happen there."""
    game = game_of(chicken)
    assert [move.name for move in game.moves] == ["weather", "red + blue", "green"]
    assert slots_of(game).tolist() == [0, 1, 4, 6]
