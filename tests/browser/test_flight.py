"""Who flees where, in a report in a real browser: map, bands, records, the table to take away."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.written_page import draw_everything, grave, opened, until
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


def label(page: Page) -> str:
    """What a screen reader says of the map."""
    return page.locator("#flight .map svg.plot").get_attribute("aria-label") or ""


def test_the_day_and_the_doctrine_are_chosen_by_keyboard(
    browser: Browser, shown: dict[str, Any], tmp_path: Path
) -> None:
    """The map follows, and what is said of it: on the first day nobody is in Medyka yet."""
    with drawn(browser, shown, tmp_path) as page:
        day = page.locator("#flight input[type=range]")
        assert day.get_attribute("aria-valuetext") == "6 June 2022"
        assert "6 June 2022 under free-choice" in label(page)
        assert "Medyka" in label(page)
        day.press("ArrowLeft")
        assert day.get_attribute("aria-valuetext") == "31 May 2022"
        until(page, "document.querySelector('#flight .map svg.plot')"
                    ".getAttribute('aria-label').includes('31 May')")  # fmt: skip
        day.press("Home")
        until(page, "document.querySelector('#flight .map svg.plot')"
                    ".getAttribute('aria-label').includes('15 March')")  # fmt: skip
        assert "Medyka" not in label(page)
        page.locator("#flight select").first.press("ArrowDown")
        until(page, "document.querySelector('#flight .map svg.plot')"
                    ".getAttribute('aria-label').includes('under protect')")  # fmt: skip
        assert "brings protected-corridor" in (page.locator("#flight").text_content() or "")


def test_two_doctrines_stand_beside_each_other(
    browser: Browser, shown: dict[str, Any], tmp_path: Path
) -> None:
    """A second band is drawn, the key names both, and so does the table."""
    with drawn(browser, shown, tmp_path) as page:
        assert page.locator("#flight .key li").all_inner_texts() == ["free-choice", "recorded"]
        before = page.locator("#flight .grid svg.plot").first.inner_html()
        page.get_by_label("Beside it, over time").select_option(label="late")
        until(page, "document.querySelector('#flight .grid svg.plot').innerHTML !== "
                    + json.dumps(before))  # fmt: skip
        named = page.locator("#flight .key li").all_inner_texts()
        assert named == ["free-choice", "late", "recorded"]
        table = page.locator("#flight .grid details").first
        table.locator("summary").click()
        heads = table.locator("thead th").all_inner_texts()
        assert heads == ["date", "recorded", "free-choice: 5 %", "median", "95 %", "late: 5 %",
                         "median", "95 %", "protect: median"]  # fmt: skip


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
        page.get_by_label("Beside it, over time").select_option(index=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        charts = page.locator("#flight svg.plot")
        labels = [charts.nth(k).get_attribute("aria-label") for k in range(charts.count())]
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
        assert not page.locator("#flight select").first.is_visible()
        assert not page.get_by_role("button", name="Save as CSV").is_visible()
        title = page.locator("#flight .map figcaption h3")
        assert title.is_visible()
        assert title.inner_text() == "6 June 2022, under free-choice"
        assert page.locator("#flight .key").is_visible()
        assert all(one.is_visible() for one in page.locator("#flight svg.plot").all())


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
        assert attack in label(page)
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
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("h1")
    assert page.locator("#flight").count() == 0
    assert page.locator("nav a[href='#flight']").count() == 0
    page.close()
