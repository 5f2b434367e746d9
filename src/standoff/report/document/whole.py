"""The whole document of a study, part by part."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.claims import belief_paths, judge, traps
from standoff.explore import Study
from standoff.findings import Findings, findings_of
from standoff.report.bibtex import METHODS, bibtex
from standoff.report.document import found
from standoff.report.document.beginning import beginning
from standoff.report.document.claims import claims
from standoff.report.document.course import beliefs, course
from standoff.report.document.crisis import crisis, parameters, references
from standoff.report.document.displacement import displacement
from standoff.report.document.outcomes import outcomes, trapped
from standoff.report.document.packed import packed, short
from standoff.report.document.promises import promises
from standoff.report.document.readable import readable
from standoff.report.findings import (
    DISCOVERY_NOTE,
    FLIPS_NOTE,
    ROBUSTNESS_NOTE,
    SENSITIVITY_NOTE,
)
from standoff.report.text import (
    SHARES_NOTE,
    TRAP_NOTE,
    certified_line,
    comparison_note,
)
from standoff.report.verdicts import VERDICTS_NOTE

FORMAT = 1
"""Version of the document; `web/src/document.ts` mirrors it."""

UNSOLVED = ("discovery", "sensitivity", "robustness", "structure")
"""Findings for which nothing is solved."""


def document(study: Study, findings: Findings | None = None) -> dict[str, Any]:
    """All that the page shows of a study, as plain data that JSON can hold.

    `findings` are those that are known; by default the ones that cost next to nothing, which are
    not where claims fail. Flips that
    `standoff explore` left in the study are taken from there. Futures that failed are left out, and
    counted.

    Raises:
        StudyError: blocks of the study are missing.
        ValueError: no future was solved.
    """
    scenario, manifest = study.scenario, study.manifest
    kept = ~study.failed
    if not kept.any():
        raise ValueError("no future of this study was solved: there is nothing to report")
    known = findings_of(study, UNSOLVED[1:]) if findings is None else findings
    futures = {name: values[kept] for name, values in study.futures.items()}
    failing = {one.claim: one for one in known.failing or ()}
    flips = found.flips_of(study, known)
    doctrines = study.doctrines
    made = {
        "format": FORMAT,
        "kind": "study",
        "standoff": manifest["standoff"],
        "study": {
            "seed": manifest["seed"],
            "sampling": manifest["sampling"],
            "precision": manifest["precision"],
            "sampled": manifest["futures"],
            "failed": len(study.failures),
            "states": manifest["states"],
            "equilibrium_only": study.equilibrium_only,
            "platform": manifest.get("platform", {}),
        },
        "crisis": crisis(scenario, doctrines),
        "beginning": beginning(study),
        "promises": promises(scenario),
        "parameters": parameters(scenario, futures),
        "futures": {
            "count": int(kept.sum()),
            "parameters": packed(np.array(list(futures.values())).reshape(len(futures), -1))
            if futures
            else None,
        },
        "claims": claims(scenario, judge(study), failing, flips, kept),
        "outcomes": outcomes(study, kept),
        "course": course(study, kept),
        "traps": trapped(traps(study), kept),
        "beliefs": beliefs(study, belief_paths(study)),
        "displacement": displacement(study),
        "sensitivity": None if known.sensitivity is None else found.sensitivity(known.sensitivity),
        "robustness": found.robustness(known),
        "structure": found.structure(known),
        "grid": found.grid(known),
        "nothing": dict(known.nothing),
        "trust": _trust(study),
        "references": references(scenario),
        "methods": _methods(known, bool(failing)),
        "notes": {
            "verdicts": VERDICTS_NOTE,
            "comparison": comparison_note(not study.equilibrium_only),
            "traps": TRAP_NOTE,
            "shares": SHARES_NOTE,
            "discovery": DISCOVERY_NOTE,
            "flips": FLIPS_NOTE,
            "sensitivity": SENSITIVITY_NOTE.strip(),
            "robustness": ROBUSTNESS_NOTE,
        },
    }
    return readable(made)


def _trust(study: Study) -> dict[str, Any]:
    """How the study was solved, and what a second program says of it."""
    results = study.results
    return {
        "line": certified_line(study),
        "kappa": short(float(results["kappa"].max())) if "kappa" in results else None,
        "points": study.points if study.hidden else None,
        "rationality": [
            {"actor": actor.name, "rationality": actor.rationality.text}
            for actor in study.scenario.actors
        ],
        "certificates": [
            {
                "doctrine": one["doctrine"],
                "passed": one["passed"],
                "checks": [
                    {key: short(check[key]) for key in _CHECK} for check in one.get("checks", [])
                ],
            }
            for one in study.certificates
        ],
    }


_CHECK = ("name", "claim", "error", "tolerance", "passed")


def _methods(known: Findings, discovery: bool) -> list[dict[str, Any]]:
    """The works behind the methods that this document uses."""
    used = {
        "solution": True,
        "intervals": True,
        "traps": True,
        "regret": True,
        "discovery": discovery,
        "sensitivity": known.sensitivity is not None,
        "robustness": known.robust is not None,
    }
    works = [work for part, there in used.items() if there for work in METHODS[part]]
    return [
        {
            "key": work.key,
            "author": work.author,
            "year": work.year,
            "title": work.title,
            "container": work.container,
            "url": work.url,
            "note": work.note,
            "bibtex": bibtex(work),
        }
        for work in works
    ]
