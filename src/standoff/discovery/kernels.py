"""The inner loops of the patient search: peeling a box, and pasting back.

Numbers are held sorted, `order` [number, future] with the values `ordered` beside it; categories as
codes [category, future]. `state` [future] is 0 outside the box, 1 inside, 2 inside and a case. What
left the box stays in `order`, is skipped, and is squeezed out once half of a row is such: so a peel
costs about its own share of the futures, not all of them.

Numbers come first, reals before whole ones, then categories; a tie goes to the first. A search is
a list of cuts, one a box: which factor, which side (0 lower, 1 upper, of a category its code), the
new limit (of a category 0 left out, 1 taken back), and what is then inside.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

LOWER, UPPER = 0, 1
LENIENT1, LENIENT2, ORIGINAL = 0, 1, 2
WHICH, SIDE, INSIDE, HITS = 0, 1, 2, 3
"""The columns of a list of cuts; the limits are beside it."""


@njit(cache=True, error_model="numpy", nogil=True)
def search(
    values: Any, order: Any, ordered: Any, reals: int, codes: Any, sizes: Any,
    first_lower: Any, first_upper: Any, start: Any, total: int,
    alpha: float, paste_alpha: float, least: float, objective: int,
) -> Any:  # fmt: skip
    """All boxes from that of everything on: cuts [cut, 4], their limits [cut], and how many of
    them are peels. `order` and `ordered` are used up.
    """
    lower, upper = first_lower.copy(), first_upper.copy()
    kept = np.ones((len(sizes), 0 if len(sizes) == 0 else sizes.max()), np.bool_)
    cuts, at = np.empty((256, 4), np.int64), np.empty(256)
    steps = _peel(
        order, ordered, reals, codes, sizes, lower, upper, first_lower, first_upper, kept,
        start.copy(), total, alpha, least, objective, cuts, at,
    )  # fmt: skip
    cuts, at, peels = steps
    cuts, at, count = _paste(
        values, reals, codes, sizes, lower, upper, first_lower, first_upper, kept,
        start, total, paste_alpha, least, objective, cuts, at, peels,
    )  # fmt: skip
    return cuts[:count], at[:count], peels


@njit(cache=True, error_model="numpy", nogil=True)
def _peel(
    order: Any, ordered: Any, reals: int, codes: Any, sizes: Any, lower: Any, upper: Any,
    first_lower: Any, first_upper: Any, kept: Any, state: Any, total: int,
    alpha: float, least: float, objective: int, cuts: Any, at: Any,
) -> Any:  # fmt: skip
    """Takes away a little at a time, always where it gains most."""
    numbers, futures = len(order), len(state)
    begin, end = np.zeros(numbers, np.int64), np.full(numbers, order.shape[1], np.int64)
    counts, cases = np.zeros(kept.shape, np.int64), np.zeros(kept.shape, np.int64)
    inside, hits = 0, 0
    for row in range(futures):
        if state[row] > 0:
            inside += 1
            hits += state[row] - 1
            for c in range(len(sizes)):
                counts[c, codes[c, row]] += 1
                cases[c, codes[c, row]] += state[row] - 1
    for c in range(len(sizes)):
        for code in range(kept.shape[1]):
            kept[c, code] = code < sizes[c] and counts[c, code] > 0
    present = kept.copy()
    step = 0
    while True:
        best, best_free, which, side, limit = -np.inf, -1, -1, 0, 0.0
        best_inside, best_hits, best_count = inside, hits, 0
        restricted = 0
        for j in range(numbers):
            restricted += lower[j] != first_lower[j] or upper[j] != first_upper[j]
        for c in range(len(sizes)):
            restricted += (kept[c] != present[c]).any()
        for j in range(numbers):
            begin[j], end[j] = _squeeze(order[j], ordered[j], state, begin[j], end[j], inside)
            was = lower[j] != first_lower[j] or upper[j] != first_upper[j]
            for direction in (UPPER, LOWER):
                edge = upper[j] if direction == UPPER else lower[j]
                gone, lost, new = _cut(
                    order[j], ordered[j], state, begin[j], end[j], inside, alpha, direction,
                    j >= reals, edge,
                )  # fmt: skip
                gain = _score(objective, inside, hits, inside - gone, hits - lost)
                low = new if direction == LOWER else lower[j]
                high = new if direction == UPPER else upper[j]
                free = was - restricted - (low != first_lower[j] or high != first_upper[j])
                if which < 0 or gain > best or (gain == best and free > best_free):
                    best, best_free, which, side, limit = gain, free, j, direction, new
                    best_inside, best_hits, best_count = inside - gone, hits - lost, gone
        for c in range(len(sizes)):
            if kept[c].sum() < 2:
                continue
            was = (kept[c] != present[c]).any()
            for code in range(sizes[c]):
                if not kept[c, code]:
                    continue
                gone, lost = counts[c, code], cases[c, code]
                gain = _score(objective, inside, hits, inside - gone, hits - lost)
                free = was - restricted - 1
                if which < 0 or gain > best or (gain == best and free > best_free):
                    best, best_free, which, side, limit = gain, free, numbers + c, code, 0.0
                    best_inside, best_hits, best_count = inside - gone, hits - lost, gone
        if which < 0 or best_inside / total < least or best_inside >= inside or best <= 0:
            return cuts, at, step
        if which < numbers:
            place, way = (end[which] - 1, -1) if side == UPPER else (begin[which], 1)
            while best_count > 0:
                row = order[which, place]
                if state[row] > 0:
                    _leave(state, row, codes, counts, cases)
                    best_count -= 1
                place += way
            if side == UPPER:
                upper[which] = limit
            else:
                lower[which] = limit
        else:
            c = which - numbers
            for row in range(futures):
                if state[row] > 0 and codes[c, row] == side:
                    _leave(state, row, codes, counts, cases)
            kept[c, side] = False
        inside, hits = best_inside, best_hits
        cuts, at = _note(cuts, at, step, which, side, limit, inside, hits)
        step += 1


@njit(cache=True, error_model="numpy", nogil=True)
def _squeeze(order: Any, ordered: Any, state: Any, begin: int, end: int, inside: int) -> Any:
    """The stretch of a sorted row that still matters, with few in it that do not."""
    if end - begin > 2 * inside:
        place = begin
        for p in range(begin, end):
            if state[order[p]] > 0:
                order[place], ordered[place] = order[p], ordered[p]
                place += 1
        return begin, place
    while begin < end and state[order[begin]] == 0:
        begin += 1
    while begin < end and state[order[end - 1]] == 0:
        end -= 1
    return begin, end


@njit(cache=True, error_model="numpy", nogil=True)
def _cut(
    order: Any, ordered: Any, state: Any, begin: int, end: int, inside: int,
    alpha: float, direction: int, is_whole: bool, edge: float,
) -> Any:  # fmt: skip
    """How many leave by a peel at one side, how many of them are cases, and the new limit."""
    if direction == LOWER:
        spot = (inside - 1) * alpha
        near, far = int(np.floor(spot)), int(np.ceil(spot))
        place, way = begin, 1
    else:
        spot = (inside - 1) * (1 - alpha)
        near, far = inside - 1 - int(np.ceil(spot)), inside - 1 - int(np.floor(spot))
        place, way = end - 1, -1
    start = place
    rank = -1
    near_value = far_value = 0.0
    while rank < far or (far_value == near_value and rank < inside - 1):
        if state[order[place]] > 0:
            rank += 1
            far_value = ordered[place]
            if rank == near:
                near_value = far_value
        place += way
    limit = (near_value + far_value) / 2
    inclusive = False
    if is_whole:
        limit = np.trunc(limit)
        inclusive = limit == edge
    gone, lost, place, last = 0, 0, start, ordered[start]
    while gone < inside:
        if state[order[place]] > 0:
            last = ordered[place]
            beyond = last > limit if direction == UPPER else last < limit
            if not (beyond or (inclusive and last == limit)):
                break
            gone += 1
            lost += state[order[place]] - 1
        place += way
    if is_whole:
        limit = ordered[start] if gone == inside else last
    return gone, lost, limit


@njit(cache=True, error_model="numpy", nogil=True)
def _leave(state: Any, row: int, codes: Any, counts: Any, cases: Any) -> None:
    """A future leaves the box."""
    for c in range(codes.shape[0]):
        counts[c, codes[c, row]] -= 1
        cases[c, codes[c, row]] -= state[row] - 1
    state[row] = 0


@njit(cache=True, error_model="numpy", nogil=True)
def _score(objective: int, inside: int, hits: int, new_inside: int, new_hits: int) -> Any:
    """What a change of the box is worth."""
    if objective == ORIGINAL:
        return new_hits / new_inside if new_inside > 0 else -1.0
    old = hits / inside
    new = new_hits / new_inside if new_inside > 0 else 0.0
    if old == new or inside == new_inside:
        return 0.0
    if objective == LENIENT1:
        return (new - old) / abs(inside - new_inside)
    return new_inside * (new - old) / abs(inside - new_inside)


@njit(cache=True, error_model="numpy", nogil=True)
def _note(
    cuts: Any, at: Any, step: int, which: int, side: int, limit: float, inside: int, hits: int
) -> Any:
    """Writes a cut down, in a list that grows."""
    if step == len(at):
        cuts = np.concatenate((cuts, np.empty_like(cuts)))
        at = np.concatenate((at, np.empty_like(at)))
    cuts[step, WHICH], cuts[step, SIDE] = which, side
    cuts[step, INSIDE], cuts[step, HITS] = inside, hits
    at[step] = limit
    return cuts, at


@njit(cache=True, error_model="numpy", nogil=True)
def _paste(
    values: Any, reals: int, codes: Any, sizes: Any, lower: Any, upper: Any,
    first_lower: Any, first_upper: Any, kept: Any, start: Any, total: int,
    alpha: float, least: float, objective: int, cuts: Any, at: Any, step: int,
) -> Any:  # fmt: skip
    """Takes back a little at a time while the density rises.

    `broken` is how many factors keep a future out, `by` the sum of their numbers: where it is one,
    which. Only futures that at most one factor keeps out are `near`.
    """
    numbers, futures = len(values), len(start)
    broken, by = np.zeros(futures, np.int16), np.zeros(futures, np.int32)
    for j in range(numbers):
        for row in range(futures):
            if values[j, row] < lower[j] or values[j, row] > upper[j]:
                broken[row] += 1
                by[row] += j
    present = np.zeros(kept.shape, np.bool_)
    for c in range(len(sizes)):
        for row in range(futures):
            if start[row] > 0:
                present[c, codes[c, row]] = True
            if not kept[c, codes[c, row]]:
                broken[row] += 1
                by[row] += numbers + c
    near, room = np.empty(futures, np.int64), np.empty(futures)
    while True:
        inside, hits, close = 0, 0, 0
        for row in range(futures):
            if start[row] > 0 and broken[row] < 2:
                near[close] = row
                close += 1
                if broken[row] == 0:
                    inside += 1
                    hits += start[row] - 1
        best, best_free, which, side, limit = -np.inf, -1, -1, 0, 0.0
        best_inside, best_hits = inside, hits
        for j in range(numbers):
            if lower[j] == first_lower[j] and upper[j] == first_upper[j]:
                continue
            for direction in (LOWER, UPPER):
                edge = lower[j] if direction == LOWER else upper[j]
                new = first_lower[j] if direction == LOWER else first_upper[j]
                found = 0
                for row in near[:close]:
                    if broken[row] == 0 or by[row] == j:
                        value = values[j, row]
                        if value <= edge if direction == LOWER else value >= edge:
                            room[found] = value
                            found += 1
                if found > 0:
                    new = _quantile(np.sort(room[:found]), alpha, direction)
                gained, won = 0, 0
                for row in near[:close]:
                    if broken[row] == 1 and by[row] == j:
                        value = values[j, row]
                        if (new <= value < edge) if direction == LOWER else (edge < value <= new):
                            gained += 1
                            won += start[row] - 1
                gain = _score(objective, inside, hits, inside + gained, hits + won)
                low = new if direction == LOWER else lower[j]
                high = new if direction == UPPER else upper[j]
                free = -(low != first_lower[j] or high != first_upper[j])
                if which < 0 or gain > best or (gain == best and free > best_free):
                    best, best_free, which, side, limit = gain, free, j, direction, new
                    best_inside, best_hits = inside + gained, hits + won
        for c in range(len(sizes)):
            missing = (kept[c] != present[c]).sum()
            for code in range(sizes[c]):
                if kept[c, code] or not present[c, code]:
                    continue
                gained, won = 0, 0
                for row in near[:close]:
                    if broken[row] == 1 and by[row] == numbers + c and codes[c, row] == code:
                        gained += 1
                        won += start[row] - 1
                gain = _score(objective, inside, hits, inside + gained, hits + won)
                free = -(missing > 1)
                if which < 0 or gain > best or (gain == best and free > best_free):
                    best, best_free, which, side, limit = gain, free, numbers + c, code, 1.0
                    best_inside, best_hits = inside + gained, hits + won
        if (
            which < 0
            or best_inside <= inside
            or best_inside / total < least
            or best <= 0
            or best_hits / best_inside <= hits / inside
        ):
            return cuts, at, step
        for row in range(futures):
            if which >= numbers:
                comes = codes[which - numbers, row] == side
            elif side == LOWER:
                comes = limit <= values[which, row] < lower[which]
            else:
                comes = upper[which] < values[which, row] <= limit
            if comes:
                broken[row] -= 1
                by[row] -= which
        if which >= numbers:
            kept[which - numbers, side] = True
        elif side == LOWER:
            lower[which] = limit
        else:
            upper[which] = limit
        cuts, at = _note(cuts, at, step, which, side, limit, best_inside, best_hits)
        step += 1


@njit(cache=True, error_model="numpy", nogil=True)
def _quantile(ascending: Any, alpha: float, direction: int) -> Any:
    """Where to paste to: so far that `alpha` of what lies beyond the limit comes in."""
    last = len(ascending) - 1
    if direction == UPPER:
        spot = last * alpha
        low, high = int(np.floor(spot)), int(np.ceil(spot))
        while ascending[low] == ascending[high] and high < last:
            high += 1
    else:
        spot = last * (1 - alpha)
        low, high = int(np.floor(spot)), int(np.ceil(spot))
        while ascending[low] == ascending[high] and low > 0:
            low -= 1
    return (ascending[low] + ascending[high]) / 2
