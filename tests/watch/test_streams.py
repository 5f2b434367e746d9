"""Event files as they are published: each is recognised, read and mapped leaf by leaf."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.reading import ScenarioError
from standoff.watch import (
    FORMATS,
    Picture,
    document,
    load_picture,
    packaged_mappings,
    watch,
    write_picture,
)
from standoff.watch.format import Format
from watch import made


def loud(picture: Picture) -> list[tuple[str, str, str]]:
    """Day, rung and acting side of all reports above the lowest rung."""
    rungs = picture.ladder.rungs
    return [
        (event.day.isoformat(), rungs[event.rung], pair.actors[event.by])
        for pair in picture.pairs
        for event in pair.events
    ]


def test_gdelt_is_read_as_it_is_published(tmp_path: Path) -> None:
    """61 columns between tabs, no header, quotes that are no quotes; codes keep their zeros."""
    path = made.gdelt(
        tmp_path / "20220301.export.CSV",
        [
            made.gdelt_row(1, "20220224", "RUS", "UKR", "195"),
            made.gdelt_row(2, "20220225", "UKR", "RUS", "138"),
            made.gdelt_row(3, "20220225", "UKR", "RUS", "0841"),
        ],
    )
    picture = watch([path], pairs=[("RUS", "UKR")])
    (stream,) = picture.streams
    assert (stream.name, stream.codebook, stream.version) == ("gdelt", "CAMEO", "1.1b3")
    assert loud(picture) == [("2022-02-24", "force", "RUS"), ("2022-02-25", "threat", "UKR")]
    assert picture.counts[0, 0].sum(axis=0).tolist() == [1, 1, 0, 1, 0]


def test_icews_gets_its_eaten_zeros_back(tmp_path: Path) -> None:
    """A spreadsheet made 042 of CAMEO into 42 and 0311 into 311; 190 was never anything else."""
    rows = [
        (1, "2014-03-01", "Russian Federation", "Ukraine", "42"),
        (2, "2014-03-01", "Russian Federation", "Ukraine", "311"),
        (3, "2014-03-02", "Russian Federation", "Ukraine", "190"),
        (4, "2014-03-02", "Russian Federation", "Ukraine", "1384"),
    ]
    picture = watch([made.icews(tmp_path / "events.2014.tab", rows)], pairs=[("RUS", "UKR")])
    assert picture.streams[0].name == "icews"
    assert picture.counts[0, 0].sum(axis=0).tolist() == [2, 1, 0, 1, 0]


def test_polecat_maps_type_and_mode(tmp_path: Path) -> None:
    """PLOVER's leaf is a type with a mode; a type alone stands for what has none."""
    rows = [
        (1, "2022-02-24", "RUS", "UKR", "ASSAULT", "aerial"),
        (2, "2022-02-24", "RUS", "UKR", "THREATEN", "violence"),
        (3, "2022-02-24", "RUS", "UKR", "CONSULT", "visit"),
        (4, "2022-02-24", "RUS; BLR", "UKR", "MOBILIZE", "troops"),
        (5, "2022-02-24", "RUS", "UKR", "ASSAULT", ""),
    ]
    path = made.polecat(tmp_path / "ngecEvents.txt", rows)
    picture = watch([path], pairs=[("RUS", "UKR"), ("BLR", "UKR")])
    assert picture.counts[0, 0].sum(axis=0).tolist() == [1, 1, 1, 1, 0]
    assert picture.counts[1, 0].sum(axis=0).tolist() == [0, 0, 1, 0, 0]
    assert dict(picture.streams[0].ignored) == {
        "violence that the code does not give to armed forces": 1
    }
    assert any("codebook PLOVER as in POLECAT" in note for note in picture.streams[0].remarks)


def test_acled_asks_for_its_terms_and_gives_no_single_day_on(tmp_path: Path) -> None:
    """ACLED's terms let nobody pass on rows: not read without acceptance, and then summed up."""
    rows = [
        ("UKR1", "24 February 2022", "1", "Military Forces of Russia (2000-)",
         "Military Forces of Ukraine (2019-)", "Armed clash"),
        ("UKR2", "2022-02-26", "1", "Military Forces of Russia (2000-) Air Force",
         "Military Forces of Ukraine (2019-)", "Air/drone strike"),
        ("UKR3", "2022-02-26", "3", "Military Forces of Russia (2000-)",
         "Civilians (Ukraine)", "Attack"),
    ]  # fmt: skip
    path = made.acled(tmp_path / "acled.csv", rows)
    with pytest.raises(ScenarioError, match="accept-terms"):
        watch([path], pairs=[("RUS", "UKR")])
    picture = watch([path], pairs=[("RUS", "UKR")], accept_terms=True)
    assert picture.counts[0, 0].sum(axis=0).tolist() == [0, 0, 0, 2, 0]
    assert {event.day for event in picture.pairs[0].events} == {date(2022, 2, 1)}
    assert picture.streams[0].reporting.claim
    assert any("claims" in note for note in picture.streams[0].remarks)


