"""The variants of a file, read and compared: each is whole, and all are of one crisis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any

from standoff.reading import Document, Mistake, Path, Place, ScenarioError, nearest, shape
from standoff.scenario.check import check
from standoff.scenario.context import Context, spellings
from standoff.scenario.file import ScenarioPart
from standoff.scenario.overlay import FIXED, changes, options, overlaid, overlay_path
from standoff.scenario.parameters import sources
from standoff.scenario.scenario import Outcome, Scenario, Structure
from standoff.scenario.structure import MOST_VARIANTS, blame, combinations, thrown


def resolve(document: Document, data: bytes) -> Scenario:
    """The scenario that a file describes, with the options that it names; `data` are its bytes.

    Every variant is read, so that all mistakes are told at once: those of the file as it stands,
    and if there are none, those of its variants.

    Raises `ScenarioError`.
    """
    known = options(document)
    first = {switch: given[0] for switch, given in known.items()}
    merged = _merged(document, first)
    part = shape(merged, ScenarioPart)
    context = Context(document)
    structures = _structures(context, part)
    chosen = first | _chosen(context, part, known)
    if context.mistakes:
        raise ScenarioError(context.mistakes, document.text)
    base = check(part, merged, data)
    if not structures:
        return base
    made = _every(document, data, structures, base)[tuple(chosen.items())]
    return replace(made, structures=structures, choices=tuple(chosen.items()))


def assemble(document: Document, data: bytes, choices: Mapping[str, str]) -> Scenario:
    """One variant of a file of which all were read before; `choices` are of every switch."""
    merged = _merged(document, choices)
    part = shape(merged, ScenarioPart)
    structures = _structures(Context(document), part)
    made = check(part, merged, data)
    return replace(made, structures=structures, choices=tuple(choices.items()))


def _merged(document: Document, choices: Mapping[str, str]) -> Document:
    if not choices:
        return document
    merged, wrong = overlaid(document, choices)
    if wrong:
        raise ScenarioError(wrong, document.text)
    return merged


def _every(
    document: Document, data: bytes, structures: tuple[Structure, ...], base: Scenario
) -> dict[tuple[tuple[str, str], ...], Scenario]:
    """All variants by their choices. A mistake is told of the plainest variant that has it."""
    known = {structure.name: structure.options for structure in structures}
    switched = replace(base, structures=structures)
    # Those with one switch thrown come first.
    order = sorted(combinations(known), key=lambda choices: len(thrown(switched, choices)))
    made: dict[tuple[tuple[str, str], ...], Scenario] = {}
    found: dict[tuple[Place, str], Mistake] = {}
    beliefs: dict[str, object] = {}
    for choices in order:
        away = thrown(switched, choices)
        try:
            one = base
            if away:
                merged = _merged(document, choices)
                one = check(shape(merged, ScenarioPart), merged, data)
            _same(document, base, one, choices, beliefs)
        except ScenarioError as error:
            named = blame(error, away).mistakes
            for plain, mistake in zip(error.mistakes, named, strict=True):
                found.setdefault((plain.place, plain.message), mistake)
        else:
            made[tuple(choices.items())] = one
    if found:
        raise ScenarioError(found.values(), document.text)
    return made


def _structures(context: Context, part: ScenarioPart) -> tuple[Structure, ...]:
    """The switches, checked by themselves."""
    if not part.structures:
        return ()
    context.named(
        [("structures", name) for name in part.structures], "a switch", in_expressions=False
    )
    for name, given in part.structures.items():
        paths: list[Path] = [("structures", name, "options", option) for option in given.options]
        context.named(paths, "an option", in_expressions=False)
        _distinct(context, paths, list(given.options.values()))
    _fixed(context, part)
    _disjoint(context, part)
    number = prod(len(given.options) for given in part.structures.values())
    if number > MOST_VARIANTS:
        what = f"these switches make {number:,} variants; at most {MOST_VARIANTS} can be solved"
        context.wrong(("structures",), what, "leave out a switch or an option", key=True)
    return tuple(
        Structure(
            name=name,
            says=given.says,
            options=tuple(given.options),
            sources=sources(context, ("structures", name, "source"), given.source, part),
            place=context.place(("structures", name)),
        )
        for name, given in part.structures.items()
    )


def _distinct(context: Context, paths: list[Path], overlays: list[dict[str, Any]]) -> None:
    """No two options of a switch say the same."""
    for k, path in enumerate(paths):
        first = overlays.index(overlays[k])
        if first < k:
            what = f"'{path[-1]}' says the same as '{paths[first][-1]}'"
            context.wrong(path, what, "write what it changes, or delete it", key=True)


def _fixed(context: Context, part: ScenarioPart) -> None:
    """No option touches what makes the variants variants of one scenario."""
    for name, given in part.structures.items():
        for option, overlay in given.options.items():
            for key in (key for key in FIXED if key in overlay):
                what, hint = f"'{key}' is the same in every variant", "delete it here"
                if key == "structures":
                    what = "an option cannot have structures of its own"
                    hint = "write them beside this one"
                context.wrong((*overlay_path(name, option), key), what, hint, key=True)


def _disjoint(context: Context, part: ScenarioPart) -> None:
    """No two switches change the same thing: it would not be said which of them wins."""
    taken: dict[Path, tuple[str, Path]] = {}
    above: dict[Path, tuple[str, Path]] = {}  # what is around a thing that is taken
    for name, given in part.structures.items():
        own = [one for option in given.options for one in changes(context.document, name, option)]
        for path, at in own:
            around = (path[:length] for length in range(1, len(path) + 1))
            rival = next((taken[p] for p in around if p in taken), above.get(path))
            if rival is not None:
                line = context.place(rival[1]).line
                thing = " → ".join(str(step) for step in path)
                what = f"'{thing}' is changed by '{rival[0]}' too, in line {line}"
                hint = "make them one switch, with an option for each combination"
                context.wrong(at, what, hint, key=True)
        for path, at in own:
            taken.setdefault(path, (name, at))
            for length in range(1, len(path)):
                above.setdefault(path[:length], (name, at))


def _chosen(
    context: Context, part: ScenarioPart, known: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """What `variant` names, in the file's spelling."""
    chosen: dict[str, str] = {}
    for switch, option in part.variant.items():
        name = context.lookup(("variant", switch), switch, spellings(known), "switch", key=True)
        if name is None:
            continue
        if name in chosen:
            context.wrong(("variant", switch), f"'{name}' is chosen twice", "delete one", key=True)
        found = context.lookup(("variant", switch), option, spellings(known[name]), "option")
        if found is not None:
            chosen[name] = found
    return chosen


