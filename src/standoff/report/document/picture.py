"""A threat picture as the page shows it: what the watch stage says, with names of countries."""

from __future__ import annotations

from typing import Any

import standoff
from standoff.report.document.readable import readable
from standoff.watch import Picture, Since, country_name, since_document
from standoff.watch import document as told

FORMAT = 1
"""Version of the document; `web/src/picture.ts` mirrors it."""


def picture_document(picture: Picture, since: Since | None = None) -> dict[str, Any]:
    """All that the page of a picture shows, as plain data.

    `since` is what changed from an earlier picture, where it was compared with one. There is no
    text, link or place of any single event in it, as there is none in a picture.
    """
    codes = {code for pair in picture.pairs for side in pair.countries for code in side}
    return readable(
        {
            "format": FORMAT,
            "kind": "picture",
            "standoff": standoff.__version__,
            "picture": told(picture),
            "countries": {code: country_name(code) for code in sorted(codes)},
            "since": None if since is None else since_document(since),
        }
    )
