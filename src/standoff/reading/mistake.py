"""A mistake in a file: what is wrong, where, and what to write instead.

Every stage that finds fault with a file says so with these, so that all faults look alike:
place, sentence, the line of the file, and a caret under the piece to blame.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from unicodedata import east_asian_width

from standoff.reading.place import Place

_WIDEST = 110
_SHOWN = 25
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong.

    `length` is that of the piece to blame, in characters from `place` on; `hint` says what was
    expected or what to do; `nearest` is a valid name close to the one that was written, or None.
    """

    place: Place
    length: int
    message: str
    hint: str = ""
    nearest: str | None = None

    @property
    def sentence(self) -> str:
        """The message with its hint, without place and source line."""
        parts = [self.message]
        if self.nearest is not None:
            parts.append(f"did you mean '{self.nearest}'?")
        elif self.hint:
            parts.append(self.hint)
        return "; ".join(parts)

    def render(self, lines: tuple[str, ...]) -> str:
        """`file:line:column: sentence`, the line of the file, and carets under what is to blame.

        Line 0 stands for the file as a whole.
        """
        file, sentence = printable(self.place.file), _lines_of(self.sentence)
        if self.place.line == 0:
            return f"{file}: {sentence}"
        head = f"{file}:{self.place.line}:{self.place.column}: {sentence}"
        excerpt = show(lines, self.place, self.length)
        return f"{head}\n{excerpt}" if excerpt else head


class Written(Protocol):
    """A piece of a file, such as an expression: its text, and where it starts."""

    @property
    def place(self) -> Place:
        """Where it starts."""

    @property
    def text(self) -> str:
        """What is written."""


class ScenarioError(Exception):
    """Raised when a scenario, or a file beside it, cannot be used; carries every mistake found.

    `mistakes` are sorted by place; `text` is that of the file, to show the lines.
    """

    def __init__(self, mistakes: Iterable[Mistake], text: str = "") -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda m: (m.place.line, m.place.column)))
        self.text = text
        super().__init__(self.mistakes, text)  # so that it can be pickled

    @classmethod
    def at(
        cls, text: str, place: Place, message: str, *, hint: str = "", length: int = 1
    ) -> ScenarioError:
        """One mistake at `place` in a file with this `text`, kept as `scenario.text`."""
        return cls([Mistake(place, length, message, hint)], text)

    @classmethod
    def about(
        cls, text: str, expression: Written, message: str, *, hint: str = ""
    ) -> ScenarioError:
        """One mistake for which a whole expression is to blame."""
        lines = text_lines(text)
        length = 1
        if 1 <= expression.place.line <= len(lines):
            rest = lines[expression.place.line - 1][expression.place.column - 1 :]
            length = len(expression.text) if rest.startswith(expression.text) else len(rest)
        return cls.at(text, expression.place, message, hint=hint, length=max(length, 1))

    def __str__(self) -> str:
        lines = text_lines(self.text)
        shown = [mistake.render(lines) for mistake in self.mistakes[:_SHOWN]]
        if len(self.mistakes) > _SHOWN:
            shown.append(f"… and {len(self.mistakes) - _SHOWN} more")
        return "\n".join(shown)


def text_lines(text: str) -> tuple[str, ...]:
    """The lines of a file as YAML counts them (`str.splitlines` knows more kinds of line end)."""
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def show(lines: tuple[str, ...], place: Place, length: int = 1) -> str:
    """The line of the file at `place` with carets below; nothing where there is no such line."""
    if not 1 <= place.line <= len(lines) or not lines[place.line - 1].strip():
        return ""
    line = lines[place.line - 1].replace("\t", " ")
    start = min(place.column - 1, len(line))
    length = max(1, min(length, len(line) - start))
    if len(line) > _WIDEST:  # a window around the piece to blame
        cut = max(0, start - _WIDEST // 2)
        line = ("…" if cut else "") + line[cut : cut + _WIDEST]
        start += (1 if cut else 0) - cut
        length = max(1, min(length, len(line) - start))
    margin = f"{place.line:4d} | "
    indent = " " * (len(margin) + _width(line[:start]))
    return f"{margin}{line.rstrip()}\n{indent}{'^' * max(1, _width(line[start : start + length]))}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one, or None where none looks like it."""
    if len(name) > 60:
        return None
    spellings = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), spellings, n=1, cutoff=0.65)
    return spellings[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown name: the nearest, or else all that there are."""
    every = tuple(known)
    near = nearest(name, every)
    return f"did you mean '{near}'?" if near else f"there are {', '.join(every)}"


def printable(text: str) -> str:
    """Somebody else's word, as the name of a file, without signs that would steer a terminal.

    Nor has it such as cannot be written as UTF-8, with which Python reads names that are none.
    """
    return _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", text)


def listing(names: Iterable[str], most: int = 8) -> str:
    """Names for a sentence: `a, b, c`, cut where there are many."""
    every = list(names)
    return ", ".join(every[:most]) + (", …" if len(every) > most else "")


def _lines_of(sentence: str) -> str:
    return "\n".join(map(printable, sentence.split("\n")))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
