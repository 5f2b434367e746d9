"""A study's beginning from a threat picture: where the solved game says that the crisis now is."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from standoff.explore.beginning import Beginning, BeginningError
from standoff.explore.futures import sample
from standoff.scenario import Scenario, Variable, suggestion, uncertain
from standoff.solver import POINTS

if TYPE_CHECKING:
    from standoff.watch import Picture

FUTURES = 64
"""Futures in which the reports are followed."""


def from_picture(
    scenario: Scenario,
    path: str | Path,
    pair: tuple[str, str] | None = None,
    *,
    futures: int = FUTURES,
    seed: int = 0,
    points: int = POINTS,
) -> Beginning:
    """Where the variable of a picture's ladder is after its last period, as the game has it.

    The reports are filtered through the game, each period the first of a crisis that begins afresh
    where the variable is (see `standoff.watch.afresh`), in so many futures under free choice; what
    is known before the first period is nothing: all values are alike. The beginning is the mean
    over the futures, each weighed by how well it explains the reports.

    `pair` is needed where the picture has several; `points` are those of the belief grid.

    Raises:
        ScenarioError: the file is no picture, or the scenario impossible in some future.
        BeginningError: it is of another scenario, ladder or clock, or has no such pair.
    """
    from standoff.watch import ImpossibleReportsError, afresh, filter_labels, load_picture

    picture = load_picture(path)
    variable = _refuse_other(scenario, picture)
    chosen = _pair(picture, pair)
    of_rungs = picture.log_likelihood(chosen)
    logs = of_rungs[:, [picture.ladder.rungs.index(label) for label in variable.labels]]
    drawn = sample(scenario, futures, seed) if uncertain(scenario) else {}
    transition = afresh(scenario, variable.name, drawn, precision="single", points=points)
    transition = transition[np.isfinite(transition).all(axis=(1, 2))]
    if not len(transition):
        raise BeginningError(f"in none of {futures} futures does the game have a finite solution")
    start = np.full(variable.size, 1 / variable.size)
    try:
        found = filter_labels(transition, start, logs)
    except ImpossibleReportsError as error:
        raise BeginningError(f"{path}: {error}") from None
    one, other = picture.pairs[chosen].actors
    periods, rows = len(logs), len(transition)
    followed = f"in {rows} future{'s' if rows > 1 else ''}"
    if rows > 1:
        followed += f", worth {found.effective_rows:.0f} alike once weighed"
    return Beginning(
        picture=hashlib.sha256(_file(path).read_bytes()).hexdigest(),
        pair=f"{one} and {other}",
        date=picture.calendar.end,
        starts={variable.name: _rounded(found.probability[-1], variable)},
        how=f"{periods} {scenario.time.period}{'s' if periods > 1 else ''} of reports, followed "
        f"through the game {followed}",
    )


def _file(path: str | Path) -> Path:
    """The file of a picture that is given by itself or by its folder."""
    path = Path(path)
    return path / "picture.json" if path.is_dir() else path


def _rounded(probability: NDArray[np.float64], variable: Variable) -> dict[str, float]:
    """Six digits, the likeliest value taking what rounding leaves; none below a millionth."""
    rounded = probability.round(6)
    likeliest = int(np.argmax(probability))
    rounded[likeliest] = round(1 - (rounded.sum() - rounded[likeliest]), 6)
    return {k: float(p) for k, p in zip(variable.labels, rounded, strict=True) if p > 0}


def _refuse_other(scenario: Scenario, picture: Picture) -> Variable:
    """The variable that the picture is of; refuses a picture of anything else."""
    from standoff.watch import PERIODS

    ladder, name = picture.ladder, scenario.name
    if ladder.scenario is not None and ladder.scenario != name:
        raise BeginningError(
            f"the picture is of the ladder of '{ladder.scenario}', not of '{name}'; watch the same "
            f"events with a mapping for '{name}'"
        )
    known = {variable.name: variable for variable in scenario.variables}
    if ladder.variable not in known:
        raise BeginningError(
            f"the picture is of '{ladder.variable}', which is no variable of '{name}'; "
            f"{suggestion(ladder.variable, known)}"
        )
    variable = known[ladder.variable]
    for rung in ladder.rungs:
        if rung not in variable.labels:
            raise BeginningError(
                f"the picture has a rung '{rung}', which '{variable.name}' of '{name}' has not; "
                f"{suggestion(rung, variable.labels)}"
            )
    if missing := [label for label in variable.labels if label not in ladder.rungs]:
        raise BeginningError(
            f"the picture cannot tell whether '{variable.name}' is at '{missing[0]}': its ladder "
            f"is {', '.join(ladder.rungs)}"
        )
    of_picture, unit = picture.calendar.period, scenario.time.period
    if of_picture != unit:
        raise BeginningError(
            f"the picture's periods are of a {of_picture}, those of '{name}' of a {unit}; "
            + (
                f"watch the same events with --period {unit}"
                if unit in PERIODS
                else f"no picture has such, and none can start it: there are {', '.join(PERIODS)}"
            )
        )
    return variable


def _pair(picture: Picture, pair: tuple[str, str] | None) -> int:
    names = [f"{a},{b}" for a, b in (one.actors for one in picture.pairs)]
    if not names:
        raise BeginningError("the picture has no pair of actors, and so no reports to start from")
    if pair is None:
        if len(names) == 1:
            return 0
        raise BeginningError(
            f"the picture has {len(names)} pairs: {'; '.join(names)}; say with --pair which is "
            "meant"
        )
    try:
        return picture.pair(*pair)
    except KeyError:
        given = ",".join(pair)
        raise BeginningError(
            f"the picture has no pair '{given}'; {suggestion(given, names)}"
        ) from None
