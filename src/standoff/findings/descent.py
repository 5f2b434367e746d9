"""The search for one claim: along directions to the boundary, and along the boundary nearer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from standoff.findings.metric import NORMS, Norm, length
from standoff.findings.oracle import BATCH, Array, Oracle
from standoff.findings.surrogate import Response, leanest, pairs, project

_NUDGE = 0.02
"""Step of a finite difference, as a distance."""
_TURNS = 8
"""How often at most it is gone down again from the nearest found."""
_ROUNDS = 60
"""More halvings than a number has digits."""
_COARSE = 0.02
"""While searching, boundaries are held to this share of their distance only."""
_HOPE = 1.1
"""A boundary that a secant puts farther than the nearest known by this factor is not sought."""
_FEW = 3
"""Reversals of so few changes are wanted even where others are nearer: they are easily said."""


@dataclass(frozen=True)
class Reversal:
    """A point at which a margin has the other sign, and the boundary before it."""

    point: Array
    """[factor], in the factors' own units."""
    coordinates: Array
    """[factor]: what each change counts; 0 where nothing changes."""
    margin: float
    inside: Array
    """[factor]: a point before the boundary, in the factors' own units; it keeps the sign."""
    inside_margin: float
    """NaN where that point is not allowed."""
    gap: float
    """How far the two are apart, as a sum of changes: what is not known of the boundary there."""
    distances: tuple[float, ...]
    """In each of `NORMS`."""

    @property
    def changed(self) -> tuple[int, ...]:
        """The factors that change."""
        return tuple(int(k) for k in np.flatnonzero(self.coordinates))


@dataclass(frozen=True)
class _Bracket:
    """A direction, and the stretch of it, `a` to `b`, on which the sign is known to change."""

    way: Array
    a: float
    b: float
    gain_a: float
    gain_b: float

    @property
    def root(self) -> float:
        """Where the secant crosses 0; the middle where there is none."""
        if not (np.isfinite(self.gain_a) and np.isfinite(self.gain_b)):
            return (self.a + self.b) / 2
        return self.a + (self.b - self.a) * -self.gain_a / (self.gain_b - self.gain_a)


def different(reversals: Sequence[Reversal], norm: int, most: int) -> tuple[Reversal, ...]:
    """The nearest that differ in what they change, and none that a nearer one makes needless."""
    kept: list[Reversal] = []
    order = sorted(
        reversals, key=lambda one: (round(one.distances[norm], 12), len(one.changed), one.changed)
    )
    for one in order:
        if not any(set(other.changed) <= set(one.changed) for other in kept):
            kept.append(one)
    return tuple(kept[:most])


