"""A ruling: a reasoned opinion on an incident, clause by clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from standoff.reading import suggestion
from standoff.treaty.incident import Incident
from standoff.treaty.reference import Source
from standoff.treaty.treaty import Decision, Reading, Treaty
from standoff.treaty.truth import Truth


@dataclass(frozen=True)
class Settled:
    """What would settle an unclear clause: facts or readings with these values give `truth`.

    Of each, any of its values does; of several, all are needed. None can be left out.
    """

    when: tuple[tuple[str, tuple[str, ...]], ...]
    truth: Truth


@dataclass(frozen=True)
class Test:
    """A question put to the incident: the answer, why, on what authority, what would settle it.

    `rule` is the rule of that day in words. `within` names the question that it is part of, or is
    empty where the clause asks it itself.
    """

    question: str
    asks: str
    truth: Truth
    rule: str
    because: tuple[str, ...]
    sources: tuple[Source, ...]
    settles: tuple[str, ...]
    within: str = ""


@dataclass(frozen=True)
class Differs:
    """A reading on which the clause comes out otherwise than in the ruling."""

    reading: str
    option: str
    says: str
    truth: Truth
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Finding:
    """What a clause comes to: the answer with its tests, who decides, and what follows.

    `needed` of `members` must agree. `owed` are the readings on what follows. `settles` says what
    would settle it where it is unclear, `differs` on which readings the answer is another.
    """

    clause: str
    title: str
    truth: Truth
    in_force: bool
    tests: tuple[Test, ...]
    settles: tuple[Settled, ...]
    differs: tuple[Differs, ...]
    decides: Decision
    members: int
    needed: int
    follows: str
    owed: tuple[Reading, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Change:
    """From a day on, what each clause comes to, and what made the difference."""

    day: date
    truths: Mapping[str, Truth]
    because: tuple[str, ...]


@dataclass(frozen=True)
class Ruling:
    """An opinion on an incident by a treaty as it stood on a day: no forecast and no verdict.

    `changed` says what was altered in the treaty for it; `readings` which were open, or prevailed.
    """

    treaty: Treaty
    incident: Incident
    as_of: date
    findings: tuple[Finding, ...]
    readings: Mapping[str, str | None]
    changed: tuple[str, ...] = ()

    def clause(self, name: str) -> Finding:
        """The finding on one clause.

        Raises:
            KeyError: no clause of that name.
        """
        for finding in self.findings:
            if finding.clause == name:
                return finding
        near = suggestion(name, [finding.clause for finding in self.findings])
        raise KeyError(f"{self.treaty.name} has no clause '{name}'; {near}")
