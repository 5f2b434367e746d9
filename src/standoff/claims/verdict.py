"""Verdicts: in what share of futures each claim holds, and how far that hangs on the priors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from standoff.claims.quantities import commitments, quantities, sizes
from standoff.claims.truth import RELATIVE_ERROR, Truth, judge_expression
from standoff.explore import Futures, Study, share_below, uncertain, write_json
from standoff.explore import effective_size as effective_size
from standoff.scenario import Claim, Distribution, Scenario

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Leaning:
    """What the share would be if the prior of one parameter leaned to one end of its range.

    The prior's density is weighted by twice the share of the prior below each value ("high"), or
    above it ("low"): the futures are reweighted, none is solved again. `effective` is Kish's
    effective sample size.
    """

    parameter: str
    towards: str
    share: float
    effective: float


@dataclass(frozen=True)
class Roots:
    """How far a verdict hangs on which equilibrium is taken, where several there may be.

    That is where some choose at once, and where types are hidden: then a choice at one state and
    point of belief is a stage game.
    """

    kappa: float | None
    """The largest κ in any future and doctrine: below 1 there is one equilibrium; None where types
    are hidden, of which κ says nothing."""
    several: float | None
    """Share of futures in which some stage game was found to have several; None where they were
    not sought."""
    share: float | None
    """Share of futures in which the claim holds at the equilibria farthest from the branch; None
    where these were not solved."""
    changed: float | None
    """Share of futures in which that makes the claim true or false that was not; likewise None."""
    lost: int
    """Stage games whose branch could not be followed to its end, in all futures and doctrines."""


@dataclass(frozen=True)
class Verdict:
    """What became of a claim in a study."""

    claim: Claim
    truth: Truth
    share: float
    """Share of futures in which it holds."""
    interval: tuple[float, float]
    """95 % interval of that share (Wilson 1927), as if futures were drawn at random."""
    fails: float
    undetermined: float
    limit_share: float | None
    """Share of futures in which it holds in the limit of perfect rationality; None where that was
    not solved."""
    leanings: tuple[Leaning, ...]
    """For each uncertain parameter and end, sorted by the share that results."""
    roots: Roots | None = None
    """None where nobody chooses at once and no types are hidden: there is one equilibrium."""
    failed: int = 0
    """Futures that could not be solved; they count for nothing."""
    missing: tuple[str, ...] = ()
    """Doctrines the claim needs and the study left out; if any, nothing else here is meant."""


def judge(study: Study, weights: Array | None = None) -> tuple[Verdict, ...]:
    """A verdict on each claim of the study's scenario.

    `weights`, [future], reweights the futures to another prior; the interval then uses the
    effective sample size.

    Raises:
        StudyError: blocks of the study are missing.
        ValueError: the weights are not one a future, or below 0, or all 0.
    """
    scenario, results = study.scenario, study.results
    futures = int(study.manifest["futures"])
    weight = np.ones(futures) if weights is None else np.asarray(weights, np.float64)
    if weight.shape != (futures,):
        raise ValueError(f"weights have shape {weight.shape}; expected ({futures},): one a future")
    if not (np.isfinite(weight).all() and (weight >= 0).all() and weight.any()):
        raise ValueError("weights must be 0 or more, and not all 0")
    failed = study.failed
    weight = np.where(failed, 0.0, weight)
    if not weight.any():
        raise ValueError("every future with a weight failed to be solved")
    truths = {
        suffix: truths_of(study, suffix)
        for suffix in ("", "_limit", "_elsewhere")
        if f"value{suffix}" in results
    }
    tilts = _tilts(study)
    verdicts = []
    for claim in scenario.claims:
        if missing := missing_doctrines(scenario, claim, study.doctrines):
            nothing = Truth(np.zeros(futures, np.int8), np.full(futures, np.nan))
            verdicts.append(Verdict(claim, nothing, 0, (0, 1), 0, 1, 0, (), missing=missing))
            continue
        truth = truths[""][claim.name]
        share = _share(truth.verdict > 0, weight)
        leanings = [
            Leaning(
                name, end, _share(truth.verdict > 0, weight * tilt), effective_size(weight * tilt)
            )
            for name, end, tilt in tilts
        ]
        verdicts.append(
            Verdict(
                claim, truth, share, wilson(share, effective_size(weight)),
                _share(truth.verdict < 0, weight), _share(truth.verdict == 0, weight),
                _share(truths["_limit"][claim.name].verdict > 0, weight)
                if "_limit" in truths
                else None,
                tuple(sorted(leanings, key=lambda leaning: leaning.share)),
                _roots(results, truth, truths.get("_elsewhere", {}).get(claim.name), weight),
                failed=int(failed.sum()),
            )
        )  # fmt: skip
    return tuple(verdicts)


def truths_of(study: Study, suffix: str = "") -> dict[str, Truth]:
    """The truth of each claim in each future of a study, as `judge_claims` finds it.

    Raises:
        StudyError: blocks of the study are missing.
    """
    precision = str(study.manifest["precision"])
    return judge_claims(study.scenario, study.results, study.futures, precision, suffix)


def judge_claims(
    scenario: Scenario,
    results: xarray.Dataset,
    futures: Futures,
    precision: str,
    suffix: str = "",
) -> dict[str, Truth]:
    """The truth of each claim in each future, by the claim's name.

    `results` is laid out like `Study.results`, say from `solve_futures`; `suffix` is "" for the
    stated rationality, "_limit" or "_elsewhere". Claims that need a doctrine that was not solved
    are left out. A future that failed, where nothing is known, is undetermined.
    """
    known = quantities(scenario, results, futures, suffix)
    size, error = sizes(scenario, results, suffix), RELATIVE_ERROR[precision]
    solved = [str(name) for name in results["doctrine"].to_numpy()]
    return {
        claim.name: judge_expression(claim.holds, known, results.sizes["future"], error, size)
        for claim in scenario.claims
        if not missing_doctrines(scenario, claim, solved)
    }


def missing_doctrines(scenario: Scenario, claim: Claim, solved: Collection[str]) -> tuple[str, ...]:
    """Doctrines that were not solved and the claim, or a trap in it, is measured against."""
    needed: dict[str, None] = {}
    for quantity in claim.holds.quantities:
        if quantity.name == "trap":
            actor = quantity.subscripts[0]
            needed |= dict.fromkeys(commitments(scenario, actor))
        else:
            needed[quantity.subscripts[-1]] = None
    return tuple(name for name in needed if name not in solved)


def _roots(
    results: xarray.Dataset, truth: Truth, other: Truth | None, weight: Array
) -> Roots | None:
    """What is known of other equilibria; `other` is the claim at those, where they were solved."""
    if "lost" not in results:
        return None
    return Roots(
        float(results["kappa"].max()) if "kappa" in results else None,
        _share(np.any(results["several"].to_numpy() > 0, axis=1), weight)
        if "several" in results
        else None,
        None if other is None else _share(other.verdict > 0, weight),
        None if other is None else _share(other.verdict * truth.verdict < 0, weight),
        int(results["lost"].sum()),
    )


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 95 % score interval of a proportion (Wilson 1927)."""
    z = 1.959963984540054
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(max(0.0, share * (1 - share) / n + z * z / (4 * n * n)))
    low = 0.0 if share == 0 else centre - half
    high = 1.0 if share == 1 else centre + half
    return low, high


