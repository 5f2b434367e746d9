"""Findings as text: where claims fail, what they hang on, what reverses them, who is robust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.claims import SHARE
from standoff.discovery import Interval, Kept
from standoff.findings import (
    SOLUTION,
    Adaptation,
    Failing,
    Findings,
    Flips,
    Reweighted,
    RobustDoctrines,
    Standing,
    flips_as_json,
    quantity,
)
from standoff.report.beliefs import grid_text
from standoff.report.text import (
    NO_LIMIT,
    Prose,
    clean,
    figure,
    heading,
    percent,
    rare_percent,
)
from standoff.scenario import Scenario
from standoff.sensitivity import ALIASED, Crossing, Gradient, SampleIndices, SobolIndices

_MOST = 5
"""Parameters that are listed for a claim."""
_AT_LEAST = 0.01
"""Indices below this are not listed: they say nothing that anybody could act on."""
_FEW = 10
"""Below so many effective futures a reweighted share is hardly known."""

_TITLES = {
    "discovery": "Where claims fail",
    "sensitivity": "Which assumptions matter",
    "flips": "What would reverse them",
    "structure": "Does it hang on the model?",
    "grid": "Does it hang on the belief grid?",
    "robustness": "Which doctrine is robust",
}
"""Heading of each part, in the order in which they are printed."""

DISCOVERY_NOTE = (
    "Shares are of sampled futures with a verdict, not probabilities. Of each claim the rarer "
    "is sought: where it fails, or where it holds. A box that does not stand up in futures "
    "held out, against verdicts dealt out at random or in halves of the futures is not shown. "
    "To cover is to have inside; density is the share of them among what is inside."
)
FLIPS_NOTE = (
    "Each was solved exactly on both sides of the boundary. Distances are sums of changes in "
    "the scenario's metric (without another word, the whole range of a parameter counts 1) "
    "from the nominal values, and hang on both. That nothing nearer was found is no proof that "
    "there is nothing."
)
SENSITIVITY_NOTE = (
    "The share of the variance of a claim's margin that would go if the parameter were known "
    "(first-order Sobol' index), with its 95 % interval, from the study's own futures. Listed "
    "is what is larger than chance alone makes it; even so, in one claim of twenty chance "
    "alone lists one. "
)
ROBUSTNESS_NOTE = (
    "first by: of the eleven robustness metrics of McPhail et al. (2018), how many put it "
    "first. best in, enough in: share of sampled futures in which no doctrine of the study "
    "does better, or it is good enough. regret, most: how far the best in the same future is "
    "ahead, in the median and at most."
)
STRUCTURE_NOTE = (
    "Share of futures in which the verdict turns round when that switch alone is thrown."
)
_SOLUTION_NOTE = (
    "solution: equilibrium at the stated rationality, or the limit of perfect rationality."
)


def findings_text(findings: Findings) -> RenderableType:
    """All that was found, part by part; of a part that found nothing, why."""
    scenario = findings.study.scenario
    told: dict[str, RenderableType] = {}
    if findings.failing is not None:
        told["discovery"] = failing_text(findings.failing, scenario)
    if findings.sensitivity is not None:
        told["sensitivity"] = sample_text(findings.sensitivity)
    if findings.flips is not None:
        told["flips"] = flips_text(findings.flips)
    if findings.structure is not None:
        told["structure"] = structure_text(findings.structure)
    if findings.grid is not None:
        told["grid"] = grid_text(findings.grid)
    if findings.robust is not None:
        told["robustness"] = robust_text(findings.robust)
    for part, reason in findings.nothing.items():
        told[part] = _section(_TITLES[part], [Prose(reason)], "")
    lines: list[RenderableType] = []
    if (failed := len(findings.study.failures)) > 0:
        whole = findings.study.manifest["futures"]
        lines.append(Prose(f"{failed:,} of {whole:,} futures could not be solved; they are left "
                           "out everywhere."))  # fmt: skip
    if findings.not_judged:
        named = "; ".join(f"{name} ({', '.join(lack)})"
                          for name, lack in findings.not_judged.items())  # fmt: skip
        lines.append(Prose(f"Claims left out, and the doctrines they need and this study leaves "
                           f"out: {named}."))  # fmt: skip
    return Group(*lines, *(told[part] for part in _TITLES if part in told))


def failing_text(failing: tuple[Failing, ...], scenario: Scenario) -> RenderableType:
    """Where each claim fails, if a box that can be believed was found."""
    says = {claim.name: claim.says for claim in scenario.claims}
    units = {parameter.name: clean(parameter.unit) for parameter in scenario.parameters}
    parts: list[RenderableType] = []
    # One reason that many claims share is given once.
    without: dict[str, list[Failing]] = {}
    for one in failing:
        if one.found is not None and one.box is None and not one.found.remarks:
            without.setdefault(" ".join(one.found.reasons), []).append(one)
    shared = {reason: some for reason, some in without.items() if len(some) > 1}
    for one in failing:
        if not any(one is other for some in shared.values() for other in some):
            lines: list[RenderableType] = [Prose(clean(says[one.claim]))]
            lines += [Prose(line) for line in where_lines(one, units)]
            parts.append(_entry(one.claim, lines))
    for reason, some in shared.items():
        claims = "; ".join(f"{one.claim} ({count_line(one).lower()})" for one in some)
        parts.append(_entry("No box tells where", [Prose(reason), Prose(f"{claims}.")]))
    return _section(_TITLES["discovery"], parts, DISCOVERY_NOTE)


def count_line(one: Failing) -> str:
    """In how many futures a claim fails, or holds."""
    kind = "Fails" if one.sought == "fails" else "Holds"
    return f"{kind} in {one.cases:,} of {one.futures:,} futures"


def where_lines(one: Failing, units: Mapping[str, str]) -> list[str]:
    """Where a claim fails (or holds, where that is rarer), and how far that may be believed."""
    found = one.found
    if found is None:
        few = one.cases and one.cases != one.futures
        return [f"{count_line(one)}{', too few to ask where' if few else ''}."]
    if one.box is None:
        return [f"{count_line(one)}. No box tells where: {' '.join(found.reasons)}", *found.remarks]
    limits = " and ".join(
        _required(part, units.get(part.factor, "")) for part in one.box.restrictions
    )
    held, dealt = found.held_out, found.permuted
    figures = (
        f"{count_line(one)}, {percent(found.figures.coverage)} of these where {limits}. There it "
        f"{one.sought} in {percent(found.figures.density)}, against {percent(found.base_rate)} of "
        "all futures."
    )
    trials = (
        f"In futures held out, boxes found in the same way have {percent(held.coverage)} of these, "
        f"and it {one.sought} in {percent(held.density)} of the futures in them. With verdicts "
        f"dealt out at random, {dealt.as_good} of {len(dealt.densities)} searches found as good a "
        f"box (p = {dealt.p_value:.2g})."
    )
    beside = [
        f"In these futures {other} goes with {factor}, and might be what matters."
        for factor, other in one.companions
    ]
    return [figures, trials, *beside, *found.remarks]


def _required(part: Interval | Kept, unit: str) -> str:
    """What a box requires of a factor: `fear is at least 0.2 points`."""
    if isinstance(part, Kept):
        kept = [str(category) for category in part.categories]
        return f"{part.factor} is {' or '.join(kept)}{f' ({unit})' if unit else ''}"
    low, high = quantity(part.lower, unit), quantity(part.upper, unit)
    if part.lower == part.upper:
        return f"{part.factor} is {low}"
    if part.upper == np.inf:
        return f"{part.factor} is at least {low}"
    if part.lower == -np.inf:
        return f"{part.factor} is at most {high}"
    return f"{part.factor} is between {quantity(part.lower, unit, short=True)} and {high}"


def sample_text(found: SampleIndices) -> RenderableType:
    """Which parameters a claim's margin hangs on, as far as the study's own futures show it."""
    parts: list[RenderableType] = []
    without: list[str] = []
    for k, claim in enumerate(found.outputs):
        first = found.first[:, k]
        above = [i for i in np.argsort(-np.nan_to_num(first, nan=-1.0), kind="stable")
                 if found.above_chance[i, k] and first[i] >= _AT_LEAST]  # fmt: skip
        if not above:
            without.append(claim)
            continue
        listed = [
            f"{found.factors[i]} {_share(first[i], found.interval[:, i, k])}"
            f"{_with(found, above, i)}"
            for i in above[:_MOST]
        ]
        if len(above) > _MOST:
            listed.append(f"and {len(above) - _MOST} more")
        parts.append(_entry(claim, [Prose(f"{', '.join(listed)}.")]))
    if without:
        parts.append(_entry("No single parameter stands out from chance",
                            [Prose(f"{', '.join(without)}.")]))  # fmt: skip
    return _section(_TITLES["sensitivity"], parts, SENSITIVITY_NOTE + _sentences(found.notes))


def _with(found: SampleIndices, listed: list[int], i: int) -> str:
    """Which stronger parameter this one may only stand for, where there is one."""
    before = [j for j in listed[: listed.index(i)] if found.association[i, j] >= ALIASED]
    return f" [goes with {found.factors[before[0]]} here]" if before else ""


def sobol_text(found: SobolIndices) -> RenderableType:
    """First and total indices on a design of its own."""
    parts: list[RenderableType] = []
    for k, claim in enumerate(found.outputs):
        order = np.argsort(-np.nan_to_num(found.total[:, k], nan=-1.0), kind="stable")[:_MOST]
        table = Table(box=None, pad_edge=False, padding=(0, 2))
        for name in ("parameter", "first", "total"):
            table.add_column(name, justify="left" if name == "parameter" else "right")
        for i in order:
            if np.isfinite(found.total[i, k]):
                table.add_row(
                    Text(found.factors[i]),
                    _share(found.first[i, k], found.first_interval[:, i, k]),
                    _share(found.total[i, k], found.total_interval[:, i, k]),
                )
        own = tuple(note for note in found.notes if note.startswith(f"{claim}: "))
        lines = [Prose(note.removeprefix(f"{claim}: ") + ".", "dim") for note in own]
        parts.append(_entry(claim, [*([table] if table.row_count else []), *lines]))
    note = (
        "first: the share of the variance of a claim's margin that would go if the parameter were "
        "known; total: that which would be left if all others were (Sobol' 2001), each with its "
        f"95 % interval, from a design of {found.points:,} points. Of each claim the "
        f"{_MOST} largest totals."
    )
    return _section("Which assumptions matter, and together", parts, note)


def gradient_text(found: Gradient) -> RenderableType:
    """The steepest slopes at the nominal point."""
    parts: list[RenderableType] = []
    for k, claim in enumerate(found.outputs):
        slope = np.nan_to_num(found.per_range[0, :, k])
        steepest = [i for i in np.argsort(-np.abs(slope), kind="stable")[:_MOST] if slope[i]]
        scale = float(np.abs(slope).max())
        listed = ", ".join(f"{found.factors[i]} {_signed(slope[i], scale)}" for i in steepest)
        value = float(found.value[0, k])
        margin = f"margin {figure(value)}" if np.isfinite(value) else "no margin to measure"
        lines = [Prose(f"{margin}; {listed or 'no slope at all'}.")]
        if found.failed[k] and np.isfinite(value):
            gap = f"{found.failed[k]} of {len(found.factors)} slopes are missing: the scenario is"
            lines.append(Prose(f"{gap} impossible beside the nominal point.", "dim"))
        parts.append(_entry(claim, [*lines]))
    note = (
        "margin: by how much the claim holds (above 0) or fails at the nominal values, in its own "
        "units. Then the steepest slopes: the change of that margin, were the slope there to go on "
        "over the parameter's whole range. Discrete parameters have none."
    )
    return _section("Slopes at the nominal point", parts, note)


def flips_text(flips: tuple[Flips, ...]) -> RenderableType:
    """What would reverse each claim, and how far that is."""
    parts: list[RenderableType] = []
    for one in flips:
        first, more = flip_lines(flips_as_json(one))
        lines = [*map(Prose, first), *(Prose(line, "dim") for line in more)]
        parts.append(_entry(one.claim, list(lines)))
    return _section(_TITLES["flips"], parts, FLIPS_NOTE)


def flip_lines(one: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What reverses a claim first, and what else does, of flips as `flips_as_json` gives them."""
    nearest = next((flip for flip in one["flips"] if flip["norm"] == "1"), None)
    first: list[str] = []
    if one["verdict"] and nearest is not None:
        state = "Holds" if one["verdict"] > 0 else "Fails"
        away = f"{state} at the nominal values; reversed at a distance of "
        first.append(f"{away}{nearest['distances'][0]:.2g}.")
    told = {one["sentence"]}
    more = []
    for flip in one["flips"]:
        if flip["sentence"] not in told and len(told) <= 3:
            told.add(flip["sentence"])
            more.append(f"{flip['sentence']} (Distance {flip['distances'][0]:.2g}.)")
    return [*first, one["sentence"]], more


