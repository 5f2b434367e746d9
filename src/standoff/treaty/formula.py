"""Conditions as a file writes them: mappings to the conditions that they are.

all: [{question: covered}, {effects: {at least: serious}}, {not: {intent: accident}}]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.reading import Document, Mistake, Path, suggestion
from standoff.treaty.condition import AllOf, AnyOf, Asks, Condition, Is, Not, Pending, Reads
from standoff.treaty.facts import FACTS, NOWHERE

_FACTS = {fact.words: fact for fact in FACTS.values()}
_KEYS = ("all", "any", "not", "pending", "question", "reading", *_FACTS)
_NOTHING = AllOf(())


class Formulas:
    """Reads conditions of one file, with the names that it knows; gathers `mistakes`."""

    def __init__(
        self,
        document: Document,
        areas: tuple[str, ...],
        questions: tuple[str, ...],
        readings: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.document = document
        self.areas = (*areas, NOWHERE)
        self.questions = questions
        self.readings = readings
        self.mistakes: list[Mistake] = []

    def condition(self, path: Path, written: object) -> Condition:
        """The condition at a path; several keys are a conjunction."""
        if not isinstance(written, dict) or not written:
            return self._refuse(path, "a condition is keys with values", "as {effects: grave}")
        parts = tuple(self._one((*path, key), key, value) for key, value in written.items())
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _one(self, path: Path, key: str, value: object) -> Condition:
        if key in ("all", "any"):
            if not isinstance(value, list) or not value:
                return self._refuse(path, f"'{key}' needs a list of conditions", "as [{…}, {…}]")
            parts = tuple(self.condition((*path, n), part) for n, part in enumerate(value))
            return AllOf(parts) if key == "all" else AnyOf(parts)
        if key in ("not", "pending"):
            part = self.condition(path, value)
            return Not(part) if key == "not" else Pending(part)
        if key == "question":
            return self._question(path, value)
        if key == "reading":
            return self._reading(path, value)
        if key in _FACTS:
            return self._fact(path, key, value)
        return self._refuse(
            path, f"'{key}' is no fact of an incident", suggestion(key, _KEYS), key=True
        )

    def _question(self, path: Path, value: object) -> Condition:
        names = value if isinstance(value, list) else [value]
        parts: list[Condition] = []
        for name in names:
            if name not in self.questions:
                hint = suggestion(str(name), self.questions)
                return self._refuse(path, f"'{name}' is not a question of this treaty", hint)
            parts.append(Asks(str(name)))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _reading(self, path: Path, value: object) -> Condition:
        if not isinstance(value, dict) or len(value) != 1:
            return self._refuse(path, "expected a reading and its option", "as {name: option}")
        ((name, option),) = value.items()
        if name not in self.readings:
            hint = suggestion(name, self.readings) if self.readings else "there are none"
            return self._refuse((*path, name), f"'{name}' is not a reading", hint, key=True)
        if option not in self.readings[name]:
            hint = suggestion(str(option), self.readings[name])
            return self._refuse((*path, name), f"'{option}' is not an option of '{name}'", hint)
        return Reads(name, option)

    def _fact(self, path: Path, key: str, value: object) -> Condition:
        fact = _FACTS[key]
        known = self.areas if fact.name == "area" else fact.values
        if isinstance(value, dict):
            return self._bounded(path, key, value)
        wanted = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        for number, one in enumerate(wanted):
            if one not in known:
                here = (*path, number) if isinstance(value, list) else path
                return self._refuse(here, f"{key} cannot be '{one}'", suggestion(one, known))
        if not wanted:
            return self._refuse(path, f"{key} needs a value", suggestion("", known))
        return Is(fact.name, frozenset(wanted), " or ".join(wanted))

    def _bounded(self, path: Path, key: str, value: dict[str, Any]) -> Condition:
        fact = _FACTS[key]
        if fact.kind != "scale":
            return self._refuse(path, f"{key} is not a scale", "write the values that count")
        bound = next(iter(value), "")
        if len(value) != 1 or bound not in ("at least", "at most"):
            hint = "as {at least: serious}"
            return self._refuse(path, "expected 'at least' or 'at most', and one of them", hint)
        if value[bound] not in fact.values:
            hint = suggestion(str(value[bound]), fact.values)
            return self._refuse((*path, bound), f"{key} cannot be '{value[bound]}'", hint)
        cut = fact.values.index(value[bound])
        kept = fact.values[cut:] if bound == "at least" else fact.values[: cut + 1]
        return Is(fact.name, frozenset(kept), f"{bound} {value[bound]}")

    def _refuse(self, path: Path, message: str, hint: str, *, key: bool = False) -> Condition:
        mark = self.document.key(path) if key else self.document.value(path)
        self.mistakes.append(Mistake(mark.place, mark.length, message, hint))
        return _NOTHING
