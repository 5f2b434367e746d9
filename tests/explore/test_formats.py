"""Results as CSV, Parquet and netCDF: whole, with units and origin, and the same when read back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pyarrow.parquet as pq
import pytest
import xarray as xr

from explore.conftest import FUTURES
from standoff.explore import (
    Settings,
    Study,
    StudyError,
    format_of,
    open_study,
    prepare,
    solve_blocks,
    write_out,
)
from standoff.game import compile_game
from standoff.scenario import load, loads, starter


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three futures, of which the second is impossible."""
    game = compile_game(loads(starter()))
    drawn = {"incident": np.array([0.05, 0.9, 0.1])}
    study = prepare(game, Settings(), tmp_path_factory.mktemp("f") / "s", futures=drawn)
    solve_blocks(study, game)
    return study


def read(path: Path) -> Any:
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_long_table_has_a_row_a_future_and_doctrine(
    ending: str, study: Study, tmp_path: Path
) -> None:
    """In order, with the parameters of the future in the row, and every number to the last bit."""
    table = read(write_out(study, tmp_path / f"t.{ending}"))
    assert len(table) == FUTURES * 3
    assert table["future"].tolist() == np.repeat(np.arange(FUTURES), 3).tolist()
    assert table["doctrine"].tolist() == list(study.doctrines) * FUTURES
    for name, values in study.futures.items():
        np.testing.assert_array_equal(table[name], np.repeat(values, 3))
    war = table.pivot(index="future", columns="doctrine", values="outcome.war")
    for doctrine in study.doctrines:
        ours = study.results["expected"].sel(outcome="war", doctrine=doctrine)
        np.testing.assert_array_equal(war[doctrine], ours)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_long_course_has_a_row_a_period_too(ending: str, study: Study, tmp_path: Path) -> None:
    table = read(write_out(study, tmp_path / f"t.{ending}", "course"))
    assert len(table) == FUTURES * 3 * 7
    course = study.course()
    for name in course.data_vars:
        np.testing.assert_array_equal(table[name], course[name].to_numpy().ravel())


@pytest.mark.parametrize("table", ["outcomes", "course"])
def test_netcdf_is_the_dataset(table: Any, study: Study, tmp_path: Path) -> None:
    """Every array, label and parameter, with units, as any reader of netCDF-3 finds them."""
    path = write_out(study, tmp_path / "t.nc", table)
    ours = study.results if table == "outcomes" else study.course()
    with xr.open_dataset(path, engine="scipy") as found:
        for name, array in ours.data_vars.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dims == array.dims
        assert found["doctrine"].to_numpy().astype(str).tolist() == list(study.doctrines)
        for name, values in study.futures.items():
            np.testing.assert_array_equal(found[name], values)
        for key in ("scenario", "hash", "standoff", "seed"):
            assert found.attrs[key] == study.origin[key]
        assert found["incident"].attrs["units"] == "per month"
        assert not found["failed"].any()


def test_units_and_origin_go_with_every_format(study: Study, tmp_path: Path) -> None:
    """In Parquet as metadata of columns and table, for CSV in a file beside it (W3C 2015)."""
    schema = pq.read_schema(write_out(study, tmp_path / "t.parquet"))
    assert schema.metadata[b"standoff.hash"].decode() == study.scenario.hash
    assert schema.metadata[b"standoff.seed"] == b"0"
    units = {field.name: (field.metadata or {}).get(b"unit", b"").decode() for field in schema}
    assert units["incident"] == "per month"
    assert units["outcome.blockaded"] == "months"
    assert units["limit.outcome.war"] == "1"
    assert units["value.defender"] == "points of payoff"
    write_out(study, tmp_path / "t.csv")
    about = json.loads((tmp_path / "t.csv-metadata.json").read_text(encoding="utf-8"))
    assert (about["url"], about["standoff:hash"]) == ("t.csv", study.scenario.hash)
    columns = {column["name"]: column for column in about["tableSchema"]["columns"]}
    assert list(columns) == list(read(tmp_path / "t.csv").columns)
    assert columns["incident"]["unit"] == "per month"
    assert columns["future"]["datatype"] == "integer"


def test_a_failed_future_has_empty_cells(failing: Study, tmp_path: Path) -> None:
    """Its parameters stand, its numbers do not."""
    csv = write_out(failing, tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()
    assert csv[4].startswith('1,"free-choice",')
    assert ",0.9," in csv[4]
    assert csv[4].endswith(",,,")
    assert "nan" not in "".join(csv).lower()
    table = read(write_out(failing, tmp_path / "t.parquet"))
    assert table["value.defender"].isna().tolist() == [False] * 3 + [True] * 3 + [False] * 3
    with xr.open_dataset(write_out(failing, tmp_path / "t.nc"), engine="scipy") as found:
        assert found["failed"].to_numpy().tolist() == [0, 1, 0]
        assert np.isnan(found["value"][1]).all()


def test_where_several_choose_at_once_there_are_more_columns(tmp_path: Path) -> None:
    """Failed futures have no counts either, though counts are integers."""
    game = compile_game(load("reciprocal-fear"))
    name = next(p.name for p in game.scenario.parameters if p.distribution is not None)
    value = next(p.value for p in game.scenario.parameters if p.name == name)
    study = prepare(game, Settings(), tmp_path / "s", futures={name: np.array([value, value])})
    solve_blocks(study, game)
    with xr.open_dataset(write_out(study, tmp_path / "t.nc"), engine="scipy") as found:
        np.testing.assert_array_equal(found["kappa"], study.results["kappa"])
        np.testing.assert_array_equal(found["value_elsewhere"], study.results["value_elsewhere"])


def test_the_name_tells_the_format_unless_it_is_told(study: Study, tmp_path: Path) -> None:
    assert [format_of(f"x.{end}") for end in ("CSV", "parquet", "nc")] == [
        "csv", "parquet", "netcdf",
    ]  # fmt: skip
    with pytest.raises(ValueError, match=r"'x\.xls' ends with '\.xls'; expected \.csv"):
        format_of("x.xls")
    path = write_out(study, tmp_path / "table", to="csv")
    assert path.read_text(encoding="utf-8").startswith('"future","doctrine",')
    for wrong in ({"table": "outcome"}, {"to": "xls"}):
        with pytest.raises(ValueError, match=r"(did you mean 'outcomes'|'xls'; there are csv)"):
            write_out(study, tmp_path / "t.csv", **wrong)  # type: ignore[arg-type]


def test_half_a_study_is_not_written(study: Study, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(study.path, copy)
    (copy / "outcomes" / "00001.parquet").unlink()
    for ending in ("csv", "parquet", "nc"):
        with pytest.raises(StudyError, match="1 of 3 blocks are missing"):
            write_out(open_study(copy), tmp_path / f"t.{ending}")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_the_same_study_gives_the_same_bytes(study: Study, tmp_path: Path) -> None:
    for ending in ("csv", "parquet", "nc"):
        one, other = (write_out(study, tmp_path / f"{k}.{ending}").read_bytes() for k in "ab")
        assert one == other
