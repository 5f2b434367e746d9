"""Filtering the record of armed conflicts through a game, where the record is at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from standoff.explore import sample
from standoff.scenario import load
from standoff.watch import afresh, filter_labels

ROOT = Path(__file__).parents[2]
RECORD = ROOT.parent / "shared" / "evidence" / "ucdp" / "UcdpPrioConflict_v24_1.csv"
LADDER = ROOT / "benchmarks" / "ladder.yaml"
TOLD = np.array([[1, 1, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]], np.float64)
"""[level, rung]: below 25 battle deaths a year, 25 to 999, 1,000 and more."""


def later_years() -> list[NDArray[np.int64]]:
    """Yearly levels from 1990 on of conflicts between states that began before."""
    found: dict[str, dict[int, int]] = {}
    with RECORD.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["type_of_conflict"] == "2":
                found.setdefault(row["conflict_id"], {})[int(row["year"])] = int(
                    row["intensity_level"]
                )
    return [
        np.array([one.get(year, 0) for year in range(1989, 2024)])
        for one in found.values()
        if min(one) < 1990
    ]


@pytest.mark.skipif(not RECORD.is_file(), reason="the record of conflicts is not at hand")
def test_a_conflicts_own_past_tells_which_futures_it_is_in() -> None:
    """Weighing futures by each conflict's own years predicts its next year better than not to.

    From futures as sampled, nothing learnt from other conflicts (UCDP/PRIO 24.1: Gleditsch et al.
    2002; Davies et al. 2024).
    """
    chain = afresh(load(LADDER), "rung", sample(load(LADDER), 256))
    remembering, forgetting = [], []
    with np.errstate(divide="ignore"):
        logs = np.log(TOLD)
    for levels in later_years():
        start = TOLD[levels[0]] / TOLD[levels[0]].sum()
        found = filter_labels(chain, start, logs[levels[1:]])
        years = np.arange(len(levels) - 1), levels[1:]
        remembering += list(-np.log((found.predictive @ TOLD.T)[years]))
        forgetting += list(-np.log((found.row_predictive.mean(axis=1) @ TOLD.T)[years]))
    assert len(remembering) > 1000
    assert np.mean(remembering) < 0.9 * np.mean(forgetting)
