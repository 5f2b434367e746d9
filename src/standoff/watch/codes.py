"""Leaves of codebooks, and the branches that they hang on."""

from __future__ import annotations

import re
from math import inf

from standoff.watch.format import UnreadableError

_CAMEO = re.compile(r"(0[1-9]|1[0-9]|20)[0-9]{1,2}\Z")
_MISSING = ("", "None", "none", "NA", "NULL", "---", "--", "Not available")


def cameo(text: str) -> str:
    """A leaf of CAMEO with its leading zero, three or four digits: `042`, `1823`."""
    if _CAMEO.match(text):
        return text
    raise UnreadableError("no code" if text in _MISSING else "no leaf of CAMEO")


def cameo_without_zeros(text: str) -> str:
    """The same where a spreadsheet may have eaten the leading zero, as in ICEWS.

    No root is above 20, so `42` can only be 042 and `311` only 0311.
    """
    digits = text.removesuffix(".0")
    if (
        digits.isascii()
        and digits.isdigit()
        and (len(digits) == 2 or (len(digits) == 3 and int(digits[:2]) > 20))
    ):
        digits = f"0{digits}"
    return cameo(digits)


def cameo_root(leaf: str) -> str:
    """The two digits above a leaf."""
    return leaf[:2]


def plover(kind: str, mode: str) -> str:
    """PLOVER: `COERCE seize`, or `COERCE` where no mode is given."""
    if kind in _MISSING:
        raise UnreadableError("no code")
    if not kind.isupper():
        raise UnreadableError("no type of PLOVER")
    return kind if mode in _MISSING else f"{kind} {mode}"


def plover_root(leaf: str) -> str:
    """The event type above a mode."""
    return leaf.split(" ", 1)[0]


def named(text: str) -> str:
    """A code that is a word or a number."""
    if text in _MISSING:
        raise UnreadableError("no code")
    return text


def itself(leaf: str) -> str:
    """Where nothing is above a leaf."""
    return leaf


def severity(text: str) -> str:
    """A whole number from 0 to 10, as the cyber data sets grade incidents."""
    try:
        grade = float(text)
    except ValueError:
        raise UnreadableError("no code" if text in _MISSING else "no grade from 0 to 10") from None
    if not 0 <= grade <= 10 or grade != int(grade):
        raise UnreadableError("no grade from 0 to 10")
    return f"{grade:.0f}"


_KINDS = {"1": "state-based", "2": "non-state", "3": "one-sided"}


def ucdp(kind: str, best: str) -> str:
    """UCDP: the type of violence with the deaths of the best estimate, in classes.

    `state-based 0`, `1+`, `25+` or `1000+`: UCDP counts a conflict from 25 deaths a year, a war
    from 1,000; a single event that reaches these is beyond doubt.
    """
    kind = kind.removesuffix(".0")
    if kind not in _KINDS:
        raise UnreadableError("no code" if kind in _MISSING else "no type of violence (1 to 3)")
    try:
        deaths = float(best)
    except ValueError:
        raise UnreadableError("no number of deaths") from None
    if not 0 <= deaths < inf:
        raise UnreadableError("no number of deaths")
    least = next(bound for bound in (1000, 25, 1, 0) if deaths >= bound)
    return f"{_KINDS[kind]} {least}{'+' if least else ''}"


def ucdp_root(leaf: str) -> str:
    """The type of violence."""
    return leaf.split(" ", 1)[0]
