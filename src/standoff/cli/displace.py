"""`standoff displace`: who flees where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from standoff.cli.app import REFUSED, Json, RefusalError, app, mistakes, print_json

if TYPE_CHECKING:
    import xarray as xr

    from standoff.displacement import Instance, InstanceError


@app.command()
def displace(
    instance: Annotated[
        str,
        typer.Argument(metavar="NAME|FOLDER", help="A packaged instance, or the folder of one."),
    ],
    doctrine: Annotated[
        list[str] | None,
        typer.Option(help="Only this doctrine; may be given several times."),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="Settings to use instead of simsetting.yml.")
    ] = None,
    as_flee: Annotated[
        bool, typer.Option("--as-flee", help="Reproduce Flee, defects included.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write who is where on each day to this CSV file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say who flees where, from files of Flee, beside what was recorded and trivial rules."""
    with mistakes(as_json):
        from standoff.displacement import InstanceError, ard, baselines, open_instance
        from standoff.displacement import displace as flows

        try:
            loaded = open_instance(instance, settings)
        except InstanceError as error:
            _refuse(error, as_json)
            raise typer.Exit(REFUSED) from None
        names = tuple(doctrine or (measures.name for measures in loaded.doctrines))
        for name in names:
            try:
                loaded.doctrine(name)
            except KeyError as error:
                raise RefusalError(str(error.args[0])) from None
        if out is not None and not out.resolve().parent.is_dir():
            raise RefusalError(f"there is no folder {out.parent}")
        found = flows(loaded, doctrines=names, as_flee=as_flee)
        scores: dict[str, float] = {}
        if loaded.records is not None:
            recorded = loaded.recorded()
            people = found["people"].to_numpy()[:, :, list(loaded.camps)]
            scores = dict(zip(names, ard(people, recorded).tolist(), strict=True))
            scores |= {
                name: float(ard(split[None], recorded)[0])
                for name, split in baselines(loaded).items()
            }
        if out is not None:
            _write(found, out)
        last = _last_day(loaded, found)
        if as_json:
            print_json(
                {
                    "instance": loaded.name,
                    "rule": "local walk",
                    "as_flee": as_flee,
                    "totals": _totals(loaded),
                    "rescaled_ard": scores,
                    "last_day": last,
                    "remarks": [remark.render(()) for remark in loaded.remarks],
                }
            )
            return
        typer.echo(_text(loaded, last, scores, names))
        if out is not None:
            typer.echo(f"{out} written")


def _refuse(error: InstanceError, as_json: bool) -> None:
    if as_json:
        listed = [
            {
                "file": mistake.place.file,
                "line": mistake.place.line,
                "column": mistake.place.column,
                "message": mistake.sentence,
            }
            for mistake in error.mistakes
        ]
        print_json({"mistakes": listed})
    else:
        typer.echo(str(error), err=True)


def _totals(instance: Instance) -> str:
    """What the number of displaced rests on."""
    if instance.rules.spawn_mode == "recorded":
        return "given: as many as were recorded; only where they go is computed"
    return f"driven by conflict: {instance.rules.spawn_mode}"


def _last_day(instance: Instance, found: xr.Dataset) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for camp in instance.camps:
        place = instance.locations[camp]
        people = found["people"].isel(day=-1, location=camp).to_numpy()
        row: dict[str, Any] = {"camp": place.name, "country": place.country}
        row |= dict(zip(found["doctrine"].values.tolist(), people.round().tolist(), strict=True))
        if "recorded" in found:
            row["recorded"] = float(found["recorded"].isel(day=-1, location=camp))
        rows.append(row)
    return rows


def _text(
    instance: Instance, last: list[dict[str, Any]], scores: dict[str, float], names: tuple[str, ...]
) -> str:
    columns = [key for key in last[0] if key != "country"] if last else []
    lines = [
        f"{instance.name}: {instance.days} days from {instance.start}, "
        f"{len(instance.locations)} places, {len(instance.routes)} roads",
        f"Totals are {_totals(instance)}.",
        "",
        "On the last day",
    ]
    wide = {key: max(len(key), 12, *(len(_shown(row[key])) for row in last)) for key in columns}
    lines.append("  ".join(f"{key:>{wide[key]}}" for key in columns))
    lines += ["  ".join(f"{_shown(row[key]):>{wide[key]}}" for key in columns) for row in last]
    if scores:
        lines += ["", "Rescaled averaged relative difference from records (0 best, 2 worst)"]
        lines += [f"{name:>20}  {value:.3f}" for name, value in scores.items()]
        best = min(scores, key=lambda name: scores[name])
        if best not in names:
            lines.append(f"The trivial rule '{best}' is nearer to the records than any doctrine.")
    lines += [f"remark: {remark.render(())}" for remark in instance.remarks]
    return "\n".join(lines)


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}"


def _write(found: xr.Dataset, out: Path) -> None:
    """One line a doctrine, day and location."""
    import csv

    people = found["people"].to_numpy()
    recorded = found["recorded"].to_numpy() if "recorded" in found else None
    with out.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["doctrine", "date", "location", "country", "kind", "people", "recorded"])
        dates = [str(moment)[:10] for moment in found["date"].values]
        places = list(
            zip(
                found["location"].values,
                found["country"].values,
                found["kind"].values,
                strict=True,
            )
        )
        for row, name in enumerate(found["doctrine"].values):
            for day, date in enumerate(dates):
                for place, labels in enumerate(places):
                    known = "" if recorded is None else recorded[day, place]
                    known = "" if known == "" or known != known else f"{known:.0f}"
                    table.writerow([name, date, *labels, f"{people[row, day, place]:.1f}", known])
