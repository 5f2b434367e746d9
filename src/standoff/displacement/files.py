"""Reading an instance: Flee's files as they are, and every mistake in them at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import (
    AS_GIVEN,
    CLOSURES,
    KINDS,
    Closure,
    Corridor,
    Instance,
    Location,
    Measures,
    Route,
)
from standoff.displacement.records import read_records
from standoff.displacement.rules import Rules
from standoff.displacement.settings import read_rules
from standoff.displacement.table import (
    Cell,
    InstanceError,
    Row,
    about_file,
    blame,
    cell_at,
    day_of,
    number,
    one_of,
    read_table,
    whole,
)
from standoff.scenario import Mistake, nearest

MEASURES = (*CLOSURES, "corridor", "capacity", "reopen")
"""What a row of `doctrines.csv` can do."""


def read_instance(folder: Path | str, settings: Path | str | None = None) -> Instance:
    """Reads the folder of an instance.

    It has `input_csv/` with `locations.csv`, `routes.csv` and `sim_period.csv`, and, where wanted,
    `closures.csv`, `conflicts.csv`, `registration_corrections.csv` and `doctrines.csv`;
    `source_data/` with `data_layout.csv`; and `simsetting.yml`, instead of which `settings` may be
    given. Raises InstanceError, which lists every mistake with file, row and column, and OSError.
    """
    folder = Path(folder)
    source = folder / "input_csv" if (folder / "input_csv").is_dir() else folder
    faults: list[Mistake] = []
    remarks: list[Mistake] = []
    if not folder.is_dir():
        raise InstanceError((about_file(folder, "there is no such folder"),))
    for name in ("locations.csv", "routes.csv", "sim_period.csv"):
        if not (source / name).exists():
            faults.append(about_file(source / name, "there is no such file"))
    if faults:
        raise InstanceError(tuple(faults))
    given = Path(settings) if settings is not None else folder / "simsetting.yml"
    rules = Rules()
    if given.exists():
        rules = read_rules(given, faults, remarks)
    elif settings is not None:
        faults.append(about_file(given, "there is no such file"))
    locations = _read_locations(source / "locations.csv", faults)
    places = {location.name: i for i, location in enumerate(locations)}
    routes = _read_routes(source / "routes.csv", places, faults)
    start, days = _read_period(source / "sim_period.csv", faults)
    closures = _read_closures(source / "closures.csv", locations, routes, faults, remarks)
    intensity = _read_conflicts(source / "conflicts.csv", places, days, faults, remarks)
    doctrines = _read_doctrines(source / "doctrines.csv", locations, closures, faults)
    camps = {location.name: i for i, location in enumerate(locations) if location.is_camp}
    records = None
    if not faults:
        records = read_records(
            folder / "source_data", source / "registration_corrections.csv", camps, start, days,
            faults, remarks, rules.empty_camps_on_day0,
        )  # fmt: skip
        if records is None and not faults and rules.spawn_mode == "recorded":
            layout = folder / "source_data" / "data_layout.csv"
            hint = "or give conflict_driven_spawning in simsetting.yml"
            faults.append(about_file(layout, "nobody says how many were displaced", hint))
    if faults:
        raise InstanceError(tuple(faults))
    return Instance(
        folder.resolve().name, start, days, locations, routes, closures, intensity, rules, records,
        doctrines, tuple(remarks),
    )  # fmt: skip


def _read_locations(path: Path, faults: list[Mistake]) -> tuple[Location, ...]:
    table = read_table(path)
    attribute = {cell.text: i for i, cell in enumerate(table.header) if i >= 8}
    seen: dict[str, Cell] = {}
    found: list[Location] = []
    for row in table.rows:
        name = row[0]
        if not name.text:
            faults.append(blame(name, "a location has no name"))
        if name.text in seen:
            line = seen[name.text].place.line
            faults.append(blame(name, f"'{name.text}' is also the location of line {line}"))
        seen[name.text] = name
        kind = _kind(cell_at(row, 5), faults)
        people = whole(cell_at(row, 7), "population or capacity", faults, empty=0)
        camp = kind in ("camp", "idpcamp")
        intensity = 1.0
        if "conflict_intensity" in attribute:
            cell = cell_at(row, attribute["conflict_intensity"])
            intensity = number(cell, "conflict_intensity", faults, empty=1.0, low=0)
        daily = None
        if "capacity_per_day" in attribute:
            cell = cell_at(row, attribute["capacity_per_day"])
            daily = number(cell, "capacity_per_day", faults, low=0) if cell.text else None
        country = cell_at(row, 2).text or "unknown"
        found.append(
            Location(
                name.text,
                cell_at(row, 1).text,
                country,
                number(cell_at(row, 3), "latitude", faults, empty=0.0, low=-180, high=180),
                number(cell_at(row, 4), "longitude", faults, empty=0.0, low=-180, high=180),
                kind,
                whole(cell_at(row, 6), "conflict_date", faults, empty=0),
                0 if camp else max(0, people),
                max(0, people) if camp else 0,
                bool(found) and country != found[0].country,
                intensity,
                daily,
            )
        )
    if not found:
        faults.append(about_file(path, "there is no location"))
    return tuple(found)


def _kind(cell: Cell, faults: list[Mistake]) -> str:
    text = cell.text.lower()
    if "camp" in text:
        return "idpcamp" if "idp" in text else "camp"
    for sign, kind in (
        ("conflict", "conflict_zone"),
        ("forward", "forwarding_hub"),
        ("marker", "marker"),
        ("default", "town"),
        ("town", "town"),
    ):
        if sign in text:
            return kind
    hint = f"a location is one of {', '.join(KINDS)}"
    faults.append(
        blame(cell, f"unknown kind of location '{cell.text}'", hint, nearest(text, KINDS))
    )
    return "town"


def _read_routes(path: Path, places: dict[str, int], faults: list[Mistake]) -> tuple[Route, ...]:
    table = read_table(path)
    attribute = {cell.text: i for i, cell in enumerate(table.header) if i >= 4}
    found = []
    for row in table.rows:
        start = one_of(row[0], "location", places, faults)
        end = one_of(cell_at(row, 1), "location", places, faults)
        if row[0].text == cell_at(row, 1).text:
            faults.append(blame(row[0], f"a road leads from '{row[0].text}' to itself"))
        km = number(cell_at(row, 2), "distance", faults)
        if km <= 0 and cell_at(row, 2).text:
            faults.append(blame(cell_at(row, 2), "distance must be more than 0 km"))
        forced = whole(cell_at(row, 3), "forced_redirection", faults, empty=0)
        if forced not in (0, 1, 2):
            faults.append(blame(row[3], f"forced_redirection is {row[3].text}; expected 0, 1 or 2"))
            forced = 0
        speed = None
        if "max_move_speed" in attribute:
            cell = cell_at(row, attribute["max_move_speed"])
            speed = number(cell, "max_move_speed", faults, low=1) if cell.text else None
        if "walk_probability" in attribute:
            cell = cell_at(row, attribute["walk_probability"])
            if cell.text and number(cell, "walk_probability", faults, low=0, high=1) > 0:
                hint = "give the road a max_move_speed"
                faults.append(blame(cell, "walk_probability is not supported", hint))
        # The file counts from the far end: 1 leads from the second location to the first.
        found.append(Route(start, end, max(km, 1e-3), (0, 2, 1)[forced], speed))
    return tuple(found)


def _read_period(path: Path, faults: list[Mistake]) -> tuple[date, int]:
    start, days = None, None
    for row in read_table(path, titled=False).rows:
        key = row[0].text.lower()
        if key == "startdate":
            start = day_of(cell_at(row, 1), faults)
        elif key == "length":
            days = whole(cell_at(row, 1), "Length", faults, low=1)
        else:
            faults.append(blame(row[0], f"unknown '{row[0].text}'", "expected StartDate or Length"))
    if start is None or days is None:
        faults.append(about_file(path, "expected rows 'StartDate,2022-02-24' and 'Length,60'"))
    return start or date(1970, 1, 1), days or 1


def _read_closures(
    path: Path, locations: tuple[Location, ...], routes: tuple[Route, ...],
    faults: list[Mistake], remarks: list[Mistake],
) -> tuple[Closure, ...]:  # fmt: skip
    if not path.exists():
        return ()
    found = []
    for row in read_table(path).rows:
        closure = _closure(row, locations, faults)
        if closure is None:
            continue
        found.append(closure)
        roads = {
            frozenset((locations[route.start].name, locations[route.end].name)) for route in routes
        }
        pair = closure.kind in ("link", "remove_forced_redirection")
        if pair and frozenset((closure.first, closure.second)) not in roads:
            message = f"there is no road between '{closure.first}' and '{closure.second}'"
            remarks.append(blame(row[1], message, "this closure does nothing"))
    return tuple(found)


def _closure(row: Row, locations: tuple[Location, ...], faults: list[Mistake]) -> Closure | None:
    kinds = {kind: i for i, kind in enumerate(CLOSURES)}
    before = len(faults)
    one_of(row[0], "kind of closure", kinds, faults)
    if len(faults) > before:
        return None
    countries = {location.country: 0 for location in locations}
    names = {location.name: i for i, location in enumerate(locations)}
    kind, first, second = row[0].text, cell_at(row, 1), cell_at(row, 2)
    if kind == "country":
        one_of(first, "country", countries, faults)
        one_of(second, "country", countries, faults)
    else:
        one_of(first, "location", names, faults)
        if kind in ("link", "remove_forced_redirection"):
            one_of(second, "location", names, faults)
    start = whole(cell_at(row, 3), "closure_start", faults)
    end = whole(cell_at(row, 4), "closure_end", faults, empty=-1)
    return Closure(kind, first.text, second.text, start, end)


def _read_conflicts(
    path: Path, places: dict[str, int], days: int, faults: list[Mistake], remarks: list[Mistake]
) -> NDArray[np.float64] | None:
    if not path.exists():
        return None
    table = read_table(path)
    intensity = np.zeros((days, len(places)))
    columns: dict[int, int] = {}
    for column, cell in enumerate(table.header):
        if column == 0 or not cell.text:
            continue
        if cell.text in places:
            columns[column] = places[cell.text]
        else:
            near = nearest(cell.text, places)
            remarks.append(blame(cell, f"there is no location '{cell.text}'", "left out", near))
    if len(table.rows) < days:
        message = f"has {len(table.rows)} days of {days}"
        faults.append(about_file(path, message, "give one row for each day"))
    for day, row in enumerate(table.rows[:days]):
        for column, place in columns.items():
            text = cell_at(row, column).text
            if text == "0":
                continue
            intensity[day, place] = number(cell_at(row, column), "intensity", faults, low=0)
    return intensity


def _read_doctrines(
    path: Path, locations: tuple[Location, ...], closures: tuple[Closure, ...],
    faults: list[Mistake],
) -> tuple[Measures, ...]:  # fmt: skip
    """`doctrine,measure,name1,name2,value,start,end`: one measure a row."""
    if not path.exists():
        return (Measures(AS_GIVEN),)
    names = {location.name: i for i, location in enumerate(locations)}
    kinds = {kind: i for i, kind in enumerate(MEASURES)}
    found: dict[str, Measures] = {AS_GIVEN: Measures(AS_GIVEN)}
    for row in read_table(path).rows:
        name = row[0].text
        old = found.get(name, Measures(name))
        found[name] = old
        before = len(faults)
        one_of(cell_at(row, 1), "measure", kinds, faults)
        if len(faults) > before:
            continue
        kind, first, second = row[1].text, cell_at(row, 2), cell_at(row, 3)
        start = whole(cell_at(row, 5), "start", faults, empty=0)
        end = whole(cell_at(row, 6), "end", faults, empty=-1)
        value: Callable[[], float] = lambda row=row: number(  # type: ignore[misc]  # noqa: E731
            cell_at(row, 4), "value", faults, low=0
        )
        more = old
        if kind == "corridor":
            one_of(first, "location", names, faults)
            one_of(second, "location", names, faults)
            corridor = Corridor(first.text, second.text, value(), start, end)
            more = Measures(
                name, old.closures, (*old.corridors, corridor), old.capacity, old.reopens
            )
        elif kind == "capacity":
            camp = one_of(first, "location", names, faults)
            if first.text in names and not locations[camp].is_camp:
                faults.append(blame(first, f"'{first.text}' is no camp"))
            capacity = (*old.capacity, (first.text, int(value())))
            more = Measures(name, old.closures, old.corridors, capacity, old.reopens)
        elif kind == "reopen":
            hits = tuple(
                i
                for i, closure in enumerate(closures)
                if closure.first == first.text and closure.second in (second.text, "")
            )
            if not hits:
                faults.append(blame(first, "closures.csv has no such closure"))
            more = Measures(name, old.closures, old.corridors, old.capacity, old.reopens + hits)
        else:
            closure = _closure((*row[1:4], cell_at(row, 5), cell_at(row, 6)), locations, faults)
            if closure is not None:
                more = Measures(
                    name, (*old.closures, closure), old.corridors, old.capacity, old.reopens
                )
        found[name] = more
    return tuple(found.values())
