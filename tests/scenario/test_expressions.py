"""Expressions mean what they say, and nothing but expressions gets in."""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.scenario import (
    Distribution,
    Expression,
    Mistake,
    Parameter,
    Place,
    Variable,
    evaluate,
)
from standoff.scenario.expression import Call, Constant, Name, Quantity
from standoff.scenario.kinds import HANDLERS
from standoff.scenario.parse import ExpressionError, parse, typed
from standoff.scenario.scope import Scope, Term, Uses

HERE = Place("x.yaml", 1, 1)
WAR = Variable("war", "ladder", ("ceasefire", "front", "siege", "open war"), 0, "", HERE)
TALKS = Variable("talks", "ladder", ("none", "front", "war"), 0, "", HERE)
CITIES = Variable("cities", "levels", tuple(map(str, range(7))), 0, "", HERE)
THREAT = Variable("nuclear threat", "flag", ("no", "yes"), 0, "", HERE)
FIGHT = Variable("siege", "levels", ("0", "1"), 0, "", HERE)  # shares its name with a rung
READING = Distribution("discrete", (("values", (0.0, 1.0)), ("weights", (0.5, 0.5))))


def parameter(name: str, distribution: Distribution | None = None) -> Parameter:
    return Parameter(name, 1.0, distribution, "", "", (), None, HERE)


def scope() -> Scope:
    made = Scope()
    for variable in (WAR, TALKS, CITIES, THREAT, FIGHT):
        made.add(variable)
    made.add(parameter("harm"))
    made.add(parameter("reading", READING))
    made.outcomes = {"nuclear_use": "nuclear use", "lost": "lost"}
    made.doctrines = {"free_choice": "free-choice", "no_war": "no-war"}
    made.actors = {"red": "red", "big_blue": "big blue"}
    return made


def read(text: str, uses: Uses = "both", wanted: Any = None) -> Expression:
    return parse(text, scope(), place=HERE, uses=uses, wanted=wanted)


def refusal(text: str, uses: Uses = "both", wanted: Any = None) -> str:
    with pytest.raises(ExpressionError) as caught:
        read(text, uses, wanted)
    assert caught.value.mistake is not None
    return caught.value.mistake.sentence


VALUES: dict[str | Quantity, Any] = {
    "war": 2.0, "talks": 1.0, "cities": 3.0, "nuclear threat": 1.0,
    "siege": 0.0, "harm": 0.5, "reading": 1.0,
}  # fmt: skip

MEANINGS = [
    ("1 + 2 * 3", 7, "number"),
    ("-2 ** 2", -4, "number"),
    ("2 ** -1", 0.5, "number"),
    ("(1 + 2) * 3", 9, "number"),
    ("7 / 2", 3.5, "number"),
    ("1 <= cities < 4", 1, "yes/no"),
    ("1 <= cities < 3", 0, "yes/no"),
    ("cities == 3", 1, "yes/no"),
    ("nuclear_threat + nuclear_threat", 2, "number"),
    ("nuclear_threat == true", 1, "yes/no"),
    ("not nuclear_threat or false", 0, "yes/no"),
    ("10 if nuclear_threat else 20", 10, "number"),
    ("reading == 1", 1, "yes/no"),
    ("war", 2, "war"),
    ("war + 1", 3, "war"),
    ("war - cities", -1, "war"),
    ("war == siege", 1, "yes/no"),
    ("siege == war", 1, "yes/no"),
    ("siege == 0", 1, "yes/no"),
    ("front < war <= open_war", 1, "yes/no"),
    ("war >= siege + 1", 0, "yes/no"),
    ("min(war, front)", 1, "war"),
    ("max(front, war + 1)", 3, "war"),
    ("war == (front if nuclear_threat else siege)", 0, "yes/no"),
    ("(front if nuclear_threat else war) < war", 1, "yes/no"),
    ("talks == front", 1, "yes/no"),
    ("talks == war", 0, "yes/no"),
    ("war == talks", 0, "yes/no"),
    ("level(war)", 2, "number"),
    ("level(war + 1) + 1", 4, "number"),
    ("level(max(war, front)) - level(talks)", 1, "number"),
    ("min(1, 2, cities)", 1, "number"),
    ("max(nuclear_threat, 0)", 1, "number"),
    ("abs(-2) + exp(0) + log(1) + sqrt(4) + logistic(0)", 5.5, "number"),
    ("  1\n  + 2 ", 3, "number"),
    ("1e-3", 0.001, "number"),
    (".5", 0.5, "number"),
]


