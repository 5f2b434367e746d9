"""Studies that are served: their futures in the shape in which fresh ones are given."""

from __future__ import annotations

from pathlib import Path

from standoff.app.ask import Ask
from standoff.app.solved import Solved
from standoff.explore import Study, run


def test_a_study_of_equilibria_only_answers_like_any_other(study: Study, tmp_path: Path) -> None:
    """The page's futures are equilibria; what is asked of the limit is not taken from a study."""
    bare = run("two-move-deterrence", tmp_path / "bare", futures=32, equilibrium_only=True)
    for first in (0, 16):
        ask = Ask(first=first, futures=32)
        assert Solved(bare).has(ask)
        assert Solved(bare).block(ask) == Solved(study).block(ask)
    for one in (bare, study):
        assert not Solved(one).has(Ask(concept="limit"))
