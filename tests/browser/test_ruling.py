"""A ruling in a real browser: read on any screen, aloud, on paper, under attack."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.patience import PATIENCE, expect
from browser.written_page import grave, opened, unfold, words
from standoff.report.html import write_ruling
from standoff.treaty import Incident, history, load, load_incident, rule

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TREATY = load("north-atlantic")


def page_of(incident: Incident, folder: Path) -> Path:
    return write_ruling(rule(TREATY, incident), history(TREATY, incident), folder / "ruling.html")


@pytest.fixture(scope="module")
def september(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(load_incident("september-2001"), tmp_path_factory.mktemp("ruling"))


@pytest.fixture(scope="module")
def cyber(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(load_incident("cumulative-cyber"), tmp_path_factory.mktemp("cyber"))


def test_the_first_screen_has_the_answers_and_what_they_are_not(
    browser: Browser, september: Path
) -> None:
    """Each clause with its answer, never a bare yes: it says that it is an opinion."""
    with opened(browser, september) as page:
        answers = [words(text) for text in page.locator("#answer li").all_text_contents()]
        assert answers == [
            "article-4, Consultation: ● met",
            "article-5, Collective defence: ◐ unclear Open: Does it come from a state, "
            "or from abroad, and from no party? Is the attacker known surely enough?",
            "article-6, Where an armed attack counts: ● met",
        ]
        note = page.locator("#answer .note")
        assert "no legal advice" in words(note.text_content())
        box = note.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900


def test_every_reason_is_there_with_what_would_settle_it(browser: Browser, september: Path) -> None:
    """The tests, what is open in words, who decides, what follows, and other readings."""
    with opened(browser, september) as page:
        said = words(page.locator("#clause-article-5").text_content())
        for part in (
            "Is the target a party to the treaty? ● yes",
            "The rule: Only an attack on a party counts. nat-1949, article 5",
            "What would settle it",
            "○ not met, given whether it was directed from abroad: no",
            "On another reading it comes out otherwise non-state = states-only: ○ not met",
            "Who decides The North Atlantic Council, by consensus of all 19.",
            "What follows Each party assists with such action as it deems necessary",
        ):
            assert part in said
        unknown = page.locator("#facts div:has(> dd.unknown)").all_text_contents()
        assert (
            "from abroad whether it was directed from abroad not known, and a test hangs on it"
            in map(words, unknown)
        )
        links = page.locator("main a[href^='#ref-']")
        targets = {links.nth(k).get_attribute("href") for k in range(links.count())}
        assert len(targets) > 5
        assert all(page.locator(str(target)).count() == 1 for target in targets)


def test_the_line_of_time_says_when_the_answer_changed(browser: Browser, cyber: Path) -> None:
    """Drawn for eyes, told for ears, and a table of it: cyber counts together since 2021."""
    with opened(browser, cyber) as page:
        line = page.locator("#time [role=img]")
        label = words(line.get_attribute("aria-label"))
        assert "article-5: " in label
        assert "met from 14 June 2021" in label
        drawn = line.locator(".line").nth(1).locator("span")
        whole, *widths = drawn.evaluate_all(
            "parts => [parts[0].parentElement, ...parts]"
            ".map(one => one.getBoundingClientRect().width)"
        )
        assert sum(widths) == pytest.approx(whole, abs=2)
        table = page.locator("#time details").first
        table.locator("summary").click()
        expect(table.locator("tbody tr").last).to_contain_text("14 June 2021")
        page.get_by_text("Rules that were altered").press("Enter")
        expect(page.get_by_text("to today (this ruling)").first).to_be_visible()


def test_a_ruling_by_the_rules_of_another_day_says_so(browser: Browser, tmp_path: Path) -> None:
    """The facts of 2024 by the treaty of 1995; why the answer changed is told with the question."""
    incident = load_incident("cumulative-cyber")
    ruling = rule(TREATY, incident, date(1995, 12, 31))
    path = write_ruling(ruling, history(TREATY, incident), tmp_path / "ruling.html")
    with opened(browser, path) as page:
        said = words(page.locator("header").text_content())
        assert "These are not the rules of its own day, 1 June 2024" in said
        reason = "Is the target a party to the treaty? The target, Latvia, has been a party since"
        assert reason in words(page.locator("#time").text_content())


def test_readings_on_which_something_hangs_are_shown_and_reached(
    browser: Browser, september: Path
) -> None:
    """What is named in a clause is a link to what it says; the others are folded, none is lost."""
    with opened(browser, september) as page:
        folded = page.locator("#readings details")
        expect(page.locator("#reading-non-state")).to_be_visible()
        hidden = folded.locator("dl > div").count()
        expect(folded.locator("summary")).to_have_text(
            f"{hidden} more, on which nothing hangs here"
        )
        assert page.locator("#readings dl > div").count() == len(TREATY.readings)
        links = page.locator("#clauses a[href^='#reading-']")
        for target in {str(one.get_attribute("href")) for one in links.all()}:
            expect(page.locator(target)).to_be_visible()
        unknown = page.locator("#facts dd.unknown:not(.open)").all_text_contents()
        assert all(words(text) == "not known" for text in unknown)
        assert page.locator("#facts dd.open").count() > 0


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light"), (2560, "dark")])
def test_on_every_screen_it_fits_and_shuts_nobody_out(
    browser: Browser, cyber: Path, axe: str, width: int, scheme: str
) -> None:
    """One way to scroll, and nothing serious for axe-core, with everything unfolded."""
    with opened(browser, cyber, width, color_scheme=scheme) as page:
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert grave(page, axe) == []


def test_on_paper_everything_is_unfolded(browser: Browser, cyber: Path) -> None:
    """What is folded on a screen is printed open, and closed again; controls are not printed."""
    with opened(browser, cyber) as page:
        assert page.pdf().startswith(b"%PDF")
        expect(page.locator("main details[open]")).to_have_count(0)
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        expect(page.locator("main details:not([open]):not(.screen)")).to_have_count(0)
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        expect(page.locator("main details[open]")).to_have_count(0)
        page.emulate_media(media="print")
        expect(page.locator("nav")).to_be_hidden()
        expect(page.locator("#time [role=img]")).to_be_visible()


def test_hostile_words_stay_words(browser: Browser, tmp_path: Path) -> None:
    """Markup in an incident's title, summary, place and names is shown as text."""
    attack = "<img src=x onerror=\"document.title='owned'\">"
    incident = Incident.of(
        "hostile", title=attack, summary=attack, place=attack, target=attack, date="2022-01-01"
    )
    with opened(browser, page_of(incident, tmp_path)) as page:
        assert words(page.locator("h1").text_content()) == words(attack)
        assert page.locator("img").count() == 0
        assert "owned" not in page.title().replace(attack, "")


def test_without_script_the_opinion_is_there(browser: Browser, september: Path) -> None:
    """A reader whose browser runs nothing reads the text that the command prints."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(september.as_uri())
    assert "article-5, Collective defence: unclear" in words(page.locator("body").inner_text())
    context.close()
