"""Studies and scenarios as text for a terminal: 80 columns, and readable without colour."""

from __future__ import annotations

import re
import textwrap

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.claims import SHARE, Comparison, Trap
from standoff.explore import Plan, Study, uncertain
from standoff.game import Game
from standoff.scenario import Parameter, Scenario, Time

WIDTH = 80
"""Columns for output that is not a terminal's."""

COMPARISON_NOTE = (
    "median and 5 to 95 %: over sampled futures. regret and largest: the median and the largest "
    "distance to the best doctrine in the same future."
)
LIMIT_NOTE = (
    "limit: the median with perfect rationality. noise: the share of what is expected that "
    "vanishes there, and so stands for error alone."
)
NO_LIMIT = "The limit of perfect rationality was not solved."
"""What is said instead of a study of equilibria only."""
TRAP_NOTE = (
    "An actor is trapped where committing itself at the start is worth more to it than deciding "
    "afresh each period; the depth is by how much. In an escalation trap, its value falls besides "
    "while waiting stays its likeliest choice."
)
SHARES_NOTE = "All shares of futures are shares of those sampled, not chances that a claim is true."


def percent(share: float) -> str:
    """A share in whole percent, but never a rounded 0 or 100 %."""
    if 0 < share <= 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def rare_percent(share: float) -> str:
    """A share in percent with two figures at most: nobody knows the chance of a war to three."""
    if 0 < share <= 0.0005:
        return "<0.1 %"
    if 0 < share < 0.0995:
        return f"{100 * share:.1f} %"
    return percent(share)


def figure(value: float, scale: float | None = None) -> str:
    """A number as a person would write it: three figures of `scale`, the largest beside it.

    What would round to 0 and is not is shown as about 0: `≈0`. From a million on, in powers of ten.
    """
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "–"
    scale = abs(value) if scale is None or scale == 0 or not np.isfinite(scale) else scale
    if scale >= 1e6:
        shown, power = f"{value:.2e}".split("e")
        return f"{shown}e{int(power)}"
    digits = min(max(0, 2 - int(np.floor(np.log10(scale)))), 9)
    shown = f"{value:,.{digits}f}"
    return shown if re.search("[1-9]", shown) else "≈0"


def clean(text: str) -> str:
    """Somebody else's words without signs that would steer a terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "�", text)


def comparison_text(rows: tuple[Comparison, ...]) -> RenderableType:
    """Doctrines side by side, a table for each outcome and each actor's value."""
    parts: list[RenderableType] = [heading("The doctrines compared")]
    for quantity in dict.fromkeys(row.quantity for row in rows):
        parts += [*_comparison([row for row in rows if row.quantity == quantity]), ""]
    return Group(*parts, _note(comparison_note(any(row.limit is not None for row in rows))))


def comparison_note(limit: bool) -> str:
    """What the columns mean; `limit` says whether the limit of perfect rationality was solved."""
    return f"{COMPARISON_NOTE} {LIMIT_NOTE if limit else NO_LIMIT}"


def _comparison(rows: list[Comparison]) -> list[RenderableType]:
    first = rows[0]
    about = [part for part in (clean(first.unit), _better(first)) if part]
    title = first.quantity + (f" ({'; '.join(about)})" if about else "")
    table = _table(header=True)
    table.add_column("doctrine", overflow="fold", min_width=16)
    names = ["median", "5 to 95 %"]
    columns = {
        "regret": any(row.regret is not None for row in rows),
        "largest": any(row.regret is not None for row in rows),
        "limit": True,
        "noise": any(row.noise is not None for row in rows),
    }
    for name in names + [name for name, there in columns.items() if there]:
        table.add_column(name, justify="right", no_wrap=True)
    scale = max(max(abs(row.low), abs(row.high)) for row in rows)

    def number(value: float | None) -> str:
        if value is None:
            return "–"
        return rare_percent(value) if first.unit == SHARE else figure(value, scale)

    for row in rows:
        cells = {
            "regret": number(row.regret),
            "largest": number(row.most_regret),
            "limit": number(row.limit),
            "noise": "–" if row.noise is None else percent(row.noise),
        }
        spread = f"{number(row.low)} … {number(row.high)}"
        shown = [cell for name, cell in cells.items() if columns[name]]
        table.add_row(*(Text(cell) for cell in (row.doctrine, number(row.median), spread, *shown)))
    return _titled(title, table)


