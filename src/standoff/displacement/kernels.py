"""The inner loops of a walk: a block of rows, side by side in lanes, through all days.

Arrays of people are `[…, bin, lane]`. Bins hold how far people have come of late, in whole days of
travel between 0 and 2 (`RECENT` of them), where short stints are avoided, and there is one else.
Whoever falls between two bins is split between them so that the mean is kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

RECENT = 5
"""Bins for how far people have come of late."""
STEP = 2.0 / (RECENT - 1)
PARTS = 4
"""In so many parts people arrive on a day on which a camp fills up."""
NOBODY = 1e-15
"""Fewer people than this are nobody."""
FILLING = 0.05
"""So much of its openness may a camp lose within a day before its arrivals are taken in parts."""


@njit(cache=True, nogil=True, error_model="numpy")
def walk_days(
    place: Any, root: Any, held: Any, held_to: Any, origin: Any, first: Any, destination: Any,
    path_first: Any, path: Any, alone: Any, node: Any, used: Any, decides: Any, target_first: Any,
    target: Any, going: Any, spent: Any, leg_link: Any, leg_after: Any, leg_used: Any,
    leg_back: Any, opened: Any, forced: Any, limit: Any, limited: Any, fear: Any, moving: Any,
    town: Any, camp: Any, foreign: Any, displaced: Any, initial: Any, near: Any, chance: Any,
    often: Any, capacity: Any, buffer: Any, camp_weight: Any, foreign_weight: Any,
    conflict_weight: Any, weight_softening: Any, weight_power: Any, people: Any, blind: bool,
    short: bool, speed: float, out: Any, road: Any,
) -> None:  # fmt: skip
    """Fills `out` [day, place, lane] with who is where, `road` [day, lane] with who is between.

    The arrays of the network are those of `Network`; of the days, those of `Timeline` (`fear` is
    intensity times decay; `limited` [link] whether a link ever has a limit). `displaced` is
    [day, place], `initial` [place]; `near` [option, lane] is the weight of distance; `chance`
    [code, lane] that to leave, times `often` [place, lane]; `capacity` is [place, lane]; the rest
    is [lane].
    """
    days, places, lanes = out.shape
    bins = RECENT if short else 1
    nodes, states, legs = len(place), len(node), len(leg_link)
    here, next_here = np.zeros((nodes, bins, lanes)), np.zeros((nodes, bins, lanes))
    held_here = np.zeros((nodes, bins, lanes))
    away, next_away = np.zeros((legs, bins, lanes)), np.zeros((legs, bins, lanes))
    held_away = np.zeros((legs, bins, lanes))
    coming, moved = np.zeros((states, bins, lanes)), np.zeros((states, bins, lanes))
    count, held_count = np.zeros((places, lanes)), np.zeros((places, lanes))
    room, kept_room = np.ones((places, lanes)), np.ones((places, lanes))
    score, leave = np.empty((places, lanes)), np.empty((places, lanes))
    go, gone = np.zeros((len(destination), lanes)), np.zeros((places, lanes))
    left, held_left = np.empty((len(limited), lanes)), np.empty((len(limited), lanes))
    usable = np.empty(len(destination), np.bool_)
    full, flow = np.empty(lanes), np.empty((bins, lanes))
    for p in range(places):
        for v in range(lanes):
            here[origin[p], 0, v] = initial[p] * people[v]
    for day in range(days):
        count[:] = 0.0
        for p in range(places):
            if displaced[day, p] > 0:
                for v in range(lanes):
                    here[origin[p], 0, v] += displaced[day, p] * people[v]
        for n in range(nodes):
            p = place[n]
            for r in range(bins):
                for v in range(lanes):
                    count[p, v] += here[n, r, v]
        for p in range(places):
            for v in range(lanes):
                s = foreign_weight[v] if foreign[p] else 1.0
                if camp[day, p]:
                    s *= camp_weight[v]
                if fear[day, p] > 0:
                    s *= conflict_weight[v] ** fear[day, p]
                score[p, v] = s
                leave[p, v] = min(1.0, chance[moving[day, p], v] * often[p, v])
        for o in range(len(destination)):
            usable[o] = True
            for j in range(path_first[o], path_first[o + 1]):
                if not opened[day, path[j]]:
                    usable[o] = False
        _room(count, capacity, buffer, room)
        _choose(
            first, destination, alone, usable, forced[day], camp[day], near, score, room,
            weight_softening, weight_power, blind, go, gone,
        )  # fmt: skip
        for j in range(len(limited)):
            if limited[j]:
                left[j] = limit[day, j]
        next_here[:], next_away[:], coming[:] = 0.0, 0.0, 0.0
        # Those who wake up in a place.
        coming[:nodes] = here
        count[:] = 0.0
        _spread(
            0, nodes, coming, node, used, decides, place, root, held, held_to, first, target_first,
            target, going, spent, opened[day], camp[day], town[day], room, go, gone, leave, limited,
            left, short, speed, next_here, next_away, count, flow,
        )  # fmt: skip
        # Those who wake up on the road.
        for g in range(legs):
            after = leg_after[g]
            if after >= 0 and opened[day, leg_link[g]]:
                for r in range(bins):
                    for v in range(lanes):
                        coming[after, r, v] += away[g, r, v]
                continue
            for r in range(bins):
                for v in range(lanes):
                    flow[r, v] = away[g, r, v]
                    if after >= 0:
                        count[place[leg_back[g]], v] += flow[r, v]
                if after >= 0:
                    _settle(next_here, leg_back[g], flow, r, leg_used[g] / speed)
                else:
                    _settle(next_away, -1 - after, flow, r, leg_used[g] / speed)
        # What of the day is left to those who arrive: at once, and in parts where a camp fills up.
        held_here[:], held_away[:], held_count[:], held_left[:] = next_here, next_away, count, left
        _room(count, capacity, buffer, kept_room)
        moved[:] = coming
        _spread(
            nodes, states, moved, node, used, decides, place, root, held, held_to, first,
            target_first, target, going, spent, opened[day], camp[day], town[day], room, go, gone,
            leave, limited, left, short, speed, next_here, next_away, count, flow,
        )  # fmt: skip
        _room(count, capacity, buffer, room)
        fills = False
        for v in range(lanes):
            full[v] = 0.0
            for p in range(places):
                if abs(room[p, v] - kept_room[p, v]) > FILLING:
                    full[v] = 1.0
                    fills = True
        if fills:
            for _ in range(PARTS):
                _room(held_count, capacity, buffer, room)
                _choose(
                    first, destination, alone, usable, forced[day], camp[day], near, score, room,
                    weight_softening, weight_power, blind, go, gone,
                )  # fmt: skip
                for state in range(nodes, states):
                    for r in range(bins):
                        for v in range(lanes):
                            moved[state, r, v] = coming[state, r, v] / PARTS
                _spread(
                    nodes, states, moved, node, used, decides, place, root, held, held_to, first,
                    target_first, target, going, spent, opened[day], camp[day], town[day], room, go,
                    gone, leave, limited, held_left, short, speed, held_here, held_away, held_count,
                    flow,
                )  # fmt: skip
            _take(next_here, held_here, full)
            _take(next_away, held_away, full)
            for p in range(places):
                for v in range(lanes):
                    if full[v] > 0:
                        count[p, v] = held_count[p, v]
        out[day] = count
        for v in range(lanes):
            total = 0.0
            for g in range(legs):
                for r in range(bins):
                    total += next_away[g, r, v]
            road[day, v] = total
        here, next_here = next_here, here
        away, next_away = next_away, away


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(
    low: int, high: int, moved: Any, node: Any, used: Any, decides: Any, place: Any, root: Any,
    held: Any, held_to: Any, first: Any, target_first: Any, target: Any, going: Any, spent: Any,
    opened: Any, camp: Any, town: Any, room: Any, go: Any, gone: Any, leave: Any, limited: Any,
    left: Any, short: bool, speed: float, here: Any, away: Any, count: Any, flow: Any,
) -> None:  # fmt: skip
    """Leads the people of states [low, high), in order of kilometres, to where they end the day.

    Who decides to go on is added to a later state of `moved`, or spends the night on a leg.
    """
    bins, lanes = moved.shape[1], moved.shape[2]
    for state in range(low, high):
        anybody = False
        for r in range(bins):
            for v in range(lanes):
                if moved[state, r, v] > NOBODY:
                    anybody = True
        if not anybody:
            continue
        n = node[state]
        p, at, far = place[n], target_first[state], used[state] / speed
        if not decides[state]:
            for r in range(bins):
                for v in range(lanes):
                    flow[r, v] = moved[state, r, v]
                    count[p, v] += flow[r, v]
                _settle(here, n, flow, r, far)
            continue
        if held[n] >= 0:
            # They follow their route, unless its next link is closed or the camp at its end full.
            shut, end = not opened[held[n]], held_to[n]
            for r in range(bins):
                for v in range(lanes):
                    if shut or (camp[end] and room[end, v] < 0.5):
                        flow[r, v] = moved[state, r, v]
                    else:
                        flow[r, v] = 0.0
                    count[p, v] += flow[r, v]
                _settle(here, root[n], flow, r, far)
                for v in range(lanes):
                    flow[r, v] = moved[state, r, v] - flow[r, v]
            if limited[going[at]]:
                _squeeze(flow, left, going[at], here, n, count, p, far)
            _pass(target[at], flow, spent[at] / speed, moved, away)
            continue
        for r in range(bins):
            must = short and state >= len(place) and town[p] and (r * STEP + far) / 2.0 < 0.5
            for v in range(lanes):
                x = moved[state, r, v]
                goes = x if must else x * leave[p, v]
                stays = x - goes * gone[p, v]
                moved[state, r, v] = goes
                count[p, v] += stays
                flow[r, v] = stays
            _settle(here, n, flow, r, far)
        for o in range(first[p], first[p + 1]):
            j = at + o - first[p]
            to = target[j]
            if to >= 0 and not limited[going[j]]:
                for r in range(bins):
                    for v in range(lanes):
                        moved[to, r, v] += moved[state, r, v] * go[o, v]
                continue
            for r in range(bins):
                for v in range(lanes):
                    flow[r, v] = moved[state, r, v] * go[o, v]
            if limited[going[j]]:
                _squeeze(flow, left, going[j], here, n, count, p, far)
            _pass(to, flow, spent[j] / speed, moved, away)


@njit(cache=True, nogil=True, error_model="numpy")
def _pass(to: int, flow: Any, far: float, moved: Any, away: Any) -> None:
    """Leads people on to a state, or for the night to a leg."""
    for r in range(flow.shape[0]):
        if to >= 0:
            for v in range(flow.shape[1]):
                moved[to, r, v] += flow[r, v]
        else:
            _settle(away, -1 - to, flow, r, far)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _settle(into: Any, i: int, people: Any, r: int, far: float) -> None:
    """Ends the day of those in bin r who moved `far` days' travel: half of it is remembered."""
    bins, lanes = people.shape
    if bins == 1:
        for v in range(lanes):
            into[i, 0, v] += people[0, v]
    else:
        at = min(0.5 * r + far * (0.5 / STEP), bins - 1.0)
        floor = min(int(at), bins - 2)
        above = at - floor
        for v in range(lanes):
            into[i, floor, v] += people[r, v] * (1.0 - above)
            into[i, floor + 1, v] += people[r, v] * above


