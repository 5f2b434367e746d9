"""Links in the documentation lead somewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from documentation.page import EVERY, links, places


@pytest.mark.parametrize("page", EVERY, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link that is no address on the web is to a file, a folder, or a heading in a page."""
    broken = [
        target for target in links(page.read_text(encoding="utf-8")) if not leads(page, target)
    ]
    assert broken == []


def leads(page: Path, target: str) -> bool:
    """Whether a link of a page leads somewhere; a part after "#" must be a heading there."""
    name, _, place = unquote(target).partition("#")
    file = page.parent / name if name else page
    if not file.exists():
        return False
    return not place or place in places(file.read_text(encoding="utf-8"))


def test_the_finders_find() -> None:
    """Links and headings are seen where there are some, and only there."""
    text = "[a](b.md#c) [d](https://e) `[f](g)`\n```python\n[h](i)\n# j\n```\n"
    assert links(text + "[k]: l.md\n[m](#n)") == ["b.md#c", "#n", "l.md"]
    assert places("# With `code`, and more\n## A-b\n" + text) == {"with-code-and-more", "a-b"}
