"""Who flees where, in a report in a real browser: map, bands, records, the table to take away."""

from __future__ import annotations

import copy
import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.patience import expect, until
from browser.written_page import draw_everything, grave, opened
from displacement.flight import CRISIS
from standoff.displacement import write_bands
from standoff.explore import Study, run, study_bands
from standoff.report.document import document
from standoff.report.html import report_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("flight")
    (folder / "small.yaml").write_text(CRISIS, encoding="utf-8")
    return run(folder / "small.yaml", folder / "study", futures=8)


@pytest.fixture(scope="module")
def shown(study: Study) -> dict[str, Any]:
    return document(study)


@contextmanager
def drawn(
    browser: Browser, shown: dict[str, Any], folder: Path, width: int = 1280, **options: Any
) -> Iterator[Page]:
    """A report of a document, with all its charts."""
    path = folder / "report.html"
    path.write_text(report_html(shown), encoding="utf-8")
    with opened(browser, path, width, **options) as page:
        draw_everything(page)
        yield page


def label(page: Page, part: str) -> str:
    """What a screen reader says of the map, once it says that."""
    plot = page.locator("#flight .map svg.plot")
    expect(plot).to_have_attribute("aria-label", re.compile(re.escape(part).replace(r"\ ", r"\s")))
    return plot.get_attribute("aria-label") or ""


def test_the_day_and_the_doctrine_are_chosen_by_keyboard(
    browser: Browser, shown: dict[str, Any], tmp_path: Path
) -> None:
    """The map follows, and what is said of it: on the first day nobody is in Medyka yet."""
    with drawn(browser, shown, tmp_path) as page:
        day = page.locator("#flight input[type=range]")
        expect(day).to_have_attribute("aria-valuetext", "6\u00a0June 2022")
        assert "Medyka" in label(page, "6 June 2022 under free-choice")
        day.press("ArrowLeft")
        expect(day).to_have_attribute("aria-valuetext", "31\u00a0May 2022")
        label(page, "31 May 2022 under free-choice")
        day.press("Home")
        assert "Medyka" not in label(page, "15 March 2022 under free-choice")
        page.locator("#flight select").first.press("ArrowDown")
        label(page, "under protect")
        expect(page.locator("#flight")).to_contain_text("brings protected-corridor")


def test_two_doctrines_stand_beside_each_other(
    browser: Browser, shown: dict[str, Any], tmp_path: Path
) -> None:
    """A second band is drawn, the key names both, and so does the table."""
    with drawn(browser, shown, tmp_path) as page:
        key = page.locator("#flight .key li")
        expect(key).to_have_text(["free-choice", "recorded"])
        before = page.locator("#flight .grid svg.plot").first.inner_html()
        page.get_by_label("Beside it, over time").select_option(label="late")
        until(page, "document.querySelector('#flight .grid svg.plot').innerHTML !== "
                    + json.dumps(before))  # fmt: skip
        expect(key).to_have_text(["free-choice", "late", "recorded"])
        table = page.locator("#flight .grid details").first
        table.locator("summary").click()
        expect(table.locator("thead th")).to_have_text(
            ["date", "recorded", "free-choice: 5 %", "median", "95 %", "late: 5 %",
             "median", "95 %", "protect: median"])  # fmt: skip


def test_the_table_to_take_away_is_that_of_the_command(
    browser: Browser, study: Study, shown: dict[str, Any], tmp_path: Path
) -> None:
    """Its lines are those that `standoff displace --study … --out` writes for the same dates."""
    write_bands(study_bands(study)[1], tmp_path / "who.csv")
    whole = (tmp_path / "who.csv").read_text(encoding="utf-8").splitlines()
    dates = set(shown["displacement"]["dates"])
    with drawn(browser, shown, tmp_path, accept_downloads=True) as page:
        with page.expect_download() as caught:
            page.get_by_role("button", name="Save as CSV").press("Enter")
        assert caught.value.suggested_filename == "small-flight-who-flees-where.csv"
        saved = caught.value.path().read_text(encoding="utf-8").splitlines()
    assert saved == [whole[0], *(line for line in whole if line.split(",")[0] in dates)]
    assert next(csv.reader(saved)) == ["date", "country", "place", "doctrine", "p05", "median",
                                       "p95", "recorded"]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (2560, "light")])
def test_on_every_screen_the_section_fits_and_shuts_nobody_out(
    browser: Browser, shown: dict[str, Any], axe: str, tmp_path: Path, width: int, scheme: str
) -> None:
    """One way to scroll, every chart with a name and a table, and nothing serious for axe-core."""
    with drawn(browser, shown, tmp_path, width, color_scheme=scheme) as page:
        key = page.locator("#flight .key li")
        expect(key).to_have_count(2)
        page.get_by_label("Beside it, over time").select_option(index=1)
        expect(key).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        charts = page.locator("#flight svg.plot")
        labels = charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
        assert len(set(labels)) == len(labels) > 6
        assert page.locator("#flight details").count() == len(labels) + 1
        for one in page.locator("#flight details").all():
            one.locator("summary").click()
            one.locator("tbody tr").first.wait_for()
        assert grave(page, axe, "#flight") == []


def test_on_paper_the_map_says_which_day_and_doctrine(
    browser: Browser, shown: dict[str, Any], tmp_path: Path
) -> None:
    """Controls are gone in print; the title, the key and every chart stay."""
    with drawn(browser, shown, tmp_path) as page:
        page.emulate_media(media="print")
        expect(page.locator("#flight select").first).to_be_hidden()
        expect(page.get_by_text("Save as CSV")).to_be_hidden()
        title = page.locator("#flight .map figcaption h3")
        expect(title).to_be_visible()
        expect(title).to_have_text("6 June 2022, under free-choice")
        expect(page.locator("#flight .key")).to_be_visible()
        charts = page.locator("#flight svg.plot")
        assert charts.count() > 6
        for k in range(charts.count()):
            expect(charts.nth(k)).to_be_visible()


def test_hostile_names_of_places_stay_names(
    browser: Browser, shown: dict[str, Any], tmp_path: Path
) -> None:
    """Markup in places, countries, measures and outlines is shown as text, and runs nothing."""
    attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    hostile = copy.deepcopy(shown)
    flight = hostile["displacement"]
    flight |= {"instance": attack, "counted": attack, "rule": attack, "measures": [attack] * 3}
    for part in ("places", "outlines"):
        for one in flight[part]:
            one["name"] = attack
    for spot in flight["spots"]:
        spot |= {"country": attack} if spot["country"] else {"place": attack}
    with drawn(browser, hostile, tmp_path) as page:
        assert attack in label(page, "<img")
        for one in page.locator("#flight details").all():
            one.locator("summary").click()
            one.locator("tbody tr").first.wait_for()
        assert page.locator("#flight img").count() == 0
        assert "owned" not in page.title()


def test_a_crisis_that_drives_nobody_away_has_no_such_section(
    browser: Browser, shown: dict[str, Any], tmp_path: Path
) -> None:
    """Nor a line in the contents."""
    path = tmp_path / "none.html"
    path.write_text(report_html(shown | {"displacement": None}), encoding="utf-8")
    with opened(browser, path) as page:
        assert page.locator("#flight").count() == 0
        assert page.locator("nav a[href='#flight']").count() == 0
