"""Futures that could not be solved: which, why, and with what parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace

from standoff.scenario import ScenarioError

SCENARIO_FILE = "scenario.yaml"
"""What a study calls its copy of the scenario, and so what places in its reasons refer to."""


@dataclass(frozen=True)
class Failure:
    """A future that could not be solved."""

    future: int
    reason: str
    """A sentence; where the scenario is to blame with file, line and column of the study's copy."""
    parameters: dict[str, float]


def reason_of(error: Exception) -> str:
    """What an error says, in one line."""
    if isinstance(error, ScenarioError):
        mistake = error.mistakes[0]
        place = replace(mistake.place, file=SCENARIO_FILE)
        return replace(mistake, place=place).render(())
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
