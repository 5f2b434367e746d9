"""A plain reader of UMB files, and expectations by going back through them state by state.

Written from the specification of the format (https://github.com/pmc-tools/umb); shares nothing with
the writer. A state never leads to one before it, but for the last, which leads to itself.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Plain:
    """What a file holds."""

    index: dict[str, Any]
    order: tuple[str, ...]
    initial: NDArray[np.bool_]
    choices: NDArray[np.uint64]  # [state + 1]
    branches: NDArray[np.uint64]  # [choice + 1]
    target: NDArray[np.uint64]
    probability: NDArray[np.float64]
    rewards: dict[str, NDArray[np.float64]]  # by alias, of every choice
    labels: dict[str, NDArray[np.bool_]]  # by alias, of every state
    actions: tuple[str, ...]  # of every choice

    def answer(self, ask: str) -> float:
        """The answer to a property: P or R, with max, min or neither, of reaching a label."""
        asked = re.fullmatch(r'(P|R\{"(\w+)"\})(max|min)?=\? \[F \(?(.+?)\)?\]', ask)
        assert asked is not None, ask
        names = [name.strip().strip('"') for name in asked[4].split("|")]
        until = np.any([self.labels[name] for name in names], axis=0)
        best: Callable[[list[float]], float] = min if asked[3] == "min" else max
        value = [float(asked[1] == "P" and hit) for hit in until]
        paid = self.rewards[asked[2]] if asked[2] else np.zeros(len(self.branches) - 1)
        for state in reversed(range(len(until) - 1)):
            if not until[state]:
                choices = range(int(self.choices[state]), int(self.choices[state + 1]))
                assert asked[3] or len(choices) == 1
                value[state] = best([paid[c] + self._ahead(c, state, value) for c in choices])
        (start,) = np.flatnonzero(self.initial)
        return value[int(start)]

    def _ahead(self, choice: int, state: int, value: list[float]) -> float:
        reach = slice(int(self.branches[choice]), int(self.branches[choice + 1]))
        targets = [int(target) for target in self.target[reach]]
        assert min(targets) > state
        assert len(set(targets)) == len(targets)
        ahead = zip(self.probability[reach], targets, strict=True)
        return float(sum(p * value[target] for p, target in ahead))


def read(path: Path) -> Plain:
    """A file."""
    with tarfile.open(path) as archive:
        members = archive.getmembers()
        held = {m.name: archive.extractfile(m) for m in members}
        files = {name: file.read() for name, file in held.items() if file}
    index = json.loads(files["index.json"])
    system = index["transition-system"]
    states, choices = system["#states"], system["#choices"]

    def offsets(name: str, count: int) -> NDArray[np.uint64]:
        if name not in files:
            return np.arange(count + 1, dtype=np.uint64)
        return np.frombuffer(files[name], "<u8")

    def bits(name: str) -> NDArray[np.bool_]:
        assert len(files[name]) % 8 == 0
        every = np.unpackbits(np.frombuffer(files[name], np.uint8), bitorder="little")
        assert not every[states:].any()
        return every[:states].astype(bool)

    rewards = {}
    for key, described in index["annotations"]["rewards"].items():
        (where,) = described["applies-to"]
        values = np.frombuffer(files[f"annotations/rewards/{key}/{where}/values.bin"], "<f8")
        assert len(values) == (choices if where == "choices" else states)
        rewards[described["alias"]] = values
    labels = {
        described["alias"]: bits(f"annotations/aps/{key}/states/values.bin")
        for key, described in index["annotations"]["aps"].items()
    }
    actions: tuple[str, ...] = ("",) * choices
    if "actions/choices/values.bin" in files:
        ends = offsets("actions/choices/string-mapping.bin", 0)
        text = files["actions/choices/strings.bin"]
        names = [text[int(a) : int(b)].decode() for a, b in pairwise(ends)]
        assert len(names) == system["#choice-actions"]
        values = np.frombuffer(files["actions/choices/values.bin"], "<u4")
        actions = tuple(names[k] for k in values)
    return Plain(
        index=index,
        order=tuple(member.name for member in members),
        initial=bits("state-is-initial.bin"),
        choices=offsets("state-to-choices.bin", states),
        branches=offsets("choice-to-branches.bin", choices),
        target=np.frombuffer(files["branch-to-target.bin"], "<u8"),
        probability=np.frombuffer(files["branch-to-probability.bin"], "<f8"),
        rewards=rewards,
        labels=labels,
        actions=actions,
    )
