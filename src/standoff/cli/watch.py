"""`standoff watch`: event streams read onto a ladder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from standoff.cli.app import Json, RefusalError, app, mistakes, print_json
from standoff.reading import printable

if TYPE_CHECKING:
    from standoff.watch import Picture, Since


@app.command()
def watch(
    events: Annotated[
        list[Path] | None,
        typer.Argument(metavar="EVENTS…", help="Files of events, packed or not, or folders."),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="What codes mean on a ladder; without, the packaged one that fits.",
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Onto a ladder of this scenario, by a packaged mapping.")
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B", help="Only these two actors; may be given several times."),
    ] = None,
    period: Annotated[
        str | None, typer.Option(help="day, week, fortnight, month, quarter or year.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day.")] = None,
    since: Annotated[
        Path | None, typer.Option(metavar="PICTURE", help="Say what changed since this one.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write picture.json, picture.html and aside.csv there."),
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="Of all files, where their heads do not tell.")
    ] = None,
    accept_terms: Annotated[
        bool, typer.Option("--accept-terms", help="You have accepted the terms of these data.")
    ] = False,
    known: Annotated[
        bool, typer.Option("--list", help="Name the packaged mappings and known formats.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read event streams as they are published onto a ladder.

    Who is on which rung with whom, how surely, how often something happens, and what has changed.
    """
    with mistakes(as_json):
        from standoff.watch import load_picture, write_aside, write_picture
        from standoff.watch import since as compare
        from standoff.watch import watch as look

        if known:
            _list(as_json)
            return
        pairs = [_two(text) for text in pair or ()]
        days = _day("--from", first), _day("--to", last)
        earlier = load_picture(since) if since is not None else None
        picture = look(
            events or (),
            mapping,
            scenario=scenario,
            pairs=pairs,
            period=period,
            first=days[0],
            last=days[1],
            form=form,
            accept_terms=accept_terms,
        )
        changes = compare(earlier, picture) if earlier is not None else None
        if out is not None:
            from standoff.report.html import write_picture as write_page

            out.mkdir(parents=True, exist_ok=True)
            write_picture(picture, out / "picture.json")
            names = (stream.name for stream in picture.streams)
            write_aside(zip(names, picture.kept, strict=True), out / "aside.csv")
            write_page(picture, out / "picture.html", changes)
        _say(picture, earlier, changes, out, as_json)


def _say(
    picture: Picture,
    earlier: Picture | None,
    changes: Since | None,
    out: Path | None,
    as_json: bool,
) -> None:
    if as_json:
        from standoff.watch import document, since_document

        said: dict[str, Any] = document(picture)
        if changes is not None:
            said["since"] = since_document(changes)
        if picture.passed:
            said["not_read"] = [
                {"file": printable(str(one.file)), "reason": printable(one.reason)}
                for one in picture.passed
            ]
        print_json(said)
        return
    from standoff.report.picture import picture_lines, since_lines

    lines = picture_lines(picture)
    if picture.passed:
        lines += ["", *(printable(f"not read: {one.file}: {one.reason}") for one in picture.passed)]
    if changes is not None:
        lines += ["", *since_lines(changes)]
    if earlier is not None and earlier.calendar.end > picture.calendar.end:
        lines.append(
            f"  the earlier picture goes on until {earlier.calendar.end}, "
            f"and this one ends on {picture.calendar.end}"
        )
    if out is not None:
        names = ", ".join(str(out / name) for name in ("picture.json", "picture.html", "aside.csv"))
        lines += ["", f"{names} written"]
    typer.echo("\n".join(lines))


def _list(as_json: bool) -> None:
    from standoff.watch import FORMATS, overview

    if as_json:
        print_json(
            {
                "mappings": [
                    {
                        "name": one.name,
                        "title": one.title,
                        "scenario": one.scenario,
                        "variable": one.variable,
                        "codebooks": one.codebooks,
                    }
                    for one in overview()
                ],
                "formats": [
                    {
                        "name": one.name,
                        "title": one.title,
                        "codebook": one.codebook,
                        "version": one.version,
                        "terms": one.terms,
                    }
                    for one in FORMATS
                ],
            }
        )
        return
    for mapping in overview():
        typer.echo(f"{mapping.name}: {mapping.title}")
        typer.echo(f"  from {', '.join(mapping.codebooks)}")
    typer.echo("")
    for form in FORMATS:
        typer.echo(f"{form.name}: {form.title} ({form.codebook} {form.version})")


def _two(text: str) -> tuple[str, str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise RefusalError(f"--pair is '{text}'; expected two actors, as in RUS,UKR")
    return names[0], names[1]


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusalError(f"{option} is '{text}'; expected a day, as in 2022-02-24") from None
