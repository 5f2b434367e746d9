"""How far one assignment of the factors is from another: what a change of each of them counts.

Distances depend on the metric and on the point they are measured from, and prove nothing by
themselves (the objection of Sniedovich 2010 to info-gap's radius of stability): so the metric is
stated, can be set in the scenario file, and distances are told in three norms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from standoff.scenario import (
    Distribution,
    Parameter,
    Scenario,
    quantile,
    suggestion,
    uncertain,
)

Array = NDArray[np.float64]

Norm = Literal["1", "2", "max"]
NORMS: tuple[Norm, ...] = get_args(Norm)
"""Sum of the changes, root of the sum of their squares, the largest of them."""

_REACH = np.array([0.0005, 0.9995])
"""Quantiles at which a distribution without ends is taken to end."""
_SPAN = np.array([0.05, 0.95])
"""Quantiles that are a distance of 1 apart under a normal distribution."""


@dataclass(frozen=True)
class Factor:
    """One number that may change, and how far a change of it is."""

    name: str
    nominal: float
    low: float
    high: float
    width: float
    """The change that counts 1: a difference; a difference of natural logarithms where `log`; a
    number of steps where `values` are given."""
    weight: float = 1.0
    """What a change of one width counts."""
    log: bool = False
    values: tuple[float, ...] = ()
    """All it may be, ascending; empty: anything from `low` to `high`."""
    fixed: bool = False
    """It is not to be changed."""


@dataclass(frozen=True)
class Space:
    """Coordinates in which the nominal point is 0 and the size of each is what the change counts.

    Raises:
        ValueError: a factor's range, width, weight or nominal value makes no sense.
    """

    factors: tuple[Factor, ...]

    def __post_init__(self) -> None:
        for factor in self.factors:
            _check(factor)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors."""
        return tuple(factor.name for factor in self.factors)

    @property
    def nominal(self) -> Array:
        """The point that distances are measured from, [factor]."""
        return np.array([factor.nominal for factor in self.factors])

    @property
    def free(self) -> NDArray[np.bool_]:
        """Whether it may change, [factor]."""
        return np.array([not factor.fixed for factor in self.factors], bool)

    @property
    def stepped(self) -> NDArray[np.bool_]:
        """Whether it has separate values only, [factor]."""
        return np.array([bool(factor.values) for factor in self.factors], bool)

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Lowest and highest coordinates, [factor] each; both 0 where it is not to be changed."""
        low = self.coordinates(np.array([[factor.low for factor in self.factors]]))[0]
        high = self.coordinates(np.array([[factor.high for factor in self.factors]]))[0]
        return np.where(self.free, low, 0.0), np.where(self.free, high, 0.0)

    def levels(self, factor: int) -> Array:
        """Coordinates of the values of a factor that has separate ones, ascending."""
        one = self.factors[factor]
        return _steps(one, np.array(one.values))

    def coordinates(self, values: Array) -> Array:
        """Coordinates of points that are given in the factors' own units, [point, factor]."""
        columns = [_forth(one, values[:, k]) for k, one in enumerate(self.factors)]
        return np.stack(columns, axis=1) if columns else np.zeros(values.shape)

    def values(self, coordinates: Array) -> Array:
        """Points in the factors' own units, within their ranges, [point, factor]."""
        columns = [_back(one, coordinates[:, k]) for k, one in enumerate(self.factors)]
        return np.stack(columns, axis=1) if columns else np.zeros(coordinates.shape)


def length(coordinates: Array, norm: Norm) -> Array:
    """How far points are from where the coordinates are 0: [..., factor] to [...]."""
    size = np.abs(coordinates)
    if norm == "1":
        return np.asarray(size.sum(axis=-1))
    if norm == "2":
        return np.asarray(np.sqrt((size**2).sum(axis=-1)))
    return np.asarray(size.max(axis=-1, initial=0.0))