def _better(row: Comparison) -> str:
    return f"{row.better} is better" if row.better else ""


def traps_text(found: tuple[Trap, ...]) -> RenderableType:
    """How far each actor is trapped, in sentences."""
    if not found:
        nobody = "No announced doctrine is in this study, so nobody has anything to commit to."
        return Group(heading("Who is trapped"), Text(nobody))
    lines = [Padding(Prose(trap_line(trap)), (0, 0, 1, 0)) for trap in found]
    return Group(heading("Who is trapped"), *lines, _note(TRAP_NOTE))


def trap_line(trap: Trap) -> str:
    """How often and how deeply an actor is trapped."""
    solved = np.isfinite(trap.depth)
    futures = int(solved.sum())
    if not trap.trapped.any():
        return (
            f"{trap.actor}: in none of {futures:,} sampled futures; no doctrine of its own is "
            "worth more to it than free choice."
        )
    low, median, high = np.quantile(trap.depth[solved], [0.05, 0.5, 0.95])
    there = [name for name, deep in zip(trap.best, trap.trapped, strict=True) if deep]
    best = max(dict.fromkeys(there), key=there.count)
    return (
        f"{trap.actor}: in {percent(float(trap.trapped[solved].mean()))} of sampled futures "
        f"(n = {futures:,}). Depth: median {figure(median, high)}, 5 to 95 % "
        f"{figure(low, high)} … {figure(high)} points of payoff. Where it is, {best} is worth most "
        f"to it in {percent(there.count(best) / len(there))}. An escalation trap in "
        f"{percent(float(trap.escalation[solved].mean()))}."
    )


def study_heading(study: Study, needs: Plan, workers: int) -> RenderableType:
    """What is about to be solved, and what it needs."""
    scenario, manifest = study.scenario, study.manifest
    futures, doctrines = int(manifest["futures"]), len(manifest["doctrines"])
    missing = len(study.missing())
    each = f"in each of {workers} workers" if workers > 1 else "in one worker"
    return Group(
        Text(f"{scenario.name}: {clean(scenario.title)}", style="bold"),
        Prose(
            f"{_count(futures, 'future')} × {_count(doctrines, 'doctrine')}, "
            f"{_clock(scenario.time)}, {_count(int(manifest['states']), 'reachable state')}"
            f"{_grid(needs)}"
        ),
        Prose(
            f"seed {manifest['seed']}, {manifest['sampling']}, {manifest['precision']} precision, "
            f"{'equilibria only, ' if study.equilibrium_only else ''}"
            f"standoff {manifest['standoff']}, scenario {manifest['hash'][:12]}"
        ),
        Prose(
            f"needs {size(needs.worker_memory)} of memory {each}, beside some 250 MB for Python, "
            f"and at most {size(needs.disk)} on disk"
            if missing
            else "solved before; nothing is left to do"
        ),
        Prose(f"in {study.path}"),
        "",
    )


def study_footing(study: Study) -> RenderableType:
    """Where the study is, and how its numbers are meant."""
    line = certified_line(study)
    style = "red" if line.startswith("NOT") else ""
    return Group(
        "",
        *([Prose(line, style)] if line else []),
        Prose(f"The study is in {study.path}"),
        _note(SHARES_NOTE),
    )


