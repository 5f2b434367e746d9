"""A threat picture in a real browser: events by pointer and by keyboard, charts with tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.patience import expect
from browser.written_page import UNDRAWN, draw_everything, grave, opened, unfold, words
from report.painted import MAPPING, WEEKS, painted
from standoff.report.html import write_picture
from standoff.watch import since, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("picture")
    made, earlier = painted(folder), painted(folder / "earlier", WEEKS[:4])
    return write_picture(made, folder / "picture.html", since(earlier, made))


def test_it_says_where_a_pair_stands_and_what_changed(browser: Browser, picture: Path) -> None:
    """The pair by its countries' names, the rung with its interval, and what is otherwise."""
    with opened(browser, picture) as page:
        assert words(page.locator("h1").text_content()) == "A quarrel of three rungs"
        assert words(page.locator("#pair-0 h2").text_content()) == "Russia and Ukraine"
        said = words(page.locator("#pair-0").text_content())
        assert "In the week from 5 February 2024 the rung of rung is fight, with a proba" in said
        changed = [words(text) for text in page.locator("#changed li").all_text_contents()]
        assert "2 weeks more, from 29 January 2024." in changed
        assert "New codes that are not mapped: odd (diary, 1 row)." in changed


def test_events_are_reached_by_keyboard(browser: Browser, picture: Path) -> None:
    """One after the other, each told with day, rung, code, reports and stream; claims as claims."""
    with opened(browser, picture) as page:
        draw_everything(page)
        through = page.get_by_label("Go through the events")
        through.focus()
        expect(through).to_have_attribute(
            "aria-valuetext",
            "8\u00a0January 2024: manoeuvres (drill), "
            "on the rung tense, by Russia: 1 report, diary",
        )
        expect(page.locator("#pair-0 .ring")).to_have_count(1)
        through.press("ArrowRight")
        expect(through).to_have_attribute("aria-valuetext", re.compile(r"15\sJanuary 2024"))
        expect(page.locator("#pair-0 output")).to_contain_text("2 reports")
        through.press("End")
        said = "shelling (shelled), on the rung fight, by Ukraine: 1 report, bulletin"
        expect(page.locator("#pair-0 output")).to_contain_text(f"{said}, claim of a belligerent")


def test_events_are_found_by_pointer_where_they_are_marked(browser: Browser, picture: Path) -> None:
    """Over each mark that is drawn its event is told, at the very place."""
    with opened(browser, picture) as page:
        draw_everything(page)
        marks = page.locator("#pair-0 svg.plot").first.locator("[aria-label=dot] path")
        assert marks.count() == 7
        page.locator("#pair-0 svg.plot").first.scroll_into_view_if_needed()
        told = set()
        found, tip = page.locator("#pair-0 .ring"), page.locator("#pair-0 .tip")
        for k in range(marks.count()):
            box = marks.nth(k).bounding_box()
            assert box is not None
            page.mouse.move(5, 5)  # away from the mark before, so that no ring is of that
            expect(found).to_have_count(0)
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            expect(found).to_have_count(1)
            ring = found.bounding_box()
            assert ring is not None
            assert ring["x"] + ring["width"] / 2 == pytest.approx(
                box["x"] + box["width"] / 2, abs=2
            )
            told.add(words(tip.text_content()))
        assert len(told) == 7
        page.mouse.move(5, 5)
        expect(tip).to_have_count(0)


def test_thresholds_are_lines_and_clauses_say_what_is_open(browser: Browser, picture: Path) -> None:
    """The rung at which a clause is asked is marked by name; below stands what it leaves open."""
    with opened(browser, picture) as page:
        draw_everything(page)
        drawn = page.locator("#pair-0 svg.plot").first.text_content() or ""
        assert "from here: article-5 unclear" in drawn
        said = words(page.locator("#pair-0").text_content())
        assert "article-5 (north-atlantic): unclear. Open: Is the target a party" in said


