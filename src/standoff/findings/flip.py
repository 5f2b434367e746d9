"""The nearest flip: the smallest changes of what is assumed that reverse a claim's verdict.

Every flip is held between two points that were solved exactly, in double precision: at one the
verdict is reversed, at the other, nearer by no more than the tolerance, it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Truth, judge_claims, missing_doctrines, truths_of
from standoff.explore import Study, solve_futures
from standoff.findings.descent import Reversal
from standoff.findings.metric import NORMS, Norm, Space, length, space_of
from standoff.findings.oracle import Partly
from standoff.findings.possible import where_possible
from standoff.findings.search import Found, nearest_flips
from standoff.findings.sentence import MOST_NAMED, Change, conditions, crowd, rounded
from standoff.game import Game, compile_game
from standoff.scenario import Claim, Scenario, feasible, suggestion

Array = NDArray[np.float64]

_ROUNDINGS = ((2, False), (2, True), (3, True), (4, True))
"""Roundings that are tried for the numbers of a sentence, coarsest first: to how many significant
digits, and whether away from the nominal value or to the nearest."""
_COARSE = 0.1
"""By how much the sum of changes may grow for the sake of round numbers."""
_ONWARDS = (0.5, 1.0)
"""Shares of the way from the stated numbers to the ends of their ranges that are solved before a
sentence says `or more`."""
_HARDLY = 1e-300
"""Stands for a margin of 0 of what is true at equality, where a sign is needed."""
_ORIGINS = 512
"""Futures of the study from which distances to the nearest opposite verdict are measured."""


@dataclass(frozen=True)
class Flip:
    """A change of assumptions that reverses a claim."""

    claim: str
    norm: Norm
    """The norm in which it is listed, and in which `distance` is."""
    distance: float
    distances: tuple[float, float, float]
    """In each norm: the sum of changes, the root of the sum of squares, the largest."""
    changes: tuple[Change, ...]
    """The largest first."""
    margin: float
    """The claim's margin there."""
    inside: tuple[float, ...]
    """What the changed parameters are at a point that is solved, nearer, and not reversed."""
    inside_margin: float
    """The claim's margin at that point; NaN where constraints forbid it."""
    gap: float
    """How far these two points are apart, as a sum of changes."""
    stated_margin: float | None
    """The claim's margin, solved, where all changes are as stated; None where nothing is stated."""
    onwards: bool
    """Whether it stays reversed where solved on the way from there to the ends of the ranges."""
    sentence: str


@dataclass(frozen=True)
class Flips:
    """What would reverse a claim, as far as was found."""

    claim: str
    verdict: int
    """At the point that distances are measured from: +1 true, -1 false, 0 undetermined."""
    margin: float
    flips: tuple[Flip, ...]
    """Norm by norm, nearest first; those of a norm change different sets of parameters."""
    solves: int
    """Points at which the claim was solved exactly in the search."""
    nearer: tuple[int, int, int]
    """For each norm, how many of them lie nearer than the nearest flip and are not reversed; where
    none was found, how many there are."""
    futures: int
    """Futures of the study in which the claim's verdict is known."""
    opposite: int
    """Those of them with the opposite verdict."""
    nearest_future: tuple[float, float, float] | None
    """For each norm the distance to the nearest of those; None where there is none."""
    typical: tuple[float, float, float] | None
    """For each norm the median, over futures, of the distance to the nearest with the opposite
    verdict: like `nearest_future` an upper bound, measured from elsewhere."""
    sentence: str

    def nearest(self, norm: Norm = "1") -> Flip | None:
        """The nearest flip in a norm, or None."""
        return next((flip for flip in self.flips if flip.norm == norm), None)


def find_flips(
    study: Study,
    claims: Iterable[str] | None = None,
    *,
    at: Mapping[str, float] | None = None,
    budget: int = 176,
    tolerance: float = 1e-3,
    most: int = 3,
    seed: int = 0,
    allowed: Callable[[Mapping[str, Array]], NDArray[np.bool_]] | None = None,
    game: Game | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Flips, ...]:
    """For each claim (all, unless named) the nearest changes of parameters that reverse it.

    Distances are those of the scenario's `metric`, from its nominal values or from `at`. The search
    starts from the study's futures among other points; see `nearest_flips` for what it does and
    what it cannot promise. `budget` is about how many points are solved for each claim, after the
    scan that all share; `tolerance` how closely a boundary is held; `most` how many flips a norm
    are told. Only what the scenario's constraints and `allowed`, of futures by parameter, permit is
    looked at. `progress` is told how many claims are done, and of how many.

    Raises:
        ValueError: a claim or parameter is unknown, or a number makes no sense.
        StudyError: blocks of the study are missing.
    """
    scenario = study.scenario
    known = [claim.name for claim in scenario.claims]
    wanted = known if claims is None else list(dict.fromkeys(claims))
    for name in wanted:
        if name not in known:
            raise ValueError(f"there is no claim '{name}'; {suggestion(name, known)}")
    space = space_of(scenario, at)
    exact = _exact(game if game is not None else compile_game(scenario), space, study.points)
    futures = {name: np.asarray(study.futures[name]) for name in space.names}
    points = np.stack([futures[name] for name in space.names], axis=1) if futures else None
    truths = truths_of(study)
    number = int(study.manifest["futures"])
    margins = np.stack([_signed(truths.get(name), number) for name in known], axis=1)

    def permitted(values: Array) -> NDArray[np.bool_]:
        given = dict(zip(space.names, values.T, strict=True))
        kept = np.broadcast_to(feasible(scenario, given), len(values))
        return kept if allowed is None else kept & allowed(given)

    asked = [known.index(name) for name in wanted]
    found = nearest_flips(
        lambda values: exact(values, range(len(known))),
        space,
        starts=points,
        start_margins=None if points is None else margins,
        allowed=permitted,
        partly=exact,
        claims=asked,
        budget=budget,
        tolerance=tolerance,
        most=most,
        seed=seed,
        progress=progress,
    )
    places = np.zeros((number, 0)) if points is None else space.coordinates(points)
    between = _between(places)
    made = []
    for claim, one in zip(asked, found, strict=True):
        told = _told(scenario, space, claim, one, exact, permitted)
        made.append(_flips(scenario, space, claim, one, told, margins[:, claim], places, between))
    return tuple(made)


