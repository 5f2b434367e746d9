"""Recorded cyber incidents put to Article 5, each with every other fact at its worst.

European Repository of Cyber Incidents, Global Database 1.1 (2023); skipped where it is absent.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from standoff.treaty import Incident, Truth, load, truths

EUREPOC = Path("/work/shared/evidence/eurepoc/eurepoc_global_1_1_nosources.csv")
TREATY = load("north-atlantic")


def recorded() -> list[tuple[Incident, bool]]:
    """Incidents with a single receiver that was a party, and whether they had physical effects."""
    with EUREPOC.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = []
    for row in rows:
        states = set(re.findall(r"'([^']+)'", row["receiver_country"]))
        if len(states) != 1 or not row["start_date"]:
            continue
        state, day = states.pop(), date.fromisoformat(row["start_date"])
        if TREATY.membership(state, day) is not Truth.YES:
            continue
        physical = row["physical_effects_spatial"].startswith(("Local", "Widespread"))
        incident = Incident.of(
            row["ID"],
            date=day,
            place=state,
            target=state,
            target_kind="computers",
            attacker="a state that is no party",
            attacker_kind="state",
            domain="cyber",
            hybrid=True,
            effects="damage" if physical else "disruption",
            series=False,
            attribution="established",
            intent="deliberate",
            consent=False,
        )
        found.append((incident, physical))
    return found


@pytest.mark.skipif(not EUREPOC.exists(), reason="the evidence is not on this machine")
def test_no_recorded_cyber_incident_is_an_armed_attack_by_itself() -> None:
    """Hundreds against parties: Article 5 is met by none. Were any use of force an armed attack,
    it would be met, or open before 2014, by those with physical effects."""
    cases = recorded()
    assert len(cases) > 300
    lower = {"amendments": ["lower-threshold"]}
    for incident, physical in cases:
        assert truths(TREATY, incident)["article-5"] is Truth.NO
        lowered = truths(TREATY, incident, changed=lower)["article-5"]
        assert (lowered is not Truth.NO) == physical
    assert any(physical for _, physical in cases)
