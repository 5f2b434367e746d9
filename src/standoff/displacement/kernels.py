"""The inner loops of a walk: a block of rows, side by side in lanes, through all days.

Arrays of people are `[…, bin, lane]`. Bins hold how far people have come of late, in whole days of
travel between 0 and 2 (`RECENT` of them), where short stints are avoided, and there is one else.
Whoever falls between two bins is split between them so that the mean is kept.

`lanes` is a tuple with one entry a lane: so its number is known when a kernel is compiled, and
loops over lanes become single instructions. With a generator of random numbers there is one lane,
and people are whole: each decision of a group draws how many take which option.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numba import njit

from standoff.displacement.blocks import add, lead, part, take

RECENT = 5
"""Bins for how far people have come of late."""
STEP = 2.0 / (RECENT - 1)
PARTS = 4
"""In so many parts people arrive on a day on which a camp fills up."""
NOBODY = 1e-15
"""Fewer people than this are nobody."""
FILLING = 0.05
"""So much of its openness may a camp lose within a day before its arrivals are taken in parts."""

# What makes compiling long are references, counted for each array that is named, and ways in from
# outside for each function: kernels allocate nothing, and only one is called from outside.
_njit: Any = partial(njit, nogil=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=False)
_outer = _njit(cache=True)
_inner = _njit(no_cpython_wrapper=True)


@_outer
def walk_days(
    size: Any, graph: Any, days: Any, row: Any, ways: Any, work: Any, choice: Any, draws: Any,
    out: Any, road: Any,
) -> None:  # fmt: skip
    """Fills `out` [day, place, lane] with who is where, `road` [day, lane] with who is between.

    `draws` is a generator of random numbers, or None for expected numbers.
    """
    bins, lanes = size
    nodes, states, nights = len(graph.place), len(graph.node), len(work.night)
    for p in range(len(graph.origin)):
        for v in range(len(lanes)):
            work.night[graph.origin[p], 0, v] = row.initial[p, v]
    for day in range(len(out)):
        _wake(size, day, graph, row, work)
        _weigh(size, day, graph, days, row, choice)
        if ways.corridors:
            for j in range(len(days.limited)):
                for v in range(len(lanes)):
                    limit = days.limit[day, j]
                    work.left[j, v] = limit if draws is None else np.floor(limit)
        who, into, here, left = work.coming, work.early, work.here, work.left
        fills = True
        for turn in range(2 + PARTS):
            if turn != 1:
                _room(size, here, row, work.room)
                _choose(size, day, graph, days, row, ways, work.total, choice)
            if turn == 0:
                for p in range(len(here)):
                    for v in range(len(lanes)):
                        here[p, v] = 0.0
            elif turn >= 2:
                _part(size, turn - 2, nodes, work.coming, work.moved, draws)
            _spread(
                size, turn, day, graph, days, ways, choice, draws, who, into, here, left, work.hands
            )
            if turn == 0:
                _travel(size, day, graph, days, ways, draws, work)
                # Whoever arrives decides on what is left of the day: first all at once.
                _keep(size, nodes, row, ways, work)
                who, into = work.moved, work.late
            elif turn == 1:
                # Where that fills a camp, in parts, each of which sees those before.
                fills = _fills(size, here, row, work)
                if not fills:
                    break
                into, here, left = work.again, work.here_again, work.left_again
        if fills:
            _take(size, work)
        for state in range(nodes, states):
            for r in range(len(bins)):
                for v in range(len(lanes)):
                    work.coming[state, r, v] = 0.0
        for v in range(len(lanes)):
            work.total[v] = 0.0
        for i in range(nights):
            for r in range(len(bins)):
                for v in range(len(lanes)):
                    work.night[i, r, v] = work.early[i, r, v] + work.late[i, r, v]
                    work.early[i, r, v] = 0.0
                    work.late[i, r, v] = 0.0
                    if i >= nodes:
                        work.total[v] += work.night[i, r, v]
        for v in range(len(lanes)):
            road[day, v] = work.total[v]
            for p in range(len(work.here)):
                out[day, p, v] = work.here[p, v]


@_inner
def _wake(size: Any, day: int, graph: Any, row: Any, work: Any) -> None:
    """Adds the newly displaced, counts who is where at daybreak, and has them set out."""
    bins, lanes = size
    for p in range(len(work.here)):
        for v in range(len(lanes)):
            work.night[graph.origin[p], 0, v] += row.displaced[day, p, v]
            work.here[p, v] = 0.0
    for n in range(len(graph.place)):
        for r in range(len(bins)):
            for v in range(len(lanes)):
                work.here[graph.place[n], v] += work.night[n, r, v]
                work.coming[n, r, v] = work.night[n, r, v]


@_inner
def _keep(size: Any, nodes: int, row: Any, ways: Any, work: Any) -> None:
    """Keeps how things stand before anybody arrives, to come back to if a camp fills up."""
    bins, lanes = size
    _room(size, work.here, row, work.before)
    for state in range(nodes, len(work.coming)):
        for r in range(len(bins)):
            for v in range(len(lanes)):
                work.moved[state, r, v] = work.coming[state, r, v]
    for p in range(len(work.here)):
        for v in range(len(lanes)):
            work.here_again[p, v] = work.here[p, v]
    if ways.corridors:
        for j in range(len(work.left)):
            for v in range(len(lanes)):
                work.left_again[j, v] = work.left[j, v]


@_inner
def _weigh(size: Any, day: int, graph: Any, days: Any, row: Any, choice: Any) -> None:
    """How attractive places are, how likely they are left, and which options are open on a day."""
    lanes = size[1]
    fear, camp, moving = days.fear, days.camp, days.moving
    for p in range(fear.shape[1]):
        if (
            day > 0
            and fear[day, p] == fear[day - 1, p]
            and camp[day, p] == camp[day - 1, p]
            and moving[day, p] == moving[day - 1, p]
        ):
            continue
        for v in range(len(lanes)):
            s = row.foreign_weight[v] if days.foreign[p] else 1.0
            if camp[day, p]:
                s *= row.camp_weight[v]
            if fear[day, p] > 0:
                s *= row.conflict_weight[v] ** fear[day, p]
            choice.score[p, v] = s
            choice.leave[p, v] = min(1.0, row.chance[moving[day, p], v] * row.often[p, v])
    for o in range(len(graph.destination)):
        choice.usable[o] = True
        for j in range(graph.path_first[o], graph.path_first[o + 1]):
            if not days.open[day, graph.path[j]]:
                choice.usable[o] = False


@_inner
def _spread(
    size: Any, turn: int, day: int, graph: Any, days: Any, ways: Any, choice: Any, draws: Any,
    moved: Any, into: Any, here: Any, left: Any, hands: Any,
) -> None:  # fmt: skip
    """Leads people, in order of kilometres, to where they end the day: in turn 0 those who wake up
    in a place, else those who arrive.

    Who decides to go on is added to a later state of `moved`, or spends the night on a leg. `moved`
    is empty in these states afterwards.
    """
    bins, lanes = size
    flow, some, stay, nodes = hands[0], hands[1], hands[2], len(graph.place)
    low, high = (0, nodes) if turn == 0 else (nodes, len(graph.node))
    for state in range(low, high):
        if not take(size, moved, state, flow, NOBODY):
            continue
        n, at, far = graph.node[state], graph.target_first[state], graph.used[state] / ways.speed
        p = graph.place[n]
        if not graph.decides[state]:
            _stay(size, into, n, flow, far, draws, here, p)
            continue
        held, options = graph.held[n] >= 0, 1
        if held:
            # They follow their route, unless its next link is closed or the camp at its end full.
            shut, end = not days.open[day, graph.held[n]], graph.held_to[n]
            for r in range(len(bins)):
                for v in range(len(lanes)):
                    drop = shut or (days.camp[day, end] and choice.room[end, v] < 0.5)
                    stay[r, v] = flow[r, v] if drop else 0.0
                    flow[r, v] -= stay[r, v]
        else:
            options = graph.first[p + 1] - graph.first[p]
            # In a town, whoever has come less far than half a day of late goes on.
            hurried = 0
            if ways.short and state >= nodes and days.town[day, p]:
                while hurried < len(bins) and (hurried * STEP + far) / 2.0 < 0.5:
                    hurried += 1
            if draws is None:
                part(size, flow, choice.leave, choice.gone, p, hurried, stay)
            else:
                for r in range(len(bins)):
                    leaves = 1.0 if r < hurried else choice.leave[p, 0]
                    going = draws.binomial(
                        np.int64(flow[r, 0]), min(1.0, leaves * choice.gone[p, 0])
                    )
                    stay[r, 0] = flow[r, 0] - going
                    flow[r, 0] = going
        _stay(size, into, graph.root[n] if held else n, stay, far, draws, here, p)
        rest = choice.gone[p, 0]
        for i in range(options):
            o, to, link = graph.first[p] + i, graph.target[at + i], graph.going[at + i]
            if draws is None:
                if to >= 0 and not held and not (ways.corridors and days.limited[link]):
                    lead(size, moved, to, flow, choice.go, o)
                    continue
                for r in range(len(bins)):
                    for v in range(len(lanes)):
                        some[r, v] = flow[r, v] * (1.0 if held else choice.go[o, v])
            else:
                share = 1.0
                if not held:
                    share = min(1.0, choice.go[o, 0] / rest) if rest > 0 else 0.0
                    rest -= choice.go[o, 0]
                for r in range(len(bins)):
                    some[r, 0] = draws.binomial(np.int64(flow[r, 0]), share)
                    flow[r, 0] -= some[r, 0]
            if ways.corridors and days.limited[link]:
                _squeeze(size, some, stay, left, link, draws)
                _stay(size, into, n, stay, far, draws, here, p)
            if to < 0:
                _settle(size, into, nodes - 1 - to, some, graph.spent[at + i] / ways.speed, draws)
                continue
            for r in range(len(bins)):
                for v in range(len(lanes)):
                    moved[to, r, v] += some[r, v]
        if draws is not None and not held:
            # Chances add up to one but for rounding: hardly ever is anybody left over.
            _stay(size, into, n, flow, far, draws, here, p)


@_inner
def _travel(size: Any, day: int, graph: Any, days: Any, ways: Any, draws: Any, work: Any) -> None:
    """Leads those who wake up on the road to where they arrive, or on; from a closed road, back."""
    bins, lanes = size
    nodes, flow = len(graph.place), work.hands[0]
    for g in range(len(graph.leg_link)):
        if not take(size, work.night, nodes + g, flow, NOBODY):
            continue
        after, far = graph.leg_after[g], graph.leg_used[g] / ways.speed
        if after < 0:
            _settle(size, work.early, nodes - 1 - after, flow, far, draws)
        elif days.open[day, graph.leg_link[g]]:
            for r in range(len(bins)):
                for v in range(len(lanes)):
                    work.coming[after, r, v] += flow[r, v]
        else:
            back = graph.leg_back[g]
            _stay(size, work.early, back, flow, far, draws, work.here, graph.place[back])


@_inner
def _stay(
    size: Any, into: Any, n: int, people: Any, far: float, draws: Any, here: Any, p: int
) -> None:
    """Ends the day of people in a place."""
    bins, lanes = size
    _settle(size, into, n, people, far, draws)
    for r in range(len(bins)):
        for v in range(len(lanes)):
            here[p, v] += people[r, v]


@_inner
def _settle(size: Any, into: Any, i: int, people: Any, far: float, draws: Any) -> None:
    """Ends the day of people who moved `far` days' travel: half of it is remembered."""
    bins = size[0]
    if len(bins) == 1:
        add(size, into, i, 0, people, 0, 1.0)
        return
    for r in range(len(bins)):
        at = min(0.5 * r + far * (0.5 / STEP), RECENT - 1.0)
        floor = min(int(at), RECENT - 2)
        above = at - floor
        if draws is None:
            add(size, into, i, floor, people, r, 1.0 - above)
            add(size, into, i, floor + 1, people, r, above)
        else:
            up = draws.binomial(np.int64(people[r, 0]), above)
            into[i, floor, 0] += people[r, 0] - up
            into[i, floor + 1, 0] += up