def test_every_row_and_every_term_is_told(browser: Browser, picture: Path) -> None:
    """What was read, unmapped and kept aside; under what terms; that a stream is of claims."""
    with opened(browser, picture) as page:
        unfold(page)
        rows = [words(text) for text in page.locator("#read tbody tr").all_inner_texts()]
        assert rows == [
            "read in the files 14 2",
            "mapped onto a rung 13 1",
            "unmapped with a code that the mapping does not name 1 0",
            "ignored with a code that it leaves out 0 0",
            "elsewhere of no pair that is watched 0 0",
            "outside the window of time 0 0",
            "aside not to be used 0 1",
        ]
        said = words(page.locator("#read").text_content())
        for part in (
            "Unmapped codes: odd (1).",
            "Kept aside: no date (1).",
            "Terms. diary: Invented: no terms; bulletin: Invented: no terms either.",
            "bulletin (claims of a belligerent)",
        ):
            assert part in said


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (2560, "light")])
def test_on_every_screen_it_fits_and_shuts_nobody_out(
    browser: Browser, picture: Path, axe: str, width: int, scheme: str
) -> None:
    """One way to scroll, every chart with a name and a table, and nothing serious for axe-core."""
    with opened(browser, picture, width, color_scheme=scheme) as page:
        draw_everything(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        charts = page.locator("svg.plot")
        labels = charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
        assert len(set(labels)) == len(labels) == 3
        assert page.locator("figure details").count() == 3
        page.get_by_label("Go through the events").focus()
        expect(page.locator("#pair-0 .ring")).to_have_count(1)
        unfold(page)
        for table in page.locator("figure details").all():
            table.locator("tbody tr").first.wait_for()
        assert grave(page, axe) == []


def test_on_paper_every_chart_is_drawn(browser: Browser, picture: Path) -> None:
    """Charts that were never scrolled to are printed; what only works on a screen is not."""
    with opened(browser, picture) as page:
        page.locator("svg.plot").first.wait_for()  # widths are known, and printing is listened to
        assert page.pdf().startswith(b"%PDF")
        expect(page.locator(UNDRAWN)).to_have_count(0)
        assert page.locator(".plotted svg.plot").count() == 3
        page.emulate_media(media="print")
        expect(page.get_by_label("Go through the events")).to_be_hidden()


def test_what_is_not_shown_is_said(browser: Browser, tmp_path: Path) -> None:
    """Of pairs beyond those that are shown the page counts the rows; of shown ones, since when."""
    countries = ("FRA", "DEU", "POL", "ESP", "ITA", "IND", "PAK", "CHN", "JPN", "KOR", "USA", "BRA")
    lines = ["day,source,target,code"]
    for k, country in enumerate(countries):
        lines += [f"2024-01-01,RUS,{country},drill"] * (len(countries) - k)
    (tmp_path / "diary.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    made = watch([tmp_path / "diary.csv"], tmp_path / "mapping.yaml", period="week")
    with opened(browser, write_picture(made, tmp_path / "picture.html")) as page:
        said = words(page.locator("main").text_content())
        assert len(made.pairs) == 10
        assert "3 rows are of other pairs, which are not shown." in said
        table = page.locator("main > table")
        assert words(table.locator("th").all_text_contents()[2]) == "since"
        first = words(table.locator("tbody tr").first.inner_text())
        assert first == "France and Russia tense the beginning tense alone"


def test_hostile_words_stay_words(browser: Browser, tmp_path: Path) -> None:
    """Markup in titles, labels, rungs and terms is shown as text, and runs nothing."""
    attack = "<img src=x onerror=\"document.title='owned'\">"
    quoted = "'" + attack.replace("'", "''") + "'"
    mapping = MAPPING
    for word in ("A quarrel of three rungs", "shots fired", '"Invented: no terms"'):
        mapping = mapping.replace(word, quoted)
    made = painted(tmp_path, mapping=mapping)
    with opened(browser, write_picture(made, tmp_path / "hostile.html")) as page:
        draw_everything(page)
        unfold(page)
        assert attack in (page.locator("main").text_content() or "")
        assert page.locator("img").count() == 0
        assert "owned" not in page.title().replace(attack, "")
