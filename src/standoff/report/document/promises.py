"""The treaties of a scenario: what triggers a clause, and how each incident described is ruled."""

from __future__ import annotations

from typing import Any

from standoff.scenario import Pact, Scenario, Version


def promises(scenario: Scenario) -> list[dict[str, Any]]:
    """Each treaty as it stands, and as doctrines amend it, with the rulings and their reasons."""
    return [_promise(pact) for pact in scenario.treaties]


def _promise(pact: Pact) -> dict[str, Any]:
    return {
        "name": pact.name,
        "title": pact.title,
        "clause": pact.clause,
        "as_of": pact.as_of.isoformat(),
        "actor": pact.actor,
        "trigger": pact.trigger,
        "owes": " ".join(pact.owes.split()),
        "versions": [_version(version) for version in pact.versions],
    }


def _version(version: Version) -> dict[str, Any]:
    return {
        "doctrines": list(version.doctrines),
        "change": version.change,
        "share": version.share,
        "ruled": [
            {
                "incident": ruled.incident,
                "when": ruled.when.text,
                "weight": None if ruled.weight is None else ruled.weight.text,
                "truth": ruled.truth,
                "why": ruled.why,
            }
            for ruled in version.ruled
        ],
    }
