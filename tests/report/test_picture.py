"""A threat picture as a page: what it holds, what it never holds, and what says so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.said import Said
from report.painted import MAPPING, WEEKS, painted
from report.parts import Parts
from standoff.report.document import picture_document
from standoff.report.document.picture import FORMAT
from standoff.report.html import write_picture
from standoff.watch import Picture, document, since, since_document

MIRROR = Path(__file__).parents[2] / "web" / "src" / "picture.ts"


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    return painted(tmp_path_factory.mktemp("picture"))


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    return painted(tmp_path_factory.mktemp("earlier"), WEEKS[:4])


def test_the_document_is_the_picture_with_names_of_countries(
    picture: Picture, earlier: Picture
) -> None:
    """It has all of picture.json, what changed, and a name for each country's code."""
    made = picture_document(picture, since(earlier, picture))
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert made["picture"] == document(picture)
    assert made["since"] == since_document(since(earlier, picture))
    assert made["countries"] == {"RUS": "Russia", "UKR": "Ukraine"}
    assert picture_document(picture)["since"] is None


def test_the_page_is_one_file_that_needs_nothing(picture: Picture, tmp_path: Path) -> None:
    """No network; the same bytes each time; all of the text report where no script runs."""
    first = write_picture(picture, tmp_path / "one.html").read_bytes()
    assert write_picture(picture, tmp_path / "two.html").read_bytes() == first
    text = first.decode()
    parts = Parts(text)
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in parts.tags}
    assert not any({"src", "srcset"} & given.keys() for _, given in parts.tags)
    assert parts.data()["picture"] == document(picture)
    without = text[text.index("<noscript>") : text.index("</noscript>")]
    assert "now: fight" in without
    assert "Invented: no terms" in without


def test_hostile_words_in_a_mapping_stay_words(tmp_path: Path) -> None:
    """Titles, labels and terms come from somebody's file: none of them becomes an element."""
    attack = "</script><img src=x onerror=alert(1)>"
    folder = tmp_path / "hostile"
    hostile = MAPPING.replace("shots fired", attack).replace("A quarrel of three rungs", attack)
    made, plain = (
        Parts(write_picture(picture, tmp_path / "page.html").read_text(encoding="utf-8"))
        for picture in (painted(folder, mapping=hostile), painted(folder))
    )
    assert [tag for tag, _ in made.tags] == [tag for tag, _ in plain.tags]
    assert made.data()["picture"]["mapping"]["title"] == attack
    assert not [name for _, given in made.tags for name in given if name.startswith("on")]


def test_the_command_writes_it_beside_the_data(picture: Picture, tmp_path: Path) -> None:
    """`standoff watch --out DIR` leaves picture.html, with what changed where that was asked."""
    streams = [tmp_path / name for name in ("diary.csv", "bulletin.csv")]
    painted(tmp_path)
    given = ("--mapping", tmp_path / "mapping.yaml", "--period", "week", "--pair", "RUS,UKR")
    said = Said("watch", *streams, *given, "--out", tmp_path / "out")
    assert "picture.html" in said.words
    shown = Parts((tmp_path / "out" / "picture.html").read_text(encoding="utf-8")).data()
    assert shown["picture"] == document(picture)
    assert shown["since"] is None
    again = Said(
        "watch", *streams, *given, "--out", tmp_path / "again", "--since", tmp_path / "out"
    )
    assert "nothing has changed" in again.words
    shown = Parts((tmp_path / "again" / "picture.html").read_text(encoding="utf-8")).data()
    assert shown["since"] == since_document(since(picture, picture))


def test_the_page_reads_this_format(picture: Picture) -> None:
    """`web/src/picture.ts` mirrors the version, and the keys of what it shows."""
    mirror = MIRROR.read_text(encoding="utf-8")
    assert f"PICTURE_FORMAT = {FORMAT};" in mirror
    shown = document(picture)
    parts = {
        "Picture": shown,
        "Stream": shown["streams"][0],
        "Pair": shown["pairs"][0],
        "Tempo": shown["pairs"][0]["tempo"][0],
        "Event": shown["pairs"][0]["events"][0],
        "Clause": shown["pairs"][0]["clauses"][0],
        "Since": since_document(since(picture, picture)),
    }
    for name, part in parts.items():
        found = re.search(rf"^export interface {name} {{(.*?)^}}", mirror, re.DOTALL | re.MULTILINE)
        assert found, name
        assert set(re.findall(r"^  (\w+):", found[1], re.MULTILINE)) == set(part), name