def space_of(scenario: Scenario, at: Mapping[str, float] | None = None) -> Space:
    """The metric of a scenario: its section `metric`, and defaults where that is silent.

    The width of a parameter is that of its range; of the logarithm of its range where it is
    log-uniform; the distance between the 5 % and the 95 % quantile where it is normal, which is cut
    to its central 99.9 % where it has no end; and all the steps from its lowest to its highest
    value where it is discrete, so that one of n values is 1/(n-1) from the next. `at` is the point
    that distances are measured from, the parameters' nominal values unless told.

    Raises:
        ValueError: `at` names an unknown or certain parameter, or lies outside its range.
    """
    at = at or {}
    parameters = uncertain(scenario)
    known = [parameter.name for parameter in parameters]
    for name in at:
        if name not in known:
            raise ValueError(f"'{name}' is not an uncertain parameter; {suggestion(name, known)}")
    return Space(
        tuple(_factor(scenario, one, float(at.get(one.name, one.value))) for one in parameters)
    )


def _factor(scenario: Scenario, parameter: Parameter, nominal: float) -> Factor:
    distribution = cast(Distribution, parameter.distribution)
    given = dict(distribution.arguments)
    section = scenario.metric
    told = dict(section.scales).get(parameter.name)
    weight = dict(section.weights).get(parameter.name, 1.0)
    fixed = parameter.name in section.fixed
    values: tuple[float, ...] = ()
    ends = quantile(distribution, _REACH)
    log = distribution.kind == "log-uniform"
    if distribution.kind == "discrete":
        values = tuple(sorted(cast(tuple[float, ...], given["values"])))
        ends = np.array([values[0], values[-1]])
        width = float(max(len(values) - 1, 1))
    else:
        ends = np.array([given.get("low", ends[0]), given.get("high", ends[1])], float)
        width = float(np.log(ends[1] / ends[0]) if log else ends[1] - ends[0])
    if distribution.kind == "normal":
        width = float(np.diff(quantile(distribution, _SPAN))[0])
        ends = np.array([min(ends[0], parameter.value), max(ends[1], parameter.value)])
    if told is not None:
        width = float(np.log(told)) if log else told
    low, high = float(ends[0]), float(ends[1])
    return Factor(parameter.name, nominal, low, high, width, weight, log, values, fixed)


def _check(factor: Factor) -> None:
    numbers = (factor.nominal, factor.low, factor.high, factor.width, factor.weight)
    if not np.isfinite(numbers).all():
        raise ValueError(f"'{factor.name}' has a number that is not finite: {numbers}")
    if factor.width <= 0 or factor.weight <= 0:
        raise ValueError(f"'{factor.name}' needs a width and a weight above 0")
    if not factor.low <= factor.nominal <= factor.high:
        raise ValueError(
            f"'{factor.name}' is {factor.nominal:g}; its range is {factor.low:g} to {factor.high:g}"
        )
    if factor.log and factor.low <= 0:
        raise ValueError(f"'{factor.name}' is measured by its logarithm and may be {factor.low:g}")
    if factor.values and tuple(sorted(set(factor.values))) != factor.values:
        raise ValueError(f"the values of '{factor.name}' are not ascending: {factor.values}")
    if factor.values and (
        factor.nominal not in factor.values
        or (factor.low, factor.high) != (factor.values[0], factor.values[-1])
    ):
        listed = ", ".join(f"{value:g}" for value in factor.values)
        raise ValueError(
            f"'{factor.name}' is {factor.nominal:g}, from {factor.low:g} to {factor.high:g}; "
            f"its values are {listed}"
        )


def _forth(factor: Factor, values: Array) -> Array:
    if factor.values:
        return _steps(factor, values)
    if factor.log:
        return np.asarray(np.log(values / factor.nominal) / factor.width * factor.weight)
    return np.asarray((values - factor.nominal) / factor.width * factor.weight)


def _steps(factor: Factor, values: Array) -> Array:
    rank = np.interp(values, factor.values, np.arange(len(factor.values)))
    steps = rank - factor.values.index(factor.nominal)
    return np.asarray(steps / factor.width * factor.weight)


def _back(factor: Factor, coordinates: Array) -> Array:
    change = coordinates * factor.width / factor.weight
    if factor.values:
        ranks = np.rint(factor.values.index(factor.nominal) + change).astype(int)
        return np.take(np.array(factor.values), ranks, mode="clip")
    values = factor.nominal * np.exp(change) if factor.log else factor.nominal + change
    # What is not changed is what it was, to the last bit.
    return np.clip(np.where(change == 0, factor.nominal, values), factor.low, factor.high)