@pytest.mark.parametrize(("text", "value", "kind"), MEANINGS)
def test_meaning(text: str, value: float, kind: str) -> None:
    """Each form of the language has the value and the kind the documentation gives it."""
    expression = read(text)
    assert evaluate(expression, VALUES) == value
    assert expression.kind == kind


def test_assigned_to_a_ladder() -> None:
    """Beside the ladder it is assigned to, a name is a rung first and a variable second."""
    assert read("siege", wanted=WAR).tree == Constant(2.0)
    assert read("siege if cities > 3 else war + 1", wanted=WAR).kind == "war"
    assert read("war", wanted=TALKS).tree == Constant(2.0)
    assert read("max(war, siege)", wanted=WAR).tree == Call("max", (Name("war"), Constant(2.0)))
    assert "takes one of its rungs" in refusal("talks", wanted=WAR)
    assert "takes one of its rungs" in refusal("3", wanted=WAR)


def test_what_is_used() -> None:
    """An expression lists what it uses by declared name, in order of first use."""
    expression = read("harm * nuclear_threat + cities * harm + (war == siege)")
    assert expression.variables == ("nuclear threat", "cities", "war")
    assert expression.parameters == ("harm",)
    assert read("cities == 1", "variables").text == "cities == 1"


def test_terms() -> None:
    """A term is put in where it is named, with its kind: numbers, answers and rungs alike."""
    names = scope()
    for name, text in (
        ("worst", "max(war, front)"),
        ("lost", "2 * cities"),
        ("hot", "war > front"),
    ):
        names.add(Term(name, typed(text, names, place=HERE)))
    assert parse("worst == siege", names, place=HERE).kind == "yes/no"
    assert parse("lost == 6 and hot", names, place=HERE).variables == ("cities", "war")
    assert evaluate(parse("worst + 1", names, place=HERE), VALUES) == 3


def test_claims() -> None:
    """In claims, brackets hold doctrines and actors as declared; none means free choice."""
    expression = read("nuclear_use[no-war] < nuclear_use + harm * value[big blue]", "claims")
    assert expression.quantities == (
        Quantity("nuclear use", ("no-war",)),
        Quantity("nuclear use", ("free-choice",)),
        Quantity("value", ("big blue", "free-choice")),
    )
    assert expression.parameters == ("harm",)
    assert expression.variables == ()
    other = read("trap[ big-blue ] > value[red , no war] and lost[free_choice] > 1", "claims")
    assert other.quantities == (
        Quantity("trap", ("big blue",)),
        Quantity("value", ("red", "no-war")),
        Quantity("lost", ("free-choice",)),
    )
    assert evaluate(other, dict.fromkeys(other.quantities, 2.0)) == 0


def test_columns() -> None:
    """The place of a mistake is that of the piece to blame, also behind letters of two bytes."""
    names = scope()
    names.add(parameter("größe"))
    for text, column in (("größe + citis", 9), ("  größe * größe + citis", 19)):
        with pytest.raises(ExpressionError) as caught:
            parse(text, names, place=Place("x.yaml", 4, 10))
        assert caught.value.mistake is not None
        assert caught.value.mistake.place == Place("x.yaml", 4, 10 + column - 1)
        assert caught.value.mistake.length == 5
        assert caught.value.mistake.nearest == "cities"


