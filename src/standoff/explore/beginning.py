"""From what a study starts, where that is not where its scenario's file does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from standoff.scenario import Scenario, Variable, suggestion


class BeginningError(ValueError):
    """Raised where a crisis cannot start from what is given."""


@dataclass(frozen=True)
class Beginning:
    """What is known of some variables on a day; all others start as the file says.

    Outcomes and claims of a study that starts so are expectations over where it may start.
    """

    picture: str
    """SHA-256 of the file that tells it, in hexadecimal."""
    pair: str
    """Of whom it tells, in words."""
    date: date | None
    """The first day of the first period; None: the file's."""
    starts: Mapping[str, Mapping[str, float]]
    """Variable → value → probability; values left out have none."""
    how: str
    """How the probabilities came about, in words."""

    def to_json(self) -> dict[str, Any]:
        """As the manifest of a study has it."""
        return {
            "picture": self.picture,
            "pair": self.pair,
            "date": None if self.date is None else self.date.isoformat(),
            "starts": {name: dict(values) for name, values in self.starts.items()},
            "how": self.how,
        }

    def says(self) -> str:
        """From what the crisis starts, in a sentence."""
        parts = []
        for name, values in self.starts.items():
            likely = ", ".join(f"{label} {share(p)}" for label, p in values.items() if p > 0)
            parts.append(f"{name} at {likely}")
        when = "" if self.date is None else f" on {self.date.isoformat()}"
        return f"It starts{when} from a picture of {self.pair}: {'; '.join(parts)} ({self.how})."


def share(p: float) -> str:
    """A probability in words for people: `62 %`, `<1 %`."""
    percent = round(100 * p)
    if percent == 0:
        return "<1 %"
    return ">99 %" if percent == 100 and p < 1 else f"{percent} %"


def beginning_of(manifest: Mapping[str, Any]) -> Beginning | None:
    """What the manifest of a study says of its beginning; None where that is its file's."""
    told = manifest.get("from")
    if told is None:
        return None
    begins = None if told["date"] is None else date.fromisoformat(told["date"])
    return Beginning(told["picture"], told["pair"], begins, told["starts"], told["how"])


def begun(scenario: Scenario, beginning: Beginning | None) -> Scenario:
    """The scenario that starts so; its summary says it too.

    Raises:
        BeginningError: the scenario has no such variable or value, with the nearest name; or
            probabilities do not sum to 1.
    """
    if beginning is None:
        return scenario
    names = [variable.name for variable in scenario.variables]
    for name in beginning.starts:
        if name not in names:
            raise BeginningError(
                f"the picture is of '{name}', which is no variable of '{scenario.name}'; "
                f"{suggestion(name, names)}"
            )
    variables = tuple(
        _begun(scenario, variable, beginning.starts[variable.name])
        if variable.name in beginning.starts
        else variable
        for variable in scenario.variables
    )
    start = scenario.time.start if beginning.date is None else beginning.date
    return replace(
        scenario,
        summary=f"{scenario.summary.strip()} {beginning.says()}".strip(),
        time=replace(scenario.time, start=start),
        variables=variables,
    )


def _begun(scenario: Scenario, variable: Variable, given: Mapping[str, float]) -> Variable:
    for label, p in given.items():
        if label not in variable.labels:
            raise BeginningError(
                f"the picture has '{variable.name}' at '{label}', which it cannot be in "
                f"'{scenario.name}'; {suggestion(label, variable.labels)}"
            )
        if not 0 <= p <= 1:
            raise BeginningError(f"'{label}' has the probability {p}; expected 0 to 1")
    starts = np.array([given.get(label, 0.0) for label in variable.labels])
    if not abs(starts.sum() - 1) < 1e-6:
        raise BeginningError(
            f"the probabilities of '{variable.name}' sum to {starts.sum():g}; expected 1"
        )
    starts = starts / starts.sum()
    likeliest = int(np.argmax(starts))
    sure = starts[likeliest] == 1
    return replace(variable, start=likeliest, starts=() if sure else tuple(starts.tolist()))
