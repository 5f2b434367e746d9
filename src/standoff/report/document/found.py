"""Findings for the page: what matters, who is robust, what hangs on the model or the grid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from standoff.explore import Study
from standoff.findings import Findings, flips_as_json
from standoff.report.beliefs import finer_line
from standoff.report.document.packed import short
from standoff.report.findings import aim_line, structure_note
from standoff.sensitivity import SampleIndices


def flips_of(study: Study, findings: Findings) -> dict[str, Mapping[str, Any]]:
    """By claim what would reverse it: as found now, or by `standoff explore` before."""
    if findings.flips is not None:
        return {one.claim: flips_as_json(one) for one in findings.flips}
    try:
        before = json.loads((study.path / "findings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    # What stands there may be of another study, or somebody else's.
    if not isinstance(before, dict) or any(
        before.get(key) != value for key, value in study.origin.items()
    ):
        return {}
    return {one["claim"]: one for one in before.get("flips", [])}


def sensitivity(found: SampleIndices) -> dict[str, Any]:
    """First-order indices by claim, the largest first; those above chance only."""
    made = []
    for k, claim in enumerate(found.outputs):
        order = np.argsort(-np.nan_to_num(found.first[:, k], nan=-1.0), kind="stable")
        made.append(
            {
                "claim": claim,
                "chance": short(found.chance[k]),
                "parameters": [
                    {
                        "name": found.factors[i],
                        **short(
                            {
                                "first": found.first[i, k],
                                "low": found.interval[0, i, k],
                                "high": found.interval[1, i, k],
                            }
                        ),
                    }
                    for i in order
                    if found.above_chance[i, k]
                ],
            }
        )
    return {"claims": made, "notes": [f"{note}." for note in found.notes]}


def robustness(findings: Findings) -> dict[str, Any] | None:
    """How the doctrines stand by each objective, and which are not outdone in all at once."""
    found = findings.robust
    if found is None:
        return None
    return {
        "standings": [
            {
                "objective": one.objective.name,
                "line": aim_line(one),
                "metrics": len(one.first),
                "doctrines": [
                    {
                        "doctrine": name,
                        "first": len(dict(one.firsts).get(name, ())),
                        **short(
                            {
                                "best": one.best[d],
                                "enough": one.satisficing[d],
                                "regret": one.median_regret[d],
                                "most_regret": one.most_regret[d],
                            }
                        ),
                    }
                    for d, name in enumerate(one.doctrines)
                ],
            }
            for one in found.standings
        ],
        "front": None
        if found.fronts is None
        else [
            {"doctrine": name, "share": short(float(share))}
            for name, share in zip(found.fronts.doctrines, found.fronts.share, strict=True)
        ],
    }


def structure(findings: Findings) -> dict[str, Any] | None:
    """Share of futures in which each verdict turns round with a switch, by claim."""
    found = findings.structure
    if found is None:
        return None
    return {
        "switches": list(found.switches),
        "claims": [
            {
                "claim": claim,
                "changes": short(found.changes[:, k]),
                "any": short(found.hangs[k]) if len(found.switches) > 1 else None,
            }
            for k, claim in enumerate(found.outputs)
        ],
        "note": structure_note(found),
    }


def grid(findings: Findings) -> list[dict[str, Any]]:
    """What finer belief grids make of each claim; empty where that was not asked."""
    return [
        {"claim": one.claim, "lines": [finer_line(one, finer) for finer in one.finer]}
        for one in findings.grid or ()
    ]
