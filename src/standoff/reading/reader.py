"""Strict YAML: text to dictionaries, lists and scalars, with the place of every key and value.

libyaml cuts the text into events; what they mean is decided here, by the core rules of YAML 1.2 and
not by the older ones of PyYAML, for which `NO` is false and `22:30` a number. The dangerous or
surprising half of YAML (anchors, aliases, tags, duplicate keys, several documents) is refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import yaml

from standoff.reading.document import Document, Mark, Path
from standoff.reading.mistake import Mistake, ScenarioError, text_lines
from standoff.reading.place import Place
from standoff.reading.source import LARGEST
from standoff.reading.yaml_errors import explain

DEEPEST = 32
_MOST_MISTAKES = 50

# Also refused: the line ends only YAML 1.1 knew, which would shift every line number.
_UNREADABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_WHOLE = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_WORDS = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}


def read(data: bytes | str, file: str, kind: str = "scenario") -> Document:
    """Reads one YAML document whose root is a mapping.

    `kind` is what mistakes call it: scenario, treaty, incident, mapping. Only a scenario has
    overlays, in which a written-out nothing deletes a key.

    Raises `ScenarioError` with all that is wrong.
    """
    text = _decode(data, file, kind)
    reader = _Reader(file, text, kind)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        line, column, message, hint = explain(error, reader.lines)
        reader.mistakes.append(Mistake(Place(file, line, column), 1, message, hint))
    except yaml.YAMLError:
        reader.mistakes.append(Mistake(Place(file, 1, 1), 1, "this file cannot be read as YAML"))
    except _StopError:
        pass
    if not reader.mistakes and not isinstance(reader.root, dict):
        what = "the file is empty" if reader.root is None else "the file has no keys"
        first = "standoff" if kind == "scenario" else kind
        hint = f"{_one(kind)} starts with '{first}: 1'"
        reader.mistakes.append(Mistake(Place(file, 1, 1), 1, what, hint))
    if reader.mistakes:
        raise ScenarioError(reader.mistakes, text)
    return Document(file, text, reader.root, reader.keys, reader.values)


def _decode(data: bytes | str, file: str, kind: str) -> str:
    def refuse(message: str, hint: str = "", text: str = "", at: int = 0) -> ScenarioError:
        before = text_lines(text[:at])
        place = Place(file, len(before), len(before[-1]) + 1)
        return ScenarioError([Mistake(place, 1, message, hint)], text)

    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "replace"))
    if size > LARGEST:
        raise refuse(f"the file has {size:,} bytes", f"{_one(kind)} has at most {LARGEST:,}")
    if isinstance(data, bytes):
        if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            raise refuse(
                "the file starts with a byte-order mark", "save it as plain UTF-8, without one"
            )
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
            raise refuse(
                "the file is not UTF-8 text from here on",
                "save it as UTF-8",
                before,
                len(before),
            ) from None
    else:
        text = data
    found = _UNREADABLE.search(text)
    if found:
        what = f"character U+{ord(found[0]):04X} cannot stand in {_one(kind)}"
        shown = text.encode("utf-8", "replace").decode("utf-8")
        raise refuse(what, "delete it", shown, found.start())
    return text


class _StopError(Exception):
    """Raised to stop reading: what follows could not be understood."""


@dataclass
class _Level:
    """A list or mapping that is being read; `key` is set while its value is awaited."""

    content: Any
    path: Path
    key: str | None = None


class _Reader:
    """Builds the content from events, on its own stack: no nesting can exhaust Python's."""

    def __init__(self, file: str, text: str, kind: str) -> None:
        self.file = file
        self.kind = kind
        self.lines = text_lines(text)
        self.root: Any = None
        self.keys: dict[Path, Mark] = {}
        self.values: dict[Path, Mark] = {}
        self.mistakes: list[Mistake] = []
        self._stack: list[_Level] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Takes the next event of libyaml."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(
                    event, "a second document starts here", f"one file holds one {self.kind}"
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._refuse_extras(event)
            self._node(event)

    def _node(self, event: Any) -> None:
        level = self._stack[-1] if self._stack else None
        if level is not None and isinstance(level.content, dict) and level.key is None:
            self._key(level, event)
            return
        if isinstance(event, yaml.MappingStartEvent):
            content: Any = {}
        elif isinstance(event, yaml.SequenceStartEvent):
            content = []
        else:
            content = self._scalar(event)
        path: Path = ()
        if level is None:
            self.root = content
        elif isinstance(level.content, list):
            path = (*level.path, len(level.content))
            level.content.append(content)
        else:
            assert level.key is not None
            path = (*level.path, level.key)
            level.content.setdefault(level.key, content)
            level.key = None
        self.values.setdefault(path, self._mark(event))
        if isinstance(event, yaml.CollectionStartEvent):
            if len(self._stack) == DEEPEST:
                self._stop(
                    event,
                    f"this is nested more than {DEEPEST} deep",
                    f"{_many(self.kind)} are flat",
                )
            self._stack.append(_Level(content, path))

    def _key(self, level: _Level, event: Any) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(event, "a key is a piece of text, not a list or a mapping")
        level.key = event.value
        mark = self._mark(event)
        if not event.style and not isinstance(_plain(event.value), str):
            what = f"'{event.value}' is not text" if event.value else "a key is missing"
            self._mistake(event, what, "put the key in quotes" if event.value else "")
        path = (*level.path, event.value)
        if event.value in level.content:
            first = self.keys[path].place.line
            self._mistake(
                event,
                f"key '{event.value}' stands twice: in line {first} and in line {mark.place.line}",
                "delete or rename one of them",
            )
        self.keys.setdefault(path, mark)

    def _scalar(self, event: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.style:
            return event.value
        value = _plain(event.value)
        if value is None:
            self._nothing(event)
        if isinstance(value, float) and not math.isfinite(value):
            self._mistake(event, f"'{event.value}' is not a finite number", "write a finite one")
        elif isinstance(value, (int, float)) and abs(value) >= 1e15 and isinstance(value, int):
            self._mistake(event, "this whole number has more than 15 digits", "write it as 1e15")
            return 0
        return value

    def _nothing(self, event: Any) -> None:
        """Refuses an empty value, which most often is half of a text that was cut at a comma."""
        level = self._stack[-1] if self._stack else None
        if level is None:
            return  # an empty file, refused at the end
        if level.key is None:
            self._mistake(event, "this item is empty", "write something, or delete it")
            return
        if event.value and self.kind == "scenario" and _in_overlay(level.path):
            return  # there, a written-out nothing deletes a key of the file
        mark = self.keys[(*level.path, level.key)]
        line = self.lines[min(event.start_mark.line, len(self.lines) - 1)]
        message, hint = (
            f"'{level.key}' has no value",
            "write one, {} for nothing, or delete the key",
        )
        if not event.value and not line[: event.start_mark.column].rstrip().endswith(":"):
            message = f"'{level.key}' has no colon: inside {{ }} a comma starts a new key"
            hint = "put the text that has the comma in quotes"
        self._note(mark, message, hint)

    def _refuse_extras(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._mistake(
                event,
                f"'*{event.anchor}' is an alias",
                "write the thing out" + (", or make it a term" if self.kind == "scenario" else ""),
            )
        elif event.anchor is not None:
            self._mistake(
                event, f"'&{event.anchor}' is an anchor", f"{_many(self.kind)} have none; delete it"
            )
        if getattr(event, "tag", None) is not None:
            self._mistake(
                event, "this has a tag ('!…')", f"{_many(self.kind)} have none; delete it"
            )

    def _mark(self, event: Any) -> Mark:
        line, column = event.start_mark.line, event.start_mark.column
        rest = self.lines[line][column:] if line < len(self.lines) else ""
        same_line = event.end_mark.line == line
        length = event.end_mark.column - column if same_line else len(rest)
        place = Place(self.file, line + 1, column + 1)
        if not isinstance(event, yaml.ScalarEvent):
            return Mark(place, max(length, 1))
        if event.style in ("'", '"'):
            if same_line and rest[1 : length - 1] == event.value:
                inside = Place(self.file, line + 1, column + 2)
                return Mark(inside, max(length - 2, 1), event.value, exact=True)
            return Mark(place, max(length, 1), event.value)
        exact = not event.style and same_line
        return Mark(place, max(length, 1), event.value, exact)

    def _mistake(self, event: Any, message: str, hint: str = "") -> None:
        self._note(self._mark(event), message, hint)

    def _note(self, mark: Mark, message: str, hint: str = "") -> None:
        self.mistakes.append(Mistake(mark.place, mark.length, message, hint))
        if len(self.mistakes) >= _MOST_MISTAKES:
            raise _StopError

    def _stop(self, event: Any, message: str, hint: str = "") -> None:
        self._mistake(event, message, hint)
        raise _StopError


def _one(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


def _many(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _in_overlay(path: Path) -> bool:
    """Whether keys of the mapping at this path are laid over others: see `structure`."""
    overlay = len(path) >= 4 and path[0] == "structures" and path[2] == "options"
    return overlay and all(isinstance(step, str) for step in path)


def _plain(text: str) -> str | int | float | bool | None:
    """What an unquoted scalar means by the core rules of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.match(text):
        return int(text) if len(text) < 100 else 10**100
    if _OTHER_BASE.match(text):
        return int(text, 0) if len(text) < 100 else 10**100
    if _DECIMAL.match(text):
        return float(text)
    if _NOT_FINITE.match(text):
        return math.nan
    return text
