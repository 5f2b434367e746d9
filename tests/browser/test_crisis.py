"""From what a study starts, and what its treaty says: in the report, and on the live page."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser import live_page
from browser.patience import expect
from browser.written_page import draw_everything, grave, opened, unfold, words
from oracles.pacts import CRISIS
from report.painted import painted
from standoff.explore import Beginning, Study, keep_picture, run
from standoff.report.html import write_report
from standoff.watch import write_picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("border")
    (folder / "border.yaml").write_text(json.dumps(CRISIS), encoding="utf-8")
    data = folder / "picture.json"
    write_picture(painted(folder / "events"), data)
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    likely = {"border": {"raids": 0.75, "war": 0.25}}
    start = Beginning(digest, "RUS and UKR", date(2006, 2, 1), likely, "guessed")
    made = run(folder / "border.yaml", folder / "study", futures=8, beginning=start)
    keep_picture(made, data)
    return made


@pytest.fixture(scope="module")
def report(study: Study) -> Path:
    return write_report(study)


def test_a_report_says_from_what_it_starts(browser: Browser, report: Path) -> None:
    """Whom the picture is of, when, and how likely each rung is: drawn, told and in a table."""
    with opened(browser, report) as page:
        draw_everything(page)
        section = page.locator("#beginning")
        assert "a threat picture of RUS and UKR, on 1 February 2006: guessed." in words(
            section.text_content()
        )
        assert section.locator("svg.plot").first.get_attribute("aria-label") == (
            "border at the start: calm 0 %, raids 75 %, attack 0 %, war 25 %."
        )
        table = section.locator("details").first
        table.locator("summary").click()
        expect(table.locator("tbody tr")).to_have_text(
            ["calm 0 %", "raids 75 %", "attack 0 %", "war 25 %"], use_inner_text=True
        )
        assert page.locator("nav a[href='#beginning']").count() == 1


def test_a_report_shows_the_picture_that_the_study_keeps(browser: Browser, report: Path) -> None:
    """Rungs over time with the events that led there, and what was read."""
    with opened(browser, report) as page:
        draw_everything(page)
        section = page.locator("#beginning")
        through = section.get_by_label("Go through the events")
        through.press("End")
        expect(through).to_have_attribute("aria-valuetext", re.compile("claim of a belligerent"))
        section.get_by_text("What the picture rests on").click()
        expect(section.get_by_role("region", name="What became of the rows")).to_be_visible()
        expect(section).to_contain_text("Unmapped codes: odd (1).")


def test_a_report_says_how_the_treaty_rules(browser: Browser, report: Path, study: Study) -> None:
    """Each incident with answer and reason as it stands, and what each amendment changes."""
    with opened(browser, report) as page:
        section = page.locator("#promises")
        rows = section.locator("tbody tr")
        (pact,) = study.scenario.treaties
        assert rows.count() == len(pact.versions[0].ruled)
        for k, ruled in enumerate(pact.versions[0].ruled):
            said = words(rows.nth(k).inner_text())
            answer = {"yes": "● met", "no": "○ not met", "unclear": "◐ unclear"}[ruled.truth]
            assert said.startswith(ruled.incident)
            assert answer in said
            assert said.endswith(words(ruled.why))
        amended = words(section.locator("ul").text_content())
        assert "Under majority (two thirds decide): 67 % must agree." in amended
        assert "Under low-bar (a serious attack is enough):" in amended


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (2560, "light")])
def test_both_fit_and_shut_nobody_out(
    browser: Browser, report: Path, axe: str, width: int, scheme: str
) -> None:
    """One way to scroll, and nothing serious for axe-core."""
    with opened(browser, report, width, color_scheme=scheme) as page:
        draw_everything(page)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert grave(page, axe, "#beginning") == []
        assert grave(page, axe, "#promises") == []


def test_the_live_page_says_both(browser: Browser, study: Study) -> None:
    """Below what follows the sliders, in the words of the report."""
    with (
        live_page.serving(str(study.path), "--port", "0") as (address, _),
        live_page.opened(browser, address) as page,
    ):
        page.wait_for_selector("#promises")
        expect(page.locator("#beginning")).to_contain_text("a threat picture of RUS and UKR")
        expect(page.locator("#promises tbody tr")).to_have_count(3)
        page.locator("#beginning").scroll_into_view_if_needed()
        page.wait_for_selector("#beginning svg.plot")
        expect(page.locator("#beginning").get_by_label("Go through the events")).to_have_count(1)
