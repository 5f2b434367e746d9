"""How many equilibria are found, where it is known how many there are."""

from __future__ import annotations

import numpy as np
import pytest

from extensive import textbook
from standoff.extensive import (
    Chance,
    Choice,
    End,
    Equilibrium,
    ExtensiveForm,
    extensive_form,
    logit_branch,
    logit_equilibria,
)


def stag_hunt() -> ExtensiveForm:
    return textbook.bimatrix([[10, 1], [8, 5]], [[10, 8], [1, 5]])


@pytest.mark.parametrize(("precision", "many"), [(1.0, 1), (1.556, 1), (1.557, 3), (2.0, 3)])
def test_stag_hunt(precision: float, many: int) -> None:
    """One symmetric equilibrium below λ = 1.55649, three above: roots of p = 1/(1+e^(λ(4−6p)))."""
    found = logit_equilibria(stag_hunt(), precision)
    assert len(found.found) == many
    stags = sorted(each.policy("row")["0"] for each in found.found)
    for each, stag in zip(
        sorted(found.found, key=lambda e: e.policy("row")["0"]), stags, strict=True
    ):
        assert each.policy("column")["0"] == pytest.approx(stag, abs=1e-9)
        assert stag == pytest.approx(1 / (1 + np.exp(precision * (4 - 6 * stag))), abs=1e-12)
        assert each.residual <= 1e-12
    assert [each.principal for each in found.found] == [True] + [False] * (many - 1)
    assert found.found[0].policy("row") == logit_branch(stag_hunt(), precision).policy("row")
    noun = "1 equilibrium" if many == 1 else "3 equilibria"
    assert str(found) == f"{noun} found by search from 64 starts; there may be others"


@pytest.mark.parametrize("precision", [5, 20, 40])
def test_certain_deterrence_is_not_multiple(precision: float) -> None:
    """Where hard challengers attack and soft ones do not, the second perfect Bayesian equilibrium
    of Zagare & Kilgour 2000 (steadfast deterrence) needs beliefs that no logit equilibrium has.
    """
    assert len(logit_equilibria(textbook.unilateral_deterrence(0.5, 0.5), precision).found) == 1


@pytest.mark.parametrize("precision", [1, 4, 8])
def test_quiche_for_all_is_not_found(precision: float) -> None:
    """Of the two sequential equilibria of Cho & Kreps 1987 only beer is found."""
    assert len(logit_equilibria(textbook.beer_quiche(0.9), precision).found) == 1


def cheap_talk(
    bias: float, states: int = 10, messages: tuple[str, ...] = ("low", "high"), steps: int = 20
) -> ExtensiveForm:
    """Crawford & Sobel 1982 with equally likely states, and actions every 1/`steps` of the way.

    Losses are the squares of how far the action is from the state (receiver), and from the state
    plus the bias (sender).
    """
    actions = [round(k / steps, 4) for k in range(1, steps)]

    def play(state: float) -> Choice:
        ends = {str(a): End((-((a - state - bias) ** 2), -((a - state) ** 2))) for a in actions}
        told = {m: Choice("receiver", ends, m) for m in messages}
        return Choice("sender", told, f"{state:.2f}")

    middles = [(k + 0.5) / states for k in range(states)]
    tree = Chance({f"{state:.2f}": (1 / states, play(state)) for state in middles})
    return extensive_form(("sender", "receiver"), tree)


def residual_variance(found: Equilibrium, states: int) -> float:
    """What the receiver loses, and would lose more if states were a continuum."""
    return 1 / (12 * states**2) - found.values["receiver"]


def test_cheap_talk_babbles_or_informs() -> None:
    """Crawford & Sobel 1982 with bias 0.1: next to babbling there is an equilibrium that tells
    states below 0.3 from those above, with actions 0.15 and 0.65. The branch babbles.
    """
    found = logit_equilibria(cheap_talk(0.1), 1000.0, starts=40)
    first, *others = found.found
    for state in range(10):
        assert first.policy(f"{state / 10 + 0.05:.2f}")["low"] == pytest.approx(0.5, abs=1e-9)
    told = []
    for each in others:
        low = [each.policy(f"{state / 10 + 0.05:.2f}")["low"] for state in range(10)]
        answers = [
            max(each.policy(m).items(), key=lambda item: item[1])[0] for m in ("low", "high")
        ]
        told.append((np.round(low).tolist(), answers))
        if answers in (["0.15", "0.65"], ["0.65", "0.15"]):
            # 1 / (12 N²) + b² (N² − 1) / 3 with N = 2 intervals.
            assert residual_variance(each, 10) == pytest.approx(0.0308333, abs=6e-4)
    assert ([1.0] * 3 + [0.0] * 7, ["0.15", "0.65"]) in told
    assert ([0.0] * 3 + [1.0] * 7, ["0.65", "0.15"]) in told


def test_cheap_talk_of_the_partial() -> None:
    """With bias 0.3, above one quarter, nothing is told (Crawford & Sobel 1982): what the receiver
    does is the same in every state, in whatever is found.
    """
    found = logit_equilibria(cheap_talk(0.3), 1000.0, starts=40)
    for each in found.found:
        does = {m: np.array(list(each.policy(m).values())) for m in ("low", "high")}
        sent = [each.policy(f"{state / 10 + 0.05:.2f}") for state in range(10)]
        outcome = np.array([sum(share * does[m] for m, share in row.items()) for row in sent])
        np.testing.assert_allclose(outcome, outcome[:1].repeat(10, axis=0), atol=1e-3)


def test_cheap_talk_of_the_nearly_impartial() -> None:
    """With bias 0.05 three intervals can be told apart, with cuts at 2/15 and 7/15 (Crawford &
    Sobel 1982), and a loss of 1/(12 N²) + b² (N² − 1)/3 = 0.0159259.
    """
    messages = ("a", "b", "c")
    found = logit_equilibria(cheap_talk(0.05, 15, messages, 30), 4000.0, starts=12)
    told = []
    for each in found.found:
        said = [each.policy(f"{(k + 0.5) / 15:.2f}") for k in range(15)]
        likeliest = [max(row, key=row.__getitem__) for row in said]
        answers = {m: max(each.policy(m).items(), key=lambda item: item[1])[0] for m in messages}
        told.append([float(answers[m]) for m in likeliest])
        if told[-1] == [0.0667] * 2 + [0.3] * 5 + [0.7333] * 8:
            assert residual_variance(each, 15) == pytest.approx(0.0159259, abs=5e-5)
    assert [0.0667] * 2 + [0.3] * 5 + [0.7333] * 8 in told


def test_the_same_seed_finds_the_same() -> None:
    """Same input, same answer; another seed finds the same set."""
    one, again, other = (logit_equilibria(stag_hunt(), 2, seed=seed) for seed in (1, 1, 2))
    for first, second in zip(one.found, again.found, strict=True):
        assert first.log_policy.tobytes() == second.log_policy.tobytes()
    assert len(other.found) == len(one.found)


def test_a_lost_branch_is_said() -> None:
    """Without the branch the search still answers, and says that none is principal."""
    found = logit_equilibria(stag_hunt(), 2, max_steps=2)
    assert "then lost" in str(found)
    assert len(found.found) == 3
    assert not any(each.principal for each in found.found)
