"""Verdicts as text: the sentence, in what share of futures it holds, and what that hangs on."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from standoff.claims import Roots, Verdict
from standoff.report.text import NO_LIMIT, Prose, clean, heading, percent

VERDICTS_NOTE = (
    "In brackets: the 95 % interval of the share, as if futures were drawn at random, and how many "
    "were sampled. A prior that leans high gives more weight to the high end of its range, and "
    "none to its low end."
)
_UNKNOWN = "the others were not solved, so whether the verdict depends on which is taken is open"


def verdict_lines(verdict: Verdict) -> RenderableType:
    """One verdict: the sentence, the share in words, and what it hangs on."""
    claim = verdict.claim
    lines: list[RenderableType] = [Prose(clean(claim.says))]
    if verdict.missing:
        left_out = ", ".join(verdict.missing)
        lines.append(Prose(f"Not judged: this study leaves out {left_out}.", "dim"))
    else:
        lines += [Prose(share_line(verdict), _colour(verdict)), Prose(hangs_on(verdict))]
        if verdict.roots is not None:
            lines.append(Prose(roots_line(verdict.roots)))
    return Group(Text(claim.name, style="bold"), Padding(Group(*lines), (0, 0, 1, 2)))


def share_line(verdict: Verdict) -> str:
    """In what share of futures a claim holds, with its interval."""
    futures = len(verdict.truth.verdict)
    if futures == 1:
        word = "Undetermined" if verdict.undetermined else "Holds" if verdict.share else "Fails"
        return f"{word} in the one future that was solved."
    low, high = verdict.interval
    line = (
        f"Holds in {percent(verdict.share)} of sampled futures ({percent(low)} to {percent(high)}, "
        f"n = {futures:,}); fails in {percent(verdict.fails)}"
    )
    if verdict.undetermined:
        line += f", undetermined in {percent(verdict.undetermined)}"
    return f"{line}."


def _colour(verdict: Verdict) -> str:
    if verdict.undetermined > 0.5:
        return "yellow"
    return "green" if verdict.share >= 0.5 else "red"


def hangs_on(verdict: Verdict) -> str:
    """What becomes of the share without noise, and under other priors."""
    alone = len(verdict.truth.verdict) == 1
    if verdict.limit_share is None:
        limit = NO_LIMIT
    elif alone:
        holds = "holds" if verdict.limit_share else "does not hold"
        limit = f"With perfect rationality it {holds}."
    else:
        limit = f"With perfect rationality: {percent(verdict.limit_share)}."
    if alone:
        return limit
    if not verdict.leanings:
        return limit
    least, most = verdict.leanings[0], verdict.leanings[-1]
    shares = {percent(share) for share in (least.share, verdict.share, most.share)}
    if len(shares) == 1:
        share = "the share" if verdict.limit_share is None else "that share"
        return f"{limit} No single prior changes {share}."
    return (
        f"{limit} With other priors: {percent(least.share)} if {least.parameter} leans "
        f"{least.towards}, {percent(most.share)} if {most.parameter} leans {most.towards}."
    )


def roots_line(roots: Roots) -> str:
    """Whether there are other equilibria, and whether the verdict hangs on which is taken."""
    if roots.kappa is None:
        return _hidden_roots_line(roots)
    if roots.lost:
        return (
            f"In {roots.lost:,} simultaneous choices the equilibrium could not be followed from "
            "λ = 0 to its end: this verdict is provisional."
        )
    if roots.kappa < 1:
        return f"Every simultaneous choice has one equilibrium (κ at most {roots.kappa:.2g})."
    if roots.several is None:
        return (
            "Other equilibria of simultaneous choices were not sought (κ up to "
            f"{roots.kappa:.2g}, so there might be some)."
        )
    if not roots.several:
        return (
            f"No simultaneous choice was found to have a second equilibrium (κ up to "
            f"{roots.kappa:.2g}, so there might be one)."
        )
    several = f"Simultaneous choices have several equilibria in {percent(roots.several)} of futures"
    if roots.changed is None or roots.share is None:
        return f"{several}; {_UNKNOWN}."
    if not roots.changed:
        return f"{several}; the verdict does not depend on which is taken."
    return (
        f"{several}; the verdict depends on which is taken: {percent(roots.share)} where it is the "
        f"one farthest from ours, and another answer in {percent(roots.changed)}."
    )


def _hidden_roots_line(roots: Roots) -> str:
    if not roots.several:
        line = "No choice of a hidden type was found to have a second equilibrium"
    else:
        share = percent(roots.several)
        line = f"Choices of hidden types have several equilibria in {share} of futures"
        if roots.changed is None or roots.share is None:
            line += f"; {_UNKNOWN}"
        elif roots.changed:
            line += (
                f"; the verdict depends on which is taken: {percent(roots.share)} where it is the "
                f"one farthest from ours, and another answer in {percent(roots.changed)}"
            )
        else:
            line += "; the verdict does not depend on which is taken"
    if not roots.lost:
        return f"{line}."
    return (
        f"{line}. At {roots.lost:,} points of the belief grid, in all futures and doctrines, the "
        "equilibrium could not be followed from λ = 0 to its end: this verdict is provisional."
    )


def verdicts_text(verdicts: Iterable[Verdict]) -> RenderableType:
    """All verdicts, in the order of the file."""
    found = tuple(verdicts)
    if not found:
        return Group(heading("What became of the claims"), Text("The scenario makes no claims."))
    judged = [verdict for verdict in found if not verdict.missing]
    notes = []
    if judged and len(judged[0].truth.verdict) > 1:
        notes.append(Prose(VERDICTS_NOTE, "dim"))
    return Group(heading("What became of the claims"), *(verdict_lines(v) for v in found), *notes)
