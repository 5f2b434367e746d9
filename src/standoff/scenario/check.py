"""Second pass: a file of the right shape to a `Scenario`, with every name resolved.

Mistakes are collected; a scenario comes out only where there are none.
"""

from __future__ import annotations

import re
from datetime import date
from hashlib import sha256
from typing import Literal

from standoff.reading import Document, Path, ScenarioError, listing
from standoff.scenario import traits
from standoff.scenario.adaptive import adaptive_families
from standoff.scenario.context import Context, spellings
from standoff.scenario.displacement import displacement
from standoff.scenario.file import OutcomePart, ReferencePart, ScenarioPart, VariablePart
from standoff.scenario.metric import metric
from standoff.scenario.moves import actors, doctrines, events
from standoff.scenario.names import canonical
from standoff.scenario.parameters import parameters, sources
from standoff.scenario.priors import constraints, correlations
from standoff.scenario.scenario import (
    FREE_CHOICE,
    Claim,
    Outcome,
    Reference,
    Scenario,
    Time,
    Variable,
)
from standoff.scenario.scope import NUMBER, YES_NO
from standoff.scenario.treaties import promises

_READINGS: dict[str, Literal["each period", "ever", "final", "first time"]] = {
    "each_period": "each period", "ever": "ever", "final": "final", "first_time": "first time",
}  # fmt: skip


def check(file: ScenarioPart, document: Document, data: bytes) -> Scenario:
    """The scenario that a file describes.

    Raises `ScenarioError` with every mistake of this pass.
    """
    context = Context(document)
    counts = () if file.displacement is None else file.displacement.counts
    context.scope.outcomes = spellings([*file.outcomes, *counts])
    _names(context, file)
    declared = parameters(context, file)
    state = tuple(_variable(context, name, part) for name, part in file.variables.items())
    for parameter in declared:
        context.scope.add(parameter)
    for variable in state:
        context.scope.add(variable)
    context.scope.actors = spellings(file.actors)
    traits.declare(context, file)
    _terms(context, file)
    traits.distinct(context, file)
    together = correlations(context, file, declared)
    bounds = constraints(context, file, declared)
    measure = metric(context, file, declared)
    promised = promises(context, file)
    who = actors(context, file, promised)
    traits.possible(context, [actor for actor in who if actor is not None])
    what = events(context, file)
    order = _order(context, file)
    traits.in_turn(context, file)
    over = context.expression(("ends",), file.ends, "variables", YES_NO)
    commitments = doctrines(context, file, promised)
    families = adaptive_families(context, file)
    reported = [_outcome(context, name, part) for name, part in file.outcomes.items()]
    context.scope.doctrines = spellings([FREE_CHOICE, *(d.name for d in commitments)])
    fleeing = displacement(context, file)
    maintained = _claims(context, file)
    clock = _time(context, file)
    if context.mistakes:
        raise ScenarioError(context.mistakes, document.text)
    return Scenario(
        name=file.name,
        title=file.title,
        summary=file.summary,
        path=document.file,
        text=document.text,
        hash=sha256(data).hexdigest(),
        time=clock,
        references=tuple(_reference(key, part) for key, part in file.references.items()),
        parameters=declared,
        correlations=together,
        constraints=bounds,
        metric=measure,
        variables=state,
        order=order,
        events=what,
        actors=tuple(actor for actor in who if actor is not None),
        ends=over,
        doctrines=commitments,
        adaptive=families,
        outcomes=tuple(outcome for outcome in reported if outcome is not None),
        claims=maintained,
        displacement=fleeing,
        treaties=promised.pacts,
    )


