"""The picture: what it keeps, where it begins and ends, and what changed since another."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from standoff.reading import ScenarioError
from standoff.watch import (
    Picture,
    document,
    load_picture,
    log_likelihood,
    nearest_clauses,
    since,
    since_document,
    watch,
    write_picture,
)
from standoff.watch.calendar import calendar
from standoff.watch.ladder import estimate
from watch import made

QUIET = [made.gdelt_row(k, f"202201{k % 28 + 1:02d}", "RUS", "UKR", "042") for k in range(100, 160)]
WAR = [made.gdelt_row(k, "20220224", "RUS", "UKR", "190") for k in range(200, 280)] + [
    made.gdelt_row(k, f"202202{k % 28 + 1:02d}", "UKR", "RUS", "042") for k in range(300, 360)
]


@pytest.fixture
def early(tmp_path: Path) -> Picture:
    """January alone: talks."""
    return watch([made.gdelt(tmp_path / "1.CSV", QUIET)], pairs=[("RUS", "UKR")])


@pytest.fixture
def late(tmp_path: Path) -> Picture:
    """January and February, in which force was used."""
    made.gdelt(tmp_path / "1.CSV", QUIET)
    made.gdelt(tmp_path / "2.CSV", WAR)
    return watch([tmp_path / "1.CSV", tmp_path / "2.CSV"], pairs=[("RUS", "UKR")])


def test_a_picture_goes_to_a_file_and_comes_back(late: Picture, tmp_path: Path) -> None:
    """Written, read and written again the bytes are the same, and so is all that it says."""
    one, two = tmp_path / "picture.json", tmp_path / "again.json"
    write_picture(late, one)
    back = load_picture(one)
    write_picture(back, two)
    assert one.read_bytes() == two.read_bytes()
    assert document(back) == document(late) == json.loads(one.read_text(encoding="utf-8"))
    assert load_picture(tmp_path).ladder == late.ladder
    assert np.array_equal(back.log_likelihood(0), late.log_likelihood(0))


def test_a_picture_keeps_no_text_link_or_place(late: Picture, tmp_path: Path) -> None:
    """Reports are summed by day, code and side: nothing that was written or where is kept."""
    write_picture(late, tmp_path / "p.json")
    text = (tmp_path / "p.json").read_text(encoding="utf-8")
    assert "http" not in text
    assert "QUOTED" not in text
    assert {key for event in json.loads(text)["pairs"][0]["events"] for key in event} == {
        "day", "stream", "rung", "code", "label", "by", "reports"
    }  # fmt: skip


def test_force_is_seen_where_it_was_used(late: Picture) -> None:
    """Talks in January, eighty reports of force in February: the rung moves, and surely."""
    (pair,) = late.pairs
    assert [late.ladder.rungs[rung] for rung in pair.median] == ["none", "force"]
    assert pair.probability[1, 3:].sum() > 0.99
    assert pair.probability.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (pair.low <= pair.median).all()
    assert (pair.median <= pair.high).all()
    assert (np.diff(pair.within) <= 0).all()


def test_the_picture_gives_what_a_filter_needs(late: Picture) -> None:
    """Its log-likelihoods, with its own moves, give its own probabilities back."""
    log = late.log_likelihood(late.pair("UKR", "RUS"))
    found = estimate(log, late.calendar.lengths, late.moves)
    assert found.probability == pytest.approx(late.pairs[0].probability, abs=1e-6)
    reporting = [stream.reporting for stream in late.streams]
    assert log_likelihood(late.counts[0], np.ones((1, 2)), reporting).shape == (2, 5)
    with pytest.raises(KeyError, match="no pair 'RUS' and 'USA'; it has RUS and UKR"):
        late.pair("RUS", "USA")


def test_what_changed_is_said(early: Picture, late: Picture) -> None:
    """A new period, a rung that moved; and of nothing new, nothing."""
    changes = since(early, late)
    assert changes.periods == (date(2022, 2, 1),)
    (moved,) = changes.moved
    assert moved.now == ("none", "force")
    assert since(late, late).nothing
    assert not changes.nothing
    assert json.loads(json.dumps(since_document(changes)))["moved"][0]["now"] == {
        "from": "none", "to": "force"
    }  # fmt: skip


def test_another_tempo_and_clauses_that_came_near_are_said(tmp_path: Path) -> None:
    """Threats in January, far more in February and force among it: other clauses are near."""
    days = [f"202201{day:02d}" for day in range(3, 31, 3)]
    said = [made.gdelt_row(k, day, "RUS", "POL", "138") for k, day in enumerate(days)]
    done = [
        made.gdelt_row(k, f"202202{k % 28 + 1:02d}", "RUS", "POL", "190") for k in range(99, 199)
    ]
    one, two = made.gdelt(tmp_path / "1.CSV", said), made.gdelt(tmp_path / "2.CSV", done)
    early, late = (watch(files, "escalation-trap-border") for files in ([one], [one, two]))
    changes = since(early, late)
    (paced,) = changes.paced
    assert paced.stream == "gdelt"
    assert paced.now.low > paced.was.high
    was, now = (
        {(one.treaty, one.clause): (picture.ladder.rungs[one.rung], one.answer)
         for one in nearest_clauses(picture.pairs[0])}
        for picture in (early, late)
    )  # fmt: skip
    assert now
    assert was != now
    assert {(one.treaty, one.clause): (one.was, one.now) for one in changes.turned} == {
        name: (was.get(name), now.get(name))
        for name in (*was, *now)
        if was.get(name) != now.get(name)
    }
    told = since_document(changes)
    assert told["paced"][0]["to"] == [paced.now.low, paced.now.middle, paced.now.high]
    assert len(told["turned"]) == len(changes.turned)
    assert since(late, late).nothing


def test_streams_that_were_revised_are_named(early: Picture, tmp_path: Path) -> None:
    """A stream that counts a past period otherwise than before was revised."""
    more = [*QUIET[5:], made.gdelt_row(999, "20220105", "UKR", "RUS", "190")]
    again = watch([made.gdelt(tmp_path / "1.CSV", more)], pairs=[("RUS", "UKR")])
    (revised,) = since(early, again).revised
    assert (revised.stream, revised.periods, revised.added, revised.removed) == ("gdelt", 1, 1, 5)


def test_pictures_of_two_ladders_cannot_be_compared(early: Picture, tmp_path: Path) -> None:
    """Nor can pictures of other periods; the error names both."""
    path = made.gdelt(tmp_path / "1.CSV", QUIET)
    weekly = watch([path], pairs=[("RUS", "UKR")], period="week")
    with pytest.raises(ScenarioError, match="another period: month; this one has week"):
        since(early, weekly)
    rows = [(1, "2017-06-27", "['Russia']", "['Ukraine']", "5")]
    cyber = watch([made.eurepoc(tmp_path / "e.csv", rows)], "cyber")
    with pytest.raises(ScenarioError, match="another ladder: none, threat"):
        since(early, cyber)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON from here on"),
        ("[]", "this is no picture"),
        ('{"picture": 9}', "of version 9"),
        ('{"picture": 1}', "not whole: 'ladder' is missing"),
    ],
)
def test_files_that_are_no_pictures_say_so(tmp_path: Path, text: str, message: str) -> None:
    """Never a traceback from inside."""
    path = tmp_path / "picture.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        load_picture(path)


def test_periods_follow_the_clock_of_a_scenario() -> None:
    """Fortnights are counted from the scenario's start, months are those of the calendar."""
    start = date(2022, 3, 15)
    found = calendar("fortnight", date(2022, 3, 1), date(2022, 4, 1), start)
    assert found.starts == (date(2022, 3, 1), date(2022, 3, 15), date(2022, 3, 29))
    assert found.end == date(2022, 4, 12)
    months = calendar("month", date(2023, 11, 30), date(2024, 2, 1))
    assert months.lengths == (30, 31, 31, 29)
    quarters = calendar("quarter", date(2023, 11, 30), date(2024, 2, 1))
    assert quarters.starts == (date(2023, 10, 1), date(2024, 1, 1))
    days = np.array([19_325, 19_326, 0], np.int32)  # 29 and 30 November 2022
    assert calendar("day", date(2022, 11, 30), date(2022, 11, 30)).periods_of(days).tolist() == [
        -1, 0, -1
    ]  # fmt: skip


