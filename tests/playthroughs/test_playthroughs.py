"""What a seeded course of each packaged scenario looks like has not changed unnoticed."""

from __future__ import annotations

import pytest

from playthroughs.regenerate import FOLDER, NAMES, playthrough


@pytest.mark.parametrize("name", NAMES)
def test_a_playthrough_is_as_it_was(name: str) -> None:
    """Sizes, states, options, probabilities, values and chances, to four significant digits.

    Where a change is meant, `python tests/playthroughs/regenerate.py` writes them anew.
    """
    assert playthrough(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_every_playthrough_is_of_a_scenario() -> None:
    """None is left over from a scenario that is gone."""
    assert {file.stem for file in FOLDER.glob("*.txt")} == set(NAMES)