@_inner
def _squeeze(size: Any, flow: Any, stay: Any, left: Any, link: int, draws: Any) -> None:
    """Lets no more through than are still let through today; the others are `stay`.

    Whole people are rounded so that their sum is kept, up or down by chance.
    """
    bins, lanes = size
    for v in range(len(lanes)):
        total = 0.0
        for r in range(len(bins)):
            total += flow[r, v]
            stay[r, v] = 0.0
        if total > left[link, v]:
            kept = 1.0 - left[link, v] / total
            start = 0.0 if draws is None else draws.random()
            done, reached = 0.0, start
            for r in range(len(bins)):
                if draws is None:
                    stay[r, v] = flow[r, v] * kept
                else:
                    reached += flow[r, v] * kept
                    stay[r, v] = min(flow[r, v], np.floor(reached + 1e-9) - done)
                    done += stay[r, v]
                flow[r, v] -= stay[r, v]
            left[link, v] = 0.0
        else:
            left[link, v] -= total


@_inner
def _part(size: Any, part: int, nodes: int, coming: Any, moved: Any, draws: Any) -> None:
    """Lays the next of `PARTS` parts of those who arrive into `moved`."""
    bins, lanes = size
    for state in range(nodes, len(coming)):
        for r in range(len(bins)):
            for v in range(len(lanes)):
                if draws is None:
                    moved[state, r, v] = coming[state, r, v] * (1.0 / PARTS)
                else:
                    some = draws.binomial(np.int64(coming[state, r, v]), 1.0 / (PARTS - part))
                    moved[state, r, v] = some
                    coming[state, r, v] -= some


