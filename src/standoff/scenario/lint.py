"""What is doubtful in a scenario that is free of mistakes, each with the reason why.

Payoffs on different scales and actions that are never available need the game, and are found there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from standoff.reading import Place, show, text_lines
from standoff.scenario.expression import (
    Call,
    Constant,
    Expression,
    Node,
    Trait,
    evaluate,
)
from standoff.scenario.joint import at_quantiles, feasible, keeps, uncertain
from standoff.scenario.scenario import Action, Actor, Branch, Scenario
from standoff.scenario.scope import leaves

SYNONYMS = (
    "choice is a logit, and a logit counts each entry of the menu: two names for one act make it "
    "twice as likely, as a red and a blue bus would take riders from the train (Debreu 1960, "
    "McFadden 1974)"
)

_TRIED = 4096
"""Futures in which constraints are tried."""
_LITTLE = 0.05
"""Share of futures below which constraints keep too little to go unremarked."""


@dataclass(frozen=True)
class Remark:
    """Something doubtful: where, what, and why it matters. `check` names the kind of doubt."""

    check: str
    place: Place
    message: str
    reason: str

    def render(self, text: str) -> str:
        """As a mistake is shown: place, sentence, the line of the file; then the reason."""
        head = f"{self.place.file}:{self.place.line}:{self.place.column}: {self.message}"
        lines = text_lines(text)
        return "\n".join(filter(None, [head, show(lines, self.place), f"     | {self.reason}"]))


def lint(scenario: Scenario) -> tuple[Remark, ...]:
    """All remarks on a scenario, sorted by place."""
    found = [remark for check in _CHECKS for remark in check(scenario)]
    return tuple(sorted(found, key=lambda remark: (remark.place.line, remark.place.column)))


def _synonyms(scenario: Scenario) -> Iterator[Remark]:
    """Two names for one act; not of actors with types, of whom others learn by the very name."""
    for actor in scenario.actors:
        first: dict[object, Action] = {}
        for action in actor.actions if not actor.types else ():
            if action.closed:  # no doctrine opens two of a treaty's triggers
                continue
            same = first.setdefault(_meaning(action), action)
            if same is not action:
                what = f"'{action.name}' does the same as '{same.name}' of {actor.name}"
                yield Remark("synonyms", action.place, what, SYNONYMS)
        yield from _overlapping_waits(actor)


def _overlapping_waits(actor: Actor) -> Iterator[Remark]:
    waits = [action for action in actor.actions if action.waits and not actor.types]
    always = [action for action in waits if action.when is None]
    for action in waits:
        if always and action is not always[0] and action.when is not None:
            what = f"'{action.name}' is waiting, and so is '{always[0].name}' of {actor.name}"
            yield Remark("synonyms", action.place, what, SYNONYMS)


def _meaning(action: Action) -> object:
    """What an action does, apart from what it is called."""
    return (
        _tree(action.when),
        frozenset((payer, cost.tree) for payer, cost in action.costs),
        frozenset((effect.variable, effect.expression.tree) for effect in action.assignments),
        frozenset(Counter(_branch_meaning(branch) for branch in action.chance).items()),
    )


def _branch_meaning(branch: Branch) -> object:
    effects = frozenset((effect.variable, effect.expression.tree) for effect in branch.assignments)
    return (branch.p.tree, _tree(branch.when), effects)


def _unsourced(scenario: Scenario) -> Iterator[Remark]:
    for parameter in scenario.parameters:
        if not parameter.sources and parameter.basis is None:
            what = f"parameter '{parameter.name}' has neither 'source' nor 'basis'"
            why = "a reader cannot tell whether it was measured, elicited or assumed"
            yield Remark("source", parameter.place, what, why)
        elif parameter.basis in ("measured", "elicited") and not parameter.sources:
            what = f"parameter '{parameter.name}' is {parameter.basis}, but has no 'source'"
            yield Remark("source", parameter.place, what, "say where it can be looked up")


def _certain(scenario: Scenario) -> Iterator[Remark]:
    for parameter in scenario.parameters:
        if parameter.basis == "assumed" and parameter.distribution is None:
            what = f"parameter '{parameter.name}' is assumed, and yet a single number"
            why = "results will look surer than they are; give it a 'range'"
            yield Remark("certain", parameter.place, what, why)


def _unused(scenario: Scenario) -> Iterator[Remark]:
    # An effect on a variable does not count as reading it: a counter that nobody looks at.
    effects = {
        id(effect.expression): effect.variable
        for move in _moves(scenario)
        for effect in move.assignments
    }
    used: set[str] = set()
    for expression in expressions(scenario):
        target = effects.get(id(expression))
        used.update(expression.parameters)
        used.update(name for name in expression.variables if name != target)
    for parameter in scenario.parameters:
        if parameter.name not in used:
            what = f"parameter '{parameter.name}' is never used"
            yield Remark("unused", parameter.place, what, "it cannot matter to any result")
    for variable in scenario.variables:
        if variable.name not in used:
            what = f"variable '{variable.name}' is never read by a guard, payoff or outcome"
            why = "it multiplies the number of states and changes nothing"
            yield Remark("unused", variable.place, what, why)
    for event in scenario.events:
        if (event.name,) not in scenario.order:
            what = f"event '{event.name}' is not in 'order'"
            yield Remark("unused", event.place, what, "it never happens")


def _empty_claims(scenario: Scenario) -> Iterator[Remark]:
    for claim in scenario.claims:
        for message, reason in (*_emptiness(claim.holds), *_unmoved(scenario, claim.holds)):
            yield Remark("claim", claim.place, f"claim '{claim.name}' {message}", reason)


def _emptiness(holds: Expression) -> Iterator[tuple[str, str]]:
    if not holds.quantities:
        why = "it says something of the assumptions, not of what follows from them"
        yield "uses no outcome, value, trap or belief", why
    for part in _calls(holds.tree):
        if part.function in ("<", "<=", ">", ">=", "==", "!="):
            left, right = part.arguments
            if left == right:
                yield "compares a thing with itself", "it cannot fail, or cannot hold"
            elif all(isinstance(leaf, Constant) for leaf in leaves(part)):
                yield "compares two fixed numbers", "that part is the same in every future"
    if isinstance(holds.tree, Constant):
        yield "is always the same", "a claim must be able to fail"


def _unmoved(scenario: Scenario, holds: Expression) -> Iterator[tuple[str, str]]:
    """Where all a claim asks for are expected beliefs of those who know how the actor chooses."""
    naive = {actor.name for actor in scenario.actors if actor.cursedness is not None}
    doubted = {
        (one.actor, one.name)
        for one in scenario.doctrines
        if one.believed is not None or not one.announced
    }
    moved = [
        quantity
        for quantity in holds.quantities
        if quantity.name != "belief"
        or quantity.subscripts[0] in naive
        or (quantity.subscripts[0], quantity.subscripts[2]) in doubted
    ]
    if holds.quantities and not moved:
        why = (
            "by Bayes' rule nobody expects to think otherwise later; only a doctrine that others "
            "doubt, or 'cursedness', moves a belief on average"
        )
        yield "asks for beliefs that are the prior, whatever happens", why


def _undirected(scenario: Scenario) -> Iterator[Remark]:
    for outcome in scenario.outcomes:
        if outcome.better is None and outcome.kind in ("ever", "first time"):
            what = f"outcome '{outcome.name}' has no 'better'"
            why = "without it there is no regret, and the outcome cannot rank doctrines"
            yield Remark("better", outcome.place, what, why)


def _idle_amendments(scenario: Scenario) -> Iterator[Remark]:
    """Amendments that leave the answers and the decision as they are."""
    for pact in scenario.treaties:
        stands = pact.versions[0]
        for version in pact.versions[1:]:
            same = version.share == stands.share
            if same and [r.truth for r in version.ruled] == [r.truth for r in stands.ruled]:
                name = version.doctrines[0]
                doctrine = next(one for one in scenario.doctrines if one.name == name)
                what = f"'{name}' amends '{pact.name}', and nothing that is described is ruled anew"
                why = "the treaty as it stands answers the same, and as many must agree"
                yield Remark("amendment", doctrine.place, what, why)


def _idle_doctrines(scenario: Scenario) -> Iterator[Remark]:
    actions = {actor.name: {action.name for action in actor.actions} for actor in scenario.actors}
    for doctrine in scenario.doctrines:
        if not doctrine.rules:
            what = f"doctrine '{doctrine.name}' has no rules"
            why = "it commits to nothing and will be solved once more for nothing"
            yield Remark("doctrine", doctrine.place, what, why)
        for rule in doctrine.rules:
            both = [name for name in rule.must if name in rule.never]
            if both:
                what = f"a rule of '{doctrine.name}' demands and forbids '{both[0]}'"
                yield Remark("doctrine", rule.place, what, "one of the two was meant")
            if actions[doctrine.actor] <= set(rule.never):
                what = f"a rule of '{doctrine.name}' forbids every action"
                why = "a doctrine may not leave its actor nothing"
                yield Remark("doctrine", rule.place, what, why)


def _one_option(scenario: Scenario) -> Iterator[Remark]:
    for actor in scenario.actors:
        if len(actor.actions) == 1:
            what = f"actor '{actor.name}' has a single action, and so no choice"
            yield Remark("choice", actor.place, what, "an event says the same with less")
        if actor.payoff is None and actor.final is None:
            costs = any(action.costs for action in actor.actions)
            what = f"actor '{actor.name}' has no payoff" + (", only costs" if costs else "")
            yield Remark("choice", actor.place, what, "it will not care what happens")


def _constraints(scenario: Scenario) -> Iterator[Remark]:
    """Constraints that refuse nothing, or next to everything, by trying futures."""
    if not scenario.constraints or not uncertain(scenario):
        return
    drawn = at_quantiles(
        scenario, np.random.default_rng(0).random((_TRIED, len(uncertain(scenario))))
    )
    refused = [1 - float(keeps(scenario, one, drawn).mean()) for one in scenario.constraints]
    kept = float(feasible(scenario, drawn).mean())
    worst = scenario.constraints[int(np.argmax(refused))]
    for constraint, share in zip(scenario.constraints, refused, strict=True):
        if share == 0:
            what = f"this constraint refuses none of {_TRIED:,} futures tried"
            why = (
                "the ranges keep it by themselves: leave it out, or see whether it is the one meant"
            )
            yield Remark("constraint", constraint.holds.place, what, why)
        if constraint is worst and kept < _LITTLE:
            what = f"the constraints keep {100 * kept:.2g} % of {_TRIED:,} futures tried"
            if len(refused) > 1:
                what += f"; this one alone refuses {100 * share:.3g} %"
            why = "what is sampled is then made by them more than by the ranges; narrow the ranges"
            yield Remark("constraint", constraint.holds.place, what, why)


def _types(scenario: Scenario) -> Iterator[Remark]:
    """Types that are nobody's, or that nothing tells apart."""
    nominal = {parameter.name: parameter.value for parameter in scenario.parameters}
    meant = {trait for expression in expressions(scenario) for trait in expression.traits}
    meant |= {Trait(one.actor, name) for one in scenario.doctrines for name in one.binds}
    for actor in scenario.actors:
        shown = {action.reveals for action in actor.actions}
        for one in actor.types:
            prior = float(evaluate(one.prior, nominal))
            if prior in (0.0, 1.0):
                what = f"the prior of '{one.name}' of {actor.name} is {prior:g}"
                if one.prior.parameters:
                    what += " at the nominal values"
                why = "whoever is sure from the start learns nothing, whatever happens"
                yield Remark("type", one.prior.place, what, why)
        same = [
            one
            for one in actor.types
            if Trait(actor.name, one.name) not in meant and one.name not in shown
        ]
        for one in same[1:]:
            what = f"type '{one.name}' of {actor.name} differs in nothing from '{same[0].name}'"
            why = "no payoff, cost or doctrine turns on it, so nothing can be learnt of it"
            yield Remark("type", one.place, what, why)


