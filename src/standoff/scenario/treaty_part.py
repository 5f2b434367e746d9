"""What is written of a treaty in a scenario file, and of its amendment in a doctrine."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from standoff.reading import NAMES_SCHEMA, Names, Part, plain
from standoff.scenario.part import Formula


def _treaty(value: object) -> object:
    if (isinstance(value, str) and value) or (isinstance(value, dict) and value):
        return value
    raise PydanticCustomError("treaty", "expected a treaty")


TreatyOrName = Annotated[
    Any,
    plain(_treaty),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]


class IncidentPart(Part):
    """What the state of the game amounts to, in the words of the treaty."""

    when: Formula = Field(description="Where the state amounts to it: condition over variables.")
    weight: Formula | None = Field(
        None,
        description="How likely it is this one among those described of the same state, as a "
        "weight; 1 unless told.",
    )
    facts: dict[str, Any] = Field(
        {}, description="Fact → value, as in an incident file; what is left out is unknown."
    )


class CouncilPart(Part):
    """How those decide who have to."""

    agree: Formula = Field(description="Chance that all of them agree.")
    blocs: Formula = Field(
        1,
        description="Into how many blocs they fall that agree or not each for itself; of use where "
        "less than consensus is needed.",
    )


class OwesPart(Part):
    """What the promise asks of the actor in the game."""

    when: Formula = Field(description="Where it falls due: condition over variables.")
    by: Names = Field(description="Action that keeps it, or a list of them.")
    otherwise: Formula = Field(
        alias="else", description="What any other action costs the actor there."
    )


class TreatyPart(Part):
    """A treaty in the game: what triggers a clause, who decides, and what is then owed."""

    treaty: TreatyOrName = Field(
        description="A packaged treaty, as north-atlantic; or a treaty of one's own, written out "
        "here as in a treaty file."
    )
    clause: str = Field(description="The clause that is triggered.")
    as_of: str | None = Field(
        None,
        alias="as of",
        description="Date on which it is read, as 2022-03-15; the start of the crisis unless told.",
    )
    actor: str = Field(description="Who decides for the parties.")
    trigger: str = Field(
        description="The action of that actor that puts it to the council. It is open where the "
        "clause is met, and knows 'decided': the chance that the council decides that it is."
    )
    incidents: dict[str, IncidentPart] = Field(
        description="What the state of the game may amount to.", min_length=1
    )
    unclear: Formula | None = Field(
        None,
        description="Chance that the council finds the clause met where the treaty leaves it "
        "unclear; unless told, it is not put to the council there.",
    )
    decides: CouncilPart | None = Field(
        None, description="How the council decides; unless told, it always does where it is met."
    )
    owes: OwesPart | None = Field(
        None, description="What the promise asks of the actor; nothing unless told."
    )


class AmendmentPart(Part):
    """What is changed of a treaty; see its file for the names."""

    amendments: Names = Field([], description="An amendment that its file has, or a list of them.")
    readings: dict[str, str] = Field({}, description="Reading → the option that is settled on.")
    questions: dict[str, Any] = Field(
        {}, description="Question → the condition that answers it, as a treaty file writes it."
    )
    decides: Literal["consensus", "majority", "two-thirds", "each"] | None = Field(
        None, description="How many must agree: consensus, majority, two-thirds, each for itself."
    )


def _amendment(value: object) -> object:
    if isinstance(value, str) or (isinstance(value, list) and value):
        return {"amendments": value}
    return value


class _OrName:
    """In the schema, an amendment may be the name of one, or several names."""

    @classmethod
    def __get_pydantic_json_schema__(cls, inner: Any, handler: Any) -> Any:
        return {"anyOf": [handler(inner), NAMES_SCHEMA]}


AmendmentOrNames = Annotated[AmendmentPart, BeforeValidator(_amendment), _OrName]
