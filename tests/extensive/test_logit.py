"""The principal branch against closed forms, tables of the literature, and another program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from extensive import figures, textbook
from oracles.crises import centipede_by_hand, logistic
from standoff.extensive import (
    END,
    BranchLostError,
    Chance,
    Choice,
    End,
    ExtensiveForm,
    extensive_form,
    logit_branch,
)

EXACT = 1e-9


def agrees(form: ExtensiveForm, expected: figures.Figures) -> None:
    for precision in next(iter(expected.values())):
        found = logit_branch(form, precision)
        assert found.residual <= 1e-12
        assert found.principal
        for name, row in expected.items():
            first = next(iter(found.policy(name).values()))
            assert first == pytest.approx(row[precision], abs=EXACT), (name, precision)


def test_two_moves() -> None:
    """Signorino 1999, with logit errors: p(fight) = 1/(1+e^0.3λ), and the table of R's `games`."""
    table = {0.5: 0.509356369, 1: 0.537152654, 2: 0.641671247, 5: 0.959911238, 20: 0.999999998}
    for precision, challenge in table.items():
        found = logit_branch(textbook.two_moves(), precision)
        assert found.policy("answer")["fight"] == pytest.approx(
            logistic(-0.3 * precision), abs=1e-14
        )
        assert found.policy("challenge")["challenge"] == pytest.approx(challenge, abs=EXACT)


@pytest.mark.parametrize("moves", [4, 6])
def test_centipede(moves: int) -> None:
    """McKelvey & Palfrey 1992 and 1998: each move by hand, from the last; not monotone in λ."""
    firsts = []
    for precision in (0.5, 1, 2, 4):
        found = logit_branch(textbook.centipede(moves), precision)
        take = [found.policy(f"move {k}")["take"] for k in range(moves)]
        assert take == pytest.approx(centipede_by_hand(moves, precision), abs=1e-12)
        firsts.append(take[0])
    if moves == 4:
        assert firsts == pytest.approx([0.3735942, 0.2962566, 0.2361930, 0.3728463], abs=1e-7)


@pytest.mark.parametrize(
    ("hard", "expected"), [(0.3, figures.ASYMMETRIC_30), (0.7, figures.ASYMMETRIC_70)]
)
def test_asymmetric_deterrence(hard: float, expected: figures.Figures) -> None:
    """Zagare & Kilgour 2000: A attacks, in the limit, iff B is hard with less than one half."""
    form = textbook.asymmetric_deterrence(hard)
    agrees(form, expected)
    assert (logit_branch(form, 400).policy("A")["D"] > 0.5) == (hard < 0.5)


@pytest.mark.parametrize(
    ("defender", "challenger", "expected", "limit"),
    [
        (0.7, 0.5, figures.UNILATERAL_CERTAIN, {"Ch1H": 0, "Ch1S": 0}),
        (0.5, 0.5, figures.UNILATERAL_SEPARATING, {"Ch1H": 1, "Ch1S": 0, "DefS": 0}),
        (0.2, 0.8, figures.UNILATERAL_ATTACK, {"Ch1H": 1, "Ch1S": 1, "DefS": 0}),
        (0.2, 0.3, figures.UNILATERAL_BLUFF, {"Ch1H": 1, "Ch1S": 2 / 7, "DefS": 1 / 4}),
    ],
)
def test_unilateral_deterrence(
    defender: float, challenger: float, expected: figures.Figures, limit: Mapping[str, float]
) -> None:
    """The four regions of Zagare & Kilgour 2000, and their limits: bluffing at a rate that leaves
    the soft defender indifferent, x = p(1−d)/((1−p)d) with d = 0.6, and met with (c−q)/(1−q).
    """
    form = textbook.unilateral_deterrence(defender, challenger)
    agrees(form, expected)
    found = logit_branch(form, 5000)
    for name, share in limit.items():
        assert found.policy(name)["D"] == pytest.approx(share, abs=2e-3)


def test_chain_store() -> None:
    """Kreps & Wilson 1982 with two and with three entrants."""
    agrees(textbook.chain_store(2), figures.CHAIN_2)
    agrees(textbook.chain_store(3), figures.CHAIN_3)


def test_reputation_in_the_limit() -> None:
    """Kreps & Wilson 1982: with n left the weak fight with (1−b^(n−1))p/((1−p)b^(n−1)), after which
    the reputation is b^(n−1); with two left and p = 0.1, b = 0.5 that is 1/9 and 1/2.
    """
    found = logit_branch(textbook.chain_store(2), 2000)
    assert found.policy("Me")["F"] == pytest.approx(1 / 9, abs=1e-4)
    after = found.belief("EF")
    assert sorted(after) == ["tough, in", "weak, in, F"]
    assert after["tough, in"] == pytest.approx(1 / 2, abs=1e-3)
    assert found.belief("EA") == {"weak, in, A": 1.0}


def test_beer_and_quiche() -> None:
    """Cho & Kreps 1987: the branch goes to beer for both, which the intuitive criterion selects."""
    agrees(textbook.beer_quiche(0.9), figures.BEER)


