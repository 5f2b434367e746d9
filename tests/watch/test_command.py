"""`standoff watch`, as a user gives it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.said import Said
from watch import made


@pytest.fixture
def january(tmp_path: Path) -> Path:
    """A month of talks, with a broken row and a code that nobody knows."""
    rows = [made.gdelt_row(k, f"202201{k % 28 + 1:02d}", "RUS", "UKR", "042") for k in range(60)]
    rows += [made.gdelt_row(70, "20220105", "RUS", "UKR", "1999"), ["broken"]]
    return made.gdelt(tmp_path / "january.CSV", rows)


@pytest.fixture
def february(tmp_path: Path) -> Path:
    """A month with force in it."""
    rows = [made.gdelt_row(k, "20220224", "RUS", "UKR", "190") for k in range(200, 280)]
    rows += [made.gdelt_row(k, f"202202{k % 28 + 1:02d}", "POL", "RUS", "042") for k in range(60)]
    return made.gdelt(tmp_path / "february.CSV", rows)


def test_a_summary_is_printed_and_files_are_written(january: Path, tmp_path: Path) -> None:
    """What was read, what not and why; where each pair stands; and two files."""
    out = tmp_path / "out"
    said = Said("watch", january, "--pair", "Russia,UKR", "--out", out)
    assert said.status == 0
    assert "62 rows: 60 on a rung, 1 with codes that are not mapped" in said.words
    assert "not mapped: 1999 1" in said.words
    assert "kept aside: the wrong number of columns 1" in said.words
    assert "RUS and UKR now: none" in said.words
    assert "terms: GDELT" in said.words
    assert "no forecast" in said.words
    assert max(map(len, said.out.splitlines()[:-1])) <= 100
    assert json.loads((out / "picture.json").read_text(encoding="utf-8"))["picture"] == 1
    assert "the wrong number of columns,1 instead of 61" in (out / "aside.csv").read_text(
        encoding="utf-8"
    )


def test_json_is_the_picture(january: Path) -> None:
    """For machines: the same as the file."""
    said = Said("watch", january, "--pair", "RUS,UKR", "--json", "--period", "week")
    assert said.json["periods"]["length"] == "week"
    assert said.json["pairs"][0]["actors"] == ["RUS", "UKR"]
    assert said.json["streams"][0]["rows"]["unmapped"] == 1


def test_the_same_files_give_the_same_bytes(january: Path, february: Path, tmp_path: Path) -> None:
    """In any order, in any process."""
    for name, files in (("one", (january, february)), ("two", (february, january))):
        Said("watch", *files, "--pair", "RUS,UKR", "--out", tmp_path / name)
    for name in ("picture.json", "aside.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_since_an_earlier_picture(january: Path, february: Path, tmp_path: Path) -> None:
    """What changed since last time, in words and for machines."""
    before = tmp_path / "before"
    Said("watch", january, "--pair", "RUS,UKR", "--out", before)
    more = ("watch", january, february, "--pair", "RUS,UKR", "--since", before)
    assert "Since then: 1 new period, from 2022-02-01 RUS and UKR: from none to force" in (
        Said(*more).words
    )
    assert Said(*more, "--json").json["since"]["moved"][0]["now"] == {"from": "none", "to": "force"}
    same = Said("watch", january, "--pair", "RUS,UKR", "--since", before)
    assert "Since then nothing has changed." in same.words
    assert "goes on until" not in same.words


def test_an_earlier_picture_that_goes_on_longer(
    january: Path, february: Path, tmp_path: Path
) -> None:
    """What was seen last then is compared with what is seen last now, and that is said."""
    Said("watch", january, february, "--pair", "RUS,UKR", "--out", tmp_path)
    said = Said("watch", january, "--pair", "RUS,UKR", "--since", tmp_path)
    ends = "the earlier picture goes on until 2022-03-01, and this one ends on 2022-02-01"
    assert ends in said.words


def test_a_scenarios_ladder_with_its_treaty(february: Path) -> None:
    """The scenario's rungs and clock; and what Article 5 would turn on."""
    said = Said("watch", february, "--mapping", "escalation-trap-border")
    assert "calm < grey zone < armed attack < direct war" in said.words
    assert "fortnight by fortnight" in said.words
    assert "challenger and alliance now: calm" in said.words
    assert "article-5, of an incident at 'grey zone': unclear; open:" in said.words


def test_mappings_and_formats_are_listed() -> None:
    """What can be read, and onto what."""
    said = Said("watch", "--list")
    assert "force: From nothing to war" in said.words
    assert "gdelt: GDELT 2 events (CAMEO 1.1b3)" in said.words
    assert "yearly or candidate (UCDP GED as released)" in said.words
    listed = Said("watch", "--list", "--json").json
    assert {one["name"] for one in listed["mappings"]} >= {"force", "cyber"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--pair", "RUS"], "--pair is 'RUS'; expected two actors"),
        (["--from", "yesterday"], "--from is 'yesterday'; expected a day"),
        (["--period", "moth"], "unknown period 'moth'; did you mean 'month'?"),
        (["--mapping", "forse"], "there is no such mapping; did you mean 'force'?"),
        (["--scenario", "escalation-trap"], "has 2 packaged mappings; choose one with --mapping"),
        (["--scenario", "chain-store"], "no packaged mapping for scenario 'chain-store'"),
        (["--mapping", "force", "--scenario", "chain-store"], "belongs to no scenario"),
        (["--format", "gdlt"], "unknown format 'gdlt'; did you mean 'gdelt'?"),
        (["--since", "nowhere.json"], "nowhere.json: there is no such file"),
        (["--from", "2022-03-01", "--to", "2022-02-01"], "2022-02-01 is before the first day"),
    ],
)
def test_mistakes_end_with_status_2(january: Path, options: list[str], message: str) -> None:
    """Each with what was found and the nearest valid name."""
    said = Said("watch", january, *options)
    assert said.status == 2
    assert message in said.error


def test_no_events_are_no_picture() -> None:
    """A file must be named."""
    said = Said("watch")
    assert said.status == 2
    assert "no file of events is named" in said.error


def test_the_stage_is_light() -> None:
    """Its face loads neither Arrow nor SciPy nor pydantic; they come with what needs them."""
    code = (
        "import sys, standoff.watch; from standoff.watch import FORMATS, Picture; "
        "print([m for m in ('pyarrow', 'scipy', 'pydantic', 'openpyxl') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
