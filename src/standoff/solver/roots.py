"""All roots of the equations of `posterior.py`, for all priors of a grid at once.

Each φ_a is cut into pieces on which it only rises or only falls. Between two neighbouring values at
which some piece ends, every piece that is there is there throughout: on a vector of values of k the
inverse of each is found in all lanes at once, R is added up for every combination of one piece from
each action, and each crossing of a prior's log-odds is refined. Where R turns round between two
lanes, that stretch is looked at again more closely.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.game import GROUP
from standoff.solver.lanes import (
    any_above_zero,
    choose,
    exponential,
    larger,
    load,
    logarithm,
    magnitude,
    scratch,
    splat,
    store,
)
from standoff.solver.newton import BOTH, NEITHER, ONLY_ONE, ONLY_ZERO, at, sigmoid, sigmoid_lanes
from standoff.solver.refine import flush, queue

_MOST_COMBINATIONS = 27
_NEVER = 20.0  # an action is never taken if its log-odds against another are below minus this
_WIDEST = 8.0  # so much of k is looked at by one vector
_AT_END = 1e-11  # so near to where φ_a turns round, it is taken to be there
_SHARP = 4.0  # by so much may slopes of R differ before it is looked at more closely


@njit(cache=True, error_model="numpy", nogil=True)
def _phi(q: Any, lam: Any, a: int, n: int, x: float) -> Any:
    m = sigmoid(x)
    return x - lam[1] * at(q, 1, a, m, n) + lam[0] * at(q, 0, a, m, n)


@njit(cache=True, error_model="numpy", nogil=True)
def _breaks(q: Any, lam: Any, a: int, n: int, far: float, xs: Any, phis: Any, cells: Any) -> int:
    """Log-odds between which φ_a is smooth and only rises or only falls, its values, the cells."""
    xs[0] = -far
    phis[0] = _phi(q, lam, a, n, -far)
    count = 1
    for c in range(n - 1):
        low = c / (n - 1)
        high = (c + 1) / (n - 1)
        d = (lam[1] * (q[1, a, c + 1] - q[1, a, c]) - lam[0] * (q[0, a, c + 1] - q[0, a, c])) * (
            n - 1
        )
        if d > 4.0:  # else 1 / (m (1 - m)) stays above it
            root = np.sqrt(0.25 - 1.0 / d)
            for m in (0.5 - root, 0.5 + root):
                if low < m < high:
                    xs[count] = np.log(m / (1.0 - m))
                    phis[count] = _phi(q, lam, a, n, xs[count])
                    cells[count - 1] = c
                    count += 1
        if c < n - 2:
            xs[count] = np.log(high / (1.0 - high))
            phis[count] = _phi(q, lam, a, n, xs[count])
            cells[count - 1] = c
            count += 1
    xs[count] = far
    phis[count] = _phi(q, lam, a, n, far)
    cells[count - 1] = n - 2
    return count + 1


@njit(cache=True, error_model="numpy", nogil=True)
def _range(q: Any, lam: Any, status: Any, actions: int, n: int) -> Any:
    """Between what values of k all roots lie, and so far out that no log-odds are beyond."""
    low0 = np.inf
    high0 = -np.inf
    low1 = np.inf
    high1 = -np.inf
    least = np.inf
    most = -np.inf
    all_both = True
    for a in range(actions):
        all_both = all_both and (status[a] == BOTH or status[a] == NEITHER)
        for c in range(n):
            if status[a] == BOTH:
                d = lam[1] * q[1, a, c] - lam[0] * q[0, a, c]
                least = min(least, d)
                most = max(most, d)
            if status[a] == BOTH or status[a] == ONLY_ZERO:
                low0 = min(low0, lam[0] * q[0, a, c])
                high0 = max(high0, lam[0] * q[0, a, c])
            if status[a] == BOTH or status[a] == ONLY_ONE:
                low1 = min(low1, lam[1] * q[1, a, c])
                high1 = max(high1, lam[1] * q[1, a, c])
    # By so much at most do log Z_0 and log Z_1 differ; then k, and the x_a with it.
    spread = max(abs(high0 - low1), abs(high1 - low0)) + np.log(actions)
    edge = np.log(n - 2.0) + spread + 1e-6
    low_k = -edge
    high_k = edge
    if all_both:  # then Z_0 / Z_1 lies between the least and the largest of their terms' ratios
        low_k = max(low_k, -np.log(n - 2.0) - most - 1e-6)
        high_k = min(high_k, np.log(n - 2.0) - least + 1e-6)
    return low_k, high_k, edge + max(abs(high0 - low1), abs(high1 - low0)) + 5.0


@njit(cache=True, error_model="numpy", nogil=True)
def _invert(
    q: Any, lam: Any, a: int, n: int, xs: Any, phis: Any, cells: Any, first: int, last: int,
    ks: Any, room: Any, slot: int,
) -> None:  # fmt: skip
    """The inverse of one piece of φ_a on a vector of rising k, and what it is worth there.

    The piece is breakpoints `first` to `last` of `xs`. Writes vectors to `room` [quantity, slot]:
    the log-odds, and λ Q of either type.
    """
    rises = phis[last] > phis[first]
    given = scratch(8, room.dtype)
    j = first if rises else last - 1
    for lane in range(GROUP):
        k = ks[lane]
        if rises:
            while j < last - 1 and k > phis[j + 1]:
                j += 1
        else:
            while j > first and k > phis[j]:
                j -= 1
        c = cells[j]
        d0 = lam[0] * (q[0, a, c + 1] - q[0, a, c])
        d1 = lam[1] * (q[1, a, c + 1] - q[1, a, c])
        width = phis[j + 1] - phis[j]
        along = (k - phis[j]) / width if width != 0.0 else 0.5
        along = min(max(along, 0.0), 1.0)
        # Where φ_a turns round, its inverse goes like a root.
        if j == first and along < 0.5:
            along = np.sqrt(0.5 * along)
        elif j == last - 1 and along > 0.5:
            along = 1.0 - np.sqrt(0.5 - 0.5 * along)
        given[lane] = xs[j]
        given[GROUP + lane] = xs[j + 1]
        given[2 * GROUP + lane] = xs[j] + along * (xs[j + 1] - xs[j])
        ends_here = abs(k - phis[j]) < _AT_END or abs(k - phis[j + 1]) < _AT_END
        given[7 * GROUP + lane] = 0.0 if ends_here else 1.0
        given[3 * GROUP + lane] = lam[0] * q[0, a, c] - c * d0
        given[4 * GROUP + lane] = d0 * (n - 1)
        given[5 * GROUP + lane] = lam[1] * q[1, a, c] - c * d1
        given[6 * GROUP + lane] = d1 * (n - 1)
    zero = splat(0.0)
    one = splat(1.0)
    half = splat(0.5)
    sign = splat(1.0 if rises else -1.0)
    low = load(given, 0)
    high = load(given, GROUP)
    x = load(given, 2 * GROUP)
    from0 = load(given, 3 * GROUP)
    by0 = load(given, 4 * GROUP)
    from1 = load(given, 5 * GROUP)
    by1 = load(given, 6 * GROUP)
    moves = load(given, 7 * GROUP)
    off = from1 - from0 + load(ks, 0)
    by = by1 - by0
    m = half
    for _ in range(80):
        m = sigmoid_lanes(x, one)
        miss = x - by * m - off
        aside = miss * sign
        low = choose(zero - aside, x, low)
        high = choose(aside, x, high)
        step = x - miss / (one - by * m * (one - m))
        inside = (step - low) * (high - step)
        step = choose(inside, step, half * (low + high))
        step = choose(magnitude(miss) * moves, step, x)
        left = magnitude(step - x) - splat(1e-11) * (one + magnitude(x))
        x = step
        if not any_above_zero(left):
            break
    m = sigmoid_lanes(x, one)
    slots = room.shape[1] // GROUP
    flat = room.ravel()
    store(flat, slot * GROUP, x)
    store(flat, (slots + slot) * GROUP, from0 + by0 * m)
    store(flat, (2 * slots + slot) * GROUP, from1 + by1 * m)


@njit(cache=True, error_model="numpy", nogil=True)
def scan(
    q: Any, lam: Any, status: Any, actions: int, n: int, scaled: Any, found: Any, roots: Any,
    force: bool,
) -> Any:  # fmt: skip
    """All roots for all priors of the grid's inner points; False where that would take too long.

    With `force` it goes on all the same, and leaves out combinations of pieces above 27.

    `scaled`: see `tables`. `found` [point] counts them; `roots` [point, root, action + 1] holds the
    log-odds x_a and, last, k.
    """
    low_k, high_k, far = _range(q, lam, status, actions, n)
    most = 3 * n + 2
    xs = np.empty((actions, most))
    phis = np.empty((actions, most))
    cells = np.empty((actions, most), np.int64)
    begin = np.zeros(actions + 1, np.int64)  # of an action's pieces
    first = np.empty(actions * most, np.int64)
    last = np.empty(actions * most, np.int64)
    borders = np.empty(actions * most + 2)
    total = 0
    pieces = 0
    for a in range(actions):
        begin[a] = pieces
        if status[a] != BOTH:
            continue
        held = _breaks(q, lam, a, n, far, xs[a], phis[a], cells[a])
        rising = True
        for j in range(held - 1):
            if j > 0 and (phis[a, j + 1] > phis[a, j]) != rising:
                last[pieces] = j
                pieces += 1
                if low_k < phis[a, j] < high_k:
                    borders[total] = phis[a, j]
                    total += 1
            if j == 0 or (phis[a, j + 1] > phis[a, j]) != rising:
                first[pieces] = j
                rising = phis[a, j + 1] > phis[a, j]
        last[pieces] = held - 1
        pieces += 1
    begin[actions] = pieces
    borders[total] = low_k
    borders[total + 1] = high_k
    cuts = np.sort(borders[: total + 2])
    covering = np.empty((len(cuts) - 1, pieces + 1), np.int64)
    covers = np.zeros((len(cuts) - 1, actions + 1), np.int64)
    for gap in range(len(cuts) - 1):
        middle = 0.5 * (cuts[gap] + cuts[gap + 1])
        slots = 0
        for a in range(actions):
            covers[gap, a] = slots
            for p in range(begin[a], begin[a + 1]):
                if (phis[a, first[p]] < middle) != (phis[a, last[p]] < middle):
                    covering[gap, slots] = p
                    slots += 1
        covers[gap, actions] = slots
    room = np.empty((5, (pieces + 1) * GROUP))
    ks = scratch(1, room.dtype)
    fine = scratch(1, room.dtype)
    closer = np.empty(GROUP, np.bool_)
    work = scratch(7 * actions, room.dtype)
    waiting = np.empty((6 + 3 * actions, GROUP))
    queued = np.zeros(1, np.int64)
    for gap in range(len(cuts) - 1):
        width = cuts[gap + 1] - cuts[gap]
        if width < 1e-13:
            continue
        vectors = int(np.ceil(width / _WIDEST))
        for vector in range(vectors):
            for lane in range(GROUP):
                # Closer together towards the ends, where an inverse may go like a root.
                along = (vector + lane / (GROUP - 1.0)) / vectors
                ks[lane] = cuts[gap] + 0.5 * (1.0 - np.cos(np.pi * along)) * width
            if vector == vectors - 1:
                ks[GROUP - 1] = cuts[gap + 1]
            closer[:] = False
            if not _look(
                q, lam, status, actions, n, xs, phis, cells, first, last, covering[gap],
                covers[gap], ks, room, scaled, work, waiting, queued, found, roots, closer,
                True, force,
            ):  # fmt: skip
                return False
            for i in range(GROUP - 1):
                if closer[i]:
                    for lane in range(GROUP):
                        fine[lane] = ks[i] + lane / (GROUP - 1.0) * (ks[i + 1] - ks[i])
                    fine[GROUP - 1] = ks[i + 1]
                    _look(
                        q, lam, status, actions, n, xs, phis, cells, first, last, covering[gap],
                        covers[gap], fine, room, scaled, work, waiting, queued, found, roots,
                        closer, False, True,
                    )  # fmt: skip
    if queued[0] > 0:
        flush(q, lam, status, actions, n, scaled, work, waiting, queued, found, roots)
    return True


@njit(cache=True, error_model="numpy", nogil=True)
def _look(
    q: Any, lam: Any, status: Any, actions: int, n: int, xs: Any, phis: Any, cells: Any,
    first: Any, last: Any, covering: Any, covers: Any, ks: Any, room: Any, scaled: Any,
    work: Any, waiting: Any, held: Any, found: Any, roots: Any, closer: Any,
    look_closer: bool, force: bool,
) -> bool:  # fmt: skip
    """Roots on all combinations of the pieces that cover a vector of k.

    False, with nothing done, where there are too many combinations, unless `force` is given.
    Pieces of an action that is as good as never taken whichever of them it is on count as one.

    `covers` [action + 1]: where those of an action begin in `covering`. With `look_closer`,
    stretches between lanes where R may turn round are left out and marked in `closer`.
    """
    flat = room.ravel()
    slots = room.shape[1] // GROUP
    zero = splat(0.0)
    one = splat(1.0)
    top0 = splat(-np.inf)
    top1 = splat(-np.inf)
    for a in range(actions):
        if status[a] == BOTH:
            for slot in range(covers[a], covers[a + 1]):
                p = covering[slot]
                _invert(q, lam, a, n, xs[a], phis[a], cells[a], first[p], last[p], ks, room, slot)
                top0 = larger(load(flat, (slots + slot) * GROUP), top0)
                top1 = larger(load(flat, (2 * slots + slot) * GROUP), top1)
        elif status[a] == ONLY_ZERO:
            top0 = larger(splat(lam[0] * q[0, a, 0]), top0)
        elif status[a] == ONLY_ONE:
            top1 = larger(splat(lam[1] * q[1, a, n - 1]), top1)
    # What every combination has at least.
    least0 = splat(-np.inf)
    least1 = splat(-np.inf)
    for a in range(actions):
        if status[a] == BOTH:
            lower0 = splat(np.inf)
            lower1 = splat(np.inf)
            for slot in range(covers[a], covers[a + 1]):
                lower0 = zero - larger(zero - load(flat, (slots + slot) * GROUP), zero - lower0)
                lower1 = zero - larger(zero - load(flat, (2 * slots + slot) * GROUP), zero - lower1)
            if covers[a + 1] > covers[a]:
                least0 = larger(lower0, least0)
                least1 = larger(lower1, least1)
        elif status[a] == ONLY_ZERO:
            least0 = larger(splat(lam[0] * q[0, a, 0]), least0)
        elif status[a] == ONLY_ONE:
            least1 = larger(splat(lam[1] * q[1, a, n - 1]), least1)
    begin = np.zeros(actions, np.int64)
    count = np.ones(actions, np.int64)
    combinations = 1
    for a in range(actions):
        if status[a] != BOTH:
            continue
        begin[a] = covers[a]
        count[a] = covers[a + 1] - covers[a]
        if count[a] > 1:
            matters = False
            for slot in range(covers[a], covers[a + 1]):
                over0 = load(flat, (slots + slot) * GROUP) - least0 + splat(_NEVER)
                over1 = load(flat, (2 * slots + slot) * GROUP) - least1 + splat(_NEVER)
                matters = matters or any_above_zero(larger(over0, over1))
            if not matters:
                count[a] = 1
                nearest = np.inf
                for slot in range(covers[a], covers[a + 1]):
                    away = abs(flat[slot * GROUP] - ks[0])
                    if away < nearest:
                        nearest = away
                        begin[a] = slot
        combinations *= count[a]
    if combinations > _MOST_COMBINATIONS and not force:
        return False
    alone0 = zero
    alone1 = zero
    for a in range(actions):
        if status[a] == ONLY_ZERO:
            alone0 = alone0 + exponential(splat(lam[0] * q[0, a, 0]) - top0)
        elif status[a] == ONLY_ONE:
            alone1 = alone1 + exponential(splat(lam[1] * q[1, a, n - 1]) - top1)
    for slot in range(covers[actions]):
        e0 = exponential(load(flat, (slots + slot) * GROUP) - top0)
        e1 = exponential(load(flat, (2 * slots + slot) * GROUP) - top1)
        store(flat, (3 * slots + slot) * GROUP, e0)
        store(flat, (4 * slots + slot) * GROUP, e1)
    tiny = splat(1e-290)
    here = scratch(2, room.dtype)
    chosen = np.empty(actions, np.int64)
    ends = np.empty((3, actions))
    for combination in range(min(combinations, _MOST_COMBINATIONS)):
        rest = combination
        z0 = alone0
        z1 = alone1
        for a in range(actions):
            if status[a] != BOTH:
                continue
            slot = begin[a] + rest % count[a]
            rest //= count[a]
            chosen[a] = slot
            z0 = z0 + load(flat, (3 * slots + slot) * GROUP)
            z1 = z1 + load(flat, (4 * slots + slot) * GROUP)
        highest0 = top0
        highest1 = top1
        if any_above_zero(larger(tiny - z0, tiny - z1)):  # all of it is far below some other piece
            highest0, z0 = _added(room, status, actions, chosen, slots, alone0, top0)
            highest1, z1 = _added(room, status, actions, chosen, 2 * slots, alone1, top1)
        r = load(ks, 0) - logarithm(z0) - highest0 + logarithm(z1) + highest1
        store(here, 0, r)
        store(here, GROUP, sigmoid_lanes(r, one) * splat(n - 1.0))
        for i in range(GROUP - 1):
            low_t, high_t = _between(here[GROUP + i], here[GROUP + i + 1], n)
            if look_closer:
                # Where R turns round or bends, it may cross a prior's log-odds more than once.
                this = here[i + 1] - here[i]
                before = here[i] - here[max(i, 1) - 1] if i > 0 else this
                after = here[i + 2] - here[i + 1] if i < GROUP - 2 else this
                bends = _SHARP * min(abs(before), abs(after)) < max(abs(before), abs(after))
                if before * this < 0.0 or after * this < 0.0 or (bends and low_t <= high_t):
                    closer[i] = True
                    continue
            if low_t > high_t:
                continue
            for a in range(actions):
                if status[a] == BOTH:
                    at_slot = chosen[a] * GROUP + i
                    ends[0, a] = room[0, at_slot]
                    ends[1, a] = room[0, at_slot + 1]
                    p = covering[chosen[a]]
                    ends[2, a] = 1.0 if phis[a, last[p]] > phis[a, first[p]] else 0.0
            for t in range(low_t, high_t + 1):
                queue(waiting, held, actions, n, t, ends, ks[i], ks[i + 1], here[i], here[i + 1])
                if held[0] == GROUP:
                    flush(q, lam, status, actions, n, scaled, work, waiting, held, found, roots)
    return True


@njit(cache=True, error_model="numpy", nogil=True)
def _added(
    room: Any, status: Any, actions: int, chosen: Any, offset: int, alone: Any, top: Any
) -> Any:
    """The largest λ Q on a combination of pieces, and the sum of all less that, exponentiated.

    `alone`: that sum less `top`, over the actions that only one type may take.
    """
    flat = room.ravel()
    highest = choose(alone, top + logarithm(larger(alone, splat(1e-300))), splat(-1e300))
    rest = highest
    for a in range(actions):
        if status[a] == BOTH:
            highest = larger(load(flat, (offset + chosen[a]) * GROUP), highest)
    total = exponential(rest - highest)
    for a in range(actions):
        if status[a] == BOTH:
            total = total + exponential(load(flat, (offset + chosen[a]) * GROUP) - highest)
    return highest, total


@njit(cache=True, error_model="numpy", nogil=True)
def _between(one: float, other: float, n: int) -> Any:
    """The first and the last of the grid's inner points between two places on it."""
    low = max(1, int(np.ceil(min(one, other) - 1e-9)))
    return low, min(n - 2, int(np.floor(max(one, other) + 1e-9)))
