"""Tables of a study as one file for other programs: CSV, Parquet, netCDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from standoff.explore.results import free_name
from standoff.explore.study import Study, StudyError, renamed, write_json
from standoff.scenario import suggestion

if TYPE_CHECKING:
    import pyarrow

Format = Literal["csv", "parquet", "netcdf"]
"""What a table can be written as."""

TableName = Literal["outcomes", "course"]

_ENDINGS: Mapping[str, Format] = {".csv": "csv", ".parquet": "parquet", ".nc": "netcdf"}
_KEYS = ("future", "doctrine", "period")


def format_of(path: str | Path) -> Format:
    """The format that the ending of a file's name stands for.

    Raises:
        ValueError: it stands for none.
    """
    ending = Path(path).suffix.lower()
    if ending not in _ENDINGS:
        raise ValueError(
            f"'{path}' ends with '{ending}'; expected {', '.join(_ENDINGS)}, or name the format"
        )
    return _ENDINGS[ending]


def write_out(
    study: Study, path: str | Path, table: TableName = "outcomes", to: Format | None = None
) -> Path:
    """Writes the outcomes or the course of a study as one file; gives its path.

    CSV and Parquet are long: one row a future and doctrine, and period for the course, with the
    parameters of the future in the same row. netCDF (netCDF-3, which every reader knows) is laid
    out like `Study.results` and `Study.course`. All carry the scenario, its hash, version, seed and
    units: a CSV file in a second one beside it, `NAME.csv-metadata.json` (W3C 2015, Model for
    Tabular Data and Metadata on the Web). Futures that failed have empty cells, or nan.

    Raises:
        StudyError: blocks of the study are missing.
        ValueError: no such table or format.
    """
    path = Path(path)
    if table not in get_args(TableName):
        raise ValueError(f"the table is '{table}'; {suggestion(table, get_args(TableName))}")
    to = to or format_of(path)
    if to not in get_args(Format):
        raise ValueError(f"the format is '{to}'; {suggestion(to, get_args(Format))}")
    if missing := study.missing():
        raise StudyError(f"{study.path}: {len(missing)} of {study.blocks} blocks are missing")
    writers: dict[Format, Callable[[Study, Path, TableName], None]] = {
        "csv": _write_csv,
        "parquet": _write_parquet,
        "netcdf": _write_netcdf,
    }
    writers[to](study, path, table)
    return path


def units(study: Study) -> dict[str, str]:
    """The unit of each column of a study's tables; those of probabilities are "1"."""
    scenario = study.scenario
    found = {"period": scenario.time.period, "going on": "1"}
    for parameter in scenario.parameters:
        found[free_name(parameter.name, _KEYS)] = parameter.unit or ""
    for outcome in scenario.reported:
        unit = {"ever": "1", "first time": f"{scenario.time.period}s"}.get(outcome.kind, "")
        for prefix in ("", "limit.", "elsewhere."):
            found[f"{prefix}outcome.{outcome.name}"] = outcome.unit or unit
        found[f"accrued.{outcome.name}"] = outcome.unit or unit
    for actor in scenario.actors:
        for prefix in ("value.", "limit.value.", "elsewhere.value.", "path."):
            found[prefix + actor.name] = "points of payoff"
        for action in actor.actions:
            found[f"choice.{actor.name}.{action.name}"] = "1"
    for variable in scenario.variables:
        for label in variable.labels:
            found[f"state.{variable.name}.{label}"] = "1"
    return {name: unit for name, unit in found.items() if unit}


def _parts(study: Study, table: TableName) -> Iterator[pyarrow.Table]:
    """The parts in the order of futures, parameters joined; so none is held longer than needed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for block in range(study.blocks):
        part = pq.ParquetFile(study.part(table, block)).read()
        future = part["future"].to_numpy()
        keys = [name for name in _KEYS if name in part.column_names]
        columns: dict[str, Any] = {name: part[name] for name in keys}
        columns["doctrine"] = part["doctrine"].cast(pa.string())
        for name, values in study.futures.items():
            columns[free_name(name, _KEYS)] = pa.array(values[future])
        columns |= {name: part[name] for name in part.column_names if name not in keys}
        yield pa.table(columns)


def _write_parquet(study: Study, path: Path, table: TableName) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    unit = units(study)
    writer = None
    with renamed(path) as temporary:
        try:
            for part in _parts(study, table):
                if writer is None:
                    fields = [
                        field.with_metadata({"unit": unit[field.name]})
                        if field.name in unit
                        else field
                        for field in part.schema
                    ]
                    origin = {f"standoff.{k}": str(value) for k, value in study.origin.items()}
                    schema = pa.schema(fields, metadata=origin)
                    writer = pq.ParquetWriter(temporary, schema, compression="zstd")
                writer.write_table(part.cast(writer.schema))
        finally:
            if writer is not None:
                writer.close()


def _write_csv(study: Study, path: Path, table: TableName) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    unit = units(study)
    columns: list[dict[str, Any]] = []
    with renamed(path) as temporary, temporary.open("wb") as file:
        for part in _parts(study, table):
            for k, field in enumerate(part.schema):
                if pa.types.is_floating(field.type):  # empty cells, as other programs expect
                    known = pc.if_else(pc.is_nan(part[k]), None, part[k])
                    part = part.set_column(k, field.name, known)
            csv.write_csv(part, file, csv.WriteOptions(include_header=not columns))
            if not columns:
                columns = [
                    {
                        "name": field.name,
                        "titles": field.name,
                        "datatype": _csv_type(field.type),
                        **({"unit": unit[field.name]} if field.name in unit else {}),
                    }
                    for field in part.schema
                ]
    about = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": path.name,
        **{f"standoff:{key}": value for key, value in study.origin.items()},
        "tableSchema": {"columns": columns},
    }
    write_json(path.with_name(path.name + "-metadata.json"), about)


def _csv_type(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return "integer"
    return "double" if pa.types.is_floating(kind) else "string"


def _write_netcdf(study: Study, path: Path, table: TableName) -> None:
    unit = units(study)
    found = study.results if table == "outcomes" else study.course()
    found = found.assign_coords(failed=("future", study.failed.astype(np.int8)))
    if table == "course":
        named = {
            free_name(name, (*_KEYS, *map(str, found.variables))): ("future", values)
            for name, values in study.futures.items()
        }
        found = found.assign_coords(named)
    else:
        scenario_units = [unit.get(f"outcome.{o.name}", "") for o in study.scenario.reported]
        found = found.assign_coords(outcome_unit=("outcome", scenario_units))
    # A file lists its coordinates between spaces, so one with a space in its name is a variable.
    found = found.reset_coords([name for name in found.coords if " " in str(name)])
    for name, variable in found.variables.items():
        if str(name) in unit:
            variable.attrs["units"] = unit[str(name)]
        elif str(name).startswith("value"):
            variable.attrs["units"] = "points of payoff"
    with renamed(path) as temporary:
        found.to_netcdf(temporary, engine="scipy", format="NETCDF3_64BIT")
