"""A study as one document: complete, plain, and in the words of the text report."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from displacement.flight import CRISIS
from oracles.pacts import CRISIS as PACT_CRISIS
from standoff.claims import compare, judge, traps
from standoff.displacement import write_bands
from standoff.explore import Beginning, Study, run, study_bands, study_map
from standoff.findings import find_flips, findings_of, write_findings
from standoff.report import text
from standoff.report.bibtex import METHODS, bibtex
from standoff.report.document import FORMAT, UNSOLVED, document, packed, promises, unpacked
from standoff.report.findings import flip_lines
from standoff.report.verdicts import verdicts_text
from standoff.scenario import Reference, load, packaged

MIRROR = Path(__file__).parents[2] / "web" / "src" / "document.ts"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run("two-move-deterrence", futures=32, out=tmp_path_factory.mktemp("s") / "study")


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run("beer-quiche", futures=16, out=tmp_path_factory.mktemp("t") / "study")


@pytest.fixture(scope="module")
def fled(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("f")
    (folder / "small.yaml").write_text(CRISIS, encoding="utf-8")
    return run(folder / "small.yaml", futures=8, out=folder / "study")


@pytest.fixture(scope="module")
def shown(study: Study) -> dict[str, Any]:
    return document(study)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=st.floats(-1e9, 1e9)))
def test_packed_numbers_come_back_in_single_precision(values: np.ndarray[Any, Any]) -> None:
    """Nothing is lost but digits beyond single precision, and the shape is kept."""
    back = unpacked(json.loads(json.dumps(packed(values))))
    np.testing.assert_array_equal(back, values.astype(np.float32))


@given(hnp.arrays(np.float64, st.integers(0, 40), elements=st.floats(0, 1)))
def test_packed_shares_are_off_by_half_a_step_at_most(values: np.ndarray[Any, Any]) -> None:
    """A share is kept in steps of a 65535th, and none and all exactly."""
    back = unpacked(packed(values, "share16"))
    assert np.abs(back - values).max(initial=0) <= 0.5 / 65535 + 1e-12
    np.testing.assert_array_equal(unpacked(packed([0.0, 1.0], "share16")), [0.0, 1.0])


@pytest.mark.parametrize(
    ("values", "kind", "why"),
    [
        ([np.nan], "float32", "finite"),
        ([1e300], "float32", "single precision"),
        ([1.2], "share16", "expected 0..1"),
        ([-200], "int8", "beyond 127"),
    ],
)
def test_what_cannot_be_packed_is_refused(values: list[float], kind: Any, why: str) -> None:
    """A wrong number is never packed silently."""
    with pytest.raises(ValueError, match=why):
        packed(values, kind)


def test_a_document_is_plain_json(shown: dict[str, Any]) -> None:
    """It survives JSON without a change, and holds no number that is none."""
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert shown["format"] == FORMAT


def test_the_same_study_gives_the_same_document(study: Study, shown: dict[str, Any]) -> None:
    """Nothing in it depends on when or where it was made."""
    assert json.dumps(document(study)) == json.dumps(shown)


def test_verdicts_and_traps_have_the_words_of_the_text_report(
    study: Study, shown: dict[str, Any]
) -> None:
    """The page says what the terminal says, to the letter."""
    console = text.console()
    with console.capture() as caught:
        console.print(verdicts_text(judge(study)), text.traps_text(traps(study)))
    printed = " ".join(caught.get().split())
    for claim in shown["claims"]:
        assert claim["says"] in printed
        assert claim["verdict"]["line"] in printed
        assert claim["verdict"]["hangs"] in printed
    assert shown["traps"]
    for trap in shown["traps"]:
        assert trap["line"] in printed
    assert shown["notes"]["verdicts"] in printed


def test_arrays_are_those_of_the_study(study: Study, shown: dict[str, Any]) -> None:
    """[doctrine, future] is what the study has as [future, doctrine], in single precision."""
    for outcome in shown["outcomes"]:
        name, actor = outcome["name"], outcome["actor"]
        kind, key = ("value", {"actor": actor}) if actor else ("expected", {"outcome": name})
        for part, suffix in (("values", ""), ("limits", "_limit")):
            expected = study.results[f"{kind}{suffix}"].sel(key).to_numpy().T
            np.testing.assert_allclose(unpacked(outcome[part]), expected, rtol=1e-6)
    rows = [row for outcome in shown["outcomes"] for row in outcome["rows"]]
    for row, compared in zip(rows, compare(study), strict=True):
        assert row["doctrine"] == compared.doctrine
        assert row["median"] == pytest.approx(compared.median, rel=1e-4, abs=1e-12)
    sampled = unpacked(shown["futures"]["parameters"])
    for parameter in shown["parameters"]:
        if parameter["sample"] is not None:
            values = study.futures[parameter["name"]]
            np.testing.assert_allclose(sampled[parameter["sample"]], values, rtol=1e-6)


def test_verdicts_of_futures_make_the_share(shown: dict[str, Any]) -> None:
    """What the page reweights is what the verdict was counted from."""
    for claim in shown["claims"]:
        futures = unpacked(claim["futures"])
        assert (futures > 0).mean() == pytest.approx(claim["verdict"]["share"], abs=1e-4)
        decided = futures != 0
        margins = unpacked(claim["margins"])
        assert (margins[decided] * futures[decided] >= 0).all()


def test_ladders_are_distributions_and_their_means(shown: dict[str, Any]) -> None:
    """Over its labels a variable sums to 1; futures of the first ladder average to its mean."""
    for ladder in shown["course"]["ladders"]:
        np.testing.assert_allclose(np.sum(ladder["mean"], axis=-1), 1, atol=1e-4)
    first = shown["course"]["ladders"][0]
    np.testing.assert_allclose(unpacked(first["futures"]).mean(axis=1), first["mean"], atol=3e-5)


def test_futures_that_failed_are_left_out_and_counted(tmp_path: Path) -> None:
    """A future that cannot be solved is told, and stands in no array."""
    study = run("two-move-deterrence", futures=16, out=tmp_path / "study")
    folder = study.path / "failures"
    folder.mkdir()
    failure = {"future": 3, "reason": "made up", "parameters": {}}
    (folder / "00000.json").write_text(json.dumps({"failures": [failure]}), encoding="utf-8")
    made = document(study)
    assert made["study"]["failed"] == 1
    assert made["futures"]["count"] == 15
    assert made["outcomes"][0]["values"]["shape"] == [2, 15]
    assert made["claims"][0]["futures"]["shape"] == [15]


def test_beliefs_are_there_only_where_something_is_hidden(
    shown: dict[str, Any], typed: Study
) -> None:
    """A crisis without types has no beliefs; one with types has a path a type and doctrine."""
    assert shown["beliefs"] is None
    beliefs = document(typed)["beliefs"]
    assert {(path["actor"], path["type"]) for path in beliefs["paths"]} == {
        ("stranger", "strong"), ("stranger", "weak"),
    }  # fmt: skip
    assert len(beliefs["paths"]) == 2 * len(typed.doctrines)
    for path in beliefs["paths"]:
        assert all(0 <= value <= 1 for value in path["mean"])


def test_who_flees_where_is_what_displace_writes(
    shown: dict[str, Any], fled: Study, tmp_path: Path
) -> None:
    """On its dates the document has the people, and the records, of the table of `standoff
    displace`; a crisis that drives nobody away has none."""
    assert shown["displacement"] is None
    made = document(fled)["displacement"]
    write_bands(study_bands(fled)[1], tmp_path / "who.csv")
    with (tmp_path / "who.csv").open(encoding="utf-8") as stream:
        table = [row for row in csv.DictReader(stream) if row["date"] in made["dates"]]
    bands = np.rint(unpacked(made["bands"])).astype(int)
    listed = [
        [date, spot["country"], spot["place"], doctrine, *map(str, bands[:, d, day, k]),
         "" if made["recorded"][day][k] is None else str(made["recorded"][day][k])]
        for day, date in enumerate(made["dates"])
        for k, spot in enumerate(made["spots"])
        for d, doctrine in enumerate(fled.doctrines)
    ]  # fmt: skip
    assert listed == [list(row.values()) for row in table]
    assert any(row[-1] not in ("", "0") for row in listed)


def test_the_map_is_that_of_each_doctrine(fled: Study) -> None:
    """Places, people and flows, by number instead of name; all places lie in the frame."""
    made = document(fled)["displacement"]
    people, flows = unpacked(made["people"]), unpacked(made["flows"])
    west, south, east, north = made["box"]
    for d, doctrine in enumerate(fled.doctrines):
        one = study_map(fled, doctrine)
        assert made["dates"] == one["dates"]
        assert people[d].T.tolist() == [place["people"] for place in one["places"]]
        assert flows[d].tolist() == [road["flow"] for road in one["roads"]]
    for place in made["places"]:
        assert west < place["longitude"] < east
        assert south < place["latitude"] < north
    ends = [(made["places"][road["from"]]["name"], made["places"][road["to"]]["name"])
            for road in made["roads"]]  # fmt: skip
    assert ends == [(road["from"], road["to"]) for road in one["roads"]]
    assert made["measures"] == [None, "protected-corridor", "protected-corridor from 4"]
    assert "Ukraine" in {country["name"] for country in made["outlines"]}


def test_flips_are_taken_from_what_explore_found(study: Study, tmp_path: Path) -> None:
    """What was found before is told in the same words; another study's findings are not."""
    copy = tmp_path / "study"
    shutil.copytree(study.path, copy)
    own = replace(study, path=copy)
    assert document(own)["claims"][0]["verdict"]["flip"] is None
    claim = study.scenario.claims[0].name
    findings = findings_of(own, ("flips",), claims=[claim], budget=16)
    write_findings(findings)
    flip = document(own)["claims"][0]["verdict"]["flip"]
    assert flip["first"][-1] == find_flips(own, [claim], budget=16)[0].sentence
    assert findings.flips is not None
    assert document(own, findings)["claims"][0]["verdict"]["flip"] == flip
    stored = json.loads((copy / "findings.json").read_text(encoding="utf-8"))
    assert flip_lines(stored["flips"][0]) == (flip["first"], flip["more"])
    (copy / "findings.json").write_text(json.dumps(stored | {"seed": 99}), encoding="utf-8")
    assert document(own)["claims"][0]["verdict"]["flip"] is None


