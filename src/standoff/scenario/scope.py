"""What names in an expression may stand for, and the parts of one while it is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from standoff.scenario.expression import Belief, Call, Constant, Name, Node, Quantity, Trait
from standoff.scenario.names import canonical
from standoff.scenario.scenario import Parameter, Variable

NUMBER = "number"
YES_NO = "yes/no"


@dataclass(frozen=True)
class Typed:
    """A part of an expression with its kind: "number", "yes/no", or the name of a ladder.

    `whole` says that the value is a whole number in every state and future; `size` and `depth` are
    those of the tree and keep terms within terms from growing without bound.
    """

    node: Node
    kind: str
    whole: bool = True
    size: int = 1
    depth: int = 1

    @property
    def is_rung(self) -> bool:
        """Whether it is a rung of a ladder."""
        return self.kind not in (NUMBER, YES_NO)


@dataclass(frozen=True)
class Term:
    """A named expression; `part` is None where the term itself is mistaken."""

    name: str
    part: Typed | None


Declared: TypeAlias = Variable | Parameter | Term
Uses: TypeAlias = Literal[
    "variables", "parameters", "both", "claims", "payoffs", "costs", "outcomes", "terms"
]
"""What an expression may use, by where it stands.

All but the first two, and claims, may use variables and parameters; payoffs moreover types, costs
those of their payer, outcomes beliefs, and terms all of these.
"""


@dataclass
class Scope:
    """Everything that has a name, by canonical name. Terms come in as they are declared."""

    names: dict[str, Declared] = field(default_factory=dict)
    later_terms: set[str] = field(default_factory=set)
    outcomes: dict[str, str] = field(default_factory=dict)
    doctrines: dict[str, str] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each actor by its declared name: its types."""

    def add(self, declared: Declared) -> None:
        """Declares a variable, parameter or term."""
        self.names[canonical(declared.name)] = declared

    def ladder(self, name: str) -> Variable | None:
        """The ladder of this (canonical) name, or None."""
        declared = self.names.get(name)
        if isinstance(declared, Variable) and declared.kind == "ladder":
            return declared
        return None

    def ladders_with(self, rung: str) -> list[Variable]:
        """The ladders that have a rung of this (canonical) name."""
        return [
            declared
            for declared in self.names.values()
            if isinstance(declared, Variable) and rung_position(declared, rung) is not None
        ]

    def holders(self, trait: str) -> list[str]:
        """The actors, as declared, who have a type of this (canonical) name."""
        return [actor for actor, types in self.types.items() if trait in types]

    def parameters_in(self, node: Node) -> list[str]:
        """The parameters a tree uses, in order of first use."""
        used = dict.fromkeys(leaf.name for leaf in leaves(node) if isinstance(leaf, Name))
        return [name for name in used if isinstance(self.names.get(canonical(name)), Parameter)]

    def variables_in(self, node: Node) -> list[str]:
        """The variables a tree uses, in order of first use."""
        used = dict.fromkeys(leaf.name for leaf in leaves(node) if isinstance(leaf, Name))
        return [name for name in used if isinstance(self.names.get(canonical(name)), Variable)]


def rung_position(ladder: Variable, rung: str) -> int | None:
    """Position of the rung with this (canonical) name, from 0; None where there is none."""
    if ladder.kind != "ladder":
        return None
    rungs = [canonical(label) for label in ladder.labels]
    return rungs.index(rung) if rung in rungs else None


def leaves(node: Node) -> Iterator[Constant | Name | Quantity | Trait | Belief]:
    """The names, numbers, quantities, types and beliefs of a tree, from left to right."""
    if not isinstance(node, Call):
        yield node
        return
    for part in node.arguments:
        yield from leaves(part)
