"""The live page on a server in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 900_000
"""Milliseconds after which a test gives up: the solver may have to be compiled first."""

POLICY = "Content Security Policy"
"""What a browser complains of where a page does what its policy forbids."""


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of `standoff serve` with these arguments, and its process."""
    command = [sys.executable, "-m", "standoff", "serve", "--workers", "1", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, "the server did not start"
            yield found[0], process
        finally:
            process.terminate()
            process.wait()


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page in a context of its own; nothing on it may raise, or break the content policy.

    It scrolls at once, as for readers who want less motion: places are where they are measured.
    """
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if POLICY in said.text else None)
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(address)
    yield page
    context.close()
    assert troubles == [], troubles


def violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds that is serious or critical, and where."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
