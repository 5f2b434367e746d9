"""The report as a page: whole, safe against what a scenario says, and the same each time."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from report.parts import Parts
from standoff.explore import Study, run
from standoff.report.document import document
from standoff.report.html import inlined, page, report_html, write_report

ATTACKS = (
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>&lt;b&gt;\u2028\u2029",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run("two-move-deterrence", futures=16, out=tmp_path_factory.mktemp("s") / "study")


@pytest.fixture(scope="module")
def shown(study: Study) -> dict[str, Any]:
    return document(study)


def hostile(shown: dict[str, Any], text: str) -> dict[str, Any]:
    """The document with a text wherever a scenario may put words."""
    made = copy.deepcopy(shown)
    made["crisis"] |= {"name": text, "title": text, "summary": text}
    for claim in made["claims"]:
        claim |= {"says": text, "why": text, "holds": text}
    for outcome in made["outcomes"]:
        outcome |= {"unit": text, "says": text}
    for reference in made["references"]:
        reference |= {"title": text, "url": text, "bibtex": text}
    return made


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_a_scenario_says_becomes_markup(shown: dict[str, Any], text: str) -> None:
    """Hostile words make no element and no attribute, and come back unchanged as data."""
    plain, attacked = Parts(report_html(shown)), Parts(report_html(hostile(shown, text)))
    assert [tag for tag, _ in attacked.tags] == [tag for tag, _ in plain.tags]
    assert not [name for _, given in attacked.tags for name in given if name.startswith("on")]
    assert attacked.data()["crisis"]["title"] == text


def test_inlined_json_has_no_sign_of_markup() -> None:
    """`<`, `>` and `&` stand in no inlined data, nor do separators that old scripts break on."""
    said = inlined({"<b>": "a & b\u2028\u2029</script>"})
    assert not re.search("[<>&\u2028\u2029]", said)
    assert json.loads(said) == {"<b>": "a & b\u2028\u2029</script>"}


def test_a_lone_surrogate_can_be_written(shown: dict[str, Any]) -> None:
    """What is half a character does not stop the report."""
    assert report_html(hostile(shown, "half \ud800 sign")).encode("utf-8")


def test_the_policy_allows_this_script_and_style_and_nothing_else(shown: dict[str, Any]) -> None:
    """The hashes of the policy are those of the elements; nothing else may run or be loaded."""
    parts = Parts(report_html(shown))
    (policy,) = [
        given["content"] or ""
        for tag, given in parts.tags
        if given.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["default-src"] == ["'none'"]
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        (element,) = [
            data for held, given, data in parts.held if held == tag and "type" not in given
        ]
        digest = base64.b64encode(hashlib.sha256(element.encode()).digest()).decode()
        assert rules[rule] == [f"'sha256-{digest}'"]
    assert "unsafe" not in policy


def test_a_report_needs_no_network(shown: dict[str, Any]) -> None:
    """No element names anything to load, and no style does."""
    parts = Parts(report_html(shown))
    for tag, given in parts.tags:
        assert tag not in ("link", "iframe", "object", "embed", "base")
        assert not {"src", "srcset", "background"} & given.keys()
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:)", page("report.css"))


def test_elements_cannot_end_inside_script_or_style() -> None:
    """What is inlined holds no text that would end its element."""
    assert not re.search(r"</script|<!--", page("report.js"), re.IGNORECASE)
    assert not re.search("</style", page("report.css"), re.IGNORECASE)


def test_without_script_the_verdicts_are_still_there(shown: dict[str, Any]) -> None:
    """A reader whose browser runs nothing gets the sentences."""
    said = report_html(shown)
    fallback = said[said.index("<noscript>") : said.index("</noscript>")]
    for claim in shown["claims"]:
        assert claim["says"] in fallback
        assert claim["verdict"]["line"] in fallback


def test_a_report_is_written_into_the_study_and_is_the_same_each_time(study: Study) -> None:
    """`report.html` by default; the same study gives the same bytes."""
    first = write_report(study).read_bytes()
    assert write_report(study) == study.path / "report.html"
    assert (study.path / "report.html").read_bytes() == first
    assert first.startswith(b"<!doctype html>")


def test_a_report_may_be_written_elsewhere(study: Study, tmp_path: Path) -> None:
    """Where it is asked for, and with nothing left beside it."""
    written = write_report(study, tmp_path / "here.html")
    assert [file.name for file in tmp_path.iterdir()] == [written.name]