def test_ladder() -> None:
    """Brinkmanship with private resolve on both sides (after Powell 1988)."""
    agrees(textbook.ladder(0.3), figures.LADDER)


def test_inspection() -> None:
    """Tsebelis 1989: how often rules are broken depends on the inspector's payoffs only, in Nash
    equilibrium and in the limit; at finite λ a harsher penalty does deter (the own-payoff effect).
    """
    mild, harsh = (
        textbook.bimatrix([[penalty, 1], [-0.5, 0]], [[0.5, -1], [-0.5, 0]])
        for penalty in (-2.0, -4.0)
    )
    for form, sanctions in ((mild, 0.4), (harsh, 2 / 9)):
        found = logit_branch(form, 1e5)
        assert found.policy("row")["0"] == pytest.approx(0.25, abs=1e-4)
        assert found.policy("column")["0"] == pytest.approx(sanctions, abs=1e-4)
    broken = [logit_branch(form, 2).policy("row")["0"] for form in (mild, harsh)]
    assert broken[1] < broken[0] - 0.05


def test_stag_hunt() -> None:
    """The branch leads to the hare, which is risk-dominant (Turocy 2005), as in Gambit."""
    form = textbook.bimatrix([[10, 1], [8, 5]], [[10, 8], [1, 5]])
    table = {
        0.1: 0.4706280658,
        0.2: 0.4292540893,
        0.5: 0.1958460468,
        1: 0.0202644786,
        2: 0.0003367074,
    }
    for precision, stag in table.items():
        assert logit_branch(form, precision).policy("row")["0"] == pytest.approx(stag, abs=EXACT)


@pytest.mark.parametrize(
    ("precision", "middle"),
    [(0.3, 0.3759770647), (0.35, 0.40702377), (0.4, 0.813286656), (1, 0.9987361392)],
)
def test_folds(precision: float, middle: float) -> None:
    """Through a narrow fold, between λ = 0.3553 and 0.3552, to where Gambit 16.7.0 comes; the
    branch is said to have turned round twice, there and back.
    """
    form = textbook.bimatrix([[3, 0, 4], [1, 8, 2], [3, 1, 8]], [[3, 1, 3], [0, 8, 1], [4, 2, 8]])
    found = logit_branch(form, precision)
    assert found.policy("row")["1"] == pytest.approx(middle, abs=EXACT)
    assert found.folds == (0 if precision < 0.3552 else 2)


def test_a_branch_that_others_cross() -> None:
    """In pure coordination the branch stays in the middle, past where two others start."""
    found = logit_branch(textbook.bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]), 10)
    assert found.policy("row")["0"] == pytest.approx(0.5, abs=1e-12)
    assert found.folds == 0


def test_rationality_by_player_and_information_set() -> None:
    """The more particular counts: an information set before its player before the form."""
    form = textbook.two_moves()
    found = logit_branch(form, {"challenger": 3, "defender": 1, "answer": 2})
    fight = logistic(-0.3 * 2)
    assert found.policy("answer")["fight"] == pytest.approx(fight, abs=1e-14)
    assert found.policy("challenge")["challenge"] == pytest.approx(logistic(3 * (1 - 2 * fight)))
    own = extensive_form(
        ("a",), Choice("a", {"x": End((1,)), "y": End((0,))}), rationality={"a": 4}
    )
    assert logit_branch(own).policy("a")["x"] == pytest.approx(logistic(4))
    assert logit_branch(own, {}).policy("a")["x"] == pytest.approx(logistic(4))


def test_units_of_payoff() -> None:
    """λ is in 1/payoff: ten times the payoffs and a tenth of λ change nothing; nor do constants."""
    form = textbook.unilateral_deterrence(0.2, 0.3)
    scaled = replace(form, payoff=10 * form.payoff + 1000 * (form.owner == END)[:, None])
    found, same = logit_branch(form, 20), logit_branch(scaled, 2)
    np.testing.assert_allclose(np.exp(same.log_policy), np.exp(found.log_policy), atol=1e-11)


def test_values_and_beliefs() -> None:
    """Values are expectations over the whole tree, and beliefs follow Bayes' rule."""
    found = logit_branch(textbook.unilateral_deterrence(0.2, 0.3), 20)
    assert list(found.values.values()) == pytest.approx([0.6074964511, 0.7181284315], abs=EXACT)
    hard, soft = (p * found.policy(f"Ch1{kind}")["D"] for kind, p in (("H", 0.3), ("S", 0.7)))
    belief = found.belief("DefS")
    assert sum(belief.values()) == pytest.approx(1)
    assert belief["H against S, D"] == pytest.approx(hard / (hard + soft), abs=1e-12)


def test_a_hundred_information_sets() -> None:
    """Four entrants, 80 information sets: where the first stays out nothing is learned, and what
    follows is the game with three.
    """
    form = textbook.chain_store(4)
    assert len(form.sets) == 80
    found, three = logit_branch(form, 20), logit_branch(textbook.chain_store(3), 20)
    assert found.residual <= 1e-12
    for name, policy in three.policies.items():
        same = found.policy(name[0] + "o" + name[1:])
        assert list(same.values()) == pytest.approx(list(policy.values()), abs=1e-11)


