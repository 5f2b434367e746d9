"""Second pass: parameters and what is believed of them."""

from __future__ import annotations

from standoff.reading import Path, nearest
from standoff.scenario.context import Context
from standoff.scenario.file import (
    BetaPart,
    DiscretePart,
    LogUniformPart,
    NormalPart,
    ParameterPart,
    ScenarioPart,
    TriangularPart,
    UniformPart,
)
from standoff.scenario.scenario import Distribution, Parameter

_FARTHEST = 6.0
"""Standard deviations from a normal's mean to the range it is cut to; farther, nothing is left."""


def parameters(context: Context, file: ScenarioPart) -> tuple[Parameter, ...]:
    """All parameters, in the order of the file."""
    return tuple(_parameter(context, name, part, file) for name, part in file.parameters.items())


def sources(context: Context, path: Path, keys: list[str], file: ScenarioPart) -> tuple[str, ...]:
    """Keys of the bibliography, checked."""
    for i, key in enumerate(keys):
        if key not in file.references:
            at = (*path, i) if (*path, i) in context.document.values else path
            hint = "sources are keys of 'references'"
            context.wrong(at, f"unknown reference '{key}'", hint, nearest(key, file.references))
    return tuple(keys)


def _parameter(context: Context, name: str, part: ParameterPart, file: ScenarioPart) -> Parameter:
    path: Path = ("parameters", name)
    distribution: Distribution | None = None
    if part.range is not None and part.distribution is not None:
        what = f"'{name}' has both 'range' and 'distribution'"
        context.wrong((*path, "range"), what, "delete one of them", key=True)
    elif part.range is not None:
        low, high = part.range
        distribution = Distribution("uniform", (("low", low), ("high", high)))
        _ordered(context, (*path, "range"), low, high)
        _inside(context, path, part.value, low, high)
    elif part.distribution is not None:
        distribution = _distribution(context, path, part)
    return Parameter(
        name=name,
        value=part.value,
        distribution=distribution,
        unit=part.unit,
        why=part.why,
        sources=sources(context, (*path, "source"), part.source, file),
        basis=part.basis,
        place=context.place(path),
    )


def _distribution(context: Context, path: Path, part: ParameterPart) -> Distribution | None:
    at: Path = (*path, "distribution")
    given = part.distribution
    if isinstance(given, (UniformPart, LogUniformPart)):
        if given.kind == "log-uniform" and given.low <= 0:
            context.wrong((*at, "low"), "'low' of a log-uniform distribution must be above 0")
        _inside(context, path, part.value, given.low, given.high)
        _ordered(context, at, given.low, given.high)
        return Distribution(given.kind, (("low", given.low), ("high", given.high)))
    if isinstance(given, TriangularPart):
        _inside(context, path, part.value, given.low, given.high)
        if given.low < given.high and not given.low <= given.mode <= given.high:
            context.wrong((*at, "mode"), f"'mode' is not between {given.low:g} and {given.high:g}")
        _ordered(context, at, given.low, given.high)
        ends = (("low", given.low), ("mode", given.mode), ("high", given.high))
        return Distribution("triangular", ends)
    if isinstance(given, BetaPart):
        for shape in ("a", "b"):
            if getattr(given, shape) <= 0:
                context.wrong((*at, shape), f"'{shape}' of a beta distribution must be above 0")
        _inside(context, path, part.value, given.low, given.high)
        _ordered(context, at, given.low, given.high)
        arguments = (("a", given.a), ("b", given.b), ("low", given.low), ("high", given.high))
        return Distribution("beta", arguments)
    if isinstance(given, NormalPart):
        return _normal(context, path, part.value, given)
    if isinstance(given, DiscretePart):
        return _discrete(context, path, part.value, given)
    return None


def _normal(context: Context, path: Path, value: float, given: NormalPart) -> Distribution:
    at: Path = (*path, "distribution")
    low = float("-inf") if given.low is None else given.low
    high = float("inf") if given.high is None else given.high
    if given.sd <= 0:
        context.wrong((*at, "sd"), "'sd' must be above 0", "leave out the distribution to fix it")
    elif low < high and not (
        given.mean - _FARTHEST * given.sd < high and low < given.mean + _FARTHEST * given.sd
    ):
        what = f"the mean is more than {_FARTHEST:g} standard deviations away from the range"
        context.wrong((*at, "mean"), what, "nothing would be left of the distribution")
    _ordered(context, at, low, high)
    _inside(context, path, value, low, high)
    arguments: list[tuple[str, float | tuple[float, ...]]] = [
        ("mean", given.mean),
        ("sd", given.sd),
    ]
    if given.low is not None:
        arguments.append(("low", given.low))
    if given.high is not None:
        arguments.append(("high", given.high))
    return Distribution("normal", tuple(arguments))


def _discrete(context: Context, path: Path, value: float, given: DiscretePart) -> Distribution:
    at: Path = (*path, "distribution")
    values = tuple(given.values)
    for i, one in enumerate(values):
        if one in values[:i]:
            context.wrong((*at, "values", i), f"the value {one:g} stands twice")
    if value not in values:
        listed = ", ".join(f"{one:g}" for one in values)
        hint = f"its distribution gives only {listed}"
        context.wrong((*path, "value"), f"the nominal value {value:g} cannot happen", hint)
    weights = given.weights or [1.0] * len(values)
    if len(weights) != len(values):
        what = f"{len(values)} values have {len(weights)} weights"
        context.wrong((*at, "weights"), what, "write one weight for each value")
    for i, weight in enumerate(weights):
        if weight <= 0:
            context.wrong(
                (*at, "weights", i), "a weight must be above 0", "leave its value out instead"
            )
    total = sum(weights) or 1.0
    shares = tuple(weight / total for weight in weights)
    return Distribution("discrete", (("values", values), ("weights", shares)))


def _ordered(context: Context, path: Path, low: float, high: float) -> None:
    if not low < high:
        context.wrong(path, f"the lowest value {low:g} is not below the highest {high:g}")


def _inside(context: Context, path: Path, value: float, low: float, high: float) -> None:
    if low < high and not low <= value <= high:
        hint = f"its range is {low:g} to {high:g}"
        context.wrong((*path, "value"), f"the nominal value {value:g} cannot happen", hint)
