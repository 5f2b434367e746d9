"""`--variant switch=option`: a scenario as it is with options of its switches taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from standoff.cli.app import RefusalError

if TYPE_CHECKING:
    from standoff.scenario import Scenario

Variant = Annotated[
    list[str] | None,
    typer.Option(
        "--variant",
        metavar="SWITCH=OPTION",
        help="Take this option of a switch of the file; may be given several times.",
    ),
]


def written_as(scenario: Scenario, given: list[str] | None) -> Scenario:
    """The scenario with these options taken.

    Raises:
        RefusalError: no `switch=option`, the same switch twice, or no such switch or option.
    """
    from standoff.scenario import variant

    choices: dict[str, str] = {}
    for text in given or ():
        switch, equals, option = (part.strip() for part in text.partition("="))
        if not (switch and equals and option):
            raise RefusalError(f"--variant is '{text}'; expected SWITCH=OPTION")
        if switch in choices:
            raise RefusalError(f"--variant names the switch '{switch}' twice")
        choices[switch] = option
    try:
        return variant(scenario, choices) if choices else scenario
    except ValueError as error:
        raise RefusalError(str(error)) from error