@_inner
def _fills(size: Any, here: Any, row: Any, work: Any) -> Any:
    """Marks the lanes in which some camp lost more than `FILLING` of its openness."""
    lanes = size[1]
    _room(size, here, row, work.room)
    fills = False
    for v in range(len(lanes)):
        work.full[v] = False
        for p in range(len(here)):
            if abs(work.room[p, v] - work.before[p, v]) > FILLING:
                work.full[v] = True
                fills = True
    return fills


@_inner
def _take(size: Any, work: Any) -> None:
    """Takes the lanes in which a camp filled up from the work in parts, which is emptied."""
    bins, lanes = size
    for v in range(len(lanes)):
        if work.full[v]:
            for p in range(len(work.here)):
                work.here[p, v] = work.here_again[p, v]
    for i in range(len(work.late)):
        for r in range(len(bins)):
            for v in range(len(lanes)):
                if work.full[v]:
                    work.late[i, r, v] = work.again[i, r, v]
                work.again[i, r, v] = 0.0


@_inner
def _room(size: Any, here: Any, row: Any, room: Any) -> None:
    """How open a place is: 1 while there is room, falling to 0 when it is full."""
    lanes = size[1]
    for p in range(len(here)):
        for v in range(len(lanes)):
            most, buffer = row.capacity[p, v], row.buffer[v]
            if most < 1 or here[p, v] <= buffer * most:
                room[p, v] = 1.0
            elif here[p, v] >= most:
                room[p, v] = 0.0
            else:
                room[p, v] = 1.0 - (here[p, v] - buffer * most) / (most * (1.0 - buffer))


