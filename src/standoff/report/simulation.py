"""Simulations as text: what was expected exactly, what was played, and how doctrines differ."""

from __future__ import annotations

import math

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from standoff.claims import unit_of
from standoff.play import LEVELS, Simulation
from standoff.report.text import Prose, clean, figure

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
    note = (
        "exact: the expectation, from the solution. mean: of the replications, ± its standard "
        "error. The last three columns: quantiles of single courses."
    )
    if several:
        note += (
            f" less {played.doctrines[0]}: the difference in the same courses of chance; the error "
            "is that of pairs."
        )
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
        if d:
            less = played.difference(doctrine, played.doctrines[0])
            exact, mean = _measured(
                less.expected[0, channel], less.mean[0, channel], less.error[0, channel], size
            )
            table.add_row(Text(f"  less {played.doctrines[0]}", style="dim"), exact, mean)
    return [Text(_title(played, channel), style="bold"), table]


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
