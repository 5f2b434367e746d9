"""What a name in an expression stands for, beside its ladder and in its place in the file."""

from __future__ import annotations

import ast
from typing import NoReturn

from standoff.scenario import syntax
from standoff.scenario.expression import Constant, Name, Quantity
from standoff.scenario.mistake import listing, nearest
from standoff.scenario.names import FUNCTIONS, canonical
from standoff.scenario.scenario import FREE_CHOICE, Parameter, Variable
from standoff.scenario.scope import NUMBER, YES_NO, Scope, Term, Typed, Uses, rung_position
from standoff.scenario.syntax import RefusedError

_MAY_USE = {
    "parameters": "only parameters may be used here",
    "claims": "a claim is made of outcomes, values, traps and parameters",
}
_VARIABLES_ONLY = "guards, effects and conditions may use variables only"
_ARTICLES = {"actor": "an actor", "doctrine": "a doctrine"}


class FaultyTermError(Exception):
    """Raised at the use of a term that has been complained about where it stands."""


class Resolver:
    """Finds what names mean. `ladder` is the one beside which a name stands, or None."""

    def __init__(self, source: syntax.Source, scope: Scope, uses: Uses) -> None:
        self.source, self.scope, self.uses = source, scope, uses

    def refuse(
        self, node: ast.expr, message: str, hint: str = "", nearest: str | None = None
    ) -> NoReturn:
        """Refuses, and points at `node`."""
        start, length = self.source.span(node)
        raise RefusedError(message, start, length, hint, nearest)

    def constant(self, node: ast.Constant, ladder: Variable | None) -> Typed:
        """A written-out number."""
        value = node.value
        if isinstance(value, bool):
            self.refuse(node, f"unknown name '{value}'", nearest=str(value).lower())
        if not isinstance(value, (int, float)):
            self.refuse(node, "this is not part of the language of expressions")
        if value > 1e300 or (isinstance(value, int) and value >= 10**15):
            self.refuse(node, "this number is too large", "write a large number as 1e15")
        return Typed(Constant(float(value)), NUMBER, whole=float(value).is_integer())

    def name(self, node: ast.Name, ladder: Variable | None) -> Typed:
        """A name: rung, outcome, term, parameter or variable, in this order."""
        name = node.id
        if ladder is not None and (position := rung_position(ladder, name)) is not None:
            return Typed(Constant(float(position)), ladder.name)
        if name in ("true", "false"):
            return Typed(Constant(float(name == "true")), YES_NO)
        if self.uses == "claims" and name in self.scope.outcomes:
            if name in self.scope.names and not isinstance(self.scope.names[name], Variable):
                hint = f"write {name}[{FREE_CHOICE}] for the outcome, or rename one of them"
                self.refuse(node, f"'{name}' is both an outcome and a parameter or term", hint)
            return Typed(Quantity(self.scope.outcomes[name], (FREE_CHOICE,)), NUMBER, whole=False)
        declared = self.scope.names.get(name)
        if declared is None:
            self.unknown(node, ladder)
        if isinstance(declared, Term):
            return self.term(node, declared)
        self.allow(node, declared)
        leaf = Name(declared.name)
        if isinstance(declared, Parameter):
            return Typed(leaf, NUMBER, whole=_always_whole(declared))
        kind = {"ladder": declared.name, "levels": NUMBER, "flag": YES_NO}[declared.kind]
        return Typed(leaf, kind)

    def allow(self, node: ast.Name, declared: Variable | Parameter) -> None:
        """Refuses a variable or parameter where its sort may not be used."""
        if isinstance(declared, Parameter) and self.uses == "variables":
            self.refuse(node, f"'{declared.name}' is a parameter", _VARIABLES_ONLY)
        if isinstance(declared, Variable) and self.uses in ("parameters", "claims"):
            self.refuse(node, f"'{declared.name}' is a variable", _MAY_USE[self.uses])

    def term(self, node: ast.Name, term: Term) -> Typed:
        """Puts a term in where it is named."""
        if term.part is None:
            raise FaultyTermError
        inside = term.part.node
        if self.uses == "variables" and (used := self.scope.parameters_in(inside)):
            what = f"term '{term.name}' uses the parameter '{used[0]}'"
            self.refuse(node, what, _VARIABLES_ONLY)
        if self.uses in ("parameters", "claims") and (used := self.scope.variables_in(inside)):
            what = f"term '{term.name}' uses the variable '{used[0]}'"
            self.refuse(node, what, _MAY_USE[self.uses])
        return term.part

    def unknown(self, node: ast.Name, ladder: Variable | None) -> NoReturn:
        """Refuses a name that nothing has, with the likeliest advice."""
        name, scope = node.id, self.scope
        if name in FUNCTIONS:
            self.refuse(node, f"'{name}' is a function", f"write {name}(…)")
        if name in ("value", "trap"):
            self.refuse(node, f"'{name}' needs an actor in brackets", f"write {name}[actor]")
        if name in scope.later_terms:
            self.refuse(node, f"term '{name}' stands further down", "terms use those before them")
        if name in scope.outcomes:
            self.refuse(node, f"'{name}' is an outcome", "outcomes are for claims")
        if (beside := scope.ladders_with(name)) and ladder is None:
            first = canonical(beside[0].name)
            what = f"'{name}' is a rung of '{beside[0].name}'"
            self.refuse(node, what, f"it only means something beside it: {first} == {name}")
        if name.casefold() in ("yes", "no", "on", "off", "none"):
            self.refuse(node, f"unknown name '{name}'", "a yes/no answer is written true or false")
        self.split(node)
        known = ["true", "false"]
        for key, declared in scope.names.items():
            fits = self.uses in ("both", "claims") or isinstance(declared, Term)
            if fits or isinstance(declared, Variable) == (self.uses == "variables"):
                known.append(key)
        if self.uses == "claims":
            known = [k for k in known if not isinstance(scope.names.get(k), Variable)]
            known += scope.outcomes
        if ladder is not None:
            rungs = [canonical(rung) for rung in ladder.labels]
            hint = f"the rungs of '{ladder.name}' are {listing(ladder.labels)}"
            self.refuse(node, f"unknown name '{name}'", hint, nearest(name, [*rungs, *known]))
        self.refuse(node, f"unknown name '{name}'", "", nearest(name, known))

    def split(self, node: ast.Name) -> None:
        """Refuses the first half of a name that was written with its hyphens."""
        start, _ = self.source.span(node)
        declared = [item.name for item in self.scope.names.values()]
        for name in [*declared, *self.scope.outcomes.values()]:
            if "-" in name and self.source.original.startswith(name, start):
                hint = f"inside an expression '{name}' is written '{canonical(name)}'"
                raise RefusedError("a name cannot have hyphens here", start, len(name), hint)

    def subscript(self, node: ast.Subscript, ladder: Variable | None) -> Typed:
        """An outcome, value or trap with its brackets."""
        if self.uses != "claims":
            self.refuse(node, "square brackets cannot stand here", "they belong in claims")
        if not isinstance(node.value, ast.Name):
            self.refuse(node, "brackets belong to an outcome, value or trap")
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        name, scope = node.value.id, self.scope
        if name not in scope.outcomes and name not in ("value", "trap"):
            what = f"unknown outcome '{name}'"
            if name in scope.names:
                what = f"'{scope.names[name].name}' is not an outcome"
            self.refuse(node.value, what, "", nearest(name, [*scope.outcomes, "value", "trap"]))
        shape = {"value": ["actor", "doctrine"], "trap": ["actor"]}.get(name, ["doctrine"])
        if len(inside) > len(shape):
            form = f"{name}[{', '.join(shape)}]"
            self.refuse(node, f"'{name}' takes {len(shape)} in brackets at most", f"write {form}")
        found = [self.bracketed(*pair) for pair in zip(inside, shape, strict=False)]
        if name == "value" and len(found) == 1:
            found.append(FREE_CHOICE)
        declared = scope.outcomes.get(name, name)
        return Typed(Quantity(declared, tuple(found)), NUMBER, whole=False)

    def bracketed(self, node: ast.expr, sort: str) -> str:
        """The declared name of the doctrine or actor that stands in brackets."""
        if not isinstance(node, ast.Name):
            self.refuse(node, f"in brackets stands the name of {_ARTICLES[sort]}")
        known = self.scope.actors if sort == "actor" else self.scope.doctrines
        if node.id not in known:
            close = nearest(node.id, known)
            start, length = self.source.span(node)
            written = self.source.original[start : start + length]
            shown = known[close] if close else None
            hint = f"one of {listing(known.values())}"
            self.refuse(node, f"unknown {sort} '{written}'", hint, shown)
        return known[node.id]


def _always_whole(parameter: Parameter) -> bool:
    """A parameter that chooses between rival readings (0, 1, …) may be compared with `==`."""
    if parameter.distribution is None or parameter.distribution.kind != "discrete":
        return False
    values = dict(parameter.distribution.arguments)["values"]
    return isinstance(values, tuple) and all(float(value).is_integer() for value in values)
