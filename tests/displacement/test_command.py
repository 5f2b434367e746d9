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
    assert lines[0] == "date,country,place,doctrine,p05,median,p95,recorded"
    assert len(lines) == 1 + 91 * 14  # four parts, five countries, five camps


def test_json_has_the_scores() -> None:
    """The scores of doctrines and of trivial rules stand side by side."""
    status, said = run("ukraine-2022-small", "--doctrine", "as-given", "--json")
    assert status == 0
    assert {"as-given", "uniform", "freeze 30"} <= set(json.loads(said)["rescaled_ard"])


def test_mistakes_are_refused_with_status_two(tmp_path: Path) -> None:
    """Bad input ends with status 2, where Flee ends with 0."""
    assert run(str(tmp_path / "none"))[0] == 2
    assert run("ukraine-2022-small", "--doctrine", "none")[0] == 2


def test_bands_come_from_stated_ranges() -> None:
    """With several rows of settings there are bands, and the text says where settings lie."""
    status, said = run("ukraine-2022-small", "--doctrine", "as-given", "--futures", "16")
    assert status == 0
    assert "median (5 to 95 %)" in said
    assert "distance decay 0 to 1" in said
    status, said = run("ukraine-2022-small", "--futures", "16", "--json")
    last = json.loads(said)["last_day"]
    assert all(one["p05"] <= one["median"] <= one["p95"] for one in last)


def test_a_fit_is_judged_on_the_days_after_it() -> None:
    """Settings fitted to 19 days, with intervals; scores are of the rest, beside trivial rules."""
    status, said = run("ukraine-2022-small", "--doctrine", "as-given", "--fit", "19")
    assert status == 0
    assert "Fitted to the first 19 days" in said
    assert "pull Poland" in said
    assert "freeze 7" in said


def test_options_that_exclude_each_other() -> None:
    """What cannot be done together is refused, and so is nothing to do."""
    assert run()[0] == 2
    assert run("ukraine-2022-small", "--rule", "shortest")[0] == 2
    assert run("ukraine-2022-small", "--as-flee", "--rule", "destination-choice")[0] == 2
    assert run("ukraine-2022-small", "--fit", "19", "--rule", "local-walk")[0] == 2
    assert run("ukraine-2022-small", "--fit", "900")[0] == 2
    assert run("ukraine-2022-small", "--study", "nowhere")[0] == 2
    assert run("--study", "nowhere")[0] == 2
