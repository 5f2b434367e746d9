"""Second pass: what is private: types, what others believe of them, what is taken at face value.

Probabilities are parameters' expressions; here they are looked at with all parameters at their
nominal values, and in every future when numbers are filled in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standoff.reading import Mistake, Path, listing
from standoff.scenario.context import Context, spellings
from standoff.scenario.expression import Expression, evaluate
from standoff.scenario.file import ActorPart, DoctrinePart, ScenarioPart
from standoff.scenario.names import canonical
from standoff.scenario.scenario import Actor, Parameter, Type, Variable, View
from standoff.scenario.scope import NUMBER, Term

_SLACK = 1e-9
"""How far probabilities may sum from 1."""


def declare(context: Context, file: ScenarioPart) -> None:
    """Puts the names of types into the scope; no two of an actor, and none a name of the state."""
    context.scope.types = {name: spellings(part.types) for name, part in file.actors.items()}
    for actor, part in file.actors.items():
        context.named([("actors", actor, "types", name) for name in part.types], "a type")


def distinct(context: Context, file: ScenarioPart) -> None:
    """Checks that no type has the name of what else its name could mean in a payoff."""
    sorts = {Variable: "variable", Parameter: "parameter", Term: "term"}
    for actor, part in file.actors.items():
        for name in part.types:
            declared = context.scope.names.get(canonical(name))
            if declared is not None:
                what = f"the type '{name}' and the {sorts[type(declared)]} have the same name"
                hint = "in a payoff either could be meant; rename one of them"
                context.wrong(("actors", actor, "types", name), what, hint, key=True)


def types(context: Context, path: Path, part: ActorPart) -> tuple[Type, ...]:
    """The types of the actor at `path`; that their priors sum to 1 is checked."""
    made = []
    priors = []
    for name, given in part.types.items():
        at: Path = (*path, "types", name)
        inner: Path = (*at, "prior")
        whole = inner if inner in context.document.values else at
        prior = context.expression(whole, given.prior, "parameters", NUMBER)
        if prior is not None:
            made.append(Type(name, prior, given.about, context.place(at)))
            priors.append((name, whole, prior))
    if made and len(made) == len(part.types):
        _sum(context, (*path, "types"), priors, f"the priors of '{path[-1]}'")
    return tuple(made)


def views(context: Context, path: Path, part: ActorPart, file: ScenarioPart) -> tuple[View, ...]:
    """What the actor at `path` believes of others."""
    made: dict[str, View] = {}
    for name, given in part.believes.items():
        at: Path = (*path, "believes", name)
        actor = context.lookup(at, name, context.scope.actors, "actor", key=True)
        if actor is None:
            continue
        if actor == path[-1]:
            context.wrong(at, f"'{actor}' knows its own type", "name another actor", key=True)
        elif not file.actors[actor].types:
            hint = f"write 'types' for '{actor}', or delete this"
            context.wrong(at, f"actor '{actor}' has no types", hint, key=True)
        elif actor in made:
            what = f"what is believed of '{actor}' stands twice"
            context.wrong(at, what, "delete one of them", key=True)
        else:
            prior = _view(context, at, given, actor)
            if prior:
                made[actor] = View(actor, tuple(share for _, _, share in prior), context.place(at))
                what = f"the probabilities that '{path[-1]}' gives the types of '{actor}'"
                _sum(context, at, prior, what)
    return tuple(made.values())


def _view(
    context: Context, path: Path, given: dict[str, object], actor: str
) -> list[tuple[str, Path, Expression]]:
    """Where one expression for each type stands, in the order of the types; none if mistaken."""
    known = context.scope.types[actor]
    found: dict[str, tuple[Path, Expression | None]] = {}
    for name, value in given.items():
        at: Path = (*path, name)
        declared = context.lookup(at, name, known, f"type of '{actor}'", key=True)
        expression = context.expression(at, value, "parameters", NUMBER)
        if declared in found:
            context.wrong(at, f"'{declared}' stands twice", "delete one of them", key=True)
        elif declared is not None:
            found[declared] = at, expression
    names = list(known.values())
    missing = [name for name in names if name not in found]
    if missing and len(found) == len(given):
        what = f"nothing is said of '{missing[0]}'"
        context.wrong(path, what, f"write a probability for each type of '{actor}'", key=True)
    every = []
    for one in names:
        at, share = found.get(one, (path, None))
        if share is not None:
            every.append((one, at, share))
    return every if len(every) == len(names) else []


def possible(context: Context, actors: Sequence[Actor]) -> None:
    """Refuses to believe in a type that has no chance: no evidence could be weighed against it."""
    nominal = _nominal(context)
    known = {actor.name: actor.types for actor in actors}
    for actor in actors:
        for view in actor.believes:
            for one, share in zip(known.get(view.actor, ()), view.prior, strict=False):
                if evaluate(share, nominal) > 0 and evaluate(one.prior, nominal) == 0:
                    what = f"'{actor.name}' believes in '{one.name}', whose prior is 0"
                    when = _at(context, [one.prior])
                    hint = "its odds are a multiple of the others'; give the type a prior above 0"
                    found = Mistake(view.place, len(view.actor), what + when, hint)
                    context.mistakes.append(found)


def cursedness(context: Context, path: Path, part: ActorPart) -> Expression | None:
    """How far what the actor at `path` shows is taken at face value."""
    at: Path = (*path, "cursedness")
    if part.cursedness is not None and not part.types:
        what = f"'{path[-1]}' has no types, so nothing it shows can be taken at face value"
        context.wrong(at, what, "write 'types' for it, or delete this", key=True)
    return share(context, at, part.cursedness, "cursedness")


def revealed(context: Context, path: Path, actor: str, name: str | None) -> str | None:
    """The declared name of the type that the action at `path` shows."""
    return None if name is None else _type_of(context, (*path, "reveals"), actor, name)


def bound(context: Context, path: Path, actor: str, part: DoctrinePart) -> tuple[str, ...]:
    """The types that the doctrine at `path` binds; empty for all of them."""
    found: list[str] = []
    for i, name in enumerate(part.binds):
        item: Path = (*path, "binds", i)
        at = item if item in context.document.values else item[:-1]
        declared = _type_of(context, at, actor, name)
        if declared in found:
            context.wrong(at, f"'{declared}' stands twice", "delete one of them")
        elif declared is not None:
            found.append(declared)
    return tuple(found)


def share(context: Context, path: Path, value: object, name: str) -> Expression | None:
    """An expression of parameters that is between 0 and 1."""
    found = context.expression(path, value, "parameters", NUMBER)
    if found is not None:
        _within(context, path, found, f"'{name}'")
    return found


def in_turn(context: Context, file: ScenarioPart) -> None:
    """Refuses actors who choose at once where others learn from what they see."""
    typed = [name for name, part in file.actors.items() if part.types]
    every = (each for group in file.doctrines.values() for each in group.items())
    believed = [name for name, part in every if part.believed is not None]
    if not typed and not believed:
        return
    secret = (
        f"actor '{typed[0]}' has types" if typed else f"doctrine '{believed[0]}' has 'believed'"
    )
    for i, move in enumerate(file.order):
        if isinstance(move, list):
            what = f"nobody can choose at once here: {secret}"
            hint = (
                "others learn from one choice after another; write "
                f"{listing(move)} without brackets, in the order in which they move"
            )
            context.wrong(("order", i), what, hint)


def _type_of(context: Context, path: Path, actor: str, name: str) -> str | None:
    known = context.scope.types.get(actor, {})
    if not known:
        context.wrong(path, f"actor '{actor}' has no types", "write 'types' for it, or delete this")
        return None
    return context.lookup(path, name, known, f"type of '{actor}'")


def _sum(
    context: Context, path: Path, shares: Sequence[tuple[str, Path, Expression]], what: str
) -> None:
    """Checks probabilities one by one, and that they sum to 1."""
    values = [
        _within(context, at, share, f"the probability of '{name}'") for name, at, share in shares
    ]
    total = sum(value for value in values if value is not None)
    if None not in values and abs(total - 1) > _SLACK:
        when = _at(context, [share for _, _, share in shares])
        hint = "the probabilities of all types sum to 1 in every future"
        context.wrong(path, f"{what} sum to {total:.10g}{when}", hint, key=True)


def _within(context: Context, path: Path, share: Expression, what: str) -> float | None:
    """Its nominal value; None and a mistake where that is not between 0 and 1."""
    value = float(evaluate(share, _nominal(context)))
    if 0 <= value <= 1:
        return value
    found = f"{value:.10g}" if np.isfinite(value) else "not a number"
    what = f"{what} is {found}{_at(context, [share])}"
    context.wrong(path, what, "it is between 0 and 1 in every future")
    return None


def _nominal(context: Context) -> dict[str, float]:
    every = context.scope.names.values()
    return {one.name: one.value for one in every if isinstance(one, Parameter)}


def _at(context: Context, used: Sequence[Expression]) -> str:
    """The nominal values that go into these expressions, in words."""
    nominal = _nominal(context)
    names = dict.fromkeys(name for one in used for name in one.parameters)
    values = listing(f"{name} = {nominal[name]:g}" for name in names)
    return f" with {values}" if values else ""
