"""All findings of a study together, and as plain data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

from standoff.claims import Truth, missing_doctrines, truths_of, wilson
from standoff.discovery import Interval
from standoff.explore import Study, effective_size, prior_weights, share_bounds, write_json
from standoff.findings.failing import Failing, where_claims_fail
from standoff.findings.flip import Flips, find_flips, flips_as_json
from standoff.findings.grid import FUTURES, GridError, grid_as_json, grid_error
from standoff.findings.mattering import margins_of_sample
from standoff.findings.robust import RobustDoctrines, robustness_of
from standoff.findings.structure import NO_SWITCH, variants_of, verdicts_by_structure
from standoff.scenario import suggestion
from standoff.sensitivity import FEWEST_ROWS, Crossing, SampleIndices

PARTS = ("discovery", "sensitivity", "flips", "robustness", "structure", "grid")
"""What is looked for; all but flips and grid without solving anything."""
_BY_CLAIM = ("discovery", "flips", "grid")
"""Those that can be asked for some of the claims."""


@dataclass(frozen=True)
class Reweighted:
    """What a claim's share would be under other priors; nothing is solved again."""

    claim: str
    share: float
    """Share of futures in which it holds, under the priors they were sampled from."""
    other: float
    """The same under the other priors."""
    interval: tuple[float, float]
    """95 % interval of `other` (Wilson 1927), for as many futures as are effective."""
    effective: float
    """Kish's effective number of futures under the other priors."""
    least: float
    """The least share under any prior whose density lies within a factor `ratio` of the other."""
    greatest: float
    """The greatest; what is undetermined counts as holding here."""
    ratio: float


