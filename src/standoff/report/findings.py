"""Findings as text: where claims fail, what they hang on, what reverses them, who is robust."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.discovery import Discovery
from standoff.findings import (
    Adaptation,
    Failing,
    Findings,
    Flips,
    Reweighted,
    RobustDoctrines,
    Standing,
)
from standoff.report.text import SHARE, Prose, clean, figure, heading, percent, rare_percent
from standoff.scenario import Scenario
from standoff.sensitivity import ALIASED, Crossing, Gradient, SampleIndices, SobolIndices

_MOST = 5
"""Parameters that are listed for a claim."""
_AT_LEAST = 0.01
"""Indices below this are not listed: they say nothing that anybody could act on."""


def findings_text(findings: Findings) -> RenderableType:
    """All that was found, part by part."""
    scenario = findings.study.scenario
    parts: list[RenderableType] = []
    if findings.failing is not None:
        parts.append(failing_text(findings.failing, scenario))
    if findings.sensitivity is not None:
        parts.append(sample_text(findings.sensitivity))
    if findings.flips is not None:
        parts.append(flips_text(findings.flips))
    if findings.structure is not None:
        parts.append(structure_text(findings.structure))
    if findings.robust is not None:
        parts.append(robust_text(findings.robust))
    return Group(*parts)


def failing_text(failing: tuple[Failing, ...], scenario: Scenario) -> RenderableType:
    """Where each claim fails, if a box that can be believed was found."""
    says = {claim.name: claim.says for claim in scenario.claims}
    parts: list[RenderableType] = []
    for one in failing:
        lines: list[RenderableType] = [Prose(clean(says[one.claim]))]
        lines += [Prose(line) for line in _where(one)]
        parts.append(_entry(one.claim, lines))
    note = (
        "Shares are of sampled futures, not probabilities. density: of the futures in the box, how "
        "many are of that kind; coverage: of all that are, how many the box has. A box that fails "
        "out of sample, against permuted verdicts or in resampling is not shown."
    )
    return _section("Where claims fail", parts, note)


def _where(one: Failing) -> list[str]:
    kind = "Fails" if one.sought == "fails" else "Holds"
    count = f"{kind} in {one.cases:,} of {one.futures:,} futures with a verdict"
    if one.found is None:
        few = one.cases and one.cases != one.futures
        return [f"{count}{': too few to ask where' if few else ''}."]
    found = one.found
    if not found.trusted:
        return [f"{count}. No box tells where: {' '.join(found.reasons)}", *found.remarks]
    beside = [
        f"In these futures {other} goes with {factor}, and might be what matters."
        for factor, other in one.companions
    ]
    return [f"{count}, mostly where {found.box}.", _figures(found), *beside, *found.remarks]


def _figures(found: Discovery) -> str:
    held = found.held_out
    return (
        f"There {percent(found.figures.density)} of futures are of that kind, against "
        f"{percent(found.base_rate)} of all, and {percent(found.figures.coverage)} of the kind are "
        f"there. In futures held out: {percent(held.density)} and {percent(held.coverage)}. "
        f"Permuted verdicts give as good a box with p = {figure(found.permuted.p_value)}."
    )


def sample_text(found: SampleIndices) -> RenderableType:
    """Which parameters a claim's margin hangs on, as far as the study's own futures show it."""
    parts: list[RenderableType] = []
    for k, claim in enumerate(found.outputs):
        first = found.first[:, k]
        above = [i for i in np.argsort(-np.nan_to_num(first, nan=-1.0), kind="stable")
                 if found.above_chance[i, k] and first[i] >= _AT_LEAST][:_MOST]  # fmt: skip
        if not above:
            parts.append(_entry(claim, [Prose("No single parameter stands out from chance.")]))
            continue
        listed = []
        for i in above:
            share = _share(first[i], found.interval[:, i, k])
            listed.append(f"{found.factors[i]} {share}{_with(found, above, i)}")
        parts.append(_entry(claim, [Prose(f"{', '.join(listed)}.")]))
    note = (
        "The share of the variance of a claim's margin that would go if the parameter were known "
        "(first-order Sobol' index), with its 95 % interval, from the study's own futures. "
    )
    return _section("Which assumptions matter", parts, note + _sentences(found.notes))


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
        parts.append(_entry(claim, [table]))
    note = (
        "first: the share of the variance of a claim's margin that would go if the parameter were "
        "known; total: that which would be left if all others were (Sobol' 2001). "
    )
    return _section("Which assumptions matter, and together", parts, note + _sentences(found.notes))


def gradient_text(found: Gradient) -> RenderableType:
    """The steepest slopes at the nominal point."""
    parts: list[RenderableType] = []
    for k, claim in enumerate(found.outputs):
        slope = np.nan_to_num(found.per_range[0, :, k])
        steepest = [i for i in np.argsort(-np.abs(slope), kind="stable")[:_MOST] if slope[i]]
        scale = float(np.abs(slope).max())
        listed = ", ".join(f"{found.factors[i]} {figure(float(slope[i]), scale)}" for i in steepest)
        margin = figure(float(found.value[0, k]))
        parts.append(_entry(claim, [Prose(f"margin {margin}; {listed or 'no slope at all'}")]))
    note = "Change of a claim's margin, in its own units, were the slope at the nominal values to "
    return _section("Slopes at the nominal point", parts, note + "go on over the whole range.")


def flips_text(flips: tuple[Flips, ...]) -> RenderableType:
    """What would reverse each claim."""
    parts: list[RenderableType] = []
    for one in flips:
        lines: list[RenderableType] = [Prose(one.sentence)]
        told = {one.sentence}
        for flip in one.flips:
            if flip.sentence not in told and len(told) <= 3:
                told.add(flip.sentence)
                lines.append(Prose(flip.sentence, "dim"))
        parts.append(_entry(one.claim, lines))
    note = (
        "Each was solved exactly on both sides of the boundary. Distances are from the nominal "
        "values in the scenario's metric, and hang on both; that nothing nearer was found is no "
        "proof that there is nothing."
    )
    return _section("What would reverse them", parts, note)


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
    note = (
        "Share of futures in which the verdict turns round when that switch alone is thrown; any: "
        "in which some variant of the model has it hold and another fail. solution: equilibrium at "
        "the stated rationality, or its limit."
    )
    return _section("Does it hang on the model?", [table], note)


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
        enough = "at least" if one.objective.better == "higher" else "at most"
        given = "" if one.threshold_given else ", the median of free choice"
        about = f"{one.objective.better} is better; good enough: {enough} "
        head = f"{one.objective.name} ({about}{_amount(one, one.threshold)}{given})"
        lines: list[RenderableType] = [Text(head, style="bold"), table]
        if one.at_odds is not None and not one.unanimous:
            first, second, _ = one.at_odds
            lines.append(Prose(f"The metrics disagree, most of all {first} and {second}.", "dim"))
        parts.append(Padding(Group(*lines), (0, 0, 1, 0)))
    note = (
        "first by: of the eleven robustness metrics of McPhail et al. (2018), how many put it "
        "first. best in, enough in: share of sampled futures in which no doctrine of the study "
        "does better, or it is good enough. regret, most: how far the best in the same future is "
        "ahead, in the median and at most."
    )
    if found.fronts is not None:
        shares = ", ".join(
            f"{name} {percent(float(share))}"
            for name, share in zip(found.fronts.doctrines, found.fronts.share, strict=True)
        )
        parts.append(Prose(f"Not outdone in all outcomes at once (Pareto), share of futures: "
                           f"{shares}."))  # fmt: skip
    return _section("Which doctrine is robust", parts, note)


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
        said = (
            f"Best adaptive less best plain, both chosen in the search: {figure(gain.held_out)} in "
            f"futures held out ({figure(gain.low)} to {figure(gain.high)}), ahead in "
            f"{percent(gain.ahead)} of them; the search itself showed {figure(gain.search)}."
        )
        parts.append(Padding(Group(Text(objective.name, style="bold"), table, Prose(said)),
                             (0, 0, 1, 0)))  # fmt: skip
    rules = [one for one in found.judged if one.adaptive is not None]
    parts += [_entry(one.doctrine, [Text(one.text)]) for one in rules]
    note = (
        f"{found.tried:,} of a family of {found.family:,} rules were tried, by {found.metric}. "
        "Only the figures of futures held out are a result."
    )
    return _section(f"Adaptive doctrines of {found.actor}", parts, note)


def reweighted_text(found: tuple[Reweighted, ...]) -> RenderableType:
    """What shares would be under other priors."""
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    table.add_column("claim", overflow="fold", min_width=16)
    for name in ("as sampled", "other priors", "least", "greatest"):
        table.add_column(name, justify="right")
    for one in found:
        shares = (one.share, one.other, one.least, one.greatest)
        table.add_row(Text(one.claim), *(percent(share) for share in shares))
    first = found[0]
    note = (
        f"Shares in which a claim holds. The other priors are worth {figure(first.effective)} "
        f"futures (Kish). least, greatest: under any prior within a factor {figure(first.ratio)} "
        "of these."
    )
    return _section("Under other priors", [table], note)


def _entry(name: str, lines: list[RenderableType]) -> RenderableType:
    return Group(Text(name, style="bold"), Padding(Group(*lines), (0, 0, 1, 2)))


def _section(title: str, parts: list[RenderableType], note: str) -> RenderableType:
    return Group(heading(title), *parts, Prose(note.strip(), "dim"))


def _share(value: float, interval: NDArray[np.float64]) -> str:
    low, high = (f"{100 * float(end):.0f}" for end in interval)
    return f"{100 * value:.0f} % ({low} to {high})"


def _sentences(notes: tuple[str, ...]) -> str:
    return " ".join(f"{note[:1].upper()}{note[1:]}." for note in notes)


def _amount(one: Standing, value: float, scale: float | None = None) -> str:
    """A number in the objective's unit; chances of an event in percent."""
    return rare_percent(value) if one.objective.unit == SHARE else figure(value, scale)


def _known(share: float) -> str:
    return percent(float(share)) if np.isfinite(share) else "–"
