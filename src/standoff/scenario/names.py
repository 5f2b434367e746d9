"""What may be a name, and which names are the same name."""

from __future__ import annotations

import keyword
from unicodedata import normalize

FUNCTIONS = ("min", "max", "abs", "exp", "log", "sqrt", "logistic", "level", "carried")
"""What an expression may call."""

OF_TYPES = ("type", "belief")
"""What an expression may ask of an actor and one of its types."""

DECIDED = "decided"
"""What the trigger of a treaty calls the chance that the council decides that its clause is met."""

RESERVED = frozenset(
    {*FUNCTIONS, *OF_TYPES, *keyword.kwlist, "true", "false", "value", "trap", "number"}
)
"""Words that mean something of their own in an expression."""

_LONGEST = 60


def canonical(name: str) -> str:
    """The one spelling that expressions use: `nuclear use` and `nuclear-use` are `nuclear_use`.

    Letters are put into the form (NFKC) that Python gives to names, because Python's parser reads
    expressions.
    """
    return normalize("NFKC", name).replace(" ", "_").replace("-", "_")


def fault(name: str, *, in_expressions: bool = True) -> str:
    """Why this cannot be a name, as a sentence; empty where it can."""
    if not name or not name[0].isalpha() or name != name.strip():
        return "a name starts with a letter and goes on with letters, digits, spaces, - or _"
    if len(name) > _LONGEST:
        return f"a name has at most {_LONGEST} letters"
    if not canonical(name).isidentifier():
        return "a name has letters, digits, spaces, - and _ only"
    if in_expressions and canonical(name) in RESERVED:
        return f"'{name}' means something of its own in expressions; choose another name"
    return ""