def test_ucdp_counts_deaths_in_classes_and_only_between_states(tmp_path: Path) -> None:
    """State-based violence is force, an event with 25 deaths a battle; rebels are no state."""
    russia, ukraine = "Government of Russia (Soviet Union)", "Government of Ukraine"
    rows = [
        (1, "2022-02-24", "1", russia, ukraine, "1", "3"),
        (2, "2022-02-25", "2", ukraine, russia, "1", "140"),
        (3, "2022-02-25", "1", russia, "Civilians", "3", "12"),
        (4, "2022-02-25", "1", russia, ukraine, "2", "0"),
        (5, "2022-02-25", "5", russia, ukraine, "1", "9"),
    ]
    picture = watch([made.ucdp(tmp_path / "GEDEvent.csv", rows)], pairs=[("RUS", "UKR")])
    (stream,) = picture.streams
    assert picture.counts[0, 0].sum(axis=0).tolist() == [0, 0, 0, 1, 1]
    assert dict(stream.aside) == {"a date known to within 365 days only": 1}
    assert stream.census.elsewhere == 1
    assert stream.census.ignored == 1


@pytest.mark.parametrize("version", ["before 1.3", "1.3"])
def test_eurepoc_has_several_countries_a_side(tmp_path: Path, version: str) -> None:
    """One incident with two receivers is one report to each of two pairs."""
    if version == "1.3":
        rows = [(1, "27.06.2017", "RU", "UA; US; UA", "5")]
        path = made.eurepoc_1_3(tmp_path / "eurepoc_global_dataset_1_3.csv", rows)
    else:
        rows = [(1, "2017-06-27", "['Russia', 'Russia']", "['Ukraine', 'United States']", "5.0")]
        path = made.eurepoc(tmp_path / "eurepoc_global_1_1.csv", rows)
    picture = watch([path], "cyber", pairs=[("RUS", "UKR"), ("USA", "RUS")])
    assert picture.counts[:, 0, 0].tolist() == [[0, 0, 0, 1, 0], [0, 0, 0, 1, 0]]
    assert picture.streams[0].census.mapped == 1
    assert loud(picture)[1] == ("2017-06-27", "destruction", "RUS")


def test_two_versions_of_the_same_data_are_remarked(tmp_path: Path) -> None:
    """Nothing tells which incidents of one are in the other; streams of other data are none."""
    old = made.eurepoc(tmp_path / "1.csv", [(1, "2017-06-27", "['Russia']", "['Ukraine']", "5.0")])
    new = made.eurepoc_1_3(tmp_path / "2.csv", [(1, "27.06.2017", "RU", "UA", "5")])
    dcid = made.dcid(tmp_path / "3.csv", [(1, "2017-06-27", "Russia", "Ukraine", "365", "5")])
    remarks = {one.name: one.remarks for one in watch([old, new, dcid], "cyber").streams}
    said = "is another version of the same data; what is in both counts twice"
    assert f"eurepoc-1.3 {said}" in remarks["eurepoc"]
    assert f"eurepoc {said}" in remarks["eurepoc-1.3"]
    assert not any(said in one for one in remarks["dcid"])
    assert not any(said in one for one in watch([old, dcid], "cyber").streams[0].remarks)


def test_eurepocs_table_of_pairs_is_not_its_table_of_incidents(tmp_path: Path) -> None:
    """It has all columns of the other, and each incident once for every pair: not taken for it."""
    header = (*made.EUREPOC_1_3_HEADER, "dyad_id")
    row: dict[str, object] = {"incident_id": 1, "start_date": "27.06.2017", "dyad_id": 1}
    path = made.table(tmp_path / "eurepoc_dyadic_dataset_0_1.csv", header, [row])
    said = (
        "this is not EuRepoC global dataset, version 1.3, as it has 'dyad_id'; an incident stands"
    )
    for form in (None, "eurepoc-1.3"):
        with pytest.raises(ScenarioError, match=said):
            watch([path], "cyber", form=form)
    rows = [(1, "27.06.2017", "RU", "UA", "5")]
    made.eurepoc_1_3(tmp_path / "eurepoc_global_dataset_1_3.csv", rows)
    assert [one.file for one in watch([tmp_path], "cyber").passed] == [path]


