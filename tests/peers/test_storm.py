"""Storm's verdict on us; where stormpy is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers import ask
from peers.cases import STORM, Case, farthest

pytest.importorskip("stormpy")


@pytest.mark.parametrize("case", STORM, ids=lambda case: case.name)
def test_storm_agrees(case: Case, tmp_path: Path) -> None:
    """On every payoff and outcome of the chain; on best responses in decision processes."""
    answers = ask.storm(case, tmp_path)
    assert answers
    assert farthest(case.quantities, answers) < 1e-8


def test_storm_sees_another_chain_as_another(tmp_path: Path) -> None:
    """Asked about another future, it does not say the same."""
    answers = ask.storm(Case("two-move-deterrence", {"precision": 4}), tmp_path)
    assert farthest(Case("two-move-deterrence", {"precision": 5}).quantities, answers) > 1e-3


def test_umbi_reads_the_file(tmp_path: Path) -> None:
    """The reference library of the format takes it, whole, and finds nothing wrong."""
    umbi = pytest.importorskip("umbi")
    from standoff.export import write_umb

    for case in (Case("two-rounds"), Case("two-rounds", free=("red",))):
        questions = write_umb(case.solution, tmp_path / "x.umb", free=case.free)
        found = umbi.ats.read(str(tmp_path / "x.umb"))
        found.validate()
        assert len(questions) == (12 if case.free else 6)
