"""Scenario files: reading, checking, and what comes out of it.

`load` gives a `Scenario`; what is wrong with a file is told by `ScenarioError`, what is doubtful by
`lint`.
"""

from typing import TYPE_CHECKING, Any

from standoff.reading import Mistake, Place, ScenarioError, nearest, show, suggestion
from standoff.scenario.distribution import (
    ascending,
    cumulative,
    density,
    ends,
    masses,
    quantile,
)
from standoff.scenario.expression import (
    Belief,
    Call,
    Constant,
    Expression,
    Name,
    Node,
    Quantity,
    Trait,
    evaluate,
    evaluate_tree,
)
from standoff.scenario.joint import (
    at_quantiles,
    at_shares,
    correlated,
    dependent,
    feasible,
    keeps,
    normal_scores,
    score_correlation,
    uncertain,
)
from standoff.scenario.lint import Remark, expressions, lint
from standoff.scenario.load import load, loads, packaged
from standoff.scenario.names import canonical
from standoff.scenario.scenario import (
    FREE_CHOICE,
    Action,
    Actor,
    AdaptiveFamily,
    Assignment,
    Branch,
    Brought,
    Claim,
    Constraint,
    Correlation,
    Count,
    Displacement,
    Distribution,
    Doctrine,
    Event,
    Metric,
    Outcome,
    Pact,
    Parameter,
    Reference,
    Rule,
    Ruled,
    Scenario,
    Structure,
    Time,
    Type,
    Variable,
    Version,
    View,
    Word,
)
from standoff.scenario.starter import starter
from standoff.scenario.structure import (
    MOST_VARIANTS,
    blame,
    choices_text,
    thrown,
    variant,
    variants,
)

if TYPE_CHECKING:
    from standoff.scenario.file import schema

__all__ = [
    "FREE_CHOICE",
    "MOST_VARIANTS",
    "Action",
    "Actor",
    "AdaptiveFamily",
    "Assignment",
    "Belief",
    "Branch",
    "Brought",
    "Call",
    "Claim",
    "Constant",
    "Constraint",
    "Correlation",
    "Count",
    "Displacement",
    "Distribution",
    "Doctrine",
    "Event",
    "Expression",
    "Metric",
    "Mistake",
    "Name",
    "Node",
    "Outcome",
    "Pact",
    "Parameter",
    "Place",
    "Quantity",
    "Reference",
    "Remark",
    "Rule",
    "Ruled",
    "Scenario",
    "ScenarioError",
    "Structure",
    "Time",
    "Trait",
    "Type",
    "Variable",
    "Version",
    "View",
    "Word",
    "ascending",
    "at_quantiles",
    "at_shares",
    "blame",
    "canonical",
    "choices_text",
    "correlated",
    "cumulative",
    "density",
    "dependent",
    "ends",
    "evaluate",
    "evaluate_tree",
    "expressions",
    "feasible",
    "keeps",
    "lint",
    "load",
    "loads",
    "masses",
    "nearest",
    "normal_scores",
    "packaged",
    "quantile",
    "schema",
    "score_correlation",
    "show",
    "starter",
    "suggestion",
    "thrown",
    "uncertain",
    "variant",
    "variants",
]


def __getattr__(name: str) -> Any:
    """Loads pydantic only for those who ask for the schema."""
    if name == "schema":
        from standoff.scenario.file import schema

        return schema
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