def _same(
    document: Document,
    base: Scenario,
    one: Scenario,
    choices: Mapping[str, str],
    beliefs: dict[str, object],
) -> None:
    """Checks that two variants have the same names, and the same futures.

    `beliefs` is what is believed of each parameter in the variants before.
    """
    wrong: list[Mistake] = []
    for sort, ours, theirs in zip(_NAMED, _names(base), _names(one), strict=True):
        for path in dict.fromkeys((*ours, *theirs)):
            if path in ours and path in theirs:
                continue
            mark = _mark(document, path, choices)
            lost = f"{sort} '{path[-1]}' is missing"
            near = nearest(str(path[-1]), [str(p[-1]) for p in theirs if p not in ours])
            hint = "all variants have the same actors, doctrines, outcomes and claims"
            if path not in ours:
                lost, near = f"{sort} '{path[-1]}' is not in every variant", None
            wrong.append(Mistake(mark[0], mark[1], lost, hint, near))
    for parameter in one.parameters:
        if parameter.distribution is None:
            continue
        believed = beliefs.setdefault(parameter.name, parameter.distribution)
        if believed != parameter.distribution:
            key = "range" if parameter.distribution.kind == "uniform" else "distribution"
            mark = _mark(document, ("parameters", parameter.name, key), choices)
            what = f"'{parameter.name}' is uncertain in another way than in another variant"
            hint = "a future has one value of it: fix it here, or give it another name"
            wrong.append(Mistake(mark[0], mark[1], what, hint))
    fixed = _unsure(base) - _unsure(one)
    for section, here, there in zip(
        ("correlations", "constraints"), _priors(one, fixed), _priors(base, fixed), strict=True
    ):
        if here != there:
            mark = _mark(document, (section,), choices)
            what = f"'{section}' are other than those of the first variant"
            hint = "futures are drawn once for all variants; an option may only fix parameters"
            wrong.append(Mistake(mark[0], mark[1], what, hint))
    if wrong:
        raise ScenarioError(wrong, document.text)


_NAMED = ("actor", "doctrine", "outcome", "claim")


def _names(scenario: Scenario) -> tuple[list[Path], ...]:
    """What all variants share, as paths, in the order of `_NAMED`."""
    return (
        [("actors", actor.name) for actor in scenario.actors],
        [("doctrines", doctrine.actor, doctrine.name) for doctrine in scenario.doctrines],
        [
            ("outcomes", one.name)
            if isinstance(one, Outcome)
            else ("displacement", "counts", one.name)
            for one in scenario.reported
        ],
        [("claims", claim.name) for claim in scenario.claims],
    )


def _unsure(scenario: Scenario) -> set[str]:
    return {p.name for p in scenario.parameters if p.distribution is not None}


def _priors(scenario: Scenario, fixed: set[str]) -> tuple[set[object], set[object]]:
    """Correlations and constraints by what they say, without those that speak of `fixed` ones."""
    together: set[object] = {
        (frozenset(one.between), one.rank)
        for one in scenario.correlations
        if not fixed.intersection(one.between)
    }
    bounds: set[object] = {
        one.holds.tree
        for one in scenario.constraints
        if not fixed.intersection(one.holds.parameters)
    }
    return together, bounds


def _mark(document: Document, path: Path, choices: Mapping[str, str]) -> tuple[Place, int]:
    """Where the options speak of what is at a path, as closely as they do; else where it stands."""
    starts = [overlay_path(switch, option) for switch, option in choices.items()]
    for length in range(len(path), 0, -1):
        for start in starts:
            if (*start, *path[:length]) in document.keys:
                mark = document.keys[(*start, *path[:length])]
                return mark.place, mark.length
    mark = document.key(path)
    return mark.place, mark.length
