"""Who flees where, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from standoff.displacement import PARTS, Bands, Driven, Fit, Instance, ranges

_SHOWN_DATES = 4


def heading(instance: Instance, rule: str, totals: str) -> list[str]:
    """What is computed, and what it rests on."""
    return [
        f"{instance.name}: {instance.days} days from {instance.start}, "
        f"{len(instance.locations)} places, {len(instance.routes)} roads",
        f"Totals are {totals}.",
        f"Rule of movement: {rule}.",
    ]


def ranges_line(instance: Instance, rule: str, futures: int) -> str:
    """From where to where settings were drawn."""
    parts = [
        f"{name.replace('_', ' ')} {low:g} to {high:g}"
        for name, (low, high) in ranges(instance, rule).items()
    ]
    return f"{futures} rows of settings, drawn evenly from {', '.join(parts)}."


def camps_table(found: Bands) -> list[str]:
    """Every camp on the last day, under each doctrine, beside what was recorded."""
    camps = [k for k, spot in enumerate(found.spots) if spot.place and spot.place not in PARTS]
    rows = [["camp", *found.doctrines, "recorded"]]
    for k in camps:
        known = found.recorded[-1, k]
        rows.append(
            [
                found.spots[k].place,
                *(_band(found, d, -1, k) for d in range(len(found.doctrines))),
                "" if np.isnan(known) else f"{known:,.0f}",
            ]
        )
    return _title(found, f"On the last day, {found.dates[-1]}") + _table(rows)


def countries_table(found: Bands, doctrine: str, days: Sequence[int]) -> list[str]:
    """Parts and countries on some days under one doctrine, beside what was recorded."""
    at = found.doctrines.index(doctrine)
    whole = [k for k, spot in enumerate(found.spots) if not spot.place or spot.place in PARTS]
    rows = [["", *(found.dates[day] for day in days)]]
    for k in whole:
        if not found.people[:, at, :, k].any():
            continue
        name = found.spots[k].name
        rows.append([name, *(_band(found, at, day, k) for day in days)])
        if not np.isnan(found.recorded[:, k]).all():
            shown = (found.recorded[day, k] for day in days)
            rows.append(["  recorded", *("" if np.isnan(v) else f"{v:,.0f}" for v in shown)])
    return [*_title(found, doctrine), *_table(rows)]


def study_lines(found: Bands, driven: Driven, futures: int) -> list[str]:
    """Who flees where in a study: bands over its futures, doctrine by doctrine."""
    instance = driven.instance
    lines = [
        f"{instance.name}, driven by the scenario: {instance.days} days from {instance.start}, "
        f"{futures} futures",
        f"Totals are those of '{driven.section.people}'. Rule of movement: {driven.section.rule}.",
        "Only those newly uprooted are counted; 'recorded' is the rise since the first day.",
    ]
    for doctrine in found.doctrines:
        brought = driven.measures.get(doctrine)
        shown = _days(instance.days)
        table = countries_table(found, doctrine, shown)
        if brought is not None:
            table[0] += f" (brings {brought})"
        lines += ["", *table]
    return lines


def scores_lines(scores: Mapping[str, float], doctrines: Iterable[str]) -> list[str]:
    """How near the records are, and whether a trivial rule is nearer."""
    lines = ["", "Rescaled averaged relative difference from records (0 best, 2 worst)"]
    lines += [f"{name:>24}  {value:.3f}" for name, value in scores.items()]
    best = min(scores, key=lambda name: scores[name])
    if best not in doctrines:
        lines.append(f"The trivial rule '{best}' is nearer to the records than any doctrine.")
    return lines


def fit_lines(fit: Fit) -> list[str]:
    """The fitted settings, with 90 % intervals."""
    rows = [["setting", "fitted", "5 %", "95 %", "before"]]
    for name, value, (low, high), before in zip(
        fit.names, fit.values, fit.interval(0.9), fit.before, strict=True
    ):
        shown = (f"{number:.2f}" for number in (value, low, high, before))
        rows.append([name.replace("_", " "), *shown])
    head = f"Fitted to the first {fit.days} days; what follows is the rest, not used in the fit."
    return ["", head, *_table(rows)]


def _days(days: int) -> list[int]:
    """Some days, evenly spread, the last included."""
    return sorted({max(0, round(days * k / _SHOWN_DATES) - 1) for k in range(1, _SHOWN_DATES + 1)})


def _title(found: Bands, title: str) -> list[str]:
    alone = np.array_equal(found.people[0], found.people[2])
    return [title if alone else f"{title}: median (5 to 95 %)"]


def _band(found: Bands, doctrine: int, day: int, spot: int) -> str:
    low, median, high = found.people[:, doctrine, day, spot]
    if np.array_equal(found.people[0], found.people[2]):
        return f"{median:,.0f}"
    return f"{_rounded(median)} ({_rounded(low)} to {_rounded(high)})"


def _rounded(people: float) -> str:
    """Three significant digits: more would say more than is known."""
    return f"{float(f'{people:.3g}'):,.0f}"


def _table(rows: list[list[str]]) -> list[str]:
    """Columns right-aligned, the first one left."""
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(
            f"{cell:<{wide[0]}}" if k == 0 else f"{cell:>{wide[k]}}" for k, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]
