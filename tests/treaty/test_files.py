"""Treaty and incident files: mistakes have their place, and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from standoff.reading import ScenarioError
from standoff.treaty import Truth, load, load_incident, rule

TREATY = """\
treaty: 1
name: pact
title: A pact
in force: 1950-01-01
home: land
references:
  text: {title: The pact, checked: recalled}
areas:
  land: {says: their land, sources: text article 2}
parties:
  Ruritania: 1950-01-01
  Graustark: {from: 1960-01-01, also: Great Graustark}
places:
  Far Island: {says: far away, lies: [], sources: text article 2}
readings:
  gravity:
    asks: How grave?
    options: {strict: {says: very}, loose: {says: a little}}
questions:
  party:
    asks: Is it a party?
    versions:
      - {says: only parties, holds: {target party: yes}, sources: text}
  attack:
    asks: Is it an attack?
    versions:
      - until: 1990-01-01
        says: grave
        holds: {effects: grave}
        sources: text
      - from: 1990-01-01
        says: less
        holds: {effects: {at least: serious}, reading: {gravity: loose}}
        sources: text
clauses:
  defence:
    title: Defence
    says: they help
    needs: {question: [party, attack]}
    decides: {who: all, by: consensus}
    follows: help
    sources: text article 1
amendments:
  lower: {says: any damage, questions: {attack: {effects: {at least: damage}}}}
"""

INCIDENT = """\
incident: 1
name: raid
title: A raid
date: 1995-05-05
place: Ruritania
target: Ruritania
effects: serious
"""


@pytest.fixture
def pact(tmp_path: Path) -> Path:
    path = tmp_path / "pact.yaml"
    path.write_text(TREATY, encoding="utf-8")
    return path


def test_a_file_of_ones_own(pact: Path, tmp_path: Path) -> None:
    """A treaty and an incident of one's own are read from their paths and ruled upon."""
    raid = tmp_path / "raid.yaml"
    raid.write_text(INCIDENT, encoding="utf-8")
    treaty = load(pact)
    finding = rule(treaty, load_incident(str(raid))).clause("defence")
    assert finding.truth is Truth.UNCLEAR
    assert [one.when for one in finding.settles] == [
        (("gravity", ("loose",)),),
        (("gravity", ("strict",)),),
    ]
    lower = rule(treaty, load_incident(raid), changed={"amendments": ["lower"]})
    assert lower.clause("defence").truth is Truth.YES


