"""The same facts by the treaty as it stood on other days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from standoff.treaty import Incident, Truth, history, load, load_incident, rule, truths

YES, NO, UNCLEAR = Truth.YES, Truth.NO, Truth.UNCLEAR
TREATY = load("north-atlantic")
PLAIN = Incident.of(
    "plain",
    place="France",
    target="France",
    target_kind="computers",
    attacker="a state that is no party",
    attacker_kind="state",
    domain="cyber",
    hybrid=False,
    effects="grave",
    series=False,
    attribution="established",
    intent="deliberate",
    consent=False,
)


def article_5(incident: Incident, day: date) -> Truth:
    return rule(TREATY, incident, day).clause("article-5").truth


@pytest.mark.parametrize(
    ("incident", "day"),
    [
        (PLAIN, date(2014, 9, 5)),
        (replace(PLAIN, domain="land", hybrid="yes"), date(2016, 7, 9)),
        (
            replace(PLAIN, effects="disruption", series="yes", series_effects="grave"),
            date(2021, 6, 14),
        ),
        (
            replace(
                PLAIN,
                domain="space",
                target_kind="satellite",
                place="Outer space",
                territory="none",
            ),
            date(2021, 6, 14),
        ),
        (
            replace(PLAIN, domain="air", attacker_kind="non-state", from_abroad="yes"),
            date(2001, 9, 12),
        ),
    ],
    ids=["cyber 2014", "hybrid 2016", "cumulative 2021", "space 2021", "non-state 2001"],
)
def test_what_the_allies_added(incident: Incident, day: date) -> None:
    """Open the day before and met from then on: Council 2001, Wales 2014 (72), Warsaw 2016 (72),
    Brussels 2021 (32 and 33)."""
    assert article_5(incident, day - timedelta(days=1)) is UNCLEAR
    assert article_5(incident, day) is YES


@pytest.mark.parametrize(
    ("state", "day"),
    [
        ("Greece", date(1952, 2, 18)),
        ("Türkiye", date(1952, 2, 18)),
        ("Germany", date(1955, 5, 6)),
        ("Spain", date(1982, 5, 30)),
        ("Poland", date(1999, 3, 12)),
        ("Estonia", date(2004, 3, 29)),
        ("Croatia", date(2009, 4, 1)),
        ("Montenegro", date(2017, 6, 5)),
        ("North Macedonia", date(2020, 3, 27)),
        ("Finland", date(2023, 4, 4)),
        ("Sweden", date(2024, 3, 7)),
    ],
)
def test_a_party_is_protected_from_its_accession_on(state: str, day: date) -> None:
    """An attack on land is not met on the day before, and met on the day."""
    incident = replace(PLAIN, domain="land", place=state, target=state, target_kind="territory")
    assert article_5(incident, day - timedelta(days=1)) is NO
    assert article_5(incident, day) is YES


@pytest.mark.parametrize("name", ["cumulative-cyber", "algeria-1954", "paris-2015", "satellite"])
def test_history_has_every_change_and_no_other(name: str) -> None:
    """On each day on which anything begins or ends, the answer is the one that history tells."""
    incident = load_incident(name)
    changes = history(TREATY, incident)
    assert changes[0].day == TREATY.days[0]
    for before, after in pairwise(changes):
        assert before.truths != after.truths
        assert after.because
    for day in TREATY.days:
        told = [change.truths for change in changes if change.day <= day][-1]
        assert truths(TREATY, incident, day) == told
        assert {f.clause: f.truth for f in rule(TREATY, incident, day).findings} == told


def test_history_says_what_made_the_difference() -> None:
    """Latvia joined in 2004; cumulative cyber activities were named in 2021."""
    reasons = {
        change.day: " ".join(change.because)
        for change in history(TREATY, load_incident("cumulative-cyber"))
    }
    assert "Latvia" in reasons[date(2004, 3, 29)]
    assert "cumulative cyber activities" in reasons[date(2021, 6, 14)]
    assert len(reasons) == 3


def test_the_day_of_a_ruling() -> None:
    """The day that is asked for, else that on which the facts were known, else when it happened."""
    incident = load_incident("notpetya-2017")
    assert rule(TREATY, incident).as_of == date(2018, 2, 15)
    assert rule(TREATY, replace(incident, known=None)).as_of == date(2017, 6, 27)
    assert rule(TREATY, incident, date(1995, 1, 1)).as_of == date(1995, 1, 1)
    with pytest.raises(ValueError, match="has no date: say as of which day"):
        rule(TREATY, replace(incident, known=None, date=None))


def test_before_the_treaty_nothing_is_promised() -> None:
    """A clause that is not in force is not met, and says so."""
    finding = rule(TREATY, PLAIN, date(1949, 4, 4)).clause("article-5")
    assert (finding.truth, finding.in_force, finding.members) == (NO, False, 0)
