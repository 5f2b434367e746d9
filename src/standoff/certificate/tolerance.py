"""How much a sound solution may miss: bounds on rounding and on chance, from the game itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from standoff.certificate.chain import Chain, Reals

LOGITS = {np.dtype(np.float64): 1e6, np.dtype(np.float32): 1e4}
"""In the limit the payoffs of a group are raised until the largest difference is so many logits."""

TIES = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 3e-5}
"""Payoffs closer than this are equally good in the limit; see `docs/mathematics.md`."""

FALSE_ALARM = 1e-6
"""The most that the probability may be that plays of a sound solution fail their check."""

_CLIPPED = 1e-12  # by so much the game lets a probability miss [0, 1] before it clips it
_DOUBLE = float(np.finfo(np.float64).eps) / 2.0
_SURE = 8.0  # in the bound on rounding: exceeded with a probability below 2 exp(-8²/2) ≈ 1e-14


@dataclass(frozen=True)
class Tolerance:
    """What the errors of one future are held to."""

    unit: float
    """Half the distance from 1 to the next number, in the solution's precision."""
    choice: float
    """On what the probabilities of a choice sum to."""
    chance: float
    """On what the probabilities of an option's branches sum to."""
    mass: float
    """On the probability of all states together."""
    largest: Reals
    """No course brings more in absolute terms, [channel], in the channel's own units."""
    span: Reals
    """No two courses differ by more in what they bring, [channel]."""
    terms: int
    """How many terms the recursion adds up along a course."""
    tie: float
    """In the limit, by how much an action may be worse than the best."""
    logits: float
    """In the limit, how many logits are at stake for a group."""

    @property
    def is_single(self) -> bool:
        """Whether the solution is in single precision."""
        return self.unit > _DOUBLE

    @property
    def value(self) -> Reals:
        """On a channel of the solution beside the same recomputed, [channel]."""
        return _rounding(self.terms, self.unit) * self.largest

    @property
    def again(self) -> Reals:
        """On a channel that was recomputed twice, in double precision, [channel]."""
        return _rounding(self.terms, _DOUBLE) * self.largest

    def average(self, plays: int) -> Reals:
        """On the mean of so many plays that all go the same way, [channel].

        Plays go where probabilities that sum to almost one leave no other way.
        """
        return (_rounding(self.terms + plays, _DOUBLE) + self.mass) * self.largest

    def response(self, actor: int, rationality: float, others: float = 0.0) -> float:
        """On a choice probability, where what the actor chooses by is known to within `value`.

        Payoffs that miss by up to ε move a logit probability by at most tanh(λε / 2). `others`: by
        how much the probabilities may miss that an actor has who is not known but recomputed.
        """
        miss = self.value[actor] + others * self.span[actor]
        return float(np.tanh(rationality * miss / 2.0)) + 16.0 * self.unit

    def plays(self, deviation: Reals, plays: int) -> Reals:
        """On the mean of so many plays, in standard errors, [channel].

        Bernstein's inequality (Boucheron, Lugosi & Massart 2013, theorem 2.10): however skewed the
        channels are, all means keep within this but for `FALSE_ALARM`. `deviation` is the standard
        deviation of one play.
        """
        depth = np.log(2.0 * len(deviation) / FALSE_ALARM)
        skew = np.divide(self.span, deviation, out=np.zeros_like(deviation), where=deviation > 0)
        return np.asarray(np.sqrt(2.0 * depth) + skew * depth / (3.0 * np.sqrt(plays)))


def tolerances(chain: Chain, precision: DTypeLike) -> Tolerance:
    """The bounds for one future.

    What is held depends on the game's topology, on the payments in this future, and on `precision`,
    that of the solution.
    """
    game = chain.game
    unit = float(np.finfo(precision).eps) / 2.0
    options = max(move.longest[0] for move in game.moves)
    branches = max(int(np.diff(move.branch).max(initial=1)) for move in game.moves)
    members = max(1, *(len(move.members) for move in game.moves))
    choice = 2.0 * members * (options + 8) * unit
    chance = members * branches * (_CLIPPED + 4.0 * unit)
    terms = game.periods * sum(2 + sum(move.longest) for move in game.moves)
    largest, span = _scale(chain)
    return Tolerance(
        unit=unit,
        choice=choice,
        chance=chance,
        mass=game.periods * len(game.moves) * (choice + chance),
        largest=largest,
        span=span,
        terms=terms,
        tie=TIES[np.dtype(precision)],
        logits=LOGITS[np.dtype(precision)],
    )


def _rounding(terms: int, unit: float) -> float:
    """The relative rounding of a sum of so many terms, which grows like their root.

    Higham & Mary 2019, theorem 2.4, for roundings as if at random.
    """
    return float(_SURE * np.sqrt(terms) * unit)


def _scale(chain: Chain) -> tuple[Reals, Reals]:
    """The most that a course can bring in absolute terms, and the most by which two can differ."""
    game, row = chain.game, chain.row
    actors = len(game.actors)
    final = np.concatenate([row.horizon, row.ended_final])
    each_largest, each_span = _reach(row.accrual)
    for turn in chain.turns:
        largest, span = _reach(turn.payoff)
        each_largest[:actors] += largest
        each_span[:actors] += span
    weight = np.full(game.channels, float(game.periods))
    weight[:actors] = sum(row.discount**period for period in range(game.periods))
    largest, span = (
        weight * each + last
        for each, last in zip((each_largest, each_span), _reach(final), strict=True)
    )
    if game.hits:
        largest[-game.hits :] = span[-game.hits :] = chain.hit_worth(0)
    return largest, span


def _reach(payments: Reals) -> tuple[Reals, Reals]:
    """The largest of `payments` [item, channel] in absolute terms, and their range with 0 in it."""
    high = np.max(payments, axis=0, initial=0.0)
    low = np.min(payments, axis=0, initial=0.0)
    return np.maximum(high, -low), high - low
