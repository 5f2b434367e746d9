"""What a page asks for, read from JSON that may say anything."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from standoff.app.limits import Limits

CONCEPTS = ("equilibrium", "limit")
"""Solution concepts: quantal response at the stated rationality, and perfect rationality."""

_LONGEST_NAME = 200

Json: TypeAlias = Mapping[str, Any]


class RefusedError(Exception):
    """Raised when a request cannot be answered; the message is for people."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Ask:
    """One setting of a scenario, and what is wanted of it."""

    name: str | None = None
    """A scenario that the server offers; None where there is a text."""
    text: str | None = None
    """A scenario as it stands in an editor."""
    choices: tuple[tuple[str, str], ...] = ()
    """Options taken of the scenario's switches."""
    pinned: tuple[tuple[str, float], ...] = ()
    """Parameters that have one value in every future."""
    concept: str = "equilibrium"
    doctrines: tuple[str, ...] | None = None
    """None for all."""
    first: int = 0
    """Futures that the page has already."""
    futures: int = 64
    """Futures wanted, those it has included."""
    seed: int = 0


def read_ask(body: bytes, limits: Limits) -> Ask:
    """Reads the body of a request.

    Raises:
        RefusedError: it is no JSON object, or something in it has the wrong kind or size; the
            sentence says what was found and what was expected.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError("the request is not JSON; expected an object") from None
    if not isinstance(found, dict):
        raise RefusedError("the request is no JSON object")
    known = Ask.__dataclass_fields__.keys() - {"name"} | {"scenario"}
    for key in found:
        if key not in known:
            raise RefusedError(
                f"the request has the key '{key[:_LONGEST_NAME]}'; there are "
                f"{', '.join(sorted(known))}"
            )
    name, text = _text(found, "scenario", _LONGEST_NAME), _text(found, "text", limits.body)
    if (name is None) == (text is None):
        raise RefusedError("the request must have either 'scenario', a name, or 'text'")
    concept = _text(found, "concept", _LONGEST_NAME) or "equilibrium"
    if concept not in CONCEPTS:
        raise RefusedError(f"the concept is '{concept}'; expected {' or '.join(CONCEPTS)}")
    ask = Ask(
        name,
        text,
        tuple(_mapping(found, "choices", limits, _name).items()),
        tuple(sorted(_mapping(found, "pinned", limits, _number).items())),
        concept,
        _doctrines(found),
    )
    futures = _count(found, "futures", ask.futures, 1, limits.futures)
    first = _count(found, "first", 0, 0, limits.futures)
    seed = _count(found, "seed", 0, 0, 2**32)
    return replace(ask, futures=futures, first=first, seed=seed)


def _text(found: Json, key: str, longest: int) -> str | None:
    value = found.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise RefusedError(f"'{key}' is no text")
    if len(value) > longest:
        raise RefusedError(f"'{key}' has {len(value):,} characters; at most {longest:,}", 413)
    return value


def _doctrines(found: Json) -> tuple[str, ...] | None:
    value = found.get("doctrines")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > 1000:
        raise RefusedError("'doctrines' is no list of names")
    return tuple(_name(one, "doctrines") for one in value)


def _mapping(found: Json, key: str, limits: Limits, read: Any) -> dict[str, Any]:
    value = found.get(key) or {}
    if not isinstance(value, dict):
        raise RefusedError(f"'{key}' is no object")
    if len(value) > limits.parameters:
        raise RefusedError(f"'{key}' has {len(value):,} entries; at most {limits.parameters}")
    return {_name(name, key): read(one, f"{key}.{name}") for name, one in value.items()}


def _name(value: Any, key: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        raise RefusedError(f"'{key[:_LONGEST_NAME]}' has what is no name")
    return value


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedError(f"'{key[:_LONGEST_NAME]}' is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise RefusedError(f"'{key[:_LONGEST_NAME]}' is no finite number")
    return number


def _count(found: Json, key: str, default: int, low: int, high: int) -> int:
    value = found.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusedError(f"'{key}' is no whole number")
    if not low <= value <= high:
        raise RefusedError(f"'{key}' is {value if abs(value) < 10**15 else 'far'} outside of "
                           f"{low} to {high:,}")  # fmt: skip
    return value
