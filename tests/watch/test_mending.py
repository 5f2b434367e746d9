"""Files that are broken in one row lose that row, and no other; the sums stay whole."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from standoff.reading import ScenarioError
from standoff.watch import Picture, watch
from standoff.watch.mending import BROKEN, UNCLOSED, WIDTH, mended
from watch import made

COUNTRIES = ("Government of Russia (Soviet Union)", "Government of Ukraine")
OWN = """mapping: 1
name: diary
ladder: {variable: crisis, rungs: [calm, war]}
codebooks:
  own diary:
    version: "1"
    columns: {day: day, source: who, target: whom, code: what}
    groups: [{rung: calm, codes: {talks: talks}}, {rung: war, codes: {shots: shots}}]
"""


def _ucdp(path: Path, rows: int, pad: str = "") -> Path:
    return made.ucdp(
        path,
        [(k, f"2022-03-{1 + k % 28:02d}", "1", COUNTRIES[0], COUNTRIES[1], "1", f"3{pad}")
         for k in range(rows)],
    )  # fmt: skip


def _census(picture: Picture) -> tuple[int, int, int]:
    """Rows read, on a rung, and aside, once the six are seen to sum up."""
    (stream,) = picture.streams
    one = stream.census
    others = one.unmapped + one.ignored + one.elsewhere + one.outside
    assert one.read == one.mapped + others + one.aside
    return one.read, one.mapped, one.aside


@pytest.mark.parametrize("row", [1, 500, 999, 1000])
def test_a_quote_that_is_not_closed_loses_one_row(tmp_path: Path, row: int) -> None:
    """It would swallow all that follows; only the row in which it stands is kept aside."""
    path = _ucdp(tmp_path / "u.csv", 1000)
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[row] = lines[row].replace(COUNTRIES[1], f'"{COUNTRIES[1]}')
    path.write_text("\n".join(lines), encoding="utf-8")
    picture = watch([path], "force", pairs=[("RUS", "UKR")])
    assert _census(picture) == (1000, 999, 1)
    (kept,) = picture.kept[0]
    assert (kept.row, kept.reason) == (row + 1, UNCLOSED)


def test_far_into_a_long_file(tmp_path: Path) -> None:
    """Nor does it matter that more than a block of the file follows, or came before."""
    path = _ucdp(tmp_path / "u.csv", 90_000, " " * 40)
    lines = path.read_text(encoding="utf-8").split("\n")
    for row in (45_000, 80_000):
        lines[row] = lines[row].replace(COUNTRIES[1], f'"{COUNTRIES[1]}')
    path.write_text("\n".join(lines), encoding="utf-8")
    picture = watch([path], "force", pairs=[("RUS", "UKR")])
    assert _census(picture) == (90_000, 89_998, 2)
    assert [kept.row for kept in picture.kept[0]] == [45_001, 80_001]


def test_a_row_longer_than_a_block(tmp_path: Path) -> None:
    """A text of nine megabytes is one broken row; those before and after it are read."""
    path = made.eurepoc(
        tmp_path / "e.csv",
        [(k, f"2022-03-{1 + k:02d}", "['Russia']", "['Ukraine']", "3") for k in range(20)],
    )
    text = path.read_text(encoding="utf-8").replace("several, words\nand lines", "y" * 9_000_000, 1)
    path.write_text(text, encoding="utf-8")
    picture = watch([path], "cyber", pairs=[("RUS", "UKR")])
    assert _census(picture) == (20, 19, 1)
    assert picture.kept[0][0].reason == BROKEN


def test_texts_of_several_lines_stay_one_row() -> None:
    """A quoted text may have lines, separators and quotes; a broken row does not take the next."""
    lines = ['1,"two\n', 'lines, and ""quotes""",3\n', "\n", '4,"open,6\n', "7,8,9\n", "1,2\n"]
    found = list(mended(lines, ",", True, 3))
    assert [row.cells for row in found if not row.reason] == [
        ("1", 'two\nlines, and "quotes"', "3"),
        ("7", "8", "9"),
    ]
    assert [row.reason for row in found if row.reason] == [UNCLOSED, WIDTH]


