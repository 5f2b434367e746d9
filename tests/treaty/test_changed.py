"""Amendments: rules changed for a ruling, as a doctrine in a game may have it."""

from __future__ import annotations

from typing import Any

import pytest

from standoff.reading import ScenarioError
from standoff.treaty import Truth, load, load_incident, rule

YES, NO, UNCLEAR = Truth.YES, Truth.NO, Truth.UNCLEAR
TREATY = load("north-atlantic")


def article_5(name: str, **changed: Any) -> Truth:
    return rule(TREATY, load_incident(name), changed=changed).clause("article-5").truth


@pytest.mark.parametrize(
    ("name", "amendment", "before", "after"),
    [
        ("cumulative-sabotage", "count-cumulative", UNCLEAR, YES),
        ("cumulative-sabotage", "lower-threshold", UNCLEAR, YES),
        ("notpetya-2017", "lower-threshold", NO, UNCLEAR),
        ("salisbury-2018", "judge-attribution", UNCLEAR, UNCLEAR),
        ("nord-stream-2022", "protect-infrastructure", UNCLEAR, UNCLEAR),
    ],
)
def test_amendments_of_the_file(name: str, amendment: str, before: Truth, after: Truth) -> None:
    """What the treaty file offers to change, changes cases that turn on it."""
    assert article_5(name) is before
    assert article_5(name, amendments=[amendment]) is after
    said = rule(TREATY, load_incident(name), changed={"amendments": amendment}).changed
    assert said == (next(a.says for a in TREATY.amendments if a.name == amendment),)


def test_protection_of_infrastructure_settles_where_nord_stream_lay() -> None:
    """Place and object are then covered, and only who and whose stay open."""
    changed = {"amendments": ["protect-infrastructure"]}
    finding = rule(TREATY, load_incident("nord-stream-2022"), changed=changed).clause("article-5")
    (covered,) = (test for test in finding.tests if test.question == "covered")
    assert covered.truth is YES


def test_readings_questions_and_votes() -> None:
    """A reading may be settled, a question answered otherwise, a decision made by other votes."""
    both = {"single-strike": "armed-attack", "attribution-standard": "judgement"}
    assert article_5("salisbury-2018", readings=both) is YES
    looser = {"effects": {"at least": "disruption"}}
    assert article_5("estonia-2007", questions={"scale": looser}) is UNCLEAR
    incident = load_incident("salisbury-2018")
    needed = {
        by: rule(TREATY, incident, changed={"decides": by}).clause("article-5").needed
        for by in ("consensus", "two-thirds", "majority", "each")
    }
    assert needed == {"consensus": 29, "two-thirds": 20, "majority": 15, "each": 1}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reading": {}}, "'reading' cannot be changed; did you mean 'readings'"),
        ({"amendments": ["lower-treshold"]}, "did you mean 'lower-threshold'"),
        ({"readings": {"treshold": "gravity"}}, "did you mean 'threshold'"),
        ({"readings": {"threshold": "gravty"}}, "did you mean 'gravity'"),
        ({"questions": {"scael": {"effects": "grave"}}}, "did you mean 'scale'"),
        ({"questions": {"scale": {"question": "armed-attack"}}}, "turns on itself"),
        ({"readings": "threshold"}, "expected names with values"),
        ({"questions": ["scale"]}, "expected names with values"),
        ({"amendments": 3}, "expected a name, or a list of names"),
        ({"amendments": [3]}, "no amendment '3'"),
        ({"amendments": [["lower-threshold"]]}, "no amendment '"),
        ({"decides": "unanimity"}, "decides is 'unanimity'"),
    ],
)
def test_what_cannot_be_changed(changed: dict[str, Any], said: str) -> None:
    """Names that the treaty has not are refused with the nearest that it has."""
    with pytest.raises(ValueError, match=said):
        rule(TREATY, load_incident("estonia-2007"), changed=changed)


def test_a_question_that_is_no_condition() -> None:
    """It is refused as a mistake of a file would be."""
    with pytest.raises(ScenarioError, match="did you mean 'grave'"):
        article_5("estonia-2007", questions={"scale": {"effects": "grvae"}})


def test_a_clause_that_there_is_not() -> None:
    """The nearest is offered."""
    with pytest.raises(KeyError, match="did you mean 'article-5'"):
        rule(TREATY, load_incident("estonia-2007")).clause("article-55")
