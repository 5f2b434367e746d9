"""What a run says of itself: how long it will take, what failed, and what is still missing."""

from __future__ import annotations

from rich.console import Group, RenderableType

from standoff.explore import Plan, Study
from standoff.report.text import Prose, clean, size

_SHOWN = 3


def estimate_text(seconds: float, workers: int, needs: Plan) -> RenderableType:
    """How long it will take and what it will need, from a block that was solved."""
    processes = f"{workers} processes" if workers > 1 else "one process"
    return Prose(
        f"about {time_text(seconds)} on {processes}, {size(needs.worker_memory)} each, at most "
        f"{size(needs.disk)} on disk"
    )


def time_text(seconds: float) -> str:
    """A time as people say it: `40 seconds`, `12 minutes`, `3 hours`."""
    for unit, length, most in (("second", 1, 90), ("minute", 60, 90), ("hour", 3600, 48)):
        count = max(1, round(seconds / length))
        if count <= most:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{round(seconds / 86400)} days"


def failures_text(study: Study) -> RenderableType:
    """How many futures failed, and the first reasons; nothing where all were solved."""
    failures = study.failures
    if not failures:
        return Group()
    reasons: dict[str, int] = {}
    for failure in failures:
        reasons.setdefault(failure.reason, failure.future)
    lines = [
        Prose(f"future {future}: {clean(reason)}")
        for reason, future in list(reasons.items())[:_SHOWN]
    ]
    more = len(reasons) - len(lines)
    head = f"{len(failures)} of {study.manifest['futures']} futures could not be solved"
    return Group(
        Prose(f"{head} and are left out below:", "yellow"),
        *lines,
        *([Prose(f"… and {more} other reasons")] if more else []),
        Prose("All are listed in the study's folder failures; --retry solves them again."),
        "",
    )


def missing_text(study: Study) -> RenderableType:
    """Which blocks an incomplete study lacks, and how to go on."""
    missing = study.missing()
    return Group(
        Prose(
            f"{len(missing)} of {study.blocks} blocks are missing ({ranges(missing)}); the claims "
            "are judged when none is."
        ),
        Prose(
            "Run the other shards with this --out if they see this disk, else put the folders "
            "together with: standoff merge OUT FOLDER…"
        ),
        Prose(f"The study is in {study.path}"),
    )


def ranges(numbers: list[int], most: int = 8) -> str:
    """Numbers in order, runs put short: `0–3, 7, 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in runs[:most]]
    return ", ".join(shown + ["…"] * (len(runs) > most))
