"""Whether verdicts hang on the model: the variants of a scenario beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Truth, missing_doctrines, truths_of
from standoff.explore import Study, Variants, open_variants
from standoff.sensitivity import Crossing, by_structure, crossed

SOLUTION = "solution"
"""The switch of every study in which both were solved: the equilibrium at the stated rationality,
or its limit."""

NO_SWITCH = (
    "The study was run with --equilibrium-only, and no other structure was solved: there is "
    "nothing to set its equilibria beside."
)
"""Why a study has no switch at all."""


def variants_of(study: Study) -> Variants | None:
    """The studies of the other variants below a study, or None where there are none.

    Raises:
        StudyError: there are some, but not all, or not all of one of them.
    """
    if not study.scenario.structures or not (study.path / "variants").is_dir():
        return None
    return open_variants(study.path)


def verdicts_by_structure(
    study: Study, variants: Variants | None = None, *, seed: int = 0
) -> Crossing:
    """How far each claim's verdict hangs on each structural switch, and on the solution concept.

    Without `variants` the solution concept is the only switch. Margins in the limit of perfect
    rationality and at the stated rationality are in the same units, and so share one analysis of
    variance. Where the limit was not solved the structural switches are all there are. Claims that
    the study's doctrines leave unjudged are left out.

    Raises:
        ValueError: no claim can be judged, or there is no switch.
        StudyError: blocks of some study are missing.
    """
    studies = (study,) if variants is None else variants.studies
    switches: Mapping[str, list[str]] = {} if variants is None else variants.switches
    names = [
        claim.name
        for claim in study.scenario.claims
        if not missing_doctrines(study.scenario, claim, study.doctrines)
    ]
    if not names:
        raise ValueError("no claim can be judged in this study: there is no verdict to turn")
    if study.equilibrium_only and variants is None:
        raise ValueError(NO_SWITCH)
    concepts = {"equilibrium": ""}
    if not study.equilibrium_only:
        concepts["limit"] = "_limit"
        switches = crossed(switches, SOLUTION, [*concepts])
    every_failed = [one.failed for one in studies]
    verdicts, margins = [], []
    for suffix in concepts.values():
        for one, failed in zip(studies, every_failed, strict=True):
            truths = truths_of(one, suffix)
            verdicts.append([_known(truths.get(name), failed) for name in names])
            margins.append([_margin(truths.get(name), failed) for name in names])
    return by_structure(
        switches,
        np.swapaxes(np.array(verdicts), 0, 1),
        np.swapaxes(np.array(margins), 0, 1),
        outputs=names,
        seed=seed,
    )


def _known(truth: Truth | None, failed: NDArray[np.bool_]) -> NDArray[np.float64]:
    if truth is None:
        return np.full(len(failed), np.nan)
    return np.where(failed, np.nan, truth.verdict)


def _margin(truth: Truth | None, failed: NDArray[np.bool_]) -> NDArray[np.float64]:
    if truth is None:
        return np.full(len(failed), np.nan)
    return np.where(failed | ~np.isfinite(truth.margin), np.nan, truth.margin)
