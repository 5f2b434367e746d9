"""The belief grid before its judge: random crises, and packaged ones, solved both ways.

The two share no more than the reader of files. Where the tree has one equilibrium the grid must
come to it, and come closer as it is refined.
"""

from __future__ import annotations

import numpy as np
import pytest

import standoff
from standoff.extensive import Equilibrium, logit_equilibria, unfold
from standoff.scenario import Scenario, load, loads

FREE = "free-choice"


class _Draft:
    """A random crisis of two who learn of each other and one who looks on."""

    def __init__(self, seed: int, feature: str, types: tuple[int, int]) -> None:
        self.draws = np.random.default_rng(seed)
        self.types = dict(zip("ab", types, strict=True))
        self.feature = feature

    def number(self, spread: float = 1.0) -> str:
        return f"({self.draws.normal(0, spread):.3f})"

    def kinds(self, actor: str) -> list[str]:
        return [f"{actor}{k}" for k in range(self.types[actor])]

    def shares(self, actor: str) -> str:
        """A prior, with three digits."""
        parts = np.round(self.draws.dirichlet(np.full(self.types[actor], 4.0)), 3)
        parts[-1] = 1 - parts[:-1].sum()
        return ", ".join(f"{k}: {p:.3f}" for k, p in zip(self.kinds(actor), parts, strict=True))

    def worth(self, actor: str) -> str:
        """A payoff that turns on everybody's type."""
        terms = [f"{self.number()} * (s == {k})" for k in range(3)]
        for other in "ab":
            for kind in self.kinds(other) if self.types[other] > 1 else ():
                named = kind if other == actor else f"type({other}, {kind})"
                terms += [f"{self.number()} * (s == {k}) * {named}" for k in range(3)]
        return '"' + " + ".join(terms) + '"'

    def action(self, actor: str, at: int) -> str:
        own = [f"{self.number(0.7)} * {kind}" for kind in self.kinds(actor)]
        cost = " + ".join([self.number(0.7), *(own if self.types[actor] > 1 else ())])
        to = f'"max(0, min(2, s + {self.draws.integers(-1, 2)}))"'
        if actor == "a" and at:
            to = str(self.draws.integers(3))
        parts = [f"set: {{s: {to}}}", f'cost: "{cost}"']
        if self.draws.random() < 0.3:
            parts.append(f"chance: [{{p: 0.3, set: {{s: {self.draws.integers(3)}}}}}]")
        if self.feature == "cursed" and actor == "a":
            parts.append(f"reveals: a{at}")
        return f"      {actor} {at}: {{{', '.join(parts)}}}"

    def actor(self, actor: str) -> list[str]:
        discount = self.draws.uniform(0.4, 1)
        lines = [f"  {actor}:", "    rationality: 2", f"    discount: {discount:.2f}"]
        if self.types[actor] > 1:
            lines.append(f"    types: {{{self.shares(actor)}}}")
        if self.feature == "cursed" and actor == "a":
            lines.append(f"    cursedness: {self.draws.choice([0.4, 0.8])}")
        if self.feature == "believes" and actor == "b":
            lines.append(f"    believes: {{a: {{{self.shares('a')}}}}}")
        lines += [f"    payoff: {self.worth(actor)}", f"    final: {self.worth(actor)}"]
        return [*lines, "    actions:", *(self.action(actor, at) for at in (0, 1))]

    def text(self) -> str:
        told = {"believed": "must: a 0, believed: 0.5", "binds": "must: a 1, binds: a0"}
        rule = told.get(self.feature)
        return "\n".join([
            "standoff: 1", "name: random", "title: At random", "time: {period: day, periods: 2}",
            "variables: {s: {levels: 2}}", "order: [a, b, looker]", "actors:", *self.actor("a"),
            *self.actor("b"), "  looker:", "    rationality: 1", f"    payoff: {self.worth('w')}",
            f"    final: {self.worth('w')}", "    actions: {look: {}}",
            *(["doctrines:", "  a:", f"    told: {{{rule}}}"] if rule else []),
            "outcomes: {end: {final: s}}", "",
        ])  # fmt: skip


def expected(found: Equilibrium) -> np.ndarray:
    """What everybody expects; of whoever follows a doctrine in doubt, what it does if bound."""
    form = found.form
    value = found.value.copy()
    drawn = [n for n in range(1, len(form.owner)) if form.parent[n] == 0]
    if any("bound" in form.label[n] for n in drawn):
        bound = [n for n in drawn if "bound" in form.label[n]]
        share = form.probability[bound, 0]
        value[0] = share @ found.worth[bound, 0] / share.sum()
    return value


@pytest.mark.parametrize("types", [(2, 1), (2, 2), (3, 1)])
@pytest.mark.parametrize("feature", ["plain", "believes", "cursed", "believed", "binds"])
def test_random_crises(feature: str, types: tuple[int, int]) -> None:
    """Values of those who choose and of one who looks on, for every feature of what is hidden:
    types, own priors, reports at face value, doctrines in doubt, doctrines that bind one type.
    """
    if feature == "believed":
        types = (1, 2) if types == (2, 1) else (1, 1)
    one = 0
    for seed in (0, 1):
        scenario = loads(_Draft(seed, feature, types).text())
        doctrine = scenario.doctrines[0].name if scenario.doctrines else FREE
        found = logit_equilibria(unfold(scenario, doctrine=doctrine), starts=4).found
        game = standoff.compile(scenario)
        off = []
        for points in (11, 41):
            solution = standoff.solve(game, {}, doctrine, points=points)
            off.append(np.abs(solution.value[0] - expected(found[0])).max())
        if len(found) == 1 and not solution.several.any():
            one += 1
            assert off[1] < max(0.35 * off[0], 2e-3)
    assert one, "all have several equilibria: nothing was judged"


def judged(scenario: Scenario, doctrine: str, points: int, **parameters: float) -> float:
    """By how much the grid is off the tree, in what actors expect."""
    found = logit_equilibria(unfold(scenario, parameters, doctrine=doctrine), starts=4).found
    assert len(found) == 1
    solution = standoff.solve(standoff.compile(scenario), parameters, doctrine, points=points)
    return float(np.abs(solution.value[0] - found[0].value).max())


@pytest.mark.parametrize("gullibility", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("doctrine", [FREE, "spares-them", "purges"])
def test_a_purge_before_reports(doctrine: str, gullibility: float) -> None:
    """Whoever takes reports at face value expects so before they are made: a ruler that weighs a
    purge, which changes how truthful its staff will be, weighs it alike on grid and tree.
    """
    adviser = load("frightened-adviser")
    assert judged(adviser, doctrine, 401, gullibility=gullibility) < 2e-3


@pytest.mark.parametrize(
    ("name", "doctrine", "points", "error"),
    [
        ("beer-quiche", FREE, 81, 1e-4),
        ("beer-quiche", "weak-eat-quiche", 81, 1e-4),
        ("perfect-deterrence", FREE, 81, 0.05),
        ("perfect-deterrence", "challenges-anyway", 21, 1e-9),
    ],
)
def test_packaged_cases(name: str, doctrine: str, points: int, error: float) -> None:
    """Textbook cases as they are shipped, at their nominal values, are those of their trees.

    The worth of what is fought for is 1 in the first, 100 in the second.
    """
    assert judged(load(name), doctrine, points) < error
