"""Other priors for futures that are sampled already: weights, their worth, and bounds on shares.

A share of sampled futures is a property of the priors as much as of the crisis. Weights move a
finished study to other priors without solving again; bounds say how far any prior near them could
move a share.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.explore.density import log_density
from standoff.explore.futures import Futures
from standoff.scenario import (
    Distribution,
    Scenario,
    ScenarioError,
    ascending,
    at_quantiles,
    canonical,
    cumulative,
    ends,
    feasible,
    keeps,
    loads,
    masses,
    score_correlation,
    suggestion,
    uncertain,
)

Array = NDArray[np.float64]

Prior: TypeAlias = Distribution | Mapping[str, Any]
"""What is believed of a parameter: a distribution, or the notation of the scenario file."""

_ROUNDING = 1e-9
"""Share of a prior's weight that may lie outside of another's range by rounding."""
_TRIED = 2**14
"""Futures by which it is estimated what constraints leave out."""


def prior_weights(
    scenario: Scenario, futures: Futures, other: Scenario | Mapping[str, Prior]
) -> Array:
    """Weights, [future], that make futures sampled from a scenario's priors stand for others.

    Importance weights: the ratio of the two prior densities, correlations included, scaled to a
    mean of 1 (Kahn & Marshall 1953). `futures` are those of a study of `scenario`; `other` gives
    the priors of the parameters it names, as distributions or as in the file
    (`{"range": [0.02, 0.06]}`, `{"distribution": {"kind": "beta", ...}}`), while all others, the
    correlations and the constraints stay; or it is a whole scenario, of which only the
    distributions, correlations and constraints are looked at. Look at `effective_size` of the
    weights before trusting what they give.

    Raises:
        ValueError: `other` names what was not sampled, or is no prior; or it reaches outside of
        what was sampled, where no weight can say what happens; or the futures are not the
        scenario's.
    """
    wanted = other if isinstance(other, Scenario) else _with_priors(scenario, other)
    priors, wanted_priors = _believed(scenario), _believed(wanted)
    _same_parameters(scenario, wanted)
    count = _check_futures(scenario, futures)
    for name in priors:
        _refuse_outside(name, priors[name], wanted_priors[name])
    _refuse_freed(scenario, wanted)
    log = np.zeros(count)
    for group in _groups(scenario, wanted):
        ours, theirs = _part(scenario, group), _part(wanted, group)
        if ours != theirs:
            log += log_density(wanted, group, futures) - log_density(scenario, group, futures)
    log[~feasible(wanted, {name: futures[name] for name in priors})] = -np.inf
    if not np.isfinite(log).any():
        raise ValueError("none of the sampled futures is possible under the other prior")
    weights = np.exp(log - log.max())
    return np.asarray(weights / weights.mean())


def effective_size(weights: ArrayLike) -> float:
    """How many equally weighted futures are worth as much (Kish 1965): (Σw)² / Σw².

    Raises:
        ValueError: the weights are none, or not numbers from 0 up, or all 0.
    """
    given = _check_weights(weights)
    return float(given.sum() ** 2 / (given**2).sum())


def share_bounds(where: ArrayLike, *weights: ArrayLike, ratio: float = 1.0) -> tuple[float, float]:
    """The least and the greatest share of futures `where` something holds, over a set of priors.

    `where`, [future], is true or false, or any number, the mean of which is then bounded. The set
    has every prior in which no future weighs more than `ratio` times, or less than one `ratio`-th
    of, what it weighs in one of the priors given by `weights`, [future] each (equal weights if none
    is given), and all mixtures of such priors. With a `ratio` of 1 these are the given priors and
    their mixtures.

    The set about each prior p has the probabilities in the interval of measures from p/k to kp
    (DeRobertis & Hartigan 1981). Its upper probability, min(k p(A), 1 - p(not A)/k), is a concave
    function of p(A), hence 2-alternating, so that bounds on means follow by sorting (Wasserman &
    Kadane 1990). A mean is linear in the prior: mixtures add no lower and no higher one.

    Raises:
        ValueError: `where` is empty or has what is not a finite number, weights are not one a
        future, or `ratio` is not a finite number from 1 up.
    """
    values = np.asarray(where, np.float64)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"'where' has the shape {values.shape}; expected one value a future")
    if not np.isfinite(values).all():
        raise ValueError("'where' has values that are not finite numbers")
    if not (np.isfinite(ratio) and ratio >= 1):
        raise ValueError(f"the ratio is {ratio}; expected a number from 1 up")
    order = np.argsort(values, kind="stable")
    rising = values[order]
    bounds = []
    for given in weights or (np.ones(len(values)),):
        weight = _check_weights(given)
        if weight.shape != values.shape:
            what = f"weights have the shape {weight.shape}; expected {values.shape}: one a future"
            raise ValueError(what)
        shares = weight[order] / weight.sum()
        least = float(rising @ _heaviest_first(shares, ratio))
        most = float(rising[::-1] @ _heaviest_first(shares[::-1], ratio))
        bounds.append((least, most))
    # Rounding must not carry a mean out of the range of what it is a mean of.
    low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
    return max(low, float(rising[0])), min(high, float(rising[-1]))


def _heaviest_first(shares: Array, ratio: float) -> Array:
    """The prior about `shares` that puts as much weight as it may on the first futures."""
    above = np.cumsum(shares)
    upper = np.minimum(ratio * above, 1 - (above[-1] - above) / ratio)
    return np.diff(upper, prepend=0.0)


def _check_weights(weights: ArrayLike) -> Array:
    given = np.asarray(weights, np.float64)
    if given.ndim != 1 or not len(given):
        raise ValueError(f"weights have the shape {given.shape}; expected one a future")
    if not (np.isfinite(given).all() and (given >= 0).all() and given.any()):
        raise ValueError("weights must be 0 or more, and not all 0")
    return given


def _with_priors(scenario: Scenario, other: Mapping[str, Prior]) -> Scenario:
    """The scenario with other distributions of some parameters."""
    known = {canonical(name): name for name in _believed(scenario)}
    fixed = {canonical(p.name) for p in scenario.parameters} - set(known)
    changed: dict[str, Distribution] = {}
    for name, given in other.items():
        if canonical(name) in fixed:
            raise ValueError(
                f"'{name}' is fixed in '{scenario.name}', and so was not sampled; "
                "give it a range and run a study"
            )
        if canonical(name) not in known:
            told = suggestion(name, known.values()) if known else "nothing is uncertain"
            raise ValueError(f"'{scenario.name}' has no parameter '{name}'; {told}")
        changed[known[canonical(name)]] = _distribution(name, given)
    return replace(
        scenario,
        parameters=tuple(
            replace(p, distribution=changed.get(p.name, p.distribution))
            for p in scenario.parameters
        ),
    )


def _distribution(name: str, given: Prior) -> Distribution:
    """A prior in the notation of the file, by the rules of the file."""
    if isinstance(given, Distribution):
        return given
    if not isinstance(given, Mapping) or not {"range", "distribution"} & set(given):
        raise ValueError(
            f"the prior of '{name}' is {given!r}; expected {{'range': [low, high]}} "
            "or {'distribution': {'kind': …}}"
        )
    # The smallest crisis that has the parameter: so that its prior is read as any file's is.
    crisis = {
        "standoff": 1,
        "name": "prior",
        "title": "A parameter",
        "time": {"period": "move", "periods": 1},
        "parameters": {name: {"value": _some_value(given), **given}},
        "variables": {"state of things": {"flag": False}},
        "order": ["mover"],
        "actors": {"mover": {"rationality": 1, "actions": {"wait": {}}}},
    }
    try:
        (parameter,) = loads(json.dumps(crisis, default=_plain)).parameters
    except ScenarioError as error:
        told = "; ".join(mistake.sentence for mistake in error.mistakes)
        raise ValueError(f"the prior of '{name}': {told}") from None
    return cast(Distribution, parameter.distribution)


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as Python's."""
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else str(value)


