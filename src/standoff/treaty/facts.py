"""The facts of an incident that rules may ask for: their names, values and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ANSWERS = ("yes", "no")
UNKNOWN = "unclear"
"""How a file says that a fact is not known; leaving it out says the same."""
NOWHERE = "elsewhere"
"""The value of the fact `area` where a place lies in no area of the treaty."""


@dataclass(frozen=True)
class Fact:
    """One fact: its name, what it is, its values where they can be counted, and what each means.

    The values of a `scale` stand in order, lowest first. `derived` facts are not written in an
    incident: they follow from it and from the treaty as it stood.
    """

    name: str
    kind: Literal["choice", "scale", "answer", "derived"]
    asks: str
    values: tuple[str, ...]
    means: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its name as it stands in files."""
        return self.name.replace("_", " ")


_EVERY = (
    Fact(
        "target_kind",
        "choice",
        "what was hit",
        (
            "territory",
            "people",
            "infrastructure",
            "computers",
            "embassy",
            "forces",
            "vessel",
            "aircraft",
            "satellite",
        ),
    ),
    Fact(
        "attacker_kind",
        "choice",
        "what kind of attacker it was",
        ("state", "proxy", "non-state"),
        (
            "organs of a state",
            "sent by a state or under its control",
            "neither; whether it was directed from abroad is a fact of its own",
        ),
    ),
    Fact(
        "domain",
        "choice",
        "in which domain the attack was made",
        ("land", "sea", "air", "cyber", "space"),
    ),
    Fact(
        "hybrid",
        "answer",
        "whether it was made by hybrid means: covert or deniable, below an open use of arms",
        ANSWERS,
    ),
    Fact(
        "effects",
        "scale",
        "how grave its scale and effects were",
        ("none", "disruption", "damage", "serious", "grave"),
        (
            "presence or words; nobody hurt, nothing broken",
            "functions lost for a time; nothing broken",
            "things broken or people injured, locally and to be mended",
            "deaths or destruction, as in one strike or a frontier incident",
            "as in a large use of armed force: many deaths, or vital functions of a state lost",
        ),
    ),
    Fact("series", "answer", "whether it is one of a series by the same hand", ANSWERS),
    Fact(
        "series_effects",
        "scale",
        "how grave those of the whole series were",
        ("none", "disruption", "damage", "serious", "grave"),
    ),
    Fact(
        "attribution",
        "scale",
        "how surely the attacker is known",
        ("none", "suspected", "assessed", "public", "established"),
        (
            "nobody is named",
            "named by investigators or the press",
            "a government or its services judge so",
            "governments say so in public and stand by it",
            "shown with evidence that the allies accept, or admitted",
        ),
    ),
    Fact("from_abroad", "answer", "whether it was directed from abroad", ANSWERS),
    Fact(
        "intent",
        "choice",
        "whether the party was meant to be hit",
        ("deliberate", "accident"),
        ("meant", "a mistake, a stray weapon, or meant for somebody else"),
    ),
    Fact("consent", "answer", "whether the state concerned had consented", ANSWERS),
    Fact(
        "self_defence",
        "answer",
        "whether it was itself self-defence against an earlier attack by the target",
        ANSWERS,
    ),
    Fact("area", "derived", "in which area of the treaty it happened", ()),
    Fact("target_party", "derived", "whether the target is a party", ANSWERS),
    Fact("attacker_party", "derived", "whether the attacker is itself a party", ANSWERS),
    Fact(
        "threatened_party",
        "derived",
        "whether a party holds that it, or another party, is threatened",
        ANSWERS,
    ),
)

FACTS = {fact.name: fact for fact in _EVERY}
"""Every fact that a rule may ask for, by its name."""
WRITTEN = {name: fact for name, fact in FACTS.items() if fact.kind != "derived"}
"""Those that stand in an incident."""
