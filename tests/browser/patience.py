"""Waiting for a page, as long as a loaded machine may need; what is there already costs nothing.

A page answers an event later than the driver does: a table is filled after its `toggle`, a chart is
drawn when its width is told, a text follows a key. So nothing is read once after an action; it is
expected. Where nothing is to happen, something that does is awaited first.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
if TYPE_CHECKING:
    from playwright.sync_api import Page, expect
else:
    expect = api.expect

__all__ = ["PATIENCE", "expect", "until"]

PATIENCE = 180_000
"""Milliseconds after which a test gives up."""

expect.set_options(timeout=PATIENCE)


def until(page: Page, condition: str) -> None:
    """Waits until an expression holds. (Playwright's own way needs `eval`, which is forbidden.)"""
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never came true: {condition}"
        page.wait_for_timeout(50)
