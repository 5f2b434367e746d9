"""A ruling as the page shows it: what the treaty stage says, with words for people beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import standoff
from standoff.report.document.readable import readable
from standoff.treaty import FACTS, Change, Incident, Ruling, Treaty
from standoff.treaty import document as told

FORMAT = 1
"""Version of the document; `web/src/ruling.ts` mirrors it."""

_ASKS = {
    "place": "where it happened",
    "territory": "whose territory that is",
    "target": "which state was hit",
    "attacker": "who did it",
    "dead": "how many people were killed",
    "threat_seen_by": "which states hold that they, or others, are threatened",
}
"""What facts are that no rule asks for by themselves."""


def ruling_document(ruling: Ruling, changes: tuple[Change, ...] = ()) -> dict[str, Any]:
    """All that the page of a ruling shows, as plain data.

    Besides what `standoff.treaty.document` tells: each fact with what it means, what every fact is
    that a rule may ask for, the rules that were altered in the life of the treaty, and how many
    were bound when. `changes` is the `history` of the answer, where it was asked for.
    """
    return readable(
        {
            "format": FORMAT,
            "kind": "ruling",
            "standoff": standoff.__version__,
            **told(ruling, changes),
            "facts": facts(ruling.incident),
            "asks": {fact.words: fact.asks for fact in FACTS.values()},
            "altered": altered(ruling.treaty),
            "members": members(ruling.treaty),
        }
    )


def facts(incident: Incident) -> list[dict[str, Any]]:
    """Each fact: its name, what it is, its value, and what that means; null where it is unknown."""
    names = [name for name in incident.__dataclass_fields__ if name in FACTS or name in _ASKS]
    return [_fact(name, getattr(incident, name)) for name in names]


def _fact(name: str, value: Any) -> dict[str, Any]:
    known = FACTS.get(name)
    means = dict(zip(known.values, known.means, strict=False)) if known else {}
    return {
        "name": known.words if known else name.replace("_", " "),
        "asks": known.asks if known else _ASKS[name],
        "value": (", ".join(value) or "none") if isinstance(value, tuple) else _plain(value),
        "means": means.get(value, "") if isinstance(value, str) else "",
    }


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def altered(treaty: Treaty) -> list[dict[str, Any]]:
    """The questions that were answered by different rules at different times, with these rules."""
    return [
        {
            "question": question.name,
            "asks": question.asks,
            "versions": [
                {
                    "from": version.when.start.isoformat(),
                    "to": _day(version.when.end),
                    "says": version.says,
                    "sources": [
                        {"reference": source.key, "at": source.at} for source in version.sources
                    ],
                }
                for version in question.versions
            ],
        }
        for question in treaty.questions
        if len(question.versions) > 1
    ]


def members(treaty: Treaty) -> list[dict[str, Any]]:
    """From which day on how many states were bound beyond dispute, and who came or went."""
    found: list[dict[str, Any]] = []
    before: tuple[str, ...] = ()
    for day in treaty.days:
        now = treaty.parties_on(day)
        if set(now) != set(before):
            found.append(
                {
                    "from": day.isoformat(),
                    "count": len(now),
                    "joined": [name for name in now if name not in before],
                    "left": [name for name in before if name not in now],
                }
            )
        before = now
    return found


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
