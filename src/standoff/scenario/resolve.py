"""What a name in an expression stands for, beside its ladder and in its place in the file."""

from __future__ import annotations

import ast
from typing import NoReturn

from standoff.reading import listing, nearest
from standoff.scenario import syntax
from standoff.scenario.expression import Belief, Constant, Name, Quantity, Trait
from standoff.scenario.names import DECIDED, FUNCTIONS, OF_TYPES, canonical
from standoff.scenario.scenario import FREE_CHOICE, Parameter, Variable
from standoff.scenario.scope import (
    NUMBER,
    YES_NO,
    Scope,
    Term,
    Typed,
    Uses,
    leaves,
    rung_position,
)
from standoff.scenario.syntax import RefusedError

_MAY_USE = {
    "parameters": "only parameters may be used here",
    "claims": "a claim is made of outcomes, values, traps, beliefs and parameters",
}
_VARIABLES_ONLY = "guards, effects and conditions may use variables only"
_NO_TYPES = {
    "variables": "guards, effects and conditions may not use types: what can happen is public",
    "parameters": _MAY_USE["parameters"],
    "both": "probabilities may not use types: chance is the same for all of them",
    "costs": "a cost may depend on its payer's own type only; what depends on the types of others "
    "belongs in 'payoff' or 'final'",
    "outcomes": "outcomes may not use types, only what is believed of them: {belief}",
    "claims": "claims may not use types, only what is believed of them: {belief}",
}
_NO_BELIEFS = {
    "variables": "guards, effects and conditions may not use beliefs: what an actor may do is the "
    "same whatever is believed",
    "parameters": _MAY_USE["parameters"],
    "both": "probabilities may not use beliefs: chance is the same whatever is believed",
    "payoffs": "payoffs may not use beliefs: what an actor wants is the same whatever is believed",
    "costs": "costs may not use beliefs: what an actor wants is the same whatever is believed",
    "claims": "a claim compares expectations: write the belief itself, or make the term an outcome",
}
_ARTICLES = {"actor": "an actor", "doctrine": "a doctrine"}


class FaultyTermError(Exception):
    """Raised at the use of a term that has been complained about where it stands."""


