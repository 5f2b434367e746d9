"""What every part of a file is made of: strict mappings, names, years."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetPydanticSchema, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema


def _names(value: object) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return names
    raise PydanticCustomError("names", "expected a name, or a list of names")


def _year(value: object) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    raise PydanticCustomError("year", "expected a year")


def plain(check: Any) -> GetPydanticSchema:
    """An annotation: values are what `check` makes of them, or its refusal."""
    return GetPydanticSchema(
        lambda _source, _handler: core_schema.no_info_plain_validator_function(check)
    )


NAMES_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]
}
"""What one name or several are in the JSON Schema."""

Names = Annotated[list[str], plain(_names), WithJsonSchema(NAMES_SCHEMA)]
Year = Annotated[str, plain(_year), WithJsonSchema({"type": ["string", "integer"]})]


class Part(BaseModel):
    """A mapping of the file: unknown keys are mistakes, and kinds are not converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
