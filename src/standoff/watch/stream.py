"""A file of events, opened: its head, and its rows block by block as columns of bytes.

Plain text, gzip and zip are read as they lie; a sheet of Excel's is turned into rows. What is not
rectangular is handed aside row by row. From where a text has several lines, or a row is longer than
a block, the file is read line by line: Arrow's reader would take all that follows a quote that is
never closed for one text.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase, TextIOWrapper
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from standoff.reading import refusal
from standoff.watch.mending import WIDTH, mended
from standoff.watch.sheet import first_row, is_sheet, table

if TYPE_CHECKING:
    import pyarrow as pa

    from standoff.watch.format import Format

_HEAD = 65_536
_BLOCK = 4 << 20
_BROKEN = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
_MARK = "\ufeff"
_AS_IS = ("utf-8", "surrogateescape")
_MANY = 50_000
"""Rows of a block that is read line by line."""

Block: TypeAlias = "tuple[list[pa.Array], NDArray[np.int64]]"
Misshapen = Callable[[int, str, str], None]
"""Told of a row that is none: its number in the file, the reason, and the words to blame."""


def head(path: Path) -> str:
    """The beginning of a file as text, to see what it is; for a sheet, its first row with tabs.

    Raises ScenarioError where there is no such file or nothing can be read of it.
    """
    if not path.exists():
        hint = "name the folder, and what holds events in it is read" if _is_pattern(path) else ""
        raise refusal(str(path), "there is no such file", hint)
    if is_sheet(path):
        return "\t".join(first_row(path)) + "\n"
    try:
        with _bytes(path) as packed:
            stream = _Enduring(packed)
            data = stream.read(_HEAD)
    except _BROKEN as error:
        raise refusal(str(path), f"the file cannot be read: {error}") from None
    if stream.broken and not data:
        raise refusal(str(path), f"the file cannot be read: {stream.broken}")
    return data.decode("utf-8", "replace").removeprefix(_MARK).lstrip("\r\n")


def header(path: Path, text: str, form: Format) -> list[str]:
    """The names in the first row of a head, as they stand there."""
    first = next(iter(text.splitlines()), "")
    if is_sheet(path):
        return first.split("\t")
    if not form.quoted:
        return first.split(form.separator)
    try:
        return next(csv.reader([first], delimiter=form.separator), [])
    except csv.Error:
        return first.split(form.separator)


def plain(name: str) -> str:
    """A column's name without spaces and quotes around it."""
    return name.strip().strip('"')


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def blocks(path: Path, form: Format, misshapen: Misshapen) -> Iterator[Block]:
    """Blocks of a file: the columns that `form` needs, as bytes, and the rows' numbers.

    Yields `(columns, numbers)`: `numbers` are those of the rows in the file, counted from 1 with
    the header, blank lines left out. Raises EOFError, with what is wrong, where the rest of the
    file cannot be read.
    """
    if is_sheet(path):
        yield from _sheet_blocks(path, form, misshapen)
    else:
        yield from _text_blocks(path, form, misshapen)


def _text_blocks(path: Path, form: Format, misshapen: Misshapen) -> Iterator[Block]:
    import pyarrow as pa
    from pyarrow import csv as arrow

    names = header(path, head(path), form) if form.header else list(form.columns)
    spelled = {plain(name): name for name in reversed(names)}
    bad: list[tuple[int, str]] = []

    def handle(row: Any) -> str:
        bad.append((row.number, f"{row.actual_columns} instead of {row.expected_columns}"))
        return "skip"

    def tell(before: float) -> None:
        for row, width in bad:
            if row < before:
                misshapen(row, WIDTH, width)
        bad[:] = [one for one in bad if one[0] >= before]

    parse = arrow.ParseOptions(
        delimiter=form.separator,
        quote_char='"' if form.quoted else False,
        newlines_in_values=form.quoted,
        ignore_empty_lines=True,
        invalid_row_handler=handle,
    )
    needed = [spelled[name] for name in form.needed]
    convert = arrow.ConvertOptions(
        include_columns=needed,
        column_types=dict.fromkeys(needed, pa.binary()),
        strings_can_be_null=False,
        check_utf8=False,
    )
    read = arrow.ReadOptions(
        use_threads=False,
        block_size=_BLOCK,
        column_names=None if form.header else names,
    )
    number = 1 + form.header
    slow = False
    try:
        with _bytes(path) as packed:
            stream = _Enduring(packed, form.quoted)
            try:
                reader = arrow.open_csv(stream, read, parse, convert)
                for batch in reader:
                    if stream.spans:
                        break
                    numbers = _numbers(number, batch.num_rows, [row for row, _ in bad])
                    number = int(numbers[-1]) + 1 if len(numbers) else number
                    tell(number)
                    yield [batch.column(name) for name in needed], numbers
            except pa.ArrowInvalid as error:
                if "Empty CSV" in str(error) and not stream.broken:
                    return
                slow = True
            if not (slow or stream.spans):
                tell(inf)
                if stream.broken:
                    raise EOFError(stream.broken)
                return
        yield from _mended_blocks(path, form, misshapen, [names.index(one) for one in needed],
                                  len(names), number)  # fmt: skip
    except _BROKEN as error:
        raise EOFError(str(error).split("\n")[0]) from None


