"""Scenarios as trees: the same game, whether written as a file or drawn by hand."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extensive import files, textbook
from oracles.brute import Brute
from oracles.crises import logistic, stage_game, stage_payoffs
from oracles.drafts import Document, Futures, documents, futures, read
from standoff.extensive import (
    Equilibrium,
    ExtensiveForm,
    TreeTooLargeError,
    logit_branch,
    unfold,
)
from standoff.scenario import ScenarioError, load


def solved(text: str, doctrine: str = "free-choice", **parameters: float) -> Equilibrium:
    return logit_branch(unfold(read(text), parameters, doctrine=doctrine))


@settings(max_examples=20)
@given(documents(periods=2), futures(1), st.sampled_from(["free-choice", "open", "empty"]))
def test_without_types(document: Document, rows: Futures, doctrine: str) -> None:
    """Random crises with chance, discount and doctrines: values and policies are those of the slow
    judge's backward induction, which has no tree and 50 digits, to 1e-9.
    """
    scenario, (row,) = read(document), rows.rows
    try:
        form = unfold(scenario, row, doctrine=doctrine, max_nodes=3000)
    except TreeTooLargeError:
        assume(False)
    found = logit_branch(form)
    judged = Brute(scenario, row, "logit").judge(doctrine)
    for actor, value in judged.values.items():
        assert found.values[actor] == pytest.approx(float(value), rel=1e-9, abs=1e-9)
    for (period, move, state), policy in judged.policy.items():
        pairs = zip(scenario.variables, state, strict=True)
        where = ", ".join(f"{v.name}={v.labels[value]}" for v, value in pairs)
        for actor, shares in policy.items():
            name = f"{actor}, period {period + 1}: move {move + 1}: {where}"
            if name in found.policies and len(shares) > 1:
                expected = {action: float(share) for action, share in shares.items()}
                assert found.policy(name) == pytest.approx(expected, abs=1e-9)


def test_nobody_is_asked_at_first() -> None:
    """Where the first choice comes in the second period, what follows is discounted to period 0."""
    found = solved("""
standoff: 1
name: late
title: A choice that comes late
time: {period: day, periods: 2}
variables: {clock: {levels: 2}}
order: [tick, red]
events: {tick: [{p: 1, set: {clock: clock + 1}}]}
actors:
  red:
    rationality: 1
    discount: 0.5
    payoff: 1
    final: 1
    actions: {hold: {}, act: {when: clock == 2}}
outcomes: {held: {final: 1}}
""")
    assert found.values["red"] == pytest.approx(1 + 0.5 + 0.25)


def test_choosing_at_once() -> None:
    """A group is asked in turn without learning of it, as in a bimatrix drawn by hand."""
    random = np.random.default_rng(4)
    row, column = random.uniform(size=(2, 3, 3, 1))
    values = {k: float(v[0]) for k, v in stage_payoffs(row, column).items()} | {"precision": 2.0}
    form = unfold(read(stage_game(3, 3)), values)
    drawn = textbook.bimatrix(row[..., 0].tolist(), column[..., 0].tolist())
    found, expected = logit_branch(form), logit_branch(drawn, 2.0)
    np.testing.assert_allclose(found.log_policy, expected.log_policy, atol=1e-11)


def test_packaged() -> None:
    """Two-move deterrence as it is shipped is Signorino's."""
    found = logit_branch(unfold(load("two-move-deterrence"), {"precision": 5}))
    (fight,) = [p["fight"] for p in found.policies.values() if "fight" in p]
    assert fight == pytest.approx(logistic(-1.5), abs=1e-14)


def same_policies(
    found: Equilibrium, expected: Equilibrium, names: Mapping[str, tuple[str, str, str]]
) -> None:
    assert set(found.policies) == set(names)
    for name, (drawn, action, as_drawn) in names.items():
        share = found.policy(name)[action]
        assert share == pytest.approx(expected.policy(drawn)[as_drawn], abs=1e-11)