@dataclass(frozen=True)
class Findings:
    """What would have to be true, as far as a study shows it; None for what was not asked."""

    study: Study
    failing: tuple[Failing, ...] | None = None
    sensitivity: SampleIndices | None = None
    flips: tuple[Flips, ...] | None = None
    robust: RobustDoctrines | None = None
    structure: Crossing | None = None
    grid: tuple[GridError, ...] | None = None
    nothing: Mapping[str, str] = field(default_factory=dict)
    """By part that was asked for and found nothing, why: a sentence."""
    not_judged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By claim that is left out everywhere, the doctrines it needs and the study left out."""


def parts_of(study: Study) -> tuple[str, ...]:
    """The parts that a study may have: `grid` only where something is hidden."""
    return tuple(part for part in PARTS if part != "grid" or study.hidden)


def check_asked(
    study: Study, parts: Collection[str] = PARTS, claims: Collection[str] | None = None
) -> None:
    """Refuses unknown names before anything is solved for known ones.

    Raises:
        ValueError: no such part or claim.
    """
    for part in parts:
        if part not in PARTS:
            raise ValueError(f"there is no part '{part}'; expected some of {', '.join(PARTS)}")
    known = [claim.name for claim in study.scenario.claims]
    for name in claims or ():
        if name not in known:
            told = suggestion(name, known) if known else "the scenario makes none"
            raise ValueError(f"there is no claim '{name}'; {told}")


def findings_of(
    study: Study,
    parts: Collection[str] | None = None,
    *,
    claims: Collection[str] | None = None,
    budget: int = 192,
    grid_futures: int = FUTURES,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Findings:
    """Everything that a study says beyond its verdicts; by default all parts that it may have.

    `claims` restricts discovery, flips and grid to some of them. `budget` is about how many points
    are solved for each claim's flips, and `grid_futures` how many futures are solved again on finer
    belief grids: no other part solves anything. `progress` is told how many claims' flips are done,
    and of how many.

    Raises:
        ValueError: no such part or claim.
        StudyError: blocks of the study are missing.
    """
    parts = parts_of(study) if parts is None else parts
    check_asked(study, parts, claims)
    scenario = study.scenario
    truths = truths_of(study)
    judged = [name for name in truths if claims is None or name in claims]
    why = {part: _why_nothing(study, part, truths, judged) for part in PARTS if part in parts}
    nothing = {part: reason for part, reason in why.items() if reason}
    asked = [part for part in why if part not in nothing]
    return Findings(
        study,
        failing=where_claims_fail(study, truths, judged, seed=seed)
        if "discovery" in asked
        else None,
        sensitivity=margins_of_sample(study, truths, seed=seed) if "sensitivity" in asked else None,
        flips=find_flips(study, judged, budget=budget, seed=seed, progress=progress)
        if "flips" in asked
        else None,
        robust=robustness_of(study) if "robustness" in asked else None,
        structure=verdicts_by_structure(study, variants_of(study), seed=seed)
        if "structure" in asked
        else None,
        grid=grid_error(study, truths, judged, futures=grid_futures) if "grid" in asked else None,
        nothing=nothing,
        not_judged={
            claim.name: missing_doctrines(scenario, claim, study.doctrines)
            for claim in scenario.claims
            if claim.name not in truths
        },
    )


def _why_nothing(
    study: Study, part: str, truths: Mapping[str, Truth], judged: Collection[str]
) -> str:
    """Why there is nothing to be found of a part; empty where there is."""
    solved = int((~study.failed).sum())
    if part == "robustness":
        alone = len(study.doctrines) < 2
        return "Free choice alone was solved: there is nothing to compare." if alone else ""
    if not (judged if part in _BY_CLAIM else truths):
        if not study.scenario.claims:
            return "The scenario makes no claims."
        return "No such claim can be judged with the doctrines of this study."
    if part == "grid":
        return "" if study.hidden else "Nothing is hidden in this study: there is no belief grid."
    if part != "structure" and not study.futures:
        return "Nothing is uncertain in this study."
    if part != "flips" and solved < 2:
        return "One future was solved: there is nothing to set it beside."
    if part == "structure" and study.equilibrium_only and variants_of(study) is None:
        return NO_SWITCH
    if part == "sensitivity" and solved < FEWEST_ROWS:
        return f"{solved} futures were solved; shares of variance need {FEWEST_ROWS} at least."
    return ""


def reweighted(
    study: Study, other: Mapping[str, Any], *, ratio: float = 2.0
) -> tuple[Reweighted, ...]:
    """Each claim's share under other priors, and the range it has under priors near these.

    `other` is as `prior_weights` takes it. A share of sampled futures is a property of the priors
    it was sampled from: the range over all priors within a factor `ratio` of the others
    (DeRobertis & Hartigan 1981) says how much so.

    Futures that failed count for nothing; claims that cannot be judged are left out.

    Raises:
        ValueError: the other priors reach where nothing was sampled, or leave no future that was
        solved; or no claim can be judged.
    """
    weights = prior_weights(study.scenario, study.futures, other)
    failed = study.failed
    weights = np.where(failed, 0.0, weights)
    if not weights.any():
        raise ValueError("no future that was solved is possible under the other priors")
    alike = np.where(failed, 0.0, 1.0)
    truths = truths_of(study)
    if not truths:
        raise ValueError("no claim can be judged in this study: there are no shares to reweight")
    effective, found = effective_size(weights), []
    for name, truth in truths.items():
        holds, may_hold = truth.verdict > 0, truth.verdict >= 0
        shifted = float(weights[holds].sum() / weights.sum())
        found.append(
            Reweighted(
                name,
                float(alike[holds].sum() / alike.sum()),
                shifted,
                wilson(shifted, effective),
                effective,
                share_bounds(holds, weights, ratio=ratio)[0],
                share_bounds(may_hold, weights, ratio=ratio)[1],
                ratio,
            )
        )
    return tuple(found)


def write_findings(findings: Findings, more: Mapping[str, Any] | None = None) -> None:
    """Writes `findings.json` into the study, beside what earlier calls found of other parts.

    `more` is plain data by name, of what was asked beyond the parts. Discovery and flips are kept
    claim by claim.
    """
    import json

    study = findings.study
    path = study.path / "findings.json"
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    # What stands there may be of another study, or somebody else's.
    if not isinstance(before, dict) or any(
        before.get(key) != value for key, value in study.origin.items()
    ):
        before = {}
    made = findings_as_json(findings) | _plain(more or {})
    order = [claim.name for claim in study.scenario.claims]
    for part in _BY_CLAIM:
        if part in made and part in before:
            by_claim = {one["claim"]: one for one in (*before[part], *made[part])}
            made[part] = [by_claim[name] for name in order if name in by_claim]
    if "nothing" in before:
        # Of structure there may be something now: its variants may have been solved since.
        still = {part: why for part, why in before["nothing"].items() if part not in made}
        made["nothing"] = still | made["nothing"]
    write_json(path, study.origin | before | made)


def findings_as_json(findings: Findings) -> dict[str, Any]:
    """Findings as plain data, by part; null where there is no number."""
    made: dict[str, Any] = {
        "nothing": dict(findings.nothing),
        "not_judged": {name: list(lack) for name, lack in findings.not_judged.items()},
    }
    if findings.failing is not None:
        made["discovery"] = [_failing_json(one) for one in findings.failing]
    if findings.sensitivity is not None:
        made["sensitivity"] = indices_as_json(findings.sensitivity)
    if findings.flips is not None:
        made["flips"] = [flips_as_json(one) for one in findings.flips]
    if findings.robust is not None:
        made["robustness"] = _robust_json(findings.robust)
    if findings.structure is not None:
        made["structure"] = _structure_json(findings.structure)
    if findings.grid is not None:
        made["grid"] = [grid_as_json(one) for one in findings.grid]
    return {part: _plain(found) for part, found in made.items()}


def indices_as_json(found: SampleIndices) -> dict[str, Any]:
    """First-order indices as plain data, claim by claim, the largest first."""
    claims: dict[str, Any] = {}
    for k, claim in enumerate(found.outputs):
        order = np.argsort(-np.nan_to_num(found.first[:, k], nan=-1.0), kind="stable")
        claims[claim] = [
            {
                "parameter": found.factors[i],
                "first": found.first[i, k],
                "interval": found.interval[:, i, k].tolist(),
                "p_value": found.p_value[i, k],
                "above_chance": bool(found.above_chance[i, k]),
            }
            for i in order
        ]
    return {"claims": claims, "notes": list(found.notes)}


def _failing_json(one: Failing) -> dict[str, Any]:
    made: dict[str, Any] = {
        "claim": one.claim,
        "sought": one.sought,
        "cases": one.cases,
        "futures": one.futures,
    }
    if one.found is None:
        return made
    found = one.found
    made |= {
        "trusted": found.trusted,
        "reasons": list(found.reasons),
        "remarks": list(found.remarks),
    }
    if one.box is not None:
        made |= {
            "box": str(one.box),
            "restrictions": _restrictions(one),
            "coverage": found.figures.coverage,
            "density": found.figures.density,
            "mass": found.figures.mass,
            "base_rate": found.base_rate,
            "held_out": {
                "coverage": found.held_out.coverage,
                "density": found.held_out.density,
            },
            "p_value": found.permuted.p_value,
            "companions": [list(pair) for pair in one.companions],
            "limits": [
                {
                    "factor": limit.factor,
                    "side": limit.side,
                    "quasi_p": limit.quasi_p,
                    "found_again": found.resampled.again(limit.factor),
                }
                for limit in found.limits
            ],
        }
    return made


def _restrictions(one: Failing) -> list[dict[str, Any]]:
    """What the box requires of each factor; null is no limit."""
    return [
        {"factor": part.factor, "lower": part.lower, "upper": part.upper}
        if isinstance(part, Interval)
        else {"factor": part.factor, "kept": list(part.categories)}
        for part in (one.box.restrictions if one.box else ())
    ]


def _robust_json(found: RobustDoctrines) -> list[dict[str, Any]]:
    made = []
    for one in found.standings:
        made.append(
            {
                "objective": one.objective.name,
                "threshold": one.threshold,
                "threshold_given": one.threshold_given,
                "first_by_metric": {
                    metric.name: list(leaders)
                    for metric, leaders in zip(one.metrics.metrics, one.first, strict=True)
                },
                "doctrines": {
                    name: {
                        "metrics": {
                            metric.name: one.metrics.value[k, d]
                            for k, metric in enumerate(one.metrics.metrics)
                        },
                        "median_regret": one.median_regret[d],
                        "most_regret": one.most_regret[d],
                        "satisficing": one.satisficing[d],
                        "best": one.best[d],
                        "nearest_failure": None
                        if one.failure is None
                        else dict(
                            zip(
                                (f"{norm:g}" for norm in one.failure.norms),
                                one.failure.distance[:, d].tolist(),
                                strict=True,
                            )
                        ),
                    }
                    for d, name in enumerate(one.doctrines)
                },
            }
        )
    return made


def _structure_json(found: Crossing) -> dict[str, Any]:
    return {
        claim: {
            "hangs_on_the_model": found.hangs[k],
            "switches": {
                switch: {
                    "changes": found.changes[s, k],
                    "interval": found.changes_interval[:, s, k].tolist(),
                    "first": None if found.first is None else found.first[s, k],
                    "total": None if found.total is None else found.total[s, k],
                }
                for s, switch in enumerate(found.switches)
            },
        }
        for k, claim in enumerate(found.outputs)
    }


def _plain(value: Any) -> Any:
    """The same in Python's own types, with None for what is no finite number."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.6g}") if isfinite(value) else None
    return value