def test_the_window_is_what_the_streams_speak_of(tmp_path: Path) -> None:
    """An old event in a new file is outside: the file says nothing of the years between."""
    rows = [
        made.gdelt_row(1, "20120224", "RUS", "UKR", "190", "20220224"),
        made.gdelt_row(2, "20220224", "RUS", "UKR", "190", "20220224"),
    ]
    picture = watch([made.gdelt(tmp_path / "g.CSV", rows)], pairs=[("RUS", "UKR")])
    assert picture.calendar.starts == (date(2022, 2, 1),)
    assert picture.streams[0].census.outside == 1
    assert picture.covered.tolist() == [[pytest.approx(1 / 28, abs=1e-6)]]
    long = watch(
        [tmp_path / "g.CSV"], pairs=[("RUS", "UKR")], first=date(2012, 1, 1), last=date(2022, 3, 1)
    )
    assert long.streams[0].census.outside == 0
    with pytest.raises(ScenarioError, match="choose a longer --period"):
        watch([tmp_path / "g.CSV"], pairs=[("RUS", "UKR")], first=date(1900, 1, 1), period="day")


def test_without_pairs_the_busiest_are_watched(tmp_path: Path) -> None:
    """Pairs with most reports above the lowest rung, most first; talk alone is none."""
    codes = [("RUS", "UKR", "190")] * 3 + [("IRN", "ISR", "138")] * 5 + [("USA", "FRA", "042")] * 9
    rows = [made.gdelt_row(k, "20220224", *code) for k, code in enumerate(codes)]
    picture = watch([made.gdelt(tmp_path / "g.CSV", rows)])
    assert [pair.actors for pair in picture.pairs] == [("IRN", "ISR"), ("RUS", "UKR")]
    with pytest.raises(ScenarioError, match="unknown country 'Ukrane'; did you mean 'Ukraine'"):
        watch([tmp_path / "g.CSV"], pairs=[("RUS", "Ukrane")])
    with pytest.raises(ScenarioError, match="unknown period 'moon'"):
        watch([tmp_path / "g.CSV"], period="moon")