DANGEROUS = [
    "__import__('os').system('true')",
    "__import__(os)",
    "cities.__class__",
    "().__class__.__bases__",
    "(1).real",
    "lambda: 1",
    "(lambda x: x)(1)",
    "[x for x in cities]",
    "{x for x in cities}",
    "{1: 2}",
    "{1}",
    "(x for x in cities)",
    "max(x for x in cities)",
    "max(*cities)",
    "max(**cities)",
    "max(a=1, b=2)",
    "(cities := 1)",
    "f'{cities}'",
    "b'x'",
    "'x'",
    "...",
    "None",
    "1j",
    "cities[0]",
    "cities[:]",
    "war[front]",
    "(1, 2)",
    "1, 2",
    "[1]",
    "()",
    "await cities",
    "(yield)",
    "(yield from cities)",
    "cities is cities",
    "cities in cities",
    "cities @ cities",
    "~cities",
    "cities // 2",
    "cities % 2",
    "cities << 99",
    "1 if cities",
    "print(cities)",
    "eval(cities)",
    "exec(cities)",
    "open(cities)",
    "max(max)(1)",
    "max(1, 2)(3)",
    "exp(1)(2)",
    "exp()",
    "9 ** 9 ** 9 ** 9",
    "2 ** harm",
    "2 ** (1 + 1)",
    "1" * 400,
    "1e99999",
    "(" * 240 + "1" + ")" * 240,
    "(" * 90 + "1" + ")" * 89,
    "-" * 499 + "1",
    "not " * 124 + "true",
    "1" + "+1" * 249,
    "cities\x00",
    "\x00",
    "cities; cities",
    "cities\ncities",
    "import os",
    "cities = 1",
    "cities # x",
    "\\",
    "cities \\\n + 1",
    "1if cities<2else 2",
    "0or 1",
    "0x10",
    "0777",
    "1_0",
    "cities!",
    "$cities",
    "True",
    "1 < cities == 'x'",
    "“cities”",
    "\ud800",
    "",
    "   ",
    "\n",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_dangerous(text: str) -> None:
    """Whatever is not in the language is refused with a sentence, by every road into it."""
    ways: tuple[Uses, ...] = ("both", "variables", "parameters", "claims")
    for uses in ways:
        assert refusal(text, uses)


def test_no_node_slips_through() -> None:
    """Only nine kinds of Python's expressions are handled; a new Python cannot add one silently."""
    allowed = {
        "Constant", "Name", "Subscript", "BinOp", "UnaryOp", "BoolOp", "IfExp", "Compare", "Call",
    }  # fmt: skip
    assert {node.__name__ for node in HANDLERS} == allowed
    assert all(issubclass(node, ast.expr) for node in HANDLERS)


def test_terms_cannot_explode() -> None:
    """Terms within terms multiply the tree; there is a limit, and it is reached soon."""
    names = scope()
    names.add(Term("t0", typed("cities + cities", names, place=HERE)))
    for i in range(1, 7):
        text = f"t{i - 1} + t{i - 1} + t{i - 1}"
        names.add(Term(f"t{i}", typed(text, names, place=HERE)))
    with pytest.raises(ExpressionError) as caught:
        typed("t6 * t6", names, place=HERE)
    assert caught.value.mistake is not None
    assert "grows too large" in caught.value.mistake.message
    with pytest.raises(ExpressionError):  # the middle of a chain stands twice in the tree
        typed("0<(" * 70 + "cities" + ")<1" * 70, names, place=HERE)


@given(st.text(max_size=60))
@settings(max_examples=500, deadline=None)
def test_fuzz_text(text: str) -> None:
    """Any text is an expression or a mistake, and never anything else."""
    _never_crashes(text)


_pieces = (
    "cities war siege front harm reading nuclear_threat level( max( min( abs( exp( ( ) , "
    "+ - * / ** < <= == != >= and or not if else true false 1 2 0.5 [ ] value lost "
    "nuclear_use red no-war"
)
PIECES = _pieces.split()


@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.sampled_from([None, "number", "yes/no", WAR]),
)
@settings(max_examples=800, deadline=None)
def test_fuzz_pieces(text: str, wanted: Any) -> None:
    """The same for text made of the language's own words; what is accepted can be evaluated."""
    _never_crashes(text, wanted)