def structure_text(found: Crossing) -> RenderableType:
    """How far verdicts hang on the model, switch by switch."""
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    table.add_column("claim", overflow="fold", min_width=16)
    for switch in found.switches:
        table.add_column(clean(switch), justify="right")
    if len(found.switches) > 1:
        table.add_column("any", justify="right")
    for k, claim in enumerate(found.outputs):
        cells = [_known(found.changes[s, k]) for s in range(len(found.switches))]
        table.add_row(
            Text(claim), *cells, *([_known(found.hangs[k])] if len(found.switches) > 1 else [])
        )
    note = structure_note(found)
    if len(found.switches) > 1:
        note += " any: some variant of the model has the claim hold and another has it fail."
    return _section(_TITLES["structure"], [table, ""], note)


def structure_note(found: Crossing) -> str:
    """What the shares are of, and what the solution is as a switch."""
    solution = _SOLUTION_NOTE if SOLUTION in found.switches else NO_LIMIT
    return f"{STRUCTURE_NOTE} {solution}"


def robust_text(found: RobustDoctrines) -> RenderableType:
    """How the doctrines stand by each objective."""
    parts: list[RenderableType] = []
    for one in found.standings:
        table = Table(box=None, pad_edge=False)
        table.add_column("doctrine", overflow="fold", min_width=22)
        for name in ("first by", "best in", "enough in", "regret", "most"):
            table.add_column(name, justify="right", no_wrap=True)
        firsts = dict(one.firsts)
        scale = float(np.nanmax(np.abs(one.most_regret)))
        for d, doctrine in enumerate(one.doctrines):
            table.add_row(
                Text(doctrine),
                f"{len(firsts.get(doctrine, ()))} of {len(one.first)}",
                percent(float(one.best[d])),
                percent(float(one.satisficing[d])),
                _amount(one, float(one.median_regret[d]), scale),
                _amount(one, float(one.most_regret[d]), scale),
            )
        lines: list[RenderableType] = [Prose(aim_line(one), "bold"), table]
        if one.at_odds is not None and not one.unanimous:
            first, second, _ = one.at_odds
            lines.append(Prose(f"The metrics rank them differently, most of all {first} and "
                               f"{second}.", "dim"))  # fmt: skip
        parts.append(Padding(Group(*lines), (0, 0, 1, 0)))
    if found.fronts is not None:
        shares = ", ".join(
            f"{name} {percent(float(share))}"
            for name, share in zip(found.fronts.doctrines, found.fronts.share, strict=True)
        )
        parts.append(Prose(f"Not outdone in all outcomes at once (Pareto), share of futures: "
                           f"{shares}."))  # fmt: skip
    return _section(_TITLES["robustness"], parts, ROBUSTNESS_NOTE)


