"""Runs in shards, with failures, on a cluster; and their results as tables."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cli.said import Said
from standoff.scenario import starter


@pytest.fixture
def rash(tmp_path: Path) -> Path:
    """A crisis in which an accident is likelier than certain in some futures."""
    path = tmp_path / "rash.yaml"
    text = starter().replace("p: incident * (1 + convoys)", "p: incident * 4 * (1 + convoys)")
    path.write_text(text, encoding="utf-8")
    return path


def files(path: Path) -> dict[str, bytes]:
    return {str(f.relative_to(path)): f.read_bytes() for f in path.rglob("*") if f.is_file()}


def test_shards_are_merged_to_what_one_run_writes(crisis: Path, tmp_path: Path) -> None:
    """Verdicts and all; what is incomplete is not judged, and says how to go on."""
    run = ("run", crisis, "--futures", "40", "--out")
    whole = Said(*run, tmp_path / "whole")
    first = Said(*run, tmp_path / "1", "--shard", "1/2")
    assert first.status == 0
    assert "1 of 3 blocks are missing (1)" in first.words
    assert "standoff merge OUT FOLDER…" in first.words
    assert "What became" not in first.out
    half = Said("merge", tmp_path / "out", tmp_path / "1")
    assert "1 of 3 blocks are missing (1)" in half.words
    assert Said("merge", tmp_path / "out", tmp_path / "1", "--json").json["missing"] == [1]
    assert Said(*run, tmp_path / "2", "--shard", "2/2", "--json").json["missing"] == [0, 2]
    merged = Said("merge", tmp_path / "out", tmp_path / "1", tmp_path / "2")
    assert merged.status == 0
    told = [said.out.partition("What became")[2].partition("The study")[0]
            for said in (merged, whole)]  # fmt: skip
    assert told[0] == told[1] != ""
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    again = Said(*run, tmp_path / "1", "--seed", "3", "--shard", "1/2")
    assert (again.status, again.out) == (2, "")
    assert "holds another study" in again.error


def test_failed_futures_are_told_and_left_out(rash: Path, tmp_path: Path) -> None:
    """Status 0, how many, the first reasons with place and example; and all of them as JSON."""
    run = ("run", rash, "--futures", "32", "--out", tmp_path / "s")
    said = Said(*run)
    assert said.status == 0
    found = Said(*run, "--json").json["failures"]
    assert 0 < len(found) < 32
    assert f"{len(found)} of 32 futures could not be solved" in said.words
    assert found[0]["reason"] in said.words
    assert "scenario.yaml:" in found[0]["reason"]
    assert "--retry solves them again" in said.words
    assert "of sampled futures" in said.words
    before = files(tmp_path / "s")
    assert Said(*run, "--retry").status == 0
    assert files(tmp_path / "s") == before


def test_wrong_options_say_what_would_do(crisis: Path, tmp_path: Path) -> None:
    cases = {
        ("--shard", "0/3"): "--shard is '0/3'; expected I/N with 1 <= I <= N, say 3/64",
        ("--shard", "4/3"): "--shard is '4/3'",
        ("--shard", "third"): "--shard is 'third'",
        ("--time-limit", "0"): "--time-limit is 0; expected seconds above 0",
        ("--time-limit", "nan"): "--time-limit is nan",
        ("--dask", "tcp://x:1", "--workers", "2"): "with --dask the cluster has them",
    }
    for options, message in cases.items():
        said = Said("run", crisis, "--out", tmp_path / "s", *options)
        assert (said.status, said.out) == (2, ""), options
        assert message in said.error
    assert not (tmp_path / "s").exists()


def test_dask_that_is_missing_is_said(
    crisis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = Said("run", crisis, "--out", tmp_path / "s", "--dask", "tcp://127.0.0.1:1")
    assert (said.status, said.out) == (2, "")
    assert "pip install 'standoff[dask]'" in said.error


def test_a_table_is_written(crisis: Path, tmp_path: Path) -> None:
    """By the file's name or by --to; anything else is refused with status 2."""
    Said("run", crisis, "--futures", "3", "--out", tmp_path / "s")
    said = Said("table", tmp_path / "s", tmp_path / "t.csv")
    assert (said.status, said.out) == (0, f"{tmp_path / 't.csv'} written\n")
    assert len((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3 * 3
    told = Said("table", tmp_path / "s", tmp_path / "t", "--to", "netcdf", "--course", "--json")
    assert told.json["format"] == "netcdf"
    assert (tmp_path / "t").read_bytes().startswith(b"CDF")
    for arguments, message in (
        ((tmp_path / "s", tmp_path / "t.xls"), "expected .csv, .parquet, .nc"),
        ((tmp_path / "s", tmp_path / "t.csv", "--to", "xls"), "expected csv or parquet or netcdf"),
        ((tmp_path / "s", tmp_path / "no" / "t.csv"), "there is no folder"),
        ((tmp_path, tmp_path / "t.csv"), "holds no study"),
    ):
        said = Said("table", *arguments)
        assert (said.status, said.out) == (2, "")
        assert message in said.error


def test_times_and_gaps_are_told_as_people_say_them() -> None:
    from standoff.report.running import ranges, time_text

    seconds = (0.2, 40, 700, 4000, 3 * 3600, 9e5)
    assert [time_text(s) for s in seconds] == [
        "1 second", "40 seconds", "12 minutes", "67 minutes", "3 hours", "10 days",
    ]  # fmt: skip
    assert ranges([0, 1, 2, 5, 7, 8]) == "0–2, 5, 7–8"
    assert ranges(list(np.arange(0, 40, 2))).endswith(", 14, …")
