"""How far verdicts hang on the belief grid: some futures solved again on finer ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Truth, judge_claims, missing_doctrines
from standoff.explore import Study, solve_futures
from standoff.game import GROUP, Game, compile_game
from standoff.scenario import ScenarioError

Array = NDArray[np.float64]

FUTURES = 32
"""Futures that are solved again unless told otherwise."""


@dataclass(frozen=True)
class Finer:
    """One claim on another grid, beside the same claim in the same futures of the study."""

    points: int
    """Points a side of the other grid."""
    futures: int
    """How many were compared: solved on both grids."""
    changed: int
    """In how many the verdict is another, also to or from undetermined."""
    turned: int
    """In how many of these what held fails or what failed holds."""
    largest: float
    """The largest change of the margin, in its units; nan where no margin is finite."""
    relative: float
    """The largest change as a share of the margin itself in the study; a turned verdict has more
    than 1. Margins of 0 count for nothing."""


@dataclass(frozen=True)
class GridError:
    """What the belief grid does to one claim."""

    claim: str
    points: int
    """Points a side in the study."""
    margin: float
    """The median size of the margin in the futures compared."""
    finer: tuple[Finer, ...]
    """By number of points, in the order asked for."""
    refused: Mapping[int, str]
    """Grids that could not be solved, and why."""


def grid_error(
    study: Study,
    truths: Mapping[str, Truth],
    claims: Collection[str],
    *,
    points: Sequence[int] | None = None,
    futures: int = FUTURES,
    game: Game | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[GridError, ...]:
    """Solves some of a study's futures on other belief grids and compares verdicts and margins.

    `points` are those a side, by default 2n - 1 and 4n - 3 where the study has n: both contain its
    points, and the error of linear interpolation falls to a quarter from one to the next. `futures`
    is how many are solved again, the first of the study that did not fail. `progress` is told how
    many blocks of 16 are done, and of how many.

    Raises:
        ValueError: fewer than two points, or no future, is asked for.
    """
    wanted = tuple(points or (2 * study.points - 1, 4 * study.points - 3))
    if min(wanted) < 2:
        raise ValueError(f"a belief grid of {min(wanted)} points a side; expected 2 or more")
    if futures < 1:
        raise ValueError(f"futures is {futures}; expected at least 1")
    scenario = study.scenario
    compiled = compile_game(scenario) if game is None else game
    chosen = np.flatnonzero(~study.failed)[:futures]
    judged = [claim for claim in scenario.claims if claim.name in claims and claim.name in truths]
    doctrines = dict.fromkeys(
        name for one in judged for name in missing_doctrines(scenario, one, ())
    )
    blocks = range(0, len(chosen), GROUP)
    found: dict[str, list[Finer]] = {claim.name: [] for claim in judged}
    refused: dict[int, str] = {}
    done = 0
    for number in wanted:
        parts: list[dict[str, Truth]] = []
        for low in blocks:
            rows = chosen[low : low + GROUP]
            some = {name: values[rows] for name, values in study.futures.items()}
            if number not in refused:
                try:
                    parts.append(_judged(study, compiled, some, tuple(doctrines), number))
                except ScenarioError as error:
                    refused[number] = error.mistakes[0].sentence
            done += 1
            if progress:
                progress(done, len(blocks) * len(wanted))
        if number not in refused:
            for claim in judged:
                other = _joined([part[claim.name] for part in parts])
                found[claim.name].append(_compared(truths[claim.name], other, chosen, number))
    return tuple(
        GridError(
            claim.name, study.points, _typical(truths[claim.name].margin[chosen]),
            tuple(found[claim.name]), refused,
        )
        for claim in judged
    )  # fmt: skip


def _judged(
    study: Study, game: Game, futures: Mapping[str, Array], doctrines: tuple[str, ...], points: int
) -> dict[str, Truth]:
    precision = study.manifest["precision"]
    results = solve_futures(game, futures, doctrines, precision=precision, points=points)
    return judge_claims(study.scenario, results, futures, precision)


def _joined(parts: Sequence[Truth]) -> Truth:
    return Truth(
        np.concatenate([part.verdict for part in parts]),
        np.concatenate([part.margin for part in parts]),
    )


def _compared(truth: Truth, other: Truth, chosen: NDArray[np.intp], points: int) -> Finer:
    before, after = truth.verdict[chosen].astype(int), other.verdict.astype(int)
    margin = truth.margin[chosen]
    known = np.isfinite(margin) & np.isfinite(other.margin)
    with np.errstate(invalid="ignore"):
        moved = np.where(known, np.abs(other.margin - margin), np.nan)
    share = np.divide(moved, np.abs(margin), where=known & (margin != 0),
                      out=np.full(len(margin), np.nan))  # fmt: skip
    return Finer(
        points,
        len(chosen),
        int((before != after).sum()),
        int((before * after < 0).sum()),
        _most(moved),
        _most(share),
    )


def _most(values: Array) -> float:
    return float(np.nanmax(values)) if np.isfinite(values).any() else float("nan")


def _typical(margin: Array) -> float:
    known = np.abs(margin[np.isfinite(margin)])
    return float(np.median(known)) if len(known) else float("nan")


def grid_as_json(one: GridError) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "claim": one.claim,
        "points": one.points,
        "median_margin": one.margin,
        "finer": [vars(finer) for finer in one.finer],
        "refused": {str(points): why for points, why in one.refused.items()},
    }
