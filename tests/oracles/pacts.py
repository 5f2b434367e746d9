"""A small treaty of three parties, and a crisis about its line."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

PACT: dict[str, Any] = {
    "treaty": 1,
    "name": "pact",
    "title": "A small pact",
    "in force": "2000-01-01",
    "home": "the area",
    "references": {"text": {"title": "The pact", "year": 2000, "checked": "recalled"}},
    "areas": {"the area": {"says": "The land of the parties.", "sources": "text 1"}},
    "parties": dict.fromkeys(("Blue", "Green", "White"), "2000-01-01"),
    "readings": {
        "sums": {
            "asks": "Do small attacks add up?",
            "options": {
                "no": {"says": "Each is weighed by itself."},
                "yes": {"says": "They are weighed together."},
            },
            "prevails": [{"option": "no", "until": "2010-01-01", "sources": "text 2"}],
        }
    },
    "questions": {
        "covered": {
            "asks": "Is it in the area?",
            "versions": [
                {"says": "In the area.", "holds": {"area": "the area"}, "sources": "text 1"}
            ],
        },
        "attack": {
            "asks": "Is it an armed attack?",
            "versions": [
                {
                    "until": "2020-01-01",
                    "says": "A grave attack; or a series, on one reading.",
                    "holds": {
                        "any": [
                            {"effects": "grave"},
                            {"series effects": "grave", "reading": {"sums": "yes"}},
                        ]
                    },
                    "sources": "text 2",
                },
                {
                    "from": "2020-01-01",
                    "says": "A grave attack, or a series that is grave.",
                    "holds": {"any": [{"effects": "grave"}, {"series effects": "grave"}]},
                    "sources": "text 2",
                },
            ],
        },
    },
    "clauses": {
        "aid": {
            "title": "Mutual aid",
            "says": "An attack on one is an attack on all.",
            "needs": {"question": ["covered", "attack"]},
            "decides": {"who": "the council", "by": "consensus"},
            "follows": "Each gives such aid as it deems necessary.",
            "sources": "text 3",
        }
    },
    "amendments": {
        "adds up": {"says": "small attacks add up", "readings": {"sums": "yes"}},
        "lower bar": {
            "says": "a serious attack is enough",
            "questions": {"attack": {"effects": {"at least": "serious"}}},
        },
        "two thirds": {"says": "two thirds decide", "decides": "two-thirds"},
    },
}
"""In its second decade the reading of series is open; from 2020 on a grave series counts."""

_BLUE = {"territory": "Blue", "target": "Blue"}

CRISIS: dict[str, Any] = {
    "standoff": 1,
    "name": "border",
    "title": "A border and a promise",
    "time": {"period": "month", "periods": 2, "start": "2005-06-01"},
    "parameters": {
        "accord": {"value": 0.4, "range": [0.1, 0.9], "basis": "assumed"},
        "pranks": {"value": 0.25, "range": [0.1, 0.9], "basis": "assumed"},
        "doubt": {"value": 0.3, "range": [0.1, 0.9], "basis": "assumed"},
    },
    "variables": {"border": {"ladder": ["calm", "raids", "attack", "war"], "start": "raids"}},
    "order": ["red", "blue"],
    "ends": "border == war",
    "treaties": {
        "aid": {
            "treaty": PACT,
            "clause": "aid",
            "actor": "blue",
            "trigger": "invoke",
            "incidents": {
                "invasion": {
                    "when": "border == attack",
                    "facts": _BLUE | {"effects": "grave", "series effects": "grave"},
                },
                "raid": {
                    "when": "border == raids",
                    "weight": "1 - pranks",
                    "facts": _BLUE | {"effects": "serious", "series effects": "grave"},
                },
                "prank": {
                    "when": "border == raids",
                    "weight": "pranks",
                    "facts": _BLUE | {"effects": "none", "series effects": "none"},
                },
            },
            "decides": {"agree": "accord", "blocs": 3},
        }
    },
    "actors": {
        "red": {
            "rationality": 1,
            "payoff": "level(border)",
            "actions": {
                "hold": {},
                "step": {"when": "border < attack", "set": {"border": "border + 1"}},
            },
        },
        "blue": {
            "rationality": 1,
            "payoff": "-level(border)",
            "actions": {
                "hold": {},
                "invoke": {
                    "chance": [
                        {"p": "decided / 4", "set": {"border": "war"}},
                        {"p": "3 * decided / 4", "set": {"border": "calm"}},
                    ]
                },
            },
        },
    },
    "doctrines": {
        "blue": {
            "adding-up": {"amends": {"aid": "adds up"}},
            "low-bar": {"amends": {"aid": "lower bar"}, "announced": False},
            "majority": {"amends": {"aid": "two thirds"}, "must": "invoke"},
            "silent": {"never": "invoke"},
        }
    },
    "outcomes": {"war": {"ever": "border == war", "better": "lower"}},
}
"""Raids are what the treaty as of 2005 does not reach; `low-bar` is not announced."""


def crisis(**changes: Any) -> dict[str, Any]:
    """The crisis with some keys of its treaty other than they are; None leaves one out."""
    made = deepcopy(CRISIS)
    treaty = made["treaties"]["aid"]
    for name, value in changes.items():
        key = name.replace("_", " ")
        treaty[key] = value
        if value is None:
            del treaty[key]
    return made