def _some_value(given: Mapping[str, Any]) -> float:
    """A value that the prior allows, for want of a nominal one; 0 where the prior is mistaken."""
    inner = given.get("distribution")
    found: list[Any] = [given.get("range")]
    if isinstance(inner, Mapping):
        found = [inner.get(key) for key in ("values", "low", "high", "mean")]
    firsts = [one[0] if isinstance(one, (list, tuple)) and one else one for one in found]
    return next((float(one) for one in firsts if isinstance(one, (int, float))), 0.0)


def _believed(scenario: Scenario) -> dict[str, Distribution]:
    return {p.name: cast(Distribution, p.distribution) for p in uncertain(scenario)}


def _same_parameters(scenario: Scenario, other: Scenario) -> None:
    """Refuses another scenario in which other things are uncertain, or fixed at other values."""
    ours, theirs = ({p.name: p for p in one.parameters} for one in (scenario, other))
    for name, parameter in ours.items():
        if name not in theirs:
            raise ValueError(
                f"'{other.name}' has no parameter '{name}', which '{scenario.name}' has"
            )
        their = theirs[name]
        if parameter.distribution is None and their.distribution is not None:
            raise ValueError(f"'{name}' is fixed in '{scenario.name}', and so was not sampled")
        if parameter.distribution is not None and their.distribution is None:
            raise ValueError(
                f"'{name}' was sampled, and '{other.name}' fixes it: hardly a future has just that "
                "value; give it a narrow range"
            )
        if parameter.distribution is None and parameter.value != their.value:
            raise ValueError(
                f"'{name}' is fixed at {parameter.value:g} in '{scenario.name}' and at "
                f"{their.value:g} in '{other.name}': no weights can change that"
            )


