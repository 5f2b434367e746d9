"""Expression text to a checked `Expression`: an allow-list over Python's syntax tree, with kinds.

Nothing is evaluated. A number, a yes/no answer and a rung of a ladder are different things; what
may be put together is decided here, before anything runs, and every refusal points at the piece to
blame.
"""

from __future__ import annotations

import ast
from typing import Any, NoReturn

from standoff.scenario import syntax
from standoff.scenario.expression import Call, Constant, Expression, Name, Place, Quantity
from standoff.scenario.mistake import Mistake, listing, nearest
from standoff.scenario.names import FUNCTIONS, canonical
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

_ARTICLES = {"actor": "an actor", "doctrine": "a doctrine"}

LARGEST = 3000
"""Parts a tree may have once its terms are put in."""

_ARITHMETIC: dict[type, Any] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type, Any] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_MAY_USE = {
    "variables": "only variables may be used here",
    "parameters": "only parameters may be used here",
    "claims": "a claim is made of outcomes, values, traps and parameters",
}


class ExpressionError(Exception):
    """Raised when an expression is mistaken.

    `mistake` is None where the fault lies in a term it uses.
    """

    def __init__(self, mistake: Mistake | None) -> None:
        super().__init__(mistake)
        self.mistake = mistake


class _FaultyTermError(Exception):
    """Raised at the use of a term that has been complained about where it stands."""


def parse(
    text: str,
    scope: Scope,
    *,
    place: Place,
    uses: Uses = "both",
    wanted: str | Variable | None = None,
    exact: bool = True,
) -> Expression:
    """Reads and checks one expression.

    `wanted` is "number" (yes/no counts as 1 and 0), "yes/no", a variable to which the value is
    assigned, or None for any kind. `exact` says that columns in the file follow from columns in the
    text. Raises `ExpressionError`.
    """
    part = typed(text, scope, place=place, uses=uses, wanted=wanted, exact=exact)
    return Expression(
        text=text,
        place=place,
        kind=part.kind,
        tree=part.node,
        variables=tuple(scope.variables_in(part.node)),
        parameters=tuple(scope.parameters_in(part.node)),
        quantities=tuple(dict.fromkeys(q for q in leaves(part.node) if isinstance(q, Quantity))),
    )


def typed(
    text: str,
    scope: Scope,
    *,
    place: Place,
    uses: Uses = "both",
    wanted: str | Variable | None = None,
    exact: bool = True,
) -> Typed:
    """As `parse`, but what comes out can be put into other expressions: the body of a term."""
    declared = [item.name for item in scope.names.values()]
    for item in scope.names.values():
        declared += item.labels if isinstance(item, Variable) else ()
    ladder = wanted if isinstance(wanted, Variable) and wanted.kind == "ladder" else None
    try:
        source = syntax.read(text, [*declared, *scope.outcomes.values()])
        checker = _Checker(source, scope, uses)
        part = checker.part(source.tree, ladder)
        checker.fit(part, source.tree, wanted)
    except _FaultyTermError:
        raise ExpressionError(None) from None
    except RefusedError as refused:
        start = refused.start if exact else 0
        length = refused.length if exact else max(len(text.split("\n")[0]), 1)
        where = Place(place.file, place.line, place.column + start)
        found = Mistake(where, length, refused.message, refused.hint, refused.nearest)
        raise ExpressionError(found) from None
    return part