def _names(context: Context, file: ScenarioPart) -> None:
    """Every declared name can be one, and is declared once."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", file.name) or len(file.name) > 60:
        hint = "lower-case letters, digits and hyphens, as in escalation-trap"
        context.wrong(("name",), f"'{file.name}' cannot be the name of a scenario", hint)
    state: list[Path] = [("parameters", name) for name in file.parameters]
    state += [("variables", name) for name in file.variables]
    state += [("terms", name) for name in file.terms]
    context.named(state, "a parameter, variable or term")
    reported: list[Path] = [("outcomes", name) for name in file.outcomes]
    if file.displacement is not None:
        reported += [("displacement", "counts", name) for name in file.displacement.counts]
    context.named(reported, "an outcome")
    context.named([("actors", name) for name in file.actors], "an actor")
    adopted: list[Path] = [
        ("doctrines", actor, name) for actor, group in file.doctrines.items() for name in group
    ]
    context.named(adopted, "a doctrine")
    context.named([("events", name) for name in file.events], "an event", in_expressions=False)
    context.named([("claims", name) for name in file.claims], "a claim", in_expressions=False)


def _variable(context: Context, name: str, part: VariablePart) -> Variable:
    path: Path = ("variables", name)
    kinds = [kind for kind in ("ladder", "levels", "flag") if getattr(part, kind) is not None]
    if len(kinds) != 1:
        found = " and ".join(f"'{kind}'" for kind in kinds) or "none of them"
        what = f"'{name}' needs one of 'ladder', 'levels' and 'flag', found {found}"
        context.wrong(path, what, key=True)
    kind: Literal["ladder", "levels", "flag"] = "levels"
    labels: tuple[str, ...] = ("0",)
    start = 0
    if part.ladder is not None:
        kind, labels = "ladder", tuple(part.ladder)
        start = _rungs(context, path, name, part)
    elif part.levels is not None:
        kind, labels = "levels", tuple(str(i) for i in range(part.levels + 1))
        if isinstance(part.start, str):
            what = f"'start' of levels is a whole number, found '{part.start}'"
            context.wrong((*path, "start"), what)
        elif part.start is not None:
            start = part.start
            if not 0 <= start <= part.levels:
                what = f"there is no level {start}"
                context.wrong((*path, "start"), what, f"they are 0 to {part.levels}")
    elif part.flag is not None:
        kind, labels, start = "flag", ("no", "yes"), int(part.flag)
        if part.start is not None:
            hint = "write flag: true or flag: false"
            context.wrong((*path, "start"), "a flag has its start in 'flag'", hint, key=True)
    return Variable(name, kind, labels, start, part.about, context.place(path))


def _rungs(context: Context, path: Path, name: str, part: VariablePart) -> int:
    """Checks the rungs of a ladder; position of the one at the start."""
    rungs = part.ladder or []
    context.named(((*path, "ladder", i) for i in range(len(rungs))), "a rung", words=rungs)
    for i, rung in enumerate(rungs):
        if canonical(rung) == canonical(name):
            what = f"the rung '{rung}' has the name of its own ladder"
            context.wrong((*path, "ladder", i), what, "rename one of them")
    if part.start is None:
        return 0
    known = spellings(rungs)
    if not isinstance(part.start, str):
        hint = f"the rungs are {listing(rungs)}"
        context.wrong((*path, "start"), f"'start' of a ladder is a rung, found {part.start}", hint)
        return 0
    found = context.lookup((*path, "start"), part.start, known, "rung")
    return rungs.index(found) if found is not None else 0


def _terms(context: Context, file: ScenarioPart) -> None:
    """Puts terms into the scope one by one: each may use those before it."""
    context.scope.later_terms = {canonical(name) for name in file.terms}
    for name, value in file.terms.items():
        term = context.term(("terms", name), value)
        context.scope.later_terms.discard(canonical(name))
        context.scope.add(term)


def _order(context: Context, file: ScenarioPart) -> tuple[tuple[str, ...], ...]:
    who, what = spellings(file.actors), spellings(file.events)
    order: list[tuple[str, ...]] = []
    for i, item in enumerate(file.order):
        path: Path = ("order", i)
        if isinstance(item, str):
            key = canonical(item)
            if key in who and key in what:
                hint = "rename one of them"
                context.wrong(path, f"'{item}' is both an actor and an event", hint)
            found = context.lookup(path, item, {**what, **who}, "actor or event")
            order += [(found,)] if found is not None else []
        else:
            order.append(_group(context, path, item, who, what))
    for actor in file.actors:
        if not any(actor in move for move in order):
            hint = f"add '{actor}' to 'order'"
            context.wrong(("actors", actor), f"actor '{actor}' never moves", hint, key=True)
    return tuple(order)


def _group(
    context: Context, path: Path, names: list[str], who: dict[str, str], what: dict[str, str]
) -> tuple[str, ...]:
    """Actors who choose at once."""
    members: list[str] = []
    if len(names) == 1:
        context.wrong(path, "a group has two actors or more", f"write {names[0]} without brackets")
    for k, name in enumerate(names):
        at = (*path, k)
        key = canonical(name)
        if key in what and key not in who:
            hint = "chance does not choose; put it before or after the group"
            context.wrong(at, f"'{name}' is an event", hint)
            continue
        found = context.lookup(at, name, who, "actor")
        if found is not None and found in members:
            context.wrong(
                at, f"'{found}' is in this group twice", "an actor chooses once at a time"
            )
        elif found is not None:
            members.append(found)
    return tuple(members)


def _outcome(context: Context, name: str, part: OutcomePart) -> Outcome | None:
    path: Path = ("outcomes", name)
    given = [(key, reading) for key, reading in _READINGS.items() if getattr(part, key) is not None]
    if len(given) != 1:
        found = " and ".join(f"'{reading}'" for _, reading in given) or "none of them"
        known = listing(f"'{reading}'" for reading in _READINGS.values())
        context.wrong(path, f"'{name}' needs one of {known}; found {found}", key=True)
        return None
    key, reading = given[0]
    condition = reading in ("ever", "first time")
    expression = context.expression(
        (*path, reading),
        getattr(part, key),
        "variables" if condition else "outcomes",
        YES_NO if condition else NUMBER,
    )
    if expression is None:
        return None
    place = context.place(path)
    return Outcome(name, reading, expression, part.unit, part.better, part.says, place)


def _claims(context: Context, file: ScenarioPart) -> tuple[Claim, ...]:
    made = []
    for name, part in file.claims.items():
        path: Path = ("claims", name)
        holds = context.expression((*path, "holds"), part.holds, "claims", YES_NO)
        keys = sources(context, (*path, "source"), part.source, file)
        if holds is not None:
            made.append(Claim(name, part.says, holds, part.why, keys, context.place(path)))
    return tuple(made)


def _time(context: Context, file: ScenarioPart) -> Time:
    start = None
    if file.time.start is not None:
        try:
            start = date.fromisoformat(file.time.start)
        except ValueError:
            what = f"'{file.time.start}' is not a date"
            context.wrong(("time", "start"), what, "write it as 2022-03-15")
    return Time(file.time.period, file.time.periods, start)


def _reference(key: str, part: ReferencePart) -> Reference:
    return Reference(
        key=key,
        title=part.title,
        author=part.author,
        year=part.year,
        container=part.container,
        url=part.url,
        note=part.note,
    )