def adaptation_text(found: Adaptation) -> RenderableType:
    """What a search for adaptive doctrines found, in futures searched and held out."""
    parts: list[RenderableType] = []
    for k, objective in enumerate(found.objectives):
        table = Table(box=None, pad_edge=False, padding=(0, 2))
        table.add_column("doctrine", overflow="fold", min_width=24)
        for name in ("search", "held out", "optimism"):
            table.add_column(name, justify="right")
        scale = max(abs(one.held_out[k]) for one in found.judged)
        for one in found.judged:
            table.add_row(
                Text(one.doctrine, style="bold" if one.adaptive else ""),
                *(figure(each[k], scale) for each in (one.search, one.held_out, one.optimism)),
            )
        gain = found.gains[k]
        # Two figures: the interval knows no more.
        of = 10 * max(abs(gain.low), abs(gain.high))
        said = (
            f"What the best adaptive doctrine is ahead of the best plain one, both chosen in the "
            f"search: {figure(gain.held_out, of)} in futures held out ({figure(gain.low, of)} to "
            f"{figure(gain.high, of)}), ahead in {percent(gain.ahead)} of them; the search itself "
            f"showed {figure(gain.search, of)}."
        )
        parts.append(Padding(Group(Text(objective.name, style="bold"), table, Prose(said)),
                             (0, 0, 1, 0)))  # fmt: skip
    rules = [one for one in found.judged if one.adaptive is not None]
    parts += [_entry(one.doctrine, [Text(one.text.rstrip())]) for one in rules]
    note = (
        f"{found.tried:,} of a family of {found.family:,} rules were tried, by {found.metric}. "
        "Only the figures of futures held out are a result."
    )
    return _section(f"Adaptive doctrines of {found.actor}", parts, note)