def _face_value(scenario: Scenario) -> Iterator[Remark]:
    for actor in scenario.actors:
        revealing = [action for action in actor.actions if action.reveals is not None]
        if actor.cursedness is not None and not revealing:
            what = f"actor '{actor.name}' has 'cursedness', and no action that 'reveals' a type"
            why = "nothing can be taken at face value, and it changes nothing"
            yield Remark("cursedness", actor.cursedness.place, what, why)
        if actor.cursedness is None and revealing:
            what = f"'{revealing[0].name}' reveals a type, and '{actor.name}' has no 'cursedness'"
            why = "the others ask why it is said and take nothing at face value: it changes nothing"
            yield Remark("cursedness", revealing[0].place, what, why)


def _believed(scenario: Scenario) -> Iterator[Remark]:
    for doctrine in scenario.doctrines:
        share = doctrine.believed
        if share is None or share.parameters:
            continue
        if float(evaluate(share, {})) == float(doctrine.announced):
            sort = "an announced" if doctrine.announced else "an unannounced"
            what = f"'believed' of '{doctrine.name}' is what it is for {sort} doctrine"
            yield Remark("believed", share.place, what, "it changes nothing; leave it out")


def _unsaid(scenario: Scenario) -> Iterator[Remark]:
    for structure in scenario.structures:
        if not structure.says:
            what = f"structure '{structure.name}' has no 'says'"
            why = "a reader cannot tell what its options differ in"
            yield Remark("structure", structure.place, what, why)


