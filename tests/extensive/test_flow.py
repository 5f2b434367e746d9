"""Beliefs, worth and their derivative against a plain recursion and finite differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from extensive import textbook
from standoff.extensive import CHANCE, END, Chance, Choice, End, ExtensiveForm, extensive_form
from standoff.extensive.flow import Flow


def quarrel() -> ExtensiveForm:
    """A bluff in which the two disagree about each other, and one is read with cursedness."""

    def play(c: int, d: int) -> Choice:
        last = Choice("c", {"fight": End((c, d)), "yield": End((-1, 2))}, f"last {c}")
        answer = Choice("d", {"deny": last, "give in": End((3, -2))}, f"d {d}")
        return Choice("c", {"threaten": answer, "wait": End((0, 0))}, f"c {c}")

    priors = {(1, 1): (0.1, 0.2), (1, 2): (0.4, 0.1), (2, 1): (0.3, 0.3), (2, 2): (0.2, 0.4)}
    tree = Chance({f"{c}{d}": (p, play(c, d)) for (c, d), p in priors.items()})
    form = extensive_form(("c", "d"), tree)
    cursed = {"c 1": (0.3, (0.0, 1.0)), "c 2": (0.6, (0.5, 0.5))}
    sets = tuple(
        replace(known, cursedness=cursed[known.name][0], face=cursed[known.name][1])
        if known.name in cursed
        else known
        for known in form.sets
    )
    return replace(form, sets=sets)


GAMES = {
    "bluff": textbook.unilateral_deterrence(0.2, 0.3),
    "chain store": textbook.chain_store(2),
    "ladder": textbook.ladder(0.3),
    "quarrel": quarrel(),
}


def naive(form: ExtensiveForm, policy: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """Worth, [action], and beliefs, [node], as their definitions read."""
    children: list[list[int]] = [
        np.flatnonzero(form.parent == node).tolist() for node in range(len(form.owner))
    ]

    def read(edge: int, player: int) -> float:
        known = form.sets[int(form.owner[form.parent[edge]])]
        p = float(policy[form.action[edge]])
        if not known.face or known.player == player:
            return p
        chi = known.cursedness
        return (1 - chi) * p + chi * known.face[int(form.taken[edge])]

    def chance_of(edge: int, player: int) -> float:
        at_chance = form.owner[form.parent[edge]] == CHANCE
        return float(form.probability[edge, player]) if at_chance else read(edge, player)

    def expected(node: int, player: int) -> float:
        if form.owner[node] == END:
            return float(form.payoff[node, player])
        return sum((chance_of(c, player) * expected(c, player) for c in children[node]), 0.0)

    def come_to(node: int, player: int) -> float:
        if node == 0:
            return 1.0
        return chance_of(node, player) * come_to(int(form.parent[node]), player)

    worth, belief = [0.0] * len(policy), [0.0] * len(form.owner)
    for position, known in enumerate(form.sets):
        nodes = np.flatnonzero(form.owner == position)
        total = sum(come_to(int(node), known.player) for node in nodes)
        for node in nodes:
            belief[node] = come_to(int(node), known.player) / total
            for child in children[node]:
                worth[form.action[child]] += belief[node] * expected(int(child), known.player)
    return worth, belief


@pytest.mark.parametrize("name", GAMES)
def test_worth_and_beliefs(name: str) -> None:
    """Whatever the policy, with subjective priors and cursed readers too."""
    flow = Flow(GAMES[name])
    for seed in range(5):
        x = np.random.default_rng(seed).normal(0, 3, len(flow.member))
        logs = flow.log_policy(x)
        at = flow.evaluate(logs)
        worth, belief = naive(flow.form, np.exp(logs))
        np.testing.assert_allclose(at.worth, worth, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(at.belief, belief, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", GAMES)
def test_derivative(name: str) -> None:
    """By central differences of what each action is worth."""
    flow = Flow(GAMES[name])
    logs = flow.log_policy(np.random.default_rng(7).normal(0, 2, len(flow.member)))
    slope = flow.derivative(flow.evaluate(logs))
    for column in range(len(logs)):
        nudge = np.zeros(len(logs))
        nudge[column] = 1e-5
        ahead, behind = (flow.evaluate(logs + sign * nudge).worth for sign in (1, -1))
        np.testing.assert_allclose(slope[:, column], (ahead - behind) / 2e-5, atol=3e-9)


def test_beliefs_where_nobody_comes() -> None:
    """After an action of probability e^-2000, which no number holds, beliefs are still Bayes'."""
    flow = Flow(textbook.beer_quiche(0.9))
    form = flow.form
    x = np.zeros(len(flow.member))
    for kind, depth in (("Ss", -2000.0), ("Sw", -2001.0)):
        x[form.begin[form.position(kind)]] = depth
    belief = flow.evaluate(flow.log_policy(x)).belief
    nodes = np.flatnonzero(form.owner == form.position("Rb"))
    odds = 9 * np.exp(1.0)
    assert belief[nodes].tolist() == pytest.approx([odds / (1 + odds), 1 / (1 + odds)], rel=1e-9)
