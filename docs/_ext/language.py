"""The reference of the language, written from its JSON Schema: one table for each kind of section.

A page asks for it with the line `<!-- the language, key by key -->`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import standoff

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PLACE = "<!-- the language, key by key -->"
EXPRESSION = ["string", "number", "boolean"]
"""Kinds of value that an expression may be written as."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Puts the reference where a page asks for it."""
    app.connect("source-read", _put)
    # What it is written from may have changed though the page has not.
    app.connect("env-get-outdated", lambda *_: ["language"])
    return {"version": standoff.__version__, "parallel_read_safe": True}


def _put(_app: Sphinx, _page: str, source: list[str]) -> None:
    if PLACE in source[0]:
        source[0] = source[0].replace(PLACE, language(standoff.schema()))


def language(schema: Mapping[str, Any]) -> str:
    """The whole language as Markdown: the top level, then each section in the order of its use.

    Raises:
        KeyError: a section refers to one that the schema does not define.
    """
    sections = {"the file": schema} | {
        title(name): schema["$defs"][name] for name in _in_order(schema, schema["$defs"])
    }
    return "\n".join(part for name, found in sections.items() for part in _section(name, found))


def title(name: str) -> str:
    """What a section is called in the reference: `LogUniformPart` is "log-uniform"."""
    words = "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
    return words.removesuffix("-part").lstrip("-")


def _in_order(part: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, None]:
    """Names of the sections that a part leads to, each once, in the order of reading."""
    found: dict[str, None] = {}
    for key in part["properties"].values():
        for name in _referred(key):
            found |= {name: None}
    for name in tuple(found):
        found |= _in_order(known[name], known)
    return found


def _referred(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield _name(schema)
        for key, value in schema.items():
            if key != "discriminator":
                yield from _referred(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _referred(value)


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _section(name: str, part: Mapping[str, Any]) -> list[str]:
    required = part.get("required", ())
    rows = [
        f"| `{key}` | {kind(found)} | {_default(found, key in required)} "
        f"| {_said(found.get('description', ''))} |"
        for key, found in part["properties"].items()
    ]
    return [
        f"## {name[0].upper()}{name[1:]}",
        "",
        part["description"],
        "",
        "| key | kind | unless told | meaning |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def kind(schema: Mapping[str, Any]) -> str:
    """The kind of a value in words, with links to the sections that it is made of."""
    if "$ref" in schema:
        name = title(_name(schema))
        return f"[{name}](#{name})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            one_of = [kind(one) for one in schema[several] if one.get("type") != "null"]
            return ", or ".join(dict.fromkeys(one_of))
    if schema.get("type") == EXPRESSION:
        return "expression"
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}{_bounds(schema, 'Items')}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties", True)
        return (
            "mapping" if inner is True else f"name → {kind(inner)}{_bounds(schema, 'Properties')}"
        )
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "yes/no"}
    given = schema.get("type")
    every = given if isinstance(given, list) else [given]
    return " or ".join(words[one] for one in every) + _range(schema)


def _bounds(schema: Mapping[str, Any], of: str) -> str:
    least, most = schema.get(f"min{of}"), schema.get(f"max{of}")
    if least is not None and least == most:
        return f", {least} of them"
    return f", at least {least}" if least is not None and least > 1 else ""


def _range(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None:
        return ""
    return f", {least} to {most}" if most is not None else f", at least {least}"


def _default(schema: Mapping[str, Any], required: bool) -> str:
    if required:
        return "**required**"
    value = schema.get("default")
    return "" if value in (None, "", [], {}) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _said(text: str) -> str:
    return text.replace("|", "\\|")
