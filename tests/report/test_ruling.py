"""A ruling as a page: its document has the words of the opinion, and the page can hold them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from cli.said import Said
from report.parts import Parts
from standoff.report.document import ruling_document
from standoff.report.document.ruling import FORMAT, altered, facts, members
from standoff.report.html import ruling_html, write_ruling
from standoff.treaty import Incident, document, history, load, load_incident, rule

MIRROR = Path(__file__).parents[2] / "web" / "src" / "ruling.ts"
TREATY = load("north-atlantic")
ESTONIA = load_incident("estonia-2007")


def test_the_document_is_the_ruling_with_words_for_people() -> None:
    """All that `standoff rule --json` tells is in it unchanged, as plain JSON."""
    ruling, changes = rule(TREATY, ESTONIA), history(TREATY, ESTONIA)
    made = ruling_document(ruling, changes)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    told = document(ruling, changes)
    assert {key: made[key] for key in told} == told


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    """Every fact is there; one that is left out has no value, which is not the same as 'none'."""
    told = {one["name"]: one for one in facts(Incident.of("x", effects="grave", dead=0))}
    assert told["effects"]["value"] == "grave"
    assert "large use of armed force" in told["effects"]["means"]
    assert told["dead"]["value"] == "0"
    assert told["attribution"] == {
        "name": "attribution",
        "asks": "how surely the attacker is known",
        "value": None,
        "means": "",
    }
    nobody = {one["name"]: one for one in facts(Incident.of("x", threat_seen_by=()))}
    assert nobody["threat seen by"]["value"] == "none"


def test_the_rules_that_were_altered_follow_each_other() -> None:
    """One version ends where the next begins; cyber was named in 2014, space in 2021."""
    told = altered(TREATY)
    assert told
    for one in told:
        for before, after in zip(one["versions"], one["versions"][1:], strict=False):
            assert before["to"] == after["from"]
    (domain,) = [one for one in told if one["question"] == "domain"]
    assert [version["from"] for version in domain["versions"]][1:] == ["2014-09-05", "2021-06-14"]


def test_members_are_those_of_the_treaty() -> None:
    """Twelve at first (1949), thirty-two since Sweden joined on 7 March 2024."""
    told = members(TREATY)
    assert (told[0]["from"], told[0]["count"]) == ("1949-08-24", 12)
    assert (told[-1]["from"], told[-1]["count"], told[-1]["joined"]) == (
        "2024-03-07",
        32,
        ["Sweden"],
    )
    for one in told:
        assert one["count"] == len(TREATY.parties_on(date.fromisoformat(one["from"])))


def test_the_page_is_one_file_that_needs_nothing(tmp_path: Path) -> None:
    """No network, its own script alone, small; the same bytes each time; words without script."""
    ruling, changes = rule(TREATY, ESTONIA), history(TREATY, ESTONIA)
    first = write_ruling(ruling, changes, tmp_path / "one.html").read_bytes()
    assert write_ruling(ruling, changes, tmp_path / "two.html").read_bytes() == first
    assert len(first) < 200_000
    text = first.decode()
    parts = Parts(text)
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in parts.tags}
    assert not any({"src", "srcset"} & given.keys() for _, given in parts.tags)
    assert parts.data()["incident"]["name"] == "estonia-2007"
    without = re.sub(r"\s+", " ", text[text.index("<noscript>") : text.index("</noscript>")])
    assert "article-5, Collective defence: not met" in without
    assert "no legal advice" in without


@pytest.mark.parametrize("attack", ["</script><script>alert(1)</script>", '"><img src=x>', "<!--"])
def test_nothing_an_incident_says_becomes_markup(attack: str) -> None:
    """Hostile words in an incident make no element, with script or without."""
    hostile = Incident.of(attack, title=attack, summary=attack, place=attack, date="2020-01-01")
    ruling = rule(TREATY, hostile)
    made = Parts(ruling_html(ruling_document(ruling), attack))
    plain = Parts(ruling_html(ruling_document(rule(TREATY, ESTONIA)), "words"))
    assert [tag for tag, _ in made.tags] == [*(tag for tag, _ in plain.tags)]
    assert made.data()["incident"]["title"] == attack


def test_the_command_writes_it(tmp_path: Path) -> None:
    """`--html FILE` writes the page with its history, and says where; a lost folder is refused."""
    said = Said("rule", "estonia-2007", "--html", tmp_path / "ruling.html")
    assert said.words == f"{tmp_path / 'ruling.html'} written".replace("\n", " ")
    shown = Parts((tmp_path / "ruling.html").read_text(encoding="utf-8")).data()
    assert shown["history"]
    refused = Said("rule", "estonia-2007", "--html", tmp_path / "nowhere" / "ruling.html")
    assert refused.status == 2
    assert "there is no folder" in refused.error


def test_the_page_reads_this_format() -> None:
    """`web/src/ruling.ts` mirrors the version and the keys."""
    mirror = MIRROR.read_text(encoding="utf-8")
    assert f"RULING_FORMAT = {FORMAT};" in mirror
    shape = mirror[
        mirror.index("export interface Ruling {") : mirror.index("export interface Fact ")
    ]
    keys = set(re.findall(r'^  "?([a-z][a-z ]*)"?:', shape, re.MULTILINE))
    assert keys == set(ruling_document(rule(TREATY, ESTONIA)))
