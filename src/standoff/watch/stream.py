"""A file of events, opened: its head, and its rows block by block as columns of bytes.

Plain text, gzip and zip are read as they lie; a sheet of Excel's is turned into rows. What is not
rectangular is handed aside by Arrow's reader, row by row, and nothing else stops it.
"""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from standoff.reading import refusal

if TYPE_CHECKING:
    import pyarrow as pa

    from standoff.watch.format import Format

_HEAD = 65_536
_BLOCK = 4 << 20
_BROKEN = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
_MARK = "\ufeff"

Block: TypeAlias = "tuple[list[pa.Array], NDArray[np.int64]]"
Misshapen = Callable[[int, int, int], None]
"""Told of a row of the wrong width: its number in the file, columns expected, columns found."""


def head(path: Path) -> str:
    """The beginning of a file as text, to see what it is; for a sheet, its first row with tabs.

    Raises ScenarioError where there is no such file or nothing can be read of it.
    """
    if not path.exists():
        raise refusal(str(path), "there is no such file")
    if path.is_dir():
        raise refusal(str(path), "this is a folder, not a file")
    if _is_sheet(path):
        rows = _sheet(path)
        return "\t".join(next(rows, ())) + "\n"
    try:
        with _bytes(path) as stream:
            data = stream.read(_HEAD)
    except _BROKEN as error:
        raise refusal(str(path), f"the file cannot be read: {error}") from None
    return data.decode("utf-8", "replace").removeprefix(_MARK)


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
    if _is_sheet(path):
        yield from _sheet_blocks(path, form, misshapen)
    else:
        yield from _text_blocks(path, form, misshapen)


def _text_blocks(path: Path, form: Format, misshapen: Misshapen) -> Iterator[Block]:
    import pyarrow as pa
    from pyarrow import csv

    bad: list[int] = []

    def handle(row: Any) -> str:
        bad.append(row.number)
        misshapen(row.number, row.expected_columns, row.actual_columns)
        return "skip"

    parse = csv.ParseOptions(
        delimiter=form.separator,
        quote_char='"' if form.quoted else False,
        newlines_in_values=form.quoted,
        ignore_empty_lines=True,
        invalid_row_handler=handle,
    )
    convert = csv.ConvertOptions(
        include_columns=list(form.needed),
        column_types=dict.fromkeys(form.needed, pa.binary()),
        strings_can_be_null=False,
        check_utf8=False,
    )
    read = csv.ReadOptions(
        use_threads=False,
        block_size=_BLOCK,
        column_names=list(form.columns) if not form.header else None,
    )
    try:
        with _bytes(path) as packed:
            stream = _Enduring(packed)
            try:
                reader = csv.open_csv(stream, read, parse, convert)
            except pa.ArrowInvalid as error:
                if "Empty CSV" in str(error) and not stream.broken:
                    return
                raise
            number = 1 + form.header
            for batch in reader:
                numbers = _numbers(number, batch.num_rows, bad)
                number = int(numbers[-1]) + 1 if len(numbers) else number
                bad[:] = [one for one in bad if one >= number]
                yield [batch.column(name) for name in form.needed], numbers
            if stream.broken:
                raise EOFError(stream.broken)
    except (pa.ArrowInvalid, *_BROKEN) as error:
        raise EOFError(str(error).split("\n")[0]) from None


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
        elif magic == b"PK\x03\x04":
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
    """A stream that ends where it cannot be read further, and keeps what went wrong."""

    closed = False

    def __init__(self, stream: BufferedIOBase) -> None:
        self.stream = stream
        self.broken = ""

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
        return b"".join(parts)


def _is_sheet(path: Path) -> bool:
    return path.suffix.lower() in (".xlsx", ".xlsm")


def _sheet(path: Path) -> Iterator[list[str]]:
    """The rows of the first sheet as texts; days as ISO."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, *_BROKEN) as error:
        raise refusal(str(path), f"this is no sheet of Excel's: {error}") from None
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_cell(value) for value in row]
    finally:
        book.close()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _sheet_blocks(path: Path, form: Format, misshapen: Misshapen) -> Iterator[Block]:
    import pyarrow as pa

    rows = _sheet(path)
    header = next(rows, [])
    places = [header.index(name) for name in form.needed]
    numbers: list[int] = []
    columns: list[list[bytes]] = [[] for _ in places]
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        if len(row) != len(header):
            misshapen(number, len(header), len(row))
            continue
        numbers.append(number)
        for column, place in zip(columns, places, strict=True):
            column.append(row[place].encode())
    if numbers:
        yield [pa.array(column, pa.binary()) for column in columns], np.array(numbers)
