"""`standoff rule`: what a treaty says of an incident."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from standoff.cli.app import Json, RefusalError, app, mistakes, print_json

if TYPE_CHECKING:
    from standoff.treaty import Change, Incident, Ruling, Treaty


@app.command()
def rule(
    incident: Annotated[
        str | None,
        typer.Argument(metavar="INCIDENT", help="A packaged incident, or an incident file."),
    ] = None,
    treaty: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="A packaged treaty, or a treaty file.")
    ] = "north-atlantic",
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE|YEAR",
            help="Rule by the treaty as it stood then; tells how the answer changed.",
        ),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=OPTION", help="Take one side of a reading; may be repeated."),
    ] = None,
    amend: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Change a rule as the treaty file offers to."),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Tell on which days the answer changed.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it as a page, with its history, and say no more."),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the packaged treaties and incidents.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what a treaty says of an incident: what is met, what is not, what is unclear and why.

    Every answer comes with its tests, their sources, and what would settle it.
    """
    with mistakes(as_json):
        from standoff import treaty as treaties
        from standoff.report import text
        from standoff.report.ruling import ruling_text

        if list_:
            _listed(as_json)
            return
        if incident is None:
            raise RefusalError("no incident is given; 'standoff rule --list' has those packaged")
        rules, facts = treaties.load(treaty), treaties.load_incident(incident)
        changed = {"amendments": amend or [], "readings": _readings(reading or [])}
        try:
            ruling = treaties.rule(rules, facts, _day(as_of), changed)
        except ValueError as error:
            raise RefusalError(str(error)) from None
        told = history or html or as_of
        changes = treaties.history(rules, facts, changed) if told else ()
        if html is not None:
            _page(ruling, changes, html, as_json)
            return
        if as_json:
            print_json(treaties.document(ruling, changes))
        else:
            text.put(text.console(), ruling_text(ruling, changes))


def _page(ruling: Ruling, changes: tuple[Change, ...], file: Path, as_json: bool) -> None:
    from standoff.report.html import write_ruling

    if file.is_dir():
        raise RefusalError(f"{file} is a folder; expected a file, as {file / 'ruling.html'}")
    if not file.parent.is_dir():
        raise RefusalError(f"there is no folder {file.parent}")
    write_ruling(ruling, changes, file)
    if as_json:
        print_json({"written": str(file)})
    else:
        typer.echo(f"{file} written")


def _day(given: str | None) -> date | None:
    """A date, or the last day of a year."""
    if given is None:
        return None
    try:
        if given.isdecimal() and len(given) == 4:
            return date(int(given), 12, 31)
        return date.fromisoformat(given)
    except ValueError:
        hint = "expected a date, as 1995-12-31, or a year, which stands for its last day"
        raise RefusalError(f"--as-of is '{given}'; {hint}") from None


def _readings(given: list[str]) -> dict[str, str]:
    """Readings and the option of each; the last counts where one was given twice."""
    found = {}
    for one in given:
        name, equals, option = (part.strip() for part in one.partition("="))
        if not equals:
            raise RefusalError(f"--reading is '{one}'; expected a reading, '=' and its option")
        found[name] = option
    return found


def _listed(as_json: bool) -> None:
    from standoff import treaty as treaties
    from standoff.report import text
    from standoff.report.ruling import treaties_text

    every: list[Treaty] = [treaties.load(name) for name in treaties.packaged()]
    cases: list[Incident] = [treaties.load_incident(name) for name in treaties.incidents()]
    if not as_json:
        text.put(text.console(), treaties_text(every, cases))
        return
    print_json(
        {
            "treaties": [
                {
                    "name": one.name,
                    "title": one.title,
                    "clauses": [clause.name for clause in one.clauses],
                    "readings": {r.name: [o.name for o in r.options] for r in one.readings},
                    "amendments": {change.name: change.says for change in one.amendments},
                }
                for one in every
            ],
            "incidents": [{"name": one.name, "title": one.title} for one in cases],
        }
    )
