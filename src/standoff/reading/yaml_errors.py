"""What libyaml says when it cannot read on, in words for the author of the file."""

from __future__ import annotations

from typing import Any

_COLON = (
    "a colon and a space cannot stand here",
    "put the text in quotes if they belong to it, and see that the indentation is right",
)


def explain(error: Any, lines: tuple[str, ...]) -> tuple[int, int, str, str]:
    """Line and column (from 1), message and hint for an error of libyaml or of PyYAML itself."""
    problem: str = error.problem or ""
    mark = error.problem_mark or error.context_mark
    began = error.context_mark or mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    opened = began.line + 1 if began is not None else 1
    line = min(line, len(lines) - 1)
    here = lines[line][column : column + 1]

    def at_start(message: str, hint: str = "") -> tuple[int, int, str, str]:
        return began.line + 1, began.column + 1, message, hint

    message, hint = "this line cannot be read as YAML", ""
    if "mapping values are not allowed" in problem:
        message, hint = _COLON
    elif "\t" in (here, lines[line][:1]) and ("token" in problem or "tab" in problem):
        message, hint = "a tab cannot indent a line", "use spaces"
    elif "cannot start any token" in problem:
        message = f"text cannot start with '{here}'"
        hint = "put the text in quotes"
    elif "unexpected end of stream" in problem:
        return at_start("this quote is never closed", "end the text with the same quote")
    elif "unknown escape" in problem or "hexdecimal" in problem or "escape" in problem:
        message = "this backslash means nothing in double quotes"
        hint = "use single quotes, where a backslash is a backslash"
    elif "',' or" in problem and here in ("[", "{"):
        message = f"'{here}' cannot stand in a text inside {{ }} or [ ]"
        hint = "put the text in quotes"
    elif "',' or ']'" in problem:
        return at_start("this list is not closed, or a comma is missing in it", "expected , or ]")
    elif "',' or '}'" in problem:
        return at_start("these braces are not closed, or a comma is missing", "expected , or }")
    elif "could not find expected ':'" in problem:
        return at_start("this line has no colon", "expected 'key: value'")
    elif "did not find expected key" in problem:
        message = f"this does not fit the lines above it (from line {opened} on)"
        hint = "expected 'key: value' with the same indentation"
    elif "'-' indicator" in problem:
        message = f"this does not fit the list above it (from line {opened} on)"
        hint = "expected '- ' with the same indentation"
    elif "block sequence entries are not allowed" in problem:
        message, hint = "a list item '- ' cannot stand here", "start it on a line of its own"
    elif "expected node content" in problem or "document start" in problem:
        message = f"'{here}' cannot stand here" if here.strip() else "something is missing here"
        hint = "expected a value, or text in quotes"
    return line + 1, column + 1, message, hint