@pytest.mark.parametrize("sheet", [False, True])
def test_dcid_tells_who_began(tmp_path: Path, sheet: bool) -> None:
    """The initiator is a number; one that is neither of the rivals is kept aside."""
    rows = [
        (1, "2008-02-01", "US", "Russia", "2", "4"),
        (2, "2008-02-01", "US", "Russia", "365", "3"),
        (3, "2008-02-01", "US", "Russia", "710", "3"),
    ]
    path = (
        made.dcid_sheet(tmp_path / "DCID.xlsx", rows)
        if sheet
        else made.dcid(tmp_path / "DCID.csv", rows)
    )
    picture = watch([path], "cyber", pairs=[("RUS", "USA")])
    assert [by for _, _, by in loud(picture)] == ["RUS", "USA"]
    assert dict(picture.streams[0].aside) == {"an initiator that is neither of the two rivals": 1}
    assert picture.kept[0][0].row == 4


def test_a_file_of_ones_own_needs_only_a_mapping(tmp_path: Path) -> None:
    """Any CSV file can be read once a mapping says which column says what."""
    mapping = tmp_path / "log.yaml"
    mapping.write_text(
        """mapping: 1
name: log
ladder: {variable: tension, rungs: [calm, tense]}
codebooks:
  our log:
    version: "1"
    columns: {day: when, source: who, target: whom, code: what, identity: ref}
    dates: "%d/%m/%y"
    separator: ";"
    groups:
      - {rung: tense, codes: {raid: a raid}}
""",
        encoding="utf-8",
    )
    log = tmp_path / "log.csv"
    log.write_text("ref;when;who;whom;what\n1;03/04/21;Iran;Iraq;raid\n2;04/04/21;Iran;Iraq;?\n")
    picture = watch([log], mapping)
    assert picture.pairs[0].actors == ("IRN", "IRQ")
    assert dict(picture.streams[0].unmapped) == {"?": 1}


def test_more_reports_than_the_mapping_allows_for_are_remarked(tmp_path: Path) -> None:
    """A war with hundreds of events a month is read with rates for a few, and that is said."""
    sides = "Government of Russia (Soviet Union)", "Government of Ukraine"
    rows = [(k, f"2022-03-{k % 28 + 1:02d}", "1", *sides, "1", "3") for k in range(200)]
    picture = watch([made.ucdp(tmp_path / "many.csv", rows)])
    (remark,) = picture.streams[0].remarks
    assert "61 times as many as the mapping allows for at most" in remark
    few = watch([made.ucdp(tmp_path / "few.csv", rows[:5])])
    assert few.streams[0].remarks == ()


def test_others_than_countries_can_stand_for_an_actor(tmp_path: Path) -> None:
    """A mapping names who acts for whom; whoever it does not name is nobody's."""
    text = packaged_mappings()["force"].read_text(encoding="utf-8")
    mapping = tmp_path / "mine.yaml"
    mapping.write_text(f"{text}names: {{Russia: [Wagner Group]}}\n", encoding="utf-8")
    rows = [
        (1, "2022-03-01", "1", "Wagner Group", "Government of Ukraine", "1", "3"),
        (2, "2022-03-02", "1", "Some Band", "Government of Ukraine", "1", "3"),
    ]
    path = made.ucdp(tmp_path / "g.csv", rows)
    picture = watch([path], mapping, pairs=[("RUS", "UKR")])
    assert loud(picture) == [("2022-03-01", "force", "RUS")]
    assert dict(picture.streams[0].strangers) == {"Some Band": 1}


def test_without_a_mapping_the_narrowest_that_fits_is_used(tmp_path: Path) -> None:
    """Cyber incidents go onto the ladder of cyber incidents, and together with news onto force."""
    rows = [(1, "2022-02-24", "['Russia']", "['Ukraine']", "5")]
    cyber = made.eurepoc(tmp_path / "e.csv", rows)
    news = made.gdelt(tmp_path / "g.CSV", [made.gdelt_row(1, "20220224", "RUS", "UKR", "190")])
    assert watch([cyber]).mapping.name == "cyber"
    assert watch([news]).mapping.name == "force"
    assert watch([cyber, news]).mapping.name == "force"


