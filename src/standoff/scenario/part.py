"""What is written in a scenario beside names and numbers: expressions, costs, moves, effects."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import WithJsonSchema
from pydantic_core import PydanticCustomError

from standoff.reading import NAMES_SCHEMA, plain


def _expression(value: object) -> object:
    if isinstance(value, (str, bool, int, float)):
        return value
    raise PydanticCustomError("expression", "expected an expression")


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


EXPRESSION_SCHEMA = {"type": ["string", "number", "boolean"]}
"""What an expression is in the JSON Schema."""
Formula = Annotated[Any, plain(_expression), WithJsonSchema(EXPRESSION_SCHEMA)]
Costs = Annotated[
    Any,
    plain(_costs),
    WithJsonSchema(
        {
            "anyOf": [
                EXPRESSION_SCHEMA,
                {"type": "object", "additionalProperties": EXPRESSION_SCHEMA},
            ]
        }
    ),
]
Move = Annotated[str | list[str], plain(_moves), WithJsonSchema(NAMES_SCHEMA)]
Effects = dict[str, Formula]
