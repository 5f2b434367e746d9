"""A page that is one file, opened in a browser: what is drawn, waited for, and complained of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from browser.patience import PATIENCE, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

UNDRAWN = ".plotted:not(:has(svg.plot))"
"""Charts that are not drawn yet."""


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1280, **options: Any) -> Iterator[Page]:
    """A page on a screen; whatever it complains of, or asks a network for, is a failure.

    It scrolls at once, as for readers who want less motion: places are where they are measured.
    """
    screen: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(viewport=screen, reduced_motion="reduce", **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
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
    """Charts are drawn when they come near: go to each that is not drawn yet, and wait for it."""
    until(
        page,
        f"""(() => {{
      const next = document.querySelector("{UNDRAWN}");
      next?.scrollIntoView({{block: "center"}});
      return next === null;
    }})()""",
    )


def unfold(page: Page) -> None:
    """Opens all that is folded, and waits for what is filled only then."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    until(page, "!document.querySelector('details:not(:has(> :not(summary)))')")


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
