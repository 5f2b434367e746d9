"""Treaties as text: what triggers a clause, how each incident described is ruled, and why."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from standoff.report.text import Prose, clean
from standoff.scenario import Pact, Ruled, Scenario, Version

_ANSWERS = {"yes": "met", "no": "not met", "unclear": "unclear"}


def promises_text(scenario: Scenario) -> RenderableType:
    """The treaties as they stand, incident by incident, and what amendments change of that."""
    title = "Treaties, and how they rule on what the state of the crisis may amount to"
    parts: list[RenderableType] = ["", Text(title, style="bold")]
    for pact in scenario.treaties:
        parts += _lines(pact)
    return Group(*parts)


def _lines(pact: Pact) -> Iterator[RenderableType]:
    first, *amended = pact.versions
    head = (
        f"{pact.name}: {pact.clause}, from {pact.title}, as it stood on {pact.as_of}; "
        f"'{pact.trigger}' of {pact.actor} puts it to the council, where {_needed(first)}"
    )
    yield Prose(clean(head))
    for ruled in first.ruled:
        weight = f", weight {ruled.weight.text}" if ruled.weight is not None else ""
        answer = f"{ruled.incident} (where {ruled.when.text}{weight}): {_said(ruled)}; {ruled.why}"
        yield _indented(answer)
    yield _indented(f"owed: {pact.owes}", dim=True)
    for version in amended:
        anew = [
            f"{ruled.incident}: {_said(ruled)}"
            for ruled, stands in zip(version.ruled, first.ruled, strict=True)
            if ruled.truth != stands.truth
        ]
        if version.share != first.share:
            anew.append(_needed(version))
        told = "; ".join(anew) if anew else "nothing that is described is ruled anew"
        yield _indented(f"under {' and '.join(version.doctrines)} ({version.change}): {told}")


def _said(ruled: Ruled) -> str:
    return _ANSWERS[ruled.truth]


def _needed(version: Version) -> str:
    if version.share == 1:
        return f"all {version.members} must agree"
    return f"{version.needed} of {version.members} must agree"


def _indented(text: str, *, dim: bool = False) -> RenderableType:
    return Padding(Prose(clean(" ".join(text.split())), "dim" if dim else ""), (0, 0, 0, 2))
