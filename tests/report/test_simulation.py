"""Simulations as text: exact, measured, and how far apart."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

import standoff
from standoff.play import Simulation
from standoff.report import text
from standoff.report.simulation import simulation_text


def printed(played: Simulation) -> str:
    console = Console(file=io.StringIO(), width=text.WIDTH, highlight=False)
    text.put(console, simulation_text(played, "parameters at their nominal values"))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def tutorial() -> standoff.Game:
    return standoff.compile(standoff.load("two-move-deterrence"))


def test_every_quantity_has_its_table(tutorial: standoff.Game) -> None:
    """In 80 columns: exact and mean to the second figure of the error, quantiles, differences."""
    played = standoff.simulate(tutorial, None, ("free-choice", "always fight"), seed=2)
    said = printed(played)
    assert max(map(len, said.splitlines())) <= text.WIDTH
    titles = [line for line in said.splitlines() if re.match("payoff to|challenge|war", line)]
    assert titles == [
        "payoff to challenger",
        "payoff to defender",
        "challenge (share of courses; lower is better)",
        "war (share of courses; lower is better)",
    ]
    first = said.split("payoff to challenger")[1].splitlines()[2]
    name, exact, mean, sign, error = re.split(r"\s{2,}| ", first)[:5]
    assert (name, sign) == ("free-choice", "±")
    assert float(exact) == round(played.expected[0, 0, 0], 4)
    assert float(mean) == round(played.mean[0, 0, 0], 4)
    assert float(error) == round(played.error[0, 0, 0], 4)
    assert said.count("\n  less free-choice ") == 4


def test_what_has_no_error_shows_none(tutorial: standoff.Game) -> None:
    """One replication has no error to show; what never varies has none."""
    assert "± –" in printed(standoff.simulate(tutorial, replications=1))
    certain = standoff.simulate(tutorial, {"precision": 1e6}, replications=50)
    assert "± 0" in printed(certain)
    assert "nan" not in printed(certain)