def _share(where: NDArray[np.bool_], weights: Array) -> float:
    return float(weights[where].sum() / weights.sum())


def _tilts(study: Study) -> list[tuple[str, str, Array]]:
    tilts = []
    for parameter in uncertain(study.scenario):
        below = share_below(
            cast(Distribution, parameter.distribution), study.futures[parameter.name]
        )
        tilts += [(parameter.name, "low", 2 * (1 - below)), (parameter.name, "high", 2 * below)]
    return tilts


def write_verdicts(study: Study, verdicts: tuple[Verdict, ...]) -> None:
    """Writes `verdicts.json` into the study: where the verdicts come from, and each of them."""
    found = study.origin | {"verdicts": [as_json(verdict) for verdict in verdicts]}
    write_json(study.path / "verdicts.json", found)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data; shares to four digits, None where they were not solved."""
    claim = verdict.claim
    head = {
        "claim": claim.name,
        "says": claim.says,
        "holds": claim.holds.text,
        "why": claim.why,
        "sources": list(claim.sources),
    }
    if verdict.missing:
        return head | {"missing": list(verdict.missing)}
    return head | {
        "futures": len(verdict.truth.verdict),
        "failed": verdict.failed,
        "share": round(verdict.share, 4),
        "interval": [round(end, 4) for end in verdict.interval],
        "fails": round(verdict.fails, 4),
        "undetermined": round(verdict.undetermined, 4),
        "limit_share": _rounded(verdict.limit_share),
        "roots": None
        if verdict.roots is None
        else {
            "kappa": None if verdict.roots.kappa is None else float(f"{verdict.roots.kappa:.4g}"),
            "several": _rounded(verdict.roots.several),
            "share": _rounded(verdict.roots.share),
            "changed": _rounded(verdict.roots.changed),
            "lost": verdict.roots.lost,
        },
        "leanings": [
            {
                "parameter": leaning.parameter,
                "towards": leaning.towards,
                "share": round(leaning.share, 4),
                "effective_futures": round(leaning.effective, 1),
            }
            for leaning in verdict.leanings
        ],
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
