"""`standoff run --equilibrium-only`, and what the other commands make of such a study."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.said import Said
from standoff.scenario import starter

UNSOLVED = "The limit of perfect rationality was not solved."

STRUCTURES = """
structures:
  clock:
    says: how long it lasts
    options:
      half a year: {}
      a year: {time: {periods: 12}}
"""


def test_a_run_without_the_limit_says_so_wherever_it_would_stand(
    crisis: Path, tmp_path: Path
) -> None:
    """In the text before and after, as null in JSON, and in verdicts.json and report.html."""
    run = ("run", crisis, "--futures", "16", "--out", tmp_path / "s", "--equilibrium-only")
    said = Said(*run)
    assert said.status == 0
    assert "equilibria only" in said.words
    assert said.words.count(UNSOLVED) >= 3
    assert "ith perfect rationality" not in said.words
    assert "noise" not in said.words
    found = Said(*run, "--json").json
    assert found["manifest"]["equilibrium_only"] is True
    assert {one["limit_share"] for one in found["verdicts"]} == {None}
    assert {(one["limit"], one["noise"]) for one in found["doctrines"]} == {(None, None)}
    kept = json.loads((tmp_path / "s" / "verdicts.json").read_text(encoding="utf-8"))
    assert kept["verdicts"] == found["verdicts"]
    page = (tmp_path / "s" / "report.html").read_text(encoding="utf-8")
    assert UNSOLVED in page.partition("<noscript>")[2].partition("</noscript>")[0]


def test_another_setting_is_another_study(crisis: Path, tmp_path: Path) -> None:
    """The same folder is refused with a sentence, and so are shards of the two."""
    run = ("run", crisis, "--futures", "32", "--no-report")
    bare, full = tmp_path / "bare", tmp_path / "full"
    assert Said(*run, "--out", bare, "--shard", "1/2", "--equilibrium-only").status == 0
    assert Said(*run, "--out", full, "--shard", "2/2").status == 0
    for said in (
        Said(*run, "--out", bare),
        Said(*run, "--out", full, "--equilibrium-only"),
        Said("merge", tmp_path / "out", bare, full),
    ):
        assert (said.status, said.out) == (2, "")
        assert "--equilibrium-only" in said.error
        assert "with the limit" in said.error
    rest = tmp_path / "rest"
    assert Said(*run, "--out", rest, "--shard", "2/2", "--equilibrium-only").status == 0
    merged = Said("merge", tmp_path / "out", bare, rest, "--json").json
    assert merged["manifest"]["equilibrium_only"] is True
    assert {one["limit_share"] for one in merged["verdicts"]} == {None}


def test_what_needs_the_limit_names_the_flag_and_the_rest_is_found(
    tmp_path: Path,
) -> None:
    """Of all parts of `explore` one is about the limit; with other structures it has something to
    say again."""
    crisis, study = tmp_path / "crisis.yaml", tmp_path / "s"
    crisis.write_text(starter() + STRUCTURES, encoding="utf-8")
    Said("run", crisis, "--futures", "16", "--out", study, "--equilibrium-only", "--no-report")
    said = Said("explore", study, "--part", "structure", "--part", "robustness")
    assert said.status == 0
    assert "The study was run with --equilibrium-only" in said.words
    assert "Which doctrine is robust" in said.out
    found = Said("explore", study, "--part", "structure", "--variants", "--json").json
    assert {tuple(one["switches"]) for one in found["structure"].values()} == {("clock",)}
    assert Said("report", study).status == 0
    page = (study / "report.html").read_text(encoding="utf-8")
    assert "NaN" not in page.partition('id="document">')[2].partition("</script>")[0]


@pytest.mark.parametrize(
    ("name", "open_question"),
    [
        ("chain-store", "so whether the verdict depends on which is taken is open"),
        ("reciprocal-fear", "Other equilibria of simultaneous choices were not sought"),
    ],
)
def test_other_equilibria_are_left_open(name: str, open_question: str, tmp_path: Path) -> None:
    """Where types are hidden, and where some choose at once: nobody looked, and it says so."""
    run = ("run", name, "--futures", "16", "--beliefs", "11", "--equilibrium-only", "--no-report")
    said = Said(*run, "--out", tmp_path / "s")
    assert said.status == 0
    assert open_question in said.words
    assert "does not depend on which" not in said.words
    found = Said(*run, "--out", tmp_path / "s", "--json").json["verdicts"]
    assert {(one["roots"]["share"], one["roots"]["changed"]) for one in found} == {(None, None)}
