"""Second pass: who flees where, as far as the file alone can tell.

Names of settings, places, countries and measures are those of the instance, which whoever drives it
looks up: here they are kept with their places.
"""

from __future__ import annotations

from pathlib import Path as FilePath

from standoff.reading import Path
from standoff.scenario.context import Context, spellings
from standoff.scenario.expression import Expression
from standoff.scenario.file import CountPart, DisplacementPart, ScenarioPart
from standoff.scenario.names import canonical
from standoff.scenario.scenario import Brought, Count, Displacement, Word
from standoff.scenario.scope import NUMBER

_SECTION = "displacement"


def displacement(context: Context, file: ScenarioPart) -> Displacement | None:
    """The section `displacement`; None where there is none, or it is mistaken."""
    part = file.displacement
    if part is None:
        return None
    people = _people(context, file, part)
    path: Path = (_SECTION,)
    if part.per <= 0:
        context.wrong((*path, "per"), f"expected a number above 0, found {part.per:g}")
    settings = [
        (name, context.expression((*path, "settings", name), value, "parameters", NUMBER))
        for name, value in part.settings.items()
    ]
    places = [
        (name, _intensity(context, (*path, "places", name), value))
        for name, value in part.places.items()
    ]
    return Displacement(
        instance=Word(part.instance, context.document.value((*path, "instance")).place),
        folder=str(FilePath(context.document.file).parent / part.instance),
        people=people or part.people,
        per=part.per,
        days=part.days,
        rule=part.rule,
        settings=tuple(
            (Word(name, context.place((*path, "settings", name))), found)
            for name, found in settings
            if found is not None
        ),
        places=tuple(
            (Word(name, context.place((*path, "places", name))), found)
            for name, found in places
            if found is not None
        ),
        doctrines=_brought(context, file, part),
        counts=tuple(_count(context, file, name, one) for name, one in part.counts.items()),
        place=context.place(path),
    )


def _people(context: Context, file: ScenarioPart, part: DisplacementPart) -> str | None:
    """The outcome that counts the uprooted; it is one that is added up."""
    path: Path = (_SECTION, "people")
    known = spellings(file.outcomes)
    name = context.lookup(path, part.people, known, "outcome")
    if name is not None and file.outcomes[name].each_period is None:
        adding = [other for other, one in file.outcomes.items() if one.each_period is not None]
        hint = f"'each period' have: {', '.join(adding)}" if adding else "write 'each period' there"
        context.wrong(path, f"'{name}' is not added up period by period", hint)
    return name


def _intensity(context: Context, path: Path, value: object) -> Expression | None:
    """The intensity of conflict in a place; of one variable, since only its own odds are known."""
    found = context.expression(path, value, "both", NUMBER)
    if found is not None and len(found.variables) > 1:
        both = " and ".join(f"'{name}'" for name in found.variables[:2])
        hint = "the study knows how likely each value of one variable is; use one"
        context.wrong(path, f"this uses {both}", hint)
    return found


def _brought(context: Context, file: ScenarioPart, part: DisplacementPart) -> tuple[Brought, ...]:
    made: dict[str, Brought] = {}
    for name, one in part.doctrines.items():
        path: Path = (_SECTION, "doctrines", name)
        doctrine = context.lookup(path, name, context.scope.doctrines, "doctrine", key=True)
        if not 1 <= one.from_ <= file.time.periods:
            hint = f"they are 1 to {file.time.periods}"
            context.wrong((*path, "from"), f"there is no period {one.from_}", hint)
        if doctrine is None:
            continue
        if doctrine in made:
            context.wrong(path, f"'{doctrine}' stands here twice", "delete one of them", key=True)
        inner: Path = (*path, "brings")
        at = context.document.value(inner if inner in context.document.values else path)
        made[doctrine] = Brought(doctrine, Word(one.brings, at.place), one.from_)
    return tuple(made.values())


def _count(context: Context, file: ScenarioPart, name: str, part: CountPart) -> Count:
    path: Path = (_SECTION, "counts", name)
    where = []
    for i, word in enumerate(part.in_):
        item: Path = (*path, "in", i)
        at = item if item in context.document.values else (*path, "in")
        where.append(Word(word, context.document.value(at).place))
    after = file.time.periods if part.after is None else part.after
    if not 1 <= after <= file.time.periods:
        hint = f"they are 1 to {file.time.periods}"
        context.wrong((*path, "after"), f"there is no period {after}", hint)
    unit, known = "", spellings(file.outcomes)
    people = known.get(canonical(file.displacement.people)) if file.displacement else None
    if people is not None:
        unit = file.outcomes[people].unit
    return Count(name, tuple(where), after, unit, part.better, part.says, context.place(path))