class Descent:
    """The search for one claim. `gain` is the margin with the sign that a reversal has above 0."""

    def __init__(
        self,
        oracle: Oracle,
        claim: int,
        nominal: float,
        scan: list[Array],
        tolerance: float,
        until: float,
        most: int,
    ) -> None:
        self.oracle, self.claim, self.until, self.most = oracle, claim, until, most
        self.tolerance = tolerance
        self.sign = -np.sign(nominal)
        self.nominal = self.sign * nominal
        self.space = oracle.space
        self.low, self.high = self.space.bounds
        self.stepped = self.space.stepped
        self.reversals: list[Reversal] = []
        self.tried = scan
        self.response = self._response(scan)

    def run(self, starts: Array) -> None:
        """Fills `reversals`."""
        self._alone()
        self._along_the_response()
        refined: set[bytes] = set()
        self._refine(refined)
        self._from(starts)
        for _ in range(_TURNS):
            if self._over():
                break
            self._refine(refined)
            self._thin()
        self._pairs()

    def _refine(self, refined: set[bytes]) -> None:
        """Descends once from the nearest in each norm, unless that was done before."""
        for k, norm in enumerate(NORMS):
            best = different(self.reversals, k, 1)
            if self._over() or not best:
                return
            key = best[0].coordinates.tobytes()
            if key not in refined:
                every = not refined
                refined.add(key)
                self._descend(best[0], norm, every)

    def harvest(self) -> bool:
        """Follows reversed points that are nearer than what was found, whoever asked for them.

        Whether there were any.
        """
        points = np.array(self.oracle.points)
        margins = np.array([row[self.claim] for row in self.oracle.margins])
        points = points[self.sign * margins > 0]
        fresh = []
        for k, norm in enumerate(NORMS):
            best = different(self.reversals, k, 1)
            here = length(points, norm)
            if len(here) and not (best and best[0].distances[k] <= here.min() + self.tolerance):
                fresh.append(points[int(here.argmin())])
        self._go(fresh, keep=len(NORMS), stretch=1.0, even_if_over=True)
        return bool(fresh)

    # What is tried

    def _alone(self) -> None:
        """Every factor by itself, where the scan saw the sign change."""
        brackets = []
        for k, places in enumerate(self.tried):
            gains = np.array([self.response.gains[k][i] for i in range(len(places))])
            middle = int(np.searchsorted(places, 0.0))
            for side in (range(middle + 1, len(places)), range(middle - 1, -1, -1)):
                last = middle
                for i in side:
                    if gains[i] > 0:
                        way = np.zeros(len(self.tried))
                        way[k] = places[i]
                        if self.stepped[k]:
                            self._steps(way)
                        else:
                            a = float(places[last] / places[i])
                            brackets.append(_Bracket(way, a, 1.0, gains[last], gains[i]))
                        break
                    last = i
        brackets.sort(key=lambda one: float(np.abs(self._at(one.way, one.root)).sum()))
        self._close(brackets[: 2 * self.most], rounds=1)

    def _along_the_response(self) -> None:
        """To where the additive response changes its sign first, with and without other values."""
        ways = [leanest(self.response, self.stepped)]
        ways.append(leanest(self.response, self.stepped, without=True))
        forced = []
        for k in np.flatnonzero(self.stepped & self.space.free):
            for place, gain in zip(self.tried[k], self.response.gains[k], strict=True):
                if place and np.isfinite(gain) and gain > self.nominal:
                    way = leanest(self.response, self.stepped, forced=(int(k), float(place)))
                    if way is not None:
                        forced.append(way)
        forced.sort(key=lambda way: float(np.abs(way).sum()))
        slopes = self.response.slopes(self.stepped)
        for norm in NORMS[1:]:
            ways.append(project(slopes, -self.nominal, self.low, self.high, norm))
        whole = np.where(slopes > 0, self.high, np.where(slopes < 0, self.low, 0.0))
        ways.append(np.where(self.stepped, 0.0, whole))
        self._go([way for way in (*ways, *forced[:3]) if way is not None])

    def _from(self, starts: Array) -> None:
        """From reversed points: only the changes that seem needed, and as little of each."""
        chosen: list[Array] = []
        for norm in NORMS:
            order = np.argsort(length(starts, norm), kind="stable")
            chosen += list(starts[order[:1]])
        chosen = list({start.tobytes(): start for start in chosen}.values())
        for start in chosen:
            if self._over() and start is not chosen[0]:
                return
            worth = self.response.worth(start)
            order = np.argsort(-worth, kind="stable")
            changed = order[start[order] != 0]
            if not len(changed):
                continue
            sizes = np.unique(np.rint(np.geomspace(1, len(changed), BATCH)).astype(int))
            parts = np.zeros((len(sizes), len(start)))
            for row, size in enumerate(sizes):
                parts[row, changed[:size]] = start[changed[:size]]
            reversed_ = np.flatnonzero(self._gain(parts) > 0)
            if len(reversed_):
                self._go([parts[reversed_[0]]], stretch=1.0, even_if_over=True)

    def _descend(self, best: Reversal, norm: Norm, every: bool) -> None:
        """To the nearest point of the tangent plane at a reversal, and back to the boundary."""
        here = best.coordinates
        useful = self.response.useful
        if (here[self.stepped] != 0).any():
            useful = np.ones(len(here), bool)
        free = np.flatnonzero(self.space.free & ~self.stepped & useful)
        if not len(free):
            return
        sides = np.where(here[free] + _NUDGE <= self.high[free], _NUDGE, -_NUDGE)
        around = np.repeat(here[None], len(free), axis=0)
        around[np.arange(len(free)), free] += sides
        around = np.clip(around, self.low, self.high)
        gains = self._gain(np.concatenate([here[None], around]))
        steps = around[np.arange(len(free)), free] - here[free]
        with np.errstate(invalid="ignore", divide="ignore"):
            found = (gains[1:] - gains[0]) / steps
        slopes = np.zeros(len(here))
        slopes[free] = np.where(np.isfinite(found), found, 0.0)
        steps_taken = np.where(self.stepped, here, 0.0)
        ways = []
        for one in NORMS if every else (norm,):
            need = float(slopes @ here - gains[0])
            floor = float(length(steps_taken, "max")) if one == "max" else 0.0
            way = project(slopes, need, self.low, self.high, one, floor)
            if way is None:
                way = np.where(slopes > 0, self.high, np.where(slopes < 0, self.low, 0.0))
            way = np.where(self.stepped, here, way)
            ways.append(way)
            ways.append(np.where(self.stepped, here, (way + here) / 2))
        self._go(ways)

    def _thin(self) -> None:
        """Leaves out changes that are not needed, of the nearest by sum."""
        for _ in range(4):
            best = different(self.reversals, 0, 1)
            if not best or self._over() or len(best[0].changed) < 2:
                return
            here = best[0].coordinates
            size = np.abs(here[list(best[0].changed)])
            order = np.array(best[0].changed)[np.argsort(size, kind="stable")][:BATCH]
            less = np.repeat(here[None], len(order), axis=0)
            less[np.arange(len(order)), order] = 0.0
            gains = self._gain(less)
            if not (gains > 0).any():
                return
            shorter = np.where(gains > 0, length(less, "1"), np.inf)
            self._go([less[int(shorter.argmin())]], stretch=1.0)

    def _pairs(self) -> None:
        """Two factors at once, where the response says that two may do."""
        if self._over():
            return
        alone = {one.changed[0] for one in self.reversals if len(one.changed) == 1}
        tried = {one.changed for one in self.reversals}
        ways = []
        for way in pairs(self.response, self.stepped, BATCH // 2):
            changed = tuple(int(k) for k in np.flatnonzero(way))
            if changed not in tried and not alone & set(changed):
                ways.append(way)
        self._go(ways[:5], keep=2)

    # How it is tried

    def _gain(self, points: Array) -> Array:
        return np.asarray(self.sign * self.oracle.ask(points, [self.claim])[:, 0])

    def _over(self) -> bool:
        return self.oracle.spent >= self.until

    def _response(self, scan: list[Array]) -> Response:
        gains = []
        for k, places in enumerate(scan):
            points = np.zeros((len(places), len(scan)))
            points[:, k] = places
            gains.append(self._gain(points))
        return Response(tuple(scan), tuple(gains), float(self.nominal))

    def _go(
        self,
        ways: Sequence[Array],
        keep: int = 1,
        stretch: float = 1.5,
        even_if_over: bool = False,
    ) -> None:
        """Looks along directions for the first change of sign; closes in on the nearest."""
        ways = list({(way + 0.0).tobytes(): way for way in ways if way.any()}.values())
        if not ways or (self._over() and not even_if_over):
            return
        each = max(2, BATCH // len(ways))
        # Where the boundary is expected, at 1, is always looked at, and some places beyond.
        beyond = each // 2 if stretch > 1 else 0
        upto, ahead = np.linspace(0, 1, each - beyond + 1), np.linspace(1, stretch, beyond + 1)
        shares = np.concatenate([upto, ahead[1:]])
        gains = self._gain(np.array([self._at(way, share) for way in ways for share in shares]))
        brackets = []
        for way, gain in zip(ways, gains.reshape(len(ways), -1), strict=True):
            if gain[0] > 0:
                self._steps(np.where(self.stepped, way, 0.0))
            elif (gain > 0).any():
                i = int(np.argmax(gain > 0))
                brackets.append(_Bracket(way, shares[i - 1], shares[i], gain[i - 1], gain[i]))
        best: dict[bytes, _Bracket] = {}
        for k, norm in enumerate(NORMS):
            known = different(self.reversals, k, 1)
            bound = known[0].distances[k] if known else np.inf
            far = {
                one.way.tobytes(): float(length(self._at(one.way, one.root), norm))
                for one in brackets
            }
            brackets.sort(key=lambda one: far[one.way.tobytes()])
            best |= {
                one.way.tobytes(): one
                for one in brackets[:keep]
                if far[one.way.tobytes()] < _HOPE * bound or np.count_nonzero(one.way) <= _FEW
            }
        self._close(list(best.values()))

    def _at(self, way: Array, share: float) -> Array:
        """A point in a direction, separate values as at its end, all within their bounds."""
        return np.where(self.stepped, way, np.clip(share * way, self.low, self.high))

    def _held(self, one: _Bracket) -> bool:
        """Whether a bracket is narrow enough to go on from."""
        outer, inner = self._at(one.way, one.b), self._at(one.way, one.a)
        wanted = max(self.tolerance, _COARSE * float(np.abs(outer).sum()))
        return float(np.abs(outer - inner).sum()) <= wanted

    def _close(self, brackets: list[_Bracket], rounds: int = _ROUNDS) -> None:
        """Narrows brackets, all of them in each batch, and notes their ends."""
        for _ in range(rounds):
            open_ = [one for one in brackets if not self._held(one)]
            if not open_:
                break
            each = max(2, BATCH // len(open_))
            shares = [_inner(one, each) for one in open_]
            points = [
                self._at(one.way, s) for one, some in zip(open_, shares, strict=True) for s in some
            ]
            gains = iter(self._gain(np.array(points)))
            narrowed = []
            for one, some in zip(open_, shares, strict=True):
                got = np.array([next(gains) for _ in some])
                above = np.flatnonzero(got > 0)
                last = int(above[0]) if len(above) else len(some)
                a, gain_a = (some[last - 1], got[last - 1]) if last else (one.a, one.gain_a)
                b, gain_b = (some[last], got[last]) if len(above) else (one.b, one.gain_b)
                narrowed.append(_Bracket(one.way, a, b, gain_a, gain_b))
            brackets = narrowed + [one for one in brackets if self._held(one)]
        for one in brackets:
            self._note(self._at(one.way, one.b), one.gain_b, self._at(one.way, one.a), one.gain_a)

    def polished(self) -> list[Reversal]:
        """The reversals that will be told, with their boundaries held as closely as is wanted."""
        told: list[Reversal] = []
        for k in range(len(NORMS)):
            told += different(self.reversals, k, self.most)
            # Of those as near as can be told so far any may be the nearest.
            near = sorted(self.reversals, key=lambda one: one.distances[k])[:_FEW]
            told += [
                one for one in near if one.distances[k] * (1 - _COARSE) <= near[0].distances[k]
            ]
        told = list({one.coordinates.tobytes(): one for one in told}.values())
        for _ in range(_ROUNDS):
            wide = [one for one in told if one.gap > self.tolerance and self._even(one)]
            if not wide:
                break
            each = max(2, BATCH // len(wide))
            told = [one for one in told if not any(one is other for other in wide)]
            pieces = []
            for one in wide:
                start, end = self.space.coordinates(one.inside[None])[0], one.coordinates
                gains = self.sign * np.array([one.inside_margin, one.margin])
                shares = _inner(_Bracket(end, 0.0, 1.0, gains[0], gains[1]), each)
                pieces.append((one, start, end, shares))
            points = [start + s * (end - start) for _, start, end, shares in pieces for s in shares]
            gains = iter(self._gain(np.array(points)))
            for one, start, end, shares in pieces:
                outer, inner = (1.0, self.sign * one.margin), (0.0, self.sign * one.inside_margin)
                for share in shares:
                    gain = next(gains)
                    if gain > 0:
                        outer = min(outer, (float(share), float(gain)))
                    elif share < outer[0]:
                        inner = max(inner, (float(share), float(gain)))
                ends = [start + share * (end - start) for share in (outer[0], inner[0])]
                told.append(self._reversal(ends[0], outer[1], ends[1], inner[1]))
        return told

    def _even(self, one: Reversal) -> bool:
        """Whether no step lies between a reversal and the point before it."""
        before = self.space.coordinates(one.inside[None])[0]
        return bool((before[self.stepped] == one.coordinates[self.stepped]).all())

    def _steps(self, point: Array) -> None:
        """Separate values alone reverse it: takes steps back as long as it stays reversed."""
        while True:
            back = []
            for k in np.flatnonzero(point):
                levels = self.space.levels(int(k))
                nearer = levels[(np.abs(levels) < abs(point[k])) & (levels * point[k] >= 0)]
                back.append(point.copy())
                back[-1][k] = nearer[np.abs(nearer).argmax()]
            gains = self._gain(np.array(back))
            kept = np.flatnonzero(gains > 0)
            if not len(kept):
                nearest = int(np.argmin([np.abs(point - one).sum() for one in back]))
                self._note(point, float(self._gain(point[None])[0]), back[nearest], gains[nearest])
                return
            point = back[int(kept[np.argmin([np.abs(back[i]).sum() for i in kept])])]

    def _note(self, point: Array, gain: float, inside: Array, gain_inside: float) -> None:
        self.reversals.append(self._reversal(point, gain, inside, gain_inside))

    def _reversal(self, point: Array, gain: float, inside: Array, gain_inside: float) -> Reversal:
        return Reversal(
            self.space.values(point[None])[0], point + 0.0, float(self.sign * gain),
            self.space.values(inside[None])[0], float(self.sign * gain_inside),
            float(np.abs(point - inside).sum()),
            tuple(float(length(point, norm)) for norm in NORMS),
        )  # fmt: skip


def _inner(bracket: _Bracket, number: int) -> Array:
    """Shares of the way at which to evaluate: about the secant's root, closer and closer to it."""
    a, b, low, high = bracket.a, bracket.b, bracket.gain_a, bracket.gain_b
    even = a + (b - a) * np.arange(1, number + 1) / (number + 1)
    if not (np.isfinite(low) and np.isfinite(high)) or not low < 0 < high:
        return np.asarray(even)
    spread = (b - a) * 0.1 ** np.arange(1, 1 + min(number // 2, 4))
    near = np.concatenate(
        [bracket.root - spread, bracket.root + spread, even[:: 3 if number > 8 else number]]
    )
    margin = (b - a) * 1e-3
    return np.asarray(np.unique(np.clip(near, a + margin, b - margin)))
