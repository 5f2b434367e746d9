"""First pass: every key is there, known, and of the right kind; in words, not pydantic's."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from standoff.reading.document import Document, Path
from standoff.reading.mistake import Mistake, ScenarioError, listing, nearest

_UNION = ("str", "int")
"""Members of the one plain union, that of a variable's start; pydantic complains about each."""

_VERSIONED = {
    "standoff": "a scenario",
    "treaty": "a treaty",
    "incident": "an incident",
    "mapping": "a mapping",
}
"""First keys of files, the version of the language that they are written in, and what they are."""

_KINDS = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "dict_type": "keys with values ('key: value')",
    "model_type": "keys with values ('key: value')",
    "model_attributes_type": "keys with values ('key: value')",
    "list_type": "a list ('[a, b]', or lines that start with '- ')",
    "expression": "an expression",
    "names": "a name, or a list of names",
    "costs": "an expression, or one for each actor",
    "type": "a prior, or keys with values ('prior' and 'about')",
    "measures": "the name of measures of the instance, or keys with values ('brings' and 'from')",
    "year": "a year",
    "date": "a date, as 2022-03-15",
    "condition": "a condition: keys with values ('all', 'any', 'not', or a fact)",
    "treaty": "the name of a treaty, or a treaty written out",
    "finite_number": "a finite number",
}

_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
"""How pydantic names the bounds of a number, and how people do."""


_Model = TypeVar("_Model", bound=BaseModel)


def shape(document: Document, model: type[_Model]) -> _Model:
    """The file with all keys checked against a model, whose descriptions explain what is missing.

    Raises `ScenarioError` with every mistake of this pass.
    """
    try:
        return model.model_validate(document.content)
    except ValidationError as error:
        root = model.model_json_schema(by_alias=True)
        _refuse_another_kind(document, root)
        mistakes: dict[Path, Mistake] = {}
        for found in error.errors(include_url=False, include_context=True):
            path, part, key = _locate(found["loc"], document, root)
            mistake = _explain(dict(found), path, part, key, document)
            if key in _UNION:
                key = ""
            mistakes.setdefault((*path, key), mistake)
        raise ScenarioError(mistakes.values(), document.text) from None


def _refuse_another_kind(document: Document, root: dict[str, Any]) -> None:
    """Refuses a file of another kind in one sentence, instead of each of its keys."""
    keys = document.content if isinstance(document.content, dict) else {}
    needed, known = root.get("required", ()), root.get("properties", ())
    wanted = next((key for key in _VERSIONED if key in needed and key not in keys), None)
    found = next((key for key in _VERSIONED if key in keys and key not in known), None)
    if wanted is None or found is None:
        return
    here = document.key((found,))
    message = f"this file is {_VERSIONED[found]}"
    hint = f"expected {_VERSIONED[wanted]}, which starts with '{wanted}: 1'"
    mistake = Mistake(here.place, here.length, message, hint)
    raise ScenarioError([mistake], document.text)


def _locate(
    location: tuple[int | str, ...], document: Document, root: dict[str, Any]
) -> tuple[Path, dict[str, Any], str]:
    """Path in the file, the schema of the mapping around, and the last word of pydantic's location.

    Pydantic's location also names members of unions; what is not in the file is left out of the
    path.
    """
    path: Path = ()
    part = _resolve(root, root)
    inside = part
    for step in location[:-1]:
        if (*path, step) in document.values:
            path = (*path, step)
            inside = _resolve(_child(part, step), root)
        elif "discriminator" in part:
            inside = _resolve({"$ref": part["discriminator"]["mapping"].get(step, "")}, root)
        part = inside
    last = location[-1] if location else ""
    return path, part, str(last) if not isinstance(last, int) else f"#{last}"


def _child(part: dict[str, Any], step: int | str) -> dict[str, Any]:
    if isinstance(step, int):
        found = part.get("items", {})
    else:
        found = part.get("properties", {}).get(step) or part.get("additionalProperties", {})
    return found if isinstance(found, dict) else {}


def _resolve(part: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Follows a reference, and chooses the side of an optional that is not null."""
    for option in part.get("anyOf", []):
        if option.get("type") != "null":
            part = option
            break
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return dict(root["$defs"].get(name, {}))
    return part


def _explain(
    found: dict[str, Any], path: Path, part: dict[str, Any], key: str, document: Document
) -> Mistake:
    kind: str = found["type"]
    context = found.get("ctx", {})
    inside: Path = (*path, int(key[1:]) if key.startswith("#") else key)
    if inside not in document.values:
        inside = path
    here = document.value(inside)
    properties = part.get("properties", {})
    message, hint, near = "this does not fit here", "", None
    if kind == "extra_forbidden":
        here = document.key(inside)
        near = nearest(key, properties)
        message, hint = f"unknown key '{key}'", f"known here: {listing(properties, 20)}"
    elif kind == "missing":
        here = document.key(path)
        meaning = properties.get(key, {}).get("description", "")
        message = f"key '{key}' is missing"
        if path and isinstance(path[-1], str):
            message += f" in '{path[-1]}'"
        message += f": {_first_lower(meaning)}"
    elif kind == "union_tag_not_found":
        message, hint = "key 'kind' is missing", f"one of {_tags(context)}"
    elif kind == "union_tag_invalid":
        here = document.value((*inside, "kind"))
        message, hint = f"unknown distribution '{context.get('tag')}'", f"one of {_tags(context)}"
        near = nearest(str(context.get("tag")), _tags(context).split(", "))
    elif kind == "literal_error":
        message = f"expected {context.get('expected', '')}, found {_kind(found['input'])}"
        if key in _VERSIONED:
            message, hint = "this version of standoff reads language version 1", f"write {key}: 1"
        elif isinstance(found["input"], str):
            options = [
                word.strip(" '") for word in context["expected"].replace(" or ", ",").split(",")
            ]
            near = nearest(found["input"], options)
    elif kind in ("too_short", "string_too_short"):
        fewest = context.get("min_length", 1)
        message = "this is empty" if fewest == 1 else f"expected at least {fewest} items"
        hint = "write something, or leave the key out" if kind == "string_too_short" else ""
        if kind == "too_short" and fewest == 1:
            hint = "at least one is needed"
        if key == "types":
            hint = "one type alone is no secret: write another, or delete the key"
    elif kind == "too_long":
        message = f"expected {context['max_length']} items, found {context['actual_length']}"
    elif kind in _BOUNDS:
        sign, side = _BOUNDS[kind]
        message = f"expected {side} {context[sign]:.15g}, found {found['input']}"
    elif kind in _KINDS:
        wanted = _KINDS[kind]
        if key in _UNION:
            wanted = "a rung or a level"
        message = f"expected {wanted}, found {_kind(found['input'])}"
        if kind == "string_type" and key not in _UNION and isinstance(found["input"], (int, float)):
            hint = "put it in quotes if it is text"
        if found["input"] is None and kind in ("dict_type", "model_type"):
            hint = "write {} for nothing"
    return Mistake(here.place, here.length, message, hint, near)


def _tags(context: dict[str, Any]) -> str:
    tags = str(context.get("expected_tags", "")).replace("'", "")
    return tags or "uniform, log-uniform, triangular, beta, normal, discrete"


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{value}'" if len(value) < 40 else "text"
    return "a list" if isinstance(value, list) else "keys with values"


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
