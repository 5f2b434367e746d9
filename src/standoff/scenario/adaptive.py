"""Second pass: families of adaptive doctrines, the candidates of a search."""

from __future__ import annotations

from standoff.reading import Path
from standoff.scenario.context import Context, spellings
from standoff.scenario.file import AdaptivePart, DoctrinePart, ScenarioPart
from standoff.scenario.names import canonical
from standoff.scenario.scenario import FREE_CHOICE, AdaptiveFamily
from standoff.scenario.scope import YES_NO


def adaptive_families(context: Context, file: ScenarioPart) -> tuple[AdaptiveFamily, ...]:
    """All families, actor by actor."""
    known = spellings(file.actors)
    names: list[Path] = [
        ("adaptive", adopter, name) for adopter, group in file.adaptive.items() for name in group
    ]
    context.named(names, "a family of doctrines", in_expressions=False)
    made = []
    for adopter, group in file.adaptive.items():
        actor = context.lookup(("adaptive", adopter), adopter, known, "actor", key=True)
        if actor is None:
            continue
        own = {
            name: doctrine
            for other, doctrines in file.doctrines.items()
            if canonical(other) == canonical(actor)
            for name, doctrine in doctrines.items()
        }
        for name, part in group.items():
            made.append(_family(context, ("adaptive", adopter, name), part, actor, own, file))
    return tuple(made)


def _family(
    context: Context,
    path: Path,
    part: AdaptivePart,
    actor: str,
    own: dict[str, DoctrinePart],
    file: ScenarioPart,
) -> AdaptiveFamily:
    start = _doctrines(context, (*path, "start"), part.start, actor, own)
    then = _doctrines(context, (*path, "then"), part.then, actor, own)
    if start == then and len(start) == 1:
        what = f"'{path[-1]}' starts and goes on with '{start[0]}'"
        context.wrong((*path, "then"), what, "name another doctrine")
    declared = [name for name in (*start, *then) if name in own]
    if len({own[name].announced for name in declared}) > 1:
        what = f"'{path[-1]}' mixes doctrines that are announced with others that are not"
        context.wrong(path, what, "make two entries of it", key=True)
    for name in dict.fromkeys(declared):
        if own[name].amends:
            what = f"'{name}' amends a treaty"
            hint = "that holds for the whole of a crisis; leave it out there"
            context.wrong(path, what, hint, key=True)
        if own[name].believed is not None or own[name].binds:
            what = f"'{name}' has '{'binds' if own[name].believed is None else 'believed'}'"
            hint = "an adaptive doctrine binds all types, and the others know; leave it out there"
            context.wrong(path, what, hint, key=True)
    if part.when is None and part.from_ is None:
        hint = "write when: [conditions on variables], from: [periods], or both"
        context.wrong(path, f"nothing says when '{path[-1]}' changes over", hint, key=True)
    periods = file.time.periods
    for i, period in enumerate(part.from_ or ()):
        if not 1 <= period <= periods:
            what = f"there is no period {period}"
            context.wrong((*path, "from", i), what, f"they are 1 to {periods}")
    conditions = [
        context.expression((*path, "when", i), condition, "variables", YES_NO)
        for i, condition in enumerate(part.when or ())
    ]
    return AdaptiveFamily(
        name=str(path[-1]),
        actor=actor,
        says=part.says,
        start=start,
        then=then,
        when=tuple(condition for condition in conditions if condition is not None),
        first=tuple(part.from_ or (1,)),
        place=context.place(path),
    )


def _doctrines(
    context: Context, path: Path, names: list[str], actor: str, own: dict[str, DoctrinePart]
) -> tuple[str, ...]:
    known = spellings([FREE_CHOICE, *own])
    found = []
    for i, name in enumerate(names):
        at = (*path, i) if (*path, i) in context.document.values else path
        found.append(context.lookup(at, name, known, f"doctrine of '{actor}'"))
    return tuple(name for name in found if name is not None)
