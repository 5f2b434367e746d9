"""A reversal in words, with numbers that are round and still true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from standoff.findings.metric import Factor

_SHARES = ("chance", "share", "probability", "proportion")
_BARE = ("factor", "ratio", "count", "number", "index")
_LABEL = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s+(\S.*?)\s*$")
_GLOSS = 110
"""Longer explanations are left out of the sentence."""

MOST_NAMED = 6
"""A reversal that takes more changes than this is told by its size, not by its numbers."""


@dataclass(frozen=True)
class Change:
    """One parameter's part in a reversal."""

    parameter: str
    from_: float
    to: float
    size: float
    """What the change counts in the metric, with its direction."""
    stated: float
    """`to`, rounded away from `from_` as far as the reversal stays certified."""
    unit: str
    why: str
    values: tuple[float, ...] = ()
    """All it may be, where these are separate."""

    @property
    def words(self) -> str:
        """What the parameter is now said to be: `clash (chance that …)`."""
        about = gloss(self.why)
        return f"{self.parameter} ({about})" if about else self.parameter


def rounded(value: float, digits: int, factor: Factor, origin: float | None = None) -> float:
    """`value` with so many significant digits, within the range; away from `origin` if given."""
    if factor.values or not 1e-200 < abs(value) < 1e200:
        return value
    step = digits - 1 - floor(log10(abs(value)))
    scaled = value * 10.0**step
    # What is round already stays as it is, whatever the last bit says.
    whole = round(scaled)
    if origin is not None and abs(scaled - whole) > 1e-9 * abs(scaled):
        whole = ceil(scaled) if value > origin else floor(scaled)
    return min(max(float(f"{whole}e{-step}"), factor.low), factor.high)


def quantity(value: float, unit: str, *, short: bool = False) -> str:
    """A number with its unit: `9 % per fortnight`, `4 points per city`; `9 %` and `4` if short."""
    first, _, rest = unit.partition(" ")
    share = first in _SHARES
    number = f"{100 * value:.9g} %" if share else f"{value:.9g}"
    named = rest if share else unit
    return number if short or not named or first in _BARE else f"{number} {named}"


def gloss(why: str) -> str:
    """The first clause of an explanation; empty where it is long."""
    found = re.split(r"(?<=[?])\s|[.;:]\s|[.;:]$", why.strip(), maxsplit=1)[0].strip()
    return found if len(found) <= _GLOSS else ""


def conditions(changes: Sequence[Change], onwards: bool) -> str:
    """The changes as conditions: `clash is 9 % per fortnight or more (not 1.5 %) and …`."""
    parts = [_condition(change, onwards) for change in changes]
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _condition(change: Change, onwards: bool) -> str:
    labels = _labels(change.unit)
    if change.to in labels:
        now, before = labels[change.to], labels.get(change.from_, "")
        about = gloss(change.why)
        if about.endswith("?"):
            return f"the answer to “{about}” ({change.parameter}) is {now}" + (
                f", not {before}" if before else ""
            )
        return f"{change.words} is {now}" + (f", not {before}" if before else "")
    now = quantity(change.stated, change.unit)
    if onwards and not change.values:
        now += " or more" if change.to > change.from_ else " or less"
    return f"{change.words} is {now}, not {quantity(change.from_, change.unit, short=True)}"


def crowd(changes: Sequence[Change]) -> str:
    """Many changes in a sentence: how many, how large, and which most."""
    largest = max(abs(change.size) for change in changes)
    step = 1 - floor(log10(largest)) if largest else 0
    size = ceil(largest * 10**step - 1e-9) / 10**step
    most = sorted(changes, key=lambda change: -abs(change.size))[:3]
    names = ", ".join(
        f"{change.parameter} {'up' if change.to > change.from_ else 'down'}" for change in most
    )
    return (
        f"{len(changes)} parameters change together, none by more than {100 * size:.4g} % of its "
        f"scale; most of all {names}"
    )


def _labels(unit: str) -> dict[float, str]:
    """Words for separate values, from a unit like `0 no, 1 yes`."""
    parts = [_LABEL.match(part) for part in unit.split(",")]
    if len(parts) < 2 or not all(parts):
        return {}
    return {float(part[1]): part[2] for part in parts if part is not None}
