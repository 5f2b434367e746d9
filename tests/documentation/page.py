"""Pages of documentation taken apart: their blocks, commands and links."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
RUN = (ROOT / "README.md", *DOCS)
"""Pages of which the code is run."""
EVERY = (*sorted(ROOT.glob("*.md")), *DOCS)
INTO = re.compile(r"<!-- into (\S+) -->")
"""Above a YAML block: a reader lays it over that file."""
PRINTED = "<!-- printed -->"
"""Above a block: the commands before it print these lines."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, text, first line in the page, the line before it."""

    language: str
    text: str
    line: int
    above: str


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page in a file."""
    return blocks(page.read_text(encoding="utf-8"))


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


def prose(text: str) -> str:
    """A page without its blocks and its code in the line."""
    fences = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", fences.sub("", text))


def links(text: str) -> list[str]:
    """The targets of a page's links that are no addresses on the web."""
    found = re.findall(r"\]\(\s*<?([^)\s>]+)", prose(text))
    found += re.findall(r"^\[[^\]]+\]:\s+<?([^\s>]+)", prose(text), re.MULTILINE)
    return [target for target in found if not re.match(r"[a-z][a-z0-9+.-]*:", target)]


def places(text: str) -> set[str]:
    """What the headings of a page are called in links."""
    fences = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", fences.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


def commands(block: Block) -> list[list[str]]:
    """The commands of a shell block, word by word; what `&&` joins is one each."""
    found: list[list[str]] = []
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while "&&" in words:
            cut = words.index("&&")
            found.append(words[:cut])
            words = words[cut + 1 :]
        found += [words] if words else []
    return found


def laid_over(under: Any, over: Any) -> Any:
    """A file as a reader edits it: what is there is replaced, and what is not is added."""
    if isinstance(under, dict) and isinstance(over, dict):
        return under | {key: laid_over(under.get(key), value) for key, value in over.items()}
    return over


def edit(file: Path, block: Block) -> None:
    """Lays a YAML block over a file."""
    text = laid_over(yaml.safe_load(file.read_text(encoding="utf-8")), yaml.safe_load(block.text))
    file.write_text(yaml.safe_dump(text, sort_keys=False, allow_unicode=True), encoding="utf-8")
