"""No row vanishes and none stops the run: what cannot be used is kept aside with its reason."""

from __future__ import annotations

import csv
import random
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.watch import Picture, document, watch, write_aside
from watch import made

WINDOW = (date(2022, 2, 1), date(2022, 3, 31))
ROW = st.tuples(
    st.integers(1, 25),
    st.sampled_from(["20220210", "20220301", "20220315", "20210101", "20221332", "", "soon"]),
    st.sampled_from(["RUS", "UKR", "USA", "AFR", "", "XYZ"]),
    st.sampled_from(["RUS", "UKR", "POL", ""]),
    st.sampled_from(["190", "138", "042", "183", "999", "---", "1234", "19", "2042"]),
    st.sampled_from(["", "", "", "short", "long", "bytes"]),
)
Rows = list[tuple[int, str, str, str, str, str]]


def lines(rows: Rows) -> list[bytes]:
    """Rows of GDELT's, some too short, too long, or with bytes that are no text."""
    found = []
    for number, day, one, other, code, flaw in rows:
        cells = made.gdelt_row(number, day, one, other, code, "20220401")
        if flaw == "short":
            cells = cells[:30]
        elif flaw == "long":
            cells = [*cells, "more"]
        line = "\t".join(cells).encode()
        found.append(line.replace(b'A "QUOTED', b"\xff\xfe\xe9") if flaw == "bytes" else line)
    return found


