"""What may be put together in an expression: numbers, yes/no answers and rungs of ladders.

An allow-list over Python's syntax tree: what has no handler here is not in the language.
"""

from __future__ import annotations

import ast
from typing import Any

from standoff.reading import listing, nearest
from standoff.scenario import syntax
from standoff.scenario.expression import Call, Constant
from standoff.scenario.names import FUNCTIONS, OF_TYPES, canonical
from standoff.scenario.resolve import Resolver
from standoff.scenario.scenario import Variable
from standoff.scenario.scope import NUMBER, YES_NO, Term, Typed, rung_position

LARGEST = 3000
"""Parts a tree may have once its terms are put in."""

_ARITHMETIC: dict[type, Any] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type, Any] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


class Checker(Resolver):
    """Walks a syntax tree. `ladder` is the one beside which a part stands, or None."""

    def part(self, node: ast.expr, ladder: Variable | None = None) -> Typed:
        """Checks one part of the expression."""
        handler = HANDLERS.get(type(node))
        if handler is None:
            self.refuse(node, "this is not part of the language of expressions")
        part: Typed = handler(self, node, ladder)
        if part.size > LARGEST or part.depth > syntax.DEEPEST:
            self.refuse(
                node, "this grows too large once its terms are put in", "use fewer terms in terms"
            )
        return part

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

    def arithmetic(self, node: ast.BinOp, ladder: Variable | None) -> Typed:
        """Plus, minus, times, divided by; a ladder only takes steps."""
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
        """A power with a written-out exponent."""
        base = self.number(node.left, "'**'")
        exponent = self.part(node.right) if _is_literal(node.right) else None
        if exponent is None or not isinstance(exponent.node, Constant):
            self.refuse(node.right, "an exponent is a written-out number", "as in x ** 2")
        whole = base.whole and exponent.whole and exponent.node.value >= 0
        return _call("**", [base, exponent], NUMBER, whole)

    def unary(self, node: ast.UnaryOp, ladder: Variable | None) -> Typed:
        """A sign, or `not`."""
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
        """`and` and `or`."""
        function: Any = "and" if isinstance(node.op, ast.And) else "or"
        return _call(
            function, [self.answer(part, f"'{function}'") for part in node.values], YES_NO, True
        )

    def choice(self, node: ast.IfExp, ladder: Variable | None) -> Typed:
        """`a if condition else b`, of one kind on both sides."""
        condition = self.answer(node.test, "'if'")
        ladder = ladder or self.ladder_of(node.body) or self.ladder_of(node.orelse)
        first, second = self.part(node.body, ladder), self.part(node.orelse, ladder)
        if first.kind != second.kind and (first.is_rung or second.is_rung):
            what = f"this gives {_kind(first)} or {_kind(second)}"
            self.refuse(node, what, "both sides of an 'if' must be of one kind")
        kind = first.kind if first.kind == second.kind else NUMBER
        return _call("if", [condition, first, second], kind, first.whole and second.whole)

    def comparison(self, node: ast.Compare, ladder: Variable | None) -> Typed:
        """A comparison, or a chain of them."""
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
        """A function."""
        if not isinstance(node.func, ast.Name):
            self.refuse(node, "only functions can be called", "multiplication is written '*'")
        name: Any = node.func.id
        if name in OF_TYPES:
            return self.of_type(node, name)
        if name not in FUNCTIONS:
            close = nearest(name, [*FUNCTIONS, *OF_TYPES])
            if name in self.scope.names:
                hint = "multiplication is written '*'"
                self.refuse(node.func, f"'{name}' is not a function", hint)
            self.refuse(
                node.func, f"unknown function '{name}'", f"one of {listing(FUNCTIONS)}", close
            )
        if name in ("min", "max"):
            return self.extreme(node, name, ladder)
        if name == "carried":
            return self.carried(node)
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
        """`min` and `max`, of numbers or of rungs of one ladder."""
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

    def carried(self, node: ast.Call) -> Typed:
        """`carried`: whether so large a share of so many agree."""
        if len(node.args) != 3 or node.keywords:
            what = f"'carried' takes three numbers, found {len(node.args)}"
            self.refuse(node, what, "write carried(chance that all agree, blocs, share needed)")
        parts = [self.number(argument, "'carried'") for argument in node.args]
        if not parts[1].whole:
            what = "the blocs of 'carried' are counted, and this may be a fraction"
            self.refuse(node.args[1], what, "give it whole values, as {kind: discrete, …}")
        return _call("carried", parts, NUMBER, False)

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


HANDLERS: dict[type, Any] = {
    ast.Constant: Checker.constant,
    ast.Name: Checker.name,
    ast.Subscript: Checker.subscript,
    ast.BinOp: Checker.arithmetic,
    ast.UnaryOp: Checker.unary,
    ast.BoolOp: Checker.answers,
    ast.IfExp: Checker.choice,
    ast.Compare: Checker.comparison,
    ast.Call: Checker.call,
}
"""All of Python that is in the language."""


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
