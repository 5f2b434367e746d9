"""Mappings: the packaged ones are whole, and a mistake in one's own is shown where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from standoff.reading import ScenarioError
from standoff.watch import country, load_mapping, packaged_mappings
from standoff.watch.codes import cameo, cameo_root, plover_root, severity, ucdp
from standoff.watch.countries import countries
from standoff.watch.mapping import read_mapping

EVIDENCE = Path(__file__).parents[3] / "shared" / "evidence"
GOOD = """mapping: 1
name: mine
ladder: {variable: tension, rungs: [calm, tense, war]}
actors: {north: [North Korea], south: [KOR, USA]}
pairs: [[north, south]]
codebooks:
  CAMEO:
    version: 1.1b3
    reporting: {seen: [0.1, 1], mistaken: [0.001, 0.1]}
    groups:
      - rung: tense
        codes: {"138": a threat}
        under: {"15": a show}
      - ignore: none of ours
        codes: {"183": a bomb}
"""


def test_a_mapping_says_what_a_leaf_means() -> None:
    """A named leaf; one below a branch that is said to stand for it; one left out; one unknown."""
    mapping = read_mapping(GOOD, "mine.yaml")
    book = mapping.codebooks["CAMEO"]
    leaf = book.leaf("138", "13")
    assert leaf is not None
    assert (leaf.rung, leaf.label) == (1, "a threat")
    branch = book.leaf("152", cameo_root("152"))
    assert branch is not None
    assert branch.rung == 1
    left = book.leaf("183", "18")
    assert left is not None
    assert (left.rung, left.ignored) == (None, "none of ours")
    assert book.leaf("190", "19") is None
    assert mapping.actors == {"north": ("PRK",), "south": ("KOR", "USA")}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rung: tense", "rung: tens", r"mine\.yaml:11:15: unknown rung 'tens'; did you mean"),
        ("North Korea", "North Corea", r"mine\.yaml:4:18: unknown country 'North Corea'"),
        ("KOR, USA", "KOR, PRK", r"mine\.yaml:4:45: 'PRK' already stands for 'north'"),
        ("[[north, south]]", "[[north, sooth]]", r"5:17: unknown actor 'sooth'; did you mean"),
        ('{"183"', '{"138"', r"mine\.yaml:15:18: '138' stands in two groups"),
        ("pairs:", "names: {norht: [a band]}\npairs:", r"5:9: unknown actor 'norht'; did you mean"),
        ("pairs:", "names: {north: [China]}\npairs:", "'China' is a country; it belongs under"),
        ("- ignore: none of ours", "- why: none", "expected either 'rung' or 'ignore'"),
        ("[0.001, 0.1]", "[0.001, 0.5]", r"mistaken reports \(up to 0\.5\) must be fewer"),
        ("[0.001, 0.1]", "[0.1, 0.001]", "two numbers above 0, the lower first"),
        ("    version: 1.1b3\n", "", "key 'version' is missing in 'CAMEO'"),
        (
            "[calm, tense, war]",
            "[calm, tense, calm]",
            r"mine\.yaml:3:50: there are two rungs 'calm'",
        ),
        ("[[north, south]]", "[[north, south], [south, north]]", "that are no pair already"),
        ("pairs:", "moves: {every: 0}\npairs:", r"5:16: expected days above 0, found 0"),
        ("seen: [0.1, 1]", "usual: 0, seen: [0.1, 1]", r"9:24: expected a number above 0, found 0"),
        ("ladder: {variable: tension, rungs: [calm, tense, war]}\n", "", "expected either 'scenar"),
        ("mapping: 1", "mapping: 2", "write mapping: 1"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(old: str, new: str, message: str) -> None:
    """File, line, column, what was found, and the nearest valid name."""
    assert old in GOOD
    with pytest.raises(ScenarioError, match=message):
        read_mapping(GOOD.replace(old, new), "mine.yaml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("variable: border", "variable: boarder", "no ladder 'boarder'; did you mean 'border'"),
        ("[RUS]", "[ZZZ]", "unknown country 'ZZZ'"),
        ("  challenger: [RUS]", "  chalenger: [RUS]", "no actor 'chalenger'; did you mean 'chall"),
        ("scenario: escalation-trap", "scenario: escalation-trip", "no scenario 'escalation-trip'"),
        ("rung: armed attack", "rung: armed atack", "unknown rung 'armed atack'; did you mean"),
    ],
)
def test_a_scenarios_names_are_checked(old: str, new: str, message: str) -> None:
    """A mapping that belongs to a scenario uses its ladder, its rungs and its actors."""
    text = packaged_mappings()["escalation-trap-border"].read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ScenarioError, match=message):
        read_mapping(text.replace(old, new), "border.yaml")


@pytest.mark.parametrize("name", packaged_mappings())
def test_packaged_mappings_give_a_reason_for_every_rung(name: str) -> None:
    """Reporting rates say where they come from, and CAMEO's leaves are leaves of CAMEO."""
    mapping = load_mapping(name)
    assert mapping.name == name
    for book in mapping.codebooks.values():
        assert book.reporting.why
        assert set(range(1, len(mapping.rungs))) >= {
            leaf.rung for leaf in book.leaves.values() if leaf.rung
        }
        if book.name == "CAMEO":
            assert all(cameo(code) == code for code in book.leaves)
            assert {leaf.rung for leaf in book.leaves.values()} >= set(range(len(mapping.rungs)))


