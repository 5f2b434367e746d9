"""What holds of every scenario, on random small ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import standoff
from oracles.brute import Brute, Concept, Judgement
from oracles.drafts import RANGES, Document, Futures, documents, futures, game_of
from oracles.stage import DeclinedError
from standoff.solver import Precision, Solution, best_response, label_names, rows_of, solve

ANY = documents() | documents(groups=True)
DOCTRINES = st.sampled_from(["free-choice", "open", "secret"])
PRECISIONS = st.sampled_from(["double", "single"])


def everything(solution: Solution) -> NDArray[np.float64]:
    """All numbers that a solution and its course have, [row, number]; the policies too."""
    rows, course = solution.rows, solution.course
    parts = [solution.value.T, solution.outcome.T]
    for by_period in (course.labels, course.choices, course.accrued, course.path):
        parts += [rows_of(one, rows) for one in by_period]
    parts.append(rows_of(course.final, rows))
    parts += [rows_of(one[:, None], rows) for one in course.going_on]
    for policies in solution.passed.policies:
        parts += [rows_of(policy, rows) for policy in policies or ()]
    return np.concatenate(parts).T


def tables(solution: Solution) -> Iterator[tuple[tuple[int, int, str], NDArray[np.float64]]]:
    """(period, move, actor), and the actor's choice probabilities there, [state, action, row]."""
    game = solution.game
    for k, move in enumerate(game.moves):
        for member in move.members:
            for period in range(game.periods):
                name = game.actors[member]
                yield (period, k, name), solution.policy(name, period, k)


def compare(solution: Solution, row: int, judged: Judgement, within: float) -> None:
    """Values, outcomes, policies and the course of one row are those of the slow judge."""
    game = solution.game
    near: dict[str, Any] = {"rtol": within, "atol": within}
    np.testing.assert_allclose(
        solution.value[row], [float(v) for v in judged.values.values()], **near
    )
    outcomes = [float(judged.outcomes[o.name]) for o in game.outcomes]
    np.testing.assert_allclose(solution.outcome[row], outcomes, **near)
    by_actor = dict(tables(solution))
    for (period, k, values), policy in judged.policy.items():
        move = game.moves[k]
        (state,) = np.flatnonzero((move.states == values).all(axis=1))
        for member in move.members:
            actor = game.scenario.actors[member]
            expected = [float(policy[actor.name].get(action.name, 0)) for action in actor.actions]
            found = by_actor[period, k, actor.name][state, :, row]
            np.testing.assert_allclose(found, expected, **near)
    for period, labels in enumerate(judged.labels):
        found = rows_of(solution.course.labels[period], solution.rows)[:, row]
        expected = [float(labels.get(name, 0)) for name in label_names(game)]
        np.testing.assert_allclose(found, expected, **near)
        going_on = rows_of(solution.course.going_on[period][:, None], solution.rows)[0, row]
        np.testing.assert_allclose(going_on, float(judged.going_on[period]), **near)


@settings(max_examples=40)
@given(documents(), futures(2), DOCTRINES)
def test_equilibrium(document: Document, rows: Futures, doctrine: str) -> None:
    """Quantal response: values, outcomes, policies and course equal the slow judge's, to 1e-10."""
    game = game_of(document)
    solution = solve(game, rows.arrays(), doctrine, keep_policies=True)
    for row in range(2):
        judged = Brute(game.scenario, rows.rows[row], "logit").judge(doctrine)
        compare(solution, row, judged, 1e-10)


@settings(max_examples=40)
@given(documents(transcendental=False), futures(1), DOCTRINES)
def test_limit(document: Document, rows: Futures, doctrine: str) -> None:
    """The limit concept, ties shared, equals backward induction in exact fractions."""
    game = game_of(document)
    solution = solve(game, rows.arrays(), doctrine, concept="limit", keep_policies=True)
    compare(solution, 0, Brute(game.scenario, rows.rows[0], "limit").judge(doctrine), 1e-12)


