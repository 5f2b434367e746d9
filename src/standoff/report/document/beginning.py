"""From what a study starts, where that is what a threat picture tells."""

from __future__ import annotations

from typing import Any

from standoff.explore import Study, beginning_of, kept_picture
from standoff.report.document.packed import short
from standoff.report.document.picture import picture_document


def beginning(study: Study) -> dict[str, Any] | None:
    """Whom the picture is of, and how likely each value of a variable is at the start.

    `shown` is the picture itself, of that pair alone, where the study keeps it. None for a study
    that starts where its scenario's file does.
    """
    told = beginning_of(study.manifest)
    if told is None:
        return None
    picture = kept_picture(study)
    labels = {variable.name: variable.labels for variable in study.scenario.variables}
    return {
        "picture": told.picture,
        "pair": told.pair,
        "date": None if told.date is None else told.date.isoformat(),
        "how": told.how,
        "shown": None if picture is None else picture_document(picture),
        "starts": [
            {
                "variable": name,
                "labels": list(labels[name]),
                "shares": [short(shares.get(label, 0.0)) for label in labels[name]],
            }
            for name, shares in told.starts.items()
        ],
    }