def _never_crashes(text: str, wanted: Any = None) -> None:
    ways: tuple[Uses, ...] = ("both", "claims")
    for uses in ways:
        mistake: Mistake | None = None
        try:
            expression = read(text, uses, wanted)
        except ExpressionError as error:
            mistake = error.mistake
        else:
            assert (
                evaluate(expression, VALUES | dict.fromkeys(expression.quantities, 1.0)).ndim == 0
            )
            continue
        assert mistake is not None
        assert mistake.message
        assert mistake.length >= 1
        assert 1 <= mistake.place.column <= len(text) + 1


# --- random trees, against an interpreter of their own ---

Tree = tuple[Any, ...]
NUMBERS = st.one_of(
    st.integers(0, 20).map(lambda n: ("number", float(n), str(n))),
    st.sampled_from([0.1, 0.25, 1.5, 1e-3]).map(lambda x: ("number", x, repr(x))),
    st.sampled_from(["cities", "harm", "reading"]).map(lambda name: ("name", name)),
)
FLAGS = st.sampled_from([("name", "nuclear threat"), ("true",), ("false",)])
RUNGS = st.sampled_from([("name", "war"), *(("rung", rung) for rung in WAR.labels)])


def trees(depth: int, kind: str) -> st.SearchStrategy[Tree]:
    """Well-typed trees: of numbers, of yes/no answers, or of rungs of `war`."""
    leaf: Any = {"number": NUMBERS, "yes/no": FLAGS, "war": RUNGS}[kind]
    if depth == 0:
        return leaf  # type: ignore[no-any-return]
    number, answer, rung = (trees(depth - 1, k) for k in ("number", "yes/no", "war"))
    choice = st.tuples(st.just("if"), answer, trees(depth - 1, kind), trees(depth - 1, kind))
    if kind == "war":
        steps = st.tuples(st.sampled_from(["step+", "step-"]), rung, st.integers(0, 3))
        return st.one_of(
            leaf, steps, st.tuples(st.sampled_from(["min", "max"]), rung, rung), choice
        )
    if kind == "yes/no":
        return st.one_of(
            leaf,
            st.tuples(st.sampled_from(["<", "<=", ">", ">="]), number, number),
            st.tuples(st.just("chain"), number, number, number),
            st.tuples(st.sampled_from(["and", "or"]), answer, answer),
            st.tuples(st.just("not"), answer),
            # beside a ladder, so that rungs are known as such
            st.tuples(st.sampled_from(["<", "==", "!="]), st.just(("name", "war")), rung),
            choice,
        )
    return st.one_of(
        leaf,
        st.tuples(st.sampled_from(["+", "-", "*", "/", "min", "max"]), number, number),
        st.tuples(st.sampled_from(["negative", "abs", "exp", "log", "sqrt", "logistic"]), number),
        st.tuples(st.just("**"), number, st.sampled_from([0, 2, 3])),
        st.tuples(st.just("+"), answer, number),
        st.tuples(st.just("level"), st.tuples(st.just("max"), st.just(("name", "war")), rung)),
        choice,
    )


def render(tree: Tree) -> str:
    head, *rest = tree
    parts = [render(part) if isinstance(part, tuple) else str(part) for part in rest]
    if head == "number":
        return str(tree[2])
    if head in ("name", "rung"):
        return str(tree[1]).replace(" ", "_")
    if head in ("true", "false"):
        return str(head)
    if head in ("min", "max", "abs", "exp", "log", "sqrt", "logistic", "level"):
        return f"{head}({', '.join(parts)})"
    if head == "if":
        return f"({parts[1]} if {parts[0]} else {parts[2]})"
    if head == "chain":
        return f"({parts[0]} <= {parts[1]} < {parts[2]})"
    if head == "not":
        return f"(not {parts[0]})"
    return (
        f"(-{parts[0]})"
        if head == "negative"
        else f"({parts[0]} {head.removeprefix('step')} {parts[1]})"
    )


