"""`standoff rule`: a reasoned opinion to read, and as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.said import Said


def test_an_opinion_and_never_a_bare_yes() -> None:
    """Each clause has its answer, its tests with their sources, who decides and what follows."""
    said = Said("rule", "september-2001")
    assert said.status == 0
    for words in (
        "as it stood on 12 September 2001, with 19 parties",
        "article-4, Consultation: met",
        "article-5, Collective defence: unclear",
        "Is the target a party to the treaty? Yes: the target, United States, has been a party",
        "(nat-1949, article 5; members)",
        "What would settle it:",
        "not met, given whether it was directed from abroad: no",
        "It would come out otherwise on these readings: - non-state = states-only: not met.",
        "Who decides: the North Atlantic Council, by consensus of all 19.",
        "What follows: Each party assists with such action as it deems necessary",
        "What happened, which the ruling does not read:",
        "no legal advice and no forecast",
    ):
        assert words in said.words
    assert all(len(line) <= 80 for line in said.out.splitlines())


def test_as_of_and_history() -> None:
    """A year stands for its last day; the history says when and why the answer changed."""
    said = Said("rule", "cumulative-cyber", "--as-of", "2020", "--history")
    assert "as it stood on 31 December 2020, with 30 parties" in said.words
    assert "article-5, Collective defence: unclear" in said.words
    assert "From 14 June 2021: article-4 unclear, article-5 met, article-6 met." in said.words
    assert "Significant malicious cumulative cyber activities" in said.words


def test_as_of_tells_how_the_answer_changed() -> None:
    """`--as-of` alone says when the same facts came out otherwise, before and after that day."""
    said = Said("rule", "cumulative-cyber", "--as-of", "1995")
    assert "as it stood on 31 December 1995, with 16 parties" in said.words
    assert "From 14 June 2021: article-4 unclear, article-5 met, article-6 met." in said.words
    assert "The same facts" not in Said("rule", "cumulative-cyber").words


def test_readings_and_amendments() -> None:
    """A reading may be taken and an amendment tried, and the opinion says so."""
    taken = Said("rule", "salisbury-2018", "--reading", "single-strike=frontier-incident")
    assert "article-5, Collective defence: not met" in taken.words
    amended = Said("rule", "cumulative-sabotage", "--amend", "count-cumulative", "--json")
    assert amended.json["changed"] == [
        "incidents by one hand are measured together, in every domain"
    ]
    assert amended.json["clauses"][1]["truth"] == "yes"


def test_other_treaties(tmp_path: Path) -> None:
    """A packaged treaty by its name, or one of one's own by its file."""
    said = Said("rule", "paris-2015", "--treaty", "eu-42-7", "--json")
    assert [clause["truth"] for clause in said.json["clauses"]] == ["yes"]
    own = tmp_path / "own.yaml"
    own.write_text("treaty: 1\nname: own\n", encoding="utf-8")
    refused = Said("rule", "paris-2015", "--treaty", own)
    assert refused.status == 2
    assert "key 'title' is missing" in refused.error


def test_the_list() -> None:
    """All that is packaged, as text and as data."""
    said = Said("rule", "--list")
    assert "north-atlantic: The North Atlantic Treaty" in said.words
    assert "estonia-2007: Cyber attacks on Estonia" in said.words
    listed = Said("rule", "--list", "--json").json
    assert [one["name"] for one in listed["treaties"]] == [
        "anzus",
        "eu-42-7",
        "north-atlantic",
        "rio",
    ]
    assert "threshold" in listed["treaties"][2]["readings"]
    assert len(listed["incidents"]) > 30


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no incident is given"),
        (("estonia-2008",), "did you mean 'estonia-2007'?"),
        (("estonia-2007", "--treaty", "nato"), "no treaty is called 'nato'"),
        (("estonia-2007", "--html", "."), "is a folder"),
        (("estonia-2007", "--as-of", "long ago"), "expected a date"),
        (("estonia-2007", "--as-of", "2024-02-30"), "expected a date"),
        (("estonia-2007", "--reading", "threshold"), "expected a reading, '='"),
        (("estonia-2007", "--reading", "threshold=low"), "not an option of reading 'threshold'"),
        (("estonia-2007", "--amend", "lower"), "no amendment 'lower'"),
    ],
)
def test_refusals(arguments: tuple[str, ...], said: str) -> None:
    """What cannot be done is said in a sentence, with status 2."""
    refused = Said("rule", *arguments)
    assert refused.status == 2
    assert said in refused.error
    assert said in Said("rule", *arguments, "--json").out