def _mended_blocks(
    path: Path, form: Format, misshapen: Misshapen, places: list[int], width: int, first: int
) -> Iterator[Block]:
    """Blocks of a file from a row on, read line by line."""
    import pyarrow as pa

    def block() -> Block:
        columns = ([row[place] for row in rows] for place in places)
        return [pa.array([one.encode(*_AS_IS) for one in column], pa.binary())
                for column in columns], np.array(numbers)  # fmt: skip

    numbers: list[int] = []
    rows: list[tuple[str, ...]] = []
    with _bytes(path) as packed:
        lines = TextIOWrapper(cast(Any, packed), *_AS_IS, newline="")
        found = mended(_unmarked(lines), form.separator, form.quoted, width)
        for number, row in enumerate(found, 1):
            if number < first:
                continue
            if row.reason:
                misshapen(number, row.reason, row.found)
                continue
            numbers.append(number)
            rows.append(row.cells)
            if len(rows) == _MANY:
                yield block()
                numbers, rows = [], []
        lines.detach()
    if rows:
        yield block()


def _unmarked(lines: Iterator[str]) -> Iterator[str]:
    """Lines without the mark that some programs write before the first."""
    first = next(lines, "")
    yield first.removeprefix(_MARK)
    yield from lines


def _numbers(first: int, count: int, bad: list[int]) -> NDArray[np.int64]:
    """The numbers of so many good rows from `first` on, bad ones left out."""
    skipped = [number for number in bad if number >= first]
    numbers = np.arange(first, first + count + len(skipped))
    return numbers[~np.isin(numbers, skipped)][:count]


@contextmanager
def _bytes(path: Path) -> Iterator[BufferedIOBase]:
    """The bytes of a file, unpacked as they are read."""
    with path.open("rb") as packed:
        magic = packed.read(4)
        packed.seek(0)
        if magic[:2] == b"\x1f\x8b":
            with gzip.open(packed) as stream:
                yield cast(BufferedIOBase, stream)
        elif magic in (b"PK\x03\x04", b"PK\x05\x06"):
            with zipfile.ZipFile(packed) as archive:
                members = [name for name in archive.namelist() if not name.endswith("/")]
                if len(members) != 1:
                    hint = "unpack it, and name those to read"
                    raise refusal(str(path), f"the archive holds {len(members)} files", hint)
                with archive.open(members[0]) as stream:
                    yield cast(BufferedIOBase, stream)
        else:
            yield packed


class _Enduring:
    """A stream that ends where it cannot be read further, and keeps what went wrong.

    If `quoted`, `spans` tells whether a line has ended within quotes so far.
    """

    closed = False

    def __init__(self, stream: BufferedIOBase, quoted: bool = False) -> None:
        self.stream = stream
        self.quoted = quoted
        self.broken = ""
        self.spans = False
        self._odd = 0

    def read(self, size: int) -> bytes:
        """So many bytes, or what there is."""
        parts: list[bytes] = []
        while size > 0 and not self.broken:
            try:
                parts.append(self.stream.read1(size))
            except _BROKEN as error:
                self.broken = str(error) or "it breaks off"
                break
            if not parts[-1]:
                break
            size -= len(parts[-1])
        data = b"".join(parts)
        if self.quoted and not self.spans:
            self._look(data)
        return data

    def _look(self, data: bytes) -> None:
        """Follows quotes: a line that ends after an odd number of them ends within a text."""
        signs = np.frombuffer(data, np.uint8)
        quotes = np.flatnonzero(signs == ord('"'))
        ends = np.flatnonzero((signs == ord("\n")) | (signs == ord("\r")))
        before = np.searchsorted(quotes, ends) + self._odd
        self.spans = bool((before % 2).any())
        self._odd = (self._odd + len(quotes)) % 2


def _is_pattern(path: Path) -> bool:
    return any(sign in path.name for sign in "*?[")


def _sheet_blocks(path: Path, form: Format, misshapen: Misshapen) -> Iterator[Block]:
    import pyarrow as pa

    names = [plain(name) for name in first_row(path)]
    places = [names.index(name) for name in form.needed]
    found = table(path, places, len(names), form.day.way)
    for number, width in found.wide:
        misshapen(number, WIDTH, f"{width} instead of {len(names)}")
    if found.numbers:
        columns = [pa.array(column, pa.binary()) for column in found.columns]
        yield columns, np.array(found.numbers)
    if found.broken:
        raise EOFError(found.broken)
