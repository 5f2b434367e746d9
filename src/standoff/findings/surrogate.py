"""What is cheap to know of a margin: how it answers to each factor alone, and a tangent plane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from standoff.findings.metric import Norm

Array = NDArray[np.float64]

_INERT = 1e-2
"""A factor that moves the margin by less than this share of what the strongest does is left out."""


@dataclass(frozen=True)
class Response:
    """Gains with one factor changed at a time; as a model of them, their effects add up."""

    places: tuple[Array, ...]
    """For each factor the coordinates tried, ascending, 0 among them."""
    gains: tuple[Array, ...]
    """At each of these places; NaN where not allowed."""
    nominal: float

    @cached_property
    def effects(self) -> tuple[Array, ...]:
        """Gains beyond the nominal one; 0 where they are not finite."""
        with np.errstate(invalid="ignore"):
            found = [gains - self.nominal for gains in self.gains]
        return tuple(np.where(np.isfinite(one), one, 0.0) for one in found)

    @cached_property
    def useful(self) -> NDArray[np.bool_]:
        """Whether a factor moves the margin at all, [factor]."""
        spans = np.array([np.abs(effect).max() for effect in self.effects])
        return np.asarray(spans > _INERT * spans.max(initial=0.0))

    def slopes(self, stepped: NDArray[np.bool_]) -> Array:
        """Gain for each unit of distance near the nominal point, [factor]; 0 where stepped."""
        found = np.zeros(len(self.places))
        for k, (places, effect) in enumerate(zip(self.places, self.effects, strict=True)):
            middle = int(np.searchsorted(places, 0.0))
            sides = [i for i in (middle - 1, middle + 1) if 0 <= i < len(places)]
            if stepped[k] or not sides:
                continue
            steepest = max(sides, key=lambda i: effect[i] / abs(places[i]))
            if effect[steepest] > 0:
                found[k] = effect[steepest] / places[steepest]
            else:
                found[k] = min((effect[i] / places[i] for i in sides), key=abs)
        return found

    def worth(self, point: Array) -> Array:
        """Predicted gain of each of a point's changes for each unit of its distance, [factor]."""
        found = np.full(len(point), -np.inf)
        for k, place in enumerate(point):
            if place:
                found[k] = np.interp(place, self.places[k], self.effects[k]) / abs(place)
        return found


def leanest(
    response: Response,
    stepped: NDArray[np.bool_],
    *,
    without: bool = False,
    forced: tuple[int, float] | None = None,
) -> Array | None:
    """The changes of least sum, about, after which an additive response is reversed.

    The stretch with most gain for its distance is taken first, and the last one only as far as
    needed. `without` leaves factors with separate values alone, `forced` puts one of them at a
    coordinate. None where even all of it would not do.
    """
    point = np.zeros(len(response.places))
    gain = response.nominal
    if forced is not None:
        k, place = forced
        point[k] = place
        gain += response.effects[k][int(np.argmin(np.abs(response.places[k] - place)))]
    offers = []
    for k in range(len(point)):
        if not (point[k] or (without and stepped[k])):
            offers += [(-one.rise, k, one) for one in _rises(response, k)]
    for _, k, one in sorted(offers, key=lambda offer: offer[:2]):
        if gain > 0:
            break
        needed = 1.0 if stepped[k] else min(1.0, -gain / one.gain)
        point[k] = one.end - one.part * (1.0 - needed)
        gain += needed * one.gain
        if needed < 1.0:
            return point
    return point if gain > 0 else None


@dataclass(frozen=True)
class _Stretch:
    """A part of a factor's way that gains evenly."""

    rise: float
    """Gain for its distance."""
    part: float
    """Its length, with its direction."""
    end: float
    gain: float


