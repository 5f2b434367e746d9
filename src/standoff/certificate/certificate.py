"""A certificate: what was checked of one future of a solution, and how nearly it held."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from standoff.certificate.check import Check


@dataclass(frozen=True)
class Regret:
    """What an actor forgoes by its policy, the others keeping to theirs, in points of payoff."""

    actor: str
    whole: float
    """In the whole game, by replying best at all its moves: its exploitability."""
    one_shot: float
    """At most, in any state, by replying best there and going on as before."""
    where: str
    """That state."""


@dataclass(frozen=True)
class Certificate:
    """What was found of one future of a solution, by a program that shares no kernel with solvers.

    `print(certificate)` says it in words.
    """

    scenario: str
    hash: str
    doctrine: str
    concept: str
    precision: str
    row: int
    checks: tuple[Check, ...]
    regrets: tuple[Regret, ...]
    """Of each actor, reported and held to nothing: it belongs to a choice with errors."""
    plays: int
    seed: int
    notes: tuple[str, ...]
    """What was checked otherwise than usual, and why."""

    @property
    def passed(self) -> bool:
        """Whether everything held to within its tolerance."""
        return all(check.passed for check in self.checks)

    @property
    def failures(self) -> tuple[str, ...]:
        """One line for each check that failed, with a place in words; see `Check.where`."""
        return tuple(
            f"{check.name}: {check.where}; off by {_places(check)}, held to {check.tolerance:.3g}"
            for check in self.checks
            if not check.passed
        )

    def __getitem__(self, name: str) -> Check:
        """The check of this name.

        Raises:
            KeyError: there is none.
        """
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(f"no check '{name}'; there are {[check.name for check in self.checks]}")

    def __str__(self) -> str:
        """The verdict, and a line for each check and each actor."""
        width = max(len(check.name) for check in self.checks)
        lines = [
            f"{self.scenario}, {self.doctrine}, {self.concept}, {self.precision} precision, "
            f"row {self.row}: {'passed' if self.passed else 'FAILED'}"
        ]
        lines += [
            f"  {check.name:<{width}}  {check.error:9.2e} of {check.tolerance:.2e}"
            for check in self.checks
        ]
        lines += [
            f"  {regret.actor} forgoes {regret.whole:.4g} in the whole game, "
            f"at most {regret.one_shot:.4g} in one state"
            for regret in self.regrets
        ]
        return "\n".join([*lines, *(f"  {line}" for line in (*self.notes, *self.failures))])

    def to_json(self) -> dict[str, Any]:
        """The same as plain data: what `standoff check --solve --json` prints."""
        checks = [asdict(check) | {"passed": check.passed} for check in self.checks]
        return asdict(self) | {"checks": checks, "passed": self.passed}


def _places(check: Check) -> str:
    if check.failures == 1:
        return f"{check.error:.3g}"
    return f"up to {check.error:.3g} in {check.failures:,} places"
