"""Scenario files: reading, checking, and what comes out of it.

`load` gives a `Scenario`; what is wrong with a file is told by `ScenarioError`, what is doubtful by
`lint`.
"""

from typing import TYPE_CHECKING, Any

from standoff.scenario.expression import (
    Call,
    Constant,
    Expression,
    Name,
    Node,
    Place,
    Quantity,
    evaluate,
    evaluate_tree,
)
from standoff.scenario.lint import Remark, expressions, lint
from standoff.scenario.load import load, loads, packaged
from standoff.scenario.mistake import Mistake, ScenarioError, nearest, show, suggestion
from standoff.scenario.names import canonical
from standoff.scenario.scenario import (
    FREE_CHOICE,
    Action,
    Actor,
    Assignment,
    Branch,
    Claim,
    Distribution,
    Doctrine,
    Event,
    Outcome,
    Parameter,
    Reference,
    Rule,
    Scenario,
    Time,
    Variable,
)
from standoff.scenario.starter import starter

if TYPE_CHECKING:
    from standoff.scenario.file import schema

__all__ = [
    "FREE_CHOICE",
    "Action",
    "Actor",
    "Assignment",
    "Branch",
    "Call",
    "Claim",
    "Constant",
    "Distribution",
    "Doctrine",
    "Event",
    "Expression",
    "Mistake",
    "Name",
    "Node",
    "Outcome",
    "Parameter",
    "Place",
    "Quantity",
    "Reference",
    "Remark",
    "Rule",
    "Scenario",
    "ScenarioError",
    "Time",
    "Variable",
    "canonical",
    "evaluate",
    "evaluate_tree",
    "expressions",
    "lint",
    "load",
    "loads",
    "nearest",
    "packaged",
    "schema",
    "show",
    "starter",
    "suggestion",
]


def __getattr__(name: str) -> Any:
    """Loads pydantic only for those who ask for the schema."""
    if name == "schema":
        from standoff.scenario.file import schema

        return schema
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
