"""How a stream reports: what is known of its rate, which is seldom more than a factor of ten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

DECADE = (1 / sqrt(10), sqrt(10))
"""A factor of ten around one. Rules of counting differ by as much: of hybrid attacks in Europe CSIS
counts 34 in 2024 and ICCT 151 from 2022 to 2026, while Germany alone suspected 320 in 2025."""

MISTAKEN = (DECADE[0] / 100, DECADE[1] / 100)
"""One report in a hundred, within a factor of ten."""


@dataclass(frozen=True)
class Reporting:
    """What is assumed of a stream's reports.

    `usual`: reports in 30 days that there would be, of a pair, of anything that goes on. For each
    of them, and for each report of other dealings (the lowest rung), a rung that is reached brings
    `seen` reports, and one that is not `mistaken` ones: both lie somewhere in a range, evenly in
    the logarithm. `often` [rung] multiplies both where a codebook catches some rungs more rarely
    than others; none: 1. `lag`: days until a report is in the data. `claim`: these are claims of a
    belligerent.
    """

    usual: float = 1.0
    seen: tuple[float, float] = DECADE
    mistaken: tuple[float, float] = MISTAKEN
    lag: int = 0
    claim: bool = False
    why: str = ""
    often: tuple[float, ...] = ()

    @property
    def known(self) -> Reporting:
        """The same if the rates were known: each in the middle of its range."""
        seen, mistaken = (sqrt(low * high) for low, high in (self.seen, self.mistaken))
        return replace(self, seen=(seen, seen), mistaken=(mistaken, mistaken))
