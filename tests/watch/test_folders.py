"""A folder stands for the files of events in it, and no file of it is left out unsaid."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from cli.said import Said
from standoff.scenario import ScenarioError
from standoff.watch import Picture, document, watch
from watch import made

RUSSIA, UKRAINE = "Government of Russia (Soviet Union)", "Government of Ukraine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three streams, of which one has terms; notes, a sheet with a gap, and a folder within."""
    home = tmp_path / "data"
    (home / "older").mkdir(parents=True)
    made.ucdp(home / "b.csv", [(1, "2022-02-24", "1", RUSSIA, UKRAINE, "1", "30")])
    made.eurepoc(home / "a.csv", [(1, "2022-02-23", "['Russia']", "['Ukraine']", "3")])
    made.gdelt(home / "c.CSV", [made.gdelt_row(1, "20220224", "RUS", "UKR", "190")])
    made.table(home / "d.csv", made.ACLED_HEADER, [])
    (home / "notes.txt").write_text("What we have: little.\n")
    (home / "picture.json").write_text("{}\n")
    (home / ".hidden").write_text("")
    return home


def _without_files(picture: Picture) -> dict[str, object]:
    return document(replace(picture, passed=()))


def test_what_holds_events_is_read_and_the_rest_is_told(folder: Path) -> None:
    """The same picture as of the files by name; every other file has its reason, in order."""
    found = watch([folder], "force", pairs=[("RUS", "UKR")])
    named = [folder / name for name in ("c.CSV", "a.csv", "b.csv")]
    assert _without_files(found) == _without_files(watch(named, "force", pairs=[("RUS", "UKR")]))
    assert [stream.name for stream in found.streams] == ["gdelt", "ucdp", "eurepoc"]
    assert [(one.file, one.reason.partition(":")[0]) for one in found.passed] == [
        (folder / ".hidden", "the file is empty"),
        (folder / "d.csv", "ACLED events are read only by who has accepted their terms"),
        (folder / "notes.txt", "no known format"),
        (folder / "older", "a folder within a folder"),
        (folder / "picture.json", "this is JSON, of which no format is known"),
    ]
    assert watch(named, "force").passed == ()


def test_a_mapping_takes_the_streams_that_it_knows(folder: Path) -> None:
    """In a folder; a file that is named is refused, also beside its folder."""
    found = watch([folder], "cyber")
    assert [stream.name for stream in found.streams] == ["eurepoc"]
    reasons = {one.file.name: one.reason for one in found.passed}
    assert reasons["b.csv"] == "mapping 'cyber' has nothing on codebook UCDP GED"
    with pytest.raises(ScenarioError, match="nothing on codebook CAMEO; it has EuRepoC, DCID"):
        watch([folder, folder / "c.CSV"], "cyber")


def test_the_mapping_follows_what_is_read(folder: Path) -> None:
    """Without one named: of the streams of the folder, those aside whose terms stand in the way."""
    for name in ("b.csv", "c.CSV"):
        (folder / name).unlink()
    assert watch([folder]).mapping.name == "cyber"
    assert watch([folder], accept_terms=True).mapping.name == "force"


def test_a_file_of_a_folder_that_is_named_too_counts_once(folder: Path) -> None:
    """By its name and by its folder it is one file."""
    once, twice = (watch(events, "force") for events in ([folder], [folder, folder / "a.csv"]))
    assert document(once) == document(twice)


def test_a_folder_without_events_is_refused(folder: Path) -> None:
    """With what was found there, though another folder has events."""
    none = folder / "older"
    (none / "readme.md").write_text("nothing\n")
    said = "older: no file of this folder is read; readme.md: no known format"
    with pytest.raises(ScenarioError, match=said):
        watch([folder, none], "force")


def test_names_that_are_no_text_are_told_and_written(tmp_path: Path) -> None:
    """A name that is no UTF-8, and one that would steer a terminal."""
    home = tmp_path / "data"
    home.mkdir()
    odd = home / os.fsdecode(b"\xfd.csv")
    try:
        made.eurepoc(odd, [(1, "2022-02-23", "['Russia']", "['Ukraine']", "3")])
    except OSError:
        pytest.skip("this file system takes no such name")
    (home / "red\x1b[31m\n.txt").write_text("nothing")
    said = Said("watch", home, "--out", tmp_path / "out")
    assert said.status == 0
    assert f"not read: {home}/red\ufffd[31m\ufffd.txt: no known format" in said.out
    written = json.loads((tmp_path / "out" / "picture.json").read_text(encoding="utf-8"))
    assert written["streams"][0]["files"][0]["name"] == "\ufffd.csv"


def test_the_command_names_what_it_did_not_read(folder: Path) -> None:
    """In words after the picture, and for machines."""
    said = Said("watch", folder, "--mapping", "cyber")
    assert said.status == 0
    assert f"not read: {folder / 'notes.txt'}: no known format" in said.words
    listed = Said("watch", folder, "--mapping", "cyber", "--json").json["not_read"]
    assert listed[0] == {"file": str(folder / ".hidden"), "reason": "the file is empty"}
    assert "not_read" not in Said("watch", folder / "a.csv", "--json").json
