"""Journeys on the live page, in a real browser, mostly by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser import patience
from browser.live_page import PATIENCE, opened, serving, violations
from browser.patience import expect
from displacement.flight import CRISIS
from standoff.explore import run
from standoff.scenario import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

SOLVED = '[data-kind="solved"]'
EVIL = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module", autouse=True)
def _solver_may_be_compiled_first() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=patience.PATIENCE)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("two-move-deterrence", "--port", "0") as (found, _):
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as found:
        found.wait_for_selector(f"{SOLVED} >> text=in 256 futures")
        yield found


def verdict(page: Page, claim: str) -> str:
    return page.inner_text(f'[data-claim="{claim}"] .line')


def test_an_assumption_is_moved_and_a_verdict_flips(page: Page) -> None:
    """By keyboard: at once by reweighting, which is said with what it is worth; then solved afresh,
    which is said too; and let go again with Escape. The server is held back until all that is to
    happen at once has been seen.

    Where fighting hurts the challenger least (harm 0.2, against a gain of 1), a bound defender is
    challenged all the same: more wars, so `commitment-avoids-war` fails.
    """
    claim = '[data-claim="commitment-avoids-war"]'
    before = verdict(page, "commitment-avoids-war")
    assert before.startswith("Holds in 8")
    held: list[Route] = []
    page.route("**/api/solve", lambda route: held.append(route))
    page.get_by_label("harm", exact=True).focus()
    page.keyboard.press("Home")
    status = page.locator(".status")
    expect(status).to_contain_text("reweighted to what you chose")
    expect(page.locator(claim)).to_have_class(re.compile("flipped"))
    assert "Reversed: 8" in verdict(page, "commitment-avoids-war")
    page.route("**/api/solve", lambda route: route.continue_())
    for asked in held:
        asked.continue_()
    expect(status).to_contain_text("solved exactly in 64 futures")
    assert "n = 64" in verdict(page, "commitment-avoids-war")
    assert "Reversed" in verdict(page, "commitment-avoids-war")
    page.keyboard.press("Escape")
    expect(status).to_contain_text("solved exactly in 256 futures")
    assert verdict(page, "commitment-avoids-war") == before


def test_a_link_restores_what_is_shown(browser: Browser, page: Page) -> None:
    """Pinned assumptions, the concept, a second setting, the outcome, doctrines, marked futures."""
    page.get_by_label("toll", exact=True).focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="Put a second setting beside").press("Enter")
    page.get_by_label("always the best (limit)").check()
    page.get_by_label("Outcome").select_option("war")
    page.get_by_label("it is from").fill("0.1")
    page.get_by_label("it is from").press("Tab")
    page.get_by_role("checkbox", name="always fight").uncheck()
    for k in range(2):
        expect(page.locator(".status").nth(k)).to_contain_text("exactly in 64 futures")
    expect(page).to_have_url(re.compile("doctrine="))  # what was set last; the rest came before
    link = page.url
    said = page.locator(".line").all_inner_texts()
    assert len(said) == 6
    with opened(browser, link) as other:
        other.wait_for_selector('[data-setting="B"]')
        for k in range(2):
            expect(other.locator(".status").nth(k)).to_contain_text("exactly in 64 futures")
        expect(other.locator(".line")).to_have_text(said, use_inner_text=True)
        expect(other.get_by_label("Outcome")).to_have_value("war")
        fight = other.get_by_role("checkbox", name="always fight")
        expect(fight).not_to_be_checked()
        expect(other.get_by_label("it is from")).to_have_value("0.1")
        fight.check()
        expect(other).not_to_have_url(link)
        fight.uncheck()
        expect(other).to_have_url(link)


def test_what_a_link_says_wrongly_is_left_out(browser: Browser, address: str) -> None:
    """Unknown names, numbers that are none, markup."""
    wrong = (
        f"#scenario={EVIL}&a.harm=x&a.nothing=1&a.toll=NaN&outcome={EVIL}&doctrine={EVIL}"
        "&futures=[1,2]&b=guess"
    )
    with opened(browser, address + wrong) as page:
        page.wait_for_selector(SOLVED)
        assert page.locator("img").count() == 0
        expect(page.locator("h1")).to_have_text(load("two-move-deterrence").title)


def test_a_scenario_is_edited_into_an_error_and_out_of_it(page: Page) -> None:
    """The mistake is marked at its line and column in the words of `standoff check`; when it is
    mended the text can be solved, and what it says cannot become markup."""
    page.get_by_role("button", name="Edit the scenario").press("Enter")
    said = page.locator(".said")
    expect(said).to_contain_text("No mistakes")
    text = load("two-move-deterrence").text
    broken = text.replace("standoff: 1", "foo: 2\nstandoff: 1", 1)
    write(page, broken)
    expect(said).to_have_text("1 mistake.")
    line = broken.splitlines().index("foo: 2") + 1
    expect(page.get_by_role("list", name="Mistakes")).to_contain_text(f"line {line}, column 1")
    expect(page.locator(".cm-lintRange-error")).to_have_text("foo")
    expect(page.get_by_role("button", name="Solve this text")).to_be_disabled()
    page.get_by_role("button", name=f"line {line}, column 1").press("Enter")
    expect(page.locator(".cm-content")).to_be_focused()
    title = load("two-move-deterrence").title
    write(page, text.replace(title, EVIL, 1))
    expect(said).to_contain_text("No mistakes")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text(EVIL)
    expect(page.locator(".status")).to_contain_text("solved exactly in")
    expect(page).to_have_title(f"{EVIL} – standoff")
    assert page.locator("img").count() == 0


PASTE = """
text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  const paste = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(paste);
}
"""


def write(page: Page, text: str) -> None:
    """Pastes a text in place of that in the editor."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.evaluate(PASTE, text)