def _packed(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data)[:-40])


def _spaced(path: Path, data: bytes) -> None:
    path.write_bytes(b"\r\n\n" + data)


@pytest.mark.parametrize(("spoil", "lost"), [(_packed, True), (_spaced, False)])
def test_a_broken_beginning_or_end(
    tmp_path: Path, spoil: Callable[[Path, bytes], None], lost: bool
) -> None:
    """A small archive that breaks off is read as far as it goes; blank lines come before."""
    rows = [made.gdelt_row(k, "20220301", "RUS", "UKR", "190") for k in range(50)]
    path = made.gdelt(tmp_path / "g.CSV", rows)
    spoil(path, path.read_bytes())
    picture = watch([path], "force", pairs=[("RUS", "UKR")])
    read, mapped, aside = _census(picture)
    if lost:
        assert 30 < mapped < 50
        assert "the rest of the file cannot be read" in dict(picture.streams[0].aside)
    else:
        assert (read, mapped, aside) == (50, 50, 0)


def _own(tmp_path: Path, text: str, name: str = "own.csv") -> Path:
    (tmp_path / "diary.yaml").write_text(OWN, encoding="utf-8")
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_spaces_and_quotes_around_names_of_columns(tmp_path: Path) -> None:
    """`day ,"who"` are the columns day and who, in text and in streams without quotes."""
    path = _own(tmp_path, 'day , "who",whom,"what"\n2022-03-01,RUS,UKR,shots\n')
    assert _census(watch([path], tmp_path / "diary.yaml")) == (1, 1, 0)
    icews = made.icews(tmp_path / "i.tab", [(1, "2022-03-01", "Russia", "Ukraine", "190")])
    first, rest = icews.read_text(encoding="utf-8").split("\n", 1)
    quoted = "\t".join(f'"{name}"' for name in first.split("\t"))
    icews.write_text(f"{quoted}\n{rest}", encoding="utf-8")
    assert _census(watch([icews], "force", pairs=[("RUS", "UKR")])) == (1, 1, 0)


def test_a_file_that_is_given_twice_counts_once(tmp_path: Path) -> None:
    """A copy under another name is kept aside row by row, also where events have no name."""
    text = "day,who,whom,what\n2022-03-01,RUS,UKR,shots\n2022-03-02,RUS,UKR,shots\n"
    paths = [_own(tmp_path, text), _own(tmp_path, text, "copy.csv")]
    picture = watch(paths, tmp_path / "diary.yaml")
    assert _census(picture) == (4, 2, 2)
    assert picture.streams[0].aside == (("repeats a file", 2),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "dya,who,whom,what\n",
            "there is no column 'day', which own diary has; did you mean 'dya'",
        ),
        ("day,who,whom,what,day\n", "the column 'day' stands twice"),
        ("day;who;whom;what\n", "the columns of own diary, but between semicolons; save it with c"),
    ],
)
def test_a_header_that_is_nearly_one(tmp_path: Path, text: str, said: str) -> None:
    """What is plainly meant is told with what is wrong, and the nearest name."""
    path = _own(tmp_path, text + "2022-03-01,RUS,UKR,shots\n")
    with pytest.raises(ScenarioError, match=said):
        watch([path], tmp_path / "diary.yaml")


def test_what_is_no_file_of_events(tmp_path: Path) -> None:
    """A folder and an archive of nothing, and what no shell has spelled out."""
    with pytest.raises(ScenarioError, match="this folder is empty"):
        watch([tmp_path])
    with pytest.raises(ScenarioError, match="no such file; name the folder, and what holds events"):
        watch([tmp_path / "*.csv"])
    with zipfile.ZipFile(tmp_path / "none.zip", "w"):
        pass
    with pytest.raises(ScenarioError, match="the archive holds 0 files"):
        watch([tmp_path / "none.zip"])