def test_where_claims_fail_is_told_when_it_was_asked(study: Study) -> None:
    """Discovery is no part of a quick document, and stands in one that was given it."""
    assert document(study)["claims"][0]["verdict"]["where"] is None
    asked = document(study, findings_of(study, UNSOLVED))
    assert all(claim["verdict"]["where"] for claim in asked["claims"])
    assert {"friedman-fisher-1999"} <= {one["key"] for one in asked["methods"]}


@pytest.mark.parametrize("name", packaged())
def test_references_of_packaged_scenarios_are_bibtex(name: str) -> None:
    """Every entry has balanced braces, one key, and no sign that BibTeX would read as its own."""
    for reference in load(name).references:
        entry = bibtex(reference)
        assert entry.startswith(f"@misc{{{reference.key},\n")
        bare = re.sub(r"\\[{}]", "", entry)
        assert bare.count("{") == bare.count("}")
        assert not re.search(r"(?<!\\)[%&#$]", bare.split("url = ")[0])


def test_bibtex_escapes_and_parts_authors() -> None:
    """Commas between authors become `and`, and signs with a meaning lose it."""
    reference = Reference("k 1", "50 % & {more}", "A. One, B. Two and C. Three", "1999", "", "", "")
    entry = bibtex(reference)
    assert "author = {A. One and B. Two and C. Three}" in entry
    assert r"title = {{50 \% \& \{more\}}}" in entry
    assert entry.startswith("@misc{k-1,")


