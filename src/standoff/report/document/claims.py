"""Verdicts for the page: the words of the text report, and each future's part in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.claims import Verdict
from standoff.findings import Failing
from standoff.report.document.packed import packed, short
from standoff.report.findings import flip_lines, where_lines
from standoff.report.verdicts import hangs_on, roots_line, share_line
from standoff.scenario import Scenario

_LARGEST = float(np.finfo(np.float32).max)


def claims(
    scenario: Scenario,
    verdicts: tuple[Verdict, ...],
    failing: Mapping[str, Failing],
    flips: Mapping[str, Mapping[str, Any]],
    kept: NDArray[np.bool_],
) -> list[dict[str, Any]]:
    """Every claim; `kept` are the futures of the document.

    `failing` and `flips` (as `flips_as_json` gives them) are by the claim's name, where known.
    """
    units = {parameter.name: parameter.unit for parameter in scenario.parameters}
    return [
        _claim(one, failing.get(one.claim.name), flips.get(one.claim.name), units, kept)
        for one in verdicts
    ]


def _claim(
    verdict: Verdict,
    failing: Failing | None,
    flips: Mapping[str, Any] | None,
    units: Mapping[str, str],
    kept: NDArray[np.bool_],
) -> dict[str, Any]:
    claim = verdict.claim
    head = {
        "name": claim.name,
        "says": " ".join(claim.says.split()),
        "holds": claim.holds.text,
        "why": " ".join(claim.why.split()),
        "sources": list(claim.sources),
        "missing": list(verdict.missing),
        "verdict": None,
    }
    if verdict.missing:
        return head
    margin = np.nan_to_num(verdict.truth.margin[kept], nan=0.0)
    first, more = flip_lines(flips) if flips is not None else ([], [])
    return head | {
        "verdict": {
            "share": round(verdict.share, 5),
            "interval": [round(end, 5) for end in verdict.interval],
            "fails": round(verdict.fails, 5),
            "undetermined": round(verdict.undetermined, 5),
            "limit": None if verdict.limit_share is None else round(verdict.limit_share, 5),
            "tone": _tone(verdict),
            "line": share_line(verdict),
            "hangs": hangs_on(verdict),
            "roots": None if verdict.roots is None else roots_line(verdict.roots),
            "where": None if failing is None else where_lines(failing, units),
            "flip": None if flips is None else {"first": first, "more": more},
            "leanings": [
                short([leaning.parameter, leaning.towards, leaning.share, leaning.effective])
                for leaning in verdict.leanings
            ],
        },
        "futures": packed(verdict.truth.verdict[kept], "int8"),
        "margins": packed(np.clip(margin, -_LARGEST, _LARGEST)),
    }


def _tone(verdict: Verdict) -> str:
    """Which way it mostly goes; as the text report colours it."""
    if verdict.undetermined > 0.5:
        return "undetermined"
    return "holds" if verdict.share >= 0.5 else "fails"
