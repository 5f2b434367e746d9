"""Where claims fail: scenario discovery on the verdicts of a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Truth
from standoff.discovery import Discovery, Patience, Rule, Trials, discover, nearest_ideal
from standoff.explore import Study
from standoff.sensitivity import associations

FEWEST = 10
"""With fewer futures of either kind no box is looked for."""

COMPANION = 0.25
"""From this share of a factor's variance on, what tells it is named beside it."""
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

    `truths` are those of `judge_claims`; the factors are those of `factors_of`. The rest is as
    `discover` says, which also tells whether a box may be believed.
    """
    factors = factors_of(study)
    found = []
    for name in truths if claims is None else claims:
        verdict = truths[name].verdict
        known = (verdict != 0) & ~study.failed
        fails, holds = known & (verdict < 0), known & (verdict > 0)
        sought = "fails" if fails.sum() <= holds.sum() else "holds"
        cases = fails if sought == "fails" else holds
        box = None
        if factors and min(fails.sum(), holds.sum()) >= FEWEST:
            box = discover(
                {factor: values[known] for factor, values in factors.items()},
                cases[known],
                patience=patience,
                rule=rule,
                trials=trials,
                seed=seed,
            )
        found.append(
            Failing(name, sought, int(cases.sum()), int(known.sum()), box, _companions(study, box))
        )
    return tuple(found)


def _companions(study: Study, found: Discovery | None) -> tuple[tuple[str, str], ...]:
    if found is None or not found.trusted:
        return ()
    names = list(study.futures)
    told = associations(np.stack(list(study.futures.values()), axis=1), _CLASSES)
    return tuple(
        (factor, other)
        for factor in found.box.factors
        for k, other in enumerate(names)
        if other not in found.box.factors and told[k, names.index(factor)] >= COMPANION
    )


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
                values = np.array([f"{value:g}" for value in values])
            elif np.all(several == np.rint(several)):
                values = values.astype(np.int64)
        factors[parameter.name] = values
    return factors
