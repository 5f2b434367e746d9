"""Futures of a study that is solved already, in the shape in which fresh ones are given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from standoff.app.ask import Ask
from standoff.app.outline import is_judged
from standoff.app.solving import plain
from standoff.claims import truths_of
from standoff.explore import BLOCK, Study
from standoff.scenario import uncertain


@dataclass(frozen=True)
class Solved:
    """A study, read once and cut into blocks."""

    study: Study

    def has(self, ask: Ask) -> bool:
        """Whether the futures of a setting are those of the study."""
        manifest = self.study.manifest
        return (
            not ask.pinned
            and ask.concept == "equilibrium"
            and ask.doctrines in (None, self.study.doctrines)
            and ask.first < int(manifest["futures"])
        )

    def block(self, ask: Ask) -> dict[str, Any]:
        """Sixteen futures from `ask.first` on; arrays as in `solve_block`."""
        study, scenario = self.study, self.study.scenario
        last = min(ask.first + BLOCK, int(study.manifest["futures"]))
        of = np.arange(ask.first, last)
        sound = of[~study.failed[of]]
        results = study.results
        outcomes = [one.name for one in scenario.outcomes]
        expected = results["expected"].sel(outcome=outcomes).isel(future=sound)
        failures: dict[str, int] = {}
        for failure in study.failures:
            if ask.first <= failure.future < last:
                failures[failure.reason] = failures.get(failure.reason, 0) + 1
        return {
            "kind": "block",
            "first": ask.first,
            "futures": len(sound),
            "doctrines": list(study.doctrines),
            "parameters": {
                one.name: plain(study.futures[one.name][sound]) for one in uncertain(scenario)
            },
            "outcomes": plain(expected.transpose("doctrine", "outcome", "future").to_numpy()),
            "values": plain(
                results["value"].isel(future=sound).transpose("doctrine", "actor", "future")
                .to_numpy()
            ),
            "claims": {
                claim.name: {
                    "verdict": self._truths[claim.name].verdict[sound].tolist(),
                    "margin": plain(self._truths[claim.name].margin[sound]),
                }
                for claim in scenario.claims
                if is_judged(scenario, claim) and claim.name in self._truths
            },
            "course": {name: plain(course[..., sound], 3) for name, course in self._course.items()},
            "failures": failures,
            "left_out": 0,
        }  # fmt: skip

    @cached_property
    def _truths(self) -> dict[str, Any]:
        return truths_of(self.study)

    @cached_property
    def _course(self) -> dict[str, Any]:
        """By ladder, [doctrine, period, rung, future]."""
        ladders = [one for one in self.study.scenario.variables if one.kind == "ladder"]
        names = [f"state.{one.name}.{label}" for one in ladders for label in one.labels]
        course = self.study.course(names) if names else None
        return {
            one.name: np.stack(
                [
                    course[f"state.{one.name}.{label}"]
                    .transpose("doctrine", "period", "future")
                    .to_numpy()
                    for label in one.labels
                ],
                axis=2,
            )
            for one in ladders
            if course is not None
        }
