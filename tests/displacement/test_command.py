"""`standoff displace`: what it says, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from standoff.cli.app import app


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["displace", *words])
    return result.exit_code, result.output


def test_it_says_what_is_given_and_where_trivial_rules_win(tmp_path: Path) -> None:
    """Totals are said to be given; the table lists every doctrine, the CSV every day and place."""
    out = tmp_path / "who.csv"
    status, said = run("ukraine-2022-small", "--doctrine", "as-given", "--out", str(out))
    assert status == 0
    assert "Totals are given" in said
    assert "The trivial rule" in said
    lines = out.read_text().splitlines()
    assert lines[0] == "doctrine,date,location,country,kind,people,recorded"
    assert len(lines) == 1 + 91 * 27


def test_json_has_the_scores() -> None:
    """The scores of doctrines and of trivial rules stand side by side."""
    status, said = run("ukraine-2022-small", "--doctrine", "as-given", "--json")
    assert status == 0
    assert {"as-given", "uniform", "freeze 30"} <= set(json.loads(said)["rescaled_ard"])


def test_mistakes_are_refused_with_status_two(tmp_path: Path) -> None:
    """Bad input ends with status 2, where Flee ends with 0."""
    assert run(str(tmp_path / "none"))[0] == 2
    assert run("ukraine-2022-small", "--doctrine", "none")[0] == 2
