"""Random draws with addresses: the same address gives the same draw, whoever asks and when.

The generator is Philox 4x32 with ten rounds (Salmon, Moraes, Dror & Shaw 2011, "Parallel random
numbers: as easy as 1, 2, 3"): a bijection of 128 bits for each key of 64 bits, so that different
counters of one key never share a state, and there is no stream to be out of step with. The key is
the seed; the counter is (replication, future, period, slot // 4), and its four words serve four
slots one after another. Doctrines are no part of the address: under each of them the same thing is
drawn for the same move, which is what makes their differences precise (common random numbers).

What is settled before the first move, who is of which type, is drawn in a period of its own. What
is believed is drawn after the slots of the moves, so that hiding something changes no other draw.

A draw is 31 bits, so that the thresholds it is compared with, 0 … 2³¹ both included, fit into the
same 32 bits; a probability is thus met to within 2⁻³².
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.game import Game

SLOT_GROUP = 4
"""Slots served by one call of the generator."""

ONE_DRAW = 1 << 31
"""The threshold that no draw reaches: probability 1."""

MOST = 1 << 32
"""Replications, and futures, that have addresses."""

BEFORE = (1 << 32) - 1
"""The period in which it is drawn who is what: before the first."""

ROUNDS = 10

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))  # the golden ratio, and the root of 3 less 1
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@njit(inline="always")
def _philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """The four words, as unsigned 64-bit numbers below 2³²; so are all arguments."""
    for _ in range(ROUNDS):
        p0 = c0 * _MULTIPLIERS[0]
        p1 = c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (p1 >> _HALF) ^ c1 ^ k0, p1 & _LOW, (p0 >> _HALF) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _WEYL[0]) & _LOW
        k1 = (k1 + _WEYL[1]) & _LOW
    return c0, c1, c2, c3


@njit(cache=True, nogil=True)
def philox(counter: Any, key: Any) -> Any:
    """Philox 4x32-10 of one counter [4] and key [2], all words of 32 bits."""
    c, k = counter.astype(np.uint64), key.astype(np.uint64)
    return np.array(_philox(c[0], c[1], c[2], c[3], k[0], k[1]), np.uint64).astype(np.uint32)


@njit(inline="always")
def draw_period(draws: Any, key: Any, future: Any, first: Any, n: Any, period: Any) -> None:
    """Fills `draws` [slot, replication] for the `n` replications from `first` on, in one period."""
    k0, k1 = np.uint64(key[0]), np.uint64(key[1])
    c1, c2 = np.uint64(future), np.uint64(period)
    one = np.uint64(1)
    for group in range(draws.shape[0] // SLOT_GROUP):
        c3 = np.uint64(group)
        d0 = draws[group * SLOT_GROUP]
        d1 = draws[group * SLOT_GROUP + 1]
        d2 = draws[group * SLOT_GROUP + 2]
        d3 = draws[group * SLOT_GROUP + 3]
        for i in range(n):
            w0, w1, w2, w3 = _philox(np.uint64(first + i), c1, c2, c3, k0, k1)
            d0[i] = np.uint32(w0 >> one)
            d1[i] = np.uint32(w1 >> one)
            d2[i] = np.uint32(w2 >> one)
            d3[i] = np.uint32(w3 >> one)


def key_of(seed: int) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """The generator's key, [2].

    Raises:
        ValueError: the seed is not in 0 … 2⁶⁴-1.
    """
    if not 0 <= seed < 1 << 64:
        raise ValueError(f"the seed is {seed}; expected a whole number from 0 to 2**64 - 1")
    return np.array([seed & 0xFFFFFFFF, seed >> 32], np.uint32)


def slots_of(game: Game) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The first slot of each move in a period, and their number in all, [move + 1].

    A move has a slot for the choice of each of its members and one for chance, whether or not it
    uses them: what another move draws does not depend on what can happen at this one.
    """
    return np.cumsum([0] + [len(move.members) + 1 for move in game.moves])
