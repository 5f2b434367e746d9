"""Expression text to Python's syntax tree, with refusals in the author's words.

Only Python's parser is used, never its evaluation. What the language lacks is found by its signs
before Python sees the text, so that `=` or `&&` is answered with advice and not with "invalid
syntax".
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 500
"""Characters an expression may have."""
DEEPEST = 100
"""Operations that may stand inside each other, terms included."""


class RefusedError(Exception):
    """Raised for an expression nobody can understand; `start` and `length` are in its text."""

    def __init__(
        self, message: str, start: int, length: int = 1, hint: str = "", nearest: str | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.hint, self.nearest = message, hint, nearest
        self.start, self.length = start, max(length, 1)


@dataclass(frozen=True)
class Source:
    """The text as Python read it (same length as in the file), and its tree."""

    original: str
    text: str
    tree: ast.expr
    shift: int

    def span(self, node: ast.expr) -> tuple[int, int]:
        """First character and length of the text of a node."""
        encoded = self.text[self.shift :].encode()
        start = len(encoded[: node.col_offset].decode())
        end = len(encoded[: node.end_col_offset].decode())
        return self.shift + start, max(end - start, 1)


_SIGNS: tuple[tuple[str, str, str], ...] = (
    (r"&&?", "'{}' is not part of expressions", "write 'and'"),
    (r"\|\|?", "'{}' is not part of expressions", "write 'or'"),
    (r"!(?!=)", "'{}' is not part of expressions", "write 'not'"),
    (r"=<|≤", "'{}' is not part of expressions", "write '<='"),
    (r"=>|≥", "'{}' is not part of expressions", "write '>='"),
    (r"<>|≠", "'{}' is not part of expressions", "write '!='"),
    (r":=|(?<![<>=!])=(?!=)|===", "'{}' does not compare", "two things are compared with '=='"),
    (r"//|÷", "'{}' is not part of expressions", "division is written '/'"),
    (r"[×·]", "'{}' is not part of expressions", "multiplication is written '*'"),
    (r"[−–—]", "'{}' is not a minus sign", "write '-'"),
    (r"\^", "'{}' is not part of expressions", "powers are written '**'"),
    (r"%", "'{}' is not part of expressions", "write 5 % as 0.05"),
    (r"[\"'`‘’“”]", "text in quotes is not part of expressions", "names stand without quotes"),
    (r"<<|>>", "'{}' is not part of expressions", "compare with '<' or '>'"),
    (r"#", "a comment cannot stand inside an expression", "put it at the end of the line"),
    (r"(?<![\w.])0[xXoObB]\w*", "'{}' is not a decimal number", "write numbers in decimal"),
    (r"(?<![\w.])[0-9]+_[0-9_]*", "'{}' is not a number", "write the digits without _"),
    (r"[^\w\s.,()\[\]+\-*/<>=!]", "'{}' means nothing in an expression", ""),
)
_SIGN = re.compile("|".join(f"({pattern})" for pattern, _, _ in _SIGNS))
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")

_KEYWORDS = {*keyword.kwlist} - {"and", "or", "not", "if", "else", "True", "False", "None"}
_FOREIGN = re.compile(rf"\b({'|'.join(sorted(_KEYWORDS))})\b")

_COMPLAINTS: tuple[tuple[str, str, str], ...] = (
    ("never closed", "this bracket is never closed", "every '(' needs a ')'"),
    ("unmatched", "this bracket closes nothing", "every ')' needs a '(' before it"),
    ("does not match", "this bracket closes another kind of bracket", ""),
    ("expected 'else'", "an 'if' needs an 'else'", "write 'a if condition else b'"),
    ("leading zeros", "a number cannot start with 0", "write 17, not 017"),
    ("too many nested", "this is nested too deeply", "use terms"),
    ("decimal literal", "a name cannot start with a digit", "multiplication is written '*'"),
    ("imaginary", "a name cannot start with a digit", "multiplication is written '*'"),
    ("too large", "this number has too many digits", "write it as 1e15"),
)


def read(text: str, known: Iterable[str] = ()) -> Source:
    """The syntax tree of an expression.

    `known` are names as declared, for advice. Raises `RefusedError`.
    """
    if len(text) > LONGEST:
        what = f"this expression has {len(text)} characters"
        raise RefusedError(what, 0, len(text), f"at most {LONGEST} are allowed; use terms")
    if not text.strip():
        raise RefusedError("an expression is missing here", 0)
    found = _SIGN.search(text)
    if found:
        assert found.lastindex is not None
        _, message, hint = _SIGNS[found.lastindex - 1]
        raise RefusedError(message.format(found[0]), found.start(), len(found[0]), hint)
    flat = _BRACKETS.sub(_join_names, re.sub(r"\s", " ", text))
    if foreign := _FOREIGN.search(flat):
        hint = "compare with < <= > >= == or !=" if foreign[0] in ("in", "is") else ""
        what = f"'{foreign[0]}' is not part of expressions"
        raise RefusedError(what, foreign.start(), len(foreign[0]), hint)
    shift = len(flat) - len(flat.lstrip())
    too_deep = RefusedError("this is nested too deeply", 0, len(text), "use terms")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(flat.strip(), mode="eval").body
        if _depth(tree) > DEEPEST:
            raise too_deep
    except SyntaxError as error:
        raise _explain(error, flat, shift, known) from None
    except (RecursionError, MemoryError):
        raise too_deep from None
    except (ValueError, Warning):
        raise RefusedError("this cannot be read as an expression", 0, len(text)) from None
    return Source(text, flat, tree, shift)


def _join_names(brackets: re.Match[str]) -> str:
    """Spaces and hyphens inside the names between brackets become underscores; nothing moves."""
    joined = []
    for part in brackets[1].split(","):
        name = part.strip()
        lead = len(part) - len(part.lstrip())
        tail = " " * (len(part) - lead - len(name))
        joined.append(" " * lead + name.replace(" ", "_").replace("-", "_") + tail)
    return f"[{','.join(joined)}]"


def _depth(tree: ast.AST) -> int:
    """How deeply operations stand inside each other, without recursion."""
    deepest = 0
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        children = (part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
        waiting.extend((part, depth + 1) for part in children)
    return deepest


def _explain(error: SyntaxError, text: str, shift: int, known: Iterable[str]) -> RefusedError:
    end = len(text.rstrip())
    at = min(error.offset - 1 + shift, end) if error.offset else end  # 0: at the end
    for name in sorted(known, key=len, reverse=True):
        if (" " in name or "-" in name) and (found := re.search(rf"\b{re.escape(name)}\b", text)):
            written = name.replace(" ", "_").replace("-", "_")
            hint = f"inside an expression '{name}' is written '{written}'"
            return RefusedError("a name cannot have spaces here", found.start(), len(name), hint)
    for sign, message, hint in _COMPLAINTS:
        if sign in (error.msg or ""):
            return RefusedError(message, at, 1, hint)
    if at >= end:
        return RefusedError("the expression breaks off here", max(end - 1, 0), 1)
    word = re.match(r"\w+", text[at:])
    found_word = word[0] if word else text[at]
    hint = "an operator is missing before it, or something is missing around it"
    return RefusedError(f"'{found_word}' does not fit here", at, len(found_word), hint)
