"""A list of states that is added to while states are being found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.game.ledger import encode

States: TypeAlias = NDArray[np.uint16]
"""[state, variable]"""


@dataclass
class Roster:
    """States in the order in which they were found, each once."""

    sizes: list[int]
    """Number of values of each variable."""
    batches: list[States] = field(default_factory=list)
    count: int = 0
    _known: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # sorted
    _index: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # of _known

    def add(self, states: States) -> States:
        """Those of `states` that are not yet listed, once each; they join the list."""
        codes, first = np.unique(encode(states, self.sizes), return_index=True)
        new = self.find(codes) < 0
        codes, first = codes[new], first[new]
        place = np.searchsorted(self._known, codes)
        self._known = np.insert(self._known, place, codes)
        self._index = np.insert(self._index, place, self.count + np.arange(len(codes)))
        self.count += len(codes)
        self.batches.append(states[first])
        return self.batches[-1]

    def find(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of encoded states in the list; -1 for those that are not in it."""
        if not self.count:
            return np.full(codes.shape, -1)
        place = np.minimum(np.searchsorted(self._known, codes), self.count - 1)
        return np.where(self._known[place] == codes, self._index[place], -1)

    @property
    def states(self) -> States:
        """All states found so far."""
        empty = np.empty((0, len(self.sizes)), np.uint16)
        return np.concatenate([empty, *self.batches])
