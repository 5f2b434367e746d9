"""Reading a report in a real browser: on any screen, by keyboard, aloud, on paper, under attack."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.patience import PATIENCE, expect, until
from browser.written_page import UNDRAWN, draw_everything, grave, opened, unfold, words
from standoff.explore import Study, run
from standoff.findings import findings_of
from standoff.report.document import UNSOLVED, document
from standoff.report.html import report_html, write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTHS = (390, 1280, 2560)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Study]:
    folder = tmp_path_factory.mktemp("studies")
    names = ("two-move-deterrence", "chain-store")
    return {name: run(name, folder / name, futures=16) for name in names}


@pytest.fixture(scope="module")
def reports(studies: dict[str, Study]) -> dict[str, Path]:
    return {
        name: write_report(study, findings=findings_of(study, UNSOLVED))
        for name, study in studies.items()
    }


def test_the_first_screen_has_question_doctrines_and_verdicts(
    browser: Browser, reports: dict[str, Path], studies: dict[str, Study]
) -> None:
    """What was asked, what was compared, and the verdicts, in the words of the text report."""
    study = studies["two-move-deterrence"]
    shown = document(study)
    with opened(browser, reports["two-move-deterrence"]) as page:
        assert words(page.locator("h1").text_content()) == study.scenario.title
        assert all(page.get_by_text(name).count() for name in study.doctrines)
        for claim in shown["claims"]:
            line = page.locator(f"[data-claim='{claim['name']}']")
            assert words(line.text_content()) == claim["verdict"]["line"]
        first = page.locator("[data-claim]").first.bounding_box()
        assert first is not None
        assert first["y"] < 900


def test_a_verdict_unfolds_by_keyboard_to_where_it_fails(
    browser: Browser, reports: dict[str, Path]
) -> None:
    """Tab reaches the first claim's details, Enter opens them, and they say what it hangs on."""
    with opened(browser, reports["two-move-deterrence"]) as page:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('#verdicts li summary')"):
                break
        page.keyboard.press("Enter")
        inside = page.locator("#verdicts li details[open]")
        expect(inside).to_have_count(1)
        said = words(inside.text_content())
        assert "With perfect rationality" in said
        assert re.search(r"(Fails|Holds) in \d+ of \d+ futures", said)
        assert "standoff explore" in said


@pytest.mark.parametrize("name", ["two-move-deterrence", "chain-store"])
def test_every_chart_has_a_name_and_a_table(
    browser: Browser, reports: dict[str, Path], name: str
) -> None:
    """What eyes see in a chart a screen reader hears of, and finds as numbers."""
    with opened(browser, reports[name]) as page:
        draw_everything(page)
        charts = page.locator("svg.plot")
        assert charts.count() > 8
        labels = charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
        assert all(label and len(label) > 30 for label in labels)
        assert len(set(labels)) == len(labels)
        for section in page.locator("section:has(svg.plot)").all():
            tables = section.locator("details:has(> summary:has-text('Table'))")
            assert tables.count()
            tables.first.locator("summary").click()
            tables.first.locator("tbody tr").first.wait_for()
            assert tables.first.locator("thead th[scope=col]").count() > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["two-move-deterrence", "chain-store"])
def test_axe_finds_nothing_serious(
    browser: Browser, reports: dict[str, Path], axe: str, name: str, scheme: str
) -> None:
    """No violation that axe-core calls serious or critical, with everything unfolded."""
    with opened(browser, reports[name], color_scheme=scheme) as page:
        draw_everything(page)
        page.get_by_label("What if").locator("select").select_option(index=1)
        expect(page.locator(".what [role=status]")).to_contain_text("Nothing is solved anew")
        unfold(page)
        assert grave(page, axe) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(
    browser: Browser, reports: dict[str, Path], width: int
) -> None:
    """From phone to wall the page scrolls one way only, and lines of prose stay short."""
    with opened(browser, reports["chain-store"], width) as page:
        draw_everything(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        longest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('main p')].map(p => "
            "p.getBoundingClientRect().width / parseFloat(getComputedStyle(p).fontSize)))"
        )
        assert longest < 55  # em: some 90 characters