def certified_line(study: Study) -> str:
    """What a second program says of the solutions of the first future; empty if nothing."""
    found = study.certificates
    if not found:
        large = "Not checked by a second program: with beliefs the game is too large for it."
        return large if study.hidden else ""
    if failed := [one["doctrine"] for one in found if not one["passed"]]:
        line = f"NOT CONFIRMED by a second program, in the first future: {', '.join(failed)}"
        return f"{line}; see certificates.json"
    names = ", ".join(one["doctrine"] for one in found)
    return f"Confirmed by a second program, in the first future: {names}"


def listed(name: str, title: str) -> RenderableType:
    """A scenario in a list."""
    return Group(Text(name, style="bold"), Padding(Text(clean(title)), (0, 0, 0, 2)))


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _grid(needs: Plan) -> str:
    return f" × {needs.beliefs:,} points of belief" if needs.beliefs > 1 else ""


def _clock(time: Time) -> str:
    if time.periods == 1:
        return f"one period ({clean(time.period)})"
    return f"{time.periods} periods (each a {clean(time.period)})"


def size(count: float) -> str:
    """Bytes in words."""
    for unit in ("bytes", "kB", "MB"):
        if count < 999.5:
            few = unit == "MB" and count < 9.95
            return f"{count:.1f} {unit}" if few else f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def scenario_text(scenario: Scenario, game: Game, needs: Plan, futures: int) -> RenderableType:
    """What a scenario holds: actors, state, size, and an XLRM table (Lempert et al. 2003)."""
    parts: list[RenderableType] = [
        Text(f"{scenario.name}: {clean(scenario.title)}", style="bold"),
        "",
    ]
    if scenario.summary:
        parts += [Text(clean(scenario.summary).strip()), ""]
    when = f", from {scenario.time.start}" if scenario.time.start else ""
    parts += [
        Text(f"{_clock(scenario.time)}{when}"),
        Prose(
            f"{_count(game.states, 'reachable state')}{_grid(needs)}; solving {futures} futures at "
            f"a time takes {size(needs.worker_memory)} of memory"
        ),
        Text(f"scenario hash {scenario.hash[:12]}"),
        "",
    ]
    actors = _table()
    for actor in scenario.actors:
        actions = ", ".join(action.name for action in actor.actions)
        types = ", ".join(f"{one.name} {one.prior.text}" for one in actor.types)
        types = clean(f"; hidden types, with priors: {types}") if types else ""
        actors.add_row(Text(actor.name), Text(f"{actions}{types}{_aside(actor.about)}"))
    state = _table()
    for variable in scenario.variables:
        marked = [f"[{x}]" if k == variable.start else x for k, x in enumerate(variable.labels)]
        if variable.kind == "levels" and variable.size > 7:
            marked = [f"0 … {variable.size - 1}, start [{variable.start}]"]
        between = " < " if variable.kind == "ladder" else " "
        state.add_row(Text(variable.name), Text(between.join(marked) + _aside(variable.about)))
    return Group(
        *parts,
        *_titled("Actors, and what they may do", actors),
        "",
        *_titled("State; the start in square brackets", state),
        *_xlrm(scenario),
    )


def _aside(about: str) -> str:
    return f" ({clean(about)})" if about else ""


