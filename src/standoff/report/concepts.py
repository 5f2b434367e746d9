"""Solution concepts side by side, as text."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from standoff.report.text import Prose, clean, figure, heading, rare_percent
from standoff.solver import Concepts, Guarantee


def concepts_text(rows: tuple[Concepts, ...], secured: tuple[Guarantee, ...]) -> RenderableType:
    """Solution concepts side by side, a table for each doctrine; numbers are of the first row."""
    parts: list[RenderableType] = [heading("Solution concepts, side by side")]
    for doctrine in dict.fromkeys(row.doctrine for row in rows):
        table = Table(box=None, pad_edge=False)
        table.add_column("payoff to")
        for name in ("equilibrium", "limit", "best response", "gain", "guarantee"):
            table.add_column(name, justify="right")
        for row in (row for row in rows if row.doctrine == doctrine):
            numbers = (
                row.equilibrium, row.limit, row.best_response, row.exploitability, row.guarantee
            )  # fmt: skip
            scale = max(abs(float(number[0])) for number in numbers)
            table.add_row(clean(row.actor), *(figure(float(n[0]), scale) for n in numbers))
        parts += [Text(doctrine, "bold"), table, ""]
    for kept in secured:
        parts.append(
            Text(
                f"{' and '.join(kept.coalition)} can keep {kept.quantity} "
                f"{'at or above' if kept.high else 'at or below'} "
                f"{rare_percent(float(kept.value[0]))} whatever the others do."
            )
        )
    parts.append(
        Prose(
            "All parameters at their nominal values. limit: perfect rationality of everybody. best "
            "response: to the others' equilibrium policies; gain: what it adds. guarantee: the "
            "least an actor can secure against the worst the others together may do, with chance "
            "left to chance.",
            "dim",
        )
    )
    return Group(*parts)
