"""Second pass: who moves and what chance does: actors, events and doctrines."""

from __future__ import annotations

from dataclasses import replace

from standoff.reading import Path
from standoff.scenario import traits
from standoff.scenario.context import Context, spellings
from standoff.scenario.file import ActionPart, ActorPart, BranchPart, RulePart, ScenarioPart
from standoff.scenario.names import DECIDED, canonical
from standoff.scenario.scenario import (
    FREE_CHOICE,
    Action,
    Actor,
    Assignment,
    Branch,
    Doctrine,
    Event,
    Rule,
    Variable,
)
from standoff.scenario.scope import NUMBER, YES_NO, Term
from standoff.scenario.treaties import Motion, Promises, owing, within


def actors(context: Context, file: ScenarioPart, promised: Promises) -> tuple[Actor | None, ...]:
    """All actors; None for one that cannot be used because of a mistake."""
    return tuple(_actor(context, name, part, file, promised) for name, part in file.actors.items())


def events(context: Context, file: ScenarioPart) -> tuple[Event, ...]:
    """All events."""
    made = []
    for name, branches in file.events.items():
        path: Path = ("events", name)
        if not branches:
            context.wrong(path, f"event '{name}' is empty", "at least one branch is needed")
        made.append(Event(name, _branches(context, path, branches), context.place(path)))
    return tuple(made)


def _actor(
    context: Context, name: str, part: ActorPart, file: ScenarioPart, promised: Promises
) -> Actor | None:
    path: Path = ("actors", name)
    context.named(
        [(*path, "actions", action) for action in part.actions], "an action", in_expressions=False
    )

    rationality = context.expression((*path, "rationality"), part.rationality, "parameters", NUMBER)
    discount = context.expression((*path, "discount"), part.discount, "parameters", NUMBER)
    payoff = context.expression((*path, "payoff"), part.payoff, "payoffs", NUMBER, own=name)
    final = context.expression((*path, "final"), part.final, "payoffs", NUMBER, own=name)
    actions: list[Action] = []
    for action, given in part.actions.items():
        at: Path = (*path, "actions", action)
        motions = promised.motions.get((name, action))
        if motions is None:
            actions.append(_action(context, at, name, given))
        else:
            actions += _versions(context, at, name, given, motions)
    for due in promised.dues.get(name, ()):
        for k, made in enumerate(actions):
            if made.name not in due.by:
                costs = dict(made.costs)
                costs[name] = owing(costs.get(name), due)
                actions[k] = replace(made, costs=tuple(costs.items()))
    drawn = traits.types(context, path, part)
    held = traits.views(context, path, part, file)
    curse = traits.cursedness(context, path, part)
    if rationality is None:
        return None
    return Actor(
        name=name,
        about=part.about,
        rationality=rationality,
        discount=discount,
        payoff=payoff,
        final=final,
        actions=tuple(actions),
        place=context.place(path),
        types=drawn,
        believes=held,
        cursedness=curse,
    )


def _versions(
    context: Context, path: Path, mover: str, part: ActionPart, motions: tuple[Motion, ...]
) -> list[Action]:
    """A trigger in each version of its treaty; mistakes in it are told once."""
    made: list[Action] = []
    for motion in motions or (None,):
        known = len(context.mistakes)
        context.scope.names[DECIDED] = Term(DECIDED, None if motion is None else motion.decided)
        action = _action(context, path, mover, part)
        del context.scope.names[DECIDED]
        if motion is None or len(context.mistakes) > known:
            return [action]
        when = within(action.when, motion.guard)
        made.append(replace(action, name=motion.action, when=when, closed=motion.closed))
    return made


def _action(context: Context, path: Path, mover: str, part: ActionPart) -> Action:
    given = part.cost if isinstance(part.cost, dict) else {}
    costs = {}
    for payer, value in given.items():
        at: Path = (*path, "cost", payer)
        actor = context.lookup(at, payer, context.scope.actors, "actor", key=True)
        cost = context.expression(at, value, "costs", NUMBER, own=actor)
        if actor in costs:
            context.wrong(at, f"the cost to '{actor}' stands twice", "add them up", key=True)
        if actor is not None and cost is not None:
            costs[actor] = cost
    if not isinstance(part.cost, dict):
        cost = context.expression((*path, "cost"), part.cost, "costs", NUMBER, own=mover)
        costs = {mover: cost} if cost is not None else {}
    return Action(
        name=str(path[-1]),
        when=context.expression((*path, "when"), part.when, "variables", YES_NO),
        costs=tuple(costs.items()),
        assignments=_effects(context, (*path, "set"), part.set),
        chance=_branches(context, (*path, "chance"), part.chance),
        about=part.about,
        place=context.place(path),
        reveals=traits.revealed(context, path, mover, part.reveals),
    )