@njit(cache=True, nogil=True, error_model="numpy")
def _squeeze(
    flow: Any, left: Any, link: int, here: Any, n: int, count: Any, p: int, far: float
) -> None:
    """Lets no more through than are still let through today; the others stay where they are."""
    bins, lanes = flow.shape
    stay = np.zeros((bins, lanes))
    for v in range(lanes):
        total = 0.0
        for r in range(bins):
            total += flow[r, v]
        if total > left[link, v]:
            for r in range(bins):
                stay[r, v] = flow[r, v] * (1.0 - left[link, v] / total)
                flow[r, v] -= stay[r, v]
                count[p, v] += stay[r, v]
            left[link, v] = 0.0
        else:
            left[link, v] -= total
    for r in range(bins):
        _settle(here, n, stay, r, far)


@njit(cache=True, nogil=True, error_model="numpy")
def _take(into: Any, other: Any, which: Any) -> None:
    for i in range(into.shape[0]):
        for r in range(into.shape[1]):
            for v in range(into.shape[2]):
                if which[v] > 0:
                    into[i, r, v] = other[i, r, v]


@njit(cache=True, nogil=True, error_model="numpy")
def _room(count: Any, capacity: Any, buffer: Any, room: Any) -> None:
    """How open a place is: 1 while there is room, falling to 0 when it is full."""
    places, lanes = count.shape
    for p in range(places):
        for v in range(lanes):
            most = capacity[p, v]
            if most < 1 or count[p, v] <= buffer[v] * most:
                room[p, v] = 1.0
            elif count[p, v] >= most:
                room[p, v] = 0.0
            else:
                room[p, v] = 1.0 - (count[p, v] - buffer[v] * most) / (most * (1.0 - buffer[v]))


