"""The text of a variant: that of its file, with the options written into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from standoff.reading import Mistake, Place, ScenarioError, read


def written(text: str, file: str, choices: Mapping[str, str]) -> str:
    """The text of a file with the key `variant` saying these choices; all else as it stands.

    The key comes last, where it moves no line, or takes the place of the one that is there.
    """
    pairs = (f"{_quoted(switch)}: {_quoted(option)}" for switch, option in choices.items())
    entry = f"variant: {{{', '.join(pairs)}}}"
    wanted = read(text, file).content | {"variant": dict(choices)}
    for candidate in _candidates(text, entry):
        try:
            if read(candidate, file).content == wanted:
                return candidate
        except ScenarioError:
            continue
    what = "the options of a variant cannot be written into this file"
    hint = f"write this as the last of its keys: {entry}"
    raise ScenarioError([Mistake(Place(file, 0, 0), 1, what, hint)], text)


def _candidates(text: str, entry: str) -> Iterator[str]:
    """Ways to put the entry among the keys of a file; the first that reads right is taken."""
    breaks = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    kept = (yaml.NodeEvent, yaml.CollectionEndEvent)
    nodes: list[Any] = [event for event in events if isinstance(event, kept)]

    def offset(mark: Any) -> int:
        return int(breaks[mark.line] + mark.column)

    newline = "\r\n" if "\r\n" in text else "\n"
    there = _entry(nodes)
    if there is not None:
        start, end = (offset(mark) for mark in there)
        lost = sum(start < line <= end for line in breaks)
        yield text[:start] + newline * lost + entry + text[end:]
    elif nodes[0].flow_style:
        start = offset(nodes[0].start_mark) + 1
        yield f"{text[:start]}{entry}, {text[start:]}"
    else:
        line = " " * nodes[1].start_mark.column + entry + newline
        yield text + ("" if text.endswith(("\n", "\r")) else newline) + line
        for end_of_document in re.finditer(r"(?m)^\.\.\.", text):
            at = end_of_document.start()
            yield text[:at] + line + text[at:]


def _entry(nodes: list[Any]) -> tuple[Any, Any] | None:
    """Where the key `variant` and its mapping begin and end, if they are there."""
    depth, places = 0, 0
    start: int | None = None
    for k, node in enumerate(nodes):
        if isinstance(node, yaml.CollectionEndEvent):
            depth -= 1
            if start is not None and depth == 1:
                last = node if nodes[start + 1].flow_style else nodes[k - 1]
                return nodes[start].start_mark, last.end_mark
            continue
        if depth == 1:  # keys and values take turns
            if places % 2 == 0 and node.value == "variant":
                start = k
            places += 1
        depth += isinstance(node, yaml.CollectionStartEvent)
    return None


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