def test_on_a_narrow_screen_the_contents_are_asked_for(
    browser: Browser, reports: dict[str, Path]
) -> None:
    """They are one press away, lead to their section, and go; a wide screen always has them."""
    with opened(browser, reports["chain-store"], 390) as page:
        asked, contents = page.get_by_role("button", name="Contents"), page.locator("#contents")
        expect(contents).to_be_hidden()
        asked.press("Enter")
        expect(asked).to_have_attribute("aria-expanded", "true")
        contents.get_by_text("Beliefs").click()
        expect(page.locator("#beliefs")).to_be_in_viewport()
        expect(contents).to_be_hidden()
        page.set_viewport_size({"width": 1280, "height": 900})
        expect(contents).to_be_visible()
        expect(asked).to_be_hidden()


def test_colours_of_bars_have_a_key_and_periods_a_name(
    browser: Browser, reports: dict[str, Path]
) -> None:
    """Every label that some bar shows, that of the start too; a period is said to be a market."""
    with opened(browser, reports["chain-store"]) as page:
        key = [words(text) for text in page.locator("#course .key li").all_text_contents()]
        assert key == ["open", "left alone", "shared", "fought"]
        said = words(page.locator("#course > .note").text_content())
        assert "Each bar is a period (each a market), from the start (0) to the end (10);" in said


def test_a_doctrine_is_chosen_and_the_policies_follow(
    browser: Browser, reports: dict[str, Path]
) -> None:
    """The choices shown, and what is said of them, are those of the doctrine that was chosen."""
    with opened(browser, reports["two-move-deterrence"]) as page:
        draw_everything(page)
        choice = page.locator("#policies select")
        before = page.locator("#policies svg.plot").last.inner_html()
        choice.select_option(label="always fight")
        until(
            page,
            "[...document.querySelectorAll('#policies svg.plot')].every(chart => "
            "chart.getAttribute('aria-label').includes('always fight'))",
        )
        assert page.locator("#policies svg.plot").last.inner_html() != before


def test_a_parameter_is_moved_and_verdicts_follow(
    browser: Browser, reports: dict[str, Path], studies: dict[str, Study]
) -> None:
    """By keyboard: futures are weighed anew, it is said how many that is worth, and undone."""
    scenario = studies["two-move-deterrence"].scenario
    name = next(one.name for one in scenario.parameters if one.distribution is not None)
    with opened(browser, reports["two-move-deterrence"]) as page:
        draw_everything(page)
        lines = page.locator("[data-claim]")
        before = [words(text) for text in lines.all_text_contents()]
        chart = page.locator("#outcomes svg.plot").first
        drawn = chart.inner_html()
        page.get_by_label("What if").locator("select").select_option(name)
        slider = page.get_by_label(name, exact=True)
        nominal = slider.get_attribute("aria-valuetext") or ""
        slider.press("End")
        expect(slider).not_to_have_attribute("aria-valuetext", nominal)
        status = page.locator(".what [role=status]")
        said = words(status.text_content())
        worth = re.search(r"worth ([\d.]+) of 16 futures", said)
        assert worth, said
        assert 1 <= float(worth[1]) < 16
        assert [words(text) for text in lines.all_text_contents()] != before
        until(
            page, f"document.querySelector('#outcomes svg.plot').innerHTML !== {json.dumps(drawn)}"
        )
        page.get_by_label(f"let go of {name}").press("Enter")
        expect(lines).to_have_text(before)
        expect(status).to_have_text("")


def test_parameters_are_found_by_word_and_by_basis(
    browser: Browser, reports: dict[str, Path], studies: dict[str, Study]
) -> None:
    """The list narrows to what is typed, and says how many are left."""
    scenario = studies["two-move-deterrence"].scenario
    with opened(browser, reports["two-move-deterrence"]) as page:
        rows = page.locator("#parameters tbody tr")
        assert rows.count() == len(scenario.parameters)
        page.get_by_label("Find").fill(scenario.parameters[0].name)
        expect(rows).not_to_have_count(len(scenario.parameters))
        assert rows.count() > 0
        expect(page.locator("#parameters [role=status]")).to_have_text(
            f"{rows.count()} of {len(scenario.parameters)}"
        )


def test_on_paper_everything_is_drawn_and_unfolded(
    browser: Browser, reports: dict[str, Path]
) -> None:
    """Printing draws charts that were never scrolled to, and opens the claims."""
    with opened(browser, reports["two-move-deterrence"]) as page:
        page.locator("svg.plot").first.wait_for()  # widths are known, and printing is listened to
        assert page.locator(UNDRAWN).count() > 0
        pdf = page.pdf()
        assert pdf.startswith(b"%PDF")
        expect(page.locator(UNDRAWN)).to_have_count(0)
        expect(page.locator("#verdicts li details[open]")).to_have_count(0)
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        expect(page.locator("#verdicts li details:not([open])")).to_have_count(0)
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        expect(page.locator("#verdicts li details[open]")).to_have_count(0)


