"""Studies and scenarios as text for a terminal: 80 columns, and readable without colour."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.claims import Comparison, Trap, Verdict
from standoff.explore import Plan, Study, uncertain
from standoff.game import Game
from standoff.scenario import Parameter, Scenario

WIDTH = 80
"""Columns for output that is not a terminal's."""


def percent(share: float) -> str:
    """A share in whole percent, but never a rounded 0 or 100 %."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def figure(value: float, scale: float | None = None) -> str:
    """A number as a person would write it: three figures of `scale`, the largest it is shown beside.

    What would round to 0 and is not is shown as below the last figure: `<0.001`.
    """
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "–"
    scale = abs(value) if scale is None or scale == 0 else scale
    digits = min(max(0, 2 - int(np.floor(np.log10(scale)))), 9)
    least = 10.0**-digits
    if abs(value) < least / 2:
        return ("<" if value > 0 else ">-") + f"{least:.{digits}f}"
    return f"{value:,.{digits}f}"


def verdict_lines(verdict: Verdict) -> RenderableType:
    """One verdict: the sentence, the share in words, and what it hangs on."""
    claim = verdict.claim
    head = Text(claim.name, style="bold")
    if verdict.missing:
        body = Text(f"not judged: {', '.join(verdict.missing)} left out of this study", style="dim")
        return Group(head, Padding(Group(Text(claim.says), body), (0, 0, 1, 2)))
    low, high = verdict.interval
    shares = [
        f"Holds in {percent(verdict.share)} of sampled futures ({percent(low)} to {percent(high)})",
        f"fails in {percent(verdict.fails)}",
    ]
    if verdict.undetermined:
        shares.append(f"undetermined in {percent(verdict.undetermined)}")
    colour = "green" if verdict.share >= 0.5 else "red"
    sentences = [f"With perfect rationality: {percent(verdict.limit_share)}."]
    if verdict.leanings:
        least, most = verdict.leanings[0], verdict.leanings[-1]
        sentences.append(
            f"Other priors: {percent(least.share)} if {least.parameter} leans {least.towards}, "
            f"{percent(most.share)} if {most.parameter} leans {most.towards}."
        )
    lines = [
        Text(claim.says),
        Text(", ".join(shares) + ".", style=colour),
        Text(" ".join(sentences)),
    ]
    return Group(head, Padding(Group(*lines), (0, 0, 1, 2)))


def verdicts_text(verdicts: Iterable[Verdict]) -> RenderableType:
    """All verdicts, in the order of the file."""
    return Group(_heading("What became of the claims"), *(verdict_lines(v) for v in verdicts))


def comparison_text(rows: tuple[Comparison, ...]) -> RenderableType:
    """Doctrines side by side, a table for each outcome and each actor's value."""
    parts: list[RenderableType] = [_heading("The doctrines compared")]
    for quantity in dict.fromkeys(row.quantity for row in rows):
        here = [row for row in rows if row.quantity == quantity]
        title = f"{quantity} ({here[0].unit})" if here[0].unit else quantity
        table = _table(title)
        table.add_column("doctrine", no_wrap=True, overflow="ellipsis", max_width=28)
        names = ["median", "5 to 95 %", "regret", "most", "limit"]
        noisy = any(row.noise is not None for row in here)
        for name in names + (["noise"] if noisy else []):
            table.add_column(name, justify="right", no_wrap=True)
        scale = max(max(abs(row.low), abs(row.high)) for row in here)
        for row in here:
            cells = [
                row.doctrine,
                figure(row.median, scale),
                f"{figure(row.low, scale)} … {figure(row.high, scale)}",
                "" if row.regret is None else figure(row.regret, scale),
                "" if row.most_regret is None else figure(row.most_regret, scale),
                figure(row.limit, scale),
            ]
            if noisy:
                cells.append("" if row.noise is None else percent(row.noise))
            table.add_row(*(escape(cell) for cell in cells))
        parts += [table, ""]
    parts.append(
        Text(
            "Median and 5th to 95th percentile over futures. regret: median and largest distance to the "
            "best doctrine in the same future. limit: median with perfect rationality. noise: the share "
            "of the probability that vanishes there.",
            style="dim",
        )
    )
    return Group(*parts)


def traps_text(found: tuple[Trap, ...]) -> RenderableType:
    """How far each actor is trapped, in sentences."""
    parts: list[RenderableType] = [_heading("Who is trapped")]
    for trap in found:
        deep = trap.depth > 1e-6
        low, median, high = np.quantile(trap.depth, [0.05, 0.5, 0.95])
        best = {name: trap.best.count(name) for name in dict.fromkeys(trap.best)}
        most = max(best, key=lambda name: best[name])
        parts.append(
            Text(
                f"{trap.actor}: committing itself at the start is worth something in "
                f"{percent(float(deep.mean()))} of sampled futures; depth {figure(median, high)} "
                f"({figure(low, high)} … {figure(high)}) points of payoff. Most often best: {most} "
                f"({percent(best[most] / len(trap.best))}). An escalation trap, where value falls while "
                f"waiting stays likeliest: {percent(float(trap.escalation.mean()))}."
            )
        )
    return Group(*parts)


