"""Games with hidden types, solved over states and beliefs together.

    V_{j,θ}(s, μ)   what actor j of type θ expects from state s on if the shared beliefs are μ

runs backwards as in `backward`; at the move of an actor with types each of them chooses by what it
is worth to be believed to be what its action suggests, and the others expect the mixture (Markov
perfect Bayesian equilibrium with logit choice: McKelvey & Palfrey 1998, Fudenberg & Tirole 1991).
Beliefs live on a grid with linear interpolation between its points. Where a move has several
equilibria, the one is taken that is followed from rationality 0 *in that move*, what comes after
being given; that is not always the branch of the whole game.

Outcomes are carried along for every profile of types and weighed at the end by how types are really
drawn, which an actor's own prior may get wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from standoff.game import GROUP, Game, Integers, Numbers, allowed_options
from standoff.scenario import Belief, Doctrine
from standoff.solver import kernels, learning
from standoff.solver.backward import Backward, Concept, at_start, held_starts, threads_for
from standoff.solver.beliefs import Beliefs, grouped_classes
from standoff.solver.forward import (
    Forward,
    choice_names,
    choice_offsets,
    label_names,
    label_offsets,
    nothing_yet,
)
from standoff.solver.ground import Ground
from standoff.solver.group import Floats
from standoff.solver.lanes import empty_aligned
from standoff.solver.posterior import BRANCH, FARTHEST, NEAREST

SHARPER = 64.0
"""With types, the limit of perfect rationality is approached: rationality is so much greater."""

_ROOT = {
    Concept.EQUILIBRIUM: NEAREST,
    Concept.ELSEWHERE: FARTHEST,
    Concept.LIMIT: BRANCH,
}


@dataclass(frozen=True)
class Learned:
    """A game with hidden types, solved."""

    ground: Ground
    by_kind: Floats
    """What each agent expects from the start on, [group, agent, lane]."""
    by_profile: Floats
    """Expected outcomes for every profile of kinds, [group, outcome, profile, lane]."""
    snapshots: tuple[Floats, ...]
    """Agents' values before the first move, by period and at the horizon, [group and belief, state,
    agent, lane]; empty where they were not kept."""
    memory: Mapping[tuple[int, int], Floats]
    """What is believed after each option, (period, move) → [group, belief, option, kind, lane]."""


def solve_hidden(
    game: Game,
    numbers: Numbers,
    beliefs: Beliefs,
    doctrine: Doctrine | None,
    concept: Concept,
    *,
    keep: bool = False,
    free: tuple[Backward, Learned] | None = None,
) -> tuple[Backward, Learned]:
    """The backward pass over states and beliefs; `keep` what the forward pass needs.

    What is given as `Backward` has the mean over types as they are really drawn. `free` is free
    choice, solved and kept with as fine a grid: under a doctrine that nobody knows of, the same is
    believed after every action, and only the answers of those whom it binds are new.
    """
    if concept is Concept.LIMIT:
        numbers = _sharper(numbers)
    ground = Ground(
        game, numbers, beliefs, allowed_options(game, None), allowed_options(game, doctrine),
        _ROOT[concept],
    )  # fmt: skip
    with threads_for(game, numbers):
        return _backward(ground, keep, free)


def _sharper(numbers: Numbers) -> Numbers:
    return replace(
        numbers, rationality=numbers.rationality * numbers.rationality.dtype.type(SHARPER)
    )


def _sizes(ground: Ground, channels: int) -> tuple[int, ...]:
    numbers = ground.numbers
    return (
        numbers.groups, ground.beliefs.points, ground.held, 2 * ground.game.capacity, channels,
        ground.agents, numbers.chances.shape[1], numbers.payoffs.shape[1],
    )  # fmt: skip


def _backward(
    ground: Ground, keep: bool, free: tuple[Backward, Learned] | None
) -> tuple[Backward, Learned]:
    game, numbers, beliefs = ground.game, ground.numbers, ground.beliefs
    dtype = numbers.chances.dtype
    profiles, outcomes = len(beliefs.profiles), len(game.outcomes)
    channels = ground.agents + outcomes * profiles
    room = empty_aligned((numbers.groups * beliefs.points, ground.held, channels, GROUP), dtype)
    sizes = _sizes(ground, channels)
    tables = (numbers.payoffs.ravel(), numbers.fixed_payoffs)
    values, capacity = room.ravel(), game.capacity
    over, after, before = 2 * capacity, 0, capacity
    n = int(game.moves[0].reached[game.periods])
    tally = np.zeros((numbers.groups, GROUP, 2), np.int64)
    snapshots = []
    memory = {} if free is None else dict(free[1].memory)
    for start, count, codes, of_outcomes, states in (
        (after, n, ground.final[0], game.horizon, game.moves[0].states),
        (over, len(game.ended), ground.final[1], game.ended_final, game.ended),
    ):
        learning.believed_payoffs(
            values, sizes, start, count, codes, *tables, ground.views.ravel(), ground.actor_of,
            ground.discount.ravel(), False,
        )  # fmt: skip
        shared = np.ascontiguousarray(of_outcomes[:, len(game.actors) :])
        learning.add_outcomes(values, sizes, start, count, shared, *tables, profiles, False)
        _add_believed(ground, values, sizes, start, count, states, "final")
    if keep:
        snapshots.append(room[:, after : after + n, : ground.agents].copy())
    for period in reversed(range(game.periods)):
        left = game.periods - period
        _write_hits(ground, values, sizes, over, len(game.ended), game.ended_hit, left)
        _end_period(ground, values, sizes, after, period, outcomes=True)
        for k in reversed(range(len(game.moves))):
            recall = learning.FORGOTTEN
            if (period, k) in memory:
                recall = learning.READ
            elif keep and (told := _room_to_remember(ground, k, period)) is not None:
                memory[period, k], recall = told, learning.WRITTEN
            found, _ = _move(
                ground, values, sizes, after, before, k, period,
                memory=memory.get((period, k)), recall=recall,
            )  # fmt: skip
            tally += found
            after, before = before, after
        if keep:
            n = int(game.moves[0].reached[period])
            snapshots.append(room[:, after : after + n, : ground.agents].copy())
    by_state = room.reshape(numbers.groups, beliefs.points, ground.held, channels, GROUP)
    by_point = at_start(game, by_state, after, axis=2)
    at, weight = beliefs.start(np.float64)
    found_at_start = np.zeros((numbers.groups, channels, GROUP))
    group, lane = np.arange(numbers.groups)[:, None], np.arange(GROUP)[None, :]
    lean = np.ones((numbers.groups, beliefs.points, channels, GROUP))
    lean[:, :, : ground.agents] = grouped_classes(beliefs.lean(), np.float64)
    for corner, share in zip(at, weight, strict=True):
        leans = lean[group, corner, :, lane] * share[:, :, None]  # [group, lane, channel]
        found_at_start += (by_point[group, corner, :, lane] * leans).swapaxes(1, 2)
    by_kind = found_at_start[:, : ground.agents]
    by_profile = found_at_start[:, ground.agents :].reshape(
        numbers.groups, outcomes, profiles, GROUP
    )
    drawn = grouped_classes(beliefs.truth(), np.float64)
    mean = np.zeros((numbers.groups, len(game.actors) + outcomes, GROUP))
    for a, (actor, kind) in enumerate(beliefs.agents):
        of_kind = drawn[:, beliefs.profiles[:, actor] == kind].sum(axis=1)
        mean[:, actor] += of_kind * by_kind[:, a]
    mean[:, len(game.actors) :] = (by_profile * drawn[:, None]).sum(axis=2)
    learned = Learned(ground, by_kind, by_profile, tuple(reversed(snapshots)), memory)
    lost, several = tally[:, :, 0], tally[:, :, 1]
    if free is not None:
        lost, several = lost + free[0].lost, several + free[0].several
    passed = Backward(mean, (), (), (), lost, several)
    return passed, learned


def _room_to_remember(ground: Ground, k: int, period: int) -> Floats | None:
    """Room for what is believed after each option of a move; None where nothing is learnt."""
    move = ground.game.moves[k]
    if ground.hearings[k] is None:
        return None
    options = int(move.first[int(move.reached[period])])
    kinds = ground.beliefs.sides[move.members[0]].weighed - 1
    size = ground.numbers.groups * ground.beliefs.points * options * kinds * GROUP
    return np.empty(size, ground.numbers.chances.dtype) if size else None


def _end_period(
    ground: Ground, values: Floats, sizes: tuple[int, ...], after: int, period: int, *,
    outcomes: bool,
) -> None:  # fmt: skip
    """Discounts, and adds what is received and what accrues, at the end of a period."""
    game, numbers = ground.game, ground.numbers
    tables = (numbers.payoffs.ravel(), numbers.fixed_payoffs)
    n = int(game.moves[0].reached[period + 1])
    learning.believed_payoffs(
        values, sizes, after, n, ground.accrual, *tables, ground.views.ravel(), ground.actor_of,
        ground.discount.ravel(), True,
    )  # fmt: skip
    if not outcomes:
        return
    profiles = len(ground.beliefs.profiles)
    shared = np.ascontiguousarray(game.accrual[:, len(game.actors) :])
    learning.add_outcomes(values, sizes, after, n, shared, *tables, profiles, True)
    states = game.moves[0].states
    _add_believed(ground, values, sizes, after, n, states, "each period")
    _write_hits(ground, values, sizes, after, n, game.moves[0].hit, game.periods - period)


def _add_believed(
    ground: Ground, values: Floats, sizes: tuple[int, ...], start: int, n: int,
    states: NDArray[np.uint16], kind: str,
) -> None:  # fmt: skip
    for one in ground.believed:
        if ground.game.outcomes[one.number].kind == kind and n:
            learning.add_believed(
                values, sizes, start, n, one.combination(states), one.table, one.number,
                len(ground.beliefs.profiles),
            )  # fmt: skip


def _hits_of(ground: Ground, hit: NDArray[np.bool_], left: int) -> tuple[NDArray[np.bool_], Floats]:
    """Where `ever` and `first time` are hit, [state, hit channel], and what that is worth."""
    game, profiles = ground.game, len(ground.beliefs.profiles)
    kinds = [outcome.kind for outcome in game.outcomes[len(game.outcomes) - game.hits :]]
    worth = np.repeat([1.0 if kind == "ever" else float(left) for kind in kinds], profiles)
    by_profile = np.ascontiguousarray(np.repeat(hit, profiles, axis=1))
    return by_profile, worth.astype(ground.numbers.chances.dtype)


def _write_hits(
    ground: Ground, values: Floats, sizes: tuple[int, ...], start: int, n: int,
    hit: NDArray[np.bool_], left: int,
) -> None:  # fmt: skip
    """Writes the worth of `ever` and `first time` where they are hit."""
    if n and ground.game.hits:
        copies = (sizes[0] * sizes[1], *sizes[2:])
        kernels.write_hits(values, copies, start, n, *_hits_of(ground, hit, left))


@dataclass(frozen=True)
class Kept:
    """The policies of one move in one period."""

    policy: Floats
    """[group, belief, kind, option, lane]; without kinds [group and belief, option, lane]."""
    place: NDArray[np.int32]  # [group, belief, option, corner, lane]
    weight: Floats


def _move(
    ground: Ground, values: Floats, sizes: tuple[int, ...], after: int, before: int, k: int,
    period: int, *, keep: bool = False, memory: Floats | None = None,
    recall: int = learning.FORGOTTEN,
) -> tuple[NDArray[np.int64], Kept | None]:  # fmt: skip
    """Values before a move from those after it; what was lost and several; the policies."""
    game, numbers, beliefs = ground.game, ground.numbers, ground.beliefs
    move, dtype = game.moves[k], numbers.chances.dtype
    groups, points, _held, _over, channels = sizes[:5]
    agents, nc, np_ = sizes[5:]
    n = int(move.reached[period])
    options = int(move.first[n])
    hit, hit_values = _hits_of(ground, move.hit, game.periods - period)
    if channels == agents:
        hit, hit_values = np.ascontiguousarray(hit[:, :0]), hit_values[:0]
    may = ground.may(k, period)
    tally = np.zeros((groups, GROUP, 2), np.int64)
    hearing = ground.hearings[k]
    tables = (numbers.payoffs.ravel(), numbers.fixed_payoffs)
    chances = (numbers.chances.ravel(), numbers.fixed_chances)
    nothing = np.empty(0, dtype)
    kept: Kept | None = None
    if hearing is None:
        mover = beliefs.first_agent(move.members[0]) if move.members else -1
        copies = groups * points
        policy = nothing
        if keep and move.members:
            policy = empty_aligned((copies * options * GROUP,), dtype)
            kept = Kept(policy, np.empty(0, np.int32), nothing)
        kernels.backward_move(
            values, (copies, *sizes[2:4], channels, agents, nc, np_), after, before, n,
            move.first, move.branch, move.to, move.chance, ground.payoff[k], hit, may[0],
            *chances, *tables, ground.rationality.ravel(), mover, max(mover, 0), 1.0,
            kernels.LOGIT, 0.0, hit_values, policy, options, move.longest,
            keep and bool(move.members), points,
        )  # fmt: skip
    else:
        actor = move.members[0]
        side = beliefs.sides[actor]
        kinds = len(side.kinds)
        policy, weight, place = nothing, nothing, np.empty(0, np.int32)
        if keep:
            policy = empty_aligned((groups * points * kinds * options * GROUP,), dtype)
            weight = empty_aligned((groups * points * options * side.weighed * GROUP,), dtype)
            place = np.empty(len(weight), np.int32)
            kept = Kept(policy, place, weight)
        found = np.zeros((max(1, groups * n), GROUP, 2), np.int32)
        learning.learning_move(
            values, sizes, after, before, n, move.first, move.branch, move.to, move.chance,
            ground.payoff[k], hit, may, *chances, *tables, ground.rationality.ravel(),
            beliefs.first_agent(actor),
            (kinds, side.weighed, len(side.points), side.side, side.stride), beliefs.lines(actor),
            side.index, side.points, hearing.face, hearing.cursed, hearing.classes,
            hearing.leaning, hearing.class_of, hit_values, ground.root, move.longest, policy,
            place, weight, options, keep, nothing if memory is None else memory, recall, found,
        )  # fmt: skip
        tally += found[: groups * n].reshape(groups, n, GROUP, 2).sum(axis=1)
    return tally, kept


def policies_of(learned: Learned, period: int) -> Iterator[tuple[int, Kept | None]]:
    """Every move of a period, the last first, and its policies, found again from what was kept."""
    ground = learned.ground
    game, numbers = ground.game, ground.numbers
    shape = (numbers.groups * ground.beliefs.points, ground.held, ground.agents, GROUP)
    room = empty_aligned(shape, numbers.chances.dtype)
    sizes = _sizes(ground, ground.agents)
    values, capacity = room.ravel(), game.capacity
    after, before, over = 0, capacity, 2 * capacity
    learning.believed_payoffs(
        values, sizes, over, len(game.ended), ground.final[1], numbers.payoffs.ravel(),
        numbers.fixed_payoffs, ground.views.ravel(), ground.actor_of, ground.discount.ravel(),
        False,
    )  # fmt: skip
    following = learned.snapshots[period + 1]
    room[:, : following.shape[1]] = following
    _end_period(ground, values, sizes, after, period, outcomes=False)
    for k in reversed(range(len(game.moves))):
        told = learned.memory.get((period, k))
        recall = learning.FORGOTTEN if told is None else learning.READ
        _, kept = _move(
            ground, values, sizes, after, before, k, period, keep=True, memory=told, recall=recall
        )
        after, before = before, after
        yield k, kept


def belief_names(game: Game) -> tuple[Belief, ...]:
    """(actor, type) in the order of `Forward.beliefs`."""
    return tuple(
        Belief(actor.name, type_.name) for actor in game.scenario.actors for type_ in actor.types
    )


def forward_hidden(learned: Learned) -> Forward:
    """The distribution over states and beliefs by period, types drawn as they really are."""
    with threads_for(learned.ground.game, learned.ground.numbers):
        return _forward(learned)


def _forward(learned: Learned) -> Forward:
    ground = learned.ground
    game, numbers, beliefs = ground.game, ground.numbers, ground.beliefs
    dtype = numbers.chances.dtype
    groups, periods, points = numbers.groups, game.periods, beliefs.points
    profiles, capacity = len(beliefs.profiles), game.capacity
    held, over, ended = ground.held, 2 * capacity, len(game.ended)
    density = np.zeros((groups, profiles, points, held, GROUP), dtype)
    names, choice_list, kinds = label_names(game), choice_names(game), belief_names(game)
    offsets, offsets_of = label_offsets(game), choice_offsets(game)
    found = nothing_yet(game, groups, dtype)
    labels, choices, path = found.labels, found.choices, found.path
    accrued, final, going_on = found.accrued, found.final, found.going_on
    held_beliefs = np.zeros((periods + 1, groups, len(kinds), GROUP), dtype)
    believed = beliefs.believed(game)
    drawn = grouped_classes(beliefs.truth(), dtype)
    at, weight = beliefs.start(dtype)
    group, lane = np.arange(groups)[:, None], np.arange(GROUP)[None, :]
    for corner, share in zip(at, weight, strict=True):
        for r in range(profiles):
            for start, place in zip(game.starts, held_starts(game, 0), strict=True):
                density[group, r, corner, place, lane] += drawn[:, r] * share * start.probability
    before, after = 0, capacity
    for period in range(periods + 1):
        n = int(game.moves[0].reached[period])
        everybody = density.sum(axis=(1, 2))
        for begin, count, states in ((before, n, game.moves[0].states), (over, ended, game.ended)):
            kernels.marginals(
                everybody.ravel(), groups, held, begin, count, states, offsets,
                labels[period].ravel(), len(names),
            )  # fmt: skip
        by_point = density[:, :, :, before : before + n].sum(axis=(1, 3)) + density[
            :, :, :, over:
        ].sum(axis=(1, 3))
        for k, kind in enumerate(kinds):
            held_beliefs[period, :, k] = np.einsum("gbl,b->gl", by_point, believed[kind])
        alive = density[:, :, :, before : before + n]
        going_on[period] = alive.sum(axis=(1, 2, 3))
        value = learned.snapshots[period].reshape(groups, points, n, ground.agents, GROUP)
        for a, (actor, own) in enumerate(beliefs.agents):
            of_kind = alive[:, beliefs.profiles[:, actor] == own].sum(axis=1)
            path[period, :, actor] += np.einsum("gbsl,gbsl->gl", of_kind, value[:, :, :, a])
        with np.errstate(invalid="ignore", divide="ignore"):
            path[period] /= going_on[period][:, None, :]
        if period == periods:
            break
        kept = dict(policies_of(learned, period))
        for k in range(len(game.moves)):
            density[:, :, :, after : after + capacity] = 0
            push_hidden(ground, density, before, after, k, period, kept[k], choices[period],
                        offsets_of[k], len(choice_list))  # fmt: skip
            before, after = after, before
        _expect(ground, density, before, period + 1, ground.accrual, game.accrual,
                game.moves[0].states, "each period", accrued[period])  # fmt: skip
    _expect(ground, density, before, periods, ground.final[0], game.horizon, game.moves[0].states,
            "final", final)  # fmt: skip
    _expect(
        ground, density, over, -1, ground.final[1], game.ended_final, game.ended, "final", final
    )
    return replace(found, beliefs=held_beliefs)


def push_hidden(
    ground: Ground, density: Floats, before: int, after: int, k: int, period: int,
    kept: Kept | None, choices: Floats, offsets: NDArray[np.int64], choices_held: int,
) -> None:  # fmt: skip
    """Pushes `density`, [group, profile, belief, state, lane], through move k of a period.

    What is held from `before` on is added to from `after` on, or where the crisis is over; what is
    chosen is added to `choices`.
    """
    game, numbers, beliefs = ground.game, ground.numbers, ground.beliefs
    move = game.moves[k]
    groups, profiles, points, held = density.shape[:4]
    n = int(move.reached[period])
    options, over = int(move.first[n]), 2 * game.capacity
    may = ground.may(k, period)
    chances, nc = numbers.chances.ravel(), numbers.chances.shape[1]
    if ground.hearings[k] is None:
        kernels.forward_move(
            density.ravel(), groups, held, before, after, over, n, move.first, move.action,
            move.branch, move.to, move.chance, may[0], chances, nc, numbers.fixed_chances,
            len(move.members), np.empty(0, density.dtype) if kept is None else kept.policy, options,
            choices.ravel(), offsets, choices_held, profiles * points, points,
        )  # fmt: skip
        return
    assert kept is not None
    actor = move.members[0]
    side = beliefs.sides[actor]
    learning.learning_forward(
        density.ravel(), (groups, profiles, points, held, over, nc), before, after, n, move.first,
        move.action, move.branch, move.to, move.chance, may, chances, numbers.fixed_chances,
        (len(side.kinds), side.weighed), beliefs.profiles[:, actor].copy(), kept.policy,
        kept.place, kept.weight, options, choices.ravel(), int(offsets[0]), choices_held,
    )  # fmt: skip


def _expect(
    ground: Ground, density: Floats, start: int, period: int, by_actor: Integers,
    by_channel: Integers, states: NDArray[np.uint16], kind: str, total: Floats,
) -> None:  # fmt: skip
    """Adds to `total` [group, channel, lane] what is expected of payoffs and outcomes."""
    game, numbers = ground.game, ground.numbers
    groups, held, actors = density.shape[0], density.shape[3], len(game.actors)
    n = len(states) if period < 0 else int(game.moves[0].reached[period])
    tables = (numbers.payoffs.ravel(), numbers.payoffs.shape[1], numbers.fixed_payoffs)
    flat = total.ravel()
    for r in range(density.shape[1]):
        codes = np.concatenate([by_actor[ground.types_in[r]], by_channel[:, actors:]], axis=1)
        alone = np.ascontiguousarray(density[:, r].sum(axis=1)).ravel()
        kernels.expect(alone, groups, held, start, n, codes, *tables, flat)
    everybody = density[:, :, :, start : start + n].sum(axis=1)  # [group, belief, state, lane]
    for one in ground.believed:
        if game.outcomes[one.number].kind == kind:
            combination = one.combination(states[:n])
            total[:, actors + one.number] += np.einsum(
                "gbsl,gsbl->gl", everybody, one.table[:, combination]
            )