def _rises(response: Response, factor: int) -> list[_Stretch]:
    """Stretches of the concave hull of a factor's effects, on the side that gains more."""
    sides: list[list[_Stretch]] = []
    for sign in (1.0, -1.0):
        places = sign * response.places[factor]
        ahead = np.flatnonzero(places > 0)[np.argsort(places[places > 0])]
        at, effect = 0.0, 0.0
        found: list[_Stretch] = []
        while len(ahead):
            rises = (response.effects[factor][ahead] - effect) / (places[ahead] - at)
            # Of equal ones the farthest, so that a straight line is one stretch.
            i = int(np.flatnonzero(rises >= rises.max() - 1e-9 * abs(rises.max()))[-1])
            if rises[i] <= 0:
                break
            here = ahead[i]
            gained = float(response.effects[factor][here] - effect)
            part, end = sign * (places[here] - at), float(response.places[factor][here])
            found.append(_Stretch(float(rises[i]), float(part), end, gained))
            at, effect, ahead = places[here], response.effects[factor][here], ahead[i + 1 :]
        sides.append(found)
    return max(sides, key=lambda found: found[0].rise if found else 0.0)


def pairs(response: Response, stepped: NDArray[np.bool_], most: int) -> list[Array]:
    """Pairs of changes that would reverse an additive response, the least sum first.

    Where none would, those that come nearest to it, at their best places.
    """
    best = [
        (int(np.argmax(effects)), float(np.max(effects, initial=0.0)))
        for effects in response.effects
    ]
    strong = sorted((k for k in range(len(best)) if best[k][1] > 0), key=lambda k: -best[k][1])[:12]
    found = []
    for pair in combinations(sorted(strong), 2):
        point = np.zeros(len(best))
        for k in pair:
            point[k] = response.places[k][best[k][0]]
        gain = response.nominal + sum(best[k][1] for k in pair)
        found.append((gain <= 0, -gain if gain <= 0 else float(np.abs(point).sum()), pair, point))
    found.sort(key=lambda one: one[:3])
    return [point for *_, point in found[:most]]


def project(
    slopes: Array, need: float, low: Array, high: Array, norm: Norm, floor: float = 0.0
) -> Array | None:
    """The point nearest to 0 with `slopes @ point >= need` and `low <= point <= high`.

    By sum: the steepest factor to its end, then the next. By root of squares: as far as each is
    steep. By the largest: all as far as each other, `floor` being free of charge. None where the
    box does not reach the plane. For bounds low <= 0 <= high.
    """
    # What hardly gains anything is left alone: dividing by it is dividing by nothing.
    slopes = np.where(np.abs(slopes) > 1e-12 * np.abs(slopes).max(initial=0.0), slopes, 0.0)
    limit = np.where(slopes > 0, high, np.where(slopes < 0, low, 0.0))
    reach = slopes * limit
    if need <= 0 and not floor:
        return np.zeros(len(slopes))
    if reach.sum() < need or not np.isfinite(need):
        return None
    if norm == "1":
        order = np.argsort(-np.abs(slopes), kind="stable")
        point, left = np.zeros(len(slopes)), need
        for k in order:
            if left <= 0:
                break
            share = min(1.0, left / reach[k]) if reach[k] > 0 else 0.0
            point[k] = share * limit[k]
            left -= share * reach[k]
        return point
    unit = slopes if norm == "2" else np.sign(slopes)
    steep = np.abs(unit) > 0
    # The gain is piecewise linear in the scale: between the scales at which bounds are met.
    knots = np.unique(np.concatenate([[0.0], limit[steep] / unit[steep]]))
    gains = np.array([slopes @ np.clip(knot * unit, low, high) for knot in knots])
    scale = 0.0
    if need > 0:  # of several scales that reach it the least
        i = min(int(np.argmax(gains >= need - 1e-15 * abs(need))) or len(knots) - 1, len(knots) - 1)
        share = (need - gains[i - 1]) / (gains[i] - gains[i - 1])
        scale = float(knots[i - 1] + min(share, 1.0) * (knots[i] - knots[i - 1]))
    return np.clip(max(scale, floor) * unit, low, high)
