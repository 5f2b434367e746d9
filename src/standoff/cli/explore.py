"""`standoff explore`: what would have to be true for a study's claims to hold, or to fail."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import standoff
from standoff.cli.app import Json, RefusalError, app, mistakes, print_json
from standoff.cli.progress import steps

if TYPE_CHECKING:
    from standoff.explore import Study


@app.command()
def explore(
    study: Annotated[Path, typer.Argument(help="Folder of the study.")],
    part: Annotated[
        list[str] | None,
        typer.Option(
            help="discovery, sensitivity, flips, robustness, structure or grid; may be given "
            "several times; by default all, grid only where types are hidden."
        ),
    ] = None,
    claim: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this claim, in discovery, flips and grid; may be given several times."
        ),
    ] = None,
    budget: Annotated[
        int, typer.Option(min=16, help="Points to solve for each claim's flips, about.")
    ] = 192,
    grid_futures: Annotated[
        int,
        typer.Option(
            min=1, help="Futures to solve again on finer belief grids, where types are hidden."
        ),
    ] = 32,
    sobol: Annotated[
        int | None,
        typer.Option(
            min=8,
            help="Also first and total indices, on a design of so many points (a power of two) "
            "that is solved for it.",
        ),
    ] = None,
    gradient: Annotated[
        bool, typer.Option("--gradient", help="Also slopes at the nominal point.")
    ] = False,
    adapt: Annotated[
        str | None,
        typer.Option(metavar="ACTOR", help="Also search adaptive doctrines of this actor."),
    ] = None,
    prior: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LOW:HIGH",
            help="Also shares under another range of a parameter; may be given several times.",
        ),
    ] = None,
    variants: Annotated[
        bool,
        typer.Option(
            "--variants", help="First solve the scenario's other structures, in the same futures."
        ),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all that is random.")] = 0,
    as_json: Json = False,
) -> None:
    """Ask a study what would have to be true.

    Where claims fail, which assumptions matter, the smallest change that reverses each, whether
    that hangs on the model or on the belief grid, and which doctrine is robust. Only flips, grid,
    --sobol, --gradient, --adapt and --variants solve anything. What is found is kept in
    findings.json in the study.
    """
    with mistakes(as_json):
        from standoff.explore import open_study
        from standoff.findings import check_asked, findings_of, parts_of, write_findings
        from standoff.report import findings as report
        from standoff.report import text

        whole = open_study(study)
        parts = tuple(part) if part else parts_of(whole)
        others = _priors(prior or ())
        if sobol is not None and sobol & (sobol - 1):
            raise RefusalError(f"--sobol is {sobol}; expected a power of two, say {_power(sobol)}")
        console = text.console(error=as_json)
        try:
            check_asked(whole, parts, claim)
            _ = whole.results  # an incomplete study is refused before anything is solved
            # What was asked beyond the parts comes first: a mistake in it costs no search.
            more: dict[str, Any] = {}
            shown = []
            if variants:
                _solve_variants(whole, console)
            if others:
                more["priors"], told = _under(whole, others)
                shown.append(told)
            if adapt is not None:
                more["adaptive"], adaptation = _adapted(whole, adapt, seed, console)
            if sobol is not None or gradient:
                added, solved = _solved(whole, sobol, gradient, seed, console)
                more |= added
                shown += solved
            if adapt is not None:
                shown.append(adaptation)
            with steps(console, "flips, claim by claim") as report_flips:
                findings = findings_of(
                    whole, parts, claims=claim, budget=budget, grid_futures=grid_futures,
                    seed=seed, progress=report_flips,
                )  # fmt: skip
        except (ValueError, KeyError) as error:
            raise RefusalError(str(error.args[0])) from None
        write_findings(findings, more)
        if as_json:
            from standoff.findings import findings_as_json

            print_json(
                {"study": str(whole.path)} | whole.origin | findings_as_json(findings) | more
            )
            return
        text.put(console, report.findings_text(findings), *shown)


def _solve_variants(study: Study, console: Any) -> None:
    from standoff.explore import solve_variants

    with steps(console, "blocks of all variants") as progress:
        solve_variants(study, workers=os.cpu_count() or 1, progress=progress)


def _power(points: int) -> int:
    """The power of two that comes next."""
    return 1 << points.bit_length()


def _priors(given: list[str] | tuple[str, ...]) -> dict[str, dict[str, list[float]]]:
    """Ranges by parameter, from NAME=LOW:HIGH."""
    found: dict[str, dict[str, list[float]]] = {}
    for one in given:
        name, _, ends = one.partition("=")
        low, _, high = ends.partition(":")
        try:
            span = [float(low), float(high)]
        except ValueError:
            span = [math.nan]
        if not (name.strip() and all(map(math.isfinite, span))):
            raise RefusalError(
                f"--prior is '{one}'; expected NAME=LOW:HIGH, for example clash=0.01:0.05"
            )
        if name.strip() in found:
            raise RefusalError(f"--prior has two ranges of '{name.strip()}'; expected one")
        found[name.strip()] = {"range": span}
    return found


def _under(study: Study, others: dict[str, dict[str, list[float]]]) -> tuple[Any, Any]:
    from dataclasses import asdict

    from standoff.findings import reweighted
    from standoff.report import findings as report

    found = reweighted(study, others)
    return [asdict(one) for one in found], report.reweighted_text(found)


def _solved(
    study: Study, points: int | None, slopes: bool, seed: int, console: Any
) -> tuple[dict[str, Any], list[Any]]:
    """Indices on a design and slopes, as JSON by name and as text."""
    from standoff.findings import margins_by_design, margins_nearby
    from standoff.report import findings as report

    game = standoff.compile(study.scenario)
    found: dict[str, Any] = {}
    shown = []
    if points is not None:
        with steps(console, "futures of the design") as progress:
            indices = margins_by_design(
                game, points, seed=seed, grid=study.points, progress=progress
            )
        found["sobol"] = _data(indices.to_xarray())
        shown.append(report.sobol_text(indices))
    if slopes:
        with steps(console, "futures beside the nominal point") as progress:
            found_slopes = margins_nearby(game, grid=study.points, progress=progress)
        found["gradient"] = _data(found_slopes.to_xarray())
        shown.append(report.gradient_text(found_slopes))
    return found, shown


def _adapted(study: Study, actor: str, seed: int, console: Any) -> tuple[Any, Any]:
    from dataclasses import asdict

    from standoff.findings import adapt
    from standoff.report import findings as report

    with steps(console, "doctrines in 16 futures") as progress:
        found = adapt(study.scenario, actor, seed=seed, grid=study.points, progress=progress)
    told = {
        "actor": found.actor,
        "objectives": [objective.name for objective in found.objectives],
        "metric": found.metric,
        "tried": found.tried,
        "family": found.family,
        "gains": [asdict(gain) | {"objective": gain.objective.name} for gain in found.gains],
        "doctrines": [
            {
                "doctrine": one.doctrine,
                "search": list(one.search),
                "held_out": list(one.held_out),
                "optimism": list(one.optimism),
                "text": one.text,
            }
            for one in found.judged
        ],
    }
    return told, report.adaptation_text(found)


def _data(dataset: Any) -> dict[str, Any]:
    """An xarray Dataset as plain data."""
    return {
        name: {"dims": list(array.dims), "values": array.to_numpy().tolist()}
        for name, array in dataset.variables.items()
    }
