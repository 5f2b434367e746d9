"""Documentation is tried out: its Python runs, its links lead somewhere, its scenarios load."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from standoff.scenario import loads

ROOT = Path(__file__).parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), *DOCS]
NOT_RUN = "<!-- not run -->"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, text, first line in the page, the line before it."""

    language: str
    text: str
    line: int
    above: str


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page; one that is never closed ends with the page."""
    found: list[Block] = []
    lines = text.splitlines()
    start: int | None = None
    for number, line in enumerate([*lines, "```"]):
        if start is None and line.startswith("```") and number < len(lines):
            start = number
        elif start is not None and line.rstrip() == "```":
            above = lines[start - 1].strip() if start else ""
            body = "\n".join(lines[start + 1 : number]) + "\n"
            found.append(Block(lines[start][3:].strip(), body, start + 2, above))
            start = None
    return found


def links(text: str) -> list[str]:
    """The targets of a page's links that are neither addresses nor places in the page itself."""
    fences = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "", fences.sub("", text))
    targets = re.findall(r"\]\(\s*<?([^)\s>]+)", prose)
    targets += re.findall(r"^\[[^\]]+\]:\s+<?([^\s>]+)", prose, re.MULTILINE)
    return [target for target in targets if not re.match(r"[a-z][a-z0-9+.-]*:|#", target)]


def python(page: Path) -> list[Block]:
    """The blocks of a page that are to run."""
    every = blocks(page.read_text(encoding="utf-8"))
    return [block for block in every if block.language == "python" and block.above != NOT_RUN]


@pytest.mark.parametrize(
    "page", [page for page in (ROOT / "README.md", *DOCS) if python(page)], ids=lambda p: p.name
)
def test_python_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page one after another, as a reader would type them, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": page.stem}
    for block in python(page):
        # Line numbers are those of the page, so that a failure says where it stands.
        code = "\n" * (block.line - 1) + block.text
        exec(compile(code, str(page), "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link is to a file or folder that is there."""
    targets = links(page.read_text(encoding="utf-8"))
    broken = [t for t in targets if not (page.parent / unquote(t.split("#")[0])).exists()]
    assert broken == []


def test_whole_scenarios_load() -> None:
    """A YAML block that begins a scenario, and leaves nothing out with "…", is without mistake."""
    page = ROOT / "docs" / "scenario-file.md"
    for block in blocks(page.read_text(encoding="utf-8")):
        begins = block.language == "yaml" and block.text.startswith("standoff:")
        if begins and "…" not in block.text:
            loads(block.text, f"{page.name}, line {block.line}")


def test_the_finders_find() -> None:
    """Blocks and links are seen where there are some, and only there."""
    text = f"[a](b.md#c) [d](https://e) `[f](g)`\n{NOT_RUN}\n```python\n[h](i)\n```\n"
    text += "```yaml\nj: 1\n"
    assert links(text + "```\n[k]: l.md\n[m](#n)") == ["b.md#c", "l.md"]
    assert blocks(text) == [
        Block("python", "[h](i)\n", 4, NOT_RUN),
        Block("yaml", "j: 1\n", 7, "```"),
    ]