@njit(cache=True, nogil=True, error_model="numpy")
def _choose(
    first: Any, destination: Any, alone: Any, usable: Any, forced: Any, camp: Any, near: Any,
    score: Any, room: Any, weight_softening: Any, weight_power: Any, blind: bool, go: Any,
    gone: Any,
) -> None:  # fmt: skip
    """The chance of each option that is followed, `go` [option, lane]; `gone` [place, lane] is
    their sum. A full camp may be chosen, but then nobody goes.
    """
    places, lanes = gone.shape
    total = np.empty(lanes)
    for p in range(places):
        low, high = first[p], first[p + 1]
        some, must = 0, False
        for o in range(low, high):
            if usable[o]:
                some += 1
                if alone[o] >= 0 and forced[alone[o]]:
                    must = True
        for v in range(lanes):
            total[v] = 0.0
            gone[p, v] = 0.0
        for o in range(low, high):
            d = destination[o]
            for v in range(lanes):
                w = 0.0
                if usable[o]:
                    w = (weight_softening[v] + score[d, v]) * near[o, v] * room[d, v]
                    if weight_power[v] != 1.0:
                        w = w ** weight_power[v]
                    if blind:
                        w = 1.0
                go[o, v] = w
                total[v] += w
        if must:
            _redirect(low, high, destination, alone, usable, forced, room, go, total)
        for o in range(low, high):
            d = destination[o]
            for v in range(lanes):
                if total[v] > 0:
                    go[o, v] /= total[v]
                else:
                    go[o, v] = 1.0 / some if usable[o] else 0.0
                if camp[d] and room[d, v] < 0.5:
                    go[o, v] = 0.0
                gone[p, v] += go[o, v]


@njit(cache=True, nogil=True, error_model="numpy")
def _redirect(
    low: int, high: int, destination: Any, alone: Any, usable: Any, forced: Any, room: Any,
    go: Any, total: Any,
) -> None:  # fmt: skip
    """Everybody takes a link that is forced, unless there is no room at its end."""
    for v in range(len(total)):
        some = 0.0
        for o in range(low, high):
            if usable[o] and alone[o] >= 0 and forced[alone[o]] and room[destination[o], v] > 0:
                some += 1.0
        if some > 0:
            for o in range(low, high):
                takes = usable[o] and alone[o] >= 0 and forced[alone[o]]
                go[o, v] = 1.0 if takes and room[destination[o], v] > 0 else 0.0
            total[v] = some
