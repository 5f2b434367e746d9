"""Which of the known formats a file has, seen by its head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from standoff.reading import listing, nearest, refusal
from standoff.watch.format import Format
from standoff.watch.formats import FORMATS
from standoff.watch.stream import head

_LINES = 20
"""So many rows of a file without header are looked at: the first may be broken."""


def detect(path: Path, known: Sequence[Format] = FORMATS) -> Format:
    """The format of a file.

    One with a header is known by the names of its columns, one without by their number and by what
    stands in the first row. Raises ScenarioError, which names what was found, where none fits.
    """
    text = head(path)
    first = text.split("\n", 1)[0].rstrip("\r")
    if not first:
        raise refusal(str(path), "the file is empty", "name its format with --format")
    for form in known:
        if _fits(form, path, text):
            return form
    if "\0" in first:
        raise refusal(str(path), "this is no text", "save it as UTF-8")
    raise refusal(
        str(path),
        f"no known format: {_found(first)}",
        f"known are {listing((form.name for form in known), 20)}; or say in a mapping file which "
        "column says what",
    )


def forced(path: Path, name: str, known: Sequence[Format] = FORMATS) -> Format:
    """The format of this name, for a file that must have its columns.

    Raises ScenarioError where there is no such format, or a column of it is missing.
    """
    form = next((form for form in known if form.name == name), None)
    if form is None:
        near = nearest(name, (form.name for form in known))
        hint = f"known are {listing((form.name for form in known), 20)}"
        raise refusal("--format", f"unknown format '{name}'", hint, near)
    text = head(path)
    if form.header and text:
        names = header_names(text.split("\n", 1)[0].rstrip("\r"), form, path)
        for name in form.needed:
            if name not in names:
                near = nearest(name, names)
                raise refusal(
                    str(path),
                    f"there is no column '{name}', which {form.title} has",
                    f"the file has {listing(names, 12)}",
                    near,
                )
    return form


def header_names(first: str, form: Format, path: Path) -> list[str]:
    """The names in a header."""
    separator = "\t" if path.suffix.lower() in (".xlsx", ".xlsm") else form.separator
    return [name.strip().strip('"') for name in first.split(separator)]


def _fits(form: Format, path: Path, text: str) -> bool:
    lines = text.splitlines()[:_LINES]
    if form.header:
        return {*form.signature, *form.needed} <= set(header_names(lines[0], form, path))
    return any(_row_fits(form, line.split(form.separator)) for line in lines)


def _row_fits(form: Format, cells: list[str]) -> bool:
    if len(cells) != len(form.columns):
        return False
    at = dict(zip(form.columns, cells, strict=True))
    return all(at[name][:8].isdigit() for name in form.day.columns)


def _found(first: str) -> str:
    separator = max("\t,;|", key=first.count)
    cells = [cell.strip().strip('"')[:24] for cell in first.split(separator)]
    name = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[separator]
    shown = listing((f"'{cell}'" for cell in cells), 6)
    return f"the first row has {len(cells)} columns between {name}: {shown}"
