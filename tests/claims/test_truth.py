"""Three-valued truth: Kleene's tables, ties, and what numerical error leaves open."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from standoff.claims import Truth, judge_expression
from standoff.claims.truth import RELATIVE_ERROR
from standoff.explore import Study, run
from standoff.scenario import (
    Call,
    Constant,
    Expression,
    Name,
    Node,
    Place,
    Quantity,
    loads,
    starter,
)

TRUE, OPEN, FALSE = 1, 0, -1
Q = {name: Quantity(name, ("free-choice",)) for name in "abc"}
ERROR = 0.01


def call(function: str, *arguments: Node) -> Call:
    return Call(function, arguments)  # type: ignore[arg-type]


def quantities(node: Node) -> tuple[Quantity, ...]:
    if isinstance(node, Quantity):
        return (node,)
    parts = node.arguments if isinstance(node, Call) else ()
    return tuple(dict.fromkeys(q for part in parts for q in quantities(part)))


def judged(tree: Node, error: float = ERROR, futures: int = 1, **values: float) -> Truth:
    """The truth of a tree over quantities a, b, c and parameters of other names."""
    expression = Expression("…", Place("f", 1, 1), "yes/no", tree, (), (), quantities(tree))
    known: dict[str | Quantity, Any] = {
        Q.get(name, name): np.asarray(value) for name, value in values.items()
    }
    return judge_expression(expression, known, futures, error)


def verdict(tree: Node, error: float = ERROR, **values: float) -> int:
    return int(judged(tree, error, 1, **values).verdict[0])


def question(name: str) -> Call:
    """`x > 100`: true at 200, false at 0, open at 100.5."""
    return call(">", Q[name], Constant(100))


VALUE = {TRUE: 200.0, OPEN: 100.5, FALSE: 0.0}


@pytest.mark.parametrize(("a", "b"), list(product(VALUE, repeat=2)))
def test_and_or_not_are_kleenes(a: int, b: int) -> None:
    """Strong Kleene logic (Kleene 1952, § 64): `and` the least, `or` the greatest."""
    values = {"a": VALUE[a], "b": VALUE[b]}
    assert verdict(call("and", question("a"), question("b")), **values) == min(a, b)
    assert verdict(call("or", question("a"), question("b")), **values) == max(a, b)
    assert verdict(call("not", question("a")), **values) == -a


@pytest.mark.parametrize(("a", "b", "c"), list(product(VALUE, repeat=3)))
def test_if_is_open_only_where_it_makes_a_difference(a: int, b: int, c: int) -> None:
    """With the condition open, what holds either way holds (Kleene's implication likewise)."""
    tree = call("if", question("a"), question("b"), question("c"))
    expected = {TRUE: b, FALSE: c, OPEN: b if b == c else OPEN}[a]
    assert verdict(tree, a=VALUE[a], b=VALUE[b], c=VALUE[c]) == expected


@pytest.mark.parametrize(
    ("function", "less", "equal", "more"),
    [
        ("<", TRUE, FALSE, FALSE),
        ("<=", TRUE, TRUE, FALSE),
        (">", FALSE, FALSE, TRUE),
        (">=", FALSE, TRUE, TRUE),
        ("==", FALSE, TRUE, FALSE),
        ("!=", TRUE, FALSE, TRUE),
    ],
)
def test_comparisons(function: str, less: int, equal: int, more: int) -> None:
    """Exactly equal sides are equal; sides nearer than the error are open; others are decided."""
    tree = call(function, Q["a"], Q["b"])
    assert verdict(tree, a=1, b=2) == less
    assert verdict(tree, a=2, b=2) == equal
    assert verdict(tree, a=2, b=1) == more
    assert verdict(tree, a=1, b=1.005) == OPEN


def test_the_margin_says_by_how_much() -> None:
    """Above 0 where the claim holds, below where it fails, in the units compared."""
    assert judged(call("<", Q["a"], Q["b"]), a=1, b=3).margin[0] == 2
    assert judged(call(">=", Q["a"], Q["b"]), a=1, b=3).margin[0] == -2
    assert judged(call("<", Q["a"], Q["b"]), a=3, b=3).margin[0] == 0
    both = call("and", call(">", Q["a"], Constant(0)), call(">", Q["b"], Constant(0)))
    assert judged(both, a=5, b=2).margin[0] == 2
    assert judged(call("not", both), a=5, b=2).margin[0] == -2


def test_parameters_are_exact() -> None:
    """Only what was solved has an error; and it does not spread to another comparison."""
    tree = call("or", call(">", Name("harm"), Constant(1)), call(">", Q["a"], Constant(1e9)))
    assert verdict(tree, harm=1 + 1e-15, a=0) == TRUE
    assert verdict(tree, harm=1 - 1e-15, a=0) == FALSE
    assert verdict(tree, harm=1 - 1e-15, a=5e8) == FALSE


def test_a_factor_multiplies_the_error() -> None:
    """100 a against 100 b is as open as a against b, and so is a² against b²."""
    for left, right in (
        (call("*", Constant(100), Q["a"]), call("*", Constant(100), Q["b"])),
        (call("**", Q["a"], Constant(2)), call("**", Q["b"], Constant(2))),
    ):
        assert verdict(call("<", left, right), a=1, b=1.005) == OPEN
        assert verdict(call("<", left, right), a=1, b=1.05) == TRUE
    threshold = call(">", call("*", Constant(100), Q["a"]), Constant(99.5))
    assert verdict(threshold, a=1) == OPEN


def test_what_is_large_and_cancels_is_open() -> None:
    """a - b is off by the errors of both, however small it is itself."""
    tree = call(">", call("-", Q["a"], Q["b"]), Constant(0))
    assert verdict(tree, a=1000.001, b=1000) == OPEN
    assert verdict(tree, a=1100, b=1000) == TRUE


def test_sizes_may_say_that_a_quantity_is_less_sure_than_it_looks() -> None:
    """A trap of 0.001 between values of 1000 is within their error."""
    tree = call(">", Q["a"], Constant(0))
    expression = Expression("…", Place("f", 1, 1), "yes/no", tree, (), (), (Q["a"],))
    values: dict[str | Quantity, Any] = {Q["a"]: np.array([0.001, 50.0])}
    alone = judge_expression(expression, values, 2, ERROR)
    assert alone.verdict.tolist() == [TRUE, TRUE]
    sized = judge_expression(expression, values, 2, ERROR, {Q["a"]: np.array([1000.0, 1000.0])})
    assert sized.verdict.tolist() == [OPEN, TRUE]


def test_open_questions_inside_numbers_leave_the_whole_open() -> None:
    """`(a > 100) + (b > 100) >= 2` counts answers; an open one may count or not."""
    count = call("+", question("a"), question("b"))
    tree = call(">=", count, Constant(2))
    assert verdict(tree, a=200, b=200) == TRUE
    assert verdict(tree, a=200, b=0) == FALSE
    assert verdict(tree, a=200, b=100.5) == OPEN


def test_what_is_no_number_is_open() -> None:
    """0/0 is neither more nor less than 1; 1/0 is more."""
    tree = call(">", call("/", Q["a"], Q["b"]), Constant(1))
    with np.errstate(all="raise"):
        assert verdict(tree, a=0, b=0) == OPEN
        assert verdict(tree, a=1, b=0) == TRUE


def test_yes_and_no_themselves() -> None:
    """A claim may be `true`, or hang on a parameter alone: the same in every future."""
    assert judged(Constant(1), futures=3).verdict.tolist() == [1, 1, 1]
    assert judged(Constant(0), futures=3).verdict.tolist() == [-1, -1, -1]


def test_an_error_of_nothing_leaves_nothing_open() -> None:
    """The control: what is open at an error of 1 % is decided without one."""
    tree = call("<", Q["a"], Q["b"])
    assert verdict(tree, ERROR, a=1, b=1.005) == OPEN
    assert verdict(tree, 0.0, a=1, b=1.005) == TRUE


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Study]:
    """The starter over 24 periods of three moves, in single and in double precision."""
    scenario = loads(starter().replace("periods: 6", "periods: 24"))
    out = tmp_path_factory.mktemp("both")
    return {p: run(scenario, out / p, futures=64, precision=p) for p in ("single", "double")}


def test_the_numerical_error_is_what_is_said(both: dict[str, Study]) -> None:
    """Single precision differs from double by less than a tenth of the error that claims allow it.

    The largest packaged scenario (41,000 states, 12 periods, 84 moves) differs by up to 1e-4.
    """
    single, double = both["single"].results, both["double"].results
    for name in ("value", "expected"):
        exact = double[name].to_numpy()
        off = np.abs(single[name].to_numpy() - exact)
        size = np.maximum(np.abs(exact).max(axis=1, keepdims=True), 1e-3)
        assert (off / size).max() < RELATIVE_ERROR["single"] / 10
        assert off.max() > 0  # the control: the precisions do differ


def test_limits_do_not_depend_on_the_precision(both: dict[str, Study]) -> None:
    """Which of two nearly equal actions is best must not hang on the last digits of a float."""
    for name in ("value_limit", "expected_limit"):
        single, double = both["single"].results[name], both["double"].results[name]
        np.testing.assert_allclose(single.to_numpy(), double.to_numpy(), rtol=1e-4, atol=1e-4)
