"""A sheet of Excel's says what the same table says as CSV; what is broken of it is told."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from standoff.scenario import ScenarioError
from standoff.watch import Picture, document, watch
from watch import made

ROWS: tuple[tuple[int, str, str, str, str], ...] = (
    (1, "2022-02-23", "['Russia']", "['Ukraine', 'Poland']", "3.0"),
    (2, "2022-03-01", "['Russia']", "['Ukraine']", ""),
    (3, "", "['Russia']", "['Ukraine']", "2.0"),
    (4, "2022-04-02", "['Not available']", "['Ukraine']", "1.0"),
    (5, "2022-05-06", "['Ukraine']", "['Russia']", "4.0"),
    (5, "2022-05-06", "['Ukraine']", "['Russia']", "4.0"),
)

OWN = """
mapping: 1
name: own
ladder: {variable: tension, rungs: [calm, fight]}
codebooks:
  diary:
    version: "1"
    columns: {day: when, source: who, target: whom, code: what}
    dates: "%d.%m.%Y"
    separator: ";"
    groups: [{rung: fight, codes: {shots: shots}}]
"""


def _sheet(path: Path, rows: Sequence[Sequence[object]], lean: bool = False) -> Path:
    """EuRepoC's table with days as days and grades as numbers; `lean`: its size is not stated."""
    book = Workbook(write_only=lean)
    sheet = book.create_sheet() if lean else book.active
    assert sheet is not None
    sheet.append(made.EUREPOC_HEADER)
    for number, day, source, target, grade in rows:
        when = datetime.fromisoformat(str(day)) if day else None
        value = float(str(grade)) if grade else None
        sheet.append([number, "An incident", None, when, source, target, value])
    book.save(path)
    return path


def _told(picture: Picture) -> str:
    said = document(picture)
    for stream in said["streams"]:
        del stream["files"]
    return json.dumps(said)


@pytest.mark.parametrize("lean", [False, True])
def test_eurepoc_as_a_sheet_is_eurepoc_as_csv(tmp_path: Path, lean: bool) -> None:
    """The same counts, the same rows aside for the same reasons, and the same rungs."""
    text = made.eurepoc(tmp_path / "eurepoc.csv", ROWS)
    sheet = _sheet(tmp_path / "eurepoc.xlsx", ROWS, lean)
    one, other = (watch([path], "cyber", pairs=[("RUS", "UKR")]) for path in (text, sheet))
    assert _told(one) == _told(other)
    assert [(k.row, k.identity, k.reason) for k in other.kept[0]] == [
        (k.row, k.identity, k.reason) for k in one.kept[0]
    ]
    assert dict(other.streams[0].aside) == {"no code": 1, "no date": 1, "repeats an event": 1}


def test_a_day_of_a_sheet_is_a_day_however_the_text_writes_them(tmp_path: Path) -> None:
    """A mapping of one's own says how days are written, as it must for the same data as text."""
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["when", "who", "whom", "what"])
    sheet.append([datetime(2022, 2, 24), "RUS", "UKR", "shots"])
    sheet.append(["25.02.2022", "RUS", "UKR", "shots"])
    book.save(tmp_path / "diary.xlsx")
    picture = watch([tmp_path / "diary.xlsx"], tmp_path / "own.yaml", period="day")
    assert [one.day.isoformat() for one in picture.pairs[0].events] == ["2022-02-24", "2022-02-25"]


def test_a_name_of_several_lines_hides_no_column(tmp_path: Path) -> None:
    """As a heading of a sheet may have for its width."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["long\nheading", *made.EUREPOC_HEADER])
    sheet.append(["", 1, "", "", "2022-02-23", "['Russia']", "['Ukraine']", 3])
    book.save(tmp_path / "eurepoc.xlsx")
    assert watch([tmp_path / "eurepoc.xlsx"], "cyber").streams[0].census.mapped == 1


def test_a_size_that_is_stated_wrongly_hides_nothing(tmp_path: Path) -> None:
    """Some programs write that a sheet is one cell large."""
    path = _sheet(tmp_path / "eurepoc.xlsx", ROWS)
    _change(path, "xl/worksheets/sheet1.xml", lambda text: text.replace(b"A1:G7", b"A1"))
    assert watch([path], "cyber").streams[0].census.read == 6


def test_a_row_wider_than_the_header_is_kept_aside(tmp_path: Path) -> None:
    """Its width is told; empty cells beyond the header are none."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(made.EUREPOC_HEADER)
    sheet.append([1, "", "", "2022-02-23", "['Russia']", "['Ukraine']", 3, "stray"])
    sheet.append([2, "", "", "2022-02-24", "['Russia']", "['Ukraine']", 3, "", ""])
    book.save(tmp_path / "wide.xlsx")
    picture = watch([tmp_path / "wide.xlsx"], "cyber")
    assert (picture.streams[0].census.read, picture.streams[0].census.mapped) == (2, 1)
    (row,) = picture.kept[0]
    assert (row.row, row.reason, row.found) == (
        2, "the wrong number of columns", "8 instead of 7"
    )  # fmt: skip


def test_a_sheet_that_breaks_off_is_read_so_far(tmp_path: Path) -> None:
    """What stands before is read, and that there is a rest is told."""
    path = _sheet(tmp_path / "eurepoc.xlsx", ROWS)
    _change(path, "xl/worksheets/sheet1.xml", lambda text: text[: text.index(b'<row r="6"')])
    picture = watch([path], "cyber")
    assert picture.streams[0].census.read == 5
    assert dict(picture.streams[0].aside)["the rest of the file cannot be read"] == 1


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("xl/workbook.xml", lambda _: b"<nonsense", "this is no sheet of Excel's"),
        ("xl/worksheets/sheet1.xml", lambda _: b"<nonsense", "sheet"),
    ],
)
def test_a_sheet_that_is_none_is_refused(
    tmp_path: Path, part: str, change: Callable[[bytes], bytes], said: str
) -> None:
    """In a sentence, whatever of it is broken."""
    path = _sheet(tmp_path / "eurepoc.xlsx", ROWS)
    _change(path, part, change)
    with pytest.raises(ScenarioError, match=said):
        watch([path], "cyber")


def _change(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
