"""A ruling as data."""

from __future__ import annotations

import json

import pytest

from standoff.treaty import document, history, incidents, load, load_incident, rule

TREATY = load("north-atlantic")


def test_the_keys_stay() -> None:
    """What others read of a ruling has these keys."""
    incident = load_incident("salisbury-2018")
    told = document(rule(TREATY, incident), history(TREATY, incident))
    assert list(told) == [
        "treaty",
        "as of",
        "parties",
        "incident",
        "clauses",
        "readings",
        "changed",
        "history",
        "references",
        "note",
    ]
    assert told["as of"] == "2018-09-05"
    assert told["incident"]["facts"]["date"] == "2018-03-04"
    assert told["incident"]["facts"]["until"] is None
    clause = told["clauses"][1]
    assert list(clause) == [
        "clause",
        "title",
        "truth",
        "in force",
        "tests",
        "settles",
        "differs",
        "decides",
        "follows",
        "owed",
        "sources",
    ]
    assert (clause["clause"], clause["truth"]) == ("article-5", "unclear")
    assert {"when": {"single-strike": ["frontier-incident"]}, "truth": "no"} in clause["settles"]
    assert clause["decides"] | {"says": ""} == {
        "who": "the North Atlantic Council",
        "by": "consensus",
        "says": "",
        "members": 29,
        "needed": 29,
    }
    (owed,) = clause["owed"]
    assert [one["option"] for one in owed["options"]] == ["some-assistance", "own-judgement"]
    assert told["history"][-1]["truths"]["article-5"] == "unclear"


@pytest.mark.parametrize("name", incidents())
def test_it_is_json_and_names_its_works(name: str) -> None:
    """It goes through JSON unchanged, and every work that is cited is described."""
    told = document(rule(TREATY, load_incident(name)))
    assert json.loads(json.dumps(told)) == told

    def cited(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {str(part["reference"])} if "reference" in part else set()
            return own.union(*(cited(value) for value in part.values()))
        return set().union(*(cited(value) for value in part)) if isinstance(part, list) else set()

    assert cited(told) <= set(told["references"])