_CHECKS: tuple[Callable[[Scenario], Iterator[Remark]], ...] = (
    _synonyms, _unsourced, _certain, _unused,
    _empty_claims, _undirected, _idle_doctrines, _one_option, _unsaid, _constraints,
    _types, _face_value, _believed, _idle_amendments,
)  # fmt: skip


def expressions(scenario: Scenario) -> Iterator[Expression]:
    """Every expression of a scenario, terms put in."""
    every: list[Expression | None] = [scenario.ends]
    for actor in scenario.actors:
        every += [actor.rationality, actor.discount, actor.payoff, actor.final]
        every += [cost for action in actor.actions for _, cost in action.costs]
        every += [action.when for action in actor.actions]
    for move in _moves(scenario):
        every += [effect.expression for effect in move.assignments]
        if isinstance(move, Branch):
            every += [move.p, move.when]
    every += [rule.when for doctrine in scenario.doctrines for rule in doctrine.rules]
    every += [condition for family in scenario.adaptive for condition in family.when]
    every += [outcome.expression for outcome in scenario.outcomes]
    if scenario.displacement is not None:
        every += [part for _, part in scenario.displacement.settings]
        every += [part for _, part in scenario.displacement.places]
    every += [constraint.holds for constraint in scenario.constraints]
    every += [claim.holds for claim in scenario.claims]
    every += [one.prior for actor in scenario.actors for one in actor.types]
    every += [share for actor in scenario.actors for view in actor.believes for share in view.prior]
    every += [actor.cursedness for actor in scenario.actors]
    every += [doctrine.believed for doctrine in scenario.doctrines]
    yield from (expression for expression in every if expression is not None)


def _moves(scenario: Scenario) -> Iterator[Action | Branch]:
    for actor in scenario.actors:
        for action in actor.actions:
            yield action
            yield from action.chance
    for event in scenario.events:
        yield from event.branches


def _tree(expression: Expression | None) -> Node | None:
    return None if expression is None else expression.tree


def _calls(node: Node) -> Iterator[Call]:
    if isinstance(node, Call):
        yield node
        for part in node.arguments:
            yield from _calls(part)
