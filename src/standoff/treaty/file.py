"""Treaty and incident files as they are written: their keys, and what each of them means.

Nothing is resolved here: conditions are still mappings, and names still words.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from standoff.reading import Names, Part, Year, plain
from standoff.treaty.facts import UNKNOWN


def _day(value: object) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "expected a date")


def _condition(value: object) -> dict[str, Any]:
    if isinstance(value, dict) and value:
        return value
    raise PydanticCustomError("condition", "expected a condition")


def _since(value: object) -> object:
    return {"from": value} if isinstance(value, str) else value


Day = Annotated[date, plain(_day), WithJsonSchema({"type": "string", "format": "date"})]
Formula = Annotated[dict[str, Any], plain(_condition), WithJsonSchema({"type": "object"})]
Says = Annotated[str, Field(min_length=1)]


class ReferencePart(Part):
    """An entry of the bibliography."""

    title: Says = Field(description="Title of the work.")
    author: str = Field("", description="Author, or body.")
    year: Year = Field("", description="Year.")
    container: str = Field("", alias="in", description="What it is part of.")
    url: str = Field("", description="Where it can be read.")
    checked: Literal["read", "read in a second source", "recalled"] = Field(
        description="How far it was followed: read, read in a second source, or recalled."
    )


class PeriodPart(Part):
    """From a day up to another."""

    start: Day | None = Field(None, alias="from", description="First day; else that of the treaty.")
    end: Day | None = Field(None, alias="until", description="First day on which no longer.")


class ContestedPart(PeriodPart):
    """A period in which membership is disputed."""

    why: Says = Field(description="What is disputed, and by whom.")


class PartyPart(PeriodPart):
    """A state bound by the treaty."""

    also: Names = Field([], description="Other spellings of its name.")
    contested: list[ContestedPart] = Field([], description="Periods in which that is disputed.")
    reserves: str = Field("", description="What it excepted when it joined, or since.")
    sources: Names = Field([], description="References, each with where in it.")


Since = Annotated[PartyPart, BeforeValidator(_since)]


class AreaPart(Part):
    """A named area of the treaty."""

    says: Says = Field(description="What lies in it.")
    beyond: bool = Field(
        False, description="Whether it reaches beyond territories: seas, space, or a whole region."
    )
    sources: Names = Field(description="References, each with where in it.")


class LiesPart(PeriodPart):
    """That a place lies in an area."""

    area: Says = Field(description="The area.")
    on: dict[str, str] = Field({}, description="The reading on which it does, if only on one.")


class SitePart(Part):
    """A place that the treaty treats otherwise than a party's other territory."""

    says: Says = Field(description="Why it is listed.")
    also: Names = Field([], description="Other names of it, and of what lies in it.")
    coasts: bool = Field(
        False, description="For a sea: whether waters with a `territory` lie as that does."
    )
    lies: list[LiesPart] = Field(description="The areas it lies in: [] for none.")
    sources: Names = Field(description="References, each with where in it.")


class VersionPart(PeriodPart):
    """What answers a question in a period."""

    says: Says = Field(description="The rule in words.")
    holds: Formula = Field(description="The rule as a condition.")
    sources: Names = Field(description="References, each with where in it.")


class QuestionPart(Part):
    """A legal test."""

    asks: Says = Field(description="The question.")
    versions: list[VersionPart] = Field(description="What answers it, and when.", min_length=1)


class OptionPart(Part):
    """One side of a reading."""

    says: Says = Field(description="What is held.")
    sources: Names = Field([], description="Who holds it.")


class PrevailsPart(PeriodPart):
    """That an option prevails in a period."""

    option: Says = Field(description="The option.")
    sources: Names = Field(description="On what authority.")


class ReadingPart(Part):
    """Where states or scholars differ."""

    asks: Says = Field(description="What they differ on.")
    options: dict[str, OptionPart] = Field(description="The sides, two or more.")
    prevails: list[PrevailsPart] = Field([], description="Which prevails, and when; else open.")


class DecisionPart(Part):
    """Who decides."""

    who: Says = Field(description="The body, or the members.")
    by: Literal["consensus", "majority", "two-thirds", "each"] = Field(
        description="The votes: consensus, majority, two-thirds, or each for itself."
    )
    says: str = Field("", description="How it is done.")


