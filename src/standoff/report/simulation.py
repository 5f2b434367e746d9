"""Simulations as text: what was expected exactly, what was played, and how doctrines differ."""

from __future__ import annotations

import math

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from standoff.claims import unit_of
from standoff.play import LEVELS, Believing, Simulation
from standoff.report.text import Prose, clean, figure, rare_percent

_ROUNDING = 1e-10
"""Beside the size of a quantity, an error that stands for rounding alone."""


def simulation_text(played: Simulation, settings: str) -> RenderableType:
    """Every payoff and outcome of the first future, doctrines below one another.

    `settings` says in words which parameters have other than their nominal values.
    """
    scenario = played.game.scenario
    several = len(played.doctrines) > 1
    doctrines = f"{len(played.doctrines)} doctrines" if several else played.doctrines[0]
    parts: list[RenderableType] = [
        Text(f"{scenario.name}: {clean(scenario.title)}", style="bold"),
        Prose(
            f"{played.replications:,} replication{'' if played.replications == 1 else 's'} under "
            f"{doctrines}, seed {played.seed}; {settings}"
        ),
        "",
    ]
    for channel in range(len(played.quantities)):
        parts += [*_quantity(played, channel), ""]
    if played.believing:
        for credence in _telling(played):
            parts += [*_credence(played, played.believing, credence), ""]
    note = (
        "exact: the expectation, from the solution. mean: of the replications, ± its standard "
        "error. The last three columns: quantiles of single courses."
    )
    if several:
        note += (
            f" less {played.doctrines[0]}: the difference in the same courses of chance; the error "
            "is that of pairs."
        )
    if played.believing:
        note += _beliefs_note()
    return Group(*parts, Prose(note, "dim"))


def _quantity(played: Simulation, channel: int) -> list[RenderableType]:
    table = Table(box=None, pad_edge=False, show_header=True)
    table.add_column("doctrine", overflow="fold", min_width=16)
    table.add_column("exact", justify="right", no_wrap=True)
    table.add_column("mean", justify="right", no_wrap=True)
    shown = [LEVELS.index(level) for level in (0.05, 0.5, 0.95)]
    for name in ("5 %", "median", "95 %"):
        table.add_column(name, justify="right", no_wrap=True)
    size = float(np.abs(played.expected[0, :, channel]).max())
    for d, doctrine in enumerate(played.doctrines):
        quantiles = played.quantile[0, d, :, channel][shown]
        scale = float(np.abs(quantiles).max())
        exact, mean = _measured(
            played.expected[0, d, channel],
            played.mean[0, d, channel],
            played.error[0, d, channel],
            size,
        )
        table.add_row(Text(doctrine), exact, mean, *(figure(float(q), scale) for q in quantiles))
        if played.believing and channel < len(played.game.actors):
            foreseen = float(played.believing.foreseen[0, d, channel])
            table.add_row(Text("  foreseen", style="dim"), figure(foreseen, size))
        if d:
            less = played.difference(doctrine, played.doctrines[0])
            exact, mean = _measured(
                less.expected[0, channel], less.mean[0, channel], less.error[0, channel], size
            )
            table.add_row(Text(f"  less {played.doctrines[0]}", style="dim"), exact, mean)
    return [Text(_title(played, channel), style="bold"), table]


def _telling(played: Simulation) -> list[int]:
    """The credences to print: of two types of an actor the first says it all."""
    assert played.believing is not None
    types = {actor.name: actor.types for actor in played.game.scenario.actors}
    return [
        k
        for k, one in enumerate(played.believing.credences)
        if one.doctrine or len(types[one.actor]) != 2 or types[one.actor][0].name == one.of
    ]


def _credence(played: Simulation, found: Believing, number: int) -> list[RenderableType]:
    """What was believed of one thing, at the start, half way and at the end."""
    table = Table(box=None, pad_edge=False, show_header=True)
    table.add_column("doctrine", overflow="fold", min_width=16)
    for name in ("true in", "start", "half way", "end", "5 %", "median", "95 %"):
        table.add_column(name, justify="right", no_wrap=True)
    shown = [LEVELS.index(level) for level in (0.05, 0.5, 0.95)]
    half = (found.mean.shape[2] - 1) // 2
    for d, doctrine in enumerate(played.doctrines):
        mean = found.mean[0, d, :, number]
        if np.isnan(mean).any():
            continue
        _, end = _measured(0.0, 100 * mean[-1], 100 * found.error[0, d, -1, number], 100.0)
        spread = found.quantile[0, d, shown, -1, number]
        table.add_row(
            Text(doctrine),
            rare_percent(float(found.share[0, d, number])),
            *(rare_percent(float(belief)) for belief in (mean[0], mean[half])),
            end,
            *(rare_percent(float(belief)) for belief in spread),
        )
    return [Text(f"belief that {found.credences[number]}", style="bold"), table]


def _beliefs_note() -> str:
    """How to read what is believed and foreseen."""
    note = (
        " belief: its mean, in percent, and at the end its quantiles over courses; true in: the "
        "share of courses in which it was so."
    )
    note += (
        " foreseen: what the actor itself expects at the start, whatever its type; it is another "
        "number where anybody is mistaken about another or does not know what binds it, and "
        "elsewhere only as near as the grid of beliefs is fine."
    )
    return note


def _title(played: Simulation, channel: int) -> str:
    actors = len(played.game.actors)
    if channel < actors:
        return f"payoff to {played.quantities[channel]}"
    outcome = played.game.outcomes[channel - actors]
    better = f"{outcome.better} is better" if outcome.better else ""
    unit = clean(unit_of(played.game.scenario, outcome))
    about = "; ".join(filter(None, (unit, better)))
    return f"{outcome.name} ({about})" if about else outcome.name


def _measured(exact: float, mean: float, error: float, scale: float) -> tuple[str, str]:
    """The exact number, and the measured one with its error, to the error's second figure.

    `scale`: how large the quantity is; an error of rounding only, beside it, is none.
    """
    if not math.isfinite(error) or error <= _ROUNDING * scale:
        known = "± 0" if math.isfinite(error) else "± –"
        return figure(exact, scale), f"{figure(mean, scale)} {known}"
    digits = min(max(0, 1 - math.floor(math.log10(error))), 9)
    return f"{exact:,.{digits}f}", f"{mean:,.{digits}f} ± {error:,.{digits}f}"
