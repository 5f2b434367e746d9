"""Treaties in words: each incident with its answer and its reason, and what amendments change."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from oracles.drafts import read
from oracles.pacts import CRISIS
from standoff.report.promises import promises_text


def test_every_ruling_is_said_with_its_reason() -> None:
    """What is met, what is not and why, who must agree, what is owed, and each amendment."""
    stream = StringIO()
    Console(file=stream, width=10_000).print(promises_text(read(CRISIS)))
    lines = [line.strip() for line in stream.getvalue().splitlines()]
    assert any("as it stood on 2005-06-01" in line and "all 3 must agree" in line for line in lines)
    (invasion,) = (line for line in lines if line.startswith("invasion"))
    assert "(where border == attack): met; every test is met: covered, attack" in invasion
    (raid,) = (line for line in lines if line.startswith("raid"))
    assert "weight 1 - pranks): not met; effects: serious" in raid
    assert "sums is read as no" in raid
    assert "owed: Each gives such aid as it deems necessary." in lines
    assert "under adding-up (small attacks add up): raid: met" in lines
    assert "under majority (two thirds decide): 2 of 3 must agree" in lines