@pytest.mark.parametrize(("trust", "resolve"), [(0.7, 0.5), (0.5, 0.5), (0.2, 0.8), (0.2, 0.3)])
def test_deterrence_with_types(trust: float, resolve: float) -> None:
    """The file and the drawing of Zagare & Kilgour 2000 are one game, in all four regions."""
    found = solved(files.DETERRENCE, trust=trust, resolve=resolve)
    expected = logit_branch(textbook.unilateral_deterrence(trust, resolve), 20)
    names = {
        "challenger (hard), period 1: start": ("Ch1H", "challenge", "D"),
        "challenger (soft), period 1: start": ("Ch1S", "challenge", "D"),
        "defender (firm), period 1: challenge": ("DefH", "deny", "D"),
        "defender (weak), period 1: challenge": ("DefS", "deny", "D"),
        "challenger (hard), period 1: challenge, deny": ("Ch2H", "fight", "D"),
        "challenger (soft), period 1: challenge, deny": ("Ch2S", "fight", "D"),
    }
    same_policies(found, expected, names)
    np.testing.assert_allclose(found.value, expected.value, atol=1e-11)


def test_ladder_with_types() -> None:
    """Brinkmanship over four periods, with risk in between, is the ladder drawn by hand."""
    found = solved(files.LADDER)
    expected = logit_branch(textbook.ladder(0.3), 10)
    seen = ["start", "escalate, stay, rung=1, move=open"]
    seen.append(f"{seen[1]}, stay, escalate, rung=2, move=open")
    seen.append(f"{seen[2]}, escalate, stay, rung=3, move=open")
    names = {}
    for step in range(4):
        for kind in ("tough", "soft"):
            player = ("red", "blue")[step % 2]
            known = seen[step] if player == "red" else f"{seen[step]}, stay"
            name = f"{player} ({player} {kind}), period {step + 1}: {known}"
            names[name] = (f"{step}{kind[0].upper()}", "escalate", "esc")
    same_policies(found, expected, names)


def test_a_doctrine_binds_the_types_it_names() -> None:
    """A line that binds the firm leaves them nothing to choose, and the weak all they had."""
    found = solved(files.DETERRENCE, "line")
    assert "defender (firm), period 1: challenge" not in found.policies
    name = "defender (weak), period 1: challenge"
    belief = found.belief(name)
    denied = 0.0
    for kind in ("hard", "soft"):
        fights = found.policy(f"challenger ({kind}), period 1: challenge, deny")["fight"]
        denied += belief[f"{kind} + weak, challenge"] * (0.8 - fights)
    assert found.policy(name)["deny"] == pytest.approx(logistic(20 * (denied - 0.2)), abs=1e-12)


def report(found: Equilibrium) -> tuple[float, float]:
    """How often 'fine' is said when it is, and when it is not."""
    names = ("adviser (rosy), period 1: start", "adviser (grim), period 1: start")
    rosy, grim = (found.policy(name)["say fine"] for name in names)
    return rosy, grim


@pytest.mark.parametrize("chi", [0.0, 0.4, 1.0])
def test_reports_are_read_with_cursedness(chi: float) -> None:
    """The leader reads (1−χ)σ + χ·face (cf. Eyster & Rabin 2005), and answers what it reads."""
    found = solved(files.ADVISER, chi=chi)
    rosy, grim = report(found)
    read_rosy, read_grim = (1 - chi) * rosy + chi, (1 - chi) * grim
    belief = found.belief("leader, period 1: say fine")["rosy, say fine"]
    assert belief == pytest.approx(read_rosy / (read_rosy + read_grim), abs=1e-12)
    attack = found.policy("leader, period 1: say fine")["attack"]
    assert attack == pytest.approx(logistic(2 * (3 * belief - 2)), abs=1e-12)
    assert grim == pytest.approx(logistic(3 * (0.8 - 0.5)), abs=1e-12)


def test_filtering_makes_nobody_optimistic() -> None:
    """Beliefs are a martingale: averaged over reports, they are the prior, however much fear
    garbles; with cursedness they are not, and lean to what is feared less.
    """
    for fear in (0.0, 0.8, 2.0):
        averages = []
        for chi in (0.0, 1.0):
            found = solved(files.ADVISER, fear=fear, chi=chi)
            rosy, grim = report(found)
            said = (rosy + grim) / 2
            fine, dire = (
                found.belief(f"leader, period 1: say {word}")[f"rosy, say {word}"]
                for word in ("fine", "dire")
            )
            averages.append(said * fine + (1 - said) * dire)
        assert averages[0] == pytest.approx(0.5, abs=1e-12)
        assert averages[1] == pytest.approx(said, abs=1e-12)