def test_packed_files_say_the_same(tmp_path: Path) -> None:
    """Gzip and zip are read as they lie; a mark at the beginning of a file is no letter."""
    rows = [(1, "2017-06-27", "['Russia']", "['Ukraine']", "5")]
    plain = made.eurepoc(tmp_path / "e.csv", rows)
    data = plain.read_bytes()
    packed = tmp_path / "e.csv.gz"
    packed.write_bytes(gzip.compress(data))
    archive = tmp_path / "e.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("e.csv", data)
    marked = tmp_path / "m.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + data)
    pictures = [watch([path], "cyber") for path in (plain, packed, archive, marked)]
    for picture in pictures[1:]:
        assert loud(picture) == loud(pictures[0])
        assert picture.streams[0].census == pictures[0].streams[0].census


def test_an_unknown_file_is_named_with_what_was_found(tmp_path: Path) -> None:
    """The error says what the head looks like and what is known."""
    path = tmp_path / "other.csv"
    path.write_text("when,where,what\n2022,here,this\n")
    with pytest.raises(ScenarioError, match=r"3 columns between commas: 'when', 'where', 'what'"):
        watch([path])
    with pytest.raises(ScenarioError, match=r"unknown format 'gdlet'; did you mean 'gdelt'"):
        watch([path], form="gdlet")
    with pytest.raises(ScenarioError, match="there is no column 'date_start'"):
        watch([path], form="ucdp")
    with pytest.raises(ScenarioError, match="no such file"):
        watch([tmp_path / "none.csv"])
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a", "1")
        out.writestr("b", "2")
    with pytest.raises(ScenarioError, match="holds 2 files"):
        watch([archive])
    wide = tmp_path / "wide.csv"
    wide.write_text("ID,start_date", encoding="utf-16")
    with pytest.raises(ScenarioError, match="this is no text; save it as UTF-8"):
        watch([wide])
    head = made.eurepoc(tmp_path / "e.csv", [(1, "soon", "['Iran']", "['Iraq']", "1")])
    with pytest.raises(ScenarioError, match="no row can be used: a date that is none; give --from"):
        watch([head], "cyber")
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(ScenarioError, match="the file is empty"):
        watch([empty])


def test_a_mapping_without_the_codebook_says_so(tmp_path: Path) -> None:
    """Cyber incidents cannot be read from news, nor news by a mapping of cyber incidents."""
    path = made.gdelt(tmp_path / "g.CSV", [made.gdelt_row(1, "20220224", "RUS", "UKR", "195")])
    with pytest.raises(ScenarioError, match="has nothing on codebook CAMEO; it has EuRepoC, DCID"):
        watch([path], "cyber")


WORDS = st.sampled_from(
    ["", "1", "42", "²2", "nan", "inf", "-1", "1e9", "None", "Russia", "['Russia'", "[[['a']]]",
     "Government of Russia", "20220224", "2022-02-24", "2022-02-30", "24 February 2022", "9" * 40,
     "ASSAULT", "190", "\x00", "é", "🙂", "'", "a;b"]
)  # fmt: skip


@settings(max_examples=60)
@given(st.sampled_from(FORMATS), st.lists(st.lists(WORDS, min_size=7, max_size=7), max_size=8))
def test_whatever_stands_in_a_file_is_no_traceback(form: Format, rows: list[list[str]]) -> None:
    """Any words in any column: each row is counted somewhere, and nothing is raised from inside."""
    names = form.columns or form.needed
    body = [[row[k % 7] for k in range(len(names))] for row in rows]
    lines = ([list(names)] if form.header else []) + body
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        path.write_text(
            "".join(form.separator.join(line) + "\n" for line in lines), encoding="utf-8"
        )
        mapping = "cyber" if form.codebook in ("EuRepoC", "DCID") else "force"
        picture = watch(
            [path], mapping, form=form.name, accept_terms=True, period="year",
            first=date(2022, 1, 1), last=date(2022, 12, 31),
        )  # fmt: skip
    census = picture.streams[0].census
    parts = (census.mapped, census.unmapped, census.ignored, census.elsewhere, census.outside)
    assert sum(parts) + census.aside == census.read
    assert census.read >= sum(any(line) for line in body)
    assert document(picture)


def test_a_picture_of_nothing_goes_to_a_file_and_back(tmp_path: Path) -> None:
    """No pair has a report above the lowest rung: the picture is empty, and whole."""
    path = made.gdelt(tmp_path / "g.CSV", [made.gdelt_row(1, "20220224", "RUS", "UKR", "042")])
    picture = watch([path])
    assert picture.pairs == ()
    write_picture(picture, tmp_path / "picture.json")
    assert document(load_picture(tmp_path)) == document(picture)
