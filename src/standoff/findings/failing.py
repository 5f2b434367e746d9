"""Where claims fail: scenario discovery on the verdicts of a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Truth
from standoff.discovery import (
    Box,
    Discovery,
    Interval,
    Patience,
    Rule,
    Trials,
    discover,
    nearest_ideal,
)
from standoff.explore import Study
from standoff.scenario import suggestion
from standoff.sensitivity import associations

FEWEST = 10
"""With fewer futures of either kind no box is looked for."""

COMPANION = 0.25
"""From this share of the variance of a factor's ranks on, what tells them is named beside it."""
_CLASSES = 8


@dataclass(frozen=True)
class Failing:
    """Where a claim fails; or, where it fails more often than not, where it holds."""

    claim: str
    sought: str
    """"fails" or "holds": the rarer, which is what the box is around."""
    cases: int
    """Futures in which it does."""
    futures: int
    """Futures with a verdict; the others, undetermined or failed, are left out."""
    found: Discovery | None
    """None where there are too few futures of either kind."""
    box: Box | None = None
    """The box that was found, if it is trusted, with limits of as few digits as keep the same
    futures inside."""
    companions: tuple[tuple[str, str], ...] = ()
    """A factor of the box, and one that tells so much of it in these futures that the box might be
    one of the other's; see `standoff.sensitivity.associations`."""


def where_claims_fail(
    study: Study,
    truths: Mapping[str, Truth],
    claims: Iterable[str] | None = None,
    *,
    patience: Patience | None = None,
    rule: Rule = nearest_ideal,
    trials: Trials | None = None,
    seed: int = 0,
) -> tuple[Failing, ...]:
    """Where in the uncertain parameters each claim fails, as far as the study's futures show it.

    `truths` are those of `judge_claims`; the factors are those of `factors_of`. Futures that failed
    or have no verdict are left out. The rest is as `discover` says, which also tells whether a box
    may be believed.

    Raises:
        ValueError: a claim is unknown, or was not judged.
    """
    factors, failed = factors_of(study), study.failed
    found = []
    for name in truths if claims is None else claims:
        if name not in truths:
            raise ValueError(f"there is no verdict on '{name}'; {suggestion(name, truths)}")
        verdict = truths[name].verdict
        known = (verdict != 0) & ~failed
        fails, holds = known & (verdict < 0), known & (verdict > 0)
        sought = "fails" if fails.sum() <= holds.sum() else "holds"
        cases = fails if sought == "fails" else holds
        seen = {factor: values[known] for factor, values in factors.items()}
        box = None
        if seen and min(fails.sum(), holds.sum()) >= FEWEST:
            box = discover(
                seen, cases[known], patience=patience, rule=rule, trials=trials, seed=seed
            )
        stated = None if box is None or not box.trusted else _in_few_digits(box.box, seen)
        beside = () if stated is None else _companions(stated, seen)
        found.append(Failing(name, sought, int(cases.sum()), int(known.sum()), box, stated, beside))
    return tuple(found)


def _companions(box: Box, seen: Mapping[str, NDArray[Any]]) -> tuple[tuple[str, str], ...]:
    names = list(seen)
    # Ranks, for a limit knows no more of a factor than the order of its values.
    columns = [np.unique(values, return_inverse=True)[1] for values in seen.values()]
    told = associations(np.stack(columns, axis=1).astype(float), _CLASSES)
    return tuple(
        (factor, other)
        for factor in box.factors
        for k, other in enumerate(names)
        if other not in box.factors and told[k, names.index(factor)] >= COMPANION
    )


def _in_few_digits(box: Box, seen: Mapping[str, NDArray[Any]]) -> Box:
    return Box(
        tuple(
            replace(
                one,
                lower=_between(one.lower, seen[one.factor]),
                upper=0.0 - _between(-one.upper, -seen[one.factor]),
            )
            if isinstance(one, Interval) and seen[one.factor].dtype.kind == "f"
            else one
            for one in box.restrictions
        )
    )


def _between(lower: float, values: NDArray[np.float64]) -> float:
    """A lower limit with fewer digits that no value tells from this one."""
    inside, outside = values[values >= lower], values[values < lower]
    if not (len(inside) and len(outside)):
        return lower
    least, most = outside.max(), inside.min()
    middle = least + (most - least) / 2
    tries = (float(f"{middle:.{digits}e}") for digits in range(17))
    return next((found for found in tries if least < found <= most), lower)


def factors_of(study: Study) -> dict[str, NDArray[Any]]:
    """The uncertain parameters of a study as factors, by name, [future].

    A discrete parameter of two values is a category; one whose values are all whole is a factor of
    whole numbers, so that a box has its limits among them.
    """
    factors: dict[str, NDArray[Any]] = {}
    for parameter in study.scenario.parameters:
        if parameter.name not in study.futures or parameter.distribution is None:
            continue
        values = study.futures[parameter.name]
        if parameter.distribution.kind == "discrete":
            several = np.unique(values)
            if len(several) == 2:
                values = np.array([f"{value:.15g}" for value in values])
            elif np.all(several == np.rint(several)):
                values = values.astype(np.int64)
        factors[parameter.name] = values
    return factors
