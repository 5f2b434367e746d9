"""A solution as a document: what a notebook shows of it, with the charts of a report."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import POINTS, SHARE, unit_of
from standoff.explore import course_columns
from standoff.report.document.course import course_of
from standoff.report.document.crisis import crisis, parameters
from standoff.report.document.packed import packed, short
from standoff.report.document.readable import readable
from standoff.report.document.whole import FORMAT
from standoff.report.text import SHARES_NOTE
from standoff.solver import Solution

Array = NDArray[np.float64]


def solution_document(solution: Solution) -> dict[str, Any]:
    """A solution's outcomes, values and course, as `document` has those of a study.

    Rows stand for futures. What a study alone can say (claims, regret, traps, findings) is left
    out, and so is the course where the policies were not kept.
    """
    import standoff

    scenario = solution.game.scenario
    by_name = {one.name: solution.outcome[:, k] for k, one in enumerate(solution.game.outcomes)}
    outcomes = [
        _outcome(
            solution.doctrine, one.name, unit_of(scenario, one), one.better, None, one.kind,
            one.says, by_name[one.name],
        )
        for one in scenario.outcomes
    ] + [
        _outcome(
            solution.doctrine, f"value to {name}", POINTS, "higher", name, "value", "",
            solution.value[:, k],
        )
        for k, name in enumerate(solution.game.actors)
    ]  # fmt: skip
    return readable(
        {
            "format": FORMAT,
            "kind": "solution",
            "standoff": standoff.__version__,
            "study": {
                "sampled": solution.rows,
                "failed": 0,
                "states": solution.game.states,
                "concept": str(solution.concept.value),
            },
            "crisis": crisis(scenario, (solution.doctrine,)),
            "parameters": parameters(scenario, {}),
            "futures": {"count": solution.rows, "parameters": None},
            "claims": [],
            "outcomes": outcomes,
            "course": _course(solution),
            "traps": [],
            "beliefs": None,
            "sensitivity": None,
            "robustness": None,
            "structure": None,
            "grid": [],
            "nothing": {},
            "references": [],
            "methods": [],
            "notes": {"shares": SHARES_NOTE},
        }
    )


def _outcome(
    doctrine: str,
    name: str,
    unit: str,
    better: str | None,
    actor: str | None,
    kind: str,
    says: str,
    values: Array,
) -> dict[str, Any]:
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    unknown = dict.fromkeys(("regret", "most_regret", "limit", "noise"))
    row = {"doctrine": doctrine} | short({"median": median, "low": low, "high": high}) | unknown
    return {
        "name": name,
        "unit": unit,
        "share": unit == SHARE,
        "better": better,
        "actor": actor,
        "kind": kind,
        "says": says,
        "rows": [row],
        "values": packed(np.asarray(values, np.float64)[None]),
        "limits": None,
    }


def _course(solution: Solution) -> dict[str, Any]:
    try:
        columns = course_columns(solution)
    except ValueError:  # the policies were not kept
        return {"going_on": [], "ladders": [], "choices": [], "paths": []}

    def cube(names: list[str]) -> Array:
        return np.stack([np.asarray(columns[name], np.float64) for name in names], axis=-1)[None]

    return course_of(solution.game.scenario, cube)
