"""`--set name=value`: parameters at other than their nominal values; and how finely to solve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from standoff.cli.app import RefusalError

if TYPE_CHECKING:
    from standoff.scenario import Scenario

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Give a parameter another than its nominal value; may be given several times.",
    ),
]

BeliefPoints = Annotated[
    int,
    typer.Option(
        "--beliefs",
        min=2,
        metavar="N",
        help="Points of the belief grid a side, where types are hidden.",
    ),
]


def settings_of(scenario: Scenario, given: list[str] | None) -> dict[str, float]:
    """The parameters that were set; the last counts where one was set twice.

    Raises:
        RefusalError: no `name=value`, no such parameter, or no number.
    """
    from standoff.scenario import canonical, suggestion

    names = {canonical(parameter.name): parameter.name for parameter in scenario.parameters}
    found = {}
    for setting in given or ():
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals:
            raise RefusalError(f"--set is '{setting}'; expected a name, '=' and a number")
        if canonical(name) not in names:
            near = suggestion(name, list(names.values()))
            raise RefusalError(f"'{name}' is not a parameter of '{scenario.name}'; {near}")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise RefusalError(f"--set {name} is '{text}'; expected a number")
        found[names[canonical(name)]] = value
    return found


def in_words(settings: dict[str, float]) -> str:
    """What was set, as a part of a sentence."""
    if not settings:
        return "parameters at their nominal values"
    given = ", ".join(f"{name} = {value:g}" for name, value in settings.items())
    return f"{given}, the other parameters at their nominal values"