class Resolver:
    """Finds what names mean. `ladder` is the one beside which a name stands, or None.

    `own` is the actor whose types bare names are, or None.
    """

    def __init__(
        self, source: syntax.Source, scope: Scope, uses: Uses, own: str | None = None
    ) -> None:
        self.source, self.scope, self.uses, self.own = source, scope, uses, own

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
        """A name: rung, outcome, type of one's own, term, parameter or variable, in this order."""
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
        if self.own is not None and name in (types := self.scope.types.get(self.own, {})):
            trait = Trait(self.own, types[name])
            if reason := self.against_type(trait):
                self.refuse(node, f"'{trait.type}' is a type of '{trait.actor}'", reason)
            return Typed(trait, YES_NO)
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
        for leaf in leaves(inside):
            reason = ""
            if isinstance(leaf, Trait):
                reason = self.against_type(leaf)
            elif isinstance(leaf, Belief) and self.uses not in ("outcomes", "terms"):
                reason = _NO_BELIEFS[self.uses]
            if reason:
                self.refuse(node, f"term '{term.name}' uses {_written(leaf)}", reason)
        return term.part

    def against_type(self, trait: Trait) -> str:
        """Why this type may not be used here; empty where it may."""
        own = self.uses == "costs" and trait.actor == self.own
        if own or self.uses in ("payoffs", "terms"):
            return ""
        return _NO_TYPES[self.uses].format(belief=_written(Belief(trait.actor, trait.type)))

    def unknown(self, node: ast.Name, ladder: Variable | None) -> NoReturn:
        """Refuses a name that nothing has, with the likeliest advice."""
        name, scope = node.id, self.scope
        if name in FUNCTIONS:
            self.refuse(node, f"'{name}' is a function", f"write {name}(…)")
        if name in OF_TYPES:
            self.refuse(node, f"'{name}' asks of an actor", f"write {name}(actor, type)")
        if name == DECIDED:
            hint = "it is the council's decision, and only the trigger of a treaty knows it"
            self.refuse(node, f"unknown name '{name}'", hint)
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
        if holders := scope.holders(name):
            trait = Trait(holders[0], scope.types[holders[0]][name])
            reason = self.against_type(trait) or f"write {_written(trait)}"
            self.refuse(node, f"'{trait.type}' is a type of '{trait.actor}'", reason)
        if name.casefold() in ("yes", "no", "on", "off", "none"):
            self.refuse(node, f"unknown name '{name}'", "a yes/no answer is written true or false")
        self.split(node)
        known = ["true", "false"]
        for key, declared in scope.names.items():
            fits = self.uses not in ("variables", "parameters") or isinstance(declared, Term)
            if fits or isinstance(declared, Variable) == (self.uses == "variables"):
                known.append(key)
        if self.uses == "claims":
            known = [k for k in known if not isinstance(scope.names.get(k), Variable)]
            known += scope.outcomes
        if self.uses in ("payoffs", "costs") and self.own is not None:
            known += scope.types.get(self.own, {})
        if ladder is not None:
            rungs = [canonical(rung) for rung in ladder.labels]
            hint = f"the rungs of '{ladder.name}' are {listing(ladder.labels)}"
            self.refuse(node, f"unknown name '{name}'", hint, nearest(name, [*rungs, *known]))
        self.refuse(node, f"unknown name '{name}'", "", nearest(name, known))

    def split(self, node: ast.Name) -> None:
        """Refuses the first half of a name that was written with its hyphens."""
        start, _ = self.source.span(node)
        declared = [item.name for item in self.scope.names.values()]
        types = self.scope.types.get(self.own or "", {}).values()
        for name in [*declared, *types, *self.scope.outcomes.values()]:
            if "-" in name and self.source.original.startswith(name, start):
                hint = f"inside an expression '{name}' is written '{canonical(name)}'"
                raise RefusedError("a name cannot have hyphens here", start, len(name), hint)

    def subscript(self, node: ast.Subscript, ladder: Variable | None) -> Typed:
        """An outcome, value, trap or belief with its brackets."""
        if self.uses != "claims":
            self.refuse(node, "square brackets cannot stand here", "they belong in claims")
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        match node.value:
            case ast.Call(func=ast.Name(id="belief")):
                if len(inside) > 1:
                    hint = "write belief(actor, type)[doctrine]"
                    self.refuse(node, "'belief' takes 1 in brackets at most", hint)
                return self.of_type(node.value, "belief", self.bracketed(inside[0], "doctrine"))
        if not isinstance(node.value, ast.Name):
            self.refuse(node, "brackets belong to an outcome, value, trap or belief")
        name, scope = node.value.id, self.scope
        if name in OF_TYPES:
            self.refuse(node.value, f"'{name}' asks of an actor", f"write {name}(actor, type)")
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

    def of_type(self, node: ast.Call, name: str, doctrine: str = FREE_CHOICE) -> Typed:
        """`type(actor, type)` or `belief(actor, type)`; in claims, of the end under a doctrine."""
        form = f"write {name}(actor, type)"
        if len(node.args) != 2 or node.keywords:
            found = len(node.args)
            self.refuse(node, f"'{name}' takes an actor and one of its types, found {found}", form)
        actor = self.named(node.args[0], self.scope.actors, "actor", form)
        types = self.scope.types.get(actor, {})
        if not types:
            typed = [other for other, has in self.scope.types.items() if has]
            hint = f"these have: {listing(typed)}" if typed else "nobody has; write 'types' for it"
            self.refuse(node.args[0], f"actor '{actor}' has no types", hint)
        trait = Trait(actor, self.named(node.args[1], types, f"type of '{actor}'", form))
        if name == "type":
            if reason := self.against_type(trait):
                self.refuse(node, f"this is private to '{actor}'", reason)
            return Typed(trait, YES_NO)
        belief = Belief(actor, trait.type)
        if self.uses == "claims":
            quantity = Quantity("belief", (actor, trait.type, doctrine))
            return Typed(quantity, NUMBER, whole=False)
        if self.uses not in ("outcomes", "terms"):
            self.refuse(node, "a belief cannot stand here", _NO_BELIEFS[self.uses])
        return Typed(belief, NUMBER, whole=False)

    def named(self, node: ast.expr, known: dict[str, str], sort: str, form: str) -> str:
        """The declared name of what stands in the parentheses of `type` and `belief`."""
        start, length = self.source.span(node)
        written = self.source.original[start : start + length]
        if not isinstance(node, ast.Name):
            if canonical(written) in known:
                form = f"inside an expression '{written}' is written '{canonical(written)}'"
                self.refuse(node, "a name cannot have hyphens here", form)
            self.refuse(node, "expected the name of an actor and of one of its types", form)
        if node.id not in known:
            close = nearest(node.id, known)
            hint = f"one of {listing(known)}" if known else "there are none"
            self.refuse(node, f"unknown {sort} '{written}'", hint, close)
        return known[node.id]


def _written(leaf: object) -> str:
    """A type or belief as it is written in an expression."""
    match leaf:
        case Trait(actor, trait):
            return f"type({canonical(actor)}, {canonical(trait)})"
        case Belief(actor, trait):
            return f"belief({canonical(actor)}, {canonical(trait)})"
    return ""


def _always_whole(parameter: Parameter) -> bool:
    """A parameter that chooses between rival readings (0, 1, …) may be compared with `==`."""
    if parameter.distribution is None or parameter.distribution.kind != "discrete":
        return False
    values = dict(parameter.distribution.arguments)["values"]
    return isinstance(values, tuple) and all(float(value).is_integer() for value in values)