def _xlrm(scenario: Scenario) -> list[RenderableType]:
    """What is uncertain (X), what can be done (L), how it is related (R), what is measured (M)."""
    unsure = _table()
    for parameter in uncertain(scenario):
        unsure.add_row(
            Text(parameter.name), Text(f"{parameter.value:g}"), Text(range_text(parameter))
        )
    levers = _table()
    for doctrine in scenario.doctrines:
        kind = "" if doctrine.announced else ", unannounced"
        if doctrine.believed is not None:
            kind += clean(f", believed {doctrine.believed.text}")
        says = f": {clean(doctrine.says)}" if doctrine.says else ""
        levers.add_row(Text(doctrine.actor), Text(f"{doctrine.name}{kind}{says}"))
    events = {event.name for event in scenario.events}
    moves = [
        f"{move[0]} (chance)"
        if move[0] in events
        else " and ".join(move) + " at once" * (len(move) > 1)
        for move in scenario.order
    ]
    measured = _table()
    for outcome in scenario.reported:
        about = [outcome.kind, clean(outcome.unit)]
        about.append(f"{outcome.better} is better" if outcome.better else "")
        says = f": {clean(outcome.says)}" if outcome.says else ""
        measured.add_row(Text(outcome.name), Text(", ".join(filter(None, about)) + says))
    claims = _table()
    for claim in scenario.claims:
        claims.add_row(Text(claim.name), Text(clean(claim.says)))
    parts = (
        ("X: what is uncertain (nominal value, and what it may be instead)", unsure),
        ("L: what can be done (doctrines)", levers),
        ("R: how it is related (moves of each period)", Text(" → ".join(moves))),
        ("M: what is measured (outcomes)", measured),
        ("Claims", claims),
    )
    shown: list[RenderableType] = []
    for title, part in parts:
        if isinstance(part, Text) or part.row_count:
            shown += ["", *_titled(title, part)]
    return shown


def range_text(parameter: Parameter) -> str:
    """What an uncertain parameter may be: its range with the unit, its distribution and basis."""
    distribution = parameter.distribution
    assert distribution is not None
    arguments = dict(distribution.arguments)
    unit = f" {clean(parameter.unit)}" if parameter.unit else ""
    about = ", ".join(filter(None, (distribution.kind, parameter.basis)))
    if distribution.kind == "discrete":
        values = arguments["values"]
        assert isinstance(values, tuple)
        aside = _aside("; ".join(filter(None, (parameter.unit, parameter.basis))))
        return f"one of {', '.join(f'{v:g}' for v in values)}{aside}"
    if distribution.kind == "normal":
        about = f"normal {arguments['mean']:g} ± {arguments['sd']:g}" + (
            f", {parameter.basis}" if parameter.basis else ""
        )
    low, high = arguments.get("low"), arguments.get("high")
    if low is not None and high is not None:
        return f"{low:g} … {high:g}{unit} ({about})"
    if low is not None or high is not None:
        return f"{f'above {low:g}' if low is not None else f'below {high:g}'}{unit} ({about})"
    return f"{about}{unit}" if distribution.kind != "beta" else f"0 … 1{unit} ({about})"


class Prose:
    """Text whose lines do not break between a number and its unit."""

    def __init__(self, text: str, style: str = "") -> None:
        self.text, self.style = text, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole = re.sub(r"(?<=\d) (?=%|bytes|[kMG]B)", "\u00a0", self.text)
        lines = [
            part
            for line in whole.split("\n")
            for part in textwrap.wrap(
                line, options.max_width, break_long_words=False, break_on_hyphens=False
            )
            or [""]
        ]
        yield Text("\n".join(lines).replace("\u00a0", " "), self.style, overflow="fold")


def heading(text: str) -> RenderableType:
    """What stands over a part of a report."""
    return Text(f"\n{text}\n", style="bold underline")


def _note(text: str) -> RenderableType:
    return Prose(text, "dim")


def _titled(title: str, part: RenderableType) -> list[RenderableType]:
    return [Text(title, style="bold"), part]


def _table(*, header: bool = False) -> Table:
    return Table(box=None, pad_edge=False, show_header=header)


def console(*, error: bool = False) -> Console:
    """A console as wide as the terminal; 80 columns where there is none."""
    probe = Console(stderr=error, highlight=False)
    if probe.is_terminal:
        return probe
    return Console(stderr=error, highlight=False, width=WIDTH, soft_wrap=False)


def put(console: Console, *parts: RenderableType) -> None:
    """Prints parts without the blanks that fill up their lines."""
    with console.capture() as caught:
        for part in parts:
            console.print(part)
    lines = caught.get().split("\n")
    console.out("\n".join(line.rstrip(" ") for line in lines), end="", highlight=False)
