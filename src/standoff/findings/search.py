"""The nearest reversal of a margin's sign, searched globally and held between two exact points.

Plain arrays in, plain arrays out: for anyone's model. The margin is only ever evaluated, many
points at a time, and every point reported was evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from standoff.findings.descent import Descent, Reversal, different
from standoff.findings.metric import NORMS, Space, length
from standoff.findings.oracle import Array, Bools, Margin, Oracle, Partly, scan_places, scanned

_ROUNDS = 5
"""How often claims look at what was evaluated for others."""
_STARTS = 64
"""Points drawn to start from where none are given."""


@dataclass(frozen=True)
class Found:
    """What the search found for one claim."""

    nominal: float
    """Its margin at the nominal point."""
    reversals: tuple[tuple[Reversal, ...], ...]
    """For each of `NORMS`, nearest first. No two of a norm change the same factors, and none
    changes all that a nearer one changes and more."""
    evaluated: int
    """Points at which this claim was evaluated, at whichever claim's request."""
    nearer: tuple[int, ...]
    """For each of `NORMS`, how many of them are nearer than the nearest reversal and not reversed;
    where there is none, how many there are."""


def nearest_flips(
    margin: Margin,
    space: Space,
    *,
    starts: Array | None = None,
    start_margins: Array | None = None,
    allowed: Callable[[Array], Bools] | None = None,
    partly: Partly | None = None,
    claims: Sequence[int] | None = None,
    budget: int = 256,
    tolerance: float = 1e-3,
    most: int = 5,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Found, ...]:
    """For each claim the smallest changes from the nominal point that reverse its margin's sign.

    A margin of 0 or NaN is undecided and never a reversal. The search has two parts. All claims
    share one-factor scans over the whole ranges. Then, for each claim, it starts from reversed
    points of `starts`, from one-factor reversals and from an additive response fitted to the scan
    (which sees separate values as well); goes to the boundary along straight lines; and there
    moves to the nearest point of the tangent plane in each norm and back to the boundary, as
    reliability analysis finds its design point (Hasofer & Lind 1974, Rackwitz & Fiessler 1978).
    It is global in where it starts and a heuristic in what it proves: what it reports is reversed,
    and nothing nearer that was evaluated is; a nearer one may exist.

    `starts`, [point, factor] with `start_margins`, [point, claim], are points that are known
    already, in the factors' own units; without them some are drawn with `seed`. They may be
    inexact: each used is evaluated again. `allowed` tells which points make sense. `budget` is how
    many points may be evaluated for each claim after the scan, about, each started batch of 16
    counting whole; `tolerance` the distance at which a boundary is held. `most` reversals a norm
    are returned. `progress` is told how many claims are done, and of how many.

    Raises:
        ValueError: arrays do not fit, or `budget`, `tolerance` or `most` is not above 0.
    """
    for name, number in (("budget", budget), ("tolerance", tolerance), ("most", most)):
        if not number > 0:
            raise ValueError(f"{name} is {number}; expected more than 0")
    if seed < 0:
        raise ValueError(f"the seed is {seed}; expected 0 or more")
    scan = scan_places(space)
    oracle = scanned(margin, partly, space, allowed, scan, claims)
    wanted = list(range(oracle.claims)) if claims is None else list(claims)
    nominal = oracle.margins[0]
    if not wanted or not space.free.any():
        return tuple(_found(oracle, claim, nominal[claim], [], most) for claim in wanted)
    known, known_margins = _starts(oracle, starts, start_margins, wanted, seed)
    searches: dict[int, Descent] = {}
    for done, claim in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted))
        if nominal[claim] and not np.isnan(nominal[claim]):
            signs = np.sign(known_margins[:, claim]) == -np.sign(nominal[claim])
            until = oracle.spent + budget
            searches[claim] = Descent(oracle, claim, nominal[claim], scan, tolerance, until, most)
            searches[claim].run(known[signs])
    # What was evaluated for one claim may be nearer to another's boundary than its own search came.
    for _ in range(_ROUNDS):
        nearer = [search.harvest() for search in searches.values()]
        if not any(nearer):
            break
    told = {claim: search.polished() for claim, search in searches.items()}
    return tuple(
        _found(oracle, claim, nominal[claim], told.get(claim, []), most) for claim in wanted
    )


def _starts(
    oracle: Oracle, starts: Array | None, margins: Array | None, claims: Sequence[int], seed: int
) -> tuple[Array, Array]:
    """Coordinates and margins of the points to start from, what is fixed put back."""
    space = oracle.space
    low, high = space.bounds
    if starts is None:
        shares = np.random.default_rng(seed).random((_STARTS, len(low)))
        points = space.coordinates(space.values(low + shares * (high - low)))
        every = np.full((len(points), oracle.claims), np.nan)
        every[:, list(claims)] = oracle.ask(points, claims)
        return points, every
    starts = np.asarray(starts, np.float64)
    if starts.ndim != 2 or starts.shape[1] != len(low):
        raise ValueError(f"starts have shape {starts.shape}; expected (points, {len(low)})")
    if margins is None or margins.shape != (len(starts), oracle.claims):
        raise ValueError(
            f"margins of the starts are {None if margins is None else margins.shape}; "
            f"expected {(len(starts), oracle.claims)}"
        )
    return np.where(space.free, space.coordinates(starts), 0.0), np.asarray(margins)


def _found(
    oracle: Oracle, claim: int, nominal: float, reversals: Sequence[Reversal], most: int
) -> Found:
    margins = np.array([row[claim] for row in oracle.margins])
    points = np.array(oracle.points)[~np.isnan(margins)]
    same = margins[~np.isnan(margins)] * np.sign(nominal) >= 0
    kept, nearer = [], []
    for k, norm in enumerate(NORMS):
        some = different(reversals, k, most)
        kept.append(some)
        bound = some[0].distances[k] if some else np.inf
        nearer.append(int((same & (length(points, norm) < bound)).sum()))
    return Found(float(nominal), tuple(kept), len(points), tuple(nearer))