COLUMNS = "columns: {day: day, source: who, target: whom, code: what}"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("dates: '%d.%m'", r":8:13: '%d\.%m' does not say the year"),
        ("dates: sometimes", "'sometimes' does not say the year"),
        ("separator: '::'", r":8:17: '::' cannot stand between columns; expected one sign"),
        ("separator: ''", "'' cannot stand between columns"),
    ],
)
def test_how_a_file_of_ones_own_is_written(tmp_path: Path, more: str, said: str) -> None:
    """What could never read a row is a mistake of the mapping, in its place."""
    path = _own(tmp_path, "day,who,whom,what\n2022-03-01,RUS,UKR,shots\n")
    mapping = tmp_path / "diary.yaml"
    mapping.write_text(OWN.replace(COLUMNS, f"{COLUMNS}\n    {more}"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=said):
        watch([path], mapping)


def test_nobody_acts_on_himself_by_mistake(tmp_path: Path) -> None:
    """One column cannot say both who acts and whom it is done to."""
    path = _own(tmp_path, "day,who,whom,what\n2022-03-01,RUS,UKR,shots\n")
    mapping = tmp_path / "diary.yaml"
    mapping.write_text(OWN.replace("target: whom", "target: who"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="column 'who' says already who acts"):
        watch([path], mapping)


def test_a_pair_counts_once_however_it_is_named(tmp_path: Path) -> None:
    """Given in both orders it is one pair, and not an empty one besides; a pair needs two."""
    path = made.gdelt(tmp_path / "g.CSV", [made.gdelt_row(1, "20220301", "RUS", "UKR", "190")])
    picture = watch([path], "force", pairs=[("RUS", "UKR"), ("Ukraine", "Russia")])
    assert [pair.actors for pair in picture.pairs] == [("RUS", "UKR")]
    assert picture.counts.sum() == 1
    with pytest.raises(ScenarioError, match="'RUS' and 'Russia' are one actor, RUS"):
        watch([path], "force", pairs=[("RUS", "Russia")])


def test_json_is_told_apart(tmp_path: Path) -> None:
    """EuRepoC is also published as JSON, which is not read: its table is."""
    path = tmp_path / "e.json"
    path.write_text('[{"incident_id": 1, "start_date": "2022-03-01"}]', encoding="utf-8")
    with pytest.raises(ScenarioError, match="this is JSON, of which no format is known; take the"):
        watch([path])


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            "2099-01-01",
            "1 row is dated 2099-01-01, more than two years after all others; --to leav",
        ),
        (
            "1922-03-01",
            "1 row is dated 1922-03-01, more than two years before all others; --from l",
        ),
        ("2023-01-01", ""),
    ],
)
def test_a_stray_date_is_remarked(tmp_path: Path, day: str, said: str) -> None:
    """A year mistyped in one row would move the last period decades on, or begin one too early."""
    path = _ucdp(tmp_path / "u.csv", 50)
    text = path.read_text(encoding="utf-8").replace("2022-03-08", day, 1)
    path.write_text(text, encoding="utf-8")
    (stream,) = watch([path], "force", pairs=[("RUS", "UKR")]).streams
    assert bool(said) == any("dated" in remark for remark in stream.remarks)
    assert said in " ".join(stream.remarks)


def test_numbers_that_a_spreadsheet_wrote_and_a_precision_that_is_none(tmp_path: Path) -> None:
    """`1.0` is the type of violence 1; that a date is known to within `9` says nothing."""
    day, (one, other) = "2022-03-01", COUNTRIES
    rows = [
        (1, day, "1.0", one, other, "1.0", "30.0"),
        (2, day, "9", one, other, "1", "30"),
        (3, day, "", one, other, "1", "30"),
    ]
    picture = watch([made.ucdp(tmp_path / "u.csv", rows)], "force", pairs=[("RUS", "UKR")])
    assert _census(picture) == (3, 2, 1)
    assert picture.streams[0].aside == (("a precision of the date that is none", 1),)
