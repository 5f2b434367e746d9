"""What was believed in many courses: means and quantiles by period, and how it really was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.game import Game
from standoff.play.credence import Credence, credences, firmness, on_grid
from standoff.play.jobs import LEVELS, Hand, Kept, Played
from standoff.solver import Beliefs, Solution

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Believing:
    """What was believed of what is hidden, in all replications.

    Period 0 is the start, period t the end of the t-th; where a crisis is over, it is as it was
    then. nan stands where a credence is none under a doctrine, but only under another.
    """

    credences: tuple[Credence, ...]
    mean: Reals  # [future, doctrine, period, credence]
    error: Reals
    """Standard error of the mean, [future, doctrine, period, credence]; nan where there is one
    replication only."""
    quantile: Reals
    """[future, doctrine, level, period, credence], of all replications."""
    share: Reals
    """In what share of replications it was so: of this type, or bound by the doctrine. [future,
    doctrine, credence]"""
    foreseen: Reals
    """What actors expect at the start, in the mean over their own types, [future, doctrine, actor].

    It is not what comes on average, `Simulation.expected`, where anybody starts from a wrong prior,
    takes reports at face value, or does not know what binds another; and elsewhere only as far as
    the grid is fine."""
    types: NDArray[np.int8] | None
    """As they were drawn, [future, replication, actor], where totals were kept; 0 without types."""
    final: Reals | None
    """At the end, [future, doctrine, replication, credence], where totals were kept."""


@dataclass(frozen=True)
class Reading:
    """How to read kinds and points of the grid, in one future under one doctrine."""

    at: Reals
    """How firmly each credence is held at each point, [credence, point]."""
    true: Reals
    """Whether each credence is true of its actor where this is of a kind, [credence, actor, kind];
    0 of other actors. nan in both where it is no credence under the doctrine."""
    types: NDArray[np.int8]
    """The type of each kind, [actor, kind]."""


def credences_of(
    game: Game, doctrines: Sequence[str], beliefs: Sequence[Beliefs | None]
) -> tuple[Credence, ...]:
    """All that may be believed under any of the doctrines."""
    pairs = [(d, b) for d, b in zip(doctrines, beliefs, strict=True) if b is not None]
    return tuple(dict.fromkeys(one for d, b in pairs for one in credences(game, b, d)))


def reading(solution: Solution, asked: Sequence[Credence], row: int) -> Reading:
    """How to read one row of a solution; one in which nothing is hidden has one point and kind."""
    game, learned = solution.game, solution.learned
    actors = len(game.actors)
    if learned is None:
        nothing = np.full(len(asked), np.nan)
        return Reading(
            nothing[:, None],
            np.broadcast_to(nothing[:, None, None], (len(asked), actors, 1)),
            np.zeros((actors, 1), np.int8),
        )
    beliefs = learned.ground.beliefs
    known = credences(game, beliefs, solution.doctrine)
    most = max(len(side.kinds) for side in beliefs.sides)
    at = np.full((len(asked), beliefs.points), np.nan)
    true = np.full((len(asked), actors, most), np.nan)
    mine = [k for k, one in enumerate(asked) if one in known]
    at[mine] = firmness(game, beliefs, [asked[k] for k in mine], on_grid(beliefs), row)
    types = np.zeros((actors, most), np.int8)
    for actor, side in enumerate(beliefs.sides):
        types[actor, : len(side.kinds)] = [kind.type for kind in side.kinds]
    for k in mine:
        true[k] = 0
        actor = game.actors.index(asked[k].actor)
        meant = [asked[k].is_of(game, kind) for kind in beliefs.sides[actor].kinds]
        true[k, actor, : len(meant)] = meant
    return Reading(at, true, types)


def believing(
    asked: tuple[Credence, ...],
    foreseen: Reals,
    read: Sequence[Sequence[Reading]],
    played: Sequence[Played],
    kept: Kept | None,
) -> Believing:
    """What was believed in all futures; `read` is [future][doctrine], `played` [future]."""
    mean, error, quantile, share = [], [], [], []
    for readings, one in zip(read, played, strict=True):
        found = [spread(r.at, hand) for r, hand in zip(readings, one.hands, strict=True)]
        mean.append([f[0] for f in found])
        error.append([f[1] for f in found])
        quantile.append([f[2] for f in found])
        hands = zip(readings, one.hands, strict=True)
        share.append(
            [np.einsum("cak,ak->c", r.true, h.drawn) / h.drawn.sum(axis=1)[0] for r, h in hands]
        )
    types = final = None
    if kept is not None:
        actors = np.arange(kept.kind.shape[-1])
        # Types are drawn the same under every doctrine, bound or free.
        types = np.array([r[0].types[actors, k[0]] for r, k in zip(read, kept.kind, strict=True)])
        final = np.array(
            [
                [r.at[:, point].T for r, point in zip(readings, points, strict=True)]
                for readings, points in zip(read, kept.point, strict=True)
            ]
        )
    return Believing(
        asked, np.array(mean), np.array(error), np.array(quantile), np.array(share),
        foreseen, types, final,
    )  # fmt: skip


def spread(at: Reals, hand: Hand) -> tuple[Reals, Reals, Reals]:
    """Means and their errors [period, credence], and quantiles [level, period, credence].

    `at` [credence, point] is what is believed at a point. Quantiles are the least values that so
    large a share of replications do not exceed.
    """
    counts = hand.stood
    total = counts.sum(axis=1, keepdims=True)
    mean = np.asarray(counts / total @ at.T)
    apart = (at.T[None] - mean[:, None]) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.einsum("tb,tbc->tc", counts, apart) / (total - 1.0) / total)
    quantile = np.empty((len(LEVELS), *mean.shape))
    for c, values in enumerate(at):
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(counts[:, order], axis=1)
        for k, level in enumerate(LEVELS):
            first = (reached >= level * total).argmax(axis=1)
            quantile[k, :, c] = values[order[first]]
    return mean, error, quantile
