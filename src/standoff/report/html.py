"""Web pages that need nothing else: script, style and data are in the file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from standoff.explore import Study, write
from standoff.findings import Findings
from standoff.report.document import document, picture_document, ruling_document
from standoff.report.picture import picture_lines, since_lines
from standoff.report.ruling import ruling_text
from standoff.report.text import put
from standoff.treaty import Change, Ruling
from standoff.watch import Picture, Since

NAME = "report.html"
"""The file in a study's folder."""

_WIDTH = 90
"""Columns of a text where no script may run."""


def write_report(study: Study, path: Path | None = None, findings: Findings | None = None) -> Path:
    """Writes a study's report, by default as `report.html` in its folder; gives the path.

    `findings` are as `document` takes them.

    Raises:
        StudyError: blocks of the study are missing.
        ValueError: no future was solved.
        OSError: the file cannot be written.
    """
    target = study.path / NAME if path is None else path
    write(target, report_html(document(study, findings)).encode())
    return target


def write_picture(picture: Picture, path: Path, since: Since | None = None) -> Path:
    """Writes a threat picture as a page; gives the path. `since` is as `picture_document` has it.

    Raises:
        OSError: the file cannot be written.
    """
    said = picture_lines(picture) + (["", *since_lines(since)] if since is not None else [])
    write(path, picture_html(picture_document(picture, since), "\n".join(said)).encode())
    return path


def write_ruling(ruling: Ruling, changes: tuple[Change, ...], path: Path) -> Path:
    """Writes a ruling as a page; gives the path. `changes` is its `history`.

    Raises:
        OSError: the file cannot be written.
    """
    said = Console(file=StringIO(), width=_WIDTH, record=True, soft_wrap=False)
    put(said, ruling_text(ruling, changes))
    write(path, ruling_html(ruling_document(ruling, changes), said.export_text()).encode())
    return path


def report_html(shown: Mapping[str, Any]) -> str:
    """The page of a document, with a policy that lets it run its own script and nothing else.

    Nothing in it is loaded from anywhere, and what a scenario says cannot become markup: the data
    are JSON in which no `<` stands, and the page writes them as text.
    """
    crisis = shown["crisis"]
    return _whole("report", crisis["title"] or crisis["name"], shown, _without_script(shown))


def picture_html(shown: Mapping[str, Any], text: str) -> str:
    """The page of a picture's document, as `report_html` has that of a study.

    `text` is the picture in words, for where no script may run.
    """
    mapping = shown["picture"]["mapping"]
    return _whole("report", mapping["title"] or mapping["name"], shown, _preformatted(text))


def ruling_html(shown: Mapping[str, Any], text: str) -> str:
    """The page of a ruling's document, as `report_html` has that of a study.

    `text` is the opinion in words, for where no script may run.
    """
    incident = shown["incident"]
    return _whole("ruling", incident["title"] or incident["name"], shown, _preformatted(text))


def _whole(bundle: str, title: str, shown: Mapping[str, Any], without_script: str) -> str:
    """One file: the bundle of that name, the data, and markup for where no script may run."""
    script, style = page(f"{bundle}.js"), page(f"{bundle}.css")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    text = "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)} – standoff</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            f'<div id="page"><noscript>{without_script}</noscript></div>',
            f'<script type="application/json" id="document">{inlined(shown)}</script>',
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        )
    )
    # Half a character, as JSON and YAML may have it, cannot be written in UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def inlined(value: Any) -> str:
    """JSON that may stand inside a script element, whatever the strings in it say."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def page(name: str) -> str:
    """The script or the style sheet of the page, made so that its element cannot end inside it."""
    text = (files("standoff.report") / "page" / name).read_text(encoding="utf-8")
    return re.sub(r"<(?=/script|/style|!--)", r"\\u003c" if name.endswith(".js") else "", text)


def _hash(text: str) -> str:
    """What a content security policy calls an element with this text."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _without_script(shown: Mapping[str, Any]) -> str:
    """Title and verdicts, for where no script may run."""
    crisis = shown["crisis"]
    parts = [f"<h1>{escape(crisis['title'])}</h1>", f"<p>{escape(crisis['summary'])}</p>"]
    for claim in shown["claims"]:
        found = claim["verdict"]
        line = f"{found['line']} {found['hangs']}" if found else "Not judged in this study."
        parts.append(f"<p><strong>{escape(claim['says'])}</strong><br>{escape(line)}</p>")
    return "".join(parts)


def _preformatted(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"
