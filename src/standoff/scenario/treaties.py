"""Second pass: treaties, as guards and chances of the actions that invoke them.

A treaty rules on every incident that the file describes. Where its clause is met the trigger is
open, and `decided` is the chance that the council decides so: that the state amounts to what meets
the clause, times the chance that enough of those agree who have to. A doctrine that amends the
treaty has a trigger of its own, which is closed to all others; so states and transitions are the
same whatever the treaty says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np

from standoff.reading import Path
from standoff.scenario.context import Context, spellings
from standoff.scenario.expression import Call, Constant, Expression, Node, evaluate
from standoff.scenario.file import ScenarioPart
from standoff.scenario.names import DECIDED, canonical
from standoff.scenario.opinion import Change, Opinion, opinions
from standoff.scenario.scenario import Pact, Ruled, Variable, Version
from standoff.scenario.scope import NUMBER, YES_NO, Term, Typed
from standoff.scenario.treaty_part import AmendmentPart, OwesPart, TreatyPart

_CELLS = 1_000_000
"""Combinations of values in which conditions are compared."""

_ONE, _NONE = Constant(1.0), Constant(0.0)


@dataclass(frozen=True)
class Motion:
    """A trigger in one version of its treaty: its name, where it is open, and what it may hope."""

    action: str
    closed: bool
    guard: Expression
    decided: Typed


@dataclass(frozen=True)
class Due:
    """A promise that falls due where `when` holds; other actions than `by` then cost `cost`."""

    by: tuple[str, ...]
    when: Expression
    cost: Expression


@dataclass(frozen=True)
class Promises:
    """All that the treaties of a file mean for its actors."""

    pacts: tuple[Pact, ...] = ()
    motions: Mapping[tuple[str, str], tuple[Motion, ...]] = field(default_factory=dict)
    """By actor and trigger; none where the treaty is mistaken."""
    dues: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    """By actor."""

    def brought(self, doctrine: str) -> dict[str, str]:
        """Trigger → that of the version that a doctrine brings."""
        return {
            pact.trigger: version.action
            for pact in self.pacts
            for version in pact.versions
            if doctrine in version.doctrines
        }


@dataclass(frozen=True)
class _Described:
    """An incident as the file has it."""

    name: str
    when: Expression
    weight: Expression | None


def promises(context: Context, file: ScenarioPart) -> Promises:
    """All treaties, each with the versions that doctrines bring."""
    context.named([("treaties", name) for name in file.treaties], "a treaty", in_expressions=False)
    _amended(context, file)
    if file.treaties and (taken := context.scope.names.get(DECIDED)) is not None:
        section = "variables" if isinstance(taken, Variable) else "parameters"
        path: Path = (section, taken.name)
        at = path if path in context.document.keys else ("terms", taken.name)
        what = f"'{taken.name}' is what a treaty's trigger calls the council's decision"
        context.wrong(at, what, "choose another name", key=True)
    pacts: list[Pact] = []
    motions: dict[tuple[str, str], tuple[Motion, ...]] = {}
    dues: dict[str, tuple[Due, ...]] = {}
    for name, part in file.treaties.items():
        path = ("treaties", name)
        actor = context.lookup((*path, "actor"), part.actor, spellings(file.actors), "actor")
        actions = spellings(file.actors[actor].actions) if actor is not None else {}
        trigger = None
        if actor is not None:
            what = f"action of '{actor}'"
            trigger = context.lookup((*path, "trigger"), part.trigger, actions, what)
        found = _pact(context, file, name, part, actor, trigger)
        if actor is None or trigger is None:  # nobody knows which action may speak of it
            context.scope.names[DECIDED] = Term(DECIDED, None)
            continue
        if found is None:
            motions[actor, trigger] = ()
            continue
        if (actor, trigger) in motions:
            what = f"'{trigger}' is the trigger of another treaty"
            context.wrong((*path, "trigger"), what, "give each treaty an action of its own")
        pact, made = found
        pacts.append(pact)
        motions[actor, trigger] = made
        if part.owes is not None:
            due = _due(context, path, part.owes, actor, actions, made)
            dues[actor] = dues.get(actor, ()) + (() if due is None else (due,))
    return Promises(tuple(pacts), motions, dues)


def _amended(context: Context, file: ScenarioPart) -> None:
    """Whoever amends a treaty decides for its parties."""
    known = spellings(file.treaties)
    for actor, group in file.doctrines.items():
        for doctrine, part in group.items():
            for name in part.amends:
                path: Path = ("doctrines", actor, doctrine, "amends", name)
                treaty = context.lookup(path, name, known, "treaty", key=True)
                if treaty is None:
                    continue
                decides = file.treaties[treaty].actor
                if canonical(decides) not in spellings(file.actors):
                    continue
                if canonical(decides) != canonical(actor):
                    what = f"'{actor}' does not decide on '{treaty}'"
                    hint = f"only doctrines of '{decides}' can amend it"
                    context.wrong(path, what, hint, key=True)


def _pact(
    context: Context,
    file: ScenarioPart,
    name: str,
    part: TreatyPart,
    actor: str | None,
    trigger: str | None,
) -> tuple[Pact, tuple[Motion, ...]] | None:
    path: Path = ("treaties", name)
    described = _described(context, path, part)
    unclear = context.expression((*path, "unclear"), part.unclear, "both", NUMBER)
    agree = blocs = None
    if part.decides is not None:
        at: Path = (*path, "decides")
        agree = context.expression((*at, "agree"), part.decides.agree, "both", NUMBER)
        blocs = _blocs(context, (*at, "blocs"), part.decides.blocs)
    day = _day(context, path, part, file)
    if day is None:
        return None
    changes = [Change({}, path)]
    brought: list[list[str]] = [[]]
    for doctrine, change in _changes(part, name, file):
        same = next((k for k, one in enumerate(changes) if one.changed == change.changed), None)
        if same is None:
            changes.append(change)
            brought.append([doctrine])
        else:
            brought[same].append(doctrine)
    ruled = opinions(context, path, part, day, changes)
    if ruled is None or actor is None or trigger is None or len(described) < len(part.incidents):
        return None
    made: list[tuple[Version, Motion]] = []
    for doctrines, opinion in zip(map(tuple, brought), ruled, strict=True):
        action = f"{trigger} under {doctrines[0]}" if doctrines else trigger
        if doctrines and canonical(action) in spellings(file.actors[actor].actions):
            what = f"'{action}' is what '{trigger}' is called under '{doctrines[0]}'"
            context.wrong(("actors", actor, "actions", action), what, "rename it", key=True)
        found = [
            Ruled(one.name, one.when, one.weight, truth, why)
            for one, (truth, why) in zip(described, opinion.incidents, strict=True)
        ]
        guard, chance = _motion(found, unclear)
        version = Version(
            doctrines, opinion.change, action, tuple(found), opinion.needed, opinion.members
        )
        decided = _typed(_times(chance, _council(agree, blocs, version.share)))
        made.append((version, Motion(action, bool(doctrines), guard, decided)))
    first: Opinion = ruled[0]
    pact = Pact(
        name=name,
        title=first.title,
        clause=first.clause,
        as_of=day,
        actor=actor,
        trigger=trigger,
        versions=tuple(version for version, _ in made),
        owes=first.owes,
        place=context.place(path),
    )
    return pact, tuple(motion for _, motion in made)


def _described(context: Context, path: Path, part: TreatyPart) -> list[_Described]:
    """The incidents; no two may hold in one state but by the same condition."""
    context.named(
        [(*path, "incidents", name) for name in part.incidents], "an incident", in_expressions=False
    )
    made = []
    for name, given in part.incidents.items():
        at: Path = (*path, "incidents", name)
        when = context.expression((*at, "when"), given.when, "variables", YES_NO)
        weight = context.expression((*at, "weight"), given.weight, "both", NUMBER)
        if when is not None and (weight is not None or given.weight is None):
            made.append(_Described(name, when, weight))
    for one, other in combinations(made, 2):
        if one.when.tree == other.when.tree:
            continue
        both = _both_hold(context, one.when, other.when)
        if both:
            what = f"'{one.name}' and '{other.name}' both hold where {both}"
            hint = "make them exclude each other, or give both the same 'when', and weights"
            context.wrong((*path, "incidents", other.name, "when"), what, hint)
    return made


def _both_hold(context: Context, one: Expression, other: Expression) -> str:
    """A state in which both conditions hold, in words; empty where there is none."""
    declared = [
        variable
        for variable in context.scope.names.values()
        if isinstance(variable, Variable) and variable.name in (*one.variables, *other.variables)
    ]
    if np.prod([float(variable.size) for variable in declared]) > _CELLS:
        return ""
    axes = np.meshgrid(*(np.arange(v.size, dtype=np.float64) for v in declared), indexing="ij")
    values = {variable.name: axis for variable, axis in zip(declared, axes, strict=True)}
    cells = tuple(variable.size for variable in declared)
    both = np.broadcast_to((evaluate(one, values) != 0) & (evaluate(other, values) != 0), cells)
    if not both.any():
        return ""
    at = np.unravel_index(int(np.argmax(both)), both.shape)
    pairs = zip(declared, at, strict=True)
    return ", ".join(f"{v.name} is {v.labels[int(k)]}" for v, k in pairs) or "anything does"


def _blocs(context: Context, path: Path, value: object) -> Expression | None:
    whole = Variable("blocs", "levels", (), 0, "", context.place(path[:-1]))
    if path in context.document.values:
        return context.expression(path, value, "both", whole)
    return None


def _day(context: Context, path: Path, part: TreatyPart, file: ScenarioPart) -> date | None:
    """The date on which the treaty is read."""
    given, at = part.as_of, (*path, "as of")
    if given is None:
        given, at = file.time.start, ("time", "start")
    if given is None:
        hint = "write as of: 2022-03-15, or give 'time' a 'start'"
        context.wrong(path, f"nothing says on which date '{path[-1]}' is read", hint, key=True)
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        if part.as_of is not None:  # that of the clock is told where it stands
            context.wrong(at, f"'{given}' is not a date", "write it as 2022-03-15")
        return None


def _changes(part: TreatyPart, name: str, file: ScenarioPart) -> list[tuple[str, Change]]:
    """The doctrines that amend a treaty, each with what it changes."""
    return [
        (doctrine, Change(_changed(change), ("doctrines", actor, doctrine, "amends", treaty)))
        for actor, group in file.doctrines.items()
        if canonical(actor) == canonical(part.actor)
        for doctrine, given in group.items()
        for treaty, change in given.amends.items()
        if canonical(treaty) == canonical(name)
    ]


def _changed(part: AmendmentPart) -> dict[str, Any]:
    """What is changed, as the treaty takes it."""
    return {key: value for key, value in part.model_dump().items() if value}


def _motion(found: Sequence[Ruled], unclear: Expression | None) -> tuple[Expression, Node]:
    """Where a trigger is open, and the chance there that what it is about meets the clause."""
    groups: dict[Node, list[Ruled]] = {}
    for one in found:
        groups.setdefault(one.when.tree, []).append(one)
    opened = []
    for group in groups.values():
        chance = _met(group, unclear)
        if chance != _NONE:
            opened.append((group[0].when, chance))
    if not opened:
        nowhere = found[0].when
        return _joined(nowhere, "false", _NONE, (nowhere,)), _NONE
    conditions = [when for when, _ in opened]
    text = " or ".join(f"({when.text})" if len(opened) > 1 else when.text for when in conditions)
    tree = conditions[0].tree if len(opened) == 1 else Call("or", tuple(c.tree for c in conditions))
    node = opened[-1][1]
    for when, chance in reversed(opened[:-1]):
        if chance != node:
            node = Call("if", (when.tree, chance, node))
    return _joined(conditions[0], text, tree, conditions), node


def _met(group: Sequence[Ruled], unclear: Expression | None) -> Node:
    """The chance that what the state amounts to meets the clause."""
    weights = [_ONE if one.weight is None else one.weight.tree for one in group]
    left_open = _NONE if unclear is None else unclear.tree
    chances = {"yes": _ONE, "no": _NONE, "unclear": left_open}
    each = [chances[one.truth] for one in group]
    if all(chance == each[0] for chance in each):
        return each[0]
    met = [_times(w, c) for w, c in zip(weights, each, strict=True) if c != _NONE]
    return Call("/", (_sum(met), _sum(weights)))


def _council(agree: Expression | None, blocs: Expression | None, share: float) -> Node:
    """The chance that enough of those agree who have to."""
    if agree is None:
        return _ONE
    if share == 1 or blocs is None:
        return agree.tree
    return Call("carried", (agree.tree, blocs.tree, Constant(share)))


def _due(
    context: Context,
    path: Path,
    part: OwesPart,
    actor: str,
    actions: dict[str, str],
    motions: tuple[Motion, ...],
) -> Due | None:
    at: Path = (*path, "owes")
    when = context.expression((*at, "when"), part.when, "variables", YES_NO)
    cost = context.expression((*at, "else"), part.otherwise, "costs", NUMBER, own=actor)
    kept: list[str] = []
    for i, name in enumerate(part.by):
        where: Path = (*at, "by", i) if (*at, "by", i) in context.document.values else (*at, "by")
        found = context.lookup(where, name, actions, f"action of '{actor}'")
        if found is not None:
            kept.append(found)
    if motions[0].action in kept:
        kept += [motion.action for motion in motions[1:]]
    return None if when is None or cost is None else Due(tuple(kept), when, cost)


def owing(cost: Expression | None, due: Due) -> Expression:
    """What an action that does not keep a promise costs, where `cost` is what it would cost."""
    extra = Call("if", (due.when.tree, due.cost.tree, _NONE))
    told = f"({due.cost.text}) where {due.when.text}"
    if cost is None:
        return _joined(due.cost, told, extra, (due.when, due.cost))
    tree = Call("+", (cost.tree, extra))
    return _joined(cost, f"{cost.text} + {told}", tree, (cost, due.when, due.cost))


def within(own: Expression | None, guard: Expression) -> Expression:
    """Where a trigger is open whose action has a guard of its own."""
    if own is None:
        return guard
    text = f"({own.text}) and ({guard.text})"
    return _joined(own, text, Call("and", (own.tree, guard.tree)), (own, guard))


def _joined(at: Expression, text: str, tree: Node, parts: Sequence[Expression]) -> Expression:
    """An expression made of others; it stands where `at` does."""
    return Expression(
        text=text,
        place=at.place,
        kind=at.kind,
        tree=tree,
        variables=tuple(dict.fromkeys(name for part in parts for name in part.variables)),
        parameters=tuple(dict.fromkeys(name for part in parts for name in part.parameters)),
        traits=tuple(dict.fromkeys(trait for part in parts for trait in part.traits)),
    )


def _times(one: Node, other: Node) -> Node:
    if one == _ONE:
        return other
    return one if other == _ONE else Call("*", (one, other))


def _sum(nodes: Sequence[Node]) -> Node:
    made = nodes[0]
    for node in nodes[1:]:
        made = Call("+", (made, node))
    return made


def _typed(node: Node) -> Typed:
    size, depth = _measure(node)
    return Typed(node, NUMBER, False, size, depth)


def _measure(node: Node) -> tuple[int, int]:
    """Parts of a tree, and how deep they stand."""
    if not isinstance(node, Call):
        return 1, 1
    parts = [_measure(part) for part in node.arguments]
    return 1 + sum(size for size, _ in parts), 1 + max(depth for _, depth in parts)