def seen(*files: list[bytes]) -> Picture:
    """The picture of two pairs from files with these lines."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, file in enumerate(files):
            path = Path(folder) / f"{number}.CSV"
            path.write_bytes(b"".join(line + b"\n" for line in file))
            paths.append(path)
        return watch(
            paths, pairs=[("RUS", "UKR"), ("POL", "RUS")], first=WINDOW[0], last=WINDOW[1],
            form="gdelt",
        )  # fmt: skip


def said(picture: Picture) -> object:
    """All that a picture says but for the names of files."""
    whole = document(picture)
    for stream in whole["streams"]:
        del stream["files"]
    return whole


@settings(max_examples=40)
@given(st.lists(ROW, min_size=1, max_size=30))
def test_every_row_is_accounted_for(rows: Rows) -> None:
    """Read = mapped + unmapped + ignored + elsewhere + outside + aside, and aside is listed."""
    picture = seen(lines(rows))
    (stream,) = picture.streams
    census = stream.census
    assert census.read == len(rows)
    assert census.read == (
        census.mapped + census.unmapped + census.ignored + census.elsewhere + census.outside
        + census.aside
    )  # fmt: skip
    assert sum(count for _, count in stream.aside) == census.aside == len(picture.kept[0])
    assert sum(count for _, count in stream.unmapped) == census.unmapped
    assert sum(count for _, count in stream.ignored) == census.ignored
    assert sum(count for _, count in stream.elsewhere) == census.elsewhere
    assert picture.counts.sum() == census.mapped


@settings(max_examples=25)
@given(st.lists(ROW, min_size=2, max_size=30), st.integers(0, 30), st.randoms())
def test_neither_the_order_of_rows_nor_their_files_matter(
    rows: Rows, cut: int, chance: random.Random
) -> None:
    """Shuffled, and cut into two files, the same rows give the same picture."""
    every = lines(rows)
    whole = said(seen(every))
    shuffled = list(every)
    chance.shuffle(shuffled)
    assert said(seen(shuffled)) == whole
    assert said(seen(every[:cut], every[cut:])) == whole


@pytest.mark.parametrize(
    ("cells", "reason", "found"),
    [
        ({"SQLDATE": "20221332"}, "a date that is none", "20221332"),
        ({"SQLDATE": ""}, "no date", ""),
        ({"SQLDATE": "17000101"}, "a date out of range (1800 to 2200)", "17000101"),
        ({"EventCode": "---"}, "no code", "---"),
        ({"EventCode": "42"}, "no leaf of CAMEO", "42"),
        ({"EventCode": "990"}, "no leaf of CAMEO", "990"),
    ],
)
def test_what_is_malformed_is_kept_aside_with_what_was_found(
    tmp_path: Path, cells: dict[str, str], reason: str, found: str
) -> None:
    """The file of rows kept aside has place, id, reason and the words to blame, no more."""
    good = made.gdelt_row(1, "20220210", "RUS", "UKR", "190")
    bad = made.gdelt_row(2, "20220210", "RUS", "UKR", "190")
    for name, text in cells.items():
        bad[made.GDELT.columns.index(name)] = text
    picture = watch([made.gdelt(tmp_path / "g.CSV", [good, bad])], pairs=[("RUS", "UKR")])
    write_aside([("gdelt", picture.kept[0])], tmp_path / "aside.csv")
    with (tmp_path / "aside.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row == {
        "stream": "gdelt", "file": "g.CSV", "row": "2", "id": "2", "reason": reason, "found": found
    }  # fmt: skip


def test_rows_of_the_wrong_width_keep_their_numbers(tmp_path: Path) -> None:
    """What is too short or too long is told with its row; the numbers of later rows stay right."""
    rows = [made.gdelt_row(k, "20220210", "RUS", "UKR", "190") for k in range(1, 7)]
    rows[1] = rows[1][:58]
    rows[3] = [*rows[3], "more"]
    rows[5][made.GDELT.columns.index("EventCode")] = "?"
    picture = watch([made.gdelt(tmp_path / "g.CSV", rows)], pairs=[("RUS", "UKR")])
    assert [(row.row, row.reason, row.found) for row in picture.kept[0]] == [
        (2, "the wrong number of columns", "58 instead of 61"),
        (4, "the wrong number of columns", "62 instead of 61"),
        (6, "no leaf of CAMEO", "?"),
    ]
    assert picture.streams[0].census.mapped == 3


def test_of_repeated_events_the_last_published_counts(tmp_path: Path) -> None:
    """A later version of an event stands in for the earlier one, wherever it stands."""
    rows = [
        made.gdelt_row(7, "20220210", "RUS", "UKR", "190", "20220301"),
        made.gdelt_row(7, "20220210", "RUS", "UKR", "138", "20220302"),
        made.gdelt_row(7, "20220210", "RUS", "UKR", "193", "20220228"),
    ]
    for order in (rows, rows[::-1]):
        path = made.gdelt(tmp_path / "g.CSV", order)
        picture = watch([path], pairs=[("RUS", "UKR")], first=WINDOW[0])
        assert picture.counts[0, 0].sum(axis=0).tolist() == [0, 1, 0, 0, 0]
        assert dict(picture.streams[0].aside) == {"repeats an event": 2}


def test_events_without_an_id_are_not_the_same(tmp_path: Path) -> None:
    """Nothing says that two rows without an id tell of one event."""
    rows = [made.gdelt_row("", "20220210", "RUS", "UKR", "190")] * 3
    picture = watch([made.gdelt(tmp_path / "g.CSV", rows)], pairs=[("RUS", "UKR")])
    assert picture.counts.sum() == picture.streams[0].census.mapped == 3


def test_a_file_that_breaks_off_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    """Half a gzip file is not silently a whole one, and not lost either."""
    import gzip

    rows = [made.gdelt_row(k, "20220210", "RUS", "UKR", "190") for k in range(30_000)]
    path = made.gdelt(tmp_path / "g.CSV", rows)
    packed = tmp_path / "g.CSV.gz"
    data = gzip.compress(path.read_bytes())
    packed.write_bytes(data[: len(data) * 9 // 10])
    picture = watch([packed], pairs=[("RUS", "UKR")])
    (stream,) = picture.streams
    assert dict(stream.aside)["the rest of the file cannot be read"] == 1
    assert 20_000 < stream.census.mapped < 30_000
    assert stream.census.read == stream.census.mapped + stream.census.aside


def test_a_file_of_nothing_but_broken_rows_is_no_traceback(tmp_path: Path) -> None:
    """Where no row can be used the window must be given, and the picture is empty."""
    path = made.gdelt(tmp_path / "g.CSV", [["a"], ["b", "c"]])
    picture = watch([path], pairs=[("RUS", "UKR")], form="gdelt", first=WINDOW[0], last=WINDOW[1])
    assert picture.streams[0].census.aside == picture.streams[0].census.read == 2
    assert picture.counts.sum() == 0