@_inner
def _choose(
    size: Any, day: int, graph: Any, days: Any, row: Any, ways: Any, total: Any, choice: Any
) -> None:
    """The chance of each option that is followed. A full camp may be chosen, but nobody goes.

    Everybody takes a link that is forced, unless there is no room at its end.
    """
    lanes = size[1]
    for p in range(len(choice.gone)):
        low, high = graph.first[p], graph.first[p + 1]
        some, must = 0, False
        for o in range(low, high):
            some += choice.usable[o]
            alone = graph.alone[o]
            must |= choice.usable[o] and alone >= 0 and days.forced[day, alone]
        for v in range(len(lanes)):
            total[v] = 0.0
            choice.gone[p, v] = 0.0
        for o in range(low, high):
            d = graph.destination[o]
            for v in range(len(lanes)):
                w = 0.0
                if choice.usable[o]:
                    w = (row.weight_softening[v] + choice.score[d, v]) * row.near[o, v]
                    w *= choice.room[d, v]
                    if row.weight_power[v] != 1.0:
                        w = w ** row.weight_power[v]
                    if ways.blind:
                        w = 1.0
                choice.go[o, v] = w
                total[v] += w
        if must:
            for v in range(len(lanes)):
                open_ends = 0.0
                for turn in range(2):
                    for o in range(low, high):
                        alone, d = graph.alone[o], graph.destination[o]
                        forced = choice.usable[o] and alone >= 0 and days.forced[day, alone]
                        takes = 1.0 if forced and choice.room[d, v] > 0 else 0.0
                        if turn == 0:
                            open_ends += takes
                        elif open_ends > 0:
                            choice.go[o, v] = takes
                if open_ends > 0:
                    total[v] = open_ends
        for o in range(low, high):
            d = graph.destination[o]
            for v in range(len(lanes)):
                if total[v] > 0:
                    choice.go[o, v] /= total[v]
                else:
                    choice.go[o, v] = 1.0 / some if choice.usable[o] else 0.0
                if days.camp[day, d] and choice.room[d, v] < 0.5:
                    choice.go[o, v] = 0.0
                choice.gone[p, v] += choice.go[o, v]
