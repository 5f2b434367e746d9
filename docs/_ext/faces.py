"""The reference of the Python faces, written from signatures and docstrings.

A page asks for one with a line such as `<!-- the face of standoff.explore -->`.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_origin

import standoff

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PLACE = re.compile(r"<!-- the face of ([a-z.]+) -->")
LINE = 90
"""Signatures that are longer have a line for each parameter."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Puts the references where a page asks for them."""
    app.connect("source-read", _put)
    # What it is written from may have changed though the page has not.
    app.connect("env-get-outdated", lambda *_: ["python"])
    return {"version": standoff.__version__, "parallel_read_safe": True}


def _put(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = PLACE.sub(lambda asked: face(asked[1]), source[0])


def face(name: str) -> str:
    """The public names of a module as Markdown, each with its signature and docstring.

    Raises:
        ImportError: there is no such module.
    """
    module = import_module(name)
    parts = [markdown(inspect.getdoc(module) or "")] if name != "standoff" else []
    for public in public_names(module):
        found = getattr(module, public)
        if inspect.isclass(found) and not get_origin(found):
            parts += _class(public, found)
        elif inspect.isroutine(found):
            parts += [f"### {public}", _code(public, found), markdown(inspect.getdoc(found) or "")]
        else:
            parts += [f"### {public}", f"`{_short(found)}`"]
    return "\n\n".join(parts)


def public_names(module: Any) -> list[str]:
    """What a module lists in `__all__`, else what it imports under the same name, as a face does.

    Functions and classes come before constants, each kind in the order of the alphabet.
    """
    names = getattr(module, "__all__", None)
    if names is None:
        names = [
            alias.name
            for node in ast.parse(inspect.getsource(module)).body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.asname == alias.name
        ]
    return sorted(names, key=lambda name: (name.isupper(), name.lower()))


def markdown(docstring: str) -> str:
    """A docstring as Markdown: indented blocks are code, and `Raises:` is a list."""
    blocks = re.split(r"\n\s*\n", docstring)
    made: list[str] = []
    for block in blocks:
        lines = block.splitlines()
        if lines and lines[0].rstrip() == "Raises:":
            made.append("Raises:\n\n" + "\n".join(_raises(lines[1:])))
        elif lines and all(line.startswith("    ") for line in lines):
            made.append("```text\n" + inspect.cleandoc("\n" + block) + "\n```")
        else:
            made.append(block)
    return "\n\n".join(made)


def _raises(lines: list[str]) -> Iterator[str]:
    for entry in re.split(r"\n(?=[A-Z]\w+: )", inspect.cleandoc("\n".join(["", *lines]))):
        error, colon, why = entry.partition(": ")
        yield f"- `{error}`{colon}" + " ".join(why.split())


def _class(name: str, found: type) -> list[str]:
    parts = [f"### {name}", _code(name, found, "class"), markdown(inspect.getdoc(found) or "")]
    for attribute, value in vars(found).items():
        if attribute.startswith("_"):
            continue
        inner = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        about = inspect.getdoc(inner) if hasattr(inner, "__doc__") else None
        if isinstance(value, property) or hasattr(value, "func"):
            parts.append(f"**`.{attribute}`** {_first(about)}")
        elif inspect.isfunction(inner):
            parts.append(f"**`.{attribute}{_signature(inner)}`** {_first(about)}")
    return parts


def _first(about: str | None) -> str:
    return " ".join((about or "").split("\n\n")[0].split())


def _code(name: str, found: Any, word: str = "") -> str:
    text = f"{word} {name}{_signature(found)}".strip()
    if len(text) > LINE:
        inside = "".join(f"    {one},\n" for one in _parameters(found))
        text = f"{word} {name}(\n{inside}){_gives(found)}".strip()
    return f"```text\n{text}\n```"


def _signature(found: Any) -> str:
    parameters = _parameters(found)
    return "" if parameters is None else f"({', '.join(parameters)}){_gives(found)}"


def _parameters(found: Any) -> list[str] | None:
    """Each parameter as it is written, and a star before those given by name only.

    None where Python knows of no signature, as of some errors and enumerations.
    """
    try:
        every = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return None
    written = [_parameter(one) for one in every if one.name != "self"]
    kinds = [one.kind for one in every if one.name != "self"]
    if inspect.Parameter.VAR_POSITIONAL not in kinds and inspect.Parameter.KEYWORD_ONLY in kinds:
        written.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    return written


def _parameter(one: inspect.Parameter) -> str:
    empty = inspect.Parameter.empty
    stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
    kind = "" if one.annotation is empty else f": {_annotation(one.annotation)}"
    default = "" if one.default is empty else f" = {_short(one.default)}"
    return f"{stars}{one.name}{kind}{default}"


def _gives(found: Any) -> str:
    end = inspect.signature(found).return_annotation
    known = end is not inspect.Signature.empty and not inspect.isclass(found)
    return f" -> {_annotation(end)}" if known else ""


def _annotation(found: Any) -> str:
    return inspect.formatannotation(found).replace("'", "")


def _short(value: Any) -> str:
    text = "…" if repr(value).startswith("<") else repr(value)
    return text if len(text) <= LINE else f"{text[: LINE - 1]}…"
