"""Second pass: how far a change of each parameter is, and which are not to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from standoff.reading import Path
from standoff.scenario.context import Context, spellings
from standoff.scenario.file import ScenarioPart
from standoff.scenario.scenario import Metric, Parameter


def metric(context: Context, file: ScenarioPart, declared: Sequence[Parameter]) -> Metric:
    """The section `metric`; empty where there is none."""
    part = file.metric
    if part is None:
        return Metric()
    known = {parameter.name: parameter for parameter in declared}
    fixed: list[str] = []
    for i, name in enumerate(part.fixed):
        path: Path = ("metric", "fixed", i)
        at = path if path in context.document.values else path[:-1]
        found = _parameter(context, at, name, known)
        if found is not None and found.name not in fixed:
            fixed.append(found.name)
    scales = _numbers(context, "scales", part.scales, known, fixed)
    weights = _numbers(context, "weights", part.weights, known, fixed)
    for name, scale in scales:
        distribution = known[name].distribution
        if distribution is not None and distribution.kind == "log-uniform" and scale <= 1:
            what = f"the scale of '{name}' is a factor above 1, found {scale:g}"
            hint = "it is log-uniform; 2 makes a doubling count 1"
            context.wrong(_written(context, "scales", name), what, hint)
    return Metric(tuple(fixed), scales, weights)


def _numbers(
    context: Context,
    key: str,
    given: Mapping[str, float],
    known: Mapping[str, Parameter],
    fixed: Sequence[str],
) -> tuple[tuple[str, float], ...]:
    made: dict[str, float] = {}
    for name, number in given.items():
        path: Path = ("metric", key, name)
        found = _parameter(context, path, name, known, key=True)
        if found is None:
            continue
        if found.name in made:
            context.wrong(path, f"'{found.name}' stands here twice", "delete one of them", key=True)
        if found.name in fixed:
            what = f"'{found.name}' is among 'fixed': it is not to be changed"
            context.wrong(path, what, "delete one of them", key=True)
        if number <= 0:
            context.wrong(path, f"expected a number above 0, found {number:g}")
        made[found.name] = number
    return tuple(made.items())


def _parameter(
    context: Context, path: Path, name: str, known: Mapping[str, Parameter], *, key: bool = False
) -> Parameter | None:
    found = context.lookup(path, name, spellings(known), "parameter", key=key)
    if found is None:
        return None
    if known[found].distribution is None:
        hint = "it has no range to change in"
        context.wrong(path, f"'{found}' is certain", hint, key=key)
        return None
    return known[found]


def _written(context: Context, key: str, name: str) -> Path:
    """The path of a parameter as it is spelled in the file."""
    for path in context.document.values:
        if path[:2] == ("metric", key) and len(path) == 3:
            (declared,) = spellings([str(path[2])])
            if declared in spellings([name]):
                return path
    return ("metric", key)