@settings(max_examples=30)
@given(documents(groups=True), futures(1), DOCTRINES)
def test_equilibrium_of_groups(document: Document, rows: Futures, doctrine: str) -> None:
    """Actors who choose at once: everything equals the slow judge's, who follows the branch from
    λ = 0 by means of its own, to 1e-9; and so does everybody's best response.
    """
    game = game_of(document)
    solution = solve(game, rows.arrays(), doctrine, keep_policies=True)
    judge = Brute(game.scenario, rows.rows[0], "logit")
    try:
        judged = judge.judge(doctrine)
    except DeclinedError:
        assume(False)
    assert solution.passed.lost.sum() == 0
    compare(solution, 0, judged, 1e-9)
    for actor in game.actors:
        best = float(judge.best_response(actor, judged.policy, doctrine))
        assert best_response(solution, actor)[0] == pytest.approx(best, rel=1e-9, abs=1e-9)


@settings(max_examples=25)
@given(documents(groups=True), futures(2, precision=2), st.sampled_from(["free-choice", "open"]))
def test_limit_of_groups(document: Document, rows: Futures, doctrine: str) -> None:
    """In the limit nobody gains by other choices, at once or later: an equilibrium in the sense of
    Nash (1951) in every stage, but for what 1e6 logits leave of chance, where no member's
    rationality is tiny beside another's.
    """
    game = game_of(document)
    solution = solve(game, rows.arrays(), doctrine, concept="limit", keep_policies=True)
    assume(not solution.passed.lost.any())
    for k, actor in enumerate(game.actors):
        gain = best_response(solution, actor) - solution.value[:, k]
        assert (gain >= -1e-9).all()
        assert (gain <= 1e-3).all()


@settings(max_examples=40)
@given(
    documents(transcendental=False) | documents(transcendental=False, groups=True),
    futures(1),
    DOCTRINES,
)
def test_uniform(document: Document, rows: Futures, doctrine: str) -> None:
    """At λ = 0 every action that is open is equally likely: exact fractions again."""
    game = game_of(_without_reason(document))
    solution = solve(game, rows.arrays(), doctrine, keep_policies=True)
    compare(solution, 0, Brute(game.scenario, rows.rows[0], "uniform").judge(doctrine), 1e-12)


def test_judge_can_fail() -> None:
    """A negative control: the judge tells concepts, doctrines and a changed payoff apart."""
    document = _decision()
    game = game_of(document)
    concepts: tuple[Concept, ...] = ("limit", "uniform", "logit")
    for concept in concepts:
        judged = Brute(game.scenario, {}, concept).judge()
        solution = solve(game, concept="equilibrium", keep_policies=True)
        if concept == "logit":
            compare(solution, 0, judged, 1e-10)
        else:
            with pytest.raises(AssertionError):
                compare(solution, 0, judged, 1e-10)
    document["actors"]["red"]["final"] = "prize * level(war) + 1e-7 * alarm"
    other = solve(game_of(document), keep_policies=True)
    judged = Brute(game.scenario, {}, "logit").judge()
    with pytest.raises(AssertionError):
        compare(other, 0, judged, 1e-10)


# --- probabilities and expectations ---


@settings(max_examples=40)
@given(ANY, futures(3), DOCTRINES, PRECISIONS)
def test_probabilities(
    document: Document, rows: Futures, doctrine: str, precision: Precision
) -> None:
    """Policies, and the values of each variable in each period, are distributions."""
    game = game_of(document)
    solution = solve(game, rows.arrays(), doctrine, precision=precision, keep_policies=True)
    near = {"double": 1e-12, "single": 1e-5}[precision]
    for _, policy in tables(solution):
        assert (policy >= 0).all()
        np.testing.assert_allclose(policy.sum(axis=1), 1, atol=near)
    names = label_names(game)
    for labels in solution.course.labels:
        by_label = rows_of(labels, solution.rows)
        assert (by_label >= 0).all()
        for variable in game.scenario.variables:
            mine = [k for k, (name, _) in enumerate(names) if name == variable.name]
            np.testing.assert_allclose(by_label[mine].sum(axis=0), 1, atol=near)
    choices = [rows_of(one, solution.rows) for one in solution.course.choices]
    assert all((one >= 0).all() for one in choices)