def study_heading(study: Study, needs: Plan, workers: int) -> RenderableType:
    """What is about to be solved, and what it needs."""
    scenario, manifest = study.scenario, study.manifest
    futures, doctrines = manifest["futures"], len(manifest["doctrines"])
    return Group(
        Text(f"{scenario.name}: {scenario.title}", style="bold"),
        Text(
            f"{futures:,} futures × {doctrines} doctrines (seed {manifest['seed']}, "
            f"{manifest['sampling']}, {manifest['precision']} precision); {manifest['states']:,} reachable "
            f"states, {scenario.time.periods} periods ({scenario.time.period})"
        ),
        Text(
            f"needs {size(needs.worker_memory)} in each of {workers} "
            f"worker{'s' if workers > 1 else ''}, at most {size(needs.disk)} on disk, in {study.path}"
        ),
        "",
    )


def size(count: float) -> str:
    """Bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return (
                f"{count:.0f} {unit}"
                if unit in ("bytes", "kB") or count >= 10
                else f"{count:.1f} {unit}"
            )
        count /= 1000
    raise AssertionError


def scenario_text(scenario: Scenario, game: Game, needs: Plan, futures: int) -> RenderableType:
    """What a scenario holds: actors, ladders, doctrines, size, and an XLRM table (Lempert et al. 2003)."""
    parts: list[RenderableType] = [Text(f"{scenario.name}: {scenario.title}", style="bold")]
    if scenario.summary:
        parts += [Text(scenario.summary), ""]
    when = f", from {scenario.time.start}" if scenario.time.start else ""
    largest = max(len(move.states) for move in game.moves)
    parts += [
        Text(f"{scenario.time.periods} periods ({scenario.time.period}){when}; order of moves: "
             + " → ".join(scenario.order)),
        Text(f"{game.states:,} reachable states ({game.positions:,} counted once a move, at most "
             f"{largest:,} before one); {size(needs.worker_memory)} of memory for "
             f"{futures} futures at a time"),
        "",
    ]  # fmt: skip
    actors = _table("Actors")
    actors.add_column("actor")
    actors.add_column("actions")
    for actor in scenario.actors:
        actors.add_row(escape(actor.name), escape(", ".join(a.name for a in actor.actions)))
    state = _table("State")
    state.add_column("variable")
    state.add_column("values, the start in brackets")
    for variable in scenario.variables:
        marked = [f"[{x}]" if k == variable.start else x for k, x in enumerate(variable.labels)]
        arrow = " < " if variable.kind == "ladder" else " "
        state.add_row(escape(variable.name), escape(arrow.join(marked)))
    return Group(*parts, actors, "", state, "", _xlrm(scenario))


def _xlrm(scenario: Scenario) -> Table:
    table = _table("XLRM: what is uncertain, what can be done, how it is related, what is measured")
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("")
    for parameter in uncertain(scenario):
        table.add_row("X", escape(f"{parameter.name}: {parameter.value:g}, {_range(parameter)}"))
    for doctrine in scenario.doctrines:
        kind = "" if doctrine.announced else " (unannounced)"
        table.add_row("L", escape(f"{doctrine.actor}: {doctrine.name}{kind}"))
    events = ", ".join(event.name for event in scenario.events)
    table.add_row(
        "R",
        escape(f"moves {' → '.join(scenario.order)}" + (f"; chance: {events}" if events else "")),
    )
    for outcome in scenario.outcomes:
        unit = f", {outcome.unit}" if outcome.unit else ""
        better = f", {outcome.better} is better" if outcome.better else ""
        table.add_row("M", escape(f"{outcome.name} ({outcome.kind}{unit}{better})"))
    for claim in scenario.claims:
        table.add_row("claim", escape(claim.name))
    return table


def _range(parameter: Parameter) -> str:
    distribution = parameter.distribution
    assert distribution is not None
    arguments = dict(distribution.arguments)
    basis = f", {parameter.basis}" if parameter.basis else ""
    unit = f" {parameter.unit}" if parameter.unit else ""
    if distribution.kind == "discrete":
        values = arguments["values"]
        assert isinstance(values, tuple)
        return f"one of {', '.join(f'{v:g}' for v in values)}{unit}{basis}"
    if "low" in arguments and "high" in arguments:
        return f"{arguments['low']:g} … {arguments['high']:g}{unit} ({distribution.kind}{basis})"
    return f"{distribution.kind}{unit}{basis}"


def _heading(text: str) -> RenderableType:
    return Text(f"\n{text}\n", style="bold underline")


def _table(title: str) -> Table:
    return Table(
        title=escape(title), title_justify="left", title_style="bold", box=None, pad_edge=False
    )


def console(*, error: bool = False) -> Console:
    """A console as wide as the terminal; 80 columns where there is none."""
    probe = Console(stderr=error, highlight=False)
    if probe.is_terminal:
        return probe
    return Console(stderr=error, highlight=False, width=WIDTH, soft_wrap=False)
