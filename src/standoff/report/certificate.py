"""Certificates as text: one line a doctrine, and in full what failed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.certificate import Certificate
from standoff.report.text import Prose, clean, figure

_SHOWN = ("choices", "values", "course", "response", "reply", "plays")
_HIDDEN = ("choices", "values", "course", "response", "beliefs", "martingale")
"""What is shown where types are hidden."""


def certificates_text(certificates: Sequence[Certificate]) -> RenderableType:
    """The largest errors of each certificate, what they were held to, and what failed where.

    All must be of one scenario and concept; there must be one at least.
    """
    first = certificates[0]
    failed = [one for one in certificates if not one.passed]
    parts: list[RenderableType] = [
        Text(f"\n{_heading(first, len(certificates), len(failed))}\n", "bold underline")
    ]
    known = [one for one in certificates if one.regrets]
    if known:
        legend = (
            f"The largest error of each check; that of {known[0].plays:,} plays in standard "
            "errors. Forgone: what the actor could gain, in points of payoff, that would gain most "
            "by always replying best."
        )
        parts += [_errors(known, _SHOWN), "", Prose(legend, "dim"), "", _meanings(known)]
    if hidden := [one for one in certificates if not one.regrets]:
        legend = (
            "Where types are hidden: the largest error of each check. Martingale: by how much "
            "expected beliefs drift, which is the error of the belief grid."
        )
        parts += [""] * bool(known)
        parts += [_errors(hidden, _HIDDEN), "", Prose(legend, "dim"), "", _meanings(hidden)]
    for one in certificates:
        parts += [Prose(clean(f"{one.doctrine}: {note}."), "dim") for note in one.notes]
    for one in failed:
        lines = Group(*(Prose(clean(line)) for line in one.failures))
        parts += ["", Text(f"{clean(one.doctrine)}: failed", "red"), Padding(lines, (0, 0, 0, 2))]
    return Group(*parts)


def _errors(certificates: Sequence[Certificate], names: tuple[str, ...]) -> Table:
    """A line for each doctrine."""
    table = Table(box=None, pad_edge=False, show_header=True)
    table.add_column("doctrine", overflow="fold")
    gains = ("forgone",) if certificates[0].regrets else ()
    for name in (*names, *gains):
        table.add_column(name, justify="right", no_wrap=True)
    for one in certificates:
        shown = [one[name] for name in names]
        cells = [_error(check.error, failed=not check.passed) for check in shown]
        most = [figure(max(regret.whole for regret in one.regrets))] if gains else []
        table.add_row(clean(one.doctrine), *cells, *most)
    return table


def _meanings(certificates: Sequence[Certificate]) -> Table:
    """A line for each check: what it says, and what it was held to where it was held least."""
    table = Table(box=None, pad_edge=False, show_header=True)
    table.add_column("check", no_wrap=True)
    table.add_column("what should hold")
    table.add_column("held to", justify="right", no_wrap=True)
    for k, check in enumerate(certificates[0].checks):
        tolerance = max(one.checks[k].tolerance for one in certificates)
        table.add_row(check.name, check.claim, _short(tolerance))
    return table


def _heading(first: Certificate, count: int, failed: int) -> str:
    what = f"{first.precision} precision, {first.concept}"
    if failed:
        return f"Checked again ({what}): {failed} of {count} failed"
    return f"Checked again ({what}): {'all ' if count > 1 else ''}{count} passed"


def _error(error: float, *, failed: bool) -> Text:
    """An error in five signs; one that is too large is marked also without colour."""
    return Text(f"{_short(error)}{' !' if failed else ''}", "bold red" if failed else "")


def _short(number: float) -> str:
    if number == 0 or 0.01 <= number < 1000:
        return f"{number:.2g}" if number < 100 else f"{number:.0f}"
    return f"{number:.0e}"