@settings(max_examples=40)
@given(ANY, futures(3), DOCTRINES, PRECISIONS)
def test_forward_is_backward(
    document: Document, rows: Futures, doctrine: str, precision: Precision
) -> None:
    """What the course adds up to is what the recursion expects: of outcomes that accrue or are read
    at the end, and of the values of actors without costs and discount.
    """
    document = copy.deepcopy(document)
    for actor in document["actors"].values():
        actor.pop("discount", None)
        for action in actor["actions"].values():
            action.pop("cost", None)
    game = game_of(document)
    solution = solve(game, rows.arrays(), doctrine, precision=precision, keep_policies=True)
    course = solution.course
    total = rows_of(course.accrued.sum(axis=0), 3) + rows_of(course.final, 3)
    near = {"double": 1e-11, "single": 2e-4}[precision]
    np.testing.assert_allclose(total[: len(game.actors)].T, solution.value, rtol=near, atol=near)
    for k, outcome in enumerate(game.outcomes):
        if outcome.kind in ("each period", "final"):
            forward = total[len(game.actors) + k]
            np.testing.assert_allclose(forward, solution.outcome[:, k], rtol=near, atol=near)


@settings(max_examples=40)
@given(ANY, futures(2))
def test_ever_and_first_time(document: Document, rows: Futures) -> None:
    """`ever` is a probability, `first time` lies between 0 and the horizon, and the two agree on
    never.
    """
    document = copy.deepcopy(document)
    condition = "war == fire" if "war" in document["variables"] else "alarm"
    document["outcomes"] = {"ever": {"ever": condition}, "first": {"first time": condition}}
    game = game_of(document)
    ever, first = solve(game, rows.arrays()).outcome.T
    periods = game.periods
    assert (ever >= 0).all()
    assert (ever <= 1 + 1e-12).all()
    assert (first >= -1e-12).all()
    assert (first <= periods + 1e-12).all()
    # Before it happens at most `periods - 1` whole periods pass; without it, all.
    assert (first >= periods * (1 - ever) - 1e-9).all()
    assert (first <= periods - ever + 1e-9).all()


@settings(max_examples=25)
@given(documents(), futures(2))
def test_ever_grows_with_the_horizon(document: Document, rows: Futures) -> None:
    """In a chain, where choices do not depend on what lies ahead (λ = 0), what ever happens in T
    periods happens at least as often in T + 1, and takes at least as long.
    """
    document = _without_reason(document)
    document.pop("doctrines")
    condition = "war == fire" if "war" in document["variables"] else "alarm"
    document["outcomes"] = {"ever": {"ever": condition}, "first": {"first time": condition}}
    found = []
    for periods in range(1, 5):
        document["time"]["periods"] = periods
        found.append(solve(game_of(document), rows.arrays()).outcome)
    assert (np.diff(found, axis=0) >= -1e-12).all()


def test_what_is_over_stays_over() -> None:
    """The course keeps every history: those that are over, and those that end in the same state
    later. At λ = 0 half of what goes on ends in each period.
    """
    document = _without_reason(_decision(final="alarm"))
    document["time"]["periods"] = 4
    document["ends"] = "alarm"
    document["actors"]["red"]["actions"] = {"hold": {}, "end": {"set": {"alarm": True}}}
    solution = solve(game_of(document), keep_policies=True)
    going_on = solution.course.going_on[:, 0, 0]
    np.testing.assert_allclose(going_on, 0.5 ** np.arange(5))
    names = label_names(solution.game)
    alarmed = solution.course.labels[:, 0, names.index(("alarm", "yes")), 0]
    np.testing.assert_allclose(alarmed, 1 - going_on)
    np.testing.assert_allclose(solution.value, 1 - 0.5**4)


@pytest.mark.parametrize("precision", ["double", "single"])
def test_extreme_reason(precision: Precision) -> None:
    """No rationality gives anything but a policy: 0 is uniform, and a huge one is the limit."""
    game = game_of(_decision())
    solution = solve(
        game, {"precision": [0, 1e-30, 1e6, 1e30]}, precision=precision, keep_policies=True
    )
    policy = solution.policy("red")[0]
    np.testing.assert_allclose(policy[:, :2], 1 / 3, rtol=1e-6)
    limit = solve(game, concept="limit", precision=precision, keep_policies=True)
    np.testing.assert_array_equal(policy[:, 2:], np.repeat(limit.policy("red")[0], 2, axis=1))


# --- rows ---


