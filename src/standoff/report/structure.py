"""Structures as text: the switches of a scenario, and the variants they make."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from standoff.report.text import Prose, clean
from standoff.scenario import Scenario, variants


def structures_text(scenario: Scenario) -> RenderableType:
    """The switches, their options with the chosen one in square brackets, and what they are for."""
    parts: list[RenderableType] = [
        "",
        Text("Structures; the option that holds in square brackets", style="bold"),
    ]
    chosen = dict(scenario.choices)
    for structure in scenario.structures:
        options = (f"[{o}]" if o == chosen[structure.name] else o for o in structure.options)
        line = f"{structure.name}: {', '.join(options)}"
        parts.append(Prose(clean(line)))
        if structure.says:
            parts.append(
                Padding(Prose(clean(" ".join(structure.says.split())), "dim"), (0, 0, 0, 2))
            )
    return Group(*parts, Prose(_number(scenario)))


def _number(scenario: Scenario) -> str:
    switches = len(scenario.structures)
    many = "one switch makes" if switches == 1 else f"{switches} switches make"
    return f"{many} {len(variants(scenario))} variants."