BAD = [
    ("treaty: 1", "treaty: 2", 1, "reads language version 1"),
    ("in force: 1950-01-01", "in force: 1950", 4, "expected a date, as 2022-03-15"),
    ("home: land", "home: sea", 5, "'sea' is not an area"),
    ("checked: recalled", "checked: surely", 7, "expected 'read'"),
    ("sources: text article 2}\nparties", "sources: txt article 2}\nparties", 9, "'text'?"),
    ("also: Great Graustark", "also: Ruritania", 12, "'Ruritania' is also 'Ruritania'"),
    ("{from: 1960-01-01", "{from: 1960-01-01, until: 1950-01-01", 12, "expected a later day"),
    (
        "lies: []",
        "also: Isle, lies: [], sources: text}\n  The Ìsle: {says: b, lies: []",
        15,
        "is also",
    ),
    ("lies: []", "lies: [{area: lnad}]", 14, "did you mean 'land'?"),
    ("lies: []", "lies: [{area: land, on: {gravity: lose}}]", 14, "did you mean 'loose'?"),
    (", loose: {says: a little}", "", 16, "fewer than two options"),
    ("target party: yes", "target prty: yes", 23, "did you mean 'target party'?"),
    ("target party: yes", "target party: maybe", 23, "target party cannot be 'maybe'"),
    ("holds: {effects: grave}", "holds: {effects: grvae}", 29, "did you mean 'grave'?"),
    ("holds: {effects: grave}", "holds: grave", 29, "expected a condition"),
    ("holds: {effects: grave}", "holds: {any: grave}", 29, "'any' needs a list"),
    ("holds: {effects: grave}", "holds: {all: []}", 29, "'all' needs a list"),
    ("holds: {effects: grave}", "holds: {not: grave}", 29, "a condition is keys with values"),
    ("holds: {effects: grave}", "holds: {question: atack}", 29, "did you mean 'attack'?"),
    ("holds: {effects: grave}", "holds: {question: attack}", 24, "turns on itself"),
    ("holds: {effects: grave}", "holds: {effects: {over: grave}}", 29, "'at least' or 'at most'"),
    ("holds: {effects: grave}", "holds: {effects: {}}", 29, "'at least' or 'at most'"),
    ("holds: {effects: grave}", "holds: {domain: {at least: sea}}", 29, "is not a scale"),
    ("holds: {effects: grave}", "holds: {reading: gravity}", 29, "a reading and its option"),
    ("{at least: serious}", "{at least: sirious}", 33, "did you mean 'serious'?"),
    ("reading: {gravity: loose}", "reading: {gravty: loose}", 33, "did you mean 'gravity'?"),
    ("reading: {gravity: loose}", "reading: {gravity: losse}", 33, "did you mean 'loose'?"),
    ("until: 1990-01-01", "until: 1995-01-01", 31, "before the one above has ended"),
    ("until: 1990-01-01", "until: 1980-01-01", 24, "no rule on 1980-01-01"),
    ("[party, attack]", "[party, atack]", 39, "did you mean 'attack'?"),
    ("by: consensus", "by: consent", 40, "'consensus'"),
    ("    follows: help\n", "", 36, "key 'follows' is missing in 'defence'"),
    ("questions: {attack:", "questions: {atack:", 44, "did you mean 'attack'?"),
    ("name: pact", "name: &p pact", 2, "treaties have none"),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"), BAD, ids=[new[:44] for _, new, _, _ in BAD]
)
def test_a_mistake_in_a_treaty(pact: Path, old: str, new: str, line: int, said: str) -> None:
    """Each is told with its line and what was expected."""
    assert old in TREATY
    pact.write_text(TREATY.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(pact)
    told = [mistake for mistake in caught.value.mistakes if mistake.place.line == line]
    assert said in " ".join(mistake.sentence for mistake in told), str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("effects: serious", "effects: sirious", 7, "did you mean 'serious'?"),
        ("effects: serious", "efects: serious", 7, "did you mean 'effects'?"),
        ("date: 1995-05-05", "date: 5 May 1995", 4, "expected a date"),
        ("date: 1995-05-05", "date: 1995-05-05\nuntil: 1995-05-04", 5, "expected a later day"),
        ("effects: serious", "dead: -1", 7, "expected at least 0"),
        ("date: 1995-05-05", "date: 1995-05-05\nknown: 1995-05-04", 5, "was known on 1995-05-04"),
        ("effects: serious", "effects: damage\ndead: 3", 7, "expected serious or grave"),
        ("effects: serious", "series: no\nseries effects: grave", 8, "not one of a series"),
        ("effects: serious", "effects: grave\nseries effects: none", 8, "expected grave at least"),
        ("effects: serious", "sources: nobody", 7, "not in the bibliography"),
        ("title: A raid\n", "", 1, "key 'title' is missing"),
        ("incident: 1\n", "", 1, "key 'incident' is missing"),
    ],
)
def test_a_mistake_in_an_incident(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    """Each is told with its line and what was expected."""
    path = tmp_path / "raid.yaml"
    path.write_text(INCIDENT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_incident(path)
    (mistake,) = caught.value.mistakes
    assert mistake.place.line == line
    assert said in mistake.sentence


def test_what_is_unclear_is_as_if_left_out(tmp_path: Path) -> None:
    """`unclear` may be written for any fact, and is not known."""
    path = tmp_path / "raid.yaml"
    path.write_text(INCIDENT, encoding="utf-8")
    without = load_incident(path)
    more = "\n".join(f"{key}: unclear" for key in ("domain", "until", "attacker", "dead"))
    path.write_text(f"{INCIDENT}{more}\nthreat seen by: unclear\n", encoding="utf-8")
    assert load_incident(path) == without


def test_names_that_nobody_knows() -> None:
    """The nearest packaged name is offered."""
    with pytest.raises(ScenarioError, match="did you mean 'north-atlantic'"):
        load("north-atlantik")
    with pytest.raises(ScenarioError, match="did you mean 'estonia-2007'"):
        load_incident("estonia-2008")
    with pytest.raises(ScenarioError, match="there is no such file"):
        load("nowhere/pact.yaml")