def _exact(game: Game, space: Space, grid: int) -> Partly:
    """Margins by exact solves, [point, claim]: 0 where undetermined, NaN where not asked for."""
    scenario = game.scenario

    def exact(values: Array, claims: Sequence[int]) -> Array:
        needed: dict[str, None] = {}
        for claim in claims:
            needed |= dict.fromkeys(missing_doctrines(scenario, scenario.claims[claim], ()))

        def solved(futures: Mapping[str, Array]) -> Array:
            results = solve_futures(game, futures, list(needed), precision="double", points=grid)
            truths = judge_claims(scenario, results, futures, "double")
            margins = [
                _signed(truths.get(one.name), results.sizes["future"]) for one in scenario.claims
            ]
            return np.stack(margins, axis=1)

        futures = {name: values[:, k] for k, name in enumerate(space.names)}
        return where_possible(solved, futures, len(values), len(scenario.claims))[0]

    return exact


def _plain(margin: float) -> float:
    return 0.0 if abs(margin) == _HARDLY else margin


def _signed(truth: Truth | None, futures: int) -> Array:
    """Margins that have the verdict's sign, also where a true `<=` has a margin of 0; [future]."""
    if truth is None:
        return np.full(futures, np.nan)
    margin = np.where(truth.verdict * truth.margin > 0, truth.margin, truth.verdict * _HARDLY)
    return np.where(truth.verdict == 0, 0.0, margin)


@dataclass(frozen=True)
class _Stated:
    """A reversal's numbers as a sentence says them."""

    values: Array
    margin: float
    onwards: bool


def _told(
    scenario: Scenario,
    space: Space,
    claim: int,
    found: Found,
    exact: Partly,
    permitted: Callable[[Array], NDArray[np.bool_]],
) -> dict[bytes, _Stated]:
    """Round numbers for every reversal of few changes, by its point; each is solved."""
    sign = -np.sign(found.nominal)
    few = {
        one.point.tobytes(): one
        for some in found.reversals
        for one in some
        if len(one.changed) <= MOST_NAMED
    }
    if not few:
        return {}
    tries = {key: _rounded(space, one) for key, one in few.items()}
    gains = _gains(np.concatenate(list(tries.values())), claim, sign, exact, permitted)
    stated = {key: _Stated(one.point, one.margin, False) for key, one in few.items()}
    for key, some in zip(few, np.split(gains, len(few)), strict=True):
        size = np.abs(space.coordinates(tries[key])).sum(axis=1)
        most = few[key].distances[0] * (1 + _COARSE) + few[key].gap
        good = np.flatnonzero((some > 0) & (size <= most))
        if len(good):
            margin = float(sign * some[good[0]])
            stated[key] = _Stated(tries[key][good[0]], margin, False)
    ahead = {key: _ahead(space, few[key], one.values) for key, one in stated.items()}
    beyond = _gains(np.concatenate(list(ahead.values())), claim, sign, exact, permitted)
    ends = np.cumsum([len(some) for some in ahead.values()])[:-1]
    return {
        key: replace(stated[key], onwards=bool((some > 0).all()))
        for key, some in zip(few, np.split(beyond, ends), strict=True)
    }


def _gains(
    values: Array,
    claim: int,
    sign: float,
    exact: Partly,
    permitted: Callable[[Array], NDArray[np.bool_]],
) -> Array:
    gains = np.full(len(values), np.nan)
    kept = permitted(values)
    if kept.any():
        gains[kept] = sign * exact(values[kept], [claim])[:, claim]
    return gains


