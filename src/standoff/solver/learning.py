"""The inner loops of games with hidden types: values over states and beliefs.

The arrays are those of `kernels.py`, with a copy of everything for each point of the belief grid:
[group, belief, state, channel, lane]. Channels are first the agents (each actor in each of its
types), then the outcomes, each once for every profile of types.

Moves after which nobody learns anything are left to `kernels.py`, which sees the points as so many
more groups. One thread does it all: studies share blocks of futures out among processes, and
threads would double the time that compiling takes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from standoff.game import GROUP, ONE, ZERO
from standoff.solver.certain import certain, respond, scale
from standoff.solver.kernels import held_at, look_up
from standoff.solver.lanes import choose, gather, load, scratch, splat, store
from standoff.solver.newton import cells
from standoff.solver.posterior import FARTHEST, two_types, which
from standoff.solver.simplex import answer, many_types, vertices

FORGOTTEN, WRITTEN, READ = 0, 1, 2
"""Whether what is believed after each action is found and forgotten, found and kept, or known."""


@njit(cache=True, error_model="numpy", nogil=True)
def learning_move(
    values: Any, sizes: Any, after: int, before: int, n: int,
    first: Any, branch: Any, to: Any, chance: Any, payoff: Any, hit: Any,
    may: Any, chances: Any, fixed_chances: Any, payoffs: Any, fixed_payoffs: Any,
    rationality: Any, agent: int, grid: Any, lines: Any, index: Any, points: Any, face: Any,
    cursed: Any, classes: Any, leaning: Any, class_of: Any, hit_values: Any, root: int,
    longest: Any, policy: Any, place: Any, weight: Any, options_held: int, keep: bool, memory: Any,
    recall: int, tally: Any,
) -> None:  # fmt: skip
    """Values before a move of an actor with hidden types, for the first `n` of its states.

    `sizes`: groups, points of belief, states held, where those begin in which all is over,
    channels, agents, entries of `chances` and of `payoffs`. `may` [kind, option]: what the actor's
    kinds may do. `agent`: the first of its agents; they follow each other, and `kinds` of them.
    `grid`: the kinds, how many of them beliefs weigh, points of the actor's own grid, its points a
    side, and by how much its next point is further on. `lines`: where its coordinate is 0. `index`
    and `points`: see `vertices`. `face` [kind, action of the actor's own list by option]: what it
    would do at face value; `cursed` [row]. `classes` [group, class, point, kind, lane]: how
    probable each class of channels holds each kind; `leaning` [group, class, point, lane], empty if
    nobody leans: by what their own priors make points likelier; `class_of` [channel]. Kept are
    `policy` [group, belief, kind, option, lane], and the points around what is believed then:
    `place` and `weight` [group, belief, option, vertex, lane]. What is believed after each option,
    but for the first kind, is written to `memory` [group, belief, option, kind, lane] or read from
    it, as `recall` says. `tally` [group and state, lane, 2].
    """
    groups, beliefs, held, over, channels, agents, nc, np_ = sizes
    kinds, weighed, size, side, stride = grid
    most_options, _most_branches = longest
    hits = hit.shape[1]
    of_class = classes.shape[1]
    heard = classes.ravel()
    lean = leaning.ravel()
    zero = values.dtype.type(0)
    corners = weighed
    for job in range(groups * n):
        g = job // n
        s = job - g * n
        begin = first[s]
        actions = 0
        option = np.empty(most_options, np.int64)
        for o in range(begin, first[s + 1]):
            open_to_some = False
            for kind in range(kinds):
                open_to_some = open_to_some or may[kind, o]
            if open_to_some:
                option[actions] = o
                actions += 1
        open_here = np.empty((kinds, actions), np.bool_)
        says = np.empty((kinds, actions))
        for a in range(actions):
            for kind in range(kinds):
                open_here[kind, a] = may[kind, option[a]]
        for kind in range(kinds):
            total = 0.0
            for a in range(actions):
                says[kind, a] = face[kind, option[a]] if open_here[kind, a] else 0.0
                total += says[kind, a]
            for a in range(actions):
                says[kind, a] = says[kind, a] / total if total > 0.0 else -1.0
        status = which(open_here, actions)
        plain = weighed == 2
        for lane in range(GROUP):
            plain = plain and cursed[g * GROUP + lane] == 0.0
        # [action, point, channel, lane]: what is worth each action if the others then believe this.
        worth = scratch(actions * size * channels, values.dtype)
        scaled = scratch(kinds * actions * size, values.dtype)
        work = scratch(7 * actions, values.dtype)
        sure = scratch(1, values.dtype)
        told = scratch(actions * size, values.dtype)
        chosen = scratch(kinds * actions * size, values.dtype)
        q = np.empty((kinds, actions, size))
        lam = np.empty(kinds)
        alone = np.empty((kinds, actions, size))
        believed = np.empty((actions, size))
        beliefs_of = np.empty((actions, size, weighed))
        corner = scratch(size * actions * corners, values.dtype)
        share = scratch(size * actions * corners, values.dtype)
        count = np.zeros(2, np.int64)
        around = np.empty(weighed, np.int64)
        shares = np.empty(weighed)
        parts = scratch(of_class * actions * corners, values.dtype)
        sides = splat(values.dtype.type(size - 1))
        for line in lines:
            for a in range(actions):
                o = option[a]
                for t in range(size):
                    b = line + t * stride
                    base = (g * beliefs + b) * held
                    for c in range(channels):
                        x = splat(zero)
                        for e in range(branch[o], branch[o + 1]):
                            at = base + held_at(to[e], after, over)
                            v = load(values, (at * channels + c) * GROUP)
                            if chance[e] == ONE:
                                x = x + v
                            else:
                                p = look_up(chance[e], chances, g * nc, fixed_chances)
                                x = x + p * v
                        if c < agents and payoff[o, c] != ZERO:
                            x = x + look_up(payoff[o, c], payoffs, g * np_, fixed_payoffs)
                        store(worth, ((a * size + t) * channels + c) * GROUP, x)
            if plain:
                mine = (g * agents + agent) * GROUP
                scale(worth, channels, agent, rationality, mine, kinds, actions, size, scaled)
                if recall == READ:
                    for a in range(actions):
                        for t in range(size):
                            at = (g * beliefs + line + t * stride) * options_held + option[a]
                            store(told, (a * size + t) * GROUP, load(memory, at * GROUP))
                    store(sure, 0, splat(values.dtype.type(1)))
                else:
                    certain(scaled, status, actions, size, sure, work, told)
            for lane in range(GROUP):
                if plain and sure[lane] > 0:
                    continue
                for kind in range(kinds):
                    lam[kind] = rationality[(g * agents + agent + kind) * GROUP + lane]
                    for a in range(actions):
                        for t in range(size):
                            at = ((a * size + t) * channels + agent + kind) * GROUP
                            q[kind, a, t] = worth[at + lane]
                row = g * GROUP + lane
                count[0] = 0
                count[1] = 0
                if recall == READ:
                    for a in range(actions):
                        for t in range(size):
                            at = (g * beliefs + line + t * stride) * options_held + option[a]
                            rest = 1.0
                            for v in range(1, weighed):
                                found = memory[(at * (weighed - 1) + v - 1) * GROUP + lane]
                                beliefs_of[a, t, v] = found
                                rest -= found
                            beliefs_of[a, t, 0] = rest
                elif plain:
                    two_types(
                        q, open_here, lam, actions, size, root, recall == WRITTEN, believed, count
                    )  # fmt: skip
                else:
                    many_types(
                        q, open_here, lam, kinds, actions, weighed, side, index, points, says,
                        cursed[row], root == FARTHEST, alone, beliefs_of, count,
                    )  # fmt: skip
                tally[job, lane, 0] += count[0]
                tally[job, lane, 1] += count[1]
                if plain:
                    for a in range(actions):
                        for t in range(size):
                            told[(a * size + t) * GROUP + lane] = believed[a, t]
                    continue
                for t in range(size):
                    for a in range(actions):
                        if weighed == 2:
                            told[(a * size + t) * GROUP + lane] = beliefs_of[a, t, 1]
                        else:
                            vertices(beliefs_of[a, t], weighed, side, index, around, shares)
                            for v in range(weighed):
                                at = ((t * actions + a) * corners + v) * GROUP + lane
                                corner[at] = around[v]
                                share[at] = shares[v]
                        if recall == WRITTEN and weighed > 2:
                            at = (g * beliefs + line + t * stride) * options_held + option[a]
                            for v in range(1, weighed):
                                memory[(at * (weighed - 1) + v - 1) * GROUP + lane] = beliefs_of[
                                    a, t, v
                                ]
                    if recall == READ:
                        answer(
                            q, lam, open_here, beliefs_of, t, kinds, actions, weighed, side,
                            index, around, shares, alone,
                        )  # fmt: skip
                    for kind in range(kinds):
                        for a in range(actions):
                            at = ((kind * actions + a) * size + t) * GROUP
                            chosen[at + lane] = alone[kind, a, t]
            if plain:
                respond(scaled, open_here, kinds, actions, size, told, chosen)
            if weighed == 2:
                for t in range(size):
                    for a in range(actions):
                        m = load(told, (a * size + t) * GROUP)
                        if recall == WRITTEN:
                            at = (g * beliefs + line + t * stride) * options_held + option[a]
                            store(memory, at * GROUP, m)
                        c, along = cells(m, sides)
                        at = (t * actions + a) * 2 * GROUP
                        store(corner, at, c)
                        store(corner, at + GROUP, c + splat(values.dtype.type(1)))
                        store(share, at, splat(values.dtype.type(1)) - along)
                        store(share, at + GROUP, along)
            for t in range(size):
                b = line + t * stride
                for k in range(of_class):
                    for a in range(actions):
                        taken = splat(zero)
                        for kind in range(kinds):
                            at = (((g * of_class + k) * size + t) * kinds + kind) * GROUP
                            done = load(chosen, ((kind * actions + a) * size + t) * GROUP)
                            if says[kind, 0] >= 0.0 and kind < weighed and k >= kinds:
                                chi = load(cursed, g * GROUP)
                                done = done + chi * (splat(values.dtype.type(says[kind, a])) - done)
                            taken = taken + load(heard, at) * done
                        from_class = (g * of_class + k) * size * GROUP
                        whole = splat(values.dtype.type(1))
                        if len(lean):
                            whole = splat(zero)
                            for v in range(corners):
                                at = (t * actions * corners + a * corners + v) * GROUP
                                own = gather(lean, from_class, load(corner, at))
                                whole = whole + own * load(share, at)
                        for v in range(corners):
                            e = a * corners + v
                            x = taken * load(share, (t * actions * corners + e) * GROUP)
                            if len(lean):
                                at = (t * actions * corners + e) * GROUP
                                own = gather(lean, from_class, load(corner, at))
                                x = choose(whole, x * own / whole, x)
                            store(parts, (k * actions * corners + e) * GROUP, x)
                out = ((g * beliefs + b) * held + before + s) * channels * GROUP
                for c in range(channels):
                    summed = splat(zero)
                    k = class_of[c] * actions * corners
                    for a in range(actions):
                        from_here = (a * size * channels + c) * GROUP
                        for v in range(corners):
                            e = a * corners + v
                            there = load(corner, (t * actions * corners + e) * GROUP)
                            there = there * splat(values.dtype.type(channels))
                            x = gather(worth, from_here, there)
                            summed = summed + load(parts, (k + e) * GROUP) * x
                    store(values, out + c * GROUP, summed)
                for h in range(hits):
                    if hit[s, h]:
                        store(values, out + (channels - hits + h) * GROUP, splat(hit_values[h]))
                if keep:
                    for o in range(begin, first[s + 1]):
                        for kind in range(kinds):
                            at = ((g * beliefs + b) * kinds + kind) * options_held + o
                            store(policy, at * GROUP, splat(zero))
                        for v in range(corners):
                            at = ((g * beliefs + b) * options_held + o) * corners + v
                            for lane in range(GROUP):
                                place[at * GROUP + lane] = b
                                weight[at * GROUP + lane] = 1.0 if v == 0 else 0.0
                    for a in range(actions):
                        o = option[a]
                        for kind in range(kinds):
                            at = ((g * beliefs + b) * kinds + kind) * options_held + o
                            done = load(chosen, ((kind * actions + a) * size + t) * GROUP)
                            store(policy, at * GROUP, done)
                        for v in range(corners):
                            at = ((g * beliefs + b) * options_held + o) * corners + v
                            e = ((t * actions + a) * corners + v) * GROUP
                            for lane in range(GROUP):
                                place[at * GROUP + lane] = line + int(corner[e + lane]) * stride
                            store(weight, at * GROUP, load(share, e))


@njit(cache=True, error_model="numpy", nogil=True)
def believed_payoffs(
    values: Any, sizes: Any, start: int, n: int, codes: Any, payoffs: Any, fixed_payoffs: Any,
    views: Any, actor_of: Any, discount: Any, going_on: bool,
) -> None:  # fmt: skip
    """Adds what actors receive in the first `n` states held from `start` on, as they expect it.

    `codes` [profile of types, state, actor]; `views` [group, agent, belief, profile, lane] is how
    probable each profile is to an agent. Where the crisis is `going_on`, what follows is discounted
    first; where it is over, nothing follows.
    """
    groups, beliefs, held, _over, channels, agents, _nc, np_ = sizes
    profiles = codes.shape[0]
    zero = values.dtype.type(0)
    for job in range(groups * beliefs):
        g = job // beliefs
        b = job - g * beliefs
        for s in range(n):
            for c in range(agents):
                out = ((job * held + start + s) * channels + c) * GROUP
                x = splat(zero)
                if going_on:
                    x = load(values, out) * load(discount, (g * agents + c) * GROUP)
                j = actor_of[c]
                same = True
                for r in range(1, profiles):
                    same = same and codes[r, s, j] == codes[0, s, j]
                if same:
                    if codes[0, s, j] != ZERO:
                        x = x + look_up(codes[0, s, j], payoffs, g * np_, fixed_payoffs)
                else:
                    for r in range(profiles):
                        at = (((g * agents + c) * beliefs + b) * profiles + r) * GROUP
                        p = look_up(codes[r, s, j], payoffs, g * np_, fixed_payoffs)
                        x = x + load(views, at) * p
                store(values, out, x)


@njit(cache=True, error_model="numpy", nogil=True)
def add_outcomes(
    values: Any, sizes: Any, start: int, n: int, codes: Any, payoffs: Any, fixed_payoffs: Any,
    profiles: int, going_on: bool,
) -> None:  # fmt: skip
    """Adds outcomes, `codes` [state, outcome], in every profile; sets them where all is over."""
    groups, beliefs, held, _over, channels, agents, _nc, np_ = sizes
    zero = values.dtype.type(0)
    for job in range(groups * beliefs):
        g = job // beliefs
        for s in range(n):
            base = (job * held + start + s) * channels + agents
            for o in range(codes.shape[1]):
                x = splat(zero)
                if codes[s, o] != ZERO:
                    x = look_up(codes[s, o], payoffs, g * np_, fixed_payoffs)
                for r in range(profiles):
                    at = (base + o * profiles + r) * GROUP
                    store(values, at, load(values, at) + x if going_on else x)


@njit(cache=True, error_model="numpy", nogil=True)
def add_believed(
    values: Any, sizes: Any, start: int, n: int, combination: Any, table: Any, outcome: int,
    profiles: int,
) -> None:  # fmt: skip
    """Adds an outcome that depends on beliefs: `table` [group, combination, belief, lane]."""
    groups, beliefs, held, _over, channels, agents, _nc, _np = sizes
    combinations = table.shape[1]
    flat = table.ravel()
    for job in range(groups * beliefs):
        g = job // beliefs
        b = job - g * beliefs
        for s in range(n):
            x = load(flat, ((g * combinations + combination[s]) * beliefs + b) * GROUP)
            base = (job * held + start + s) * channels + agents + outcome * profiles
            for r in range(profiles):
                store(values, (base + r) * GROUP, load(values, (base + r) * GROUP) + x)


@njit(cache=True, error_model="numpy", nogil=True)
def learning_forward(
    density: Any, sizes: Any, before: int, after: int, n: int,
    first: Any, action: Any, branch: Any, to: Any, chance: Any, may: Any, chances: Any,
    fixed_chances: Any, grid: Any, kind_of: Any, policy: Any, place: Any, weight: Any,
    options_held: int, choices: Any, offset: int, choices_held: int,
) -> None:  # fmt: skip
    """Adds the distribution after a move of an actor with hidden types from that before it.

    `density` [group, profile, belief, state, lane]; `kind_of` [profile]: the actor's kind.
    `choices` [group, choice, lane] receives how often each action is taken, from `offset` on.
    """
    groups, profiles, beliefs, held, over, nc = sizes
    kinds, vertices = grid
    for g in range(groups):
        for r in range(profiles):
            kind = kind_of[r]
            for b in range(beliefs):
                base = ((g * profiles + r) * beliefs + b) * held
                for s in range(n):
                    for lane in range(GROUP):
                        d = density[(base + before + s) * GROUP + lane]
                        if d <= 0:
                            continue
                        for o in range(first[s], first[s + 1]):
                            if not may[kind, o]:
                                continue
                            at = ((g * beliefs + b) * kinds + kind) * options_held + o
                            x = d * policy[at * GROUP + lane]
                            if x <= 0:
                                continue
                            k = (g * choices_held + offset + action[o, 0]) * GROUP + lane
                            choices[k] += x
                            for v in range(vertices):
                                at = ((g * beliefs + b) * options_held + o) * vertices + v
                                w = x * weight[at * GROUP + lane]
                                if w <= 0:
                                    continue
                                there = (g * profiles + r) * beliefs + place[at * GROUP + lane]
                                for e in range(branch[o], branch[o + 1]):
                                    p = w
                                    if chance[e] != ONE:
                                        code = chance[e]
                                        p *= (
                                            chances[(g * nc + code) * GROUP + lane]
                                            if code >= 0
                                            else fixed_chances[-code - 1]
                                        )
                                    k = there * held + held_at(to[e], after, over)
                                    density[k * GROUP + lane] += p
