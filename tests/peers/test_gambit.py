"""Gambit's verdict on us; where pygambit is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers import ask
from peers.cases import GAMBIT, Case, farthest

pytest.importorskip("pygambit")


@pytest.mark.parametrize("case", GAMBIT, ids=lambda case: case.name)
def test_gambit_agrees(case: Case, tmp_path: Path) -> None:
    """On the probability of every action wherever anybody chooses, one by one or at once."""
    assert farthest(case.behaviour, ask.gambit(case, tmp_path)) < 1e-6


def test_gambit_sees_another_rationality_as_another(tmp_path: Path) -> None:
    """Asked about another λ, it does not say the same."""
    answers = ask.gambit(Case("centipede", {"precision": 1.1}), tmp_path)
    assert farthest(Case("centipede", {"precision": 1}).behaviour, answers) > 1e-3