def test_marked_futures_are_marked_in_every_chart(page: Page) -> None:
    """Dragging along a doctrine marks them in strips, rugs and verdicts; Unmark ends it."""
    page.get_by_label("Outcome").select_option("war")
    expect(page.get_by_role("heading", name="By doctrine: war")).to_be_visible()
    strip = page.locator(".strips .catch").first
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], middle, steps=4)
    page.mouse.up()
    expect(page.locator(".strips .brush")).to_have_count(1)
    for marked in (".strips .some", ".rug .marked"):
        expect(page.locator(marked).first).to_have_attribute("d", re.compile("M"))
    expect(page.locator(".line").first).to_contain_text("Of the marked:")
    ends = page.get_by_label("it is from"), page.get_by_label("to", exact=True)
    for end in ends:
        expect(end).to_have_value(re.compile(r"\d"))
    low, high = (float(end.input_value()) for end in ends)
    assert 0 < low < high
    page.get_by_role("button", name="Unmark").press("Enter")
    expect(page.locator(".rug")).to_have_count(0)


def test_two_clients_at_once_do_not_disturb_each_other(
    browser: Browser, address: str, page: Page
) -> None:
    """Each gets the futures of its own setting."""
    with opened(browser, address) as other:
        other.wait_for_selector(f"{SOLVED} >> text=in 256 futures")
        for one, key in ((page, "Home"), (other, "End")):
            one.get_by_label("loss", exact=True).focus()
            one.keyboard.press(key)
        for one in (page, other):
            expect(one.locator(".status")).to_contain_text("solved exactly in 64 futures")
        expect(page).to_have_url(re.compile(r"a\.loss=0\.1\b"))
        expect(other).to_have_url(re.compile(r"a\.loss=1\.5\b"))
        assert verdict(page, "commitment-pays") != verdict(other, "commitment-pays")


def test_the_server_is_killed_and_restarted_under_an_open_page(browser: Browser) -> None:
    """What is shown stays and can be moved, which is said; when the server is back, it goes on."""
    with ExitStack() as held:
        with serving("two-move-deterrence", "--port", "0") as (address, process):
            port = address.rstrip("/").rpartition(":")[2]
            page = held.enter_context(opened(browser, address))
            page.wait_for_selector(f"{SOLVED} >> text=in 256 futures")
            process.kill()
            process.wait()
        harm = page.get_by_label("harm", exact=True)
        harm.focus()
        page.keyboard.press("Home")
        expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
        expect(page.locator(".status")).to_contain_text("reweighted")
        least = harm.get_attribute("aria-valuetext") or ""
        page.keyboard.press("ArrowRight")
        expect(harm).not_to_have_attribute("aria-valuetext", least)
        expect(page.locator(".status")).to_contain_text("reweighted")
        with serving("two-move-deterrence", "--port", port):
            expect(page.locator(".status")).to_contain_text("solved exactly in 64 futures")
            expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (1280, "dark"), (2560, "light")], ids=str
)
def test_nothing_bars_the_way(
    browser: Browser, address: str, width: int, scheme: str, axe: str
) -> None:
    """No serious violation of the accessibility rules that axe-core knows, with two settings and
    the editor open; and the page is never wider than the screen."""
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with opened(browser, f"{address}#a.harm=0.2&b=limit", **options) as page:
        page.wait_for_selector(SOLVED)
        page.get_by_role("button", name="Edit the scenario").press("Enter")
        expect(page.locator(".said")).to_contain_text("No mistakes")
        page.locator("summary", has_text="Table").first.press("Enter")
        expect(page.locator("details tbody tr").first).to_be_visible()
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_table_stands_behind_every_chart(page: Page) -> None:
    """What a chart shows can be read as numbers."""
    figures = page.locator("figure")
    expect(figures).to_have_count(3)
    for k in range(3):
        figures.nth(k).locator("summary", has_text="Table").press("Enter")
        expect(figures.nth(k).locator("tbody tr").first).to_be_visible()


def test_a_file_can_be_served(browser: Browser, crisis: Path) -> None:
    """A scenario of one's own is offered first."""
    with serving(str(crisis), "--port", "0") as (address, _), opened(browser, address) as page:
        page.wait_for_selector(SOLVED)
        expect(page.get_by_label("Scenario", exact=True)).to_have_value(load(crisis).name)


def test_a_study_says_who_flees_where(browser: Browser, tmp_path: Path) -> None:
    """Below what follows the sliders, and that it does not follow them."""
    (tmp_path / "small.yaml").write_text(CRISIS, encoding="utf-8")
    study = run(tmp_path / "small.yaml", tmp_path / "study", futures=4)
    with (
        serving(str(study.path), "--port", "0") as (address, _),
        opened(browser, address) as page,
    ):
        expect(page.locator("#flight")).to_contain_text("it does not follow the sliders")
        page.locator("#flight .map").scroll_into_view_if_needed()
        expect(page.locator("#flight .map svg.plot")).to_be_visible()