def risk_return(
    kinds: int, war: float, cost: float, highest: float, demands: range
) -> ExtensiveForm:
    """Fearon 1995: A demands, B of a privately known cost of war accepts or fights.

    `war` of the prize would fall to A in war, whose cost is `cost`; B's is uniform up to `highest`,
    here in the middle of `kinds` equal parts; the demands, numbered, leave the types on the
    boundaries indifferent.
    """
    step = highest / kinds

    def play(kind: int) -> Choice:
        fight = End((war - cost, 1 - war - (kind + 0.5) * step))

        def answer(share: float, name: str) -> Choice:
            peace = End((share, 1 - share))
            return Choice("B", {"accept": peace, "fight": fight}, f"B{kind}: {name}")

        return Choice("A", {str(j): answer(war + j * step, str(j)) for j in demands}, "A")

    types = {str(kind): (1 / kinds, play(kind)) for kind in range(kinds)}
    return extensive_form(("A", "B"), Chance(types))


@pytest.mark.parametrize(
    ("kinds", "war", "cost", "highest", "demands", "best", "fought"),
    [
        (6, 0.5, 0.1, 0.3, range(7), 0.6, 1 / 3),
        (16, 0.3, 0.05, 0.4, range(6, 9), 0.475, 0.4375),
    ],
)
def test_risk_and_return(
    kinds: int, war: float, cost: float, highest: float, demands: range, best: float, fought: float
) -> None:
    """Fearon 1995: A demands p + (c̄ − c_A)/2, and war follows with (c̄ − c_A)/(2c̄)."""
    found = logit_branch(risk_return(kinds, war, cost, highest, demands), 4000)
    demand = max(found.policy("A"), key=found.policy("A").__getitem__)
    assert war + int(demand) * highest / kinds == pytest.approx(best)
    assert found.policy("A")[demand] > 0.99
    wars = sum(found.policy(f"B{kind}: {demand}")["fight"] for kind in range(kinds)) / kinds
    assert wars == pytest.approx(fought, abs=1e-6)


@pytest.mark.parametrize(("high", "risks"), [(0.41, False), (0.45, True)])
def test_the_risk_worth_taking(high: float, risks: bool) -> None:
    """Fearon 1995 with two types: what only the one of high cost accepts is demanded if that type
    is likelier than (c_L + c_A)/(c_H + c_A), here 0.15/0.35 = 0.4286; both demands leave a margin.
    """
    margin = 0.002

    def kind(cost: float) -> Choice:
        def answer(share: float, name: str) -> Choice:
            ends = {"accept": End((share, 1 - share)), "fight": End((0.4, 0.5 - cost))}
            return Choice("B", ends, f"{cost}: {name}")

        demands = {"safe": answer(0.55 - margin, "safe"), "risky": answer(0.75 - margin, "risky")}
        return Choice("A", demands, "A")

    tree = Chance({"low": (1 - high, kind(0.05)), "high": (high, kind(0.25))})
    found = logit_branch(extensive_form(("A", "B"), tree), 4000)
    assert (found.policy("A")["risky"] > 0.5) is risks
    assert found.policy("0.05: safe")["accept"] > 0.99
    assert found.policy("0.05: risky")["fight"] > 0.99


@pytest.mark.parametrize("precision", [1.0, 50.0, 5000.0])
def test_whoever_is_left_indifferent_refuses_half_the_time(precision: float) -> None:
    """An artefact to know of: the demand that just buys a type off is, at every λ, refused by it
    half the time, so that it is no safe demand; a margin has to be granted for λ to work on.
    """

    def answer(share: float, name: str, cost: float) -> Choice:
        ends = {"accept": End((share, 1 - share)), "fight": End((0.4, 0.5 - cost))}
        return Choice("B", ends, name)

    types = {
        kind: (
            p,
            Choice(
                "A",
                {
                    "safe": answer(0.55, f"{kind}: safe", cost),
                    "risky": answer(0.7, f"{kind}: risky", cost),
                },
                "A",
            ),
        )
        for kind, p, cost in (("low", 0.5, 0.05), ("high", 0.5, 0.25))
    }
    found = logit_branch(extensive_form(("A", "B"), Chance(types)), precision)
    assert found.policy("low: safe")["accept"] == pytest.approx(0.5, abs=1e-9)


def test_what_is_refused() -> None:
    """Missing, negative and misspelt rationality; and a branch longer than was allowed."""
    form = textbook.two_moves()
    with pytest.raises(ValueError, match="no rationality is given for 'challenge' of challenger"):
        logit_branch(form)
    with pytest.raises(ValueError, match="no rationality is given for 'answer' of defender"):
        logit_branch(form, {"challenger": 1})
    with pytest.raises(ValueError, match="the rationality at 'challenge' is -1"):
        logit_branch(form, -1)
    with pytest.raises(KeyError, match=r"'defnder' is neither a player nor .*'defender'"):
        logit_branch(form, {"challenger": 1, "defnder": 1})
    with pytest.raises(BranchLostError, match=r"followed to 0.* of the rationality"):
        logit_branch(textbook.chain_store(2), 20, max_steps=3)