def test_every_method_has_a_work_with_author_title_and_year() -> None:
    for works in METHODS.values():
        for work in works:
            assert work.author
            assert work.title
            assert int(work.year) > 1900


def test_the_page_reads_this_format(shown: dict[str, Any], fled: Study) -> None:
    """The page's types name every part of the document, and its format is this one."""
    if not MIRROR.exists():
        pytest.skip("the page's source is not here")
    mirror = MIRROR.read_text(encoding="utf-8")
    assert f"FORMAT = {FORMAT};" in mirror
    flight = document(fled)["displacement"]
    claim, study, outcome = shown["claims"][0], shown["study"], shown["outcomes"][0]
    for part in (shown, study, claim, claim["verdict"], outcome, flight, flight["places"][0]):
        for key in part:
            assert re.search(rf"\b{key}\??:", mirror), key


def test_a_treaty_is_told_as_the_scenario_has_it_ruled(tmp_path: Path) -> None:
    """Each version with its rulings, their reasons, and how many must agree; in every packaged."""
    (tmp_path / "border.yaml").write_text(json.dumps(PACT_CRISIS), encoding="utf-8")
    scenario = load(tmp_path / "border.yaml")
    (pledge,) = promises(scenario)
    (pact,) = scenario.treaties
    assert (pledge["name"], pledge["clause"], pledge["trigger"]) == ("aid", "Mutual aid", "invoke")
    assert len(pledge["versions"]) == len(pact.versions) > 1
    for told, version in zip(pledge["versions"], pact.versions, strict=True):
        assert told["doctrines"] == list(version.doctrines)
        assert told["share"] == version.share
        assert [(one["incident"], one["truth"], one["why"]) for one in told["ruled"]] == [
            (one.incident, one.truth, one.why) for one in version.ruled
        ]
    assert promises(load("two-move-deterrence")) == []


