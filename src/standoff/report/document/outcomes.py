"""Outcomes and values under each doctrine for the page: every future, and what is said of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import SHARE, Comparison, Trap, compare
from standoff.explore import Study
from standoff.report.document.packed import packed, short
from standoff.report.text import trap_line


def outcomes(study: Study, kept: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Every outcome, then every actor's value: arrays [doctrine, future] and a row a doctrine."""
    rows = compare(study)
    results = study.results.isel(future=kept)
    says = {one.name: one.says for one in study.scenario.outcomes}
    kinds = {one.name: one.kind for one in study.scenario.outcomes}
    tables = [("expected", {"outcome": one.name}) for one in study.scenario.outcomes]
    tables += [("value", {"actor": one.name}) for one in study.scenario.actors]
    count = len(study.doctrines)
    made = []
    for k, (name, item) in enumerate(tables):
        own = rows[k * count : (k + 1) * count]
        first = own[0]
        made.append(
            {
                "name": first.quantity,
                "unit": first.unit,
                "share": first.unit == SHARE,
                "better": first.better,
                "actor": None
                if k < len(study.scenario.outcomes)
                else study.scenario.actors[k - len(study.scenario.outcomes)].name,
                "kind": kinds.get(first.quantity) if k < len(study.scenario.outcomes) else "value",
                "says": says.get(first.quantity, ""),
                "rows": [_row(row) for row in own],
                "values": packed(results[name].sel(item).to_numpy().T),
                "limits": None
                if study.equilibrium_only
                else packed(results[f"{name}_limit"].sel(item).to_numpy().T),
            }
        )
    return made


def _row(row: Comparison) -> dict[str, Any]:
    return {
        "doctrine": row.doctrine,
        **short(
            {
                "median": row.median,
                "low": row.low,
                "high": row.high,
                "regret": row.regret,
                "most_regret": row.most_regret,
                "limit": row.limit,
                "noise": row.noise,
            }
        ),
    }


def trapped(found: tuple[Trap, ...], kept: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Who is trapped: the sentence of the text report, and the depth in every future."""
    return [
        {
            "actor": trap.actor,
            "line": trap_line(trap),
            "depth": packed(trap.depth[kept]),
            "trapped": packed(trap.trapped[kept], "int8"),
            "escalation": packed(trap.escalation[kept], "int8"),
            "best": [
                {"doctrine": name, "futures": best.count(name)} for name in dict.fromkeys(best)
            ],
        }
        for trap in found
        if (best := [name for name, keep in zip(trap.best, kept, strict=True) if keep])
    ]