def _rounded(space: Space, one: Reversal) -> Array:
    """A reversal's point with more and more digits, [try, factor]."""
    tries = np.repeat(one.point[None], len(_ROUNDINGS), axis=0)
    for row, (digits, away) in enumerate(_ROUNDINGS):
        for k in one.changed:
            factor = space.factors[k]
            origin = factor.nominal if away else None
            tries[row, k] = rounded(float(one.point[k]), digits, factor, origin)
    return tries


def _ahead(space: Space, one: Reversal, stated: Array) -> Array:
    """Points farther than stated: every number alone at its end, and all of them on the way."""
    low = np.array([factor.low for factor in space.factors])
    high = np.array([factor.high for factor in space.factors])
    end = np.where(one.coordinates > 0, high, np.where(one.coordinates < 0, low, stated))
    end = np.where(space.stepped, stated, end)
    points = []
    for k in one.changed if len(one.changed) > 1 else ():
        points.append(stated.copy())
        points[-1][k] = end[k]
    points += [stated + share * (end - stated) for share in _ONWARDS]
    return np.array(points)


def _between(places: Array) -> Array:
    """Distances from the first futures to all, [norm, from, to]."""
    origins = places[:_ORIGINS]
    made = np.empty((len(NORMS), len(origins), len(places)))
    for row, origin in enumerate(origins):
        for k, norm in enumerate(NORMS):
            made[k, row] = length(places - origin, norm)
    return made


def _flips(
    scenario: Scenario,
    space: Space,
    claim: int,
    found: Found,
    told: Mapping[bytes, _Stated],
    margins: Array,
    places: Array,
    between: Array,
) -> Flips:
    one = scenario.claims[claim]
    signs = np.sign(np.nan_to_num(margins))
    verdict = 0 if np.isnan(found.nominal) else int(np.sign(found.nominal))
    against = signs == -verdict if verdict else np.zeros(len(signs), bool)
    nearest = None
    if against.any():
        nearest = tuple(float(length(places[against], norm).min()) for norm in NORMS)
    flips = tuple(
        _flip(scenario, space, one, norm, k, reversal, told.get(reversal.point.tobytes()))
        for k, norm in enumerate(NORMS)
        for reversal in found.reversals[k]
    )
    made = Flips(
        one.name, verdict, _plain(found.nominal), flips, found.evaluated, found.nearer,  # type: ignore[arg-type]
        int((signs != 0).sum()), int(against.sum()), nearest,  # type: ignore[arg-type]
        _typical(signs, between), "",
    )  # fmt: skip
    return replace(made, sentence=_headline(made))


def _typical(signs: Array, between: Array) -> tuple[float, float, float] | None:
    origins = between.shape[1]
    found = []
    for distances in between:
        some = [
            distances[np.ix_(signs[:origins] == sign, signs == -sign)].min(axis=1)
            for sign in (1, -1)
            if (signs[:origins] == sign).any() and (signs == -sign).any()
        ]
        if not some:
            return None
        found.append(float(np.median(np.concatenate(some))))
    return found[0], found[1], found[2]


def _flip(
    scenario: Scenario,
    space: Space,
    claim: Claim,
    norm: Norm,
    k: int,
    one: Reversal,
    stated: _Stated | None,
) -> Flip:
    about = {parameter.name: parameter for parameter in scenario.parameters}
    order = sorted(one.changed, key=lambda f: (-abs(one.coordinates[f]), f))
    values = one.point if stated is None else stated.values
    changes = tuple(
        Change(
            space.names[f], space.factors[f].nominal, float(one.point[f]),
            float(one.coordinates[f]), float(values[f]), about[space.names[f]].unit,
            about[space.names[f]].why, space.factors[f].values,
        )
        for f in order
    )  # fmt: skip
    # A change that rounds back to nothing was solved as nothing, and is none.
    needed = [change for change in changes if change.stated != change.from_]
    onwards = stated is not None and stated.onwards and len(needed) in (1, len(changes))
    words = crowd(changes) if stated is None else conditions(needed, onwards)
    return Flip(
        claim.name, norm, one.distances[k], one.distances, changes, _plain(one.margin),  # type: ignore[arg-type]
        tuple(float(one.inside[f]) for f in order), _plain(one.inside_margin), one.gap,
        None if stated is None else _plain(stated.margin),
        onwards,
        f"Reversed if {words}.",
    )  # fmt: skip


def _headline(flips: Flips) -> str:
    if flips.verdict == 0:
        return "Undetermined at the nominal point: there is no verdict to reverse."
    nearest = flips.nearest()
    if nearest is None:
        return (
            f"No change within the ranges reverses it, as far as {flips.solves:,} exact solves see."
        )
    return nearest.sentence


def flips_as_json(flips: Flips) -> dict[str, Any]:
    """What would reverse a claim, as plain data; NaN is null."""
    made = asdict(flips)
    for flip in made["flips"]:
        flip["changes"] = [
            {key.rstrip("_"): value for key, value in change.items()} for change in flip["changes"]
        ]
        if np.isnan(flip["inside_margin"]):
            flip["inside_margin"] = None
    return {"norms": list(NORMS), **made}