def _branches(context: Context, path: Path, parts: list[BranchPart]) -> tuple[Branch, ...]:
    made = []
    for i, part in enumerate(parts):
        at: Path = (*path, i)
        p = context.expression((*at, "p"), part.p, "both", NUMBER)
        when = context.expression((*at, "when"), part.when, "variables", YES_NO)
        assignments = _effects(context, (*at, "set"), part.set)
        if p is not None:
            made.append(Branch(p, when, assignments, context.place(at)))
    return tuple(made)


def _effects(context: Context, path: Path, effects: dict[str, object]) -> tuple[Assignment, ...]:
    made: dict[str, Assignment] = {}
    variables = spellings(
        item.name for item in context.scope.names.values() if isinstance(item, Variable)
    )
    for name, value in effects.items():
        at: Path = (*path, name)
        declared = context.scope.names.get(canonical(name))
        if not isinstance(declared, Variable):
            if declared is not None:
                context.wrong(
                    at, f"'{name}' is not a variable", "only variables can be set", key=True
                )
            else:
                context.lookup(at, name, variables, "variable", key=True)
            continue
        if declared.name in made:
            context.wrong(at, f"'{declared.name}' is set twice", "delete one of them", key=True)
        expression = context.expression(at, value, "variables", declared)
        if expression is not None:
            made[declared.name] = Assignment(declared.name, expression)
    return tuple(made.values())


def doctrines(context: Context, file: ScenarioPart, promised: Promises) -> tuple[Doctrine, ...]:
    """All doctrines, actor by actor."""
    known = spellings(file.actors)
    made = []
    for adopter, group in file.doctrines.items():
        actor = context.lookup(("doctrines", adopter), adopter, known, "actor", key=True)
        actions = spellings(file.actors[actor].actions) if actor is not None else {}
        for name, part in group.items():
            path: Path = ("doctrines", adopter, name)
            if canonical(name) == canonical(FREE_CHOICE):
                hint = "it is always there; delete the entry or rename it"
                context.wrong(
                    path, f"'{FREE_CHOICE}' is the doctrine of no commitment", hint, key=True
                )
            inline = [
                key
                for key in ("must", "never", "when", "from", "until")
                if _has(context, path, key)
            ]
            if part.rules is not None and inline:
                what = f"'{inline[0]}' stands beside 'rules'"
                context.wrong((*path, inline[0]), what, "move it into a rule", key=True)
            if part.rules is None:
                given: list[tuple[Path, RulePart]] = [(path, part)] if inline else []
            else:
                given = [((*path, "rules", i), rule) for i, rule in enumerate(part.rules)]
            brought = promised.brought(name)
            rules = [_under(_rule(context, at, rule, actions, file), brought) for at, rule in given]
            rules += [
                Rule((), (stands,), None, 1, file.time.periods, context.place(path), (amended,))
                for stands, amended in brought.items()
            ]
            doctrine = Doctrine(
                name=name,
                actor=actor or adopter,
                announced=part.announced,
                says=part.says,
                rules=tuple(rules),
                place=context.place(path),
                believed=traits.share(context, (*path, "believed"), part.believed, "believed"),
                binds=traits.bound(context, path, actor, part) if actor is not None else (),
                amends=tuple(
                    pact.name
                    for pact in promised.pacts
                    if any(name in version.doctrines for version in pact.versions)
                ),
            )
            made.append(doctrine)
    return tuple(made)


def _rule(
    context: Context, path: Path, part: RulePart, actions: dict[str, str], file: ScenarioPart
) -> Rule:
    if not part.must and not part.never:
        hint = "write must: [actions] or never: [actions]"
        context.wrong(path, "a rule demands or forbids something", hint, key=True)
    periods = file.time.periods
    first = 1 if part.from_ is None else part.from_
    last = periods if part.until is None else part.until
    for key, period in (("from", first), ("until", last)):
        if not 1 <= period <= periods:
            context.wrong((*path, key), f"there is no period {period}", f"they are 1 to {periods}")
    if 1 <= last < first <= periods:
        context.wrong((*path, "until"), f"'until' {last} is before 'from' {first}")
    return Rule(
        must=_actions(context, (*path, "must"), part.must, actions),
        never=_actions(context, (*path, "never"), part.never, actions),
        when=context.expression((*path, "when"), part.when, "variables", YES_NO),
        first=first,
        last=last,
        place=context.place(path),
    )


def _under(rule: Rule, brought: dict[str, str]) -> Rule:
    """A rule that speaks of triggers, where the doctrine brings another version of their treaty."""
    return replace(
        rule,
        must=tuple(brought.get(name, name) for name in rule.must),
        never=tuple(brought.get(name, name) for name in rule.never),
    )


def _actions(
    context: Context, path: Path, names: list[str], known: dict[str, str]
) -> tuple[str, ...]:
    found = []
    for i, name in enumerate(names):
        at = (*path, i) if (*path, i) in context.document.values else path
        if known:  # not, where the actor itself is unknown
            found.append(context.lookup(at, name, known, "action"))
    return tuple(name for name in found if name is not None)


def _has(context: Context, path: Path, key: str) -> bool:
    return (*path, key) in context.document.values