class ClausePart(PeriodPart):
    """A promise."""

    title: Says = Field(description="What it is called.")
    says: Says = Field(description="What it promises, in words of one's own.")
    needs: Formula = Field(description="What it needs, as a condition over questions.")
    decides: DecisionPart = Field(description="Who decides.")
    follows: Says = Field(description="What follows.")
    owed: Names = Field([], description="Readings that differ on what follows.")
    sources: Names = Field(description="References, each with where in it.")


class AmendmentPart(Part):
    """A change of the rules that somebody may propose."""

    says: Says = Field(description="What is changed.")
    readings: dict[str, str] = Field({}, description="Readings that it settles.")
    questions: dict[str, Formula] = Field({}, description="Questions that it answers otherwise.")
    decides: Literal["consensus", "majority", "two-thirds", "each"] | None = Field(
        None, description="The votes by which every clause is decided."
    )


class TreatyPart(Part):
    """A treaty file."""

    treaty: Literal[1] = Field(description="The version of the language of treaty files: 1.")
    name: Says = Field(description="Name of the treaty, as the file's.")
    title: Says = Field(description="Its title.")
    summary: str = Field("", description="What it is, in a few sentences.")
    start: Day = Field(alias="in force", description="The day it entered into force.")
    home: Says = Field(description="The area in which a party's territory lies by itself.")
    references: dict[str, ReferencePart] = Field(description="The bibliography.")
    areas: dict[str, AreaPart] = Field(description="The areas that it names.")
    parties: dict[str, Since] = Field(description="The states bound by it, with their dates.")
    places: dict[str, SitePart] = Field({}, description="Places that it treats in their own way.")
    readings: dict[str, ReadingPart] = Field({}, description="Where states or scholars differ.")
    questions: dict[str, QuestionPart] = Field(description="The legal tests.")
    clauses: dict[str, ClausePart] = Field(description="The promises.")
    amendments: dict[str, AmendmentPart] = Field({}, description="Changes that one may try.")


class IncidentPart(Part):
    """An incident file. A fact that is left out, or `unclear`, is not known."""

    @model_validator(mode="before")
    @classmethod
    def _unclear(cls, written: object) -> object:
        if not isinstance(written, dict):
            return written
        return {key: value for key, value in written.items() if value != UNKNOWN}

    incident: Literal[1] = Field(description="The version of the language of incident files: 1.")
    name: Says = Field(description="Name of the incident, as the file's.")
    title: Says = Field(description="Its title.")
    summary: str = Field("", description="What is known of it, in a few sentences.")
    day: Day | None = Field(None, alias="date", description="The day it happened, or began.")
    until: Day | None = Field(None, description="The day it ended.")
    known: Day | None = Field(
        None, description="The day on which this was known; else its date. Its rules are applied."
    )
    place: str | None = Field(None, description="Where: a country, a sea, a place that is listed.")
    territory: str | None = Field(None, description="The state whose territory it is, or none.")
    target: str | None = Field(None, description="The state that was hit.")
    target_kind: str | None = Field(None, alias="target kind", description="What was hit.")
    attacker: str | None = Field(None, description="The state or group that hit it.")
    attacker_kind: str | None = Field(None, alias="attacker kind", description="What it is.")
    domain: str | None = Field(None, description="In which domain: land, sea, air, cyber, space.")
    hybrid: str | None = Field(None, description="Whether by covert or deniable means: yes or no.")
    effects: str | None = Field(None, description="Scale and effects, from none to grave.")
    dead: int | None = Field(None, description="How many people were killed.", ge=0)
    series: str | None = Field(None, description="Whether one of a series: yes or no.")
    series_effects: str | None = Field(
        None, alias="series effects", description="Scale and effects of the whole series."
    )
    attribution: str | None = Field(None, description="How surely the attacker is known.")
    from_abroad: str | None = Field(
        None, alias="from abroad", description="Whether directed from abroad: yes or no."
    )
    intent: str | None = Field(None, description="Whether meant: deliberate or accident.")
    consent: str | None = Field(None, description="Whether consented to: yes or no.")
    self_defence: str | None = Field(
        None, alias="self defence", description="Whether itself self-defence: yes or no."
    )
    threat_seen_by: list[str] | None = Field(
        None, alias="threat seen by", description="States that hold a party threatened; [] if none."
    )
    happened: str = Field("", description="What was decided then; no ruling reads it.")
    uncertain: Names = Field([], description="What is disputed or not known, each in a sentence.")
    sources: Names = Field([], description="References, each with where in it.")
    references: dict[str, ReferencePart] = Field({}, description="The bibliography.")
