"""One thing that is checked: by how much it was missed where it was missed most, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

_LEAST = 1e-300  # so that an error of 0 keeps to a tolerance of 0


@dataclass(frozen=True)
class Check:
    """What was found of one thing that should hold everywhere.

    The error is the largest beside its tolerance.
    """

    name: str
    claim: str
    """The sentence that was checked."""
    error: float
    tolerance: float
    where: str
    """A place in words, and what was found there; empty where there was nothing to check.

    The place of the error if it is allowed. Else the worst of the latest move where something
    fails: errors pass from later to earlier moves, so there it can be blamed on no other."""
    failures: int
    """At how many places the error is above the tolerance."""

    @property
    def passed(self) -> bool:
        """Whether it holds everywhere."""
        return self.failures == 0


@dataclass
class Worst:
    """A check while it is being made, from the last move of the last period to the first."""

    name: str
    claim: str
    error: float = 0.0
    tolerance: float = 0.0
    where: str = ""
    failures: int = 0
    _share: float = -1.0  # of the tolerance

    def look(
        self,
        errors: ArrayLike,
        tolerance: ArrayLike,
        where: Callable[[tuple[int, ...]], str],
    ) -> None:
        """Takes note of errors, an array, beside their tolerances; what is no number is a failure.

        `where` puts the place of an error, an index into `errors`, into words.
        """
        found = np.asarray(errors, np.float64)
        if not found.size:
            return
        found = np.where(np.isnan(found), np.inf, found)
        held = np.broadcast_to(np.asarray(tolerance, np.float64), found.shape)
        share = found / np.maximum(held, _LEAST)
        at = tuple(int(i) for i in np.unravel_index(int(np.argmax(share)), found.shape))
        if (share[at], held[at]) > (self._share, self.tolerance):
            self.error, self.tolerance, self._share = found[at], float(held[at]), float(share[at])
            if not self.failures:
                self.where = where(at)
        self.failures += int(np.count_nonzero(share > 1.0))

    def check(self) -> Check:
        """What was found."""
        return Check(
            self.name, self.claim, float(self.error), self.tolerance, self.where, self.failures
        )
