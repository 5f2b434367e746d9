"""What every part of a file is made of: strict mappings, expressions, names, costs, moves."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetPydanticSchema, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema


def _expression(value: object) -> object:
    if isinstance(value, (str, bool, int, float)):
        return value
    raise PydanticCustomError("expression", "expected an expression")


def _names(value: object) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return names
    raise PydanticCustomError("names", "expected a name, or a list of names")


def _costs(value: object) -> object:
    items = value.values() if isinstance(value, dict) else [value]
    if all(isinstance(item, (str, bool, int, float)) for item in items):
        return value
    raise PydanticCustomError("costs", "expected an expression, or one for each actor")


def _moves(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return value
    raise PydanticCustomError("names", "expected a name, or a list of names")


def _year(value: object) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    raise PydanticCustomError("year", "expected a year")


def _plain(check: Any) -> GetPydanticSchema:
    return GetPydanticSchema(
        lambda _source, _handler: core_schema.no_info_plain_validator_function(check)
    )


EXPRESSION_SCHEMA = {"type": ["string", "number", "boolean"]}
"""What an expression is in the JSON Schema."""
_NAMES_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]
}

Formula = Annotated[Any, _plain(_expression), WithJsonSchema(EXPRESSION_SCHEMA)]
Names = Annotated[list[str], _plain(_names), WithJsonSchema(_NAMES_SCHEMA)]
Costs = Annotated[
    Any,
    _plain(_costs),
    WithJsonSchema(
        {
            "anyOf": [
                EXPRESSION_SCHEMA,
                {"type": "object", "additionalProperties": EXPRESSION_SCHEMA},
            ]
        }
    ),
]
Move = Annotated[str | list[str], _plain(_moves), WithJsonSchema(_NAMES_SCHEMA)]
Year = Annotated[str, _plain(_year), WithJsonSchema({"type": ["string", "integer"]})]
Effects = dict[str, Formula]


class Part(BaseModel):
    """A mapping of the file: unknown keys are mistakes, and kinds are not converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
