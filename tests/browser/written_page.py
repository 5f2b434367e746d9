"""A page that is one file, opened in a browser: what is drawn, waited for, and complained of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1280, **options: Any) -> Iterator[Page]:
    """A page on a screen; whatever it complains of, or asks a network for, is a failure."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url)
            if not asked.url.startswith(("file:", "data:", "blob:")) else None)  # fmt: skip
    page.goto(path.as_uri())
    page.wait_for_selector("h1")
    yield page
    context.close()
    assert complaints == []


def draw_everything(page: Page) -> None:
    """Charts are drawn when they come near: go past all of them."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 700):
        page.evaluate(f"window.scrollTo({{top: {top}, behavior: 'instant'}})")
        page.wait_for_timeout(30)
    until(page, "!document.querySelector('.plotted:not(:has(svg.plot))')")


def until(page: Page, condition: str) -> None:
    """Waits until an expression holds. (Playwright's own way needs `eval`, which is forbidden.)"""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def unfold(page: Page) -> None:
    """Opens all that is folded."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def words(text: str | None) -> str:
    """A text with plain blanks."""
    return " ".join((text or "").split())


def grave(page: Page, axe: str, where: str = "html") -> list[tuple[str, list[str]]]:
    """What axe-core calls serious or critical in a part of a page: the rule, and where it broke."""
    page.evaluate(axe)
    found = page.evaluate(f"axe.run('{where}', {{resultTypes: ['violations']}})")
    assert found["passes"], f"axe-core found nothing to look at in {where}"
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