def _check_futures(scenario: Scenario, futures: Futures) -> int:
    """The number of futures; refuses those that cannot be a sample of the scenario."""
    priors = _believed(scenario)
    if not priors:
        raise ValueError(f"nothing is uncertain in '{scenario.name}': there is no prior to change")
    for name in priors:
        if name not in futures:
            raise ValueError(f"the futures have no parameter '{name}', which '{scenario.name}' has")
    shapes = {np.shape(futures[name]) for name in priors}
    if len(shapes) > 1 or len(next(iter(shapes))) != 1 or not next(iter(shapes))[0]:
        raise ValueError("futures are arrays with one value a future, all of one length")
    for name, prior in priors.items():
        values = np.asarray(futures[name], np.float64)
        impossible = _outside(prior, values)
        if impossible.any():
            k = int(np.argmax(impossible))
            raise ValueError(
                f"future {k} has {name} = {values[k]:g}, which the priors of '{scenario.name}' "
                "rule out: these futures were sampled from something else"
            )
    kept = feasible(scenario, {name: futures[name] for name in priors})
    if not kept.all():
        raise ValueError(
            f"future {int(np.argmin(kept))} breaks a constraint of '{scenario.name}': "
            "these futures were sampled from something else"
        )
    return int(next(iter(shapes))[0])


def _outside(prior: Distribution, values: Array) -> NDArray[np.bool_]:
    """Where values cannot come from a prior."""
    if prior.kind == "discrete":
        return ~np.isin(values, masses(prior)[0])
    low, high = ends(prior)
    return ~((values >= low) & (values <= high))


def _refuse_outside(name: str, sampled: Distribution, other: Distribution) -> None:
    """Refuses a prior that has weight where nothing was sampled."""
    if sampled.kind == "discrete" or other.kind == "discrete":
        if sampled.kind != other.kind:
            raise ValueError(
                f"'{name}' was sampled as {sampled.kind} and the other prior is {other.kind}: "
                "all of its weight lies where nothing was sampled"
            )
        values, weights = masses(other)
        known = masses(sampled)[0]
        beyond = float(weights[~np.isin(values, known)].sum() / weights.sum())
        range_of = "other than " + ", ".join(f"{value:g}" for value in known)
    else:
        low, high = ends(sampled)
        below, upto = (float(cumulative(other, np.asarray(end))) for end in (low, high))
        beyond = below + 1 - upto
        range_of = f"below {low:g} or above {high:g}"
    if beyond > _ROUNDING:
        raise ValueError(
            f"the other prior of '{name}' reaches outside of what was sampled: {_percent(beyond)} "
            f"of its weight is {range_of}, where no weights can say what happens; cut it there, "
            "or run a study with it"
        )


def _refuse_freed(scenario: Scenario, other: Scenario) -> None:
    """Refuses priors that have weight where a constraint kept futures from being sampled."""
    theirs = {constraint.holds.tree for constraint in other.constraints}
    freed = [one for one in scenario.constraints if one.holds.tree not in theirs]
    if not freed:
        return
    u = np.random.default_rng(0).random((_TRIED, len(uncertain(other))))
    drawn = at_quantiles(other, u)
    kept = feasible(other, drawn)
    for constraint in freed:
        broken = ~keeps(scenario, constraint, drawn) & kept
        if broken.any():
            share = broken.sum() / kept.sum()
            raise ValueError(
                f"the other prior has {_percent(share)} of its weight where "
                f"'{constraint.holds.text}' is broken, and no future was sampled there; "
                "run a study with it"
            )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _groups(*scenarios: Scenario) -> list[tuple[str, ...]]:
    """Parameters that hang together by correlations in any of the scenarios, in file order."""
    group = {p.name: {p.name} for p in uncertain(scenarios[0])}
    for scenario in scenarios:
        for correlation in scenario.correlations:
            first, second = (group[name] for name in correlation.between)
            merged = first | second
            for name in merged:
                group[name] = merged
    return list(
        dict.fromkeys(tuple(name for name in group if name in one) for one in group.values())
    )


def _part(scenario: Scenario, group: tuple[str, ...]) -> tuple[object, ...]:
    """What a scenario says of a group of parameters."""
    priors = _believed(scenario)
    matrix = score_correlation(group, scenario.correlations)
    return (*(ascending(priors[name]) for name in group), matrix.tobytes())