class _Checker:
    """Walks a syntax tree. `ladder` is the one beside which a part stands, or None."""

    def __init__(self, source: syntax.Source, scope: Scope, uses: Uses) -> None:
        self.source, self.scope, self.uses = source, scope, uses

    def part(self, node: ast.expr, ladder: Variable | None = None) -> Typed:
        """Checks one part of the expression."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            self.refuse(node, "this is not part of the language of expressions")
        part: Typed = handler(self, node, ladder)
        if part.size > LARGEST or part.depth > syntax.DEEPEST:
            self.refuse(
                node, "this grows too large once its terms are put in", "use fewer terms in terms"
            )
        return part

    def refuse(
        self, node: ast.expr, message: str, hint: str = "", nearest: str | None = None
    ) -> NoReturn:
        """Refuses, and points at `node`."""
        start, length = self.source.span(node)
        raise RefusedError(message, start, length, hint, nearest)

    def fit(self, part: Typed, node: ast.expr, wanted: str | Variable | None) -> None:
        """Refuses a whole expression that is not of the kind its place wants."""
        if wanted == NUMBER and part.is_rung:
            self.refuse(
                node,
                f"expected a number, found {_kind(part)}",
                f"say level({canonical(part.kind)}) if you mean it",
            )
        if wanted == YES_NO and part.kind != YES_NO:
            self.refuse(node, f"expected a yes/no answer, found {_kind(part)}", _ask(part))
        if not isinstance(wanted, Variable):
            return
        if wanted.kind == "ladder" and part.kind != wanted.name:
            rungs = listing(wanted.labels)
            self.refuse(
                node,
                f"'{wanted.name}' takes one of its rungs, found {_kind(part)}",
                f"one of {rungs}",
            )
        if wanted.kind == "flag" and part.kind != YES_NO:
            self.refuse(
                node,
                f"'{wanted.name}' is a flag, found {_kind(part)}",
                "expected true, false or a yes/no answer",
            )
        if wanted.kind == "levels" and part.kind != NUMBER:
            self.refuse(node, f"'{wanted.name}' takes a number, found {_kind(part)}")
        if wanted.kind == "levels" and not part.whole:
            self.refuse(node, f"'{wanted.name}' takes whole numbers, and this may be a fraction")

    # --- names and numbers ---

    def constant(self, node: ast.Constant, ladder: Variable | None) -> Typed:
        value = node.value
        if isinstance(value, bool):
            self.refuse(node, f"unknown name '{value}'", nearest=str(value).lower())
        if not isinstance(value, (int, float)):
            self.refuse(node, "this is not part of the language of expressions")
        if value > 1e300 or (isinstance(value, int) and value >= 10**15):
            self.refuse(node, "this number is too large", "write a large number as 1e15")
        return Typed(Constant(float(value)), NUMBER, whole=float(value).is_integer())

    def name(self, node: ast.Name, ladder: Variable | None) -> Typed:
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
            hint = "guards, effects and conditions may use variables only"
            self.refuse(node, f"'{declared.name}' is a parameter", hint)
        if isinstance(declared, Variable) and self.uses in ("parameters", "claims"):
            self.refuse(node, f"'{declared.name}' is a variable", _MAY_USE[self.uses])

    def term(self, node: ast.Name, term: Term) -> Typed:
        """Puts a term in where it is named."""
        if term.part is None:
            raise _FaultyTermError
        inside = term.part.node
        if self.uses == "variables" and (used := self.scope.parameters_in(inside)):
            hint = "guards, effects and conditions may use variables only"
            self.refuse(node, f"term '{term.name}' uses the parameter '{used[0]}'", hint)
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

    # --- operations ---

    def arithmetic(self, node: ast.BinOp, ladder: Variable | None) -> Typed:
        if isinstance(node.op, ast.Pow):
            return self.power(node)
        function = _ARITHMETIC.get(type(node.op))
        if function is None:
            self.refuse(node, "this is not part of the language of expressions")
        left = self.part(node.left, ladder or self.ladder_of(node.left))
        if left.is_rung:
            return self.step(node, function, left)
        right = self.part(node.right, self.ladder_of(node.right))
        if right.is_rung:
            ladder_name = canonical(right.kind)
            hint = f"write '{ladder_name} + 1', the ladder first, or level({ladder_name})"
            self.refuse(node.right, f"{_kind(right)} is not a number", hint)
        whole = left.whole and right.whole and function != "/"
        return _call(function, [left, right], NUMBER, whole)

    def step(self, node: ast.BinOp, function: Any, left: Typed) -> Typed:
        """A ladder plus or minus a whole number."""
        if function not in ("+", "-"):
            hint = f"its distances mean nothing; say level({canonical(left.kind)}) if you mean it"
            self.refuse(node.left, f"{_kind(left)} is not a number", hint)
        beside = self.ladder_of(node.right)
        if isinstance(node.right, ast.Name) and node.right.id not in self.scope.names:
            beside = self.scope.ladder(canonical(left.kind))  # so that a rung is known as one
        right = self.part(node.right, beside)
        if right.is_rung:
            hint = f"distances between rungs mean nothing; say level({canonical(left.kind)})"
            self.refuse(node, "a rung cannot be added to or taken from a rung", hint)
        used = self.scope.parameters_in(right.node)
        if used or not right.whole:
            what = f"the parameter '{used[0]}'" if used else "what may be a fraction"
            self.refuse(node.right, f"a ladder moves by whole steps, not by {what}")
        return _call(function, [left, right], left.kind, True)

    def power(self, node: ast.BinOp) -> Typed:
        base = self.number(node.left, "'**'")
        exponent = self.part(node.right) if _is_literal(node.right) else None
        if exponent is None or not isinstance(exponent.node, Constant):
            self.refuse(node.right, "an exponent is a written-out number", "as in x ** 2")
        whole = base.whole and exponent.whole and exponent.node.value >= 0
        return _call("**", [base, exponent], NUMBER, whole)

    def unary(self, node: ast.UnaryOp, ladder: Variable | None) -> Typed:
        if isinstance(node.op, ast.Not):
            return _call("not", [self.answer(node.operand, "'not'")], YES_NO, True)
        if not isinstance(node.op, (ast.USub, ast.UAdd)):
            self.refuse(node, "this is not part of the language of expressions")
        inside = self.number(node.operand, "a sign")
        if isinstance(node.op, ast.UAdd):
            return _call("+", [Typed(Constant(0.0), NUMBER), inside], NUMBER, inside.whole)
        if isinstance(inside.node, Constant):
            return Typed(Constant(-inside.node.value), NUMBER, inside.whole)
        return _call("negative", [inside], NUMBER, inside.whole)

    def answers(self, node: ast.BoolOp, ladder: Variable | None) -> Typed:
        function: Any = "and" if isinstance(node.op, ast.And) else "or"
        return _call(
            function, [self.answer(part, f"'{function}'") for part in node.values], YES_NO, True
        )

    def choice(self, node: ast.IfExp, ladder: Variable | None) -> Typed:
        condition = self.answer(node.test, "'if'")
        ladder = ladder or self.ladder_of(node.body) or self.ladder_of(node.orelse)
        first, second = self.part(node.body, ladder), self.part(node.orelse, ladder)
        if first.kind != second.kind and (first.is_rung or second.is_rung):
            what = f"this gives {_kind(first)} or {_kind(second)}"
            self.refuse(node, what, "both sides of an 'if' must be of one kind")
        kind = first.kind if first.kind == second.kind else NUMBER
        return _call("if", [condition, first, second], kind, first.whole and second.whole)

    def comparison(self, node: ast.Compare, ladder: Variable | None) -> Typed:
        operands = [node.left, *node.comparators]
        beside = self.ladder_beside(operands)
        parts = [self.part(operand, beside) for operand in operands]
        pairs = []
        for i, operation in enumerate(node.ops):
            function = _COMPARISONS.get(type(operation))
            if function is None:
                self.refuse(node, "this is not part of the language of expressions")
            self.comparable(node, parts[i], parts[i + 1], function)
            pairs.append(_call(function, [parts[i], parts[i + 1]], YES_NO, True))
        return pairs[0] if len(pairs) == 1 else _call("and", pairs, YES_NO, True)

    def comparable(self, node: ast.expr, left: Typed, right: Typed, function: str) -> None:
        """Refuses to compare what cannot be compared."""
        if left.kind != right.kind and (left.is_rung or right.is_rung):
            rung, other = (left, right) if left.is_rung else (right, left)
            ladder = self.scope.ladder(canonical(rung.kind))
            rungs = listing(ladder.labels) if ladder else ""
            hint = f"compare '{rung.kind}' with its rungs ({rungs})"
            if not other.is_rung:
                hint += f", or say level({canonical(rung.kind)})"
            self.refuse(node, f"{_kind(rung)} cannot be compared with {_kind(other)}", hint)
        if function in ("==", "!=") and not (left.whole and right.whole):
            hint = "fractions are hardly ever exactly equal; use <, <=, > or >="
            self.refuse(node, f"'{function}' is for whole numbers, rungs and yes/no answers", hint)

    def call(self, node: ast.Call, ladder: Variable | None) -> Typed:
        if not isinstance(node.func, ast.Name):
            self.refuse(node, "only functions can be called", "multiplication is written '*'")
        name: Any = node.func.id
        if name not in FUNCTIONS:
            close = nearest(name, FUNCTIONS)
            if name in self.scope.names:
                hint = "multiplication is written '*'"
                self.refuse(node.func, f"'{name}' is not a function", hint)
            self.refuse(
                node.func, f"unknown function '{name}'", f"one of {listing(FUNCTIONS)}", close
            )
        if name in ("min", "max"):
            return self.extreme(node, name, ladder)
        if len(node.args) != 1:
            self.refuse(node, f"'{name}' takes one number, found {len(node.args)}")
        if name == "level":
            inside = self.part(node.args[0], self.ladder_of(node.args[0]))
            if not inside.is_rung:
                self.refuse(node.args[0], f"'level' takes a ladder, found {_kind(inside)}")
            return Typed(inside.node, NUMBER, True, inside.size, inside.depth)
        inside = self.number(node.args[0], f"'{name}'")
        return _call(name, [inside], NUMBER, name == "abs" and inside.whole)

    def extreme(self, node: ast.Call, name: Any, ladder: Variable | None) -> Typed:
        if len(node.args) < 2:
            self.refuse(node, f"'{name}' takes two or more, found {len(node.args)}")
        beside = ladder or self.ladder_beside(node.args)
        parts = [self.part(argument, beside) for argument in node.args]
        kinds = {part.kind for part in parts}
        rungs = [part for part in parts if part.is_rung]
        if rungs and len(kinds) > 1:
            other = next(part for part in parts if part.kind != rungs[0].kind)
            what = f"'{name}' cannot mix {_kind(rungs[0])} with {_kind(other)}"
            self.refuse(node, what, "all must be rungs of one ladder, or all numbers")
        kind = rungs[0].kind if rungs else NUMBER
        return _call(name, parts, kind, all(part.whole for part in parts))

    # --- kinds ---

    def number(self, node: ast.expr, asker: str) -> Typed:
        """A part that must be a number; yes/no counts."""
        part = self.part(node, self.ladder_of(node))
        if part.is_rung:
            hint = f"say level({canonical(part.kind)}) if you mean its position"
            self.refuse(node, f"{asker} takes a number, found {_kind(part)}", hint)
        return part

    def answer(self, node: ast.expr, asker: str) -> Typed:
        """A part that must be a yes/no answer."""
        part = self.part(node, self.ladder_of(node))
        if part.kind != YES_NO:
            self.refuse(node, f"{asker} takes a yes/no answer, found {_kind(part)}", _ask(part))
        return part

    def ladder_of(self, node: ast.expr) -> Variable | None:
        """The ladder whose rungs this part gives, found without resolving any rung."""
        while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            node = node.left
        if isinstance(node, ast.Name):
            declared = self.scope.names.get(node.id)
            if isinstance(declared, Term) and declared.part is not None and declared.part.is_rung:
                return self.scope.ladder(canonical(declared.part.kind))
            return self.scope.ladder(node.id)
        if isinstance(node, ast.IfExp):
            return self.ladder_of(node.body) or self.ladder_of(node.orelse)
        match node:
            case ast.Call(func=ast.Name(id="min" | "max"), args=arguments):
                return self.ladder_beside(arguments)
        return None

    def ladder_beside(self, operands: list[ast.expr]) -> Variable | None:
        """The ladder that stands in a comparison or in `min` and `max`.

        Where a ladder bears the name of another's rung there are two; the one that has it as a rung
        is meant.
        """
        ladders = [ladder for node in operands if (ladder := self.ladder_of(node)) is not None]
        for ladder in ladders:
            if all(
                self.ladder_of(node) in (ladder, None)
                or (isinstance(node, ast.Name) and rung_position(ladder, node.id) is not None)
                for node in operands
            ):
                return ladder
        return ladders[0] if ladders else None


_HANDLERS: dict[type, Any] = {
    ast.Constant: _Checker.constant,
    ast.Name: _Checker.name,
    ast.Subscript: _Checker.subscript,
    ast.BinOp: _Checker.arithmetic,
    ast.UnaryOp: _Checker.unary,
    ast.BoolOp: _Checker.answers,
    ast.IfExp: _Checker.choice,
    ast.Compare: _Checker.comparison,
    ast.Call: _Checker.call,
}


def _call(function: Any, parts: list[Typed], kind: str, whole: bool) -> Typed:
    node = Call(function, tuple(part.node for part in parts))
    size = 1 + sum(part.size for part in parts)
    return Typed(node, kind, whole, size, 1 + max(part.depth for part in parts))


def _kind(part: Typed) -> str:
    if part.is_rung:
        return f"a rung of '{part.kind}'"
    return "a yes/no answer" if part.kind == YES_NO else "a number"


def _ask(part: Typed) -> str:
    return "compare it with one of its rungs" if part.is_rung else "compare it with a number"


def _is_literal(node: ast.expr) -> bool:
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        node = node.operand
    return isinstance(node, ast.Constant)


def _always_whole(parameter: Parameter) -> bool:
    """A parameter that chooses between rival readings (0, 1, …) may be compared with `==`."""
    if parameter.distribution is None or parameter.distribution.kind != "discrete":
        return False
    values = dict(parameter.distribution.arguments)["values"]
    return isinstance(values, tuple) and all(float(value).is_integer() for value in values)
