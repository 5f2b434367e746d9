"""Countries as event data name them: three letters, two letters, words, or numbers.

`countries.csv` has one row a country: its code (ISO 3166-1 alpha-3; XKX for Kosovo), alpha-2, its
number in the list of the Correlates of War (the same in Gleditsch and Ward's but for a few, which
stand here), its name, and how else data sets spell it. No spelling says anything about recognition.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "countries.csv"
_GLEDITSCH_WARD = {"260": "DEU", "678": "YEM", "340": "SRB"}


@cache
def countries() -> dict[str, str]:
    """The name of each country by its code, in the order of the table."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["name"] for row in csv.DictReader(stream)}


@cache
def _spellings() -> dict[str, str]:
    known: dict[str, str] = dict(_GLEDITSCH_WARD)
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            words = (row["code"], row["alpha2"], row["cow"], row["name"], *row["also"].split("|"))
            known |= {word.casefold(): row["code"] for word in words if word}
    return known


@cache
def country(spelling: str) -> str | None:
    """The code of a country by any of its spellings, None where it is no country."""
    return _spellings().get(spelling.strip().casefold())


def country_name(code: str) -> str:
    """The name of a country by its code; the code itself where it is none."""
    return countries().get(code, code)