def interpret(tree: Tree, values: Mapping[str | Quantity, float]) -> float:
    """The tree's value, one step at a time, without the code under test."""
    head, *rest = tree
    if head == "number":
        return float(tree[1])
    if head == "name":
        return values[tree[1]]
    if head == "rung":
        return float(WAR.labels.index(tree[1]))
    if head in ("true", "false"):
        return float(head == "true")
    if head == "if":
        return interpret(rest[1] if interpret(rest[0], values) else rest[2], values)
    a, b, c = ([interpret(p, values) if isinstance(p, tuple) else p for p in rest] + [0, 0])[:3]
    x, y = np.float64(a), np.float64(b)
    with np.errstate(all="ignore"):
        match head:
            case "+" | "step+":
                result = x + y
            case "-" | "step-":
                result = x - y
            case "*":
                result = x * y
            case "/":
                result = x / y
            case "**":
                result = np.float64(x) ** y
            case "min" | "max":
                picked = min(x, y) if head == "min" else max(x, y)
                result = np.float64(np.nan) if np.isnan(x) or np.isnan(y) else picked
            case "negative":
                result = -x
            case "abs":
                result = abs(x)
            case "exp" | "log" | "sqrt":
                result = getattr(np, head)(x)
            case "logistic":
                result = 1 / (1 + np.exp(-x))
            case "level":
                result = x
            case "and" | "or":
                result = np.float64(bool(a) and bool(b) if head == "and" else bool(a) or bool(b))
            case "not":
                result = np.float64(not a)
            case "chain":
                result = np.float64(a <= b < c)
            case _:
                result = np.float64({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b,
                                     "==": a == b, "!=": a != b}[head])  # fmt: skip
    return float(result)


STATES = st.fixed_dictionaries(
    {
        "war": st.integers(0, 3).map(float),
        "cities": st.integers(0, 6).map(float),
        "nuclear threat": st.sampled_from([0.0, 1.0]),
        "harm": st.sampled_from([0.0, 0.5, 1.75, -2.0, 1e6]),
        "reading": st.sampled_from([0.0, 1.0]),
    }
)


@given(st.one_of(trees(3, "number"), trees(3, "yes/no")), st.lists(STATES, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_random_trees(tree: Tree, states: list[dict[str | Quantity, float]]) -> None:
    """Well-typed trees are accepted, and their values are those of an independent interpreter.

    All states at once, as arrays, give what each gives alone.
    """
    text = render(tree)
    if len(text) > 500:
        return
    expression = read(text)
    expected = [interpret(tree, state) for state in states]
    alone = [evaluate(expression, state) for state in states]
    np.testing.assert_allclose(alone, expected, rtol=1e-9, atol=1e-12)
    together: dict[str | Quantity, Any] = {
        name: np.array([state[name] for state in states]) for name in states[0]
    }
    at_once = np.broadcast_to(evaluate(expression, together), len(states))
    np.testing.assert_allclose(at_once, expected, rtol=1e-9, atol=1e-12)


def test_broadcasting() -> None:
    """Arrays of different shapes broadcast through every operation, `and` and `or` included."""
    expression = read("(cities > 2 and harm < 1 or nuclear_threat) + (1 if cities > 3 else harm)")
    values: dict[str | Quantity, Any] = {
        "cities": np.arange(5.0)[:, None],
        "harm": np.array([0.5, 2.0, 0.1]),
        "nuclear threat": 0.0,
    }
    result = evaluate(expression, values)
    assert result.shape == (5, 3)
    for i in range(5):
        for j in range(3):
            cities, harm = float(i), values["harm"][j]
            expected = (cities > 2 and harm < 1) + (1 if cities > 3 else harm)
            assert result[i, j] == expected
