"""`standoff displace`: who flees where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from standoff.cli.app import REFUSED, Json, RefusalError, app, mistakes, one_of, print_json

if TYPE_CHECKING:
    from standoff.displacement import Bands, Instance, InstanceError

_RULES = ("destination-choice", "local-walk")


@app.command()
def displace(
    instance: Annotated[
        str | None,
        typer.Argument(metavar="NAME|FOLDER", help="A packaged instance, or the folder of one."),
    ] = None,
    doctrine: Annotated[
        list[str] | None,
        typer.Option(help="Only this doctrine; may be given several times."),
    ] = None,
    study: Annotated[
        Path | None,
        typer.Option(help="Instead of an instance: a study whose scenario drives one."),
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="destination-choice (the default) or local-walk.")
    ] = None,
    futures: Annotated[
        int,
        typer.Option(min=1, max=100_000, help="Rows of settings, drawn from ranges; see the text."),
    ] = 1,
    fit: Annotated[
        int | None,
        typer.Option(min=1, metavar="DAYS", help="Fit to so many days, and say what follows them."),
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
    """Say who flees where, beside what was recorded and trivial rules.

    From files of Flee; or, with --study, as the course of a crisis has it in each future.
    """
    with mistakes(as_json):
        if rule is not None:
            one_of("--rule", rule, _RULES)
        if as_flee and rule == _RULES[0]:
            raise RefusalError("--as-flee is a local walk; leave out --rule")
        if out is not None and not out.resolve().parent.is_dir():
            raise RefusalError(f"there is no folder {out.parent}")
        if study is not None:
            given = (instance, rule, fit, settings)
            if any(one is not None for one in given) or as_flee or futures > 1:
                raise RefusalError("a study has its instance, rule and futures; give --study alone")
            _of_study(study, doctrine, out, as_json)
            return
        if instance is None:
            raise RefusalError("name an instance or its folder, or give --study")
        loaded = _open(instance, settings, as_json)
        names = tuple(doctrine or (measures.name for measures in loaded.doctrines))
        for name in names:
            try:
                loaded.doctrine(name)
            except KeyError as error:
                raise RefusalError(str(error.args[0])) from None
        walks = as_flee or rule == _RULES[1]
        if fit is not None:
            if walks or futures > 1:
                raise RefusalError("--fit fits the choice of destinations, and draws by itself")
            _fitted(loaded, names, fit, out, as_json)
            return
        _of_instance(loaded, names, walks, as_flee, futures, out, as_json)


def _open(instance: str, settings: Path | None, as_json: bool) -> Instance:
    from standoff.displacement import InstanceError, open_instance

    try:
        return open_instance(instance, settings)
    except InstanceError as error:
        _refuse(error, as_json)
        raise typer.Exit(REFUSED) from None


def _of_instance(
    loaded: Instance, names: Sequence[str], walks: bool, as_flee: bool, futures: int,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from standoff.displacement import (
        DESTINATION_CHOICE,
        LOCAL_WALK,
        ard,
        bands,
        baselines,
        choose,
        prepare,
        spread,
        stocks,
        walk,
    )
    from standoff.report.displacement import camps_table, heading, ranges_line, scores_lines

    movement = LOCAL_WALK if walks else DESTINATION_CHOICE
    rows = spread(loaded, movement, futures)
    found, scores = {}, {}
    recorded = loaded.recorded() if loaded.records is not None else None
    for name in names:
        flow = walk(prepare(loaded, as_flee), rows, name) if walks else choose(loaded, rows, name)
        found[name] = stocks(loaded, flow, name)
        if recorded is not None:
            scores[name] = float(np.median(ard(flow.people[:, :, list(loaded.camps)], recorded)))
    if recorded is not None:
        scores |= {
            name: float(ard(split[None], recorded)[0]) for name, split in baselines(loaded).items()
        }
    banded = bands(found, _known(loaded))
    _write(banded, out)
    if as_json:
        print_json(
            {
                "instance": loaded.name,
                "rule": movement,
                "as_flee": as_flee,
                "futures": futures,
                "totals": _totals(loaded),
                "rescaled_ard": scores,
                "last_day": _last_day(banded),
                "remarks": [remark.render(()) for remark in loaded.remarks],
            }
        )
        return
    shown = f"{movement}{', as Flee has it' if as_flee else ''}"
    lines = heading(loaded, shown, _totals(loaded))
    if futures > 1:
        lines.append(ranges_line(loaded, movement, futures))
    lines += ["", *camps_table(banded)]
    if scores:
        lines += scores_lines(scores, names)
    _say(lines, loaded, out)


def _fitted(
    loaded: Instance, names: Sequence[str], days: int, out: Path | None, as_json: bool
) -> None:
    from standoff.displacement import ard, baselines, calibrate, forecast, forecast_bands
    from standoff.report.displacement import camps_table, fit_lines, heading, scores_lines

    try:
        fitted = calibrate(loaded, days)
    except ValueError as error:
        raise RefusalError(str(error)) from None
    ahead = {name: forecast(fitted, name) for name in names}
    banded = forecast_bands(loaded, ahead)
    recorded = loaded.recorded()[days + 1 :]
    scores = {name: float(ard(one.median[None], recorded)[0]) for name, one in ahead.items()}
    scores |= {
        name: float(ard(split[None, days + 1 :], recorded)[0])
        for name, split in baselines(loaded).items()
    }
    _write(banded, out)
    if as_json:
        print_json(
            {
                "instance": loaded.name,
                "rule": "destination choice",
                "fitted_days": days,
                "settings": fitted.settings,
                "totals": _totals(loaded),
                "rescaled_ard": scores,
                "last_day": _last_day(banded),
                "remarks": [remark.render(()) for remark in loaded.remarks],
            }
        )
        return
    lines = heading(loaded, f"destination choice, fitted to {days} days", _totals(loaded))
    lines += [*fit_lines(fitted), "", *camps_table(banded), *scores_lines(scores, names)]
    _say(lines, loaded, out)


def _of_study(path: Path, doctrines: list[str] | None, out: Path | None, as_json: bool) -> None:
    from standoff.displacement import bands_json
    from standoff.explore import open_study, study_bands
    from standoff.report.displacement import study_lines

    study = open_study(path)
    try:
        driven, banded = study_bands(study, doctrines)
    except (KeyError, ValueError) as error:
        raise RefusalError(str(error.args[0])) from None
    futures = int((~study.failed).sum())
    _write(banded, out)
    if as_json:
        period = driven.section.days
        ends = [period * (number + 1) - 1 for number in range(driven.periods)]
        print_json(
            study.origin
            | {
                "instance": driven.instance.name,
                "rule": driven.section.rule,
                "futures": futures,
                "measures": dict(driven.measures),
                "by_period": bands_json(banded, ends),
            }
        )
        return
    _say(study_lines(banded, driven, futures), None, out)


def _last_day(banded: Bands) -> list[dict[str, Any]]:
    from standoff.displacement import bands_json

    return bands_json(banded, [len(banded.dates) - 1])


def _write(banded: Bands, out: Path | None) -> None:
    from standoff.displacement import write_bands

    if out is not None:
        write_bands(banded, out)


def _say(lines: Sequence[str], loaded: Instance | None, out: Path | None) -> None:
    remarks = () if loaded is None else loaded.remarks
    typer.echo("\n".join([*lines, *(f"remark: {remark.render(())}" for remark in remarks)]))
    if out is not None:
        typer.echo(f"{out} written")


def _known(loaded: Instance) -> Any:
    """What was recorded by location, [day, location], nan where nobody counts; None without."""
    if loaded.records is None:
        return None
    known = np.full((loaded.days, len(loaded.locations)), np.nan)
    known[:, list(loaded.camps)] = loaded.recorded()
    return known


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
