"""The picture that a study keeps: of its pair alone, and only the one that it was begun from."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cli.said import Said
from oracles.pacts import CRISIS
from report.painted import MAPPING, painted
from standoff.explore import Beginning, Study, keep_picture, kept_picture, merge, open_study, run
from standoff.watch import Picture, write_picture


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    made = painted(tmp_path / "events")
    write_picture(made, tmp_path / "picture.json")
    return made


def begun(folder: Path, pair: str = "RUS and UKR") -> Study:
    """A study that starts from the picture in a folder."""
    (folder / "border.yaml").write_text(json.dumps(CRISIS), encoding="utf-8")
    digest = hashlib.sha256((folder / "picture.json").read_bytes()).hexdigest()
    start = Beginning(digest, pair, date(2006, 2, 1), {"border": {"raids": 1.0}}, "by hand")
    return run(folder / "border.yaml", folder / "study", futures=4, beginning=start)


@pytest.mark.parametrize("given", ["picture.json", ""])
def test_what_is_kept_is_the_picture(picture: Picture, tmp_path: Path, given: str) -> None:
    """By its file or its folder it is copied into the study, and comes back as it was."""
    study = begun(tmp_path)
    assert kept_picture(study) is None
    keep_picture(study, tmp_path / given)
    found = kept_picture(study)
    assert found is not None
    assert found.pairs[0].events == picture.pairs[0].events
    assert np.array_equal(found.counts, picture.counts)


def test_merging_carries_it_along(picture: Picture, tmp_path: Path) -> None:
    """What comes of shards has the picture of the first."""
    study = begun(tmp_path)
    keep_picture(study, tmp_path)
    found = kept_picture(merge(tmp_path / "whole", [study.path]))
    assert found is not None
    assert np.array_equal(found.counts, picture.counts)


def test_another_picture_is_not_taken_for_it(picture: Picture, tmp_path: Path) -> None:
    """One that was changed since, or has no such pair, is as good as none."""
    study = begun(tmp_path)
    keep_picture(study, tmp_path)
    with (study.path / "picture.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert kept_picture(study) is None
    (tmp_path / "other").mkdir()
    write_picture(picture, tmp_path / "other" / "picture.json")
    other = begun(tmp_path / "other", "FRA and DEU")
    keep_picture(other, tmp_path / "other")
    assert kept_picture(other) is None


def test_the_command_keeps_it(tmp_path: Path) -> None:
    """`standoff run --from` leaves the picture in the study."""
    ladder = "{variable: border, rungs: [calm, raids, attack, war]}"
    words = (("{variable: rung, rungs: [calm, tense, fight]}", ladder), ("tense", "raids"))
    mapping = MAPPING
    for old, new in (*words, ("fight", "attack")):
        mapping = mapping.replace(old, new)
    write_picture(painted(tmp_path / "events", mapping=mapping), tmp_path / "picture.json")
    weekly = CRISIS | {"time": {"period": "week", "periods": 2, "start": "2024-01-01"}}
    (tmp_path / "border.yaml").write_text(json.dumps(weekly), encoding="utf-8")
    given = ("--from", tmp_path / "picture.json", "--futures", "4", "--no-report")
    said = Said("run", tmp_path / "border.yaml", *given, "--out", tmp_path / "study")
    assert said.status == 0
    found = kept_picture(open_study(tmp_path / "study"))
    assert found is not None
    assert found.ladder.variable == "border"
