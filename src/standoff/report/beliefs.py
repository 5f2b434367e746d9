"""What is hidden, as text: belief paths, the belief grid, and what hangs on either."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.claims import BeliefPath
from standoff.explore import Study
from standoff.findings import Finer, GridError
from standoff.report.text import NO_LIMIT, Prose, clean, figure, heading, percent
from standoff.scenario import Scenario
from standoff.solver import SHARPER

_MOST = 6
"""Periods that are shown of a path."""


def beliefs_text(study: Study, paths: tuple[BeliefPath, ...]) -> RenderableType:
    """What the others come to believe, and how far to trust it; nothing where nothing is hidden."""
    if not study.hidden:
        return Group()
    parts: list[RenderableType] = [heading("What the others believe")]
    shown = _telling(paths, study.scenario)
    for actor, type_ in dict.fromkeys((path.actor, path.type) for path in shown):
        some = [path for path in shown if (path.actor, path.type) == (actor, type_)]
        parts += [Text(f"that {clean(actor)} is {clean(type_)}", "bold"), _paths(some), ""]
    if shown:
        parts.append(
            Prose(
                "The mean over sampled futures of the expected shared belief, by period, and at "
                "the end from 5 to 95 % of futures.",
                "dim",
            )
        )
    parts += [Prose(line, "dim") for line in (*martingale_lines(paths), *grid_lines(study))]
    return Group(*parts)


def _telling(paths: tuple[BeliefPath, ...], scenario: Scenario) -> list[BeliefPath]:
    """The paths worth showing: of two types one, the other being what is left."""
    last = {actor.name: actor.types[-1].name for actor in scenario.actors if len(actor.types) == 2}
    return [path for path in paths if last.get(path.actor) != path.type]


def _paths(paths: list[BeliefPath]) -> Table:
    """A line for each doctrine; periods are chosen evenly where there are many."""
    periods = len(paths[0].mean)
    chosen = np.unique(np.linspace(0, periods - 1, min(periods, _MOST)).round().astype(int))
    table = Table(box=None, pad_edge=False)
    table.add_column("doctrine", overflow="fold", min_width=16)
    for period in chosen:
        name = "start" if period == 0 else "end" if period == periods - 1 else f"{period}"
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("5 to 95 %", justify="right", no_wrap=True)
    for path in paths:
        cells = [percent(float(path.mean[period])) for period in chosen]
        spread = f"{percent(float(path.low[-1]))} … {percent(float(path.high[-1]))}"
        table.add_row(*(Text(cell) for cell in (clean(path.doctrine), *cells, spread)))
    return table


def martingale_lines(paths: tuple[BeliefPath, ...]) -> list[str]:
    """Under which doctrines expected beliefs are constant, and by how much they drift."""
    constant = [path for path in paths if path.martingale]
    if not constant:
        return []
    by_doctrines: dict[tuple[str, ...], list[str]] = {}
    for actor in dict.fromkeys(path.actor for path in paths):
        own = [path for path in paths if path.actor == actor]
        flat = tuple(dict.fromkeys(clean(path.doctrine) for path in own if path.martingale))
        under = ("every doctrine",) if all(path.martingale for path in own) else flat
        by_doctrines.setdefault(under, []).append(clean(actor))
    alike = len(by_doctrines) == 1
    parts = [
        ("" if alike else f"about {_and(actors)} ") + f"under {_and(under)}"
        for under, actors in by_doctrines.items()
        if under
    ]
    drift = max(path.drift for path in constant)
    return [
        "On average what is believed stays where it starts (it is a martingale) "
        f"{', '.join(parts)}, where nobody is deceived about how types are drawn: a path that is "
        "flat does not say that nobody learns, since in single courses beliefs rise and fall. What "
        f"moves all the same, by {figure(100 * drift, max(100 * drift, 1))} percentage points at "
        "most, is the error of the belief grid."
    ]


def _and(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def grid_lines(study: Study) -> list[str]:
    """How many points the grid has, and where the solver was in doubt."""
    results = study.results
    lost, several = (int(np.nansum(results[name].to_numpy())) for name in ("lost", "several"))
    points = f"{study.points} points a side"
    doubt = (
        f"In all futures and doctrines, at {lost:,} points of it the equilibrium could not be "
        f"followed, and at {several:,} others were found."
        if lost or several
        else "At none of its points an equilibrium was lost, or another one found."
    )
    return [f"Beliefs stand on a grid of {points}. {doubt} {_limit_line(study)}"]


def _limit_line(study: Study) -> str:
    """What stands for the limit of perfect rationality, and where it was not found."""
    if study.equilibrium_only:
        return NO_LIMIT
    line = (
        "With hidden types the limit of perfect rationality is approached: it is "
        f"{SHARPER:g} times the stated rationality."
    )
    if lost := int(np.nansum(study.results["lost_limit"].to_numpy())):
        line += f" There the equilibrium could not be followed at {lost:,} points."
    return line


def grid_text(found: tuple[GridError, ...]) -> RenderableType:
    """What other belief grids make of each claim."""
    parts: list[RenderableType] = []
    for one in found:
        lines: list[RenderableType] = [Prose(finer_line(one, finer)) for finer in one.finer]
        parts.append(Group(Text(one.claim, "bold"), Padding(Group(*lines), (0, 0, 1, 2))))
    refused = found[0].refused if found else {}
    parts += [Prose(f"With {points} points a side: {why}.") for points, why in refused.items()]
    size = found[0].points if found else 0
    note = (
        f"The study has {size} points a side. Where finer grids change verdicts or move margins by "
        "much of what they are, run it again with more: standoff run --beliefs N."
    )
    return Group(heading("Does it hang on the belief grid?"), *parts, Prose(note, "dim"))


def finer_line(one: GridError, finer: Finer) -> str:
    """What a finer grid makes of a claim."""
    line = (
        f"With {finer.points} points a side {finer.changed} of {finer.futures} verdicts change"
        + (f", {finer.turned} to the opposite" if finer.changed else "")
    )
    if not np.isfinite(finer.largest):
        return f"{line}."
    line += f"; margins, of which half are above {figure(one.margin)}, move by at most "
    line += figure(finer.largest)
    if np.isfinite(finer.relative):
        line += f", and by at most {percent(finer.relative)} of themselves"
    return f"{line}."