def test_a_study_says_from_what_it_starts(tmp_path: Path) -> None:
    """Every value of a variable with its probability, in the order of the ladder; else nothing."""
    (tmp_path / "border.yaml").write_text(json.dumps(PACT_CRISIS), encoding="utf-8")
    likely = {"border": {"raids": 0.75, "war": 0.25}}
    start = Beginning("ab" * 32, "RUS and UKR", date(2024, 2, 1), likely, "by hand")
    begun = run(tmp_path / "border.yaml", tmp_path / "begun", futures=4, beginning=start)
    told = document(begun)["beginning"]
    assert (told["pair"], told["date"], told["how"]) == ("RUS and UKR", "2024-02-01", "by hand")
    assert told["starts"] == [
        {
            "variable": "border",
            "labels": ["calm", "raids", "attack", "war"],
            "shares": [0, 0.75, 0, 0.25],
        }
    ]
    plain = run(tmp_path / "border.yaml", tmp_path / "plain", futures=4)
    assert document(plain)["beginning"] is None


def test_what_was_not_solved_is_null_and_said_to_be(
    study: Study, shown: dict[str, Any], tmp_path: Path
) -> None:
    """Of a study of equilibria only: the limit in verdicts, outcomes and rows, and the noise. All
    else, arrays included, is as it is beside the limit."""
    bare = run("two-move-deterrence", tmp_path / "s", futures=32, equilibrium_only=True)
    told = document(bare)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["study"] == shown["study"] | {"equilibrium_only": True}
    assert told["structure"] is None
    assert "--equilibrium-only" in told["nothing"]["structure"]
    unsolved = "The limit of perfect rationality was not solved."
    assert told["notes"]["comparison"].endswith(unsolved)
    assert "noise" not in told["notes"]["comparison"]
    assert "noise" in shown["notes"]["comparison"]
    for ours, theirs in zip(told["claims"], shown["claims"], strict=True):
        assert ours["verdict"]["hangs"].startswith(unsolved)
        changed = {"limit": None, "hangs": ours["verdict"]["hangs"]}
        assert ours == theirs | {"verdict": theirs["verdict"] | changed}
    for ours, theirs in zip(told["outcomes"], shown["outcomes"], strict=True):
        rows = [row | {"limit": None, "noise": None} for row in theirs["rows"]]
        assert ours == theirs | {"rows": rows, "limits": None}
    for part in ("futures", "course", "traps", "sensitivity", "robustness", "trust"):
        assert told[part] == shown[part], part


def test_of_hidden_types_nothing_is_said_of_a_limit_that_was_not_solved(
    typed: Study, tmp_path: Path
) -> None:
    """Neither how it is approached, nor where it was lost; how the grid did is said as ever."""
    bare = run("beer-quiche", tmp_path / "s", futures=16, equilibrium_only=True)
    told, shown = (document(one)["beliefs"] for one in (bare, typed))
    assert told["paths"] == shown["paths"]
    *rest, line = told["notes"]
    head = line.removesuffix("The limit of perfect rationality was not solved.")
    assert head != line
    assert shown["notes"][:-1] == rest
    assert shown["notes"][-1].startswith(head)
    assert "is approached" in shown["notes"][-1]