def test_colours_can_be_chosen(browser: Browser, reports: dict[str, Path]) -> None:
    """Dark on a light system, at a reader's wish."""
    ground = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, reports["two-move-deterrence"], color_scheme="light") as page:
        light = page.evaluate(ground)
        page.get_by_label("Colours").select_option(label="dark")
        until(page, f"{ground} !== {json.dumps(light)}")


def test_hostile_words_stay_words(
    browser: Browser, studies: dict[str, Study], tmp_path: Path
) -> None:
    """Markup in titles, claims, units, names and links is shown as text, and runs nothing."""
    attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    shown = copy.deepcopy(document(studies["two-move-deterrence"]))
    shown["crisis"] |= {"title": attack, "summary": attack}
    for claim in shown["claims"]:
        claim |= {"says": attack, "why": attack, "holds": attack}
    for outcome in shown["outcomes"]:
        outcome |= {"unit": attack, "says": attack}
    for parameter in shown["parameters"]:
        parameter |= {"unit": attack, "why": attack}
    for reference in shown["references"]:
        reference |= {"title": attack, "url": "javascript:document.title='owned'"}
    path = tmp_path / "hostile.html"
    path.write_text(report_html(shown), encoding="utf-8")
    with opened(browser, path) as page:
        draw_everything(page)
        assert words(page.locator("h1").text_content()) == words(attack)
        assert page.locator("img").count() == 0
        assert page.locator("a[href^='javascript']").count() == 0
        assert "owned" not in page.title().replace(attack, "")


def test_the_page_can_run_no_other_script(browser: Browser, reports: dict[str, Path]) -> None:
    """Were markup to get in, the policy would still stop it: inline, by handler or by eval."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(reports["two-move-deterrence"].as_uri())
    page.wait_for_selector("h1")
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.owned = 1";
          document.body.append(script);
          const image = document.createElement("div");
          image.setAttribute("onclick", "window.owned = 1");
          document.body.append(image);
          image.click();
        }"""
    )
    assert page.evaluate("window.owned") is None
    context.close()


BARE = """\
standoff: 1
name: bare
title: Nothing but a choice
time: {period: day, periods: 1}
variables: {door: {levels: 1}}
order: [somebody]
actors:
  somebody: {rationality: 1, payoff: 1 * door, actions: {stay: {}, go: {set: {door: 1}}}}
"""


def test_a_crisis_with_next_to_nothing_in_it_has_a_report(browser: Browser, tmp_path: Path) -> None:
    """Without claims, doctrines, outcomes, ladders and uncertainty there is still something."""
    (tmp_path / "bare.yaml").write_text(BARE, encoding="utf-8")
    study = run(tmp_path / "bare.yaml", tmp_path / "study", futures=4)
    with opened(browser, write_report(study)) as page:
        draw_everything(page)
        assert "makes no claims" in words(page.locator("#verdicts").text_content())
        assert page.locator("#values svg.plot").count() == 1
        assert page.locator("#regret").count() == 0


def test_a_document_of_another_format_is_refused_in_words(
    browser: Browser, studies: dict[str, Study], tmp_path: Path
) -> None:
    """A page that cannot read its data says so."""
    shown = document(studies["two-move-deterrence"]) | {"format": 99}
    path = tmp_path / "later.html"
    path.write_text(report_html(shown), encoding="utf-8")
    with opened(browser, path) as page:
        assert "format 99" in words(page.locator("main").text_content())


def test_what_was_not_solved_has_no_mark_and_no_legend(browser: Browser, tmp_path: Path) -> None:
    """A report of equilibria only: no ring, no word of one, no noise, and a sentence instead."""
    study = run("two-move-deterrence", tmp_path / "s", futures=16, equilibrium_only=True)
    report = write_report(study, findings=findings_of(study, UNSOLVED))
    with opened(browser, report) as page:
        draw_everything(page)
        assert page.locator("#verdicts svg circle").count() == len(study.scenario.claims)
        unfold(page)
        said = words(page.locator("main").text_content())
        assert said.count("The limit of perfect rationality was not solved") > 3
        assert "With perfect rationality" not in said
        assert "the ring the share" not in said
        assert "The noise floor" not in said
        assert "run with --equilibrium-only" in said
        assert not re.search(r"\b(NaN|null|undefined)\b", said)
        headings = page.locator("#outcomes th").all_text_contents()
        assert headings
        assert not {"limit", "noise"} & set(headings)
