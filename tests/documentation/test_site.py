"""The site: it builds without a warning, needs nothing from elsewhere, and leaves out no key."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

import standoff
from documentation.page import DOCS, ROOT

MADE_WITH = ("sphinx", "myst_parser", "furo")


def extension(name: str) -> Any:
    """A module of `docs/_ext`."""
    spec = spec_from_file_location(name, ROOT / "docs" / "_ext" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not all(find_spec(name) for name in MADE_WITH), reason="needs Sphinx, MyST and Furo"
)
def test_the_site_builds_and_stands_alone(tmp_path: Path) -> None:
    """No warning, a page for each file, and nothing that a browser would fetch from elsewhere."""
    command = ["-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    folders = ["-d", str(tmp_path / "trees"), str(ROOT / "docs"), str(tmp_path / "site")]
    said = subprocess.run(
        [sys.executable, *command, *folders], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    made = {page.stem for page in (tmp_path / "site").glob("*.html")}
    assert {page.stem for page in DOCS} <= made
    fetched = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^\"]*")
    for page in (tmp_path / "site").glob("*.html"):
        assert fetched.findall(page.read_text(encoding="utf-8")) == []
    assert "| key | kind |" not in (tmp_path / "site" / "language.html").read_text(encoding="utf-8")


def test_the_language_is_told_to_the_last_key() -> None:
    """Each section of the schema is a table with each of its keys and its descriptions."""
    language, schema = extension("language"), standoff.schema()
    told = language.language(schema)
    sections = {language.title(name): part for name, part in schema["$defs"].items()}
    by_title = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", told, re.MULTILINE))
    assert {title.lower() for title in by_title} == {"the file", *sections}
    for title, table in by_title.items():
        part = sections.get(title.lower(), schema)
        assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(part["properties"])
        for key in part["properties"].values():
            assert key["description"].replace("|", "\\|") in table
    for target in re.findall(r"\]\(#([^)]+)\)", told):
        assert target in sections


def test_kinds_are_said_in_words() -> None:
    """A range, a link, a list, a choice and an expression, as a reader meets them."""
    kind = extension("language").kind
    expression = {"type": ["string", "number", "boolean"]}
    assert kind({"type": "integer", "minimum": 1, "maximum": 9}) == "whole number, 1 to 9"
    assert kind({"anyOf": [{"$ref": "#/$defs/LogUniformPart"}, {"type": "null"}]}) == (
        "[log-uniform](#log-uniform)"
    )
    pair = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
    assert kind(pair) == "list of text, 2 of them"
    assert kind({"enum": ["lower", "higher"]}) == "`lower` or `higher`"
    assert kind({"type": "object", "additionalProperties": expression}) == "name → expression"


def test_faces_are_told_whole() -> None:
    """Each name of a face has its place, and a docstring keeps its code and its errors."""
    faces = extension("faces")
    stages = {path.parent.name for path in Path(standoff.__file__).parent.glob("*/__init__.py")}
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    shown = set(faces.PLACE.findall(page))
    assert shown == {
        "standoff",
        *(f"standoff.{name}" for name in stages - {"app", "cli", "report"}),
    }
    told = faces.face("standoff")
    assert re.findall(r"^### (\w+)$", told, re.MULTILINE) == sorted(standoff.__all__, key=str.lower)
    text = "One.\n\n    a = 1\n\nRaises:\n    KeyError: no such\n        name.\n    OSError: b."
    errors = "- `KeyError`: no such name.\n- `OSError`: b."
    assert faces.markdown(text) == f"One.\n\n```text\na = 1\n```\n\nRaises:\n\n{errors}"