@pytest.mark.skipif(not EVIDENCE.exists(), reason="the evidence is not here")
@pytest.mark.parametrize("name", ["force", "escalation-trap-border", "escalation-trap-war"])
def test_every_leaf_of_cameo_has_its_place(name: str) -> None:
    """No code of the conversion table of PLOVER 0.8 is left without a meaning or a reason."""
    book = load_mapping(name).codebooks["CAMEO"]
    table = (EVIDENCE / "plover" / "CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    codes = [line.split(":")[0] for line in table.splitlines() if line[:3].isdigit()]
    assert len(codes) > 200
    assert [code for code in codes if book.leaf(code, cameo_root(code)) is None] == []


@pytest.mark.skipif(not EVIDENCE.exists(), reason="the evidence is not here")
def test_every_type_of_plover_has_its_place() -> None:
    """Types of the conversion table are mapped, or left out with a reason, with any mode."""
    book = load_mapping("force").codebooks["PLOVER"]
    table = (EVIDENCE / "plover" / "CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    lines = [line.split("#")[0].split(":") for line in table.splitlines() if line[:3].isdigit()]
    missing = set()
    for _, meaning in lines:
        kind, *rest = (word.strip() for word in meaning.split(","))
        mode = rest[0] if rest else ""
        leaf = f"{kind} {mode}".strip()
        if book.leaf(leaf, plover_root(leaf)) is None:
            missing.add(leaf)
    assert missing <= {"ASSAULT pro_autocracy"}  # a context in the place of a mode


def test_higher_codes_are_never_on_lower_rungs() -> None:
    """Within a grade or a threat and its deed the order of the codebook is the order of rungs."""
    for name in ("cyber", "force", "escalation-trap-border"):
        for book in ("EuRepoC", "DCID"):
            leaves = load_mapping(name).codebooks[book].leaves
            rungs = [leaves[str(grade)].rung for grade in range(11)]
            assert rungs == sorted(rungs, key=lambda rung: rung or 0)
    force = load_mapping("force").codebooks["CAMEO"].leaves
    for threat, deed in (("1381", "191"), ("1382", "192"), ("1384", "190"), ("1385", "204")):
        assert (force[threat].rung or 0) < (force[deed].rung or 0)


def test_codes_are_read_as_their_codebooks_write_them() -> None:
    """Deaths in classes, grades as whole numbers."""
    assert [ucdp("1", deaths) for deaths in ("0", "1", "24", "25", "1200")] == [
        "state-based 0", "state-based 1+", "state-based 1+", "state-based 25+", "state-based 1000+"
    ]  # fmt: skip
    assert (severity("4.0"), severity("10")) == ("4", "10")


def test_countries_are_known_by_all_their_names() -> None:
    """Three letters, two, words, numbers: every spelling leads to one country."""
    for spelling in ("RUS", "RU", "365", "Russia", "Russian Federation", "russia (soviet union)"):
        assert country(spelling) == "RUS"
    assert country("Korea, Democratic People's Republic of") == country("731") == "PRK"
    assert country("Europe (region)") is None
    assert len(countries()) == 197


@pytest.mark.skipif(not EVIDENCE.exists(), reason="the evidence is not here")
def test_countries_agree_with_ucdp() -> None:
    """Names of governments and Gleditsch and Ward's numbers lead to the same country."""
    import csv

    table = EVIDENCE / "ucdp" / "UcdpPrioConflict_v24_1.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    named = {
        (row["side_a"].removeprefix("Government of "), row["gwno_a"])
        for row in rows
        if "," not in row["gwno_a"]
    }
    gone = {"South Vietnam", "South Yemen", "Hyderabad"}
    wrong = {(name, code) for name, code in named if country(name) != country(code)}
    assert wrong == set()
    assert {name for name, _ in named if country(name) is None} <= gone