def reweighted_text(found: tuple[Reweighted, ...]) -> RenderableType:
    """What shares would be under other priors."""
    table = Table(box=None, pad_edge=False)
    table.add_column("claim", overflow="fold", min_width=16)
    for name in ("as sampled", "other priors", "least", "greatest"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        low, high = (f"{100 * end:.0f}" for end in one.interval)
        table.add_row(
            Text(one.claim),
            percent(one.share),
            f"{percent(one.other)} ({low} to {high})",
            percent(one.least),
            percent(one.greatest),
        )
    first = found[0]
    effective = first.effective
    worth = f"{effective:.2g}" if effective < _FEW else f"{effective:,.0f}"
    note = (
        "Shares of futures in which a claim holds. Under the other priors the futures are worth "
        f"{worth} of equal weight (Kish), and in brackets is the 95 % interval for so many. least, "
        f"greatest: under any prior whose density lies within a factor {first.ratio:g} of the "
        "other's, as these futures have it."
    )
    warned: list[RenderableType] = []
    if effective < _FEW:
        warned.append(Prose("So few futures tell little: run a study with these priors."))
    return _section("Under other priors", [table, "", *warned], note)


def _entry(name: str, lines: list[RenderableType]) -> RenderableType:
    return Group(Text(name, style="bold"), Padding(Group(*lines), (0, 0, 1, 2)))


def _section(title: str, parts: list[RenderableType], note: str) -> RenderableType:
    return Group(heading(title), *parts, *([Prose(note.strip(), "dim")] if note else []))


def _share(value: float, interval: NDArray[np.float64]) -> str:
    """A share of variance with its interval, in percent; below 0 is sampling error, and shown."""
    low, high = (_whole(float(end)) for end in interval)
    return f"{_whole(float(value))} % ({low} to {high})"


def _whole(share: float) -> str:
    return f"{round(100 * share)}" if np.isfinite(share) else "–"


def _signed(value: float, scale: float) -> str:
    shown = figure(float(value), scale)
    return f"+{shown}" if value > 0 and shown[0].isdigit() else shown


def _sentences(notes: tuple[str, ...]) -> str:
    return " ".join(f"{note}." for note in notes)


def aim_line(one: Standing) -> str:
    """What an objective is, which way it is better, and what is good enough."""
    unit = "" if one.objective.unit == SHARE else clean(one.objective.unit)
    amount = _amount(one, one.threshold)
    word = "at least" if one.objective.better == "higher" else "at most"
    if amount.startswith("<"):
        amount = f"{100 * one.threshold:.1g} %"
    given = "" if one.threshold_given else ", the median of free choice"
    about = "; ".join(filter(None, (unit, f"{one.objective.better} is better")))
    return f"{one.objective.name} ({about}; good enough: {word} {amount}{given})"


def _amount(one: Standing, value: float, scale: float | None = None) -> str:
    """A number in the objective's unit; chances of an event in percent."""
    return rare_percent(value) if one.objective.unit == SHARE else figure(value, scale)


def _known(share: float) -> str:
    return percent(float(share)) if np.isfinite(share) else "–"
