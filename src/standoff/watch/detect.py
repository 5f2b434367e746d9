"""Which of the known formats a file has, seen by its head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from standoff.reading import listing, nearest, refusal
from standoff.watch.format import Format
from standoff.watch.formats import FORMATS
from standoff.watch.stream import head, header, plain

_LINES = 20
"""So many rows of a file without header are looked at: the first may be broken."""
_SHARE = 0.6
"""The share of its columns from which on a file is plainly meant to be of a format."""
_CALLED = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}


def detect(path: Path, known: Sequence[Format] = FORMATS) -> Format:
    """The format of a file.

    One with a header is known by the names of its columns, one without by their number and by what
    stands in the first row. Raises ScenarioError, which names what was found, where none fits.
    """
    text = head(path)
    first = next(iter(text.splitlines()), "")
    if not first:
        raise refusal(str(path), "the file is empty", "name its format with --format")
    for form in known:
        if _fits(form, path, text):
            _itself(form, path, text)
            _once(form, path, text)
            return form
    if first.lstrip()[:1] in ("[", "{"):
        hint = "take the same data as a table: CSV, or a sheet of Excel's"
        raise refusal(str(path), "this is JSON, of which no format is known", hint)
    if "\0" in first:
        raise refusal(str(path), "this is no text", "save it as UTF-8")
    _nearly(path, first, text, known)
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
        _whole(form, path, _names(path, text, form))
        _itself(form, path, text)
        _once(form, path, text)
    return form


def _names(path: Path, text: str, form: Format) -> list[str]:
    return [plain(name) for name in header(path, text, form)]


def _whole(form: Format, path: Path, names: Sequence[str]) -> None:
    """Refuses a file that lacks a column of a format."""
    for name in form.needed:
        if name not in names:
            raise refusal(
                str(path),
                f"there is no column '{name}', which {form.title} has",
                f"the file has {listing(names, 12)}",
                nearest(name, names),
            )


def _itself(form: Format, path: Path, text: str) -> None:
    """Refuses a file that has the columns of a format and is another table."""
    if form.unlike is not None and form.unlike[0] in _names(path, text, form):
        column, instead = form.unlike
        raise refusal(str(path), f"this is not {form.title}, as it has '{column}'", instead)


def _once(form: Format, path: Path, text: str) -> None:
    """Refuses a file that has a column twice, so that it is open which is meant."""
    names = _names(path, text, form) if form.header else ()
    for name in form.needed:
        if names.count(name) > 1:
            raise refusal(str(path), f"the column '{name}' stands twice", "rename one of them")


def _nearly(path: Path, first: str, text: str, known: Sequence[Format]) -> None:
    """Refuses a file that is plainly meant to be of a format, with what is wrong with it."""
    for form in known:
        if not form.header:
            continue
        other = replace(form, separator=_separator(first))
        if other.separator != form.separator and _fits(other, path, text):
            found, meant = _CALLED[other.separator], _CALLED.get(form.separator, form.separator)
            message = f"these are the columns of {form.title}, but between {found}"
            raise refusal(str(path), message, f"save it with {meant} between columns")
        names = _names(path, text, form)
        there = sum(name in names for name in form.needed)
        if len(form.needed) > there >= _SHARE * len(form.needed):
            _whole(form, path, names)


def _fits(form: Format, path: Path, text: str) -> bool:
    if form.header:
        return {*form.signature, *form.needed} <= set(_names(path, text, form))
    lines = text.splitlines()[:_LINES]
    return any(_row_fits(form, line.split(form.separator)) for line in lines)


def _row_fits(form: Format, cells: list[str]) -> bool:
    if len(cells) != len(form.columns):
        return False
    at = dict(zip(form.columns, cells, strict=True))
    return all(at[name][:8].isdigit() for name in form.day.columns)


def _found(first: str) -> str:
    separator = _separator(first)
    cells = [plain(cell)[:24] for cell in first.split(separator)]
    name = _CALLED[separator]
    shown = listing((f"'{cell}'" for cell in cells), 6)
    if len(cells) == 1:
        return f"the first row has one column: {shown}"
    return f"the first row has {len(cells)} columns between {name}: {shown}"


def _separator(first: str) -> str:
    return max(_CALLED, key=first.count)