def test_a_prior_of_ones_own() -> None:
    """An actor with another prior updates by the same evidence: its odds differ by a factor."""
    same, other = (solved(files.ADVISER, hunch=hunch) for hunch in (0.5, 0.1))
    for word in ("fine", "dire"):
        odds = []
        for found in (same, other):
            belief = found.belief(f"leader, period 1: say {word}")
            odds.append(belief[f"rosy, say {word}"] / belief[f"grim, say {word}"])
        assert odds[1] == pytest.approx(9 * odds[0], rel=1e-10)
    assert other.values["adviser"] == pytest.approx(same.values["adviser"], abs=1e-12)


def test_a_promise_half_believed() -> None:
    """The raider's belief that the promise binds follows from what a free protector would do, and
    is 0 once it has not been kept.
    """
    found = solved(files.PROMISE, "promise", trust=0.4)
    first = found.policy("protector, period 1: start")["guard"]
    kept = 0.4 / (0.4 + 0.6 * first)
    belief = found.belief("raider, period 1: guard")
    assert belief == pytest.approx({"bound": kept, "free, guard": 1 - kept}, abs=1e-12)
    assert found.belief("raider, period 1: leave") == {"free, leave": 1.0}
    again = found.policy("protector, period 2: guard, rest")["guard"]
    still = found.belief("raider, period 2: guard, rest, guard")
    assert still["bound, rest"] == pytest.approx(kept / (kept + (1 - kept) * again), abs=1e-12)
    assert "(bound)" not in "".join(found.policies)


def test_a_promise_fully_believed() -> None:
    """Believed with certainty it is announced: one game, without anything hidden."""
    found, announced = (solved(files.PROMISE, "promise", trust=1), solved(files.PROMISE, "open"))
    assert found.values == announced.values
    assert found.form.forgets


def test_discount() -> None:
    """Late choices are weighed anew: in the last period a raid on what is bare is worth 2δ, seen
    from there, whatever the period.
    """
    found = solved(files.PROMISE)
    name = "raider, period 2: move 2: ground=bare, lost=0"
    assert found.policy(name)["raid"] == pytest.approx(1 / (1 + exp(-2 * 2 * 0.5)), abs=1e-12)


def test_who_lives_for_a_day() -> None:
    """With a discount of 0 nothing counts but the period itself: the raider, paid at the end only,
    raids what is bare as often as not until the last period, and is still asked in each.
    """
    found = logit_branch(unfold(read(files.PROMISE.replace("discount: 0.5", "discount: 0"))))
    for name, policy in found.policies.items():
        if name.startswith("raider") and "bare" in name:
            assert policy["raid"] == pytest.approx(0.5, abs=1e-14)
        elif name.startswith("raider"):
            assert policy["raid"] == pytest.approx(logistic(-2 * 1.5), abs=1e-14)


def refuses(text: str, says: str, error: type[Exception], **options: object) -> None:
    with pytest.raises(error, match=says):
        unfold(read(text), **options)  # type: ignore[arg-type]


def test_refusals() -> None:
    """What no tree can hold is refused in words."""
    refuses(files.PROMISE, "'trst' is not a parameter.*'trust'", KeyError, parameters={"trst": 1})
    refuses(files.PROMISE, "'promis' is not a doctrine.*'promise'", KeyError, doctrine="promis")
    refuses(files.PROMISE, "probability 0 that 'secret'", ValueError, doctrine="secret")
    refuses(files.PROMISE, "more than 20 nodes: take fewer", TreeTooLargeError, max_nodes=20)
    text = files.PROMISE.replace("0.9", "1.5")
    refuses(text, r"\d+:\d+: the discount of protector is 1.5; expected", ScenarioError)
    refuses(files.PROMISE.replace("rationality: 1", "rationality: -1"), "is -1", ScenarioError)
    text = files.PROMISE.replace("-1 * lost", "lost / (trust - 0.4)")
    refuses(text, "this is nan in the state .* with trust=0.4", ScenarioError)
    refuses(files.ADVISER, "leader rules out grim", ValueError, parameters={"hunch": 0})
    refuses(
        files.ADVISER, "types of adviser are -0.5, 1.5", ScenarioError, parameters={"grimness": 1.5}
    )


def test_a_type_that_cannot_be_is_left_out() -> None:
    """With a prior of 0 for everybody the type is no part of the tree, and nothing is learned."""
    form: ExtensiveForm = unfold(read(files.DETERRENCE), {"trust": 0})
    assert not any("firm" in known.name for known in form.sets)