@settings(max_examples=20)
@given(ANY, futures(40), DOCTRINES, PRECISIONS, st.sampled_from(["equilibrium", "limit"]))
def test_rows_stand_alone(
    document: Document, rows: Futures, doctrine: str, precision: Precision, concept: str
) -> None:
    """A row's bytes do not depend on the rows beside it, nor on how many there are, nor on its
    position.
    """
    game = game_of(document)
    arrays = rows.arrays()

    def solved(which: Any) -> NDArray[np.float64]:
        chosen = {name: np.array(value[which]) for name, value in arrays.items()}
        return everything(
            solve(game, chosen, doctrine, concept=concept, precision=precision, keep_policies=True)
        )

    whole = solved(slice(None))
    for count in (1, 3, 16, 17):
        np.testing.assert_array_equal(_bits(solved(slice(count))), _bits(whole[:count]))
    np.testing.assert_array_equal(_bits(solved(slice(None, None, -1))), _bits(whole[::-1]))
    np.testing.assert_array_equal(_bits(solved([5] * 18 + [7])), _bits(whole[[5] * 18 + [7]]))


def _bits(numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
    """So that nan, and the sign of zero, count as what they are."""
    return np.ascontiguousarray(numbers).view(np.uint64)


@pytest.mark.parametrize(
    "payoff",
    [
        "exp(-prize)",
        "log(harm)",
        "sqrt(harm)",
        "logistic(prize - harm)",
        "harm ** 1.5",
        "prize ** 3",
    ],
)
def test_functions_of_rows(payoff: str) -> None:
    """The functions of expressions have the same bytes in a row alone, in a row among 1000, and
    where the parameter is one number for all rows, however the array lies in memory.
    """
    game = game_of(_decision(final=f"{payoff} * level(war)"))
    random = np.random.default_rng(7)
    arrays = {name: random.uniform(0.5, 3, 1000) for name in ("prize", "harm")}
    whole = solve(game, arrays).value
    for row in (0, 1, 7, 500, 999):
        one = {name: float(value[row]) for name, value in arrays.items()}
        assert solve(game, one).value.tobytes() == whole[row].tobytes()
        # The other parameters as arrays, so that these are spread over the rows.
        spread = solve(game, one | {"precision": np.full(19, 4.0)}).value
        assert spread[3].tobytes() == solve(game, one | {"precision": 4.0}).value.tobytes()
    strided = {name: np.repeat(value, 3)[::3] for name, value in arrays.items()}
    assert solve(game, strided).value.tobytes() == whole.tobytes()


@pytest.mark.parametrize("order", [["red", "blue"], [["red", "blue"]]])
def test_threads(order: list[Any]) -> None:
    """The number of threads changes no byte."""
    before = numba.get_num_threads()
    most = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    document = _decision()
    document["order"] = order
    document["time"]["periods"] = 5
    document["variables"]["count"] = {"levels": 200}
    document["actors"]["blue"] = document["actors"]["red"] | {
        "actions": {"hold": {}, "count": {"set": {"count": "min(count + 40, 200 - count)"}}}
    }
    game = game_of(document)
    arrays = {"prize": np.linspace(0.5, 4, 100)}
    found = set()
    for threads in range(1, most + 1):
        numba.set_num_threads(threads)
        found.add(everything(solve(game, arrays, keep_policies=True)).tobytes())
    numba.set_num_threads(before)
    assert len(found) == 1


# --- what must not matter ---


@settings(max_examples=30)
@given(ANY, futures(2), DOCTRINES, st.randoms(use_true_random=False))
def test_order_of_declaration(
    document: Document, rows: Futures, doctrine: str, random: Any
) -> None:
    """Declaring actors, variables, outcomes, parameters in another order permutes the results."""
    game = game_of(document)
    other = copy.deepcopy(document)
    for key in ("actors", "variables", "outcomes", "parameters"):
        names = list(other[key])
        random.shuffle(names)
        other[key] = {name: other[key][name] for name in names}
    permuted = game_of(other)
    one = solve(game, rows.arrays(), doctrine)
    two = solve(permuted, rows.arrays(), doctrine)
    assert permuted.states == game.states
    actors = [permuted.actors.index(name) for name in game.actors]
    np.testing.assert_allclose(two.value[:, actors], one.value, rtol=1e-12, atol=1e-12)
    names = [outcome.name for outcome in permuted.outcomes]
    outcomes = [names.index(outcome.name) for outcome in game.outcomes]
    np.testing.assert_allclose(two.outcome[:, outcomes], one.outcome, rtol=1e-12, atol=1e-12)


@settings(max_examples=30)
@given(ANY, futures(2))
def test_empty_doctrine(document: Document, rows: Futures) -> None:
    """A doctrine without rules is free choice, byte for byte."""
    game = game_of(document)
    free = solve(game, rows.arrays(), keep_policies=True)
    empty = solve(game, rows.arrays(), "empty", keep_policies=True)
    np.testing.assert_array_equal(_bits(everything(free)), _bits(everything(empty)))


@settings(max_examples=30)
@given(ANY, futures(2))
def test_secret_doctrine(document: Document, rows: Futures) -> None:
    """Under a doctrine that is not announced the others' policies are those of free choice, byte
    for byte but for those who choose with the bound one at once; and the doctrine is kept.
    """
    game = game_of(document)
    (bound,) = document["doctrines"]
    free = solve(game, rows.arrays(), keep_policies=True)
    secret = solve(game, rows.arrays(), "secret", keep_policies=True)
    open_ = solve(game, rows.arrays(), "open", keep_policies=True)
    unbound, announced = dict(tables(free)), dict(tables(open_))
    for at, kept in tables(secret):
        _, k, actor = at
        if actor == bound:
            np.testing.assert_array_equal(kept > 0, announced[at] > 0)
        elif bound in (game.actors[member] for member in game.moves[k].members):
            np.testing.assert_allclose(kept, unbound[at], rtol=1e-12)  # a sum over what it may do
        else:
            assert kept.tobytes() == unbound[at].tobytes()


@settings(max_examples=40)
@given(ANY, futures(2), st.integers(-20, 20), st.booleans())
def test_shifted_payoffs(document: Document, rows: Futures, shift: int, at_the_end: bool) -> None:
    """A constant added to final payoffs, where nobody discounts, changes no policy; nor does one
    added to all an actor's costs and to what it is paid each period, where the crisis goes on to
    the horizon.
    """
    plain = copy.deepcopy(document)
    if at_the_end:
        for actor in plain["actors"].values():
            actor.pop("discount", None)
    else:
        plain.pop("ends", None)
    shifted = copy.deepcopy(plain)
    for name, actor in shifted["actors"].items():
        if at_the_end:
            actor["final"] = f"({actor.get('final', 0)}) + {shift}"
            continue
        actor["payoff"] = f"({actor.get('payoff', 0)}) - {shift / 3}"
        for action in actor["actions"].values():
            cost = action.get("cost", 0)
            cost = dict(cost) if isinstance(cost, dict) else {name: cost}
            action["cost"] = cost | {name: f"({cost.get(name, 0)}) + {shift / 4}"}
    one = solve(game_of(plain), rows.arrays(), keep_policies=True)
    two = solve(game_of(shifted), rows.arrays(), keep_policies=True)
    assume(not one.passed.lost.any())
    for (_, was), (_, is_now) in zip(tables(one), tables(two), strict=True):
        np.testing.assert_allclose(is_now, was, rtol=0, atol=1e-10)
    assert shift == 0 or not np.allclose(one.value, two.value)


# --- rationality ---


@settings(max_examples=30)
@given(documents(actors=1, periods=1), futures(1))
def test_more_reason_is_worth_more(document: Document, rows: Futures) -> None:
    """Who decides alone, and once, never loses by more rationality; the limit is worth most."""
    game = game_of(document)
    arrays = rows.arrays() | {"precision": np.linspace(0, 40, 30)}
    value = solve(game, arrays).value[:, 0]
    assert (np.diff(value) >= -1e-10).all()
    assert value[-1] <= solve(game, rows.arrays(), concept="limit").value[0, 0] + 1e-8


@settings(max_examples=20)
@given(documents(actors=1), futures(1))
def test_nothing_beats_the_limit(document: Document, rows: Futures) -> None:
    """Who decides alone, however often, does best in the limit."""
    game = game_of(document)
    arrays = rows.arrays() | {"precision": np.linspace(0, 40, 9)}
    best = solve(game, rows.arrays(), concept="limit").value[0, 0]
    assert (solve(game, arrays).value[:, 0] <= best + 1e-8).all()


def test_more_reason_may_be_worth_less_twice() -> None:
    """A negative control: who decides twice may lose by more rationality. Being wiser later makes a
    bad way (a hundred ways to err) look less bad now, and it is taken more often. A property of
    quantal response, not of this solver.
    """
    document = _decision()
    document["time"]["periods"] = 2
    document["variables"] = {"at": {"ladder": ["start", "bad way", "safe", "right", "wrong"]}}
    document["actors"]["red"] = {
        "rationality": "precision",
        "final": "3 * (at == safe) - 6 * (at == wrong)",
        "actions": {
            "stay safe": {"when": "at == start", "set": {"at": "safe"}},
            "bad way": {"when": "at == start", "set": {"at": "bad_way"}},
            "rest": {"when": "at == safe"},
            "do right": {"when": "at == bad_way", "set": {"at": "right"}},
        }
        | {f"err {k}": {"when": "at == bad_way", "set": {"at": "wrong"}} for k in range(400)},
    }
    document["outcomes"] = {"wrong": {"ever": "at == wrong"}}
    game = game_of(document)
    value = solve(game, {"precision": np.linspace(0, 6, 200)}).value[:, 0]
    assert np.diff(value).min() < -1e-4
    assert value[-1] > value[0]


@settings(max_examples=30)
@given(documents(transcendental=False), futures(1), DOCTRINES)
def test_equilibrium_tends_to_limit(document: Document, rows: Futures, doctrine: str) -> None:
    """Where no best actions are equally good, or nearly, equilibrium at a large λ is the limit."""
    document = copy.deepcopy(document)
    for actor in document["actors"].values():
        actor["rationality"] = "1e6 * precision"
    game = game_of(document)
    limit = solve(game, rows.arrays(), doctrine, concept="limit", keep_policies=True)
    sharp = solve(game, rows.arrays() | {"precision": 1}, doctrine, keep_policies=True)
    sharper = solve(game, rows.arrays() | {"precision": 100}, doctrine, keep_policies=True)
    for solution in (limit, sharp, sharper):  # nothing is mixed: no ties, no near ties
        assume(all(_pure(policy) for policy in solution.passed.policies if policy is not None))
    np.testing.assert_allclose(sharp.value, limit.value, atol=1e-9)
    np.testing.assert_allclose(sharp.outcome, limit.outcome, atol=1e-9)


def _pure(policies: Any) -> bool:
    return all(((policy < 1e-9) | (policy > 1 - 1e-9)).all() for policy in policies)


def test_ties_are_shared() -> None:
    """In the limit each of several best actions is equally likely, as in quantal response at every
    λ.
    """
    game = game_of(_decision(final="0 * prize"))
    for concept in ("limit", "equilibrium"):
        policy = solve(game, concept=concept, keep_policies=True).policy("red")
        assert policy[0, :, 0].tolist() == [1 / 3] * 3


# --- parts ---


def _without_reason(document: Document) -> Document:
    """All at λ = 0."""
    document = copy.deepcopy(document)
    for actor in document["actors"].values():
        actor["rationality"] = 0
    return document


def _decision(final: str = "prize * level(war) - harm * alarm") -> Document:
    """One actor, one decision, three actions."""
    return {
        "standoff": 1,
        "name": "decision",
        "title": "One decision",
        "time": {"period": "month", "periods": 1},
        "parameters": {
            name: {"value": (low + high) / 2, "range": [low, high]}
            for name, (low, high) in RANGES.items()
        },
        "variables": {"war": {"ladder": ["calm", "tense", "fire"]}, "alarm": {"flag": False}},
        "order": ["red"],
        "actors": {
            "red": {
                "rationality": "precision",
                "final": final,
                "actions": {
                    "hold": {},
                    "warn": {"set": {"war": "tense"}},
                    "fight": {
                        "set": {"war": "fire"},
                        "chance": [{"p": "slip", "set": {"alarm": True}}],
                    },
                },
            }
        },
        "outcomes": {"fire": {"ever": "war == fire"}, "rung": {"final": "level(war)"}},
    }


@settings(max_examples=65)
@given(ANY)
def test_random_scenarios_are_small(document: Document) -> None:
    """The slow judge can go through every random scenario."""
    assert 1 <= game_of(document).states <= 200


def test_face() -> None:
    """`standoff.solve` is the function, however often and after whatever import it is asked for."""
    game = standoff.compile(standoff.load("two-move-deterrence"))
    for _ in range(2):
        assert standoff.solve(game).rows == 1
